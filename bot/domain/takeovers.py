"""What a plan becomes when it takes over what stands at the exchange."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.portfolio import Position
from bot.domain.trade_plans import MOST_TARGETS, PlannedTarget, TradePlan

_WHOLE: Final = Decimal(1)


def targets_with(plan: TradePlan, take_profit: Decimal | None) -> Sequence[PlannedTarget]:
    """The plan's targets where `take_profit` is what the exchange holds as the last one of them; None: nothing."""
    if not plan.targets:
        return targets_of(take_profit)
    *earlier, last = plan.targets
    if take_profit is None:
        return (*earlier, replace(last, is_done=True))
    if last.is_done and last.number < MOST_TARGETS:
        return (*earlier, last, PlannedTarget(number=last.number + 1, price=take_profit, share=_WHOLE))
    return (*earlier, replace(last, price=take_profit, is_done=False))


def targets_of(take_profit: Decimal | None) -> tuple[PlannedTarget, ...]:
    """Of a leg that no plan knew."""
    return () if take_profit is None else (PlannedTarget(number=1, price=take_profit, share=_WHOLE),)


def is_unread(position: Position) -> bool:
    """Whether a stop or take profit of it can't be read: what stands there is not known."""
    return bool({"stopLoss", "takeProfit", "trailingStop"} & set(position.unread))
