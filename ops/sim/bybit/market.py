"""Every instrument's prices, candles and funding, all following from the seed, the clock and what was set."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ops.sim.bybit import options
from ops.sim.bybit.clock import HOUR, MINUTE, Clock
from ops.sim.bybit.facts import COINS
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import FUNDING_CAP, LISTED, Instrument
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.options import Greeks
from ops.sim.bybit.prices import QUARTER, Path
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

    def __init__(self, seed: int, clock: Clock) -> None:
        self.seed = seed
        self.version = 0
        """Grows whenever a price is set: what was worked out before no longer holds."""
        self._clock = clock
        self._noises = {coin: Noise(seed, f"coin {coin}") for coin in COINS}
        self._tapes = {
            coin: Tape(
                Path(
                    self._noises[coin],
                    price=float(one.price),
                    volatility=one.volatility,
                    volume=one.daily_volume,
                )
            )
            for coin, one in COINS.items()
        }

    def now(self) -> int:
        return self._clock()

    # what is listed

    def listed(self, category: str) -> dict[str, Instrument]:
        """By symbol, in the order of the symbols."""
        return options.chain(self.now()) if category == "option" else LISTED[category]

    def find(self, category: str, symbol: str) -> Instrument | None:
        return self.listed(category).get(symbol)

    def any_of(self, symbol: str, *categories: str) -> Instrument:
        """The first of those categories that lists the symbol. Raises UnknownSymbolError."""
        for category in categories:
            if found := self.find(category, symbol):
                return found
        raise UnknownSymbolError(symbol)

    # what it costs

    def set_price(self, one: Instrument, price: Decimal, *, hold: bool) -> None:
        """Set the price of an instrument's coin, so of every contract on it, from now on."""
        nearest = one.price.decimal(max(1, one.price.nearest(float(price))))
        mark = Mark(at=self.now(), price=float(nearest) / one.multiplier, hold=hold)
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
        """Equal for two moments exactly when no price differs between them."""
        return self.version, at // QUARTER

    def level(self, one: Instrument, at: int) -> float:
        """The unrounded price."""
        coin = self._tapes[one.coin].price(at)
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
        return max(1, one.price.nearest(self.level(one, at) * (1 - self._basis(one.coin, at) / 2)))

    def mark_price(self, one: Instrument, at: int) -> Decimal:
        return one.price.decimal(self.mark(one, at))

    def index(self, one: Instrument, at: int) -> float:
        """The index price of the underlying."""
        return self._tapes[one.coin].price(at) * one.multiplier * (1 - self._basis(one.coin, at))

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

    def _basis(self, coin: str, at: int) -> float:
        if self._tapes[coin].is_held(at):
            return 0.0
        return self._noises[coin].smooth(_BASIS_KIND, at / _BASIS_MS) * _BASIS

    # candles and statistics

    def candle(self, one: Instrument, start: int, end: int) -> Candle:
        """What was traded in [start, end) of epoch milliseconds. Raises ValueError if start is not before end."""
        bar = self._tapes[one.coin].over(start, end)
        nearest, scale = one.price.nearest, one.multiplier
        open_, high = max(1, nearest(bar.open * scale)), max(1, nearest(bar.high * scale))
        low, close = max(1, nearest(bar.low * scale)), max(1, nearest(bar.close * scale))
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
        worth = COINS[one.coin].daily_volume * _SHARE[one.category] * 0.4 * swing
        if one.category == "inverse":
            return Decimal(int(worth))
        unit = float(COINS[one.coin].price) * one.multiplier
        return max(ZERO, one.qty.decimal(one.qty.nearest(worth / unit)))
