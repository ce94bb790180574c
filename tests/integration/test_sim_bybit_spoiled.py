"""Answers of the Bybit stand-in that faults spoil, on the wire: pages, codes, odd fields, gzip, slow and cut bodies."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import pytest
from aiohttp import ClientSession
from harness.sim_bybit import BALANCE, ORDERS, POSITIONS, Driver, driving

TIME = "/v5/market/time"
INFO = "/v5/account/info"
LIST = "/v5/position/list"
WALLET = "/v5/account/wallet-balance"


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        await one.account(environment="live", balance=BALANCE, positions=POSITIONS, orders=ORDERS)
        yield one


async def fault(driver: Driver, kind: str, **more: Any) -> None:
    assert set(await driver.sim("POST", "/sim/faults", {"kind": kind, **more})) == {"id"}


# pages and codes


@pytest.mark.parametrize(
    ("order", "status", "content"),
    [
        ({"kind": "html_502"}, 502, "502 Bad Gateway"),
        ({"kind": "html_504"}, 504, "504 Gateway Time-out"),
        ({"kind": "html_403"}, 403, "block access from your country"),
        ({"kind": "html_403", "cause": "too_frequent"}, 403, "access too frequent"),
        ({"kind": "http_429"}, 429, "frequency protection"),
    ],
)
async def test_gateways_answer_with_pages(driver: Driver, order: dict[str, str], status: int, content: str) -> None:
    await driver.sim("POST", "/sim/faults", order)
    reply = await driver.ask(INFO)
    assert (reply.status, reply.json) == (status, None)
    assert content in reply.text
    assert reply.headers["Content-Type"].startswith("text/plain" if status == 429 else "text/html")
    assert (await driver.ask(INFO)).code == 0


@pytest.mark.parametrize(
    ("order", "code", "text"),
    [
        ({"kind": "code_10016"}, 10016, "Server error."),
        ({"kind": "code_10018"}, 10018, "Exceeded the IP Rate Limit."),
        ({"kind": "code_10429"}, 10429, "System level frequency protection"),
        ({"kind": "code", "code": 10032}, 10032, "Demo trading are not supported."),
        ({"kind": "code", "code": 110132}, 110132, "Product not available in your region"),
        ({"kind": "code", "code": 987654}, 987654, ""),
    ],
)
async def test_codes_come_in_bybits_shape(driver: Driver, order: dict[str, Any], code: int, text: str) -> None:
    await driver.sim("POST", "/sim/faults", {**order, "path": INFO})
    reply = await driver.ask(INFO)
    assert (reply.status, reply.code, reply.json["retMsg"]) == (200, code, text)
    assert (await driver.sim("GET", "/sim/calls"))[-1]["ret_code"] == code


async def test_too_many_visits_of_a_public_path_come_without_a_rate(driver: Driver) -> None:
    await fault(driver, "code_10006", times=3)
    public = await driver.public(TIME)
    assert public.code == 10006
    assert not [name for name in public.headers if name.lower().startswith("x-bapi-limit")]
    private = await driver.ask(INFO)
    assert (private.code, private.headers["X-Bapi-Limit"], private.headers["X-Bapi-Limit-Status"]) == (10006, "50", "0")
    assert not [name for name in (await driver.public("/v5/nothing")).headers if name.startswith("X-Bapi")]


# bodies


async def test_a_slow_body_comes_whole_and_late(driver: Driver) -> None:
    plain = (await driver.ask(LIST, category="linear", settleCoin="USDT")).result
    await fault(driver, "slow_body", path=LIST, seconds=0.4)
    query = "category=linear&settleCoin=USDT"
    url = f"{driver.serving.url}{LIST}?{query}"
    began = perf_counter()
    async with ClientSession() as fresh, fresh.get(url, headers=driver.signed(query)) as answer:
        assert perf_counter() - began < 0.35  # the head is there at once
        pieces = [piece async for piece in answer.content.iter_any()]
    assert perf_counter() - began >= 0.4
    assert len(pieces) > 3
    assert json.loads(b"".join(pieces))["result"] == plain


async def test_a_cut_body_is_announced_whole_and_broken_off(driver: Driver) -> None:
    await fault(driver, "cut_body", path=TIME)
    reader, writer = await asyncio.open_connection(driver.serving.host, driver.serving.port)
    writer.write(f"GET {TIME} HTTP/1.1\r\nHost: sim\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    half = await reader.readexactly(announced // 2)
    assert half.startswith(b'{"retCode":0')
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert (await driver.public(TIME)).code == 0
    assert [one["status"] for one in await driver.sim("GET", "/sim/calls")] == [200, 200]


async def test_gzip_lasts_until_it_is_taken_away_and_only_where_it_is_taken(driver: Driver) -> None:
    plain = await driver.public(TIME)
    await fault(driver, "gzip")
    url = driver.serving.url + TIME
    async with ClientSession(auto_decompress=False) as fresh:
        for _ in range(2):
            async with fresh.get(url, headers={"Accept-Encoding": "gzip, deflate"}) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                assert json.loads(gzip.decompress(await answer.read())) == plain.json
        async with fresh.get(url, headers={"Accept-Encoding": "identity"}) as answer:
            assert "Content-Encoding" not in answer.headers
        await driver.sim("DELETE", "/sim/faults")
        async with fresh.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
            assert "Content-Encoding" not in answer.headers


# odd fields


async def listed(driver: Driver) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await driver.ask(LIST, category="linear", settleCoin="USDT")).result["list"]
    return found


@pytest.mark.parametrize("value", ["", None, "UNHEARD_OF", 5, []])
async def test_a_field_of_the_first_row_is_odd_once(driver: Driver, value: object) -> None:
    before = await listed(driver)
    await fault(driver, "odd_field", path=LIST, field="markPrice", value=value)
    odd = await listed(driver)
    assert odd[0] == {**before[0], "markPrice": value}
    assert odd[1:] == before[1:]
    assert await listed(driver) == before


async def test_without_a_value_the_field_is_missing(driver: Driver) -> None:
    before = await listed(driver)
    await fault(driver, "odd_field", path=LIST, field="avgPrice")
    odd = await listed(driver)
    assert set(before[0]) - set(odd[0]) == {"avgPrice"}


@pytest.mark.parametrize(
    ("row", "hit"), [(1, [1]), ("all", [0, 1]), ("ETHUSDT", [1]), ("Buy", [0]), ("NOPE", []), (7, [])]
)
async def test_rows_are_chosen_by_place_or_by_a_word_in_them(driver: Driver, row: object, hit: list[int]) -> None:
    await fault(driver, "odd_field", path=LIST, field="size", value="", row=row)
    assert [place for place, one in enumerate(await listed(driver)) if not one["size"]] == hit


async def test_several_fields_may_be_odd_at_once_beside_another_fault(driver: Driver) -> None:
    for field in ("size", "markPrice"):
        await fault(driver, "odd_field", path=LIST, field=field, value="")
    await fault(driver, "late_answer", path=LIST, seconds=0)
    first = (await listed(driver))[0]
    assert (first["size"], first["markPrice"]) == ("", "")
    assert driver.serving.world.faults.standing == []


async def test_the_list_itself_and_the_cursor_may_be_odd(driver: Driver) -> None:
    await fault(driver, "odd_field", path=LIST, field="list", value=None)
    result = (await driver.ask(LIST, category="linear", settleCoin="USDT")).result
    assert result["list"] is None
    await fault(driver, "odd_field", path=INFO, field="marginMode", value="NEW_MODE")
    assert (await driver.ask(INFO)).result["marginMode"] == "NEW_MODE"


async def test_rows_in_rows_and_rows_that_are_lists(driver: Driver) -> None:
    await fault(driver, "odd_field", path=WALLET, field="walletBalance", value="", row="BTC")
    coins = (await driver.ask(WALLET, accountType="UNIFIED")).result["list"][0]["coin"]
    assert [coin["coin"] for coin in coins if not coin["walletBalance"]] == ["BTC"]
    await fault(
        driver, "odd_field", path="/v5/market/instruments-info", field="lotSizeFilter.qtyStep", value="x", row="all"
    )
    found = (await driver.public("/v5/market/instruments-info", category="linear", limit=3)).result["list"]
    assert {row["lotSizeFilter"]["qtyStep"] for row in found} == {"x"}
    await fault(driver, "odd_field", path="/v5/market/kline", field="4", value=None)
    rows = (await driver.public("/v5/market/kline", symbol="BTCUSDT", interval="1", limit=2)).result["list"]
    assert [row[4] is None for row in rows] == [True, False]


async def test_an_unknown_field_changes_nothing(driver: Driver) -> None:
    before = await listed(driver)
    await fault(driver, "odd_field", path=LIST, field="nothing", value="")
    assert await listed(driver) == before


async def test_what_is_no_answer_of_an_endpoint_has_no_odd_field(driver: Driver) -> None:
    await fault(driver, "odd_field", path=LIST, field="size", value="", times=2)
    assert (await driver.ask(LIST, category="linear")).code == 10001
    await fault(driver, "html_502", path=LIST)
    assert (await driver.ask(LIST, category="linear", settleCoin="USDT")).status == 502
