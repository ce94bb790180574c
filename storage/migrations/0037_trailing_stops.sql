-- The trailing stop that was promised beside a plan's stop: how far behind the best price it follows, and from where on.

ALTER TABLE trade_plans ADD COLUMN trailing TEXT CHECK (trailing GLOB '[0-9]*' AND trailing NOT GLOB '*[^0-9.]*');
ALTER TABLE trade_plans ADD COLUMN trailing_active TEXT
    CHECK (trailing_active GLOB '[0-9]*' AND trailing_active NOT GLOB '*[^0-9.]*');
ALTER TABLE trade_plans ADD COLUMN trailing_verified_ts INTEGER CHECK (trailing_verified_ts > 0);
ALTER TABLE trade_plans ADD COLUMN trailing_changed_ts INTEGER CHECK (trailing_changed_ts > 0);

-- what people have set themselves so far is what they want
UPDATE trade_plans
   SET trailing = (SELECT p.trailing_stop FROM active_positions AS p
                    WHERE p.account_id = trade_plans.account_id AND p.category = trade_plans.category
                      AND p.symbol = trade_plans.symbol AND p.position_idx = trade_plans.position_idx)
 WHERE state = 'open';

PRAGMA user_version = 37;
