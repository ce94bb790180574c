"""Prices, order books, symbols: what stands on the card."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from harness.bot_api import visible
from harness.bybit import FakeBybit
from harness.fakes import FakeClock
from harness.viewers import NOW, datas, known, labels, viewer

from bot.domain.ids import Symbol, UserId
from bot.domain.market import Category, OrderBook
from bot.domain.symbol_names import FoundSymbol
from bot.domain.users import Language
from bot.services.instruments import WithInstruments
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.market.views import book_card, price_card, sparkline, symbols_card
from handlers.views.symbols import base_of, quote_of

BTC = Symbol("BTCUSDT")
BTC_PERP = FoundSymbol(symbol=BTC)
D = Decimal


@pytest.fixture
def bybit() -> FakeBybit:
    return FakeBybit(FakeClock(millis=NOW))


async def price(bybit: FakeBybit, symbol: Symbol = BTC) -> Any:
    card = PriceCard(ticker=await bybit.ticker(symbol), klines=await bybit.klines(symbol, "60"))
    return known(card)


async def test_a_price(bybit: FakeBybit) -> None:
    card = price_card(viewer(), BTC_PERP, await price(bybit))
    lines = visible(card.text).replace("\u00a0", " ").splitlines()
    assert lines[:2] == ["BTCUSDT · 64,210.50 USDT", "▲ +1.23% in 24 h"]
    assert lines[2].endswith(" 24 h")
    assert len(lines[2]) == 29
    for words in ("Bid", "Ask", "High 24 h", "1.23B USDT", "+0.0100%", "3 h 12 min", "just now"):
        assert words in "\n".join(lines)
    assert labels(card) == [
        ["Buy", "Sell"],
        ["🔔 Alert", "☆ Favorite"],
        ["ETH", "SOL", "Symbols"],
        ["Chart", "Order book"],
        ["↻ Refresh", "Menu"],
    ]


async def test_a_price_in_a_group_has_no_way_into_anything_private(bybit: FakeBybit) -> None:
    card = price_card(viewer(owner=UserId(1001)), BTC_PERP, await price(bybit))
    assert datas(card) == ["v1:px:BTCUSDT@1001"]


async def test_a_falling_price_says_so_without_color(bybit: FakeBybit) -> None:
    shown = await price(bybit)
    ticker = shown.value.value.ticker
    falling = PriceCard(ticker=replace(ticker, price_24h_change=D("-0.05")), klines=None)
    text = visible(price_card(viewer(), BTC_PERP, known(falling)).text)
    assert "▼ −5.00%" in text
    assert "▁" not in text


def test_no_price_yet() -> None:
    nothing: Shown[WithInstruments[PriceCard]] = Shown(None)
    assert "BTCUSDT" in price_card(viewer(), BTC_PERP, nothing).text


async def test_a_book(bybit: FakeBybit) -> None:
    card = book_card(viewer(), BTC_PERP, known(await bybit.order_book(BTC)))
    lines = visible(card.text).replace("\u00a0", " ").splitlines()
    assert lines[1].split() == ["Ask", "BTC", "Sum"]
    assert len(lines) == 21, "eight levels a side, a head above each, the spread, the title, the age"
    assert lines[9].split() == ["64,210.60", "0.25", "█", "0.25"], "the best seller stands next to the best buyer"
    assert lines[10].split() == ["Bid", "BTC", "Sum"]
    assert lines[11].split() == ["64,210.50", "1.50", "█", "1.50"]
    assert lines[18].split() == ["64,209.80", "8.50", "██████", "40.00"], "all that stands down to here"
    assert "Spread 0.10 USDT (0.000156%)" in lines
    assert len({len(line) for line in lines[1:19]}) == 1


async def test_a_book_of_many_cheap_coins_is_told_at_a_glance() -> None:
    levels = tuple((D("0.0118765") + D("0.0000001") * each, D(9_876_500)) for each in range(8))
    pepe = Symbol("1000PEPEUSDT")
    units = {Language.ENGLISH: "thousands", Language.RUSSIAN: "тысячах", Language.UKRAINIAN: "тисячах"}
    for language, unit in units.items():
        book = OrderBook(category=Category.LINEAR, symbol=pepe, bids=levels, asks=levels, as_of=NOW)
        card = book_card(viewer(language), FoundSymbol(symbol=pepe), known(book))
        lines = visible(card.text).replace("\u00a0", " ").splitlines()
        sizes = ("9,876.5", "19,753.0") if language is Language.ENGLISH else ("9 876.5", "19 753.0")
        assert lines[8].startswith("0.0118766"), lines
        assert all(each in lines[8] for each in sizes), lines
        assert "█" in lines[8]
        assert unit in lines[19]
        assert max(map(len, lines[1:19])) <= 30


def test_an_empty_book() -> None:
    empty = OrderBook(category=Category.LINEAR, symbol=BTC, bids=(), asks=(), as_of=NOW)
    assert "Nobody is buying" in book_card(viewer(), BTC_PERP, known(empty)).text


async def test_symbols_in_pages(bybit: FakeBybit) -> None:
    bybit.symbols = {f"C{number:02}USDT": "1.5" for number in range(20)}
    card = symbols_card(viewer(), Category.LINEAR, known(await bybit.board(Category.LINEAR)), 2)
    lines = visible(card.text).splitlines()
    assert lines[0] == "Perpetuals · 20 symbols, by turnover in 24 h"
    assert lines[2].startswith("C18USDT")
    assert "page 3 of 3" in lines
    assert labels(card) == [
        ["C18", "C19"],
        ["« 1", "‹ 2"],
        ["• Perpetuals", "Spot"],
        ["↻ Refresh", "Menu"],
    ]


async def test_spot_has_buttons_to_the_price_of_the_pair(bybit: FakeBybit) -> None:
    card = symbols_card(viewer(), Category.SPOT, known(await bybit.board(Category.SPOT)))
    assert labels(card)[:2] == [["BTC", "ETH"], ["DOGE", "ETH/BTC"]]
    assert datas(card)[:4] == ["v1:spx:BTCUSDT", "v1:spx:ETHUSDT", "v1:spx:DOGEUSDT", "v1:spx:ETHBTC"]


@pytest.mark.parametrize("language", list(Language))
async def test_no_line_is_wider_than_a_phone(bybit: FakeBybit, language: Language) -> None:
    who = viewer(language)
    cards = (
        price_card(who, BTC_PERP, await price(bybit)),
        book_card(who, BTC_PERP, known(await bybit.order_book(BTC))),
    )
    for card in cards:
        assert max(len(line) for line in visible(card.text).splitlines()) <= 40


@pytest.mark.parametrize(
    ("symbol", "base", "quote"),
    [
        ("BTCUSDT", "BTC", "USDT"),
        ("ETHUSDC", "ETH", "USDC"),
        ("BTCPERP", "BTC", "USDC"),
        ("ETHBTC", "ETH", "BTC"),
        ("BTC", "BTC", ""),
        ("WHAT", "WHAT", ""),
    ],
)
def test_coins_of_a_symbol(symbol: str, base: str, quote: str) -> None:
    assert (base_of(symbol), quote_of(symbol)) == (base, quote)


def test_a_sparkline() -> None:
    assert sparkline([D(1), D(2), D(3), D(8)]) == "▁▂▃█"
    assert sparkline([D(5)] * 3) == "▁▁▁"
    assert sparkline([D(5)]) == "▁"
