-- The margin mode of the account that a plan's card was made for, or that was found since; '': not known.

ALTER TABLE trade_plans ADD COLUMN margin_mode TEXT NOT NULL DEFAULT ''
    CHECK (margin_mode IN ('', 'ISOLATED_MARGIN', 'REGULAR_MARGIN', 'PORTFOLIO_MARGIN'));

PRAGMA user_version = 31;
