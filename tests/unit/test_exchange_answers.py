"""Answers as Bybit really gives them: both position modes, empty fields, odd orders of rows, and what is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import NAMELESS, Order, OrderType, Position, Positions, Side
from bot.exchange.bybit import account_answers, market_answers
from bot.exchange.bybit.answer import Answer

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


def legs_of(*rows: Any) -> tuple[list[Position], tuple[str, ...], tuple[str, ...]]:
    """The positions, the names of the unreadable, and what was noted for the operator."""
    answer = Answer({"list": list(rows)})
    found, lost = account_answers.positions(answer, Category.LINEAR)
    return found, lost, answer.odd


def test_hedge_mode_gives_both_legs_and_no_empty_one() -> None:
    short = {**LEG, "positionIdx": 2, "side": "Sell", "size": "0.02"}
    empty = {"symbol": "BTCUSDT", "positionIdx": 2, "side": "", "size": "0", "avgPrice": "", "markPrice": ""}
    legs, lost, odd = legs_of(empty, LEG, short, {**empty, "size": ""})
    assert [(leg.position_idx, leg.side, leg.size) for leg in legs] == [
        (1, Side.BUY, Decimal("0.05")),
        (2, Side.SELL, Decimal("0.02")),
    ]
    assert (lost, odd) == ((), ())
    assert legs[0].liquidation_price == Decimal("58000.1")
    assert (legs[0].stop_loss, legs[0].trailing_stop, legs[0].take_profit) == (None, None, Decimal(70000))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"symbol": ""}, NAMELESS),
        ({"symbol": None}, NAMELESS),
        ({"symbol": "x y"}, "x y"),
        ({"symbol": "B\nTC"}, NAMELESS),
        ({"positionIdx": None}, "ETHUSDT"),
        ({"positionIdx": 3}, "ETHUSDT"),
        ({"side": ""}, "ETHUSDT"),
        ({"side": "None"}, "ETHUSDT"),
        ({"size": ""}, "ETHUSDT"),
        ({"size": None}, "ETHUSDT"),
        ({"size": "-0.05"}, "ETHUSDT"),
        ({"size": "1e99"}, "ETHUSDT"),
    ],
)
def test_a_leg_without_the_essentials_is_named_and_hides_no_other(fields: dict[str, Any], named: str) -> None:
    legs, lost, odd = legs_of({**LEG, "symbol": "ETHUSDT", **fields}, LEG)
    assert [leg.symbol for leg in legs] == ["BTCUSDT"]
    assert lost == (named,)
    assert odd == tuple(fields)
    assert not Positions(account_id=AccountId(1), items=(), as_of=NOW, unreadable=lost).is_flat


@pytest.mark.parametrize("size", ["1000000000000000000", "9" * 40, "1e25"])
def test_a_size_that_no_position_can_have_is_not_read(size: str) -> None:
    assert legs_of({**LEG, "size": size}, {**LEG, "symbol": "ETHUSDT"})[1] == ("BTCUSDT",)


@pytest.mark.parametrize("row", [None, "BTCUSDT", [], 5])
def test_what_is_no_row_at_all_counts_as_one_that_cannot_be_read(row: object) -> None:
    legs, lost, _ = legs_of(row, LEG)
    assert (len(legs), lost) == (1, (NAMELESS,))


@pytest.mark.parametrize("value", [None, "", "missing"])
def test_a_leg_shows_none_for_what_is_not_there(value: str | None) -> None:
    optional = LEG.keys() - {"symbol", "positionIdx", "side", "size"}
    bare = {name: each for name, each in LEG.items() if name not in optional}
    given = bare if value == "missing" else bare | dict.fromkeys(optional, value)
    ((leg,), lost, odd) = legs_of(given)
    assert (leg.entry_price, leg.mark_price, leg.position_value, leg.unrealised_pnl, leg.updated_ts) == (None,) * 5
    assert (lost, odd, leg.unread) == ((), (), ())


@pytest.mark.parametrize("value", ["x", "-1", 5.5, [], {}, "NaN"])
def test_a_leg_says_what_of_it_cannot_be_read(value: object) -> None:
    ((leg,), lost, odd) = legs_of({**LEG, "stopLoss": value})
    assert (leg.stop_loss, leg.unread) == (None, ("stopLoss",)), "a stop may stand there"
    assert (lost, odd) == ((), ("stopLoss",))
    assert leg.mark_price == Decimal("64500.5")


def orders_of(*rows: Any, category: Category = Category.LINEAR) -> list[Order]:
    found, lost = account_answers.orders(Answer({"list": list(rows)}), category)
    assert lost == ()
    return found


def test_an_order_without_a_price_is_a_market_order() -> None:
    changes = {"orderId": "id-2", "orderType": "Limit", "price": "63000.5", "stopOrderType": "UNKNOWN"}
    limit = {**ORDER, **changes, "triggerPrice": ""}
    stop, plain = orders_of(ORDER, limit)
    assert (stop.order_type, stop.price, stop.trigger_price) == (OrderType.MARKET, None, Decimal(60000))
    assert (stop.stop_order_type, stop.stop_loss, stop.reduce_only) == ("StopLoss", None, True)
    assert (plain.price, plain.trigger_price, plain.stop_order_type) == (Decimal("63000.5"), None, "")


def test_an_order_of_the_documented_unknown_type_is_shown_without_one() -> None:
    answer = Answer({"list": [{**ORDER, "orderType": "UNKNOWN"}, {**ORDER, "orderType": "Iceberg"}]})
    found, lost = account_answers.orders(answer, Category.LINEAR)
    assert [order.order_type for order in found] == [None, None]
    assert (lost, answer.odd) == ((), ("orderType",)), "UNKNOWN is a word of Bybit's, Iceberg is not"


def test_a_spot_order_needs_no_leg() -> None:
    bare = {name: value for name, value in ORDER.items() if name != "positionIdx"}
    assert orders_of(bare, category=Category.SPOT)[0].position_idx == 0
    assert account_answers.orders(Answer({"list": [bare]}), Category.LINEAR) == ([], ("BTCUSDT",))


def test_a_fill_says_what_bybit_says() -> None:
    funding = {**FILL, "execId": "e3", "execType": "Funding", "closedSize": ""}
    (fill, paid), lost = account_answers.executions(Answer({"list": [FILL, funding]}), Category.LINEAR)
    assert (fill.exec_fee, fill.fee_currency, fill.is_maker) == (Decimal("-0.0128"), "USDT", True)
    assert (paid.exec_type, paid.closed_size, lost) == ("Funding", None, ())
    ((spot,), _) = account_answers.executions(Answer({"list": [FILL]}), Category.SPOT)
    assert spot.fee_currency == "", "of spot it may be either coin"


def test_a_wallet_with_isolated_margin_has_no_totals_of_margin() -> None:
    wallet = {"list": [{"totalEquity": "10", "totalWalletBalance": "10", "totalAvailableBalance": "",
                        "totalInitialMargin": "", "totalPerpUPL": "", "coin": []}]}  # fmt: skip
    balance = account_answers.balance(Answer(wallet), AccountId(1), NOW)
    assert (balance.total_available, balance.total_initial_margin, balance.total_unrealised_pnl) == (None, None, None)
    assert balance.as_of == NOW


def test_an_odd_coin_is_named_beside_the_others() -> None:
    coins = [{"coin": "", "equity": "1"}, {"coin": "BTC", "equity": "x"}, {"coin": "USDT", "equity": "7"}]
    answer = Answer({"list": [{"totalEquity": "10", "coin": coins}]})
    balance = account_answers.balance(answer, AccountId(1), NOW)
    assert [(coin.coin, coin.equity) for coin in balance.coins] == [("BTC", None), ("USDT", 7)]
    assert (balance.unreadable, sorted(answer.odd)) == ((NAMELESS,), ["coin", "equity"])


def test_null_where_a_list_of_views_is_meant_is_an_empty_one() -> None:
    assert account_answers.closed_pnl(Answer({"list": None})) == []
    with pytest.raises(ExchangeUnreadable, match="list"):
        account_answers.closed_pnl(Answer({}))
    with pytest.raises(ExchangeUnreadable, match="wallet"):
        account_answers.balance(Answer({"list": None}), AccountId(1), NOW)


@pytest.mark.parametrize("read", [account_answers.positions, account_answers.orders, account_answers.executions])
@pytest.mark.parametrize("result", [{"list": None}, {}, {"list": {}}])
def test_an_answer_without_a_list_of_rows_does_not_say_that_there_are_none(
    read: Callable[[Answer, Category], object], result: dict[str, Any]
) -> None:
    with pytest.raises(ExchangeUnreadable):
        read(Answer(result), Category.LINEAR)


# --- keys -----------------------------------------------------------------------------------------------------


def test_a_key_bound_to_no_address_expires() -> None:
    check = account_answers.key_check(Answer(KEY), NOW)
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
    assert account_answers.key_check(Answer({**KEY, **fields}), NOW).expires_at == expires_at


def test_a_term_beyond_every_calendar_cant_be_read() -> None:
    with pytest.raises(ExchangeUnreadable, match="deadlineDay"):
        account_answers.key_check(Answer({**KEY, "expiredAt": "", "deadlineDay": 253_402_300_800_000}), NOW)


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
    assert account_answers.key_check(Answer({**KEY, "ips": ips}), NOW).ips == bound


def test_an_unknown_group_of_rights_shows_up_by_its_name() -> None:
    key = {**KEY, "permissions": {"MoonTrade": ["Everything"]}}
    assert account_answers.key_check(Answer(key), NOW).permissions == ("MoonTrade:Everything",)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"permissions": ["Order"]}, "permissions"),
        ({"permissions": {"ContractTrade": "Order"}}, "permissions"),
        ({"permissions": {"ContractTrade": [1]}}, "permissions"),
        ({"ips": [1]}, "ips"),
        ({"expiredAt": "soon"}, "expiredAt"),
        ({"userID": 0}, "userID"),
        ({"readOnly": "no"}, "readOnly"),
    ],
)
def test_a_key_that_cannot_be_read_is_not_guessed(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ExchangeUnreadable, match=name):
        account_answers.key_check(Answer({**KEY, **fields}), NOW)


def test_a_long_user_id_is_taken_whole() -> None:
    assert account_answers.key_check(
        Answer({**KEY, "userID": 0, "userIDInt64": "9007199254740993"}), NOW
    ).bybit_uid == ("9007199254740993")


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
    rules = market_answers.instrument(Answer({"list": [PERPETUAL]}), Category.LINEAR, BTC)
    assert rules is not None
    assert (rules.tick_size, rules.qty_step, rules.max_leverage) == (Decimal("0.10"), Decimal("0.001"), Decimal(100))
    assert (rules.max_order_qty, rules.max_market_order_qty) == (Decimal(1190), Decimal(500))
    assert rules.min_notional == 5


@pytest.mark.parametrize("found", [[], [{**PERPETUAL, "symbol": "ETHUSDT"}]])
def test_a_symbol_that_is_not_in_the_answer_is_unknown(found: list[dict[str, Any]]) -> None:
    assert market_answers.instrument(Answer({"list": found}), Category.LINEAR, BTC) is None


def test_a_ticker_of_another_symbol_is_not_taken() -> None:
    with pytest.raises(ExchangeUnreadable, match="ticker of that symbol"):
        market_answers.ticker(Answer({"list": [{**TICKER, "symbol": "ETHUSDT"}]}), Category.LINEAR, BTC, NOW)


def test_an_empty_side_of_a_ticker_is_none() -> None:
    ticker = market_answers.ticker(Answer({"list": [TICKER]}), Category.LINEAR, BTC, NOW)
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
    board = market_answers.board(Answer(answer), Category.LINEAR, NOW)
    assert [item.symbol for item in board.items] == ["BTCUSDT", "AAAUSDT", "ETHUSDT", "QUIETUSDT"]
    target = market_answers.board(Answer({"list": [listed("BTCUSDC", "5")]}), Category.SPOT, NOW)
    assert [item.symbol for item in target.items] == ["BTCUSDC"]


def test_a_book_is_best_first_whatever_the_order() -> None:
    answer = {"s": "BTCUSDT", "b": [["1", "5"], ["3", "1"], ["2", "2"]], "a": [["6", "1"], ["4", "2"], ["5", "3"]]}
    book = market_answers.order_book(Answer(answer), Category.LINEAR, BTC, NOW)
    assert [price for price, _ in book.bids] == [3, 2, 1]
    assert [price for price, _ in book.asks] == [4, 5, 6]


@pytest.mark.parametrize("level", [["1"], [1, 2], "12", ["NaN", "1"], {}, None])
def test_a_level_that_cannot_be_read_is_left_out_and_counted(level: object) -> None:
    answer = Answer({"s": "BTCUSDT", "b": [level, ["3", "1"]], "a": None})
    book = market_answers.order_book(answer, Category.LINEAR, BTC, NOW)
    assert (book.bids, book.asks, book.unreadable) == (((Decimal(3), Decimal(1)),), (), 1)
    assert answer.odd == ("b",)


def test_a_book_of_another_symbol_is_refused() -> None:
    with pytest.raises(ExchangeUnreadable, match="symbol that was asked for"):
        market_answers.order_book(Answer({"s": "ETHUSDT", "b": [], "a": []}), Category.LINEAR, BTC, NOW)


def test_candles_are_oldest_first() -> None:
    answer = {"list": [["2000", "2", "3", "1", "2.5", "10", "25"], ["1000", "1", "2", "0.5", "2", "5", "10"]]}
    klines = market_answers.klines(Answer(answer), Category.LINEAR, BTC, "60", NOW)
    assert [(candle.start_ts, candle.open, candle.volume) for candle in klines.items] == [(1000, 1, 5), (2000, 2, 10)]


@pytest.mark.parametrize("candle", [["1000", "1", "2"], ["x", "1", "2", "1", "2", "5"], "1000", [None] * 7])
def test_a_candle_that_cannot_be_read_is_left_out(candle: object) -> None:
    answer = Answer({"list": [candle, ["1000", "1", "2", "0.5", "2", "5", "10"]]})
    assert len(market_answers.klines(answer, Category.LINEAR, BTC, "60", NOW).items) == 1
    assert len(answer.odd) == 1


def test_a_new_listing_has_a_price_before_it_has_a_day() -> None:
    young = {**TICKER, "highPrice24h": "", "lowPrice24h": None, "price24hPcnt": "", "turnover24h": ""}
    del young["volume24h"]
    ticker = market_answers.ticker(Answer({"list": [young]}), Category.LINEAR, BTC, NOW)
    assert ticker.last_price == Decimal("64000.5")
    assert (ticker.high_24h, ticker.low_24h, ticker.price_24h_change, ticker.volume_24h, ticker.turnover_24h) == (
        None,
    ) * 5


def test_an_odd_symbol_of_the_board_is_named_beside_the_others() -> None:
    rows = [{"symbol": "BTCUSDT", "lastPrice": "x"}, {"symbol": None}, {"symbol": "ETHUSDT", "lastPrice": "2"}]
    board = market_answers.board(Answer({"list": rows}), Category.LINEAR, NOW)
    assert ([item.symbol for item in board.items], board.unreadable) == (["ETHUSDT"], ("BTCUSDT", NAMELESS))


def test_rules_without_a_step_are_none_and_those_of_a_nameless_row_are_not_unknown() -> None:
    with pytest.raises(ExchangeUnreadable, match="tickSize"):
        market_answers.instrument(Answer({"list": [{**PERPETUAL, "priceFilter": {}}]}), Category.LINEAR, BTC)
    with pytest.raises(ExchangeUnreadable, match="symbol"):
        market_answers.instrument(Answer({"list": [{**PERPETUAL, "symbol": None}]}), Category.LINEAR, BTC)
    bare = {**PERPETUAL, "status": None, "leverageFilter": None, "lotSizeFilter": {"qtyStep": "0.001"}}
    rules = market_answers.instrument(Answer({"list": [bare]}), Category.LINEAR, BTC)
    assert rules is not None
    assert (rules.status, rules.max_leverage, rules.min_order_qty, rules.min_notional) == ("", None, None, None)
