"""What stands in one account, put together from events and answers that overtake each other.

Only what is newer is applied: positions by (seq, updatedTime), since seq keeps the value of the last transaction when
settings change; orders by updatedTime, then by cumExecQty, which only grows. An answer by REST counts as of the moment
it was asked, and what it does not have is gone, unless that was told within the five seconds before: Bybit's answers
lag behind its streams. What is gone that way no event of before brings back; where one may be younger, REST is asked
again. So it is where an answer may have left out what it knew to be over already, because an event of it, by Bybit's
clock, is no younger than the answer: the one that said so may be lost. An answer that contradicts for longer than that
is believed, whatever number or time an event had: one event that says that it is of the year 2100 must not stand for
ever. Moments are monotonic seconds.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, Order, Orders, Position, Positions
from bot.exchange.bybit.streams.account_events import CLOSED, PositionNews

YOUNG_S: Final = 5.0
_CLOSED_KEPT: Final = 100  # orders: an answer that was asked before may still have them
_REMEMBERED_S: Final = 60.0  # that a leg is known to be empty: stalled events of before may still come
_CLOCKS_MS: Final = 250  # that we may be wrong about Bybit's clock
_NOTHING: Final = Decimal(0)
_STAGES: Final = {"Untriggered": 0, "Triggered": 1}
"""Of one and the same millisecond; every other status comes after them."""


_Kind = Category | type[Positions] | type[Balance]
"""What an answer is of: a category stands for the orders of it."""
_Key = str | tuple[Symbol, int]
"""An order by its id, or a leg by symbol and positionIdx."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """`position` None: it is known that nothing stands there; `is_gone`: because an answer by REST did not have it."""

    position: Position | None
    seq: int
    updated: int
    heard: float
    is_gone: bool = False

    def is_after(self, seq: int, updated: int) -> bool:
        """Whether this is newer; where one of them has no seq, by time alone."""
        if self.seq < 0 or seq < 0:
            return self.updated > updated
        return (self.seq, self.updated) > (seq, updated)

    def is_of(self, seq: int, updated: int) -> bool:
        return (self.seq, self.updated) == (seq, updated)


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


def _amounts(balance: Balance) -> dict[str, Decimal]:
    """What lies in the wallet, by coin; what it is worth moves without an event."""
    return {each.coin: each.wallet_balance for each in balance.coins if each.wallet_balance}


def _version(order: Order) -> tuple[int, Decimal, int]:
    stage = _STAGES.get(order.order_status, len(_STAGES))
    return order.updated_ts or 0, order.cum_exec_qty or _NOTHING, stage


class AccountBook:
    """Positions, open orders and wallet. Nothing is whole before each was taken from an answer once.

    `now`: Bybit's clock, epoch milliseconds; `monotonic`: ours.
    """

    __slots__ = (
        "_account_id",
        "_answered",
        "_balance",
        "_balance_asked",
        "_balance_heard",
        "_closed",
        "_coins_sent",
        "_disputed",
        "_gone",
        "_heard",
        "_left_out",
        "_legs",
        "_monotonic",
        "_now",
        "_orders",
        "_unreadable_orders",
        "_unreadable_positions",
        "_wallet_else",
        "_wallet_sent",
        "is_doubtful",
    )

    def __init__(self, account_id: AccountId, now: Callable[[], Millis], monotonic: Callable[[], float]) -> None:
        self._account_id = account_id
        self._now = now
        self._monotonic = monotonic
        self._answered: dict[_Kind, Millis] = {}  # when the last answer came
        self._legs: dict[tuple[Symbol, int], _Leg] = {}
        self._orders: dict[str, _Known] = {}
        self._closed: OrderedDict[str, float] = OrderedDict()  # when that was heard
        self._gone: OrderedDict[str, float] = OrderedDict()  # when an answer was asked for that did not have them
        self._disputed: set[_Key] = set()  # not in an answer, though told of just before
        self.is_doubtful = False  # an event and an answer may be of either order
        self._balance: Balance | None = None
        self._wallet_else: Balance | None = None  # the other reading, where an event and an answer differ
        self._balance_heard = 0.0
        self._balance_asked = self._wallet_sent = Millis(0)
        self._coins_sent: dict[str, Millis] = {}
        self._heard: dict[type, float] = {}
        self._left_out: tuple[Category, ...] = ()
        self._unreadable_orders: tuple[str, ...] = ()
        self._unreadable_positions: tuple[str, ...] = ()

    # --- what the stream tells --------------------------------------------------------------------------------

    def hear_position(self, news: PositionNews, at: float) -> bool:
        """Take a position's event, heard at that monotonic second; whether it changes what is known."""
        key = news.symbol, news.position_idx
        self._heard[Positions] = at
        known = self._legs.get(key)
        if known is not None and known.is_after(news.seq, news.updated):
            return False
        if known is not None and known.is_gone and news.position is not None:
            self.is_doubtful = True
            if known.is_of(news.seq, news.updated):
                return False
        is_new = self._settle(key) or known is None or known.is_gone
        if is_new and news.position is not None and news.symbol not in self._unreadable_positions:
            self._dispute_old(key, news.updated, Positions)
        self._legs[key] = _Leg(news.position, news.seq, news.updated, at)
        return known is None or known.position != news.position

    def hear_order(self, order: Order, at: float) -> bool:
        """Take an order's event, heard at that monotonic second; whether it changes what is known."""
        self._heard[Orders] = at
        closed = self._closed.get(order.order_id)
        known = self._orders.get(order.order_id)
        if (known is not None and known.is_after(order)) or (closed is not None and order.order_status not in CLOSED):
            return False
        is_new = self._settle(order.order_id) or known is None
        if order.order_status in CLOSED:
            self._orders.pop(order.order_id, None)
            _note(self._closed, order.order_id, at)
            return known is not None or closed is None
        if order.order_id in self._gone:
            self.is_doubtful = True
            return False
        if is_new and order.symbol not in self._unreadable_orders:
            self._dispute_old(order.order_id, order.updated_ts or 0, order.category)
        self._orders[order.order_id] = _Known(order, at)
        return known is None or known.order != order

    def _settle(self, key: _Key) -> bool:
        """Whether it was disputed, which it is no more: an event of before the answer disputes it again."""
        was_disputed = key in self._disputed
        self._disputed.discard(key)
        return was_disputed

    def _dispute_old(self, key: _Key, updated: int, kind: _Kind) -> None:
        """Of something that the last answer did not have: perhaps because it was over again by then."""
        if self._is_before_answer(updated, kind):
            self._disputed.add(key)
            self.is_doubtful = True

    def _is_before_answer(self, moment: int, kind: _Kind) -> bool:
        """Whether an answer that came may have known of that moment by Bybit's clock."""
        return moment <= self._answered.get(kind, -_CLOCKS_MS - 1) + _CLOCKS_MS

    def hear_wallet(self, told: Balance, at: float, sent: Millis) -> None:
        """Coins that are not told stay as they were; of those that are, what was sent before changes nothing.

        `sent`: by Bybit's clock.
        """
        self._heard[Balance] = at
        if sent < self._balance_asked - _CLOCKS_MS:
            return  # kept back on its way: REST has answered since
        merged = self._merged(told, sent)
        is_old = self._balance is not None and self._is_before_answer(sent, Balance)
        if is_old and self._balance is not None and _amounts(merged) != _amounts(self._balance):
            self._doubt_wallet(merged)
            return
        self._balance = merged
        self._balance_heard = at

    def _doubt_wallet(self, other: Balance) -> None:
        """An event and an answer differ, and either may be of before the other."""
        self._wallet_else = other
        self.is_doubtful = True

    def _merged(self, told: Balance, sent: Millis) -> Balance:
        before = () if self._balance is None else self._balance.coins
        coins = {each.coin: each for each in before}
        for each in told.coins:
            if sent >= self._coins_sent.get(each.coin, sent):
                coins[each.coin] = each
                self._coins_sent[each.coin] = sent
        newest = told if self._balance is None or sent >= self._wallet_sent else self._balance
        self._wallet_sent = max(sent, self._wallet_sent)
        return replace(newest, coins=tuple(coins.values()))

    # --- what REST answers ------------------------------------------------------------------------------------

    def take_positions(self, answer: Positions, asked: float) -> bool:
        """Whether it had something that the stream had not told."""
        told = {(each.symbol, each.position_idx): each for each in answer.items}
        self._unreadable_positions = answer.unreadable
        self._answered[Positions] = self._now()
        is_news = False
        for key, position in told.items():
            self._disputed.discard(key)
            known = self._legs.get(key)
            leg = _Leg(position, position.seq, position.updated_ts or 0, asked)
            is_older = known is not None and known.is_after(leg.seq, leg.updated)
            if known is not None and known.heard >= asked - (YOUNG_S if is_older else 0) and (is_older or leg.seq < 0):
                continue
            is_news |= known is None or known.position is None or _substance(known.position) != _substance(position)
            self._legs[key] = leg
        for key, known in tuple(self._legs.items()):
            if key in told or key[0] in answer.unreadable:
                continue
            if known.position is None:
                if known.heard < asked - _REMEMBERED_S:
                    del self._legs[key]
            elif self._is_gone(key, known.heard, asked, known.updated, Positions):
                self._legs[key] = replace(known, position=None, heard=asked, is_gone=True)
                is_news = True
        return is_news

    def take_orders(self, answer: Orders, asked: float, categories: Collection[Category] = tuple(Category)) -> bool:
        """Whether it had something that the stream had not told. `categories`: what was asked for."""
        told = {each.order_id: each for each in answer.items}
        if len(categories) == len(Category):
            self._unreadable_orders, self._left_out = answer.unreadable, answer.left_out
        asked_for = [each for each in categories if each not in answer.left_out]
        self._answered |= dict.fromkeys(asked_for, self._now())
        is_news = False
        for order_id, order in told.items():
            self._disputed.discard(order_id)
            known = self._orders.get(order_id)
            closed = self._closed.get(order_id)
            heard = known.heard if known is not None and known.is_after(order) else closed
            if heard is not None and heard >= asked - YOUNG_S:
                continue
            if self._gone.get(order_id, -1.0) >= asked:
                continue
            self._closed.pop(order_id, None)
            self._gone.pop(order_id, None)
            is_news |= known is None or _terms(known.order) != _terms(order)
            self._orders[order_id] = _Known(order, asked)
        for order_id, known in tuple(self._orders.items()):
            order = known.order
            if order_id in told or order.symbol in answer.unreadable or order.category not in asked_for:
                continue
            if self._is_gone(order_id, known.heard, asked, order.updated_ts or 0, order.category):
                del self._orders[order_id]
                _note(self._gone, order_id, asked)
                is_news = True
        return is_news

    def _is_gone(self, key: _Key, heard: float, asked: float, updated: int, kind: _Kind) -> bool:
        """Whether what an answer does not have is gone; where it was told of just before, that is disputed."""
        if heard >= asked:
            self._dispute_old(key, updated, kind)
            return False
        is_young = heard >= asked - YOUNG_S
        (self._disputed.add if is_young else self._disputed.discard)(key)
        return not is_young

    def take_balance(self, answer: Balance, asked: float) -> bool:
        """Whether it had amounts that the stream had not told."""
        readings = [_amounts(each) for each in (self._balance, self._wallet_else) if each is not None]
        if self._balance is not None and self._balance_heard >= asked:
            if _amounts(answer) != readings[0]:
                self._doubt_wallet(answer)
            return False
        self._answered[Balance] = now = self._now()
        self._balance, self._wallet_else = answer, None
        self._balance_heard = asked
        self._balance_asked = Millis(now - int((self._monotonic() - asked) * 1000))
        return bool(readings) and _amounts(answer) not in readings

    # --- what stands ------------------------------------------------------------------------------------------

    def positions(self, as_of: Millis) -> Positions:
        """The legs that hold something, sorted by symbol."""
        held = [leg.position for _, leg in sorted(self._legs.items()) if leg.position is not None]
        return Positions(
            account_id=self._account_id, items=tuple(held), as_of=as_of, unreadable=self._unreadable_positions
        )

    def orders(self, as_of: Millis) -> Orders:
        """The orders that are not final, as the stream and REST left them."""
        return Orders(
            account_id=self._account_id,
            items=tuple([each.order for each in self._orders.values()]),
            as_of=as_of,
            unreadable=self._unreadable_orders,
            left_out=self._left_out,
        )

    @property
    def balance(self) -> Balance | None:
        """As of the moment in which it was told; None before anything was heard of it, and while that is in doubt."""
        return None if self._wallet_else is not None else self._balance

    @property
    def is_disputed(self) -> bool:
        """Whether an answer did not have something that was told of just before, and neither was said again since."""
        return bool(self._disputed)

    def heard(self, kind: type[Positions | Orders | Balance]) -> float:
        """When the stream told of that last; -1: never."""
        return self._heard.get(kind, -1.0)

    @property
    def is_empty(self) -> bool:
        """Whether neither a position nor an order stands."""
        return not self._orders and not self.symbols

    @property
    def symbols(self) -> frozenset[Symbol]:
        """The symbols in which a position stands: whose marks are worth following."""
        return frozenset(symbol for (symbol, _), leg in self._legs.items() if leg.position is not None)


def _note(kept: OrderedDict[str, float], order_id: str, at: float) -> None:
    """Keep the moment of an order id, of the newest hundred of them."""
    kept[order_id] = at
    kept.move_to_end(order_id)
    while len(kept) > _CLOSED_KEPT:
        kept.popitem(last=False)
