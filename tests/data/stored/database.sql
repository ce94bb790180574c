PRAGMA application_id = 1346655051;
PRAGMA user_version = 10;
BEGIN TRANSACTION;
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
INSERT INTO "accounts" VALUES(1,1000,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(2,1001,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(3,1002,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(4,1003,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(5,1004,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(6,1005,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(7,1006,'bybit','paper','com','Practice',NULL,'active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(8,1001,'bybit','demo','com','Bybit Demo','900','active',1760000000000,NULL,NULL);
INSERT INTO "accounts" VALUES(9,1001,'bybit','live','nl','Live','24681357','active',1760000000000,1760000000000,1760000000000);
CREATE TABLE active_positions (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    size TEXT NOT NULL CHECK (
        size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*' AND size NOT GLOB '*.*.*' AND size NOT GLOB '0[0-9]*'
        AND size NOT GLOB '*.*0' AND size NOT GLOB '*.' AND size <> '0'
    ),
    entry_price TEXT NOT NULL CHECK (
        entry_price GLOB '[0-9]*' AND entry_price NOT GLOB '*[^0-9.]*' AND entry_price NOT GLOB '*.*.*'
        AND entry_price NOT GLOB '0[0-9]*' AND entry_price NOT GLOB '*.*0' AND entry_price NOT GLOB '*.'
    ),
    mark_price TEXT NOT NULL CHECK (
        mark_price GLOB '[0-9]*' AND mark_price NOT GLOB '*[^0-9.]*' AND mark_price NOT GLOB '*.*.*'
        AND mark_price NOT GLOB '0[0-9]*' AND mark_price NOT GLOB '*.*0' AND mark_price NOT GLOB '*.'
    ),
    position_value TEXT NOT NULL CHECK (
        position_value GLOB '[0-9]*' AND position_value NOT GLOB '*[^0-9.]*' AND position_value NOT GLOB '*.*.*'
        AND position_value NOT GLOB '0[0-9]*' AND position_value NOT GLOB '*.*0' AND position_value NOT GLOB '*.'
    ),
    leverage TEXT CHECK (
        leverage GLOB '[0-9]*' AND leverage NOT GLOB '*[^0-9.]*' AND leverage NOT GLOB '*.*.*'
        AND leverage NOT GLOB '0[0-9]*' AND leverage NOT GLOB '*.*0' AND leverage NOT GLOB '*.'
    ),
    liq_price TEXT CHECK (
        liq_price GLOB '[0-9]*' AND liq_price NOT GLOB '*[^0-9.]*' AND liq_price NOT GLOB '*.*.*'
        AND liq_price NOT GLOB '0[0-9]*' AND liq_price NOT GLOB '*.*0' AND liq_price NOT GLOB '*.'
    ),
    unrealised_pnl TEXT NOT NULL CHECK (
        ltrim(unrealised_pnl, '-') GLOB '[0-9]*' AND substr(unrealised_pnl, 2) NOT GLOB '*[^0-9.]*'
        AND unrealised_pnl NOT GLOB '*.*.*' AND unrealised_pnl NOT GLOB '0[0-9]*'
        AND unrealised_pnl NOT GLOB '-0[0-9]*' AND unrealised_pnl NOT GLOB '*.*0' AND unrealised_pnl NOT GLOB '*.'
        AND unrealised_pnl <> '-0'
    ),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.*0' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.*0' AND stop_loss NOT GLOB '*.'
    ),
    trailing_stop TEXT CHECK (
        trailing_stop GLOB '[0-9]*' AND trailing_stop NOT GLOB '*[^0-9.]*' AND trailing_stop NOT GLOB '*.*.*'
        AND trailing_stop NOT GLOB '0[0-9]*' AND trailing_stop NOT GLOB '*.*0' AND trailing_stop NOT GLOB '*.'
    ),
    open_ts INTEGER NOT NULL CHECK (open_ts >= 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts >= 0),
    PRIMARY KEY (account_id, category, symbol, position_idx),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id            INTEGER PRIMARY KEY,
    ts            INTEGER NOT NULL CHECK (ts > 0),
    actor         TEXT CHECK (length(actor) = 32),  -- NULL: the bot itself
    action        TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
    subject       TEXT CHECK (length(subject) = 32),  -- NULL: nobody in particular
    details       TEXT NOT NULL CHECK (length(details) <= 4096),
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO "audit" VALUES(1,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','terms.accept','2bda1ce7e44b777de5bce390fc30b54f','1',X'0000000000000000000000000000000000000000000000000000000000000000',X'5B751C696EB568D5D3F3F6CF57B9BB9BA8830D32D2CC8346CADB95A4DCE37551');
INSERT INTO "audit" VALUES(2,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','terms.accept','ff25c0f54a0b0c3438a1eff6822a70cc','1',X'5B751C696EB568D5D3F3F6CF57B9BB9BA8830D32D2CC8346CADB95A4DCE37551',X'CAF98A0D565E9B0251F25766FFA38651D29BF78D0BA1270CDD3FE41B045D9617');
INSERT INTO "audit" VALUES(3,1760000000000,'602e5c46078fb3d11b4279195d7d5294','terms.accept','602e5c46078fb3d11b4279195d7d5294','1',X'CAF98A0D565E9B0251F25766FFA38651D29BF78D0BA1270CDD3FE41B045D9617',X'1D071A30F94975EFD542A7A413A447EE493F7280D8E73DE182B2D76ECE31E547');
INSERT INTO "audit" VALUES(4,1760000000000,'407641526c23b225f35eff972671d74a','terms.accept','407641526c23b225f35eff972671d74a','1',X'1D071A30F94975EFD542A7A413A447EE493F7280D8E73DE182B2D76ECE31E547',X'7087B145549929C27FF83D6DE57454B9BF5E10D606C5200296D1107449834875');
INSERT INTO "audit" VALUES(5,1760000000000,'978e2eb2dc462f194fd5c480a3279fc0','terms.accept','978e2eb2dc462f194fd5c480a3279fc0','1',X'7087B145549929C27FF83D6DE57454B9BF5E10D606C5200296D1107449834875',X'1AD271515081FB4EF52EB32845716903DC98EB023AA03651B878D8B230D52ACF');
INSERT INTO "audit" VALUES(6,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','pin.set','2bda1ce7e44b777de5bce390fc30b54f','',X'1AD271515081FB4EF52EB32845716903DC98EB023AA03651B878D8B230D52ACF',X'3978A4AFDB1D65C4B255BF20C569BBCAAE97CEB4D8B3DC35E7C94B6A437E4A5B');
INSERT INTO "audit" VALUES(7,1760000000000,'407641526c23b225f35eff972671d74a','pin.set','407641526c23b225f35eff972671d74a','',X'3978A4AFDB1D65C4B255BF20C569BBCAAE97CEB4D8B3DC35E7C94B6A437E4A5B',X'13EC3755D0BA9FC733720F2CD8C1C3CD06151D6819E4A047F91EC027B7D1C15F');
INSERT INTO "audit" VALUES(8,1760000000000,'407641526c23b225f35eff972671d74a','pin.keys-on','407641526c23b225f35eff972671d74a','',X'13EC3755D0BA9FC733720F2CD8C1C3CD06151D6819E4A047F91EC027B7D1C15F',X'2864EEFC544F568BB204F41A9B12EB06CD454F9A30E180E7F3574857839D21D0');
INSERT INTO "audit" VALUES(9,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','role.set','602e5c46078fb3d11b4279195d7d5294','admin: on duty',X'2864EEFC544F568BB204F41A9B12EB06CD454F9A30E180E7F3574857839D21D0',X'F57F918831E6B37427EE0EAE6E15913D073C4AAABF0A4B3196EC78AD17C3BC47');
INSERT INTO "audit" VALUES(10,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','role.set','407641526c23b225f35eff972671d74a','support: helps out',X'F57F918831E6B37427EE0EAE6E15913D073C4AAABF0A4B3196EC78AD17C3BC47',X'C0D06B9B90CBF11B87B714B654B8BF87A5CAE1D6824CF825BB40BA1098A4A3B1');
INSERT INTO "audit" VALUES(11,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','key.attach','ff25c0f54a0b0c3438a1eff6822a70cc','demo com',X'C0D06B9B90CBF11B87B714B654B8BF87A5CAE1D6824CF825BB40BA1098A4A3B1',X'8486F050D2A834B26070860E21C1177744719688E4B50335FDF41E5829041C70');
INSERT INTO "audit" VALUES(12,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','key.attach','ff25c0f54a0b0c3438a1eff6822a70cc','live nl',X'8486F050D2A834B26070860E21C1177744719688E4B50335FDF41E5829041C70',X'5833CCBE092FF65F8A99E131FE8028191CFE94CCA8432352781724C31722C04E');
INSERT INTO "audit" VALUES(13,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','license.trial','ff25c0f54a0b0c3438a1eff6822a70cc','7 days',X'5833CCBE092FF65F8A99E131FE8028191CFE94CCA8432352781724C31722C04E',X'2DF948F6DC26E191BEF45C3818DD6B8619078C5E33F45DE240DDBAC5A883A52E');
INSERT INTO "audit" VALUES(14,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','promo.create',NULL,'campaign 1, premium 30 d, 1 x 100',X'2DF948F6DC26E191BEF45C3818DD6B8619078C5E33F45DE240DDBAC5A883A52E',X'4777B306C14AAF825E1C455F5E5DD73F3BECE3605C654DF177E3A64A63C73698');
INSERT INTO "audit" VALUES(15,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','promo.create',NULL,'campaign 2, basic 7 d, 3 x 1',X'4777B306C14AAF825E1C455F5E5DD73F3BECE3605C654DF177E3A64A63C73698',X'0135CA2F7F136444F27008FBFA6A0407E948ABAB892E380CCC60EB6205134616');
INSERT INTO "audit" VALUES(16,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','promo.create',NULL,'campaign 3, trial 5 d, 1 x 2',X'0135CA2F7F136444F27008FBFA6A0407E948ABAB892E380CCC60EB6205134616',X'BBF703249BB998D28CA38D39480747EDDF89A2780BBC0F624114F71BB18FBFDD');
INSERT INTO "audit" VALUES(17,1760000000000,'2bda1ce7e44b777de5bce390fc30b54f','promo.pause',NULL,'campaign 3',X'BBF703249BB998D28CA38D39480747EDDF89A2780BBC0F624114F71BB18FBFDD',X'2C4ECF4DDE38AFAF244D5E166AEE12D75976C84531C75BA5B9EB4A9A42BA0BBA');
INSERT INTO "audit" VALUES(18,1760000000000,'0c9bc7889615cff9799d72376c186e8c','promo.redeem','0c9bc7889615cff9799d72376c186e8c','campaign 1, usage 1, premium 30 d',X'2C4ECF4DDE38AFAF244D5E166AEE12D75976C84531C75BA5B9EB4A9A42BA0BBA',X'334CA02458BAFBC178937952748A11688C07ABF2C5E52A5C5D45ABC7228FE6D5');
INSERT INTO "audit" VALUES(19,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','payment.credit','ff25c0f54a0b0c3438a1eff6822a70cc','payment 1: 13500 Stars, premium 90 days',X'334CA02458BAFBC178937952748A11688C07ABF2C5E52A5C5D45ABC7228FE6D5',X'15FA4222213695F9E72DCF79C6559B22213D92AB7CEC95A5951FE59DF19D401A');
INSERT INTO "audit" VALUES(20,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','payment.unclaimed','ff25c0f54a0b0c3438a1eff6822a70cc','payment 2: 4999 Stars, unknown-offer',X'15FA4222213695F9E72DCF79C6559B22213D92AB7CEC95A5951FE59DF19D401A',X'9318BA5B5A49303F4F23FCA3B42502F926FFE9AC8CBB380B775C36AB44D58234');
INSERT INTO "audit" VALUES(21,1760000000000,'ff25c0f54a0b0c3438a1eff6822a70cc','support.open','ff25c0f54a0b0c3438a1eff6822a70cc','thread 1',X'9318BA5B5A49303F4F23FCA3B42502F926FFE9AC8CBB380B775C36AB44D58234',X'CE603F2C54DB8DE5B2BEB90C96E6A821E081434AC5AF8CC30839E3D8EBFC762F');
CREATE TABLE broadcast_recipients (
    broadcast_id INTEGER NOT NULL REFERENCES broadcasts (broadcast_id) ON DELETE CASCADE,
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'blocked', 'failed')),
    attempts     INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    PRIMARY KEY (user_id, broadcast_id)  -- whoever is erased is found first
) STRICT, WITHOUT ROWID;
CREATE TABLE broadcasts (
    broadcast_id INTEGER PRIMARY KEY,
    author       INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    text_html    TEXT NOT NULL CHECK (length(text_html) BETWEEN 1 AND 32768),
    license      TEXT NOT NULL DEFAULT 'any' CHECK (license IN ('any', 'none', 'trial', 'basic', 'premium')),
    lang         TEXT CHECK (lang IN ('en', 'ru', 'uk')),  -- NULL: every language
    is_active    INTEGER NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),  -- seen within seven days
    state        TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'sending', 'stopped', 'done')),
    total        INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0),
    sent         INTEGER NOT NULL DEFAULT 0 CHECK (sent >= 0),
    blocked      INTEGER NOT NULL DEFAULT 0 CHECK (blocked >= 0),
    failed       INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    chat_id      INTEGER,
    message_id   INTEGER,
    created_ts   INTEGER NOT NULL CHECK (created_ts > 0),
    started_ts   INTEGER CHECK (started_ts > 0),
    finished_ts  INTEGER CHECK (finished_ts > 0),
    CHECK (sent + blocked + failed <= total),
    CHECK ((state = 'draft') = (started_ts IS NULL)),
    CHECK ((state IN ('stopped', 'done')) = (finished_ts IS NOT NULL)),
    CHECK ((chat_id IS NULL) = (message_id IS NULL))
) STRICT;
INSERT INTO "broadcasts" VALUES(1,1000,'Hello, everybody','any',NULL,0,'draft',0,0,0,0,NULL,NULL,1760000000000,NULL,NULL);
CREATE TABLE buttons (
    token       TEXT PRIMARY KEY CHECK (length(token) = 22 AND token NOT GLOB '*[^A-Za-z0-9_-]*'),
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,
    action      TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    created_ts  INTEGER NOT NULL CHECK (created_ts > 0),
    expires_ts  INTEGER NOT NULL CHECK (expires_ts > 0),
    used_ts     INTEGER CHECK (used_ts > 0)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "credentials" VALUES(8,1001,'hmac','test',X'01CE2FC10BED853E833F3229CFA5A908CFBB13EB9AF93EFCAAF641BFE75BFF1F89AF184281AE39CDFAEFAA34ABEF3DB82807566AECD37C6B592739C353',X'01C1EA34607B9E0FAF8DFF3FC4E01A5DD256FCF938924AB0828311E422C602F18636D9C9BD550971007507A3A7F815',X'01D6F279247C39D031B9C77FF9B9EF5CFDF836008A35450439C2CB1669ADE5C827931E7BF2362D0A1917B0F28FCEB7D2B54EB7789C507E414398E3D301AC0750DC','900',0,'["ContractTrade:Order","ContractTrade:Position"]','["192.0.2.1"]',NULL,1760000000000);
INSERT INTO "credentials" VALUES(9,1001,'hmac','test',X'016CB45340EA9B663C405447B35002788CEF3F68133B2CD035E6E41F434AD770837E5CEA6951A6260ECA714A7AF464DE5942207ED8F24D2371015ECB42',X'01879BDEDB0ABB99B3302DBC3F86078B4E5360167D6FE81714332F1E3B8DCAEFE78830078BB16460A7AD6AED0E0B82',X'01B28E8B4DCD273EE3245D13793B8AD58DD367A17C027CE098533987BF7FD23B41B47BBF1F91F75671D7D4E990CB8B5D7BDC877BDC9B4E9C5D4A7B3A749727430D','24681357',0,'["ContractTrade:Order","ContractTrade:Position"]','["192.0.2.1"]',NULL,1760000000000);
CREATE TABLE dialogues (
    user_id     INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    dialogue    TEXT NOT NULL CHECK (length(dialogue) BETWEEN 1 AND 64),
    version     INTEGER NOT NULL CHECK (version >= 0),
    state       TEXT NOT NULL CHECK (length(state) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    updated_ts  INTEGER NOT NULL CHECK (updated_ts > 0),
    expires_ts  INTEGER NOT NULL CHECK (expires_ts > 0)
) STRICT;
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY CHECK (update_id >= 0),
    user_id     INTEGER,
    chat_id     INTEGER,
    body        BLOB,  -- Telegram's JSON; NULL: it carried a secret, or it is done with
    state       TEXT NOT NULL CHECK (state IN ('new', 'applied', 'done', 'set_aside')),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    received_ts INTEGER NOT NULL CHECK (received_ts > 0)
) STRICT;
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
INSERT INTO "invoices" VALUES('c7QgsRN9QcdICp-79-fTKg',1001,'premium',90,13500,'paid',1760000000000,1760086400000);
CREATE TABLE license_events (
    event_id      INTEGER PRIMARY KEY,
    holder        TEXT NOT NULL CHECK (length(holder) = 32),
    kind          TEXT NOT NULL CHECK (
        kind IN ('promo', 'payment', 'grant', 'extension', 'trial', 'revocation', 'refund', 'correction')
    ),
    license_type  TEXT CHECK (license_type IN ('trial', 'basic', 'premium')),
    millis        INTEGER NOT NULL CHECK (millis >= 0),
    takes         INTEGER REFERENCES license_events (event_id),  -- whose unused rest is taken; NULL: everything
    cause         TEXT NOT NULL UNIQUE CHECK (length(cause) BETWEEN 1 AND 200),
    actor         TEXT CHECK (length(actor) = 32),  -- the admin's pseudonym; NULL: the holder or the bot
    note          TEXT NOT NULL CHECK (length(note) <= 1000),
    at            INTEGER NOT NULL CHECK (at > 0),
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (kind = 'correction' OR (license_type IS NULL) = (kind IN ('revocation', 'refund'))),
    CHECK ((license_type IS NULL) = (millis = 0)),  -- a row gives, or it takes
    CHECK (takes IS NULL OR license_type IS NULL),
    CHECK (kind <> 'correction' OR (license_type IS NULL) = (takes IS NOT NULL))
) STRICT;
INSERT INTO "license_events" VALUES(1,'ff25c0f54a0b0c3438a1eff6822a70cc','trial','trial',604800000,NULL,'trial:ff25c0f54a0b0c3438a1eff6822a70cc',NULL,'',1760000000000,X'0000000000000000000000000000000000000000000000000000000000000000',X'170721B326D8362EC300970A2F9AF763DD93903AD6DFB925254215176E44C191');
INSERT INTO "license_events" VALUES(2,'0c9bc7889615cff9799d72376c186e8c','promo','premium',2592000000,NULL,'promo:1',NULL,'',1760000000000,X'170721B326D8362EC300970A2F9AF763DD93903AD6DFB925254215176E44C191',X'E4A06955079AF615AB5C8ADC84F94259305B3BA1D707FDA73AEB73B57B202B1C');
INSERT INTO "license_events" VALUES(3,'ff25c0f54a0b0c3438a1eff6822a70cc','payment','premium',7776000000,NULL,'charge:stx-1',NULL,'',1760000000000,X'E4A06955079AF615AB5C8ADC84F94259305B3BA1D707FDA73AEB73B57B202B1C',X'8023D475985C1CE90A287E4B2812D0DDD7C63B0898538E777277844DA94342D3');
CREATE TABLE outbox (
    outbox_id   INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    values_json TEXT NOT NULL CHECK (values_json GLOB '{*}'),
    cause       TEXT NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'undeliverable')),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_ts INTEGER NOT NULL CHECK (next_try_ts > 0),
    created_ts  INTEGER NOT NULL CHECK (created_ts > 0),
    sent_ts     INTEGER CHECK (sent_ts > 0),
    reason      TEXT,
    UNIQUE (cause, kind),
    CHECK ((state = 'sent') = (sent_ts IS NOT NULL)),
    CHECK ((state = 'undeliverable') = (reason IS NOT NULL))
) STRICT;
INSERT INTO "outbox" VALUES(1,1003,1003,'desk-role','{"role":"admin"}','desk:777f97041134afb473d645d767d651d0','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(2,1004,1004,'desk-role','{"role":"support"}','desk:396e7c6a3ae742c7766ea6019c8e7cbd','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(3,1001,1001,'payment-receipt','{"number":"1","stars":"13500","kind":"premium","days":"90","date":"1768380800000","charge":"stx-1"}','charge:stx-1','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(4,1001,1001,'payment-unclaimed','{"number":"2","stars":"4999","why":"unknown-offer","user":"1001"}','charge:stx-2','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(5,1000,1000,'payment-unclaimed-admin','{"number":"2","stars":"4999","why":"unknown-offer","user":"1001"}','charge:stx-2:1000','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(6,1003,1003,'payment-unclaimed-admin','{"number":"2","stars":"4999","why":"unknown-offer","user":"1001"}','charge:stx-2:1003','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(7,1000,1000,'support-asked','{"thread":"1","close":"zpbFGrxHXlcLoGG0qTeSsA","user":"1001","name":"Anna","license":"premium","until":"1768380800000","accounts":"demo live","payments":"4999:1760000000000:unclaimed 13500:1760000000000:completed","text":"I paid and see nothing"}','support:1:1000','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(8,1003,1003,'support-asked','{"thread":"1","close":"uQdljBhQQPJq-zzEn-erNQ","user":"1001","name":"Anna","license":"premium","until":"1768380800000","accounts":"demo live","payments":"4999:1760000000000:unclaimed 13500:1760000000000:completed","text":"I paid and see nothing"}','support:1:1003','waiting',0,1760000000000,1760000000000,NULL,NULL);
INSERT INTO "outbox" VALUES(9,1004,1004,'support-asked','{"thread":"1","close":"Fx5vxGkKIJmwnCLHfs3u4w","user":"1001","name":"Anna","license":"premium","until":"1768380800000","accounts":"demo live","payments":"4999:1760000000000:unclaimed 13500:1760000000000:completed","text":"I paid and see nothing"}','support:1:1004','waiting',0,1760000000000,1760000000000,NULL,NULL);
CREATE TABLE paper_wallets (
    account_id INTEGER NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    coin TEXT NOT NULL CHECK (length(coin) BETWEEN 1 AND 32 AND coin NOT GLOB '*[^A-Z0-9]*'),
    wallet_balance TEXT NOT NULL CHECK (
        ltrim(wallet_balance, '-') GLOB '[0-9]*' AND substr(wallet_balance, 2) NOT GLOB '*[^0-9.]*'
        AND wallet_balance NOT GLOB '*.*.*' AND wallet_balance NOT GLOB '0[0-9]*'
        AND wallet_balance NOT GLOB '-0[0-9]*' AND wallet_balance NOT GLOB '*.*0' AND wallet_balance NOT GLOB '*.'
        AND wallet_balance <> '-0'
    ),
    PRIMARY KEY (account_id, coin)
) STRICT, WITHOUT ROWID;
INSERT INTO "paper_wallets" VALUES(1,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(2,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(3,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(4,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(5,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(6,'USDT','10000');
INSERT INTO "paper_wallets" VALUES(7,'USDT','10000');
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
INSERT INTO "payment_history" VALUES(1,1001,'stx-1','c7QgsRN9QcdICp-79-fTKg',13500,'XTR','premium',90,3,'completed','',1760000000000,1760000000000,NULL,0,NULL,'');
INSERT INTO "payment_history" VALUES(2,1001,'stx-2','nothing-known',4999,'XTR',NULL,NULL,NULL,'unclaimed','unknown-offer',1760000000000,1760000000000,NULL,0,1760000000000,'');
CREATE TABLE pending_limit_orders (
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    order_id TEXT NOT NULL CHECK (length(order_id) BETWEEN 1 AND 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    position_idx INTEGER NOT NULL CHECK (position_idx IN (0, 1, 2)),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    order_type TEXT NOT NULL CHECK (order_type IN ('Market', 'Limit')),
    order_status TEXT NOT NULL CHECK (length(order_status) BETWEEN 1 AND 64),
    price TEXT CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '0[0-9]*'
        AND price NOT GLOB '*.*0' AND price NOT GLOB '*.'
    ),
    qty TEXT NOT NULL CHECK (
        qty GLOB '[0-9]*' AND qty NOT GLOB '*[^0-9.]*' AND qty NOT GLOB '*.*.*' AND qty NOT GLOB '0[0-9]*'
        AND qty NOT GLOB '*.*0' AND qty NOT GLOB '*.'
    ),
    cum_exec_qty TEXT NOT NULL CHECK (
        cum_exec_qty GLOB '[0-9]*' AND cum_exec_qty NOT GLOB '*[^0-9.]*' AND cum_exec_qty NOT GLOB '*.*.*'
        AND cum_exec_qty NOT GLOB '0[0-9]*' AND cum_exec_qty NOT GLOB '*.*0' AND cum_exec_qty NOT GLOB '*.'
    ),
    trigger_price TEXT CHECK (
        trigger_price GLOB '[0-9]*' AND trigger_price NOT GLOB '*[^0-9.]*' AND trigger_price NOT GLOB '*.*.*'
        AND trigger_price NOT GLOB '0[0-9]*' AND trigger_price NOT GLOB '*.*0' AND trigger_price NOT GLOB '*.'
    ),
    stop_order_type TEXT NOT NULL CHECK (length(stop_order_type) <= 64),
    time_in_force TEXT NOT NULL CHECK (length(time_in_force) <= 64),
    reduce_only INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    take_profit TEXT CHECK (
        take_profit GLOB '[0-9]*' AND take_profit NOT GLOB '*[^0-9.]*' AND take_profit NOT GLOB '*.*.*'
        AND take_profit NOT GLOB '0[0-9]*' AND take_profit NOT GLOB '*.*0' AND take_profit NOT GLOB '*.'
    ),
    stop_loss TEXT CHECK (
        stop_loss GLOB '[0-9]*' AND stop_loss NOT GLOB '*[^0-9.]*' AND stop_loss NOT GLOB '*.*.*'
        AND stop_loss NOT GLOB '0[0-9]*' AND stop_loss NOT GLOB '*.*0' AND stop_loss NOT GLOB '*.'
    ),
    created_ts INTEGER NOT NULL CHECK (created_ts >= 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts >= 0),
    PRIMARY KEY (account_id, order_id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
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
INSERT INTO "pins" VALUES(1000,X'AED0A8FF984D5E77044DCA6344781221',X'03DA670606AC4DC1B2C56ECF3061A972D181B56E906B7C610EF6C4906651C30C',16,8,1,0,0,0,1760000000000);
INSERT INTO "pins" VALUES(1004,X'0480B42FC7F3A4F8EB017D0BEABACB66',X'8BDD83D66D19492F47C3E65267C523B642E071F55EED91809B5C4FA1F8A742AD',16,8,1,0,0,1,1760000000000);
CREATE TABLE privacy_requests (
    user_id     INTEGER PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    exported_ts INTEGER CHECK (exported_ts > 0),  -- the last copy that was asked for
    erase_ts    INTEGER CHECK (erase_ts > 0)      -- when they will be erased; NULL: not asked for, or taken back
) STRICT;
CREATE TABLE promo_attempts (
    attempt_id INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    tried_ts   INTEGER NOT NULL CHECK (tried_ts > 0)
) STRICT;
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
INSERT INTO "promo_campaigns" VALUES(1,'premium',30,100,1,NULL,NULL,'spring','active',1,488888,1,1000,1760000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "promo_campaigns" VALUES(2,'basic',7,1,3,NULL,NULL,'','active',0,0,0,1000,1760000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "promo_campaigns" VALUES(3,'trial',5,2,1,NULL,NULL,'','paused',0,0,0,1000,1760000000000,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE promo_codes (
    promo_id    INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES promo_campaigns (campaign_id),
    lookup      BLOB NOT NULL UNIQUE CHECK (length(lookup) = 32),  -- two codes that fold alike are one
    envelope    BLOB NOT NULL,
    uses        INTEGER NOT NULL DEFAULT 0,
    max_uses    INTEGER NOT NULL CHECK (max_uses BETWEEN 1 AND 1000000),
    CHECK (uses BETWEEN 0 AND max_uses)
) STRICT;
INSERT INTO "promo_codes" VALUES(1,1,X'02DC2641E82A185C9E2BC583007CA458BBAEADEE04587443C10869894E2C9242',X'7B4105D489B022A77EC7218AEDF5DA291D04BEA28175CEDDDDC071BA5E4B823563FB8E19',1,100);
INSERT INTO "promo_codes" VALUES(2,2,X'59A89B2F7B01B34186AA81D8E4B95BCF824FC84D615144FA82DA5D3454DB256F',X'2DEBF6B3C233E64C4DC3D85E5EB316AC0CDAD6D5331064DB27C82C80D2632EF1B08DBAFE403BB86A41125DC0B862C3',0,1);
INSERT INTO "promo_codes" VALUES(3,2,X'B9F9E7A047256228E12545B8BC43E82C0518CF338C0F5A642793E868C219E430',X'F70CD54C2471C974ECB5C1D858F10C5B0CF0085339588BB165D29AEA804EE821E6CE10C73D2DB691C5B0717D3CD8AD',0,1);
INSERT INTO "promo_codes" VALUES(4,2,X'67AA6460C1F161B4BD7976A95E6F5DBBFEC81285C559967017CF2B89FD7EEE91',X'64813D0A66C0860A5A2C7C22C108F15A7F7DBEAEEFC865B21D4D36996CABBE9D6E2669132C49C345F341ACC26FEE84',0,1);
INSERT INTO "promo_codes" VALUES(5,3,X'914EEF6C5D272118A6570ED55B57A1546FAF197B4DA93EA0F2E166E1E973D183',X'8CD0B91A10B5E268310AEF29E01A6C25987297E925FFD8A6BBC34C240FF2671C7E2D7E4F28BF79E7FA00810AFBD4B1',0,2);
CREATE TABLE promo_opens (
    campaign_id INTEGER NOT NULL REFERENCES promo_campaigns (campaign_id),
    holder      TEXT NOT NULL CHECK (length(holder) = 32),
    opened_ts   INTEGER NOT NULL CHECK (opened_ts > 0),
    PRIMARY KEY (campaign_id, holder)
) STRICT, WITHOUT ROWID;
INSERT INTO "promo_opens" VALUES(1,'0c9bc7889615cff9799d72376c186e8c',1760000000000);
CREATE TABLE promo_secret (
    secret_id INTEGER PRIMARY KEY CHECK (secret_id = 1),
    key_id    TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    envelope  BLOB NOT NULL CHECK (length(envelope) = 61)
) STRICT;
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
INSERT INTO "promo_usage" VALUES(1,1,1,'0c9bc7889615cff9799d72376c186e8c',NULL,1760000000000,2,1762592000000,NULL);
CREATE TABLE signals (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 64),        -- channel:-1001234, webhook:7, pasted:1000
    source_id   TEXT NOT NULL CHECK (length(source_id) BETWEEN 1 AND 64),     -- the message's id at its source
    raw_message TEXT NOT NULL,
    ts          INTEGER NOT NULL CHECK (ts > 0),
    tf          TEXT CHECK (length(tf) BETWEEN 1 AND 8),
    side        TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    symbol      TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    price       TEXT CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*'
        AND price NOT GLOB '0[0-9]*' AND price NOT GLOB '*.*0' AND price NOT GLOB '*.' AND price <> '0'
    ),
    UNIQUE (source, source_id)
) STRICT;
ANALYZE "sqlite_master";
CREATE TABLE star_cursor (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    position    INTEGER NOT NULL CHECK (position >= 0),
    read_ts     INTEGER NOT NULL CHECK (read_ts >= 0),
    all_read_ts INTEGER NOT NULL CHECK (all_read_ts >= 0)
) STRICT;
CREATE TABLE support_messages (
    message_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- promises name it
    thread_id  INTEGER NOT NULL REFERENCES support_threads (thread_id) ON DELETE CASCADE,
    side       TEXT NOT NULL CHECK (side IN ('user', 'staff')),
    author_id  INTEGER REFERENCES users (user_id) ON DELETE SET NULL,
    text       TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 4096),
    sent_ts    INTEGER NOT NULL CHECK (sent_ts > 0)
) STRICT;
INSERT INTO "support_messages" VALUES(1,1,'user',1001,'I paid and see nothing',1760000000000);
CREATE TABLE support_threads (
    thread_id  INTEGER PRIMARY KEY AUTOINCREMENT,  -- both sides speak of it by number: none is given twice
    user_id    INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    turn       TEXT NOT NULL CHECK (turn IN ('user', 'staff')),
    handler_id INTEGER REFERENCES users (user_id) ON DELETE SET NULL,  -- whoever of the staff answered last
    opened_ts  INTEGER NOT NULL CHECK (opened_ts > 0),
    updated_ts INTEGER NOT NULL CHECK (updated_ts > 0)
) STRICT;
INSERT INTO "support_threads" VALUES(1,1001,'open','staff',NULL,1760000000000,1760000000000);
CREATE TABLE trade_logs (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    account_type TEXT NOT NULL CHECK (account_type IN ('paper', 'demo', 'live')),
    category TEXT NOT NULL CHECK (category IN ('linear', 'spot')),
    symbol TEXT NOT NULL CHECK (length(symbol) BETWEEN 2 AND 30 AND symbol NOT GLOB '*[^A-Z0-9-]*'),
    exec_id TEXT NOT NULL CHECK (length(exec_id) BETWEEN 1 AND 64),
    order_id TEXT NOT NULL CHECK (length(order_id) <= 64),
    order_link_id TEXT NOT NULL CHECK (length(order_link_id) <= 64),
    side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')),
    exec_type TEXT NOT NULL CHECK (length(exec_type) BETWEEN 1 AND 64),
    price TEXT NOT NULL CHECK (
        price GLOB '[0-9]*' AND price NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '0[0-9]*'
        AND price NOT GLOB '*.*0' AND price NOT GLOB '*.'
    ),
    size TEXT NOT NULL CHECK (
        size GLOB '[0-9]*' AND size NOT GLOB '*[^0-9.]*' AND size NOT GLOB '*.*.*' AND size NOT GLOB '0[0-9]*'
        AND size NOT GLOB '*.*0' AND size NOT GLOB '*.'
    ),
    value TEXT NOT NULL CHECK (
        value GLOB '[0-9]*' AND value NOT GLOB '*[^0-9.]*' AND value NOT GLOB '*.*.*' AND value NOT GLOB '0[0-9]*'
        AND value NOT GLOB '*.*0' AND value NOT GLOB '*.'
    ),
    fee TEXT NOT NULL CHECK (  -- negative: a rebate
        ltrim(fee, '-') GLOB '[0-9]*' AND substr(fee, 2) NOT GLOB '*[^0-9.]*' AND fee NOT GLOB '*.*.*'
        AND fee NOT GLOB '0[0-9]*' AND fee NOT GLOB '-0[0-9]*' AND fee NOT GLOB '*.*0' AND fee NOT GLOB '*.'
        AND fee <> '-0'
    ),
    fee_currency TEXT NOT NULL CHECK (length(fee_currency) <= 32),
    is_maker INTEGER NOT NULL CHECK (is_maker IN (0, 1)),
    closed_size TEXT NOT NULL CHECK (  -- what of a position this fill closed
        closed_size GLOB '[0-9]*' AND closed_size NOT GLOB '*[^0-9.]*' AND closed_size NOT GLOB '*.*.*'
        AND closed_size NOT GLOB '0[0-9]*' AND closed_size NOT GLOB '*.*0' AND closed_size NOT GLOB '*.'
    ),
    ts INTEGER NOT NULL CHECK (ts > 0),
    UNIQUE (account_id, exec_id),
    FOREIGN KEY (user_id, account_id) REFERENCES accounts (user_id, account_id) ON DELETE CASCADE
) STRICT;
CREATE TABLE user_errors (
    error_id  INTEGER PRIMARY KEY,
    user_id   INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 32),
    kind      TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    ts        INTEGER NOT NULL CHECK (ts > 0)
) STRICT;
CREATE TABLE user_licenses (
    user_id      INTEGER NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    license_type TEXT NOT NULL CHECK (license_type IN ('trial', 'basic', 'premium')),
    start_date   INTEGER NOT NULL CHECK (start_date > 0),
    end_date     INTEGER NOT NULL,
    CHECK (end_date > start_date)
) STRICT;
INSERT INTO "user_licenses" VALUES(1002,'premium',1760000000000,1762592000000);
INSERT INTO "user_licenses" VALUES(1001,'premium',1760000000000,1767776000000);
INSERT INTO "user_licenses" VALUES(1001,'trial',1767776000000,1768380800000);
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
INSERT INTO "users" VALUES(1000,'2bda1ce7e44b777de5bce390fc30b54f','user_1000','Olga','en','user',0,1,1760000000000,'1','3','8',3,'Market','on','UTC',1,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1001,'ff25c0f54a0b0c3438a1eff6822a70cc','user_1001','Anna','en','user',0,1,1760000000000,'1.5','3','8',3,'Market','on','Europe/Berlin',9,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1002,'0c9bc7889615cff9799d72376c186e8c','user_1002','Boris','uk','user',0,0,NULL,'1','3','8',3,'Market','on','UTC',3,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1003,'602e5c46078fb3d11b4279195d7d5294','user_1003','Clara','en','admin',0,1,1760000000000,'1','3','8',3,'Market','on','UTC',4,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1004,'407641526c23b225f35eff972671d74a','user_1004','Dora','en','support',0,1,1760000000000,'1','3','8',3,'Market','on','UTC',5,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1005,'978e2eb2dc462f194fd5c480a3279fc0','user_1005','Erik','en','user',0,1,1760000000000,'1','3','8',3,'Market','on','UTC',6,NULL,1760000000000,1760000000000);
INSERT INTO "users" VALUES(1006,'c43fa6ea8cabee683d192249a824f2ff','user_1006','Fedir','en','user',0,0,NULL,'1','3','8',3,'Market','on','UTC',7,NULL,1760000000000,1760000000000);
CREATE TABLE vault_canary (
    canary_id INTEGER PRIMARY KEY CHECK (canary_id = 1),
    key_id    TEXT NOT NULL CHECK (length(key_id) BETWEEN 1 AND 32),
    envelope  BLOB NOT NULL CHECK (length(envelope) >= 29)
) STRICT;
CREATE INDEX idx_users_last_seen ON users (last_seen_ts DESC);
CREATE UNIQUE INDEX idx_accounts_user ON accounts (user_id, account_id);
CREATE UNIQUE INDEX idx_accounts_bybit_uid ON accounts (bybit_uid, account_type, exchange)
    WHERE state = 'active' AND bybit_uid IS NOT NULL;
CREATE INDEX idx_credentials_checked ON credentials (checked_at);
CREATE INDEX idx_active_user ON active_positions (user_id);
CREATE INDEX idx_pending_symbol ON pending_limit_orders (user_id, symbol);
CREATE INDEX idx_logs_user_ts ON trade_logs (user_id, ts);
CREATE INDEX idx_logs_account_ts ON trade_logs (account_id, ts);
CREATE UNIQUE INDEX idx_licenses_active_user ON user_licenses (user_id, end_date);
CREATE INDEX idx_licenses_expires ON user_licenses (end_date, user_id);
CREATE INDEX idx_signals_symbol_ts ON signals (symbol, ts DESC);
CREATE INDEX idx_inbox_waiting ON inbox (update_id) WHERE state IN ('new', 'applied');
CREATE INDEX idx_inbox_handled ON inbox (received_ts) WHERE state IN ('done', 'set_aside');
CREATE INDEX idx_outbox_due ON outbox (next_try_ts) WHERE state = 'waiting';
CREATE INDEX idx_outbox_settled ON outbox (created_ts) WHERE state IN ('sent', 'undeliverable');
CREATE INDEX idx_buttons_expires ON buttons (expires_ts);
CREATE INDEX idx_audit_subject ON audit (subject, id);
CREATE INDEX idx_audit_area ON audit (substr(action, 1, instr(action || '.', '.') - 1), id);
CREATE INDEX idx_audit_actor ON audit (actor, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;
CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit)
    OR NEW.previous_hash <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), zeroblob(32))
BEGIN
    SELECT RAISE (ABORT, 'audit is append-only');
END;
CREATE INDEX idx_license_events_holder ON license_events (holder, event_id);
CREATE TRIGGER license_events_are_not_changed BEFORE UPDATE ON license_events
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;
CREATE TRIGGER license_events_are_not_deleted BEFORE DELETE ON license_events
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;
CREATE TRIGGER license_events_go_on BEFORE INSERT ON license_events
WHEN NEW.event_id <> (SELECT coalesce(max(event_id), 0) + 1 FROM license_events)
    OR NEW.previous_hash
        <> coalesce((SELECT hash FROM license_events ORDER BY event_id DESC LIMIT 1), zeroblob(32))
BEGIN
    SELECT RAISE (ABORT, 'license_events is append-only');
END;
CREATE INDEX idx_promo_active ON promo_campaigns (state, campaign_id);
CREATE INDEX idx_promo_codes_campaign ON promo_codes (campaign_id, promo_id);
CREATE INDEX idx_promo_usage_campaign ON promo_usage (campaign_id, usage_id);
CREATE INDEX idx_promo_usage_user ON promo_usage (holder, usage_id);
CREATE INDEX idx_promo_attempts_user ON promo_attempts (user_id, tried_ts);
CREATE INDEX idx_promo_attempts_tried ON promo_attempts (tried_ts);
CREATE INDEX idx_users_staff ON users (role) WHERE role <> 'user';
CREATE INDEX idx_invoices_expires ON invoices (expires_ts);
CREATE UNIQUE INDEX idx_payments_charge ON payment_history (telegram_payment_charge_id);
CREATE INDEX idx_payments_user ON payment_history (user_id, id);
CREATE INDEX idx_payments_status ON payment_history (status, id);
CREATE INDEX idx_payments_created ON payment_history (created_at);
CREATE INDEX idx_payments_due ON payment_history (next_try_ts) WHERE next_try_ts IS NOT NULL;
CREATE INDEX idx_user_errors_user ON user_errors (user_id, error_id);
CREATE INDEX idx_broadcasts_state ON broadcasts (state, broadcast_id);
CREATE INDEX idx_recipients_waiting ON broadcast_recipients (broadcast_id, attempts, user_id) WHERE state = 'waiting';
CREATE INDEX idx_recipients_unreached ON broadcast_recipients (broadcast_id, state, user_id)
    WHERE state IN ('blocked', 'failed');
CREATE INDEX idx_users_flags ON users (last_seen_ts DESC) WHERE is_banned = 1;
CREATE INDEX idx_users_username ON users (username COLLATE NOCASE);
CREATE INDEX idx_users_first_name ON users (first_name);
CREATE INDEX idx_licenses_type ON user_licenses (license_type, end_date);
CREATE UNIQUE INDEX idx_support_open ON support_threads (user_id) WHERE state = 'open';
CREATE INDEX idx_support_user ON support_threads (user_id);
CREATE INDEX idx_support_waiting ON support_threads (turn, updated_ts) WHERE state = 'open';
CREATE INDEX idx_support_handler ON support_threads (handler_id, state, updated_ts);
CREATE INDEX idx_support_closed ON support_threads (updated_ts) WHERE state = 'closed';
CREATE INDEX idx_support_messages ON support_messages (thread_id, message_id);
CREATE INDEX idx_support_author ON support_messages (author_id, sent_ts);
CREATE INDEX idx_privacy_erase ON privacy_requests (erase_ts) WHERE erase_ts IS NOT NULL;
CREATE INDEX idx_outbox_user ON outbox (user_id);
CREATE INDEX idx_inbox_set_aside ON inbox (user_id) WHERE state = 'set_aside';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('accounts',9);
INSERT INTO "sqlite_sequence" VALUES('support_threads',1);
INSERT INTO "sqlite_sequence" VALUES('support_messages',1);
INSERT INTO "promo_secret" VALUES(1,'test',X'01F163FB15DDA706DD312F90E3EF558F1B899EEBE41483908F76B9B136DEFA614ECD9A09E38CABB65F3FECB1AF159DC5284681523B50764F53EDAAF538');
INSERT INTO "vault_canary" VALUES(1,'test',X'016398EA612F93C92D8C4597A4F523E737E520DBD10A71844E49E8829E6AFAB60DEDDBCB3EF5F6F1D09307E9C351');
COMMIT;
