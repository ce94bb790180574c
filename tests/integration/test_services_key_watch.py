"""The daily look at keys: what changed is told once, in time, and never by guessing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from harness.storage import NOW, Ground, ground, key_check, sealed_credentials

from bot.domain.accounts import Account, KeyCheck, NewKey
from bot.domain.chat import QueuedMessage
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.events import CredentialsChanged
from bot.domain.ids import DAY, Millis
from bot.domain.key_rules import ALLOWED
from bot.services.accounts.key_watch import KeyWatch
from storage.chat.outbox import SqliteOutbox


@dataclass
class Inspector:
    answer: KeyCheck | Exception
    asked: int = 0

    async def inspect_stored(self, account: Account) -> KeyCheck:  # noqa: ARG002  the port's signature
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def inspect(self, key: NewKey) -> KeyCheck:
        raise NotImplementedError(key)


@dataclass
class Desk:
    ground: Ground
    inspector: Inspector
    watch: KeyWatch
    account: Account

    async def promised(self) -> tuple[QueuedMessage, ...]:
        return await SqliteOutbox(self.ground.database).due(self.ground.clock.now(), 100)


GOOD = key_check(permissions=tuple(sorted(ALLOWED)), expires_at=None)


@asynccontextmanager
async def desk(folder: Path, answer: KeyCheck | Exception = GOOD) -> AsyncIterator[Desk]:
    async with ground(folder) as made:
        account = await made.account()
        made.clock.millis = NOW
        async with made.store.begin() as unit:
            await unit.accounts.put_credentials(sealed_credentials(account, check=key_check(checked_at=NOW)))
        made.clock.millis = NOW + DAY + 1
        inspector = Inspector(answer)
        watch = KeyWatch(queries=made.queries, transactions=made.store, inspector=inspector, clock=made.clock)
        yield Desk(made, inspector, watch, account)


async def test_a_key_is_looked_at_once_a_day(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        it.inspector.answer = replace(GOOD, checked_at=it.ground.clock.now())
        assert [await it.watch.check_due(), await it.watch.check_due()] == [1, 0]
        assert await it.promised() == ()
        assert any(isinstance(event, CredentialsChanged) for events in it.ground.committed for event in events)


@pytest.mark.parametrize(("days", "told"), [(15, None), (14, "14"), (13, "14"), (7, "7"), (3, "3"), (1, "1")])
async def test_expiry_is_told_at_14_7_3_and_1_days(tmp_path: Path, days: int, told: str | None) -> None:
    async with desk(tmp_path) as it:
        now = it.ground.clock.now()
        it.inspector.answer = replace(GOOD, expires_at=Millis(now + days * DAY), checked_at=now)
        await it.watch.check_due()
        messages = await it.promised()
        assert [row.message.values["days"] for row in messages] == ([told] if told else [])


async def test_the_same_notice_is_one_message(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        expires = Millis(it.ground.clock.now() + 7 * DAY)
        for _ in range(2):
            it.inspector.answer = replace(GOOD, expires_at=expires, checked_at=it.ground.clock.now())
            await it.watch.check_due()
            it.ground.clock.advance(DAY / 1000 + 1)
        assert len(await it.promised()) == 1


async def test_a_right_that_came_later_is_told(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        it.inspector.answer = replace(
            GOOD, permissions=(*GOOD.permissions, "Wallet:Withdraw"), checked_at=it.ground.clock.now()
        )
        await it.watch.check_due()
        (row,) = await it.promised()
        assert (row.message.kind, row.message.values["finding"]) == ("key-trouble", "key-withdraw")


async def test_a_dead_key_is_told_once_and_left_alone_for_a_day(tmp_path: Path) -> None:
    async with desk(tmp_path, KeyTrouble("expired", code=33004)) as it:
        for _ in range(3):
            await it.watch.check_due()
        assert it.inspector.asked == 1
        (row,) = await it.promised()
        assert row.message.values["code"] == "33004"


async def test_a_silent_bybit_says_nothing_about_a_key(tmp_path: Path) -> None:
    async with desk(tmp_path, ExchangeDown("silent")) as it:
        assert await it.watch.check_due() == 0
        assert await it.promised() == ()
