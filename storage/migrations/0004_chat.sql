-- What the chat needs to survive a kill: updates taken in, answers promised, buttons and conversations.
-- Telegram's ids stand here without foreign keys: strangers write to the bot, too.

CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY CHECK (update_id >= 0),
    user_id     INTEGER,
    chat_id     INTEGER,
    body        BLOB,  -- Telegram's JSON; NULL: it carried a secret, or it is done with
    state       TEXT NOT NULL CHECK (state IN ('new', 'applied', 'done', 'set_aside')),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    received_ts INTEGER NOT NULL CHECK (received_ts > 0)
) STRICT;

CREATE INDEX idx_inbox_waiting ON inbox (update_id) WHERE state IN ('new', 'applied');
CREATE INDEX idx_inbox_handled ON inbox (received_ts) WHERE state IN ('done', 'set_aside');

CREATE TABLE outbox (
    outbox_id   INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    cause       TEXT NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'undeliverable')),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_ts INTEGER NOT NULL CHECK (next_try_ts > 0),
    created_ts  INTEGER NOT NULL CHECK (created_ts > 0),
    sent_ts     INTEGER CHECK (sent_ts > 0),
    reason      TEXT,
    UNIQUE (cause, kind),
    CHECK ((state = 'sent') = (sent_ts IS NOT NULL)),
    CHECK ((state = 'undeliverable') = (reason IS NOT NULL))
) STRICT;

CREATE INDEX idx_outbox_due ON outbox (next_try_ts) WHERE state = 'waiting';
CREATE INDEX idx_outbox_settled ON outbox (created_ts) WHERE state IN ('sent', 'undeliverable');

CREATE TABLE buttons (
    token       TEXT PRIMARY KEY CHECK (length(token) = 22 AND token NOT GLOB '*[^A-Za-z0-9_-]*'),
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,
    action      TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    created_ts  INTEGER NOT NULL CHECK (created_ts > 0),
    expires_ts  INTEGER NOT NULL CHECK (expires_ts > 0),
    used_ts     INTEGER CHECK (used_ts > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_buttons_expires ON buttons (expires_ts);

CREATE TABLE dialogues (
    user_id     INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    dialogue    TEXT NOT NULL CHECK (length(dialogue) BETWEEN 1 AND 64),
    version     INTEGER NOT NULL CHECK (version >= 0),
    state       TEXT NOT NULL CHECK (length(state) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    updated_ts  INTEGER NOT NULL CHECK (updated_ts > 0),
    expires_ts  INTEGER NOT NULL CHECK (expires_ts > 0)
) STRICT;

PRAGMA user_version = 4;
