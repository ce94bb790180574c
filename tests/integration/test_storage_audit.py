"""The audit: appended to, never changed, and a change made behind its back is found."""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, open_storage

from bot.domain.audit import AuditEntry
from bot.domain.ids import Millis, UserId
from storage.admin.audit import AUDIT_CHAIN
from storage.sqlite.hash_chain import verify_chain


async def write_entries(storage: StorageHarness, count: int) -> None:
    await storage.user(ANNA)
    await storage.user(BORIS)
    for number in range(count):
        async with storage.store.begin() as unit:
            actor = ANNA if number % 2 else None
            entry = AuditEntry(actor=actor, action="user.ban", subject=BORIS, details='Grüße \ud800 "q"')
            await unit.audit(entry, Millis(NOW + number))


async def test_the_chain_holds(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        assert (await verify_chain(storage.database.fetch, AUDIT_CHAIN)).rows == 0
        await write_entries(storage, 5)
        report = await verify_chain(storage.database.fetch, AUDIT_CHAIN)
        assert (report.rows, report.broken_at) == (5, None)
        assert [(report.head,)] == await storage.database.fetch("SELECT hash FROM audit WHERE id = 5")


async def test_the_canonical_form_is_the_one_that_is_written_down(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 1)
        ((found,),) = await storage.database.fetch("SELECT hash FROM audit")
        ((boris,),) = await storage.database.fetch("SELECT pseudonym FROM users WHERE user_id = ?", (BORIS,))
    canonical = f'[1,{NOW},null,"user.ban","{boris}","Gr\\u00fc\\u00dfe ? \\"q\\"","{"00" * 32}"]'
    assert json.loads(canonical)
    assert found == sha256(canonical.encode()).digest()


async def test_entries_of_one_unit_are_chained_too(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        async with storage.store.begin() as unit:
            for details in ("a", "b", "c"):
                await unit.audit(AuditEntry(actor=ANNA, action="set", subject=ANNA, details=details), NOW)
        assert (await verify_chain(storage.database.fetch, AUDIT_CHAIN)).rows == 3


async def test_more_rows_than_a_page_are_walked(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        async with storage.store.begin() as unit:
            for number in range(2001):
                await unit.audit(AuditEntry(actor=None, action="tick", subject=None, details=str(number)), NOW)
        assert (await verify_chain(storage.database.fetch, AUDIT_CHAIN)).rows == 2001


async def test_rows_know_people_by_pseudonym_until_they_are_erased(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 2)
        ((actor, subject),) = await storage.database.fetch("SELECT actor, subject FROM audit WHERE id = 2")
        assert len(actor) == len(subject) == 32
        assert await storage.database.fetch("SELECT pseudonym FROM users ORDER BY user_id") == [(actor,), (subject,)]
        text = " ".join(map(str, *await storage.database.fetch("SELECT * FROM audit WHERE id = 2")))
        assert str(ANNA) not in text
        assert str(BORIS) not in text


async def test_nothing_is_written_about_nobody(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        for entry in (
            AuditEntry(actor=ANNA, action="user.ban", subject=BORIS),
            AuditEntry(actor=BORIS, action="user.ban", subject=ANNA),
        ):
            with pytest.raises(LookupError, match="there is no user 1002"):
                async with storage.store.begin() as unit:
                    await unit.audit(entry, NOW)
        assert await storage.database.fetch("SELECT * FROM audit") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET details = 'other' WHERE id = 2",
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT id, ts, actor, action, subject, 'other', previous_hash, hash FROM audit WHERE id=2",
        "INSERT INTO audit SELECT 9, ts, actor, action, subject, details, hash, hash FROM audit WHERE id = 3",
        "INSERT INTO audit SELECT 4, ts, actor, action, subject, details, zeroblob(32), hash FROM audit WHERE id = 3",
    ],
)
async def test_the_database_itself_refuses_changes(tmp_path: Path, statement: str) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 3)
        with pytest.raises(sqlite3.IntegrityError, match="audit is append-only"):
            await storage.write(statement)
        assert (await verify_chain(storage.database.fetch, AUDIT_CHAIN)).rows == 3


@pytest.mark.parametrize(
    ("statement", "good", "broken_at"),
    [
        ("UPDATE audit SET details = 'other' WHERE id = 2", 1, 2),
        ("UPDATE audit SET ts = ts + 1 WHERE id = 1", 0, 1),
        ("UPDATE audit SET actor = subject WHERE id = 3", 2, 3),
        ("UPDATE audit SET hash = zeroblob(32) WHERE id = 4", 3, 4),
        ("UPDATE audit SET previous_hash = zeroblob(32) WHERE id = 3", 2, 3),
        ("DELETE FROM audit WHERE id = 2", 1, 3),
        ("DELETE FROM audit WHERE id = 1", 0, 2),
    ],
)
async def test_a_change_behind_its_back_is_found(tmp_path: Path, statement: str, good: int, broken_at: int) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 4)
        for trigger in ("audit_is_not_changed", "audit_is_not_deleted", "audit_goes_on"):
            await storage.write(f"DROP TRIGGER {trigger}")
        await storage.write(statement)
        report = await verify_chain(storage.database.fetch, AUDIT_CHAIN)
    assert (report.rows, report.broken_at) == (good, broken_at)


async def test_missing_triggers_are_noticed_at_start(tmp_path: Path) -> None:
    async with open_storage(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "perpdesk.sqlite3")
    connection.execute("DROP TRIGGER audit_is_not_deleted")
    connection.close()
    with pytest.raises(Exception, match="trigger audit_is_not_deleted is not as it should be"):
        async with open_storage(tmp_path):
            pytest.fail("opened")


# --- the read side ---------------------------------------------------------------------------------------------


async def test_pages_are_newest_first_and_go_on_below_a_row(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 5)
        first = await storage.queries.audit_page(limit=2)
        assert [(row.audit_id, row.at) for row in first] == [(5, NOW + 4), (4, NOW + 3)]
        rest = await storage.queries.audit_page(before=first[-1].audit_id, limit=10)
        assert [row.audit_id for row in rest] == [3, 2, 1]


async def test_people_are_named_until_they_are_erased(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await write_entries(storage, 2)
        newest, oldest = await storage.queries.audit_page()
        assert newest.actor is not None
        assert newest.subject is not None
        assert (newest.actor.user_id, newest.subject.user_id, newest.action) == (ANNA, BORIS, "user.ban")
        assert oldest.actor is None
        await storage.write("DELETE FROM users WHERE user_id = ?", BORIS)
        erased, _ = await storage.queries.audit_page()
        assert erased.subject is not None
        assert (erased.subject.user_id, erased.subject.pseudonym) == (None, newest.subject.pseudonym)
        assert (await verify_chain(storage.database.fetch, AUDIT_CHAIN)).broken_at is None


async def test_rows_are_found_by_area_and_by_subject(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user(ANNA)
        await storage.user(BORIS)
        async with storage.store.begin() as unit:
            for action, subject in (
                ("promo.create", None),
                ("promo.redeem", ANNA),
                ("promotion.x", ANNA),
                ("promo", BORIS),
                ("user.ban", BORIS),
            ):
                await unit.audit(AuditEntry(actor=None, action=action, subject=subject), NOW)

        async def found(area: str | None = None, subject: UserId | None = None) -> list[str]:
            return [row.action for row in await storage.queries.audit_page(area=area, subject=subject)]

        assert await found("promo") == ["promo", "promo.redeem", "promo.create"]
        assert await found(subject=ANNA) == ["promotion.x", "promo.redeem"]
        assert await found("promo", BORIS) == ["promo"]
        assert await found("payment") == []
        assert await found(subject=UserId(9)) == []
