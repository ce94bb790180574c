"""The old bot's database, taken over: by the command, and what its people then see."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from harness.app import ANNA, BORIS, OWNER, Harness, said, settings_in
from harness.app import harness as open_harness
from harness.fakes import START_MS, FakeClock
from harness.payments import FakeStars, paid_update
from harness.waiting import CAMPAIGN_LIMIT

from bot.domain.errors import AlreadyRunning
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.services.payments.reconciliation import StarWatch
from ops.campaigns import legacy
from ops.campaigns.legacy_tables import LEGACY_TABLES
from ops.legacy.command import import_legacy
from ops.legacy.importer import ImportOptions, ImportRefusedError, take_over
from ops.legacy.source import SourceError, copied, shred_source
from storage.checkup import check_chains, check_licenses, check_promo_uses
from storage.sqlite.database import APPLICATION_ID, Database
from storage.sqlite.migrate import migrate
from storage.sqlite.vault import KeyFile

MOMENT = "2025-10-09T08:53:20"  # START_MS
USES_IT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
print("begun", flush=True)
sys.stdin.read()
"""
DIES_AT_WORK = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA cache_size = 1")
connection.execute("UPDATE users SET first_name = 'Nobody'")
for number in range(2000, 4000):
    connection.execute("INSERT INTO users (user_id, first_name) VALUES (?, printf('%400d', 1))", (number,))
os._exit(0)
"""
SHARED_SCHEMA = Path(__file__).parents[2] / ".." / "shared" / "reference" / "legacy-schema.json"
T = START_MS // 1000  # seconds
DAY_S = DAY // 1000
USER = {"lang": "en", "percent": 2.5, "leverage": 10, "first_name": "Anna", "terms_accepted": 1}


def old_database(path: Path, **tables: list[dict[str, Any]]) -> Path:
    """One whose tables hold just these rows."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in LEGACY_TABLES.values():
            connection.execute(statement)
        for table, rows in tables.items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (*row.values(),))  # noqa: S608  our own words
        connection.commit()
    return path


def license_row(user: int, kind: str, days: float, **changes: Any) -> dict[str, Any]:
    row = {"user_id": user, "license_type": kind, "start_date": T, "end_date": T + int(days * DAY_S), "created_at": T}
    return row | changes


def payment(user: int, charge: str | None, **changes: Any) -> dict[str, Any]:
    row = {
        "user_id": user,
        "payment_type": "stars",
        "amount": 5000,
        "currency": "XTR",
        "license_type": "premium",
        "period_days": 30,
        "telegram_charge_id": charge,
        "created_at": T - DAY_S,
    }
    return row | changes


def code(text: str, **changes: Any) -> dict[str, Any]:
    return {"code": text, "license_type": "premium", "period_days": 30, "max_uses": 5, "created_at": T} | changes


async def imported(folder: Path, source: Path, *, honors_codes: bool = False) -> str:
    """Into the database of `settings_in`; the report."""
    settings = settings_in(folder)
    assert settings.key is not None
    keys = KeyFile.parse(settings.key.get_secret_value())
    with copied(source, folder / "copy") as old:
        options = ImportOptions(at=Millis(START_MS), honors_codes=honors_codes)
        return (await take_over(settings.database, keys, old, options)).text


@dataclass
class Moved:
    """The bot on what was taken over, with Telegram's account of Stars from the old one's days."""

    harness: Harness
    stars: FakeStars


@pytest.fixture
async def moved(tmp_path: Path) -> AsyncIterator[Moved]:
    """Anna paid twice for Premium and has Basic behind it, Boris used codes; the same charges stand at Telegram."""
    source = old_database(
        tmp_path / "bot.db",
        users=[
            USER | {"user_id": ANNA, "api_key": "A-BYBIT-KEY"},
            USER | {"user_id": BORIS, "lang": "ua", "is_banned": 0, "leverage": 20},
        ],
        user_licenses=[
            license_row(ANNA, "premium", 40),
            license_row(ANNA, "premium", 40),
            license_row(ANNA, "basic", 100, is_active=0),
            license_row(BORIS, "trial", -3),
        ],
        payment_history=[
            payment(ANNA, "stx-old-1", license_id=3),
            payment(ANNA, "stx-old-1"),
            payment(BORIS, "stx-old-2", status="refunded"),
        ],
        promo_codes=[
            code("SPRING26", current_uses=3),
            code("WELCOME", max_uses=1, current_uses=4),
            code("YEAR", period_days=365),
        ],
        promo_usage=[
            {"promo_id": 1, "user_id": BORIS, "used_at": T - DAY_S},
            {"promo_id": 3, "user_id": BORIS, "used_at": T - DAY_S},
            {"promo_id": 1, "user_id": 777, "used_at": T - DAY_S},
        ],
    )
    await imported(tmp_path, source)
    clock = FakeClock()
    async with open_harness(tmp_path, clock=clock) as harness:
        stars = FakeStars(clock)
        harness.api.methods |= {"refundStarPayment": stars.refund, "getStarTransactions": stars.transactions}
        await harness.person(OWNER).say("/start")
        clock.advance(60)
        for user, charge in ((ANNA, "stx-old-1"), (BORIS, "stx-old-2")):
            stars.pay(charge, 5000, "license:premium:1", user)
        yield Moved(harness, stars)


async def test_old_charges_are_neither_refunded_nor_credited_whatever_their_date(moved: Moved) -> None:
    """Telegram's dates of them lie behind the birth of the database here: only their ids say that they are settled."""
    harness = moved.harness
    before = await harness.rows("license_events")
    found = await harness.job(StarWatch).reconcile()
    assert (found.lines, found.booked, found.returned) == (2, 0, 0)
    anna = harness.person(ANNA)
    await harness.feed(paid_update(anna, "license:premium:1", 5000, "stx-old-1"))
    moved.stars.take_back("stx-old-2")
    harness.clock.advance(3_601)
    assert (await harness.job(StarWatch).reconcile()).returned == 0
    assert moved.stars.asked == []
    assert await harness.rows("payment_history") == []
    assert await harness.rows("older_charges") == []
    assert await harness.rows("license_events") == before


async def test_imported_people_chat_and_see_what_they_have(moved: Moved) -> None:
    harness = moved.harness
    anna, boris = harness.person(ANNA), harness.person(BORIS, language="uk", name="Boris")
    held = await harness.services.reads.license(UserId(ANNA))
    assert [(each.license_type, each.end - START_MS) for each in held.segments] == [
        (LicenseType.PREMIUM, 40 * DAY),
        (LicenseType.BASIC, 100 * DAY),
    ]
    assert "10,000" in (await said(anna, "/start")).text
    license_text = (await said(anna, "/license")).text
    assert "Premium" in license_text
    assert "Basic" in license_text
    config = await harness.config()
    assert (config.terms_version, config.trade_settings.leverage, str(config.trade_settings.risk_percent)) == (
        0,
        3,
        "2.5",
    )
    assert (await harness.config(BORIS)).trade_settings.leverage == 20
    assert "10 000" in (await said(boris, "/start")).text.replace("\xa0", " ")
    assert not await harness.services.licenses.may_try(UserId(BORIS)), "he had his trial"
    told = [each.message for each in await harness.queued() if each.message.kind == "legacy-keys"]
    assert [(each.user_id, each.values) for each in told] == [(ANNA, {"has_keys": "1", "has_wallet": "0"})]


async def test_who_paid_to_the_old_bot_may_ask_about_it_when_banned(moved: Moved) -> None:
    harness = moved.harness
    for user, asks in ((ANNA, True), (BORIS, False)):
        await harness.ban(user)
        answer = await harness.person(user).say("/paysupport Where are my days?")
        assert (answer is not None and "#1" in answer.text) == asks, answer


async def test_codes_of_the_old_bot_are_redeemed_here_and_once(moved: Moved) -> None:
    harness = moved.harness
    anna, boris = harness.person(ANNA), harness.person(BORIS, name="Boris")
    card = await said(anna, "/redeem spring-26")
    assert "30 days" in card.text
    await anna.press(card.labels[0])
    held = await harness.services.reads.license(UserId(ANNA))
    assert held.segments[0].end - START_MS == 70 * DAY
    assert "30" in (await said(boris, "/redeem SPRING26")).text, "it is told that it was used before"
    assert not (await harness.services.reads.license(UserId(BORIS))).segments
    assert "Premium" not in (await said(anna, "/redeem WELCOME")).text, "used more often than allowed: paused"
    campaigns = await harness.database.fetch("SELECT uses, max_uses, state FROM promo_campaigns ORDER BY campaign_id")
    assert [tuple(row) for row in campaigns] == [(4, 5, "active"), (4, 4, "paused"), (1, 5, "active")]
    for campaign in (1, 3):
        assert await harness.services.promo.redeemers(campaign)
    assert len(await harness.services.redemptions.history(UserId(BORIS), 5)) == 2
    async with harness.store.begin() as unit:
        assert await unit.promo.undo(1)
    await harness.services.promo.finish_undos()
    held = await harness.services.reads.license(UserId(ANNA))
    assert held.segments[0].end - START_MS == 40 * DAY, "what the code gave is taken, and nothing else"


async def test_counters_and_ledger_agree_and_a_use_too_many_is_seen(moved: Moved) -> None:
    fetch = moved.harness.database.fetch
    checks = [*await check_chains(fetch), await check_licenses(fetch), await check_promo_uses(fetch)]
    assert [each for each in checks if not each.is_ok] == []
    await moved.harness.write("UPDATE promo_codes SET earlier_uses = earlier_uses + 1")
    assert not (await check_promo_uses(fetch)).is_ok


async def test_what_codes_promised_is_given_on_demand(tmp_path: Path) -> None:
    source = old_database(
        tmp_path / "bot.db",
        users=[USER | {"user_id": BORIS}],
        promo_codes=[code("YEAR", period_days=365)],
        promo_usage=[{"promo_id": 1, "user_id": BORIS, "used_at": T - DAY_S}],
    )
    text = await imported(tmp_path, source, honors_codes=True)
    assert f"user {BORIS}: code 1: 365 days of premium, 30 were given" in text
    async with open_harness(tmp_path) as harness:
        held = await harness.services.reads.license(UserId(BORIS))
        assert [each.end - START_MS for each in held.segments] == [335 * DAY]


async def test_whom_we_know_stays_as_they_are_and_gets_what_they_paid_for(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        await harness.person(ANNA).say("/start")
        await harness.person(ANNA).say("/settings risk 7")
    source = old_database(
        tmp_path / "bot.db",
        users=[USER | {"user_id": ANNA, "is_banned": 1, "lang": "ru"}],
        user_licenses=[license_row(ANNA, "basic", 5)],
    )
    assert "is known here: what stands here stays: 1001" in await imported(tmp_path, source)
    async with open_harness(tmp_path) as harness:
        config = await harness.config()
        assert (config.is_banned, config.language.value, str(config.trade_settings.risk_percent)) == (False, "en", "7")
        assert (await harness.services.reads.license(UserId(ANNA))).segments[0].end == START_MS + 5 * DAY


async def test_a_database_of_an_older_schema_is_migrated_first_which_makes_a_copy(tmp_path: Path) -> None:
    async with Database.open(settings_in(tmp_path).database) as database:
        await migrate(database, until=30)
    source = old_database(tmp_path / "bot.db", users=[USER | {"user_id": ANNA}])
    async with Database.open(settings_in(tmp_path).database) as database:
        await database.statement(
            "INSERT INTO users (user_id, first_name, lang, percent, sl_percent, tp_percent, leverage,"
            " global_order_type, notifications, time_zone, first_seen_ts, last_seen_ts)"
            " VALUES (1, '', 'en', '1', '3', '8', 3, 'Market', 'on', 'UTC', 1, 1)"
        )
    with pytest.raises(ImportRefusedError, match="perpdesk migrate"):
        await imported(tmp_path, source)
    async with Database.open(settings_in(tmp_path).database) as database:
        await database.statement("DELETE FROM users")
    assert "users" in await imported(tmp_path, source), "of a first run that was killed nobody stands there yet"


# --- the command --------------------------------------------------------------------------------------------------


def command(folder: Path, source: Path, *, is_dry: bool = False, shreds: bool = False, honors: bool = False) -> None:
    import_legacy(settings_in(folder), source, at=MOMENT, honors_codes=honors, is_dry=is_dry, shreds=shreds)


def in_clear(folder: Path) -> list[str]:
    """Files that hold the key of the old database."""
    return [each.name for each in folder.rglob("*") if each.is_file() and b"A-BYBIT-KEY" in each.read_bytes()]


def test_a_rehearsal_writes_nothing_a_second_run_neither_and_the_file_is_shredded_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = USER | {"user_id": ANNA, "real_api_key": "A-BYBIT-KEY", "hl_private_key": "0xsecret"}
    source = old_database(tmp_path / "bot.db", users=[user, USER | {"user_id": 0}], news=[{"link": "x"}])
    home = tmp_path / "home"
    command(home, source, is_dry=True)
    rehearsed = capsys.readouterr().out
    assert "A rehearsal: nothing was written." in rehearsed
    assert not home.exists()
    command(home, source)
    first = capsys.readouterr().out
    assert first.startswith(rehearsed.partition("\nA rehearsal")[0])
    assert re.search(r"users +2 +1 +1 +1\n", first), first
    assert "no id that Telegram gives: 0" in first
    assert "user 1001: a Bybit Live key, a private key of HyperLiquid: they are told to revoke it" in first
    assert "0xsecret" not in first
    assert in_clear(home) == []
    before = dump(home)
    command(home, source)
    assert capsys.readouterr().out == first.replace("It is done.", "It was done before: nothing was written.")
    assert dump(home) == before
    with pytest.raises(typer.Exit):
        command(home, source, honors=True)
    assert "without --honour-codes before" in capsys.readouterr().err
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("UPDATE users SET percent = 3")
        connection.commit()
    with pytest.raises(typer.Exit):
        command(home, source, is_dry=True)
    assert "this one has changed since" in capsys.readouterr().err
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("UPDATE users SET percent = 2.5")
        connection.commit()
    command(home, source, shreds=True)
    assert not source.exists()
    assert dump(home) == before


def test_what_is_no_old_database_or_is_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    for content, words in ((None, "No such file"), (b"nothing", "no SQLite database"), (b"SQLite format 3\0", "read")):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SourceError, match=words), copied(path, tmp_path / "copy"):
            pass
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE users (user_id INTEGER)")
    with pytest.raises(SourceError, match="no database of the old bot"), copied(path, tmp_path / "copy"):
        pass
    with pytest.raises(SourceError, match="is empty"), copied(old_database(tmp_path / "new.db"), tmp_path / "copy"):
        pass
    for statement, words in (
        (f"PRAGMA application_id = {APPLICATION_ID}", "a database of Perpdesk, not the old bot's"),
        (
            "CREATE TABLE promo_usage (promo_id PRIMARY KEY) WITHOUT ROWID",
            r"no such column: rowid; mend a copy, .+recover",
        ),
    ):
        path = old_database(tmp_path / f"{len(words)}.db", users=[USER | {"user_id": ANNA}])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE promo_usage")
            connection.execute(statement)
        with pytest.raises(SourceError, match=words), copied(path, tmp_path / "copy"):
            pass
    old_database(tmp_path / "used.db", users=[USER | {"user_id": ANNA}])
    (tmp_path / "used.db").chmod(0o444)
    with copied(tmp_path / "used.db", tmp_path / "copy"), pytest.raises(AlreadyRunning, match="another import"):
        copied(tmp_path / "used.db", tmp_path / "copy").__enter__()
    child = [sys.executable, "-c", USES_IT, str(tmp_path / "used.db")]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with (
            pytest.raises(SourceError, match=f"in use by process {process.pid}: stop the old bot"),
            copied(tmp_path / "used.db", tmp_path / "copy"),
        ):
            pass
        process.communicate()
    assert not (tmp_path / "copy").exists()


def test_rows_that_stand_in_the_log_alone_are_taken_and_the_original_is_left_alone(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    connection = sqlite3.connect(live)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in LEGACY_TABLES.values():
        connection.execute(statement)
    connection.execute("INSERT INTO users (user_id) VALUES (1001)")
    connection.commit()
    folder = tmp_path / "left"
    folder.mkdir()
    for each in tmp_path.glob("live.db*"):  # as a bot that was killed leaves them
        (folder / each.name).write_bytes(each.read_bytes())
    connection.close()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert "live.db-wal" in before
    with copied(folder / "live.db", tmp_path / "copy") as source:
        assert [row["user_id"] for row in source.rows("users")] == [1001]
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    (tmp_path / "link.db").symlink_to(folder / "live.db")
    command(tmp_path, tmp_path / "link.db", shreds=True)
    assert 'INSERT INTO "users" VALUES(1001,' in "".join(dump(tmp_path))
    assert list(folder.iterdir()) == []


def test_what_was_not_committed_is_rolled_back_by_the_journal_beside(tmp_path: Path) -> None:
    path = old_database(tmp_path / "bot.db", users=[USER | {"user_id": ANNA}])
    subprocess.run([sys.executable, "-c", DIES_AT_WORK, str(path)], check=True)
    assert (tmp_path / "bot.db-journal").exists()
    with copied(path, tmp_path / "copy") as source:
        assert [row["first_name"] for row in source.rows("users")] == ["Anna"]
    shred_source(path)
    assert list(tmp_path.glob("bot.db*")) == []


async def test_license_time_is_taken_however_its_end_is_written(tmp_path: Path) -> None:
    end = T + 5 * DAY_S
    forms = (end, f"{end}.0", end + 0.25, "2025-10-14 08:53:20", "2025-10-14T11:53:20+03:00")
    source = old_database(
        tmp_path / "bot.db",
        users=[USER | {"user_id": each, "strategy_settings": '{"a":' * 700 + "1" + "}" * 700} for each in range(1, 7)],
        user_licenses=[license_row(each, "basic", 0, end_date=form) for each, form in enumerate((*forms, "soon"), 1)],
    )
    report = await imported(tmp_path, source)
    assert "strategy_settings: 6 × no JSON object that can be read" in report
    assert "no end that can be read: 6" in report
    async with open_harness(tmp_path) as harness:
        for user in range(1, 6):
            (segment,) = (await harness.services.reads.license(UserId(user))).segments
            assert segment.end // 1000 == end, user


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
def test_old_databases_of_a_few_seeds_come_to_what_a_second_reading_says(tmp_path: Path) -> None:
    report = legacy.run(seed=7, budget_seconds=CAMPAIGN_LIMIT, folder=tmp_path, databases=6)
    assert report.is_good, str(report)


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
def test_an_import_that_is_killed_has_written_nothing_and_is_begun_again(tmp_path: Path) -> None:
    report = legacy.run_kills(seed=7, budget_seconds=CAMPAIGN_LIMIT, folder=tmp_path, kills=1)
    assert report.is_good, str(report)


def test_the_tables_are_those_of_the_old_bot() -> None:
    if not SHARED_SCHEMA.exists():
        pytest.skip("the old bot's schema is not on this machine")
    tables = json.loads(SHARED_SCHEMA.read_text())["tables"]
    assert LEGACY_TABLES.keys() == tables.keys()
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, statement in LEGACY_TABLES.items():
            connection.execute(statement)
            columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
            wanted = [(each["name"], each["type"], int(each["notnull"])) for each in tables[name]["columns"]]
            assert [column[1:4] for column in columns] == wanted, name


def dump(folder: Path) -> list[str]:
    """Everything in the database of `settings_in`."""
    with closing(sqlite3.connect(f"file:{settings_in(folder).database}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())
