-- What is counted of trades needs beside what stands already: what cards said, when practice began anew, and who wants
-- a daily report.

-- Of an entry that was confirmed: the market's price on the card and the fee rate it counted with. Its worst price is
-- order_intents.card_price, its stop stands in the request.
CREATE TABLE card_promises (
    intent_id INTEGER PRIMARY KEY REFERENCES order_intents (intent_id) ON DELETE CASCADE,
    touch TEXT CHECK (touch GLOB '[0-9]*' AND touch NOT GLOB '*[^0-9.]*'),
    fee_rate TEXT NOT NULL CHECK (ltrim(fee_rate, '-') GLOB '[0-9]*')
) STRICT;

CREATE TABLE practice_runs (
    account_id INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    run        INTEGER NOT NULL CHECK (run > 0),
    began_ts   INTEGER NOT NULL CHECK (began_ts >= 0),
    PRIMARY KEY (account_id, run)
) STRICT, WITHOUT ROWID;

INSERT INTO practice_runs (account_id, run, began_ts) SELECT account_id, run, run_ts FROM paper_accounts WHERE run > 1;

CREATE TABLE daily_reports (
    user_id  INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    hour     INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),  -- of the person's own clock
    last_day TEXT CHECK (last_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    next_ts  INTEGER NOT NULL CHECK (next_ts >= 0)            -- when to look again
) STRICT;

CREATE INDEX idx_daily_reports_due ON daily_reports (next_ts);

-- The fills of an order that was placed here.
CREATE INDEX idx_logs_link ON trade_logs (order_link_id) WHERE order_link_id <> '';

-- Another zone is another hour: it is looked at anew.
CREATE TRIGGER daily_reports_follow_the_zone AFTER UPDATE OF time_zone ON users
    WHEN old.time_zone IS NOT new.time_zone
BEGIN
    UPDATE daily_reports SET next_ts = 0 WHERE user_id = new.user_id;
END;

PRAGMA user_version = 35;
