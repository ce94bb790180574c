"""Price alerts: what a tick of a symbol costs that 10,000 people have an alert for, beside a look at each of them."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis
from bot.domain.price_alerts import AlertLadder, AlertSide, Rung
from ops.bench.report import Row
from ops.bench.timing import Loop, clock, take_turns

PEOPLE: Final = 10_000
TICKS: Final = 200  # a round
CROSSED: Final = 3  # alerts that a tick reaches, of those that reach any
_MOST: Final = 1_000.0  # µs a tick
_NOW: Final = Decimal(64_000)
_STEP: Final = Decimal("0.1")


async def run(people: int = PEOPLE, ticks: int = TICKS, rounds: int = 15) -> AsyncGenerator[list[Row], None]:
    """Each figure is the median round of `ticks` ticks."""
    quiet, crossing = _Ladder(people), _Ladder(people)
    loops: dict[str, Loop] = {
        "none": lambda: quiet.stay(ticks),
        "crossed": lambda: crossing.cross(ticks),
        "scanned": lambda: quiet.scan(max(1, ticks // 50)),
    }
    yield []
    took = await take_turns(loops, rounds)
    none, crossed, scanned = (took[name] * 1e6 for name in ("none", "crossed", "scanned"))
    yield [
        Row(
            name=f"a tick that reaches none of {people:,} alerts",
            value=none,
            unit="µs",
            baseline=scanned,
            baseline_name="a look at each alert",
            target=f"<= {_MOST:g} µs",
            ok=none <= _MOST,
        ),
        Row(
            name=f"a tick that reaches {CROSSED} of them, which are set again",
            value=crossed,
            unit="µs",
            baseline=scanned,
            baseline_name="a look at each alert",
            target=f"<= {_MOST:g} µs",
            ok=crossed <= _MOST,
        ),
    ]


class _Ladder:
    """The alerts of a symbol, half of them on each side of its price."""

    def __init__(self, people: int) -> None:
        self._ladder = AlertLadder()
        self._alerts: list[tuple[AlertSide, Rung]] = []
        for number in range(people):
            side = AlertSide.ABOVE if number % 2 else AlertSide.BELOW
            away = _STEP * (number // 2 + 1)
            rung = Rung(_NOW + away if number % 2 else _NOW - away, number, Millis(0))
            self._alerts.append((side, rung))
            self._ladder.add(side, rung)

    async def stay(self, ticks: int) -> float:
        began = clock()
        for _ in range(ticks):
            self._ladder.reach(_NOW)
        return (clock() - began) / ticks

    async def cross(self, ticks: int) -> float:
        price = _NOW + _STEP * CROSSED
        began = clock()
        for _ in range(ticks):
            for rung in self._ladder.reach(price):
                self._ladder.add(AlertSide.ABOVE, rung)
        return (clock() - began) / ticks

    async def scan(self, ticks: int) -> float:
        began = clock()
        for _ in range(ticks):
            [rung for side, rung in self._alerts if side.is_reached(rung.price, _NOW)]
        return (clock() - began) / ticks
