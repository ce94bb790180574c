"""One connection while it lasts: what is asked on it, what it brings, and when it was last heard."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.domain.errors import ExchangeError, ExchangeUnreadable
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.decode import Unreadable
from bot.exchange.bybit.streams.connection import StreamConnection, StreamEnded
from bot.exchange.bybit.streams.frames import PING, StreamMessage, StreamReply, login_frame, read_frame, topics_frame

PING_EVERY_S: Final = 20.0  # Bybit v5 documentation, "WebSocket Connect"
SILENT_AFTER_S: Final = 45.0  # two pongs have not come
_ANSWER_S: Final = 10.0
_TOPICS_A_REQUEST: Final = 10  # spot's limit; the other categories have none
_LOGIN: Final = "auth"
_THERE_ALREADY: Final = "already subscribed"  # Bybit's words, July 2026: "error:already subscribed,topic:…"
_logger = logging.getLogger(__name__)


class StreamRefused(ExchangeError):  # noqa: N818  named by what it is, like the rest of its tree
    """Bybit takes no login or subscription on this connection."""


class StreamLink:
    """Whoever makes it runs `listen`, beside which the other methods wait for their answers.

    `on_message` may raise: that is logged and counted, and the stream goes on.
    """

    __slots__ = (
        "_asked",
        "_clock",
        "_connection",
        "_count",
        "_on_message",
        "_pinged_at",
        "_why",
        "heard_at",
        "mishaps",
    )

    def __init__(
        self, connection: StreamConnection, *, clock: Clock, on_message: Callable[[StreamMessage], None]
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._on_message = on_message
        self._asked: dict[str, asyncio.Future[StreamReply]] = {}
        self._count = 0
        self._pinged_at = self.heard_at = clock.monotonic()
        self._why = ""
        self.mishaps = 0  # frames that could not be read or taken: whatever they told of is not known

    async def listen(self) -> None:
        """Until the connection ends, which raises StreamEnded."""
        try:
            while True:
                text = await self._connection.receive()
                self.heard_at = self._clock.monotonic()
                self._take(text)
        except StreamEnded as end:
            raise StreamEnded(self._why or str(end)) from None
        finally:
            for answer in self._asked.values():
                answer.cancel()

    async def login(self, api_key: str, expires: int, signature: str) -> None:
        """Raises StreamRefused, StreamEnded."""
        reply = await self._ask(_LOGIN, login_frame(api_key, expires, signature))
        if not reply.is_ok:
            raise StreamRefused("Bybit does not take the key on the stream")

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Each request has an id of its own; a refused one is asked once more. Raises StreamRefused, StreamEnded."""
        for some in _requests(topics):
            if not await self._is_taken("subscribe", some) and not await self._is_taken("subscribe", some):
                raise StreamRefused(f"Bybit does not take the topics {', '.join(some)}")

    async def subscribe_each(self, topics: Sequence[str]) -> frozenset[str]:
        """Those that Bybit takes. Raises StreamEnded.

        One topic that is not there, or is subscribed to already, refuses its whole request: then each is asked alone.
        """
        taken: set[str] = set()
        for some in _requests(topics):
            if await self._is_taken("subscribe", some):
                taken.update(some)
            else:
                taken.update([topic for topic in some if await self._is_taken("subscribe", (topic,))])
        return frozenset(taken)

    async def unsubscribe(self, topics: Sequence[str]) -> None:
        """What is refused is let be. Raises StreamEnded."""
        for some in _requests(topics):
            await self._is_taken("unsubscribe", some)

    def is_due(self, now: float) -> bool:
        """Whether `keep_alive` has something to do at that monotonic second."""
        return now - self._pinged_at >= PING_EVERY_S or now - self.heard_at >= SILENT_AFTER_S

    async def keep_alive(self) -> None:
        """Ping when it is time to, and end a connection that has been silent for too long. Raises StreamEnded."""
        now = self._clock.monotonic()
        if now - self.heard_at >= SILENT_AFTER_S:
            await self.close("the stream is silent")
        elif now - self._pinged_at >= PING_EVERY_S:
            self._pinged_at = now
            await self._connection.send(PING)

    async def close(self, why: str = "closed by us") -> None:
        """`listen` ends with that reason."""
        self._why = self._why or why
        await self._connection.close()

    def _take(self, text: str) -> None:
        try:
            frame = read_frame(text)
            if isinstance(frame, StreamMessage):
                self._on_message(frame)
            elif not frame.is_pong:
                self._answer(frame)
        except (Unreadable, ExchangeUnreadable) as fault:
            if self._is_to_be_told():
                _logger.warning("a frame of a stream can't be read, mishap %d: %s", self.mishaps, fault)
        except Exception:  # what one message does must not end the stream
            if self._is_to_be_told():
                _logger.exception("a message of a stream could not be taken, mishap %d", self.mishaps)

    def _is_to_be_told(self) -> bool:
        """Count a mishap. The first, second, fourth … is logged: what is always odd must not fill the disk."""
        self.mishaps += 1
        return not self.mishaps & (self.mishaps - 1)

    def _answer(self, reply: StreamReply) -> None:
        waiting = self._asked.pop(_LOGIN if reply.op == _LOGIN else reply.req_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    async def _is_taken(self, op: str, topics: Sequence[str]) -> bool:
        self._count += 1
        req_id = f"{op}-{self._count}"
        reply = await self._ask(req_id, topics_frame(op, req_id, topics))
        return reply.is_ok or (len(topics) == 1 and _THERE_ALREADY in reply.text)

    async def _ask(self, req_id: str, frame: str) -> StreamReply:
        answer = self._asked[req_id] = asyncio.get_running_loop().create_future()
        await self._connection.send(frame)
        try:
            async with asyncio.timeout(_ANSWER_S):
                await asyncio.wait((answer,))
        except TimeoutError:
            why = "the stream does not answer"
            await self.close(why)  # what Bybit made of it is not known: the next connection begins anew
            raise StreamEnded(why) from None
        finally:
            self._asked.pop(req_id, None)
        if answer.cancelled():
            raise StreamEnded("the stream has ended")
        reply: StreamReply = answer.result()
        return reply


def _requests(topics: Sequence[str]) -> Iterator[Sequence[str]]:
    return (topics[first : first + _TOPICS_A_REQUEST] for first in range(0, len(topics), _TOPICS_A_REQUEST))
