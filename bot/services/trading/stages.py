"""How long orders take from one stage to the next, from the tap to the message that tells of the fill."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.aio.histograms import Histogram
from bot.domain.ids import Millis
from bot.domain.trade_plans import IntentState, OrderIntent

BOUNDS: Final = (0.005, 0.025, 0.25, 1.0, 2.5, 10.0)  # seconds; each is a series of every stage, and those are few


class Stage(StrEnum):
    """The two moments that a time lies between."""

    TAP_COMMIT = "tap_commit"  # the confirmation is taken up → plan and intents are on the disk
    COMMIT_WIRE = "commit_wire"  # … → the request goes out; the wait for the budget is in it
    WIRE_ACK = "wire_ack"  # … → the exchange has accepted it
    ACK_FILL = "ack_fill"  # … → it is known here to be filled
    FILL_TOLD = "fill_told"  # … → a card says so, or a message is written that will


@dataclass(frozen=True, slots=True)
class StageTimes:
    """What was seen since the start of the process."""

    found: dict[Stage, Histogram] = field(default_factory=lambda: {each: Histogram(BOUNDS) for each in Stage})

    def observe(self, stage: Stage, seconds: float) -> None:
        """A time in seconds; a clock that was set back counts as none."""
        self.found[stage].observe(seconds)

    def sent(self, intent: OrderIntent, sent_ts: Millis) -> None:
        """It goes out for the first time."""
        self.observe(Stage.COMMIT_WIRE, (sent_ts - intent.created_ts) / 1000)

    def told(self, intents: Iterable[OrderIntent], now: Millis) -> None:
        """People are told of these now; those that were filled count."""
        for each in intents:
            if each.state is IntentState.FILLED and each.final_ts is not None:
                self.observe(Stage.FILL_TOLD, (now - each.final_ts) / 1000)
                if each.acknowledged_ts is not None:
                    self.observe(Stage.ACK_FILL, (each.final_ts - each.acknowledged_ts) / 1000)
