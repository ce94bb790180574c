"""Options on BTC, ETH and SOL: which ones are listed on a day, and what they are worth by Black and Scholes."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import erf, exp, log, pi, sqrt
from typing import Any, Final, NamedTuple

from ops.sim.bybit import facts
from ops.sim.bybit.clock import DAY, HOUR
from ops.sim.bybit.grids import Grid
from ops.sim.bybit.instruments import Instrument

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FRIDAY: Final = 4
EXPIRY_HOUR: Final = 8
_LISTED_DAYS: Final = 150
_YEAR_MS: Final = 365 * DAY
_FACTS: Final = {row["coin"]: row for row in facts.OPTION}
COINS: Final = tuple(_FACTS)
DEFAULT_COIN: Final = "BTC"


class Greeks(NamedTuple):
    """Value in USDT and its sensitivities; theta is a day's."""

    value: float
    iv: float
    delta: float
    gamma: float
    vega: float
    theta: float


def expiry_code(day: date) -> str:
    """How symbols name a day: 27MAR26."""
    return f"{day.day}{_MONTHS[day.month - 1]}{day:%y}"


def date_of(code: str) -> date | None:
    """The day that such a code names, None if it names none."""
    day, month, year = code[:-5], code[-5:-2], code[-2:]
    if month not in _MONTHS or not (day.isascii() and day.isdigit() and year.isascii() and year.isdigit()):
        return None
    try:
        return date(2000 + int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def last_friday(year: int, month: int) -> date:
    """Of that month."""
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - _FRIDAY) % 7)


def expiries(now: datetime) -> list[date]:
    """Two Fridays ahead and the last Fridays of this month and the three after it, at 08:00 UTC."""
    first = now.date() + timedelta(days=now.hour >= EXPIRY_HOUR)
    friday = first + timedelta(days=(_FRIDAY - first.weekday()) % 7)
    days = {friday, friday + timedelta(days=7)}
    for ahead in range(4):
        month = first.month - 1 + ahead
        days.add(last_friday(first.year + month // 12, month % 12 + 1))
    return sorted(day for day in days if day >= first)


def delivered(at: int) -> list[Instrument]:
    """Those that were due on the day of that epoch millisecond, in the order of the symbols."""
    due = at - at % DAY + EXPIRY_HOUR * HOUR
    return [one for one in chain(due - DAY).values() if one.delivered == due]


def once_listed(symbol: str) -> Instrument | None:
    """The option of that symbol, whenever it was listed."""
    _, _, rest = symbol.partition("-")
    day = date_of(rest.partition("-")[0])
    if day is None:
        return None
    due = int(datetime(day.year, day.month, day.day, EXPIRY_HOUR, tzinfo=UTC).timestamp() * 1000)
    return chain(due - DAY).get(symbol)


def chain(at: int) -> dict[str, Instrument]:
    """Every option listed at that epoch millisecond, by symbol."""
    return _chain((at - EXPIRY_HOUR * HOUR) // DAY)


@lru_cache(maxsize=4)
def _chain(day: int) -> dict[str, Instrument]:
    start = datetime.fromtimestamp(day * DAY / 1000, UTC) + timedelta(hours=EXPIRY_HOUR)
    listed: dict[str, Instrument] = {}
    for coin in COINS:
        for expiry in expiries(start):
            for strike in _strikes(coin):
                for is_call in (True, False):
                    one = _option(coin, expiry, strike, is_call=is_call, symbol_id=10_000 + len(listed))
                    listed[one.symbol] = one
    return listed


def _strikes(coin: str) -> list[Decimal]:
    step, sides = Decimal(_FACTS[coin]["strike_step"]), _FACTS[coin]["strikes"]
    middle = round(facts.COINS[coin].price / step)
    return [(middle + offset) * step for offset in range(-sides, sides + 1)]


def _option(coin: str, expiry: date, strike: Decimal, *, is_call: bool, symbol_id: int) -> Instrument:
    fact = _FACTS[coin]
    kind = "C" if is_call else "P"
    code = expiry_code(expiry)
    due = int(datetime(expiry.year, expiry.month, expiry.day, EXPIRY_HOUR, tzinfo=UTC).timestamp() * 1000)
    price, qty = Grid(Decimal(fact["tick"])), Grid(Decimal(fact["step"]))
    one = Instrument(
        category="option",
        symbol=f"{coin}-{code}-{strike}-{kind}-USDT",
        symbol_id=symbol_id,
        coin=coin,
        base_coin=coin,
        quote_coin="USDT",
        settle_coin="USDT",
        price=price,
        qty=qty,
        min_qty=qty.step,
        max_qty=Decimal(fact["max_qty"]),
        max_market_qty=Decimal(fact["max_qty"]),
        launched=due - _LISTED_DAYS * DAY,
        delivered=due,
        strike=strike,
        is_call=is_call,
    )
    one.row.update(_row(one, display=f"{coin}USDT-{code}-{strike}-{kind}"))
    return one


def _row(one: Instrument, *, display: str) -> dict[str, Any]:
    return {
        "symbol": one.symbol,
        "symbolId": one.symbol_id,
        "optionsType": "Call" if one.is_call else "Put",
        "status": one.status,
        "baseCoin": one.base_coin,
        "quoteCoin": one.quote_coin,
        "settleCoin": one.settle_coin,
        "launchTime": str(one.launched),
        "deliveryTime": str(one.delivered),
        "deliveryFeeRate": "0.00015",
        "priceFilter": {
            "minPrice": one.price.text(1),
            "maxPrice": one.price.text(222_000),
            "tickSize": one.price.text(1),
        },
        "lotSizeFilter": {
            "maxOrderQty": str(one.max_qty),
            "minOrderQty": one.qty.text(1),
            "qtyStep": one.qty.text(1),
        },
        "displayName": display,
    }


def greeks(one: Instrument, underlying: float, at: int) -> Greeks:
    """What the option is worth at that epoch millisecond, with the underlying at that price."""
    years = max(one.delivered - at, 1) / _YEAR_MS
    strike = float(one.strike)
    moneyness = log(strike / underlying)
    iv = _FACTS[one.coin]["volatility"] * (1 + 0.6 * min(moneyness * moneyness, 1.0))
    spread = iv * sqrt(years)
    d1 = -moneyness / spread + spread / 2
    d2 = d1 - spread
    density = exp(-d1 * d1 / 2) / sqrt(2 * pi)
    call = underlying * _normal(d1) - strike * _normal(d2)
    return Greeks(
        value=max(call if one.is_call else call - underlying + strike, 0.0),
        iv=iv,
        delta=_normal(d1) - (0.0 if one.is_call else 1.0),
        gamma=density / (underlying * spread),
        vega=underlying * density * sqrt(years) / 100,
        theta=-underlying * density * iv / (2 * sqrt(years)) / 365,
    )


def _normal(deviations: float) -> float:
    return (1 + erf(deviations / sqrt(2))) / 2
