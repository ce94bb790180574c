"""`perpdesk bench load`: people with Bybit Demo accounts who write at a steady rate, for minutes.

The bot runs in this process, on a core of its own; Bybit's stand-in and Telegram's are processes on the other one.
Everybody has a stream. Each message is drawn from what traders ask for, and is answered as any other. A few more
people enter and close positions meanwhile.
"""

import asyncio
import os
import random
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import Any, Final

from bot.domain.errors import ExchangeError, UserFacing
from bot.domain.users import UserConfig
from cache.stats import RegionStats
from ops.bench.cores import on_a_core_of_its_own, processor_seconds
from ops.bench.crowd import CardRefused, card_of, close, confirm
from ops.bench.crowd_bot import FIRST_USER, STILL_S, Crowd, crowd, resident
from ops.bench.report import Row

TEXTS: Final[Mapping[str, int]] = {  # of a hundred messages, as in ops/bench/pace.py
    "/positions": 25,
    "/balance": 20,
    "/price BTCUSDT": 8,
    "/price ETHUSDT": 7,
    "/price SOLUSDT": 5,
    "/orders": 8,
    "/book BTCUSDT": 7,
    "/fills": 5,
    "/license": 5,
    "/menu": 5,
    "/settings": 5,
}
# Percent, as the report's targets have them (balance 70-85, position 65-80, market 80-90, config 90-95).
TARGETS: Final[Mapping[str, float]] = {
    "user_config": 90,
    "balance": 70,
    "position": 65,
    "market_data": 80,
    "price": 80,
}
ALL_READS: Final = 70.0  # percent
ASKS_BYBIT: Final = ("balance", "position", "order", "market_data", "price", "symbol_info", "api_response")
LOOK_S: Final = 10.0
_LOOKS: Final = 6  # a minute
_DRAWN: Final = 997  # a prime: whoever writes comes by every text in turn
_TRADERS: Final = 20  # beside so many who write one trades …
_TRADE_EVERY_S: Final = 20.0  # … and waits so long on average
_LATE_MS: Final = 250.0
_STREAMS: Final = ("/v5/public", "/v5/private", "/demo/v5/private")
_SHARES: Final = {"order/realtime": 0.5, "execution/list": 0.5}  # perpetuals and spot are asked for apart
_OFF: Final = 0.02  # of the misses: loads that are under way at a look
_FLAT: Final = 3.0  # percent of what is resident
_PERCENT: Final = 100.0
_PATIENCE_S: Final = 30.0  # until the last messages are answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was counted up to a moment: seconds since the start, bytes, calls of Bybit."""

    at: float
    processor: float
    resident: int
    handled: int
    calls: float  # of those who write: requests that answer one question together are one
    traded: int  # of those who trade
    regions: Mapping[str, RegionStats]

    def misses(self, before: "Look", *names: str) -> int:
        """Loads of these regions that began since."""
        return sum(self.regions[name].misses - before.regions[name].misses for name in names)


class Watched:
    """Looks at the bot, one each `LOOK_S` seconds. `traders`: Bybit's ids of the accounts that trade."""

    def __init__(self, made: Crowd, traders: Collection[int]) -> None:
        self.looks: list[Look] = []
        self._made, self._traders = made, traders
        self._began = asyncio.get_running_loop().time()
        self._last_call = self._traded = 0
        self._calls = 0.0

    async def look(self) -> None:
        """Add what processor, memory, cache and Bybit's calls have come to by now to `looks`."""
        for call in await self._made.calls(self._last_call):
            self._last_call = call["seq"]
            if call["uid"] in self._traders:
                self._traded += 1
            elif not call["path"].startswith(_STREAMS):
                self._calls += _SHARES.get(call["path"].rpartition("/v5/")[2], 1.0)
        bot = self._made.assembly
        look = Look(
            at=asyncio.get_running_loop().time() - self._began,
            processor=processor_seconds(os.getpid()),
            resident=resident(),
            handled=bot.runtime.stats().lanes.handled,
            calls=self._calls,
            traded=self._traded,
            regions={each.name: each for each in bot.reads.stats()},
        )
        self.looks.append(look)

    async def keep_looking(self) -> None:
        """Look every `LOOK_S` seconds until the task is canceled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()


async def run(
    users: int, minutes: float, per_second: float, *, still_s: float = STILL_S
) -> AsyncGenerator[list[Row], None]:
    """Waits, hit rates, processor, memory and calls, of people who write for minutes; `still_s` as in `crowd`."""
    traders = max(1, users // _TRADERS)
    async with crowd(users + traders, still_s=still_s) as made:
        with on_a_core_of_its_own(os.getpid()):
            trading = made.people[users:]
            watched = Watched(made, {made.uids[made.account(each).account_id] for each in trading})
            yield []
            await watched.look()
            count = int(minutes * 60 * per_second)
            await _ask(made, count, users, per_second)
            async with _beside(watched.keep_looking(), *(_trade(made, each) for each in trading)):
                await asyncio.sleep(minutes * 60)
                await watched.look()  # before the waits of all messages lie in the memory that is measured
                waits = await _waits(made, count)
        await made.quiet()
        name = f"{users:,} people, {per_second:g}/s, {minutes:g} min"
        yield [*_answers(name, waits, count), *_hits(watched.looks), *_costs(watched.looks), *_calls(watched.looks)]


def drawn_texts(texts: Mapping[str, int] = TEXTS, count: int = _DRAWN) -> list[str]:
    """So many messages of that mix, in an order that is the same each time."""
    draw = random.Random(7)  # noqa: S311  a load, not a secret
    return draw.choices(list(texts), list(texts.values()), k=count)


async def _ask(made: Crowd, count: int, users: int, per_second: float) -> None:
    texts = drawn_texts()
    pace = {"texts": texts, "per_second": per_second, "count": count, "users": users, "first_user": FIRST_USER}
    await made.telegram("POST", "/pace", pace)


async def _waits(made: Crowd, count: int) -> list[float]:
    """Seconds from each message to its answer, ordered; of those that were answered."""
    waits: list[float] = []
    async with asyncio.timeout(_PATIENCE_S + count):
        for _ in range(int(_PATIENCE_S)):
            waits = sorted((await made.telegram("GET", "/sent"))["waits"])
            if len(waits) >= count:
                break
            await asyncio.sleep(1)
    return waits


@asynccontextmanager
async def _beside(*work: Any) -> AsyncGenerator[None, None]:
    """Work that goes on during the block and ends with it; what failed of it raises."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _trade(made: Crowd, config: UserConfig) -> None:
    """Wait, enter, wait, close; what is refused, since the leg before is still closing, is left at that."""
    draw = random.Random(config.user_id)  # noqa: S311  a load, not a secret
    for act in cycle((_enter, close)):
        await asyncio.sleep(draw.expovariate(1 / _TRADE_EVERY_S))
        with suppress(UserFacing, ExchangeError, CardRefused):
            await act(made, config)


async def _enter(made: Crowd, config: UserConfig) -> None:
    await confirm(made, await card_of(made, config), config)


def _answers(name: str, waits: Sequence[float], count: int) -> list[Row]:
    at = {percent: waits[min(len(waits) - 1, len(waits) * percent // 100)] * 1000 for percent in (50, 95, 99)}
    return [
        Row(name=f"message to answer, {name}, p50", value=at[50], unit="ms"),
        Row(name="the same, p95", value=at[95], unit="ms"),
        Row.at_most("the same, p99", at[99], "ms", _LATE_MS),
        Row.at_most("messages without an answer", count - len(waits), "", 0),
    ]


def _hits(looks: Sequence[Look]) -> list[Row]:
    """Each region that was read, and all together."""
    first, last, rows = looks[0], looks[-1], list[Row]()
    reads = served = 0
    for name, after in last.regions.items():
        before = first.regions[name]
        asked = after.reads - before.reads
        reads += asked
        served += asked - last.misses(first, name)
        if asked:
            rows.append(_rate(f"hit rate, {name}, {asked:,} reads", asked, last.misses(first, name), TARGETS.get(name)))
    return [*rows, _rate(f"hit rate, all {reads:,} reads", reads, reads - served, ALL_READS)]


def _rate(name: str, reads: int, misses: int, target: float | None) -> Row:
    value = (reads - misses) / reads * _PERCENT if reads else 0.0
    if target is None:
        return Row(name=name, value=value, unit="%")
    return Row(name=name, value=value, unit="%", target=f">= {target:g} %", ok=value >= target)


def _costs(looks: Sequence[Look]) -> list[Row]:
    """Processor an update, with streams, orders and all else that went on; memory at the start, and how it grew."""
    first, last = looks[0], looks[-1]
    minute = next((each for each in looks if each.at >= 60), last)  # noqa: PLR2004  seconds
    handled = max(1, last.handled - first.handled)
    spent = last.processor - first.processor
    grown = (last.resident - minute.resident) / minute.resident * _PERCENT
    is_judged = last.at - minute.at >= 60  # noqa: PLR2004  the same
    return [
        Row(name="processor an update, streams and orders included", value=spent / handled * 1000, unit="ms"),
        Row(name="the core that the bot used", value=spent / (last.at - first.at) * _PERCENT, unit="%"),
        Row(name="memory at the start", value=first.resident / 2**20, unit="MB"),
        Row(name="memory at the end", value=last.resident / 2**20, unit="MB"),
        Row.at_most("memory: grown after the first minute", grown, "%", _FLAT)
        if is_judged
        else Row(name="memory: grown after the first minute", value=grown, unit="%"),
    ]


def _calls(looks: Sequence[Look]) -> list[Row]:
    """Of Bybit, minute by minute, beside the reads that the cache did not have; and those that trading made."""
    minutes = [looks[0], *looks[_LOOKS:-1:_LOOKS], looks[-1]]
    rows = []
    for number, (before, after) in enumerate(pairwise(minutes), 1):
        asked, misses = after.calls - before.calls, after.misses(before, *ASKS_BYBIT)
        row = Row(
            name=f"questions to Bybit, minute {number}",
            value=asked,
            unit="",
            baseline_name="reads that the cache did not have",
            baseline=misses,
            target="no more than misses",
            ok=asked <= misses + max(3, misses * _OFF),
        )
        rows.append(row)
    traded = looks[-1].traded - looks[0].traded
    return [*rows, Row(name="calls to Bybit for those who traded, all told", value=traded, unit="")]
