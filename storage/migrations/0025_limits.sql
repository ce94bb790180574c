-- Limits of accounts on what may be entered, their changes, and what losses are counted from.

CREATE TABLE account_limits (
    account_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    limits TEXT NOT NULL CHECK (limits GLOB '{*}'),     -- JSON, what is not there is no limit
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE limit_changes (
    change_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'waiting', 'taken-back', 'replaced')),
    names TEXT NOT NULL CHECK (names GLOB '[[]*]'),     -- JSON, the fields it changes
    limits_before TEXT NOT NULL CHECK (limits_before GLOB '{*}'),
    limits_after TEXT NOT NULL CHECK (limits_after GLOB '{*}'),
    made_ts INTEGER NOT NULL CHECK (made_ts > 0),
    takes_effect_ts INTEGER CHECK (takes_effect_ts > made_ts),  -- NULL: at once
    CHECK (state <> 'waiting' OR takes_effect_ts IS NOT NULL),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one loosening an account that waits
CREATE UNIQUE INDEX idx_limit_changes_waiting ON limit_changes (account_id) WHERE state = 'waiting';
CREATE INDEX idx_limit_changes_user ON limit_changes (user_id, change_id);

CREATE TABLE value_marks (
    account_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    day_starts_ts INTEGER NOT NULL CHECK (day_starts_ts > 0),  -- 00:00 of the user
    day_ends_ts INTEGER NOT NULL CHECK (day_ends_ts > day_starts_ts),
    day_value TEXT NOT NULL CHECK (ltrim(day_value, '-') GLOB '[0-9]*'),
    peak_value TEXT NOT NULL CHECK (ltrim(peak_value, '-') GLOB '[0-9]*'),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

PRAGMA user_version = 25;
