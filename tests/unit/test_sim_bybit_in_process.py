"""The stand-in as a transport within the process: the adapter over it meets what it meets over sockets, in no time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from harness.exchange import Keys, OpenVault, account
from harness.virtual_time import LoopClock

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ClockTrouble, ExchangeDown, ExchangeError, OutcomeUnknown, RetryLater
from bot.exchange.budget import NO_LIMITS
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.transport import Dropped, Request
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.world import World

pytestmark = pytest.mark.virtual_time

URL = "http://bybit.invalid"
WALLET = "/v5/account/wallet-balance"


@dataclass
class Within:
    """A world, its control calls and the adapter over it."""

    transport: InProcessTransport
    control: Control
    bybit: Bybit
    mine: Account

    def fault(self, kind: str, **fields: Any) -> None:
        self.control.add_fault({"kind": kind, "path": WALLET, **fields})

    async def balance(self) -> Decimal:
        return (await self.bybit.gateway.balance(self.mine)).total_equity or Decimal(0)


@asynccontextmanager
async def within(**options: Any) -> AsyncIterator[Within]:
    clock, keys = LoopClock(), Keys()
    world = World(seed=1, clock=clock.now, limits=False)
    control = Control(world)
    made = control.make_account({"environment": "demo", "balance": "5000"})
    keys.put(1, api_key=made["api_key"], api_secret=made["api_secret"])
    transport = InProcessTransport(world=world, **options)
    async with open_bybit(
        transport=transport,
        hosts=lambda _, kind: f"{URL}/demo" if kind is AccountType.DEMO else URL,
        credentials=keys,
        vault=OpenVault(),
        clock=clock,
        limits=NO_LIMITS,
    ) as bybit:
        yield Within(transport, control, bybit, account(1, account_type=AccountType.DEMO))


async def test_a_call_answers_as_over_sockets_and_is_noted() -> None:
    async with within(trip=lambda: 0.05) as there:
        began = asyncio.get_running_loop().time()
        assert await there.balance() == pytest.approx(5000, abs=10)
        assert asyncio.get_running_loop().time() - began >= 0.1
        (call,) = [each for each in there.control.calls("0") if each["path"] == f"/demo{WALLET}"]
        assert (call["status"], call["ret_code"]) == (200, 0)


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [
        ({"kind": "reset_before"}, None, 0),  # a read that is dropped is asked once more
        ({"kind": "reset_before", "times": 2}, Dropped, 0),
        ({"kind": "lost_answer", "times": 2}, Dropped, 0),
        ({"kind": "cut_body", "times": 2}, Dropped, 0),
        ({"kind": "late_answer", "seconds": 9}, None, 9),
        ({"kind": "late_answer", "seconds": 12}, ExchangeDown, 10),
        ({"kind": "slow_body", "seconds": 12}, ExchangeDown, 10),
        ({"kind": "truncated"}, ExchangeError, 0),
        ({"kind": "html_502"}, ExchangeDown, 0),
        ({"kind": "ip_ban"}, RetryLater, 0),
        ({"kind": "code_10002", "times": 2}, ClockTrouble, 0),
    ],
)
async def test_faults_are_what_the_transport_makes_of_them(
    fault: dict[str, Any], error: type[ExchangeError] | None, seconds: float
) -> None:
    async with within() as there:
        there.fault(**fault)
        began = asyncio.get_running_loop().time()
        if error is None:
            assert await there.balance() > 0
        else:
            with pytest.raises(error):
                await there.balance()
        assert asyncio.get_running_loop().time() - began == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "lost_answer", "late_answer", "cut_body"])
async def test_a_write_without_an_answer_is_of_unknown_outcome(kind: str) -> None:
    async with within() as there:
        request = Request("POST", f"{URL}/demo", f"/demo{WALLET}", {}, b"{}")
        there.fault(kind)
        with pytest.raises(OutcomeUnknown):
            await there.transport.send(request)
        assert there.transport.is_doubtful(f"{URL}/demo", 60)
        there.transport.is_reachable = False
        with pytest.raises(ExchangeDown) as nothing_left:
            await there.transport.send(request)
        assert not isinstance(nothing_left.value, OutcomeUnknown)


async def test_a_thousand_calls_are_a_moment() -> None:
    async with within() as there:
        request = Request("GET", URL, "/v5/market/time", {}, b"")
        began = perf_counter()
        for _ in range(1_000):
            await there.transport.send(request)
        assert perf_counter() - began < 1.0
