"""What a fill brings with it: closed sizes, closed PnL and the lines of the transaction log."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis
from bot.domain.portfolio import Side
from bot.exchange.matching.booking import Netted, net
from bot.exchange.matching.model import EnginePosition, SymbolRules
from bot.exchange.matching.money import price_of, share
from ops.sim.bybit.accounts import Account, ClosedPnl, Execution, LogEntry
from ops.sim.bybit.clock import HOUR
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market
from ops.sim.bybit.onto_engine import flat, rules_of

_RECENT: Final = 500
"""Closed PnL that an order which is still being filled may be found in."""
_LOGGED_AS: Final = {
    "Funding": "SETTLEMENT",
    "BustTrade": "LIQUIDATION",
    "AdlTrade": "ADL",
    "Settle": "SETTLEMENT",
    "Delivery": "DELIVERY",
}
"""Types of the transaction log by that of the execution (Bybit, enum: type)."""


@dataclass(slots=True, kw_only=True)
class _Leg:
    """A position as a list of fills makes it, from flat, and what was paid to open what is left of it."""

    position: EnginePosition
    fees: Decimal = ZERO


def rebook(account: Account, market: Market, fills: Iterable[Execution]) -> None:
    """Let these be all the account ever did: executions, closed PnL and log anew; the balances stay."""
    account.executions = sorted(fills, key=lambda fill: (fill.at, fill.seq))
    account.closed_pnl = []
    account.log = []
    legs: dict[str, _Leg] = {}
    for fill in account.executions:
        one = market.any_of(fill.symbol, fill.category)
        if fill.category == "spot":
            log_spot(account, one, fill)
            continue
        leg = legs.setdefault(fill.symbol, _Leg(position=flat(fill.symbol)))
        netted, open_fee = _enter(leg, one, fill)
        if netted.closed:
            _close(account, fill, netted, open_fee, rules_of(one))
        _log_trade(account, one, fill, leg.position.size * leg.position.direction, netted.gain)
    _realise(account)


def _enter(leg: _Leg, one: Instrument, fill: Execution) -> tuple[Netted, Decimal]:
    """Book a fill into the running position: what it made of it, and the opening fee of what it closed."""
    before = leg.position.size
    netted = net(rules_of(one), leg.position, Side(fill.side), fill.qty, fill.value, fill.fee, Millis(fill.at))
    if fill.closed_size is None:
        fill.closed_size = netted.closed
    open_fee = share(leg.fees, netted.closed, before) if netted.closed else ZERO
    leg.position = netted.position
    leg.fees += fill.fee - netted.close_fee - open_fee
    return netted, open_fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a fill closed of a leg; amounts in its settle coin."""

    size: Decimal
    entry_value: Decimal
    exit_value: Decimal
    pnl: Decimal
    """After both fees."""
    open_fee: Decimal
    close_fee: Decimal
    leverage: Decimal


def _close(account: Account, fill: Execution, netted: Netted, open_fee: Decimal, rules: SymbolRules) -> None:
    closing = Closing(
        size=netted.closed,
        entry_value=netted.entry_value,
        exit_value=netted.exit_value,
        pnl=netted.gain - open_fee - netted.close_fee,
        open_fee=open_fee,
        close_fee=netted.close_fee,
        leverage=_leverage(account, fill),
    )
    add_closed(account, fill, closing, rules)


def add_closed(account: Account, fill: Execution, closing: Closing, rules: SymbolRules) -> None:
    """Add to the closed PnL of the fill's order, which closes one leg at a time."""
    last = next((done for done in reversed(account.closed_pnl[-_RECENT:]) if done.order_id == fill.order_id), None)
    if last is None:
        last = ClosedPnl(
            category=fill.category,
            symbol=fill.symbol,
            order_id=fill.order_id,
            side=fill.side,
            qty=fill.order_qty,
            order_price=fill.order_price,
            order_type=fill.order_type,
            exec_type=fill.exec_type,
            closed_size=ZERO,
            entry_value=ZERO,
            avg_entry=ZERO,
            exit_value=ZERO,
            avg_exit=ZERO,
            pnl=ZERO,
            fills=0,
            leverage=closing.leverage,
            open_fee=ZERO,
            close_fee=ZERO,
            created_at=fill.at,
            updated_at=fill.at,
        )
        account.closed_pnl.append(last)
    last.closed_size += closing.size
    last.entry_value += closing.entry_value
    last.exit_value += closing.exit_value
    last.open_fee += closing.open_fee
    last.close_fee += closing.close_fee
    last.pnl += closing.pnl
    last.fills += 1
    last.updated_at = fill.at
    last.avg_entry = price_of(rules, last.closed_size, last.entry_value)
    last.avg_exit = price_of(rules, last.closed_size, last.exit_value)


def _leverage(account: Account, fill: Execution) -> Decimal:
    index = 0
    if account.hedge:
        index = 2 if fill.side == "Buy" else 1  # a buy closes the short leg
    return account.position(fill.category, fill.symbol, index).leverage


def _log_trade(account: Account, one: Instrument, fill: Execution, size: Decimal, gain: Decimal) -> None:
    account.log.append(
        _line(account, fill, currency=one.settle_coin, change=gain - fill.fee, cash_flow=gain, size=size)
    )


def log_fill(account: Account, one: Instrument, fill: Execution, size: Decimal) -> None:
    """Add a contract's fill to the log, as the balance stands after it; `size` of the leg, negative when short."""
    line = _line(account, fill, currency=one.settle_coin, change=fill.pnl - fill.fee, cash_flow=fill.pnl, size=size)
    line.type = _LOGGED_AS.get(fill.exec_type, "TRADE")
    if fill.exec_type == "Funding":
        line.fee, line.funding = ZERO, -fill.fee
    line.balance = account.wallet.get(one.settle_coin, ZERO) + line.change
    account.wallet[one.settle_coin] = line.balance
    account.log.append(line)


def log_spot(account: Account, one: Instrument, fill: Execution) -> list[LogEntry]:
    """Add two lines, without balances: what was paid and what was got; the fee is in the coin that was got."""
    lines = []
    bought = fill.side == "Buy"
    fill.closed_size = ZERO
    base, quote = (fill.qty, -fill.value) if bought else (-fill.qty, fill.value)
    base_fee, quote_fee = (fill.fee, ZERO) if bought else (ZERO, fill.fee)
    for coin, flow, fee in ((one.quote_coin, quote, quote_fee), (one.base_coin, base, base_fee)):
        line = _line(account, fill, currency=coin, change=flow - fee, cash_flow=flow, size=ZERO)
        line.fee = fee
        account.log.append(line)
        lines.append(line)
    return lines


def _line(
    account: Account, fill: Execution, *, currency: str, change: Decimal, cash_flow: Decimal, size: Decimal
) -> LogEntry:
    return LogEntry(
        id=f"{account.uid}_{fill.symbol}_{fill.seq}_{currency}",
        type="TRADE",
        currency=currency,
        at=fill.at,
        change=change,
        cash_flow=cash_flow,
        category=fill.category,
        symbol=fill.symbol,
        side=fill.side,
        qty=fill.qty,
        size=size,
        price=fill.price,
        fee=fill.fee,
        fee_rate=fill.fee_rate,
        trade_id=fill.exec_id,
        order_id=fill.order_id,
        link_id=fill.link_id,
    )


def transfer(account: Account, wallet: dict[str, Decimal], at: int) -> None:
    """Let these be the balances from that epoch millisecond on: what lacks or is too much is moved in or out."""
    for coin in {**account.wallet, **wallet}:
        amount = wallet.get(coin, ZERO) - account.wallet.get(coin, ZERO)
        if amount:
            line = _transfer(account, coin, amount, at)
            line.balance = wallet.get(coin, ZERO)
            account.log.append(line)
    account.wallet = wallet


def _transfer(account: Account, coin: str, amount: Decimal, at: int) -> LogEntry:
    account.made += 1
    return LogEntry(
        id=f"{account.uid}_{coin}_{at}_{account.made}",
        type="TRANSFER_IN" if amount > 0 else "TRANSFER_OUT",
        currency=coin,
        at=at,
        change=amount,
        cash_flow=amount,
        qty=abs(amount),
    )


def _realise(account: Account) -> None:
    """Begin the log with transfers that make every coin end at its wallet balance, and sum up what was earned."""
    began = min((entry.at for entry in account.log), default=account.created_at + HOUR) - HOUR
    account.cum_realised = {}
    changed: dict[str, Decimal] = {}
    for entry in account.log:
        changed[entry.currency] = changed.get(entry.currency, ZERO) + entry.change
        if entry.category != "spot":
            earned = account.cum_realised.get(entry.currency, ZERO)
            account.cum_realised[entry.currency] = earned + entry.change
    transfers = [
        _transfer(account, coin, amount, began)
        for coin in {**account.wallet, **changed}
        if (amount := account.wallet.get(coin, ZERO) - changed.get(coin, ZERO))
    ]
    account.log = transfers + account.log
    balances: dict[str, Decimal] = {}
    for entry in account.log:
        entry.balance = balances[entry.currency] = balances.get(entry.currency, ZERO) + entry.change
