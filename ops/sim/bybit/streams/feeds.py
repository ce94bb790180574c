"""Public topics: what each one says first, and what it says when something changed. Source: stream_facts.

A feed is shared by all connections that follow its topic, so that each change is worked out and written once.
"""

from collections.abc import Iterator
from typing import Any, Final, Protocol

from ops.sim.bybit import klines
from ops.sim.bybit.clock import MINUTE, SECOND
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.klines import Interval
from ops.sim.bybit.noise import WORD, Noise
from ops.sim.bybit.prices import QUARTER
from ops.sim.bybit.streams.frames import write
from ops.sim.bybit.world import World

_LOOKS_BACK: Final = 40
"""Quarters of a second in which another price is looked for."""
_CANDLES: Final = 5
"""How many candles that are over are told after a leap of the clock."""
_LARGEST_BATCH: Final = 1_024
"""Trades in one message."""
_LIMIT_EVERY: Final = 300
_LIQUIDATION_EVERY: Final = 500
_LIQUIDATIONS: Final = 0.08
"""How many of those half seconds see a liquidation."""
_LIQUIDATED_SHARE: Final = 0.996
_OPTION_TRADES: Final = MINUTE


class Feed(Protocol):
    """One public topic of one category."""

    def first(self, at: int) -> str | None:
        """What one who begins to follow is told at once; None for nothing."""
        ...

    def changes(self, at: int) -> Iterator[str]:
        """What all are told of the time since the last look."""
        ...


def tick_direction(world: World, one: Instrument, at: int) -> str:
    """How the last price came about, as the enum tickDirection has it."""
    market, last = world.market, world.market.last(one, at)
    for back in range(1, _LOOKS_BACK):
        before = market.last(one, at - back * QUARTER)
        if before != last:
            word = "PlusTick" if last > before else "MinusTick"
            return word if back == 1 else f"Zero{word}"
    return "ZeroPlusTick"


class KlineFeed:
    """kline.{interval}.{symbol}: the running candle about every second, and the last word on one that is over."""

    def __init__(self, world: World, one: Instrument, topic: str) -> None:
        self._world = world
        self._one = one
        self._topic = topic
        self._name = topic.split(".")[1]
        self._interval = Interval(self._name)
        at = world.now()
        self._number = self._interval.number(at)
        self._said: tuple[tuple[int, int], int] | None = (world.market.stamp(at), at // SECOND)
        """The prices' stamp and the second of the last message."""

    def first(self, at: int) -> str | None:
        return self._frame(self._number, at, confirm=False)

    def changes(self, at: int) -> Iterator[str]:
        number = self._interval.number(at)
        self._number = max(self._number, number - _CANDLES)
        while self._number < number:
            yield self._frame(self._number, at, confirm=True)
            self._number += 1
            self._said = None
        if number < self._number:
            self._number, self._said = number, None
        stamp = self._world.market.stamp(at)
        if self._said is None or (stamp != self._said[0] and at // SECOND != self._said[1]):
            self._said = (stamp, at // SECOND)
            yield self._frame(number, at, confirm=False)

    def _frame(self, number: int, at: int, *, confirm: bool) -> str:
        one, interval = self._one, self._interval
        start, end = interval.start(number), interval.start(number + 1) - 1
        spans = klines.spans(one, interval, range(number, number + 1), at)
        rows = klines.rows(self._world.market, one, spans)
        data = [
            {
                "start": start,
                "end": end,
                "interval": self._name,
                "open": row[1],
                "close": row[4],
                "high": row[2],
                "low": row[3],
                "volume": row[5],
                "turnover": row[6],
                "confirm": confirm,
                "timestamp": end if confirm else max(start, at - at % QUARTER),
            }
            for row in rows
        ]
        return write({"topic": self._topic, "data": data, "ts": at, "type": "snapshot"})


class TradeFeed:
    """publicTrade.{symbol}, of options publicTrade.{base coin}: trades since the last look, oldest first."""

    def __init__(self, world: World, category: str, name: str, topic: str) -> None:
        """`name` is the symbol, or an option's base coin."""
        self._world = world
        self._category = category
        self._name = name
        self._topic = topic
        self._span = _OPTION_TRADES if category == "option" else QUARTER
        self._done = world.now() // self._span
        """The first span that is not over yet."""

    def first(self, at: int) -> str | None:  # noqa: ARG002 - a feed's shape; trades have no snapshot
        return None

    def changes(self, at: int) -> Iterator[str]:
        now = at // self._span
        count = min(now - self._done, _LARGEST_BATCH)
        self._done = now
        if count <= 0:
            return
        rows = [row for one in self._instruments() for row in self._rows(one, now * self._span - 1, count)]
        rows.sort(key=lambda row: int(row["T"]))
        for start in range(0, len(rows), _LARGEST_BATCH):
            yield self._frame(rows[start : start + _LARGEST_BATCH], at)

    def _instruments(self) -> list[Instrument]:
        listed = self._world.market.listed(self._category)
        if self._category == "option":
            return [one for one in listed.values() if one.base_coin == self._name]
        return [listed[self._name]] if self._name in listed else []

    def _rows(self, one: Instrument, last: int, count: int) -> Iterator[dict[str, Any]]:
        for row in self._world.books.trades(one, last, count):
            found: dict[str, Any] = {
                "T": int(str(row["time"])),
                "s": row["symbol"],
                "S": row["side"],
                "v": row["size"],
                "p": row["price"],
            }
            if one.is_contract:
                found["L"] = tick_direction(self._world, one, int(str(row["time"])))
            found |= {"i": row["execId"], "BT": row["isBlockTrade"], "RPI": row["isRPITrade"]}
            found["seq"] = int(str(row["seq"]))
            if self._category == "option":
                found |= {name: row[name] for name in ("mP", "iP", "mIv", "iv")}
            yield found

    def _frame(self, rows: list[dict[str, Any]], at: int) -> str:
        frame = {"topic": self._topic, "type": "snapshot", "ts": at, "data": rows}
        return write({"id": f"{self._topic}-{rows[-1]['seq']}-{at}", **frame} if self._category == "option" else frame)


class LiquidationFeed:
    """allLiquidation.{symbol}: made-up liquidations of others now and then, and those of accounts here."""

    def __init__(self, world: World, one: Instrument, topic: str) -> None:
        self._world = world
        self._one = one
        self._topic = topic
        self._noise = Noise(world.seed, f"liquidations {one.category} {one.symbol}")
        self._done = world.now() // _LIQUIDATION_EVERY
        self._own: list[dict[str, Any]] = []

    def first(self, at: int) -> str | None:  # noqa: ARG002 - a feed's shape; liquidations have no snapshot
        return None

    def add(self, row: dict[str, Any], at: int) -> None:
        """A fill by which an account here is liquidated; the side is the position's."""
        side = "Buy" if row["side"] == "Sell" else "Sell"
        self._own.append({"T": at, "s": row["symbol"], "S": side, "v": row["execQty"], "p": row["execPrice"]})

    def changes(self, at: int) -> Iterator[str]:
        now = at // _LIQUIDATION_EVERY
        spans = range(max(self._done, now - _LOOKS_BACK), now)
        self._done = now
        own, self._own = self._own, []
        rows = [*own, *(row for span in spans if (row := self._made_up(span)) is not None)]
        if rows:
            rows.sort(key=lambda row: int(row["T"]))
            yield write({"topic": self._topic, "type": "snapshot", "ts": at, "data": rows})

    def _made_up(self, span: int) -> dict[str, Any] | None:
        words = self._noise.words(0, span)
        if words[0] / WORD >= _LIQUIDATIONS:
            return None
        at, one = span * _LIQUIDATION_EVERY, self._one
        side, share = ("Buy", _LIQUIDATED_SHARE) if words[1] & 1 else ("Sell", 2 - _LIQUIDATED_SHARE)
        price = max(1, one.price.nearest(self._world.market.level(one, at) * share))
        size = one.qty.write(one.min_qty * (1 + words[2] % 200))
        return {
            "T": at + words[3] % _LIQUIDATION_EVERY,
            "s": one.symbol,
            "S": side,
            "v": size,
            "p": one.price.text(price),
        }


class LimitFeed:
    """priceLimit.{symbol}, whenever the limits move."""

    def __init__(self, world: World, one: Instrument, topic: str) -> None:
        self._world = world
        self._one = one
        self._topic = topic
        self._said = self._data(world.now())
        self._looked = 0

    def first(self, at: int) -> str | None:
        return self._frame(at)

    def changes(self, at: int) -> Iterator[str]:
        if at // _LIMIT_EVERY == self._looked:
            return
        self._looked, data = at // _LIMIT_EVERY, self._data(at)
        if data != self._said:
            self._said = data
            yield self._frame(at)

    def _data(self, at: int) -> dict[str, str]:
        one = self._one
        mark = self._world.market.mark_price(one, at)
        return {
            "symbol": one.symbol,
            "buyLmt": one.price.write(one.price.round(mark * (1 + one.price_limit))),
            "sellLmt": one.price.write(one.price.round(mark * (1 - one.price_limit))),
        }

    def _frame(self, at: int) -> str:
        return write({"topic": self._topic, "data": self._said, "ts": at})
