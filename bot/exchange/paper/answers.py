"""What stands in an engine's account, as the domain's values."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.ids import AccountId, Millis
from bot.domain.market import Category
from bot.domain.orders import MarginMode
from bot.domain.portfolio import Balance, CoinBalance, Execution, Order, OrderType, Position, Side
from bot.exchange.matching.margins import Assessment, HeldLeg
from bot.exchange.matching.model import EngineAccount, EngineFill, EngineOrder, EnginePosition
from bot.exchange.matching.money import break_even

_ZERO = Decimal(0)


def order_of(order: EngineOrder) -> Order:
    """An order as Bybit's order/realtime shows it; a market order has no price."""
    return Order(
        category=Category.LINEAR,
        symbol=order.symbol,
        order_id=order.order_id,
        order_link_id=order.order_link_id,
        position_idx=order.position_idx,
        side=order.side,
        order_type=order.order_type,
        order_status=order.status,
        price=order.price if order.order_type is OrderType.LIMIT else None,
        qty=order.qty,
        cum_exec_qty=order.filled,
        trigger_price=order.active_price or order.trigger_price,  # of a trailing stop: where it began
        stop_order_type=order.stop_order_type,
        time_in_force=order.time_in_force.value,
        reduce_only=order.reduce_only,
        take_profit=order.take_profit,
        stop_loss=order.stop_loss,
        created_ts=order.created_ts,
        updated_ts=order.updated_ts,
        avg_price=order.filled_value / order.filled if order.filled else None,
        trigger_by=order.trigger_by.value if order.trigger_price is not None else "",
        create_type=order.create_type,
        cancel_type=order.cancel_type,
        reject_reason=order.reject_reason,
        parent_order_link_id=order.parent_order_link_id,
    )


def execution_of(fill: EngineFill) -> Execution:
    """A fill as Bybit's execution/list shows it."""
    return Execution(
        category=Category.LINEAR,
        symbol=fill.symbol,
        exec_id=fill.exec_id,
        order_id=fill.order_id,
        order_link_id=fill.order_link_id,
        side=fill.side,
        exec_type=fill.exec_type,
        exec_price=fill.price,
        exec_qty=fill.qty,
        exec_value=fill.value,
        exec_fee=fill.fee,
        fee_currency=fill.fee_currency,
        is_maker=fill.is_maker,
        closed_size=fill.closed_size,
        exec_ts=fill.ts,
        create_type=fill.create_type,
    )


def position_of(account: EngineAccount, position: EnginePosition) -> Position:
    """A held leg while nobody knows its price: what hangs on that is not said. Linear contracts."""
    return Position(
        category=Category.LINEAR,
        symbol=position.symbol,
        position_idx=position.position_idx,
        side=position.side or Side.BUY,  # a held leg has one
        size=position.size,
        entry_price=position.entry_value / position.size,
        mark_price=None,
        position_value=None,
        leverage=account.leverage(position.leg),
        liquidation_price=None,
        unrealised_pnl=None,
        take_profit=position.take_profit,
        stop_loss=position.stop_loss,
        trailing_stop=position.trailing_stop,
        created_ts=position.opened_ts,
        updated_ts=position.updated_ts,
        seq=position.seq,
    )


def position_at(account: EngineAccount, leg: HeldLeg) -> Position:
    """A held leg at its mark price."""
    held = leg.position
    return replace(
        position_of(account, held),
        mark_price=leg.mark,
        position_value=leg.mark * held.size,
        liquidation_price=leg.liquidation,
        unrealised_pnl=leg.unrealised,
        break_even_price=break_even(leg.rules, held.direction, held.size, held.entry_value, held.realised),
    )


def balance_of(account_id: AccountId, assessment: Assessment, as_of: Millis) -> Balance:
    """The wallet as Bybit's wallet-balance shows it; in isolated margin what is free is the dollars' own."""
    coins = tuple(
        CoinBalance(
            coin=each.coin,
            wallet_balance=each.wallet,
            equity=each.equity,
            unrealised_pnl=each.unrealised,
            usd_value=each.equity * each.dollars,
        )
        for _, each in sorted(assessment.coins.items())
    )
    is_isolated = assessment.margin_mode is MarginMode.ISOLATED
    free = sum((assessment.free(each.coin) * each.dollars for each in assessment.coins.values()), _ZERO)
    return Balance(
        account_id=account_id,
        total_equity=assessment.margin,
        total_wallet_balance=assessment.wallet,
        total_available=free if is_isolated else assessment.available,
        total_unrealised_pnl=assessment.unrealised,
        total_initial_margin=assessment.initial,
        coins=coins,
        as_of=as_of,
    )
