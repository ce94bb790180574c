-- Who may do what until when, and what was signaled.

-- A projection: spans of license time, kept so that the check is one look into one index.
CREATE TABLE user_licenses (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    license_type TEXT NOT NULL CHECK (license_type IN ('trial', 'basic', 'premium')),
    start_date   INTEGER NOT NULL CHECK (start_date > 0),
    end_date     INTEGER NOT NULL,
    is_active    INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),  -- 0: revoked
    created_at   INTEGER NOT NULL CHECK (created_at > 0),
    created_by   INTEGER CHECK (created_by > 0),  -- the admin's user id; NULL: the bot
    notes        TEXT NOT NULL DEFAULT '',
    CHECK (end_date > start_date)
) STRICT;

-- user_id first: with is_active in front the planner would walk every active license until statistics exist.
CREATE INDEX idx_licenses_active_user ON user_licenses (user_id, is_active, end_date);

CREATE TABLE signals (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 64),        -- channel:-1001234, webhook:7, pasted:1000
    source_id   TEXT NOT NULL CHECK (length(source_id) BETWEEN 1 AND 64),     -- the message's id at its source
    raw_message TEXT NOT NULL,
    ts          INTEGER NOT NULL CHECK (ts > 0),
    tf          TEXT CHECK (length(tf) BETWEEN 1 AND 8),
    side        TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    symbol      TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    price       TEXT CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*'
        AND price NOT GLOB '0[0-9]*' AND price NOT GLOB '*.*0' AND price NOT GLOB '*.' AND price <> '0'
    ),
    UNIQUE (source, source_id)
) STRICT;

CREATE INDEX idx_signals_symbol_ts ON signals (symbol, ts DESC);

PRAGMA user_version = 3;
