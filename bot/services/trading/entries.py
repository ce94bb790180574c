"""Entries: a confirmed card becomes a plan and its intents, or nothing."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Protocol

from bot.aio.concurrency import ConcurrencyLimit
from bot.domain.accounts import Account, AccountType
from bot.domain.disagreements import DisagreementEnd
from bot.domain.errors import ButtonExpired, ExchangeError, UserFacing
from bot.domain.ids import Millis, Symbol, age
from bot.domain.leg_protection import TRAILING, promised
from bot.domain.leg_rules import conditional_rows, is_entry, is_of_leg, wrong_side
from bot.domain.leg_view import is_beyond
from bot.domain.licensing import Feature, opens
from bot.domain.market import Category
from bot.domain.order_card import CardOutdated, ConfirmedCard, EntryRefused
from bot.domain.orders import (
    MOST_CONDITIONAL,
    LegSettings,
    LeverageRequest,
    OrderRequest,
    TimeInForce,
    opposite,
)
from bot.domain.portfolio import LegKey, Order, Orders, OrderType, Position, Positions, Side
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import NewPlan, TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.streams import StreamWatch
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.trade_plans import (
    CLOSES,
    AnyRequest,
    Breakeven,
    CardPlace,
    IntentKind,
    ManagedTrade,
    NewIntent,
    OrderIntent,
    PlannedTarget,
    TradePlan,
)
from bot.domain.users import UserConfig
from bot.domain.work_off import ours_at_most
from bot.services.licensing.licenses import license_needed
from bot.services.trading.disagreeing import end_plan
from bot.services.trading.entry_cancels import waiting_prices
from bot.services.trading.intents import IntentRunner
from bot.services.trading.stages import Stage
from bot.services.trading.watch import TradeWatch

CARD_AGE: Final = 30_000  # ms after its price was read a card is old
FRESH: Final = 2_000  # ms that what was read of a leg counts for
BUDGET_WAIT: Final = 15_000  # ms that an entry waits to be sent
_AT_ONCE: Final = 8  # confirmations that are worked on: a thousand would hold up closes and chat for seconds


class EntryGuard(Protocol):
    """A rule on entries, asked in the transaction of the intent. Raises EntryRefused."""

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None: ...


class PositionSource(Protocol):
    """Where positions and orders are read: at the exchange, or as they were last told."""

    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _LegNow:
    """What was read of the leg a moment ago."""

    leg: LegKey
    asked_at: Millis
    settings: LegSettings
    positions: Positions
    orders: Orders

    @property
    def size(self) -> Decimal:
        position = self.positions.of_leg(self.leg)
        return _NONE if position is None else position.size

    def sides(self) -> set[Side]:
        """Of the position and of resting entries of the leg."""
        position = self.positions.of_leg(self.leg)
        held = set() if position is None else {position.side}
        resting = {each.side for each in self.entries()}
        return held | resting

    def entries(self) -> Iterable[Order]:
        """Resting orders of the leg, ours and others', that would open."""
        return (each for each in self._entries_of_symbol() if each.position_idx == self.leg.position_idx)

    @property
    def is_symbol_in_use(self) -> bool:
        """Whether another leverage would change what stands or rests in the symbol, of either leg."""
        return any(map(self._is_of_symbol, self.positions.items)) or any(self._entries_of_symbol())

    def _is_of_symbol(self, row: Position | Order) -> bool:
        return (row.category, row.symbol) == (self.leg.category, self.leg.symbol)

    def _entries_of_symbol(self) -> Iterable[Order]:
        return (each for each in self.orders.items if self._is_of_symbol(each) and is_entry(each))

    def conditional(self) -> int:
        """Rows of the symbol that count against the exchange's limit."""
        return conditional_rows(filter(self._is_of_symbol, self.orders.items))

    def protecting(self) -> int:
        """Of these, the stops and the take profit of the leg itself: an add moves them in place."""
        rows = (each for each in self.orders.items if is_of_leg(each, self.leg))
        return sum(each.stop_order_type in {"StopLoss", "TakeProfit", TRAILING} for each in rows)


_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Confirms cards. `guards` are asked in the order in which they stand.

    Where a healthy stream tells of an account, what is known of it is as fresh as a read of now; `told` are gateways
    that know it, too.
    """

    transactions: Transactions
    queries: TradingQueries
    gateways: Mapping[AccountType, OrderGateway]
    reads: Reads
    clock: Clock
    runner: IntentRunner
    watch: TradeWatch
    guards: Sequence[EntryGuard] = ()
    streams: StreamWatch | None = None
    told: Mapping[AccountType, OrderGateway] = field(default_factory=dict)
    _limit: ConcurrencyLimit = field(
        default_factory=lambda: ConcurrencyLimit(_AT_ONCE), init=False, repr=False, compare=False
    )

    async def confirm(
        self, config: UserConfig, card: ConfirmedCard, *, place: CardPlace, idempotency_key: str
    ) -> ManagedTrade:
        """The plan with its intents on their way; the same key, the same trade. Raises UserFacing, ExchangeErrors."""
        try:
            plan_id = await self._confirmed(config, card, place, idempotency_key)
        except (UserFacing, ExchangeError):  # what is against it now may be its own first time
            again = await self.watch.entered_by(idempotency_key)
            if again is None:
                raise
            return again
        return await self._trade(plan_id)

    async def _confirmed(self, config: UserConfig, card: ConfirmedCard, place: CardPlace, idempotency_key: str) -> int:
        """The id of its plan, old or new, whose intents are on their way."""
        account = config.own_account(card.account_id)
        gateway = self.gateways.get(account.account_type)
        if gateway is None:
            raise EntryRefused("entry-not-yet", account_type=account.account_type.value)
        tapped = self.clock.now()
        async with self._limit.slot():
            began = self.clock.monotonic()
            while True:  # until the card is too old at the latest
                now_there = await self._read(account, gateway, card)
                written = await self._write(account, card, now_there, place, idempotency_key, tapped)
                if written is not None:
                    break
        plan, intents = written
        self.runner.launch(intents, account)
        self.runner.stages.observe(Stage.TAP_COMMIT, self.clock.monotonic() - began)
        return plan.plan_id

    async def _trade(self, plan_id: int) -> ManagedTrade:
        trade = await self.watch.trade(plan_id)
        if trade is None:
            raise ButtonExpired
        return trade

    async def _read(self, account: Account, gateway: OrderGateway, card: ConfirmedCard) -> _LegNow:
        """The leg as it stands, read fresh, and what stands against the entry there."""
        asked_at = self.clock.now()
        if abs(asked_at - card.quoted_ts) > CARD_AGE:  # of tomorrow: the clock was set back
            raise CardOutdated("entry-outdated")
        is_told = self.streams is not None and self.streams.is_healthy(account.account_id)
        source: PositionSource = self.reads if is_told else gateway
        with at_priority(RequestPriority.CREATE):
            ticker, settings, positions, orders = await asyncio.gather(
                self.reads.ticker(card.symbol),
                self.told.get(account.account_type, gateway).leg_settings(account, card.symbol),
                source.positions(account),
                source.orders(account),
            )
        there = ticker.ask_price if card.side is Side.BUY else ticker.bid_price
        if card.is_market and there is not None and _is_past(card.side, there, card.prices[0]):
            raise CardOutdated("entry-moved", price=str(there))
        if settings.position_idx(card.side) != card.position_idx or settings.margin_mode is not card.margin_mode:
            raise CardOutdated("entry-mode-changed")
        leg = LegKey(
            account_id=account.account_id,
            category=Category.LINEAR,
            symbol=card.symbol,
            position_idx=card.position_idx,
        )
        found = _LegNow(leg=leg, asked_at=asked_at, settings=settings, positions=positions, orders=orders)
        if positions.hides(card.symbol) or orders.hides(card.symbol):
            raise EntryRefused("entry-leg-unreadable")
        if opposite(card.side) in found.sides():
            raise EntryRefused("entry-opposite")
        own = settings.leverage(card.side)
        if own != card.leverage and found.is_symbol_in_use:
            raise EntryRefused("card-leverage-in-use", cure=f"leverage:{int(own)}", leverage=card.leverage, own=own)
        return found

    async def _write(
        self,
        account: Account,
        card: ConfirmedCard,
        there: _LegNow,
        place: CardPlace,
        idempotency_key: str,
        tapped: Millis,
    ) -> tuple[TradePlan, tuple[OrderIntent, ...]] | None:
        """Every check and every row in one commit; None: the reads are too old by now."""
        async with self.transactions.begin() as unit:
            now = self.clock.now()
            await unit.ahead.entry(account, there.leg, f"{idempotency_key}:entry:0", now)
            again = await unit.intents.by_key(f"{idempotency_key}:entry:0")
            twin = None if again is None or again.plan_id is None else await unit.plans.get(again.plan_id)
            if twin is not None:  # a tap on another device was first: its own entry is nothing against it
                return twin, ()
            if age(there.asked_at, now) > FRESH:
                return None
            await self._check(unit, account, card, there, now)
            plan, before = await self._plan(unit, account, card, there, place, now)
            self._demand_room(card, there, plan, before)
            requests = self._requests(card, plan)
            intents = []
            if there.settings.leverage(card.side) != card.leverage:
                leverage = LeverageRequest(category=Category.LINEAR, symbol=card.symbol, leverage=card.leverage)
                new = self._intent(account, plan, IntentKind.LEVERAGE, leverage, f"{idempotency_key}:leverage")
                intents.append(await self.runner.add(unit, new, now))
            for number, request in enumerate(requests):
                new = replace(
                    self._intent(account, plan, IntentKind.ENTRY, request, f"{idempotency_key}:entry:{number}"),
                    card_price=request.price,
                    good_until=Millis(min(card.quoted_ts + CARD_AGE, now + BUDGET_WAIT)),
                    card=place,
                    tapped_ts=tapped,
                )
                intents.append(await self.runner.add(unit, new, now))
                await unit.card_promises.keep(intents[-1].intent_id, touch=card.touch, fee_rate=card.fee_rate)
            intents[0] = await self.runner.start(unit, account, intents[0], now)
        return plan, tuple(intents)

    async def _check(
        self, unit: UnitOfWork, account: Account, card: ConfirmedCard, there: _LegNow, now: Millis
    ) -> None:
        held = await unit.fences.license_of(account.user_id, now)
        if not opens(held, Feature.ENTRY, account.account_type):
            raise license_needed(Feature.ENTRY, account.account_type)
        if abs(now - card.quoted_ts) > CARD_AGE:
            raise CardOutdated("entry-outdated")
        if await unit.fences.paused_since(account.account_id) is not None:
            raise EntryRefused("entry-paused", cure="resume")
        live = [each for each in await unit.intents.live_of_account(account.account_id) if each.leg == there.leg]
        if any(each.kind in CLOSES for each in live):
            raise EntryRefused("entry-leg-closing")
        plan = await unit.plans.of_leg(there.leg)
        if any(each.plan_id is not None and (plan is None or each.plan_id != plan.plan_id) for each in live):
            raise EntryRefused("entry-leg-left-over")
        if any(_opens(each.request, opposite(card.side)) for each in live):
            raise EntryRefused("entry-opposite")
        if plan is not None and plan.stop_changed_ts is not None and card.stop is None:
            raise EntryRefused("entry-stop-changed")  # it would carry the promise that its owner has changed there
        mine = _NONE if plan is None else ours_at_most(plan, await unit.intents.of_plan(plan.plan_id))
        if there.size > max(mine, _NONE):
            raise EntryRefused("entry-leg-foreign")
        for guard in self.guards:
            await guard.check(unit, account, card, now)

    async def _plan(
        self, unit: UnitOfWork, account: Account, card: ConfirmedCard, there: _LegNow, place: CardPlace, now: Millis
    ) -> tuple[TradePlan, Sequence[OrderIntent]]:
        """A new plan, or the leg's own extended, with its intents: one stop, one last target, this card's shares."""
        targets = _targets(card)
        breakeven = Breakeven.AFTER_FIRST_TARGET if card.breakeven else Breakeven.OFF
        plan = await unit.plans.of_leg(there.leg)
        if plan is not None and _is_over(plan, there):
            if any(each.is_live for each in await unit.intents.of_plan(plan.plan_id)):
                raise EntryRefused("entry-leg-left-over")
            await end_plan(unit, plan, DisagreementEnd.FLAT, now)
            plan = None
        if plan is None:
            new = NewPlan(
                user_id=account.user_id,
                leg=there.leg,
                side=card.side,
                stop=card.stop,
                stop_trigger_by=card.stop_trigger_by,
                targets=targets,
                breakeven=breakeven,
                card=place,
                margin_mode=card.margin_mode.value,
                trailing=card.trailing,
            )
            return await unit.plans.open(new, now), ()
        if card.stop is not None and (card.stop, card.stop_trigger_by) != (plan.stop, plan.stop_trigger_by):
            await unit.plans.set_stop(plan.plan_id, card.stop, card.stop_trigger_by)
        if targets:
            await unit.plans.set_targets(plan.plan_id, targets, breakeven, renewed=now)
        if card.trailing is not None:
            await unit.plans.set_trailing(plan.plan_id, card.trailing, None)
        await unit.plans.show_at(plan.plan_id, place)
        extended = await unit.plans.get(plan.plan_id)
        return plan if extended is None else extended, await unit.intents.of_plan(plan.plan_id)

    def _demand_room(self, card: ConfirmedCard, there: _LegNow, plan: TradePlan, before: Sequence[OrderIntent]) -> None:
        """Stops and take profit of the leg are conditional rows, of which a symbol has ten at most."""
        wanted = sum(1 for each in promised(plan) if each > 0) + (plan.trailing is not None)
        if there.conditional() + max(0, wanted - there.protecting()) > MOST_CONDITIONAL:
            raise EntryRefused("entry-conditional-full", most=MOST_CONDITIONAL)
        if any(is_beyond(plan, price) for price in card.prices):
            raise EntryRefused("entry-stop-side")
        self._demand_sides(plan, before)

    @staticmethod
    def _demand_sides(plan: TradePlan, intents: Sequence[OrderIntent]) -> None:
        """Entries that wait in the leg are filled with its stop and its targets, too."""
        targets = (each.price for each in plan.targets if not each.is_done)
        found = wrong_side(plan.side, waiting_prices(intents), plan.stop, targets)
        if found is not None:
            raise EntryRefused("entry-waiting-beyond", stop=str(found[0]), price=str(found[1]))

    def _requests(self, card: ConfirmedCard, plan: TradePlan) -> tuple[OrderRequest, ...]:
        stop, take_profit = promised(plan)
        return tuple(
            OrderRequest(
                order_link_id=self.runner.new_link_id(),
                category=Category.LINEAR,
                symbol=Symbol(card.symbol),
                position_idx=card.position_idx,
                side=card.side,
                order_type=OrderType.LIMIT,
                qty=qty,
                price=price,
                time_in_force=TimeInForce.IOC if card.is_market else TimeInForce.GTC,
                stop_loss=stop or None,
                sl_trigger_by=plan.stop_trigger_by,
                take_profit=take_profit or None,
                tp_trigger_by=plan.target_trigger_by,
            )
            for qty, price in zip(card.qtys, card.prices, strict=True)
        )

    def _intent(
        self,
        account: Account,
        plan: TradePlan,
        kind: IntentKind,
        request: OrderRequest | LeverageRequest,
        idempotency_key: str,
    ) -> NewIntent:
        link_id = request.order_link_id if isinstance(request, OrderRequest) else self.runner.new_link_id()
        return NewIntent(
            kind=kind,
            leg=plan.leg,
            user_id=account.user_id,
            plan_id=plan.plan_id,
            order_link_id=link_id,
            request=request,
            idempotency_key=idempotency_key,
        )


def _is_over(plan: TradePlan, there: _LegNow) -> bool:
    """Whether its position is gone already, though no settlement has seen that yet."""
    return plan.first_fill_ts is not None and there.size == 0


def _opens(request: AnyRequest, side: Side) -> bool:
    return isinstance(request, OrderRequest) and request.side is side and not request.reduce_only


def _targets(card: ConfirmedCard) -> tuple[PlannedTarget, ...]:
    pairs = zip(card.target_prices, card.target_shares, strict=True)
    return tuple(
        PlannedTarget(number=number, price=price, share=share) for number, (price, share) in enumerate(pairs, 1)
    )


def _is_past(side: Side, price: Decimal, limit: Decimal) -> bool:
    """Whether the market is beyond the worst price of the card."""
    return price > limit if side is Side.BUY else price < limit
