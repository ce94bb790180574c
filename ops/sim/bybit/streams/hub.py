"""Every WebSocket of one stand-in: which may be opened, who follows what, and the passing of time for all of them."""

from collections import deque
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs

from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.answers import TOO_FREQUENT, Answer, plain
from ops.sim.bybit.clock import MINUTE, SECOND
from ops.sim.bybit.fault_kinds import PAGES
from ops.sim.bybit.faults import Fault
from ops.sim.bybit.spoiling import instead
from ops.sim.bybit.streams.board import STATUS, Board
from ops.sim.bybit.streams.line import Outlet
from ops.sim.bybit.streams.private import PrivateSession
from ops.sim.bybit.streams.public import PublicSession
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.streams.stream_facts import ACTIVE_SECONDS, KINDS, LIMITS
from ops.sim.bybit.streams.trade import TradeSession
from ops.sim.bybit.world import World

DEMO: Final = "/demo"
PRIVATE_PATH: Final = "/v5/private"
TRADE_PATH: Final = "/v5/trade"
PUBLIC_PATHS: Final = {
    **{f"/v5/public/{category}": category for category in KINDS},
    "/v5/public/misc/status": STATUS,
}
PATHS: Final = frozenset({*PUBLIC_PATHS, PRIVATE_PATH, TRADE_PATH, f"{DEMO}{PRIVATE_PATH}"})
"""Where a WebSocket can be opened; the demo host has no public streams and no order entry."""
_AT_HANDSHAKE: Final = PAGES | {"reset_before"}
_LOOK_EVERY: Final = 250
"""Milliseconds from one look at every connection to the next, where no fault stands."""
_DURATION: Final = {"s": SECOND, "m": MINUTE}
_MAX_DIGITS: Final = 6


class HandshakeRefusedError(Exception):
    """No connection is made."""

    def __init__(self, answer: Answer, fault: Fault | None = None) -> None:
        """`answer` is what comes in its place; of the `fault` it depends how."""
        super().__init__(str(answer.status))
        self.answer = answer
        self.fault = fault


class StreamHub:
    """All sessions of a world. Nothing here waits: whoever runs it calls `tick` several times a second."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[Session, None] = {}
        self._orders: dict[str, deque[int]] = {}
        self._by_uid: dict[int, dict[PrivateSession, None]] = {}
        self._opened: dict[tuple[str, bool], deque[int]] = {}
        self._made = 0
        self._looked = 0
        self._offset = world.clock_offset
        self._wake: Callable[[], None] | None = None
        self._board = Board(world, self._waken)
        world.follow(self._tell)
        world.subscribe(self._changed)

    # connections

    def open(self, path: str, query: str, peer: str, outlet: Outlet) -> Session:
        """A connection at one of PATHS, with the query as it was sent. Raises HandshakeRefusedError."""
        self._admit(path, peer)
        self._made += 1
        session = self._make(path, peer, outlet, _active_for(query))
        self._sessions[session] = None
        self._waken()
        return session

    def _make(self, path: str, peer: str, outlet: Outlet, active_for: int) -> Session:
        world, bare, number = self._world, path.removeprefix(DEMO), self._made
        if bare == TRADE_PATH:
            spent = self._orders.setdefault(peer, deque())
            return TradeSession(world, bare, outlet, spent, number=number, active_for=active_for, peer=peer)
        if bare == PRIVATE_PATH:
            where = "demo" if path.startswith(DEMO) else "live"
            return PrivateSession(
                world, bare, outlet, self._signed_in, environment=where, number=number, active_for=active_for, peer=peer
            )
        return PublicSession(
            world,
            bare,
            outlet,
            self._board,
            category=PUBLIC_PATHS[bare],
            number=number,
            active_for=active_for,
            peer=peer,
        )

    def close(self, session: Session) -> None:
        """Forget a connection whose client is gone."""
        session.end()
        self._sessions.pop(session, None)
        if isinstance(session, PrivateSession) and session.uid is not None:
            mine = self._by_uid.get(session.uid, {})
            mine.pop(session, None)
            if not mine:
                self._by_uid.pop(session.uid, None)

    def _signed_in(self, session: PrivateSession, uid: int) -> None:
        self._by_uid.setdefault(uid, {})[session] = None

    def close_all(self) -> None:
        """Say goodbye to everybody."""
        for session in tuple(self._sessions):
            session.line.close()
            self.close(session)

    @property
    def is_idle(self) -> bool:
        """Whether nobody is connected."""
        return not self._sessions

    def on_wake(self, wake: Callable[[], None]) -> None:
        """Be told when `tick` is worth calling at once: somebody came, or a driver changed something."""
        self._wake = wake

    def tick(self, share: float | None = None) -> None:
        """Tell everybody what is new as of now; public topics for at most `share` seconds, where that is given."""
        self._board.tick(share)
        now = self._world.now() // _LOOK_EVERY
        if now == self._looked and not self._world.faults.standing:
            return
        self._looked = now
        for session in tuple(self._sessions):
            session.tick()
            if not session.is_open:
                self.close(session)

    # accounts

    def _tell(self, news: AccountNews) -> None:
        for session in tuple(self._by_uid.get(news.uid, ())):
            session.tell(news)
        self._board.tell(news)

    def _changed(self, uid: int | None) -> None:
        if uid is not None:
            return
        if self._world.clock_offset != self._offset:
            self._offset = self._world.clock_offset
            self._opened.clear()
            for session in self._sessions:
                session.forgive()
        if self._board.is_followed:
            self._waken()

    def _waken(self) -> None:
        if self._wake:
            self._wake()

    # limits

    def _admit(self, path: str, peer: str) -> None:
        """Raises HandshakeRefusedError for too many connections, and for a fault of requests that names the path."""
        self._spoil(path)
        if not self._world.uid_limits.is_enforced:
            return
        now, key = self._world.now(), (peer, path.startswith(DEMO))
        opened = self._opened.setdefault(key, deque())
        while opened and opened[0] <= now - LIMITS["connections_seconds"] * SECOND:
            opened.popleft()
        category = PUBLIC_PATHS.get(path)
        same = sum(
            isinstance(one, PublicSession) and one.category == category and one.peer == peer for one in self._sessions
        )
        if len(opened) >= LIMITS["connections"] or (category and same >= LIMITS["public_connections"]):
            raise HandshakeRefusedError(plain(403, TOO_FREQUENT))
        opened.append(now)

    def _spoil(self, path: str) -> None:
        """Raises HandshakeRefusedError."""
        now, bare = self._world.now(), path.removeprefix(DEMO)
        for fault in tuple(self._world.faults.standing):
            if fault.kind in _AT_HANDSHAKE and fault.path and fault.fits(bare, None, now) and fault.hits():
                self._world.touch()
                raise HandshakeRefusedError(instead(fault, bare, now), fault)


def _active_for(query: str) -> int:
    """Milliseconds that max_active_time asks for, such as 30s or 2m, kept within its bounds."""
    given = parse_qs(query).get("max_active_time", [""])[-1]
    number, unit = given[:-1], given[-1:]
    if unit not in _DURATION or not (number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS):
        return ACTIVE_SECONDS["default"] * SECOND
    asked = int(number) * _DURATION[unit]
    return min(max(asked, ACTIVE_SECONDS["lowest"] * SECOND), ACTIVE_SECONDS["highest"] * SECOND)
