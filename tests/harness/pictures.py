"""What pictures of tests show: candles that walk, a look, and every kind of content with its hardest values."""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from bot.domain.ids import HOUR, Millis
from bot.domain.market import Kline
from bot.domain.portfolio import Side
from bot.domain.users import Language, PictureTheme
from handlers.pictures.contents import FillMark, Level, LevelKind, Look, PriceChart
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
