"""Funding: what longs pay shorts, or the other way round, at the hours of a symbol."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.ids import Symbol
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching.model import ZERO, EngineFill, EnginePosition, MarketView
from bot.exchange.matching.money import eight_digits, value_of
from bot.exchange.matching.work import Work


def fund(work: Work, symbol: Symbol, rate: Decimal) -> None:
    """Book one funding of that rate, a fraction of the value at the mark price, on each leg of the symbol."""
    view = work.view(symbol)
    for held in work.account.held():
        if held.symbol == symbol:
            _pay(work, view, held, rate)


def _pay(work: Work, view: MarketView, held: EnginePosition, rate: Decimal) -> None:
    paid = eight_digits(value_of(view.rules, held.size, view.mark) * rate) * held.direction
    seq = work.number()
    work.position(
        replace(
            held,
            realised=held.realised - paid,
            cum_realised=held.cum_realised - paid,
            updated_ts=work.now,
            seq=seq,
        )
    )
    work.fill(_fill(work, view, held, rate, paid), "SETTLEMENT")


def _fill(work: Work, view: MarketView, held: EnginePosition, rate: Decimal, paid: Decimal) -> EngineFill:
    return EngineFill(
        exec_id=work.new_id(),
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=Side.BUY if held.direction > 0 else Side.SELL,
        exec_type="Funding",
        price=view.mark,
        qty=held.size,
        value=value_of(view.rules, held.size, view.mark),
        fee=paid,
        fee_rate=rate,
        fee_currency=view.rules.settle_coin,
        is_maker=False,
        closed_size=ZERO,
        gain=ZERO,
        create_type="",
        stop_order_type="",
        order_type=OrderType.MARKET,
        order_price=ZERO,
        order_qty=held.size,
        leaves_qty=ZERO,
        mark_price=view.mark,
        ts=work.now,
        seq=work.account.position(held.leg).seq,
    )
