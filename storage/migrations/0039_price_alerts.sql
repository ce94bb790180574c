-- Prices that people are told of once, and symbols that they look at first.

-- A number is never given twice: it is the idempotency key of the message.
CREATE TABLE price_alerts (
    alert_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    category   TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol     TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30),
    side       TEXT NOT NULL CHECK (side IN ('above', 'below')),
    price      TEXT NOT NULL CHECK (length(price) BETWEEN 1 AND 82),
    set_price  TEXT NOT NULL CHECK (length(set_price) BETWEEN 1 AND 82),
    created_ts INTEGER NOT NULL CHECK (created_ts > 0)
) STRICT;

CREATE UNIQUE INDEX idx_price_alerts_user ON price_alerts (user_id, category, symbol, side, price);

-- Until when no price of a symbol with alerts was missed.
CREATE TABLE alert_watch (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    followed_ts INTEGER NOT NULL CHECK (followed_ts > 0)
) STRICT;

-- Symbols with blanks between them, those of spot with spot: before their names.
ALTER TABLE users ADD COLUMN favorites TEXT NOT NULL DEFAULT '' CHECK (length(favorites) <= 1000);

PRAGMA user_version = 39;
