"""What positions and a wallet are worth at other mark prices, as far as those alone move them."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.portfolio import Balance, CoinBalance, Position, Positions, Side

_STABLE: Final = frozenset({"USDT", "USDC"})
_SETTLED_IN: Final = "USDT"  # the positions
_NOTHING: Final = Decimal(0)

Marked = dict[Symbol, Decimal]
"""The mark prices of a moment, by symbol, in the quote coin."""


def with_marks(positions: Positions, marks: Marked, as_of: Millis) -> Positions:
    """The same positions at other mark prices, and what they would bring there: size × (mark - entry), by Bybit."""
    return replace(positions, items=tuple([_marked(each, marks) for each in positions.items]), as_of=as_of)


def _marked(position: Position, marks: Marked) -> Position:
    mark = marks.get(position.symbol)
    if mark is None or position.entry_price is None:
        return position
    gain = (mark - position.entry_price) * position.size
    return replace(position, mark_price=mark, unrealised_pnl=gain if position.side is Side.BUY else -gain)


def all_marked(positions: Positions, marks: Marked) -> bool:
    """Whether every position has a price there; also where there is none."""
    return all(each.symbol in marks for each in positions.items)


def wallet_at(balance: Balance, positions: Positions, then: Marked, now: Marked, as_of: Millis) -> Balance | None:
    """The wallet as of another moment; None where something moves it that is not known.

    `then`: the mark prices of the moment in which it was told. By Bybit's formulas equity moves with what positions
    gain, and their initial margins with their value (Bybit v5 documentation, "Get Wallet Balance", and Bybit's help,
    "Initial Margin (USDT Contract)").
    """
    if balance.unreadable or positions.unreadable or any(map(_moves_otherwise, balance.coins)):
        return None
    gain = margin = _NOTHING
    for each in positions.items:
        before, mark = then.get(each.symbol), now.get(each.symbol)
        if before is None or mark is None or not each.leverage:
            return None
        moved = (mark - before) * each.size
        gain += moved if each.side is Side.BUY else -moved
        margin += moved / each.leverage
    if not gain:
        return replace(balance, as_of=as_of)
    return replace(
        balance,
        total_equity=_plus(balance.total_equity, gain),
        total_available=_plus(balance.total_available, gain - margin),
        total_unrealised_pnl=_plus(balance.total_unrealised_pnl, gain),
        total_initial_margin=_plus(balance.total_initial_margin, margin),
        coins=tuple([_coin_with(each, gain) for each in balance.coins]),
        as_of=as_of,
    )


def _moves_otherwise(coin: CoinBalance) -> bool:
    """Whether it has a price that moves, or positions that nobody here knows."""
    if coin.coin not in _STABLE:
        return bool(coin.wallet_balance or coin.unrealised_pnl)
    return coin.coin != _SETTLED_IN and bool(coin.unrealised_pnl)


def _coin_with(coin: CoinBalance, gain: Decimal) -> CoinBalance:
    if coin.coin != _SETTLED_IN:
        return coin
    return replace(
        coin,
        equity=_plus(coin.equity, gain),
        unrealised_pnl=_plus(coin.unrealised_pnl, gain),
        usd_value=_plus(coin.usd_value, gain),
    )


def _plus(amount: Decimal | None, more: Decimal) -> Decimal | None:
    return None if amount is None else amount + more
