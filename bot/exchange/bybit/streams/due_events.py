"""Events that have to come: of our own writes, and those that follow from others. Moments are monotonic seconds.

An order event comes with a position event, and a fill with an event of its order (Bybit v5 documentation, "Position"
and "Execution" of the private stream), in no common order. So a single lost message shows by those that did come.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bot.domain.ids import OrderLinkId, Symbol

LATE_S: Final = 3.0
_REMEMBERED_S: Final = 10.0  # events, for what is expected only after they came
_NEIGHBORS_S: Final = 2.0  # that the events of one change may lie apart


class DueEvent(NamedTuple):
    """`what`: order, by our id or by Bybit's; or position, by symbol."""

    what: str
    name: str


@dataclass(frozen=True, slots=True)
class _Due:
    at: float
    symbol: Symbol
    link_id: OrderLinkId | None


@dataclass(slots=True)
class DueEvents:
    """What is due, and what came lately."""

    _due: dict[DueEvent, _Due] = field(default_factory=dict)
    _heard: dict[DueEvent, float] = field(default_factory=dict)

    def expect_own(self, symbol: Symbol, link_id: OrderLinkId, sent: float, now: float) -> None:
        """An event of the order of that id, from `sent` on."""
        self._expect(DueEvent("order", link_id), symbol, link_id, sent, now)

    def expect(self, event: DueEvent, symbol: Symbol, now: float) -> None:
        """An event that goes with one that came now."""
        self._expect(event, symbol, None, now - _NEIGHBORS_S, now)

    def hear(self, event: DueEvent, now: float) -> None:
        """It came."""
        self._heard[event] = now
        self._due.pop(event, None)

    def sweep(self, now: float) -> None:
        """Forget events that nobody will ask for any more."""
        for event in [each for each, at in self._heard.items() if now - at > _REMEMBERED_S]:
            del self._heard[event]

    def late_orders(self, now: float) -> dict[OrderLinkId, Symbol]:
        """Own orders whose event is overdue."""
        return {each.link_id: each.symbol for each in self._due.values() if each.link_id and each.at <= now}

    def is_due(self, link_id: OrderLinkId) -> bool:
        """Whether an event of that own order is still to come."""
        return DueEvent("order", link_id) in self._due

    @property
    def is_any(self) -> bool:
        """Whether an event of any kind is still to come."""
        return bool(self._due)

    def give_up(self, link_id: OrderLinkId) -> None:
        """It was asked for by REST: no event of it is waited for any more."""
        self._due.pop(DueEvent("order", link_id), None)

    def put_off(self, now: float) -> None:
        """Nobody answered: what is overdue is due once more."""
        for event, each in tuple(self._due.items()):
            if each.at <= now:
                self._due[event] = _Due(now + LATE_S, each.symbol, each.link_id)

    def take_lost(self, now: float) -> bool:
        """Whether an event that goes with others is overdue; told once."""
        lost = [event for event, each in self._due.items() if each.link_id is None and each.at <= now]
        for event in lost:
            del self._due[event]
        return bool(lost)

    def _expect(self, event: DueEvent, symbol: Symbol, link_id: OrderLinkId | None, since: float, now: float) -> None:
        if self._heard.get(event, since - 1) < since:
            self._due.setdefault(event, _Due(now + LATE_S, symbol, link_id))
