"""Where the order core reads, how urgently, and what it does when a key is taken away in the middle."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from harness.managing import Managing, open_managing
from harness.order_core import PLACE
from harness.waiting import until

from bot.aio.timers import Timer, loop_later
from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.ids import AccountId
from bot.domain.legs import LegProgress
from bot.domain.portfolio import Orders, Positions
from bot.domain.priorities import RequestPriority
from bot.services.trading.key_alarm import KeyAlarm


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


class Told:
    """A healthy stream; and the reads that are what it told."""

    def __init__(self, managing: Managing) -> None:
        self._managing = managing
        self._reads = managing.core.entries.reads
        self.asked = 0

    def is_healthy(self, account_id: AccountId) -> bool:
        return account_id == self._managing.core.account.account_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reads, name)

    async def positions(self, account: Account) -> Positions:
        self.asked += 1
        return await self._managing.gateway.positions(account)

    async def orders(self, account: Account) -> Orders:
        self.asked += 1
        return await self._managing.gateway.orders(account)


async def test_what_a_healthy_stream_told_is_a_fresh_read(managing: Managing) -> None:
    entries, told = managing.core.entries, Told(managing)
    object.__setattr__(entries, "reads", told)
    await managing.core.confirm()
    assert told.asked == 0
    object.__setattr__(entries, "streams", told)
    await managing.core.confirm(key="k-2")
    assert told.asked == 2


async def test_reads_are_as_urgent_as_what_hangs_on_them(managing: Managing) -> None:
    await managing.hold()
    reads = managing.gateway.reads
    assert RequestPriority.CREATE in reads  # of the confirm
    assert RequestPriority.CANCEL in reads  # until its stop was seen
    reads.clear()
    await managing.core.settle()
    assert set(reads) == {RequestPriority.RECONCILE}
    reads.clear()
    await managing.close()
    assert reads[0] is RequestPriority.CLOSE


async def test_a_key_that_is_taken_away_is_told_once_and_asked_about_rarely(managing: Managing) -> None:
    core = managing.core
    pauses: list[float] = []
    await managing.hold()
    clock = core.storage.clock
    object.__setattr__(
        core.settlement,
        "key_alarm",
        KeyAlarm(transactions=core.storage.store, clock=clock, egress_ip=None),
    )

    def later(pause_s: float, call: Callable[[], None]) -> Timer:
        pauses.append(pause_s)
        return loop_later(3_600, call)

    object.__setattr__(core.settlement, "later", later)
    core.gateway.trouble = KeyTrouble("invalid", code=10003)
    for _ in range(2):
        core.settlement.wake(core.account.account_id)
        await core.quiet()
    assert pauses == [300.0, 300.0]
    assert (await core.messages()).count("key-trouble") == 1
    core.gateway.trouble = ExchangeDown("silent")
    core.settlement.wake(core.account.account_id)
    await core.quiet()
    assert pauses[-1] == 4.0


async def test_a_panic_does_not_say_flat_while_a_row_can_not_be_read(managing: Managing) -> None:
    await managing.hold()
    managing.gateway.unreadable = ("ETHUSDT",)
    config, account = managing.core.config, managing.core.account
    await managing.panic.close_all(config, account, (), place=PLACE, idempotency_key="p-1")
    await until(lambda: not managing.gateway.legs, what="the close")
    report, _ = await managing.panic.progress(account, version=0, timeout_s=0)
    assert (report.is_over, report.unreadable) == (False, ("ETHUSDT",))
    managing.gateway.unreadable = ()

    async def is_over() -> bool:
        return (await managing.panic.progress(account, version=0, timeout_s=0))[0].is_over

    await until(is_over, what="the end of the panic")
    report, _ = await managing.panic.progress(account, version=0, timeout_s=0)
    assert [each.progress for each in report.legs] == [LegProgress.FLAT]
