"""Restored copies of the database, as storage remembers them until somebody accepts them."""

from typing import Protocol

from bot.domain.ids import Millis


class RestoreQueries(Protocol):
    """What is read of restores outside of a unit of work."""

    async def open_restore(self) -> int | None:
        """The number of the restore that nobody has accepted yet; None: there is none."""
        ...


class RestoreRecords(Protocol):
    """The restores table inside a unit of work."""

    async def accept(self, now: Millis) -> None:
        """Whoever runs the bot has looked: what Telegram knows of Stars is booked and refunded from now on."""
        ...
