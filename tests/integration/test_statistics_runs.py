"""Statistics of practice runs, of stops that were reached, of odd rows; and the report of a day, once."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

from harness.app import ANNA, Harness, said
from harness.sheets import sheets_of, summed
from harness.trades import assert_same, closed, counted, entered, exported, settled

from bot.domain.ids import Millis
from bot.domain.periods import EVERYTHING, Period
from bot.services.statistics.daily_reports import DailyReportService
from bot.services.statistics.exports import Exports

INSERT_CLOSED = """
    INSERT INTO closed_trades (account_id, order_id, position_idx, user_id, order_link_id, category, symbol, side, qty,
                               entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage,
                               opened_ts, closed_ts, funding)
    VALUES (?, ?, 0, ?, '', 'linear', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

EDIT = """
    INSERT INTO order_intents (kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id,
                               request, idempotency_key, fence, created_ts)
    SELECT 'amend', 'done', user_id, account_id, category, symbol, position_idx, plan_id, 'edit-1',
           json_object('request', 'amend', 'target_link_id', order_link_id, 'price', '99000'), 'edit-1', 0, created_ts
      FROM order_intents WHERE kind = 'entry'
"""


async def test_each_run_of_practice_has_its_own(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, "buy 0.02 btc sl 5%")
    await harness.move("BTCUSDT", "64900.00", seconds=600)
    await closed(anna, "/close btc")
    await settled(harness)
    await entered(anna, "buy 0.01 btc sl 5%")
    await said(anna, "/practice reset")
    await anna.press("Begin again")
    await settled(harness)
    text = (await said(anna, "/stats all")).text
    assert "Run 2 of practice" in text
    assert "Nothing was closed" in text
    await anna.press("‹ Earlier")
    assert "Run 1 of practice" in anna.last.text
    assert "1 close by a reset of practice is not counted." in anna.last.text, anna.last.text
    harness.clock.advance(60)
    await entered(anna, "sell 0.01 btc sl 5%")
    await harness.move("BTCUSDT", "64800.00", seconds=600)
    await closed(anna, "/close btc")
    await settled(harness)
    sheets = await exported(harness, anna)
    first = await counted(harness, back=1)
    assert_same(first, summed(sheets, run="1"))
    second = await counted(harness)
    assert_same(second, summed(sheets, run="2"))
    assert (first.main.trades, second.main.trades, second.main.resets) == (1, 1, 0)


async def test_the_month_page_holds_promises_against_what_came(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "No card of yours came to a fill" in (await said(anna, "/truth")).text
    await entered(anna, "buy 0.02 btc sl 3%")
    await harness.move("BTCUSDT", "60000.00", seconds=60)
    await settled(harness)
    text = (await said(anna, "/truth")).text
    assert "Worst price of the card kept: 1 of 1" in text
    assert "Stops: 1 of 1 held\n" in text
    assert "no worse than said: 0 of 1" in text, "the market went past the stop"
    assert "beyond the stop’s price" in text
    await harness.move("BTCUSDT", "64000.00", seconds=60)
    await entered(anna, "buy 0.02 btc sl 3%")
    await harness.write("UPDATE trade_plans SET stop = '61000' WHERE state = 'open'")
    await harness.move("BTCUSDT", "61900.00", seconds=60)
    await settled(harness)
    text = (await said(anna, "/truth")).text
    assert "Not compared, as the stop was moved: 1" in text
    await harness.write("DELETE FROM card_promises")
    text = (await said(anna, "/truth")).text
    assert "Price on the card not kept: 2" in text
    assert "Not compared, as the card was not kept: 1" in text


async def test_an_order_that_was_edited_promises_its_new_price(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, "buy 0.02 btc sl 3%")
    await settled(harness)
    await harness.write("UPDATE order_intents SET card_price = '60000' WHERE kind = 'entry'")
    assert "Worst price of the card kept: 0 of 1" in (await said(anna, "/truth")).text
    await harness.write(EDIT)
    assert "Worst price of the card kept: 1 of 1" in (await said(anna, "/truth")).text


async def test_odd_rows_add_up_in_files_of_several_parts(harness: Harness) -> None:
    anna, draw = harness.person(), Random(7)  # noqa: S311  a test's own dice
    await said(anna, "/start")
    account, now = await harness.practice_account(), harness.clock.now()
    for number in range(60):
        entry, exits = (f"{draw.randint(1, 10**9)}.{draw.randint(1, 10**18 - 1):018}".rstrip("0") for _ in range(2))
        fees = [draw.choice(("0", "-0.1", "1.25", "0.000000000000000001")) for _ in range(3)]
        await harness.write(
            INSERT_CLOSED,
            *(account.account_id, f"{draw.choice('=+-@a')}cmd|' /C calc'!A{number},\"", ANNA),
            *(draw.choice(("BTCUSDT", "1000PEPEUSDT")), draw.choice(("Buy", "Sell")), "1", entry, exits, *fees[:2]),
            *("USDT", draw.choice(("manual", "target", "reset", "liquidation")), draw.choice((None, "-0.5", "2"))),
            *(now - draw.randint(1_000, 5_000), now - draw.randint(0, 1_000), fees[2]),
        )
    sheets = await exported(harness, anna)
    page = await counted(harness)
    assert_same(page, summed(sheets, run="1"))
    assert all(row["order_id"][0] in "'a" for row in sheets["closed-trades"])
    service = harness.services.results
    small = Exports(queries=service.exports.queries, largest=2_000)
    async with small.made(account, EVERYTHING, stem="all") as files:
        parts = [(each.name, each.path.read_bytes()) for each in files]
        assert len(parts) > 5
        assert max(len(content) for _, content in parts) < 3_000
        paths = [each.path for each in files]
    assert not any(each.exists() for each in paths)
    assert sheets_of(parts) == sheets


async def test_a_report_comes_once_a_day_at_ones_own_hour(harness: Harness) -> None:
    anna, job = harness.person(), harness.job(DailyReportService)
    await said(anna, "/start")
    await said(anna, "/settings zone Kyiv")
    assert "From now on at 21:00" in (await said(anna, "/stats daily 21")).text
    await entered(anna, "buy 0.02 btc sl 5%")
    await harness.move("BTCUSDT", "64900.00", seconds=600)
    await closed(anna, "/close btc half")
    await settled(harness)
    assert await job.report_due() == 0
    at = Millis(int(datetime(2025, 10, 9, 18, 0, tzinfo=UTC).timestamp() * 1000))  # 21:00 in Kyiv
    harness.clock.advance((at - harness.clock.now()) / 1000 - 1)
    assert await job.report_due() == 0
    harness.clock.advance(1)
    assert await job.report_due() == 1
    (told,) = [each.message for each in await harness.queued() if each.message.kind == "daily-report"]
    assert told.values["until"] == "2025-10-09 21:00"
    harness.clock.advance(-7_200)
    assert await job.report_due() == 0, "the clock was set back"
    harness.clock.advance(7_200)
    await said(anna, "/settings zone London")  # its 21:00 of the same day is still to come
    harness.clock.advance(3 * 3_600)
    assert await job.report_due() == 0, "once a day of theirs"
    harness.clock.advance(24 * 3_600)
    assert await job.report_due() == 1, "a position stands"
    await closed(anna, "/close btc")
    await settled(harness)
    harness.clock.advance(24 * 3_600)
    assert await job.report_due() == 1
    harness.clock.advance(24 * 3_600)
    assert await job.report_due() == 0, "nothing was traded, and nothing stands"
    assert "No daily report any more" in (await said(anna, "/stats daily off")).text
    assert "is no hour" in (await said(anna, "/stats daily 25")).text


async def test_days_weeks_and_traits_are_a_tap_away(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "Nothing was closed in this time" in (await said(anna, "/stats")).text
    await entered(anna, "buy 0.02 btc sl 5%")
    await harness.move("BTCUSDT", "64900.00", seconds=600)
    await closed(anna, "/close btc")
    await settled(harness)
    await anna.press("Statistics", bubble=await said(anna, "/trades"))
    assert "One trade: a rate says nothing yet." in anna.last.text
    assert "no losses" in anna.last.text
    await anna.press("Sides")
    assert "Long" in anna.last.text
    await anna.press("Day")
    assert "By side" in anna.last.text
    await anna.press("Closed trades")
    await anna.press("Fills")
    assert "Sell 0.02" in anna.last.text
    harness.clock.advance(40 * 86_400)
    await said(anna, "/stats month")
    assert "under “Earlier”" in anna.last.text
    await anna.press("‹ Earlier")
    await anna.press("Total")
    assert "Won" in anna.last.text
    month = await counted(harness, Period.MONTH, back=1)
    assert Fraction(month.main.pnl) == Fraction(month.main.best or 0)
    assert month.main.worst == month.main.best
    assert Decimal(month.main.trades) == 1
