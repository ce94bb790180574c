-- What a payment needs to outlive a restart and a restored copy.

-- Random secrets of the database's own, sealed by the key file. A new key file seals them anew; they are never replaced.
CREATE TABLE sealed_secrets (
    name     TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
    key_id   TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    envelope BLOB NOT NULL CHECK (length(envelope) = 61)
) STRICT, WITHOUT ROWID;

-- When this database began; of an older one, when its first user came.
CREATE TABLE database_birth (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    born_ts INTEGER NOT NULL CHECK (born_ts > 0)
) STRICT;

-- Payments that were agreed to and are not booked yet: meanwhile nobody pays the same invoice again.
CREATE TABLE checkouts (
    payload    TEXT NOT NULL REFERENCES invoices (payload) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    query_id   TEXT NOT NULL CHECK (length(query_id) BETWEEN 1 AND 64),
    expires_ts INTEGER NOT NULL CHECK (expires_ts > 0),
    PRIMARY KEY (payload, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_checkouts_user ON checkouts (user_id);

-- Charges from before the birth of which nothing is known here: told to the owner, left alone.
CREATE TABLE older_charges (
    charge_id TEXT PRIMARY KEY CHECK (length(charge_id) BETWEEN 1 AND 512),
    payer     INTEGER,  -- NULL: they were erased
    stars     INTEGER NOT NULL CHECK (stars >= 0),
    paid_ts   INTEGER NOT NULL CHECK (paid_ts > 0),
    is_told   INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_older_charges_payer ON older_charges (payer);
CREATE INDEX idx_older_charges_untold ON older_charges (is_told) WHERE is_told = 0;
CREATE INDEX idx_older_charges_paid ON older_charges (paid_ts);

-- Of a subscription, which Telegram charges anew each month.
ALTER TABLE invoices ADD COLUMN renews INTEGER NOT NULL DEFAULT 0 CHECK (renews IN (0, 1));
-- The same invoice was paid before: its payer may give this one back alone.
ALTER TABLE payment_history ADD COLUMN is_repeat INTEGER NOT NULL DEFAULT 0 CHECK (is_repeat IN (0, 1));

PRAGMA user_version = 12;
