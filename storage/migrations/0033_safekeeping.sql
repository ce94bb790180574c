-- What a copy of this file has to know of itself.

-- The oldest schema whose programs may use the file as it is: a migration that only adds leaves it.
CREATE TABLE schema_compat (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    min_version INTEGER NOT NULL CHECK (min_version > 0)
) STRICT;

INSERT INTO schema_compat (id, min_version) VALUES (1, 32);

-- The last line of the journal that this file holds the rows of.
CREATE TABLE journal_position (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    journal_id TEXT NOT NULL CHECK (length(journal_id) = 32),
    seq        INTEGER NOT NULL CHECK (seq >= 0),
    hash       BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Copies that were put in this file's place. NULL: what Telegram knows of Stars is listed, nothing is booked or refunded.
CREATE TABLE restores (
    restore_id  INTEGER PRIMARY KEY,
    backup_id   TEXT NOT NULL CHECK (length(backup_id) = 32),
    made_ts     INTEGER NOT NULL CHECK (made_ts > 0),      -- the copy
    restored_ts INTEGER NOT NULL CHECK (restored_ts >= made_ts),
    accepted_ts INTEGER CHECK (accepted_ts >= restored_ts)
) STRICT;

PRAGMA user_version = 33;
