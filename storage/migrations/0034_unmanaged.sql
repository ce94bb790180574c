-- Of a halt: positions are not managed either, since another instance of the bot may be doing so.
ALTER TABLE halts ADD COLUMN stops_management INTEGER NOT NULL DEFAULT 0 CHECK (stops_management IN (0, 1));

PRAGMA user_version = 34;
