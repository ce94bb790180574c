"""What closed trades come to, against sums by hand: no losses, one trade, nothing won and nothing lost, odd rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.domain.daily_reports import DailyReport, report_time
from bot.domain.exports import CLOSED_COLUMNS, FILL_COLUMNS, FUNDING_COLUMNS, ExportFile, cell, closed_cells, fill_cells
from bot.domain.ids import HOUR, Millis, Symbol
from bot.domain.periods import Period, span_of, start_of
from bot.domain.portfolio import Side
from bot.domain.statistics import Close, EquityPoint, Summary, thinned
from bot.domain.tallies import CurveTally, DayTally, Tally
from bot.domain.trade_plans import ExitReason

BTC, PERP = Symbol("BTCUSDT"), Symbol("BTCPERP")


def close(
    gain: str,
    *,
    opened: int = 0,
    closed: int = 1,
    symbol: Symbol = BTC,
    reason: ExitReason = ExitReason.MANUAL,
    fees: str = "0",
    funding: str = "0",
    slippage: str | None = None,
    side: Side = Side.BUY,
) -> Close:
    return Close(
        symbol=symbol,
        position_idx=0,
        side=side,
        exit_reason=reason,
        gain=Decimal(gain),
        fees=Decimal(fees),
        funding=Decimal(funding),
        slippage=None if slippage is None else Decimal(slippage),
        opened_ts=Millis(opened),
        closed_ts=Millis(closed),
    )


def summary(closes: Sequence[Close]) -> Summary:
    tally = Tally()
    tally.add(closes)
    (only,) = tally.summaries()
    return only


def test_three_targets_are_one_trade_of_three_closes() -> None:
    found = summary([
        close("10", opened=5, closed=10, fees="1", reason=ExitReason.TARGET),
        close("20", opened=5, closed=20, fees="1", funding="0.5", reason=ExitReason.TARGET),
        close("-4", opened=5, closed=65, fees="1", slippage="0.25", reason=ExitReason.STOP),
        close("-6", opened=70, closed=80, slippage="-0.05", side=Side.SELL),
    ])  # fmt: skip
    assert (found.closes, found.trades, found.wins, found.losses) == (4, 2, 1, 1)
    assert (found.pnl, found.fees, found.funding) == (Decimal("16.5"), 3, Decimal("0.5"))
    assert (found.won, found.lost, found.best, found.worst) == (Decimal("22.5"), 6, Decimal("22.5"), -6)
    assert found.profit_factor == Decimal("3.75")
    assert found.expectancy == Decimal("8.25")
    assert found.mean_holding_ms == (60 + 10) // 2
    assert (found.exit_slippage, found.exits_priced) == (Decimal("0.20"), 2)
    assert [(each.name, each.trades, each.wins, each.pnl) for each in found.exits] == [
        ("target", 2, 2, Decimal("27.5")),
        ("manual", 1, 0, -6),
        ("stop", 1, 0, -5),
    ]
    assert [(each.name, each.trades) for each in found.sides] == [("Buy", 1), ("Sell", 1)]


def test_the_deepest_fall_is_told_with_its_moments() -> None:
    found = summary([close(gain, opened=at, closed=at + 1) for at, gain in enumerate(("5", "-2", "4", "-9", "1"), 10)])
    assert found.drawdown is not None
    assert (found.drawdown.amount, found.drawdown.from_ts, found.drawdown.to_ts) == (9, 13, 14)
    never = summary([close("1", opened=1, closed=2), close("0", opened=3, closed=4)])
    assert never.drawdown is None
    first = summary([close("-3", opened=1, closed=2)])
    assert first.drawdown is not None
    assert (first.drawdown.amount, first.drawdown.from_ts) == (3, 2)


def test_rates_that_are_none_and_trades_that_brought_nothing() -> None:
    none = Summary(coin="USDT")
    assert (none.win_rate, none.profit_factor, none.expectancy, none.mean_holding_ms) == (None,) * 4
    one = summary([close("3", opened=1, closed=2)])
    assert (one.win_rate, one.profit_factor, one.expectancy) == (1, None, 3)
    even = summary([close("1", opened=1, closed=2, fees="1"), close("2", opened=3, closed=4)])
    assert (even.trades, even.wins, even.losses, even.evens, even.win_rate) == (2, 1, 0, 1, Decimal("0.5"))


def test_coins_are_apart_and_a_reset_is_no_result() -> None:
    tally = Tally()
    tally.add(
        [close("1"), close("2", opened=2, closed=3), close("7", symbol=PERP), close("-50", reason=ExitReason.RESET)]
    )
    usdt, usdc = tally.summaries()
    assert (usdt.coin, usdt.pnl, usdt.closes, usdt.resets) == ("USDT", 3, 2, 1)
    assert (usdc.coin, usdc.pnl) == ("USDC", 7)


def test_sums_are_exact_whatever_the_digits_and_the_cuts() -> None:
    draw = Random(5)  # noqa: S311  a test's own dice
    closes = []
    for number in range(400):
        amounts = [f"{draw.randint(-(10**12), 10**12)}.{draw.randint(0, 10**18):018}" for _ in range(4)]
        closes.append(
            close(
                amounts[0], opened=number // 3, closed=number, fees=amounts[1], funding=amounts[2], slippage=amounts[3],
                symbol=draw.choice((BTC, Symbol("ETHUSDT"))), side=draw.choice(list(Side)),
            )
        )  # fmt: skip
    exact = sum((Fraction(each.gain) - Fraction(each.fees) - Fraction(each.funding) for each in closes), Fraction(0))
    found = summary(closes)
    assert Fraction(found.pnl) == exact
    assert Fraction(found.exit_slippage) == sum((Fraction(each.slippage or 0) for each in closes), Fraction(0))
    assert Fraction(found.won) - Fraction(found.lost) == exact
    assert found.trades == found.wins + found.losses + found.evens == sum(each.trades for each in found.symbols)
    tally = Tally()
    for start in range(0, 400, 7):
        tally.add(closes[start : start + 7])
    assert tally.summaries() == (found,)


def test_days_are_those_of_the_zone_also_where_clocks_change() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    spring = start_of(date(2026, 3, 29), kyiv)
    assert start_of(date(2026, 3, 30), kyiv) - spring == 23 * HOUR
    tally = DayTally("USDT", kyiv)
    tally.add([close("1", closed=spring - 1), close("2", closed=spring), close("4", closed=spring + 23 * HOUR - 1)])
    assert [(each.day.day, each.pnl, each.closes) for each in tally.days()] == [(28, 1, 1), (29, 6, 2)]
    now = Millis(spring + 5 * HOUR)
    week = span_of(Period.WEEK, 0, now, "Europe/Kyiv")
    assert (week.first, week.last) == (date(2026, 3, 23), date(2026, 3, 29))
    assert week.until - week.since == (7 * 24 - 1) * HOUR
    day = span_of(Period.DAY, 1, now, "Europe/Kyiv")
    assert day.until == spring
    month = span_of(Period.MONTH, 2, now, "Europe/Kyiv")
    assert (month.first, month.last) == (date(2026, 1, 1), date(2026, 1, 31))
    year = span_of(Period.YEAR, 1, now, "Nowhere/Land")
    assert (year.first, year.last) == (date(2025, 1, 1), date(2025, 12, 31))
    assert span_of(Period.MONTH, 999, now, "UTC").since > 0


def test_a_curve_keeps_its_ends_and_its_extremes() -> None:
    draw = Random(3)  # noqa: S311  a test's own dice
    gains = [str(draw.randint(-100, 100)) for _ in range(20_000)]
    gains[777], gains[15_000] = "9000", "-20000"
    tally = CurveTally("USDT", 100)
    tally.add([close(each, opened=at, closed=at) for at, each in enumerate(gains)])
    points = tally.points()
    whole = sum(map(Decimal, gains))
    sums = [EquityPoint(ts=Millis(0), pnl=Decimal(gains[0]))]
    for at, each in enumerate(gains[1:], 1):
        sums.append(EquityPoint(ts=Millis(at), pnl=sums[-1].pnl + Decimal(each)))
    assert len(points) <= 100
    assert points[-1].pnl == whole
    assert max(each.pnl for each in points) == max(each.pnl for each in sums)
    assert min(each.pnl for each in points) == min(each.pnl for each in sums)
    assert list(points) == sorted(points, key=lambda each: each.ts)
    assert thinned(sums[:50], 50) == tuple(sums[:50])


def test_a_report_is_due_once_a_day_at_its_hour() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")

    def at(*when: int) -> Millis:
        return Millis(int(datetime(*when, tzinfo=UTC).timestamp() * 1000))

    wanted = DailyReport(hour=3)  # 29 March skips it: 03:00 is 04:00
    before = report_time(wanted, at(2026, 3, 29, 0, 59), kyiv)
    assert before.due is None or before.due == date(2026, 3, 28)
    due = report_time(wanted, at(2026, 3, 29, 1, 0), kyiv)
    assert due.due == date(2026, 3, 29)
    assert due.until - due.since == 24 * HOUR
    assert due.next_ts - due.until == 23 * HOUR
    told = DailyReport(hour=3, last_day=date(2026, 3, 29))
    assert report_time(told, at(2026, 3, 29, 9, 0), kyiv).due is None
    late = report_time(wanted, at(2026, 3, 29, 12, 59), kyiv)
    assert late.due == date(2026, 3, 29)
    assert report_time(wanted, at(2026, 3, 29, 13, 0), kyiv).due is None
    autumn = DailyReport(hour=3, last_day=date(2026, 10, 25))  # its 03:00 comes twice
    assert report_time(autumn, at(2026, 10, 25, 1, 30), kyiv).due is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1-1", "@sum", "\t=1", "\r=1", "-"])
def test_a_text_that_is_a_formula_is_none_in_a_cell(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "-0.5", "12", "", "BTCUSDT", "a=1"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_lines_have_a_cell_a_column() -> None:
    fill = (1_760_000_000_250, 7, None, "linear", "BTCUSDT", "Sell", "Trade", "64000.5", "0.010", "640.005", "-0.1")
    fill = (*fill, "=X", 1, "0", None, "e-1", "-o", "@link")
    kind, cells = fill_cells(fill, "live-1", "")
    found = dict(zip(FILL_COLUMNS, cells, strict=True))
    assert kind is ExportFile.FILLS
    assert found["time_utc"] == "2025-10-09T08:53:20.250Z"
    assert (found["quantity_in_base_coin"], found["fee_paid"]) == ("0.010", "-0.1")
    assert (found["fee_coin"], found["order_id"], found["order_link_id"]) == ("'=X", "'-o", "'@link")
    paid = (*fill[:6], "Funding", *fill[7:11], "USDT", *fill[12:])
    kind, cells = fill_cells(paid, "paper-1", "1")
    assert kind is ExportFile.FUNDING
    assert dict(zip(FUNDING_COLUMNS, cells, strict=True))["practice_run"] == "1"
    ended = (1_760_000_000_250, "o", 0, 2, 1_759_000_000_000, "linear", "BTCUSDT", "Sell", "1", "10", "7.5", "0.1")
    cells = closed_cells((*ended, "0.2", "USDT", "-0.3", "0.1", "stop", ""), "paper-1", "1")
    found = dict(zip(CLOSED_COLUMNS, cells, strict=True))
    assert found["pnl_after_fees_and_funding_in_quote_coin"] == "2.5"
    assert found["exit_reason"] == "stop"
    assert found["practice_run"] == "2"
