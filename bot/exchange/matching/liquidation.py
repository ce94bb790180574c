"""Margin calls at the mark price.

Isolated: a leg whose liquidation price is reached is taken over at its bust price; its margin is lost, no more.
Cross: while the margin balance does not exceed the maintenance margin, orders are canceled, then the leg that needs
most maintenance margin is brought down a risk tier, or from the lowest taken over whole; nobody ends below nothing.
"""

from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.orders import MarginMode, TimeInForce, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType
from bot.exchange.matching.booking import book
from bot.exchange.matching.executing import settle_leg
from bot.exchange.matching.margins import Assessment, HeldLeg, assess, held_leg
from bot.exchange.matching.model import ZERO, EngineOrder
from bot.exchange.matching.money import nearest_step, step_down, step_up
from bot.exchange.matching.work import Work

_TAKE_OVER: Final = "CreateByTakeOver_PassThrough"
_REDUCE: Final = "CreateByLiq"


def liquidate(work: Work, *symbols: Symbol) -> None:
    """Call what the prices ask for: of isolated legs those of these symbols, of cross margin the account."""
    held = work.account.held()
    if work.account.margin_mode is MarginMode.ISOLATED:
        for position in held:
            if position.symbol in symbols and (leg := held_leg(work.account, position, work.markets)).is_called:
                _take_over(work, leg)
        return
    while held and (found := assess(work.account, work.markets)).is_called:
        if not _cancel_all(work):
            _reduce(work, found)


def _take_over(work: Work, leg: HeldLeg) -> None:
    for order in work.orders_of(leg.position.leg):
        work.close_order(order, "CancelByPrepareLiq")
    price = nearest_step(leg.bust_price, leg.rules.instrument.tick_size)
    _close(work, leg, leg.position.size, price, _TAKE_OVER, "BustTrade")


def _cancel_all(work: Work) -> bool:
    """Orders go first. Says whether there were any."""
    orders = [each for each in work.account.orders.values() if each.stop_order_type == "" or each.is_resting]
    for order in orders:
        work.close_order(order, "CancelAllBeforeLiq")
    return bool(orders)


def _reduce(work: Work, found: Assessment) -> None:
    leg = max(found.legs.values(), key=lambda each: each.maintenance * found.coins[each.rules.settle_coin].dollars)
    below = [tier.limit for tier in leg.rules.tiers if tier.limit < leg.tier.limit]
    size = leg.position.size
    if below:
        most = below[-1] * leg.mark if leg.rules.is_inverse else below[-1] / leg.mark
        kept = step_down(most, leg.rules.instrument.qty_step)
        if ZERO < kept < size:
            _close(work, leg, size - kept, leg.mark, _REDUCE, "Trade")
            return
    _close(work, leg, size, _bearable(leg, found), _TAKE_OVER, "BustTrade")


def _bearable(leg: HeldLeg, found: Assessment) -> Decimal:
    """The mark price or, where a close there would leave less than nothing, the price that leaves nothing."""
    size, way, fee = leg.position.size, leg.position.direction, leg.rules.taker
    margin = found.margin / found.coins[leg.rules.settle_coin].dollars
    if leg.rules.is_inverse:
        coins = margin + way * size / leg.mark
        price = (way + fee) * size / coins if coins * way > 0 else leg.mark
    else:
        price = (way * leg.mark * size - margin) / (size * (way - fee))
    tick = leg.rules.instrument.tick_size
    return max(leg.mark, step_up(price, tick)) if way > 0 else min(leg.mark, step_down(price, tick))


def _close(work: Work, leg: HeldLeg, qty: Decimal, price: Decimal, create_type: str, exec_type: str) -> None:
    held = leg.position
    if held.side is None:
        return
    order = EngineOrder(
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=opposite(held.side),
        order_type=OrderType.MARKET,
        qty=qty,
        price=price,
        time_in_force=TimeInForce.IOC,
        status="New",
        reduce_only=True,
        create_type=create_type,
        priority=work.number(),
        created_ts=work.now,
        updated_ts=work.now,
    )
    book(work, work.order(order), price, qty, is_maker=False, exec_type=exec_type)
    settle_leg(work, held.leg)
