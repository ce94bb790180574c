"""The stop and the targets of an order as prices: asked for, left to the leg's plan, or to the settings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.card_formulas import ZERO, floor_to, inwards, outwards
from bot.domain.card_inputs import CardInputs
from bot.domain.card_sizes import SharedTarget
from bot.domain.errors import BadInput
from bot.domain.order_drafts import PriceLevel
from bot.domain.orders import direction
from bot.domain.trade_plans import MOST_TARGETS

_PERCENT: Final = Decimal(100)


def asked_stop(inputs: CardInputs, reference: Decimal) -> tuple[Decimal | None, bool]:
    """The stop on the tick, never farther away than asked for; and whether the settings chose it. None: without one.

    `reference`: what percents are counted from. Whoever adds to a leg and names none keeps the stop that stands.
    """
    draft = inputs.draft
    if draft.stop is not None:
        return _stop_at(inputs, draft.stop, reference), False
    if draft.no_stop:
        return None, False
    if inputs.plan is not None and inputs.is_add:
        return inputs.plan.stop, False
    level = PriceLevel(percent=inputs.defaults.stop_loss_percent)
    return _stop_at(inputs, level, reference), True


def asked_trailing(inputs: CardInputs, reference: Decimal) -> Decimal | None:
    """How far behind the best price a stop is to follow, on the tick, one tick at least; None: none was asked for."""
    percent, tick = inputs.draft.trailing, inputs.instrument.tick_size
    return None if percent is None else max(tick, floor_to(reference * percent / _PERCENT, tick))


def _stop_at(inputs: CardInputs, level: PriceLevel, reference: Decimal) -> Decimal:
    side = inputs.draft.side
    price = _price_of(level, reference, -direction(side))
    return outwards(price, side, inputs.instrument.tick_size)


def _price_of(level: PriceLevel, reference: Decimal, way: int) -> Decimal:
    """A level as a price; `way`: 1 where a percent leads up. Raises BadInput for one below or at 0."""
    price = level.price
    if price is None:
        price = reference * (1 + way * (level.percent or ZERO) / _PERCENT)
    if price <= 0:
        raise BadInput("card-level-below-zero")
    return price


def asked_targets(inputs: CardInputs, reference: Decimal) -> tuple[SharedTarget, ...]:
    """Targets on the tick, nearest first, each with its share and no quantity yet; of one price they are one.

    Raises BadInput for more than five, and for shares that are not as many as targets or do not come to 100.
    """
    draft, way = inputs.draft, direction(inputs.draft.side)
    if draft.no_target:
        return ()
    levels = draft.targets
    if not levels and inputs.plan is not None and inputs.is_add:
        left = [each for each in inputs.plan.targets if not each.is_done]
        shares = _of_one([each.share for each in left])
        return tuple(
            SharedTarget(price=each.price, share=share, qty=ZERO) for each, share in zip(left, shares, strict=True)
        )
    if not levels:
        levels = (PriceLevel(percent=inputs.defaults.take_profit_percent),)
    if len(levels) > MOST_TARGETS:
        raise BadInput("card-targets-too-many", most=MOST_TARGETS)
    tick, side = inputs.instrument.tick_size, draft.side
    prices = [inwards(_price_of(each, reference, way), side, tick) for each in levels]
    pairs = sorted(zip(prices, _shares(inputs), strict=True), key=lambda each: each[0] * way)
    return _merged(pairs)


def _shares(inputs: CardInputs) -> tuple[Decimal, ...]:
    count = max(1, len(inputs.draft.targets))
    given = inputs.draft.shares
    if not given:
        return _of_one([Decimal(1)] * count)
    if len(given) != count or sum(given, ZERO) != _PERCENT or any(each <= 0 for each in given):
        raise BadInput("card-shares")
    return tuple(each / _PERCENT for each in given)


def _of_one(parts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The parts as shares that come to 1 exactly: the last one takes what rounding leaves."""
    whole = sum(parts, ZERO)
    if not whole:
        return tuple(parts)
    shares = [each / whole for each in parts[:-1]]
    return (*shares, 1 - sum(shares, ZERO))


def _merged(pairs: list[tuple[Decimal, Decimal]]) -> tuple[SharedTarget, ...]:
    found: dict[Decimal, Decimal] = {}
    for price, share in pairs:
        found[price] = found.get(price, ZERO) + share
    return tuple(SharedTarget(price=price, share=share, qty=ZERO) for price, share in found.items())
