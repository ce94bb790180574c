"""The practice exchange: one command at a time on each account, on the disk before it is answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from bot.aio.shielded import shielded
from bot.domain.accounts import AccountType
from bot.domain.errors import ExchangeError, ExchangeRejected, NoPracticePrice, OutcomeUnknown, StorageTrouble
from bot.domain.events import CredentialsChanged, Event
from bot.domain.ids import AccountId, Symbol
from bot.domain.paper import FedSymbol
from bot.domain.ports.clock import Clock
from bot.domain.ports.paper import PaperQueries
from bot.domain.ports.storage import Transactions
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets
from bot.exchange.paper.gone import completed
from bot.exchange.paper.interests import Interests
from bot.exchange.paper.ports import Listener
from bot.exchange.paper.records import Before, Run, rows_of, run_of
from bot.exchange.paper.views import MarketViews

MISSED: Final = 90_000  # ms without prices after which the minutes in between are replayed
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
class KeptAccount:
    """An account in memory. `run` is None until it is read, and again after a commit that failed."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    run: Run | None = None
    users: int = 0  # that have it open, or wait for it


@dataclass(slots=True, kw_only=True)
class Draft:
    """What a command has done to one account, not on the disk yet."""

    account_id: AccountId
    held: KeptAccount
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
        self.feed: Callable[[Symbol], Awaitable[None]] | None = None  # lets what was missed act
        self.queries = queries
        self.views = views
        self.clock = clock
        self.interests = Interests(queries)
        self._transactions = transactions
        self._held: dict[AccountId, KeptAccount] = {}

    @asynccontextmanager
    async def opened(self, account_id: AccountId) -> AsyncIterator[tuple[KeptAccount, Run]]:
        """An account under its lock, read where it is not in memory. Raises StorageTrouble, UnreadableRow."""
        held = self._held.get(account_id)
        if held is None:
            self._forget()
            held = self._held[account_id] = KeptAccount()
        held.users += 1
        try:
            async with held.lock:
                if held.run is None:
                    held.run = run_of(account_id, await self.queries.state(account_id))
                yield held, held.run
        finally:
            held.users -= 1

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
        if need is Need.BOOK:
            await self._catch_up(symbol)
        for _ in range(_TRIES):
            async with self.opened(account_id) as (_, run):
                wanted, coins = run.account.symbols, tuple(run.account.wallet)
            try:
                markets = await self._markets(symbol, need, wanted, coins)
            except ExchangeRejected:
                raise
            except ExchangeError as silence:
                raise NoPracticePrice(str(silence)) from silence
            async with self.opened(account_id) as (held, run):
                if run.account.symbols <= wanted:
                    markets = self._completed(run.account, markets, need)
                    return await self._acted(account_id, symbol, held, run, markets, act)
        raise ExchangeRejected(f"account {account_id} changed too quickly")

    def forget(self, account_id: AccountId) -> None:
        """Read the account anew before the next command: its rows were written by somebody else."""
        if account_id in self._held:
            self._held[account_id].run = None
        self.interests.forget()

    def drop(self, events: tuple[Event, ...]) -> None:
        """After a commit: accounts that are gone have nothing standing here any more."""
        for event in events:
            if isinstance(event, CredentialsChanged) and event.account_type is AccountType.PAPER:
                self.interests.note(event.account_id, frozenset())
                if event.account_id in self._held:
                    self._held[event.account_id].run = None

    async def commit(self, drafts: Iterable[Draft], fed: Iterable[FedSymbol]) -> None:
        """Write what was changed, and how far prices have come, in one transaction; then tell of it.

        The drafts' accounts are locked by the caller. Raises StorageTrouble; then nothing has changed.
        """
        drafts = tuple(drafts)
        is_stored = False
        try:
            await shielded(self._store(drafts, tuple(fed)))
            is_stored = True
        finally:
            if not is_stored:
                for draft in drafts:
                    draft.held.run = None

    def _completed(self, account: EngineAccount, markets: Markets, need: Need) -> Markets:
        """With what the account holds beside. Raises NoPracticePrice where nobody knows what that is worth."""
        whole = completed(account, markets, self.views.gone)
        if need is not Need.NOTHING and not account.symbols <= whole.views.keys():
            raise NoPracticePrice("a symbol that is held beside has no price")
        return whole

    async def _acted(
        self,
        account_id: AccountId,
        symbol: Symbol,
        held: KeptAccount,
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
                await self.commit((draft,), self._up_to_now(symbol))
            except StorageTrouble as trouble:
                raise OutcomeUnknown(f"practice could not write it down: {trouble}") from trouble
        return answer

    async def _store(self, drafts: tuple[Draft, ...], fed: tuple[FedSymbol, ...]) -> None:
        async with self._transactions.begin_aside() as unit:
            for draft in drafts:
                rows = rows_of(draft.account_id, draft.run, draft.changes, draft.before, begins_run=draft.begins_run)
                await unit.paper.save(rows)
            for each in fed:
                await unit.paper.note_fed(each)
        for draft in drafts:
            self.interests.note(draft.account_id, draft.run.account.symbols)
        self.interests.note_fed(fed)
        for draft in drafts:
            self._tell(draft.account_id)

    def _up_to_now(self, symbol: Symbol) -> list[FedSymbol]:
        """What happened to its price before this command is over for whatever it made: no replay may go behind it."""
        now, fed = self.clock.now(), self.interests.fed(symbol)
        if fed is None or not self.interests.of(symbol):
            return [FedSymbol(symbol=symbol, fed_ts=now, funded_ts=now)]
        return [FedSymbol(symbol=symbol, fed_ts=now, funded_ts=fed.funded_ts)] if now - fed.fed_ts <= MISSED else []

    async def _catch_up(self, symbol: Symbol) -> None:
        """What was missed acts first: a new order must not meet prices from before it."""
        fed = self.interests.fed(symbol)
        is_behind = fed is not None and self.clock.now() - fed.fed_ts > MISSED
        if is_behind and self.interests.of(symbol) and self.feed is not None:
            try:
                await self.feed(symbol)
            except ExchangeError as silence:
                raise NoPracticePrice(str(silence)) from silence
            except StorageTrouble as trouble:
                raise OutcomeUnknown(f"practice could not write it down: {trouble}") from trouble

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
                if not held.users and (held.run is None or not held.run.account.symbols)
            ]
            for account_id in resting[: _KEPT // 2]:
                del self._held[account_id]
