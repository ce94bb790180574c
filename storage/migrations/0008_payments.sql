-- Payments in Telegram Stars: what was offered, each charge, and how far Telegram's own account of them was read.

CREATE TABLE invoices (
    payload      TEXT PRIMARY KEY CHECK (length(payload) BETWEEN 1 AND 64),
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    license_type TEXT NOT NULL CHECK (license_type IN ('basic', 'premium')),
    days         INTEGER NOT NULL CHECK (days BETWEEN 1 AND 3650),
    stars        INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 25000),
    state        TEXT NOT NULL CHECK (state IN ('open', 'paid')),
    created_ts   INTEGER NOT NULL CHECK (created_ts > 0),
    expires_ts   INTEGER NOT NULL CHECK (expires_ts > created_ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_invoices_expires ON invoices (expires_ts);

-- The user goes when they are erased, the charge stays: or the next reconciliation would take it for a lost one.
CREATE TABLE payment_history (
    id             INTEGER PRIMARY KEY,
    user_id        INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    telegram_payment_charge_id TEXT NOT NULL CHECK (length(telegram_payment_charge_id) BETWEEN 1 AND 512),
    payload        TEXT NOT NULL CHECK (length(payload) <= 256),
    stars          INTEGER NOT NULL CHECK (stars >= 0),
    currency       TEXT NOT NULL CHECK (length(currency) BETWEEN 1 AND 16),
    license_type   TEXT CHECK (license_type IN ('basic', 'premium')),
    period_days    INTEGER CHECK (period_days > 0),
    license_event_id INTEGER UNIQUE REFERENCES license_events (event_id),
    status         TEXT NOT NULL CHECK (
        status IN ('completed', 'refund_asked', 'refunded', 'charged_back', 'unclaimed')
    ),
    reason         TEXT NOT NULL CHECK (length(reason) <= 256),
    paid_ts        INTEGER NOT NULL CHECK (paid_ts > 0),   -- Telegram's date
    created_at     INTEGER NOT NULL CHECK (created_at > 0),  -- ours
    settled_ts     INTEGER CHECK (settled_ts > 0),
    attempts       INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_ts    INTEGER CHECK (next_try_ts > 0),  -- when Telegram is asked to give it back; NULL: it is not
    trouble        TEXT NOT NULL DEFAULT '' CHECK (length(trouble) <= 256),
    CHECK ((license_type IS NULL) = (period_days IS NULL)),
    CHECK ((license_type IS NULL) = (license_event_id IS NULL)),
    CHECK (status <> 'completed' OR license_event_id IS NOT NULL),  -- nothing is paid for and not given
    CHECK ((next_try_ts IS NULL) = (status NOT IN ('refund_asked', 'unclaimed'))),
    CHECK ((settled_ts IS NULL) = (status NOT IN ('refunded', 'charged_back')))
) STRICT;

CREATE UNIQUE INDEX idx_payments_charge ON payment_history (telegram_payment_charge_id);
CREATE INDEX idx_payments_user ON payment_history (user_id, id);
CREATE INDEX idx_payments_status ON payment_history (status, id);
CREATE INDEX idx_payments_created ON payment_history (created_at);
CREATE INDEX idx_payments_due ON payment_history (next_try_ts) WHERE next_try_ts IS NOT NULL;

CREATE TABLE star_cursor (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    position    INTEGER NOT NULL CHECK (position >= 0),
    read_ts     INTEGER NOT NULL CHECK (read_ts >= 0),
    all_read_ts INTEGER NOT NULL CHECK (all_read_ts >= 0)
) STRICT;

PRAGMA user_version = 8;
