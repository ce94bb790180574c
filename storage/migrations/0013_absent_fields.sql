-- What the exchange left out of a row or of an answer is NULL here, never 0, and what of it can't be read has its name.
-- Numbers of the exchange stand as it wrote them, zeros at the end too: 64300.00 is not 64300 on a screen.

CREATE TABLE new_positions (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    size TEXT NOT NULL CHECK (
        size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*' AND size NOT GLOB '*.*.*' AND size NOT GLOB '0[0-9]*'
        AND size NOT GLOB '*.' AND size GLOB '*[1-9]*'
    ),
    entry_price TEXT CHECK (
        entry_price GLOB '[0-9]*' AND entry_price NOT GLOB '*[^0-9.]*' AND entry_price NOT GLOB '*.*.*'
        AND entry_price NOT GLOB '0[0-9]*' AND entry_price NOT GLOB '*.'
    ),
    mark_price TEXT CHECK (
        mark_price GLOB '[0-9]*' AND mark_price NOT GLOB '*[^0-9.]*' AND mark_price NOT GLOB '*.*.*'
        AND mark_price NOT GLOB '0[0-9]*' AND mark_price NOT GLOB '*.'
    ),
    position_value TEXT CHECK (
        position_value GLOB '[0-9]*' AND position_value NOT GLOB '*[^0-9.]*' AND position_value NOT GLOB '*.*.*'
        AND position_value NOT GLOB '0[0-9]*' AND position_value NOT GLOB '*.'
    ),
    leverage TEXT CHECK (
        leverage GLOB '[0-9]*' AND leverage NOT GLOB '*[^0-9.]*' AND leverage NOT GLOB '*.*.*'
        AND leverage NOT GLOB '0[0-9]*' AND leverage NOT GLOB '*.'
    ),
    liq_price TEXT CHECK (
        liq_price GLOB '[0-9]*' AND liq_price NOT GLOB '*[^0-9.]*' AND liq_price NOT GLOB '*.*.*'
        AND liq_price NOT GLOB '0[0-9]*' AND liq_price NOT GLOB '*.'
    ),
    unrealised_pnl TEXT CHECK (
        ltrim(unrealised_pnl, '-') GLOB '[0-9]*' AND substr(unrealised_pnl, 2) NOT GLOB '*[^0-9.]*'
        AND unrealised_pnl NOT GLOB '*.*.*' AND unrealised_pnl NOT GLOB '0[0-9]*'
        AND unrealised_pnl NOT GLOB '-0[0-9]*' AND unrealised_pnl NOT GLOB '*.'
        AND unrealised_pnl <> '-0'
    ),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.'
    ),
    trailing_stop TEXT CHECK (
        trailing_stop GLOB '[0-9]*' AND trailing_stop NOT GLOB '*[^0-9.]*' AND trailing_stop NOT GLOB '*.*.*'
        AND trailing_stop NOT GLOB '0[0-9]*' AND trailing_stop NOT GLOB '*.'
    ),
    open_ts INTEGER CHECK (open_ts >= 0),
    updated_ts INTEGER CHECK (updated_ts >= 0),
    unread TEXT NOT NULL DEFAULT '[]' CHECK (unread GLOB '[[]*]'),  -- names of fields that can't be read
    PRIMARY KEY (account_id, category, symbol, position_idx),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO new_positions SELECT *, '[]' FROM active_positions;
DROP TABLE active_positions;
ALTER TABLE new_positions RENAME TO active_positions;
CREATE INDEX idx_active_user ON active_positions (user_id);

CREATE TABLE new_orders (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    order_id TEXT NOT NULL CHECK (length(order_id) BETWEEN 1 AND 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    order_type TEXT CHECK (order_type IN ('Market', 'Limit')),
    order_status TEXT NOT NULL CHECK (length(order_status) <= 64),
    price TEXT CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '0[0-9]*'
        AND price NOT GLOB '*.'
    ),
    qty TEXT NOT NULL CHECK (
        qty GLOB '[0-9]*' AND qty NOT GLOB '*[^0-9.]*' AND qty NOT GLOB '*.*.*' AND qty NOT GLOB '0[0-9]*'
        AND qty NOT GLOB '*.'
    ),
    cum_exec_qty TEXT CHECK (
        cum_exec_qty GLOB '[0-9]*' AND cum_exec_qty NOT GLOB '*[^0-9.]*' AND cum_exec_qty NOT GLOB '*.*.*'
        AND cum_exec_qty NOT GLOB '0[0-9]*' AND cum_exec_qty NOT GLOB '*.'
    ),
    trigger_price TEXT CHECK (
        trigger_price GLOB '[0-9]*' AND trigger_price NOT GLOB '*[^0-9.]*' AND trigger_price NOT GLOB '*.*.*'
        AND trigger_price NOT GLOB '0[0-9]*' AND trigger_price NOT GLOB '*.'
    ),
    stop_order_type TEXT CHECK (length(stop_order_type) <= 64),
    time_in_force TEXT NOT NULL CHECK (length(time_in_force) <= 64),
    reduce_only INTEGER CHECK (reduce_only IN (0, 1)),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.'
    ),
    created_ts INTEGER CHECK (created_ts >= 0),
    updated_ts INTEGER CHECK (updated_ts >= 0),
    unread TEXT NOT NULL DEFAULT '[]' CHECK (unread GLOB '[[]*]'),  -- names of fields that can't be read
    PRIMARY KEY (account_id, order_id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO new_orders SELECT *, '[]' FROM pending_limit_orders;
DROP TABLE pending_limit_orders;
ALTER TABLE new_orders RENAME TO pending_limit_orders;
CREATE INDEX idx_pending_symbol ON pending_limit_orders (user_id, symbol);

-- Symbols of rows that stand at the exchange and can't be read, and categories of orders that the key may not read.
ALTER TABLE accounts ADD COLUMN positions_unreadable TEXT NOT NULL DEFAULT '[]' CHECK (positions_unreadable GLOB '[[]*]');
ALTER TABLE accounts ADD COLUMN orders_unreadable TEXT NOT NULL DEFAULT '[]' CHECK (orders_unreadable GLOB '[[]*]');
ALTER TABLE accounts ADD COLUMN orders_left_out TEXT NOT NULL DEFAULT '[]' CHECK (orders_left_out GLOB '[[]*]');

-- What a check told of the account behind the key. NULL: it was not told, as in every check before this version.
ALTER TABLE credentials ADD COLUMN is_unified INTEGER CHECK (is_unified IN (0, 1));
ALTER TABLE credentials ADD COLUMN is_master INTEGER CHECK (is_master IN (0, 1));
ALTER TABLE credentials ADD COLUMN key_kind INTEGER;  -- Bybit's type: 1 the person's own, 2 of a third party
ALTER TABLE credentials ADD COLUMN is_complete INTEGER NOT NULL DEFAULT 1 CHECK (is_complete IN (0, 1));

PRAGMA user_version = 13;
