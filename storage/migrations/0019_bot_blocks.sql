-- Who has blocked the bot: nothing is sent to them until they are back.

CREATE TABLE bot_blocks (
    user_id  INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    since_ts INTEGER NOT NULL CHECK (since_ts > 0)
) STRICT;

PRAGMA user_version = 19;
