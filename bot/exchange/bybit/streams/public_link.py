"""A public connection that is made anew whenever it ends, with the topics that are wanted of it."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.errors import ExchangeError
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.streams.connection import StreamConnector, StreamEnded
from bot.exchange.bybit.streams.frames import StreamMessage
from bot.exchange.bybit.streams.link import StreamLink
from bot.exchange.bybit.streams.parts import ConnectResult

_LONGEST_PAUSE_S: Final = 30.0
_ANEW_EVERY_S: Final = 10.0  # for one topic
_REFUSED_S: Final = 600.0  # before a topic that Bybit did not take is asked for again
_MUTE_AFTER_S: Final = 30.0  # that no topic says anything, though pings are answered
_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class PublicLink:
    """`topics` may be set at any time; `tick` each second makes the connection follow."""

    url: str
    connector: StreamConnector
    clock: Clock
    on_message: Callable[[StreamMessage], None]
    on_end: Callable[[], None]
    """What was told so far goes on no more: the next connection begins with snapshots."""
    counts: Counter[str]
    topics: frozenset[str] = frozenset()
    mishaps: int = field(default=0, init=False)
    _link: StreamLink | None = field(default=None, init=False)
    _taken: set[str] = field(default_factory=set, init=False)
    _refused: dict[str, float] = field(default_factory=dict, init=False)  # until when
    _anew_at: dict[str, float] = field(default_factory=dict, init=False)
    _anew: set[str] = field(default_factory=set, init=False)
    _told_at: float = field(default=0.0, init=False)
    _is_changing: bool = field(default=False, init=False)
    _is_connecting: bool = field(default=False, init=False)
    _next_try: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)  # in a row
    _tasks: TaskSet = field(default_factory=TaskSet, init=False)

    @property
    def is_up(self) -> bool:
        return self._link is not None

    @property
    def heard_at(self) -> float:
        """The monotonic second of the last frame; 0 without a connection."""
        return 0.0 if self._link is None else self._link.heard_at

    def carries(self, topic: str) -> bool:
        """Whether Bybit has confirmed it on this connection."""
        return topic in self._taken

    def ask_anew(self, topic: str) -> None:
        """Its snapshot is needed: leave it and take it again, once in ten seconds."""
        now = self.clock.monotonic()
        if topic in self._taken and now - self._anew_at.get(topic, -_ANEW_EVERY_S) >= _ANEW_EVERY_S:
            self._anew_at[topic] = now
            self._anew.add(topic)

    def tick(self, now: float) -> None:
        """Connect, ping, follow the topics; `now` is monotonic seconds."""
        link = self._link
        if link is None:
            if not self._is_connecting and now >= self._next_try:
                self._is_connecting = True
                self._tasks.start(self._run(), "public stream")
            return
        if link.is_due(now):
            self._tasks.start(self._quietly(link.keep_alive()), "ping of a public stream")
        self._refused = {topic: until for topic, until in self._refused.items() if until > now}
        if self._taken and now - self._told_at >= _MUTE_AFTER_S:
            self._tasks.start(link.close("the stream is mute"), "end of a mute public stream")
        elif (self._anew or self.topics - self._refused.keys() != self._taken) and not self._is_changing:
            self._is_changing = True
            self._tasks.start(self._change(link), "topics of a public stream")

    async def close(self) -> None:
        """End the connection, and make none any more: nobody ticks it then."""
        await self._tasks.close()

    async def _run(self) -> None:
        try:
            await self._connection()
        except ExchangeError as end:
            _logger.info("a public stream has ended: %s", end)
        finally:
            self._failures = 0 if self._taken else self._failures + 1
            self._taken.clear()
            self._anew.clear()
            self._is_connecting = False
            pause = min(2.0 ** min(self._failures, 10), _LONGEST_PAUSE_S)
            self._next_try = self.clock.monotonic() + pause
            self.on_end()

    async def _connection(self) -> None:
        try:
            connection = await self.connector.connect(self.url)
        except ExchangeError:
            self.counts[ConnectResult.FAILED] += 1
            raise
        self.counts[ConnectResult.OK] += 1
        self._told_at = self.clock.monotonic()
        link = self._link = StreamLink(connection, clock=self.clock, on_message=self._hear)
        try:
            await link.listen()
        finally:
            self._link = None
            self.mishaps += link.mishaps
            await link.close()

    def _hear(self, message: StreamMessage) -> None:
        self._told_at = self.clock.monotonic()
        self.on_message(message)

    async def _change(self, link: StreamLink) -> None:
        """Leave what is not wanted, and what is to be taken anew; take what is new."""
        try:
            gone, anew = self._taken - self.topics, self._anew & self.topics
            self._taken -= gone
            self._anew.clear()
            if gone or anew:
                await link.unsubscribe(sorted(gone | anew))
            if new := anew | (self.topics - self._taken - self._refused.keys()):
                await self._take(link, new)
        except StreamEnded:
            pass  # `listen` has raised it, too
        finally:
            self._is_changing = False

    async def _take(self, link: StreamLink, new: set[str]) -> None:
        taken = await link.subscribe_each(sorted(new))
        if link is not self._link:
            return  # it has ended behind its answer: the next one takes nothing over
        self._taken = (self._taken - new) | taken
        if refused := sorted(new - taken):
            self._refused |= dict.fromkeys(refused, self.clock.monotonic() + _REFUSED_S)
            _logger.warning("a public stream: Bybit does not take %s", ", ".join(refused))

    async def _quietly(self, work: Awaitable[None]) -> None:
        with suppress(StreamEnded):
            await work
