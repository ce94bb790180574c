"""/limits: tightened at once, taken back within a minute, loosened after a day; and the check of every entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.ids import Millis
from bot.domain.order_card import ConfirmedCard
from bot.domain.portfolio import Balance, Order, Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import UnitOfWork
from bot.domain.risk import RiskLimits, default_limits
from bot.domain.risk_rules import LossMarks, RiskView, exposures_of
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChange:
    """A change of limits. `takes_effect` None: it stands already; `undo_until`: until when it can be taken back."""

    change_id: int
    limits: RiskLimits
    takes_effect: Millis | None
    undo_until: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitService:
    """The limits of accounts."""

    clock: Clock

    async def limits(self, account: Account) -> RiskLimits:
        """What stands now."""
        return default_limits(account.account_type)

    async def view(
        self, account: Account, balance: Balance, positions: Iterable[Position], orders: Iterable[Order]
    ) -> RiskView:
        """The account as its limits see it, by what was just read of it."""
        return RiskView(
            limits=await self.limits(account),
            account_value=balance.total_equity or Decimal(0),
            exposures=exposures_of(positions, orders),
            marks=LossMarks(),
            now=self.clock.now(),
        )

    async def waiting(self, account: Account) -> LimitChange | None:
        """A loosening that has not taken effect yet."""
        raise NotImplementedError

    async def change(self, config: UserConfig, account: Account, limits: RiskLimits) -> LimitChange:
        """Tightening stands at once, loosening after 24 hours. May raise PinRequired."""
        raise NotImplementedError

    async def take_back(self, config: UserConfig, account: Account, change_id: int) -> RiskLimits:
        """Undo a tightening within 60 s, or a loosening before it takes effect. Raises ButtonExpired."""
        raise NotImplementedError

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None:
        """Every limit on the rounded order, intents in flight and resting entries counted. Raises EntryRefused."""
        raise NotImplementedError
