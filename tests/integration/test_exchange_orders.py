"""Orders at Bybit by the adapter: bodies as documented, each sent once, and what every kind of answer becomes."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from harness.exchange import (
    API_SECRET,
    Got,
    Script,
    account,
    connected,
    drop,
    ok,
    raw,
    refusal,
    scripted_bybit,
)

from bot.domain.accounts import AccountType
from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeError,
    ExchangeRejected,
    ExchangeRestricted,
    KeyTrouble,
    NotSent,
    OutcomeUnknown,
    RetryLater,
)
from bot.domain.ids import DAY, Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    OrderRequest,
    PositionMode,
    TimeInForce,
    TradingStop,
    TriggerBy,
    TriggerDirection,
)
from bot.domain.portfolio import OrderType, Side
from bot.exchange.budget import Limits
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.bybit.transport import Timeouts

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "bybit" / "endpoints.json"
BTC, LINK = Symbol("BTCUSDT"), OrderLinkId("p0123456789-aaaaaaaaaaaaaaaaaaaa")
ENTRY = OrderRequest(
    order_link_id=LINK,
    category=Category.LINEAR,
    symbol=BTC,
    position_idx=0,
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    qty=Decimal("0.0310"),
    price=Decimal("64210.50"),
    time_in_force=TimeInForce.IOC,
    stop_loss=Decimal("6.2E+4"),
    sl_trigger_by=TriggerBy.MARK,
    take_profit=Decimal(66000),
)
CLOSE = replace(
    ENTRY, side=Side.SELL, order_type=OrderType.MARKET, qty=Decimal(0), price=None, stop_loss=None, take_profit=None,
    reduce_only=True, close_on_trigger=True, position_idx=1,
)  # fmt: skip
AMEND = AmendRequest(
    category=Category.LINEAR, symbol=BTC, target_link_id=LINK, price=Decimal(64000), stop_loss=Decimal(0)
)
CANCEL = CancelRequest(category=Category.LINEAR, symbol=BTC, order_id="o-1", target_link_id=LINK)
STOP = TradingStop(
    category=Category.LINEAR,
    symbol=BTC,
    position_idx=2,
    stop_loss=Decimal(62000),
    sl_trigger_by=TriggerBy.LAST,
    take_profit=Decimal(0),
    tp_trigger_by=TriggerBy.MARK,
)
LEVERAGE = LeverageRequest(category=Category.LINEAR, symbol=BTC, leverage=Decimal("3.50"))
TAKEN = ok({"orderId": "o-1", "orderLinkId": LINK})
EMPTY = ok({"list": [], "nextPageCursor": ""})
ORDER = {"symbol": "BTCUSDT", "orderId": "o-1", "orderLinkId": LINK, "positionIdx": 0, "side": "Buy", "qty": "1"}


async def write(bybit: Bybit, request: Any) -> Any:
    """The gateway's method for a request of that kind."""
    orders, whose = bybit.orders, account(account_type=AccountType.DEMO)
    match request:
        case OrderRequest():
            return await orders.create(whose, request)
        case AmendRequest():
            return await orders.amend(whose, request)
        case CancelRequest():
            return await orders.cancel(whose, request)
        case TradingStop():
            return await orders.set_trading_stop(whose, request)
        case _:
            return await orders.set_leverage(whose, request)


async def sent(request: Any) -> Got:
    """The one call that such a write makes."""
    async with scripted_bybit(always=TAKEN) as server, connected(server.url) as bybit:
        await write(bybit, request)
    (call,) = server.asked
    return call


def rejection_of(code: int) -> Script:
    return refusal(code, "words")


# --- what is sent ---------------------------------------------------------------------------------------------

BODIES = {
    "entry": (ENTRY, "order/create", {
        "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.031",
        "price": "64210.5", "timeInForce": "IOC", "positionIdx": 0, "orderLinkId": LINK, "tpslMode": "Full",
        "stopLoss": "62000", "slTriggerBy": "MarkPrice", "takeProfit": "66000", "tpTriggerBy": "LastPrice",
    }),
    "close": (CLOSE, "order/create", {
        "category": "linear", "symbol": "BTCUSDT", "side": "Sell", "orderType": "Market", "qty": "0",
        "positionIdx": 1, "orderLinkId": LINK, "reduceOnly": True, "closeOnTrigger": True,
    }),
    "conditional": (
        replace(
            ENTRY, stop_loss=None, take_profit=None, time_in_force=TimeInForce.GTC, trigger_price=Decimal(65000),
            trigger_direction=TriggerDirection.RISES, trigger_by=TriggerBy.INDEX,
        ),
        "order/create",
        {
            "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.031",
            "price": "64210.5", "timeInForce": "GTC", "positionIdx": 0, "orderLinkId": LINK, "triggerPrice": "65000",
            "triggerDirection": 1, "triggerBy": "IndexPrice",
        },
    ),
    "amend": (AMEND, "order/amend", {
        "category": "linear", "symbol": "BTCUSDT", "orderLinkId": LINK, "price": "64000", "tpslMode": "Full",
        "stopLoss": "0", "slTriggerBy": "LastPrice",
    }),
    "cancel": (CANCEL, "order/cancel", {"category": "linear", "symbol": "BTCUSDT", "orderId": "o-1"}),
    "stop": (STOP, "position/trading-stop", {
        "category": "linear", "symbol": "BTCUSDT", "tpslMode": "Full", "positionIdx": 2, "stopLoss": "62000",
        "slTriggerBy": "LastPrice", "takeProfit": "0", "tpTriggerBy": "MarkPrice",
    }),
    "leverage": (LEVERAGE, "position/set-leverage", {
        "category": "linear", "symbol": "BTCUSDT", "buyLeverage": "3.5", "sellLeverage": "3.5",
    }),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "path", "body"), BODIES.values(), ids=BODIES)
async def test_a_write_is_one_signed_post_in_the_words_of_the_documentation(
    request_: Any, path: str, body: dict[str, Any]
) -> None:
    call = await sent(request_)
    assert (call.method, call.path, call.query) == ("POST", f"/demo/v5/{path}", "")
    assert json.loads(call.body) == body
    assert call.has_hmac_of(API_SECRET)
    assert call.headers.get("cdn-request-id", "") == (LINK if path == "order/create" else "")
    if REFERENCE.exists():
        page = next(each for each in json.loads(REFERENCE.read_text()).values() if each["path"] == f"/v5/{path}")
        documented = {each["name"]: each["type"] for each in page["request"]}
        assert {each["name"] for each in page["request"] if each["required"]} <= body.keys()
        types = {"string": str, "integer": int, "boolean": bool}
        assert all(type(value) is types[documented[name]] for name, value in body.items())


async def test_an_accepted_create_says_the_exchanges_id() -> None:
    async with scripted_bybit(always=TAKEN) as server, connected(server.url) as bybit:
        acknowledged = await write(bybit, ENTRY)
    assert (acknowledged.order_id, acknowledged.order_link_id) == ("o-1", LINK)


async def test_spot_is_not_traded_and_nothing_is_sent() -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeRejected):
            await write(bybit, replace(ENTRY, category=Category.SPOT))
    assert not server.asked


# --- nothing is sent twice, and nothing unknown is called a no ---------------------------------------------------


@pytest.mark.parametrize("request_", [ENTRY, CANCEL, STOP, LEVERAGE, AMEND])
async def test_a_post_whose_connection_drops_is_unknown_and_not_repeated(request_: Any) -> None:
    async with scripted_bybit(always=drop) as server, connected(server.url) as bybit:
        with pytest.raises(OutcomeUnknown):
            await write(bybit, request_)
    assert len(server.asked) == 1


HTML = raw(b"<html>502</html>", status=502, content_type="text/html")
OUTCOMES: list[tuple[Any, Script, type[ExchangeError]]] = [
    *((ENTRY, rejection_of(code), OutcomeUnknown) for code in (429, 10000, 10006, 10016, 10019, 10429, 110079, 999999)),
    (ENTRY, HTML, OutcomeUnknown),
    (ENTRY, raw(b"{", status=200), OutcomeUnknown),
    (ENTRY, raw(b"", status=429), OutcomeUnknown),
    (ENTRY, ok({"orderLinkId": LINK}), OutcomeUnknown),  # taken, and by which id is not said
    (ENTRY, rejection_of(110007), ExchangeRejected),
    (ENTRY, rejection_of(110072), ExchangeRejected),
    (ENTRY, rejection_of(10003), KeyTrouble),
    (ENTRY, rejection_of(10010), ExchangeRestricted),  # perhaps our address
    (ENTRY, rejection_of(110132), ExchangeRestricted),
    (ENTRY, raw(b"access too frequent", status=403), ExchangeRestricted),
    (CANCEL, rejection_of(10006), RetryLater),
    (CANCEL, rejection_of(110001), ExchangeRejected),
    (CANCEL, HTML, OutcomeUnknown),
    (STOP, rejection_of(34040), ExchangeRejected),
]


@pytest.mark.parametrize(("request_", "answer", "wanted"), OUTCOMES)
async def test_an_answer_becomes_what_is_known_of_the_outcome(
    request_: Any, answer: Script, wanted: type[ExchangeError]
) -> None:
    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeError) as caught:
            await write(bybit, request_)
    assert type(caught.value) is wanted
    assert len(server.asked) == 1


async def test_a_leverage_that_stands_already_is_set() -> None:
    async with scripted_bybit(always=rejection_of(110043)) as server, connected(server.url) as bybit:
        await write(bybit, LEVERAGE)
    assert len(server.asked) == 1


async def test_a_missed_time_window_is_a_no_after_the_clock_was_read_anew() -> None:
    async with scripted_bybit(always=rejection_of(10002)) as server, connected(server.url) as bybit:
        with pytest.raises(ClockTrouble):
            await write(bybit, ENTRY)
        assert bybit.pipeline.server_time.measurements == 2
    assert len(server.asked) == 1


async def test_without_a_connection_nothing_was_sent() -> None:
    async with scripted_bybit() as server:
        pass  # and gone
    async with connected(server.url, timeouts=Timeouts(connect=0.5)) as bybit:
        with pytest.raises(NotSent):
            await write(bybit, CLOSE)


# --- admissions -----------------------------------------------------------------------------------------------


async def test_a_write_takes_the_place_of_its_admission_and_a_second_one_its_own() -> None:
    whose, limits = account(account_type=AccountType.DEMO), Limits(ip_rate=0.001, ip_burst=5)
    async with scripted_bybit(always=TAKEN) as server, connected(server.url, limits=limits) as bybit:
        assert not bybit.orders.has_room(whose, ENTRY), "no client yet, and no clock"
        async with bybit.orders.admission(whose, ENTRY):  # three calls were for the clock
            assert bybit.orders.has_room(whose, CANCEL), "one is left for another"
            await bybit.orders.create(whose, ENTRY)
            await bybit.orders.cancel(whose, CANCEL)
        assert not bybit.orders.has_room(whose, ENTRY)
        with pytest.raises(NotSent):
            async with bybit.orders.admission(whose, ENTRY):
                pass
    assert [got.path for got in server.asked] == ["/demo/v5/order/create", "/demo/v5/order/cancel"]


async def test_a_place_that_was_not_used_is_given_back() -> None:
    whose, limits = account(account_type=AccountType.DEMO), Limits(ip_rate=0.001, ip_burst=4)
    async with scripted_bybit(always=TAKEN) as server, connected(server.url, limits=limits) as bybit:
        async with bybit.orders.admission(whose, ENTRY):
            assert not bybit.orders.has_room(whose, CANCEL)
        assert bybit.orders.has_room(whose, CANCEL)
        await bybit.orders.cancel(whose, CANCEL)


async def test_an_entry_waits_for_a_clock_that_is_known_and_an_exit_does_not() -> None:
    whose = account(account_type=AccountType.DEMO)
    async with scripted_bybit(always=TAKEN) as server, connected(server.url) as bybit:
        server.times = [rejection_of(10016)] * 6
        with pytest.raises(NotSent, match="clock"):
            await bybit.orders.create(whose, ENTRY)
        await bybit.orders.create(whose, CLOSE)
        assert not bybit.orders.has_room(whose, ENTRY)
        await bybit.orders.create(whose, ENTRY)  # it is measured anew
        assert bybit.orders.has_room(whose, ENTRY)
    assert len(server.asked) == 2


async def test_a_ban_between_admission_and_write_is_not_sent() -> None:
    whose = account(account_type=AccountType.DEMO)
    async with scripted_bybit(always=TAKEN) as server, connected(server.url) as bybit:
        async with bybit.orders.admission(whose, ENTRY):
            bybit.pipeline.budget.ban()
            with pytest.raises(NotSent):
                await bybit.orders.create(whose, ENTRY)
        assert not bybit.orders.has_room(whose, ENTRY)
    assert not server.asked


# --- reads that judge -----------------------------------------------------------------------------------------


async def found(*answers: Script) -> Any:
    """What find_order makes of those answers, and the paths that it asked."""
    async with scripted_bybit(then=list(answers), always=EMPTY) as server, connected(server.url) as bybit:
        value = await bybit.orders.find_order(account(), BTC, LINK)
    for got in server.asked:
        assert parse_qs(got.query) == {"category": ["linear"], "symbol": ["BTCUSDT"], "orderLinkId": [LINK]}
    return value, [got.path.removeprefix("/v5/") for got in server.asked]


PLACES = ["order/realtime", "order/history", "execution/list"]


async def test_an_order_is_looked_for_in_three_places_and_taken_from_the_first() -> None:
    more = {
        **ORDER, "orderStatus": "Cancelled", "cancelType": "CancelByUser", "createType": "CreateByUser",
        "avgPrice": "64000.5", "cumExecQty": "0.4", "triggerBy": "UNKNOWN", "rejectReason": "EC_NoError",
        "parentOrderLinkId": "p-parent",
    }  # fmt: skip
    value, paths = await found(EMPTY, ok({"list": [more]}))
    assert (value.order_id, value.order_status, value.cum_exec_qty) == ("o-1", "Cancelled", Decimal("0.4"))
    assert (value.create_type, value.cancel_type, value.reject_reason) == ("CreateByUser", "CancelByUser", "")
    assert (value.avg_price, value.trigger_by, value.parent_order_link_id) == (Decimal("64000.5"), "", "p-parent")
    assert paths == PLACES[:2]
    assert await found() == (None, PLACES)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (("Filled", "Filled"), "Filled"),
        (("Filled", "Cancelled"), "Cancelled"),
        (("Cancelled", "Rejected"), "Cancelled"),
        (("New", "Filled"), "PartiallyFilled"),
        (("Filled", "PartiallyFilled"), "PartiallyFilled"),
    ],
)
async def test_a_close_that_bybit_has_split_is_one_order(states: tuple[str, str], state: str) -> None:
    first, second = (
        ORDER | {"orderId": f"o-{at}", "orderStatus": each, "qty": "0.3", "cumExecQty": done, "updatedTime": f"{at}"}
        for at, (each, done) in enumerate(zip(states, ("0.1", "0.3"), strict=True), 1)
    )
    rows = [first | {"avgPrice": "64000"}, second | {"avgPrice": "64400"}]
    older = rows[1] | {"updatedTime": "1", "cumExecQty": "0.2"}  # the same row, from another page
    value, _ = await found(ok({"list": [*rows, older]}))
    assert (value.order_status, value.qty, value.cum_exec_qty) == (state, Decimal("0.6"), Decimal("0.4"))
    assert value.avg_price == Decimal(64300)


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize(
    "failure",
    [
        rejection_of(10016),
        HTML,
        ok({"list": [{"orderLinkId": LINK}]}),  # it may be the one
        ok({"list": [ORDER | {"orderLinkId": "p-other", "execId": "e", "execQty": "1"}]}),  # to another question
        ok({}),  # no list
    ],
)
async def test_a_failing_place_is_no_answer(failing: int, failure: Script) -> None:
    answers = [EMPTY] * failing + [failure] * 2
    with pytest.raises(ExchangeError):
        await found(*answers)


async def test_fills_without_their_order_are_no_order_yet() -> None:
    fill = {"symbol": "BTCUSDT", "execId": "e", "orderLinkId": LINK, "side": "Buy", "execQty": "1"}
    with pytest.raises(ExchangeDown, match="in no list yet"):
        await found(EMPTY, EMPTY, ok({"list": [fill]}))


def fill_at(number: int, moment: int) -> dict[str, Any]:
    return {"symbol": "BTCUSDT", "execId": f"e{number}", "side": "Buy", "execQty": "1", "execTime": str(moment)}


async def test_executions_are_read_in_weeks_with_all_their_pages() -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        now = server.clock.now()
        since = Millis(now - 10 * DAY)
        server.then = [
            ok({"list": [fill_at(3, since + 9), fill_at(2, since + 5)], "nextPageCursor": "c"}),
            ok({"list": [fill_at(2, since + 5), fill_at(1, since + 5)], "nextPageCursor": ""}),
            ok({"list": [fill_at(4, since + 8 * DAY)], "nextPageCursor": ""}),
        ]
        fills = await bybit.orders.executions_since(account(), since)
    assert [each.exec_id for each in fills] == ["e1", "e2", "e3", "e4"]
    queries = [parse_qs(got.query) for got in server.asked]
    starts = [int(query["startTime"][0]) for query in queries]
    assert (starts, [query.get("cursor") for query in queries]) == (
        [since, since, since + 7 * DAY],
        [None, ["c"], None],
    )
    assert {query["settleCoin"][0] for query in queries} == {"USDT"}


async def test_demo_is_not_asked_about_what_it_does_not_keep() -> None:
    async with scripted_bybit(always=EMPTY) as server, connected(server.url) as bybit:
        assert await bybit.orders.executions_since(account(account_type=AccountType.DEMO), Millis(0)) == ()
        now = server.clock.now()
    assert len(server.asked) == 1
    assert int(parse_qs(server.asked[0].query)["startTime"][0]) + 7 * DAY > now + 1_000  # fills of just now are within


async def test_lists_that_orders_are_judged_by_are_read_beyond_a_short_page() -> None:
    row = {"symbol": "BTCUSDT", "positionIdx": 0, "side": "Buy", "size": "1", "breakEvenPrice": "64001.5", "seq": 7}
    other = row | {"symbol": "ETHUSDT", "seq": -1}
    async with scripted_bybit() as server, connected(server.url) as bybit:
        server.then = [ok({"list": [row], "nextPageCursor": "c"}), ok({"list": [other], "nextPageCursor": ""})]
        positions = await bybit.orders.positions(account())
    assert [(each.symbol, each.seq) for each in positions.items] == [("BTCUSDT", 7), ("ETHUSDT", -1)]
    assert positions.items[0].break_even_price == Decimal("64001.5")


def leg(index: int, leverage: str) -> dict[str, Any]:
    return {"symbol": "BTCUSDT", "positionIdx": index, "side": "", "size": "0", "leverage": leverage}


async def settings_of(mode: str, *legs: dict[str, Any]) -> Any:
    def answer(request: Any) -> Any:
        is_info = request.path.endswith("/info")
        return (ok({"marginMode": mode}) if is_info else ok({"list": list(legs)}))(request)

    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        return await bybit.orders.leg_settings(account(), BTC)


async def test_settings_of_a_symbol_come_of_its_rows_and_the_account() -> None:
    one_way = await settings_of("ISOLATED_MARGIN", leg(0, "3"))
    assert (one_way.position_mode, one_way.margin_mode) == (PositionMode.ONE_WAY, MarginMode.ISOLATED)
    assert (one_way.buy_leverage, one_way.sell_leverage) == (3, 3)
    hedge = await settings_of("REGULAR_MARGIN", leg(2, "5"), leg(1, "2.5"))
    assert (hedge.position_mode, hedge.margin_mode) == (PositionMode.HEDGE, MarginMode.CROSS)
    assert (hedge.buy_leverage, hedge.sell_leverage) == (Decimal("2.5"), 5)


@pytest.mark.parametrize(
    ("mode", "legs", "wanted"),
    [
        ("PORTFOLIO_MARGIN", [leg(0, "")], ExchangeRestricted),  # and no row counts as odd
        ("ISOLATED_MARGIN", [leg(1, "3")], ExchangeDown),
        ("ISOLATED_MARGIN", [], ExchangeDown),
        ("ISOLATED_MARGIN", [leg(0, "")], ExchangeDown),
        ("ISOLATED_MARGIN", [leg(0, "3") | {"symbol": "ETHUSDT"}], ExchangeDown),
    ],
)
async def test_settings_are_not_guessed(mode: str, legs: list[dict[str, Any]], wanted: type[ExchangeError]) -> None:
    with pytest.raises(ExchangeError) as caught:
        await settings_of(mode, *legs)
    assert isinstance(caught.value, wanted)


# --- play money -------------------------------------------------------------------------------------------------


async def test_demo_is_given_play_money_and_live_is_not() -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        await bybit.demo_funds.add_usdt(account(account_type=AccountType.DEMO), Decimal(10_000))
        with pytest.raises(ExchangeRejected):
            await bybit.demo_funds.add_usdt(account(), Decimal(10_000))
    (call,) = server.asked
    assert call.path == "/demo/v5/account/demo-apply-money"
    assert json.loads(call.body) == {"utaDemoApplyMoney": [{"coin": "USDT", "amountStr": "10000"}]}
