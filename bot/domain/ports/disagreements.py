"""Where it is kept what an exchange shows otherwise than it was promised."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.disagreements import Disagreement, DisagreementEnd, NewDisagreement
from bot.domain.ids import AccountId, Millis
from bot.domain.portfolio import LegKey


class DisagreementRecords(Protocol):
    """The table disagreements inside a unit of work."""

    async def open(self, new: NewDisagreement, now: Millis) -> Disagreement | None:
        """The row; None where one of that leg, kind and target is open already, which shows what `new` shows then."""
        ...

    async def open_of_leg(self, leg: LegKey) -> tuple[Disagreement, ...]: ...
    async def end(self, disagreement_id: int, how: DisagreementEnd, now: Millis) -> None: ...


class DisagreementQueries(Protocol):
    """Reads of disagreements. Raises StorageTrouble."""

    async def disagreement(self, disagreement_id: int) -> Disagreement | None: ...
    async def open_of_account(self, account_id: AccountId) -> Sequence[Disagreement]:
        """Those of the account that nobody has decided yet, the oldest first."""
        ...
