-- Who did what to whom: append-only, each row chained to the one before by SHA-256 (storage/sqlite/hash_chain.py).

-- `actor` and `subject` are users.pseudonym: the row says nothing of whom once that user is erased.
CREATE TABLE audit (
    id            INTEGER PRIMARY KEY,
    ts            INTEGER NOT NULL CHECK (ts > 0),
    actor         TEXT CHECK (length(actor) = 32),  -- NULL: the bot itself
    action        TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
    subject       TEXT CHECK (length(subject) = 32),  -- NULL: nobody in particular
    details       TEXT NOT NULL CHECK (length(details) <= 4096),
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX idx_audit_subject ON audit (subject, id);
-- By the first word of the action: promo, license, payment, user …
CREATE INDEX idx_audit_area ON audit (substr(action, 1, instr(action || '.', '.') - 1), id);
CREATE INDEX idx_audit_actor ON audit (actor, id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;

-- No gaps, no row put in between, none in another's place (which INSERT OR REPLACE would do).
CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit)
    OR NEW.previous_hash <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), zeroblob(32))
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;

PRAGMA user_version = 5;
