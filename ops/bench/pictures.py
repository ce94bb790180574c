"""What pictures cost: the processor's time of each kind, how late the loop is while they are drawn, one for many.

The baseline draws the same shapes by the same Pillow without what the kit keeps: faces are opened for each picture, and
its PNG is packed as Pillow does by itself. The baseline of the loop's lag draws on the loop.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final

from bot.domain.clock import SystemClock
from bot.domain.ids import DAY, HOUR, Millis
from bot.domain.market import Kline
from bot.domain.portfolio import Side
from bot.domain.users import Language, PictureTheme
from handlers.pictures.contents import (
    DailyBars,
    DayBar,
    EquityCurve,
    FillMark,
    Level,
    LevelKind,
    Look,
    PictureContent,
    PriceChart,
    ResultCard,
)
from handlers.pictures.drawer import PictureDrawer
from handlers.pictures.drawing import canvas_of, draw
from handlers.pictures.typeface import face
from handlers.texts.catalog import Texts
from ops.bench.report import Row
from ops.bench.timing import clock, no_collection

EACH: Final = 60  # pictures of a kind
LAG_S: Final = 6.0  # of drawing one picture after the other
PEOPLE: Final = 1_000  # who ask for the same
MOST_MS: Final = 60.0
MOST_LAG_MS: Final = 20.0
_TICK_S: Final = 0.005
_CANDLES: Final = 60
_NOW: Final = 1_764_288_000_000  # 2025-11-28
_MS: Final = 1_000
_SIDES: Final = (Side.SELL, Side.BUY)
_USUAL: Final = 6  # zlib's level where Pillow is told none
_BASELINE: Final = "plain Pillow: faces opened each time, PNG as usual"


async def run(each: int = EACH, lag_s: float = LAG_S, people: int = PEOPLE) -> AsyncGenerator[list[Row], None]:
    """Each kind's time, the loop's lag, and the cost of an asker; see above."""
    contents = _contents()
    draw(contents["price chart"])  # imports, and the faces
    yield []
    for name, content in contents.items():
        with no_collection():
            mine, plain = _taking_turns(each, partial(draw, content), partial(_plain, content))
        yield [
            Row(
                name=f"{name}, processor",
                value=mine,
                unit="ms",
                baseline_name=_BASELINE,
                baseline=plain,
                target=f"<= {MOST_MS:g} ms",
                ok=mine <= MOST_MS,
            )
        ]
    chart = contents["price chart"]
    own, on_loop = await _lag(lag_s, _in_its_thread(chart)), await _lag(lag_s, _on_the_loop(chart))
    quiet = await _lag(lag_s, _nothing())
    yield [
        Row(
            name="loop lag while charts are drawn, p99",
            value=own,
            unit="ms",
            baseline_name="drawn on the loop",
            baseline=on_loop,
            target=f"<= {MOST_LAG_MS:g} ms",
            ok=own <= MOST_LAG_MS,
        ),
        Row(name="loop lag while nothing is drawn, p99", value=quiet, unit="ms"),
    ]
    yield [Row(name=f"one chart for {people:,} people, an asker", value=await _shared(chart, people), unit="us")]


def _taking_turns(each: int, mine: Callable[[], bytes], plain: Callable[[], bytes]) -> tuple[float, float]:
    """Medians of the thread's processor time in ms."""
    times: dict[Callable[[], bytes], list[float]] = {mine: [], plain: []}
    for _ in range(each):
        for work, taken in times.items():
            began = time.thread_time()
            work()
            taken.append((time.thread_time() - began) * _MS)
    return statistics.median(times[mine]), statistics.median(times[plain])


def _plain(content: PictureContent) -> bytes:
    face.cache_clear()
    return canvas_of(content).png(_USUAL)


async def _lag(seconds: float, steps: AsyncGenerator[None, None]) -> float:
    """How late a tick of 5 ms comes while the steps are taken one after the other, the 99th of a hundred, in ms."""
    late: list[float] = []
    end = clock() + seconds

    async def keep_on() -> None:
        async with aclosing(steps):
            async for _ in steps:
                if clock() >= end:
                    return

    work = asyncio.create_task(keep_on())
    while clock() < end:
        due = clock() + _TICK_S
        await asyncio.sleep(_TICK_S)
        late.append(clock() - due)
    await work
    return statistics.quantiles(late, n=100)[98] * _MS


async def _in_its_thread(chart: PictureContent) -> AsyncGenerator[None, None]:
    drawer = PictureDrawer(SystemClock(), keep_s=0)
    try:
        while True:
            await drawer.png(chart)
            yield
    finally:
        await drawer.close()


async def _on_the_loop(chart: PictureContent) -> AsyncGenerator[None, None]:
    while True:
        draw(chart)
        await asyncio.sleep(0)
        yield


async def _nothing() -> AsyncGenerator[None, None]:
    while True:
        await asyncio.sleep(_TICK_S)
        yield


async def _shared(chart: PictureContent, people: int) -> float:
    """Microseconds of everybody's wait and work by heads, the one drawing among them."""
    drawer = PictureDrawer(SystemClock())
    began = time.process_time()
    await asyncio.gather(*(drawer.png(chart) for _ in range(people)))
    taken = time.process_time() - began
    await drawer.close()
    return taken / people * 1e6


def _contents() -> dict[str, PictureContent]:
    months = tuple(Texts.load().plain(Language.RUSSIAN, "month-short", {"month": month}) for month in range(1, 13))
    look = Look(theme=PictureTheme.DARK, language=Language.RUSSIAN, time_zone="Europe/Kyiv", months=months)
    chance = Random(1)  # noqa: S311  prices, no secret
    amounts = [Decimal(chance.randint(-9_000, 10_000)) / 100 for _ in range(300)]
    points = tuple((Millis(_NOW + HOUR * number), sum(amounts[:number], Decimal(0))) for number in range(len(amounts)))
    days = tuple(DayBar(Millis(_NOW - DAY * (30 - number)), amount) for number, amount in enumerate(amounts[:31]))
    return {
        "price chart": _chart(look, tuple(_candles(chance))),
        "daily bars": DailyBars(look=look, title="PnL по дням", subtitle="Практика", days=days),
        "curve": EquityCurve(look=look, title="PnL во времени", subtitle="Практика", points=points),
        "result": ResultCard(
            look=look,
            symbol="BTCUSDT",
            side="Лонг · 3x",
            is_long=True,
            share=Decimal("0.1234"),
            basis="после комиссий, к марже",
            rows=(("Вход", "64 210.50"), ("Выход", "66 000.00"), ("Счёт", "Практика"), ("Дата (UTC)", "2025-11-28")),
            source="@perpdesk_bot",
        ),
    }


def _chart(look: Look, candles: tuple[Kline, ...]) -> PriceChart:
    """With a position: five levels, one far away, and a fill in each candle."""
    entry = candles[_CANDLES // 2].close
    levels = ((LevelKind.ENTRY, "Вход", "1"), (LevelKind.STOP, "Стоп", "0.97"), (LevelKind.TARGET, "Цель 1", "1.02"))
    far = ((LevelKind.TARGET, "Цель 2", "1.04"), (LevelKind.LIQUIDATION, "Ликвидация", "0.68"))
    return PriceChart(
        look=look,
        title="BTCUSDT · 1ч",
        subtitle="Практика · Лонг · 3x",
        candles=candles,
        interval_ms=HOUR,
        tick=Decimal("0.10"),
        levels=(
            Level(LevelKind.LAST, "", candles[-1].close),
            *(Level(kind, name, entry * Decimal(share)) for kind, name, share in (*levels, *far)),
        ),
        fills=tuple(
            FillMark(each.start_ts, Side.BUY if each.close < entry else Side.SELL, each.low) for each in candles
        ),
    )


def _candles(chance: Random) -> list[Kline]:
    price, found = Decimal(64_000), []
    for number in range(_CANDLES):
        close = (price * (1 + Decimal(chance.randint(-400, 400)) / 100_000)).quantize(Decimal("0.1"))
        found.append(
            Kline(
                start_ts=Millis(_NOW - HOUR * (_CANDLES - 1 - number)),
                open=price,
                high=max(price, close) + chance.randint(0, 90),
                low=min(price, close) - chance.randint(0, 90),
                close=close,
                volume=Decimal(1),
            )
        )
        price = close
    return found
