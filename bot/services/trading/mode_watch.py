"""The margin mode of accounts with something open: no event tells that its owner has switched it at the exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.chat import outbox_message
from bot.domain.ids import AccountId
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.storage import Transactions
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.trade_messages import MarginModeMessage

_EVERY_S: Final = 900.0  # an account is asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeWatch:
    """Compares the mode that was agreed to with the one that stands: it decides what a liquidation takes."""

    queries: TradingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    clock: Clock
    _asked: dict[AccountId, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def look(self, account: Account) -> None:
        """Ask, where that is due and a plan is open; what is another mode is told once. Raises ExchangeErrors."""
        gateway = self.gateways.get(account.account_type)
        moment = self.clock.monotonic()
        asked = self._asked.get(account.account_id)
        if gateway is None or account.account_type is AccountType.PAPER or (asked and moment - asked < _EVERY_S):
            return
        known = {each.margin_mode for each in await self.queries.plans_open(account.account_id)}
        if not known:
            return
        with at_priority(RequestPriority.RECONCILE):
            now_mode = await gateway.margin_mode(account)
        self._asked[account.account_id] = moment
        if known != {now_mode}:
            await self._note(account, known - {now_mode, ""}, now_mode)

    async def _note(self, account: Account, before: set[str], now_mode: str) -> None:
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:
            await unit.plans.set_margin_mode(account.account_id, now_mode)
            if before:
                payload = MarginModeMessage(
                    account_id=account.account_id,
                    account_type=account.account_type,
                    account_number=account.number,
                    before=min(before),
                    after=now_mode,
                )
                key = f"margin-mode:{account.account_id}:{now}"
                await unit.enqueue(outbox_message(payload, user_id=account.user_id, idempotency_key=key), now)
