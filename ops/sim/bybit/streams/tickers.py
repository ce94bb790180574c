"""The topic tickers.{symbol}: a snapshot, then of contracts what changed, of spot and options the whole again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit.grids import plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.streams.feeds import tick_direction
from ops.sim.bybit.streams.frames import write
from ops.sim.bybit.streams.stream_facts import OPTION_TICKER, TICKERS
from ops.sim.bybit.world import World

_PREMARKET: Final = ("preOpenPrice", "preQty", "curPreListingPhase")


class TickerFeed:
    """One instrument's ticker as it was last told."""

    def __init__(self, world: World, one: Instrument, topic: str) -> None:
        self._world = world
        self._one = one
        self._topic = topic
        at = world.now()
        self._last = world.market.last(one, at)
        self._direction = tick_direction(world, one, at)
        self._stamp = world.market.stamp(at)
        self._row = self._now(at)
        self._seq = world.books.update(one, at).seq
        self._told_at = at

    def first(self, at: int) -> str | None:  # noqa: ARG002 - a feed's shape; the ticker stands as it was last told
        return self._frame("snapshot", self._row)

    def changes(self, at: int) -> Iterator[str]:
        stamp = self._world.market.stamp(at)
        if stamp == self._stamp:
            return
        before, row = self._row, self._now(at)
        self._stamp, self._row = stamp, row
        changed = {name: value for name, value in row.items() if before.get(name) != value}
        if not changed:
            return
        self._told_at, self._seq = at, self._world.books.update(self._one, at).seq
        if self._one.is_contract:
            yield self._frame("delta", {"symbol": row["symbol"], **changed})
        else:
            yield self._frame("snapshot", row)

    def _frame(self, kind: str, data: dict[str, Any]) -> str:
        topic, at, seq = self._topic, self._told_at, self._seq
        if self._one.is_contract:
            return write({"topic": topic, "type": kind, "data": data, "cs": seq, "ts": at})
        if self._one.category == "option":
            return write({"id": f"{topic}-{seq}-{at}", "topic": topic, "ts": at, "data": data, "type": kind})
        return write({"topic": topic, "ts": at, "type": kind, "cs": seq, "data": data})

    def _now(self, at: int) -> dict[str, Any]:
        """The ticker of that moment in the stream's own fields."""
        one = self._one
        row = self._world.tickers.row(one, at)
        if one.category == "option":
            return {name: row[source] for name, source in OPTION_TICKER.items()}
        if one.category == "spot":
            return {name: row[name] for name in TICKERS["spot"]}
        self._turn(at)
        single = Decimal(row["openInterest"]) / 2
        row = row | {
            "tickDirection": self._direction,
            "singleOpenInterest": plain(single),
            "singleOpenInterestValue": plain(Decimal(row["openInterestValue"]) / 2),
        }
        if not one.is_dated:
            return {name: row[name] for name in TICKERS["perpetual"]}
        delivered = datetime.fromtimestamp(one.delivered / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        foretold = row["predictedDeliveryPrice"] or "0.00"
        row |= {"nextFundingTime": "", "deliveryTime": delivered, "predictedDeliveryPrice": foretold}
        names = TICKERS["dated"] if one.settle_coin != "USDT" else [*TICKERS["dated"], *_PREMARKET]
        return {name: row[name] for name in names}

    def _turn(self, at: int) -> None:
        """Work out how the last price came about, from what it was at the last look."""
        before, self._last = self._last, self._world.market.last(self._one, at)
        if self._last == before:
            self._direction = f"Zero{self._direction.removeprefix('Zero')}"
        else:
            self._direction = "PlusTick" if self._last > before else "MinusTick"
