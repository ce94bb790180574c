-- A correction may take a part of a row's rest: "5 days less". The rows stay as they were, and with them their hashes.

DROP TRIGGER license_events_are_not_changed;
DROP TRIGGER license_events_are_not_deleted;
DROP TRIGGER license_events_go_on;

CREATE TABLE license_events_anew (
    event_id      INTEGER PRIMARY KEY,
    holder        TEXT NOT NULL CHECK (length(holder) = 32),
    kind          TEXT NOT NULL CHECK (
        kind IN ('promo', 'payment', 'grant', 'extension', 'trial', 'revocation', 'refund', 'correction')
    ),
    license_type  TEXT CHECK (license_type IN ('trial', 'basic', 'premium')),
    millis        INTEGER NOT NULL CHECK (millis >= 0),  -- given; of a correction that takes: taken at most
    takes         INTEGER REFERENCES license_events (event_id),  -- whose unused rest is taken; NULL: everything
    cause         TEXT NOT NULL UNIQUE CHECK (length(cause) BETWEEN 1 AND 200),
    actor         TEXT CHECK (length(actor) = 32),  -- the admin's pseudonym; NULL: the holder or the bot
    note          TEXT NOT NULL CHECK (length(note) <= 1000),
    at            INTEGER NOT NULL CHECK (at > 0),
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (kind = 'correction' OR (license_type IS NULL) = (kind IN ('revocation', 'refund'))),
    CHECK (license_type IS NULL OR millis > 0),  -- a row gives, or it takes
    CHECK (license_type IS NOT NULL OR millis = 0 OR (kind = 'correction' AND takes IS NOT NULL)),
    CHECK (takes IS NULL OR license_type IS NULL),
    CHECK (kind <> 'correction' OR (license_type IS NULL) = (takes IS NOT NULL))
) STRICT;

INSERT INTO license_events_anew
SELECT event_id, holder, kind, license_type, millis, takes, cause, actor, note, at, previous_hash, hash
  FROM license_events ORDER BY event_id;
DROP TABLE license_events;
ALTER TABLE license_events_anew RENAME TO license_events;

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

PRAGMA user_version = 18;
