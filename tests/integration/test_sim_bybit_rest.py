"""The read endpoints of the Bybit stand-in over HTTP, asked as any client asks."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from harness.sim_bybit import (
    BALANCE,
    DAY,
    ELSEWHERE,
    EMPTY,
    HOUR,
    MINUTE,
    NOON,
    ORDERS,
    PARAMS,
    POSITIONS,
    Driver,
    driving,
)

from ops.sim.bybit.endpoints.table import HANDLERS
from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.instruments import LISTED
from ops.sim.bybit.listing import listing

PRIVATE = sorted(path for path, fact in ENDPOINTS.items() if fact.permission and path not in ELSEWHERE)
PUBLIC = sorted(set(ENDPOINTS) - set(PRIVATE) - ELSEWHERE)
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        await one.account(environment="live", balance=BALANCE, positions=POSITIONS, orders=ORDERS, executions=10)
        yield one


def check_shape(value: Any, shape: Any, where: str, *, may_be_empty: bool = False) -> None:
    """Every field of the table is there with its type, nothing else is."""
    if isinstance(shape, dict):
        assert set(value) >= set(shape), f"{where}: {set(shape) - set(value)} missing"
        for name, part in shape.items():
            check_shape(value[name], part, f"{where}.{name}", may_be_empty=may_be_empty)
    elif isinstance(shape, list):
        assert value or may_be_empty, f"{where} is empty"
        for item in value:
            check_row(item, shape[0], where) if isinstance(shape[0], list) else check_shape(
                item, shape[0], f"{where}[]"
            )
    else:
        assert type(value) is TYPES[shape], f"{where}: {value!r} is no {shape}"


def check_row(row: list[Any], shape: list[str], where: str) -> None:
    assert [type(value) for value in row] == [TYPES[part] for part in shape], where


def test_every_documented_endpoint_is_answered() -> None:
    assert set(HANDLERS) == set(ENDPOINTS) == {*PARAMS, *ELSEWHERE}


@pytest.mark.parametrize(("path", "params"), [(path, params) for path, asked in PARAMS.items() for params in asked])
async def test_every_answer_has_the_fields_of_its_table(driver: Driver, path: str, params: dict[str, Any]) -> None:
    reply = await driver.ask(path, **params)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    beside = {"category"} if path == "/v5/market/historical-volatility" else set()
    assert set(reply.json) == {"retCode", "retMsg", "result", "retExtInfo", "time"} | beside
    extra = {"list": [{"code": 0, "msg": "OK"}]} if path.endswith("-batch") else {}
    assert (reply.json["retMsg"], reply.json["retExtInfo"], reply.json["time"]) == (ENDPOINTS[path].ok, extra, NOON)
    shape = ENDPOINTS[path].shape(params.get("category", ""))
    check_shape(reply.result, shape, "result", may_be_empty=path in EMPTY)


# who may ask what


@pytest.mark.parametrize("path", [path for path in PUBLIC if ENDPOINTS[path].on_demo])
async def test_public_endpoints_need_no_key_in_either_environment(driver: Driver, path: str) -> None:
    params = PARAMS[path][0]
    live, demo = await driver.public(path, **params), await driver.public(f"/demo{path}", **params)
    assert live.code == demo.code == 0
    assert live.result == demo.result


async def test_private_endpoints_need_one(driver: Driver) -> None:
    for path in PRIVATE:
        reply = await driver.public(path, **PARAMS[path][0])
        assert (path, reply.status, reply.code) == (path, 200, 10001)
        assert reply.json["retMsg"] == "empty value: apiTimestamp[] apiKey[] apiSignature[]"


async def test_a_key_belongs_to_one_environment(driver: Driver) -> None:
    for path in PRIVATE:
        assert (path, (await driver.ask(f"/demo{path}", **PARAMS[path][0])).code) == (path, 10003)
    for path in PRIVATE:
        await driver.account(environment="demo", balance=BALANCE, executions=2, positions=POSITIONS, orders=ORDERS)
        code = 0 if ENDPOINTS[path].on_demo else 10032
        assert (path, (await driver.ask(f"/demo{path}", **PARAMS[path][0])).code) == (path, code)
        assert (path, (await driver.ask(path, **PARAMS[path][0])).code) == (path, 10003)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v5",
        "/v5/market",
        "/v5/market/nothing",
        "/demo",
        "/demo/v5/nothing",
        "/demo/demo/v5/market/time",
        "/V5/market/time",
    ],
)
async def test_an_unknown_path_is_404(driver: Driver, path: str) -> None:
    assert (await driver.send("GET", path)).status == 404


async def test_another_method_is_404(driver: Driver) -> None:
    assert (await driver.send("POST", "/v5/market/time")).status == 404


async def test_a_get_with_a_body_is_403(driver: Driver) -> None:
    assert (await driver.send("GET", "/v5/market/time", json={})).status == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"timestamp": str(NOON + 1000)}, 10002),
        ({"timestamp": str(NOON - 5001)}, 10002),
        ({"key": "x" * 18}, 10003),
        ({"sign": "0" * 64}, 10004),
        ({"timestamp": str(NOON + 999)}, 0),
        ({"timestamp": str(NOON - 5000)}, 0),
        ({"timestamp": str(NOON - 60_000), "recv_window": "60000"}, 0),
        ({"recv_window": ""}, 0),
    ],
)
async def test_signatures_and_windows(driver: Driver, changes: dict[str, str], code: int) -> None:
    assert (await driver.ask("/v5/account/info", changes=changes)).code == code


async def test_the_query_is_signed_exactly_as_sent(driver: Driver) -> None:
    query = "symbol=BTCUSDT&category=linear&cursor=a%3A1%2Cb&limit=5"
    reply = await driver.send("GET", f"/v5/execution/list?{query}", headers=driver.signed(query))
    assert (reply.code, reply.json["retMsg"]) == (10001, "params error: cursor invalid")
    moved = "category=linear&symbol=BTCUSDT&cursor=a%3A1%2Cb&limit=5"
    assert (await driver.send("GET", f"/v5/execution/list?{moved}", headers=driver.signed(query))).code == 10004


async def test_an_rsa_key_is_used_with_its_private_half(driver: Driver) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made = await driver.sim("POST", "/sim/accounts", {"environment": "live", "public_key": pem})
    assert made["api_secret"] == ""
    driver.key, driver.secret = made["api_key"], private
    info = (await driver.ask("/v5/user/query-api")).result
    assert info["rsaPublicKey"] == pem.strip()
    driver.secret = "s" * 36
    assert (await driver.ask("/v5/user/query-api")).code == 10004


async def test_an_expired_key_an_unbound_address_a_missing_permission(driver: Driver) -> None:
    uid = await driver.account(environment="live", expires_at=NOON + HOUR, permissions={"Wallet": ["Withdraw"]})
    assert (await driver.ask("/v5/position/list", category="linear", settleCoin="USDT")).code == 10005
    assert (await driver.ask("/v5/account/wallet-balance", accountType="UNIFIED")).code == 0
    driver.clock.at += HOUR
    assert (await driver.ask("/v5/account/info")).code == 33004
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"ips": ["10.1.2.3"]})
    assert (await driver.ask("/v5/account/info")).code == 10010
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"ips": ["127.0.0.1"]})
    assert (await driver.ask("/v5/account/info")).code == 0


async def test_a_key_tells_all_about_itself(driver: Driver) -> None:
    uid = await driver.account(
        environment="live", read_only=True, permissions=["Withdraw", "ContractTrade"], expires_at=NOON + 14 * DAY
    )
    info = (await driver.ask("/v5/user/query-api")).result
    assert (info["userID"], info["apiKey"], info["secret"]) == (uid, driver.key, "")
    assert (info["readOnly"], info["ips"], info["deadlineDay"]) == (1, ["*"], 14)
    assert info["expiredAt"] == "2026-07-15T12:00:00Z"
    assert info["permissions"]["Wallet"] == ["Withdraw"]
    assert info["permissions"]["ContractTrade"] == ["Order", "Position"]
    assert info["permissions"]["Spot"] == []
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"ips": ["127.0.0.1"]})
    info = (await driver.ask("/v5/user/query-api")).result
    assert (info["ips"], info["deadlineDay"], info["expiredAt"]) == (["127.0.0.1"], -2, "1970-01-01T00:00:00Z")


# limits


async def test_an_endpoint_allows_so_many_a_second() -> None:
    async with driving(limits=True) as driver:
        await driver.account(environment="live")
        replies = [await driver.ask("/v5/user/query-api") for _ in range(11)]
        assert [reply.code for reply in replies] == [0] * 10 + [10006]
        assert replies[-1].json["retMsg"] == "Too many visits. Exceeded the API Rate Limit."
        headers = [
            (
                reply.headers["X-Bapi-Limit"],
                reply.headers["X-Bapi-Limit-Status"],
                reply.headers["X-Bapi-Limit-Reset-Timestamp"],
            )
            for reply in replies
        ]
        assert headers[0] == ("10", "9", str(NOON))
        assert headers[9] == ("10", "0", str(NOON))
        assert headers[10] == ("10", "0", str(NOON + 1000))
        driver.clock.at += 1000
        assert (await driver.ask("/v5/user/query-api")).code == 0


async def test_an_address_is_banned_for_ten_minutes() -> None:
    async with driving(limits=True) as driver:
        for _ in range(6):
            replies = await asyncio.gather(*(driver.public("/v5/market/time") for _ in range(100)))
            assert {reply.status for reply in replies} == {200}
        banned = await driver.public("/demo/v5/market/time")
        assert (banned.status, banned.text) == (403, "access too frequent")
        driver.clock.at += 10 * MINUTE - 1
        assert (await driver.public("/v5/market/time")).status == 403
        await driver.sim("GET", "/sim/calls")  # drivers are never banned
        driver.clock.at += 1
        assert (await driver.public("/v5/market/time")).status == 200


async def test_with_limits_off_nothing_is_counted(driver: Driver) -> None:
    replies = [await driver.ask("/v5/user/query-api") for _ in range(30)]
    assert {reply.code for reply in replies} == {0}
    assert {reply.headers["X-Bapi-Limit-Status"] for reply in replies} == {"10"}


# market data


async def test_the_time_is_the_clocks(driver: Driver) -> None:
    assert (await driver.public("/v5/market/time")).result == {
        "timeSecond": str(NOON // 1000),
        "timeNano": str(NOON * 1_000_000),
    }


async def instruments(driver: Driver, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await driver.public("/v5/market/instruments-info", **params)).result["list"]
    return found


async def test_instruments_come_by_pages(driver: Driver) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        result = (
            await driver.public("/v5/market/instruments-info", category="linear", limit=200, cursor=cursor)
        ).result
        seen += [row["symbol"] for row in result["list"]]
        cursor = result["nextPageCursor"]
        if not cursor:
            break
    assert seen == [name for name, one in listing("linear", NOON).items() if one.status == "Trading"]
    assert len(seen) > 700
    first = (await driver.public("/v5/market/instruments-info", category="linear")).result
    assert (len(first["list"]), first["nextPageCursor"] != "") == (500, True)
    target = (await driver.public("/v5/market/instruments-info", category="spot", limit=1)).result
    assert len(target["list"]) == len(LISTED["spot"])
    assert "nextPageCursor" not in target


async def test_instruments_are_filtered(driver: Driver) -> None:
    assert [row["symbol"] for row in await instruments(driver, category="linear", symbol="BTCUSDT")] == ["BTCUSDT"]
    by_base = {row["symbol"] for row in await instruments(driver, category="linear", baseCoin="BTC")}
    assert by_base >= {"BTCUSDT", "BTCPERP", "BTCUSD", "BTC-3JUL26", "BTCUSDT-3JUL26", "BTCUSDU26"}
    closed = {row["symbol"] for row in await instruments(driver, category="linear", status="Closed")}
    assert closed >= {"LUNA2USDT", "BTCUSDT-26JUN26", "ETH-26JUN26"}
    assert await instruments(driver, category="linear", status="Delivering") == []
    assert {row["baseCoin"] for row in await instruments(driver, category="option")} == {"BTC"}
    assert {row["baseCoin"] for row in await instruments(driver, category="option", baseCoin="SOL")} == {"SOL"}
    assert await instruments(driver, category="spot", symbol="NOPEUSDT") == []
    assert await instruments(driver, category="spot", symbolType="innovation") == []


async def test_a_contract_that_is_not_listed_is_refused_with_an_empty_result(driver: Driver) -> None:
    reply = await driver.public("/v5/market/instruments-info", category="linear", symbol="NOPEUSDT")
    assert (reply.code, reply.json["retMsg"]) == (10001, "params error: symbol invalid")
    assert reply.json["result"] == {"category": "", "list": [], "nextPageCursor": ""}


@pytest.mark.parametrize(
    ("path", "params", "text"),
    [
        ("/v5/market/tickers", {"category": "linear", "symbol": "NOPE"}, "params error: symbol invalid"),
        ("/v5/market/tickers", {"category": "spot", "symbol": "NOPE"}, "Not supported symbols"),
        ("/v5/market/tickers", {"category": "option"}, "params error: symbol or baseCoin must be passed"),
        ("/v5/market/orderbook", {"category": "linear", "symbol": "btcusdt"}, "params error: symbol invalid"),
        (
            "/v5/market/orderbook",
            {"category": "linear", "symbol": "BTCUSDT", "limit": 1001},
            "params error: limit invalid",
        ),
        ("/v5/market/kline", {"category": "linear", "symbol": "NOPE", "interval": "1"}, "Not supported symbols"),
        (
            "/v5/market/kline",
            {"category": "option", "symbol": "X", "interval": "1"},
            "params error: Category is invalid",
        ),
        (
            "/v5/market/kline",
            {"symbol": "BTCUSDT", "interval": "1", "start": 2, "end": 1},
            "params error: start invalid",
        ),
        ("/v5/market/recent-trade", {"category": "linear"}, "params error: symbol invalid"),
        ("/v5/market/funding/history", {"category": "spot", "symbol": "BTCUSDT"}, "Illegal category"),
        (
            "/v5/market/funding/history",
            {"category": "linear", "symbol": "BTCUSDT", "startTime": 1},
            "Parameter startTime and endTime are both needed",
        ),
        ("/v5/market/risk-limit", {"category": "spot"}, "params error: Category is invalid"),
    ],
)
async def test_wrong_questions_about_the_market(driver: Driver, path: str, params: dict[str, Any], text: str) -> None:
    reply = await driver.public(path, **params)
    assert (reply.status, reply.code, reply.json["retMsg"]) == (200, 10001, text)


async def test_a_book_is_as_deep_as_asked_for(driver: Driver) -> None:
    for category, symbol, default in (("linear", "BTCUSDT", 25), ("spot", "BTCUSDT", 1), ("inverse", "BTCUSD", 25)):
        plain = (await driver.public("/v5/market/orderbook", category=category, symbol=symbol)).result
        deep = (await driver.public("/v5/market/orderbook", category=category, symbol=symbol, limit=200)).result
        assert (len(plain["b"]), len(deep["a"])) == (default, 200)
        assert Decimal(deep["b"][0][0]) < Decimal(deep["a"][0][0])
        assert deep["ts"] == NOON
    option = (await instruments(driver, category="option"))[0]["symbol"]
    assert (await driver.public("/v5/market/orderbook", category="option", symbol=option, limit=26)).code == 10001
    assert (
        len((await driver.public("/v5/market/orderbook", category="option", symbol=option, limit=25)).result["a"]) == 25
    )


async def test_the_price_moves_with_the_clock_and_agrees_everywhere(driver: Driver) -> None:
    seen = set()
    for _ in range(5):
        driver.clock.at += 7 * MINUTE
        ticker = (await driver.public("/v5/market/tickers", category="linear", symbol="BTCUSDT")).result["list"][0]
        candle = (await driver.public("/v5/market/kline", symbol="BTCUSDT", interval="5", limit=1)).result["list"][0]
        trade = (await driver.public("/v5/market/recent-trade", category="linear", symbol="BTCUSDT", limit=1)).result[
            "list"
        ][0]
        book = (await driver.public("/v5/market/orderbook", category="linear", symbol="BTCUSDT")).result
        assert ticker["lastPrice"] == candle[4] == trade["price"]
        assert [ticker["bid1Price"], ticker["ask1Price"]] == [book["b"][0][0], book["a"][0][0]]
        seen.add(ticker["lastPrice"])
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("category", "limit", "count"), [("spot", None, 60), ("spot", 7, 7), ("linear", None, 500), ("linear", 1000, 1000)]
)
async def test_so_many_trades_come_back(driver: Driver, category: str, limit: int | None, count: int) -> None:
    params = {"category": category, "symbol": "BTCUSDT"} | ({"limit": limit} if limit else {})
    assert len((await driver.public("/v5/market/recent-trade", **params)).result["list"]) == count


async def test_candles_of_a_month_ago_are_there(driver: Driver) -> None:
    start = NOON - 30 * DAY
    rows = (await driver.public("/v5/market/kline", symbol="ETHUSDT", interval="1", start=start, limit=1000)).result[
        "list"
    ]
    assert [int(row[0]) for row in rows] == [start + number * MINUTE for number in reversed(range(1000))]


async def test_risk_limits_come_by_fifteen_symbols(driver: Driver) -> None:
    first = (await driver.public("/v5/market/risk-limit", category="linear")).result
    assert len({row["symbol"] for row in first["list"]}) == 15
    second = (await driver.public("/v5/market/risk-limit", category="linear", cursor=first["nextPageCursor"])).result
    assert not {row["symbol"] for row in first["list"]} & {row["symbol"] for row in second["list"]}
    one = (await driver.public("/v5/market/risk-limit", category="linear", symbol="BTCUSDT")).result["list"]
    assert [row["isLowestRisk"] for row in one] == [1] + [0] * (len(one) - 1)
    assert (one[0]["initialMargin"], one[0]["maintenanceMargin"], one[0]["maxLeverage"]) == ("0.01", "0.005", "100.00")


async def test_funding_was_paid_every_eight_hours(driver: Driver) -> None:
    rows = (await driver.public("/v5/market/funding/history", category="linear", symbol="BTCUSDT", limit=5)).result[
        "list"
    ]
    times = [int(row["fundingRateTimestamp"]) for row in rows]
    assert times == [NOON - 4 * HOUR - number * 8 * HOUR for number in range(5)]
    ticker = (await driver.public("/v5/market/tickers", category="linear", symbol="BTCUSDT")).result["list"][0]
    driver.clock.at = int(ticker["nextFundingTime"])
    newest = (await driver.public("/v5/market/funding/history", category="linear", symbol="BTCUSDT", limit=1)).result[
        "list"
    ][0]
    assert newest["fundingRate"] == ticker["fundingRate"]


async def test_a_limit_price_may_lie_so_far_from_the_mark(driver: Driver) -> None:
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 60_000})
    result = (await driver.public("/v5/market/price-limit", symbol="BTCUSDT")).result
    assert (result["buyLmt"], result["sellLmt"], result["ts"]) == ("60600.00", "59400.00", str(NOON))


# positions


async def positions(driver: Driver, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await driver.ask("/v5/position/list", **params)).result["list"]
    return found


async def test_positions_by_settle_coin_are_those_that_hold_something(driver: Driver) -> None:
    assert [row["symbol"] for row in await positions(driver, category="linear", settleCoin="USDT")] == [
        "BTCUSDT",
        "ETHUSDT",
    ]
    assert [row["symbol"] for row in await positions(driver, category="linear", settleCoin="USDC")] == ["BTCPERP"]
    assert [row["symbol"] for row in await positions(driver, category="inverse")] == ["BTCUSD"]
    assert await positions(driver, category="option") == []


async def test_a_symbol_gives_its_row_although_it_is_flat(driver: Driver) -> None:
    (row,) = await positions(driver, category="linear", symbol="SOLUSDT")
    assert (row["positionIdx"], row["side"], row["size"], row["avgPrice"]) == (0, "", "0", "0")
    assert (row["leverage"], row["liqPrice"], row["unrealisedPnl"]) == ("10", "", "")
    assert Decimal(row["markPrice"]) > 0


async def test_in_hedge_mode_a_symbol_gives_both_legs(driver: Driver) -> None:
    await driver.account(
        environment="live", hedge=True, positions=[{"symbol": "BTCUSDT", "side": "Sell", "size": "0.1"}]
    )
    both = await positions(driver, category="linear", symbol="BTCUSDT")
    assert [(row["positionIdx"], row["side"], row["size"]) for row in both] == [(1, "", "0"), (2, "Sell", "0.1")]
    assert [row["positionIdx"] for row in await positions(driver, category="linear", symbol="ETHUSDT")] == [1, 2]
    assert [row["positionIdx"] for row in await positions(driver, category="linear", symbol="BTCPERP")] == [0]
    assert [row["positionIdx"] for row in await positions(driver, category="linear", settleCoin="USDT")] == [2]


async def test_a_position_is_worth_what_the_mark_price_says(driver: Driver) -> None:
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "65000"})
    (row,) = await positions(driver, category="linear", symbol="BTCUSDT")
    assert (row["markPrice"], row["unrealisedPnl"], row["positionValue"]) == ("65000.00", "50", "3200")
    assert (row["stopLoss"], row["takeProfit"], row["side"]) == ("60000.00", "", "Buy")


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"category": "linear"}, "Missing some parameters that must be filled in, symbol or settleCoin"),
        (
            {"category": "linear", "baseCoin": "BTC"},
            "Missing some parameters that must be filled in, symbol or settleCoin",
        ),
        ({"category": "linear", "symbol": "NOPE"}, "params error: symbol invalid"),
        ({"category": "inverse", "symbol": "BTCUSD,NOPE"}, "params error: symbol invalid"),
        ({"category": "spot"}, "params error: Category is invalid"),
        ({"category": "linear", "symbol": "BTCUSDT", "limit": 201}, "params error: limit invalid"),
    ],
)
async def test_wrong_questions_about_positions(driver: Driver, params: dict[str, Any], text: str) -> None:
    reply = await driver.ask("/v5/position/list", **params)
    assert (reply.code, reply.json["retMsg"]) == (10001, text)


async def test_several_inverse_symbols_at_once(driver: Driver) -> None:
    rows = await positions(driver, category="inverse", symbol="BTCUSD,ETHUSD")
    assert [(row["symbol"], row["size"]) for row in rows] == [("BTCUSD", "300"), ("ETHUSD", "0")]


# wallet, fees, log


async def test_the_wallet_adds_up(driver: Driver) -> None:
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "64000"})
    await driver.sim("POST", "/sim/prices", {"symbol": "USDCUSDT", "price": "1"})
    (account,) = (await driver.ask("/v5/account/wallet-balance", accountType="UNIFIED")).result["list"]
    assert {coin["coin"] for coin in account["coin"]} == {"USDT", "USDC", "BTC"}
    assert Decimal(account["totalWalletBalance"]) == 10_000 + 500 + Decimal("0.25") * 64_000
    margin = Decimal(account["totalWalletBalance"]) + Decimal(account["totalPerpUPL"])
    assert abs(Decimal(account["totalMarginBalance"]) - margin) < Decimal("0.0000001")
    free = Decimal(account["totalMarginBalance"]) - Decimal(account["totalInitialMargin"])
    assert abs(Decimal(account["totalAvailableBalance"]) - free) < Decimal("0.0000001")
    for coin in account["coin"]:
        assert Decimal(coin["equity"]) == Decimal(coin["walletBalance"]) + Decimal(coin["unrealisedPnl"])


async def test_coins_asked_for_are_shown_although_empty(driver: Driver) -> None:
    (account,) = (await driver.ask("/v5/account/wallet-balance", accountType="UNIFIED", coin="SOL,USDT")).result["list"]
    assert [(coin["coin"], coin["walletBalance"]) for coin in account["coin"]] == [("SOL", "0"), ("USDT", "10000")]
    assert (await driver.ask("/v5/account/wallet-balance", accountType="UNIFIED", coin="NOPE")).code == 10001
    reply = await driver.ask("/v5/account/wallet-balance", accountType="CONTRACT")
    assert (reply.code, reply.json["retMsg"]) == (10001, "accountType only support UNIFIED.")


async def test_fees_by_symbol_and_base_coin(driver: Driver) -> None:
    (row,) = (await driver.ask("/v5/account/fee-rate", category="linear", symbol="BTCUSDT")).result["list"]
    assert (row["takerFeeRate"], row["makerFeeRate"]) == ("0.00055", "0.0002")
    assert (await driver.ask("/v5/account/fee-rate", category="linear", symbol="NOPE")).code == 10001
    options = (await driver.ask("/v5/account/fee-rate", category="option", baseCoin="ETH")).result["list"]
    assert [one["baseCoin"] for one in options] == ["ETH"]


async def test_the_log_is_of_a_day_and_filtered(driver: Driver) -> None:
    day = (await driver.ask("/v5/account/transaction-log", limit=50)).result["list"]
    week = (await driver.ask("/v5/account/transaction-log", limit=50, startTime=NOON - 7 * DAY, endTime=NOON)).result[
        "list"
    ]
    assert 0 < len(day) < len(week)
    assert all(int(row["transactionTime"]) >= NOON - DAY for row in day)
    trades = (
        await driver.ask("/v5/account/transaction-log", type="TRADE", currency="USDT", category="linear", limit=50)
    ).result["list"]
    assert {row["type"] for row in trades} == {"TRADE"}
    btc = (await driver.ask("/v5/account/transaction-log", baseCoin="BTC", limit=50)).result["list"]
    assert {row["symbol"] for row in btc} <= {"BTCUSDT"}


# orders and fills


async def orders(driver: Driver, path: str = "/v5/order/realtime", **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await driver.ask(path, **{"category": "linear", **params})).result["list"]
    return found


async def test_open_orders_by_coin_symbol_and_kind(driver: Driver) -> None:
    everything = await orders(driver, settleCoin="USDT")
    assert sorted((row["symbol"], row["stopOrderType"]) for row in everything) == [
        ("BTCUSDT", "Stop"),
        ("BTCUSDT", "StopLoss"),
        ("SOLUSDT", ""),
    ]
    assert [row["symbol"] for row in await orders(driver, settleCoin="USDT", orderFilter="Order")] == ["SOLUSDT"]
    assert len(await orders(driver, symbol="BTCUSDT", orderFilter="StopOrder")) == 2
    assert len(await orders(driver, baseCoin="SOL")) == 1
    assert [row["symbol"] for row in await orders(driver, category="spot")] == ["ETHUSDT"]
    assert await orders(driver, category="inverse") == []


async def test_an_order_is_found_by_either_id_wherever_it_is(driver: Driver) -> None:
    (row,) = await orders(driver, orderLinkId="mine-1")
    assert (row["orderStatus"], row["qty"], row["leavesQty"]) == ("New", "3.0", "3.0")
    assert await orders(driver, orderId=row["orderId"]) == [row]
    (gone,) = await orders(driver, orderLinkId="gone-1")
    assert gone["orderStatus"] == "Cancelled"
    assert await orders(driver, "/v5/order/history", orderLinkId="gone-1") == [gone]
    assert await orders(driver, orderLinkId="never") == []
    assert await orders(driver, "/v5/order/history", orderLinkId="mine-1") == []
    assert await orders(driver, category="spot", orderLinkId="mine-1") == []


async def test_open_only_one_gives_the_closed_ones(driver: Driver) -> None:
    closed = await orders(driver, settleCoin="USDT", openOnly=1, limit=50)
    assert {row["orderStatus"] for row in closed} == {"Filled", "Cancelled"}
    assert (await driver.ask("/v5/order/realtime", category="linear", settleCoin="USDT", openOnly=3)).code == 10001
    missing = await driver.ask("/v5/order/realtime", category="linear")
    assert missing.json["retMsg"] == "Missing some parameters that must be filled in, symbol or settleCoin or baseCoin"


async def test_history_is_of_seven_days_and_forgets_what_was_never_filled(driver: Driver) -> None:
    assert len(await orders(driver, "/v5/order/history", limit=50)) == 11
    assert [row["orderLinkId"] for row in await orders(driver, "/v5/order/history", orderStatus="Cancelled")] == [
        "gone-1"
    ]
    assert len(await orders(driver, "/v5/order/history", symbol="XRPUSDT")) == 1
    driver.clock.at += DAY
    assert await orders(driver, "/v5/order/history", symbol="XRPUSDT") == []
    assert len(await orders(driver, "/v5/order/history", limit=50)) == 10
    driver.clock.at += 7 * DAY
    assert await orders(driver, "/v5/order/history", limit=50) == []
    window = {"startTime": NOON - 6 * DAY, "endTime": NOON}
    assert len(await orders(driver, "/v5/order/history", limit=50, **window)) == 10
    reply = await driver.ask("/v5/order/history", category="linear", orderStatus="New")
    assert (reply.code, reply.json["retMsg"]) == (181017, "OrderStatus must be final status")


async def test_demo_orders_are_kept_seven_days(driver: Driver) -> None:
    await driver.account(
        environment="demo", orders=[{"symbol": "XRPUSDT", "orderStatus": "Cancelled", "orderLinkId": "x"}], executions=2
    )
    driver.clock.at += 6 * DAY
    assert len((await driver.ask("/demo/v5/order/history", category="linear")).result["list"]) == 3
    driver.clock.at += 2 * DAY
    window = {"startTime": NOON - 6 * DAY, "endTime": NOON}
    assert (await driver.ask("/demo/v5/order/history", category="linear", **window)).result["list"] == []


async def test_fills_come_by_pages_newest_first(driver: Driver) -> None:
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        result = (await driver.ask("/v5/execution/list", category="linear", limit=4, cursor=cursor)).result
        seen += result["list"]
        cursor = result["nextPageCursor"]
        if not cursor:
            break
    assert len(seen) == len({row["execId"] for row in seen}) == 10
    times = [int(row["execTime"]) for row in seen]
    assert times == sorted(times, reverse=True)


async def test_fills_by_order_symbol_and_time(driver: Driver) -> None:
    everything = (await driver.ask("/v5/execution/list", category="linear")).result["list"]
    one = everything[3]
    by_order = (await driver.ask("/v5/execution/list", category="linear", orderId=one["orderId"])).result["list"]
    assert by_order == [one]
    by_symbol = (await driver.ask("/v5/execution/list", category="linear", symbol=one["symbol"])).result["list"]
    assert {row["symbol"] for row in by_symbol} == {one["symbol"]}
    moment = {"startTime": one["execTime"], "endTime": one["execTime"]}
    assert (await driver.ask("/v5/execution/list", category="linear", **moment)).result["list"] == [one]
    assert (await driver.ask("/v5/execution/list", category="linear", execType="Funding")).result["list"] == []
    assert (await driver.ask("/v5/execution/list", category="linear", execType="Nonsense")).code == 10001
    too_long = {"startTime": NOON - 8 * DAY, "endTime": NOON}
    assert (await driver.ask("/v5/execution/list", category="linear", **too_long)).code == 10001


async def test_closed_pnl_is_that_of_the_fills(driver: Driver) -> None:
    rows = (await driver.ask("/v5/position/closed-pnl", category="linear")).result["list"]
    assert len(rows) == 5
    for row in rows:
        gain = Decimal(row["cumExitValue"]) - Decimal(row["cumEntryValue"])
        gain = gain if row["side"] == "Sell" else -gain
        fees = Decimal(row["openFee"]) + Decimal(row["closeFee"])
        assert abs(gain - fees - Decimal(row["closedPnl"])) < Decimal("0.000001")
    symbol = rows[0]["symbol"]
    of_symbol = (await driver.ask("/v5/position/closed-pnl", category="linear", symbol=symbol)).result["list"]
    assert {row["symbol"] for row in of_symbol} == {symbol}


async def test_coins_have_chains(driver: Driver) -> None:
    (row,) = (await driver.ask("/v5/asset/coin/query-info", coin="USDT")).result["rows"]
    assert {chain["chain"] for chain in row["chains"]} == {"ETH", "TRX", "ARBI"}
    assert (await driver.ask("/v5/asset/coin/query-info", coin="NOPE")).result["rows"] == []
