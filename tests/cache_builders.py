"""What the cache tests share: a clock that is moved by hand, accounts, and a source that counts what it is asked."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from bot.domain.model import Account, AccountId, AccountType, Exchange, UserId
from cache.loaders import Loaders


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
