"""The license ledger on a real file: its keys, its chain, its projection, and the same through the whole store."""

import asyncio
import itertools
import sqlite3
from pathlib import Path
from random import Random

import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, open_storage

from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LedgerEntry, License, LicenseBalance, LicenseType, NewLedgerEntry, derive
from storage.checkup import check_licenses
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.hash_chain import verify_chain
from storage.store import SqliteUnitOfWork

TRIAL, BASIC, PREMIUM = LicenseType
COPIED = "holder, kind, license_type, 1, takes, 'desk:9', actor, note, at"  # another row of the same user's


def giving(
    idempotency_key: str, license_type: LicenseType = PREMIUM, days: int = 30, **changes: object
) -> NewLedgerEntry:
    values: dict[str, object] = {
        "kind": EntryKind.GRANT,
        "license_type": license_type,
        "millis": days * DAY,
        "takes": None,
        "idempotency_key": idempotency_key,
        "actor": None,
        "note": "",
    }
    return NewLedgerEntry(**(values | changes))  # type: ignore[arg-type]  # a test's own words


def taking(idempotency_key: str, takes: int | None, kind: EntryKind = EntryKind.REVOCATION) -> NewLedgerEntry:
    return giving(idempotency_key, kind=kind, license_type=None, millis=0, takes=takes)


async def append(
    storage: StorageHarness, entry: NewLedgerEntry, *, user_id: UserId = ANNA, now: int = NOW
) -> tuple[LedgerEntry, LicenseBalance]:
    async with storage.store.begin() as unit:
        return await unit.ledger.append(user_id, entry, Millis(now))


async def license_of(storage: StorageHarness, now: int = NOW) -> License:
    return await storage.queries.license(ANNA, Millis(now))


async def test_a_row_shows_in_the_very_next_read(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        written, license_balance = await append(storage, giving("desk:1"))
        assert (written.entry_id, written.millis) == (1, 30 * DAY)
        held = await license_of(storage)
        assert held.segments == license_balance.segments
        assert (held.type_at(Millis(NOW)), held.until(Millis(NOW))) == (PREMIUM, NOW + 30 * DAY)


async def test_bug_the_same_charge_twice_was_two_grants(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        first, _ = await append(storage, giving("charge:abc", kind=EntryKind.PAYMENT))
        again, license_balance = await append(storage, giving("charge:abc", kind=EntryKind.PAYMENT), now=NOW + DAY)
        assert again == first
        assert license_balance.total == 29 * DAY
        assert (await verify_chain(storage.database.fetch, LICENSE_CHAIN)).rows == 1


async def test_bug_double_redemption_twenty_at_once_were_twenty_grants(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        answers = await asyncio.gather(*(append(storage, giving("promo:7", kind=EntryKind.PROMO)) for _ in range(20)))
        assert {entry.entry_id for entry, _ in answers} == {1}
        assert (await license_of(storage)).until(Millis(NOW)) == NOW + 30 * DAY


async def grant_and_crash(unit: SqliteUnitOfWork) -> None:
    await unit.ledger.append(ANNA, giving("promo:7"), NOW)
    raise OSError("the disk is full")


async def test_bug_a_crash_after_the_grant_left_it_standing(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        with pytest.raises(OSError, match="the disk is full"):
            async with storage.store.begin() as unit:
                await grant_and_crash(unit)
        assert (await license_of(storage)).segments == ()
        assert await storage.database.fetch("SELECT * FROM license_events") == []


async def test_bug_reading_an_expired_license_wrote(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await append(storage, giving("desk:1", days=1))
        before = await storage.database.fetch("SELECT * FROM user_licenses")
        held = await license_of(storage, NOW + 2 * DAY)
        assert not held.is_active(Millis(NOW + 2 * DAY))
        assert held.segments[-1].end == NOW + DAY
        assert await storage.database.fetch("SELECT * FROM user_licenses") == before


async def test_what_is_banked_begins_without_a_write(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await append(storage, giving("desk:1", BASIC, 30))
        await append(storage, giving("desk:2", PREMIUM, 10), now=NOW + 5 * DAY)
        held = await license_of(storage, NOW + 5 * DAY)
        assert held.type_at(Millis(NOW + 15 * DAY - 1)) is PREMIUM
        assert held.type_at(Millis(NOW + 15 * DAY)) is BASIC
        assert held.until(Millis(NOW + 5 * DAY)) == NOW + 40 * DAY
        assert await license_of(storage, NOW + 15 * DAY) == License(user_id=ANNA, segments=held.segments[1:])


async def test_a_bare_word_is_a_cause_once_for_each(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        for user_id in (ANNA, BORIS, ANNA):
            await append(storage, giving("trial", TRIAL, 7, kind=EntryKind.TRIAL), user_id=user_id)
        assert len(await storage.database.fetch("SELECT * FROM license_events")) == 2
        text = str(await storage.database.fetch("SELECT holder, cause, actor, note FROM license_events"))
        assert str(ANNA) not in text
        assert str(BORIS) not in text


async def test_a_cause_never_serves_two_people(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        await append(storage, giving("charge:abc"))
        with pytest.raises(ValueError, match="belongs to another user"):
            await append(storage, giving("charge:abc"), user_id=BORIS)


async def test_only_what_was_given_to_this_user_can_be_taken(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        boris, _ = await append(storage, giving("desk:1"), user_id=BORIS)
        await append(storage, giving("desk:2"))
        taken, _ = await append(storage, taking("desk:3", 2))
        for takes in (boris.entry_id, taken.entry_id, 99):
            with pytest.raises(LookupError, match="was never given anything by ledger row"):
                await append(storage, taking(f"desk:4{takes}", takes))


async def test_nobody_is_given_nothing(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        with pytest.raises(LookupError, match="there is no user 1001"):
            await append(storage, giving("desk:1"))


async def test_an_actor_is_known_by_pseudonym(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        await append(storage, giving("desk:1", actor=BORIS))
        assert await storage.database.fetch(
            "SELECT u.user_id FROM license_events AS e JOIN users AS u ON u.pseudonym = e.actor"
        ) == [(BORIS,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE license_events SET millis = 1 WHERE event_id = 1",
        "DELETE FROM license_events",
        f"REPLACE INTO license_events SELECT 1, {COPIED}, previous_hash, hash FROM license_events WHERE event_id = 1",  # noqa: S608  a constant
        f"INSERT INTO license_events SELECT 9, {COPIED}, hash, hash FROM license_events WHERE event_id = 2",  # noqa: S608  a constant
        f"INSERT INTO license_events SELECT 3, {COPIED}, zeroblob(32), hash FROM license_events WHERE event_id = 2",  # noqa: S608  a constant
    ],
)
async def test_the_database_itself_refuses_changes(tmp_path: Path, statement: str) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await append(storage, giving("desk:1"))
        await append(storage, giving("desk:2"))
        with pytest.raises(sqlite3.IntegrityError, match="license_events is append-only"):
            await storage.write(statement)


@pytest.mark.parametrize("column", ["holder = upper(holder)", "millis = millis - 1", "cause = 'desk:x'", "at = at - 1"])
async def test_a_change_behind_its_back_is_found(tmp_path: Path, column: str) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        for number in range(4):
            await append(storage, giving(f"desk:{number}"))
        for trigger in ("license_events_are_not_changed", "license_events_go_on"):
            await storage.write(f"DROP TRIGGER {trigger}")
        await storage.write(f"UPDATE license_events SET {column} WHERE event_id = 3")  # noqa: S608  the cases above
        report = await verify_chain(storage.database.fetch, LICENSE_CHAIN)
    assert (report.rows, report.broken_at) == (2, 3)


async def test_erasing_a_user_leaves_the_chain_and_nobody_in_it(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        await append(storage, giving("desk:1"))
        await storage.write("DELETE FROM users WHERE user_id = ?", ANNA)
        assert await storage.database.fetch("SELECT * FROM user_licenses") == []
        assert (await verify_chain(storage.database.fetch, LICENSE_CHAIN)).rows == 1
        await storage.user()
        assert (await license_of(storage)).segments == ()


@pytest.mark.parametrize("seed", range(6))
async def test_the_projection_is_always_what_the_ledger_says(tmp_path: Path, seed: int) -> None:
    """Any order of events of two people under a clock that jumps both ways."""
    dice = Random(seed)  # noqa: S311  the same events in every run
    now, causes = int(NOW), itertools.count()
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        for _ in range(60):
            user_id = dice.choice((ANNA, BORIS))
            async with storage.store.begin() as unit:
                rows = await unit.ledger.entries(user_id)
            theirs = [each.entry_id for each in rows if each.license_type is not None]
            entry = giving(f"desk:{next(causes)}", dice.choice(list(LicenseType)), dice.randrange(1, 40))
            if theirs and dice.random() < 0.3:
                kind = dice.choice((EntryKind.REFUND, EntryKind.CORRECTION, EntryKind.REVOCATION))
                entry = taking(entry.idempotency_key, dice.choice(theirs), kind)
            elif dice.random() < 0.05:
                entry = taking(entry.idempotency_key, None)
            written, license_balance = await append(storage, entry, user_id=user_id, now=now)
            assert license_balance == derive((*rows, written), Millis(now))
            held = await storage.queries.license(user_id, Millis(now))
            if license_balance.segments:
                assert held.segments == license_balance.segments
            else:
                assert held.type_at(Millis(now)) is None
            now += dice.choice((1, DAY, 9 * DAY, -3 * DAY, 0))
        check = await check_licenses(storage.database.fetch)
        assert check.is_ok, check.detail
