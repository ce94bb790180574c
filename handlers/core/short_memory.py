"""Small, bounded memories of minutes: whom a refusal was told to, and what nobody may write down.

Neither outlives the process: a lost entry costs one repeated sentence, or one more "send it again".
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.domain.accounts import AccountType
from bot.domain.ids import UserId
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret

T = TypeVar("T")

_CAPACITY: Final = 1_000


class Cooldown:
    """Says yes once per key and period. Period in seconds, by the monotonic clock."""

    def __init__(self, clock: Clock, *, period: float, capacity: int = _CAPACITY) -> None:
        self._clock = clock
        self._period = period
        self._capacity = capacity
        self._told: dict[int, float] = {}  # oldest first

    def may(self, key: int) -> bool:
        """Whether it is time again for `key`; asking counts as doing."""
        now = self._clock.monotonic()
        last = self._told.get(key)
        if last is not None and now - last < self._period:
            return False
        self._told.pop(key, None)
        self._told[key] = now
        if len(self._told) > self._capacity:
            del self._told[next(iter(self._told))]
        return True

    def forget(self, key: int) -> None:
        """The next time is time again: what was told has ended since."""
        self._told.pop(key, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedKey:
    """A key and its secret as `/keys add` was given them, until the terms are accepted."""

    account_type: AccountType
    site: str
    api_key: Secret
    api_secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedKey:
    """A key and its secret that somebody sent without being asked for them."""

    api_key: Secret
    api_secret: Secret


class SecretStore(Generic[T]):
    """What is or may be a secret, one a person, until they decide about it: in memory only. Lifetime in seconds."""

    def __init__(self, clock: Clock, *, lifetime: float, capacity: int = _CAPACITY) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._capacity = capacity
        self._held: dict[UserId, tuple[float, T]] = {}  # oldest first

    def put(self, user_id: UserId, held: T) -> None:
        """Replaces what was held of the same person."""
        self._forget_old()
        self._held.pop(user_id, None)
        self._held[user_id] = (self._clock.monotonic() + self._lifetime, held)
        asyncio.get_running_loop().call_later(self._lifetime, self._forget_old)  # a secret does not wait for a visitor
        if len(self._held) > self._capacity:
            del self._held[next(iter(self._held))]

    def find(self, user_id: UserId) -> T | None:
        self._forget_old()
        found = self._held.get(user_id)
        return None if found is None else found[1]

    def take(self, user_id: UserId) -> T | None:
        self._forget_old()
        found = self._held.pop(user_id, None)
        return None if found is None else found[1]

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        while self._held and next(iter(self._held.values()))[0] <= now:
            del self._held[next(iter(self._held))]
