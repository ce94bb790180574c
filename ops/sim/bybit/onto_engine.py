"""The stand-in's instruments, accounts and prices as the matching engine takes them."""

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from bot.domain import market as domain
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.orders import MarginMode, PositionMode, TimeInForce, TpslMode, TriggerBy, TriggerDirection
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.model import (
    EngineAccount,
    EngineOrder,
    EnginePosition,
    Markets,
    MarketView,
    PriceSize,
    SymbolRules,
)
from bot.exchange.matching.money import value_of
from ops.sim.bybit.accounts import DEFAULT_LEVERAGE, Account, Order, Position
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market

CONTRACTS: Final = frozenset({"linear", "inverse"})
"""Categories that the engine trades."""
NEW_ID: Final = "#"
"""How ids begin that the engine gave out: a number in hexadecimal digits follows."""
_VERSIONS: Final = 1_000
"""Prices may be set so often within a quarter of a second until two books look like one."""
_TIMES_IN_FORCE: Final = {**{each.value: each for each in TimeInForce}, "RPI": TimeInForce.POST_ONLY}
_TRIGGERS: Final = frozenset(TriggerBy)
_DIRECTIONS: Final = {1: TriggerDirection.RISES, 2: TriggerDirection.FALLS}


@lru_cache(maxsize=1_024)
def rules_of(one: Instrument) -> SymbolRules:
    """The rules of a contract as the engine takes them: tick, step, tiers and fees."""
    taker, maker = FEES[one.category]
    if one.status == "PreLaunch":
        before = one.row["preListingInfo"]["auctionFeeInfo"]
        taker, maker = Decimal(before["takerFeeRate"]), Decimal(before["makerFeeRate"])
    limits = one.row["riskParameters"]
    return SymbolRules(
        instrument=domain.Instrument(
            category=domain.Category.LINEAR,
            symbol=Symbol(one.symbol),
            status="Trading" if one.is_trading else one.status,
            base_coin=one.base_coin,
            quote_coin=one.quote_coin,
            tick_size=one.price.step,
            qty_step=one.qty.step,
            min_order_qty=one.min_qty,
            max_order_qty=one.max_qty,
            max_market_order_qty=one.max_market_qty,
            min_notional=one.min_value,
            max_leverage=Decimal(one.max_leverage),
            price_limit_near=Decimal(limits["priceLimitRatioX"]),
            price_limit_far=Decimal(limits["priceLimitRatioY"]),
        ),
        tiers=one.tiers,
        taker=taker,
        maker=maker,
        is_inverse=one.category == "inverse",
    )


def markets_of(account: Account, market: Market, at: int, *books: MarketView) -> Markets:
    """The mark prices of what the account holds and has orders in, and what its coins are worth then.

    `books`: views that have a book, of symbols where something may be traded.
    """
    orders = [each for each in account.orders.values() if each.category in CONTRACTS]
    wanted = {(each.category, each.symbol) for each in account.held()}
    wanted |= {(each.category, each.symbol) for each in orders}
    booked = {view.rules.symbol: view for view in books}
    found = [market.any_of(symbol, category) for category, symbol in sorted(wanted) if symbol not in booked]
    settled = [*(one.settle_coin for one in found), *(view.rules.settle_coin for view in books)]
    return Markets(
        views={Symbol(one.symbol): view_of(one, market, at) for one in found} | booked,
        now=Millis(at),
        dollars={coin: market.dollars(coin, at) for coin in {*account.wallet, *settled}},
    )


def account_of(account: Account, market: Market, *, hedged: bool | None = None) -> EngineAccount:
    """It as the engine takes it; portfolio margin counts as cross.

    `hedged`: of the instrument that a command is about; None: the account's own mode. What the engine gives ids
    to begins with NEW_ID.
    """
    isolated = account.margin_mode == MarginMode.ISOLATED
    held = [_position(each, market) for each in account.positions.values() if each.category in CONTRACTS]
    legs = account.positions.values()
    has_legs = account.hedge if hedged is None else hedged
    return EngineAccount(
        prefix=NEW_ID,
        made=account.made,
        wallet=dict(account.wallet),
        position_mode=PositionMode.HEDGE if has_legs else PositionMode.ONE_WAY,
        margin_mode=MarginMode.ISOLATED if isolated else MarginMode.CROSS,
        default_leverage=DEFAULT_LEVERAGE,
        leverages={(Symbol(each.symbol), each.index): each.leverage for each in legs},
        positions={each.leg: each for each in held},
        orders={each.order_id: order_of(each) for each in account.orders.values() if each.category in CONTRACTS},
    )


def flat(symbol: str, index: int = 0) -> EnginePosition:
    """A leg that holds nothing."""
    return EnginePosition(symbol=Symbol(symbol), position_idx=index)


def view_of(
    one: Instrument, market: Market, at: int, bids: tuple[PriceSize, ...] = (), asks: tuple[PriceSize, ...] = ()
) -> MarketView:
    """A contract at that epoch millisecond, with a book or without one."""
    version, quarter = market.stamp(at)
    return MarketView(
        rules=rules_of(one),
        last=market.last_price(one, at),
        mark=market.mark_price(one, at),
        index=one.price.decimal(max(1, one.price.nearest(market.index(one, at)))),
        bids=bids,
        asks=asks,
        ts=Millis(quarter * _VERSIONS + version % _VERSIONS),
    )


def _position(held: Position, market: Market) -> EnginePosition:
    kept = replace(
        flat(held.symbol, held.index),
        realised=held.realised,
        cum_realised=held.cum_realised,
        updated_ts=Millis(held.updated_at),
        seq=held.seq,
    )
    if not held.size:
        return replace(kept, realised=ZERO)
    value = held.entry_value or value_of(rules_of(market.any_of(held.symbol, held.category)), held.size, held.avg_price)
    return replace(
        kept,
        side=Side(held.side),
        size=held.size,
        entry_value=value,
        added_margin=held.added_margin,
        stop_loss=held.stop_loss or None,
        sl_trigger_by=_trigger_by(held.sl_trigger_by),
        take_profit=held.take_profit or None,
        tp_trigger_by=_trigger_by(held.tp_trigger_by),
        opened_ts=Millis(held.opened_at),
    )


def order_of(order: Order) -> EngineOrder:
    """An order of a contract as the engine takes it."""
    return EngineOrder(
        order_id=order.order_id,
        order_link_id=OrderLinkId(order.link_id),
        symbol=Symbol(order.symbol),
        position_idx=order.position_index,
        side=Side(order.side),
        order_type=OrderType(order.order_type),
        qty=order.qty,
        price=order.price,
        time_in_force=_TIMES_IN_FORCE.get(order.time_in_force, TimeInForce.GTC),
        status=order.status,
        reduce_only=order.reduce_only,
        close_on_trigger=order.close_on_trigger,
        filled=order.filled,
        filled_value=order.filled_value,
        fee=order.fee,
        trigger_price=order.trigger_price or None,
        trigger_direction=_DIRECTIONS.get(order.trigger_direction),
        trigger_by=_trigger_by(order.trigger_by),
        stop_order_type=order.stop_order_type if order.trigger_price else "",
        stop_loss=order.stop_loss or None,
        sl_trigger_by=_trigger_by(order.sl_trigger_by),
        take_profit=order.take_profit or None,
        tp_trigger_by=_trigger_by(order.tp_trigger_by),
        tpsl_mode=TpslMode(order.tpsl_mode) if order.tpsl_mode else None,
        parent_order_link_id=OrderLinkId(order.parent_link_id),
        parent_order_id=order.parent_id,
        create_type=order.create_type,
        cancel_type=order.cancel_type,
        reject_reason=order.reject_reason,
        priority=order.priority,
        created_ts=Millis(order.created_at),
        updated_ts=Millis(order.updated_at),
    )


def _trigger_by(word: str) -> TriggerBy:
    """The last price where an order names none."""
    return TriggerBy(word) if word in _TRIGGERS else TriggerBy.LAST
