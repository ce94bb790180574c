"""The Telegram side against the stand-in, whose limits and faults are nobody's of the tests of this side."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from harness.chat import ChatProcess
from harness.telegram_server import FakeTelegram
from harness.waiting import until

from ops.sim.telegram.server import serve


@dataclass
class Driver:
    """A driver of the stand-in by its control calls."""

    url: str
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with self.session.request(method, f"{self.url}{path}", json=body) as response:
            assert response.status < 400, await response.text()
            return await response.json()

    async def say(self, user_id: int, text: str) -> None:
        await self.ask("POST", f"/sim/users/{user_id}/messages", {"text": text})

    async def answers(self, user_id: int) -> list[str]:
        messages = await self.ask("GET", f"/sim/chats/{user_id}/messages?after=0")
        return [message["text"] for message in messages if message["from"]["is_bot"]]

    async def faults(self, **fault: Any) -> None:
        await self.ask("POST", "/sim/faults", fault)


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[Driver, ChatProcess]]:
    async with serve(port=0, limits=True) as url, aiohttp.ClientSession() as session:
        telegram = FakeTelegram(url=url)  # its address alone counts
        async with ChatProcess(folder, telegram).at_work() as process:
            yield Driver(url, session), process


async def test_under_real_limits_everybody_is_answered_once(tmp_path: Path) -> None:
    users = range(5001, 5101)
    async with at_work(tmp_path) as (driver, process):
        # a slow machine may not reach 30 messages a second by itself
        await driver.faults(kind="flood", method="sendMessage", times=3, seed=1)
        await asyncio.gather(*(driver.say(user_id, "one") for user_id in users))

        async def found() -> Counter[str]:
            return Counter([text for user_id in users for text in await driver.answers(user_id)])

        async def is_answered() -> bool:
            return (await found()).total() >= len(users)

        await until(is_answered, what="every answer")
        stats = process.runtime.stats()
        assert await found() == {"you said one": len(users)}
    assert stats.rate_limiter.floods >= 3


async def test_faults_of_polling_cost_no_update(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (driver, process):
        for kind in ("http_500", "reset", "conflict", "flood"):
            await driver.faults(kind=kind, method="getUpdates", times=1, seed=1)
        for number in range(8):
            await driver.say(6001, f"text {number}")

        async def is_answered() -> bool:
            return len(await driver.answers(6001)) >= 8

        await until(is_answered, what="every answer")
        assert await driver.answers(6001) == [f"you said text {number}" for number in range(8)]
        poll = process.runtime.stats().poll
        assert poll is not None
        assert poll.failures >= 4
        assert poll.conflicts == 1


async def test_who_blocked_the_bot_costs_the_others_nothing(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (driver, process):
        await driver.faults(kind="blocked", chat_id=7001, times=100, seed=1)
        await driver.say(7001, "gone")
        await driver.say(7002, "here")
        stats = process.runtime.stats
        await until(lambda: stats().lanes.handled + stats().lanes.set_aside >= 2, what="both updates ended")
        assert await driver.answers(7001) == []
        assert await driver.answers(7002) == ["you said here"]
        assert process.runtime.stats().rate_limiter.calls["send", "unreachable"] >= 1
