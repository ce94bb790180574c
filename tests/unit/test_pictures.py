"""The drawing kit: round axes, labels that are whole and apart, contrast, odd prices, and the same bytes each time."""

from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from harness import pictures
from harness.pictures import (
    chart,
    count_panels,
    daily_bars,
    equity_curve,
    fills,
    levels,
    look,
    result_card,
    results,
    walk,
)
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.domain.chart_intervals import ChartInterval
from bot.domain.ids import DAY, HOUR, MINUTE, Millis
from bot.domain.market import Kline
from bot.domain.time_zones import zone_of
from bot.domain.users import Language, PictureTheme
from handlers.pictures.canvas import Canvas
from handlers.pictures.contents import Level, LevelKind, PictureContent, PriceChart
from handlers.pictures.drawing import canvas_of, draw
from handlers.pictures.palette import PALETTES
from handlers.pictures.scales import apart, round_step, ticks, time_ticks
from handlers.pictures.typeface import drawable, face

HOURS = walk(60)
FLAT = tuple(replace(each, open=Decimal(5), high=Decimal(5), low=Decimal(5), close=Decimal(5)) for each in HOURS)
TINY = walk(60, "0.00001234", "0.00000001", move=0.02)
HUGE = walk(60, "1234567", "0.1")
ENTRY = HOURS[30].close

CONTENTS: dict[str, PictureContent] = {
    "a price": chart(HOURS),
    "one candle": chart(HOURS[:1]),
    "two candles": chart(HOURS[:2]),
    "flat": chart(FLAT, "0.01"),
    "gaps": chart(tuple(each for number, each in enumerate(HOURS) if number % 9 < 5)),
    "tiny": chart(TINY, "0.00000001", levels=levels(TINY[20].close)),
    "huge": chart(HUGE, "0.1", levels=levels(HUGE[20].close)),
    "no tick": chart(HOURS, None, levels=levels(ENTRY)),
    "a position": chart(HOURS, levels=levels(ENTRY), fills=fills(HOURS, 2)),
    "200 fills": chart(HOURS, fills=fills(HOURS, 200)),
    "levels far above and below": chart(
        HOURS,
        levels=tuple(
            Level(LevelKind.TARGET, f"Target {number}", ENTRY * (2 if number % 2 else Decimal("0.3")) + number)
            for number in range(8)
        ),
    ),
    "five levels at one price": chart(
        HOURS, levels=tuple(Level(LevelKind.TARGET, f"Target {number}", ENTRY + number) for number in range(5))
    ),
    "names of anybody": chart(
        HOURS,
        title="币安人生USDT 🚀 · مرحبا · 1h",
        subtitle="😀 " * 60,
        levels=levels(ENTRY, ("שלום", "🛑" * 9, "Ц" * 60, "x")),
    ),
    "days": chart(walk(60, interval=DAY), interval_ms=DAY),
    "minutes": chart(walk(60, interval=MINUTE), interval_ms=MINUTE),
    "half an hour from UTC": chart(HOURS, look=look(zone="Asia/Kolkata")),
    "days of a month": daily_bars(results(31)),
    "one day": daily_bars((Decimal("-12.40"),)),
    "days without a loss": daily_bars(tuple(map(abs, results(9)))),
    "days of nothing": daily_bars((Decimal(0),) * 5),
    "days of millions": daily_bars(results(62, scale=3_000_000)),
    "days of cents": daily_bars((Decimal("0.01"), Decimal("-0.03"))),
    "a curve": equity_curve(results(300)),
    "one point": equity_curve(results(1)),
    "a level curve": equity_curve((Decimal(0),) * 20),
    "a falling curve": equity_curve(tuple(-abs(each) for each in results(40, scale=90_000))),
    "a gain": result_card("0.0123"),
    "a loss": result_card("-0.9731", is_long=False, side="Short · 100x"),
    "nothing gained": result_card("0"),
    "a thousandfold": result_card("1234.5", symbol="1000000000BABYDOGEUSDT", side="Long"),
    "long words": result_card(
        "0.5", side="Ц" * 40, basis="Ц" * 90, rows=(("Ц" * 40, "9" * 60),) * 4, source="@" + "x" * 90, symbol="Q" * 30
    ),
    "counts": count_panels(1_234),
    "no counts": count_panels(0),
    "millions": count_panels(23_456_789),
}
RUSSIAN = look(PictureTheme.LIGHT, Language.RUSSIAN, "Europe/Moscow")


def in_russian(content: PictureContent) -> PictureContent:
    return replace(content, look=RUSSIAN)


@pytest.mark.parametrize("turn", [lambda content: content, in_russian], ids=["dark, English", "light, Russian"])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_label_is_whole_and_none_meets_another(name: str, turn: "type[PictureContent]") -> None:
    canvas: Canvas = canvas_of(turn(CONTENTS[name]))
    assert len(canvas.labels) > 3
    for index, (box, text) in enumerate(canvas.labels):
        assert canvas.bounds.holds(box), text
        assert not [other for there, other in canvas.labels[:index] if there.meets(box)], text


@pytest.mark.parametrize("name", CONTENTS)
def test_the_same_content_is_the_same_bytes(name: str) -> None:
    assert draw(CONTENTS[name]) == draw(CONTENTS[name])


def luminance(color: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", list(PictureTheme))
def test_colors_can_be_told_from_what_they_stand_on_and_from_each_other(theme: PictureTheme) -> None:
    palette = PALETTES[theme]
    for text in (palette.ink, palette.muted, palette.up, palette.down, palette.level, palette.danger):
        assert contrast(text, palette.background) >= 4.5, text
    for ground in (palette.ink, palette.up, palette.down, palette.level, palette.danger):
        assert contrast(palette.on_color, ground) >= 4.5, ground
    assert contrast(palette.grid, palette.background) < 1.6, "the grid stays behind"
    blues = [int(each[5:], 16) for each in (palette.up, palette.down)]
    assert blues[0] - blues[1] > 80, "who sees neither red nor green sees blue"


def test_rising_candles_are_hollow_and_falling_ones_filled() -> None:
    up = Kline(
        start_ts=Millis(pictures.NOW), open=Decimal(100), high=Decimal(120), low=Decimal(90), close=Decimal(110),
        volume=Decimal(1),
    )  # fmt: skip
    down = replace(up, open=up.close, close=up.open)
    counts = []
    for candle, color in ((up, "up"), (down, "down")):
        image = Image.open(BytesIO(draw(chart((candle,), levels=())))).convert("RGB")
        wanted = getattr(PALETTES[PictureTheme.DARK], color)
        rgb = tuple(int(wanted[place : place + 2], 16) for place in (1, 3, 5))
        counts.append(sum(count for count, each in image.getcolors(2**20) or () if each == rgb))
    assert counts[0] < counts[1] * 0.7


def test_what_lies_outside_is_marked_at_the_edge_with_its_price() -> None:
    canvas = canvas_of(CONTENTS["a position"])
    assert f"▼ {ENTRY * Decimal('0.68'):,.1f}0" in [text for _, text in canvas.labels]


def test_a_chart_without_candles_is_none() -> None:
    with pytest.raises(ValueError, match="candle"):
        draw(chart(()))


def test_what_is_no_kind_of_picture_is_not_drawn() -> None:
    with pytest.raises(TypeError, match="PictureContent"):
        draw(PictureContent(look=look()))


def test_a_curve_of_seconds_names_its_ends() -> None:
    first = Millis(HOURS[0].start_ts + MINUTE)
    short = equity_curve((), points=((first, Decimal(0)), (Millis(first + 5_000), Decimal(2))))
    names = [text for _, text in canvas_of(short).labels]
    assert any(":01" in each for each in names)


@given(
    st.decimals("0.00000001", "9999999", allow_nan=False, places=8),
    st.integers(2, 12),
    st.sampled_from(["0.1", "0.5", "0.05", "0.00000001", "25", "0.0003"]),
)
def test_steps_are_round_few_and_on_the_tick(span: Decimal, most: int, tick: str) -> None:
    plain = round_step(span, most)
    assert plain.normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert span / plain <= most
    assert plain < span / most * 3
    on_tick = round_step(span, most, Decimal(tick))
    assert on_tick % Decimal(tick) == 0
    assert span / on_tick <= most


def test_marks_are_the_multiples_within() -> None:
    assert ticks(Decimal("-1.5"), Decimal(3), Decimal(1)) == [-1, 0, 1, 2, 3]
    assert ticks(Decimal("0.11"), Decimal("0.19"), Decimal("0.1")) == []


def test_times_are_round_on_the_reader_s_clock_also_where_it_is_set_back() -> None:
    kyiv = zone_of("Europe/Kyiv")
    assert kyiv is not None
    night = 1_761_436_800_000  # 2025-10-26 00:00 UTC; at 01:00 UTC Kyiv's clock goes from 4 to 3
    moments, step = time_ticks(Millis(night - 6 * HOUR), Millis(night + 12 * HOUR), 6, kyiv)
    assert step == 3 * HOUR
    assert [(each - night) // HOUR for each in moments] == [-6, -3, 0, 4, 7, 10]
    spring = 1_743_292_800_000  # 2025-03-30 00:00 UTC; at 01:00 UTC it goes from 3 to 4
    moments, _ = time_ticks(Millis(spring - HOUR), Millis(spring + 3 * HOUR), 8, kyiv)
    assert [(each - spring) // MINUTE for each in moments] == [*range(-60, 181, 30)]
    india = zone_of("Asia/Kolkata")
    assert india is not None
    (first, *_), _ = time_ticks(Millis(night), Millis(night + 5 * HOUR), 6, india)
    assert (first + int(5.5 * HOUR)) % HOUR == 0
    assert time_ticks(Millis(night), Millis(night), 6, UTC)[0] == [night]


@given(st.lists(st.integers(-500, 900), max_size=12), st.integers(1, 40))
def test_tags_stand_apart_in_their_order_within_bounds(places: list[int], gap: int) -> None:
    places.sort()
    found = apart(places, gap, 10, 300)
    assert len(found) == len(places)
    assert all(10 <= each <= 300 for each in found)
    least = gap if gap * (len(places) - 1) <= 290 else 290 // max(1, len(places) - 1)
    assert all(after - before >= least for before, after in pairwise(found))


def test_every_letter_that_is_drawn_has_a_shape_of_its_own() -> None:
    font = face(26, bold=False)
    nothing = font.getmask("\uffff").getbbox(), bytes(font.getmask("\uffff"))
    letters = [chr(code) for code in range(0x20, 0x2600) if drawable(chr(code)) == chr(code)]
    assert len(letters) > 350
    for bold in (False, True):
        font = face(26, bold=bold)
        nothing = bytes(font.getmask("\uffff"))
        missing = [each for each in letters if bytes(font.getmask(each)) == nothing]
        assert missing == []
    assert {font.getlength(digit) for digit in "0123456789"} == {font.getlength("0")}, "digits of one width"
    assert drawable("Anna 🚀🚀 שלום") == "Anna ? ?"


def test_intervals_are_bybit_s() -> None:
    assert [each.bybit for each in ChartInterval] == ["1", "5", "15", "30", "60", "240", "D"]


def test_a_chart_takes_any_candles() -> None:
    """Candles out of order, from another century, without a length: a picture, not an error."""
    odd = (HOURS[5], HOURS[0], replace(HOURS[1], start_ts=Millis(1)))
    assert draw(chart(odd))
    assert isinstance(CONTENTS["flat"], PriceChart)
