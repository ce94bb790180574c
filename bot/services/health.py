"""What /health asks. The root says how, once everything stands."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.desk import Health


@dataclass(slots=True, kw_only=True)
class HealthDesk:
    """`ask` is None until the root has put everything together."""

    ask: Callable[[], Health] | None = None

    def now(self) -> Health | None:
        return None if self.ask is None else self.ask()
