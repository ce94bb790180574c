-- People, their accounts and their sealed keys.
-- Everywhere: times are UTC epoch milliseconds; amounts are canonical Decimal text (no exponent, no needless zero).

PRAGMA application_id = 0x5044534B;  -- "PDSK"

CREATE TABLE users (
    user_id            INTEGER PRIMARY KEY CHECK (user_id > 0),  -- Telegram's id
    -- What the append-only ledgers call the user: it dies with this row.
    pseudonym          TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))) CHECK (length(pseudonym) = 32),
    username           TEXT CHECK (length(username) BETWEEN 1 AND 64),
    first_name         TEXT NOT NULL CHECK (length(first_name) <= 256),
    lang               TEXT NOT NULL CHECK (lang IN ('en', 'ru', 'uk')),
    role               TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'support', 'admin', 'owner')),
    is_banned          INTEGER NOT NULL DEFAULT 0 CHECK (is_banned IN (0, 1)),
    terms_accepted     INTEGER NOT NULL DEFAULT 0 CHECK (terms_accepted >= 0),  -- their version; 0: not yet
    terms_accepted_ts  INTEGER CHECK (terms_accepted_ts > 0),
    percent            TEXT NOT NULL CHECK (  -- of equity, risked on a trade
        percent GLOB '[0-9]*' AND percent NOT GLOB '*[^0-9.]*' AND percent NOT GLOB '*.*.*'
        AND percent NOT GLOB '0[0-9]*' AND percent NOT GLOB '*.*0' AND percent NOT GLOB '*.' AND percent <> '0'
    ),
    sl_percent         TEXT NOT NULL CHECK (
        sl_percent GLOB '[0-9]*' AND sl_percent NOT GLOB '*[^0-9.]*' AND sl_percent NOT GLOB '*.*.*'
        AND sl_percent NOT GLOB '0[0-9]*' AND sl_percent NOT GLOB '*.*0' AND sl_percent NOT GLOB '*.'
        AND sl_percent <> '0'
    ),
    tp_percent         TEXT NOT NULL CHECK (
        tp_percent GLOB '[0-9]*' AND tp_percent NOT GLOB '*[^0-9.]*' AND tp_percent NOT GLOB '*.*.*'
        AND tp_percent NOT GLOB '0[0-9]*' AND tp_percent NOT GLOB '*.*0' AND tp_percent NOT GLOB '*.'
        AND tp_percent <> '0'
    ),
    leverage           INTEGER NOT NULL CHECK (leverage BETWEEN 1 AND 100),
    global_order_type  TEXT NOT NULL CHECK (global_order_type IN ('Market', 'Limit')),
    notifications      TEXT NOT NULL CHECK (notifications IN ('on', 'silent', 'off')),
    time_zone          TEXT NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),  -- an IANA name
    default_account_id INTEGER REFERENCES accounts (account_id) ON DELETE SET NULL,
    start_payload      TEXT CHECK (length(start_payload) BETWEEN 1 AND 64),
    first_seen_ts      INTEGER NOT NULL CHECK (first_seen_ts > 0),
    last_seen_ts       INTEGER NOT NULL CHECK (last_seen_ts > 0),
    CHECK ((terms_accepted = 0) = (terms_accepted_ts IS NULL))
) STRICT;

CREATE INDEX idx_users_last_seen ON users (last_seen_ts DESC);

-- Rows are never deleted or their ids used again while the user stands: logs and sealed keys are bound to them.
CREATE TABLE accounts (
    account_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id         INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    exchange        TEXT NOT NULL CHECK (exchange IN ('bybit')),
    account_type    TEXT NOT NULL CHECK (account_type IN ('paper', 'demo', 'live')),
    host            TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 32),  -- the Bybit site: com, nl, kz
    label           TEXT NOT NULL CHECK (length(label) <= 64),
    bybit_uid       TEXT CHECK (bybit_uid NOT GLOB '*[^0-9]*' AND length(bybit_uid) BETWEEN 1 AND 20),
    state           TEXT NOT NULL CHECK (state IN ('pending', 'active', 'removed')),
    created_ts      INTEGER NOT NULL CHECK (created_ts > 0),
    positions_as_of INTEGER CHECK (positions_as_of > 0),  -- the exchange's answer that active_positions hold
    orders_as_of    INTEGER CHECK (orders_as_of > 0),     -- the same of pending_limit_orders
    CHECK (account_type <> 'paper' OR bybit_uid IS NULL),
    CHECK (account_type = 'paper' OR state <> 'active' OR bybit_uid IS NOT NULL)
) STRICT;

-- The parent key of everything that hangs on an account, and how a user's accounts are found.
CREATE UNIQUE INDEX idx_accounts_user ON accounts (user_id, account_id);
-- One Bybit account belongs to one user here.
CREATE UNIQUE INDEX idx_accounts_bybit_uid ON accounts (bybit_uid, account_type, exchange)
    WHERE state = 'active' AND bybit_uid IS NOT NULL;

-- Keys as AES-256-GCM envelopes, and what their last check found. checked_at 0: not checked yet.
CREATE TABLE credentials (
    account_id  INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    key_type    TEXT NOT NULL CHECK (key_type IN ('rsa', 'hmac')),
    key_id      TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),  -- the key-encryption key that wraps data_key
    data_key    BLOB NOT NULL CHECK (length(data_key) >= 29),           -- version, nonce and tag: 29 bytes of an envelope
    api_key     BLOB NOT NULL CHECK (length(api_key) >= 29),
    api_secret  BLOB NOT NULL CHECK (length(api_secret) >= 29),
    bybit_uid   TEXT CHECK (bybit_uid NOT GLOB '*[^0-9]*' AND length(bybit_uid) BETWEEN 1 AND 20),
    read_only   INTEGER NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1)),
    permissions TEXT NOT NULL DEFAULT '[]' CHECK (permissions GLOB '[[]*]'),
    ips         TEXT NOT NULL DEFAULT '[]' CHECK (ips GLOB '[[]*]'),
    expires_at  INTEGER CHECK (expires_at > 0),
    checked_at  INTEGER NOT NULL DEFAULT 0 CHECK (checked_at >= 0),
    CHECK ((checked_at = 0) = (bybit_uid IS NULL)),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX idx_credentials_checked ON credentials (checked_at);

-- PINs as scrypt digests (RFC 7914), each with the parameters it was made with.
CREATE TABLE pins (
    user_id         INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    salt            BLOB NOT NULL CHECK (length(salt) = 16),
    digest          BLOB NOT NULL CHECK (length(digest) = 32),
    scrypt_n        INTEGER NOT NULL CHECK (scrypt_n > 1),
    scrypt_r        INTEGER NOT NULL CHECK (scrypt_r > 0),
    scrypt_p        INTEGER NOT NULL CHECK (scrypt_p > 0),
    failures        INTEGER NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND 5),
    locked_until_ts INTEGER NOT NULL DEFAULT 0 CHECK (locked_until_ts >= 0),
    guards_keys     INTEGER NOT NULL DEFAULT 0 CHECK (guards_keys IN (0, 1)),  -- asked for before keys change, too
    set_ts          INTEGER NOT NULL CHECK (set_ts > 0)
) STRICT;

-- A known text under the active key-encryption key: opening it proves the key file at start.
CREATE TABLE vault_canary (
    canary_id INTEGER PRIMARY KEY CHECK (canary_id = 1),
    key_id    TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    envelope  BLOB NOT NULL CHECK (length(envelope) >= 29)
) STRICT;

PRAGMA user_version = 1;
