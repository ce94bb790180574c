"""What a fill brings with it: closed sizes, closed PnL and the lines of the transaction log."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ops.sim.bybit.accounts import Account, ClosedPnl, Execution, LogEntry
from ops.sim.bybit.clock import HOUR
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market


@dataclass(slots=True, kw_only=True)
class _Net:
    """A position as a list of fills makes it, from flat."""

    size: Decimal = ZERO
    """Negative when short."""
    value: Decimal = ZERO
    """At the entry prices, never negative; in coins for inverse contracts."""
    fees: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """The part of a fill that closed a position, with its part of the entry."""

    size: Decimal
    entry_value: Decimal
    exit_value: Decimal
    open_fee: Decimal
    close_fee: Decimal
    gain: Decimal
    """Before fees."""


def rebook(account: Account, market: Market, fills: Iterable[Execution]) -> None:
    """Let these be all the account ever did: executions, closed PnL and log anew; the balances stay."""
    account.executions = sorted(fills, key=lambda fill: (fill.at, fill.seq))
    account.closed_pnl = []
    account.log = []
    nets: dict[str, _Net] = {}
    for fill in account.executions:
        one = market.any_of(fill.symbol, fill.category)
        if fill.category == "spot":
            _log_spot(account, one, fill)
            continue
        net = nets.setdefault(fill.symbol, _Net())
        share = _net(net, one, fill)
        if share.size:
            _close(account, fill, share)
        _log_trade(account, one, fill, net.size, share.gain)
    _realise(account)


def _net(net: _Net, one: Instrument, fill: Execution) -> _Share:
    """Book a fill into the running position and say what it closed."""
    sign = 1 if fill.side == "Buy" else -1
    held = abs(net.size)
    against = net.size * sign < 0
    closing = min(fill.qty, held) if against else ZERO
    if fill.closed_size is None:
        fill.closed_size = closing
    entry = net.value * closing / held if held else ZERO
    exit_ = fill.value * closing / fill.qty
    open_fee = net.fees * closing / held if held else ZERO
    close_fee = fill.fee * closing / fill.qty
    gain = ZERO
    if closing:
        # coins are worth most when the price is low: an inverse long earns as its value in coins falls
        gain = (exit_ - entry) * -sign * (-1 if one.category == "inverse" else 1)
    share = _Share(
        size=closing,
        entry_value=entry,
        exit_value=exit_,
        open_fee=open_fee,
        close_fee=close_fee,
        gain=gain,
    )
    net.value += fill.value - exit_ - entry
    net.fees += fill.fee - close_fee - open_fee
    net.size += fill.qty * sign
    return share


def _close(account: Account, fill: Execution, share: _Share) -> None:
    """Add to the closed PnL of the fill's order."""
    last = account.closed_pnl[-1] if account.closed_pnl else None
    if last is None or last.order_id != fill.order_id:
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
            leverage=_leverage(account, fill),
            open_fee=ZERO,
            close_fee=ZERO,
            created_at=fill.at,
            updated_at=fill.at,
        )
        account.closed_pnl.append(last)
    last.closed_size += share.size
    last.entry_value += share.entry_value
    last.exit_value += share.exit_value
    last.open_fee += share.open_fee
    last.close_fee += share.close_fee
    last.pnl += share.gain - share.open_fee - share.close_fee
    last.fills += 1
    last.updated_at = fill.at
    inverse = fill.category == "inverse"
    last.avg_entry = _average(last.closed_size, last.entry_value, inverse=inverse)
    last.avg_exit = _average(last.closed_size, last.exit_value, inverse=inverse)


def _average(size: Decimal, value: Decimal, *, inverse: bool) -> Decimal:
    if not size or not value:
        return ZERO
    return size / value if inverse else value / size


def _leverage(account: Account, fill: Execution) -> Decimal:
    index = 0
    if account.hedge:
        index = 2 if fill.side == "Buy" else 1  # a buy closes the short leg
    return account.position(fill.category, fill.symbol, index).leverage


def _log_trade(account: Account, one: Instrument, fill: Execution, size: Decimal, gain: Decimal) -> None:
    account.log.append(
        _line(account, fill, currency=one.settle_coin, change=gain - fill.fee, cash_flow=gain, size=size)
    )


def _log_spot(account: Account, one: Instrument, fill: Execution) -> None:
    """Two lines: what was paid and what was got; the fee is in the coin that was got."""
    bought = fill.side == "Buy"
    fill.closed_size = ZERO
    base, quote = (fill.qty, -fill.value) if bought else (-fill.qty, fill.value)
    base_fee, quote_fee = (fill.fee, ZERO) if bought else (ZERO, fill.fee)
    for coin, flow, fee in ((one.quote_coin, quote, quote_fee), (one.base_coin, base, base_fee)):
        line = _line(account, fill, currency=coin, change=flow - fee, cash_flow=flow, size=ZERO)
        line.fee = fee
        account.log.append(line)


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
        LogEntry(
            id=f"{account.uid}_{coin}_{began}",
            type="TRANSFER_IN" if amount > 0 else "TRANSFER_OUT",
            currency=coin,
            at=began,
            change=amount,
            cash_flow=amount,
            qty=abs(amount),
        )
        for coin in {**account.wallet, **changed}
        if (amount := account.wallet.get(coin, ZERO) - changed.get(coin, ZERO))
    ]
    account.log = transfers + account.log
    balances: dict[str, Decimal] = {}
    for entry in account.log:
        entry.balance = balances[entry.currency] = balances.get(entry.currency, ZERO) + entry.change
