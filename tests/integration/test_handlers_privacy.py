"""/terms, /privacy and /forget: what is shown, what is handed out, and that nothing of an erased person is left."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, Person
from harness.bot_api import Call
from harness.storage import execution, order, position

from bot.domain.accounts import AccountType
from bot.domain.chat import OutboxMessage, StoredUpdate
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, ChatId, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.payments import Paid, PaymentStatus
from bot.domain.portfolio import Orders, Positions
from bot.domain.privacy import PrivacyState, Record
from bot.domain.update_attempt import UpdateId
from bot.domain.users import Language, NewUser, Role
from bot.services.users.privacy import ERASE_AFTER
from handlers.registry import TABLE
from storage.admin.audit import AUDIT_CHAIN
from storage.chat.inbox import SqliteInbox
from storage.chat.outbox import SqliteOutbox
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.hash_chain import verify_chain
from storage.store import SqliteUnitOfWork

HOUR = 3_600  # seconds
NAME = "Annabella"


def anna_of(harness: Harness) -> Person:
    return harness.person(name=NAME)


async def a_full_life(harness: Harness) -> Person:
    """Every table gets something of Anna; Boris and the owner have their own."""
    anna, boris = anna_of(harness), harness.person(BORIS, name="Boris")
    await anna.say("/start p_SPRING26")
    await harness.demo_account(anna)
    await boris.say("/start")
    await harness.person(OWNER, name="Olga").say("/start")
    await anna.say("/settings risk 2")
    await anna.say("/stats daily 21")
    await anna.say("/redeem NOSUCHCODE1")
    await anna.say("/paysupport I am Annabella, id 1001, @user_1001")
    await boris.say("/paysupport Boris here")
    config = await harness.config()
    demo = config.resolve(AccountType.DEMO)
    now = harness.clock.now()
    async with harness.services.people.transactions.begin() as unit:
        assert isinstance(unit, SqliteUnitOfWork)
        await unit.portfolio.replace_positions(
            demo, Positions(account_id=demo.account_id, items=(position(),), as_of=now)
        )
        await unit.portfolio.replace_orders(demo, Orders(account_id=demo.account_id, items=(order(),), as_of=now))
        await unit.legs.add_fill(demo, execution())
        await unit.enqueue(
            OutboxMessage(
                user_id=ANNA, chat_id=ChatId(ANNA), kind="key-expires", values={"who": NAME}, idempotency_key="x:1001"
            ),
            now,
        )
        for kind, idempotency_key in (
            ("pin-locked", "pin-locked:1001:9:1000"),
            ("payment-unclaimed-admin", "charge:c-1:1000"),
        ):
            told = OutboxMessage(
                user_id=OWNER,
                chat_id=ChatId(OWNER),
                kind=kind,
                values={"user": "1001"},
                idempotency_key=idempotency_key,
            )
            await unit.enqueue(told, now)
        entry, _ = await harness.services.licenses.give(
            unit, ANNA, kind=EntryKind.PAYMENT, license_type=LicenseType.BASIC, millis=30 * DAY,
            idempotency_key="charge:c-1", actor=None,
        )  # fmt: skip
        paid = Paid(charge_id="c-1", stars=2500, currency="XTR", payload="offer", at=now)
        await unit.payments.add(
            ANNA, paid, status=PaymentStatus.UNCLAIMED, reason="unknown-offer", invoice=None, entry_id=None, now=now
        )
    assert entry.millis == 30 * DAY
    await SqliteOutbox(harness.database).sent(await outbox_id(harness, "pin-locked"), now)
    inbox = SqliteInbox(harness.database)
    body = json.dumps({"from": {"id": 1001, "first_name": NAME, "username": "user_1001"}}).encode()
    updates = [
        StoredUpdate(update_id=UpdateId(number), user_id=ANNA, chat_id=ChatId(ANNA), body=body) for number in (91, 92)
    ]
    await inbox.accept(updates, now)
    await inbox.finish([UpdateId(91)], {}, now)
    await inbox.failed(UpdateId(92), 3, set_aside=True)
    return anna


TRACES = (  # of somebody who once helped to run the bot, and of features whose own tests make such rows by their ways
    "INSERT INTO bot_blocks VALUES (1001, 1)",
    (
        "INSERT INTO pins (user_id, salt, digest, scrypt_n, scrypt_r, scrypt_p, set_ts)"
        " VALUES (1001, zeroblob(16), zeroblob(32), 16, 8, 1, 1)"
    ),
    "INSERT INTO halts (actor_id, reason, since_ts) VALUES (1001, 'news', 1)",
    "INSERT INTO trade_tickets (user_id, draft_json, updated_ts) VALUES (1001, '{}', 1)",
    "INSERT INTO price_alerts VALUES (1, 1001, 'linear', 'BTCUSDT', 'above', '70000', '64000', 1)",
    "INSERT INTO ticket_presets VALUES (1001, '100$', '3', '8')",
    "INSERT INTO last_sizes SELECT user_id, account_id, 'BTCUSDT', '100$', 1 FROM accounts WHERE user_id = 1001",
    (
        "INSERT INTO drills (user_id, account_id, started_ts, until_ts, rehearsal)"
        " SELECT user_id, min(account_id), 1, 2, '{}' FROM accounts WHERE user_id = 1001"
    ),
    "INSERT INTO given_days VALUES ('desk:1', 1001, 7, 1)",
    "INSERT INTO invoices VALUES ('offer', 1001, 'basic', 30, 2500, 'open', 1, 2, 0)",
    "INSERT INTO subscriptions VALUES ('offer', 'c-9', 1001, 'basic', 2500, 2, 0)",
    "INSERT INTO checkouts VALUES ('offer', 1001, 'query', 2)",
    "INSERT INTO legacy_settings VALUES (1001, '{\"oi\": {}}', NULL)",
    "INSERT INTO legacy_import_lines (section, user_id, text) VALUES ('keys in clear', 1001, 'a Bybit key')",
    "INSERT INTO legacy_payments VALUES (1, 'c-8', 1001, 'stars', '5000', 'XTR', 'basic', 30, 'completed', 1)",
    (
        "INSERT INTO legacy_trades VALUES"
        " (1, 1001, 'BTCUSDT', 'Buy', '1', '2', 'TP', '3', '4', 'oi', '1h', 'demo', 1, 2)"
    ),
    "INSERT INTO older_charges VALUES ('c-0', 1001, 5000, 1, 1)",
    "INSERT INTO user_errors (user_id, reference, kind, ts) VALUES (1001, 'ab12', 'OSError', 1)",
    "INSERT INTO broadcasts (author, text_html, chat_id, message_id, created_ts) VALUES (1001, 'Hello', 1001, 7, 1)",
    "INSERT INTO broadcast_recipients (broadcast_id, user_id) VALUES (1, 1001)",
    (
        "INSERT INTO promo_campaigns (license_type, days, max_uses, code_count, note, creator, created_ts,"
        " undo_asked_by, undo_asked_ts, pin_chat_id, pin_message_id)"
        " VALUES ('basic', 7, 9, 1, '', 1001, 1, 1001, 1, 1001, 5)"
    ),
    "INSERT INTO promo_codes (campaign_id, lookup, envelope, max_uses) VALUES (1, zeroblob(32), zeroblob(9), 9)",
    (
        "INSERT INTO promo_usage (promo_id, campaign_id, holder, used_ts)"
        " SELECT 1, 1, pseudonym, 1 FROM users WHERE user_id = 1001"
    ),
    "INSERT INTO promo_opens SELECT 1, pseudonym, 1 FROM users WHERE user_id = 1001",
    (
        "INSERT INTO signals (source, source_id, raw_message, ts, side, symbol)"
        " VALUES ('pasted:1001', '1', 'long btc', 1, 'Buy', 'BTCUSDT')"
    ),
    "UPDATE support_threads SET handler_id = 1001 WHERE user_id = 1002",
    "INSERT INTO support_messages (thread_id, side, author_id, text, sent_ts) VALUES (2, 'staff', 1001, 'On it', 1)",
)


async def leave_traces(harness: Harness) -> None:
    async with harness.database.transaction() as transaction:
        for statement in TRACES:
            await transaction.fetch(statement)


async def references(harness: Harness) -> dict[str, int]:
    """Every column that references users, and how many of its rows are Anna's."""
    found = {}
    for (table,) in await harness.database.fetch("SELECT name FROM sqlite_schema WHERE type = 'table'"):
        for key in await harness.database.fetch(f"PRAGMA foreign_key_list({table})"):
            if key[2] == "users":
                count = f"SELECT count(*) FROM {table} WHERE {key[3]} = ?"  # noqa: S608  names of our own schema
                ((found[f"{table}.{key[3]}"],),) = await harness.database.fetch(count, (ANNA,))
    return found


async def outbox_id(harness: Harness, kind: str) -> int:
    ((found,),) = await harness.database.fetch("SELECT outbox_id FROM outbox WHERE kind = ?", (kind,))
    return int(found)


async def dump(harness: Harness) -> dict[str, str]:
    """Every row of every table, as text."""
    tables = await harness.database.fetch("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {str(name): repr(await harness.rows(str(name))) for (name,) in tables}


def found(rows: dict[str, str], *words: str) -> dict[str, list[str]]:
    """Which tables hold which of the words."""
    whole = {word: re.compile(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])") for word in words}
    hits = {table: [word for word in words if whole[word].search(text)] for table, text in rows.items()}
    return {table: words for table, words in hits.items() if words}


async def ask_to_be_forgotten(anna: Person) -> None:
    await anna.say("/forget")
    await anna.press("Go on")
    await anna.press("Yes, erase everything")


async def test_the_terms_say_their_version_and_when_they_were_accepted(harness: Harness) -> None:
    anna = anna_of(harness)
    bubble = await anna.say("/terms")
    assert bubble is not None
    assert "Terms (version 1)" in bubble.text
    assert "/privacy" in bubble.text
    assert "not accepted" in bubble.text
    bubble = await anna.press("I accept")
    bubble = await anna.say("/terms")
    assert bubble is not None
    assert "You accepted them" in bubble.text
    assert "UTC" in bubble.text
    assert "I accept" not in bubble.labels
    bubble = await anna.press("Privacy")
    assert "How long" in bubble.text


async def test_help_and_the_menu_know_them(harness: Harness) -> None:
    bubble = await anna_of(harness).say("/help")
    assert bubble is not None
    for name in ("/terms", "/privacy", "/paysupport", "/forget"):
        assert name in bubble.text
    for role in Role:
        menu = TABLE.commands(role)
        assert {"start", "help", "cancel", "settings", "terms", "privacy", "paysupport"} <= menu.keys()


async def test_a_copy_holds_everything_but_secrets(harness: Harness) -> None:
    anna = await a_full_life(harness)
    await anna.say("/privacy")
    await anna.press("Export my data")
    sent = anna.last
    assert sent.document is not None
    name, content = sent.document
    assert name == "perpdesk-my-data.json"
    data = json.loads(content)
    assert data["profile"][0]["telegram_id"] == ANNA
    assert data["profile"][0]["first_seen_at"].endswith("Z")
    assert data["settings"][0]["risk_percent"] == "2"
    assert {each["risk_percent"] for each in data["accounts"]} == {"2"}
    assert {each["type"] for each in data["accounts"]} == {"paper", "demo"}
    assert data["accounts"][1]["key"]["permissions"]
    assert data["practice_wallets"][0]["wallet_balance"] == "10000"
    assert data["positions"][0]["symbol"] == data["orders"][0]["symbol"] == data["fills"][0]["symbol"] == "BTCUSDT"
    assert data["license"][0]["type"] == "basic"
    assert data["license_events"][0]["kind"] == "payment"
    assert data["payments"][0]["stars"] == 2500
    assert data["support_messages"][0]["text"].startswith("I am Annabella")
    assert {each["action"] for each in data["audit"]} >= {"terms.accept", "support.open"}
    assert len(data["promo_codes_tried"]) == 2, "the link and the typed one"
    text = content.decode()
    for secret in (SECRET, KEY_ID, "Boris", "api_secret", "envelope"):
        assert secret not in text
    assert "\n  " in text, "it is laid out for people"


async def test_a_second_copy_comes_a_day_later(harness: Harness) -> None:
    anna = anna_of(harness)
    for expected in (1, 1):
        await anna.say("/privacy")
        await anna.press("Export my data")
        assert len(harness.api.made("sendDocument")) == expected
    assert "24 hours" in anna.last.text
    harness.clock.advance(24 * HOUR)
    await anna.say("/privacy")
    await anna.press("Export my data")
    assert len(harness.api.made("sendDocument")) == 2


async def test_nothing_of_an_erased_person_is_left_in_any_table(harness: Harness) -> None:
    anna = await a_full_life(harness)
    await leave_traces(harness)
    words = (str(ANNA), NAME, "user_1001")
    await ask_to_be_forgotten(anna)
    before = await references(harness)
    assert len(before) > 15
    assert [column for column, rows in before.items() if not rows] == ["dialogues.user_id"], "of each kind there is one"
    await anna.say("/paysupport")
    assert (await references(harness))["dialogues.user_id"] == 1
    assert {"inbox", "outbox", "buttons", "signals", "accounts", "trade_logs"} <= found(
        await dump(harness), *words
    ).keys()
    ((pseudonym,),) = await harness.database.fetch("SELECT pseudonym FROM users WHERE user_id = ?", (ANNA,))
    boris_before = await harness.config(BORIS)
    assert harness.api.made("sendDocument"), "their copy comes first"
    assert await harness.services.privacy.erase_due() == 0
    harness.clock.advance(ERASE_AFTER / 1000)
    assert await harness.services.privacy.erase_due() == 1
    rows = await dump(harness)
    assert found(rows, *words) == {}
    assert set(found(rows, pseudonym)) == {"audit", "license_events", "promo_usage", "promo_opens"}
    assert not any((await references(harness)).values())
    assert "user.forget" in rows["audit"]
    assert "'c-1'" in rows["payment_history"]
    assert "Boris here" in rows["support_messages"]
    assert await harness.config(BORIS) == boris_before
    for chain in (AUDIT_CHAIN, LICENSE_CHAIN):
        report = await verify_chain(harness.database.fetch, chain)
        assert report.broken_at is None
        assert report.rows > 0
    assert await harness.database.fetch("PRAGMA foreign_key_check") == []


async def test_the_caches_forget_with_the_tables(harness: Harness) -> None:
    anna = await a_full_life(harness)
    config = await harness.config()
    reads = harness.services.reads
    demo = config.resolve(AccountType.DEMO)
    assert (await reads.license(ANNA)).segments
    assert await reads.credentials(demo.account_id) is not None
    await reads.balance(demo)
    await ask_to_be_forgotten(anna)
    harness.clock.advance(ERASE_AFTER / 1000)
    await reads.user_config(ANNA)
    await reads.license(ANNA)
    await reads.credentials(demo.account_id)
    await reads.balance(demo)
    await harness.services.privacy.erase_due()
    assert await reads.user_config(ANNA) is None
    assert not (await reads.license(ANNA)).segments
    assert await reads.credentials(demo.account_id) is None
    assert reads.last_balance(demo) is None


async def test_whoever_comes_back_is_a_new_person(harness: Harness) -> None:
    anna = await a_full_life(harness)
    await ask_to_be_forgotten(anna)
    harness.clock.advance(ERASE_AFTER / 1000)
    await harness.services.privacy.erase_due()
    bubble = await anna.say("/start")
    assert bubble is not None
    assert "You have 10,000\xa0USDT of practice money" in bubble.text
    config = await harness.config()
    assert [each.account_type for each in config.accounts] == [AccountType.PAPER]
    assert config.terms_version == 0
    assert not (await harness.services.reads.license(ANNA)).segments
    ((pseudonym,),) = await harness.database.fetch("SELECT pseudonym FROM users WHERE user_id = ?", (ANNA,))
    assert pseudonym not in (await dump(harness))["license_events"]


@pytest.mark.parametrize("way", ["button", "start", "link"])
async def test_it_can_be_taken_back_until_the_last_moment(harness: Harness, way: str) -> None:
    anna = await a_full_life(harness)
    await ask_to_be_forgotten(anna)
    harness.clock.advance(ERASE_AFTER / 1000 - 1)
    if way == "button":
        await anna.press("Keep my account")
    else:
        await anna.say("/start" if way == "start" else "/start p_SPRING26")
    assert any("Nothing is erased" in each.text for each in anna.bubbles[-2:])
    harness.clock.advance(24 * HOUR)
    assert await harness.services.privacy.erase_due() == 0
    assert (await harness.config()).first_name == NAME
    actions = [row[3] for row in await harness.rows("audit")][-2:]
    assert actions == ["user.forget-asked", "user.forget-taken-back"]


async def test_one_tap_erases_nothing(harness: Harness) -> None:
    anna = await a_full_life(harness)
    await anna.say("/forget")
    assert "Positions at Bybit stay" in anna.last.text
    await anna.press("Go on")
    assert "Are you sure?" in anna.last.text
    await anna.press("Keep my account")
    harness.clock.advance(48 * HOUR)
    assert await harness.services.privacy.erase_due() == 0


async def test_asked_again_it_says_when(harness: Harness) -> None:
    anna = anna_of(harness)
    await anna.say("/start")
    await ask_to_be_forgotten(anna)
    first = (await harness.services.privacy.state(ANNA)).erase_at
    harness.clock.advance(HOUR)
    bubble = await anna.say("/forget")
    assert bubble is not None
    assert "will be erased" in bubble.text
    assert await harness.services.privacy.forget(await harness.config()) == first
    assert (await harness.services.privacy.state(ANNA)).erase_at == first


async def test_without_its_copy_nothing_is_set_in_motion(harness: Harness) -> None:
    anna = anna_of(harness)
    await anna.say("/start")

    def refuse(call: Call) -> tuple[int, str] | None:
        return (500, "Internal Server Error") if call.method == "sendDocument" else None

    harness.api.refuse = refuse
    await ask_to_be_forgotten(anna)
    assert (await harness.services.privacy.state(ANNA)).erase_at is None
    harness.api.refuse = lambda _: None
    await ask_to_be_forgotten(anna)
    assert (await harness.services.privacy.state(ANNA)).erase_at is not None


async def appoint(harness: Harness, role: Role) -> None:
    async with harness.services.people.transactions.begin() as unit:
        await unit.users.set_role(ANNA, role)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN, Role.OWNER])
async def test_who_runs_the_bot_cannot_be_erased_while_in_role(harness: Harness, role: Role) -> None:
    anna = anna_of(harness)
    await anna.say("/start")
    await appoint(harness, role)
    bubble = await anna.say("/forget")
    assert bubble is not None
    assert "take your role away" in bubble.text
    await appoint(harness, Role.USER)
    await ask_to_be_forgotten(anna)
    await appoint(harness, role)
    harness.clock.advance(24 * HOUR)
    assert await harness.services.privacy.erase_due() == 0
    bubble = await harness.person(OWNER).say("/forget")
    assert bubble is not None
    assert "take your role away" in bubble.text


async def test_the_service_itself_refuses_whoever_runs_the_bot(harness: Harness) -> None:
    await harness.person(OWNER).say("/start")
    with pytest.raises(BadInput, match="forget-in-role"):
        await harness.services.privacy.forget(await harness.config(OWNER))


@dataclass
class StaleReads:
    """Answers, once, what was due a moment ago."""

    due: list[UserId]

    async def erasures_due(self, now: Millis, limit: int) -> tuple[UserId, ...]:  # noqa: ARG002  the port's
        found, self.due = tuple(self.due), []
        return found

    async def privacy_state(self, user_id: UserId) -> PrivacyState:
        raise NotImplementedError

    async def stored_of(self, user_id: UserId) -> Mapping[str, Sequence[Record]]:
        raise NotImplementedError


@pytest.mark.parametrize("asks_again", [False, True])
async def test_what_was_taken_back_in_the_last_moment_is_kept(harness: Harness, *, asks_again: bool) -> None:
    anna = anna_of(harness)
    await anna.say("/start")
    await ask_to_be_forgotten(anna)
    harness.clock.advance(ERASE_AFTER / 1000)
    await anna.press("Keep my account")
    if asks_again:
        await ask_to_be_forgotten(anna)
    late = replace(harness.services.privacy, queries=StaleReads([ANNA]))
    assert await late.erase_due() == 0
    assert (await harness.config()).first_name == NAME


async def test_a_ban_is_not_washed_off(harness: Harness) -> None:
    """The erasure waits until they are let in again."""
    anna = anna_of(harness)
    await anna.say("/start")
    await ask_to_be_forgotten(anna)
    await harness.person(OWNER).say("/start")
    await harness.ban(ANNA)
    harness.clock.advance(24 * HOUR)
    assert await harness.services.privacy.erase_due() == 0
    await harness.ban(ANNA, banned=False)
    assert await harness.services.privacy.erase_due() == 1


async def test_many_are_erased_in_one_round(harness: Harness) -> None:
    for number in range(30):
        user_id = UserId(5000 + number)
        user = NewUser(user_id=user_id, username=None, first_name="N", language=Language.ENGLISH, start_payload=None)
        welcome = await harness.services.people.welcome(user)
        await harness.services.privacy.forget(welcome.config)
    harness.clock.advance(24 * HOUR)
    assert await harness.services.privacy.erase_due() == 30
    assert await harness.rows("privacy_requests") == await harness.rows("users") == []
