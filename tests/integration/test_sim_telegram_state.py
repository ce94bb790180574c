"""The Telegram stand-in's folder: what a restart and a kill leave."""

import asyncio
import base64
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from harness.sim_telegram import GROUP, KEYBOARD, PNG, TOKEN, Driver, driven
from harness.waiting import until

from ops.sim.telegram.server import serve
from ops.sim.telegram.state import DATABASE, StateError
from ops.sim.telegram.world import World

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio, sys
from pathlib import Path
from ops.sim.telegram.server import serve

async def main():
    async with serve(port=0, limits=False, state=Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_everything_is_found_again(tmp_path: Path) -> None:
    async with driven(state=tmp_path) as sim:
        await sim.sim("PUT", "users/1000", first_name="Ann", username="ann", language_code="ru")
        await sim.sim("PUT", f"chats/{GROUP}", type="group", title="G", members=[1000], bot="administrator")
        first = await sim.say("/start")
        await sim.call("setMyCommands", commands=[{"command": "a", "description": "A"}], language_code="ru")
        await sim.call("setMyName", name="N")
        await sim.updates(offset=first["update_id"] + 1, allowed_updates=["message", "callback_query"])
        second = await sim.say("waiting")
        sent = await sim.call("sendMessage", chat_id=1000, text="old", reply_markup=KEYBOARD)
        await sim.call(
            "editMessageText", chat_id=1000, message_id=sent["message_id"], text="new", reply_markup=KEYBOARD
        )
        gone = await sim.call("sendMessage", chat_id=1000, text="gone")
        await sim.call("deleteMessage", chat_id=1000, message_id=gone["message_id"])
        await sim.call("pinChatMessage", chat_id=1000, message_id=sent["message_id"])
        await sim.sim("POST", "users/1000/messages", photo=base64.b64encode(PNG).decode())
        pressed = await sim.sim("POST", "users/1000/press", message_id=sent["message_id"], button="Refresh")
        before = await sim.sim("GET", "chats/1000/messages")
    async with driven(state=tmp_path) as sim:
        assert await sim.sim("GET", "chats/1000/messages") == before
        updates = await sim.updates()
        assert [update["update_id"] for update in updates] == [
            second["update_id"],
            second["update_id"] + 1,
            pressed["update_id"],
        ]
        assert await sim.call("answerCallbackQuery", callback_query_id=pressed["callback_query_id"]) is True
        assert updates[0]["message"]["from"]["username"] == "ann"
        assert await sim.call("getMyCommands", language_code="ru") == [{"command": "a", "description": "A"}]
        assert await sim.call("getMyName") == {"name": "N"}
        assert (await sim.call("getChat", chat_id=1000))["pinned_message"]["text"] == "new"
        assert (await sim.call("getChatMember", chat_id=GROUP, user_id=123456))["status"] == "administrator"
        path = (await sim.call("getFile", file_id=updates[1]["message"]["photo"][0]["file_id"]))["file_path"]
        async with sim.session.get(f"{sim.url}/file/bot{TOKEN}/{path}") as download:
            assert await download.read() == PNG
        third = await sim.say("later")
        assert third["update_id"] == pressed["update_id"] + 1
        assert third["message_id"] == before[-1]["message_id"] + 1
        assert third["seq"] > pressed["seq"]


async def test_what_waits_for_a_bot_waits_over_a_restart(tmp_path: Path) -> None:
    async with driven(state=tmp_path) as sim:
        said = await sim.say("/start")
    async with driven(state=tmp_path) as sim:
        await sim.call("getMe")
        assert [update["update_id"] for update in await sim.updates()] == [said["update_id"]]
    async with driven(state=tmp_path) as sim:
        assert len(await sim.updates()) == 1
        assert len(await sim.sim("GET", "chats/1000/messages")) == 1


async def test_a_webhook_is_served_after_a_restart(tmp_path: Path) -> None:
    async with driven(state=tmp_path) as sim:
        await sim.call("setWebhook", url="http://127.0.0.1:9/x", secret_token="abc", allowed_updates=["message"])
    async with driven(state=tmp_path) as sim:
        await sim.say("x")
        info = await sim.call("getWebhookInfo")
        assert (info["url"], info["allowed_updates"], info["pending_update_count"]) == (
            "http://127.0.0.1:9/x",
            ["message"],
            1,
        )


async def test_random_choices_do_not_repeat_after_a_restart(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        async with driven(World(seed=7, limits=False), state=tmp_path) as sim:
            await sim.say("/start")
            sent = await sim.call("sendMessage", chat_id=1000, text="x", reply_markup=KEYBOARD)
            for _ in range(3):
                press = await sim.sim("POST", "users/1000/press", message_id=sent["message_id"], button="Refresh")
                ids.append(press["callback_query_id"])
    assert len(set(ids)) == 6


async def test_without_a_folder_update_ids_begin_at_the_clock() -> None:
    async with driven(World(limits=False, clock=lambda: 1_800_000_000.5)) as sim:
        assert (await sim.say("x"))["update_id"] == 1_800_000_000


async def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(StateError):
        async with serve(port=0, state=tmp_path):
            pass


@contextlib.asynccontextmanager
async def process(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(folder), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert run.stdout is not None
        yield run, (await run.stdout.readline()).decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            run.kill()
        await run.wait()


async def test_a_kill_loses_a_second_at_most_and_no_id_comes_twice(tmp_path: Path) -> None:
    async with process(tmp_path) as (run, url), ClientSession() as session:
        sim = Driver(session, url, World())
        await sim.say("/start")
        await sim.call("sendMessage", chat_id=1000, text="kept")
        files = [tmp_path / DATABASE, tmp_path / f"{DATABASE}-wal"]
        await until(
            lambda: any(b"kept" in file.read_bytes() for file in files if file.exists()), what="the message on disk"
        )
        last = await sim.say("perhaps lost")
        run.send_signal(signal.SIGKILL)
        await run.wait()
    async with driven(state=tmp_path) as sim:
        texts = [message["text"] for message in await sim.sim("GET", "chats/1000/messages")]
        assert texts[:2] == ["/start", "kept"]
        assert texts[2:] in ([], ["perhaps lost"])
        new = await sim.say("new")
        assert new["update_id"] > last["update_id"]
        assert new["message_id"] > last["message_id"]
        assert new["seq"] > last["seq"]
