"""Rows as Bybit's private streams write them: those of the REST answers, with what the streams have besides or lack.

Source: Bybit v5 documentation, pages websocket/private/order, execution, position and wallet.
"""

from typing import Final

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import Account, Execution, Order, Position, leg_key
from ops.sim.bybit.grids import plain
from ops.sim.bybit.margins import Worth
from ops.sim.bybit.market import Market
from ops.sim.bybit.rows import Row

_NOT_OF_ORDERS: Final = ("basePrice", "extraFees")
_NOT_OF_FILLS: Final = ("execFeeV2",)
_ZERO_WHERE_BLANK: Final = (
    "positionValue",
    "positionIM",
    "positionIMByMp",
    "positionMM",
    "positionMMByMp",
    "unrealisedPnl",
    "takeProfit",
    "stopLoss",
    "sessionAvgPrice",
)
"""Of a leg the stream writes 0 where position/list has nothing."""


def order(market: Market, one: Order) -> Row:
    """A row of the order stream."""
    row = {"category": one.category, **rows.order(market, one)}
    for name in _NOT_OF_ORDERS:
        del row[name]
    row["brokerOrderPrice"] = ""
    row["isLeverage"] = row["isLeverage"] or "0"
    row["closedPnl"] = plain(one.closed_pnl)
    row["feeCurrency"] = one.fee_currency if one.category == "spot" else ""
    return row


def execution(fill: Execution) -> Row:
    """A row of the execution stream."""
    row = {"category": fill.category, **rows.execution(fill)}
    for name in _NOT_OF_FILLS:
        del row[name]
    row["isLeverage"] = "0"
    row["marketUnit"] = ""
    row["execPnl"] = plain(fill.pnl)
    row["extraFees"] = []
    row["feeCurrency"] = fill.fee_currency
    return row


def position(account: Account, market: Market, leg: Position, worth: Worth, at: int) -> Row:
    """A row of the position stream: `entryPrice` for the average, 0 where position/list leaves it out."""
    one = market.any_of(leg.symbol, leg.category)
    held = worth.legs.get(leg_key(leg.symbol, leg.index))
    row = rows.position(one, leg, held, market.mark_price(one, at), account.margin_mode)
    row = {"category": leg.category, **row, "entryPrice": row["avgPrice"]}
    del row["avgPrice"]
    if account.margin_mode != "PORTFOLIO_MARGIN":
        row |= {name: row[name] or "0" for name in _ZERO_WHERE_BLANK}
        row["trailingStop"] = plain(leg.trailing_stop)
    return row


def wallet(account: Account, worth: Worth) -> Row:
    """A row of the wallet stream: every coin that holds or owes something."""
    coins = [state for state in worth.coins.values() if state.margins.wallet or state.equity]
    return rows.wallet(worth, coins, account.margin_mode)
