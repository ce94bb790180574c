"""The server side of the chat page over HTTP: files, headers, the live feed, its own calls, the Bybit buttons."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from harness.waiting import LIMIT
from yarl import URL

from bot.exchange.bybit.key_pairs import RsaKeyPairMaker
from ops.sim.bybit.server import Serving
from ops.sim.bybit.server import serve as serve_bybit
from ops.sim.telegram.control import add_control
from ops.sim.telegram.files import Upload
from ops.sim.telegram.page import FOLDER, add_page
from ops.sim.telegram.people import Draft, People
from ops.sim.telegram.world import World

ANNA, BORIS, GROUP = 1001, 1002, -2001
TOKEN = "77:page"


@dataclass
class Site:
    """The page's server without a browser."""

    url: str
    world: World
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> Any:
        """The JSON answer."""
        async with self.session.get(self.url + path, headers=headers) as response:
            return await response.json()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON answer."""
        async with self.session.request(method, self.url + path, json=body, headers=headers) as response:
            return response.status, await response.json()

    def say(self, user: int, text: str, chat: int | None = None) -> int:
        """A person writes; returns the message_id."""
        receipt = People(self.world).say(self.world.bot(), user, Draft(text=text), chat)
        assert receipt.message_id is not None
        return receipt.message_id


@contextlib.asynccontextmanager
async def site(
    bybit_url: str | None = None, stop_seconds: float = 30, shutdown_timeout: float = 1
) -> AsyncIterator[Site]:
    world = World(limits=False)
    bot = world.bot_by_token(TOKEN)
    world.put_user(ANNA, first_name="Anna", language_code="en")
    world.put_user(BORIS, first_name="Boris", language_code="ru")
    wish = {"type": "group", "title": "Traders", "members": [ANNA, BORIS], "bot": "member"}
    People(world).put_chat(GROUP, bot, wish)
    app = web.Application()
    add_control(app, world)
    add_page(app, world, bybit_url, stop_seconds=stop_seconds)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=shutdown_timeout)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Site(f"http://127.0.0.1:{runner.addresses[0][1]}", world, session)
    finally:
        await runner.cleanup()


@pytest.fixture
async def page() -> AsyncIterator[Site]:
    async with site() as ready:
        yield ready


@contextlib.asynccontextmanager
async def feed(page: Site) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """The events of the live feed from its hello on."""
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    greeted = asyncio.Event()

    async def read() -> None:
        async with page.session.get(page.url + "/page/api/feed") as response:
            assert response.content_type == "text/event-stream"
            async for raw in response.content:
                line = raw.decode().strip()
                if line == "event: hello":
                    greeted.set()
                elif line.startswith("data: ") and line != "data: {}":
                    events.put_nowait(json.loads(line.removeprefix("data: ")))

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(LIMIT):
            await greeted.wait()
        yield events
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def next_of(events: asyncio.Queue[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The next event of that kind; others are passed over."""
    async with asyncio.timeout(LIMIT):
        while (event := await events.get())["kind"] != kind:
            pass
    return event


async def test_every_file_of_the_page_is_served_and_locked_down(page: Site) -> None:
    for path in FOLDER.iterdir():
        url = f"{page.url}/" if path.name == "index.html" else f"{page.url}/page/{path.name}"
        async with page.session.get(url) as response:
            assert response.status == 200, path.name
            assert await response.read() == path.read_bytes()
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_holds_no_inline_script_and_names_no_other_host(page: Site) -> None:
    text = (FOLDER / "index.html").read_text()
    assert "<script type=" in text
    assert "<style" not in text
    assert " on" not in text.replace("content", "")
    for path in [*FOLDER.glob("*.js"), *FOLDER.glob("*.css"), *FOLDER.glob("*.html")]:
        words = path.read_text()
        assert "innerHTML" not in words, path.name
        hosts = {word.split("/")[2] for word in words.replace('"', " ").split() if word.startswith(("http:", "https:"))}
        assert hosts <= {"www.w3.org", "127.0.0.1:8765"}, path.name


async def test_an_unchanged_file_is_not_sent_again(page: Site) -> None:
    async with page.session.get(f"{page.url}/page/main.js") as response:
        tag = response.headers["ETag"]
        assert response.headers["Cache-Control"] == "no-cache"
    async with page.session.get(f"{page.url}/page/main.js", headers={"If-None-Match": tag}) as response:
        assert response.status == 304


@pytest.mark.parametrize(
    "path", ["/page/../telegram/page.py", "/page/%2e%2e/telegram/page.py", "/page/none.js", "/page/"]
)
async def test_nothing_else_is_served(page: Site, path: str) -> None:
    async with page.session.get(URL(page.url + path, encoded=True)) as response:
        assert response.status == 404


async def test_another_sites_page_is_refused(page: Site) -> None:
    status, body = await page.call("POST", "/page/api/bybit/stop", {}, **{"Sec-Fetch-Site": "cross-site"})
    assert (status, body) == (403, {"error": "only the chat page itself may ask this"})


async def test_state_lists_people_groups_and_bots(page: Site) -> None:
    state = await page.get("/page/api/state")
    assert [user["first_name"] for user in state["users"]] == ["Anna", "Boris"]
    assert [(chat["title"], chat["members"], chat["bots"]) for chat in state["chats"]] == [
        ("Traders", [ANNA, BORIS], [77])
    ]
    assert [bot["id"] for bot in state["bots"]] == [77]
    assert state["bybit"] == {"available": False, "stopped_ms": 0}


async def test_history_comes_in_pages(page: Site) -> None:
    ids = [page.say(ANNA, f"line {number}") for number in range(130)]
    newest = await page.get(f"/page/api/chats/{ANNA}?bot=77")
    older = await page.get(f"/page/api/chats/{ANNA}?bot=77&before={newest['messages'][0]['message_id']}")
    oldest = await page.get(f"/page/api/chats/{ANNA}?bot=77&before={older['messages'][0]['message_id']}")
    shown = [*oldest["messages"], *older["messages"], *newest["messages"]]
    assert [message["message_id"] for message in shown] == ids
    assert [part["has_earlier"] for part in (newest, older, oldest)] == [True, True, False]


async def test_a_message_is_delivered_when_the_bot_confirms_it(page: Site) -> None:
    updates = page.world.bot().updates
    async with feed(page) as events:
        message_id = page.say(ANNA, "hello")
        sent = await next_of(events, "sent")
        assert (sent["chat_id"], sent["message"]["text"], sent["by_bot"]) == (ANNA, "hello", False)
        assert (await page.get(f"/page/api/chats/{ANNA}"))["delivered"] == []
        taken = updates.take(10)
        updates.confirm_below(taken[-1].update_id + 1)
        delivered = await next_of(events, "delivered")
        assert (delivered["chat_id"], delivered["message_id"]) == (ANNA, message_id)
    assert (await page.get(f"/page/api/chats/{ANNA}"))["delivered"] == [message_id]


async def test_the_feed_tells_of_new_people_and_of_deletions(page: Site) -> None:
    message_id = page.say(ANNA, "my-secret")
    async with feed(page) as events:
        page.world.put_user(1003, first_name="Vera")
        await next_of(events, "people")
        status, _ = await page.call("DELETE", f"/page/api/chats/{ANNA}/messages/{message_id}?user={ANNA}")
        assert status == 200
        assert (await next_of(events, "deleted"))["message_id"] == message_id
    assert page.world.bot().dialogs[ANNA].messages == {}


async def test_the_feed_ends_with_the_server() -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(LIMIT):
        async with site(shutdown_timeout=2 * LIMIT) as page:  # so long a feed that does not end would hold it up
            response = await session.get(page.url + "/page/api/feed")
            await response.content.readline()
        response.close()


async def test_people_delete_only_what_is_theirs(page: Site) -> None:
    message_id = page.say(ANNA, "/start", GROUP)
    status, body = await page.call("DELETE", f"/page/api/chats/{GROUP}/messages/{message_id}?user={BORIS}")
    assert (status, body) == (403, {"error": "people delete their own messages only"})
    status, _ = await page.call("DELETE", f"/page/api/chats/{GROUP}/messages/999?user={BORIS}")
    assert status == 404
    assert message_id in page.world.groups[GROUP].messages


async def test_a_forward_keeps_content_and_origin(page: Site) -> None:
    message_id = page.say(ANNA, "look at https://example.org")
    path = f"/page/api/chats/{ANNA}/messages/{message_id}/forward?user={ANNA}&to={GROUP}"
    status, receipt = await page.call("POST", path, {})
    assert status == 200
    copy = page.world.groups[GROUP].messages[receipt["message_id"]]
    assert copy["forward_origin"]["sender_user"]["id"] == ANNA
    assert [entity["type"] for entity in copy["entities"]] == ["url"]


async def test_a_document_is_never_shown_by_the_browser(page: Site) -> None:
    upload = Upload(name="a\r\nb<1>.html", mime_type="text/html", data=b"<script>alert(1)</script>")
    file = page.world.files.add(upload, "document")
    async with page.session.get(f"{page.url}/page/api/files/{file.file_id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%0D%0Ab%3C1%3E.html"
        assert "sandbox" in response.headers["Content-Security-Policy"]
    picture = page.world.files.add(Upload(name="a.png", mime_type="image/png", data=b"\x89PNG\r\n\x1a\n"), "document")
    async with page.session.get(f"{page.url}/page/api/files/{picture.file_id}") as response:
        assert response.content_type == "application/octet-stream"
    status, _ = await page.call("GET", "/page/api/files/none")
    assert status == 404


async def test_the_command_menu_is_that_of_scope_and_language(page: Site) -> None:
    commands = page.world.bot().profile.commands
    commands["default|"] = [{"command": "start", "description": "Begin"}]
    commands["all_private_chats|ru"] = [{"command": "start", "description": "Начать"}]
    assert await page.get(f"/page/api/chats/{ANNA}/commands?user={ANNA}") == {"commands": commands["default|"]}
    assert await page.get(f"/page/api/chats/{BORIS}/commands?user={BORIS}") == {
        "commands": commands["all_private_chats|ru"]
    }
    status, body = await page.call("GET", f"/page/api/chats/{ANNA}/commands?user=x")
    assert (status, body) == (400, {"error": "user must be a whole number"})


@pytest.fixture
async def bybit() -> AsyncIterator[Serving]:
    async with serve_bybit(port=0) as serving:
        yield serving


async def test_a_public_key_gets_a_key_without_a_secret(bybit: Serving) -> None:
    pem = (await RsaKeyPairMaker().make_pair()).public_pem
    async with site(bybit.url) as page:
        status, key = await page.call("POST", "/page/api/bybit/demo-key", {"public_key": pem})
        assert (status, key["api_secret"]) == (200, "")
        (account,) = bybit.world.accounts.values()
        assert (account.key.key, account.key.public_key) == (key["api_key"], pem.strip())
        assert (await page.call("POST", "/page/api/bybit/demo-key", {"public_key": "hello"}))[0] == 400


async def test_the_demo_key_opens_an_account_with_something_on_it(bybit: Serving) -> None:
    async with site(bybit.url) as page:
        status, key = await page.call("POST", "/page/api/bybit/demo-key", {})
        assert status == 200
    (account,) = bybit.world.accounts.values()
    assert (account.key.key, account.key.secret) == (key["api_key"], key["api_secret"])
    assert account.environment == "demo"
    held = {leg.symbol: leg.size * leg.direction for leg in account.held()}
    fills: dict[str, Any] = {}
    for fill in account.executions:
        fills[fill.symbol] = fills.get(fill.symbol, 0) + (fill.qty if fill.side == "Buy" else -fill.qty)
    assert {symbol: size for symbol, size in fills.items() if size} == held
    assert (len(held), len(account.orders), len(account.executions)) == (2, 1, 10)
    assert all(fill.at < bybit.world.now() for fill in account.executions)


async def test_stopped_bybit_fails_for_a_while_and_comes_back_by_itself(bybit: Serving) -> None:
    async with site(bybit.url, stop_seconds=3) as page, feed(page) as events:
        status, state = await page.call("POST", "/page/api/bybit/stop", {})
        assert status == 200
        assert 0 < state["stopped_ms"] <= 3000
        with pytest.raises(aiohttp.ClientError):
            await page.session.get(f"{bybit.url}/v5/market/time")
        assert (await page.call("POST", "/page/api/bybit/demo-key", {}))[0] == 502
        assert (await next_of(events, "bybit"))["bybit"]["stopped_ms"] > 0
        assert (await next_of(events, "bybit"))["bybit"]["stopped_ms"] == 0
        async with page.session.get(f"{bybit.url}/v5/market/time") as response:
            assert response.status == 200


async def test_bybit_comes_back_when_the_page_server_ends(bybit: Serving) -> None:
    async with asyncio.timeout(LIMIT), site(bybit.url, stop_seconds=2 * LIMIT) as page:
        await page.call("POST", "/page/api/bybit/stop", {})
        assert len(bybit.world.faults.standing) == 1
        await page.call("POST", "/page/api/bybit/stop", {})
        assert len(bybit.world.faults.standing) == 1
    assert bybit.world.faults.standing == []


async def test_without_bybit_the_buttons_say_so(page: Site) -> None:
    status, body = await page.call("POST", "/page/api/bybit/demo-key", {})
    assert (status, body) == (409, {"error": "this stand-in runs without a Bybit beside it"})
