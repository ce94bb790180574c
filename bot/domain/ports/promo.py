"""Promo codes in storage, inside a unit of work and as reads, and the cipher of the codes."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.ids import Millis, UserId
from bot.domain.promo import (
    Campaign,
    ClawBack,
    CodeCount,
    Funnel,
    HeldUsage,
    KnownCode,
    NewUse,
    Pin,
    Redeemed,
    Redeemer,
    SealedCode,
)
from bot.domain.promo_codes import Terms
from bot.domain.secrets import Secret


class PromoCodeCipher(Protocol):
    """Promo codes at rest: nobody who has the database alone can tell one."""

    def lookup(self, folded: str) -> bytes:
        """32 bytes by which a folded code is found."""
        ...

    def seal(self, code: Secret, lookup: bytes) -> SealedCode: ...

    def open_code(self, sealed: SealedCode) -> Secret:
        """Raises WrongKeyFile for an envelope that was changed or is another code's."""
        ...


class PromoCodes(Protocol):
    """The promo tables inside a unit of work."""

    async def create(self, terms: Terms, codes: Sequence[SealedCode], creator: UserId | None, now: Millis) -> int:
        """A campaign with its codes, which must be new; its id."""
        ...

    async def is_taken(self, lookup: bytes) -> bool: ...
    async def find(self, lookup: bytes, user_id: UserId) -> KnownCode | None:
        """The code, and what this user did with it."""
        ...

    async def use(self, code: KnownCode, user_id: UserId, actor: UserId | None, now: Millis) -> NewUse | None:
        """Count one use; None if the code is used up, paused or out of its dates. At most once per code and user."""
        ...

    async def attach_grant(self, usage_id: int, entry_id: int, until: Millis) -> None:
        """Note the ledger row of a use, and until when its time ran then."""
        ...

    async def opened(self, campaign_id: int, user_id: UserId, now: Millis) -> None: ...
    async def tries(self, user_id: UserId, since: Millis, limit: int) -> tuple[Millis, ...]:
        """A user's wrong tries since that moment, the newest `limit`, newest first."""
        ...

    async def add_try(self, user_id: UserId, now: Millis) -> None: ...
    async def tries_of_all(self, since: Millis, limit: int) -> int:
        """Everybody's wrong tries since that moment, counted up to `limit`."""
        ...

    async def campaign(self, campaign_id: int) -> Campaign | None: ...
    async def pause(self, campaign_id: int, *, paused: bool) -> bool:
        """True if it was the other way before."""
        ...

    async def change(self, campaign_id: int, terms: Terms) -> None:
        """Its uses, of each code, its end and its note become those of `terms`."""
        ...

    async def most_used(self, campaign_id: int) -> int:
        """The uses of that code of it which has the most."""
        ...

    async def ask_undo(self, campaign_id: int, actor: UserId, now: Millis) -> None: ...
    async def undo(self, campaign_id: int) -> bool:
        """End it for good; True if it was not ended before."""
        ...

    async def usages_left(self, campaign_id: int, limit: int) -> tuple[HeldUsage, ...]:
        """Redemptions that an undo has still to look at, oldest first."""
        ...

    async def usage_undone(self, usage_id: int, now: Millis) -> None: ...
    async def undo_finished(self, campaign_id: int, now: Millis) -> None: ...
    async def pin(self, pin: Pin) -> None: ...
    async def unpin(self, campaign_id: int) -> None: ...
    async def staff(self) -> tuple[UserId, ...]:
        """Who is stored as admin or owner."""
        ...

    async def owners(self) -> tuple[UserId, ...]:
        """Who is stored as owner; those of the settings need not be."""
        ...


class PromoQueries(Protocol):
    """Campaigns and codes as they stand, outside of a unit of work."""

    async def campaign(self, campaign_id: int) -> Campaign | None: ...
    async def campaigns(self, *, running: bool, offset: int, limit: int) -> tuple[Campaign, ...]:
        """The newest first; `running`: those that are neither paused nor undone."""
        ...

    async def codes(self, campaign_id: int) -> tuple[CodeCount, ...]:
        """In the order in which they were made."""
        ...

    async def funnel(self, campaign_id: int) -> Funnel: ...
    async def claw_backs(self, campaign_id: int, now: Millis) -> tuple[ClawBack, ...]:
        """What an undo would take now, from those who have something left of it."""
        ...

    async def redeemers(self, campaign_id: int, now: Millis, before: int, limit: int) -> tuple[Redeemer, ...]:
        """A campaign's redemptions, the newest first, below the usage `before`."""
        ...

    async def pins(self) -> tuple[Pin, ...]:
        """The pinned cards of campaigns that run."""
        ...

    async def unfinished_undos(self) -> tuple[int, ...]: ...
    async def redeemed_by(self, user_id: UserId, limit: int) -> tuple[Redeemed, ...]:
        """A user's redemptions, the newest first."""
        ...
