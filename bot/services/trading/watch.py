"""Trades as screens follow them."""

import asyncio
from dataclasses import dataclass
from typing import Final

from bot.domain.ids import MINUTE, AccountId, Millis
from bot.domain.portfolio import LegKey
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.storage import Transactions
from bot.domain.trade_plans import ClosedTrade, ManagedTrade, OrderIntent, PlannedTarget
from bot.services.trading.signals import AccountSignals, wait_for
from bot.services.trading.stages import StageTimes

_LEFT_FOR: Final = 15 * MINUTE  # before it nobody looks at a card any more


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeWatch:
    """Reads trades, waits for their changes, and notes what people were told."""

    queries: TradingQueries
    transactions: Transactions
    signals: AccountSignals
    stages: StageTimes
    clock: Clock

    async def trade(self, plan_id: int) -> ManagedTrade | None:
        """A plan with everything that was done for it; None: there is no such plan."""
        return await self.queries.trade(plan_id)

    async def entered_by(self, idempotency_key: str) -> ManagedTrade | None:
        """The trade that a confirmation of that key has made, without a word to the exchange; None: there is none."""
        first = await self.queries.by_key(f"{idempotency_key}:entry:0")
        return None if first is None or first.plan_id is None else await self.trade(first.plan_id)

    async def left_over(self) -> tuple[OrderIntent, ...]:
        """Entries and closes of the last quarter of an hour of whose end no card and no message has told."""
        return await self.queries.cards_untold(Millis(self.clock.now() - _LEFT_FOR))

    async def of_leg(self, leg: LegKey) -> ManagedTrade | None:
        """The trade of a leg's open plan."""
        plans = await self.queries.plans_open(leg.account_id)
        found = next((each for each in plans if each.leg == leg), None)
        return None if found is None else await self.trade(found.plan_id)

    async def targets_left(self, account_id: AccountId) -> dict[LegKey, tuple[PlannedTarget, ...]]:
        """The targets that each of the account's plans has still to reach."""
        plans = await self.queries.plans_open(account_id)
        return {each.leg: tuple(one for one in each.targets if not one.is_done) for each in plans}

    async def changed(self, trade: ManagedTrade, *, timeout_s: float) -> ManagedTrade | None:
        """The trade once it is another version, or as it stands when the time is over; None: the plan is gone."""
        plan_id = trade.plan.plan_id
        end = asyncio.get_running_loop().time() + timeout_s
        while True:
            change = self.signals.next_change(trade.plan.account_id)
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or await self.queries.version(plan_id) != trade.version:
                return await self.trade(plan_id)
            await wait_for(change, left)

    async def told(self, intents: tuple[OrderIntent, ...]) -> None:
        """Their last states stand on a card now: the outbox does not tell of them any more.

        But of those that came to stand otherwise while the card was on its way.
        """
        news = [each for each in intents if each.final_ts is not None and not each.is_told]
        if news:
            self.stages.told(news, self.clock.now())
            async with self.transactions.begin_aside() as unit:
                stand = [each.intent_id for each in news if _is_so(each, await unit.intents.get(each.intent_id))]
                await unit.intents.told(stand)

    async def closed_by(self, intent: OrderIntent) -> ClosedTrade | None:
        """What a close has brought; None: nothing that is booked yet."""
        return await self.queries.closed_by(intent.leg.account_id, intent.order_id, intent.leg.position_idx)

    async def closes_told(self, intents: tuple[OrderIntent, ...]) -> None:
        """What these closes brought stands on a card now; they may have been read before that was booked."""
        open_ids = [each.intent_id for each in intents if not each.is_told]
        await self.told(await self.queries.intents(open_ids))


def _is_so(shown: OrderIntent, now: OrderIntent | None) -> bool:
    """Whether what a card shows of an order is what became of it."""
    return now is not None and (now.state, now.cum_exec_qty) == (shown.state, shown.cum_exec_qty)
