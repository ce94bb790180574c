"""One WebSocket connection: text in, text out. No socket, no task and no time of its own.

Whoever carries the connection calls `receive` with what the client sends and `end` when it is gone, and gives an
`Outlet` for what is to be sent; the hub calls `tick` now and then.
"""

from abc import ABC, abstractmethod
from typing import Final
from uuid import UUID

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.errors import SIGN, BybitError
from ops.sim.bybit.facts import ERROR_TEXTS
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.streams import frames
from ops.sim.bybit.streams.frames import ClientFrame, UnreadableFrameError
from ops.sim.bybit.streams.line import Line, Outlet
from ops.sim.bybit.streams.signing_in import sign_in
from ops.sim.bybit.streams.stream_facts import ACTIVE_SECONDS
from ops.sim.bybit.world import World

_BASE_32: Final = "0123456789abcdefghijklmnopqrstuv"
_BASE_36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_CHECK_EVERY: Final = ACTIVE_SECONDS["checked_every"] * SECOND


class Session(ABC):
    """What public, private and order-entry connections share."""

    def __init__(self, world: World, path: str, outlet: Outlet, *, number: int, active_for: int, peer: str) -> None:
        """`path` is without /demo; `active_for`: milliseconds without ping and pushes after which it is cut."""
        self.world = world
        self.path = path
        self.peer = peer
        self.line = Line(world, path, outlet, self._heard)
        self.uid: int | None = None
        """Whose key has signed in."""
        self._number = number
        self._active_for = active_for
        self._active_at = world.now()
        self._checked = world.now() // _CHECK_EVERY

    @property
    def is_open(self) -> bool:
        return self.line.is_open

    def receive(self, text: str) -> None:
        """Work on what the client sent."""
        if not self.is_open:
            return
        try:
            frame = frames.read(text)
        except UnreadableFrameError:
            self.unreadable()
            return
        if frame.op == "ping":
            self._heard()
        self.work(frame)

    @abstractmethod
    def work(self, frame: ClientFrame) -> None:
        """Answer a request of the client that could be read."""

    @abstractmethod
    def unreadable(self) -> None:
        """Answer a frame that is no JSON object."""

    def end(self) -> None:
        """The client is gone."""
        self.line.is_open = False

    def tick(self) -> None:
        """Let time pass: send what was kept back, and cut a connection that was silent too long."""
        self.line.flush(self.uid)
        now = self.world.now()
        if now // _CHECK_EVERY != self._checked:
            self._checked = now // _CHECK_EVERY
            if now - self._active_at >= self._active_for:
                self.line.close()

    def admit(self, frame: ClientFrame, environment: str) -> Account:
        """Whose key signs in. Raises BybitError."""
        account = sign_in(self.world, frame, path=self.path, environment=environment, peer=self.peer)
        if self.line.hit("stream_auth", account.uid):
            raise BybitError(SIGN, "Invalid sign")
        if code := self._code(account.uid):
            raise BybitError(code, ERROR_TEXTS.get(code, ""))
        return account

    def _code(self, uid: int) -> int:
        """The code of a fault that names the sign-in itself, such as /v5/trade/auth; 0 for none."""
        path = f"{self.path}/auth"
        for fault in tuple(self.world.faults.standing):
            named = fault.kind == "code" and fault.path.removeprefix("/demo") == path
            if named and fault.fits(path, uid, self.world.now()) and fault.hits():
                self.world.touch()
                return fault.code
        return 0

    def say(self, text: str) -> None:
        """Answer a request."""
        self.line.answer(text, self.uid)

    def forgive(self) -> None:
        """Let the silence begin now: the clock was moved."""
        self._heard()

    def _heard(self) -> None:
        self._active_at = self.world.now()

    def log(self, what: str, ret_code: int | None, *, status: int | None = 200) -> None:
        """Note a request among the calls; `status` None where no answer goes out."""
        self.world.calls.add(
            at=self.world.now(),
            method="WS",
            path=f"{self.path}/{what}",
            uid=self.uid,
            status=status,
            ret_code=ret_code,
            ms=0.0,
        )

    def uuid(self) -> str:
        """What public connections are called."""
        low, high, third, fourth, *_ = Noise(self.world.seed, "connections").words(0, self._number)
        return str(UUID(int=low | high << 32 | third << 64 | fourth << 96, version=4))

    def short_id(self) -> str:
        """What private connections and those of order entry are called."""
        noise = Noise(self.world.seed, "connections")
        return f"{noise.text(self._number, _BASE_32, 20)}-{_base_36(self._number)}"


def _base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_BASE_36))
        digits = _BASE_36[digit] + digits
    return digits or _BASE_36[0]
