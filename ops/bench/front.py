"""The front door under load: the bot as a process over a database of the report's size, people who tap."""

import asyncio
import compileall
import os
import random
import signal
import statistics
import sysconfig
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from ops.bench.dataset import FULL, fill
from ops.bench.report import Row
from ops.stack import ROOT, Chat, DriverError, Stack, labels_of, new_key, running_stack
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate
from storage.sqlite.vault import AesCredentialVault, KeyFile

PEOPLE: Final = 200
STARTS: Final = 5
SECONDS: Final = 15.0
_PACKAGES: Final = ("bot", "handlers", "storage", "cache", "stats_api", "ops")
_SLOW_EXCHANGE: Final = 3.0  # seconds
_SCREENS: Final = ("Positions", "Orders")  # of the card; each has the other's button, not its own
_PATIENCE: Final = 60.0  # seconds for a screen
_LOOKS: Final = 20  # at a keyboard, until one of its buttons could be pressed
_PAUSE: Final = 0.1  # seconds between looks at a keyboard without them
_FIRST_USER: Final = 50_000_001  # beyond those of the database


async def run() -> AsyncGenerator[list[Row], None]:
    """Start to ready, tap to screen from the cache, fresh screens, and a Bybit that takes three seconds."""
    for package in _PACKAGES:
        await asyncio.to_thread(compileall.compile_dir, str(ROOT / package), quiet=1)
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
        folder = Path(name)
        key = new_key()
        await _build(folder / "perpdesk.sqlite3", key)
        async with running_stack(folder, log_level="WARNING", key=key, is_forked=False) as stack:
            yield []
            yield await starts(stack)
            chats = [stack.chat(_FIRST_USER + place) for place in range(PEOPLE)]
            cards = await asyncio.gather(*map(_opened, chats))
            yield []
            yield await _taps(chats, cards)
            yield await _screens(chats[0])
            yield await _slow(stack)


async def _build(path: Path, key: str) -> None:
    """A database of the report's size that this run's key opens."""
    async with Database.open(path) as database:
        await migrate(database)
        await AesCredentialVault(KeyFile.parse(key)).prove(database)
        await fill(database, FULL)


async def starts(stack: Stack, times: int = STARTS) -> list[Row]:
    """From the process to ready: closed in order and warm, with files that are in no page cache, after a kill."""
    warm = [await _start(stack) for _ in range(times)]
    cold = await _start(stack, before=partial(_cool, stack.folder))
    killed = await _start(stack, signal.SIGKILL)
    usual = statistics.median(warm)
    name = "start to ready, full database"
    return [
        Row.at_most(f"{name}, median of {times}", usual, "s", 2),
        Row(name=f"{name}, files out of the page cache", value=cold, unit="s"),
        Row(name=f"{name}, after kill -9", value=killed, unit="s"),
    ]


async def _start(stack: Stack, number: int = signal.SIGTERM, before: Callable[[], None] = lambda: None) -> float:
    """Seconds from the new process until it is ready."""
    await stack.end_bot(number)
    await asyncio.to_thread(before)
    began = time.perf_counter()
    await stack.start_bot(wait=_PATIENCE)
    return time.perf_counter() - began


def _cool(folder: Path) -> None:
    """Ask the system to forget what it holds of the database, of our bytecode and of the libraries; blocks."""
    if not hasattr(os, "posix_fadvise"):
        return
    libraries = Path(sysconfig.get_path("purelib"))
    for path in (*folder.glob("perpdesk.sqlite3*"), *ROOT.glob("*/**/*.pyc"), *libraries.glob("**/*.pyc")):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


async def _taps(chats: Sequence[Chat], cards: Sequence[int]) -> list[Row]:
    """Two hundred people who tap back and forth, one tap a second each on average."""
    draw = random.Random(7)  # noqa: S311  a load, not a secret
    cached: list[float] = []
    await asyncio.gather(
        *(_tap_on(chat, card, draw, cached) for chat, card in zip(chats, cards, strict=True)),
    )
    middle, late = statistics.median(cached) * 1000, _percentile(cached, 99) * 1000
    name = f"tap to screen from the cache, {PEOPLE} people"
    return [
        Row.at_most(f"{name}, p50", middle, "ms", 30),
        Row.at_most(f"{name}, p99", late, "ms", 150),
    ]


async def _screens(chat: Chat) -> list[Row]:
    """Screens that one person asks for, one after the other."""
    rows = []
    for text in ("/symbols", "/book BTCUSDT"):
        times = [await _asked(chat, text) for _ in range(20)]
        worst = statistics.median(times) * 1000
        rows.append(Row.at_most(f"{text} to screen, p50", worst, "ms", 100))
    return rows


async def _opened(chat: Chat) -> int:
    """A card of one's own that shows three screens in place; the message's id."""
    await chat.say("/start", wait=_PATIENCE)
    return int((await chat.ask({"text": "/balance"}, wait=_PATIENCE))["message_id"])


async def _tap_on(chat: Chat, card: int, draw: random.Random, times: list[float]) -> None:
    """Positions, Orders, Positions … on one card that changes in place."""
    end = time.monotonic() + SECONDS
    await asyncio.sleep(draw.random())
    while time.monotonic() < end:
        times.append(await tapped(chat, card))
        await asyncio.sleep(draw.expovariate(1.0))


async def tapped(chat: Chat, card: int, *, patience: float = _PATIENCE) -> float:
    """Seconds from the press to the edit that shows what was pressed for, by the stand-in's clock for the end.

    `patience` where no edit came: as slow as that at least. A late edit of the screen before still has the pressed
    button, since only the screen itself lacks its own, and is no answer. Raises DriverError if nothing can be pressed.
    """
    label, began, seq = await _pressed(chat, card)
    end = time.monotonic() + patience
    while (left := end - time.monotonic()) > 0:
        for event in await chat.events(seq, wait=left):
            seq = event["seq"]
            message = event.get("message", {})
            if event["kind"] == "edited" and message["message_id"] == card and label not in labels_of(message):
                return max(0.0, _moment(event["at"]) - began)
    return patience


async def _pressed(chat: Chat, card: int) -> tuple[str, float, int]:
    """Press one of the buttons that stand under the card now: which, when, and the press' place among the events.

    Another edit may replace it between the look and the press; then what stands there is read again.
    """
    labels: list[str] = []
    for _ in range(_LOOKS):
        labels = labels_of(await _message(chat, card))
        label = next((each for each in _SCREENS if each in labels), None)
        if label is None:
            await asyncio.sleep(_PAUSE)
            continue
        began = time.time()
        with suppress(DriverError):  # replaced since
            body = {"message_id": card, "button": label}
            press = await chat.stack.telegram("POST", f"/sim/users/{chat.user_id}/press", body)
            return label, began, int(press["seq"])
    raise DriverError(f"none of {', '.join(_SCREENS)} can be pressed in {_LOOKS} looks: {labels or 'no buttons'}")


async def _message(chat: Chat, number: int) -> dict[str, Any]:
    """As it stands now; empty if it is gone."""
    path = f"/sim/chats/{chat.user_id}/messages?after={number - 1}"
    found: Iterable[dict[str, Any]] = await chat.stack.telegram("GET", path)
    return next((each for each in found if each["message_id"] == number), {})


def _moment(at: object) -> float:
    """The stand-in's time of an event, in seconds."""
    value = float(str(at))
    return value / 1000 if value > 1e11 else value  # noqa: PLR2004  milliseconds have thirteen digits


async def _slow(stack: Stack) -> list[Row]:
    """A Bybit that takes three seconds: the screen stands within one, and is edited when the answer comes."""
    body = {"kind": "late_answer", "probability": 1, "seed": 1, "seconds": _SLOW_EXCHANGE}
    await asyncio.sleep(11)  # every time to live of what was read is over
    await stack.bybit("POST", "/sim/faults", body)
    chat = stack.chat(_FIRST_USER)
    texts = ("/price BTCUSDT", "/price SOLUSDT", "/book BTCUSDT", "/book ETHUSDT", "/symbols", "/balance")
    times = [await _asked(chat, text) for text in texts]
    await stack.bybit("DELETE", "/sim/faults")
    worst = max(times)
    return [Row.at_most("slowest screen, Bybit takes 3 s", worst, "s", 1)]


async def _asked(chat: Chat, text: str) -> float:
    """Seconds until a screen is sent; an edit of an older one is no answer."""
    began = time.perf_counter()
    seq = (await chat.stack.telegram("POST", f"/sim/users/{chat.user_id}/messages", {"text": text}))["seq"]
    end = began + _PATIENCE
    while (left := end - time.perf_counter()) > 0:
        for event in await chat.events(seq, wait=left):
            seq = event["seq"]
            if event["kind"] == "sent":
                return time.perf_counter() - began
    return _PATIENCE


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
