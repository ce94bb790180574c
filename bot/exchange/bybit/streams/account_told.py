"""What a private stream has told of its account, for whoever would have to ask by REST otherwise."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.intent_states import order_of
from bot.domain.market import Category
from bot.domain.orders import LegSettings
from bot.domain.portfolio import Execution, Order, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.streams.account_book import YOUNG_S, AccountBook
from bot.exchange.bybit.streams.account_events import CLOSED, PositionNews
from bot.exchange.bybit.streams.due_events import DueEvents
from bot.exchange.bybit.streams.told_fills import ToldFills

_ENDED_S: Final = 60.0  # that an order that has ended is remembered: what asks of it does so within seconds …
_ENDED_LEAST: Final = 10  # … but so many of the last ones for longer
_ENDED_MOST: Final = 100  # and no more at once: one takes 2.5 KB
SETTINGS_S: Final = 60.0  # twice the age of a card: no event tells that an empty leg is to have another mode


class AccountTold:
    """Perpetuals of one account, while its connection lasts. Moments are monotonic seconds."""

    __slots__ = ("_book", "_clock", "_due", "_ended", "_fills", "_live_at", "_settings")

    def __init__(self, book: AccountBook, due: DueEvents, clock: Clock) -> None:
        self._book = book
        self._due = due
        self._clock = clock
        self._fills = ToldFills()
        self._ended: OrderedDict[str, tuple[Order, float]] = OrderedDict()  # and when that was heard
        self._live_at = inf  # nothing is taken before
        self._settings: dict[Symbol, tuple[LegSettings, float]] = {}

    # --- what it is told --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """From now on every event comes."""
        self._live_at = self._clock.monotonic()

    def hear_fills(self, fills: Iterable[Execution], unreadable: Sequence[str]) -> None:
        """Executions of one message, and the names of those that can't be read."""
        self._fills.hear(fills)
        if unreadable:
            self._fills.lose()

    def hear_order(self, order: Order) -> None:
        """One that has ended is remembered for a while."""
        if order.order_status in CLOSED and order.category is Category.LINEAR:
            now = self._clock.monotonic()
            self._ended[order.order_id] = order, now
            while len(self._ended) > _ENDED_LEAST:
                _, heard = next(iter(self._ended.values()))
                if len(self._ended) <= _ENDED_MOST and now - heard < _ENDED_S:
                    break
                self._ended.popitem(last=False)

    def hear_position(self, news: PositionNews) -> None:
        """An event that does not bear out the settings that were read of its symbol ends them."""
        known = self._settings.get(news.symbol)
        if known is not None and not _bears_out(news, known[0]):
            del self._settings[news.symbol]

    def take_fills(self, answer: Iterable[Execution], since: Millis, asked: float) -> None:
        """Every execution since a moment, unless it was asked so early that one before the stream may be missing."""
        if asked >= self._live_at + YOUNG_S:
            self._fills.take(answer, since)

    def take_settings(self, settings: LegSettings, asked: float) -> None:
        """Settings of a symbol as they were read, unless an event since may have been missed."""
        if asked >= self._live_at:
            self._settings[settings.symbol] = settings, asked

    # --- what it tells ----------------------------------------------------------------------------------------

    def positions(self) -> Positions:
        """The positions as the stream tells them, without asking Bybit."""
        return self._book.positions(self._clock.now())

    def orders(self) -> Orders:
        """Everything open."""
        found = self._book.orders(self._clock.now())
        return replace(found, items=tuple([each for each in found.items if each.category is Category.LINEAR]))

    @property
    def knows_fills(self) -> bool:
        """Whether it was ever said what was executed before the stream."""
        return self._fills.is_begun

    def fills_since(self, moment: Millis) -> tuple[Execution, ...] | None:
        """Every execution since then; None: not known."""
        return self._fills.since(moment, self._orders())

    def order(self, link_id: OrderLinkId) -> Order | None:
        """The order of that id, open or ended lately; None: nothing was told of it."""
        return order_of(each for each in self._orders() if each.order_link_id == link_id)

    def _orders(self) -> tuple[Order, ...]:
        return (*[order for order, _ in self._ended.values()], *self.orders().items)

    def is_due(self, link_id: OrderLinkId) -> bool:
        """Whether the exchange took that order a moment ago and its event is still to come."""
        return self._due.is_due(link_id)

    def settings(self, symbol: Symbol) -> LegSettings | None:
        """As they were read within the last minute; None: they are to be asked for."""
        known = self._settings.get(symbol)
        if known is None or self._clock.monotonic() - known[1] > SETTINGS_S:
            return None
        return known[0]


def _bears_out(news: PositionNews, settings: LegSettings) -> bool:
    position = news.position
    if position is None or position.leverage is None:
        return False
    is_same_leg = settings.position_idx(position.side) == news.position_idx
    return is_same_leg and settings.leverage(position.side) == position.leverage
