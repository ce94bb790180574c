-- Connections to Bybit's streams that were opened lately: Bybit counts them by host, over every start of the process.

CREATE TABLE stream_connections (
    connection_id INTEGER PRIMARY KEY,
    host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
    opened_ts INTEGER NOT NULL CHECK (opened_ts > 0)
) STRICT;

CREATE INDEX idx_stream_connections_host ON stream_connections (host, opened_ts);

PRAGMA user_version = 29;
