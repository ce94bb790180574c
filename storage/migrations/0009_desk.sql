-- The admins' desk: what went wrong for whom, messages to many, and how users are found.

-- The newest few of each user; the words of an error stand in the log alone.
CREATE TABLE user_errors (
    error_id  INTEGER PRIMARY KEY,
    user_id   INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 32),
    kind      TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    ts        INTEGER NOT NULL CHECK (ts > 0)
) STRICT;

CREATE INDEX idx_user_errors_user ON user_errors (user_id, error_id);

CREATE TABLE broadcasts (
    broadcast_id INTEGER PRIMARY KEY,
    author       INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    text_html    TEXT NOT NULL CHECK (length(text_html) BETWEEN 1 AND 32768),
    license      TEXT NOT NULL DEFAULT 'any' CHECK (license IN ('any', 'none', 'trial', 'basic', 'premium')),
    lang         TEXT CHECK (lang IN ('en', 'ru', 'uk')),  -- NULL: every language
    is_active    INTEGER NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),  -- seen within seven days
    state        TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'sending', 'stopped', 'done')),
    total        INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0),
    sent         INTEGER NOT NULL DEFAULT 0 CHECK (sent >= 0),
    blocked      INTEGER NOT NULL DEFAULT 0 CHECK (blocked >= 0),
    failed       INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    chat_id      INTEGER,
    message_id   INTEGER,
    created_ts   INTEGER NOT NULL CHECK (created_ts > 0),
    started_ts   INTEGER CHECK (started_ts > 0),
    finished_ts  INTEGER CHECK (finished_ts > 0),
    CHECK (sent + blocked + failed <= total),
    CHECK ((state = 'draft') = (started_ts IS NULL)),
    CHECK ((state IN ('stopped', 'done')) = (finished_ts IS NOT NULL)),
    CHECK ((chat_id IS NULL) = (message_id IS NULL))
) STRICT;

CREATE INDEX idx_broadcasts_state ON broadcasts (state, broadcast_id);

CREATE TABLE broadcast_recipients (
    broadcast_id INTEGER NOT NULL REFERENCES broadcasts (broadcast_id) ON DELETE CASCADE,
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'blocked', 'failed')),
    attempts     INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    PRIMARY KEY (user_id, broadcast_id)  -- whoever is erased is found first
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_recipients_waiting ON broadcast_recipients (broadcast_id, attempts, user_id) WHERE state = 'waiting';
CREATE INDEX idx_recipients_unreached ON broadcast_recipients (broadcast_id, state, user_id)
    WHERE state IN ('blocked', 'failed');

CREATE INDEX idx_users_flags ON users (last_seen_ts DESC) WHERE is_banned = 1;
CREATE INDEX idx_users_username ON users (username COLLATE NOCASE);
CREATE INDEX idx_users_first_name ON users (first_name);
CREATE INDEX idx_licenses_type ON user_licenses (license_type, end_date);

PRAGMA user_version = 9;
