"""Order books and the trades of the last minutes, drawn around the last price."""

from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple
from uuid import UUID

from ops.sim.bybit.clock import DAY, MINUTE, SECOND
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market
from ops.sim.bybit.noise import WORD, Noise, noise_of
from ops.sim.bybit.prices import QUARTER
from ops.sim.bybit.small import EVERY

Level = list[str]
"""Price and size."""

_BID, _ASK = 0, 1
_REFRESH: Final = 10_000
"""Milliseconds a level keeps its size."""
_SPACING: Final = 0.00001
"""From level to level, as a share of the price, but at least a tick."""
_BLOCK: Final = 16
_LEVEL_SECONDS: Final = 3
"""A level holds about what is traded in so many seconds."""
_TRADE_KIND: Final = 300
_UPDATE_EVERY: Final = 100
"""Milliseconds between two numbers that a book may begin with: more slowly than that it never changes on."""


class BookUpdate(NamedTuple):
    """The last change of a book."""

    u: int
    """Grows by one from each state that was looked at to the next other one."""
    seq: int
    """Smaller is earlier, over all depths."""
    at: int
    """Epoch milliseconds."""


class Books:
    """What stands in the books and what was traded."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._updates: dict[tuple[str, str], tuple[tuple[int, int], BookUpdate]] = {}
        self._kept: dict[tuple[str, str], tuple[tuple[int, int], int, list[Level], list[Level]]] = {}

    def sides(self, one: Instrument, at: int, depth: int) -> tuple[list[Level], list[Level]]:
        """Bids from the highest, asks from the lowest, at most `depth` of each."""
        stamp, key = self._market.stamp(at), (one.category, one.symbol)
        kept = self._kept.get(key)
        if kept is None or kept[0] != stamp or kept[1] < depth:
            last = self._market.last(one, at)
            kept = (
                stamp,
                depth,
                _side(self._noise(one), one, at // _REFRESH, depth, _BID, last),
                _side(self._noise(one), one, at // _REFRESH, depth, _ASK, last),
            )
            self._kept[key] = kept
        return kept[2][:depth], kept[3][:depth]

    def best(self, one: Instrument, at: int) -> tuple[Level, Level]:
        """The first bid and ask; ["0", "0"] where there is none."""
        bids, asks = self.sides(one, at, 1)
        return (bids or [["0", "0"]])[0], (asks or [["0", "0"]])[0]

    def update(self, one: Instrument, at: int) -> BookUpdate:
        """What the state of a book at that epoch millisecond is called; it follows from the last price and the time."""
        key, state = (one.category, one.symbol), (self._market.last(one, at), at // _REFRESH)
        kept = self._updates.get(key)
        if kept is None or kept[0] != state:
            u = kept[1].u + 1 if kept else at // _UPDATE_EVERY
            update = BookUpdate(u, at // _UPDATE_EVERY * 10 + one.symbol_id % 10, at)
            kept = self._updates[key] = (state, update)
        return kept[1]

    def trades(self, one: Instrument, at: int, limit: int) -> list[dict[str, object]]:
        """Rows of market/recent-trade up to that moment, newest first."""
        span = MINUTE if one.category == "option" else QUARTER
        ends = range(at // span, max(at // span - limit, one.launched // span), -1)
        return [self._trade(one, number, number * span, at) for number in islice(ends, limit)]

    def _trade(self, one: Instrument, number: int, start: int, at: int) -> dict[str, object]:
        words = self._noise(one).words(_TRADE_KIND, number)
        price = self._market.last(one, min(start + QUARTER - 1, at))
        size = Sizes.of(words[0], self._trade_scale(one, price))
        is_option = one.category == "option"
        greeks = self._market.greeks(one, start) if is_option else None
        iv = f"{greeks.iv:.4f}" if greeks else ""
        spot_id = str(2_100_000_000_000_000_000 + words[2] * 997 + number % 997)
        return {
            "execId": spot_id if one.category == "spot" else _uuid(words),
            "symbol": one.symbol,
            "price": one.price.text(price),
            "size": one.qty.text(size),
            "side": "Buy" if words[1] & 1 else "Sell",
            "time": str(min(start + words[3] % QUARTER, at)),
            "isBlockTrade": False,
            "isRPITrade": False,
            "mP": one.price.text(self._market.mark(one, start)) if is_option else "",
            "iP": f"{self._market.index(one, start):.2f}" if is_option else "",
            "mIv": iv,
            "iv": iv,
            "seq": str(number),
        }

    def _trade_scale(self, one: Instrument, price: int) -> float:
        if one.category == "option":
            return 4.0
        dollars = EVERY[one.coin].daily_volume / (DAY / SECOND) * QUARTER / SECOND
        unit = 1.0 if one.category == "inverse" else float(one.price.decimal(price))
        return dollars / unit / float(one.qty.step)

    def _noise(self, one: Instrument) -> Noise:
        return noise_of(self._market.seed, f"book {one.category} {one.symbol}")


@lru_cache(maxsize=256)
def _side(noise: Noise, one: Instrument, span: int, depth: int, side: int, last: int) -> list[Level]:
    """One side in the `span`th time that levels keep their sizes; worlds of one seed share it."""
    spacing = max(1, round(last * _SPACING))
    first = last + 1 if side == _ASK else last - 1
    if side == _ASK:
        inner = first // spacing + 1
        rungs = range(inner, inner + depth - 1)
    else:
        inner = -(-first // spacing) - 1
        rungs = range(inner, max(0, inner - depth + 1), -1)
    if first < 1:
        return []
    sizes = _sizes(noise, one, span, side, last)
    text, size_text = one.price.text, one.qty.text
    best = [text(first), size_text(sizes(-first))]
    return [best, *([text(rung * spacing), size_text(sizes(rung))] for rung in rungs if rung > 0)]


def _sizes(noise: Noise, one: Instrument, span: int, side: int, last: int) -> "Sizes":
    kind = -2 * span - side - 1
    if one.category == "option":
        return Sizes(noise, kind, 20.0)
    dollars = EVERY[one.coin].daily_volume / (DAY / SECOND) * _LEVEL_SECONDS
    unit = 1.0 if one.category == "inverse" else float(one.price.decimal(last))
    return Sizes(noise, kind, dollars / unit / float(one.qty.step))


class Sizes:
    """The sizes of one side's levels, in steps."""

    __slots__ = ("_blocks", "_kind", "_noise", "_scale")

    def __init__(self, noise: Noise, kind: int, scale: float) -> None:
        self._noise = noise
        self._kind = kind
        self._scale = scale
        self._blocks: dict[int, tuple[int, ...]] = {}

    def __call__(self, rung: int) -> int:
        block, place = divmod(rung, _BLOCK)
        words = self._blocks.get(block)
        if words is None:
            words = self._blocks[block] = self._noise.words(self._kind, block)
        return self.of(words[place], self._scale)

    @staticmethod
    def of(word: int, scale: float) -> int:
        """Skewed as sizes are: mostly small, some large; never nothing."""
        share = word / WORD
        return max(1, int(scale * (0.05 + 1.9 * share * share)))


def _uuid(words: tuple[int, ...]) -> str:
    number = words[4] | words[5] << 32 | words[6] << 64 | words[7] << 96
    return str(UUID(int=number, version=4))
