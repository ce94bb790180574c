-- Days of license time that admins give without the PIN, which stands before more than so many within a day.
CREATE TABLE given_days (
    cause    TEXT PRIMARY KEY,  -- what gave them, so that nothing counts twice
    user_id  INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,  -- the admin
    days     INTEGER NOT NULL CHECK (days > 0),
    given_ts INTEGER NOT NULL CHECK (given_ts > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_given_days_user ON given_days (user_id, given_ts);

-- A person may redeem one code of a campaign, unless its admin said otherwise.
ALTER TABLE promo_campaigns ADD COLUMN once INTEGER NOT NULL DEFAULT 1 CHECK (once IN (0, 1));

PRAGMA user_version = 14;
