-- What stands in an account and what happened there: a memory of the exchange, which is right when they differ.

-- A leg of a position is (account, category, symbol, position_idx): hedge mode holds both sides of a symbol.
-- Rows of one account stand side by side, in the order in which they are read.
CREATE TABLE active_positions (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    size TEXT NOT NULL CHECK (
        size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*' AND size NOT GLOB '*.*.*' AND size NOT GLOB '0[0-9]*'
        AND size NOT GLOB '*.*0' AND size NOT GLOB '*.' AND size <> '0'
    ),
    entry_price TEXT NOT NULL CHECK (
        entry_price GLOB '[0-9]*' AND entry_price NOT GLOB '*[^0-9.]*' AND entry_price NOT GLOB '*.*.*'
        AND entry_price NOT GLOB '0[0-9]*' AND entry_price NOT GLOB '*.*0' AND entry_price NOT GLOB '*.'
    ),
    mark_price TEXT NOT NULL CHECK (
        mark_price GLOB '[0-9]*' AND mark_price NOT GLOB '*[^0-9.]*' AND mark_price NOT GLOB '*.*.*'
        AND mark_price NOT GLOB '0[0-9]*' AND mark_price NOT GLOB '*.*0' AND mark_price NOT GLOB '*.'
    ),
    position_value TEXT NOT NULL CHECK (
        position_value GLOB '[0-9]*' AND position_value NOT GLOB '*[^0-9.]*' AND position_value NOT GLOB '*.*.*'
        AND position_value NOT GLOB '0[0-9]*' AND position_value NOT GLOB '*.*0' AND position_value NOT GLOB '*.'
    ),
    leverage TEXT CHECK (
        leverage GLOB '[0-9]*' AND leverage NOT GLOB '*[^0-9.]*' AND leverage NOT GLOB '*.*.*'
        AND leverage NOT GLOB '0[0-9]*' AND leverage NOT GLOB '*.*0' AND leverage NOT GLOB '*.'
    ),
    liq_price TEXT CHECK (
        liq_price GLOB '[0-9]*' AND liq_price NOT GLOB '*[^0-9.]*' AND liq_price NOT GLOB '*.*.*'
        AND liq_price NOT GLOB '0[0-9]*' AND liq_price NOT GLOB '*.*0' AND liq_price NOT GLOB '*.'
    ),
    unrealised_pnl TEXT NOT NULL CHECK (
        ltrim(unrealised_pnl, '-') GLOB '[0-9]*' AND substr(unrealised_pnl, 2) NOT GLOB '*[^0-9.]*'
        AND unrealised_pnl NOT GLOB '*.*.*' AND unrealised_pnl NOT GLOB '0[0-9]*'
        AND unrealised_pnl NOT GLOB '-0[0-9]*' AND unrealised_pnl NOT GLOB '*.*0' AND unrealised_pnl NOT GLOB '*.'
        AND unrealised_pnl <> '-0'
    ),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.*0' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.*0' AND stop_loss NOT GLOB '*.'
    ),
    trailing_stop TEXT CHECK (
        trailing_stop GLOB '[0-9]*' AND trailing_stop NOT GLOB '*[^0-9.]*' AND trailing_stop NOT GLOB '*.*.*'
        AND trailing_stop NOT GLOB '0[0-9]*' AND trailing_stop NOT GLOB '*.*0' AND trailing_stop NOT GLOB '*.'
    ),
    open_ts INTEGER NOT NULL CHECK (open_ts >= 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts >= 0),
    PRIMARY KEY (account_id, category, symbol, position_idx),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_active_user ON active_positions (user_id);

-- Every open order, conditional ones too.
CREATE TABLE pending_limit_orders (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    order_id TEXT NOT NULL CHECK (length(order_id) BETWEEN 1 AND 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    order_type TEXT NOT NULL CHECK (order_type IN ('Market', 'Limit')),
    order_status TEXT NOT NULL CHECK (length(order_status) BETWEEN 1 AND 64),
    price TEXT CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '0[0-9]*'
        AND price NOT GLOB '*.*0' AND price NOT GLOB '*.'
    ),
    qty TEXT NOT NULL CHECK (
        qty GLOB '[0-9]*' AND qty NOT GLOB '*[^0-9.]*' AND qty NOT GLOB '*.*.*' AND qty NOT GLOB '0[0-9]*'
        AND qty NOT GLOB '*.*0' AND qty NOT GLOB '*.'
    ),
    cum_exec_qty TEXT NOT NULL CHECK (
        cum_exec_qty GLOB '[0-9]*' AND cum_exec_qty NOT GLOB '*[^0-9.]*' AND cum_exec_qty NOT GLOB '*.*.*'
        AND cum_exec_qty NOT GLOB '0[0-9]*' AND cum_exec_qty NOT GLOB '*.*0' AND cum_exec_qty NOT GLOB '*.'
    ),
    trigger_price TEXT CHECK (
        trigger_price GLOB '[0-9]*' AND trigger_price NOT GLOB '*[^0-9.]*' AND trigger_price NOT GLOB '*.*.*'
        AND trigger_price NOT GLOB '0[0-9]*' AND trigger_price NOT GLOB '*.*0' AND trigger_price NOT GLOB '*.'
    ),
    stop_order_type TEXT NOT NULL CHECK (length(stop_order_type) <= 64),
    time_in_force TEXT NOT NULL CHECK (length(time_in_force) <= 64),
    reduce_only INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.*0' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.*0' AND stop_loss NOT GLOB '*.'
    ),
    created_ts INTEGER NOT NULL CHECK (created_ts >= 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts >= 0),
    PRIMARY KEY (account_id, order_id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- user_id first: on symbol alone the planner would walk everybody's orders until statistics exist.
CREATE INDEX idx_pending_symbol ON pending_limit_orders (user_id, symbol);

-- A row a fill; Bybit's execution id makes logging one twice impossible.
CREATE TABLE trade_logs (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    account_type TEXT NOT NULL CHECK (account_type IN ('paper', 'demo', 'live')),
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    exec_id TEXT NOT NULL CHECK (length(exec_id) BETWEEN 1 AND 64),
    order_id TEXT NOT NULL CHECK (length(order_id) <= 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    exec_type TEXT NOT NULL CHECK (length(exec_type) BETWEEN 1 AND 64),
    price TEXT NOT NULL CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '0[0-9]*'
        AND price NOT GLOB '*.*0' AND price NOT GLOB '*.'
    ),
    size TEXT NOT NULL CHECK (
        size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*' AND size NOT GLOB '*.*.*' AND size NOT GLOB '0[0-9]*'
        AND size NOT GLOB '*.*0' AND size NOT GLOB '*.'
    ),
    value TEXT NOT NULL CHECK (
        value GLOB '[0-9]*' AND value NOT GLOB '*[^0-9.]*' AND value NOT GLOB '*.*.*' AND value NOT GLOB '0[0-9]*'
        AND value NOT GLOB '*.*0' AND value NOT GLOB '*.'
    ),
    fee TEXT NOT NULL CHECK (  -- negative: a rebate
        ltrim(fee, '-') GLOB '[0-9]*' AND substr(fee, 2) NOT GLOB '*[^0-9.]*' AND fee NOT GLOB '*.*.*'
        AND fee NOT GLOB '0[0-9]*' AND fee NOT GLOB '-0[0-9]*' AND fee NOT GLOB '*.*0' AND fee NOT GLOB '*.'
        AND fee <> '-0'
    ),
    fee_currency TEXT NOT NULL CHECK (length(fee_currency) <= 32),
    is_maker INTEGER NOT NULL CHECK (is_maker IN (0, 1)),
    closed_size TEXT NOT NULL CHECK (  -- what of a position this fill closed
        closed_size GLOB '[0-9]*' AND closed_size NOT GLOB '*[^0-9.]*' AND closed_size NOT GLOB '*.*.*'
        AND closed_size NOT GLOB '0[0-9]*' AND closed_size NOT GLOB '*.*0' AND closed_size NOT GLOB '*.'
    ),
    ts INTEGER NOT NULL CHECK (ts > 0),
    UNIQUE (account_id, exec_id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- Read backwards, newest first; the row id breaks ties.
CREATE INDEX idx_logs_user_ts ON trade_logs (user_id, ts);
CREATE INDEX idx_logs_account_ts ON trade_logs (account_id, ts);

-- Practice money, coin by coin.
CREATE TABLE paper_wallets (
    account_id INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    coin TEXT NOT NULL CHECK (length(coin) BETWEEN 1 AND 32 AND coin NOT GLOB '*[^A-Z0-9]*'),
    wallet_balance TEXT NOT NULL CHECK (
        ltrim(wallet_balance, '-') GLOB '[0-9]*' AND substr(wallet_balance, 2) NOT GLOB '*[^0-9.]*'
        AND wallet_balance NOT GLOB '*.*.*' AND wallet_balance NOT GLOB '0[0-9]*'
        AND wallet_balance NOT GLOB '-0[0-9]*' AND wallet_balance NOT GLOB '*.*0' AND wallet_balance NOT GLOB '*.'
        AND wallet_balance <> '-0'
    ),
    PRIMARY KEY (account_id, coin)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
