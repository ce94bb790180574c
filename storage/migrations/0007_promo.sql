-- Promo codes. Neither a code nor its folded form stands here: it is found by its HMAC and shown again by its envelope.

-- What the HMAC and the envelopes are made with, sealed by the key file: rotating that rewrites this one row.
CREATE TABLE promo_secret (
    secret_id INTEGER PRIMARY KEY CHECK (secret_id = 1),
    key_id    TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    envelope  BLOB NOT NULL CHECK (length(envelope) = 61)
) STRICT;

-- What was created at once: one code, or many of the same terms.
CREATE TABLE promo_campaigns (
    campaign_id      INTEGER PRIMARY KEY,
    license_type     TEXT NOT NULL CHECK (license_type IN ('trial', 'basic', 'premium')),
    days             INTEGER NOT NULL CHECK (days BETWEEN 1 AND 3650),
    max_uses         INTEGER NOT NULL CHECK (max_uses BETWEEN 1 AND 1000000),  -- of each code
    code_count       INTEGER NOT NULL CHECK (code_count BETWEEN 1 AND 5000),
    starts_ts        INTEGER CHECK (starts_ts > 0),
    ends_ts          INTEGER CHECK (ends_ts > 0),
    note             TEXT NOT NULL CHECK (length(note) <= 200),
    state            TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'undone')),
    uses             INTEGER NOT NULL DEFAULT 0,
    hour             INTEGER NOT NULL DEFAULT 0 CHECK (hour >= 0),  -- since the epoch, of the last use
    hour_uses        INTEGER NOT NULL DEFAULT 0 CHECK (hour_uses BETWEEN 0 AND uses),  -- in that hour
    creator          INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    created_ts       INTEGER NOT NULL CHECK (created_ts > 0),
    undo_asked_by    INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    undo_asked_ts    INTEGER CHECK (undo_asked_ts > 0),
    undo_finished_ts INTEGER CHECK (undo_finished_ts > 0),
    pin_chat_id      INTEGER,
    pin_message_id   INTEGER,
    CHECK (uses BETWEEN 0 AND max_uses * code_count),
    CHECK (ends_ts > coalesce(starts_ts, 0)),
    CHECK (undo_finished_ts IS NULL OR state = 'undone'),
    CHECK ((pin_chat_id IS NULL) = (pin_message_id IS NULL))
) STRICT;

CREATE INDEX idx_promo_active ON promo_campaigns (state, campaign_id);

CREATE TABLE promo_codes (
    promo_id    INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES promo_campaigns (campaign_id),
    lookup      BLOB NOT NULL UNIQUE CHECK (length(lookup) = 32),  -- two codes that fold alike are one
    envelope    BLOB NOT NULL,
    uses        INTEGER NOT NULL DEFAULT 0,
    max_uses    INTEGER NOT NULL CHECK (max_uses BETWEEN 1 AND 1000000),
    CHECK (uses BETWEEN 0 AND max_uses)
) STRICT;

CREATE INDEX idx_promo_codes_campaign ON promo_codes (campaign_id, promo_id);

-- One row a redemption; `holder` and `actor` are users.pseudonym, so that uses stay counted when a user is erased.
CREATE TABLE promo_usage (
    usage_id    INTEGER PRIMARY KEY,
    promo_id    INTEGER NOT NULL REFERENCES promo_codes (promo_id),
    campaign_id INTEGER NOT NULL REFERENCES promo_campaigns (campaign_id),
    holder      TEXT NOT NULL CHECK (length(holder) = 32),
    actor       TEXT CHECK (length(actor) = 32),  -- the admin who redeemed it for the holder
    used_ts     INTEGER NOT NULL CHECK (used_ts > 0),
    event_id    INTEGER UNIQUE REFERENCES license_events (event_id),
    until_ts    INTEGER CHECK (until_ts > used_ts),
    undone_ts   INTEGER CHECK (undone_ts > 0),
    UNIQUE (promo_id, holder),
    CHECK ((event_id IS NULL) = (until_ts IS NULL))
) STRICT;

CREATE INDEX idx_promo_usage_campaign ON promo_usage (campaign_id, usage_id);
CREATE INDEX idx_promo_usage_user ON promo_usage (holder, usage_id);

-- Who has seen a campaign's card.
CREATE TABLE promo_opens (
    campaign_id INTEGER NOT NULL REFERENCES promo_campaigns (campaign_id),
    holder      TEXT NOT NULL CHECK (length(holder) = 32),
    opened_ts   INTEGER NOT NULL CHECK (opened_ts > 0),
    PRIMARY KEY (campaign_id, holder)
) STRICT, WITHOUT ROWID;

-- Wrong tries of the last quarter of an hour.
CREATE TABLE promo_attempts (
    attempt_id INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    tried_ts   INTEGER NOT NULL CHECK (tried_ts > 0)
) STRICT;

CREATE INDEX idx_promo_attempts_user ON promo_attempts (user_id, tried_ts);
CREATE INDEX idx_promo_attempts_tried ON promo_attempts (tried_ts);

-- Admins and owners, who are told of alarms.
CREATE INDEX idx_users_staff ON users (role) WHERE role <> 'user';

PRAGMA user_version = 7;
