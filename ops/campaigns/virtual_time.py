"""An event loop whose clock jumps to the next timer as soon as nothing else is left to do.

A sleep of an hour takes no time and a busy machine changes no outcome: between two timers every callback that is ready
has run. Without threads and sockets: their work takes real time, and the clock would jump while it runs. `InlineLoop`
does the work of threads at once, and with `inline_sqlite` a real database runs on it, too.
"""

import asyncio
import selectors
from asyncio import Future
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, Final, TypeVar, TypeVarTuple

from bot.domain.ids import Millis
from storage.sqlite import connection

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_START: Final = 1000.0  # seconds, and no zero: an age of zero must not look like a moment


class _JumpingSelector(selectors.SelectSelector):
    """Instead of sleeping until the next timer, moves the loop's clock there."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = _START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.seconds += max(0.0, timeout)
        return ready


class _BlindSelector(_JumpingSelector):
    """Asks the system for nothing while a timer stands: no thread and no socket could have anything to say."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        if timeout > 0:
            self.seconds += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its `time()` is virtual seconds."""

    selector: type[_JumpingSelector] = _JumpingSelector

    def __init__(self) -> None:
        self._jumping = self.selector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.seconds


class LoopClock:
    """`Clock` of the running event loop: its seconds, and their milliseconds since 2025-10-09."""

    def now(self) -> Millis:
        return Millis(1_760_000_000_000 + int(self.monotonic() * 1000))

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


class InlineLoop(VirtualLoop):
    """A virtual loop on which the work of threads is done at once, by the loop's own thread."""

    selector = _BlindSelector

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """The result of `func`, which has run already; `executor` is not asked."""
        del executor
        future: Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  it is raised where the work is awaited
            future.set_exception(error)
        return future


class _InlineConnection(connection.SqliteConnection):
    """A connection without its thread: each statement is done when it is asked for."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(0)  # others run meanwhile, as while a thread works
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        return fn(*args, **kwargs)

    async def _connect(self) -> "_InlineConnection":
        if self._connection is None:
            self._connection = self._connector()
        return self

    def __await__(self) -> Generator[Any, None, "_InlineConnection"]:
        return self._connect().__await__()

    def stop(self) -> None:
        """Nothing runs beside it."""
        self._running = False


@contextmanager
def inline_sqlite() -> Iterator[None]:
    """Let databases that are opened meanwhile work without threads."""
    usual = connection.SqliteConnection
    connection.SqliteConnection = _InlineConnection  # type: ignore[misc]  # whoever connects looks it up there
    try:
        yield
    finally:
        connection.SqliteConnection = usual  # type: ignore[misc]  # as it was
