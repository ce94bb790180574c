"""Closings of legs, panics and halts in storage."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.closings import Closing, HaltState, NewClosing, PanicRecord
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import Execution, LegKey


class Closings(Protocol):
    """The table leg_closings inside a unit of work."""

    async def add(self, new: NewClosing, now: Millis) -> Closing:
        """The closing of that leg that goes on from now: the one there is takes over what is stricter of `new`."""
        ...

    async def of_leg(self, leg: LegKey) -> Closing | None:
        """The one that goes on: no entry may go into that leg meanwhile."""
        ...

    async def tried(self, closing_id: int, intent_id: int, next_try: Millis) -> None:
        """One more attempt is written down."""
        ...

    async def wait(self, closing_id: int, next_try: Millis) -> None:
        """Nothing could be tried: look again at that moment."""
        ...

    async def refused(self, closing_id: int, code: int | None, reason: str, next_try: Millis) -> None: ...
    async def done(self, closing_id: int, now: Millis) -> None: ...


class PanicRecords(Protocol):
    """The table panics inside a unit of work."""

    async def begin(self, user_id: UserId, account_id: AccountId, now: Millis) -> PanicRecord:
        """A new panic, or the one that goes on."""
        ...

    async def close_from(self, panic_id: int, now: Millis) -> None:
        """Its legs are closed from that moment on; a later one changes nothing."""
        ...

    async def end(self, panic_id: int, now: Millis) -> None: ...


class HaltRecords(Protocol):
    """The table halts inside a unit of work."""

    async def begin(self, actor: UserId, reason: str, now: Millis) -> int | None:
        """The number of the halt; None: one stands already."""
        ...

    async def end(self, now: Millis) -> int | None:
        """The number of the halt that ends; None: none stood."""
        ...


class ClosingQueries(Protocol):
    """Reads of closings, panics and halts. Raises StorageTrouble."""

    async def halt(self) -> HaltState: ...
    async def closing(self, closing_id: int) -> Closing | None: ...
    async def closing_of_leg(self, leg: LegKey) -> Closing | None: ...
    async def closing_by_key(self, idempotency_key: str) -> Closing | None: ...
    async def closings_due(self, now: Millis, limit: int) -> tuple[Closing, ...]: ...
    async def closings_of_panic(self, panic_id: int) -> tuple[Closing, ...]:
        """In the order in which they began."""
        ...

    async def last_panic(self, account_id: AccountId) -> PanicRecord | None: ...
    async def panics_going(self) -> Sequence[PanicRecord]: ...
    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[Execution, ...]:
        """The fills of an account from that moment on, oldest first."""
        ...
