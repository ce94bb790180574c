-- What stops entries and ends positions: halts of everybody, panics of an account, legs that are to be closed.

CREATE TABLE halts (
    halt_id INTEGER PRIMARY KEY,
    actor_id INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    reason TEXT NOT NULL CHECK (length(reason) <= 300),
    since_ts INTEGER NOT NULL CHECK (since_ts > 0),
    until_ts INTEGER CHECK (until_ts >= since_ts)       -- NULL: it stands
) STRICT;

-- one halt at a time
CREATE UNIQUE INDEX idx_halts_standing ON halts (until_ts IS NULL) WHERE until_ts IS NULL;

CREATE TABLE panics (
    panic_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    started_ts INTEGER NOT NULL CHECK (started_ts > 0),
    closes_ts INTEGER CHECK (closes_ts >= started_ts),  -- NULL: entries were stopped, nothing is closed
    ended_ts INTEGER CHECK (ended_ts >= started_ts),    -- every leg is flat and nothing is unknown
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one panic an account that goes on, and its last one
CREATE UNIQUE INDEX idx_panics_going ON panics (account_id) WHERE ended_ts IS NULL;
CREATE INDEX idx_panics_account ON panics (account_id, panic_id);

-- What was pressed for which panic: the same press again begins no other one, however long ago that was.
CREATE TABLE panic_presses (
    idempotency_key TEXT PRIMARY KEY CHECK (length(idempotency_key) BETWEEN 1 AND 200),
    panic_id INTEGER NOT NULL REFERENCES panics (panic_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;


-- A leg that is to be closed, or lessened to what shall remain, until the exchange shows it so.
CREATE TABLE leg_closings (
    closing_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),  -- of the position
    size TEXT NOT NULL CHECK (size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*'),  -- when it began
    remaining TEXT NOT NULL CHECK (remaining GLOB '[0-9]*' AND remaining NOT GLOB '*[^0-9.]*'),  -- 0: all of it goes
    exit_reason TEXT NOT NULL CHECK (length(exit_reason) BETWEEN 1 AND 32),
    panic_id INTEGER REFERENCES panics (panic_id) ON DELETE SET NULL,
    idempotency_key TEXT NOT NULL UNIQUE CHECK (length(idempotency_key) BETWEEN 1 AND 200),
    card_chat_id INTEGER,
    card_message_id INTEGER CHECK (card_message_id >= 0),
    state TEXT NOT NULL CHECK (state IN ('closing', 'refused', 'done')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_intent_id INTEGER,
    code INTEGER,
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
    created_ts INTEGER NOT NULL CHECK (created_ts > 0),
    next_try_ts INTEGER NOT NULL CHECK (next_try_ts > 0),
    ended_ts INTEGER CHECK (ended_ts >= created_ts),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one closing a leg that goes on
CREATE UNIQUE INDEX idx_closings_leg ON leg_closings (account_id, category, symbol, position_idx)
    WHERE state <> 'done';
CREATE INDEX idx_closings_due ON leg_closings (next_try_ts) WHERE state <> 'done';
CREATE INDEX idx_closings_done ON leg_closings (ended_ts) WHERE state = 'done';
CREATE INDEX idx_closings_user ON leg_closings (user_id);
CREATE INDEX idx_closings_panic ON leg_closings (panic_id, closing_id);

PRAGMA user_version = 21;
