"""Trading while the market is odd: books that can't be, rules that were changed, a clock that was set back."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from harness.app import Harness, Person, said
from harness.bot_api import Bubble
from harness.waiting import until

from bot.domain.errors import ExchangeDown
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument, OrderBook

NBSP = "\u00a0"
NOTHING, ONE = Decimal(0), Decimal(1)


async def newcomer(harness: Harness) -> Person:
    anna = harness.person()
    await said(anna, "/start")
    return anna


async def confirmed(anna: Person, order: str) -> Bubble:
    """What stands where the card of an order was, once everything is over."""
    card = await said(anna, order)
    await anna.press("✓", bubble=card)
    tasks = anna.harness.services.trading.runner.tasks
    await until(lambda: not len(tasks), what="the end of what was sent")
    return anna.last


def shows_books(harness: Harness, change: Callable[[OrderBook], OrderBook]) -> None:
    shown = harness.bybit.order_book

    async def order_book(symbol: Symbol, category: Category = Category.LINEAR) -> OrderBook:
        return change(await shown(symbol, category))

    harness.bybit.order_book = order_book  # type: ignore[method-assign]  # another exchange from here on


def changes_rules(harness: Harness, **changes: Decimal) -> None:
    known = harness.bybit.instrument

    async def instrument(category: Category, symbol: Symbol) -> Instrument | None:
        found = await known(category, symbol)
        return None if found is None else replace(found, **changes)  # type: ignore[arg-type]  # its own fields

    harness.bybit.instrument = instrument  # type: ignore[method-assign]  # as above
    harness.clock.advance(7_200)


@pytest.mark.parametrize("level", [(NOTHING, ONE), (Decimal("-0.5"), ONE), (Decimal(64_000), NOTHING)])
async def test_nothing_is_filled_at_a_price_or_of_a_size_that_is_none(
    harness: Harness, level: tuple[Decimal, Decimal]
) -> None:
    shows_books(harness, lambda book: replace(book, bids=(level,), asks=(level,)))
    assert "Nothing was filled" in (await confirmed(await newcomer(harness), "buy 0.01 btc sl 3%")).text


async def test_nothing_is_filled_while_the_book_is_crossed(harness: Harness) -> None:
    shows_books(harness, lambda book: replace(book, bids=book.asks, asks=book.bids))
    anna = await newcomer(harness)
    assert "✅" not in (await confirmed(anna, "buy 0.01 btc sl 3%")).text
    assert not await harness.rows("paper_fills")


async def test_a_position_off_the_step_of_today_can_be_closed(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy 0.011 btc sl 3%")
    changes_rules(harness, qty_step=Decimal("0.01"), min_order_qty=Decimal("0.01"))
    card = await said(anna, "/close btc")
    await anna.press(f"Close 0.011{NBSP}BTC", bubble=card)
    await until(lambda: "after all fees" in anna.last.text, what="the close")
    assert f"closed 0.011{NBSP}BTC" in anna.last.text


async def test_a_fill_is_counted_though_the_clock_was_set_back(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy 0.01 btc sl 3%")
    harness.clock.millis -= 3_600_000
    card = await said(anna, "/close btc")
    await anna.press("Close 0.01", bubble=card)
    await until(lambda: "after all fees" in anna.last.text, what="what it brought", limit=15)


async def test_an_entry_without_a_price_is_told_so(harness: Harness) -> None:
    anna = await newcomer(harness)
    card = await said(anna, "buy 0.01 btc sl 3%")
    harness.clock.advance(2)
    harness.bybit.refused_paths["/v5/market/orderbook"] = 10016
    await anna.press("✓", bubble=card)
    await until(lambda: "no price within a second" in anna.last.text, what="the reason")


async def test_a_close_while_bybit_is_silent_is_tried_until_it_answers(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy 0.01 btc sl 3%")
    card = await said(anna, "/close btc")
    harness.clock.advance(2)
    harness.bybit.trouble = ExchangeDown("silent")
    await anna.press("Close 0.01", bubble=card)
    await until(lambda: "not closed yet" in anna.last.text, what="the truth")
    harness.bybit.trouble = None
    harness.clock.advance(10)
    await until(lambda: "after all fees" in anna.last.text, what="the close", limit=15)


async def test_a_panic_while_bybit_is_silent_is_over_soon_after_it_answers(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy 0.01 btc sl 3%")
    harness.clock.advance(2)
    harness.bybit.trouble = ExchangeDown("silent")
    card = await said(anna, "/panic now")
    assert "flat" not in card.text.lower()
    harness.bybit.trouble = None
    harness.clock.advance(10)
    await until(lambda: "Flat" in anna.last.text, what="flat", limit=15)


async def test_a_close_into_an_empty_book_is_never_called_refused(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy 0.01 btc sl 3%")
    shows_books(harness, lambda book: replace(book, bids=(), asks=()))
    harness.clock.advance(2)
    card = await said(anna, "/close btc")
    await anna.press("Close 0.01", bubble=card)
    await until(lambda: "Nobody offers anything" in anna.last.text, what="the truth")
    assert "not closed yet" in anna.last.text


async def test_a_close_of_what_is_gone_says_that_nothing_is_open(harness: Harness) -> None:
    anna = await newcomer(harness)
    await confirmed(anna, "buy btc 5000$ x50 no stop")
    card = await said(anna, "/close btc")
    await harness.move("BTCUSDT", "60000.00")
    assert "Nothing is open" in (await anna.press("Close 0.077", bubble=card)).text
