"""A fill into order, position and wallet."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.ids import Millis
from bot.domain.portfolio import Side
from bot.exchange.matching.model import ZERO, EngineFill, EngineOrder, EnginePosition, SymbolRules
from bot.exchange.matching.money import eight_digits, gain_of, share, value_of
from bot.exchange.matching.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Netted:
    """A position after a fill, how much the fill closed, and what that brought before fees."""

    position: EnginePosition
    closed: Decimal = ZERO
    gain: Decimal = ZERO
    entry_value: Decimal = ZERO  # of what was closed, as the two below
    exit_value: Decimal = ZERO
    close_fee: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What was agreed on in a fill: the value and the fee are in the settle coin."""

    exec_type: str
    price: Decimal
    qty: Decimal
    value: Decimal
    fee: Decimal
    rate: Decimal
    is_maker: bool


def book(
    work: Work, order: EngineOrder, price: Decimal, qty: Decimal, *, is_maker: bool, exec_type: str = "Trade"
) -> EngineOrder:
    """Fill so much of the order at that price. The position may flip where the order does more than close it."""
    rules = work.view(order.symbol).rules
    value = value_of(rules, qty, price)
    rate = rules.maker if is_maker else rules.taker
    fee = eight_digits(value * rate)
    netted = net(rules, work.account.position(order.leg), order.side, qty, value, fee, work.now)
    seq = work.number()
    work.position(replace(netted.position, updated_ts=work.now, seq=seq))
    order = work.order(
        replace(
            order,
            filled=order.filled + qty,
            filled_value=order.filled_value + value,
            fee=order.fee + fee,
            status="Filled" if order.filled + qty >= order.qty else "PartiallyFilled",
            updated_ts=work.now,
        )
    )
    deal = Deal(exec_type=exec_type, price=price, qty=qty, value=value, fee=fee, rate=rate, is_maker=is_maker)
    work.fill(_fill(work, order, deal, netted, seq), "TRADE" if exec_type == "Trade" else "LIQUIDATION")
    return order


def _fill(work: Work, order: EngineOrder, deal: Deal, netted: Netted, seq: int) -> EngineFill:
    view = work.view(order.symbol)
    return EngineFill(
        exec_id=work.new_id(),
        order_id=order.order_id,
        order_link_id=order.order_link_id,
        symbol=order.symbol,
        position_idx=order.position_idx,
        side=order.side,
        exec_type=deal.exec_type,
        price=deal.price,
        qty=deal.qty,
        value=deal.value,
        fee=deal.fee,
        fee_rate=deal.rate,
        fee_currency=view.rules.settle_coin,
        is_maker=deal.is_maker,
        closed_size=netted.closed,
        gain=netted.gain,
        create_type=order.create_type,
        stop_order_type=order.stop_order_type,
        order_type=order.order_type,
        order_price=order.price,
        order_qty=order.qty,
        leaves_qty=order.left,
        mark_price=view.mark,
        ts=work.now,
        seq=seq,
    )


def net(
    rules: SymbolRules, held: EnginePosition, side: Side, qty: Decimal, value: Decimal, fee: Decimal, now: Millis
) -> Netted:
    """The position after a fill of that side, quantity, value and fee: it closes what is opposite, then opens.

    Every amount is split so that the parts add up to it: nothing is gained or lost by rounding.
    """
    if held.side is None or held.side is side:
        return Netted(position=_opened(held, side, qty, value, fee, now))
    closed = min(qty, held.size)
    entry_part, exit_part = share(held.entry_value, closed, held.size), share(value, closed, qty)
    close_fee = share(fee, closed, qty)
    gain = gain_of(rules, held.direction, entry_part, exit_part)
    left = replace(
        held,
        size=held.size - closed,
        entry_value=held.entry_value - entry_part,
        added_margin=held.added_margin - share(held.added_margin, closed, held.size),
        realised=held.realised + gain - close_fee,
        cum_realised=held.cum_realised + gain - close_fee,
    )
    if not left.size:
        left = EnginePosition(symbol=held.symbol, position_idx=held.position_idx, cum_realised=left.cum_realised)
    if closed < qty:
        left = _opened(left, side, qty - closed, value - exit_part, fee - close_fee, now)
    return Netted(
        position=left, closed=closed, gain=gain, entry_value=entry_part, exit_value=exit_part, close_fee=close_fee
    )


def _opened(
    held: EnginePosition, side: Side, qty: Decimal, value: Decimal, fee: Decimal, now: Millis
) -> EnginePosition:
    return replace(
        held,
        side=side,
        opened_ts=held.opened_ts or now,
        size=held.size + qty,
        entry_value=held.entry_value + value,
        realised=held.realised - fee,
        cum_realised=held.cum_realised - fee,
    )
