"""Before an account goes, with its key or its owner: nothing of ours may fill there any more.

What stands at Bybit, its stops among it, stays as it is.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import AccountId, UserId
from bot.domain.intent_states import UNDECIDED
from bot.domain.orders import CancelRequest
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.ports.trading import OrderGateway
from bot.domain.trade_plans import IntentState, OrderIntent
from bot.services.trading.entry_cancels import cancel_entries
from bot.services.trading.intents import IntentRunner

_WAIT_S: Final = 3.0  # that the cancels may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Takes back the entries of an account that is about to go."""

    reads: Reads
    queries: TradingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    runner: IntentRunner
    clock: Clock

    async def leave(self, account_id: AccountId, *, idempotency_key: str) -> tuple[OrderIntent, ...]:
        """Entries that were not sent never are, those that rest are canceled.

        Answers what may fill all the same, as of a few seconds later: what is undecided, and entries whose cancel was
        refused.
        """
        live = await self.queries.intents_live(account_id)
        async with self.transactions.begin_aside() as unit:  # a button is used by what goes, not by what precedes it
            await unit.fences.raise_fence(account_id)
            cancels = await cancel_entries(unit, self.runner, live, idempotency_key, self.clock.now())
        self.runner.launch(cancels)
        ended = await self.runner.finished(cancels, timeout_s=_WAIT_S)
        refused = {
            each.request.target_link_id
            for each in ended
            if each.state is IntentState.REFUSED and isinstance(each.request, CancelRequest)
        }
        live = await self.queries.intents_live(account_id)
        return tuple(each for each in live if each.state in UNDECIDED or each.order_link_id in refused)

    async def leave_all(self, user_id: UserId, *, idempotency_key: str) -> tuple[OrderIntent, ...]:
        """`leave` of every account at Bybit whose orders are placed here, side by side."""
        config = await self.reads.user_config(user_id)
        left = [
            self.leave(each.account_id, idempotency_key=f"{idempotency_key}:{each.account_id}")
            for each in (() if config is None else config.accounts)
            if each.account_type in self.gateways and each.account_type is not AccountType.PAPER
        ]
        return tuple(chain.from_iterable(await asyncio.gather(*left)))
