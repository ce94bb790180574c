-- Numbers of updates that were handled more than a minute ago: runs without a gap, in place of a row each.

CREATE TABLE inbox_runs (
    first_id    INTEGER PRIMARY KEY CHECK (first_id >= 0),
    last_id     INTEGER NOT NULL CHECK (last_id >= first_id),
    received_ts INTEGER NOT NULL CHECK (received_ts > 0)  -- of the newest of them
) STRICT;

CREATE INDEX idx_inbox_runs_received ON inbox_runs (received_ts);

PRAGMA user_version = 42;
