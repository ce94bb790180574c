"""What is listed at a moment: perpetuals, contracts with a delivery, contracts before their launch, spot, options."""

from functools import lru_cache
from typing import Final

from ops.sim.bybit import dated, options, prelaunch
from ops.sim.bybit.dated import SLOT
from ops.sim.bybit.instruments import CLOSED, LISTED, Instrument

_NEVER_CHANGES: Final = "spot"


def listing(category: str, at: int) -> dict[str, Instrument]:
    """By symbol, in the order of the symbols, at that epoch millisecond."""
    if category == "option":
        return options.chain(at)
    return LISTED[category] if category == _NEVER_CHANGES else _contracts(category, at // SLOT)


def closed(category: str, at: int) -> dict[str, Instrument]:
    """Contracts that trade no more; only instruments-info tells of them."""
    if category not in {"linear", "inverse"}:
        return {}
    gone = dated.closed(category, at)
    return {**gone, **CLOSED} if category == "linear" else gone


@lru_cache(maxsize=8)
def _contracts(category: str, slot: int) -> dict[str, Instrument]:
    found = {**LISTED[category], **dated.listed(category, slot)}
    if category == "linear":
        found |= prelaunch.listed(slot * SLOT)
    return dict(sorted(found.items()))
