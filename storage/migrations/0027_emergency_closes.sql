-- Closes of positions whose stop could not be set are counted every few seconds; there are hardly any.
CREATE INDEX idx_intents_emergency ON order_intents (intent_id) WHERE exit_reason = 'emergency';

PRAGMA user_version = 27;
