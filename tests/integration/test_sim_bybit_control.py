"""What drivers and clients meet on the wire of the Bybit stand-in: the calls under /sim, faults on sockets, state."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession
from harness.sim_bybit import HOUR, NOON, Driver, TurnedClock, driving
from harness.waiting import until

from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.server import serve
from ops.sim.bybit.state import StateError

TIME = "/v5/market/time"
INFO = "/v5/account/info"


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        await one.account(environment="live")
        yield one


# the calls


async def test_an_account_lives_through_its_calls(driver: Driver) -> None:
    uid = await driver.account(
        environment="demo", balance=5_000, positions=[{"symbol": "BTCUSDT", "size": "0.1"}], executions=4
    )
    truth = await driver.sim("GET", f"/sim/accounts/{uid}")
    assert set(truth) == {"wallet", "positions", "orders", "history", "executions", "closed_pnl"}
    assert truth["wallet"]["coin"][0]["walletBalance"] == "5000"
    assert await driver.sim("PATCH", f"/sim/accounts/{uid}", {"balance": "1.5", "positions": []}) == {}
    truth = await driver.sim("GET", f"/sim/accounts/{uid}")
    assert (truth["wallet"]["totalEquity"], truth["positions"]) == ("1.5", [])
    assert await driver.sim("DELETE", f"/sim/accounts/{uid}") == {}
    await driver.sim("GET", f"/sim/accounts/{uid}", status=404)
    assert (await driver.ask(f"/demo{INFO}")).code == 10003


async def test_the_truth_is_what_the_endpoints_say(driver: Driver) -> None:
    uid = await driver.account(
        environment="live",
        positions=[{"symbol": "BTCUSDT", "size": "0.1", "stopLoss": "60000"}],
        orders=[{"symbol": "SOLUSDT", "qty": 5}],
        executions=6,
    )
    truth = await driver.sim("GET", f"/sim/accounts/{uid}")
    asked = {
        "positions": await driver.ask("/v5/position/list", category="linear", settleCoin="USDT"),
        "orders": await driver.ask("/v5/order/realtime", category="linear", settleCoin="USDT"),
        "history": await driver.ask("/v5/order/history", category="linear"),
        "executions": await driver.ask("/v5/execution/list", category="linear"),
        "closed_pnl": await driver.ask("/v5/position/closed-pnl", category="linear"),
    }
    assert {name: reply.result["list"] for name, reply in asked.items()} == {name: truth[name] for name in asked}
    wallet = (await driver.ask("/v5/account/wallet-balance", accountType="UNIFIED")).result["list"][0]
    assert wallet == truth["wallet"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sim/accounts", {"environment": "moon"}, 400),
        ("POST", "/sim/accounts", [], 400),
        ("POST", "/sim/accounts", {"balance": "1e999999999"}, 400),
        ("PATCH", "/sim/accounts/1", {}, 404),
        ("GET", "/sim/accounts/nobody", None, 404),
        ("GET", "/sim/accounts/1/2", None, 404),
        ("GET", "/sim/accounts", None, 404),
        ("POST", "/sim/prices", {"symbol": "BTCUSDT"}, 400),
        ("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "1e12"}, 400),
        ("POST", "/sim/faults", {"kind": "flood"}, 400),
        ("GET", "/sim/faults", None, 404),
        ("GET", "/sim/calls?after=x", None, 400),
        ("GET", "/sim/nothing", None, 404),
        ("GET", "/sim", None, 404),
        ("GET", "/sim/%ff%fe", None, 404),
    ],
)
async def test_errors_have_one_shape(driver: Driver, method: str, path: str, body: object, status: int) -> None:
    answer = await driver.sim(method, path, body, status=status)
    assert set(answer) == {"error"}
    assert answer["error"]


@pytest.mark.parametrize("text", ["", "{", "nonsense", "\x00", '{"a": "\\ud800"}', '{"a": 1e999}', "[" * 5_000])
async def test_a_body_that_is_no_json_is_refused(driver: Driver, text: str) -> None:
    reply = await driver.send("POST", "/sim/accounts", data=text)
    assert reply.status == 400
    assert set(reply.json) == {"error"}


async def test_a_price_is_held_or_moves_on(driver: Driver) -> None:
    async def last() -> str:
        rows = (await driver.public("/v5/market/tickers", category="linear", symbol="BTCUSDT")).result["list"]
        return str(rows[0]["lastPrice"])

    assert await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "50000"}) == {}
    driver.clock.at += HOUR
    assert await last() == "50000.00"
    await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 51_000, "hold": False})
    assert await last() == "51000.00"
    driver.clock.at += HOUR
    assert await last() != "51000.00"
    assert 48_000 < float(await last()) < 54_000


async def test_calls_are_on_record(driver: Driver) -> None:
    uid = await driver.account(environment="demo")
    await driver.ask(f"/demo{INFO}")
    await driver.ask(INFO)
    await driver.public(TIME)
    await driver.public("/v5/nothing")
    calls = await driver.sim("GET", "/sim/calls?after=0")
    assert [(one["seq"], one["path"], one["uid"], one["status"], one["ret_code"]) for one in calls] == [
        (1, f"/demo{INFO}", uid, 200, 0),
        (2, INFO, uid, 200, 10003),
        (3, TIME, None, 200, 0),
        (4, "/v5/nothing", None, 404, None),
    ]
    assert all(one["at"] == NOON and one["method"] == "GET" and one["ms"] >= 0 for one in calls)
    assert [one["seq"] for one in await driver.sim("GET", "/sim/calls?after=3")] == [4]
    assert len(await driver.sim("GET", "/sim/calls")) == 4


# faults on the wire


async def fault(driver: Driver, kind: str, **more: Any) -> None:
    assert set(await driver.sim("POST", "/sim/faults", {"kind": kind, **more})) == {"id"}


async def raw(driver: Driver, path: str) -> bytes:
    """What comes back on a bare connection; aiohttp's client would hide a broken one by asking again."""
    reader, writer = await asyncio.open_connection(driver.serving.host, driver.serving.port)
    lines = [f"GET {path} HTTP/1.1", "Host: sim", *(f"{name}: {value}" for name, value in driver.signed("").items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("kind", ["lost_answer", "reset_before", "reset_after"])
async def test_no_answer_comes_and_the_next_request_works(driver: Driver, kind: str) -> None:
    await fault(driver, kind, path=INFO)
    if kind == "lost_answer":
        assert await raw(driver, INFO) == b""
    else:
        with pytest.raises(ConnectionResetError):
            await raw(driver, INFO)
    assert (await driver.ask(INFO)).code == 0
    calls = await driver.sim("GET", "/sim/calls")
    worked_on = None if kind == "reset_before" else 0
    assert [(one["status"], one["ret_code"]) for one in calls] == [(None, worked_on), (200, 0)]


async def test_a_late_answer_was_worked_on_at_once(driver: Driver) -> None:
    await fault(driver, "late_answer", seconds=0.3)
    began = perf_counter()
    asking = asyncio.create_task(driver.ask(INFO))
    await until(lambda: not driver.serving.world.faults.standing, what="the fault struck")
    driver.clock.at += HOUR
    reply = await asking
    assert perf_counter() - began >= 0.3
    assert reply.json["time"] == NOON
    assert (await driver.sim("GET", "/sim/calls"))[0]["ms"] >= 300


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("http_500", 500, "Internal Server Error"),
        ("html", 200, "<html>"),
        ("ip_ban", 403, "access too frequent"),
        ("halted", 503, "Service Unavailable"),
    ],
)
async def test_answers_that_are_no_json(driver: Driver, kind: str, status: int, content: str) -> None:
    await fault(driver, kind)
    reply = await driver.public(TIME)
    assert (reply.status, reply.json) == (status, None)
    assert content in reply.text


async def test_a_truncated_answer_is_half_of_one(driver: Driver) -> None:
    await fault(driver, "truncated")
    async with ClientSession() as fresh, fresh.get(driver.serving.url + TIME) as answer:
        text = await answer.text()
    assert text.startswith('{"retCode":0')
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@pytest.mark.parametrize(("kind", "code"), [("code_10000", 10000), ("code_10002", 10002), ("code_10006", 10006)])
async def test_codes_out_of_the_blue(driver: Driver, kind: str, code: int) -> None:
    await fault(driver, kind)
    reply = await driver.ask(INFO)
    assert (reply.status, reply.code) == (200, code)
    if code == 10006:
        assert reply.headers["X-Bapi-Limit-Status"] == "0"
        assert int(reply.headers["X-Bapi-Limit-Reset-Timestamp"]) == NOON + 1000


async def test_a_revoked_key_is_invalid_until_the_faults_are_cleared(driver: Driver) -> None:
    key, secret = driver.key, driver.secret
    other = await driver.account(environment="live")
    await fault(driver, "key_revoked", uid=other)
    assert (await driver.ask(INFO)).code == 10003
    assert (await driver.ask(INFO)).code == 10003
    assert (await driver.public(TIME)).code == 0
    driver.key, driver.secret = key, secret
    assert (await driver.ask(INFO)).code == 0
    assert await driver.sim("DELETE", "/sim/faults") == {}


async def test_a_halt_of_thirty_seconds(driver: Driver) -> None:
    await fault(driver, "halted", seconds=30)
    assert (await driver.public(TIME)).status == 503
    driver.clock.at += 30_000
    assert (await driver.public(TIME)).status == 200


async def test_faults_never_hit_the_drivers(driver: Driver) -> None:
    await fault(driver, "reset_before", probability=1)
    assert await driver.sim("GET", "/sim/calls") == []
    with pytest.raises(ClientError):
        await driver.public(TIME)
    await driver.sim("DELETE", "/sim/faults")
    assert (await driver.public(TIME)).code == 0


async def test_every_answer_is_as_slow_as_told() -> None:
    async with serve(port=0, latency=0.2) as serving, ClientSession() as session:
        began = perf_counter()
        await asyncio.gather(*(session.get(serving.url + TIME) for _ in range(20)))
        assert perf_counter() - began >= 0.2


# what outlives a run


async def test_a_folder_keeps_accounts_faults_and_prices(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with driving(state=tmp_path / "bybit", clock=clock) as driver:
        uid = await driver.account(
            environment="live",
            balance={"USDT": "1.5", "BTC": 1},
            positions=[{"symbol": "ETHUSDT", "size": 2}],
            orders=[{"symbol": "SOLUSDT"}],
            executions=5,
        )
        key, secret = driver.key, driver.secret
        gone = await driver.account()
        await driver.sim("DELETE", f"/sim/accounts/{gone}")
        await driver.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 61_000, "hold": False})
        await driver.sim("POST", "/sim/faults", {"kind": "http_500", "path": "/v5/nothing", "times": 3})
        truth = await driver.sim("GET", f"/sim/accounts/{uid}")
    async with driving(state=tmp_path / "bybit", clock=clock) as driver:
        assert await driver.sim("GET", f"/sim/accounts/{uid}") == truth
        await driver.sim("GET", f"/sim/accounts/{gone}", status=404)
        driver.key, driver.secret = key, secret
        assert (await driver.ask(INFO)).code == 0
        assert (await driver.public("/v5/nothing")).status == 500
        assert await driver.account() not in {uid, gone}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "bybit").rglob("*.json"))


async def test_prices_go_on_where_they_were_without_any_state() -> None:
    async with driving() as driver:
        first = (await driver.public("/v5/market/tickers", category="linear")).result
    async with driving() as driver:
        assert (await driver.public("/v5/market/tickers", category="linear")).result == first
    async with driving(seed=2) as driver:
        assert (await driver.public("/v5/market/tickers", category="linear")).result != first


async def test_a_folder_of_another_seed_or_a_broken_one_is_refused(tmp_path: Path) -> None:
    async with driving(state=tmp_path, seed=1) as driver:
        await driver.account()
    with pytest.raises(StateError, match="belongs to seed 1, not 2"):
        async with driving(state=tmp_path, seed=2):
            pass
    (next((tmp_path / "accounts").glob("*.json"))).write_text("{}")
    with pytest.raises(StateError, match="an account cannot be read"):
        async with driving(state=tmp_path, seed=1):
            pass
    (tmp_path / "world.json").write_text("{")
    with pytest.raises(StateError, match="cannot be read"):
        async with driving(state=tmp_path, seed=1):
            pass
    (tmp_path / "world.json").write_text('{"version": 99}')
    with pytest.raises(StateError, match="version 99"):
        async with driving(state=tmp_path, seed=1):
            pass


SCRIPT = """
import asyncio, sys
from pathlib import Path
from ops.sim.bybit.server import serve

async def main():
    async with serve(port=0, state=Path(sys.argv[1])) as serving:
        print(serving.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def process(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, str(folder), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert running.stdout is not None
    try:
        yield running, (await running.stdout.readline()).decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.communicate()


async def test_a_kill_loses_at_most_the_last_second(tmp_path: Path) -> None:
    async with process(tmp_path) as (running, url), ClientSession() as session:
        for number in range(20):
            await session.post(f"{url}/sim/accounts", json={"balance": number, "executions": 3})
        await until(lambda: len(list((tmp_path / "accounts").glob("*.json"))) == 20, what="twenty files")
        for _ in range(20):
            await session.post(f"{url}/sim/accounts", json={"executions": 3})
        os.kill(running.pid, signal.SIGKILL)
    async with process(tmp_path) as (_, url), ClientSession() as session:
        kept = sorted(int(file.stem) for file in (tmp_path / "accounts").glob("*.json"))
        assert len(kept) >= 20
        balances = set()
        for uid in kept:
            truth = await (await session.get(f"{url}/sim/accounts/{uid}")).json()
            assert len(truth["executions"]) == 3
            balances.add(truth["wallet"]["totalWalletBalance"])
        assert {str(number) for number in range(20)} <= balances
        made = await (await session.post(f"{url}/sim/accounts", json={})).json()
        assert made["uid"] not in kept


def test_the_tables_of_facts_carry_their_source() -> None:
    data = Path(__file__).parents[2] / "ops" / "sim" / "data"
    for name in ("endpoints", "instruments", "errors"):
        table = json.loads((data / f"bybit_{name}.json").read_text())
        assert table["source"]
        assert table["version"]
    assert all(fact.response for fact in ENDPOINTS.values())
