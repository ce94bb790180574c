"""Resting entries in other numbers: shown first, then amended in place, each change once.

An order is never placed beside the one that it changes. Where the exchange does not amend it, it is canceled, and once
that is certain its owner is shown what would be placed in its stead.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput, ButtonExpired, ExchangeError, NotAllowed
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.leg_protection import PROTECTIONS, promised
from bot.domain.licensing import Feature, opens
from bot.domain.market import Category
from bot.domain.order_card import CardOutdated, ConfirmedCard, EntryRefused
from bot.domain.order_edits import AgreedEdit, OrderChange, OrderEdit, RestingEntry, edited
from bot.domain.orders import AmendRequest, CancelRequest
from bot.domain.portfolio import LegKey, Order
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.risk_tiers import RiskTier, assumed_tiers
from bot.domain.trade_plans import IntentKind, NewIntent, OrderIntent, PlannedTarget, PlanState, TradePlan
from bot.domain.users import UserConfig
from bot.services.licensing.licenses import license_needed
from bot.services.trading.entries import BUDGET_WAIT, EntryGuard
from bot.services.trading.entry_cancels import cancel_order, is_resting_entry, waiting_prices
from bot.services.trading.intents import IntentRunner
from bot.services.trading.signals import wait_for

_logger = logging.getLogger(__name__)
_CERTAIN_S: Final = 3.0  # that the end of an order is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEdits:
    """Changes entries from here that rest. `guards`: the rules of entries, asked of what raises an order.

    All raise BadInput for an order that is gone, was placed elsewhere or can't be so, ExchangeErrors of the reads;
    then nothing was done.
    """

    reads: Reads
    queries: TradingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    runner: IntentRunner
    clock: Clock
    guards: Sequence[EntryGuard] = ()

    async def outlook(self, config: UserConfig, account_id: AccountId, order_id: str, change: OrderChange) -> OrderEdit:
        """What the order would be, at the prices of now."""
        return edited(await self._resting(config.own_account(account_id), order_id), change)

    async def entry(self, config: UserConfig, account_id: AccountId, order_id: str) -> RestingEntry:
        """The order as it rests now, with what it hangs together with."""
        return await self._resting(config.own_account(account_id), order_id)

    async def entries(self, config: UserConfig, account_id: AccountId, symbol: Symbol) -> tuple[Order, ...]:
        """Entries from here that rest in a symbol, in the order in which the account's screen lists them."""
        account = config.own_account(account_id)
        live = await self.queries.intents_live(account_id)
        ours = {each.order_link_id for each in live if is_resting_entry(each)}
        orders = await self.reads.orders(account)
        return tuple(each for each in orders.items if each.symbol == symbol and each.order_link_id in ours)

    async def take_back(self, config: UserConfig, account_id: AccountId, order_link_id: OrderLinkId) -> OrderIntent:
        """The order canceled, once, and as it stands when that is certain, or after some seconds.

        What is to be placed in its stead is placed after that alone: `is_over` of the answer says so.
        """
        account = config.own_account(account_id)
        async with self.transactions.begin() as unit:
            entry = await unit.intents.by_link_id(order_link_id)
            if entry is None or entry.leg.account_id != account.account_id:
                raise BadInput("edit-gone")
            cancel = None
            if is_resting_entry(entry):
                cancel = await cancel_order(unit, self.runner, entry, "replaced", self.clock.now())
        if cancel is not None:
            self.runner.launch([cancel])
        loop = asyncio.get_running_loop()
        last = loop.time() + _CERTAIN_S
        while not is_over(entry) and (left := last - loop.time()) > 0:
            change = self.runner.signals.next_change(account_id)
            (entry,) = await self.queries.intents([entry.intent_id])
            if not is_over(entry):
                await wait_for(change, left)
        return entry

    async def apply(self, config: UserConfig, agreed: AgreedEdit, *, idempotency_key: str) -> OrderIntent:
        """The amend on its way; the same key again answers the same one.

        Raises CardOutdated where the order is not what the card showed, EntryRefused and LicenseNeeded for what stands
        against an entry, where the change raises the order.
        """
        known = await self.queries.by_key(idempotency_key)
        if known is not None:
            return known
        account = config.own_account(agreed.account_id)
        now = await self._resting(account, agreed.order_id)
        edit = edited(now, agreed.change)
        are_levels_same = agreed.levels_before in {None, promised(now.plan)}
        if (now.price, now.order.qty) != (agreed.price_before, agreed.qty_before) or not are_levels_same:
            raise CardOutdated("edit-changed-since")
        if edit.is_crossing and not agreed.is_crossing:
            raise CardOutdated("edit-crosses-now")
        async with self.transactions.begin() as unit:
            intent = await self._written(unit, account, edit, idempotency_key)
        self.runner.launch([intent])
        return intent

    async def _written(self, unit: UnitOfWork, account: Account, edit: OrderEdit, key: str) -> OrderIntent:
        """Every check and every row in one commit."""
        now, entry = self.clock.now(), await unit.intents.get(edit.before.intent.intent_id)
        plan = None if entry is None or entry.plan_id is None else await unit.plans.get(entry.plan_id)
        if entry is None or plan is None or not is_resting_entry(entry) or plan.state is PlanState.ENDED:
            raise BadInput("edit-gone")
        if any(_is_of(each, entry) for each in await unit.intents.of_plan(plan.plan_id) if each.is_live):
            raise BadInput("edit-under-way")
        if edit.raises:
            await self._demand_entry(unit, account, edit, now)
        if edit.moves_levels:
            await unit.plans.set_stop(plan.plan_id, edit.stop or None, plan.stop_trigger_by)
            if edit.target != promised(plan)[1]:
                targets = (PlannedTarget(number=1, price=edit.target, share=Decimal(1)),) if edit.target else ()
                await unit.plans.set_targets(plan.plan_id, targets, plan.breakeven, renewed=now)
        new = NewIntent(
            kind=IntentKind.AMEND,
            leg=entry.leg,
            user_id=account.user_id,
            plan_id=plan.plan_id,
            order_link_id=self.runner.new_link_id(),
            request=_amend(edit),
            idempotency_key=key,
            good_until=Millis(now + BUDGET_WAIT) if edit.raises else None,
        )
        return await self.runner.add(unit, new, now)

    async def _demand_entry(self, unit: UnitOfWork, account: Account, edit: OrderEdit, now: Millis) -> None:
        """What stands against an entry stands against a larger one."""
        held = await unit.fences.license_of(account.user_id, now)
        if not opens(held, Feature.ENTRY, account.account_type):
            raise license_needed(Feature.ENTRY, account.account_type)
        if await unit.fences.paused_since(account.account_id) is not None:
            raise EntryRefused("entry-paused", cure="resume")
        before, order = edit.before, edit.before.order
        card = ConfirmedCard(
            account_id=account.account_id,
            symbol=order.symbol,
            side=order.side,
            position_idx=order.position_idx,
            qtys=(edit.left,),
            prices=(edit.price,),
            is_market=False,
            stop=edit.stop or None,
            stop_trigger_by=before.plan.stop_trigger_by,
            target_prices=(),
            target_shares=(),
            breakeven=False,
            leverage=before.settings.leverage(order.side),
            margin_mode=before.settings.margin_mode,
            fee_rate=max(before.fee.taker, before.fee.maker),
            quoted_ts=now,
            replaces=order.order_link_id,
        )
        for guard in self.guards:
            await guard.check(unit, account, card, now)

    async def _resting(self, account: Account, order_id: str) -> RestingEntry:
        """The order, read fresh."""
        gateway = self.gateways.get(account.account_type)
        if gateway is None:
            raise NotAllowed("order-no-not-yet")
        with at_priority(RequestPriority.CREATE):
            orders, positions = await asyncio.gather(gateway.orders(account), gateway.positions(account))
        order = next((each for each in orders.items if each.order_id == order_id), None)
        if order is None:
            raise BadInput("edit-gone")
        intent, plan = await self._known(account, order)
        leg, others = plan.leg, await self.queries.intents_of_plan(plan.plan_id)
        instrument = await self.reads.instrument(Category.LINEAR, leg.symbol)
        if instrument is None:
            raise ButtonExpired
        ticker, settings, fee, tiers = await asyncio.gather(
            self.reads.ticker(leg.symbol),
            gateway.leg_settings(account, leg.symbol),
            self.reads.fee_rate(account, leg.symbol),
            self._tiers(leg, instrument.max_leverage),
        )
        return RestingEntry(
            order=order,
            intent=intent,
            plan=plan,
            position=positions.of_leg(leg),
            instrument=instrument,
            ticker=ticker,
            settings=settings,
            fee=fee,
            tiers=tiers,
            others=waiting_prices(each for each in others if each.intent_id != intent.intent_id),
        )

    async def _known(self, account: Account, order: Order) -> tuple[OrderIntent, TradePlan]:
        """The entry and the open plan that the order is of. Raises BadInput for a position's and somebody else's."""
        if order.stop_order_type in PROTECTIONS:
            raise BadInput("edit-protection")
        plans = {each.plan_id: each for each in await self.queries.plans_open(account.account_id)}
        live = await self.queries.intents_live(account.account_id)
        ours = [each for each in live if order.order_link_id and each.order_link_id == order.order_link_id]
        if not ours:
            raise BadInput("edit-elsewhere")
        intent = ours[0]
        plan = plans.get(intent.plan_id or 0)
        if intent.kind is IntentKind.TARGET:
            raise BadInput("edit-target")
        if plan is None or not is_resting_entry(intent):
            raise BadInput("edit-gone")
        return intent, plan

    async def _tiers(self, leg: LegKey, most: Decimal | None) -> tuple[RiskTier, ...]:
        """As the exchange has them, else what is usual."""
        try:
            return (await self.reads.risk_tiers(leg.symbol)).items
        except ExchangeError as trouble:
            _logger.info("risk tiers are not at hand", extra={"reason": type(trouble).__name__})
            return assumed_tiers(most)


def is_over(entry: OrderIntent) -> bool:
    """Whether nothing more can come of an order: it has ended at the exchange, and every fill of it is booked."""
    return not entry.is_live and not entry.is_counting


def _is_of(intent: OrderIntent, entry: OrderIntent) -> bool:
    """Whether it is on its way to change or cancel that order."""
    request = intent.request
    return isinstance(request, AmendRequest | CancelRequest) and request.target_link_id == entry.order_link_id


def _amend(edit: OrderEdit) -> AmendRequest:
    """What is another one; of stop and target both, where one of them is."""
    before, plan = edit.before, edit.before.plan
    return AmendRequest(
        target_link_id=before.order.order_link_id,
        category=plan.category,
        symbol=plan.symbol,
        qty=None if edit.qty == before.order.qty else edit.qty,
        price=None if edit.price == before.price else edit.price,
        stop_loss=edit.stop if edit.moves_levels else None,
        sl_trigger_by=plan.stop_trigger_by,
        take_profit=edit.target if edit.moves_levels else None,
        tp_trigger_by=plan.target_trigger_by,
    )
