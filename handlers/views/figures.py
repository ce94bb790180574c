"""Numbers as people read them: exact, with sign and unit; a point for decimals everywhere, as Bybit writes them.

Thousands are grouped by the language's habit: 64,210.50 in English, 64 210.50 (no-break space) elsewhere; so is the
sign of percent: −10% in English, −10 % elsewhere. A minus is always the sign of that name, never a hyphen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from bot.domain.market import Instrument
from bot.domain.numbers import as_written, plain
from bot.domain.users import Language

MINUS: Final = "\N{MINUS SIGN}"
NBSP: Final = "\N{NO-BREAK SPACE}"
CENT: Final = Decimal("0.01")
_MAX_DECIMALS: Final = 12
_SIGNIFICANT: Final = 3  # digits of a small number
_UNIT: Final = Decimal(1)
_TENTH: Final = Decimal("0.1")
_SCALES: Final = (Decimal(1_000_000_000), Decimal(1_000_000), Decimal(1_000))
_SCALE_NAMES: Final[Mapping[Language, tuple[str, str, str]]] = MappingProxyType(
    {
        Language.ENGLISH: ("B", "M", "K"),
        Language.RUSSIAN: (f"{NBSP}млрд", f"{NBSP}млн", f"{NBSP}тыс."),
        Language.UKRAINIAN: (f"{NBSP}млрд", f"{NBSP}млн", f"{NBSP}тис."),
    }
)


def percent_away(price: Decimal, base: Decimal) -> Decimal | None:
    """How far `price` is from `base`, as a fraction of it; None when there is no base."""
    return None if base == 0 else price / base - 1


def arrow(change: Decimal) -> str:
    """▲ for a gain, ▼ for a loss: what a color would say."""
    if change == 0:
        return "="
    return "▲" if change > 0 else "▼"


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes numbers as one language does."""

    language: Language

    def price(self, value: Decimal, instrument: Instrument | None) -> str:
        """In the digits of the symbol's tick; as the exchange wrote it where the symbol's rules are not known."""
        return self._grouped(as_written(value) if instrument is None else instrument.price_text(value))

    def size(self, value: Decimal, instrument: Instrument | None, unit: str = "") -> str:
        """A quantity on the symbol's step, and its coin: 0.5 BTC."""
        text = self._grouped(plain(value) if instrument is None else instrument.qty_text(value))
        return f"{text}{NBSP}{unit}" if unit else text

    def number(self, value: Decimal, step: Decimal | None = None, *, signed: bool = False) -> str:
        """Rounded to `step` (half to even), or as many decimals as it has; a sign even on gains if `signed`."""
        text = as_written(value if step is None else _rounded(value, step))
        if step is None and "." in text:
            text = text.rstrip("0").removesuffix(".")
        return self._grouped(text, signed=signed)

    def count(self, value: int) -> str:
        """A whole number of things: 13,500."""
        return self._grouped(str(value))

    def money(self, value: Decimal, unit: str, *, signed: bool = False) -> str:
        """Cents and the unit: 10,000.00 USDT."""
        return f"{self.number(value, CENT, signed=signed)}{NBSP}{unit}"

    def round_money(self, value: Decimal, unit: str) -> str:
        """The same without .00: for a sentence."""
        step = _UNIT if value == value.to_integral_value() else CENT
        return f"{self.number(value, step)}{NBSP}{unit}"

    def amount(self, value: Decimal, unit: str) -> str:
        """As many decimals as the value has, at most 12, and the unit: 0.015 BTC."""
        exponent = value.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        step = _UNIT.scaleb(-min(decimals, _MAX_DECIMALS))
        return f"{self.number(_rounded(value, step))}{NBSP}{unit}"

    def small(self, value: Decimal, *, signed: bool = False) -> str:
        """Cents, and of what is below 1 two or three significant digits: 12.35, 0.0352, 0.0000012."""
        if value == 0 or abs(value) >= 1:
            return self.number(value, CENT, signed=signed)
        first = value.adjusted()  # the place of the first digit, -1 for tenths
        rounded = as_written(_rounded(value, _UNIT.scaleb(first - _SIGNIFICANT + 1)))
        return self._grouped(rounded.removesuffix("0"), signed=signed)

    def percent(self, fraction: Decimal, *, step: Decimal = CENT, signed: bool = True) -> str:
        """A fraction as percent: 0.0123 is +1.23%."""
        return self.percent_sign(self.number(fraction * 100, step, signed=signed))

    def change(self, fraction: Decimal) -> str:
        """A gain or a loss in three digits or so: +0.49%, −12.3%, +1,021%."""
        size = abs(fraction)
        step = CENT if size < _TENTH else Decimal("0.1") if size < 1 else _UNIT
        return self.percent(fraction, step=step)

    def small_percent(self, fraction: Decimal) -> str:
        """A share in the digits that show it: 0.00016%."""
        return self.percent_sign(self.small(fraction * 100))

    def percent_sign(self, number: str) -> str:
        """The number with the sign behind it, as the language sets it."""
        return f"{number}%" if self.language is Language.ENGLISH else f"{number}{NBSP}%"

    def short(self, value: Decimal) -> str:
        """A turnover one can compare at a glance: 1.24B, 380.5M."""
        for scale, name in zip(_SCALES, _SCALE_NAMES[self.language], strict=True):
            if abs(value) >= scale:
                return self.number(value / scale, CENT) + name
        return self.number(value, CENT)

    def _grouped(self, text: str, *, signed: bool = False) -> str:
        """Plain text of a number with thousands grouped and the sign of the language."""
        digits = text.removeprefix("-")
        whole, point, part = digits.partition(".")
        grouped = f"{int(whole):,}".replace(",", "," if self.language is Language.ENGLISH else NBSP) + point + part
        if not digits.strip("0."):
            return grouped
        if text.startswith("-"):
            return MINUS + grouped
        return f"+{grouped}" if signed else grouped


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    """To a multiple of `step`, which need not be a power of ten (0.05, 0.5)."""
    try:
        return (value / step).quantize(_UNIT, rounding=ROUND_HALF_EVEN) * step
    except InvalidOperation:  # more digits than the context holds: show it as it is
        return value
