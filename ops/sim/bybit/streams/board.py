"""Public topics of a world: which there are, who follows them, and what all of these are told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.streams.feeds import Feed, KlineFeed, LimitFeed, LiquidationFeed, TradeFeed
from ops.sim.bybit.streams.order_books import BookFeed
from ops.sim.bybit.streams.pools import TableFeed, alert_rows, goes_on, insurance_rows, is_group, status_rows
from ops.sim.bybit.streams.public import PublicSession
from ops.sim.bybit.streams.stream_facts import DEPTHS, INTERVALS, KINDS
from ops.sim.bybit.streams.tickers import TickerFeed
from ops.sim.bybit.world import World

STATUS: Final = "status"
"""The category of the system's status, which is no product."""
_STATUS_TOPIC: Final = "system.status"
_LIQUIDATED: Final = "BustTrade"
_GROUPED: Final = frozenset({"insurance", "adlAlert"})


@dataclass(slots=True, kw_only=True)
class _Followed:
    """A public topic and who follows it."""

    feed: Feed
    one: Instrument | None
    """What the topic is about, as the feed knows it; None where it is no single instrument."""
    sessions: dict[PublicSession, None] = field(default_factory=dict)


class Board:
    """What public sessions follow. Nothing here waits."""

    def __init__(self, world: World, waken: Callable[[], None]) -> None:
        """`waken` is called when somebody follows a topic that nobody did."""
        self._world = world
        self._waken = waken
        self._followed: dict[tuple[str, str], _Followed] = {}
        self._looked = 0
        self._next = 0
        """Whose turn it is."""

    @property
    def is_followed(self) -> bool:
        """Whether anybody follows anything."""
        return bool(self._followed)

    def tick(self, share: float | None) -> None:
        """Tell what is new as of now; where that takes longer than `share` seconds, the rest has its turn next time."""
        at, began = self._world.now(), perf_counter()
        if at // SECOND != self._looked:
            self._looked = at // SECOND
            self._begin_anew(at)
        waiting = tuple(self._followed.values())
        for step in range(len(waiting)):
            if share is not None and perf_counter() - began > share:
                self._next += step
                return
            self._spread(waiting[(self._next + step) % len(waiting)], at)

    def tell(self, news: AccountNews) -> None:
        """Let liquidations of accounts be seen by all."""
        if news.topic != "execution":
            return
        for row in news.rows:
            followed = self._followed.get((news.category, f"allLiquidation.{row['symbol']}"))
            if row.get("execType") == _LIQUIDATED and followed and isinstance(followed.feed, LiquidationFeed):
                followed.feed.add(row, news.at)

    def is_topic(self, category: str, topic: str) -> bool:
        """Whether a public connection of that category can follow it."""
        if category == STATUS:
            return topic == _STATUS_TOPIC
        kind, *rest = topic.split(".")
        if kind not in KINDS[category] or not rest:
            return False
        *middle, name = rest
        choices = {"orderbook": DEPTHS[category], "kline": INTERVALS}.get(kind)
        if middle if choices is None else len(middle) != 1 or middle[0] not in choices:
            return False
        if kind in _GROUPED:
            return is_group(name)
        if kind == "publicTrade" and category == "option":
            return any(one.base_coin == name for one in self._world.market.listed("option").values())
        return self._is_symbol(category, name)

    def join(self, session: PublicSession, topic: str) -> None:
        """Let a session follow a topic: those who do already are told what is new, then it begins where they are."""
        key, at = (session.category, topic), self._world.now()
        followed = self._followed.get(key)
        if followed is None:
            followed = self._followed[key] = self._follow(session.category, topic)
        else:
            self._spread(followed, at)
        followed.sessions[session] = None
        first = followed.feed.first(at)
        if first is not None:
            session.line.push(first, session.uid)
        self._waken()

    def leave(self, session: PublicSession, topic: str) -> None:
        """Let a session follow a topic no more."""
        key = (session.category, topic)
        followed = self._followed.get(key)
        if followed is not None:
            followed.sessions.pop(session, None)
            if not followed.sessions:
                del self._followed[key]

    @staticmethod
    def _spread(followed: _Followed, at: int) -> None:
        for text in followed.feed.changes(at):
            _push(followed, text)

    def _is_symbol(self, category: str, symbol: str) -> bool:
        """Contracts before their launch are told of once they trade continuously."""
        one = self._world.market.find(category, symbol)
        before = one.row.get("preListingInfo") if one else None
        return one is not None and (not before or before["curAuctionPhase"] == "ContinuousTrading")

    def _begin_anew(self, at: int) -> None:
        """Let topics of an instrument that was changed, such as its tick, begin with a snapshot again."""
        for (category, topic), followed in tuple(self._followed.items()):
            before = followed.one
            now = self._world.market.find(category, before.symbol) if before else None
            if now is None or now is before or now == before:
                continue
            again = self._follow(category, topic)
            followed.feed, followed.one = again.feed, again.one
            text = followed.feed.first(at)
            if text is not None:
                _push(followed, text)

    def _follow(self, category: str, topic: str) -> _Followed:
        world, (kind, *_, name) = self._world, topic.split(".")
        if kind == "publicTrade":
            return _Followed(feed=TradeFeed(world, category, name, topic), one=None)
        if kind in _TABLES:
            return _Followed(feed=_TABLES[kind](world, topic, name), one=None)
        one = world.market.any_of(name, category)
        return _Followed(feed=_FEEDS[kind](world, one, topic), one=one)


def _push(followed: _Followed, text: str) -> None:
    for session in tuple(followed.sessions):
        session.line.push(text, session.uid)


_TABLES: Final[dict[str, Callable[[World, str, str], Feed]]] = {
    "insurance": lambda world, topic, name: TableFeed(world, topic, lambda: insurance_rows(world, name), kind="delta"),
    "adlAlert": lambda world, topic, name: TableFeed(world, topic, lambda: alert_rows(world, name), kind="snapshot"),
    "system": lambda world, topic, _: TableFeed(world, topic, lambda: status_rows(world), kind="", begins=goes_on),
}
_FEEDS: Final[dict[str, Callable[[World, Instrument, str], Feed]]] = {
    "orderbook": BookFeed,
    "tickers": TickerFeed,
    "kline": KlineFeed,
    "allLiquidation": LiquidationFeed,
    "priceLimit": LimitFeed,
}
