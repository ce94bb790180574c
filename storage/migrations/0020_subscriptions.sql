-- What Telegram charges anew each month, until its payer or the bot stops it.
CREATE TABLE subscriptions (
    payload      TEXT PRIMARY KEY CHECK (length(payload) BETWEEN 1 AND 64),  -- of its invoice
    charge_id    TEXT NOT NULL UNIQUE CHECK (length(charge_id) BETWEEN 1 AND 512),  -- the first one, which names it
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    license_type TEXT NOT NULL CHECK (license_type IN ('basic', 'premium')),
    stars        INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 10000),
    until_ts     INTEGER NOT NULL CHECK (until_ts > 0),  -- when it is charged next, or ends
    is_canceled  INTEGER NOT NULL DEFAULT 0 CHECK (is_canceled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_subscriptions_user ON subscriptions (user_id, license_type);

PRAGMA user_version = 20;
