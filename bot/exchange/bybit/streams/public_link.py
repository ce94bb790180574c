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
from bot.exchange.bybit.streams.account_stream import ConnectResult
from bot.exchange.bybit.streams.connection import StreamConnector, StreamEnded
from bot.exchange.bybit.streams.frames import StreamMessage
from bot.exchange.bybit.streams.link import StreamLink

_LONGEST_PAUSE_S: Final = 30.0
_ANEW_EVERY_S: Final = 10.0  # for one topic
_REFUSED_S: Final = 600.0  # before a topic that Bybit did not take is asked for again
_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class PublicLink:
    """`topics` may be set at any time; `tick` each second makes the connection follow."""

    url: str
    connector: StreamConnector
    clock: Clock
    on_message: Callable[[StreamMessage], None]
    counts: Counter[str]
    topics: frozenset[str] = frozenset()
    mishaps: int = field(default=0, init=False)
    _link: StreamLink | None = field(default=None, init=False)
    _taken: set[str] = field(default_factory=set, init=False)
    _anew: dict[str, float] = field(default_factory=dict, init=False)
    _refused: dict[str, float] = field(default_factory=dict, init=False)  # until when
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
        if topic in self._taken and now - self._anew.get(topic, -_ANEW_EVERY_S) >= _ANEW_EVERY_S:
            self._anew[topic] = now
            self._taken.discard(topic)
            self._tasks.start(self._take_anew(topic), "order book anew")

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
        if self.topics - self._refused.keys() != self._taken and not self._is_changing:
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
            self._is_connecting = False
            pause = min(2.0 ** min(self._failures, 10), _LONGEST_PAUSE_S)
            self._next_try = self.clock.monotonic() + pause

    async def _connection(self) -> None:
        try:
            connection = await self.connector.connect(self.url)
        except ExchangeError:
            self.counts[ConnectResult.FAILED] += 1
            raise
        self.counts[ConnectResult.OK] += 1
        link = self._link = StreamLink(connection, clock=self.clock, on_message=self.on_message)
        try:
            await link.listen()
        finally:
            self._link = None
            self.mishaps += link.mishaps
            await link.close()

    async def _change(self, link: StreamLink) -> None:
        try:
            gone, new = self._taken - self.topics, self.topics - self._taken - self._refused.keys()
            if gone:
                self._taken -= gone
                await link.unsubscribe(sorted(gone))
            if new:
                taken = await link.subscribe_each(sorted(new))
                self._taken |= taken
                if refused := sorted(new - taken):
                    self._refused |= dict.fromkeys(refused, self.clock.monotonic() + _REFUSED_S)
                    _logger.warning("a public stream: Bybit does not take %s", ", ".join(refused))
        except StreamEnded:
            pass  # `listen` has raised it, too
        finally:
            self._is_changing = False

    async def _take_anew(self, topic: str) -> None:
        link = self._link
        if link is not None:
            await self._quietly(link.unsubscribe([topic]))  # the next tick takes it again

    async def _quietly(self, work: Awaitable[None]) -> None:
        with suppress(StreamEnded):
            await work
