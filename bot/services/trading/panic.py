"""/panic: entries stopped for good and canceled, every managed leg closed and read flat.

The first half never waits for anything but the disk. A panic goes on, as a row, until every leg of it is flat or
definitely refused and of no entry it is unknown whether it is at the exchange: what such an entry fills is closed, too.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.closings import Closing, ClosingState, NewClosing, PanicRecord
from bot.domain.errors import ExchangeError, KeyTrouble
from bot.domain.ids import AccountId, Millis
from bot.domain.leg_rules import foreign_entries, in_panic_order
from bot.domain.legs import ForeignEntry, LegClosing, LegProgress, Ownership, PanicReport, Silence
from bot.domain.patience import BYBIT, Patience
from bot.domain.portfolio import LegKey, Orders, Position, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.refusals import PASSING
from bot.domain.trade_plans import CardPlace, IntentKind, IntentState, OrderIntent
from bot.domain.users import UserConfig
from bot.services.trading.entry_cancels import cancel_entries, is_resting_entry
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leg_closer import LegCloser
from bot.services.trading.owners import LegOwners
from bot.services.trading.signals import AccountSignals, wait_for

_logger = logging.getLogger(__name__)

_READ_S: Final = 1.0  # that the first read of the positions may take: after it, what is known is closed
_CANCELS_S: Final = 1.0  # that the first report waits for the answers to the cancels
_LOOKS: Final = 60  # of a task; then the job starts another one
_NOTHING: Final = Decimal(0)
_PROGRESS: Final = {
    ClosingState.CLOSING: LegProgress.CLOSING,
    ClosingState.REFUSED: LegProgress.REFUSED,
    ClosingState.DONE: LegProgress.FLAT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """An account's legs as they were read last."""

    managed: tuple[Position, ...]  # largest risk first
    foreign: tuple[Position, ...]
    unreadable: tuple[str, ...] = ()  # symbols in which something may stand
    silence: Silence = Silence.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Panic:
    """Panics of accounts. `pace` scales its waits: 1 but in tests."""

    reads: Reads
    queries: TradingQueries
    closings: ClosingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    runner: IntentRunner
    closer: LegCloser
    owners: LegOwners
    signals: AccountSignals
    clock: Clock
    tasks: TaskSet
    pace: float = 1.0
    patience: Patience = BYBIT
    _followed: set[int] = field(default_factory=set, init=False, repr=False, compare=False)
    _reading: dict[AccountId, "asyncio.Task[_Known]"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _told: dict[AccountId, tuple[int, PanicReport]] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def stop_entries(self, account: Account, *, idempotency_key: str) -> PanicReport:
        """The first half, at once: fence, pause, cancels; the report lists what would be closed."""
        live = await self.queries.intents_live(account.account_id)
        async with self.transactions.begin() as unit:
            panic, cancels = await self._brake(unit, account, live, idempotency_key)
        self.runner.launch(cancels)
        self._follow(account, panic)
        await self.runner.finished(cancels, timeout_s=_CANCELS_S * self.pace)
        for wake in self.runner.wakers:  # its turn to be compared is now
            wake(account.account_id)
        return await self.report(account)

    async def close_all(
        self,
        config: UserConfig,
        account: Account,
        also: tuple[LegKey, ...],
        *,
        place: CardPlace,
        idempotency_key: str,
    ) -> PanicReport:
        """Both halves: closes every managed leg and those foreign ones in `also`."""
        known = await self._known(account)
        ticked = [each for each in known.foreign if each.leg_key(account.account_id) in also]
        live = await self.queries.intents_live(account.account_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            panic, cancels = await self._brake(unit, account, live, idempotency_key)
            wanted = () if panic.ended_ts is not None else in_panic_order((*known.managed, *ticked))
            await unit.panics.close_from(panic.panic_id, now)
            begun = [
                await self.closer.begin(
                    unit, account, _closing(config, account, each, panic, place, idempotency_key), None, now
                )
                for each in wanted
            ]
        self.closer.follow(account, begun)
        self.runner.launch(cancels)
        self._follow(account, panic)
        return await self.report(account)

    async def progress(self, account: Account, *, version: int, timeout_s: float) -> tuple[PanicReport, int]:
        """The report once it is another one than `version` (0: at once), or when the time is over; its version."""
        end = asyncio.get_running_loop().time() + timeout_s
        while True:
            change = self.signals.next_change(account.account_id)
            report = await self.report(account)
            number = self._number(account.account_id, report)
            left = end - asyncio.get_running_loop().time()
            if number != version or left <= 0:
                return report, number
            await wait_for(change, left)

    async def work_off(self) -> int:
        """Go on with every panic that no task follows; how many."""
        going = [each for each in await self.closings.panics_going() if each.panic_id not in self._followed]
        for panic in going:
            account = await self.queries.account(panic.account_id)
            if account is not None:
                self._follow(account, panic)
        return len(going)

    async def _brake(
        self, unit: UnitOfWork, account: Account, live: Iterable[OrderIntent], idempotency_key: str
    ) -> tuple[PanicRecord, tuple[OrderIntent, ...]]:
        """No entry that was written before is sent any more, none is written, and those that rest are canceled.

        A second tap after the end of its panic does nothing: what was resumed since stays so.
        """
        now = self.clock.now()
        panic = await unit.panics.begin(account.user_id, account.account_id, idempotency_key, now)
        if panic.ended_ts is not None:
            return panic, ()
        await unit.fences.raise_fence(account.account_id)
        await unit.fences.pause(account.account_id, now)
        return panic, await cancel_entries(unit, self.runner, live, _cause(panic), now)

    # --- until it is over -----------------------------------------------------------------------------------------

    def _follow(self, account: Account, panic: PanicRecord) -> None:
        if panic.panic_id not in self._followed:
            self._followed.add(panic.panic_id)
            self.tasks.start(self._pursue(account, panic.panic_id), f"panic {panic.panic_id}")

    async def _pursue(self, account: Account, panic_id: int) -> None:
        try:
            for _ in range(_LOOKS):
                change = self.signals.next_change(account.account_id)
                if await self._look(account, panic_id):
                    self.signals.changed(account.account_id)
                    return
                await wait_for(change, self.pace)
        finally:
            self._followed.discard(panic_id)

    async def _look(self, account: Account, panic_id: int) -> bool:
        """Cancel what rests, close what stands; True: it is over."""
        panic = await self.closings.last_panic(account.account_id)
        if panic is None or panic.panic_id != panic_id or panic.ended_ts is not None:
            return True
        live = await self.queries.intents_live(account.account_id)
        resting = [each for each in live if is_resting_entry(each)]
        if resting:  # their answers came after the brake
            async with self.transactions.begin_aside(is_urgent=True) as unit:
                cancels = await cancel_entries(unit, self.runner, resting, _cause(panic), self.clock.now())
            self.runner.launch(cancels)
        is_quiet = not resting and not _unknown(live)
        if panic.closes_ts is None:
            return await self._end(panic) if is_quiet else False
        going = await self.closings.closings_of_panic(panic_id)
        if any(each.state is ClosingState.CLOSING for each in going):
            return False
        try:
            known = await self._read(account)
        except ExchangeError as trouble:
            _logger.warning("panic %d: the positions can't be read: %s", panic_id, trouble)
            return False
        refused = {each.leg for each in going if each.state is ClosingState.REFUSED}
        left = [each for each in known.managed if each.leg_key(account.account_id) not in refused]
        if left:
            await self._close(account, panic, left, len(going))
            return False
        is_flat = is_quiet and not known.unreadable
        return await self._end(panic) if is_flat else False

    async def _close(self, account: Account, panic: PanicRecord, left: Sequence[Position], number: int) -> None:
        """Legs that came to stand since: what an entry of unknown fate has filled."""
        now = self.clock.now()
        async with self.transactions.begin_aside(is_urgent=True) as unit:
            begun = [
                await self.closer.begin(
                    unit,
                    account,
                    NewClosing(
                        user_id=panic.user_id,
                        leg=each.leg_key(account.account_id),
                        side=each.side,
                        size=each.size,
                        remaining=_NOTHING,
                        idempotency_key=f"panic:{panic.panic_id}:late:{number}:{index}",
                        panic_id=panic.panic_id,
                    ),
                    None,
                    now,
                )
                for index, each in enumerate(left)
            ]
        self.closer.follow(account, begun)

    async def _end(self, panic: PanicRecord) -> bool:
        async with self.transactions.begin_aside() as unit:
            await unit.panics.end(panic.panic_id, self.clock.now())
        return True

    # --- what there is to tell ------------------------------------------------------------------------------------

    async def report(self, account: Account) -> PanicReport:
        """What the last panic of that account has done so far, and what stands there now."""
        panic = await self.closings.last_panic(account.account_id)
        known = await self._known(account)
        going = () if panic is None else await self.closings.closings_of_panic(panic.panic_id)
        if panic is not None:
            going = (*await self._before(account, panic, going, known), *going)
        attempts = await self.queries.intents(
            [each.last_intent_id for each in going if each.last_intent_id is not None]
        )
        last = {each.intent_id: each for each in attempts}
        unknown = _unknown(await self.queries.intents_live(account.account_id))
        covered = {each.leg for each in going}
        standing = [each for each in known.managed if each.leg_key(account.account_id) not in covered]
        is_closing = panic is not None and panic.closes_ts is not None and panic.ended_ts is None
        progress = LegProgress.CLOSING if is_closing else LegProgress.STANDS
        return PanicReport(
            account_id=account.account_id,
            legs=(
                *(_of_closing(each, last.get(each.last_intent_id or 0)) for each in going),
                *(_standing(account, each, progress) for each in standing),
            ),
            canceled=0 if panic is None else await self.closings.canceled_by(_cause(panic)),
            foreign=tuple(each for each in known.foreign if each.leg_key(account.account_id) not in covered),
            foreign_entries=await self._foreign_entries(account),
            unknown=unknown,
            unknown_until=self._until(unknown),
            unreadable=known.unreadable,
            silence=known.silence,
            is_over=panic is None or panic.ended_ts is not None,
        )

    async def _before(
        self, account: Account, panic: PanicRecord, going: Sequence[Closing], known: _Known
    ) -> tuple[Closing, ...]:
        """What its card has closed before, the last of each leg, of legs that are flat since."""
        stands = {each.leg_key(account.account_id) for each in (*known.managed, *known.foreign)}
        stands |= {each.leg for each in going}
        before = {each.leg: each for each in await self.closings.closings_before(panic.panic_id)}
        return tuple(x for x in before.values() if x.state is ClosingState.DONE and x.leg not in stands)

    async def _foreign_entries(self, account: Account) -> tuple[ForeignEntry, ...]:
        """As they are shown now; as they were known, if that takes too long or fails."""
        try:
            async with asyncio.timeout(_READ_S):
                orders: Orders | None = await self.reads.orders(account)
        except (ExchangeError, TimeoutError) as trouble:
            _logger.warning("panic: the orders can't be read, the last known ones stand in: %s", trouble)
            orders = await self.reads.last_orders(account)
        return () if orders is None else foreign_entries(orders.items, self.runner.prefix)

    def _until(self, unknown: Sequence[OrderIntent]) -> Millis | None:
        """When the last of them can't be executed any more; for those that nobody answers about: in a while.

        It stays the same while it lies ahead: a moment that moved with the clock would be another report each time.
        """
        if not unknown:
            return None
        last = max((each.sent_ts or each.created_ts) + self.patience.window for each in unknown)
        late, step = self.clock.now() - last, max(self.patience.over, 1)
        return Millis(last if late < 0 else last + (late // step + 1) * step)

    def _number(self, account_id: AccountId, report: PanicReport) -> int:
        number, known = self._told.get(account_id, (0, None))
        if known == report:
            return number
        self._told[account_id] = number + 1, report
        return number + 1

    async def _known(self, account: Account) -> _Known:
        """As the exchange shows it now; as it was known, if that takes too long or fails.

        A read that takes too long goes on for whoever asks next: hundreds of legs may take seconds.
        """
        try:
            async with asyncio.timeout(_READ_S):
                return await asyncio.shield(self._reading_of(account))
        except (ExchangeError, TimeoutError) as trouble:
            _logger.warning("panic: the positions can't be read, the last known ones stand in: %s", trouble)
            silence = Silence.NO_KEY if isinstance(trouble, KeyTrouble) else Silence.NO_ANSWER
        return replace(await self._judged(account, await self.reads.last_positions(account)), silence=silence)

    def _reading_of(self, account: Account) -> "asyncio.Task[_Known]":
        task = self._reading.get(account.account_id)
        if task is None:
            name = f"panic: positions of account {account.account_id}"
            task = self.tasks.spawn(self._read(account), name, expected=ExchangeError)
            self._reading[account.account_id] = task
            task.add_done_callback(lambda _: self._reading.pop(account.account_id, None))
        return task

    async def _read(self, account: Account) -> _Known:
        gateway = self.gateways.get(account.account_type)
        with at_priority(RequestPriority.CLOSE):
            positions = None if gateway is None else await gateway.positions(account)
        return await self._judged(account, positions)

    async def _judged(self, account: Account, positions: Positions | None) -> _Known:
        """A leg that holds others' orders, too, is listed with the foreign ones: its close takes theirs."""
        items = () if positions is None else positions.items
        owned = await self.owners.of(account.account_id, items)
        ours = [each for each in items if owned[each.leg_key(account.account_id)].ownership is Ownership.OURS]
        foreign = tuple(each for each in items if each not in ours)
        unreadable = () if positions is None else positions.unreadable
        return _Known(managed=in_panic_order(ours), foreign=foreign, unreadable=unreadable)


def _cause(panic: PanicRecord) -> str:
    return f"panic:{panic.panic_id}:cancel"


def _unknown(live: Iterable[OrderIntent]) -> tuple[OrderIntent, ...]:
    """Entries that may fill yet and can't be canceled; what was not sent is not sent any more.

    Nobody knows whether they are at the exchange, or it took them and has not said how they ended: an answer to a
    create comes before the order does anything.
    """
    entries = [each for each in live if each.kind is IntentKind.ENTRY and each.state is not IntentState.INTENT]
    return tuple(each for each in entries if each.is_live and not is_resting_entry(each))


def _closing(
    config: UserConfig, account: Account, position: Position, panic: PanicRecord, place: CardPlace, key: str
) -> NewClosing:
    return NewClosing(
        user_id=config.user_id,
        leg=position.leg_key(account.account_id),
        side=position.side,
        size=position.size,
        remaining=_NOTHING,
        idempotency_key=f"{key}:{position.category}:{position.symbol}:{position.position_idx}",
        panic_id=panic.panic_id,
        card=place,
    )


def _of_closing(closing: Closing, last: OrderIntent | None) -> LegClosing:
    progress, reason = _PROGRESS[closing.state], closing.reason
    if closing.state is ClosingState.CLOSING and last is not None:
        if last.state is IntentState.UNKNOWN:
            progress = LegProgress.UNKNOWN
        if last.reason in PASSING:
            reason = last.reason
    return LegClosing(
        leg=closing.leg,
        side=closing.side,
        size=closing.size,
        progress=progress,
        reason=reason,
        attempt=last,
    )


def _standing(account: Account, position: Position, progress: LegProgress) -> LegClosing:
    return LegClosing(
        leg=position.leg_key(account.account_id), side=position.side, size=position.size, progress=progress
    )
