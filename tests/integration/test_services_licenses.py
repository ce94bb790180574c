"""Giving, taking, trying and asking, as other services do it; and the reminders, once each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness
from harness.app import harness as open_harness
from harness.fakes import FakeClock
from harness.storage import new_user

from bot.domain.accounts import AccountType
from bot.domain.chat import QueuedMessage
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import PLANS, EntryKind, Feature, LicenseType, Limit, opens
from bot.domain.users import UserSettings
from bot.services.licensing.licenses import Licenses, license_needed
from bot.services.licensing.reminders import Reminders
from storage.chat.outbox import SqliteOutbox
from storage.licensing.queries import SqliteLicenseQueries
from storage.store import Store

TRIAL, BASIC, PREMIUM = LicenseType


@dataclass
class LicenseHarness:
    harness: Harness

    @property
    def store(self) -> Store:
        return self.harness.store

    @property
    def queries(self) -> SqliteLicenseQueries:
        return self.harness.assembly.storage.license_queries

    @property
    def reminders(self) -> Reminders:
        return self.harness.job(Reminders)

    @property
    def clock(self) -> FakeClock:
        return self.harness.clock

    @property
    def licenses(self) -> Licenses:
        return self.harness.services.licenses

    async def give(
        self, license_type: LicenseType, days: int, idempotency_key: str, *, user_id: UserId = ANNA
    ) -> tuple[int, int]:
        """The row's id, and when everything ends."""
        async with self.licenses.transactions.begin() as unit:
            entry, license_balance = await self.licenses.give(
                unit,
                user_id,
                kind=EntryKind.GRANT,
                license_type=license_type,
                millis=days * DAY,
                idempotency_key=idempotency_key,
                actor=OWNER,
                note="a test",
            )
        return entry.entry_id, license_balance.segments[-1].end

    async def take(self, takes: int | None, idempotency_key: str) -> None:
        async with self.licenses.transactions.begin() as unit:
            await self.licenses.take(
                unit,
                ANNA,
                kind=EntryKind.REVOCATION,
                takes=takes,
                idempotency_key=idempotency_key,
                actor=OWNER,
                note="a test",
            )

    async def promised(self) -> list[QueuedMessage]:
        return list(await SqliteOutbox(self.harness.database).due(Millis(2**60), 1000))

    async def told(self) -> list[tuple[str, str | None]]:
        """What the reminders of everybody said: the kind and the days."""
        return [(each.message.kind, each.message.values.get("days")) for each in await self.promised()]

    async def zone(self, name: str) -> None:
        async with self.store.begin() as unit:
            await unit.users.set_settings(ANNA, UserSettings(time_zone=name))

    def set_clock(self, text: str, zone: str = "UTC") -> None:
        self.clock.millis = int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000

    async def live_until(self, text: str) -> None:
        """Ten minutes a look, as a running bot has them."""
        end = int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")).timestamp()) * 1000
        while self.clock.millis < end:
            await self.reminders.remind()
            self.clock.advance(600)


@asynccontextmanager
async def open_licenses(folder: Path) -> AsyncIterator[LicenseHarness]:
    async with open_harness(folder) as harness:
        for user_id in (OWNER, ANNA, BORIS):
            await harness.services.people.welcome(new_user(user_id))
        yield LicenseHarness(harness)


async def test_a_grant_shows_in_the_very_next_question(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        assert not await licensing.licenses.may(ANNA, Feature.ENTRY, AccountType.LIVE)
        await licensing.give(PREMIUM, 30, "desk:1")
        assert await licensing.licenses.may(ANNA, Feature.ENTRY, AccountType.LIVE)
        assert not await licensing.licenses.may(BORIS, Feature.ENTRY, AccountType.LIVE)


async def test_the_question_is_one_cached_read(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        await licensing.give(BASIC, 30, "desk:1")
        stats = {each.name: each for each in licensing.harness.services.reads.stats()}  # type: ignore[attr-defined]  # the facade
        for _ in range(50):
            assert await licensing.licenses.may(ANNA, Feature.AUTOMATION, AccountType.DEMO)
        after = {each.name: each for each in licensing.harness.services.reads.stats()}  # type: ignore[attr-defined]  # CachedReads
        assert after["license"].misses - stats["license"].misses == 1
        assert after["license"].hits - stats["license"].hits == 49


@pytest.mark.parametrize("held", list(PLANS))
async def test_bug_the_license_was_never_asked_for_real_trading(tmp_path: Path, held: LicenseType | None) -> None:
    """Every feature on every type of account, with each license: what the table says is what is done."""
    async with open_licenses(tmp_path) as licensing:
        if held is not None:
            await licensing.give(held, 30, "desk:1")
        for feature in Feature:
            for account_type in AccountType:
                allowed = opens(held, feature, account_type)
                assert await licensing.licenses.may(ANNA, feature, account_type) is allowed
                lowest = TRIAL if account_type is AccountType.DEMO else BASIC
                expected = {"kind": lowest.value, "account_type": account_type.value}
                assert allowed or license_needed(feature, account_type).values == expected
        for limit in Limit:
            assert await licensing.licenses.most(ANNA, limit) == PLANS[held].most[limit]


async def test_the_end_stops_entries_and_nothing_is_written(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        await licensing.give(BASIC, 1, "desk:1")
        rows = await licensing.harness.rows("user_licenses")
        licensing.clock.advance(86_400)
        assert not await licensing.licenses.may(ANNA, Feature.ENTRY, AccountType.LIVE)
        assert await licensing.licenses.may(ANNA, Feature.ENTRY, AccountType.PAPER)
        assert await licensing.harness.rows("user_licenses") == rows


@pytest.mark.parametrize("millis", [0, -DAY])
async def test_bug_negative_days_never_reach_the_ledger(tmp_path: Path, millis: int) -> None:
    async with open_licenses(tmp_path) as licensing:
        with pytest.raises(ValueError, match="no ledger row"):
            async with licensing.licenses.transactions.begin() as unit:
                await licensing.licenses.give(
                    unit,
                    ANNA,
                    kind=EntryKind.PROMO,
                    license_type=BASIC,
                    millis=millis,
                    idempotency_key="promo:1",
                    actor=None,
                )
        assert await licensing.harness.rows("license_events") == []


async def test_what_is_taken_is_the_unused_rest_of_that_row(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        promo, _ = await licensing.give(PREMIUM, 30, "desk:1")
        await licensing.give(PREMIUM, 90, "desk:2")
        licensing.clock.advance(10 * 86_400)
        await licensing.take(promo, "undo:1")
        await licensing.take(promo, "undo:1")
        held = await licensing.harness.services.reads.license(ANNA)
        assert held.until(licensing.clock.now()) == licensing.clock.now() + 90 * DAY
        await licensing.take(None, "desk:3")
        assert not (await licensing.harness.services.reads.license(ANNA)).is_active(licensing.clock.now())


async def test_bug_the_trial_gave_thirty_days(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        assert await licensing.licenses.may_try(ANNA)
        license_balance = await licensing.licenses.start_trial(ANNA)
        assert license_balance.total == 7 * DAY
        assert await licensing.licenses.held(ANNA) is TRIAL
        assert [(row[3], row[5]) for row in await licensing.harness.rows("audit") if row[3] == "license.trial"]


async def test_the_trial_is_there_once_for_everybody(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        await licensing.licenses.start_trial(BORIS)
        answers = await asyncio.gather(
            *(licensing.licenses.start_trial(ANNA) for _ in range(10)), return_exceptions=True
        )
        assert sum(isinstance(each, BadInput) for each in answers) == 9
        assert len(await licensing.harness.rows("license_events")) == 2
        licensing.clock.advance(30 * 86_400)
        assert not await licensing.licenses.may_try(ANNA)
        with pytest.raises(BadInput, match="license-trial-had"):
            await licensing.licenses.start_trial(ANNA)


async def test_nobody_is_offered_a_trial_while_a_license_runs(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        await licensing.give(BASIC, 5, "desk:1")
        assert not await licensing.licenses.may_try(ANNA)
        licensing.clock.advance(6 * 86_400)
        assert await licensing.licenses.may_try(ANNA)


# --- reminders -------------------------------------------------------------------------------------------------


async def test_bug_reminders_were_written_and_never_sent(tmp_path: Path) -> None:
    """There is a job, it runs, and it says the right things."""
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(PREMIUM, 11, "desk:1")
        await licensing.live_until("2026-08-14T12:00")
        assert await licensing.told() == [
            ("license-ends", "7"),
            ("license-ends", "3"),
            ("license-ends", "1"),
            ("license-ended", None),
        ]
        first = (await licensing.promised())[0].message
        assert {name: first.values[name] for name in ("kind", "on", "days")} == {
            "kind": "premium",
            "on": "2026-08-12",
            "days": "7",
        }
        assert (first.user_id, first.chat_id) == (ANNA, ANNA)


async def test_they_come_once_over_restarts(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(PREMIUM, 11, "desk:1")
        licensing.set_clock("2026-08-05T09:00")
        assert [await licensing.reminders.remind(), await licensing.reminders.remind()] == [1, 0]
        for _ in range(3):
            await replace(licensing.reminders).remind()
            licensing.clock.advance(3600)
        assert len(await licensing.promised()) == 1


async def test_an_extension_makes_old_ones_moot(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(PREMIUM, 11, "desk:1")
        await licensing.live_until("2026-08-05T12:00")
        await licensing.give(PREMIUM, 30, "desk:2")
        await licensing.live_until("2026-09-04T12:00")
        assert await licensing.told() == [("license-ends", "7"), ("license-ends", "7")]
        assert [each.message.values["on"] for each in await licensing.promised()] == ["2026-08-12", "2026-09-11"]


async def test_an_extension_between_the_look_and_the_promise_wins(tmp_path: Path) -> None:
    class Extending(SqliteLicenseQueries):
        async def ending_licenses(self, *arguments: object) -> object:  # type: ignore[override]  # the same call
            page = await super().ending_licenses(*arguments)  # type: ignore[arg-type]  # the same call
            if page:
                await licensing.give(PREMIUM, 30, "desk:2")
            return page

    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(PREMIUM, 11, "desk:1")
        licensing.set_clock("2026-08-05T09:00")
        queries = Extending(licensing.harness.database, licensing.licenses.marks)
        assert await replace(licensing.reminders, queries=queries).remind() == 0
        assert await licensing.promised() == []


async def test_what_was_taken_back_is_not_announced(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(PREMIUM, 11, "desk:1")
        await licensing.take(None, "desk:2")
        await licensing.live_until("2026-08-14T12:00")
        assert await licensing.promised() == []


async def test_bug_a_change_of_type_was_not_told(tmp_path: Path) -> None:
    """Premium ends on the 12th, basic goes on until the 22nd: both are told, each in its time."""
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        await licensing.give(BASIC, 10, "desk:1")
        await licensing.give(PREMIUM, 11, "desk:2")
        await licensing.live_until("2026-08-23T12:00")
        told = [each.message.values for each in await licensing.promised()]
        assert [(each["on"], each["kind"], each.get("then"), each.get("until")) for each in told] == [
            *[("2026-08-12", "premium", "basic", "2026-08-22")] * 4,
            *[("2026-08-22", "basic", None, None)] * 4,
        ]
        looked_at = await licensing.queries.ending_licenses((Millis(0), UserId(0)), Millis(2**60), 10, Millis(0))
        assert [(each.license_type, each.then) for each in looked_at] == [(PREMIUM, BASIC), (BASIC, None)]


async def test_it_is_the_persons_morning_also_after_a_move(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        await licensing.zone("Europe/Kyiv")
        licensing.set_clock("2026-10-16T09:00", "UTC")
        await licensing.give(PREMIUM, 11, "desk:1")  # until noon in Kyiv, the clocks go back two days before
        times = []
        while licensing.clock.millis < datetime(2026, 10, 28, 12, tzinfo=ZoneInfo("UTC")).timestamp() * 1000:
            if await licensing.reminders.remind():
                times.append(f"{datetime.fromtimestamp(licensing.clock.millis / 1000, ZoneInfo('UTC')):%d %H:%M}")
            if f"{datetime.fromtimestamp(licensing.clock.millis / 1000, ZoneInfo('UTC')):%d %H:%M}" == "26 20:00":
                await licensing.zone("America/New_York")
            licensing.clock.advance(600)
        assert times == ["20 06:00", "24 06:00", "26 07:00", "27 09:00"]


async def test_the_banned_hear_nothing_and_many_are_told_in_one_look(tmp_path: Path) -> None:
    async with open_licenses(tmp_path) as licensing:
        licensing.set_clock("2026-08-01T15:00")
        people = [UserId(5000 + number) for number in range(230)]
        for user_id in people:
            async with licensing.store.begin() as unit:
                await unit.users.ensure(new_user(user_id), licensing.clock.now())
        await asyncio.gather(*(licensing.give(PREMIUM, 11, f"desk:{each}", user_id=each) for each in people))
        await licensing.harness.ban(people[0])
        licensing.set_clock("2026-08-05T09:00")
        assert await licensing.reminders.remind() == 229
        assert {each.message.user_id for each in await licensing.promised()} == set(people[1:])
