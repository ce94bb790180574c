"""The Telegram stand-in over raw HTTP: encodings, addresses, updates, the log."""

import asyncio
from io import BytesIO

import pytest
from aiohttp import FormData
from harness.sim_telegram import GROUP, TOKEN, Driver
from harness.waiting import LIMIT, until

from ops.sim.telegram.wire import MAX_BODY_BYTES


async def test_the_four_encodings_say_the_same(sim: Driver) -> None:
    await sim.say("/start")
    path = f"/bot{TOKEN}/sendMessage"
    markup = '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}'
    params = {"chat_id": "1000", "text": "a & <b>b</b> ü", "parse_mode": "HTML", "reply_markup": markup}
    objects = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    rest = {name: value for name, value in params.items() if name != "chat_id"}
    answers = [
        await sim.raw("GET", path, params=params),
        await sim.raw("POST", path, json={**params, "chat_id": 1000, "reply_markup": objects}),
        await sim.raw("POST", path, data=params),
        await sim.raw("POST", path, data=FormData(params, default_to_multipart=True)),
        await sim.raw("POST", path, params={"chat_id": "1000"}, data=rest),
    ]
    results = [body["result"] for _, body in answers]
    assert [result.pop("message_id") for result in results] == [2, 3, 4, 5, 6]
    for result in results:
        result.pop("date")
        assert result == results[0]
    assert results[0]["text"] == "a & b ü"
    assert results[0]["entities"] == [{"type": "bold", "offset": 4, "length": 1}]
    assert results[0]["reply_markup"]["inline_keyboard"][0][0] == {"text": "A", "callback_data": "a"}


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        ("/bot/getMe", 404, "Not Found"),
        ("/bot", 404, "Not Found"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot0123:abc/getMe", 401, "Unauthorized: invalid token specified"),
        (f"/bot{TOKEN}/getMoon", 404, "Not Found"),
        (f"/bot{TOKEN}/sendPoll", 501, "Not Implemented: the stand-in does not model sendPoll"),
    ],
)
async def test_wrong_addresses(sim: Driver, path: str, code: int, description: str) -> None:
    assert await sim.raw("GET", path) == (code, {"ok": False, "error_code": code, "description": description})


@pytest.mark.parametrize("case", ["getme", "GETME", "getMe"])
async def test_any_letter_case_of_a_method(sim: Driver, case: str) -> None:
    assert (await sim.call(case))["username"] == "perpdesk_123456_bot"


async def test_broken_bodies_are_refused(sim: Driver) -> None:
    path, headers = f"/bot{TOKEN}/getMe", {"Content-Type": "application/json"}
    assert (await sim.raw("POST", path, data=b"{", headers=headers))[0] == 400
    assert (await sim.raw("POST", path, data=b"[1]", headers=headers))[0] == 400
    assert (await sim.raw("POST", path, data=b"", headers=headers))[0] == 200
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = await sim.raw("POST", path, data=b"text=%ff", headers=form)
    assert (status, body["description"]) == (400, "Bad Request: strings must be encoded in UTF-8")
    large = BytesIO(b"x" * (MAX_BODY_BYTES + 1))
    status, body = await sim.raw("POST", path, data=large, headers=form)
    assert (status, body["description"]) == (413, "Request Entity Too Large")


async def test_every_token_is_its_own_bot(sim: Driver) -> None:
    await sim.call("getMe", token="11:aaa")
    await sim.say("/start")
    await sim.call("getMe", token="22:bbb")
    assert await sim.call("getUpdates", token="22:bbb") == []
    assert len(await sim.call("getUpdates", token="11:aaa")) == 1
    status, _ = await sim.raw("POST", "/sim/users/5/messages?bot=22", json={"text": "x"})
    assert status == 200
    assert [update["message"]["from"]["id"] for update in await sim.call("getUpdates", token="22:bbb")] == [5]
    assert (await sim.raw("POST", "/sim/users/5/messages?bot=33", json={"text": "x"}))[0] == 404


async def test_what_happens_before_a_bot_comes_waits_for_it(sim: Driver) -> None:
    await sim.sim("PUT", "users/1000", first_name="Ann", username="ann", language_code="en")
    await sim.sim("PUT", f"chats/{GROUP}", type="group", title="G", members=[1000], bot="member")
    said = await sim.say("/start")
    first, second, third = await sim.updates()
    assert first["my_chat_member"]["new_chat_member"]["user"]["id"] == 123456
    assert second["message"]["new_chat_members"][0]["id"] == 123456
    assert third["update_id"] == said["update_id"]
    assert third["message"]["from"] == {
        "id": 1000,
        "is_bot": False,
        "first_name": "Ann",
        "username": "ann",
        "language_code": "en",
    }
    assert await sim.call("getChatMemberCount", chat_id=GROUP) == 2


async def test_updates_stay_until_a_higher_offset_confirms_them(sim: Driver) -> None:
    ids = [(await sim.say(f"m{n}"))["update_id"] for n in range(5)]
    for _ in range(2):
        assert [update["update_id"] for update in await sim.updates()] == ids
    assert [update["update_id"] for update in await sim.updates(offset=ids[2])] == ids[2:]
    assert (await sim.sim("GET", f"updates/{ids[1]}"))["confirmed_at"] > 0
    after = await sim.sim("GET", f"updates/{ids[2]}")
    assert after["confirmed_at"] is None
    assert after["delivered_at"] > 0
    assert [update["update_id"] for update in await sim.updates(limit=1)] == ids[2:3]
    assert [update["update_id"] for update in await sim.updates(offset=-2)] == ids[3:]
    assert len(await sim.updates(offset=ids[4] + 1_000)) == 2, "an offset in the future confirms nothing"
    assert await sim.updates(offset=ids[4] + 1) == []
    await sim.sim("GET", "updates/5", expect=404)


async def test_an_update_not_asked_for_is_neither_delivered_nor_confirmed(sim: Driver) -> None:
    said = await sim.say("x")
    assert await sim.sim("GET", f"updates/{said['update_id']}") == {"delivered_at": None, "confirmed_at": None}


async def test_a_long_poll_answers_as_soon_as_something_comes(sim: Driver) -> None:
    await sim.call("getMe")
    poll = asyncio.create_task(sim.updates(timeout=30))
    await until(sim.is_polled, what="the poll")
    assert not poll.done()
    await sim.say("x")
    async with asyncio.timeout(LIMIT):
        assert [update["message"]["text"] for update in await poll] == ["x"]


async def test_a_second_poll_ends_the_first_with_409(sim: Driver) -> None:
    await sim.call("getMe")
    first = asyncio.create_task(sim.raw("GET", f"/bot{TOKEN}/getUpdates?timeout=30"))
    await until(sim.is_polled, what="the first poll")
    assert await sim.updates() == []
    status, body = await first
    assert (status, body["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


async def test_allowed_updates_are_kept_until_changed(sim: Driver) -> None:
    await sim.updates(allowed_updates=["callback_query"])
    assert (await sim.say("x"))["update_id"] is None
    await sim.updates()
    assert (await sim.say("x"))["update_id"] is None
    await sim.updates(allowed_updates=[])
    assert (await sim.say("x"))["update_id"] is not None


async def test_calls_are_logged(sim: Driver) -> None:
    await sim.say("/start")
    await sim.raw("POST", f"/bot{TOKEN}/sendMessage", data={"chat_id": "1000", "text": "x"})
    await sim.refused("sendMessage", chat_id=7, text="x")
    good, bad = await sim.sim("GET", "calls")
    assert sorted(good) == ["at", "method", "ms", "params", "seq", "status"]
    assert (good["method"], good["status"], good["params"]) == ("sendMessage", 200, {"chat_id": 1000, "text": "x"})
    assert (bad["status"], bad["params"]["chat_id"]) == (400, 7)
    await sim.raw("GET", f"/bot{TOKEN}/sendMessage?chat_id=7&text=x&protect_content=true")
    assert (await sim.sim("GET", "calls"))[-1]["params"] == {"chat_id": 7, "text": "x", "protect_content": True}
    assert [row["seq"] for row in await sim.sim("GET", f"calls?after={good['seq']}")][:1] == [bad["seq"]]


async def test_unknown_control_calls_and_payments_are_refused(sim: Driver) -> None:
    await sim.say("/start")
    assert "invoice" in (await sim.sim("POST", "users/1000/pay", expect=400, message_id=1))["error"]
    await sim.sim("GET", "moon", expect=404)
    await sim.sim("PUT", "users/7", expect=400)
    await sim.sim("PUT", "chats/7", expect=400, type="group")
    await sim.sim("GET", "chats/-9/messages", expect=404)
    await sim.sim("GET", f"updates/{'9' * 5_000}", expect=404)
    await sim.sim("GET", f"calls?bot={'9' * 5_000}", expect=400)
    await sim.sim("GET", "calls?after=nan", expect=400)
