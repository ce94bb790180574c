"""An account's screens: the fresh value if it comes soon, else the last known one."""

import asyncio
from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeError
from bot.domain.portfolio import Balance, Orders, Positions
from bot.domain.ports.reads import Reads
from bot.domain.trades import Trades, trades_of
from bot.services.instruments import InstrumentReader, WithInstruments
from bot.services.screens import ScreenReader, Shown, at_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountScreens:
    """What an account holds and did. Raises ExchangeError when nothing at all is known."""

    reads: Reads
    reader: ScreenReader
    instruments: InstrumentReader

    async def balance(self, account: Account) -> Shown[Balance]:
        return await self.reader.read(self.reads.balance(account), at_hand(self.reads.last_balance, account))

    async def positions(self, account: Account) -> Shown[WithInstruments[Positions]]:
        return await self.reader.read(
            self.instruments.beside(self.reads.positions(account)),
            self.instruments.beside_last(lambda: self.reads.last_positions(account)),
        )

    async def orders(self, account: Account) -> Shown[WithInstruments[Orders]]:
        return await self.reader.read(
            self.instruments.beside(self.reads.orders(account)),
            self.instruments.beside_last(lambda: self.reads.last_orders(account)),
        )

    async def trades(self, account: Account) -> Shown[WithInstruments[Trades]]:
        return await self.reader.read(
            self.instruments.beside(self._trades(account)),
            self.instruments.beside_last(at_hand(self._last_trades, account)),
        )

    async def _trades(self, account: Account) -> Trades:
        """Fills without what they brought, where that alone can't be had."""
        fills, closed = await asyncio.gather(
            self.reads.executions(account), self.reads.closed_pnl(account), return_exceptions=True
        )
        if isinstance(fills, BaseException):
            raise fills
        if isinstance(closed, ExchangeError):
            return trades_of(fills, ())
        if isinstance(closed, BaseException):
            raise closed
        return trades_of(fills, closed.items)

    def _last_trades(self, account: Account) -> Trades | None:
        fills, closed = self.reads.last_executions(account), self.reads.last_closed_pnl(account)
        return None if fills is None else trades_of(fills, () if closed is None else closed.items)
