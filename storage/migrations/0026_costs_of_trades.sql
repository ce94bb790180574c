-- What a trade cost beyond its fees: funding, and the price at which a close was shown; and how long its order took.

ALTER TABLE leg_costs ADD COLUMN funding TEXT NOT NULL DEFAULT '0' CHECK (ltrim(funding, '-') GLOB '[0-9]*');  -- paid

ALTER TABLE closed_trades ADD COLUMN funding TEXT NOT NULL DEFAULT '0' CHECK (ltrim(funding, '-') GLOB '[0-9]*');

-- stages of the closing order, where it was ours
ALTER TABLE closed_trades ADD COLUMN asked_ts INTEGER CHECK (asked_ts > 0);
ALTER TABLE closed_trades ADD COLUMN sent_ts INTEGER CHECK (sent_ts > 0);
ALTER TABLE closed_trades ADD COLUMN acknowledged_ts INTEGER CHECK (acknowledged_ts > 0);

-- that was shown before the close was confirmed; NULL: none was
ALTER TABLE leg_closings ADD COLUMN card_price TEXT CHECK (card_price GLOB '[0-9]*' AND card_price NOT GLOB '*[^0-9.]*');

PRAGMA user_version = 26;
