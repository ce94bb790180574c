"""Committed events: every drop, in the same step as the commit."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.events import Event

_logger = logging.getLogger(__name__)

Drop = Callable[[tuple[Event, ...]], None]


@dataclass(slots=True)
class Dispatcher:
    """The store calls `committed` right after COMMIT. A drop is synchronous: nothing comes between the two."""

    drops: list[Drop] = field(default_factory=list)

    def committed(self, events: Sequence[Event]) -> None:
        """Run every drop in its order, whatever another one does."""
        happened = tuple(events)
        for drop in self.drops:
            try:
                drop(happened)
            except Exception:
                _logger.exception("a cache drop failed", extra={"events": [type(event).__name__ for event in happened]})
