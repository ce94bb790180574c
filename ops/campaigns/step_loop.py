"""An event loop that does nothing by itself: no time, no threads, no sockets. The caller runs it callback by callback.

Tasks, futures and `asyncio.shield` work on it as on any other loop and in the same order (first in, first out), so a
schedule that is played twice goes the same way twice.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class StepLoop(asyncio.AbstractEventLoop):
    """Runs ready callbacks when told; what asyncio would log is kept in `complaints`."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._ready: deque[tuple[asyncio.Handle, Context, Callable[[], object]]] = deque()

    def step(self, callbacks: int) -> int:
        """Run at most so many callbacks; answers how many there were."""
        ran = 0
        asyncio._set_running_loop(self)  # noqa: SLF001  asyncio's own hook for event loops, listed in its __all__
        try:
            while ran < callbacks and self._ready:
                handle, context, call = self._ready.popleft()
                if not handle.cancelled():
                    context.run(call)
                    ran += 1
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001  the same
        return ran

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append((handle, context or copy_context(), lambda: callback(*args)))
        return handle

    def time(self) -> float:
        """Stands still."""
        return 0.0

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """A timer that never comes, since no time passes."""
        return asyncio.TimerHandle(when, callback, args, self, context)

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(delay, callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """What asyncio calls when a timer is canceled."""

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context.get('message')}: {context.get('exception')!r}")

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return asyncio._get_running_loop() is self  # noqa: SLF001  asyncio's own hook for event loops

    def is_closed(self) -> bool:
        return False
