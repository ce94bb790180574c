"""Contracts before their launch: one in each phase of the pre-market, always listed since the last midnight."""

from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit import facts, small
from ops.sim.bybit.clock import DAY, HOUR
from ops.sim.bybit.instruments import Instrument, contract

_FACTS: Final[dict[str, Any]] = facts.PRELAUNCH
_PHASES: Final = ("CallAuction", "CallAuctionNoCancel", "CrossMatching", "ContinuousTrading")
_FIRST_PLACE: Final = 1_900


def listed(at: int) -> dict[str, Instrument]:
    """By symbol, at that epoch millisecond."""
    found = [
        _contract(place, coin, phase, at - at % DAY) for place, (coin, phase) in enumerate(_FACTS["coins"].items())
    ]
    return {one.symbol: one for one in found}


def _contract(place: int, coin: str, phase: str, since: int) -> Instrument:
    fact = small.contract_fact(small.UPCOMING[coin])
    fact |= {"max_leverage": _FACTS["max_leverage"], "tiers": _FACTS["tiers"]}
    one = contract("linear", _FIRST_PLACE + place, fact, launched=since, status="PreLaunch")
    cap = Decimal(_FACTS["funding_cap"])
    ratio_x, ratio_y = _FACTS["price_limits"]
    one.row.update(
        copyTrading="none",
        upperFundingRate=str(cap),
        lowerFundingRate=str(-cap),
        isPreListing=True,
        preListingInfo={
            "curAuctionPhase": phase,
            "phases": _timetable(phase, since),
            "auctionFeeInfo": dict(_FACTS["fees"]),
            "skipCallAuction": False,
        },
        riskParameters={"priceLimitRatioX": ratio_x, "priceLimitRatioY": ratio_y},
    )
    return one


def _timetable(phase: str, since: int) -> list[dict[str, str]]:
    """The phases one after another, so that the whole day belongs to `phase`; the last one has no end."""
    current = _PHASES.index(phase)
    starts = [
        since + (place - current) * HOUR + (DAY - HOUR if place > current else 0) for place in range(len(_PHASES))
    ]
    ends = [str(start) for start in starts[1:]] + [""]
    return [
        {"phase": name, "startTime": str(start), "endTime": end}
        for name, start, end in zip(_PHASES, starts, ends, strict=True)
    ]
