"""What is done to a leg that stands: closed, lessened, its stop and targets moved, its orders canceled.

Exits are never refused by risk, license or halt.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import Account, AccountType
from bot.domain.closings import ClosingState, NewClosing
from bot.domain.errors import BadInput, ButtonExpired, ExchangeError, NotAllowed
from bot.domain.ids import AccountId, OrderLinkId, Symbol
from bot.domain.leg_protection import held_triggers
from bot.domain.leg_rules import (
    blocking_orders,
    breakeven_stop,
    check_stop,
    check_targets,
    check_trailing,
    exit_price,
    foreign_entries,
    is_of_leg,
    net_if_closed,
    on_tick,
    remaining_after,
)
from bot.domain.legs import BriefOrder, LegOutlook
from bot.domain.market import Instrument
from bot.domain.portfolio import STANDARD_TAKER, LegKey, Order, Orders, Position, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.refusals import BLOCKED
from bot.domain.trade_plans import CLOSES, CardPlace, OrderIntent, PlannedTarget, TradePlan
from bot.domain.users import UserConfig
from bot.services.trading.entry_cancels import cancel_entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leg_closer import LegCloser
from bot.services.trading.leg_stops import LegStops, StandingLeg
from bot.services.trading.owners import LegOwners, OwnedLeg

_logger = logging.getLogger(__name__)

Blocking = tuple[BriefOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegManager:
    """Every change of a leg. All raise ButtonExpired where the leg is gone, ExchangeErrors of the reads before."""

    reads: Reads
    queries: TradingQueries
    closings: ClosingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    runner: IntentRunner
    closer: LegCloser
    stops: LegStops
    owners: LegOwners
    clock: Clock

    async def outlooks(self, config: UserConfig, account_id: AccountId) -> tuple[LegOutlook, ...]:
        """Every leg of the account, the largest first."""
        account = config.own_account(account_id)
        positions, orders = await self.reads.positions(account), await self.reads.orders(account)
        owned = await self.owners.of(account_id, positions.items)
        looks = await asyncio.gather(
            *(
                self._outlook(account, each, owned[each.leg_key(account_id)], orders)
                for each in _largest_first(positions)
            )
        )
        return tuple(looks)

    async def outlook(self, config: UserConfig, leg: LegKey) -> LegOutlook | None:
        """The leg as it stands now; None where nothing is open in it."""
        found, _ = await self.among(config, leg)
        return found

    async def among(self, config: UserConfig, leg: LegKey) -> tuple[LegOutlook | None, tuple[Position, ...]]:
        """The leg as it stands now, None where nothing is open in it; and every position, the largest first."""
        account = config.own_account(leg.account_id)
        positions, orders = await self.reads.positions(account), await self.reads.orders(account)
        position, others = positions.of_leg(leg), _largest_first(positions)
        if position is None:
            return None, others
        owned = await self.owners.of(leg.account_id, (position,))
        return await self._outlook(account, position, owned[leg], orders), others

    async def standing(self, config: UserConfig, account_id: AccountId) -> Positions | ExchangeError:
        """Every position as the exchange shows it now, or why nobody can say: read once for several closes."""
        account = config.own_account(account_id)
        try:
            with at_priority(RequestPriority.CLOSE):
                return await self._gateway(account).positions(account)
        except ExchangeError as trouble:
            return trouble

    async def close(
        self,
        config: UserConfig,
        leg: LegKey,
        *,
        place: CardPlace,
        idempotency_key: str,
        shown: Decimal | None = None,
        among: Positions | ExchangeError | None = None,
    ) -> OrderIntent:
        """The whole leg at market. `shown`: the price of the result that was shown, against which slippage counts.

        `among`: what `standing` said a moment ago; None: it is asked.
        """
        key = idempotency_key
        return await self._close(config, leg, None, place=place, idempotency_key=key, shown=shown, among=among)

    async def reduce(
        self,
        config: UserConfig,
        leg: LegKey,
        share: Decimal,
        *,
        place: CardPlace,
        idempotency_key: str,
        shown: Decimal | None = None,
        among: Positions | ExchangeError | None = None,
    ) -> OrderIntent:
        """`share` (0 … 1) of what stands now, at market. Raises BadInput where that is under the minimum."""
        key = idempotency_key
        return await self._close(config, leg, share, place=place, idempotency_key=key, shown=shown, among=among)

    async def followed(self, intents: Sequence[OrderIntent]) -> tuple[tuple[OrderIntent, ...], frozenset[OrderLinkId]]:
        """Each close as its last attempt, what is none as it is; which of them are of closes that are still tried."""
        latest: list[OrderIntent] = []
        going: set[OrderLinkId] = set()
        for intent in intents:
            is_close = intent.kind in CLOSES
            closing = await self.closings.closing_of_attempt(intent.intent_id) if is_close else None
            if closing is None or closing.last_intent_id in {None, intent.intent_id}:
                latest.append(intent)
            else:
                latest += await self.queries.intents([closing.last_intent_id or 0])
            if closing is not None and closing.state is ClosingState.CLOSING:
                going.update(each.order_link_id for each in latest[-1:])
        return tuple(latest), frozenset(going)

    async def blocking(self, account: Account, intents: Sequence[OrderIntent]) -> Mapping[LegKey, Blocking]:
        """By leg the person's own orders that keep those closes from being done, as they were known last."""
        blocked = {each.leg for each in intents if each.reason == BLOCKED}
        orders = await self.reads.last_orders(account) if blocked else None
        items = () if orders is None else orders.items
        return {leg: blocking_orders(items, leg, self.runner.prefix) for leg in blocked}

    async def move_stop(
        self, config: UserConfig, leg: LegKey, stop: Decimal | None, *, idempotency_key: str
    ) -> OrderIntent:
        """One price for the whole leg; None takes it away. Raises BadInput for one on the wrong side of the market."""
        account, position, instrument = await self._standing(config, leg)
        if stop is not None:
            stop = on_tick(stop, position.side, instrument)
            check_stop(position, stop, await self._price(leg), instrument)
        return await self.stops.set(await self._to_change(account, position, idempotency_key), stop)

    async def trail(
        self,
        config: UserConfig,
        leg: LegKey,
        distance: Decimal | None,
        *,
        active: Decimal | None = None,
        idempotency_key: str,
    ) -> OrderIntent:
        """A stop that follows the best price at that distance, from the price `active` on; None takes it away.

        The stop stays beside it. Raises BadInput for a distance or a start that the exchange would not take.
        """
        account, position, instrument = await self._standing(config, leg)
        if distance is not None:
            check_trailing(position, distance, active, await self._price(leg), instrument)
        return await self.stops.trail(await self._to_change(account, position, idempotency_key), distance, active)

    async def to_breakeven(self, config: UserConfig, leg: LegKey, *, idempotency_key: str) -> OrderIntent:
        """The stop to the break-even price. Raises BadInput where the market is beyond it."""
        account, position, instrument = await self._standing(config, leg)
        stop = breakeven_stop(position, await self._price(leg), instrument)
        return await self.stops.set(await self._to_change(account, position, idempotency_key), stop)

    async def set_targets(
        self, config: UserConfig, leg: LegKey, targets: tuple[PlannedTarget, ...], *, idempotency_key: str
    ) -> TradePlan:
        """New targets in place of the old ones; () takes them away. Raises BadInput."""
        account, position, instrument = await self._standing(config, leg)
        wanted = check_targets(position, targets, await self._price(leg), instrument)
        return await self.stops.set_targets(await self._to_change(account, position, idempotency_key), wanted)

    async def cancel(
        self, config: UserConfig, account_id: AccountId, symbol: Symbol, order_id: str, *, idempotency_key: str
    ) -> OrderIntent:
        """One open order; a target goes out of its plan with it. Raises BadInput for a stop: that is moved."""
        known = await self.queries.by_key(idempotency_key)
        if known is not None:
            return known
        account = config.own_account(account_id)
        with at_priority(RequestPriority.CANCEL):
            orders = await self._gateway(account).orders(account)
        order = next((each for each in orders.items if each.symbol == symbol and each.order_id == order_id), None)
        if order is None:
            raise ButtonExpired
        return await self.stops.cancel(account, order, idempotency_key=idempotency_key)

    async def cancel_foreign(
        self, config: UserConfig, account_id: AccountId, order_ids: Collection[str], *, idempotency_key: str
    ) -> tuple[OrderIntent, ...]:
        """Those of these orders that still rest, were placed elsewhere and may open; nothing else is touched."""
        account = config.own_account(account_id)
        with at_priority(RequestPriority.CANCEL):
            orders = await self._gateway(account).orders(account)
        theirs = {each.order_id for each in foreign_entries(orders.items, self.runner.prefix)} & set(order_ids)
        rows = [each for each in orders.items if each.order_id in theirs]
        return await self.stops.cancel_foreign(account, rows, idempotency_key=idempotency_key)

    async def cancel_all(
        self, config: UserConfig, account_id: AccountId, symbol: Symbol | None, *, idempotency_key: str
    ) -> tuple[OrderIntent, ...]:
        """Every resting entry, of a symbol or of all; stops and targets stay."""
        _ = config.own_account(account_id)
        live = await self.queries.intents_live(account_id)
        async with self.transactions.begin() as unit:
            cancels = await cancel_entries(
                unit,
                self.runner,
                [each for each in live if symbol is None or each.leg.symbol == symbol],
                idempotency_key,
                self.clock.now(),
            )
        self.runner.launch(cancels)
        return cancels

    async def _close(
        self,
        config: UserConfig,
        leg: LegKey,
        share: Decimal | None,
        *,
        place: CardPlace,
        idempotency_key: str,
        shown: Decimal | None,
        among: Positions | ExchangeError | None,
    ) -> OrderIntent:
        """`share` None: all of it."""
        known = await self._closed_before(idempotency_key)
        if known is not None:
            return known
        account, position = await self._position(config, leg, among)
        instrument = None if share is None else await self._instrument(leg)
        remaining = Decimal(0)
        if share is not None and instrument is not None:
            remaining = remaining_after(position.size, share, instrument)
        new = NewClosing(
            user_id=config.user_id,
            leg=leg,
            side=position.side,
            size=position.size,
            remaining=remaining,
            idempotency_key=idempotency_key,
            card=place,
            card_price=shown,
        )
        async with self.transactions.begin() as unit:
            closing, intent = await self.closer.begin(unit, account, new, instrument, self.clock.now())
        if intent is None:
            raise ButtonExpired
        self.closer.follow(account, ((closing, intent),))
        return intent

    async def _closed_before(self, idempotency_key: str) -> OrderIntent | None:
        """The last attempt of the close that this key began."""
        closing = await self.closings.closing_by_key(idempotency_key)
        if closing is None:
            return None
        found = () if closing.last_intent_id is None else await self.queries.intents([closing.last_intent_id])
        if not found:
            raise ButtonExpired
        return found[0]

    async def _outlook(self, account: Account, position: Position, owned: OwnedLeg, orders: Orders) -> LegOutlook:
        leg = position.leg_key(account.account_id)
        plan = owned.plan if owned.plan is not None and owned.plan.side is position.side else None
        price, net = await self._net(account, position)
        return LegOutlook(
            leg=leg,
            position=position,
            plan=plan,
            ownership=owned.ownership,
            ours=owned.ours,
            exit_price=price,
            net_if_closed=net,
            stop_verified_ts=None if plan is None else plan.stop_verified_ts,
            orders=tuple(each for each in orders.items if is_of_leg(each, leg)),
            as_of=orders.as_of,
        )

    async def _net(self, account: Account, position: Position) -> tuple[Decimal | None, Decimal | None]:
        """The price of a close now and what it would bring; None: no price is to be had."""
        try:
            ticker = await self.reads.ticker(position.symbol, position.category)
        except ExchangeError as trouble:
            _logger.info("no price for the result of a close: %s", trouble)
            return None, None
        try:
            taker = (await self.reads.fee_rate(account, position.symbol)).taker
        except ExchangeError as trouble:
            _logger.info("the standard fee stands in for an account's own: %s", trouble)
            taker = STANDARD_TAKER
        paid = await self.closings.fees_paid(position.leg_key(account.account_id), position.side)
        price = exit_price(position.side, ticker)
        return price, net_if_closed(position, price, taker, paid)

    async def _standing(self, config: UserConfig, leg: LegKey) -> tuple[Account, Position, Instrument]:
        account, position = await self._position(config, leg)
        return account, position, await self._instrument(leg)

    async def _position(
        self, config: UserConfig, leg: LegKey, among: Positions | ExchangeError | None = None
    ) -> tuple[Account, Position]:
        """The leg as the exchange shows it now. Raises BadInput where it does not stand any more."""
        account = config.own_account(leg.account_id)
        positions = await self.standing(config, leg.account_id) if among is None else among
        if isinstance(positions, ExchangeError):
            raise positions
        position = positions.of_leg(leg)
        if position is None and positions.hides(leg.symbol):
            raise BadInput("entry-leg-unreadable")
        if position is None:
            raise BadInput("close-no-such", symbol=leg.symbol)
        return account, position

    async def _to_change(self, account: Account, position: Position, key: str) -> StandingLeg:
        """With what sets its levels off; where nobody answers about that, the change goes on without."""
        leg, items = position.leg_key(account.account_id), tuple[Order, ...]()
        try:
            with at_priority(RequestPriority.CANCEL):
                items = (await self._gateway(account).orders(account)).items
        except ExchangeError as trouble:
            _logger.info("what sets off the stop of a position can't be read: %s", trouble)
        triggers = held_triggers(position, [each for each in items if is_of_leg(each, leg)])
        return StandingLeg(account=account, position=position, idempotency_key=key, triggers=triggers)

    async def _instrument(self, leg: LegKey) -> Instrument:
        instrument = await self.reads.instrument(leg.category, leg.symbol)
        if instrument is None:
            raise ButtonExpired
        return instrument

    async def _price(self, leg: LegKey) -> Decimal:
        return (await self.reads.ticker(leg.symbol, leg.category)).last_price

    def _gateway(self, account: Account) -> OrderGateway:
        """Raises NotAllowed where nothing trades on that type of account yet."""
        gateway = self.gateways.get(account.account_type)
        if gateway is None:
            raise NotAllowed("order-no-not-yet")
        return gateway


def _largest_first(positions: Positions) -> tuple[Position, ...]:
    return tuple(sorted(positions.items, key=lambda each: each.position_value or Decimal(0), reverse=True))
