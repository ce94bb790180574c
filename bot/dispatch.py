"""Committed events: first every drop, in the same step as the commit, then the reactions.

A drop is synchronous and cannot fail half-way; a reaction only hastens (wake the outbox) and may be lost.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.events import Event

_logger = logging.getLogger(__name__)

Drop = Callable[[tuple[Event, ...]], None]
Reaction = Callable[[tuple[Event, ...]], Awaitable[None]]


@dataclass(slots=True)
class Dispatcher:
    """The store calls `committed` right after COMMIT and `publish` after its lock is free."""

    drops: list[Drop] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)

    def committed(self, events: Sequence[Event]) -> None:
        """Run every drop, whatever another one does."""
        happened = tuple(events)
        for drop in self.drops:
            try:
                drop(happened)
            except Exception:
                _logger.exception("a cache drop failed", extra={"events": [type(event).__name__ for event in happened]})

    async def publish(self, events: Sequence[Event]) -> None:
        """Run every reaction; one that fails is logged and undoes nothing."""
        happened = tuple(events)
        for reaction in self.reactions:
            try:
                await reaction(happened)
            except Exception:
                _logger.exception("a reaction failed")
