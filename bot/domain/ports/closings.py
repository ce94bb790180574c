"""Closings of legs, panics and halts in storage."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from bot.domain.closings import Closing, HaltState, NewClosing, PanicRecord, RestingEntries
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import Execution, LegKey, Side


class Closings(Protocol):
    """The table leg_closings inside a unit of work."""

    async def add(self, new: NewClosing, now: Millis) -> Closing:
        """The closing of that leg that goes on from now: the one there is takes over what is stricter of `new`.

        A key that was used before answers the closing of that time, done or not.
        """
        ...

    async def of_leg(self, leg: LegKey) -> Closing | None:
        """The one that goes on: no entry may go into that leg meanwhile."""
        ...

    async def of_attempt(self, intent_id: int) -> Closing | None:
        """The closing that an intent was an attempt at."""
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

    async def begin(self, user_id: UserId, account_id: AccountId, idempotency_key: str, now: Millis) -> PanicRecord:
        """A new panic, or the one that goes on; for a key that was used the one of that time, ended or not."""
        ...

    async def close_from(self, panic_id: int, now: Millis) -> None:
        """Its legs are closed from that moment on; a later one changes nothing."""
        ...

    async def end(self, panic_id: int, now: Millis) -> None: ...


class HaltRecords(Protocol):
    """The table halts inside a unit of work."""

    async def begin(self, actor: UserId | None, reason: str, now: Millis) -> int | None:
        """The number of the halt; None: one stands already."""
        ...

    async def end(self, now: Millis) -> int | None:
        """The number of the halt that ends; None: none stood."""
        ...

    async def stands(self) -> bool:
        """Whether entries of everybody are stopped."""
        ...

    async def stop_management(self) -> int | None:
        """The number of the halt that stops management too from now on; None: none stands, or it does already."""
        ...

    async def is_managing(self) -> bool:
        """Whether this bot manages positions: False while a halt that stops that, too, stands."""
        ...


class RestingQueries(Protocol):
    """Entries that rest at the exchange. Raises StorageTrouble."""

    async def resting_entries_of(self, user_id: UserId) -> tuple[RestingEntries, ...]:
        """Of a person's accounts that have some."""
        ...


class ClosingQueries(RestingQueries, Protocol):
    """Reads of closings, panics and halts. Raises StorageTrouble."""

    async def halt(self) -> HaltState: ...
    async def resting_entries(self) -> tuple[RestingEntries, ...]:
        """Entries that rest at the exchange, of every account that has some."""
        ...

    async def closing(self, closing_id: int) -> Closing | None: ...
    async def closing_by_key(self, idempotency_key: str) -> Closing | None: ...
    async def closing_of_attempt(self, intent_id: int) -> Closing | None:
        """The closing that an intent was an attempt at."""
        ...

    async def closings_due(self, now: Millis, limit: int) -> tuple[Closing, ...]: ...
    async def closings_of_panic(self, panic_id: int) -> tuple[Closing, ...]:
        """In the order in which they began."""
        ...

    async def closings_before(self, panic_id: int) -> tuple[Closing, ...]:
        """Those of the account's earlier panics on the same card, in the order in which they began."""
        ...

    async def last_panic(self, account_id: AccountId) -> PanicRecord | None: ...
    async def panics_going(self) -> Sequence[PanicRecord]: ...
    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[Execution, ...]:
        """The fills of an account from that moment on, oldest first."""
        ...

    async def fees_paid(self, leg: LegKey, side: Side) -> Decimal | None:
        """What the part of the leg that stands has paid for its opening, in the quote coin; None: not known."""
        ...

    async def canceled_by(self, cause: str) -> int:
        """How many cancels of that cause were done."""
        ...
