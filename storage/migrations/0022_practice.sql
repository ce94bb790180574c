-- The practice exchange: what it would know of an account if it stood elsewhere. Nothing of it is a memory of anybody.
-- Money stands in paper_wallets. A body is JSON that the exchange alone reads; what is asked for stands beside it.

CREATE TABLE paper_accounts (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    run        INTEGER NOT NULL CHECK (run > 0),  -- from 1; a reset begins the next one
    run_ts     INTEGER NOT NULL CHECK (run_ts >= 0),  -- when it began; 0: with the account
    made       INTEGER NOT NULL CHECK (made >= 0),  -- ids that were given out
    body       TEXT NOT NULL CHECK (body GLOB '{*}')  -- modes and leverages
) STRICT;

CREATE TABLE paper_positions (
    account_id   INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    symbol       TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    is_held      INTEGER NOT NULL CHECK (is_held IN (0, 1)),  -- 0: flat, kept for what it brought
    body         TEXT NOT NULL CHECK (body GLOB '{*}'),
    PRIMARY KEY (account_id, symbol, position_idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_paper_positions_held ON paper_positions (symbol, account_id) WHERE is_held = 1;

CREATE TABLE paper_orders (
    account_id    INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    order_id      TEXT NOT NULL CHECK (length(order_id) BETWEEN 1 AND 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    symbol        TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    is_open       INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    updated_ts    INTEGER NOT NULL CHECK (updated_ts > 0),
    body          TEXT NOT NULL CHECK (body GLOB '{*}'),
    PRIMARY KEY (account_id, order_id)
) STRICT, WITHOUT ROWID;

-- An id that somebody gave an order stays taken after the order has ended.
CREATE UNIQUE INDEX idx_paper_orders_link ON paper_orders (account_id, order_link_id) WHERE order_link_id <> '';
CREATE INDEX idx_paper_orders_open ON paper_orders (symbol, account_id) WHERE is_open = 1;
CREATE INDEX idx_paper_orders_open_account ON paper_orders (account_id) WHERE is_open = 1;
CREATE INDEX idx_paper_orders_closed ON paper_orders (updated_ts) WHERE is_open = 0;

CREATE TABLE paper_fills (
    account_id INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    exec_id    TEXT NOT NULL CHECK (length(exec_id) BETWEEN 1 AND 64),
    ts         INTEGER NOT NULL CHECK (ts > 0),
    seq        INTEGER NOT NULL CHECK (seq >= 0),  -- the order in which they came about
    body       TEXT NOT NULL CHECK (body GLOB '{*}'),
    PRIMARY KEY (account_id, exec_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_paper_fills_account ON paper_fills (account_id, ts, seq);
CREATE INDEX idx_paper_fills_ts ON paper_fills (ts);

-- Up to which moment a symbol's prices were let act on what stands there, and its funding was settled.
CREATE TABLE paper_symbols (
    symbol    TEXT PRIMARY KEY CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    fed_ts    INTEGER NOT NULL CHECK (fed_ts >= 0),
    funded_ts INTEGER NOT NULL CHECK (funded_ts >= 0)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 22;
