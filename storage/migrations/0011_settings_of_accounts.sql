-- What an order of an account begins with. users holds what the accounts to come begin with.

ALTER TABLE accounts ADD COLUMN risk_percent TEXT NOT NULL DEFAULT '1' CHECK (  -- of equity, risked on a trade
    risk_percent GLOB '[0-9]*' AND risk_percent NOT GLOB '*[^0-9.]*' AND risk_percent NOT GLOB '*.*.*'
    AND risk_percent NOT GLOB '0[0-9]*' AND risk_percent NOT GLOB '*.*0' AND risk_percent NOT GLOB '*.'
    AND risk_percent <> '0'
);
ALTER TABLE accounts ADD COLUMN stop_loss_percent TEXT NOT NULL DEFAULT '3' CHECK (
    stop_loss_percent GLOB '[0-9]*' AND stop_loss_percent NOT GLOB '*[^0-9.]*' AND stop_loss_percent NOT GLOB '*.*.*'
    AND stop_loss_percent NOT GLOB '0[0-9]*' AND stop_loss_percent NOT GLOB '*.*0' AND stop_loss_percent NOT GLOB '*.'
    AND stop_loss_percent <> '0'
);
ALTER TABLE accounts ADD COLUMN take_profit_percent TEXT NOT NULL DEFAULT '8' CHECK (
    take_profit_percent GLOB '[0-9]*' AND take_profit_percent NOT GLOB '*[^0-9.]*'
    AND take_profit_percent NOT GLOB '*.*.*' AND take_profit_percent NOT GLOB '0[0-9]*'
    AND take_profit_percent NOT GLOB '*.*0' AND take_profit_percent NOT GLOB '*.' AND take_profit_percent <> '0'
);
ALTER TABLE accounts ADD COLUMN leverage INTEGER NOT NULL DEFAULT 3 CHECK (leverage BETWEEN 1 AND 100);
ALTER TABLE accounts ADD COLUMN order_type TEXT NOT NULL DEFAULT 'Market' CHECK (order_type IN ('Market', 'Limit'));

UPDATE accounts
   SET (risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type) = (
       SELECT percent, sl_percent, tp_percent, leverage, global_order_type FROM users
        WHERE users.user_id = accounts.user_id);

PRAGMA user_version = 11;
