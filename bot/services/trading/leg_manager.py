"""What is done to a leg that stands: closed, lessened, its stop and targets moved, its orders canceled.

Exits are never refused by risk, license or halt.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import AccountId, Symbol
from bot.domain.legs import LegOutlook
from bot.domain.portfolio import LegKey
from bot.domain.trade_plans import CardPlace, OrderIntent, PlannedTarget, TradePlan
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class LegManager:
    """Every change of a leg. All raise ButtonExpired where the leg is gone, ExchangeErrors of the reads before."""

    async def outlooks(self, config: UserConfig, account_id: AccountId) -> tuple[LegOutlook, ...]:
        """Every leg of the account, the largest first."""
        raise NotImplementedError

    async def outlook(self, config: UserConfig, leg: LegKey) -> LegOutlook | None:
        """None: flat."""
        raise NotImplementedError

    async def close(self, config: UserConfig, leg: LegKey, *, place: CardPlace, idempotency_key: str) -> OrderIntent:
        """The whole leg at market."""
        raise NotImplementedError

    async def reduce(
        self, config: UserConfig, leg: LegKey, share: Decimal, *, place: CardPlace, idempotency_key: str
    ) -> OrderIntent:
        """`share` (0 … 1) of what stands now, at market. Raises BadInput where that is under the minimum."""
        raise NotImplementedError

    async def move_stop(
        self, config: UserConfig, leg: LegKey, stop: Decimal | None, *, idempotency_key: str
    ) -> OrderIntent:
        """One price for the whole leg; None takes it away. Raises BadInput for one on the wrong side of the market."""
        raise NotImplementedError

    async def to_breakeven(self, config: UserConfig, leg: LegKey, *, idempotency_key: str) -> OrderIntent:
        """The stop to the break-even price. Raises BadInput where the market is beyond it."""
        raise NotImplementedError

    async def set_targets(
        self, config: UserConfig, leg: LegKey, targets: tuple[PlannedTarget, ...], *, idempotency_key: str
    ) -> TradePlan:
        """New targets in place of the old ones; () takes them away. Raises BadInput."""
        raise NotImplementedError

    async def cancel(
        self, config: UserConfig, account_id: AccountId, symbol: Symbol, order_id: str, *, idempotency_key: str
    ) -> OrderIntent:
        """One open order."""
        raise NotImplementedError

    async def cancel_all(
        self, config: UserConfig, account_id: AccountId, symbol: Symbol | None, *, idempotency_key: str
    ) -> tuple[OrderIntent, ...]:
        """Every resting entry, of a symbol or of all; stops and targets stay."""
        raise NotImplementedError
