-- Drills: a minute in which a practice account is left to its exchange alone. It ends at until_ts by itself.

CREATE TABLE drills (
    drill_id     INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    account_id   INTEGER NOT NULL,
    started_ts   INTEGER NOT NULL CHECK (started_ts > 0),
    until_ts     INTEGER NOT NULL CHECK (until_ts > started_ts),
    ended_ts     INTEGER CHECK (ended_ts > 0),
    ended_how    TEXT CHECK (ended_how IN ('time', 'stopped', 'order')),
    told_ts      INTEGER CHECK (told_ts > 0),           -- its result is known, and its person was told
    value_before TEXT CHECK (ltrim(value_before, '-') GLOB '[0-9]*'),
    value_after  TEXT CHECK (ltrim(value_after, '-') GLOB '[0-9]*'),
    caught_up    INTEGER NOT NULL DEFAULT 0 CHECK (caught_up >= 0),
    rehearsal    TEXT NOT NULL CHECK (rehearsal GLOB '{*}'),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one at a time a person
CREATE UNIQUE INDEX idx_drills_running ON drills (user_id) WHERE ended_ts IS NULL;
CREATE INDEX idx_drills_due ON drills (until_ts) WHERE told_ts IS NULL;
CREATE INDEX idx_drills_user ON drills (user_id, drill_id);
CREATE INDEX idx_drills_told ON drills (told_ts) WHERE told_ts IS NOT NULL;

PRAGMA user_version = 41;
