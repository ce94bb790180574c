"""What stands in one account, put together from events and answers that overtake each other.

Only what is newer is applied: positions by (seq, updatedTime), since seq keeps the value of the last transaction when
settings change; orders by updatedTime, then by cumExecQty, which only grows. An answer by REST counts as of the moment
it was asked, and what it does not have is gone, unless that was told within the five seconds before: Bybit's answers
lag behind its streams. An answer that contradicts for longer than that is believed, whatever number or time an event
had: one event that says that it is of the year 2100 must not stand for ever. Moments are monotonic seconds.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, Order, Orders, Position, Positions
from bot.exchange.bybit.streams.account_events import CLOSED, PositionNews

YOUNG_S: Final = 5.0
_CLOSED_KEPT: Final = 100  # orders: an answer that was asked before may still have them
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Leg:
    """`position` None: it is known that nothing stands there."""

    position: Position | None
    seq: int
    updated: int
    heard: float

    def is_after(self, seq: int, updated: int) -> bool:
        """Whether this is newer; where one of them has no seq, by time alone."""
        if self.seq < 0 or seq < 0:
            return self.updated > updated
        return (self.seq, self.updated) > (seq, updated)


@dataclass(frozen=True, slots=True)
class _Known:
    """An order and when it was heard of."""

    order: Order
    heard: float

    def is_after(self, other: Order) -> bool:
        return _version(self.order) > _version(other)


def _substance(position: Position) -> tuple[object, ...]:
    """What an event tells of; marks and margins move without one."""
    return (
        position.side,
        position.size,
        position.entry_price,
        position.stop_loss,
        position.take_profit,
        position.trailing_stop,
        position.leverage,
    )


def _terms(order: Order) -> tuple[object, ...]:
    return (
        order.order_status,
        order.qty,
        order.price,
        order.cum_exec_qty,
        order.trigger_price,
        order.stop_loss,
        order.take_profit,
    )


def _version(order: Order) -> tuple[int, Decimal]:
    return order.updated_ts or 0, order.cum_exec_qty or _NOTHING


class AccountBook:
    """Positions, open orders and wallet. Nothing is whole before each was taken from an answer once."""

    __slots__ = (
        "_account_id",
        "_balance",
        "_balance_heard",
        "_closed",
        "_heard",
        "_left_out",
        "_legs",
        "_orders",
        "_unreadable_orders",
        "_unreadable_positions",
    )

    def __init__(self, account_id: AccountId) -> None:
        self._account_id = account_id
        self._legs: dict[tuple[Symbol, int], _Leg] = {}
        self._orders: dict[str, _Known] = {}
        self._closed: OrderedDict[str, float] = OrderedDict()  # when that was heard
        self._balance: Balance | None = None
        self._balance_heard = 0.0
        self._heard: dict[type, float] = {}
        self._left_out: tuple[Category, ...] = ()
        self._unreadable_orders: tuple[str, ...] = ()
        self._unreadable_positions: tuple[str, ...] = ()

    # --- what the stream tells --------------------------------------------------------------------------------

    def hear_position(self, news: PositionNews, at: float) -> bool:
        """Whether it is news."""
        key = news.symbol, news.position_idx
        self._heard[Positions] = at
        known = self._legs.get(key)
        if known is not None and known.is_after(news.seq, news.updated):
            return False
        self._legs[key] = _Leg(news.position, news.seq, news.updated, at)
        return known is None or known.position != news.position

    def hear_order(self, order: Order, at: float) -> bool:
        """Whether it is news."""
        self._heard[Orders] = at
        closed = self._closed.get(order.order_id)
        known = self._orders.get(order.order_id)
        if (known is not None and known.is_after(order)) or (closed is not None and order.order_status not in CLOSED):
            return False
        if order.order_status in CLOSED:
            self._orders.pop(order.order_id, None)
            self._note_closed(order, at)
            return known is not None or closed is None
        self._orders[order.order_id] = _Known(order, at)
        return known is None or known.order != order

    def hear_wallet(self, told: Balance, at: float) -> None:
        """Coins that are not told stay as they were."""
        before = () if self._balance is None else self._balance.coins
        coins = {each.coin: each for each in (*before, *told.coins)}
        self._balance = replace(told, coins=tuple(coins.values()))
        self._balance_heard = self._heard[Balance] = at

    # --- what REST answers ------------------------------------------------------------------------------------

    def take_positions(self, answer: Positions, asked: float) -> bool:
        """Whether it had something that the stream had not told."""
        told = {(each.symbol, each.position_idx): each for each in answer.items}
        self._unreadable_positions = answer.unreadable
        is_news = False
        for key, position in told.items():
            known = self._legs.get(key)
            leg = _Leg(position, position.seq, position.updated_ts or 0, asked)
            is_older = known is not None and known.is_after(leg.seq, leg.updated)
            if known is not None and known.heard >= asked - (YOUNG_S if is_older else 0) and (is_older or leg.seq < 0):
                continue
            is_news |= known is None or known.position is None or _substance(known.position) != _substance(position)
            self._legs[key] = leg
        for key, known in tuple(self._legs.items()):
            is_gone = key not in told and key[0] not in answer.unreadable and known.heard < asked - YOUNG_S
            if is_gone and known.position is None:
                del self._legs[key]
            elif is_gone:
                self._legs[key] = replace(known, position=None, heard=asked)
                is_news = True
        return is_news

    def take_orders(self, answer: Orders, asked: float, categories: Collection[Category] = tuple(Category)) -> bool:
        """Whether it had something that the stream had not told. `categories`: what was asked for."""
        told = {each.order_id: each for each in answer.items}
        if len(categories) == len(Category):
            self._unreadable_orders, self._left_out = answer.unreadable, answer.left_out
        is_news = False
        for order_id, order in told.items():
            known = self._orders.get(order_id)
            closed = self._closed.get(order_id)
            heard = known.heard if known is not None and known.is_after(order) else closed
            if heard is not None and heard >= asked - YOUNG_S:
                continue
            self._closed.pop(order_id, None)
            is_news |= known is None or _terms(known.order) != _terms(order)
            self._orders[order_id] = _Known(order, asked)
        for order_id, known in tuple(self._orders.items()):
            is_gone = order_id not in told and known.order.symbol not in answer.unreadable
            was_asked = known.order.category in categories and known.order.category not in answer.left_out
            if is_gone and was_asked and known.heard < asked - YOUNG_S:
                del self._orders[order_id]
                is_news = True
        return is_news

    def take_balance(self, answer: Balance, asked: float) -> None:
        """Unless the stream told of the wallet since."""
        if self._balance is None or self._balance_heard < asked:
            self._balance = answer
            self._balance_heard = asked

    # --- what stands ------------------------------------------------------------------------------------------

    def positions(self, as_of: Millis) -> Positions:
        """Everything open, by symbol."""
        held = [leg.position for _, leg in sorted(self._legs.items()) if leg.position is not None]
        return Positions(
            account_id=self._account_id, items=tuple(held), as_of=as_of, unreadable=self._unreadable_positions
        )

    def orders(self, as_of: Millis) -> Orders:
        """Everything open."""
        return Orders(
            account_id=self._account_id,
            items=tuple([each.order for each in self._orders.values()]),
            as_of=as_of,
            unreadable=self._unreadable_orders,
            left_out=self._left_out,
        )

    @property
    def balance(self) -> Balance | None:
        """As of the moment in which it was told; None before anything was heard of it."""
        return self._balance

    def heard(self, kind: type[Positions | Orders | Balance]) -> float:
        """When the stream told of that last; -1: never."""
        return self._heard.get(kind, -1.0)

    @property
    def symbols(self) -> frozenset[Symbol]:
        """Where a position stands."""
        return frozenset(symbol for (symbol, _), leg in self._legs.items() if leg.position is not None)

    def _note_closed(self, order: Order, at: float) -> None:
        self._closed[order.order_id] = at
        self._closed.move_to_end(order.order_id)
        while len(self._closed) > _CLOSED_KEPT:
            self._closed.popitem(last=False)


def with_marks(positions: Positions, marks: "Marked", as_of: Millis) -> Positions:
    """The same positions at other mark prices, and what they would bring there: size × (mark - entry), by Bybit."""
    return replace(positions, items=tuple([_marked(each, marks) for each in positions.items]), as_of=as_of)


Marked = dict[Symbol, Decimal]


def _marked(position: Position, marks: Marked) -> Position:
    mark = marks.get(position.symbol)
    if mark is None or position.entry_price is None:
        return position
    gain = (mark - position.entry_price) * position.size
    return replace(position, mark_price=mark, unrealised_pnl=gain if position.side.value == "Buy" else -gain)


def all_marked(positions: Positions, marks: Marked) -> bool:
    """Whether every position has a price there; also where there is none."""
    return all(each.symbol in marks for each in positions.items)


def is_still(positions: Positions, balance: Balance, stable: Iterable[str]) -> bool:
    """Whether the wallet is worth the same until the next event: nothing in it has a price that moves."""
    moving = [each for each in balance.coins if each.coin not in frozenset(stable) and each.wallet_balance]
    return positions.is_flat and not moving and not balance.unreadable
