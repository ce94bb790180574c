"""What goes out on one connection, as faults of streams let it."""

from collections.abc import Callable
from typing import Final, Protocol

from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.faults import LATE_SECONDS, Fault
from ops.sim.bybit.world import World

NORMAL_CLOSE: Final = 1000
_SPOILING: Final = ("stream_drop", "stream_duplicate", "stream_reorder")
_REORDER_SECONDS: Final = 1.0
"""How long a message waits for the next one, which it is to follow, before it goes all the same."""
_LOST_ONLY: Final = "message"


class Outlet(Protocol):
    """The connection's way out. Nothing here waits."""

    def send(self, text: str) -> None: ...

    def close(self, code: int) -> None:
        """Say goodbye, after what was sent."""
        ...

    def cut(self) -> None:
        """Break off at once; what is under way is lost."""
        ...


class Line:
    """The sending side of a connection."""

    def __init__(self, world: World, path: str, outlet: Outlet, sent: Callable[[], None]) -> None:
        """`path` without /demo; `sent` is told of everything that goes out."""
        self._world = world
        self._path = path
        self._outlet = outlet
        self._sent = sent
        self._stall: Fault | None = None
        self._stalled_until = 0
        self._stalled: list[str] = []
        self._overtaken: list[str] = []
        self._overtaken_until = 0
        self._late: list[tuple[int, str]] = []
        self.is_open = True

    def answer(self, text: str, uid: int | None) -> None:
        """Say what a request is answered with; only a stalled connection keeps that back."""
        if not self.is_open:
            return
        if self._is_stalled(uid):
            self._stalled.append(text)
        else:
            self._send(text)

    def answer_later(self, text: str, at: int) -> None:
        """Say an answer at that epoch millisecond."""
        self._late.append((at, text))

    def push(self, text: str, uid: int | None) -> None:
        """Say what was subscribed to, unless a fault has other plans with it."""
        if not self.is_open or self.hit("mute_stream", uid):
            return
        if self._is_stalled(uid):
            self._stalled.append(text)
            return
        fault = next((hit for kind in _SPOILING if (hit := self.hit(kind, uid))), None)
        match fault.kind if fault else "":
            case "stream_drop":
                if fault and fault.cause != _LOST_ONLY:
                    self.cut()
            case "stream_duplicate":
                self._deliver(text)
                self._deliver(text)
            case "stream_reorder":
                self._overtaken.append(text)
                self._overtaken_until = self._world.now() + _milliseconds(fault, _REORDER_SECONDS)
            case _:
                self._deliver(text)

    def hit(self, kind: str, uid: int | None) -> Fault | None:
        """The fault of that kind that hits now this connection, which has signed in as `uid`."""
        if not self._world.faults.standing:
            return None
        fault = self._world.faults.of_kind(kind, uid, self._world.now(), path=self._path)
        if fault:
            self._world.touch()
        return fault

    def flush(self, uid: int | None) -> None:
        """Send what was kept back long enough; a connection that is to drop, and not by chance, does so now."""
        if not (self._world.faults.standing or self._stall or self._stalled or self._overtaken or self._late):
            return
        if self.is_open and self._is_to_drop():
            hit = self.hit("stream_drop", uid)
            if hit is not None:
                self.cut()
        if not self.is_open or self._is_stalled(uid):
            return
        kept, self._stalled = self._stalled, []
        for text in kept:
            self._send(text)
        now = self._world.now()
        if self._overtaken and now >= self._overtaken_until:
            self._release()
        due = [text for at, text in self._late if at <= now]
        self._late = [(at, text) for at, text in self._late if at > now]
        for text in due:
            self._send(text)

    def close(self) -> None:
        """Say goodbye, once."""
        if self.is_open:
            self.is_open = False
            self._outlet.close(NORMAL_CLOSE)

    def cut(self) -> None:
        """Break the connection off, once."""
        if self.is_open:
            self.is_open = False
            self._outlet.cut()

    def _is_to_drop(self) -> bool:
        return any(
            fault.kind == "stream_drop" and fault.probability is None and fault.cause != _LOST_ONLY
            for fault in self._world.faults.standing
        )

    def _is_stalled(self, uid: int | None) -> bool:
        """A stall lasts for the fault's seconds since it was ordered, or until it is removed.

        One that is used up by its number of times lasts twelve seconds unless told.
        """
        now = self._world.now()
        if self._stall is None:
            self._stall = self.hit("stream_stall", uid)
            if self._stall is None:
                return False
            self._stalled_until = self._stall.until or now + _milliseconds(None, LATE_SECONDS)
        if self._stall in self._world.faults.standing:
            lasts = self._stall.until is None or now < self._stall.until
        else:
            lasts = self._stall.times == 0 and now < self._stalled_until
        if not lasts:
            self._stall = None
        return lasts

    def _deliver(self, text: str) -> None:
        self._send(text)
        self._release()

    def _release(self) -> None:
        overtaken, self._overtaken = self._overtaken, []
        for text in overtaken:
            self._send(text)

    def _send(self, text: str) -> None:
        self._outlet.send(text)
        self._sent()


def _milliseconds(fault: Fault | None, otherwise: float) -> int:
    seconds = otherwise if fault is None or fault.seconds is None else fault.seconds
    return int(seconds * SECOND)
