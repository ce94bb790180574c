"""The practice exchange: one command at a time on each account, on the disk before it is answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from bot.aio.shielded import shielded
from bot.domain.errors import ExchangeError, ExchangeRejected, NoPracticePrice, OutcomeUnknown, StorageTrouble
from bot.domain.ids import AccountId, Symbol
from bot.domain.paper import FedSymbol
from bot.domain.ports.clock import Clock
from bot.domain.ports.paper import PaperQueries
from bot.domain.ports.storage import Transactions
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets
from bot.exchange.paper.interests import Interests
from bot.exchange.paper.ports import Listener
from bot.exchange.paper.records import Before, Run, rows_of, run_of
from bot.exchange.paper.views import MarketViews

_KEPT: Final = 2_000  # accounts in memory; those that rest are forgotten beyond it
_TRIES: Final = 3  # of a command whose account came to hold another symbol while prices were read

_logger = logging.getLogger(__name__)

T = TypeVar("T")


class Need(Enum):
    """What a command must know of its symbol."""

    BOOK = "book"
    PRICES = "prices"
    NOTHING = "nothing"  # what was seen last will do: it must work while Bybit is silent


@dataclass(slots=True)
class Held:
    """An account in memory. `run` is None until it is read, and again after a commit that failed."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    run: Run | None = None


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a command has done to one account, not on the disk yet."""

    account_id: AccountId
    held: Held
    run: Run
    before: Before
    changes: Changes
    begins_run: bool = False


class PracticeExchange:
    """Accounts, their locks and their commits. `listeners` hear of each account that a commit changed.

    An account is changed under its lock alone. What fails between the change and the end of its commit drops the
    account from memory, so the disk is right whatever happened.
    """

    def __init__(self, *, queries: PaperQueries, transactions: Transactions, views: MarketViews, clock: Clock) -> None:
        self.listeners: list[Listener] = []
        self.queries = queries
        self.views = views
        self.clock = clock
        self.interests = Interests(queries)
        self._transactions = transactions
        self._held: dict[AccountId, Held] = {}

    @asynccontextmanager
    async def opened(self, account_id: AccountId) -> AsyncIterator[tuple[Held, Run]]:
        """An account under its lock, read where it is not in memory. Raises StorageTrouble, UnreadableRow."""
        held = self._held.get(account_id)
        if held is None:
            self._forget()
            held = self._held[account_id] = Held()
        async with held.lock:
            if held.run is None:
                held.run = run_of(account_id, await self.queries.state(account_id))
            yield held, held.run

    async def command(
        self,
        account_id: AccountId,
        symbol: Symbol,
        need: Need,
        act: Callable[[EngineAccount, Markets], tuple[T, Changes]],
    ) -> T:
        """Run a command of the engine and commit what it changed.

        Raises ExchangeRejected for a definite no (NoPracticePrice: prices did not come within a second), OutcomeUnknown
        where the disk refused.
        """
        await self._load_interests()
        for _ in range(_TRIES):
            async with self.opened(account_id) as (_, run):
                wanted, coins = symbols_of(run.account), tuple(run.account.wallet)
            try:
                markets = await self._markets(symbol, need, wanted, coins)
            except ExchangeRejected:
                raise
            except ExchangeError as silence:
                raise NoPracticePrice(str(silence)) from silence
            async with self.opened(account_id) as (held, run):
                if symbols_of(run.account) <= wanted:
                    return await self._acted(account_id, held, run, markets, act)
        raise ExchangeRejected(f"account {account_id} changed too quickly")

    def forget(self, account_id: AccountId) -> None:
        """Read the account anew before the next command: its rows were written by somebody else."""
        self._held.pop(account_id, None)
        self.interests.forget()

    async def commit(self, drafts: Iterable[Draft], fed: FedSymbol | None = None) -> None:
        """Write what was changed in one transaction and tell of it. Raises StorageTrouble; then nothing has changed.

        The drafts' accounts are locked by the caller.
        """
        drafts = tuple(drafts)
        is_stored = False
        try:
            await shielded(self._store(drafts, fed))
            is_stored = True
        finally:
            if not is_stored:
                for draft in drafts:
                    draft.held.run = None

    async def _acted(
        self,
        account_id: AccountId,
        held: Held,
        run: Run,
        markets: Markets,
        act: Callable[[EngineAccount, Markets], tuple[T, Changes]],
    ) -> T:
        before = Before.of(run.account)
        try:
            answer, changes = act(run.account, markets)
        except EngineRejected as no:
            raise ExchangeRejected(str(no), code=no.code) from no
        except BaseException:
            held.run = None
            raise
        if changes:
            draft = Draft(account_id=account_id, held=held, run=run, before=before, changes=changes)
            try:
                await self.commit((draft,))
            except StorageTrouble as trouble:
                raise OutcomeUnknown(f"practice could not write it down: {trouble}") from trouble
        return answer

    async def _store(self, drafts: tuple[Draft, ...], fed: FedSymbol | None) -> None:
        new = [] if fed is not None else self._first_interests(drafts)
        async with self._transactions.begin_aside() as unit:
            for draft in drafts:
                rows = rows_of(draft.account_id, draft.run, draft.changes, draft.before, begins_run=draft.begins_run)
                await unit.paper.save(rows)
            for each in (fed, *new):
                if each is not None:
                    await unit.paper.note_fed(each)
        for draft in drafts:
            self.interests.note(draft.account_id, symbols_of(draft.run.account))
        self.interests.note_fed((fed, *new))
        for draft in drafts:
            self._tell(draft.account_id)

    def _first_interests(self, drafts: Iterable[Draft]) -> list[FedSymbol]:
        """Symbols in which nothing stood: what happened to their prices before concerns nobody."""
        now = self.clock.now()
        symbols = {symbol for draft in drafts for symbol in symbols_of(draft.run.account)}
        return [
            FedSymbol(symbol=each, fed_ts=now, funded_ts=now) for each in sorted(symbols) if not self.interests.of(each)
        ]

    def _tell(self, account_id: AccountId) -> None:
        for listener in self.listeners:
            try:
                listener(account_id)
            except Exception:
                _logger.exception("a listener of the practice exchange failed")

    async def _load_interests(self) -> None:
        try:
            await self.interests.load()
        except StorageTrouble as trouble:
            raise ExchangeRejected(f"practice can't read its books: {trouble}") from trouble

    async def _markets(self, symbol: Symbol, need: Need, wanted: frozenset[Symbol], coins: tuple[str, ...]) -> Markets:
        if need is Need.NOTHING:
            return await self.views.markets(self.views.last)
        view = await (self.views.with_book if need is Need.BOOK else self.views.priced)(symbol)
        return await self.views.markets({**await self.views.known(wanted), symbol: view}, coins)

    def _forget(self) -> None:
        if len(self._held) >= _KEPT:
            resting = [
                account_id
                for account_id, held in self._held.items()
                if not held.lock.locked() and (held.run is None or not symbols_of(held.run.account))
            ]
            for account_id in resting[: _KEPT // 2]:
                del self._held[account_id]


def symbols_of(account: EngineAccount) -> frozenset[Symbol]:
    """Where the account has a position or an open order."""
    return frozenset((*(each.symbol for each in account.held()), *(each.symbol for each in account.orders.values())))
