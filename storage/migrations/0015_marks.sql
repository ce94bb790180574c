-- What an erased person had that is given once: an HMAC by a secret of this database's own, which leads to nobody.
CREATE TABLE used_marks (
    mark        BLOB PRIMARY KEY CHECK (length(mark) = 32),
    campaign_id INTEGER REFERENCES promo_campaigns (campaign_id),  -- NULL: the trial
    until_ts    INTEGER NOT NULL CHECK (until_ts > 0)  -- the first of a month, so that marks made together look like others
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_used_marks_until ON used_marks (until_ts);
CREATE INDEX idx_used_marks_campaign ON used_marks (campaign_id);

PRAGMA user_version = 15;
