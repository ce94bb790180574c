-- What a receipt tells of an order beyond its states, and the size that somebody used last.

ALTER TABLE order_intents ADD COLUMN tapped_ts INTEGER CHECK (tapped_ts > 0);      -- the confirmation was taken up
ALTER TABLE order_intents ADD COLUMN request_id TEXT NOT NULL DEFAULT ''            -- the exchange's own, of its answer
    CHECK (length(request_id) <= 64 AND request_id NOT GLOB '*[^A-Za-z0-9._-]*');
ALTER TABLE order_intents ADD COLUMN unknown_ts INTEGER CHECK (unknown_ts > 0);     -- nobody knew what became of it
ALTER TABLE order_intents ADD COLUMN settled_ts INTEGER CHECK (settled_ts > 0);     -- … until then
ALTER TABLE order_intents ADD COLUMN questions INTEGER NOT NULL DEFAULT 0 CHECK (questions >= 0);  -- that were answered
ALTER TABLE order_intents ADD COLUMN stop_seen_ts INTEGER CHECK (stop_seen_ts > 0); -- the leg's stop, after its fills

CREATE INDEX idx_logs_order ON trade_logs (account_id, order_id, ts) WHERE order_id <> '';
CREATE INDEX idx_intents_leg ON order_intents (account_id, symbol, position_idx, intent_id)
    WHERE kind IN ('entry', 'target', 'close', 'reduce');

CREATE TABLE last_sizes (
    user_id    INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    symbol     TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    size       TEXT NOT NULL CHECK (length(size) BETWEEN 1 AND 40),  -- 100$ 2% 1r 100m 0.01
    used_ts    INTEGER NOT NULL CHECK (used_ts > 0),
    PRIMARY KEY (account_id, symbol),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_last_sizes_user ON last_sizes (user_id);
CREATE INDEX idx_last_sizes_used ON last_sizes (used_ts);

PRAGMA user_version = 40;
