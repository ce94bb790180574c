"""Values, gains and steps. Amounts of money have eight digits, so that sums of them are exact.

A linear contract's value is quantity × price in the quote coin; an inverse one's is quantity / price in the base coin.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Final

from bot.domain.portfolio import Side
from bot.exchange.matching.model import ZERO, MarketView, SymbolRules

_EIGHT_DIGITS: Final = Decimal("1e-8")
_WIDE: Final = Context(prec=80)  # room for any product of two amounts
_LEAST_BREAK_EVEN_FEE: Final = Decimal("0.00055")  # Bybit reckons with at least this taker rate


def eight_digits(value: Decimal) -> Decimal:
    """Rounded, half to even, to the digits that are kept of an amount."""
    return value.quantize(_EIGHT_DIGITS, context=_WIDE)


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """What `part` of `whole` has of an amount; all of it, to the last digit, where they are equal."""
    return amount if part == whole else eight_digits(amount * part / whole)


def value_of(rules: SymbolRules, qty: Decimal, price: Decimal) -> Decimal:
    """What so many contracts are worth at that price, in the settle coin."""
    return eight_digits(qty / price if rules.is_inverse else qty * price)


def price_of(rules: SymbolRules, qty: Decimal, value: Decimal) -> Decimal:
    """The average price at which so many contracts have that value; 0 for none."""
    if not qty or not value:
        return ZERO
    return qty / value if rules.is_inverse else value / qty


def gain_of(rules: SymbolRules, way: int, entry_value: Decimal, exit_value: Decimal) -> Decimal:
    """What a position brings from its entry to its exit; `way` 1 for a long, -1 for a short.

    A coin's value falls in coins while its price rises: an inverse long earns as its value shrinks.
    """
    return (entry_value - exit_value if rules.is_inverse else exit_value - entry_value) * way


def break_even(rules: SymbolRules, way: int, size: Decimal, entry_value: Decimal, realised: Decimal) -> Decimal:
    """Where a close at the taker's rate, with what was realised so far, brings nothing (Bybit's breakEvenPrice)."""
    fee = max(rules.taker, _LEAST_BREAK_EVEN_FEE)
    if rules.is_inverse:
        coins = way * entry_value + realised
        return size * (way + fee) / coins if coins else ZERO
    return (way * entry_value - realised) / (size * (way - fee))


def is_on_step(value: Decimal, step: Decimal) -> bool:
    return not value % step


def step_down(value: Decimal, step: Decimal) -> Decimal:
    """The greatest multiple of the step that is not above."""
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def step_up(value: Decimal, step: Decimal) -> Decimal:
    """The least multiple of the step that is not below."""
    return (value / step).to_integral_value(ROUND_CEILING) * step


def nearest_step(value: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of the step."""
    return (value / step).to_integral_value() * step


def price_limit(view: MarketView, side: Side) -> Decimal | None:
    """The highest price of a buy, the lowest of a sell, on the tick; None where the symbol has no such limit.

    Bybit, "Price Limit" (May 2026), without the premium of the last 30 seconds:
    highest = min(mark × (1 + Y), max(index, mark × (1 + X))), the lowest mirrored.
    """
    rules = view.rules.instrument
    if rules.price_limit_near is None:
        return None
    near, far = rules.price_limit_near, rules.price_limit_far or rules.price_limit_near
    if side is Side.BUY:
        return step_down(min(view.mark * (1 + far), max(view.index, view.mark * (1 + near))), rules.tick_size)
    return step_up(max(view.mark * (1 - far), min(view.index, view.mark * (1 - near))), rules.tick_size)


def within_limit(view: MarketView, side: Side, price: Decimal) -> Decimal:
    """The price, moved to the symbol's limit where it lies beyond: Bybit moves it without a word."""
    limit = price_limit(view, side)
    if limit is None:
        return price
    return min(price, limit) if side is Side.BUY else max(price, limit)


def worst_price(view: MarketView, side: Side) -> Decimal:
    """What a market order may be filled at: Bybit makes it a limit order at the symbol's limit."""
    return within_limit(view, side, Decimal("Infinity") if side is Side.BUY else ZERO)


def is_within(side: Side, price: Decimal, worst: Decimal) -> bool:
    """Whether an order of that side with that worst price may be filled at `price`."""
    return price <= worst if side is Side.BUY else price >= worst
