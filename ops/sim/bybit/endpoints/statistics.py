"""Open interest, holders' ratio and volatility over time. Source: Bybit v5 documentation, section Market."""

from typing import Any, Final
from urllib.parse import parse_qs, quote

from ops.sim.bybit.clock import DAY, HOUR, MINUTE, SECOND
from ops.sim.bybit.endpoints.endpoint_call import Beside, EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.facts import OPTION
from ops.sim.bybit.fields import is_whole
from ops.sim.bybit.grids import plain
from ops.sim.bybit.instruments import Instrument, epoch_ms
from ops.sim.bybit.options import DEFAULT_COIN

_PERIODS: Final = {
    "5min": 5 * MINUTE,
    "15min": 15 * MINUTE,
    "30min": 30 * MINUTE,
    "1h": HOUR,
    "4h": 4 * HOUR,
    "1d": DAY,
}
_RATIO_SINCE: Final = epoch_ms("2020-07-20")
_RATIO_KIND, _VOLATILITY_KIND = 120, 121
_USUAL_PERIOD: Final = 7
_LONGEST_VOLATILITY: Final = 30 * DAY
_VOLATILITIES: Final = {row["coin"]: row["volatility"] for row in OPTION}
_SHORT_COIN, _SHORT_COIN_LONGEST = "SOL", 90
"""The coin with fewer periods, and its longest one in days."""


def open_interest(call: EndpointCall) -> Result:
    """market/open-interest: newest first, of both sides and of one."""
    one = call.instrument()
    times, cursor = _times(call, "intervalTime", one.launched, one)
    rows = []
    for at in times:
        interest = call.world.market.open_interest(one, at)
        rows.append(
            {"openInterest": f"{interest:.8f}", "singleOpenInterest": plain(interest / 2), "timestamp": str(at)}
        )
    return {"category": one.category, "symbol": one.symbol, "list": rows, "nextPageCursor": cursor}


def account_ratio(call: EndpointCall) -> Result:
    """market/account-ratio: which share of all holders is long, newest first."""
    one = call.instrument()
    times, cursor = _times(call, "period", max(one.launched, _RATIO_SINCE), one)
    rows = []
    for at in times:
        buy = round(0.5 + 0.15 * call.world.market.drift(one.coin, _RATIO_KIND, at / (4 * HOUR)), 4)
        rows.append({"symbol": one.symbol, "buyRatio": f"{buy:g}", "sellRatio": f"{1 - buy:.4g}", "timestamp": str(at)})
    return {"list": rows, "nextPageCursor": cursor}


def _times(call: EndpointCall, parameter: str, earliest: int, one: Instrument) -> tuple[list[int], str]:
    """The moments of a page, newest first, and the cursor for what follows. Raises BybitError 10001."""
    query = call.query
    period = _PERIODS[query.text(parameter)]
    start, end = query.number("startTime"), query.number("endTime")
    if start is not None and end is not None and start > end:
        raise wrong_parameter("params error: startTime invalid")
    newest = min(one.moment(call.now), call.now if end is None else end)
    if query.cursor:
        newest = min(newest, _last_time(query.cursor) - 1)
    first = -(-max(start or 0, earliest) // period)
    last = newest // period
    numbers = range(last, max(first - 1, last - query.limit), -1)
    times = [number * period for number in numbers]
    more = bool(times) and times[-1] // period > first
    return times, quote(f"lastid=0&lasttime={times[-1] // SECOND}", safe="") if more else ""


def _last_time(cursor: str) -> int:
    text = parse_qs(cursor).get("lasttime", [""])[0]
    if not is_whole(text):
        raise wrong_parameter("params error: cursor invalid")
    return int(text) * SECOND


def historical_volatility(call: EndpointCall) -> Beside:
    """market/historical-volatility: hourly, the last hour unless asked otherwise, newest first."""
    query = call.query
    start, end = query.number("startTime"), query.number("endTime")
    if (start is None) != (end is None):
        raise wrong_parameter("Parameter startTime and endTime are both needed")
    if start is not None and end is not None and not 0 <= end - start <= _LONGEST_VOLATILITY:
        raise wrong_parameter("The time range between startTime and endTime cannot exceed 30 days")
    last = min(call.now, call.now if end is None else end) // HOUR
    first = last if start is None else -(-start // HOUR)
    coin, period = query.text("baseCoin", DEFAULT_COIN), query.number("period") or _USUAL_PERIOD
    known = coin in _VOLATILITIES and not (coin == _SHORT_COIN and period > _SHORT_COIN_LONGEST)
    hours = range(last, first - 1, -1) if known else ()
    return Beside([_volatility(call, coin, period, hour) for hour in hours], {"category": query.category})


def _volatility(call: EndpointCall, coin: str, period: int, hour: int) -> dict[str, Any]:
    """Shorter periods swing more around the coin's usual volatility."""
    swing = call.world.market.drift(coin, _VOLATILITY_KIND + period, hour / 24) * 0.9 / period**0.5
    return {"period": period, "value": f"{_VOLATILITIES[coin] * (1 + swing):.8f}", "time": str(hour * HOUR)}
