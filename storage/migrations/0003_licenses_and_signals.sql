-- Who may do what until when, and what was signaled.

-- A projection of license_events (0006), rewritten with each of its rows, so that the check is one look into one
-- index: what runs and what is banked behind it, each segment starting where the one before ends.
CREATE TABLE user_licenses (
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    license_type TEXT NOT NULL CHECK (license_type IN ('trial', 'basic', 'premium')),
    start_date   INTEGER NOT NULL CHECK (start_date > 0),
    end_date     INTEGER NOT NULL,
    CHECK (end_date > start_date)
) STRICT;

-- user_id first: with a flag in front the planner would walk every active license until statistics exist.
CREATE UNIQUE INDEX idx_licenses_active_user ON user_licenses (user_id, end_date);

CREATE INDEX idx_licenses_expires ON user_licenses (end_date, user_id);

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
