"""A missed minute, from its candles: what would have happened in it, as the rules of practice have it.

First its open acts, so that a stop which the price jumped over is filled there. Then, whatever the way that the price
took within the minute: entries, liquidations at the worst mark price, stops, targets, each at its own price and of any
size. So what is worse for the account comes first. The close acts last: by then trailing stops have followed the best
price of the minute.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final

from bot.domain.ids import MINUTE, Millis, Symbol
from bot.domain.market import Kline
from bot.domain.orders import TriggerBy, TriggerDirection
from bot.domain.portfolio import Side
from bot.exchange.matching.executing import Chosen, match, trigger
from bot.exchange.matching.liquidation import liquidate
from bot.exchange.matching.model import UNLIMITED, EngineOrder, Markets
from bot.exchange.matching.protection import STOP_LOSS, TRAILING
from bot.exchange.matching.trailing import follow
from bot.exchange.matching.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedMinute:
    """The candles of the same minute of the last and of the mark price; of one that is not over, as far as it is."""

    symbol: Symbol
    last: Kline
    mark: Kline
    now: Millis | None = None  # None: it is over

    @property
    def end(self) -> Millis:
        """The last moment that the candles know of."""
        end = Millis(self.last.start_ts + MINUTE - 1)
        return end if self.now is None else min(end, self.now)


def replay(work: Work, minute: MissedMinute) -> None:
    """Let one minute act; the symbol's view in `work.markets` need only have its rules."""
    start = minute.last.start_ts
    _look(work, minute.symbol, minute.last.open, minute.mark.open, start)
    follow(work, minute.symbol)
    for which in _KINDS:
        match(work, minute.symbol, which)
        trigger(work, minute.symbol, which)
        if which is _is_entry:
            liquidate(work, minute.symbol)
    end = minute.end
    for which in _KINDS:
        _reach(work, minute, which, end)
        if which is _is_entry:
            _call(work, minute, end)
    _look(work, minute.symbol, minute.last.close, minute.mark.close, end)
    follow(work, minute.symbol, (minute.last.low, minute.last.high))
    match(work, minute.symbol)
    trigger(work, minute.symbol)
    liquidate(work, minute.symbol)


def _is_entry(order: EngineOrder) -> bool:
    return not order.reduce_only


def _is_stop(order: EngineOrder) -> bool:
    """Whether it closes where the price turns against the leg: a stop loss, a trailing stop, or a like condition."""
    if order.stop_order_type.endswith((STOP_LOSS, TRAILING)):
        return True
    losing = TriggerDirection.FALLS if order.side is Side.SELL else TriggerDirection.RISES
    return order.reduce_only and order.stop_order_type == "Stop" and order.trigger_direction is losing


def _is_target(order: EngineOrder) -> bool:
    return order.reduce_only and not _is_stop(order)


_KINDS: Final = (_is_entry, _is_stop, _is_target)


def _reach(work: Work, minute: MissedMinute, chosen: Chosen, now: Millis) -> None:
    """Fill those of a kind that the minute's range reached, the nearest to its open first."""
    reached = {
        order.order_id: price
        for order in work.account.orders.values()
        if order.symbol == minute.symbol and chosen(order) and (price := _reached_at(order, minute)) is not None
    }
    for order_id in sorted(reached, key=lambda each: abs(reached[each] - minute.last.open)):
        this = partial(_is_named, order_id)
        last = min(max(reached[order_id], minute.last.low), minute.last.high)
        _look(work, minute.symbol, last, reached[order_id], now)
        match(work, minute.symbol, this)
        trigger(work, minute.symbol, this)


def _is_named(order_id: str, order: EngineOrder) -> bool:
    return order.order_id == order_id


def _reached_at(order: EngineOrder, minute: MissedMinute) -> Decimal | None:
    """The order's own price, where the price that it looks at came there."""
    if order.trigger_price is None or order.is_resting:
        price, seen = order.price, minute.last
    else:
        price, seen = order.trigger_price, minute.last if order.trigger_by is TriggerBy.LAST else minute.mark
    return price if seen.low <= price <= seen.high else None


def _call(work: Work, minute: MissedMinute, now: Millis) -> None:
    for mark in (minute.mark.low, minute.mark.high):
        _look(work, minute.symbol, mark, mark, now)
        liquidate(work, minute.symbol)


def _look(work: Work, symbol: Symbol, last: Decimal, mark: Decimal, now: Millis) -> None:
    """From now on the market is there, with room for any size."""
    book = ((last, UNLIMITED),)
    view = replace(work.view(symbol), last=last, mark=mark, index=mark, bids=book, asks=book, ts=now)
    work.markets = Markets(views={**work.markets.views, symbol: view}, now=now, dollars=work.markets.dollars)
