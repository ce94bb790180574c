"""Places in the budget of requests, taken ahead of their calls: an admission holds one, the write in it uses it.

The place is found through a context variable, so that it reaches the call through pool and client without a parameter;
tasks that are started inside see the same one, and whichever call of that endpoint comes first uses it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from bot.aio.priority_queue import RateLimit
from bot.exchange.request_keys import RequestKey


@dataclass(slots=True, kw_only=True, eq=False)
class BudgetPlace:
    """The right to make one call of that key. `rate_limits`: those that it was counted in."""

    request_key: RequestKey
    rate_limits: tuple[RateLimit, ...]
    is_free: bool = field(default=True, init=False)


_held: Final[ContextVar[BudgetPlace | None]] = ContextVar("held_place", default=None)


@contextmanager
def holding(place: BudgetPlace) -> Iterator[None]:
    """Calls made inside may use that place."""
    token = _held.set(place)
    try:
        yield
    finally:
        _held.reset(token)


def held_for(request_key: RequestKey) -> BudgetPlace | None:
    """The place that a call of that key may use now."""
    place = _held.get()
    return place if place is not None and place.is_free and place.request_key == request_key else None
