"""Losses while nobody looks: told when they come near a limit, and when one is reached its resting entries go."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.chat import outbox_message
from bot.domain.errors import ExchangeError, NothingDone
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.risk_messages import LimitNearMessage, LimitReachedMessage, LossLimit
from bot.domain.risk_rules import WARNED_AT, RiskView, drawdown_room, locks, loss_budget
from bot.domain.trade_plans import OrderIntent
from bot.services.trading.entry_cancels import cancel_entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.risk_limits import LimitService

_logger = logging.getLogger(__name__)

_LOCKS = {"risk-daily-loss": LossLimit.DAILY, "risk-drawdown": LossLimit.DRAWDOWN, "risk-tilt": LossLimit.TILT}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitWatch:
    """Looks at every account that holds something or has something under way."""

    reads: Reads
    queries: TradingQueries
    limits: LimitService
    runner: IntentRunner
    transactions: Transactions
    clock: Clock

    async def look(self) -> int:
        """One round; how many accounts were looked at. Raises NothingDone where none of them could be read."""
        accounts = [each.account for each in await self.queries.accounts_to_settle()]
        seen = 0
        for account in accounts:
            try:
                await self.look_at(account)
            except ExchangeError as trouble:
                _logger.info("an account is not held against its limits", extra={"reason": type(trouble).__name__})
            else:
                seen += 1
        if accounts and not seen:
            raise NothingDone("no account could be read")
        return seen

    async def look_at(self, account: Account) -> None:
        """Mark its value, warn once a day, and take resting entries back while a limit locks. Raises ExchangeErrors."""
        view = await self.limits.view(account, await self.reads.balance(account), (), ())
        reached = [_LOCKS[each.key] for each in locks(view) if each.key in _LOCKS]
        near = [each for each in _near(account, view) if each.limit not in reached]
        if not reached and not near:
            return
        day = view.marks.day_ends
        canceled: tuple[OrderIntent, ...] = ()
        async with self.transactions.begin_aside() as unit:
            for warning in near:
                await self._tell(unit, account, warning, f"limit-near:{account.account_id}:{day}:{warning.limit.value}")
            if reached:
                live = await unit.intents.live_of_account(account.account_id)
                cause = f"limit:{account.account_id}:{day}"
                canceled = await cancel_entries(unit, self.runner, live, cause, self.clock.now())
            for limit in reached:
                told = LimitReachedMessage(account_type=account.account_type, limit=limit, canceled=len(canceled))
                await self._tell(unit, account, told, f"limit-reached:{account.account_id}:{day}:{limit.value}")
        self.runner.launch(canceled)

    async def _tell(
        self, unit: UnitOfWork, account: Account, payload: LimitNearMessage | LimitReachedMessage, key: str
    ) -> None:
        await unit.enqueue(outbox_message(payload, user_id=account.user_id, idempotency_key=key), self.clock.now())


def _near(account: Account, view: RiskView) -> Iterator[LimitNearMessage]:
    """What four fifths are lost of."""
    rooms = {
        LossLimit.DAILY: loss_budget(view.limits, view.marks, view.account_value),
        LossLimit.DRAWDOWN: drawdown_room(view.limits, view.marks, view.account_value),
    }
    for limit, room in rooms.items():
        if room is not None and room[1] <= room[0] * (1 - WARNED_AT):
            whole, left = (each.quantize(Decimal("0.01")) for each in room)
            yield LimitNearMessage(account_type=account.account_type, limit=limit, left=left, whole=whole)
