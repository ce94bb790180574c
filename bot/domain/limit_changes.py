"""Changes of limits: what of them tightens and stands at once, what loosens and waits, and how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import DAY, AccountId, Millis, Symbol, UserId
from bot.domain.risk import RiskLimits

UNDO_FOR: Final = 60_000  # ms that a tightening can be taken back
LOOSENS_AFTER: Final = DAY  # ms that a loosening waits
_MOST_SYMBOLS: Final = 50
_RANGES: Final[Mapping[str, tuple[Decimal, Decimal]]] = {
    "most_positions": (Decimal(1), Decimal(500)),
    "most_leverage": (Decimal(1), Decimal(200)),
    "most_symbol_value": (Decimal(1), Decimal(10) ** 12),
    "most_total_value": (Decimal(1), Decimal(10) ** 12),
    "most_trade_risk_percent": (Decimal("0.01"), Decimal(100)),
    "daily_loss_percent": (Decimal("0.1"), Decimal(100)),
    "drawdown_percent": (Decimal("0.1"), Decimal(100)),
    "least_turnover": (Decimal(0), Decimal(10) ** 12),
    "cooldown_s": (Decimal(60), Decimal(7 * 86_400)),
    "tilt_losses": (Decimal(1), Decimal(100)),
}
_MORE_IS_TIGHTER: Final = frozenset({"least_turnover", "cooldown_s"})
FIELDS: Final = tuple(each.name for each in fields(RiskLimits))


class ChangeState(StrEnum):
    """Where a change stands. WAITING: a loosening, until its time comes; then it counts without being touched."""

    DONE = "done"
    WAITING = "waiting"
    TAKEN_BACK = "taken-back"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRecord:
    """A change as it is written down. `after` and `before` hold the limits with it and without it.

    `names`: the fields it changes.
    """

    change_id: int
    user_id: UserId
    account_id: AccountId
    state: ChangeState
    names: tuple[str, ...]
    before: RiskLimits
    after: RiskLimits
    made_ts: Millis
    takes_effect_ts: Millis | None  # None: at once

    @property
    def undo_until(self) -> Millis:
        """Until when it can be taken back: a tightening for a minute, a loosening until it takes effect."""
        return Millis(self.made_ts + UNDO_FOR) if self.takes_effect_ts is None else self.takes_effect_ts

    def onto(self, limits: RiskLimits) -> RiskLimits:
        """`limits` with the fields that this change sets, all others as they are."""
        return with_fields(limits, self.after, self.names)


def with_fields(limits: RiskLimits, source: RiskLimits, names: tuple[str, ...]) -> RiskLimits:
    """The limits with those fields of another value."""
    return replace(limits, **{name: getattr(source, name) for name in names})


def changed(before: RiskLimits, after: RiskLimits) -> tuple[str, ...]:
    """The names of the fields in which the two sets of limits differ."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def loosened(before: RiskLimits, after: RiskLimits) -> tuple[str, ...]:
    """The fields that allow more than before."""
    return tuple(name for name in changed(before, after) if _is_looser(name, before, after))


def _is_looser(name: str, before: RiskLimits, after: RiskLimits) -> bool:
    if name == "symbols":
        return bool(before.symbols) and (not after.symbols or not set(after.symbols) <= set(before.symbols))
    old, new = getattr(before, name), getattr(after, name)
    if old is None or new is None:
        return new is None
    return bool(new < old if name in _MORE_IS_TIGHTER else new > old)


def checked(limits: RiskLimits) -> RiskLimits:
    """The same. Raises BadInput for a value that can be none, and for too many symbols."""
    for name, (least, most) in _RANGES.items():
        value = getattr(limits, name)
        if value is not None and not least <= value <= most:
            raise BadInput("limits-range", minimum=str(least), maximum=f"{most:f}")
    if len(limits.symbols) > _MOST_SYMBOLS:
        raise BadInput("limits-too-many-symbols", most=_MOST_SYMBOLS)
    return replace(limits, symbols=tuple(sorted(map(Symbol, set(limits.symbols)))))
