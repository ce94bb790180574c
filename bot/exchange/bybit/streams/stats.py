"""What streams count, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStats:
    """Of private and public streams together, since the start of the process.

    `wanted` and `connected` are streams now; `oldest_event_s` is the age of the last frame that the 99th of a hundred
    streams was heard with, pongs counted, 0 without streams. `connects` counts by what became of them.
    """

    wanted: int
    connected: int
    oldest_event_s: float
    connects: Mapping[str, int]
    late: int  # streams that are late with an own event now
    mute: int  # connections made anew because they said nothing
    mishaps: int  # frames that could not be read or taken
    is_slow: bool
