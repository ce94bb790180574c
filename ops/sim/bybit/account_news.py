"""What a change of an account brings to its private streams."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNews:
    """The rows of one message of a private topic, as Bybit's stream writes them."""

    uid: int
    topic: str
    """order, execution, position or wallet."""
    category: str
    """linear, inverse, spot or option; empty for wallet."""
    rows: tuple[dict[str, Any], ...]
    at: int
    """Epoch milliseconds of the change."""
