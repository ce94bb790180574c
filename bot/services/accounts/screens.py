"""An account's screens: the fresh value if it comes soon, else the last known one."""

from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.portfolio import Balance, Executions, Orders, Positions
from bot.domain.ports.reads import Reads
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

    async def executions(self, account: Account) -> Shown[WithInstruments[Executions]]:
        return await self.reader.read(
            self.instruments.beside(self.reads.executions(account)),
            self.instruments.beside_last(at_hand(self.reads.last_executions, account)),
        )
