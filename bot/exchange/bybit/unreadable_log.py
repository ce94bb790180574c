"""What of Bybit's answers could not be read: counted by endpoint, and told to the operator, who alone can mend it."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import ExchangeUnreadable
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.endpoints import ENDPOINTS, OTHER

QUIET: Final = 60.0  # seconds between two lines about one field of one endpoint
_WHOLE: Final = "the whole answer"
_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class UnreadableLog:
    """Counts rows of which something could not be read; one line in the log a field and minute."""

    clock: Clock
    _rows: Counter[str] = field(
        default_factory=lambda: Counter({each.name: 0 for each in (*ENDPOINTS, OTHER)}), init=False
    )
    _quiet_until: dict[tuple[str, str], float] = field(default_factory=dict, init=False)
    _unsaid: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)

    @property
    def rows(self) -> Mapping[str, int]:
        """Endpoint -> rows since the start, of every endpoint."""
        return dict(self._rows)

    def note_rows(self, endpoint: str, fields: Sequence[str]) -> None:
        """An answer was read but for these fields, one of each odd row."""
        if fields:
            self._rows[endpoint] += len(fields)
            for name, count in Counter(fields).items():
                self._say(endpoint, name, count)

    def note_answer(self, endpoint: str, error: ExchangeUnreadable) -> None:
        """An answer was of no use at all."""
        self._say(endpoint, error.field or _WHOLE, 1)

    def _say(self, endpoint: str, name: str, count: int) -> None:
        key, now = (endpoint, name), self.clock.monotonic()
        self._unsaid[key] += count
        if now >= self._quiet_until.get(key, now):
            self._quiet_until[key] = now + QUIET
            times = self._unsaid.pop(key)
            _logger.error(
                "Bybit's answer can't be read",
                extra={"endpoint": endpoint, "field": name, "times": times},
            )
