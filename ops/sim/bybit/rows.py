"""Positions, orders, fills and the rest as Bybit's endpoints write them."""

from decimal import Decimal
from typing import Any

from bot.exchange.matching.margins import Assessment
from ops.sim.bybit.accounts import Account, ClosedPnl, Execution, LogEntry, Order, Position
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.margins import CoinState, Leg, Worth
from ops.sim.bybit.market import Market

Row = dict[str, Any]

_COIN_MARGINS = ("totalOrderIM", "totalPositionIM", "totalPositionMM")
_POSITION_MARGINS = ("leverage", "liqPrice", "positionIM", "positionIMByMp", "positionMM", "positionMMByMp")


def _or_blank(value: Decimal) -> str:
    return plain(value) if value else ""


def wallet(worth: Worth, coins: list[CoinState], margin_mode: str) -> Row:
    """The account object of account/wallet-balance with those coins.

    What isolated margin has no account-wide figure for is empty, as are portfolio margin's figures of a coin.
    """
    found = worth.total
    row: Row = {
        "accountType": "UNIFIED",
        "accountLTV": "0",
        "totalEquity": plain(found.margin),
        "totalWalletBalance": plain(found.wallet),
        "totalPerpUPL": plain(found.unrealised),
        **_account_wide(found),
        "coin": [_coin(state) for state in coins],
    }
    if margin_mode == "ISOLATED_MARGIN":
        row |= dict.fromkeys(_account_wide(found), "")
    if margin_mode == "PORTFOLIO_MARGIN":
        row["coin"] = [{**coin, **dict.fromkeys(_COIN_MARGINS, "")} for coin in row["coin"]]
    return row


def _account_wide(found: Assessment) -> Row:
    """What cross and portfolio margin alone work with."""
    initial_rate, maintenance_rate = _rate(found.initial, found), _rate(found.maintenance, found)
    return {
        "accountIMRate": initial_rate,
        "accountIMRateByMp": initial_rate,
        "accountMMRate": maintenance_rate,
        "accountMMRateByMp": maintenance_rate,
        "totalMarginBalance": plain(found.margin),
        "totalAvailableBalance": plain(found.available),
        "totalInitialMargin": plain(found.initial),
        "totalInitialMarginByMp": plain(found.initial),
        "totalMaintenanceMargin": plain(found.maintenance),
        "totalMaintenanceMarginByMp": plain(found.maintenance),
    }


def _rate(margin: Decimal, found: Assessment) -> str:
    return f"{margin / found.margin:.4f}" if found.margin > 0 and margin else "0"


def _coin(state: CoinState) -> Row:
    return {
        "coin": state.coin,
        "equity": plain(state.equity),
        "usdValue": plain(state.equity * state.dollars),
        "walletBalance": plain(state.margins.wallet),
        "free": plain(state.free),
        "locked": plain(state.locked),
        "spotHedgingQty": "0",
        "borrowAmount": plain(state.borrowed),
        "spotBorrow": "0",
        "availableToBorrow": "",
        "availableToWithdraw": "",
        "accruedInterest": "0",
        "totalOrderIM": plain(state.margins.order_initial),
        "totalPositionIM": plain(state.margins.position_initial),
        "totalPositionMM": plain(state.margins.position_maintenance),
        "unrealisedPnl": plain(state.margins.unrealised),
        "cumRealisedPnl": plain(state.cum_realised),
        "bonus": "0",
        "marginCollateral": True,
        "collateralSwitch": True,
        "colRes": "0",
    }


def position(one: Instrument, held: Position, leg: Leg | None, mark: Decimal, margin_mode: str) -> Row:
    """A row of position/list; `leg` is None for a flat one. In portfolio margin it has no margin of its own."""
    row = _position(one, held, leg, mark)
    if leg and margin_mode == "ISOLATED_MARGIN":
        row["positionBalance"] = row["positionIM"]
    if margin_mode == "PORTFOLIO_MARGIN":
        row |= {**dict.fromkeys(_POSITION_MARGINS, ""), "riskId": 0, "riskLimitValue": "0"}
    return row


def _position(one: Instrument, held: Position, leg: Leg | None, mark: Decimal) -> Row:
    tier = leg.margins.tier if leg else one.tiers[0]
    return {
        "positionIdx": held.index,
        "riskId": leg.risk_id if leg else one.first_risk_id,
        "riskLimitValue": plain(tier.limit),
        "symbol": held.symbol,
        "side": held.side,
        "size": plain(held.size),
        "avgPrice": plain(held.avg_price),
        "positionStatus": "Normal",
        "autoAddMargin": held.auto_add_margin,
        "tradeMode": 0,
        "leverage": plain(held.leverage),
        "markPrice": one.price.write(mark),
        "takeProfit": _trigger(one, held.take_profit),
        "stopLoss": _trigger(one, held.stop_loss),
        "trailingStop": one.price.write(held.trailing_stop),
        "sessionAvgPrice": "",
        "delta": "",
        "gamma": "",
        "vega": "",
        "theta": "",
        "curRealisedPnl": plain(held.realised),
        "cumRealisedPnl": plain(held.cum_realised),
        "adlRankIndicator": 2 if leg else 0,
        "createdTime": str(held.created_at) if held.created_at else "",
        "updatedTime": str(held.updated_at) if held.updated_at else "",
        "openTime": held.opened_at,
        "seq": held.seq,
        "isReduceOnly": False,
        "mmrSysUpdatedTime": "",
        "leverageSysUpdatedTime": "",
        "tpslMode": "Full",
        **(_leg(one, leg) if leg else _FLAT),
    }


_FLAT = {
    "positionValue": "",
    "breakEvenPrice": "",
    "liqPrice": "",
    "bustPrice": "",
    "positionIM": "",
    "positionIMByMp": "",
    "positionMM": "",
    "positionMMByMp": "",
    "unrealisedPnl": "",
    "positionBalance": "0",
}


def _leg(one: Instrument, leg: Leg) -> Row:
    liquidation = one.price.write(one.price.round(leg.margins.liquidation)) if leg.margins.liquidation else ""
    initial, maintenance = plain(leg.margins.initial), plain(leg.margins.maintenance)
    return {
        "positionValue": plain(leg.margins.position.entry_value),
        "breakEvenPrice": plain(leg.break_even),
        "liqPrice": liquidation,
        "bustPrice": one.price.write(one.price.round(leg.margins.bust_price)) if one.category == "inverse" else "",
        "positionIM": initial,
        "positionIMByMp": initial,
        "positionMM": maintenance,
        "positionMMByMp": maintenance,
        "unrealisedPnl": plain(leg.margins.unrealised),
        "positionBalance": "0",
    }


def _trigger(one: Instrument, price: Decimal) -> str:
    return one.price.write(price) if price else ""


def order(market: Market, done: Order) -> Row:
    """A row of order/realtime and order/history."""
    one = market.any_of(done.symbol, done.category)
    return {
        "orderId": done.order_id,
        "orderLinkId": done.link_id,
        "parentOrderLinkId": done.parent_link_id,
        "blockTradeId": "",
        "symbol": done.symbol,
        "price": one.price.write(done.price),
        "qty": plain(done.qty) if done.market_unit == "quoteCoin" else one.qty.write(done.qty),
        "side": done.side,
        "isLeverage": done.is_leverage,
        "positionIdx": done.position_index,
        "orderStatus": done.status,
        "createType": done.create_type,
        "cancelType": done.cancel_type,
        "rejectReason": done.reject_reason,
        "timeInForce": done.time_in_force,
        "orderType": done.order_type,
        "orderIv": "",
        "marketUnit": done.market_unit,
        "slippageToleranceType": done.slippage_type,
        "slippageTolerance": done.slippage,
        "reduceOnly": done.reduce_only,
        "closeOnTrigger": done.close_on_trigger,
        "placeType": "",
        "smpType": done.smp_type,
        "smpGroup": 0,
        "smpOrderId": "",
        "createdTime": str(done.created_at),
        "updatedTime": str(done.updated_at),
        "extraFees": "",
        "rpiTakerAccess": False,
        "rpiMatchedQty": "0",
        **_filled(one, done),
        **_triggers(one, done),
    }


def _filled(one: Instrument, done: Order) -> Row:
    inverse = one.category == "inverse"
    average = ZERO
    if done.filled and done.filled_value:
        average = done.filled / done.filled_value if inverse else done.filled_value / done.filled
    reference = done.price or done.trigger_price or done.last_price_on_created
    left = done.left / reference if inverse and reference else done.left * reference
    return {
        "avgPrice": plain(average) if average else "",
        "leavesQty": one.qty.write(done.left),
        "leavesValue": plain(left),
        "cumExecQty": one.qty.write(done.filled),
        "cumExecValue": plain(done.filled_value),
        "cumExecFee": plain(done.fee),
        "cumFeeDetail": {done.fee_currency: plain(done.fee)} if done.fee else {},
    }


def _triggers(one: Instrument, done: Order) -> Row:
    is_spot = one.category == "spot"
    return {
        "stopOrderType": done.stop_order_type,
        "triggerPrice": _trigger(one, done.active_price or done.trigger_price),
        "triggerDirection": done.trigger_direction,
        "triggerBy": done.trigger_by,
        "takeProfit": _trigger(one, done.take_profit),
        "stopLoss": _trigger(one, done.stop_loss),
        "tpslMode": done.tpsl_mode,
        "ocoTriggerBy": "",
        "tpLimitPrice": _trigger(one, done.tp_limit_price),
        "slLimitPrice": _trigger(one, done.sl_limit_price),
        "tpTriggerBy": done.tp_trigger_by,
        "slTriggerBy": done.sl_trigger_by,
        "lastPriceOnCreated": _trigger(one, ZERO if is_spot else done.last_price_on_created),
        "basePrice": _trigger(one, done.last_price_on_created if is_spot else ZERO),
    }


def execution(fill: Execution) -> Row:
    """A row of execution/list; its numbers have no needless zeros."""
    return {
        "symbol": fill.symbol,
        "orderId": fill.order_id,
        "orderLinkId": fill.link_id,
        "side": fill.side,
        "orderPrice": plain(fill.order_price),
        "orderQty": plain(fill.order_qty),
        "leavesQty": plain(fill.leaves_qty),
        "createType": fill.create_type,
        "orderType": fill.order_type,
        "stopOrderType": fill.stop_order_type or "UNKNOWN",
        "execFee": plain(fill.fee),
        "execFeeV2": "",
        "execId": fill.exec_id,
        "execPrice": plain(fill.price),
        "execQty": plain(fill.qty),
        "execType": fill.exec_type,
        "execValue": plain(fill.value),
        "execTime": str(fill.at),
        "feeCurrency": fill.fee_currency,
        "isMaker": fill.is_maker,
        "feeRate": plain(fill.fee_rate),
        "tradeIv": "",
        "markIv": "",
        "markPrice": plain(fill.mark_price),
        "indexPrice": "",
        "underlyingPrice": "",
        "blockTradeId": "",
        "closedSize": plain(fill.closed_size or ZERO),
        "seq": fill.seq,
        "extraFees": "",
    }


def closed_pnl(done: ClosedPnl) -> Row:
    """A row of position/closed-pnl; its numbers have no needless zeros."""
    return {
        "symbol": done.symbol,
        "orderId": done.order_id,
        "side": done.side,
        "qty": plain(done.qty),
        "orderPrice": plain(done.order_price),
        "orderType": done.order_type,
        "execType": done.exec_type,
        "closedSize": plain(done.closed_size),
        "cumEntryValue": plain(done.entry_value),
        "avgEntryPrice": plain(done.avg_entry),
        "cumExitValue": plain(done.exit_value),
        "avgExitPrice": plain(done.avg_exit),
        "closedPnl": plain(done.pnl),
        "fillCount": str(done.fills),
        "leverage": plain(done.leverage),
        "openFee": plain(done.open_fee),
        "closeFee": plain(done.close_fee),
        "createdTime": str(done.created_at),
        "updatedTime": str(done.updated_at),
    }


def log_entry(entry: LogEntry) -> Row:
    """A row of account/transaction-log."""
    return {
        "id": entry.id,
        "symbol": entry.symbol,
        "category": entry.category,
        "side": entry.side,
        "transactionTime": str(entry.at),
        "type": entry.type,
        "transSubType": "",
        "qty": plain(entry.qty),
        "size": plain(entry.size),
        "currency": entry.currency,
        "tradePrice": _or_blank(entry.price),
        "funding": "" if entry.funding is None else plain(entry.funding),
        "fee": plain(entry.fee),
        "cashFlow": plain(entry.cash_flow),
        "change": plain(entry.change),
        "cashBalance": plain(entry.balance),
        "feeRate": plain(entry.fee_rate),
        "bonusChange": "",
        "tradeId": entry.trade_id,
        "orderId": entry.order_id,
        "orderLinkId": entry.link_id,
        "extraFees": "",
    }


def held_rows(account: Account, worth: Worth) -> list[Row]:
    """Every leg that holds something."""
    return [
        position(leg.instrument, leg.position, leg, leg.margins.mark, account.margin_mode)
        for leg in (worth.legs[key] for key in account.positions if key in worth.legs)
    ]
