"""Trailing stops: a distance that a leg's best price is followed at, and a market order once the price comes back.

There is no row before the stop follows; from then on its row shows where that began, and its trigger goes with the last
price. Source: Bybit v5 documentation, pages position/trading-stop and order/open-order.
"""

from dataclasses import replace
from decimal import Decimal

from bot.domain.ids import Symbol
from bot.domain.orders import MOST_CONDITIONAL, TimeInForce, TpslMode, TriggerDirection, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching import checks
from bot.exchange.matching.model import ZERO, EngineOrder, EnginePosition, EngineRejected, Leg, MarketView
from bot.exchange.matching.money import is_on_step
from bot.exchange.matching.protection import PARTIAL_KINDS, TRAILING
from bot.exchange.matching.work import Work


def set_trailing(work: Work, held: EnginePosition, distance: Decimal, active: Decimal | None) -> None:
    """Let a trailing stop follow a held leg from now on, or from that price on; distance 0 takes it away.

    Raises EngineRejected, with the account as it was.
    """
    view = work.view(held.symbol)
    new = replace(
        held,
        trailing_stop=distance or None,
        active_price=active if distance else None,
        best_price=None,
        updated_ts=work.now,
    )
    _check(work, view, held, distance, active)
    row = _row(work, held.leg)
    if row is not None:
        work.close_order(row, "CancelByTpSlTsClear")
    work.position(new)
    follow_leg(work, new, (view.last, view.last))


def follow(work: Work, symbol: Symbol, prices: tuple[Decimal, Decimal] | None = None) -> None:
    """Let the symbol's trailing stops go with the price; `prices`: the lowest and the highest that it had, else now."""
    last = work.view(symbol).last
    for held in work.account.held():
        if held.symbol == symbol and held.trailing_stop is not None:
            follow_leg(work, held, prices or (last, last))


def follow_leg(work: Work, held: EnginePosition, prices: tuple[Decimal, Decimal]) -> None:
    """The same of one leg: it begins where the price is that it waits for, and then goes one way only."""
    is_long = held.side is Side.BUY
    distance, price = held.trailing_stop, prices[1] if is_long else prices[0]
    if distance is None:
        return
    if held.best_price is None:
        waits = held.active_price is not None and (price - held.active_price) * held.direction < 0
        if not waits:
            work.order(_new_row(work, work.position(replace(held, best_price=price))))
        return
    row = _row(work, held.leg)
    if row is None or (price - held.best_price) * held.direction <= 0:
        return
    work.position(replace(held, best_price=price))
    work.order(replace(row, trigger_price=_level(price, distance, held), updated_ts=work.now))


def _check(work: Work, view: MarketView, held: EnginePosition, distance: Decimal, active: Decimal | None) -> None:
    """The distance is on the tick and below the price, the activation price on the side of gains."""
    tick = view.rules.instrument.tick_size
    if distance < 0 or not is_on_step(distance, tick) or distance >= view.last:
        raise EngineRejected(checks.WRONG_PARAMETER, "TrailingStop invalid")
    if active is not None and (not is_on_step(active, tick) or (active - view.last) * held.direction <= 0):
        raise EngineRejected(checks.WRONG_PARAMETER, "activePrice invalid")
    if not distance or held.trailing_stop is not None or not work.counts_protections:
        return
    rows = [each for each in work.account.orders.values() if each.symbol == held.symbol and not each.is_resting]
    if sum(each.stop_order_type not in PARTIAL_KINDS for each in rows) >= MOST_CONDITIONAL:
        message = "The number of stop orders exceeds the maximum allowable limit"
        raise EngineRejected(checks.TOO_MANY_CONDITIONAL, message)


def _row(work: Work, leg: Leg) -> EngineOrder | None:
    waiting = (each for each in work.orders_of(leg) if each.status == "Untriggered")
    return next((each for each in waiting if each.stop_order_type == TRAILING), None)


def _level(best: Decimal, distance: Decimal, held: EnginePosition) -> Decimal:
    return best - distance * held.direction


def _new_row(work: Work, held: EnginePosition) -> EngineOrder:
    best, distance = held.best_price or ZERO, held.trailing_stop or ZERO
    return EngineOrder(
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=opposite(held.side or Side.BUY),  # a held leg has one
        order_type=OrderType.MARKET,
        qty=held.size,
        price=ZERO,
        time_in_force=TimeInForce.IOC,
        status="Untriggered",
        reduce_only=True,
        close_on_trigger=True,
        trigger_price=_level(best, distance, held),
        trigger_direction=TriggerDirection.FALLS if held.side is Side.BUY else TriggerDirection.RISES,
        active_price=held.active_price or best,
        stop_order_type=TRAILING,
        tpsl_mode=TpslMode.FULL,
        create_type=f"CreateBy{TRAILING}",
        priority=work.number(),
        created_ts=work.now,
        updated_ts=work.now,
    )
