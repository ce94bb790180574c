"""Every instrument's prices, candles and funding, all following from the seed, the clock and what was set."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ops.sim.bybit import dated, options
from ops.sim.bybit.changed_limits import ChangedLimits
from ops.sim.bybit.clock import HOUR, MINUTE, Clock
from ops.sim.bybit.facts import Coin
from ops.sim.bybit.followers import Driver, Follower
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import FUNDING_CAP, Instrument
from ops.sim.bybit.listing import listing
from ops.sim.bybit.noise import noise_of
from ops.sim.bybit.options import Greeks
from ops.sim.bybit.prices import QUARTER, Bar, Path
from ops.sim.bybit.small import DRIVERS, EVERY
from ops.sim.bybit.tape import Mark, Tape

FUNDING_MS: Final = 8 * HOUR
_DOLLARS: Final = frozenset({"USDT", "USD"})
_BASIS_MS: Final = 5 * MINUTE
_BASIS: Final = 0.0003
"""How far index and last price may lie apart, as a share."""
_SHARE: Final = {"linear": 1.0, "inverse": 0.08, "spot": 0.35}
"""Of the coin's volume, by category."""
_USDC_SHARE: Final = 0.03
_BASIS_KIND, _FUNDING_KIND, _INTEREST_KIND = 100, 101, 102


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """A candle in an instrument's own steps; volume in base coins (inverse: contracts), turnover in quote."""

    open: int
    high: int
    low: int
    close: int
    volume: Decimal
    turnover: Decimal


class UnknownSymbolError(LookupError):
    """No instrument of that name."""


class Market:
    """What is listed and what it costs, at the clock's moment unless another is asked for."""

    def __init__(self, seed: int, clock: Clock, limits: ChangedLimits | None = None) -> None:
        """`limits` says which contracts drivers have changed; None: none ever."""
        self.seed = seed
        self._limits = limits or ChangedLimits(lambda: ())
        self.version = 0
        """Grows whenever a price is set: what was worked out before no longer holds."""
        self._clock = clock
        self._noises = {coin: noise_of(seed, f"coin {coin}") for coin in EVERY}
        self._drivers = [Driver(noise_of(seed, f"driver {number}")) for number in range(DRIVERS)]
        self._tapes = {coin: Tape(self._path(one)) for coin, one in EVERY.items()}

    def _path(self, one: Coin) -> Path | Follower:
        level = float(one.price)
        if one.driver is None:
            return Path(self._noises[one.coin], price=level, volatility=one.volatility, volume=one.daily_volume)
        driver = self._drivers[one.driver]
        return Follower(driver, level=level, swing=one.volatility, daily_volume=one.daily_volume)

    def now(self) -> int:
        return self._clock()

    # what is listed

    def listed(self, category: str) -> dict[str, Instrument]:
        """By symbol, in the order of the symbols."""
        now = self.now()
        return self._limits.of(category, listing(category, now), now)

    def find(self, category: str, symbol: str) -> Instrument | None:
        return self.listed(category).get(symbol)

    def any_of(self, symbol: str, *categories: str) -> Instrument:
        """The first of those categories that lists the symbol, or once did. Raises UnknownSymbolError."""
        for category in categories:
            found = self.find(category, symbol) or dated.find(category, symbol, self.now())
            if found:
                return found
        raise UnknownSymbolError(symbol)

    # what it costs

    def set_price(self, one: Instrument, price: Decimal, *, hold: bool, after: int = 0) -> None:
        """Set the price of an instrument's coin, so of every contract on it, from now on or `after` milliseconds.

        What was set for later than that is dropped.
        """
        nearest = one.price.decimal(max(1, one.price.nearest(float(price))))
        mark = Mark(at=self.now() + after, price=float(nearest) / one.multiplier, hold=hold)
        self._tapes[one.coin].set(mark)
        self.version += 1

    def marks(self) -> dict[str, tuple[Mark, ...]]:
        """What was set, by coin."""
        return {coin: tape.marks for coin, tape in self._tapes.items() if tape.marks}

    def restore(self, marks: dict[str, list[Mark]]) -> None:
        """Take over marks of an earlier run."""
        for coin, kept in marks.items():
            for mark in kept:
                self._tapes[coin].set(mark)
        self.version += 1

    def stamp(self, at: int) -> tuple[int, int]:
        """Equal for two moments exactly when neither a price nor a contract differs between them."""
        return self.version + self._limits.version, at // QUARTER

    def level(self, one: Instrument, at: int) -> float:
        """The unrounded price."""
        coin = self._tapes[one.coin].price(one.moment(at))
        if one.category == "option":
            return self.greeks(one, at).value
        return coin * one.multiplier

    def last(self, one: Instrument, at: int) -> int:
        """The last price, in ticks."""
        return max(1, one.price.nearest(self.level(one, at)))

    def last_price(self, one: Instrument, at: int) -> Decimal:
        return one.price.decimal(self.last(one, at))

    def mark(self, one: Instrument, at: int) -> int:
        """The mark price in ticks: between last and index."""
        if not one.is_contract:
            return self.last(one, at)
        return max(1, one.price.nearest(self.level(one, at) * (1 - self.basis(one, at) / 2)))

    def mark_price(self, one: Instrument, at: int) -> Decimal:
        return one.price.decimal(self.mark(one, at))

    def index(self, one: Instrument, at: int) -> float:
        """The index price of the underlying."""
        return self._tapes[one.coin].price(one.moment(at)) * one.multiplier * (1 - self.basis(one, at))

    def greeks(self, one: Instrument, at: int) -> Greeks:
        """Value and sensitivities of an option."""
        return options.greeks(one, self._tapes[one.coin].price(at), at)

    def dollars(self, coin: str, at: int) -> Decimal:
        """USD for one coin, eight significant digits. Raises UnknownSymbolError."""
        if coin in _DOLLARS:
            return Decimal(1)
        tape = self._tapes.get(coin)
        if tape is None:
            raise UnknownSymbolError(coin)
        return Decimal(f"{tape.price(at):.8g}")

    def basis(self, one: Instrument, at: int) -> float:
        """How far the index lies below the last price, as a share; nothing while the price is held."""
        moment = one.moment(at)
        if self._tapes[one.coin].is_held(moment):
            return 0.0
        return self._noises[one.coin].smooth(_BASIS_KIND, moment / _BASIS_MS) * _BASIS

    def bar(self, one: Instrument, start: int, end: int) -> Bar:
        """The unrounded candle of [start, end) of epoch milliseconds. Raises ValueError if start is not before end."""
        bar = self._tapes[one.coin].over(start, end)
        scale = one.multiplier
        return Bar(bar.open * scale, bar.high * scale, bar.low * scale, bar.close * scale, bar.volume)

    def drift(self, coin: str, kind: int, at: float) -> float:
        """A slow seeded number in [-1, 1) of a coin; `kind` keeps one use apart from the next."""
        return self._noises[coin].smooth(kind, at)

    # candles and statistics

    def candle(self, one: Instrument, start: int, end: int) -> Candle:
        """What was traded in [start, end) of epoch milliseconds. Raises ValueError if start is not before end."""
        bar, nearest = self.bar(one, start, end), one.price.nearest
        open_, high = max(1, nearest(bar.open)), max(1, nearest(bar.high))
        low, close = max(1, nearest(bar.low)), max(1, nearest(bar.close))
        mean = one.price.decimal(open_ + high + low + close) / 4
        share = _USDC_SHARE if one.settle_coin == "USDC" else _SHARE[one.category]
        dollars = bar.volume * share
        if one.category == "inverse":
            volume = Decimal(max(1, int(dollars)))
            turnover = volume / mean
        else:
            volume = one.qty.decimal(max(1, one.qty.nearest(dollars / float(mean))))
            turnover = volume * mean
        return Candle(open=open_, high=high, low=low, close=close, volume=volume, turnover=turnover)

    # funding and interest

    def funding_rate(self, one: Instrument, settled: int) -> Decimal:
        """The rate paid at that epoch millisecond, a whole multiple of eight hours."""
        swing = self._noises[one.coin].unit(_FUNDING_KIND, settled // FUNDING_MS) * 2 - 1
        rate = Decimal(f"{0.0001 + 0.00012 * swing:.6f}").normalize()
        return max(-FUNDING_CAP, min(FUNDING_CAP, rate))

    def open_interest(self, one: Instrument, at: int) -> Decimal:
        """Contracts open, in base coins (inverse: USD)."""
        swing = 1 + 0.1 * self._noises[one.coin].smooth(_INTEREST_KIND, at / FUNDING_MS)
        if one.category == "option":
            size = self._noises[one.coin].unit(_INTEREST_KIND + 1, one.symbol_id)
            return one.qty.decimal(1 + int(3_000 * size * swing))
        worth = EVERY[one.coin].daily_volume * _SHARE[one.category] * 0.4 * swing
        if one.category == "inverse":
            return Decimal(int(worth))
        unit = float(EVERY[one.coin].price) * one.multiplier
        return max(ZERO, one.qty.decimal(one.qty.nearest(worth / unit)))
