"""The arithmetic of the consequence card, by the exchange's documented formulas, on Decimals.

It stands twice on purpose: the matching engine has its own, and neither may import the other (.importlinter). What
fixes both is tests/data/card_truth, computed by hand. Linear contracts: quantities in the base coin, prices and money
in the quote coin, rates as fractions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from bot.domain.market import Instrument
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.risk_tiers import RiskTier, tier_of

TOLERANCE: Final = Decimal("0.003")
"""How far beyond the touch a market entry may be filled, and how near to the liquidation a stop may stand."""
LEAST_TICKS: Final = 2  # that a market entry may go beyond the touch
FEE_ROOM: Final = Decimal("0.01")
"""How far above the touch a sell may be filled by the time it arrives: its fee is counted up to there."""
STOP_SHARE: Final = Decimal("0.25")  # of the way to the stop that a market entry may go
ZERO: Final = Decimal(0)
_TWENTY_DIGITS: Final = Context(prec=20)


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value`, which is not negative."""
    return value // step * step


def part_of(whole: Decimal, share: Decimal) -> Decimal:
    """That share of a quantity. A third of 0.003 is 0.001, though a third has no last digit."""
    return _TWENTY_DIGITS.multiply(whole, share)


def ceil_to(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value`, which is not negative."""
    whole = value // step
    return (whole if whole * step == value else whole + 1) * step


def inwards(price: Decimal, side: Side, tick: Decimal) -> Decimal:
    """A price on the tick that is never worse for an entry of that side: lower to buy, higher to sell."""
    return floor_to(price, tick) if side is Side.BUY else ceil_to(price, tick)


def outwards(price: Decimal, side: Side, tick: Decimal) -> Decimal:
    """A price on the tick that is never farther behind a position of that side: its stop is not moved away."""
    return ceil_to(price, tick) if side is Side.BUY else floor_to(price, tick)


def worst_price(
    side: Side,
    touch: Decimal,
    tick: Decimal,
    *,
    stop: Decimal | None,
    lowest: Decimal | None = None,
    highest: Decimal | None = None,
) -> Decimal | None:
    """The limit of a market entry: the touch (ask to buy, bid to sell) and TOLERANCE beyond it, rounded inwards.

    At least two ticks, at most a quarter of the way to the stop, never beyond the exchange's price limits. None: that
    leaves less than one tick.
    """
    way = direction(side)
    room = max(touch * TOLERANCE, LEAST_TICKS * tick)
    if stop is not None:
        room = min(room, (touch - stop) * way * STOP_SHARE)
    if room < tick:
        return None
    price = inwards(touch + way * room, side, tick)
    if side is Side.BUY and highest is not None:
        price = min(price, highest)
    if side is Side.SELL and lowest is not None:
        price = max(price, lowest)
    return price if (price - touch) * way >= tick else None


def price_limits(
    instrument: Instrument, mark: Decimal | None, index: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The lowest price of a sell and the highest one of a buy, on the tick; None where they can't be reckoned.

    Highest: the lower of mark × (1 + Y) and the higher of index and mark × (1 + X), lowest accordingly. Bybit adds a
    share of the premium's average to mark × (1 + X), which only widens it and is not published.
    """
    near, far = instrument.price_limit_near, instrument.price_limit_far
    if mark is None or near is None:
        return None, None
    far = near if far is None else far
    other = mark if index is None else index
    tick = instrument.tick_size
    highest = min(mark * (1 + far), max(other, mark * (1 + near)))
    lowest = max(mark * (1 - far), min(other, mark * (1 - near)))
    return ceil_to(lowest, tick), floor_to(highest, tick)


def fee(qty: Decimal, price: Decimal, rate: Decimal) -> Decimal:
    """The fee of one fill in the quote coin; `rate` is a fraction of its value."""
    return qty * price * rate


def fee_price(side: Side, price: Decimal, touch: Decimal) -> Decimal:
    """The highest price that an entry may be filled at: a buy at its limit, a sell above it if the market rises."""
    return price if side is Side.BUY else max(price, touch * (1 + FEE_ROOM))


def average(qtys: Sequence[Decimal], prices: Sequence[Decimal]) -> Decimal:
    """The price that several fills come to, weighted by their quantities, which are not all 0."""
    return sum((qty * price for qty, price in zip(qtys, prices, strict=True)), ZERO) / sum(qtys, ZERO)


def result(side: Side, qty: Decimal, entry: Decimal, end: Decimal, rate: Decimal) -> Decimal:
    """What a position brings that is entered at one price and closed at another, after both fees at that rate."""
    return direction(side) * (end - entry) * qty - fee(qty, entry, rate) - fee(qty, end, rate)


def bankruptcy(side: Side, entry: Decimal, leverage: Decimal) -> Decimal:
    """Where the margin of a position is used up: an isolated position that is liquidated is settled there."""
    return entry * (1 - direction(side) / leverage)


def isolated_loss(side: Side, qty: Decimal, entry: Decimal, leverage: Decimal, rate: Decimal) -> Decimal:
    """What a liquidation costs in isolated margin: the whole margin and both fees."""
    return -result(side, qty, entry, max(ZERO, bankruptcy(side, entry, leverage)), rate)


def order_cost(side: Side, qty: Decimal, price: Decimal, leverage: Decimal, rate: Decimal) -> Decimal:
    """What an entry needs: its margin, the fee to open, and the fee to close at the bankruptcy price."""
    bust = max(ZERO, bankruptcy(side, price, leverage))
    return qty * price / leverage + fee(qty, price, rate) + fee(qty, bust, rate)


def isolated_liquidation(
    side: Side, qty: Decimal, entry: Decimal, leverage: Decimal, tiers: tuple[RiskTier, ...]
) -> Decimal | None:
    """The mark price at which the margin left is the maintenance margin; None: no price above 0 does it.

    Long: (entry × (1 − 1/leverage) − deduction / size) / (1 − rate), short with the signs turned, at the tier of the
    position's value at that very price. The fee to close stands on both sides and cancels out.
    """
    way = direction(side)
    base = entry * (1 - way / leverage)
    return _where(tiers, qty, lambda tier: (base - way * tier.deduction / qty) / (1 - way * tier.maintenance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One leg of a symbol for the estimate of cross margin. `price`: what its profit is counted from."""

    side: Side
    qty: Decimal
    price: Decimal


def maintenance(qty: Decimal, price: Decimal, tiers: tuple[RiskTier, ...]) -> Decimal:
    """The margin that must stay for a position, without the fee to close it."""
    tier = tier_of(tiers, qty * price)
    return max(ZERO, qty * price * tier.maintenance - tier.deduction)


def cross_liquidation(legs: Sequence[Held], margin: Decimal, tiers: tuple[RiskTier, ...]) -> Decimal | None:
    """Where the account's margin meets what its positions need, all other symbols standing still; an estimate.

    `margin` is the account value with the legs at their `price`, less the maintenance margins of the other symbols.
    None: the legs balance each other, or no price above 0 on the losing side does it.
    """
    net = sum((direction(leg.side) * leg.qty for leg in legs), ZERO)
    gross = sum((leg.qty for leg in legs), ZERO)
    if not net or not gross:
        return None
    cost = sum((direction(leg.side) * leg.qty * leg.price for leg in legs), ZERO)
    side = Side.BUY if net > 0 else Side.SELL

    def solved(tier: RiskTier) -> Decimal:
        slope = net - gross * tier.maintenance
        return (cost - margin - len(legs) * tier.deduction) / slope if slope else ZERO

    found = _where(tiers, gross / len(legs), solved)
    if found is None:
        return None
    is_ahead = all((leg.price - found) * direction(side) > 0 for leg in legs if leg.side is side)
    return found if is_ahead else None


def _where(tiers: tuple[RiskTier, ...], qty: Decimal, solved: Callable[[RiskTier], Decimal]) -> Decimal | None:
    """The solution that lies in the very tier it was solved for; the last tier's where rounding left none."""
    for tier in tiers:
        price = solved(tier)
        if price > 0 and tier_of(tiers, price * qty) is tier:
            return price
    last = solved(tiers[-1])
    return last if last > 0 else None
