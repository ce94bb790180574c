"""Whose the legs of an account are, by the plans, the entries that were made for them, and the fills of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import AccountId, Millis
from bot.domain.leg_rules import opened_elsewhere, ownership
from bot.domain.legs import Ownership
from bot.domain.portfolio import LegKey, Position
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import TradingQueries
from bot.domain.trade_plans import TradePlan
from bot.domain.work_off import ours as ours_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedLeg:
    """Whose a leg is, how much of it by the plan's own orders, and the open plan, which may be of the other side."""

    ownership: Ownership
    plan: TradePlan | None
    ours: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOwners:
    """Tells whose each leg of an account is: ours, somebody else's, or both."""

    queries: TradingQueries
    closings: ClosingQueries

    async def of(self, account_id: AccountId, positions: Sequence[Position]) -> Mapping[LegKey, OwnedLeg]:
        """Each position's leg. Raises StorageTrouble."""
        plans = {each.leg: each for each in await self.queries.plans_open(account_id)} if positions else {}
        standing = [each for each in positions if each.leg_key(account_id) in plans]
        if not standing:
            return {each.leg_key(account_id): _foreign() for each in positions}
        since = min(_since(plans[each.leg_key(account_id)]) for each in standing)
        fills = await self.closings.fills_since(account_id, since)
        found = {}
        for position in positions:
            leg = position.leg_key(account_id)
            plan = plans.get(leg)
            intents = () if plan is None else await self.queries.intents_of_plan(plan.plan_id)
            ours = frozenset(each.order_link_id for each in intents)
            others = opened_elsewhere(fills, position, ours, since if plan is None else _since(plan))
            size = Decimal(0) if plan is None else max(ours_of(plan, intents), Decimal(0))
            found[leg] = OwnedLeg(ownership=ownership(position, plan, intents, others), plan=plan, ours=size)
        return found


def _foreign() -> OwnedLeg:
    return OwnedLeg(ownership=Ownership.FOREIGN, plan=None, ours=Decimal(0))


def _since(plan: TradePlan) -> Millis:
    """From when on what others' orders add is not the plan's."""
    return plan.created_ts if plan.adopted_ts is None else plan.adopted_ts
