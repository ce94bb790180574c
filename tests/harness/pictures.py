"""What pictures of tests show: candles that walk, a look, and every kind of content with its hardest values."""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from bot.domain.ids import DAY, HOUR, Millis
from bot.domain.market import Kline
from bot.domain.portfolio import Side
from bot.domain.users import Language, PictureTheme
from handlers.pictures.contents import (
    CountBar,
    CountPanel,
    CountPanels,
    DailyBars,
    DayBar,
    EquityCurve,
    FillMark,
    Level,
    LevelKind,
    Look,
    PriceChart,
    ResultCard,
)
from handlers.texts.catalog import Texts

NOW = 1_764_288_000_000  # 2025-11-28 00:00 UTC


@cache
def look(
    theme: PictureTheme = PictureTheme.DARK, language: Language = Language.ENGLISH, zone: str = "Europe/Kyiv"
) -> Look:
    texts = Texts.load()
    months = tuple(texts.plain(language, "month-short", {"month": month}) for month in range(1, 13))
    return Look(theme=theme, language=language, time_zone=zone, months=months)


def walk(
    count: int, price: str = "64000", tick: str = "0.10", *, interval: int = HOUR, seed: int = 1, move: float = 0.004
) -> tuple[Kline, ...]:
    """Candles up to NOW, each beginning where the last one ended, on the tick."""
    chance, step, last = Random(seed), Decimal(tick), Decimal(price)  # noqa: S311  no secret
    found = []

    def moved(start: Decimal, share: float) -> Decimal:
        return max(step, (start * (1 + Decimal(str(round(share, 6)))) / step).quantize(Decimal(1)) * step)

    for number in range(count):
        start, end = last, moved(last, chance.gauss(0, move))
        high = moved(max(start, end), abs(chance.gauss(0, move / 2)))
        low = moved(min(start, end), -abs(chance.gauss(0, move / 2)))
        found.append(
            Kline(
                start_ts=Millis(NOW - interval * (count - 1 - number)),
                open=start,
                high=max(high, start, end),
                low=min(low, start, end),
                close=end,
                volume=Decimal(1),
            )
        )
        last = end
    return tuple(found)


def chart(candles: tuple[Kline, ...], tick: str | None = "0.10", **changes: Any) -> PriceChart:
    values: dict[str, Any] = {
        "look": look(),
        "title": "BTCUSDT · 1h",
        "subtitle": "Practice · Long · 3x · 00:00:00 UTC · 02:00:00 Kyiv",
        "candles": candles,
        "interval_ms": HOUR,
        "tick": None if tick is None else Decimal(tick),
        "levels": (Level(LevelKind.LAST, "", candles[-1].close),) if candles else (),
    }
    return PriceChart(**(values | changes))


def levels(price: Decimal, names: tuple[str, str, str, str] = ("Entry", "Stop", "Target", "Liquidation")) -> Any:
    """Of a long that was entered there; the liquidation lies far away."""
    entry, stop, target, liquidation = names
    return (
        Level(LevelKind.LAST, "", price * Decimal("1.004")),
        Level(LevelKind.ENTRY, entry, price),
        Level(LevelKind.STOP, stop, price * Decimal("0.98")),
        Level(LevelKind.TARGET, f"{target} 1", price * Decimal("1.02")),
        Level(LevelKind.TARGET, f"{target} 2", price * Decimal("1.0201")),
        Level(LevelKind.LIQUIDATION, liquidation, price * Decimal("0.68")),
    )


def fills(candles: tuple[Kline, ...], count: int) -> tuple[FillMark, ...]:
    sides = (Side.BUY, Side.SELL)
    return tuple(
        FillMark(Millis(each.start_ts + number), sides[number % 2], each.close)
        for number, each in ((number, candles[number * 7 % len(candles)]) for number in range(count))
    )


def results(count: int, *, start: str = "0", scale: int = 100, seed: int = 3) -> tuple[Decimal, ...]:
    """Gains and losses, each of two decimals."""
    chance = Random(seed)  # noqa: S311  no secret
    return tuple(Decimal(start) + Decimal(chance.randint(-100 * scale, 110 * scale)) / 100 for _ in range(count))


def daily_bars(amounts: tuple[Decimal, ...], **changes: Any) -> DailyBars:
    first = NOW - DAY * (len(amounts) - 1)
    days = tuple(DayBar(Millis(first + DAY * number), each) for number, each in enumerate(amounts))
    values: dict[str, Any] = {"look": look(zone="UTC"), "title": "PnL by day", "subtitle": "Practice", "days": days}
    return DailyBars(**(values | changes))


def equity_curve(amounts: tuple[Decimal, ...], **changes: Any) -> EquityCurve:
    points = tuple(
        (Millis(NOW - HOUR * (len(amounts) - number)), sum(amounts[: number + 1], Decimal(0)))
        for number in range(len(amounts))
    )
    values: dict[str, Any] = {"look": look(), "title": "PnL over time", "subtitle": "Practice", "points": points}
    return EquityCurve(**(values | changes))


def result_card(share: str, **changes: Any) -> ResultCard:
    values: dict[str, Any] = {
        "look": look(),
        "symbol": "BTCUSDT",
        "side": "Long · 3x",
        "is_long": True,
        "share": Decimal(share),
        "basis": "after fees, on the margin",
        "rows": (
            ("Entry", "64,210.50"),
            ("Exit", "66,000.00"),
            ("Account", "Practice"),
            ("Date (UTC)", "2025-11-28"),
        ),
        "source": "@perpdesk_bot",
    }
    return ResultCard(**(values | changes))


def count_panels(most: int, **changes: Any) -> CountPanels:
    days = tuple(CountBar(f"{number + 1} Nov", most * number // 29) for number in range(30))
    months = tuple(CountBar(month, most // (number + 1), most // 9) for number, month in enumerate(look().months))
    steps = tuple(CountBar(name, most >> number) for number, name in enumerate(("Opened", "Connected keys", "Paid")))
    values: dict[str, Any] = {
        "look": look(),
        "title": "Report · 2025-11-28",
        "panels": (
            CountPanel(title="People by the day they were last seen", bars=days, is_upright=True, every=5),
            CountPanel(title="Licenses running now", bars=steps, is_upright=False),
            CountPanel(title="Income by month, Stars", bars=months, is_upright=True),
            CountPanel(title="Promo codes", bars=(), is_upright=False),
        ),
    }
    return CountPanels(**(values | changes))
