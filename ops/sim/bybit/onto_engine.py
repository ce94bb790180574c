"""The stand-in's instruments, accounts and prices as the matching engine takes them."""

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from bot.domain import market as domain
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.orders import MarginMode, PositionMode, TimeInForce
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.model import (
    EngineAccount,
    EngineOrder,
    EnginePosition,
    Markets,
    MarketView,
    SymbolRules,
)
from bot.exchange.matching.money import value_of
from ops.sim.bybit.accounts import DEFAULT_LEVERAGE, Account, Order, Position
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market


@lru_cache(maxsize=1_024)
def rules_of(one: Instrument) -> SymbolRules:
    """The rules of a contract as the engine takes them: tick, step, tiers and fees."""
    taker, maker = FEES[one.category]
    return SymbolRules(
        instrument=domain.Instrument(
            category=domain.Category.LINEAR,
            symbol=Symbol(one.symbol),
            status=one.status,
            base_coin=one.base_coin,
            quote_coin=one.quote_coin,
            tick_size=one.price.step,
            qty_step=one.qty.step,
            min_order_qty=one.min_qty,
            max_order_qty=one.max_qty,
            max_market_order_qty=one.max_market_qty,
            min_notional=one.min_value,
            max_leverage=Decimal(one.max_leverage),
            price_limit_near=one.price_limit,
            price_limit_far=one.far_price_limit,
        ),
        tiers=one.tiers,
        taker=taker,
        maker=maker,
        is_inverse=one.category == "inverse",
    )


def markets_of(account: Account, market: Market, at: int) -> Markets:
    """The mark prices of what the account holds and has orders in, and what its coins are worth then."""
    orders = [each for each in account.orders.values() if each.category in {"linear", "inverse"}]
    wanted = {(each.category, each.symbol) for each in account.held()}
    wanted |= {(each.category, each.symbol) for each in orders}
    found = [market.any_of(symbol, category) for category, symbol in sorted(wanted)]
    coins = {*account.wallet, *(one.settle_coin for one in found)}
    return Markets(
        views={Symbol(one.symbol): _view(one, market, at) for one in found},
        now=Millis(at),
        dollars={coin: market.dollars(coin, at) for coin in coins},
    )


def account_of(account: Account, market: Market) -> EngineAccount:
    """What the engine needs of it to work out its margins; portfolio margin counts as cross."""
    isolated = account.margin_mode == MarginMode.ISOLATED
    held = [_position(each, market) for each in account.held()]
    legs = account.positions.values()
    return EngineAccount(
        prefix="",
        wallet=dict(account.wallet),
        position_mode=PositionMode.HEDGE if account.hedge else PositionMode.ONE_WAY,
        margin_mode=MarginMode.ISOLATED if isolated else MarginMode.CROSS,
        default_leverage=DEFAULT_LEVERAGE,
        leverages={(Symbol(each.symbol), each.index): each.leverage for each in legs},
        positions={each.leg: each for each in held},
        orders={
            each.order_id: _order(each) for each in account.orders.values() if each.category in {"linear", "inverse"}
        },
    )


def flat(symbol: str, index: int = 0) -> EnginePosition:
    """A leg that holds nothing."""
    return EnginePosition(symbol=Symbol(symbol), position_idx=index)


def _view(one: Instrument, market: Market, at: int) -> MarketView:
    mark = market.mark_price(one, at)
    last = market.last_price(one, at)
    return MarketView(rules=rules_of(one), last=last, mark=mark, index=mark, bids=(), asks=(), ts=Millis(at))


def _position(held: Position, market: Market) -> EnginePosition:
    rules = rules_of(market.any_of(held.symbol, held.category))
    value = value_of(rules, held.size, held.avg_price)
    return replace(
        flat(held.symbol, held.index), side=Side(held.side), size=held.size, entry_value=value, realised=held.realised
    )


def _order(order: Order) -> EngineOrder:
    return EngineOrder(
        order_id=order.order_id,
        order_link_id=OrderLinkId(order.link_id),
        symbol=Symbol(order.symbol),
        position_idx=order.position_index,
        side=Side(order.side),
        order_type=OrderType(order.order_type),
        qty=order.qty,
        price=order.price,
        time_in_force=TimeInForce.GTC,
        status=order.status,
        reduce_only=order.reduce_only,
        filled=order.filled,
        created_ts=Millis(order.created_at),
        updated_ts=Millis(order.updated_at),
    )
