"""What a call is to the budget before it is made."""

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """One call before it is made.

    `owner` is whose UID it counts for: the id of an account, another value for a key that is not stored, None for
    public data.
    """

    endpoint: str
    host: str
    owner: Hashable | None
    uid_limit: int  # Bybit's, calls a second

    @property
    def is_of_account(self) -> bool:
        """Whether it goes with the stored key of an account."""
        return isinstance(self.owner, int)
