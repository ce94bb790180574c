"""Contracts with a delivery: which ones are listed on a day, and those that were delivered lately.

Linear ones end on Fridays as options do, inverse ones with a quarter, all at 08:00 UTC; for four hours after that
they are being delivered. Sizes are those of the perpetual of the same coin.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from ops.sim.bybit import facts
from ops.sim.bybit.clock import DAY, HOUR
from ops.sim.bybit.instruments import Instrument, contract
from ops.sim.bybit.options import EXPIRY_HOUR, date_of, expiries, expiry_code, last_friday

SLOT: Final = 4 * HOUR
"""What is listed, and its status, changes at multiples of this since the epoch only."""
_CLOSED_DAYS: Final = 100
"""So long a delivered contract is still told of."""
_LISTED_DAYS: Final = 190
_QUARTERS: Final = 2
_MONTHS: Final = {int(month): letter for month, letter in facts.DATED["months"].items()}
_ROWS: Final = {row["symbol"]: row for row in (*facts.LINEAR, *facts.INVERSE)}
_FIRST_PLACE: Final = 2_000


def due_ms(day: date) -> int:
    """The delivery on that day, epoch milliseconds."""
    return int(datetime(day.year, day.month, day.day, EXPIRY_HOUR, tzinfo=UTC).timestamp() * 1000)


def listed(category: str, slot: int) -> dict[str, Instrument]:
    """Those that trade or are being delivered in that slot of the clock, by symbol."""
    return {one.symbol: one for one in _all(category, slot) if one.status != "Closed"}


def closed(category: str, at: int) -> dict[str, Instrument]:
    """Those that were delivered in the last months, by symbol."""
    return {one.symbol: one for one in _all(category, at // SLOT) if one.status == "Closed"}


def find(category: str, symbol: str, at: int) -> Instrument | None:
    """Any that such a symbol could name, listed or not: a position may outlive the listing."""
    for perpetual in _perpetuals(category):
        day = _day_of(perpetual, symbol)
        if day is not None and symbol == _symbol(perpetual, day):
            return _contract(perpetual, day, at // SLOT)
    return None


@lru_cache(maxsize=8)
def _all(category: str, slot: int) -> tuple[Instrument, ...]:
    now = datetime.fromtimestamp(slot * SLOT / 1000, UTC)
    days = _quarter_ends(now.date()) if category == "inverse" else _fridays(now)
    return tuple(_contract(perpetual, day, slot) for perpetual in _perpetuals(category) for day in days)


def _perpetuals(category: str) -> Iterator[str]:
    for linear, usdc, inverse in facts.DATED["like"].values():
        yield from (inverse,) if category == "inverse" else (linear, usdc)


def _fridays(now: datetime) -> list[date]:
    """The ones ahead, and every Friday of the last months."""
    ahead = expiries(now)
    first = now.date() - timedelta(days=(now.date().weekday() - ahead[0].weekday()) % 7)
    past = [first - timedelta(days=7 * weeks) for weeks in range(_CLOSED_DAYS // 7)]
    return sorted({*past, *ahead})


def _quarter_ends(today: date) -> list[date]:
    """The last Fridays of the quarters around that day: one before it and the next two."""
    ends = [last_friday(today.year + offset, month) for offset in (-1, 0, 1) for month in _MONTHS]
    past = [day for day in ends if timedelta() <= today - day <= timedelta(days=_CLOSED_DAYS)]
    return [*past[-1:], *[day for day in ends if day > today][:_QUARTERS]]


def _symbol(perpetual: str, day: date) -> str:
    if perpetual.endswith("USDT"):
        return f"{perpetual}-{expiry_code(day)}"
    if perpetual.endswith("PERP"):
        return f"{perpetual.removesuffix('PERP')}-{expiry_code(day)}"
    return f"{perpetual}{_MONTHS[day.month]}{day:%y}"


def _day_of(perpetual: str, symbol: str) -> date | None:
    """The delivery that the symbol names, if it names one of that coin."""
    if perpetual.endswith("USD"):
        month = {letter: number for number, letter in _MONTHS.items()}.get(symbol.removeprefix(perpetual)[:1])
        year = symbol[-2:]
        return last_friday(2000 + int(year), month) if month and year.isascii() and year.isdigit() else None
    return date_of(symbol.rpartition("-")[2])


@lru_cache(maxsize=4_096)
def _contract(perpetual: str, day: date, slot: int) -> Instrument:
    due, at = due_ms(day), slot * SLOT
    status = "Trading" if at < due else "Delivering" if at < due + SLOT else "Closed"
    fact: dict[str, Any] = _ROWS[perpetual]
    category = "inverse" if perpetual.endswith("USD") else "linear"
    usual = contract(category, 0, fact)
    one = contract(
        category,
        _FIRST_PLACE + due // DAY,
        {**fact, "symbol": _symbol(perpetual, day)},
        base_coin=usual.base_coin,
        quote_coin=usual.quote_coin,
        settle_coin=usual.settle_coin,
        launched=due - _LISTED_DAYS * DAY,
        delivered=due,
        status=status,
    )
    one.row.update(
        contractType=f"{category.title()}Futures",
        deliveryFeeRate=facts.DATED["delivery_fee"],
        fundingInterval=0,
        copyTrading="none",
        upperFundingRate="",
        lowerFundingRate="",
    )
    return one
