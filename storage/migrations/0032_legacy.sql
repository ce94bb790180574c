-- What came from the bot before this one: kept, shown to whom it belongs, and counted in no statistics.

CREATE TABLE legacy_imports (
    import_id     INTEGER PRIMARY KEY CHECK (import_id = 1),  -- one, ever
    source_hash   BLOB NOT NULL CHECK (length(source_hash) = 32),  -- SHA-256 of its rows
    at_ts         INTEGER NOT NULL CHECK (at_ts > 0),
    honors_codes  INTEGER NOT NULL CHECK (honors_codes IN (0, 1)),
    counts        TEXT NOT NULL CHECK (counts GLOB '{*}')  -- JSON: of each table what was read, taken, changed, dropped
) STRICT;

-- The report, without a word of whom it speaks: that goes with the user.
CREATE TABLE legacy_import_lines (
    line_id INTEGER PRIMARY KEY,
    section TEXT NOT NULL CHECK (length(section) BETWEEN 1 AND 100),
    user_id INTEGER REFERENCES users (user_id) ON DELETE CASCADE,
    text    TEXT NOT NULL
) STRICT;

CREATE INDEX idx_import_lines_user ON legacy_import_lines (user_id);

-- Settings of strategies as they stood, in both of their forms; where both speak, the plain one wins.
CREATE TABLE legacy_settings (
    user_id   INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    plain     TEXT CHECK (plain GLOB '{*}'),     -- {strategy: {…}}
    versioned TEXT CHECK (versioned GLOB '{*}')  -- {exchange: {account type: {strategy: {…}}}}
) STRICT;

-- The payer goes when they are erased, the charge stays: or reconciliation would take it for one of nobody.
CREATE TABLE legacy_payments (
    legacy_id    INTEGER PRIMARY KEY,
    charge_id    TEXT UNIQUE CHECK (length(charge_id) BETWEEN 1 AND 512),
    payer        INTEGER,
    payment_type TEXT NOT NULL CHECK (length(payment_type) <= 32),
    amount       TEXT CHECK (ltrim(amount, '-') GLOB '[0-9]*' AND substr(amount, 2) NOT GLOB '*[^0-9.]*'),
    currency     TEXT NOT NULL CHECK (length(currency) <= 16),
    license_type TEXT NOT NULL CHECK (length(license_type) <= 32),
    period_days  INTEGER,
    status       TEXT NOT NULL CHECK (length(status) <= 32),
    paid_ts      INTEGER CHECK (paid_ts > 0)
) STRICT;

CREATE INDEX idx_legacy_payments_payer ON legacy_payments (payer);

CREATE TRIGGER legacy_payments_are_not_changed
    BEFORE UPDATE OF legacy_id, charge_id, payment_type, amount, currency, license_type, period_days, status, paid_ts
    ON legacy_payments
BEGIN
    SELECT RAISE (ABORT, 'legacy_payments is read-only');
END;

CREATE TRIGGER legacy_payments_are_not_deleted BEFORE DELETE ON legacy_payments
BEGIN
    SELECT RAISE (ABORT, 'legacy_payments is read-only');
END;

CREATE TABLE legacy_trades (
    legacy_id    INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    symbol       TEXT NOT NULL CHECK (length(symbol) <= 32),
    side         TEXT NOT NULL CHECK (length(side) <= 16),
    entry_price  TEXT CHECK (ltrim(entry_price, '-') GLOB '[0-9]*' AND substr(entry_price, 2) NOT GLOB '*[^0-9.]*'),
    exit_price   TEXT CHECK (ltrim(exit_price, '-') GLOB '[0-9]*' AND substr(exit_price, 2) NOT GLOB '*[^0-9.]*'),
    exit_reason  TEXT NOT NULL CHECK (length(exit_reason) <= 32),
    pnl          TEXT CHECK (ltrim(pnl, '-') GLOB '[0-9]*' AND substr(pnl, 2) NOT GLOB '*[^0-9.]*'),
    pnl_percent  TEXT CHECK (ltrim(pnl_percent, '-') GLOB '[0-9]*' AND substr(pnl_percent, 2) NOT GLOB '*[^0-9.]*'),
    strategy     TEXT NOT NULL CHECK (length(strategy) <= 64),
    timeframe    TEXT NOT NULL CHECK (length(timeframe) <= 16),
    account_type TEXT NOT NULL CHECK (length(account_type) <= 16),
    opened_ts    INTEGER CHECK (opened_ts > 0),
    closed_ts    INTEGER CHECK (closed_ts > 0)
) STRICT;

CREATE INDEX idx_legacy_trades_user ON legacy_trades (user_id, legacy_id);

CREATE TRIGGER legacy_trades_are_not_changed BEFORE UPDATE ON legacy_trades
BEGIN
    SELECT RAISE (ABORT, 'legacy_trades is read-only');
END;

-- Uses of a code before it came here of which there is no row.
ALTER TABLE promo_codes ADD COLUMN earlier_uses INTEGER NOT NULL DEFAULT 0 CHECK (earlier_uses >= 0);
-- A use before the code came here: whatever it gave is none of the ledger's rows.
ALTER TABLE promo_usage ADD COLUMN is_earlier INTEGER NOT NULL DEFAULT 0 CHECK (is_earlier IN (0, 1));

PRAGMA user_version = 32;
