"""The topics orderbook.{depth}.{symbol}: a snapshot, then the levels that changed; level 1 is always whole."""

from collections.abc import Iterator
from typing import Any, Final

from ops.sim.bybit.book import BookUpdate, Level
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.streams.frames import write
from ops.sim.bybit.world import World

_REPEAT: Final = 3 * SECOND
"""After so long without a change level 1 says its snapshot again."""
_GONE: Final = "0"
_RPI: Final = "rpi"
_RPI_DEPTH: Final = 50


class BookFeed:
    """One instrument's book to one depth, as it was last told."""

    def __init__(self, world: World, one: Instrument, topic: str) -> None:
        self._world = world
        self._one = one
        self._topic = topic
        name = topic.split(".")[1]
        self._is_rpi = name == _RPI
        self._depth = _RPI_DEPTH if self._is_rpi else int(name)
        self._is_whole = self._depth == 1
        self._time_first = one.category == "spot" or self._is_whole or self._is_rpi
        at = world.now()
        self._told_at = at
        self._update = world.books.update(one, at)
        self._bids, self._asks = world.books.sides(one, at, self._depth)

    def first(self, at: int) -> str | None:  # noqa: ARG002 - a feed's shape; the book stands as it was last told
        return self._frame("snapshot", self._bids, self._asks)

    def changes(self, at: int) -> Iterator[str]:
        update = self._world.books.update(self._one, at)
        if update.u == self._update.u:
            if self._is_whole and self._one.category != "option" and at - self._told_at >= _REPEAT:
                self._told_at = at
                yield self._frame("snapshot", self._bids, self._asks)
            return
        bids, asks = self._world.books.sides(self._one, at, self._depth)
        changed = (_changes(self._bids, bids, reverse=True), _changes(self._asks, asks, reverse=False))
        self._bids, self._asks, self._update = bids, asks, update
        if not any(changed):
            return
        self._told_at = at
        if self._is_whole:
            yield self._frame("snapshot", bids, asks)
        else:
            yield self._frame("delta", *changed)

    def _frame(self, kind: str, bids: list[Level], asks: list[Level]) -> str:
        update: BookUpdate = self._update
        topic: dict[str, Any] = {"topic": self._topic}
        head = {"ts": self._told_at, "type": kind} if self._time_first else {"type": kind, "ts": self._told_at}
        data = {"s": self._one.symbol, "b": self._wide(bids), "a": self._wide(asks), "u": update.u, "seq": update.seq}
        return write({**topic, **head, "data": data, "cts": update.at})

    def _wide(self, levels: list[Level]) -> list[Level]:
        """With the size of improved prices, of which there are none."""
        return [[*level, _GONE] for level in levels] if self._is_rpi else levels


def _changes(before: list[Level], after: list[Level], *, reverse: bool) -> list[Level]:
    """New and changed levels, and those that are gone with a size of 0; from the best price on."""
    old, new = {level[0]: level[1] for level in before}, {level[0]: level[1] for level in after}
    changed = [[price, size] for price, size in new.items() if old.get(price) != size]
    changed += [[price, _GONE] for price in old if price not in new]
    changed.sort(key=lambda level: float(level[0]), reverse=reverse)
    return changed
