"""Symbols that are not traded any more: what is held there is valued, and settled as Bybit does at a delisting."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument
from bot.domain.orders import CancelRequest, OrderRequest, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType
from bot.domain.risk_tiers import assumed_tiers
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import (
    UNLIMITED,
    Changes,
    EngineAccount,
    EngineFill,
    EnginePosition,
    Markets,
    MarketView,
    SymbolRules,
)

_MOST_CLOSES: Final = 1_000  # orders of the largest size that a leg may take
_STEP: Final = Decimal("1e-8")
_USDT: Final = "USDT"


def completed(account: EngineAccount, markets: Markets, gone: AbstractSet[Symbol]) -> Markets:
    """The same with views of the symbols that the account has something in and that are gone.

    Their price is the account's own: of its entry, or of its order.
    """
    missing = (account.symbols - markets.views.keys()) & gone
    if not missing:
        return markets
    made: Mapping[Symbol, MarketView] = {symbol: _view(account, symbol, markets) for symbol in missing}
    return replace(markets, views={**markets.views, **made})


def empty(engine: Engine, account: EngineAccount, symbol: Symbol, markets: Markets) -> Changes:
    """Cancel the symbol's orders and close its legs at the mark price. Raises EngineRejected."""
    changes = Changes()
    for order in list(account.orders.values()):
        if order.symbol == symbol and order.order_id in account.orders:  # no other one has taken it along
            cancel = CancelRequest(category=Category.LINEAR, symbol=symbol, order_id=order.order_id)
            changes.join(engine.cancel(account, cancel, markets))
    at_mark = _at_mark(markets, symbol)
    for leg in account.held():
        if leg.symbol == symbol:
            for _ in range(_MOST_CLOSES):
                if not account.position(leg.leg).size:
                    break
                _, closed = engine.create(account, _close(leg), at_mark)
                changes.join(closed)
    return changes


def settle(engine: Engine, account: EngineAccount, symbol: Symbol, markets: Markets) -> Changes:
    """The same as it is at a delisting: nobody's order did it."""
    changes = empty(engine, account, symbol, markets)
    changes.fills[:] = [_settled(each) for each in changes.fills]
    return changes


def _settled(fill: EngineFill) -> EngineFill:
    return replace(fill, exec_type="Settle", create_type="")


def _view(account: EngineAccount, symbol: Symbol, markets: Markets) -> MarketView:
    held = [each for each in account.held() if each.symbol == symbol]
    if held:
        price = held[0].entry_value / held[0].size
    else:
        orders = [each for each in account.orders.values() if each.symbol == symbol]
        price = max(each.price or each.trigger_price or _STEP for each in orders)
    leverage = max(account.leverage(each.leg) for each in held) if held else None
    instrument = Instrument(
        category=Category.LINEAR,
        symbol=symbol,
        status="Closed",
        base_coin=symbol.removesuffix(_USDT),
        quote_coin=_USDT,
        tick_size=_STEP,
        qty_step=_STEP,
        min_order_qty=None,
        max_order_qty=None,
        max_market_order_qty=None,
        min_notional=None,
        max_leverage=leverage,
    )
    rules = SymbolRules(instrument=instrument, tiers=assumed_tiers(leverage))
    return MarketView(rules=rules, last=price, mark=price, index=price, bids=(), asks=(), ts=markets.now)


def _close(leg: EnginePosition) -> OrderRequest:
    if leg.side is None:
        raise ValueError("a flat leg needs no close")
    return OrderRequest(
        order_link_id=NO_LINK_ID,
        category=Category.LINEAR,
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        side=opposite(leg.side),
        order_type=OrderType.MARKET,
        qty=Decimal(0),
        reduce_only=True,
        close_on_trigger=True,
    )


def _at_mark(markets: Markets, symbol: Symbol) -> Markets:
    """A book that takes everything at the mark price."""
    view: MarketView = markets.views[symbol]
    level = ((view.mark, UNLIMITED),)
    return replace(markets, views={**markets.views, symbol: replace(view, bids=level, asks=level)})
