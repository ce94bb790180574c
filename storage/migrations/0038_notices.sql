-- Which of the bot's own messages ring, by kind and hour; and those that go ahead of all others.

-- "off" was told silently until now, and stays so.
UPDATE users SET notifications = 'silent' WHERE notifications = 'off';

ALTER TABLE users ADD COLUMN notices TEXT NOT NULL DEFAULT '{}' CHECK (notices GLOB '{*}');
ALTER TABLE users ADD COLUMN quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 1439);
ALTER TABLE users ADD COLUMN quiet_until INTEGER
    CHECK (quiet_until BETWEEN 0 AND 1439 AND quiet_from IS NOT NULL OR quiet_until IS NULL AND quiet_from IS NULL);
ALTER TABLE users ADD COLUMN muted_until_ts INTEGER NOT NULL DEFAULT 0 CHECK (muted_until_ts >= 0);

ALTER TABLE outbox ADD COLUMN is_urgent INTEGER NOT NULL DEFAULT 0 CHECK (is_urgent IN (0, 1));
CREATE INDEX idx_outbox_urgent ON outbox (next_try_ts) WHERE state = 'waiting' AND is_urgent = 1;

PRAGMA user_version = 38;
