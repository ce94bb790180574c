"""What stops entries: /pause of an account, /halt for everybody, and /panic, which closes besides."""

from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.closings import HaltState
from bot.domain.ids import AccountId, Millis
from bot.domain.legs import PanicReport
from bot.domain.portfolio import LegKey
from bot.domain.trade_plans import CardPlace, OrderIntent
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """/pause and /resume: entries of one account, its resting ones canceled."""

    async def paused_since(self, account_id: AccountId) -> Millis | None:
        """None: not paused."""
        raise NotImplementedError

    async def pause(self, config: UserConfig, account: Account, *, idempotency_key: str) -> tuple[OrderIntent, ...]:
        """No entries until resumed; the cancels of those that rest."""
        raise NotImplementedError

    async def resume(self, config: UserConfig, account: Account) -> bool:
        """False: it was not paused."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Halts:
    """/halt and /unhalt: entries of everybody, kept over a restart."""

    async def state(self) -> HaltState:
        raise NotImplementedError

    async def halt(self, config: UserConfig, reason: str) -> HaltState:
        """At once, audited. Resting entries are listed to their owners with [Cancel]."""
        raise NotImplementedError

    async def unhalt(self, config: UserConfig) -> bool:
        """False: nothing was halted. Raises PinRequired."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Panic:
    """/panic: entries stopped for good and canceled, every managed leg closed and read flat."""

    async def stop_entries(self, config: UserConfig, account: Account, *, idempotency_key: str) -> PanicReport:
        """The first half, at once: fence, pause, cancels; the report lists what would be closed."""
        raise NotImplementedError

    async def close_all(
        self,
        config: UserConfig,
        account: Account,
        also: tuple[LegKey, ...],
        *,
        place: CardPlace,
        idempotency_key: str,
    ) -> PanicReport:
        """Both halves: closes every managed leg and those foreign ones in `also`."""
        raise NotImplementedError

    async def progress(self, account: Account, *, version: int, timeout_s: float) -> tuple[PanicReport, int]:
        """The report once it is another one than `version` (0: at once), or when the time is over; its version."""
        raise NotImplementedError
