"""Which symbol is meant by what people type: spot, coins by name, thousands of a cheap coin, and what is no symbol."""

import pytest
from harness.app import ANNA, Harness, said

from bot.domain.errors import ExchangeDown
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.symbol_names import read_symbol


@pytest.fixture(autouse=True)
def _trading(harness: Harness) -> None:
    harness.bybit.symbols |= {"1000PEPEUSDT": "0.0118765", "TONUSDT": "2.5", "SHIB1000USDT": "0.012"}
    harness.bybit.spot |= {"PEPEUSDT": "0.00001188", "ONLYSPOTUSDT": "1.75", "BTCUSDC": "64190.40"}


TYPED = (
    ("btc", ("BTCUSDT", "64,210.50")),
    ("BTC/USDT", ("BTCUSDT", "64,210.50")),
    ("btcusdt.p", ("BTCUSDT", "64,210.50")),
    ("btc perp", ("BTCUSDT", "64,210.50")),
    ("btc spot", ("BTCUSDT · Spot", "64,200.10")),
    ("BTC/USDT spot", ("BTCUSDT · Spot", "64,200.10")),
    ("биток спот", ("BTCUSDT · Spot", "64,200.10")),
    ("bitcoin", ("BTCUSDT", "64,210.50")),
    ("эфир", ("ETHUSDT", "3,120.25")),
    ("ефір", ("ETHUSDT", "3,120.25")),
    ("$ETH", ("ETHUSDT", "3,120.25")),
    ("pepe", ("PEPE trades here as 1000PEPEUSDT.", "0.0118")),
    ("пепе", ("PEPE trades here as 1000PEPEUSDT.", "0.0118")),
    ("shib", ("SHIB trades here as SHIB1000USDT.", "0.012")),
    ("pepe spot", ("PEPEUSDT · Spot", "0.0000118")),
    ("onlyspot", ("ONLYSPOTUSDT · Spot", "1.75")),
    ("btcusdc", ("BTCUSDC · Spot", "64,190.40")),
    ("ethbtc", ("ETHBTC · Spot", "0.04859")),
    ("b\u200bt\u202ec", ("BTCUSDT", "64,210.50")),
)


@pytest.mark.parametrize("command", ["/price", "/book"])
async def test_what_is_typed_finds_its_symbol(harness: Harness, command: str) -> None:
    for number, (typed, (title, price)) in enumerate(TYPED):
        text = (await said(harness.person(ANNA + number), f"{command} {typed}")).text
        assert text.startswith(title), typed
        assert command == "/book" or price in text, typed


async def test_what_is_no_symbol_suggests_nothing_that_is_unlike_it(harness: Harness) -> None:
    for number, typed in enumerate(["nosuchcoin", "btcspot", "ton-is-best", "zzz", "bitcoins"]):
        bubble = await said(harness.person(ANNA + number), f"/price {typed}")
        assert "does not trade" in bubble.text, typed
        assert bubble.labels[-1] == "Menu", typed
        assert not {"TONUSDT", "BTCUSDT"} & set(bubble.labels), typed


async def test_a_slip_of_a_coin_suggests_the_coin(harness: Harness) -> None:
    assert (await said(harness.person(), "/price dogge")).labels[0] == "DOGEUSDT"
    assert (await said(harness.person(), "/price btcusd")).labels[0] == "BTCUSDT"


async def test_the_list_of_spot_pairs_leads_to_their_prices_and_books(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/symbols spot")
    card = await anna.press("PEPE")
    assert "PEPEUSDT · Spot" in card.text
    assert "Funding" not in card.text
    assert "PEPEUSDT · Spot" in (await anna.press("Refresh")).text
    assert "PEPEUSDT · Spot · order book" in (await anna.press("Order book")).text
    assert "PEPEUSDT · Spot" in (await anna.press("Price")).text
    assert "ETHUSDT · Spot" in (await anna.press("ETH")).text


@pytest.mark.parametrize("code", ["v1:px:NOSUCHUSDT", "v1:bk:NOSUCHUSDT", "v1:spx:SOLUSDT", "v1:sbk:SOLUSDT"])
async def test_a_button_of_what_is_not_traded_any_more_says_so(harness: Harness, code: str) -> None:
    anna = harness.person()
    await said(anna, "/start")
    text = (await anna.tap(code, bubble=anna.last)).text
    assert "Bybit does not trade" in text
    assert "10001" not in text


async def test_names_are_answered_from_the_list_of_what_trades(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/price btc")
    asked = harness.bybit.asked.total()
    for number in range(20):
        await said(anna, f"/price nosuch{number}")
    assert harness.bybit.asked.total() <= asked + 1, "the list of spot pairs was asked for once"


async def test_a_coin_that_is_listed_now_is_found_within_seconds(harness: Harness) -> None:
    anna = harness.person()
    assert "Bybit does not trade" in (await said(anna, "/price newcoin")).text
    harness.bybit.symbols["NEWCOINUSDT"] = "1.5"
    harness.clock.advance(6)
    assert (await said(anna, "/price newcoin")).text.startswith("NEWCOINUSDT")


async def test_what_is_not_listed_is_not_kept_and_takes_no_place(harness: Harness) -> None:
    reads, symbol = harness.assembly.reads, Symbol("NEWCOINUSDT")
    assert await reads.instrument(Category.LINEAR, symbol) is None
    (region,) = [each for each in reads.stats() if each.name == "symbol_info"]
    assert region.size == 0
    harness.bybit.symbols["NEWCOINUSDT"] = "1.5"
    assert await reads.instrument(Category.LINEAR, symbol) is not None


async def test_a_symbol_that_cannot_be_read_is_traded_all_the_same(harness: Harness) -> None:
    harness.bybit.odd = {"ETHUSDT": {"lastPrice": "soon"}}
    assert "⚠️ 1 symbol can't be read: ETHUSDT." in (await said(harness.person(), "/symbols")).text
    text = (await said(harness.person(), "/price eth")).text
    assert "Bybit answered, but I could not read the answer." in text
    assert "does not trade" not in text


async def test_while_bybit_is_silent_a_well_formed_symbol_is_taken_as_it_is(harness: Harness) -> None:
    harness.bybit.trouble = ExchangeDown("down")
    text = (await said(harness.person(), "/price sol spot")).text
    assert "SOLUSDT · Spot" in text
    assert "does not answer" in text


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_another_name_is_said_in_each_language(harness: Harness, language: str) -> None:
    text = (await said(harness.person(language=language), "/price pepe")).text
    assert text.startswith("PEPE ")
    assert "1000PEPEUSDT" in text.splitlines()[0]


def test_a_word_of_the_market_is_not_part_of_the_name() -> None:
    assert read_symbol("btc perp").name == read_symbol("BTC-PERP").name == read_symbol("BTCPERP").name == "BTC"
    assert read_symbol("spot").name == "SPOT"
