"""The many smaller linear perpetuals: level, steps, sizes and price process of each follow from its coin's name."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from math import floor, log10
from typing import Any, Final

from ops.sim.bybit import facts
from ops.sim.bybit.facts import Coin
from ops.sim.bybit.noise import WORD, Noise

DRIVERS: Final = 12
"""Price processes that the coins follow, each with a swing of its own."""
_FIRST_LAUNCH: Final = date(2021, 6, 1)
_LAUNCH_DAYS: Final = 1_800
_PACKED: Final = 1_000
"""Coins in one unit of a contract on a coin that costs next to nothing."""
_PRICE_DIGITS: Final = 4
_LEAST_TICKS: Final = 3_000
"""Ticks in a price, at least; ten times that at most."""
_LARGEST_WORTH: Final = 200_000
"""USDT of the largest limit order; a market order may have a quarter of it."""
_PACKED_COINS: Final[list[str]] = facts.SMALL["packed"].split()
_CLASSES: Final = (("E", "12.50"), ("D", "25.00"), ("C", "50.00"))
_SYLLABLES: Final = (("BO", "DA", "FI", "KE", "LU", "MO", "NA", "PI", "RO", "TU", "VE", "ZA"), "BDKLMNRSTX")


def _names() -> Iterator[str]:
    """The coins of the table, then made-up ones."""
    listed = [*_PACKED_COINS, *(name for line in facts.SMALL["coins"] for name in line.split())]
    yield from listed
    known = {*listed, *facts.COINS}
    for first, second, last in product(_SYLLABLES[0], _SYLLABLES[0], _SYLLABLES[1]):
        name = f"{first}{second}{last}"
        if first != second and name not in known:
            yield name


def _chances(coin: str) -> list[float]:
    return [word / WORD for word in Noise(0, f"small {coin}").words(0, 0)]


def _coin(name: str) -> Coin:
    chances = _chances(name)
    exponent = -6 + 2 * chances[1] if name in _PACKED_COINS else -3 + 4.2 * chances[1]
    price = 10**exponent
    digits = _PRICE_DIGITS - 1 - floor(log10(price))
    return Coin(
        coin=name,
        name=name.title(),
        price=Decimal(f"{price:.{max(0, digits)}f}"),
        volatility=0.5 + 1.1 * chances[2],
        daily_volume=10 ** (4.5 + 3 * chances[3]),
        driver=floor(chances[4] * DRIVERS),
    )


def contract_fact(coin: Coin) -> dict[str, Any]:
    """A row such as the table of linear contracts has."""
    chances = _chances(coin.coin)
    multiplier = _PACKED if coin.coin in _PACKED_COINS else 1
    unit = float(coin.price) * multiplier
    tick = Decimal(1).scaleb(max(-7, floor(log10(unit / _LEAST_TICKS))))
    step = Decimal(1).scaleb(min(3, max(-2, -round(log10(unit)))))
    most = Decimal(f"{_LARGEST_WORTH / unit:.2g}") // step * step
    tiers, leverage = _CLASSES[floor(chances[5] * len(_CLASSES))]
    return {
        "symbol": f"{multiplier if multiplier > 1 else ''}{coin.coin}USDT",
        "coin": coin.coin,
        "multiplier": multiplier,
        "tick": f"{tick:f}",
        "step": f"{step:f}",
        "max_qty": f"{most:f}",
        "max_market_qty": f"{max(step, most / 4 // step * step):f}",
        "max_leverage": leverage,
        "tiers": tiers,
        "launched": (_FIRST_LAUNCH + timedelta(days=floor(chances[6] * _LAUNCH_DAYS))).isoformat(),
    }


def _first(names: Iterator[str], count: int) -> dict[str, Coin]:
    return {name: _coin(name) for name, _ in zip(names, range(count), strict=False)}


COINS: Final[dict[str, Coin]] = _first(_names(), facts.SMALL["count"])
"""The coins of listed contracts."""
UPCOMING: Final[dict[str, Coin]] = {name: _coin(name) for name in facts.PRELAUNCH["coins"]}
"""The coins of contracts before their launch."""
LINEAR: Final = [contract_fact(coin) for coin in COINS.values()]
EVERY: Final[dict[str, Coin]] = {**COINS, **UPCOMING, **facts.COINS}
"""Every coin with a price."""
