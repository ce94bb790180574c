"""What a call is to the budget before it is made."""

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """One call before it is made. `owner` is whose UID it counts for, None for public data."""

    endpoint: str
    host: str
    owner: Hashable | None
    uid_limit: int  # Bybit's, calls a second
