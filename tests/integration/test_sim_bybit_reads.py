"""The reads of the Bybit stand-in beside orders and positions: do they agree with its prices and accounts."""

import itertools
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from harness.sim_bybit import BALANCE, DAY, HOUR, MINUTE, NOON, POSITIONS, Driver, driving

BTC = {"category": "linear", "symbol": "BTCUSDT"}
DELIVERY = NOON - 4 * HOUR + 2 * DAY
"""Friday 2026-07-03 08:00 UTC."""


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        await one.account(environment="live", balance=BALANCE, positions=POSITIONS)
        yield one


async def rows(driver: Driver, path: str, **params: Any) -> list[Any]:
    found: list[Any] = (await driver.ask(path, **params)).result["list"]
    return found


# candles of other prices


async def test_the_running_candles_close_at_the_tickers_mark_and_index(driver: Driver) -> None:
    for _ in range(4):
        driver.clock.at += 7 * MINUTE
        (ticker,) = await rows(driver, "/v5/market/tickers", **BTC)
        (mark,) = await rows(driver, "/v5/market/mark-price-kline", **BTC, interval="5", limit=1)
        (index,) = await rows(driver, "/v5/market/index-price-kline", **BTC, interval="5", limit=1)
        assert (mark[4], index[4]) == (ticker["markPrice"], ticker["indexPrice"])


@pytest.mark.parametrize("kind", ["mark", "index", "premium-index"])
async def test_candles_are_sane_and_joined(driver: Driver, kind: str) -> None:
    found = await rows(driver, f"/v5/market/{kind}-price-kline", **BTC, interval="60", limit=30)
    assert len(found) == 30
    for later, earlier in itertools.pairwise(found):
        assert int(later[0]) - int(earlier[0]) == HOUR
        assert later[1] == earlier[4]
    for row in found:
        open_, high, low, close = (Decimal(price) for price in row[1:])
        assert low <= min(open_, close) <= max(open_, close) <= high


async def test_a_held_price_has_no_premium(driver: Driver) -> None:
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 60_000})
    driver.clock.at += HOUR
    (premium,) = await rows(driver, "/v5/market/premium-index-price-kline", **BTC, interval="15", limit=1)
    assert premium[1:] == ["0.000000"] * 4
    (mark,) = await rows(driver, "/v5/market/mark-price-kline", **BTC, interval="15", limit=1)
    assert mark[1:] == ["60000.00"] * 4


async def test_options_have_mark_candles_and_dated_contracts_no_premium(driver: Driver) -> None:
    option = {"category": "option", "symbol": "BTC-3JUL26-64000-C-USDT"}
    (ticker,) = await rows(driver, "/v5/market/tickers", **option)
    (mark,) = await rows(driver, "/v5/market/mark-price-kline", **option, interval="60", limit=1)
    assert mark[4] == ticker["markPrice"]
    refused = await driver.ask("/v5/market/premium-index-price-kline", symbol="BTCUSDT-3JUL26", interval="60")
    assert refused.code == 10001


# statistics


@pytest.mark.parametrize(
    ("path", "period"), [("/v5/market/open-interest", "intervalTime"), ("/v5/market/account-ratio", "period")]
)
async def test_statistics_come_by_pages_newest_first(driver: Driver, path: str, period: str) -> None:
    window = {"startTime": NOON - 10 * HOUR, "endTime": NOON}
    seen: list[int] = []
    cursor = ""
    while True:
        result = (await driver.ask(path, **BTC, **{period: "1h"}, limit=4, cursor=cursor, **window)).result
        seen += [int(row["timestamp"]) for row in result["list"]]
        cursor = result["nextPageCursor"]
        if not cursor:
            break
    assert seen == [NOON - number * HOUR for number in range(11)]
    for odd in ("nonsense", "lasttime=" + "9" * 5_000):
        assert (await driver.ask(path, **BTC, **{period: "1h"}, cursor=odd)).code == 10001
    assert (await driver.ask(path, **BTC, **{period: "2h"})).code == 10001
    assert (await driver.ask(path, **BTC)).code == 10001


async def test_open_interest_is_the_tickers_of_both_sides(driver: Driver) -> None:
    (row,) = await rows(driver, "/v5/market/open-interest", **BTC, intervalTime="5min", limit=1)
    (ticker,) = await rows(driver, "/v5/market/tickers", **BTC)
    assert Decimal(row["openInterest"]) == Decimal(ticker["openInterest"]) == 2 * Decimal(row["singleOpenInterest"])


async def test_long_and_short_holders_are_all(driver: Driver) -> None:
    for row in await rows(driver, "/v5/market/account-ratio", **BTC, period="4h"):
        assert Decimal(row["buyRatio"]) + Decimal(row["sellRatio"]) == 1


async def test_volatility_is_hourly_and_its_window_a_pair(driver: Driver) -> None:
    path = "/v5/market/historical-volatility"
    found = (await driver.ask(path, category="option", period=30)).json["result"]
    assert [(row["period"], row["time"]) for row in found] == [(30, str(NOON))]
    window = {"startTime": NOON - 5 * HOUR, "endTime": NOON}
    assert len((await driver.ask(path, category="option", **window)).json["result"]) == 6
    assert (await driver.ask(path, category="option", startTime=NOON)).code == 10001
    assert (await driver.ask(path, category="option", startTime=NOON - 31 * DAY, endTime=NOON)).code == 10001
    assert (await driver.ask(path, category="option", period=8)).code == 10001
    assert (await driver.ask(path, category="option", baseCoin="SOL", period=270)).json["result"] == []


# pools and deliveries


async def test_every_contract_is_in_one_pool(driver: Driver) -> None:
    pools = await rows(driver, "/v5/market/insurance")
    insured = [symbol for pool in pools for symbol in pool["symbols"].split(",")]
    listed = [
        row["symbol"]
        for name in ("linear", "inverse")
        for row in await rows(driver, "/v5/market/tickers", category=name)
    ]
    assert sorted(insured) == sorted(listed)
    assert {pool["coin"] for pool in await rows(driver, "/v5/market/insurance", coin="USDC")} == {"USDC"}
    assert await rows(driver, "/v5/market/insurance", coin="NOPE") == []


async def test_deleveraging_is_told_of_a_contract_with_its_pool(driver: Driver) -> None:
    (row,) = await rows(driver, "/v5/market/adlAlert", symbol="BTCUSDT")
    pools = await rows(driver, "/v5/market/insurance", coin="USDT")
    (pool,) = [one for one in pools if "BTCUSDT" in one["symbols"].split(",")]
    assert (row["coin"], row["balance"], row["maxBalance"]) == ("USDT", pool["balance"], "")
    assert (await driver.ask("/v5/market/adlAlert", symbol="NOPE")).code == 10001


async def test_deliveries_have_the_index_of_their_moment(driver: Driver) -> None:
    found = await rows(driver, "/v5/market/delivery-price", category="linear", settleCoin="USDT")
    (usual,) = await rows(driver, "/v5/market/delivery-price", category="linear", symbol=found[0]["symbol"])
    assert found[0] == usual
    assert {row["symbol"].partition("-")[0] for row in found} == {"BTCUSDT", "ETHUSDT"}
    assert all(
        "USDT" not in row["symbol"] for row in await rows(driver, "/v5/market/delivery-price", category="linear")
    )
    assert [row["symbol"] for row in await rows(driver, "/v5/market/delivery-price", category="inverse")] == [
        "BTCUSDM26",
        "ETHUSDM26",
    ]
    at = int(found[0]["deliveryTime"])
    (candle,) = await rows(driver, "/v5/market/index-price-kline", **BTC, interval="1", start=at, end=at)
    assert abs(Decimal(found[0]["deliveryPrice"]) / Decimal(candle[1]) - 1) < Decimal("0.001")


async def test_options_are_told_of_while_they_are_delivered_or_by_symbol(driver: Driver) -> None:
    path = "/v5/market/delivery-price"
    assert await rows(driver, path, category="option") == []
    driver.clock.at = DELIVERY + HOUR
    found = await rows(driver, path, category="option", limit=200)
    assert len(found) > 10
    assert all(row["symbol"].startswith("BTC-3JUL26-") for row in found)
    driver.clock.at = DELIVERY + 5 * HOUR
    assert await rows(driver, path, category="option") == []
    assert await rows(driver, path, category="option", symbol=found[0]["symbol"]) == [found[0]]
    assert await rows(driver, path, category="option", symbol="BTC-31JUL26-64000-C-USDT") == []
    assert await rows(driver, path, category="option", symbol="nonsense") == []


# the account


async def test_what_can_leave_is_the_least_of_the_coin_and_the_account(driver: Driver) -> None:
    wallet = (await rows(driver, "/v5/account/wallet-balance", accountType="UNIFIED"))[0]
    result = (await driver.ask("/v5/account/withdrawal", coinName="USDC,USDT")).result
    assert list(result["availableWithdrawalMap"]) == ["USDC", "USDT"]
    assert result["availableWithdrawal"] == result["availableWithdrawalMap"]["USDC"]
    amounts = {coin["coin"]: coin for coin in wallet["coin"]}
    for coin, amount in result["availableWithdrawalMap"].items():
        assert 0 < Decimal(amount) <= Decimal(amounts[coin]["walletBalance"])
    balance = (
        await driver.ask("/v5/asset/transfer/query-account-coins-balance", accountType="UNIFIED", coin="USDT")
    ).result["balance"]
    assert [row["transferBalance"] for row in balance] == [result["availableWithdrawalMap"]["USDT"]]
    assert (await driver.ask("/v5/account/withdrawal")).code == 10001
    assert (await driver.ask("/v5/account/withdrawal", coinName=",".join(["USDT"] * 21))).code == 10001
    assert (await driver.ask("/v5/account/withdrawal", coinName="NOPE")).code == 10001


async def test_the_funding_wallet_is_empty_and_the_unified_one_asked_for_by_coin(driver: Driver) -> None:
    path = "/v5/asset/transfer/query-account-coins-balance"
    fund = (await driver.ask(path, accountType="FUND", coin="USDT", withBonus=1)).result["balance"]
    assert fund == [{"coin": "USDT", "walletBalance": "0", "transferBalance": "0", "bonus": "0"}]
    assert (await driver.ask(path, accountType="UNIFIED")).code == 10001
    assert (await driver.ask(path, accountType="CONTRACT")).code == 10001
    assert (await driver.ask(path, accountType="FUND", memberId="1")).code == 10001


async def test_a_loss_beyond_the_wallet_is_borrowed_by_the_hour(driver: Driver) -> None:
    held = {"symbol": "BTCPERP", "side": "Buy", "size": "1", "avgPrice": "90000", "createdTime": NOON - 3 * HOUR}
    await driver.account(environment="live", balance={"USDT": "100000"}, positions=[held])
    (loan,) = await rows(driver, "/v5/account/collateral-info", currency="USDC")
    (account,) = await rows(driver, "/v5/account/wallet-balance", accountType="UNIFIED")
    (coin,) = [one for one in account["coin"] if one["coin"] == "USDC"]
    assert Decimal(coin["borrowAmount"]) == Decimal(loan["borrowAmount"]) == -Decimal(coin["equity"]) > 0
    history = await rows(driver, "/v5/account/borrow-history")
    assert [row["createdTime"] for row in history] == [NOON - number * HOUR for number in range(4)]
    assert history[0]["borrowAmount"] == loan["borrowAmount"]
    assert await rows(driver, "/v5/account/borrow-history", currency="BTC") == []
    page = (await driver.ask("/v5/account/borrow-history", limit=3)).result
    assert (
        len((await driver.ask("/v5/account/borrow-history", limit=3, cursor=page["nextPageCursor"])).result["list"])
        == 1
    )
    too_long = await driver.ask("/v5/account/borrow-history", startTime=NOON - 31 * DAY, endTime=NOON)
    assert (too_long.code, too_long.json["retMsg"].endswith("30 days")) == (10001, True)


async def test_deltas_are_those_of_the_contracts(driver: Driver) -> None:
    found = {row["baseCoin"]: row for row in await rows(driver, "/v5/asset/coin-greeks")}
    assert set(found) == {"BTC", "ETH", "SOL"}
    assert found["ETH"]["totalDelta"] == "-1.00000000"
    assert Decimal("0.06") < Decimal(found["BTC"]["totalDelta"]) < Decimal("0.07")  # 0.05, 0.01 and 300 USD
    assert [row["baseCoin"] for row in await rows(driver, "/v5/asset/coin-greeks", baseCoin="SOL")] == ["SOL"]


async def test_coins_say_when_a_deposit_is_unlocked(driver: Driver) -> None:
    (row,) = (await driver.ask("/v5/asset/coin/query-info", coin="BTC")).result["rows"]
    assert [(chain["confirmation"], chain["safeConfirmNumber"]) for chain in row["chains"]] == [("2", "4")]
    assert int(row["chains"][0]["withdrawMax"]) > 0


async def test_maintenance_is_announced_and_over_again(driver: Driver) -> None:
    assert {row["state"] for row in await rows(driver, "/v5/system/status")} == {"completed"}
    await driver.sim("POST", "/sim/faults", {"kind": "maintenance", "seconds": 60})
    (row,) = await rows(driver, "/v5/system/status", state="ongoing")
    assert (row["begin"], row["end"]) == (str(NOON), str(NOON + MINUTE))
    assert await rows(driver, "/v5/system/status", id=row["id"]) == [row]
    driver.clock.at += MINUTE
    assert await rows(driver, "/v5/system/status", state="ongoing") == []
    assert (await driver.ask("/v5/account/info")).code == 0


# fees


@pytest.mark.parametrize(
    ("category", "around", "inside"),
    [
        ("linear", {"list"}, {"symbol", "takerFeeRate", "makerFeeRate"}),
        ("inverse", {"list"}, {"symbol", "takerFeeRate", "makerFeeRate"}),
        ("spot", {"category", "list"}, {"symbol", "takerFeeRate", "makerFeeRate"}),
        ("option", {"category", "list"}, {"symbol", "baseCoin", "takerFeeRate", "makerFeeRate"}),
    ],
)
async def test_fees_of_contracts_name_no_category(
    driver: Driver, category: str, around: set[str], inside: set[str]
) -> None:
    result = (await driver.ask("/v5/account/fee-rate", category=category)).result
    assert set(result) == around
    assert set(result["list"][0]) == inside


# the demo host


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v5/account/fee-rate?category=linear", 10032),
        ("/v5/account/smp-group", 10032),
        ("/v5/account/withdrawal?coinName=USDT", 10032),
        ("/v5/asset/coin/query-info", 10032),
        ("/v5/system/status", 10032),
        ("/v5/user/get-member-type", 10032),
        ("/v5/user/query-api", 0),
        ("/v5/account/borrow-history", 0),
        ("/v5/asset/coin-greeks", 0),
        ("/v5/market/insurance", 0),
    ],
)
async def test_demo_answers_its_own_list_alone(driver: Driver, path: str, code: int) -> None:
    await driver.account(environment="demo")
    query = path.partition("?")[2]
    reply = await driver.send("GET", f"/demo{path}", headers=driver.signed(query))
    assert (reply.status, reply.code) == (200, code)
    if code:
        assert reply.json["retMsg"] == "Demo trading are not supported."


async def test_demo_looks_at_the_key_first(driver: Driver) -> None:
    assert (await driver.ask("/demo/v5/account/smp-group")).code == 10003
    assert (await driver.public("/demo/v5/account/smp-group")).code == 10001
