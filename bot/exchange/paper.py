"""Practice accounts: the rows of our own database at Bybit's live prices. The read side.

Rules as in a unified account with cross margin. Our database is the exchange here, so every answer is of now.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.market import Ticker
from bot.domain.portfolio import (
    STANDARD_MAKER,
    STANDARD_TAKER,
    Balance,
    CoinBalance,
    Executions,
    FeeRate,
    Orders,
    Position,
    Positions,
    Side,
)
from bot.domain.ports.accounts import AccountQueries
from bot.domain.ports.clock import Clock
from bot.domain.trades import ClosedPnls, closed_pnls

EXECUTIONS: Final = 50
_REMEMBERED: Final = 500  # fills that closes are reckoned by
_SETTLE_COIN: Final = "USDT"
_DOLLARS: Final = frozenset({_SETTLE_COIN, "USDC"})  # counted at one


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperGateway:
    """`ExchangeGateway` of practice accounts. `ticker` brings a perpetual's live price and raises ExchangeErrors.

    An account without positions, with nothing but dollars, needs no price and answers while Bybit is silent.
    """

    queries: AccountQueries
    ticker: Callable[[Symbol], Awaitable[Ticker]]
    clock: Clock
    taker: Decimal = STANDARD_TAKER
    maker: Decimal = STANDARD_MAKER

    async def balance(self, account: Account) -> Balance:
        wallet = await self.queries.paper_wallet(account.account_id)
        amounts = {_SETTLE_COIN: Decimal(0)} | {coin: Decimal(amount) for coin, amount in wallet.items()}
        rows = await self.queries.positions(account.account_id)
        held = rows.items if rows else ()
        prices = await self._prices([*(each.symbol for each in held), *map(_pair, amounts.keys() - _DOLLARS)])
        pnl = sum((_gain(each, prices[each.symbol]) for each in held), Decimal(0))
        margin = sum((_initial_margin(each, prices[each.symbol]) for each in held), Decimal(0))
        coins = tuple(_coin(coin, amount, pnl, prices) for coin, amount in sorted(amounts.items()))
        wallet_total = sum((amount * _dollars(coin, prices) for coin, amount in amounts.items()), Decimal(0))
        return Balance(
            account_id=account.account_id,
            total_equity=wallet_total + pnl,
            total_wallet_balance=wallet_total,
            total_available=max(Decimal(0), wallet_total + pnl - margin),
            total_unrealised_pnl=pnl,
            total_initial_margin=margin,
            coins=coins,
            as_of=self.clock.now(),
        )

    async def positions(self, account: Account) -> Positions:
        """The stored positions at the live mark price."""
        rows = await self.queries.positions(account.account_id)
        held = rows.items if rows else ()
        prices = await self._prices([each.symbol for each in held])
        items = tuple(_marked(each, prices) for each in held)
        return Positions(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def orders(self, account: Account) -> Orders:
        rows = await self.queries.orders(account.account_id)
        items = rows.items if rows else ()
        return Orders(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def executions(self, account: Account) -> Executions:
        found = await self.queries.executions(account, EXECUTIONS)
        return replace(found, as_of=self.clock.now(), is_whole=len(found.items) < EXECUTIONS)

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        """What each close brought, at average cost, as far as the newest 500 fills tell."""
        fills = await self.queries.executions(account, _REMEMBERED)
        items = closed_pnls(reversed(fills.items))
        return ClosedPnls(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:  # noqa: ARG002  the same for everybody
        return FeeRate(symbol=symbol, taker=self.taker, maker=self.maker)

    async def _prices(self, symbols: Iterable[Symbol]) -> Mapping[Symbol, Decimal]:
        """The mark price of each, asked for side by side. Raises the first ExchangeError."""
        wanted = sorted(set(symbols))
        tickers = await asyncio.gather(*map(self.ticker, wanted))
        return {ticker.symbol: ticker.mark_price or ticker.last_price for ticker in tickers}


def _marked(position: Position, prices: Mapping[Symbol, Decimal]) -> Position:
    """The position at the live price."""
    mark = prices[position.symbol]
    gain = _gain(position, mark)
    return replace(position, mark_price=mark, position_value=mark * position.size, unrealised_pnl=gain)


def _gain(position: Position, mark: Decimal) -> Decimal:
    """What the position has brought so far; our own rows all have an entry price."""
    entry = position.entry_price or mark
    return (mark - entry if position.side is Side.BUY else entry - mark) * position.size


def _initial_margin(position: Position, mark: Decimal) -> Decimal:
    return mark * position.size / (position.leverage or 1)


def _coin(coin: str, amount: Decimal, pnl: Decimal, prices: Mapping[Symbol, Decimal]) -> CoinBalance:
    """One coin; the positions' result is in the coin that they settle in."""
    unrealised = pnl if coin == _SETTLE_COIN else Decimal(0)
    equity = amount + unrealised
    return CoinBalance(
        coin=coin,
        wallet_balance=amount,
        equity=equity,
        unrealised_pnl=unrealised,
        usd_value=equity * _dollars(coin, prices),
    )


def _dollars(coin: str, prices: Mapping[Symbol, Decimal]) -> Decimal:
    """What one coin is worth."""
    return Decimal(1) if coin in _DOLLARS else prices[_pair(coin)]


def _pair(coin: str) -> Symbol:
    return Symbol(coin + _SETTLE_COIN)
