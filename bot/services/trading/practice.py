"""/practice reset: practice money again, with the mode, margin and leverage of one's choice."""

from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeService:
    """Resets practice accounts."""

    async def reset(
        self, config: UserConfig, account: Account, *, mode: PositionMode, margin: MarginMode, leverage: int
    ) -> int:
        """10,000 USDT and nothing else; statistics are kept a run. Answers the number of the run that begins."""
        raise NotImplementedError
