"""Contracts and accounts of every kind in the Bybit stand-in, and its clock."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.sim_bybit import DAY, HOUR, MINUTE, NOON, Driver, TurnedClock, driving

DELIVERY = NOON - 4 * HOUR + 2 * DAY
"""Friday 2026-07-03 08:00 UTC."""
DATED = "BTCUSDT-3JUL26"
TOTALS = {
    "accountIMRate",
    "accountIMRateByMp",
    "accountMMRate",
    "accountMMRateByMp",
    "totalMarginBalance",
    "totalAvailableBalance",
    "totalInitialMargin",
    "totalInitialMarginByMp",
    "totalMaintenanceMargin",
    "totalMaintenanceMarginByMp",
}
COIN_MARGINS = {"totalOrderIM", "totalPositionIM", "totalPositionMM"}
MARGINS = {"leverage", "liqPrice", "positionIM", "positionIMByMp", "positionMM", "positionMMByMp"}
HELD = [{"symbol": "BTCUSDT", "side": "Buy", "size": "0.05", "avgPrice": "64000"}]


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        yield one


async def rows(driver: Driver, path: str, **params: Any) -> list[Any]:
    found: list[Any] = (await driver.ask(path, **params)).result["list"]
    return found


def empty(row: dict[str, Any]) -> set[str]:
    return {name for name, value in row.items() if value == ""}


# contracts


async def test_a_delivery_goes_through_its_states(driver: Driver) -> None:
    async def status() -> str:
        (row,) = await rows(driver, "/v5/market/instruments-info", category="linear", symbol=DATED)
        return str(row["status"])

    seen = []
    for at in (NOON, DELIVERY - 1, DELIVERY, DELIVERY + 4 * HOUR - 1, DELIVERY + 4 * HOUR):
        driver.clock.at = at
        seen.append(await status())
    assert seen == ["Trading", "Trading", "Delivering", "Delivering", "Closed"]
    driver.clock.at = DELIVERY + HOUR
    delivering = await rows(driver, "/v5/market/instruments-info", category="linear", status="Delivering")
    assert {row["symbol"] for row in delivering} == {DATED, "ETHUSDT-3JUL26", "BTC-3JUL26", "ETH-3JUL26"}
    assert all((row["contractType"], row["deliveryTime"]) == ("LinearFutures", str(DELIVERY)) for row in delivering)


async def test_no_price_of_a_delivered_contract_moves(driver: Driver) -> None:
    async def ticker() -> dict[str, Any]:
        found: dict[str, Any] = (await rows(driver, "/v5/market/tickers", category="linear", symbol=DATED))[0]
        return found

    driver.clock.at = DELIVERY - HOUR
    before = await ticker()
    assert (before["fundingRate"], before["nextFundingTime"], before["predictedDeliveryPrice"]) == ("", "0", "")
    assert before["deliveryTime"] == str(DELIVERY)
    driver.clock.at = DELIVERY - 10 * MINUTE
    assert float((await ticker())["predictedDeliveryPrice"]) > 0
    driver.clock.at = DELIVERY
    last = (await ticker())["lastPrice"]
    driver.clock.at += HOUR
    assert (await ticker())["lastPrice"] == last
    candles = await rows(driver, "/v5/market/kline", category="linear", symbol=DATED, interval="1", limit=2)
    assert candles[0][0] == str(DELIVERY)


async def test_a_position_outlives_the_listing(driver: Driver) -> None:
    uid = await driver.account(environment="live", positions=[{"symbol": DATED, "size": "0.01"}])
    driver.clock.at = DELIVERY + 30 * DAY
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"expires_at": driver.clock.at + DAY})
    assert [row["symbol"] for row in await rows(driver, "/v5/position/list", category="linear", settleCoin="USDT")] == [
        DATED
    ]
    driver.clock.at += 300 * DAY
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"expires_at": driver.clock.at + DAY})
    assert len((await driver.sim("GET", f"/sim/accounts/{uid}"))["positions"]) == 1


async def test_inverse_quarters_are_named_by_letter(driver: Driver) -> None:
    found = await rows(driver, "/v5/market/instruments-info", category="inverse")
    dated = [row for row in found if row["contractType"] == "InverseFutures"]
    assert [row["symbol"] for row in dated] == ["BTCUSDU26", "BTCUSDZ26", "ETHUSDU26", "ETHUSDZ26"]
    assert {row["settleCoin"] for row in dated} == {"BTC", "ETH"}
    await driver.account(environment="live", balance={"BTC": 1}, positions=[{"symbol": "BTCUSDU26", "size": 100}])
    (held,) = await rows(driver, "/v5/position/list", category="inverse")
    assert held["symbol"] == "BTCUSDU26"


async def test_contracts_before_their_launch_are_asked_for_by_status(driver: Driver) -> None:
    found = await rows(driver, "/v5/market/instruments-info", category="linear", status="PreLaunch")
    phases = {row["symbol"]: row["preListingInfo"]["curAuctionPhase"] for row in found}
    assert phases == {"MONUSDT": "ContinuousTrading", "OPNUSDT": "CallAuction"}
    for row in found:
        assert row["isPreListing"] is True
        running = [
            phase["phase"]
            for phase in row["preListingInfo"]["phases"]
            if int(phase["startTime"]) <= NOON and (not phase["endTime"] or int(phase["endTime"]) > NOON)
        ]
        assert running == [phases[row["symbol"]]]
    usual = {row["symbol"] for row in await rows(driver, "/v5/market/instruments-info", category="linear", limit=1000)}
    assert not usual & set(phases)


async def test_a_new_listing_has_no_figures_of_a_day(driver: Driver) -> None:
    for symbol, phase in (("MONUSDT", "ContinuousTrading"), ("OPNUSDT", "CallAuction")):
        (row,) = await rows(driver, "/v5/market/tickers", category="linear", symbol=symbol)
        assert (row["prevPrice24h"], row["price24hPcnt"], row["curPreListingPhase"]) == ("", "", phase)
        assert float(row["lastPrice"]) > 0
        assert bool(row["preOpenPrice"]) == (phase == "CallAuction")


async def test_hundreds_of_symbols_need_a_second_page(driver: Driver) -> None:
    first = (await driver.public("/v5/market/instruments-info", category="linear")).result
    rest = await rows(driver, "/v5/market/instruments-info", category="linear", cursor=first["nextPageCursor"])
    assert len(first["list"]) == 500
    assert 200 < len(rest) < 300
    tickers = await driver.public("/v5/market/tickers", category="linear")
    assert len(tickers.result["list"]) > 700
    assert len(tickers.text) > 400_000


async def test_small_coins_move_apart_and_are_set_apart(driver: Driver) -> None:
    symbols = ("WIFUSDT", "ONDOUSDT", "ENAUSDT", "JUPUSDT")

    async def prices() -> dict[str, str]:
        found = await rows(driver, "/v5/market/tickers", category="linear")
        return {row["symbol"]: row["lastPrice"] for row in found if row["symbol"] in symbols}

    before = await prices()
    await driver.sim("POST", "/sim/prices", {"symbol": "WIFUSDT", "price": "77"})
    assert {name for name, price in (await prices()).items() if price != before[name]} == {"WIFUSDT"}
    driver.clock.at += 6 * HOUR
    changes = {Decimal(price) / Decimal(before[name]) for name, price in (await prices()).items() if name != "WIFUSDT"}
    assert len(changes) == 3
    assert 1 not in changes
    now = await prices()
    for symbol in symbols:
        (candle,) = await rows(driver, "/v5/market/kline", symbol=symbol, interval="5", limit=1)
        assert candle[4] == now[symbol]


# accounts


async def test_isolated_margin_has_no_totals(driver: Driver) -> None:
    uid = await driver.account(environment="live", margin_mode="isolated", positions=HELD)
    assert (await driver.ask("/v5/account/info")).result["marginMode"] == "ISOLATED_MARGIN"
    (account,) = await rows(driver, "/v5/account/wallet-balance", accountType="UNIFIED")
    assert empty(account) == TOTALS
    assert Decimal(account["totalEquity"]) > 0
    assert not empty(account["coin"][0]) & COIN_MARGINS
    (held,) = await rows(driver, "/v5/position/list", category="linear", symbol="BTCUSDT")
    assert Decimal(57600) < Decimal(held["liqPrice"]) < Decimal(58240)  # entry less a tenth, plus maintenance
    truth = await driver.sim("GET", f"/sim/accounts/{uid}")
    assert (truth["wallet"], truth["positions"]) == (account, [held])


async def test_an_isolated_position_does_not_care_for_the_wallet(driver: Driver) -> None:
    prices = set()
    for balance in (1_000, 100_000):
        await driver.account(environment="live", margin_mode="isolated", positions=HELD, balance=balance)
        (held,) = await rows(driver, "/v5/position/list", category="linear", symbol="BTCUSDT")
        prices.add(held["liqPrice"])
    assert len(prices) == 1


async def test_portfolio_margin_has_no_margins_of_a_position_or_coin(driver: Driver) -> None:
    await driver.account(environment="live", margin_mode="portfolio", positions=HELD)
    assert (await driver.ask("/v5/account/info")).result["marginMode"] == "PORTFOLIO_MARGIN"
    (account,) = await rows(driver, "/v5/account/wallet-balance", accountType="UNIFIED")
    assert not empty(account)
    assert empty(account["coin"][0]) >= COIN_MARGINS
    (held,) = await rows(driver, "/v5/position/list", category="linear", symbol="BTCUSDT")
    assert empty(held) >= MARGINS
    assert (held["riskId"], held["riskLimitValue"]) == (0, "0")


@pytest.mark.parametrize(("uta", "status"), [(0, 1), (1, 6), (3, 3), (5, 5)])
async def test_an_account_says_what_it_is(driver: Driver, uta: int, status: int) -> None:
    await driver.account(environment="live", uta=uta)
    assert (await driver.ask("/v5/user/query-api")).result["uta"] == uta
    assert (await driver.ask("/v5/account/info")).result["unifiedMarginStatus"] == status
    wallets = (await driver.ask("/v5/user/get-member-type")).result["accounts"][0]["accountType"]
    assert ("UNIFIED" in wallets) == bool(uta)


async def test_a_subaccount_names_its_master(driver: Driver) -> None:
    uid = await driver.account(environment="live", master=False)
    info = (await driver.ask("/v5/user/query-api")).result
    assert info["isMaster"] is False
    assert info["parentUid"] not in {"0", str(uid)}
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"master": True, "uta": 0, "margin_mode": "isolated"})
    info = (await driver.ask("/v5/user/query-api")).result
    assert (info["isMaster"], info["parentUid"], info["uta"]) == (True, "0", 0)


@pytest.mark.parametrize("fields", [{"uta": 9}, {"uta": "new"}, {"margin_mode": "cross"}, {"master": "yes"}])
async def test_kinds_that_do_not_exist_are_refused(driver: Driver, fields: dict[str, Any]) -> None:
    answer = await driver.sim("POST", "/sim/accounts", fields, status=400)
    assert next(iter(fields)) in answer["error"]


# the clock


async def test_a_moved_clock_moves_every_answer(driver: Driver) -> None:
    await driver.account(environment="live")
    assert await driver.sim("POST", "/sim/clock", {"offset_s": -3600.5}) == {}
    moved = NOON - HOUR - 500
    assert (await driver.public("/v5/market/time")).json["time"] == moved
    (candle,) = (await driver.public("/v5/market/kline", symbol="BTCUSDT", interval="60", limit=1)).result["list"]
    assert int(candle[0]) == NOON - 2 * HOUR
    late = await driver.ask("/v5/account/info")
    assert late.code == 10002  # the driver's clock was not moved
    assert (await driver.ask("/v5/account/info", changes={"timestamp": str(moved)})).code == 0
    await driver.sim("POST", "/sim/clock", {"offset_s": 100 * 86_400})
    reply = await driver.ask("/v5/account/info", changes={"timestamp": str(NOON + 100 * DAY)})
    assert reply.code == 33004
    await driver.sim("POST", "/sim/clock", {"offset_s": 0})
    assert (await driver.ask("/v5/account/info")).code == 0


@pytest.mark.parametrize("body", [{}, {"offset_s": "soon"}, {"offset_s": 1e12}, {"seconds": 5}])
async def test_a_clock_is_moved_by_seconds_alone(driver: Driver, body: dict[str, Any]) -> None:
    await driver.sim("POST", "/sim/clock", body, status=400)


async def test_a_clock_set_back_starts_rates_anew() -> None:
    async with driving(limits=True) as driver:
        await driver.account(environment="live")
        for _ in range(10):
            await driver.ask("/v5/user/query-api")
        assert (await driver.ask("/v5/user/query-api")).code == 10006
        await driver.sim("POST", "/sim/clock", {"offset_s": -1})
        assert (await driver.ask("/v5/user/query-api", changes={"timestamp": str(NOON - 1000)})).code == 0


async def test_a_folder_keeps_the_clock_and_the_kind(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with driving(state=tmp_path, clock=clock) as driver:
        uid = await driver.account(environment="live", uta=0, margin_mode="isolated")
        await driver.sim("POST", "/sim/faults", {"kind": "odd_field", "path": "/v5/market/time", "field": "timeNano"})
        await driver.sim("POST", "/sim/clock", {"offset_s": 7})
    async with driving(state=tmp_path, clock=clock) as driver:
        time = await driver.public("/v5/market/time")
        assert (time.json["time"], set(time.result)) == (NOON + 7000, {"timeSecond"})
        kept = driver.serving.world.accounts[uid]
        assert (kept.uta, kept.margin_mode) == (0, "ISOLATED_MARGIN")


async def test_a_script_of_prices_runs_with_the_clock(driver: Driver) -> None:
    async def last() -> str:
        found = (await driver.public("/v5/market/tickers", category="linear", symbol="BTCUSDT")).result["list"]
        return str(found[0]["lastPrice"])

    path = [{"after_s": 60, "price": 58_000}, {"after_s": 30, "price": 59_000}]
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 60_000, "path": path})
    seen = []
    for _ in range(4):
        seen.append(await last())
        driver.clock.at += 29_999 if len(seen) == 1 else 30_000 if len(seen) > 2 else 1
    assert seen == ["60000.00", "60000.00", "59000.00", "58000.00"]
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "path": [{"after_s": 5, "price": 1}]})
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 61_000})
    driver.clock.at += MINUTE
    assert await last() == "61000.00"


@pytest.mark.parametrize(
    "body", [{"path": [{"price": 0}]}, {"path": [{"after_s": -1, "price": 5}]}, {"path": [5]}, {"path": []}, {}]
)
async def test_a_wrong_script_is_refused(driver: Driver, body: dict[str, Any]) -> None:
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", **body}, status=400)


# what changes behind a client's back


async def test_limits_of_a_contract_change_until_that_is_taken_back(driver: Driver) -> None:
    async def lot() -> tuple[str, str, str]:
        (row,) = await rows(driver, "/v5/market/instruments-info", category="linear", symbol="ETHUSDT")
        return row["lotSizeFilter"]["maxMktOrderQty"], row["priceFilter"]["tickSize"], row["status"]

    most, tick, _ = before = await lot()
    order = {"kind": "limits_changed", "symbol": "ETHUSDT", "share": "0.1", "tick": "0.5", "status": "closed"}
    await driver.sim("POST", "/sim/faults", order)
    changed = await lot()
    assert (Decimal(changed[0]), *changed[1:]) == (Decimal(most) / 10, "0.5", "Closed")
    (ticker,) = await rows(driver, "/v5/market/tickers", category="linear", symbol="ETHUSDT")
    assert Decimal(ticker["lastPrice"]) % Decimal("0.5") == 0
    (other,) = await rows(driver, "/v5/market/instruments-info", category="linear", symbol="BTCUSDT")
    assert other["status"] == "Trading"
    await driver.sim("DELETE", "/sim/faults")
    assert await lot() == before
    assert tick != "0.5"


async def test_the_position_mode_is_switched_where_nothing_is_held(driver: Driver) -> None:
    async def indexes() -> set[int]:
        found = await rows(driver, "/v5/position/list", category="linear", symbol="BTCUSDT")
        return {row["positionIdx"] for row in found}

    uid = await driver.account(environment="live", positions=HELD)
    await driver.sim("POST", "/sim/faults", {"kind": "mode_switched", "uid": uid})
    assert await indexes() == {0}, "it holds something"
    await driver.sim("PATCH", f"/sim/accounts/{uid}", {"positions": []})
    await driver.sim("POST", "/sim/faults", {"kind": "mode_switched", "uid": uid, "symbol": "BTCUSDT"})
    assert await indexes() == {1, 2}
    assert await driver.sim("POST", "/sim/faults", {"kind": "mode_switched", "uid": 1}, status=400)
    assert await driver.sim("POST", "/sim/faults", {"kind": "mode_switched", "symbol": "NONE"}, status=400)
