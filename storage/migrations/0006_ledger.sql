-- License time, as it was given and taken: append-only and chained like the audit (storage/sqlite/hash_chain.py).

-- `holder` is users.pseudonym: the row says nothing of whom once that user is erased.
CREATE TABLE license_events (
    event_id      INTEGER PRIMARY KEY,
    holder        TEXT NOT NULL CHECK (length(holder) = 32),
    kind          TEXT NOT NULL CHECK (
        kind IN ('promo', 'payment', 'grant', 'extension', 'trial', 'revocation', 'refund', 'correction')
    ),
    license_type  TEXT CHECK (license_type IN ('trial', 'basic', 'premium')),
    millis        INTEGER NOT NULL CHECK (millis >= 0),
    takes         INTEGER REFERENCES license_events (event_id),  -- whose unused rest is taken; NULL: everything
    cause         TEXT NOT NULL UNIQUE CHECK (length(cause) BETWEEN 1 AND 200),
    actor         TEXT CHECK (length(actor) = 32),  -- the admin's pseudonym; NULL: the holder or the bot
    note          TEXT NOT NULL CHECK (length(note) <= 1000),
    at            INTEGER NOT NULL CHECK (at > 0),
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (kind = 'correction' OR (license_type IS NULL) = (kind IN ('revocation', 'refund'))),
    CHECK ((license_type IS NULL) = (millis = 0)),  -- a row gives, or it takes
    CHECK (takes IS NULL OR license_type IS NULL),
    CHECK (kind <> 'correction' OR (license_type IS NULL) = (takes IS NOT NULL))
) STRICT;

CREATE INDEX idx_license_events_holder ON license_events (holder, event_id);

CREATE TRIGGER license_events_are_not_changed BEFORE UPDATE ON license_events
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;

CREATE TRIGGER license_events_are_not_deleted BEFORE DELETE ON license_events
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;

CREATE TRIGGER license_events_go_on BEFORE INSERT ON license_events
WHEN NEW.event_id <> (SELECT coalesce(max(event_id), 0) + 1 FROM license_events)
    OR NEW.previous_hash
        <> coalesce((SELECT hash FROM license_events ORDER BY event_id DESC LIMIT 1), zeroblob(32))
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;

PRAGMA user_version = 6;
