"""Who has something standing in which symbol, and up to when its prices were let act."""

import asyncio
from collections.abc import Iterable
from typing import Final

from bot.domain.ids import AccountId, Symbol
from bot.domain.paper import FedSymbol
from bot.domain.ports.paper import PaperQueries

_NOTED: Final = 30_000  # ms after which it is written down that nothing happened


class Interests:
    """In memory, read once. `load` before anything else."""

    def __init__(self, queries: PaperQueries) -> None:
        self._queries = queries
        self._accounts: dict[Symbol, set[AccountId]] = {}
        self._symbols: dict[AccountId, frozenset[Symbol]] = {}
        self._fed: dict[Symbol, FedSymbol] = {}
        self._noted: dict[Symbol, FedSymbol] = {}
        self._is_loaded = False
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """What was stored last; once. Raises StorageTrouble."""
        if self._is_loaded:
            return
        async with self._loading:
            if self._is_loaded:
                return
            found: dict[AccountId, set[Symbol]] = {}
            for symbol, account_id in await self._queries.interests():
                found.setdefault(account_id, set()).add(symbol)
            self.note_fed(await self._queries.fed())
            for account_id, symbols in found.items():
                self.note(account_id, frozenset(symbols))
            self._is_loaded = True

    def forget(self) -> None:
        """Read everything anew at the next `load`."""
        self._is_loaded = False

    def of(self, symbol: Symbol) -> frozenset[AccountId]:
        """The accounts with a position or an open order in the symbol."""
        return frozenset(self._accounts.get(symbol, ()))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Where anybody has something, in the order of names."""
        return tuple(sorted(self._accounts))

    def symbols_of(self, accounts: Iterable[AccountId]) -> frozenset[Symbol]:
        """Where any of them has something."""
        return frozenset().union(*(self._symbols.get(each, frozenset()) for each in accounts))

    def fed(self, symbol: Symbol) -> FedSymbol | None:
        """How far its prices have come; None: nothing ever stood there."""
        return self._fed.get(symbol)

    def note(self, account_id: AccountId, symbols: frozenset[Symbol]) -> None:
        """Where an account has something from now on."""
        before = self._symbols.get(account_id, frozenset())
        for gone in before - symbols:
            self._accounts[gone].discard(account_id)
            if not self._accounts[gone]:
                del self._accounts[gone]
        for new in symbols - before:
            self._accounts.setdefault(new, set()).add(account_id)
        if symbols:
            self._symbols[account_id] = symbols
        else:
            self._symbols.pop(account_id, None)

    def note_fed(self, stored: Iterable[FedSymbol]) -> None:
        """How far prices have come, as it stands on the disk."""
        for each in stored:
            self._fed[each.symbol] = self._noted[each.symbol] = each

    def live(self, fed: FedSymbol) -> bool:
        """How far prices have come; answers whether that is worth writing down."""
        noted = self._noted.get(fed.symbol)
        self._fed[fed.symbol] = fed
        return noted is None or noted.funded_ts != fed.funded_ts or fed.fed_ts - noted.fed_ts >= _NOTED
