"""Decimal steps: prices by the tick and sizes by the lot, as whole numbers, Decimals and Bybit's strings."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from math import floor
from typing import Final

ZERO: Final = Decimal(0)
_EIGHT_DIGITS: Final = Decimal("1e-8")
_WIDE: Final = Context(prec=80)
"""Room for the largest amounts a driver may give, multiplied."""


class Grid:
    """The multiples of a step: number n stands for n times the step."""

    __slots__ = ("_form", "_one", "_scale", "_units", "_width", "step")

    def __init__(self, step: Decimal) -> None:
        exponent = step.as_tuple().exponent
        if not isinstance(exponent, int) or step <= 0:
            raise ValueError(f"a step must be a positive number, not {step}")
        self.step = step
        self._scale = max(0, -exponent)
        self._units = int(step.scaleb(self._scale))
        self._width = float(step)
        self._one = 10**self._scale
        self._form = f"%d.%0{self._scale}d"

    @property
    def digits(self) -> int:
        """Digits after the point that the step is written with."""
        return self._scale

    def nearest(self, value: float) -> int:
        """The number of the multiple nearest to that value; never falls while the value rises."""
        return floor(value / self._width + 0.5)

    def down(self, value: Decimal) -> int:
        """The number of the greatest multiple that is not above."""
        return int((value / self.step).to_integral_value(ROUND_DOWN))

    def round(self, value: Decimal) -> Decimal:
        """The multiple nearest to a Decimal."""
        return self.decimal(int((value / self.step).to_integral_value(ROUND_HALF_UP)))

    def fits(self, value: Decimal) -> bool:
        """Whether the value is a multiple."""
        return value % self.step == 0

    def decimal(self, number: int) -> Decimal:
        """That multiple as a Decimal, with the step's digits."""
        return Decimal(number * self._units).scaleb(-self._scale)

    def text(self, number: int) -> str:
        """That multiple as Bybit writes it, such as 64000.10 for a step of 0.10."""
        value = number * self._units
        if not self._scale:
            return str(value)
        text = self._form % divmod(abs(value), self._one)
        return text if value >= 0 else f"-{text}"

    def write(self, value: Decimal) -> str:
        """A Decimal with the step's digits."""
        return f"{value:.{self._scale}f}"


def plain(value: Decimal) -> str:
    """A Decimal without exponent and without needless zeros, as Bybit writes amounts: 8 digits at most."""
    if value == 0:
        return "0"
    text = f"{value.quantize(_EIGHT_DIGITS, ROUND_DOWN, _WIDE):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
