"""Answers as Bybit really gives them: both position modes, empty fields, odd orders of rows, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from bot.domain.errors import ExchangeDown
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import OrderType, Side
from bot.exchange.bybit import account_answers, market_answers

NOW = Millis(1_760_000_000_000)
DAY = 86_400_000
BTC = Symbol("BTCUSDT")

LEG: dict[str, Any] = {
    "symbol": "BTCUSDT", "positionIdx": 1, "side": "Buy", "size": "0.05", "avgPrice": "64000", "markPrice": "64500.5",
    "positionValue": "3225.025", "leverage": "10", "liqPrice": "58000.1", "unrealisedPnl": "25.025",
    "takeProfit": "70000", "stopLoss": "", "trailingStop": "0", "createdTime": "1676538056258",
    "updatedTime": "1697673600012",
}  # fmt: skip
ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT", "orderId": "id-1", "orderLinkId": "", "positionIdx": 0, "side": "Sell", "orderType": "Market",
    "orderStatus": "Untriggered", "price": "0", "qty": "0.01", "cumExecQty": "0", "triggerPrice": "60000",
    "stopOrderType": "StopLoss", "timeInForce": "IOC", "reduceOnly": True, "takeProfit": "", "stopLoss": "0.00",
    "createdTime": "1684738540559", "updatedTime": "1684738540561",
}  # fmt: skip
FILL: dict[str, Any] = {
    "symbol": "BTCUSDT", "execId": "e1", "orderId": "id-1", "orderLinkId": "", "side": "Sell", "execType": "Trade",
    "execPrice": "64000.1", "execQty": "0.01", "execValue": "640.001", "execFee": "-0.0128", "feeCurrency": "",
    "isMaker": True, "closedSize": "0.01", "execTime": "1672282722429",
}  # fmt: skip
KEY: dict[str, Any] = {
    "readOnly": 0, "permissions": {"ContractTrade": ["Position", "Order"], "Wallet": [], "Spot": ["SpotTrade"]},
    "ips": ["*"], "deadlineDay": 89, "expiredAt": "2026-05-01T12:00:00Z", "userID": 24617703,
}  # fmt: skip


def test_hedge_mode_gives_both_legs_and_no_empty_one() -> None:
    short = {**LEG, "positionIdx": 2, "side": "Sell", "size": "0.02"}
    empty = {"symbol": "BTCUSDT", "positionIdx": 2, "side": "", "size": "0", "avgPrice": "", "markPrice": ""}
    legs = account_answers.positions([empty, LEG, short, {**empty, "size": ""}], Category.LINEAR, AccountId(1))
    assert [(leg.position_idx, leg.side, leg.size) for leg in legs] == [
        (1, Side.BUY, Decimal("0.05")),
        (2, Side.SELL, Decimal("0.02")),
    ]
    assert legs[0].liquidation_price == Decimal("58000.1")
    assert (legs[0].stop_loss, legs[0].trailing_stop, legs[0].take_profit) == (None, None, Decimal(70000))


@pytest.mark.parametrize("field", ["symbol", "positionIdx", "side", "avgPrice", "markPrice", "createdTime"])
@pytest.mark.parametrize("value", [None, "", 5.5, [], "x y"])
def test_a_leg_that_cannot_be_read_hides_no_other(field: str, value: object) -> None:
    """Better no answer than one with a position missing."""
    with pytest.raises(ExchangeDown, match=field):
        account_answers.positions([LEG, {**LEG, field: value}], Category.LINEAR, AccountId(1))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"size": "-0.05"}, "size"),
        ({"avgPrice": "-1"}, "avgPrice"),
        ({"stopLoss": "-1"}, "stopLoss"),
        ({"positionIdx": 3}, "positionIdx"),
        ({"side": "None"}, "side"),
    ],
)
def test_a_leg_that_cannot_be_is_refused(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ExchangeDown, match=name):
        account_answers.positions([{**LEG, **fields}], Category.LINEAR, AccountId(1))


def test_a_row_that_two_pages_hold_is_one() -> None:
    moved = {**ORDER, "orderStatus": "New"}
    assert [order.order_status for order in account_answers.orders([ORDER, moved], Category.LINEAR)] == ["New"]
    assert len(account_answers.positions([LEG, LEG, {**LEG, "positionIdx": 2}], Category.LINEAR, AccountId(1))) == 2


def test_an_order_without_a_price_is_a_market_order() -> None:
    changes = {"orderId": "id-2", "orderType": "Limit", "price": "63000.5", "stopOrderType": "UNKNOWN"}
    limit = {**ORDER, **changes, "triggerPrice": ""}
    stop, plain = account_answers.orders([ORDER, limit], Category.LINEAR)
    assert (stop.order_type, stop.price, stop.trigger_price) == (OrderType.MARKET, None, Decimal(60000))
    assert (stop.stop_order_type, stop.stop_loss, stop.reduce_only) == ("StopLoss", None, True)
    assert (plain.price, plain.trigger_price, plain.stop_order_type) == (Decimal("63000.5"), None, "")


def test_fills_are_newest_first_and_each_once() -> None:
    late = {**FILL, "execId": "e2", "execTime": "1672282722999"}
    funding = {**FILL, "execId": "e3", "execType": "Funding", "execTime": "1672282700000", "closedSize": ""}
    fills = account_answers.executions([funding, FILL, late, FILL], Category.LINEAR)
    assert [fill.exec_id for fill in fills] == ["e2", "e1", "e3"]
    assert (fills[1].exec_fee, fills[1].fee_currency, fills[1].is_maker) == (Decimal("-0.0128"), "USDT", True)
    assert (fills[2].exec_type, fills[2].closed_size) == ("Funding", 0)


def test_a_wallet_with_isolated_margin_has_no_totals_of_margin() -> None:
    wallet = {"list": [{"totalEquity": "10", "totalWalletBalance": "10", "totalAvailableBalance": "",
                        "totalInitialMargin": "", "totalPerpUPL": "", "coin": []}]}  # fmt: skip
    balance = account_answers.balance(wallet, AccountId(1), NOW)
    assert (balance.total_available, balance.total_initial_margin, balance.total_unrealised_pnl) == (None, None, 0)
    assert balance.as_of == NOW


# --- keys -----------------------------------------------------------------------------------------------------


def test_a_key_bound_to_no_address_expires() -> None:
    check = account_answers.key_check(KEY, NOW)
    assert check.ips == ()
    assert check.permissions == ("ContractTrade:Order", "ContractTrade:Position", "Spot:SpotTrade")
    assert (check.read_only, check.bybit_uid, check.checked_at) == (False, "24617703", NOW)
    assert check.expires_at == 1_777_636_800_000


@pytest.mark.parametrize(
    ("fields", "expires_at"),
    [
        ({"expiredAt": "", "deadlineDay": 5}, NOW + 5 * DAY),
        ({"expiredAt": "1970-01-01T00:00:00Z", "deadlineDay": 7}, NOW + 7 * DAY),
        ({"expiredAt": "1970-01-01T00:00:00Z", "deadlineDay": -2}, None),
        ({"expiredAt": None, "deadlineDay": None}, None),
        ({"expiredAt": "2026-05-01T12:00:00", "deadlineDay": 0}, 1_777_636_800_000),
        ({"expiredAt": "2026-05-01T15:00:00+03:00", "deadlineDay": 0}, 1_777_636_800_000),
    ],
)
def test_when_a_key_expires(fields: dict[str, Any], expires_at: int | None) -> None:
    assert account_answers.key_check({**KEY, **fields}, NOW).expires_at == expires_at


@pytest.mark.parametrize(
    ("ips", "bound"),
    [
        (["*"], ()),
        ([], ()),
        (None, ()),
        (["18.181.170.164", ""], ("18.181.170.164",)),
        (["18.181.170.164", "*"], ()),
    ],
)
def test_which_addresses_a_key_is_bound_to(ips: list[str] | None, bound: tuple[str, ...]) -> None:
    assert account_answers.key_check({**KEY, "ips": ips}, NOW).ips == bound


def test_an_unknown_group_of_rights_shows_up_by_its_name() -> None:
    key = {**KEY, "permissions": {"MoonTrade": ["Everything"]}}
    assert account_answers.key_check(key, NOW).permissions == ("MoonTrade:Everything",)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"permissions": ["Order"]}, "permissions"),
        ({"permissions": {"ContractTrade": "Order"}}, "ContractTrade"),
        ({"permissions": {"ContractTrade": [1]}}, "ContractTrade"),
        ({"ips": [1]}, "ips"),
        ({"expiredAt": "soon"}, "expiredAt"),
        ({"userID": 0}, "userID"),
        ({"readOnly": "no"}, "readOnly"),
    ],
)
def test_a_key_that_cannot_be_read_is_not_guessed(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ExchangeDown, match=name):
        account_answers.key_check({**KEY, **fields}, NOW)


def test_a_long_user_id_is_taken_whole() -> None:
    assert account_answers.key_check({**KEY, "userID": 0, "userIDInt64": "9007199254740993"}, NOW).bybit_uid == (
        "9007199254740993"
    )


# --- markets --------------------------------------------------------------------------------------------------

PERPETUAL: dict[str, Any] = {
    "symbol": "BTCUSDT", "status": "Trading", "baseCoin": "BTC", "quoteCoin": "USDT",
    "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
    "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
    "lotSizeFilter": {"maxOrderQty": "1190.000", "minOrderQty": "0.001", "qtyStep": "0.001",
                      "maxMktOrderQty": "500.000", "minNotionalValue": "5"},
}  # fmt: skip
TICKER: dict[str, Any] = {
    "symbol": "BTCUSDT", "lastPrice": "64000.5", "markPrice": "64001", "indexPrice": "63999", "bid1Price": "64000.4",
    "ask1Price": "", "highPrice24h": "65000", "lowPrice24h": "63000", "price24hPcnt": "-0.0123", "volume24h": "1000",
    "turnover24h": "64000500", "fundingRate": "0.0001", "nextFundingTime": "1760371200000",
}  # fmt: skip


def test_the_rules_of_a_perpetual() -> None:
    rules = market_answers.instrument({"list": [PERPETUAL]}, Category.LINEAR, BTC)
    assert rules is not None
    assert (rules.tick_size, rules.qty_step, rules.max_leverage) == (Decimal("0.10"), Decimal("0.001"), Decimal(100))
    assert (rules.max_order_qty, rules.max_market_order_qty) == (Decimal(1190), Decimal(500))
    assert rules.min_notional == 5


@pytest.mark.parametrize("found", [[], [{**PERPETUAL, "symbol": "ETHUSDT"}]])
def test_a_symbol_that_is_not_in_the_answer_is_unknown(found: list[dict[str, Any]]) -> None:
    assert market_answers.instrument({"list": found}, Category.LINEAR, BTC) is None


def test_a_ticker_of_another_symbol_is_not_taken() -> None:
    with pytest.raises(ExchangeDown, match="ticker of that symbol"):
        market_answers.ticker({"list": [{**TICKER, "symbol": "ETHUSDT"}]}, Category.LINEAR, BTC, NOW)


def test_an_empty_side_of_a_ticker_is_none() -> None:
    ticker = market_answers.ticker({"list": [TICKER]}, Category.LINEAR, BTC, NOW)
    assert (ticker.bid_price, ticker.ask_price) == (Decimal("64000.4"), None)
    assert ticker.price_24h_change == Decimal("-0.0123")
    assert ticker.next_funding_ts == 1760371200000


def test_the_board_holds_what_can_be_traded_here_most_turnover_first() -> None:
    def listed(symbol: str, turnover: str, last: str = "1") -> dict[str, str]:
        return {"symbol": symbol, "lastPrice": last, "price24hPcnt": "", "turnover24h": turnover}

    answer = {
        "list": [
            listed("ETHUSDT", "9.5"), listed("BTCUSDT", "10"), listed("BTCPERP", "99"), listed("BTCUSDT-26DEC25", "99"),
            listed("NEWUSDT", "99", last=""), listed("AAAUSDT", "9.5"), listed("QUIETUSDT", ""),
        ]
    }  # fmt: skip
    board = market_answers.board(answer, Category.LINEAR, NOW)
    assert [item.symbol for item in board.items] == ["BTCUSDT", "AAAUSDT", "ETHUSDT", "QUIETUSDT"]
    target = market_answers.board({"list": [listed("BTCUSDC", "5")]}, Category.SPOT, NOW)
    assert [item.symbol for item in target.items] == ["BTCUSDC"]


def test_a_book_is_best_first_whatever_the_order() -> None:
    answer = {"s": "BTCUSDT", "b": [["1", "5"], ["3", "1"], ["2", "2"]], "a": [["6", "1"], ["4", "2"], ["5", "3"]]}
    book = market_answers.order_book(answer, Category.LINEAR, BTC, NOW)
    assert [price for price, _ in book.bids] == [3, 2, 1]
    assert [price for price, _ in book.asks] == [4, 5, 6]


@pytest.mark.parametrize("levels", [[["1"]], [[1, 2]], ["12"], [["NaN", "1"]], {}])
def test_a_book_that_cannot_be_read_is_refused(levels: object) -> None:
    with pytest.raises(ExchangeDown, match="b is not"):
        market_answers.order_book({"s": "BTCUSDT", "b": levels, "a": []}, Category.LINEAR, BTC, NOW)


def test_a_book_of_another_symbol_is_refused() -> None:
    with pytest.raises(ExchangeDown, match="symbol that was asked for"):
        market_answers.order_book({"s": "ETHUSDT", "b": [], "a": []}, Category.LINEAR, BTC, NOW)


def test_candles_are_oldest_first() -> None:
    answer = {"list": [["2000", "2", "3", "1", "2.5", "10", "25"], ["1000", "1", "2", "0.5", "2", "5", "10"]]}
    klines = market_answers.klines(answer, Category.LINEAR, BTC, "60", NOW)
    assert [(candle.start_ts, candle.open, candle.volume) for candle in klines.items] == [(1000, 1, 5), (2000, 2, 10)]


@pytest.mark.parametrize("candle", [["1000", "1", "2"], ["x", "1", "2", "1", "2", "5"], "1000", [None] * 7])
def test_a_candle_that_cannot_be_read_is_refused(candle: object) -> None:
    with pytest.raises(ExchangeDown):
        market_answers.klines({"list": [candle]}, Category.LINEAR, BTC, "60", NOW)
