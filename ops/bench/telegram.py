"""Telegram's wire: sends beside PTB's own transport, updates taken in, and what an update costs beside bare PTB.

The server is a process of its own. The inbox is SQLite's, on disk.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.chat.application import Runner, build_application, make_bot
from bot.chat.inbox import Inbox
from bot.chat.inbox_marker import InboxMarker
from bot.chat.lanes import Lanes
from bot.chat.poller import Poller, PollTimes
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.chat.transport import AiohttpRequest, RawApi, TimeOuts
from bot.chat.updates import RawUpdate, known
from bot.domain.clock import SystemClock
from bot.domain.closings import Takeover
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.ports.chat import InboxStore
from bot.domain.secrets import Secret
from ops.bench.report import Row
from ops.bench.servers import server
from ops.bench.telegram_server import update
from ops.bench.timing import US, clock, take_turns
from storage.chat.inbox import SqliteInbox
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate
from storage.store import Store

AT_ONCE: Final = 256
LATENCY_S: Final = 0.05
SENDS: Final = 2_560
HTTPX_SENDS: Final = 512  # they take longer than the 2,560
INTAKE: Final = 12_000
COMMANDS: Final = 30
_TOKEN: Final = "123456:a-token-that-opens-nothing"  # noqa: S105  of a server of our own
_SERVER: Final = "ops.bench.telegram_server"
_PER_ROUND: Final = 300

Process = Callable[[RawUpdate], Awaitable[None]]


async def run() -> AsyncGenerator[list[Row], None]:
    """The four figures."""
    yield [await _sends()]
    yield await _intake()
    yield [await _per_update()]


async def _sends() -> Row:
    async with server(_SERVER, "0", str(LATENCY_S)) as url:

        async def ours() -> float:
            return await _send_many(AiohttpRequest(Secret(_TOKEN), time_outs=TimeOuts(read=60)), url, SENDS)

        async def theirs() -> float:
            patient = HTTPXRequest(AT_ONCE, read_timeout=60, write_timeout=60, connect_timeout=60, pool_timeout=60)
            return await _send_many(patient, url, HTTPX_SENDS)

        found = await take_turns({"ours": ours, "theirs": theirs}, rounds=3)
    return Row(
        name=f"a send, {AT_ONCE} at once, the server takes 50 ms",
        value=found["ours"] * 1000,
        unit="ms",
        baseline_name="PTB's HTTPXRequest",
        baseline=found["theirs"] * 1000,
        target="10 times quicker",
        ok=found["theirs"] >= 10 * found["ours"],
    )


async def _send_many(transport: BaseRequest, url: str, count: int) -> float:
    """Wall seconds a message when so many are under way all the time, warm connections."""
    async with transport:
        telegram_bot = ExtBot(_TOKEN, base_url=f"{url}/bot", request=transport)
        left = iter(range(count))

        async def one_after_the_other() -> None:
            for _ in left:
                await telegram_bot.send_message(1, "BTCUSDT 64,250.10 USDT")

        await asyncio.gather(*(telegram_bot.send_message(1, "warm") for _ in range(AT_ONCE)))
        began = clock()
        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        return (clock() - began) / count


async def _intake() -> list[Row]:
    async def nothing(_: RawUpdate) -> None:
        pass

    bare = await _taken_in(nothing)
    application = await _application("http://127.0.0.1:1")
    parsed = await _taken_in(Runner(application).process)
    return [
        Row(
            name="updates taken in: polled, stored, handled by nothing, marked",
            value=bare,
            unit="/s",
            target=">= 3,000/s",
            ok=bare >= 3_000,  # noqa: PLR2004  the target
        ),
        Row(name=f"the same, parsed by PTB and offered to {COMMANDS} handlers", value=parsed, unit="/s"),
    ]


async def _unnoted(_: Millis) -> None:
    """Nobody keeps until when Telegram was heard."""


async def _taken_over(_: Takeover) -> None:
    """Never called: nobody takes the updates of a measured bot away."""


async def _taken_in(process: Process) -> float:
    """Updates a second from the first poll until the last one is marked as done."""
    real = SystemClock()
    async with server(_SERVER, str(INTAKE), "0") as url, _inbox() as (database, store):
        transport = AiohttpRequest(Secret(_TOKEN))
        marker = InboxMarker(store, real)
        lanes = Lanes(process, _silent, marker, real)
        transactions = Store(database, clock=real, committed=lambda _: None)
        inbox = Inbox(store, transactions, lanes.put, _silent, marker, real)
        api = RawApi(transport, url, Secret(_TOKEN))
        times = PollTimes(long_poll=1)
        poller = Poller(
            api, inbox, lanes.wait_for_capacity, _unnoted, real, lambda: 0.5, taken_over=_taken_over, times=times
        )
        async with transport, marker.open(), lanes.open():
            began = clock()
            async with poller.open():
                while marker.stats().marked < INTAKE:  # noqa: ASYNC110  the marker signals nothing
                    await asyncio.sleep(0.002)
            seconds = clock() - began
        if inbox.stats().too_fast:
            raise RuntimeError("updates were refused as too fast: the figure says nothing")
    return INTAKE / seconds


async def _per_update() -> Row:
    """What is around PTB: reading the facts, a lane, the update attempt, the mark; the store is not asked."""
    application = await _application("http://127.0.0.1:1")
    raws: list[RawUpdate] = [json.loads(update(number)) for number in range(_PER_ROUND)]
    real = SystemClock()

    async def bare() -> float:
        began = clock()
        for raw in raws:
            await application.process_update(Update.de_json(dict(raw), application.bot))
        return (clock() - began) / len(raws)

    async def ours() -> float:
        async with _inbox() as (_, store):
            lanes = Lanes(Runner(application).process, _silent, InboxMarker(store, real), real)
            began = clock()
            lanes.put(known(raws, real.now()))
            await lanes.drain(60)
            return (clock() - began) / len(raws)

    found = await take_turns({"bare": bare, "ours": ours}, rounds=7)
    return Row(
        name=f"an update through its lane to one of {COMMANDS} handlers",
        value=found["ours"] * US,
        unit="µs",
        baseline_name="bare PTB: de_json, process_update",
        baseline=found["bare"] * US,
    )


async def _silent(_kind: str, _user_id: UserId, _chat_id: ChatId) -> None:
    pass


async def _application(url: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """Thirty commands, the last of which answers, and thirty kinds of buttons; nothing is sent."""

    async def handler(_update: Update, _context: object) -> None:
        pass

    token = Secret(_TOKEN)
    application = await build_application(
        make_bot(
            token=token, api_url=url, transport=AiohttpRequest(token), rate_limiter=TelegramRateLimiter(SystemClock())
        )
    )
    for number in range(COMMANDS):
        application.add_handler(CommandHandler(f"c{number}", handler))
        application.add_handler(CallbackQueryHandler(handler, pattern=f"^v1:c{number}:"))
    # Initialized without asking for getMe: a command's name is compared with the bot's own.
    application.bot._bot_user = Update.de_json(json.loads(update(1)), None).effective_user  # noqa: SLF001  PTB is pinned
    application._initialized = True  # noqa: SLF001  the same
    return application


@asynccontextmanager
async def _inbox() -> AsyncIterator[tuple[Database, InboxStore]]:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
        async with Database.open(Path(name) / "inbox.sqlite3") as database:
            await migrate(database)
            yield database, SqliteInbox(database)
