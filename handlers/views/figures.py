"""Numbers as people read them: exact, with sign and unit; a point for decimals everywhere, as Bybit writes them.

Thousands are grouped by the language's habit: 64,210.50 in English, 64 210.50 (no-break space) elsewhere.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from bot.domain.users import Language

MINUS: Final = "\N{MINUS SIGN}"
NBSP: Final = "\N{NO-BREAK SPACE}"
CENT: Final = Decimal("0.01")
_MAX_DECIMALS: Final = 12
_BILLION: Final = Decimal(1_000_000_000)
_MILLION: Final = Decimal(1_000_000)
_THOUSAND: Final = Decimal(1_000)
_SCALES: Final = ((_BILLION, "B"), (_MILLION, "M"), (_THOUSAND, "K"))


def step_of(value: Decimal) -> Decimal:
    """The step that a number is written in: 0.01 for 64210.50. Bybit writes prices in the symbol's own tick."""
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return Decimal(1).scaleb(-min(decimals, _MAX_DECIMALS))


def percent_away(price: Decimal, base: Decimal) -> Decimal | None:
    """How far `price` is from `base`, as a fraction of it; None when there is no base."""
    return None if base == 0 else price / base - 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes numbers as one language does."""

    language: Language

    def number(self, value: Decimal, step: Decimal | None = None, *, signed: bool = False) -> str:
        """Rounded to `step` (half to even), or as many decimals as it has; a sign even on gains if `signed`."""
        rounded = value if step is None else _rounded(value, step)
        digits = format(abs(rounded), "f")
        whole, point, part = digits.partition(".")
        if step is None:
            part = part.rstrip("0")
            point = "." if part else ""
        text = f"{int(whole):,}".replace(",", self._group) + point + part
        if rounded == 0:
            return text
        if rounded < 0:
            return MINUS + text
        return f"+{text}" if signed else text

    def money(self, value: Decimal, unit: str, *, signed: bool = False) -> str:
        """Cents and the unit: 10,000.00 USDT."""
        return f"{self.number(value, CENT, signed=signed)}{NBSP}{unit}"

    def round_money(self, value: Decimal, unit: str) -> str:
        """The same without .00: for a sentence."""
        step = Decimal(1) if value == value.to_integral_value() else CENT
        return f"{self.number(value, step)}{NBSP}{unit}"

    def amount(self, value: Decimal, unit: str, *, signed: bool = False) -> str:
        """As many decimals as the value has, at most 12, and the unit: 0.015 BTC."""
        step = max(step_of(value), Decimal(1).scaleb(-_MAX_DECIMALS))
        return f"{self.number(_rounded(value, step), signed=signed)}{NBSP}{unit}"

    def percent(self, fraction: Decimal, *, step: Decimal = CENT, signed: bool = True) -> str:
        """A fraction as percent: 0.0123 is +1.23%."""
        return self.number(fraction * 100, step, signed=signed) + "%"

    def short(self, value: Decimal) -> str:
        """A turnover one can compare at a glance: 1.24B, 380.5M."""
        for scale, letter in _SCALES:
            if abs(value) >= scale:
                return self.number(value / scale, CENT) + letter
        return self.number(value, CENT)

    @property
    def _group(self) -> str:
        return "," if self.language is Language.ENGLISH else NBSP


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    """To a multiple of `step`, which need not be a power of ten (0.05, 0.5)."""
    try:
        return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * step
    except InvalidOperation:  # more digits than the context holds: show it as it is
        return value
