-- A call that must wait for its chat is a row of the outbox, too. message_id: the message that was made or changed by it.

ALTER TABLE outbox ADD COLUMN message_id INTEGER;

CREATE INDEX idx_outbox_chat ON outbox (chat_id, outbox_id) WHERE state = 'waiting';

PRAGMA user_version = 17;
