"""What an account's newest fills come to: one trade an order, what each close brought, sums of a day.

Realized PnL is Bybit's own: closed value at exit less value at entry (turned around for a short), less the fee of
opening what was closed and the fee of closing it; funding is not in it. So is the example of Bybit v5's documentation,
"Get Closed PnL": a long closed, 3541.795 - 3584.9255 - 0.0006 x (3584.9255 + 3541.795) = -47.4065323.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Execution, Executions, Side

FUNDING: Final = "Funding"  # Bybit's execType
TRADE: Final = "Trade"
PRACTICE_RESET: Final = "CreateByPracticeReset"  # createType of what a practice reset closes: no word of Bybit's
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPnl:
    """What an order that closed brought, in the coin that the contract settles in; fees are in it."""

    symbol: Symbol
    order_id: str
    pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPnls:
    """An account's newest closes as of a moment."""

    account_id: AccountId
    items: tuple[ClosedPnl, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """The fills of one order. `price` is their average; None stands for what the exchange did not say.

    `pnl` None: nothing was closed, or nobody knows what it brought. `fee` in `fee_currency`, negative is a rebate.
    """

    category: Category
    symbol: Symbol
    side: Side
    exec_type: str
    size: Decimal
    price: Decimal | None
    fee: Decimal | None
    fee_currency: str
    pnl: Decimal | None
    ts: Millis | None
    order_id: str = ""  # "": of no order, as funding is

    @property
    def is_funding(self) -> bool:
        return self.exec_type == FUNDING


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """What some trades come to: realized PnL; fees by coin; funding, negative where it was paid."""

    pnl: Decimal | None
    fees: tuple[tuple[str, Decimal], ...]
    funding: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trades:
    """An account's newest trades, newest first. `is_whole`: there are no older ones that were left away."""

    account_id: AccountId
    items: tuple[Trade, ...]
    is_whole: bool
    as_of: Millis
    unreadable: tuple[str, ...] = ()
    left_out: tuple[Category, ...] = ()


def trades_of(fills: Executions, closed: Iterable[ClosedPnl]) -> Trades:
    """The fills of an order together, each with what its order closed."""
    pnl: dict[tuple[Symbol, str], Decimal] = {}
    for each in closed:
        key = (each.symbol, each.order_id)
        pnl[key] = pnl.get(key, _ZERO) + each.pnl
    orders: dict[tuple[Category, str, str], list[Execution]] = {}
    for fill in fills.items:
        name = fill.order_id if fill.order_id and fill.exec_type != FUNDING else f"fill {fill.exec_id}"
        orders.setdefault((fill.category, name, fill.exec_type), []).append(fill)
    return Trades(
        account_id=fills.account_id,
        items=tuple(_trade(each, pnl) for each in orders.values()),
        is_whole=fills.is_whole,
        as_of=fills.as_of,
        unreadable=fills.unreadable,
        left_out=fills.left_out,
    )


def _trade(fills: Sequence[Execution], pnl: dict[tuple[Symbol, str], Decimal]) -> Trade:
    newest = fills[0]
    size = sum((fill.exec_qty for fill in fills), _ZERO)
    prices = [fill.exec_price for fill in fills if fill.exec_price is not None]
    paid = sum((price * fill.exec_qty for price, fill in zip(prices, fills, strict=False)), _ZERO)
    fees = [fill.exec_fee for fill in fills if fill.exec_fee is not None]
    is_told = len(prices) == len(fills) and size > 0
    return Trade(
        category=newest.category,
        symbol=newest.symbol,
        side=newest.side,
        exec_type=newest.exec_type,
        size=size,
        price=paid / size if is_told else None,
        fee=sum(fees, _ZERO) if len(fees) == len(fills) else None,
        fee_currency=newest.fee_currency,
        pnl=pnl.get((newest.symbol, newest.order_id)) if newest.category is Category.LINEAR else None,
        ts=newest.exec_ts,
        order_id="" if newest.exec_type == FUNDING else newest.order_id,
    )


def sums_of(trades: Iterable[Trade]) -> DaySums:
    """What they come to, as far as it is told."""
    pnl: Decimal | None = None
    funding: Decimal | None = None
    fees: dict[str, Decimal] = {}
    for trade in trades:
        if trade.pnl is not None:
            pnl = (pnl or _ZERO) + trade.pnl
        if trade.fee is None:
            continue
        if trade.is_funding:
            funding = (funding or _ZERO) - trade.fee
        else:
            fees[trade.fee_currency] = fees.get(trade.fee_currency, _ZERO) + trade.fee
    return DaySums(pnl=pnl, fees=tuple(fees.items()), funding=funding)


@dataclass(frozen=True, slots=True)
class _Leg:
    """One side of one symbol: its size, what was paid for it, and the fees of that."""

    size: Decimal = _ZERO
    value: Decimal = _ZERO
    fees: Decimal = _ZERO

    def plus(self, size: Decimal, price: Decimal, fee: Decimal) -> "_Leg":
        return _Leg(self.size + size, self.value + size * price, self.fees + fee)

    def part(self, size: Decimal) -> "_Leg":
        """So much of it, at average cost."""
        share = size / self.size
        return _Leg(size, self.value * share, self.fees * share)

    def minus(self, part: "_Leg") -> "_Leg":
        return _Leg(self.size - part.size, self.value - part.value, self.fees - part.fees)


def closed_pnls(fills: Iterable[Execution]) -> tuple[ClosedPnl, ...]:
    """What each close brought by fills alone, which come oldest first. A close of more than they opened is left out."""
    legs: dict[tuple[Symbol, Side], _Leg] = {}
    found = []
    for fill in fills:
        if fill.category is not Category.LINEAR or fill.exec_type == FUNDING or fill.exec_qty <= 0:
            continue
        price, fee, closed = fill.exec_price or _ZERO, fill.exec_fee or _ZERO, fill.closed_size or _ZERO
        opened = fill.exec_qty - closed
        if opened > 0:
            leg = legs.get((fill.symbol, fill.side), _Leg())
            legs[fill.symbol, fill.side] = leg.plus(opened, price, fee * opened / fill.exec_qty)
        against = (fill.symbol, Side.SELL if fill.side is Side.BUY else Side.BUY)
        held = legs.get(against, _Leg())
        if 0 < closed <= held.size:
            part = held.part(closed)
            legs[against] = held.minus(part)
            gain = (closed * price - part.value) * (-1 if fill.side is Side.BUY else 1)
            pnl = gain - part.fees - fee * closed / fill.exec_qty
            found.append(ClosedPnl(symbol=fill.symbol, order_id=fill.order_id, pnl=pnl))
    return tuple(found)
