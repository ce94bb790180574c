"""Faults of the Telegram stand-in, at the socket."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientError, ClientTimeout
from harness.sim_telegram import TOKEN, Driver, driven
from harness.waiting import LIMIT, until

from ops.sim.telegram.world import World

pytestmark = pytest.mark.usefixtures("started")

SEND: dict[str, Any] = {"chat_id": 1000, "text": "x"}


async def texts(sim: Driver) -> list[str]:
    return [message["text"] for message in await sim.sim("GET", "chats/1000/messages")][1:]


async def test_a_reset_comes_before_anything_happens(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="reset", method="sendMessage", times=1)
    with pytest.raises(ClientError):
        await sim.call("sendMessage", **SEND)
    assert await texts(sim) == []
    assert [call["status"] for call in await sim.sim("GET", "calls")] == [0]
    await sim.call("sendMessage", **SEND)


async def test_timeout_after_does_the_work_and_never_answers(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="timeout_after", chat_id=1000, times=1)
    with pytest.raises(TimeoutError):
        await sim.raw("POST", f"/bot{TOKEN}/sendMessage", json=SEND, timeout=ClientTimeout(total=2))
    assert await texts(sim) == ["x"]
    assert [call["status"] for call in await sim.sim("GET", "calls")] == [0]


async def test_late_does_the_work_and_answers_seconds_later(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="late", method="sendMessage", times=1)
    sending = asyncio.create_task(sim.call("sendMessage", **SEND))
    assert await until(lambda: texts(sim), what="the message") == ["x"]
    assert not sending.done()
    async with asyncio.timeout(LIMIT):
        assert (await sending)["text"] == "x"


async def test_floods_name_when_to_come_back(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="flood", times=1, seed=5)
    async with sim.session.post(f"{sim.url}/bot{TOKEN}/sendMessage", json=SEND) as response:
        body = await response.json()
        assert response.headers["Retry-After"] == str(body["parameters"]["retry_after"])
    assert (response.status, body["error_code"]) == (429, 429)
    assert await texts(sim) == []


async def test_faults_can_be_lifted(sim: Driver) -> None:
    answer = await sim.sim("POST", "faults", kind="http_500")
    assert answer == {"id": 1}
    assert await sim.refused("getMe") == "Internal Server Error"
    assert await sim.sim("DELETE", "faults") == {}
    await sim.call("getMe")


async def test_latency_is_added_to_each_answer() -> None:
    async with driven(World(limits=False, latency=0.2)) as sim:
        before = asyncio.get_running_loop().time()
        await asyncio.gather(*(sim.call("getMe") for _ in range(20)))
        assert asyncio.get_running_loop().time() - before >= 0.2


async def test_refused_tokens_and_methods_look_as_telegram_has_them(sim: Driver) -> None:
    for kind, status, description in [("unauthorized", 401, "Unauthorized"), ("not_found", 404, "Not Found")]:
        await sim.sim("POST", "faults", kind=kind, times=1)
        answer = await sim.raw("POST", f"/bot{TOKEN}/getMe")
        assert answer == (status, {"ok": False, "error_code": status, "description": description})
    await sim.call("getMe")


@pytest.mark.parametrize(("wish", "status"), [({}, 502), ({"status": 200}, 200)])
async def test_a_gateways_page_comes_instead_of_an_answer(sim: Driver, wish: dict[str, Any], status: int) -> None:
    await sim.sim("POST", "faults", kind="html", times=1, **wish)
    async with sim.session.post(f"{sim.url}/bot{TOKEN}/sendMessage", json=SEND) as response:
        assert (response.status, response.content_type) == (status, "text/html")
        assert (await response.text()).startswith("<html>")
    assert await texts(sim) == []


async def test_wrong_json_is_whatever_the_driver_says(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="wrong_json", times=1)
    assert await sim.raw("POST", f"/bot{TOKEN}/getMe") == (200, ["an answer, but none of Telegram's"])
    await sim.sim("POST", "faults", kind="wrong_json", times=1, body='{"ok": 1}')
    assert await sim.raw("POST", f"/bot{TOKEN}/getMe") == (200, {"ok": 1})


async def test_a_hang_does_nothing_and_says_nothing(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="hang", times=1)
    with pytest.raises(TimeoutError):
        await sim.raw("POST", f"/bot{TOKEN}/sendMessage", json=SEND, timeout=ClientTimeout(total=0.3))
    assert await texts(sim) == []
    assert [call["status"] for call in await sim.sim("GET", "calls")] == [0]


async def test_a_flood_lasts_as_long_as_the_driver_says(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="flood", retry_after=43, times=1)
    assert await sim.refused("sendMessage", **SEND) == "Too Many Requests: retry after 43"
    for wrong in [
        {"kind": "flood", "retry_after": 0},
        {"kind": "html", "retry_after": 5},
        {"kind": "html", "status": 9},
    ]:
        await sim.sim("POST", "faults", expect=400, **wrong)
