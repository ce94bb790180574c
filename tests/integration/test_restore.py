"""A backup comes back: what people removed stays removed, what was sold stays sold, nothing is done by itself."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import pytest
import typer
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, Person, said, settings_in
from harness.app import harness as open_harness
from harness.payments import FakeStars, buys, check_out, customer, paid_update
from typer.testing import CliRunner

from bot import restore_word
from bot.domain.accounts import AccountType
from bot.domain.errors import StorageTrouble, UnfitBackup, UnfitDatabase, UnfitJournal
from bot.domain.ids import Millis, UserId
from bot.services.payments.reconciliation import StarWatch
from bot.services.payments.refunds import RefundJob
from bot.services.users.privacy import ERASE_AFTER
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import backup_plan
from ops.cli import app
from ops.restoring import bring_back, drill
from storage.backup.making import make_backup
from storage.backup.records import TRIAL, one_at_a_time
from storage.backup.restoring import Restored, RestorePlan, restore
from storage.sqlite.recipients import Openers, new_pair
from storage.sqlite.vault import AesCredentialVault


@dataclass
class Bot:
    """One bot over its lives; `stars` is Telegram's account, which no copy brings back."""

    folder: Path
    stars: FakeStars | None = None
    copies: list[Path] = field(default_factory=list)

    def opened(self) -> Any:
        return open_harness(self.folder)

    def connected(self, harness: Harness) -> None:
        self.stars = self.stars or FakeStars(harness.clock)
        self.stars.clock = harness.clock
        harness.api.methods |= {"refundStarPayment": self.stars.refund, "getStarTransactions": self.stars.transactions}
        harness.services.pin._open_until[OWNER] = inf

    async def back_up(self, harness: Harness) -> Path:
        settings = settings_in(self.folder)

        def make() -> Path:
            plan = backup_plan(settings, AesCredentialVault(load_keys(settings)))
            now = Millis(harness.clock.now() + len(self.copies) * 1000)
            return make_backup(plan, now=now, reason="regular").path

        self.copies.append(await asyncio.to_thread(make))
        return self.copies[-1]

    async def restore(self, file: Path, *, now: int, without_journal: bool = False) -> Restored:
        settings = settings_in(self.folder)
        plan = RestorePlan(
            file=file,
            database=settings.database,
            journal=None if without_journal else settings.journal_folder,
            openers=Openers(vault=AesCredentialVault(load_keys(settings))),
            now=Millis(now),
        )
        return await asyncio.to_thread(restore, plan)


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    return Bot(tmp_path)


async def pays(bot: Bot, harness: Harness, person: Person, charge: str) -> None:
    assert bot.stars is not None
    payload, price = await buys(person, "Premium 1 mo")
    assert await check_out(person, payload, price) is None
    bot.stars.pay(charge, price, payload, person.user_id)
    await harness.feed(paid_update(person, payload, price, charge))


async def new_code(harness: Harness, code: str) -> None:
    owner = harness.person(OWNER, name="Olga")
    await owner.say("/start")
    await said(owner, f"/promo new premium 7d max=1 code={code}")
    await owner.press("Create")


async def redeems(person: Person, code: str) -> str:
    card = await said(person, f"/redeem {code}")
    return (await person.press("Redeem")).text if "Redeem" in card.labels else card.text


async def reconciled(harness: Harness) -> None:
    await harness.job(StarWatch).reconcile()
    await harness.job(RefundJob).give_back()


async def sums(harness: Harness) -> Mapping[str, Any]:
    """What must be the same before and after."""
    tables = "license_events", "audit", "payment_history", "promo_codes", "promo_usage", "account_limits", "pins"
    found: dict[str, Any] = {table: await harness.rows(table) for table in tables}
    segments = await harness.database.fetch("SELECT user_id, license_type, start_date, end_date FROM user_licenses")
    people = await harness.database.fetch("SELECT user_id, pseudonym, role, is_banned FROM users ORDER BY user_id")
    return found | {"segments": sorted(map(tuple, segments)), "people": list(map(tuple, people))}


async def test_what_happened_since_the_copy_is_as_it_was(bot: Bot) -> None:
    async with bot.opened() as harness:
        bot.connected(harness)
        anna = await customer(harness)
        await harness.demo_account(anna)
        await new_code(harness, "SPRING26")
        await harness.ban(BORIS + 1)
        file = await bot.back_up(harness)
        boris = await customer(harness, BORIS)
        await pays(bot, harness, anna, "after-1")
        assert "✓ Added" in await redeems(boris, "SPRING26")
        await new_code(harness, "AUTUMN26")
        (demo,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
        async with harness.store.begin() as unit:
            await unit.accounts.remove(demo.account_id)
        await harness.ban(BORIS)
        await harness.ban(BORIS, banned=False)
        await said(anna, "/halt for a test")
        before, now = await sums(harness), harness.clock.now()
        await bot.back_up(harness)
    await asyncio.to_thread(demand_no_secret, bot.folder)
    done = await bot.restore(file, now=now)
    assert done.former is not None
    assert done.replayed.rows["payment"] == 1
    async with bot.opened() as harness:
        bot.connected(harness)
        assert await sums(harness) == before
        assert [each.account_type for each in (await harness.config()).accounts] == [AccountType.PAPER]
        assert not await harness.rows("credentials"), "no deleted key is back"
        await reconciled(harness)
        assert bot.stars is not None
        assert bot.stars.asked == [], "no sold license is refunded"
        assert "used up" in await redeems(await customer(harness, 4711), "SPRING26")
        assert "Premium until" in (await said(harness.person(), "/license")).text
        entries = await harness.database.fetch("SELECT reason FROM halts WHERE until_ts IS NULL")
        assert len(entries) == 1


async def test_people_are_told_of_the_gap_and_nothing_goes_on_by_itself(bot: Bot) -> None:
    async with bot.opened() as harness:
        bot.connected(harness)
        anna = await customer(harness)
        await harness.write(
            "INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)"
            " VALUES (1001, 1001, 'pin-forgotten', '{}', 'old', 1, 1)"
        )
        await harness.write("INSERT INTO inbox (update_id, user_id, state, received_ts) VALUES (7, 1001, 'new', 1)")
        await anna.say("/settings")
        file = await bot.back_up(harness)
        now = harness.clock.now() + 60_000
    done = await bot.restore(file, now=now)
    assert done.told >= 1
    async with bot.opened() as harness:
        waiting = {each.message.kind: each.message for each in await harness.queued()}
        assert set(waiting) == {"restored"}
        assert not await harness.rows("buttons")
        (state,) = await harness.database.fetch("SELECT state FROM inbox WHERE update_id = 7")
        assert tuple(state) == ("set_aside",)
        assert (await harness.services.trading.halts.state()).reason == "a backup was restored"


async def test_stars_are_listed_until_they_are_accepted(bot: Bot) -> None:
    """A charge of the gap whose line of the journal is lost with it."""
    async with bot.opened() as harness:
        bot.connected(harness)
        anna = await customer(harness)
        await harness.person(OWNER, name="Olga").say("/start")
        file = await bot.back_up(harness)
        await pays(bot, harness, anna, "lost-1")
        assert bot.stars is not None
        bot.stars.pay("lost-2", 17, "of nobody's offer")
        now = harness.clock.now()
    await bot.restore(file, now=now, without_journal=True)
    async with bot.opened() as harness:
        bot.connected(harness)
        for _ in range(2):
            await reconciled(harness)
        assert not await harness.rows("payment_history")
        (told,) = [each.message for each in await harness.queued() if each.message.kind == "restored-stars"]
        assert told.user_id == OWNER
        assert told.values["charges"] == "2"
        await asyncio.to_thread(restore_word.say, harness.database.path)
        await reconciled(harness)
        statuses = await harness.database.fetch(
            "SELECT telegram_payment_charge_id, status FROM payment_history ORDER BY id"
        )
        assert dict(map(tuple, statuses)) == {"lost-1": "completed", "lost-2": "refunded"}
        assert bot.stars is not None
        assert bot.stars.asked == ["lost-2"]
        assert not await asyncio.to_thread(restore_word.is_said, harness.database.path)


async def test_who_was_erased_stays_so_and_who_asked_for_it_will_be(bot: Bot) -> None:
    async with bot.opened() as harness:
        bot.connected(harness)
        await customer(harness)
        await customer(harness, BORIS)
        file = await bot.back_up(harness)
        await harness.services.privacy.forget(await harness.config())
        harness.clock.advance(ERASE_AFTER / 1000)
        assert await harness.services.privacy.erase_due() == 1
        await harness.services.privacy.forget(await harness.config(BORIS))
        before, now = await sums(harness), harness.clock.now()
    await bot.restore(file, now=now)
    async with bot.opened() as harness:
        harness.clock.advance(ERASE_AFTER / 1000)
        assert await sums(harness) == before
        assert await harness.services.people.config(UserId(ANNA)) is None
        assert (await harness.services.privacy.state(UserId(BORIS))).erase_at is not None
    whole = b"".join(path.read_bytes() for path in (bot.folder / "perpdesk.journal").glob("*.lines"))
    assert b"Anna" not in whole
    assert str(ANNA).encode() not in whole


async def test_a_limit_that_was_tightened_stays_tight(bot: Bot) -> None:
    limits = "INSERT INTO account_limits (account_id, user_id, limits) VALUES (?, ?, ?)"
    async with bot.opened() as harness:
        await customer(harness)
        account = await harness.practice_account()
        await harness.write(limits, account.account_id, ANNA, '{"max_leverage":"20"}')
        file = await bot.back_up(harness)
        await harness.write("UPDATE account_limits SET limits = ?", '{"max_leverage":"2"}')
        now = harness.clock.now()
    await bot.restore(file, now=now)
    async with bot.opened() as harness:
        assert await harness.rows("account_limits") == [(account.account_id, ANNA, '{"max_leverage":"2"}')]


async def test_a_key_that_was_replaced_is_not_back(bot: Bot) -> None:
    async with bot.opened() as harness:
        await harness.demo_account(harness.person())
        file = await bot.back_up(harness)
        await harness.write("UPDATE credentials SET api_key = zeroblob(40)")
        now = harness.clock.now()
    await bot.restore(file, now=now)
    async with bot.opened() as harness:
        assert not await harness.rows("credentials")
        assert [each.account_type for each in (await harness.config()).accounts] == [AccountType.PAPER]


async def test_an_old_copy_put_there_by_hand_does_not_start(bot: Bot) -> None:
    database, copy = bot.folder / "perpdesk.sqlite3", bot.folder / "copy.sqlite3"
    async with bot.opened() as harness:
        await customer(harness)
    await asyncio.to_thread(shutil.copy, database, copy)
    async with bot.opened() as harness:
        bot.connected(harness)
        await pays(bot, harness, harness.person(), "by-hand")
    await asyncio.to_thread(shutil.copy, copy, database)
    with pytest.raises(UnfitDatabase, match=r"is older than its journal: .* Bring it up with `perpdesk restore`"):
        async with bot.opened():
            pass
    database.unlink()
    with pytest.raises(UnfitDatabase, match="is the journal of another database"):
        async with bot.opened():
            pass


async def test_without_its_journal_nothing_is_restored_unless_one_says_so(bot: Bot) -> None:
    async with bot.opened() as harness:
        await customer(harness)
        file = await bot.back_up(harness)
        now = harness.clock.now()
    kept = (bot.folder / "perpdesk.sqlite3").read_bytes()
    journal = bot.folder / "perpdesk.journal"
    await asyncio.to_thread(shutil.move, journal, bot.folder / "elsewhere")
    with pytest.raises(
        UnfitJournal, match=r"is not in .*: bring a whole one of this database, or say --without-journal"
    ):
        await bot.restore(file, now=now)
    await asyncio.to_thread(shutil.move, bot.folder / "elsewhere", journal)
    (segment,) = sorted(journal.glob("*.lines"))
    lines = segment.read_bytes().splitlines(keepends=True)
    other = b"B" if lines[1][60:61] == b"A" else b"A"
    segment.write_bytes(b"".join([lines[0], lines[1][:60] + other + lines[1][61:], *lines[2:]]))
    with pytest.raises(UnfitJournal, match="bring a whole one of this database"):
        await bot.restore(file, now=now)
    assert (bot.folder / "perpdesk.sqlite3").read_bytes() == kept
    await bot.restore(file, now=now, without_journal=True)
    async with bot.opened() as harness:
        assert await harness.rows("users")
        (told,) = [each.message for each in await harness.queued() if each.message.kind == "restored"]
        assert told.values["has_journal"] == "0", "nobody is told that what they removed stays removed"


async def test_a_spoiled_backup_leaves_everything_as_it_is(bot: Bot) -> None:
    async with bot.opened() as harness:
        await customer(harness)
        file = await bot.back_up(harness)
        now = harness.clock.now()
        with pytest.raises(Exception, match="is using"):
            await bot.restore(file, now=now)
    kept = (bot.folder / "perpdesk.sqlite3").read_bytes()
    whole = bytearray(file.read_bytes())
    whole[-30] ^= 1
    file.write_bytes(bytes(whole))
    with pytest.raises(UnfitBackup):
        await bot.restore(file, now=now)
    assert (bot.folder / "perpdesk.sqlite3").read_bytes() == kept
    assert not list(bot.folder.glob("*restoring*"))


async def test_a_log_that_lies_there_without_its_database_is_not_taken_into_the_copy(bot: Bot) -> None:
    """The damaged file was deleted and its -wal was not."""
    log = bot.folder / "perpdesk.sqlite3-wal"
    async with bot.opened() as harness:
        await customer(harness)
        file = await bot.back_up(harness)
        for number in range(3):
            await customer(harness, UserId(BORIS + number))
        now, left = harness.clock.now(), log.read_bytes()
    assert left
    (bot.folder / "perpdesk.sqlite3").unlink()
    log.write_bytes(left)
    done = await bot.restore(file, now=now)
    assert (done.former, log.exists()) == (None, False)
    async with bot.opened() as harness:
        assert await harness.rows("users")


async def test_a_disk_that_refuses_the_last_step_leaves_the_database_and_its_log(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with bot.opened() as harness:
        await customer(harness)
        file, now = await bot.back_up(harness), harness.clock.now()
    database, log = bot.folder / "perpdesk.sqlite3", bot.folder / "perpdesk.sqlite3-wal"
    kept = database.read_bytes()
    log.write_bytes(b"the last commits")
    for refused in ((os, "link"), (shutil, "copy2")), ((Path, "replace"),):
        with monkeypatch.context() as patch:
            for where, name in refused:
                patch.setattr(where, name, full)
            with pytest.raises(StorageTrouble, match=r"nothing was restored: .*No space"):
                await bot.restore(file, now=now)
        assert (database.read_bytes(), log.read_bytes()) == (kept, b"the last commits")


def test_a_trial_that_was_killed_leaves_nothing_for_long(bot: Bot) -> None:
    async def back_up() -> Path:
        async with bot.opened() as harness:
            return await bot.back_up(harness)

    file, settings = asyncio.run(back_up()), settings_in(bot.folder)
    before = {each.name for each in bot.folder.iterdir()}
    for suffix in ("", "-wal", ".lock"):
        (bot.folder / f"perpdesk.sqlite3.drill{suffix}").write_bytes(b"in clear")
    drill(settings, file, offline_key=None)
    assert {each.name for each in bot.folder.iterdir()} == before
    with one_at_a_time(settings.backup_folder, TRIAL), pytest.raises(typer.Exit):
        drill(settings, file, offline_key=None)


async def test_a_full_journal_refuses_the_act_and_not_the_bot(bot: Bot) -> None:
    """What needs no line goes on; once there is room again, so does the rest, and the journal is whole."""
    async with bot.opened() as harness:
        bot.connected(harness)
        anna = await customer(harness)
        file = await bot.back_up(harness)
        journal = harness.database._writer._ahead
        sync = journal._sync  # type: ignore[union-attr]  # a test's look inside

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        journal._sync = full  # type: ignore[union-attr]  # the disk's word
        journal._drop_segment()  # type: ignore[union-attr]  # or the one that is open would take it
        for _ in range(3):
            with pytest.raises(StorageTrouble, match="the journal can't be written: No space left"):
                await harness.ban(ANNA)
        assert "Risk" in (await said(anna, "/settings risk 2.5")).text
        journal._sync = sync  # type: ignore[union-attr]  # there is room again
        await harness.ban(ANNA)
        assert (await harness.config()).is_banned
        now = harness.clock.now()
    await bot.restore(file, now=now)
    async with bot.opened() as harness:
        assert (await harness.config()).is_banned


def demand_no_secret(folder: Path) -> None:
    """Nothing that somebody typed stands in clear in a backup or in the journal."""
    files = [*(folder / "perpdesk.backups").glob("*.backup"), *(folder / "perpdesk.journal").glob("*.lines")]
    assert len(files) >= 3
    for path in files:
        whole = path.read_bytes()
        for canary in (KEY_ID, SECRET, "SPRING26", "Anna", "for a test", str(ANNA)):
            assert canary.encode() not in whole, f"{canary} in {path}"


async def live_and_back_up(bot: Bot) -> tuple[Path, Path]:
    """A backup of two people, and the offline key that opens it."""
    settings = settings_in(bot.folder)
    private = settings.recipient_file.with_suffix(".offline-key")
    await asyncio.to_thread(new_pair, settings.recipient_file, private)
    async with bot.opened() as harness:
        await customer(harness)
        file = await bot.back_up(harness)
        await customer(harness, BORIS)
    return file, private


async def test_a_journal_that_was_begun_before_there_was_an_offline_key_is_named(
    bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(bot.folder)
    private = settings.recipient_file.with_suffix(".offline-key")
    async with bot.opened() as harness:
        await customer(harness)
        await asyncio.to_thread(new_pair, settings.recipient_file, private)
        file = await bot.back_up(harness)
        await customer(harness, BORIS)
    with pytest.raises(typer.Exit):
        await asyncio.to_thread(bring_back, settings, file, offline_key=private, without_journal=False)
    words = "perpdesk: the journal: none of the keys at hand opens it: bring the key file that has key test, or say"
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("with_key", ["the key file", "the offline key"])
def test_the_command_brings_it_back_and_says_what_it_did(bot: Bot, with_key: str) -> None:
    file, private = asyncio.run(live_and_back_up(bot))
    settings = settings_in(bot.folder)
    variables = {"PERPDESK_DATABASE": str(settings.database), "PERPDESK_KEY_FILE": str(settings.key_file)}
    assert settings.key is not None
    variables |= {"PERPDESK_KEY": settings.key.get_secret_value()} if with_key == "the key file" else {}
    extra = [] if with_key == "the key file" else ["--offline-key", str(private)]
    early = CliRunner().invoke(app, ["restore", "--accept"], env=variables)
    assert (early.exit_code, "no restore waits" in early.output) == (1, True)
    assert not restore_word.is_said(settings.database)
    restore_word.say(settings.database)  # of an earlier restore, whose bot never came to read it
    on_trial = CliRunner().invoke(app, ["restore", "--drill", str(file), *extra], env=variables)
    assert (on_trial.exit_code, restore_word.is_said(settings.database)) == (0, True), on_trial.output
    said = CliRunner().invoke(app, ["restore", str(file), *extra], env=variables)
    assert said.exit_code == 0, said.output
    assert not restore_word.is_said(settings.database)
    assert "lines done again: 1 account, " in said.output
    assert "`perpdesk restore --accept`" in said.output
    assert CliRunner().invoke(app, ["restore", "--accept"], env=variables).exit_code == 0
    assert restore_word.is_said(settings.database)
    nothing = CliRunner().invoke(app, ["restore"], env=variables)
    assert (nothing.exit_code, "name the backup" in nothing.output) == (2, True)
    for odd in (["--accept", str(file)], ["--accept", "--drill"], ["--drill", "--without-journal"]):
        assert CliRunner().invoke(app, ["restore", *odd], env=variables).exit_code == 2, odd
    file.write_bytes(b"PDSKBAK1")
    spoiled = CliRunner().invoke(app, ["restore", str(file), *extra], env=variables)
    assert (spoiled.exit_code, "was cut short" in spoiled.output) == (1, True)
