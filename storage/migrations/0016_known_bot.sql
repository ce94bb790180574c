-- The bot that the database belongs to: Telegram has taken its token, and gave it all updates until heard_ts.

CREATE TABLE known_bot (
    row_id    INTEGER PRIMARY KEY CHECK (row_id = 1),
    bot_id    INTEGER NOT NULL CHECK (bot_id > 0),
    salt      BLOB NOT NULL CHECK (length(salt) = 16),
    token_mac BLOB NOT NULL CHECK (length(token_mac) = 32),  -- HMAC-SHA256 of the token under the salt
    heard_ts  INTEGER CHECK (heard_ts > 0)
) STRICT;

-- After a week without updates Telegram's ids begin anew: the order in which they came is another than theirs.
DROP INDEX idx_inbox_waiting;
CREATE INDEX idx_inbox_waiting ON inbox (received_ts, update_id) WHERE state IN ('new', 'applied');

PRAGMA user_version = 16;
