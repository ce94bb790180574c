"""Webhooks of the Telegram stand-in: delivery, order, repetition, replies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from harness.sim_telegram import TOKEN, Driver
from harness.waiting import until

SECRET = "s3cret_-"


class Receiver:
    """A bot's webhook: refuses the first `refuse` updates it gets, answers the others with `reply`."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.refuse = 0
        self.reply: dict[str, Any] | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.got.append(await request.json())
        await self.open.wait()
        if self.refuse > 0:
            self.refuse -= 1
            return web.Response(status=503)
        return web.json_response(self.reply) if self.reply else web.Response()

    async def have(self, count: int) -> list[dict[str, Any]]:
        await until(lambda: len(self.got) >= count, what=f"{count} updates at the webhook")
        return self.got


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/hook", receiver.take)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield receiver
    finally:
        receiver.open.set()
        await runner.cleanup()


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def nothing_pending(sim: Driver) -> bool:
    return bool((await sim.call("getWebhookInfo"))["pending_update_count"] == 0)


async def failure(sim: Driver) -> str | None:
    message: str | None = (await sim.call("getWebhookInfo")).get("last_error_message")
    return message


async def test_updates_are_posted_with_the_secret_in_order(sim: Driver, hook: Receiver) -> None:
    await sim.say("before")
    await sim.call("setWebhook", url=hook.url, secret_token=SECRET, allowed_updates=["message"], max_connections=5)
    said = [await sim.say(text) for text in "abc"]
    assert texts(await hook.have(4)) == ["before", "a", "b", "c"]
    assert hook.secrets == {SECRET}
    await until(lambda: nothing_pending(sim), what="no pending update")
    assert (await sim.sim("GET", f"updates/{said[0]['update_id']}"))["confirmed_at"] is not None
    info = await sim.call("getWebhookInfo")
    assert (info["url"], info["max_connections"], info["allowed_updates"]) == (hook.url, 5, ["message"])


async def test_getupdates_and_a_webhook_exclude_each_other(sim: Driver, hook: Receiver) -> None:
    poll = asyncio.create_task(sim.raw("GET", f"/bot{TOKEN}/getUpdates?timeout=30"))
    await until(sim.is_polled, what="the poll")
    await sim.call("setWebhook", url=hook.url)
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    assert await sim.refused("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await sim.call("deleteWebhook")
    assert await sim.updates() == []


async def test_a_refused_update_comes_again_and_holds_up_its_chat_only(sim: Driver, hook: Receiver) -> None:
    await sim.call("setWebhook", url=hook.url)
    hook.refuse = 2
    await sim.say("a")
    await hook.have(2)
    info = await sim.call("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    await sim.say("b")
    await sim.say("other", user=1001)
    assert texts(await hook.have(3)) == ["a", "a", "other"], "b waits behind a, the other chat does not"
    assert texts(await hook.have(5)) == ["a", "a", "other", "a", "b"]


async def test_what_a_bot_did_not_take_waits(sim: Driver, hook: Receiver) -> None:
    await sim.call("setWebhook", url="http://127.0.0.1:9/hook")
    await sim.say("a")
    assert (await until(lambda: failure(sim), what="a failure of the webhook") or "").startswith("Connection failed")
    assert not await nothing_pending(sim)
    await sim.call("setWebhook", url=hook.url)
    assert texts(await hook.have(1)) == ["a"]
    await sim.call("setWebhook", url="", drop_pending_updates=True)
    await sim.say("b")
    assert texts(await sim.updates()) == ["b"]


async def test_side_by_side_up_to_max_connections(sim: Driver, hook: Receiver) -> None:
    await sim.call("setWebhook", url=hook.url, max_connections=2)
    hook.open.clear()
    for user in (1, 2, 3):
        await sim.say("x", user=user)
    await hook.have(2)
    await asyncio.sleep(0.1)
    assert len(hook.got) == 2
    hook.open.set()
    await hook.have(3)


async def test_a_method_in_the_answer_is_called(sim: Driver, hook: Receiver) -> None:
    await sim.call("setWebhook", url=hook.url)
    hook.reply = {"method": "sendMessage", "chat_id": 1000, "text": "by reply"}
    said = await sim.say("/start")
    (event,) = await sim.sim("GET", f"chats/1000/events?after={said['seq']}&wait=5")
    assert event["message"]["text"] == "by reply"


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"url": "nonsense"}, "invalid webhook URL specified"),
        ({"url": "ftp://a.io"}, "invalid webhook URL specified"),
        ({"url": "https://a.io", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://a.io", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_wrong_webhooks_are_refused(sim: Driver, wish: dict[str, str], reason: str) -> None:
    assert await sim.refused("setWebhook", **wish) == f"Bad Request: {reason}"
