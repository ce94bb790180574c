-- What sets off the take profit of a position, where its owner has set another kind at the exchange and kept it.

ALTER TABLE trade_plans ADD COLUMN target_trigger_by TEXT NOT NULL DEFAULT 'LastPrice'
    CHECK (target_trigger_by IN ('LastPrice', 'MarkPrice', 'IndexPrice'));

PRAGMA user_version = 30;
