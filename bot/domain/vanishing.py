"""What of an account would go on without this bot: what its exchange holds, and what lives only here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import AccountId, Millis
from bot.domain.leg_protection import held_stops, is_trailed, promised
from bot.domain.leg_rules import is_entry, is_of_leg
from bot.domain.leg_trailing import held_trailing
from bot.domain.market import Category
from bot.domain.portfolio import Order, Orders, Position, Positions
from bot.domain.trade_plans import UNSETTLED, Breakeven, IntentKind, OrderIntent, PlannedTarget, TradePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAlone:
    """A position as its exchange holds it. Prices are those that the exchange shows; None: it holds none.

    `targets`: our earlier targets that rest there; `missing`: those that do not. `breakeven`: the stop is to move after
    the first target, which only this bot does. `promised_stop`, `promised_trailing` (a distance): another one than it
    holds was promised. `is_trailed`: its trailing stop follows already.
    """

    position: Position
    stop: Decimal | None
    take_profit: Decimal | None
    targets: tuple[PlannedTarget, ...]
    missing: tuple[PlannedTarget, ...]
    breakeven: bool
    promised_stop: Decimal | None
    promised_trailing: Decimal | None
    is_trailed: bool
    is_managed: bool

    @property
    def trailing(self) -> Decimal | None:
        """The distance of the exchange's own trailing stop."""
        return held_trailing(self.position)

    @property
    def is_naked(self) -> bool:
        """Whether nothing at the exchange limits its loss but the liquidation."""
        return self.stop is None and not self.is_trailed

    @property
    def needs_us(self) -> bool:
        """Whether something of it lives only here, or nowhere."""
        is_other = self.promised_stop is not None or self.promised_trailing is not None
        return self.is_naked or bool(self.missing) or self.breakeven or is_other


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAlone:
    """A resting order that could be filled without this bot. `stop`: that rides along with it; None: none does.

    What only this bot sets once it is filled: `targets` (all but the last), a `trailing` distance, the breakeven rule.
    """

    order: Order
    stop: Decimal | None
    targets: tuple[PlannedTarget, ...] = ()
    trailing: Decimal | None = None
    breakeven: bool = False

    @property
    def needs_us(self) -> bool:
        """Whether something of it lives only here until it is filled."""
        return bool(self.targets) or self.trailing is not None or self.breakeven


@dataclass(frozen=True, slots=True, kw_only=True)
class VanishReport:
    """An account as of a moment. `unknown`: requests of which nobody knows yet whether the exchange has them."""

    account_id: AccountId
    as_of: Millis
    legs: tuple[LegAlone, ...]  # those that need this bot first
    entries: tuple[EntryAlone, ...]  # those without a stop first
    unknown: int
    unreadable: tuple[str, ...]


def vanish_report(
    positions: Positions, orders: Orders, plans: Sequence[TradePlan], live: Sequence[OrderIntent], prefix: str
) -> VanishReport:
    """Of one round of answers. `live`: what may still be done at the exchange; `prefix`: of our orderLinkIds."""
    by_leg = {each.leg: each for each in plans}
    legs = [
        _leg(each, by_leg.get(each.leg_key(positions.account_id)), orders, live)
        for each in positions.items
        if each.category is Category.LINEAR
    ]
    entries = [
        _entry(each, plans if each.order_link_id.startswith(prefix) else ())
        for each in orders.items
        if each.category is Category.LINEAR and is_entry(each)
    ]
    return VanishReport(
        account_id=positions.account_id,
        as_of=min(positions.as_of, orders.as_of),
        legs=tuple(sorted(legs, key=lambda each: (not each.is_naked, not each.needs_us, each.position.symbol))),
        entries=tuple(sorted(entries, key=lambda each: (each.stop is not None, not each.needs_us, each.order.symbol))),
        unknown=sum(1 for each in live if each.is_order and each.state in UNSETTLED),
        unreadable=tuple(dict.fromkeys((*positions.unreadable, *orders.unreadable))),
    )


def _entry(order: Order, plans: Iterable[TradePlan]) -> EntryAlone:
    """`plans`: those that may be of it; none of an order that was placed elsewhere."""
    stop = order.stop_loss or None
    plan = next((each for each in plans if is_of_leg(order, each.leg) and each.side is order.side), None)
    if plan is None:
        return EntryAlone(order=order, stop=stop)
    targets = tuple(each for each in plan.targets[:-1] if not each.is_done)
    return EntryAlone(
        order=order,
        stop=stop,
        targets=targets,
        trailing=plan.trailing,
        breakeven=plan.breakeven is Breakeven.AFTER_FIRST_TARGET and bool(targets),
    )


def _leg(position: Position, plan: TradePlan | None, orders: Orders, live: Iterable[OrderIntent]) -> LegAlone:
    leg = position.leg_key(orders.account_id)
    mine = [each for each in orders.items if is_of_leg(each, leg)]
    stop, take_profit = held_stops(position, mine)
    plan = plan if plan is not None and plan.side is position.side else None
    ours = () if plan is None else plan.targets[:-1]
    resting = {each.order_link_id for each in mine}
    placed = {
        each.target_number
        for each in live
        if each.kind is IntentKind.TARGET and each.leg == leg and each.order_link_id in resting
    }
    open_ones = [each for each in ours if not each.is_done]
    wished, trailing = (None, None) if plan is None else (promised(plan)[0] or None, plan.trailing)
    return LegAlone(
        position=position,
        stop=stop or None,
        take_profit=take_profit or None,
        targets=tuple(each for each in open_ones if each.number in placed),
        missing=tuple(each for each in open_ones if each.number not in placed),
        breakeven=plan is not None and plan.breakeven is Breakeven.AFTER_FIRST_TARGET and bool(ours),
        promised_stop=wished if wished is not None and wished != (stop or None) else None,
        promised_trailing=trailing if trailing != held_trailing(position) else None,
        is_trailed=is_trailed(position, mine),
        is_managed=plan is not None,
    )
