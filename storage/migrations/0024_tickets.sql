-- Orders that are being put together by buttons, and what those buttons offer a person.

CREATE TABLE trade_tickets (
    ticket_id  INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    draft_json TEXT NOT NULL CHECK (length(draft_json) BETWEEN 2 AND 2000),
    updated_ts INTEGER NOT NULL CHECK (updated_ts > 0)
) STRICT;

CREATE INDEX idx_tickets_user ON trade_tickets (user_id, ticket_id);

-- Whoever has no row has the usual ones. Lists with blanks between their items.
CREATE TABLE ticket_presets (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    sizes   TEXT NOT NULL CHECK (length(sizes) BETWEEN 1 AND 300),    -- 100$ 2% 1r
    stops   TEXT NOT NULL CHECK (length(stops) BETWEEN 1 AND 300),    -- % from the entry
    targets TEXT NOT NULL CHECK (length(targets) BETWEEN 1 AND 300)
) STRICT;

PRAGMA user_version = 24;
