"""How the orders of all accounts stand, as whoever runs the bot has to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.disagreements import DisagreementKind
from bot.domain.ids import Millis
from bot.domain.trade_plans import IntentState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGauges:
    """Counts over all accounts. `since` moments are those of the oldest of each kind, None where there is none.

    `orders`: live ones by state. `unknown`: requests of which it is not known whether they were carried out.
    `unprotected`: positions whose promised stop was never seen at the exchange. `emergency`: closes of positions whose
    stop could not be set, ever. `disagreements`: those that stand. `panics`: those that are not over.
    `is_halted`: entries of everybody are.
    """

    orders: Mapping[IntentState, int] = field(default_factory=dict)
    unknown: int = 0
    unknown_since: Millis | None = None
    unprotected: int = 0
    unprotected_since: Millis | None = None
    emergency: int = 0
    panics: int = 0
    is_halted: bool = False
    disagreements: Mapping[DisagreementKind, int] = field(default_factory=dict)
