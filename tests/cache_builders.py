"""What the cache tests share: a clock that is moved by hand, accounts, and a source that counts what it is asked."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from bot.domain.model import Account, AccountId, AccountType, Exchange, UserId
from cache.loaders import Loaders
from cache.policy import AccountKey
from cache.region import Region


@dataclass
class HandClock:
    """Monotonic seconds that pass when told."""

    seconds: float = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


def account(account_id: int = 1, user_id: int = 12, account_type: AccountType = AccountType.DEMO) -> Account:
    return Account(
        account_id=AccountId(account_id),
        user_id=UserId(user_id),
        exchange=Exchange.BYBIT,
        account_type=account_type,
        host="com",
        label="Main",
        bybit_uid=None,
    )


@dataclass
class Source:
    """Answers every loader with (name, arguments, how often it was asked), unless `answers` or `errors` say other."""

    asked: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    gate: asyncio.Event | None = None  # while set, loads wait for it

    def loaders(self) -> Loaders:
        return Loaders(**{each.name: self._loader(each.name) for each in fields(Loaders)})

    def _loader(self, name: str) -> Any:
        async def load(*arguments: Any) -> Any:
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
