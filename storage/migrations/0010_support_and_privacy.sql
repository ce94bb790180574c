-- Threads between one user and whoever runs the bot; what a user asked about their own data.

CREATE TABLE support_threads (
    thread_id  INTEGER PRIMARY KEY AUTOINCREMENT,  -- both sides speak of it by number: none is given twice
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    turn       TEXT NOT NULL CHECK (turn IN ('user', 'staff')),
    handler_id INTEGER REFERENCES users (user_id) ON DELETE SET NULL,  -- whoever of the staff answered last
    opened_ts  INTEGER NOT NULL CHECK (opened_ts > 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts > 0)
) STRICT;

-- One open thread a user, and how all of a user's are found when they are erased.
CREATE UNIQUE INDEX idx_support_open ON support_threads (user_id) WHERE state = 'open';
CREATE INDEX idx_support_user ON support_threads (user_id);
CREATE INDEX idx_support_waiting ON support_threads (turn, updated_ts) WHERE state = 'open';
CREATE INDEX idx_support_handler ON support_threads (handler_id, state, updated_ts);
CREATE INDEX idx_support_closed ON support_threads (updated_ts) WHERE state = 'closed';

CREATE TABLE support_messages (
    message_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- promises name it
    thread_id  INTEGER NOT NULL REFERENCES support_threads (thread_id) ON DELETE CASCADE,
    side       TEXT NOT NULL CHECK (side IN ('user', 'staff')),
    author_id  INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    text       TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 4096),
    sent_ts    INTEGER NOT NULL CHECK (sent_ts > 0)
) STRICT;

CREATE INDEX idx_support_messages ON support_messages (thread_id, message_id);
CREATE INDEX idx_support_author ON support_messages (author_id, sent_ts);

CREATE TABLE privacy_requests (
    user_id     INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    exported_ts INTEGER CHECK (exported_ts > 0),  -- the last copy that was asked for
    erase_ts    INTEGER CHECK (erase_ts > 0)      -- when they will be erased; NULL: not asked for, or taken back
) STRICT;

CREATE INDEX idx_privacy_erase ON privacy_requests (erase_ts) WHERE erase_ts IS NOT NULL;

-- How everything about a person is found when they are erased.
CREATE INDEX idx_outbox_user ON outbox (user_id);
CREATE INDEX idx_inbox_set_aside ON inbox (user_id) WHERE state = 'set_aside';

PRAGMA user_version = 10;
