"""What a screen shows, without ever making anybody wait: the fresh value if it comes soon, else the last known one.

A read that takes longer goes on by itself; the screen edits itself when it ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar

from bot.aio.tasks import TaskSet
from bot.domain.errors import ExchangeError
from bot.domain.ids import Millis

PATIENCE: Final = 0.6  # seconds: with the look-up of a symbol and Telegram's own way a screen stands within one


class Dated(Protocol):
    """Anything that knows the moment it is of."""

    @property
    def as_of(self) -> Millis: ...


T = TypeVar("T", bound=Dated)
P = ParamSpec("P")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """What a screen has now. `later` brings the fresh value; `trouble` says why there is only an old one."""

    value: T | None
    later: asyncio.Task[T] | None = None
    trouble: ExchangeError | None = None

    @property
    def as_of(self) -> Millis | None:
        return None if self.value is None else self.value.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenReader:
    """Every read of a screen, of any feature. Patience in seconds."""

    patience: float = PATIENCE
    _running: TaskSet = field(default_factory=TaskSet, init=False, repr=False, compare=False)

    async def read(self, load: Coroutine[Any, Any, T], last: Callable[[], Awaitable[T | None]]) -> Shown[T]:
        """What `load` brings in time, else what `last` has. Raises ExchangeError when nothing at all is known."""
        task = self._running.spawn(load, "a screen's read", expected=ExchangeError)
        await asyncio.sleep(0)  # what the cache has is there now, and needs no timer
        if not task.done():
            await asyncio.wait({task}, timeout=self.patience)
        if not task.done():
            return Shown(await last(), later=task)
        try:
            return Shown(task.result())
        except ExchangeError as trouble:
            known = await last()
            if known is None:
                raise
            return Shown(known, trouble=trouble)

    async def close(self) -> None:
        """Cancel the reads that still wait for their answer."""
        await self._running.close()


async def nothing_known() -> None:
    """What is known beforehand of a screen that nothing is kept for."""


def at_hand(read: Callable[P, V | None], *key: P.args, **rest: P.kwargs) -> Callable[[], Awaitable[V | None]]:
    """A read that needs no waiting, in the shape of one that does."""

    async def answer() -> V | None:
        return read(*key, **rest)

    return answer
