"""Accounts are compared with their exchange in turn: those of which least is known first, none of them forgotten.

What the exchange tells by itself, and whatever is sent, wakes the settlement of its account at once; these rounds are
for what nobody tells of. An account with something open is looked at each minute where no healthy stream tells of it,
every other one each quarter of an hour; at a start all of them, in the same order.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeError, KeyTrouble
from bot.domain.ids import MINUTE, AccountId, Millis
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import DueAccount, TradingQueries
from bot.domain.ports.streams import StreamWatch
from bot.services.trading.mode_watch import ModeWatch
from bot.services.trading.settlement import Settlement

_logger = logging.getLogger(__name__)

_WHILE_OPEN: Final = MINUTE
_OTHERWISE: Final = 15 * MINUTE
_KEY_PAUSE: Final = 15 * MINUTE  # after Bybit did not take the key
_AT_ONCE: Final = 8  # accounts
_NEVER: Final = Millis(0)
_A_ROUND: Final = 5_000  # ms: then it is looked at anew who is the most urgent
_NOTHING_OPEN: Final = 3  # the turn of an account in which nothing is open


@dataclass(frozen=True, slots=True)
class ReconcileStats:
    """How the turns go. `oldest_wait_s`: of the account that has been due for longest."""

    due: int = 0
    oldest_wait_s: float = 0.0
    failures: int = 0  # since the start


@dataclass(slots=True)
class _Turn:
    """When an account was compared last, and from when on it may be tried again after a failure."""

    compared: Millis | None = None
    not_before: Millis = _NEVER


@dataclass(slots=True, kw_only=True)
class Reconcile:
    """`account_types`: whose orders are placed here. `after_start`: called once all accounts had their first turn."""

    settlement: Settlement
    modes: ModeWatch
    queries: TradingQueries
    streams: StreamWatch
    clock: Clock
    account_types: frozenset[AccountType]
    after_start: list[Callable[[], None]] = field(default_factory=list)
    _turns: dict[AccountId, _Turn] = field(default_factory=dict, init=False, repr=False)
    _first: Millis | None = field(default=None, init=False, repr=False)
    _all_at: Millis = field(default=_NEVER, init=False, repr=False)
    _idle: tuple[DueAccount, ...] = field(default=(), init=False, repr=False)
    _failures: int = field(default=0, init=False, repr=False)
    _stats: ReconcileStats = field(default=ReconcileStats(), init=False, repr=False)

    def stats(self) -> ReconcileStats:
        """As of the last round."""
        return self._stats

    async def round(self) -> int:
        """Compare accounts that are due, the most urgent first, for five seconds; how many failed.

        Those that are not reached stay due. Raises StorageTrouble.
        """
        now = self._now()
        if self._first is None:
            self._first = now
        due = self._due(await self._accounts(now), now)
        self._stats = ReconcileStats(due=len(due), oldest_wait_s=self._oldest_wait(due, now), failures=self._failures)
        queue = list(reversed(due))
        before = self._failures
        end = Millis(now + _A_ROUND)
        await asyncio.gather(*(self._work(queue, end) for _ in range(min(_AT_ONCE, len(queue)))))
        if not queue:
            self._end_start()
        return self._failures - before

    def _now(self) -> Millis:
        """In monotonic ms, as every moment here: a clock that is set keeps no account waiting."""
        return Millis(round(self.clock.monotonic() * 1000))

    def _end_start(self) -> None:
        while self.after_start:
            self.after_start.pop()()

    async def _accounts(self, now: Millis) -> Sequence[DueAccount]:
        """Those with something open, and all others, which are read less often."""
        open_ones = await self.queries.accounts_to_settle()
        if now - self._all_at >= _OTHERWISE or not self._all_at:
            self._all_at = now
            self._idle = await self.queries.accounts_to_look_at()
            gone = self._turns.keys() - {each.account.account_id for each in (*open_ones, *self._idle)}
            for account_id in gone:
                del self._turns[account_id]
        listed = {each.account.account_id for each in open_ones}
        return (*open_ones, *(each for each in self._idle if each.account.account_id not in listed))

    def _due(self, accounts: Iterable[DueAccount], now: Millis) -> list[DueAccount]:
        """In their order: by how little is known of them, then by how long they wait."""
        found = [
            each for each in accounts if each.account.account_type in self.account_types and self._due_at(each) <= now
        ]
        return sorted(found, key=lambda each: (each.turn, self._due_at(each)))

    def _due_at(self, each: DueAccount) -> Millis:
        turn = self._turns.get(each.account.account_id)
        if turn is None or turn.compared is None:
            first = self._first or self._now()
            return first if turn is None else max(first, turn.not_before)
        is_told = each.turn == _NOTHING_OPEN or self.streams.is_healthy(each.account.account_id)
        return max(turn.not_before, Millis(turn.compared + (_OTHERWISE if is_told else _WHILE_OPEN)))

    def _oldest_wait(self, due: Iterable[DueAccount], now: Millis) -> float:
        return max((now - self._due_at(each) for each in due), default=0) / 1000

    async def _work(self, queue: list[DueAccount], until: Millis) -> None:
        while queue and self._now() <= until:
            await self._compare(queue.pop().account)

    async def _compare(self, account: Account) -> None:
        turn = self._turns.setdefault(account.account_id, _Turn())
        asked_at = self._now()
        try:
            await self.settlement.settle(account.account_id)
            turn.compared = asked_at  # whether its mode can be read or not
            await self.modes.look(account)
        except ExchangeError as trouble:
            self._failures += 1
            pause = _KEY_PAUSE if isinstance(trouble, KeyTrouble) else _WHILE_OPEN
            turn.not_before = Millis(asked_at + pause)
            _logger.warning("account %d could not be compared: %s", account.account_id, trouble)
        except Exception:  # one account's trouble is not the others'
            self._failures += 1
            turn.not_before = Millis(asked_at + _WHILE_OPEN)
            _logger.exception("account %d could not be compared", account.account_id)
