"""What the cache tests share: accounts, and a source that counts what it is asked."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bot.domain.accounts import Account, AccountType, Exchange, TradeSettings
from bot.domain.ids import AccountId, UserId
from cache.facade import CachedReads
from cache.policy import AccountKey, Override
from cache.region import Region
from cache.regions import Regions
from harness.fakes import FakeClock


def account(account_id: int = 1, user_id: int = 12, account_type: AccountType = AccountType.DEMO) -> Account:
    return Account(
        account_id=AccountId(account_id),
        user_id=UserId(user_id),
        exchange=Exchange.BYBIT,
        account_type=account_type,
        host="com",
        label="Main",
        bybit_uid=None,
        settings=TradeSettings(),
    )


# What the facade loads by: the name that a test counts it under, and which arguments tell one load from another.
LOADS: dict[str, tuple[str, slice]] = {
    "user_config": ("user_config", slice(None)),
    "staff": ("staff", slice(None)),
    "license": ("license", slice(1)),  # not the moment
    "credentials": ("credentials", slice(None)),
    "ticker": ("ticker", slice(1, None)),  # not the category
    "order_book": ("order_book", slice(1, None)),
    "klines": ("klines", slice(1, None)),
    "candles": ("candles", slice(1, None)),
    "board": ("board", slice(None)),
    "instrument": ("instrument", slice(None)),
    "instruments": ("instruments", slice(None)),
    "risk_tiers": ("risk_tiers", slice(None)),
    "balance": ("balance", slice(None)),
    "positions": ("positions", slice(None)),
    "orders": ("orders", slice(None)),
    "executions": ("executions", slice(None)),
    "closed_pnl": ("closed_pnl", slice(None)),
    "fee_rate": ("fee_rate", slice(None)),
    "inspect_stored": ("key_check", slice(None)),
    "last_positions": ("last_positions", slice(None)),
    "last_orders": ("last_orders", slice(None)),
}


@dataclass
class Source:
    """Answers every load with (name, arguments, how often it was asked), unless `answers` or `errors` say other."""

    asked: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    gate: asyncio.Event | None = None  # while set, loads wait for it

    def reads(
        self,
        *,
        overrides: Mapping[str, Override] | None = None,
        clock: FakeClock | None = None,
        regions: Regions | None = None,
    ) -> CachedReads:
        """The facade over this source, whose time passes by that clock."""
        clock = clock or FakeClock()
        ports = self.ports()
        return CachedReads(
            regions or Regions(overrides, clock=clock),
            users=ports,
            licenses=ports,
            accounts=ports,
            market=ports,
            gateways=dict.fromkeys(AccountType, ports),
            portfolio=ports,
            inspector=ports,
            clock=clock,
        )

    def ports(self) -> Any:
        """Everything that the facade loads from, in one object."""
        return SimpleNamespace(**{name: self.load(*counted) for name, counted in LOADS.items()})

    def load(self, name: str, telling: slice = slice(None)) -> Any:
        async def load(*given: Any) -> Any:
            arguments = given[telling]
            self.asked[name, *arguments] += 1
            if self.gate is not None:
                await self.gate.wait()
            if name in self.errors:
                raise self.errors[name]
            return self.answers.get(name, (name, arguments, self.asked[name, *arguments]))

        return load


class Gate:
    """One loader: it counts, and waits at its gate if there is one."""

    def __init__(self) -> None:
        self.calls = 0
        self.gate: asyncio.Event | None = None
        self.answer: Any = "value"
        self.error: Exception | None = None

    async def load(self, *_arguments: object) -> Any:
        self.calls += 1
        answer, error = self.answer, self.error
        if self.gate is not None:
            await self.gate.wait()
        if error is not None:
            raise error
        return answer


def key(account_id: int, user_id: int = 12, account_type: AccountType = AccountType.DEMO) -> AccountKey:
    return AccountId(account_id), UserId(user_id), Exchange.BYBIT, account_type


A, B = key(1), key(2)


async def begin(region: Region[Any], source: Gate, of: Any = A, readers: int = 1) -> list[asyncio.Task[Any]]:
    """Readers that wait for a load which waits at its gate."""
    source.gate = source.gate or asyncio.Event()
    tasks = [asyncio.create_task(region.get(of, source.load, None)) for _ in range(readers)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks
