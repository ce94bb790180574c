"""Coins that follow a shared price process, each with a level and a swing of its own: hundreds cost what a few do."""

from typing import Final

from ops.sim.bybit.noise import Noise
from ops.sim.bybit.prices import QUARTER, Bar, Path

_VOLATILITY: Final = 1.7
_VOLUME: Final = 10**9
"""USDT a day of a driver, which its followers have a share of."""
_KEPT: Final = 64


class Driver(Path):
    """A price process around 1 that remembers its last answers."""

    def __init__(self, noise: Noise) -> None:
        super().__init__(noise, price=1.0, volatility=_VOLATILITY, volume=_VOLUME)
        self._bars: dict[tuple[int, int], Bar] = {}
        self._prices: dict[int, float] = {}

    def price(self, at: int) -> float:
        """The price at that epoch millisecond."""
        quarter = at // QUARTER
        found = self._prices.get(quarter)
        if found is None:
            if len(self._prices) >= _KEPT:
                self._prices.clear()
            found = self._prices[quarter] = super().price(at)
        return found

    def over(self, start: int, end: int) -> Bar:
        """The candle of [start, end) in epoch milliseconds. Raises ValueError if start is not before end."""
        key = (start // QUARTER, -(-end // QUARTER))
        found = self._bars.get(key)
        if found is None:
            if len(self._bars) >= _KEPT:
                self._bars.clear()
            found = self._bars[key] = super().over(start, end)
        return found


class Follower:
    """One coin's price: its level times the driver's price to the power of the swing, so highs stay highs."""

    __slots__ = ("_driver", "_level", "_share", "_swing")

    def __init__(self, driver: Driver, *, level: float, swing: float, daily_volume: float) -> None:
        self._driver = driver
        self._level = level
        self._swing = swing
        self._share = daily_volume / _VOLUME

    def price(self, at: int) -> float:
        """The price at that epoch millisecond."""
        moved: float = self._driver.price(at) ** self._swing
        return self._level * moved

    def over(self, start: int, end: int) -> Bar:
        """The candle of [start, end) in epoch milliseconds. Raises ValueError if start is not before end."""
        bar = self._driver.over(start, end)
        level, swing = self._level, self._swing
        return Bar(
            level * bar.open**swing,
            level * bar.high**swing,
            level * bar.low**swing,
            level * bar.close**swing,
            int(bar.volume * self._share),
        )
