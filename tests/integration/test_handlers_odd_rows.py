"""What people see of what Bybit leaves out, writes oddly or refuses: the rest stands, the odd is named."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from harness.app import KEY_ID, SECRET, Harness, said
from harness.storage import execution, order, position
from harness.waiting import until

from bot.domain.accounts import AccountType
from bot.domain.market import Category
from bot.domain.users import Language


async def lines(harness: Harness, command: str) -> list[str]:
    """The answer to a command, without what the cache holds."""
    harness.assembly.reads.invalidate_user_caches(harness.person().user_id)
    harness.clock.advance(60)
    return (await said(harness.person(), command)).text.splitlines()


async def test_a_position_that_cannot_be_read_is_named_and_hides_no_other(harness: Harness) -> None:
    harness.bybit.positions = (position("BTCUSDT"), position("ETHUSDT"))
    await harness.demo_account(harness.person())
    for odd in product(("size", "side", "positionIdx"), ("", None, ..., "odd")):
        harness.bybit.odd = {"ETHUSDT": dict([odd])}
        shown = await lines(harness, "/positions")
        assert "⚠️ 1 position can't be read: ETHUSDT. It stands at Bybit: look there." in shown, odd
        assert any(line.startswith("1 open") for line in shown), odd
        assert any(line.startswith("BTCUSDT") for line in shown), odd


async def test_an_account_whose_one_position_cannot_be_read_is_not_called_empty(harness: Harness) -> None:
    harness.bybit.positions = (position("ETHUSDT"),)
    harness.bybit.odd = {"ETHUSDT": {"size": None}}
    await harness.demo_account(harness.person())
    shown = await lines(harness, "/positions")
    assert "⚠️ 1 position can't be read: ETHUSDT. It stands at Bybit: look there." in shown
    assert "No open positions in USDT perpetuals." not in shown


@pytest.mark.parametrize("value", ["", None, ...])
async def test_what_bybit_does_not_say_of_a_position_is_a_dash(harness: Harness, value: Any) -> None:
    harness.bybit.positions = (position("BTCUSDT"),)
    harness.bybit.odd = {"BTCUSDT": dict.fromkeys(("avgPrice", "markPrice", "positionValue", "unrealisedPnl"), value)}
    await harness.demo_account(harness.person())
    shown = await lines(harness, "/positions")
    shown = [line.replace("\u00a0", " ") for line in shown]
    assert "1 open · ? – not told" in shown
    assert "0.5 BTC, the mark price is not told" in shown
    assert "? – not told · ROI –" in shown
    assert any(line.split() == ["Entry", "–"] for line in shown)
    assert not any("can't be read" in line for line in shown)


async def test_a_stop_that_cannot_be_read_is_not_called_none(harness: Harness) -> None:
    harness.bybit.positions = (position("BTCUSDT", take_profit=None),)
    harness.bybit.odd = {"BTCUSDT": {"stopLoss": "soon"}}
    await harness.demo_account(harness.person())
    for shown in (await lines(harness, "/positions"), await lines(harness, "/positions")):  # of Bybit, then of the rows
        (stop,) = [line for line in shown if line.startswith("Stop")]
        assert stop.rstrip().endswith("–")
        assert not [line for line in shown if "No stop" in line or line.startswith("Target")]


async def test_the_unreadable_are_named_after_a_restart_too(harness: Harness) -> None:
    harness.bybit.positions, harness.bybit.orders = (position("ETHUSDT"),), (order(symbol="ETHUSDT"),)
    harness.bybit.odd = {"ETHUSDT": {"side": "odd"}}
    await harness.demo_account(harness.person())
    await lines(harness, "/positions")
    await lines(harness, "/orders")
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    rows = harness.assembly.storage.account_queries
    positions = await until(lambda: rows.positions(account.account_id), what="rows of positions")
    orders = await until(lambda: rows.orders(account.account_id), what="rows of orders")
    assert (positions.unreadable, positions.is_flat, orders.unreadable) == (("ETHUSDT",), False, ("ETHUSDT",))


async def test_spot_orders_and_fills_stand_beside_those_of_perpetuals(harness: Harness) -> None:
    spot = {"category": Category.SPOT}
    harness.bybit.orders = (order("o-1"), order("o-2", symbol="ETHUSDT", **spot))
    harness.bybit.fills = (execution("e-1"), execution("e-2", symbol="ETHUSDT", fee_currency="ETH", **spot))
    await harness.demo_account(harness.person())
    orders, trades = await lines(harness, "/orders"), await lines(harness, "/fills")
    assert "2 open orders" in orders
    assert [line.count("Spot") for line in orders if line.startswith("ETHUSDT")] == [1]
    assert not any("Spot" in line for line in orders if line.startswith("BTCUSDT"))
    assert [line.count("Spot") for line in trades if " ETH " in line] == [1]
    assert not any("Spot" in line for line in trades if " BTC " in line)


async def test_a_key_without_spot_shows_what_it_may_and_says_so(harness: Harness) -> None:
    harness.bybit.orders, harness.bybit.fills = (order("o-1"),), (execution("e-1"),)
    harness.bybit.codes = {("/v5/order/realtime", "spot"): 10005, ("/v5/execution/list", "spot"): 10005}
    await harness.demo_account(harness.person())
    for command in ("/orders", "/fills"):
        shown = await lines(harness, command)
        assert any(line.startswith("⚠️ Without spot: this key may not read it.") for line in shown)
        assert any("BTC" in line for line in shown)


@pytest.mark.parametrize("command", ["/balance", "/positions", "/orders", "/fills"])
async def test_an_answer_that_cannot_be_read_has_its_own_sentence(harness: Harness, command: str) -> None:
    await harness.demo_account(harness.person())
    harness.bybit.statuses = dict.fromkeys(
        ("/v5/account/wallet-balance", "/v5/position/list", "/v5/order/realtime", "/v5/execution/list"), 200
    )
    text = "\n".join(await lines(harness, command))
    assert "Bybit answered, but I could not read the answer." in text
    assert "does not answer" not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [(Language.RUSSIAN, "прочитать ответ не получилось"), (Language.UKRAINIAN, "прочитати відповідь не вдалося")],
)
async def test_it_is_said_in_every_language(harness: Harness, language: Language, words: str) -> None:
    anna = harness.person(language=language)
    await anna.say("/start")
    harness.bybit.statuses = {"/v5/market/tickers": 200}
    harness.assembly.reads.invalidate_user_caches(anna.user_id)
    assert words in (await said(anna, "/symbols")).text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10009, "it is a matter of the region (code 10009), not of your key"),
        (10024, "Bybit has restricted this account (code 10024)"),
        (110067, "This is not available for your type of Bybit account (code 110067)"),
    ],
)
async def test_a_refusal_of_the_region_is_not_called_a_refusal_of_the_key(
    harness: Harness, code: int, words: str
) -> None:
    await harness.demo_account(harness.person())
    harness.bybit.codes = {("/v5/position/list", "linear"): code, ("/v5/market/tickers", "spot"): code}
    for command in ("/positions", "/symbols spot"):
        text = "\n".join(await lines(harness, command))
        assert words in text
        assert "does not accept the key" not in text


async def test_a_classic_account_is_connected_with_a_warning_and_the_cure(harness: Harness) -> None:
    harness.bybit.of_key = {"uta": 0, "isMaster": False, "type": 2}
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    text = (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text
    assert "The account is not a unified one" in text
    assert "Upgrade to Unified Trading Account" in text
    assert "It is a subaccount." in text
    check = (await harness.assembly.reads.credentials((await harness.config()).accounts[-1].account_id)).check  # type: ignore[union-attr]  # it was just stored
    assert check is not None
    assert (check.is_unified, check.is_master, check.key_kind) == (False, False, 2)


async def test_a_demo_key_is_connected_though_demo_refuses_to_tell_its_rights(harness: Harness) -> None:
    harness.bybit.codes = {("/v5/user/query-api", ""): 10032}
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    text = (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text
    assert "Bybit Demo is connected" in text
    assert "does not say what this key may do" in text
    assert "Account value" in "\n".join(await lines(harness, "/balance demo"))
    harness.bybit.codes = {("/v5/user/query-api", ""): 10032, ("/v5/account/info", ""): 10003}
    assert "connected" not in (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text, "one that it does not know"


async def test_a_new_listing_has_a_price_before_it_has_a_day(harness: Harness) -> None:
    harness.bybit.odd = {
        "BTCUSDT": {"highPrice24h": "", "lowPrice24h": "", "price24hPcnt": "", "volume24h": "", "turnover24h": ""}
    }
    shown = await lines(harness, "/price btc")
    assert any("64,210.50" in line for line in shown)
    assert any("– not told" in line for line in shown)
    assert Decimal("64210.50") == Decimal(harness.bybit.symbols["BTCUSDT"])
