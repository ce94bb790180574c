"""Where the exchange shows something else of a managed leg than was promised: rows that stand until they agree again.

Nothing is put back unasked. The person says whether the promise is restored, what stands there becomes the promise,
the leg is left alone, or closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import Millis, UserId
from bot.domain.orders import TriggerBy
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import PlannedTarget


class DisagreementKind(StrEnum):
    """What is not as promised. Values are stored, and labels of a metric."""

    STOP = "stop"  # stop, take profit or trailing stop of the whole position: another one, or gone
    TARGET = "target"  # the order of an earlier target was moved or canceled by somebody else, or refused
    GROWN = "grown"  # the leg holds more than was opened from here
    TURNED = "turned"  # the leg stands the other way
    GONE = "gone"  # the position is not there any more, and no trade is known that closed it
    FOUND = "found"  # an order or a position of ours that has no row here: a backup was restored


class DisagreementEnd(StrEnum):
    """How it ended; values are stored."""

    AGREED = "agreed"  # both say the same again: the promise was restored, or somebody put it right
    ACCEPTED = "accepted"  # what stands at the exchange is the promise now
    RELEASED = "released"  # the leg is not managed any more
    FLAT = "flat"  # nothing stands there any more


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFacts:
    """What was promised of a leg, or what the exchange shows of it. None: nothing of that, or not in question.

    Prices in the quote coin, `size` in the base coin, `target` is the number of a target, 0: none is meant. What sets
    off stop and take profit is said where it is in question. `is_refused`: the exchange has not taken that target, for
    `reason`, a key of the texts, and with its own `code`; "" and 0: not said.
    """

    stop: Decimal | None = None
    stop_by: TriggerBy | None = None
    take_profit: Decimal | None = None
    take_profit_by: TriggerBy | None = None
    trailing: Decimal | None = None  # the distance
    target: int = 0
    target_price: Decimal | None = None
    is_refused: bool = False
    reason: str = ""
    code: int = 0
    size: Decimal | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDisagreement:
    """One that was found just now. A leg has one open of a kind and target."""

    kind: DisagreementKind
    user_id: UserId
    leg: LegKey
    plan_id: int
    promised: LegFacts
    shown: LegFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """The row. `ended_ts` None: it stands."""

    disagreement_id: int
    kind: DisagreementKind
    user_id: UserId
    leg: LegKey
    plan_id: int
    promised: LegFacts
    shown: LegFacts
    opened_ts: Millis
    ended_ts: Millis | None
    end: DisagreementEnd | None

    @property
    def is_open(self) -> bool:
        """Whether the exchange still shows something else than was promised."""
        return self.ended_ts is None

    @property
    def what(self) -> str:
        """Its kind; of what stands for the whole position the part: stop, take_profit or trailing."""
        if self.kind is not DisagreementKind.STOP:
            return self.kind.value
        promised, shown = self.promised, self.shown
        if (promised.stop, promised.stop_by) != (shown.stop, shown.stop_by):
            return "stop"
        is_target = (promised.take_profit, promised.take_profit_by) != (shown.take_profit, shown.take_profit_by)
        return "take_profit" if is_target else "trailing"


def disputed_targets(
    rows: Iterable[Disagreement], leg: LegKey, targets: Sequence[PlannedTarget]
) -> dict[int, Decimal | None]:
    """By number the targets of a leg that do not stand as promised, and where each stands; None: nowhere.

    The last target is the take profit of the whole position, which is told with its stop.
    """
    found = dict[int, Decimal | None]()
    for each in rows:
        if each.leg != leg:
            continue
        if each.kind is DisagreementKind.TARGET:
            found[each.promised.target] = each.shown.target_price
        elif each.kind is DisagreementKind.STOP and each.promised.take_profit != each.shown.take_profit:
            found.update((one.number, each.shown.take_profit) for one in targets[-1:])
    return found
