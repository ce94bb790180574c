"""What is stored of one person, as an export holds it, and the state of their requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import Millis

Record = Mapping[str, object]  # one row of an export; names that end with _at hold UTC epoch milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyState:
    """When somebody last got their data, accepted the terms, and when they will be erased; None: never, not yet."""

    terms_accepted_at: Millis | None
    exported_at: Millis | None
    erase_at: Millis | None
