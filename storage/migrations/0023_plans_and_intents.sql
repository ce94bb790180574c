-- What people want of a leg, and every request that was made for it: written before it is sent, never sent twice.

CREATE TABLE trade_plans (
    plan_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    stop TEXT CHECK (stop GLOB '[0-9]*' AND stop NOT GLOB '*[^0-9.]*'),
    stop_trigger_by TEXT NOT NULL CHECK (stop_trigger_by IN ('LastPrice', 'MarkPrice', 'IndexPrice')),
    breakeven TEXT NOT NULL CHECK (breakeven IN ('off', 'after-first-target', 'done', 'passed')),
    protected_ts INTEGER CHECK (protected_ts > 0),      -- the stop was seen as promised for the first time
    stop_verified_ts INTEGER CHECK (stop_verified_ts > 0),  -- … for the last time
    stop_changed_ts INTEGER CHECK (stop_changed_ts > 0),  -- somebody else changed it
    first_fill_ts INTEGER CHECK (first_fill_ts > 0),
    targets_ts INTEGER NOT NULL CHECK (targets_ts > 0),  -- when the targets were set
    card_chat_id INTEGER,
    card_message_id INTEGER CHECK (card_message_id >= 0),
    version INTEGER NOT NULL DEFAULT 0,                 -- grows with every change of the plan or of its intents
    created_ts INTEGER NOT NULL CHECK (created_ts > 0),
    ended_ts INTEGER CHECK (ended_ts > 0),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

-- one open plan a leg
CREATE UNIQUE INDEX idx_plans_leg ON trade_plans (account_id, category, symbol, position_idx) WHERE state = 'open';

CREATE INDEX idx_plans_user ON trade_plans (user_id);

CREATE TABLE plan_targets (
    plan_id INTEGER NOT NULL REFERENCES trade_plans (plan_id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 5),
    price TEXT NOT NULL CHECK (price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*'),
    share TEXT NOT NULL CHECK (share GLOB '[0-9]*' AND share NOT GLOB '*[^0-9.]*'),  -- of the whole, 0 … 1
    is_done INTEGER NOT NULL DEFAULT 0 CHECK (is_done IN (0, 1)),
    PRIMARY KEY (plan_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_intents (
    intent_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (
        kind IN ('entry', 'target', 'close', 'reduce', 'cancel', 'amend', 'stop', 'leverage')
    ),
    state TEXT NOT NULL CHECK (
        state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'filled', 'canceled',
                  'rejected', 'unknown', 'not_placed', 'abandoned', 'done', 'refused')
    ),
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    plan_id INTEGER REFERENCES trade_plans (plan_id) ON DELETE CASCADE,
    order_link_id TEXT NOT NULL UNIQUE CHECK (length(order_link_id) BETWEEN 1 AND 36),
    request TEXT NOT NULL CHECK (request GLOB '{*}'),   -- JSON
    idempotency_key TEXT NOT NULL UNIQUE CHECK (length(idempotency_key) BETWEEN 1 AND 200),
    fence INTEGER NOT NULL CHECK (fence >= 0),          -- of the account when it was written
    target_number INTEGER CHECK (target_number BETWEEN 1 AND 5),
    remaining TEXT CHECK (remaining GLOB '[0-9]*' AND remaining NOT GLOB '*[^0-9.]*'),
    card_price TEXT CHECK (card_price GLOB '[0-9]*' AND card_price NOT GLOB '*[^0-9.]*'),
    good_until INTEGER CHECK (good_until > 0),
    exit_reason TEXT CHECK (length(exit_reason) BETWEEN 1 AND 32),
    card_chat_id INTEGER,
    card_message_id INTEGER CHECK (card_message_id >= 0),
    order_id TEXT NOT NULL DEFAULT '' CHECK (length(order_id) <= 64),
    cum_exec_qty TEXT NOT NULL DEFAULT '0' CHECK (cum_exec_qty GLOB '[0-9]*' AND cum_exec_qty NOT GLOB '*[^0-9.]*'),
    avg_price TEXT CHECK (avg_price GLOB '[0-9]*' AND avg_price NOT GLOB '*[^0-9.]*'),
    fills_qty TEXT NOT NULL DEFAULT '0' CHECK (fills_qty GLOB '[0-9]*' AND fills_qty NOT GLOB '*[^0-9.]*'),
    code INTEGER,
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
    is_told INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1)),
    created_ts INTEGER NOT NULL CHECK (created_ts > 0),
    sent_ts INTEGER CHECK (sent_ts > 0),
    acknowledged_ts INTEGER CHECK (acknowledged_ts > 0),
    final_ts INTEGER CHECK (final_ts > 0),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX idx_intents_live ON order_intents (account_id, intent_id)
    WHERE state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'unknown');
CREATE INDEX idx_intents_user ON order_intents (user_id);
CREATE INDEX idx_intents_plan ON order_intents (plan_id, intent_id);
CREATE INDEX idx_intents_untold ON order_intents (final_ts) WHERE is_told = 0 AND final_ts IS NOT NULL;

-- What of a leg was opened and not closed yet, at cost: what a close brings is reckoned from it.
CREATE TABLE leg_costs (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    size TEXT NOT NULL CHECK (size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*'),
    value TEXT NOT NULL CHECK (value GLOB '[0-9]*' AND value NOT GLOB '*[^0-9.]*'),
    fees TEXT NOT NULL CHECK (ltrim(fees, '-') GLOB '[0-9]*'),
    opened_ts INTEGER NOT NULL CHECK (opened_ts > 0),
    PRIMARY KEY (account_id, category, symbol, position_idx),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- One row a closing order; it grows with the order's fills.
CREATE TABLE closed_trades (
    account_id INTEGER NOT NULL,
    order_id TEXT NOT NULL CHECK (length(order_id) BETWEEN 1 AND 64),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    user_id INTEGER NOT NULL,
    plan_id INTEGER REFERENCES trade_plans (plan_id) ON DELETE SET NULL,
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    qty TEXT NOT NULL CHECK (qty GLOB '[0-9]*' AND qty NOT GLOB '*[^0-9.]*'),
    entry_value TEXT NOT NULL CHECK (entry_value GLOB '[0-9]*' AND entry_value NOT GLOB '*[^0-9.]*'),
    exit_value TEXT NOT NULL CHECK (exit_value GLOB '[0-9]*' AND exit_value NOT GLOB '*[^0-9.]*'),
    open_fee TEXT NOT NULL CHECK (ltrim(open_fee, '-') GLOB '[0-9]*'),
    close_fee TEXT NOT NULL CHECK (ltrim(close_fee, '-') GLOB '[0-9]*'),
    fee_currency TEXT NOT NULL CHECK (length(fee_currency) <= 32),
    exit_reason TEXT NOT NULL CHECK (length(exit_reason) BETWEEN 1 AND 32),
    slippage TEXT CHECK (ltrim(slippage, '-') GLOB '[0-9]*'),
    opened_ts INTEGER NOT NULL CHECK (opened_ts > 0),
    closed_ts INTEGER NOT NULL CHECK (closed_ts > 0),
    PRIMARY KEY (account_id, order_id, position_idx),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_closed_plan ON closed_trades (plan_id, closed_ts);
CREATE INDEX idx_closed_account ON closed_trades (account_id, closed_ts);

-- Entries of an account: a number that a panic raises, so that none written before it is sent after it; and /pause.
CREATE TABLE account_fences (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
    paused_ts INTEGER CHECK (paused_ts > 0)
) STRICT;

PRAGMA user_version = 23;
