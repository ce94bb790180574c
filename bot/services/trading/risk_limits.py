"""/limits: tightened at once, taken back within a minute, loosened after a day; and the check of every entry."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.audit import AuditEntry
from bot.domain.card_entries import unit_loss_of
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import AccountId, Millis, OrderLinkId, age
from bot.domain.limit_changes import (
    LOOSENS_AFTER,
    UNDO_FOR,
    ChangeState,
    LimitRecord,
    changed,
    checked,
    loosened,
    with_fields,
)
from bot.domain.order_card import ConfirmedCard, EntryRefused
from bot.domain.portfolio import Balance, Order, Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.risk import RiskQueries, RiskRecords
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.risk import RiskLimits, default_limits
from bot.domain.risk_rules import (
    EQUITY_AGE,
    EntryWish,
    LossMarks,
    RiskView,
    ValueMark,
    broken_rules,
    exposures_of,
    loss_marks,
)
from bot.domain.time_zones import day_around
from bot.domain.users import UserConfig
from bot.services.users.pin import PinService


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChange:
    """A change of limits. `takes_effect` None: it stands already; `undo_until`: until when it can be taken back."""

    change_id: int
    limits: RiskLimits
    takes_effect: Millis | None
    undo_until: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitService:
    """The limits of accounts. What an account was worth is remembered by this process alone, for half a minute."""

    queries: RiskQueries
    transactions: Transactions
    reads: Reads
    clock: Clock
    pin: PinService
    _values: dict[AccountId, tuple[Decimal, Millis]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # --- what they are --------------------------------------------------------------------------------------------

    async def limits(self, account: Account) -> RiskLimits:
        """The limits of the account as they bind now, loosenings that are due by now counted."""
        return await _standing(self.queries, account, self.clock.now())

    async def waiting(self, account: Account) -> LimitChange | None:
        """A loosening that has not taken effect yet."""
        found = await self.queries.waiting(account.account_id)
        return None if found is None or _is_due(found, self.clock.now()) else _change(found)

    async def change(self, config: UserConfig, account: Account, limits: RiskLimits) -> LimitChange:
        """Tightening stands at once, loosening after 24 hours, of one change each its part. May raise PinRequired.

        The answer is of the loosening if there is one. Raises BadInput for limits that can be none, or are those that
        stand.
        """
        limits, now = checked(limits), self.clock.now()
        before = await _standing(self.queries, account, now)
        loose = loosened(before, limits)
        tight = tuple(name for name in changed(before, limits) if name not in loose)
        if not loose and not tight:
            raise BadInput("limits-same")
        if loose:
            await self.pin.demand_for_keys(config.user_id)
        async with self.transactions.begin() as unit:
            return await self._change(unit, account, before, limits, (tight, loose), now)

    async def _change(
        self,
        unit: UnitOfWork,
        account: Account,
        before: RiskLimits,
        limits: RiskLimits,
        parts: tuple[tuple[str, ...], tuple[str, ...]],
        now: Millis,
    ) -> LimitChange:
        """Both parts written down; whatever waited and is touched by them is replaced."""
        tight, loose = parts
        risk = unit.risk
        waiting = await risk.waiting(account.account_id)
        if waiting is not None:
            is_due = _is_due(waiting, now)
            if is_due or loose or set(waiting.names) & set(tight):
                await risk.settle_change(waiting.change_id, ChangeState.DONE if is_due else ChangeState.REPLACED)
        tightened = with_fields(before, limits, tight)
        await risk.set_limits(account, tightened)
        if before.drawdown_percent is None and limits.drawdown_percent is not None:
            await risk.reset_peak(account.account_id)
        change_id, takes_effect = 0, None
        if tight:
            change_id = await _written(risk, account, ChangeState.DONE, tight, before, tightened, now, None)
        if loose:
            takes_effect = Millis(now + LOOSENS_AFTER)
            after = with_fields(tightened, limits, loose)
            state = ChangeState.WAITING
            change_id = await _written(risk, account, state, loose, tightened, after, now, takes_effect)
        what = "limits.loosen" if loose else "limits.tighten"
        details = " ".join((account.account_type.value, *tight, *loose))
        await unit.audit(AuditEntry(actor=account.user_id, action=what, subject=account.user_id, details=details), now)
        undo = Millis(now + UNDO_FOR) if takes_effect is None else takes_effect
        return LimitChange(change_id=change_id, limits=limits, takes_effect=takes_effect, undo_until=undo)

    async def take_back(self, config: UserConfig, account: Account, change_id: int) -> RiskLimits:
        """Undo a tightening within 60 s, or a loosening before it takes effect. Raises ButtonExpired."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            found = await unit.risk.change(change_id)
            if found is None or found.account_id != account.account_id or found.user_id != config.user_id:
                raise ButtonExpired
            if now >= found.undo_until or found.state not in {ChangeState.DONE, ChangeState.WAITING}:
                raise ButtonExpired
            standing = await _standing(unit.risk, account, now)
            await unit.risk.settle_change(change_id, ChangeState.TAKEN_BACK)
            if found.state is ChangeState.DONE:
                standing = with_fields(standing, found.before, found.names)
                await unit.risk.set_limits(account, standing)
            entry = AuditEntry(actor=config.user_id, action="limits.take-back", subject=config.user_id)
            await unit.audit(entry, now)
        return standing

    # --- what they are held against -------------------------------------------------------------------------------

    async def view(
        self, account: Account, balance: Balance, positions: Iterable[Position], orders: Iterable[Order]
    ) -> RiskView:
        """The account as its limits see it, by what was just read of it; its value is marked where none is yet."""
        on_their_way = await self.queries.entries_on_their_way(account.account_id)
        exposures = exposures_of(positions, orders, on_their_way)
        value, marks = balance.total_equity, LossMarks()
        limits = await self.limits(account)
        if value is not None:
            self._values[account.account_id] = (value, balance.as_of)
            mark = await self.marked(account, value)
            marks = loss_marks(limits, mark, await self.queries.results_since(account.account_id, mark.day_starts))
        return RiskView(
            limits=limits,
            account_value=value or Decimal(0),
            exposures=exposures,
            marks=marks,
            now=self.clock.now(),
        )

    async def marked(self, account: Account, value: Decimal) -> ValueMark:
        """The mark of the account's day, written down where it is another one than before."""
        config = await self.reads.user_config(account.user_id)
        now = self.clock.now()
        day = day_around(now, "UTC" if config is None else config.settings.time_zone)
        known = await self.queries.mark(account.account_id)
        mark = _mark(account, value, day) if known is None else known.at(value, day, now)
        if mark != known:
            async with self.transactions.begin_aside() as unit:
                await unit.risk.set_mark(account, mark)
        return mark

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None:
        """Every limit on the rounded order, intents in flight and resting entries counted. Raises EntryRefused."""
        value = self._value(account, now)
        if value is None:
            raise EntryRefused("risk-value-old", cure="price")
        risk, account_id = unit.risk, account.account_id
        positions = await risk.positions(account_id)
        orders = [each for each in await risk.orders(account_id) if not _becomes(each.order_link_id, card)]
        others = [x for x in await risk.entries_on_their_way(account_id) if not _becomes(x.order_link_id, card)]
        exposures = exposures_of(positions, orders, others)
        limits, mark = await _standing(risk, account, now), await risk.mark(account_id)
        marks = LossMarks()
        if mark is not None:
            marks = loss_marks(limits, mark, await risk.results_since(account_id, mark.day_starts))
        view = RiskView(limits=limits, account_value=value, exposures=exposures, marks=marks, now=now)
        for broken in broken_rules(view, self._wish(card, positions)):
            raise EntryRefused(broken.key, cure=broken.cure, **broken.values)

    def _value(self, account: Account, now: Millis) -> Decimal | None:
        """What the account was worth within the last half minute."""
        known = self._values.get(account.account_id)
        balance = self.reads.last_balance(account)
        if balance is not None and balance.total_equity is not None and (known is None or balance.as_of > known[1]):
            known = (balance.total_equity, balance.as_of)
        return None if known is None or age(known[1], now) > EQUITY_AGE else known[0]

    def _wish(self, card: ConfirmedCard, positions: Iterable[Position]) -> EntryWish:
        """The confirmed order; its loss is of the whole leg."""
        ticker = self.reads.last_ticker(card.symbol)
        parts = list(zip(card.qtys, card.prices, strict=True))
        here = (card.symbol, card.position_idx)
        held = [each for each in positions if (each.symbol, each.position_idx) == here and each.side is card.side]
        standing = [(each.size, each.entry_price) for each in held if each.entry_price is not None]
        own, stands = _loss(card, parts), _loss(card, standing)
        return EntryWish(
            symbol=card.symbol,
            position_idx=card.position_idx,
            qty=sum(card.qtys, Decimal(0)),
            qty_step=_step_of(card.qtys),
            value=sum((qty * price for qty, price in parts), Decimal(0)),
            loss=None if own is None or stands is None else max(Decimal(0), own + stands),
            held_loss=stands or Decimal(0),
            leverage=card.leverage,
            margin_mode=card.margin_mode,
            turnover=None if ticker is None else ticker.turnover_24h,
        )


def _loss(card: ConfirmedCard, parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Of quantities at prices, at the stop of the card; None: nobody can say."""
    total = Decimal(0)
    for qty, price in parts:
        loss = unit_loss_of(card.side, price, card.stop, card.leverage, card.margin_mode, card.fee_rate)
        if loss is None:
            return None
        total += qty * loss
    return total


async def _standing(risk: RiskQueries, account: Account, now: Millis) -> RiskLimits:
    """The limits as written, with the loosening whose time has come."""
    written = await risk.limits(account.account_id)
    limits = default_limits(account.account_type) if written is None else written
    waiting = await risk.waiting(account.account_id)
    return waiting.onto(limits) if waiting is not None and _is_due(waiting, now) else limits


async def _written(
    risk: RiskRecords,
    account: Account,
    state: ChangeState,
    names: tuple[str, ...],
    before: RiskLimits,
    after: RiskLimits,
    made: Millis,
    takes_effect: Millis | None,
) -> int:
    return await risk.add_change(
        account, state=state, names=names, before=before, after=after, made=made, takes_effect=takes_effect
    )


def _becomes(order_link_id: OrderLinkId, card: ConfirmedCard) -> bool:
    """Whether it is the order that the card is of already."""
    return bool(card.replaces) and order_link_id == card.replaces


def _is_due(change: LimitRecord, now: Millis) -> bool:
    return change.takes_effect_ts is not None and change.takes_effect_ts <= now


def _change(found: LimitRecord) -> LimitChange:
    return LimitChange(
        change_id=found.change_id,
        limits=found.after,
        takes_effect=found.takes_effect_ts,
        undo_until=found.undo_until,
    )


def _mark(account: Account, value: Decimal, day: tuple[Millis, Millis]) -> ValueMark:
    return ValueMark(
        account_id=account.account_id, day_starts=day[0], day_ends=day[1], day_value=value, peak_value=value
    )


def _step_of(qtys: Iterable[Decimal]) -> Decimal:
    """The finest digit that the quantities are written in: they stand on their step."""
    exponents = [qty.normalize().as_tuple().exponent for qty in qtys]
    return Decimal(1).scaleb(min([each for each in exponents if isinstance(each, int)], default=0))
