"""How long an exchange is given until what it does not show is believed not to be there.

Bybit's answer to a create is an acceptance, its lists lag behind each other, and a request is accepted until its
recv_window is over (Bybit v5, "Integration guidance", "Place order", "Get open orders", July 2026).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Times in ms: until `recv_window` a request is accepted, after `window` it can't be executed any more.

    "There is no such order" is believed after `answers` that said so, each `apart` from the one before, the first and
    the last `over`; of an order that was accepted, not before `accepted`: it is there, whatever the lists say. `lag`:
    what positions and fills may be behind each other before one of them is wrong, `owed` where the rows of our own
    orders speak of fills that no list has: more than a minute was seen.
    """

    recv_window: int
    window: int
    answers: int
    over: int
    apart: int
    lag: int
    owed: int
    accepted: int


BYBIT: Final = Patience(
    recv_window=5_000, window=10_000, answers=3, over=10_000, apart=1_000, lag=5_000, owed=120_000, accepted=60_000
)
# In this process: its lists are one.
PRACTICE: Final = Patience(recv_window=5_000, window=10_000, answers=1, over=0, apart=0, lag=0, owed=0, accepted=10_000)
