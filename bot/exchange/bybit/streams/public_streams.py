"""Public streams of perpetuals: few connections with many topics, for what is looked at again and again, or held.

What they say goes through to the cache, a few times a second at most, and is answered to whoever asks for a price of
now. A topic that was not heard for a while, or a connection that is silent, is not believed: then REST is asked.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from bot.aio.timers import Later, loop_later
from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Klines, OrderBook, Ticker
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import Pushes
from bot.exchange.bybit.fields import whole
from bot.exchange.bybit.streams.connection import StreamConnector
from bot.exchange.bybit.streams.frames import StreamMessage
from bot.exchange.bybit.streams.market_state import BookState, CandleState, GapInBook, TickerState
from bot.exchange.bybit.streams.public_link import PublicLink

MOST_TOPICS: Final = 300
_BOOK_TOPIC: Final = "orderbook.200"  # each 100 ms; that of 50 levels comes five times as often
_LOOKED_S: Final = 180.0  # that a topic stays after it was last asked for
_PUSHED_S: Final = 160.0  # that it goes into the cache: whoever still looks then asks, and is answered from here
_AGAIN_S: Final = 60.0  # a second look within so long makes a topic wanted
_WHOLE_S: Final = 45.0  # that a snapshot holds: a change that was lost shows by the next one only
_BELIEVED_S: Final = 10.0  # that a topic may say nothing while others of its connection speak
_LINK_FRESH_S: Final = 1.0
_PUSH_EVERY_S: Final = 0.25
_RENEW_EVERY_S: Final = 2.0
_AHEAD_MS: Final = 60_000  # that Bybit's clock may be before ours
_logger = logging.getLogger(__name__)


class Topic(NamedTuple):
    """`kind`: tickers, book or kline, which alone has an interval."""

    kind: str
    symbol: Symbol
    interval: str = ""

    @property
    def name(self) -> str:
        """The topic as Bybit spells it: tickers.BTCUSDT."""
        if self.kind == "kline":
            return f"kline.{self.interval}.{self.symbol}"
        return f"{_BOOK_TOPIC if self.kind == 'book' else 'tickers'}.{self.symbol}"


@dataclass(slots=True)
class _Interest:
    first: float
    last: float
    is_wanted: bool = False


@dataclass(slots=True, kw_only=True)
class PublicStreams:
    """`depth`: levels a side of an order book. `held`: symbols whose tickers are wanted without anybody's look.

    `price_heard` is called with each last price that a ticker tells.
    """

    clock: Clock
    connector: StreamConnector
    url: str
    pushes: Pushes
    depth: int
    held: Callable[[], Iterable[Symbol]]
    price_heard: Callable[[Symbol, Decimal], None]
    later: Later = loop_later
    connects: Counter[str] = field(default_factory=Counter, init=False)
    _interests: dict[Topic, _Interest] = field(default_factory=dict, init=False)
    _tickers: dict[Symbol, TickerState] = field(default_factory=dict, init=False)
    _books: dict[Symbol, BookState] = field(default_factory=dict, init=False)
    _candles: dict[Topic, CandleState] = field(default_factory=dict, init=False)
    _by_name: dict[str, Topic] = field(default_factory=dict, init=False)
    _links: list[PublicLink] = field(default_factory=list, init=False)
    _dirty: dict[Topic, None] = field(default_factory=dict, init=False)
    _renew_at: float = field(default=0.0, init=False)

    # --- what others ask --------------------------------------------------------------------------------------

    def ticker(self, symbol: Symbol) -> Ticker | None:
        """The ticker of now; None: ask by REST."""
        state = self._tickers.get(symbol)
        return None if state is None else self._ticker(state)

    def order_book(self, symbol: Symbol) -> OrderBook | None:
        """The order book of now; None: ask by REST."""
        state = self._books.get(symbol)
        as_of = None if state is None else self._as_of(Topic("book", symbol), state.heard_at)
        return None if state is None or as_of is None else state.value(as_of, self.depth)

    def klines(self, symbol: Symbol, interval: str) -> Klines | None:
        """Candles of now; None: ask by REST, and tell of the answer by `base`."""
        topic = Topic("kline", symbol, interval)
        state = self._candles.get(topic)
        as_of = None if state is None or not state.is_whole else self._as_of(topic, state.heard_at)
        return None if state is None or as_of is None else state.value(as_of)

    def marks(self) -> dict[Symbol, Decimal]:
        """Mark prices of the symbols that a stream tells of now; what it does not tell is left out."""
        found = {symbol: self._ticker(state) for symbol, state in self._tickers.items()}
        return {symbol: each.mark_price for symbol, each in found.items() if each is not None and each.mark_price}

    # --- what others tell it ----------------------------------------------------------------------------------

    def look(self, topic: Topic) -> None:
        """Somebody asked for it. The second time within a minute it becomes wanted."""
        now = self.clock.monotonic()
        known = self._interests.get(topic)
        if known is None or now - known.last > _AGAIN_S:
            self._interests[topic] = _Interest(now, now, is_wanted=known is not None and known.is_wanted)
        else:
            known.last, known.is_wanted = now, True

    def base(self, klines: Klines) -> None:
        """Candles that REST answered: what the stream tells goes on from there."""
        topic = Topic("kline", klines.symbol, klines.interval)
        interest = self._interests.get(topic)
        if interest is not None and interest.is_wanted:
            self._candles[topic] = CandleState(klines, self.clock.monotonic())

    async def round(self) -> None:
        """Each second: topics that came and went, connections, what is to be renewed."""
        now = self.clock.monotonic()
        for symbol in self.held():
            self._interests.setdefault(Topic("tickers", symbol), _Interest(now, now)).is_wanted = True
            self._interests[Topic("tickers", symbol)].last = now
        wanted = self._wanted(now)
        self._spread(wanted)
        for link in self._links:
            self._ask_anew(link, now)
            link.tick(now)
        if now >= self._renew_at:
            self._renew_at = now + _RENEW_EVERY_S
            self._dirty.update(dict.fromkeys(wanted))
        self._flush()

    async def close(self) -> None:
        """End every connection; nothing is told after that."""
        for link in self._links:
            await link.close()

    # --- figures ----------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> int:
        return len(self._links)

    @property
    def connected(self) -> int:
        return sum(each.is_up for each in self._links)

    @property
    def mishaps(self) -> int:
        return sum(each.mishaps for each in self._links)

    def ages(self) -> list[float]:
        """Seconds since each connection was heard."""
        now = self.clock.monotonic()
        return [now - each.heard_at for each in self._links if each.is_up]

    # --- topics -----------------------------------------------------------------------------------------------

    def _wanted(self, now: float) -> tuple[Topic, ...]:
        """Those that are wanted, the newest where there are too many; what is forgotten takes its state along."""
        for topic, interest in tuple(self._interests.items()):
            if now - interest.last > _LOOKED_S:
                del self._interests[topic]
        wanted = [(interest.last, topic) for topic, interest in self._interests.items() if interest.is_wanted]
        chosen = tuple(topic for _, topic in sorted(wanted, reverse=True)[:MOST_TOPICS])
        self._by_name = {topic.name: topic for topic in chosen}
        kept = frozenset(chosen)
        for states, kind in ((self._tickers, "tickers"), (self._books, "book")):
            for symbol in [each for each in states if Topic(kind, each) not in kept]:
                del states[symbol]
        for topic in [each for each in self._candles if each not in kept]:
            del self._candles[topic]
        return chosen

    def _spread(self, wanted: tuple[Topic, ...]) -> None:
        """All of them on the first connection: 300 topics are far below Bybit's 21,000 characters."""
        if wanted and not self._links:
            link = PublicLink(
                url=self.url,
                connector=self.connector,
                clock=self.clock,
                on_message=self._on_message,
                on_end=self._forget,
                counts=self.connects,
            )
            self._links.append(link)
        for link in self._links:
            link.topics = frozenset(self._by_name)

    def _ask_anew(self, link: PublicLink, now: float) -> None:
        """Snapshots that did not come, or are old."""
        for states, kind in ((self._tickers, "tickers"), (self._books, "book")):
            for symbol, state in states.items():
                if state.whole_at is None or now - state.whole_at >= _WHOLE_S:
                    link.ask_anew(Topic(kind, symbol).name)

    def _forget(self) -> None:
        """A connection has ended: what changes meanwhile nobody tells."""
        self._tickers.clear()
        self._books.clear()
        self._candles.clear()

    # --- messages ---------------------------------------------------------------------------------------------

    def _on_message(self, message: StreamMessage) -> None:
        topic = self._by_name.get(message.topic)
        if topic is None:
            return
        now = self.clock.monotonic()
        if topic.kind == "kline":
            candles = self._candles.get(topic)
            if candles is not None:
                candles.take(message, now)
        elif not isinstance(message.data, dict):
            raise ExchangeUnreadable("a message of a public stream can't be read", field="data")
        elif topic.kind == "book":
            self._take_book(topic, message, now)
        else:
            state = self._tickers.setdefault(topic.symbol, TickerState(topic.symbol, now))
            if state.take(message, message.data, now) and "lastPrice" in message.data:
                self._tell_price(state, message)
        if not self._dirty:
            self.later(_PUSH_EVERY_S, self._flush)
        self._dirty[topic] = None

    def _tell_price(self, state: TickerState, message: StreamMessage) -> None:
        """Not of a message that is dated ahead: it is not what trades now."""
        price = state.last_price
        if price is not None and whole({"ts": message.sent}, "ts") <= self.clock.now() + _AHEAD_MS:
            self.price_heard(state.symbol, price)

    def _take_book(self, topic: Topic, message: StreamMessage, now: float) -> None:
        state = self._books.setdefault(topic.symbol, BookState(topic.symbol, now))
        try:
            state.take(message, message.data, now)  # type: ignore[arg-type]  # the caller has seen that it is an object
        except GapInBook:
            for link in self._links:
                link.ask_anew(topic.name)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, {}
        since = self.clock.monotonic() - _PUSHED_S
        for topic in dirty:
            interest = self._interests.get(topic)
            if interest is None or interest.last < since:
                continue
            value = self._value(topic)
            if value is not None:
                self.pushes.push_market(value)

    def _value(self, topic: Topic) -> Ticker | OrderBook | Klines | None:
        match topic.kind:
            case "tickers":
                return self.ticker(topic.symbol)
            case "book":
                return self.order_book(topic.symbol)
        return self.klines(topic.symbol, topic.interval)

    def _ticker(self, state: TickerState) -> Ticker | None:
        as_of = self._as_of(Topic("tickers", state.symbol), state.heard_at)
        try:
            return None if as_of is None else state.value(as_of)
        except ExchangeUnreadable:
            return None

    def _as_of(self, topic: Topic, heard_at: float) -> Millis | None:
        """The moment that a topic's state is of: when its connection was last heard. None: it is not believed."""
        now = self.clock.monotonic()
        if now - heard_at > _BELIEVED_S:
            return None
        for link in self._links:
            if link.carries(topic.name) and now - link.heard_at <= _LINK_FRESH_S:
                return Millis(self.clock.now() - int((now - link.heard_at) * 1000))
        return None
