"""What an update costs of the processor: the whole bot as a process, beside bare applications of aiogram and of PTB.

All get the same messages at the same pace and send the same texts. The bot does it with inbox, lanes, guards, cache
and texts; the others' handlers send what they were given. Each of them runs twice: on asyncio's own loop, as its
documentation has it, and on uvloop, which the bot runs on. Processor time is that of the process as the system counts
it, in rounds that take turns, the median of the rounds: a round that others disturbed counts for all.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from ops.bench.cores import on_a_core_of_its_own, processor_seconds
from ops.bench.report import Row
from ops.bench.servers import server
from ops.stack import PATIENCE, ROOT, DriverError, running_stack

COMMANDS: Final = {"whoami": "/whoami", "balance": "/balance", "price": "/price BTCUSDT"}
PEOPLE: Final = 200
PER_SECOND: Final = 60
ROUND: Final = 180  # messages
ROUNDS: Final = 5
CROWD: Final = 1_000  # people
CROWD_PER_SECOND: Final = 200
CROWD_SECONDS: Final = 10
AIOGRAM: Final = ROOT / ".venv" / "aiogram" / "bin" / "python"
_FIRST_USER: Final = 5_000
_SERVER: Final = "ops.bench.paced_telegram"
_OURS: Final = "perpdesk"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A bare application: how it is started, and how many times its processor time the bot may take."""

    name: str
    command: tuple[str, ...]  # takes the address of its Telegram and the file of texts, then `loop`
    loop: tuple[str, ...] = ()
    most: float | None = None


_AIOGRAM_APP: Final = (str(AIOGRAM), str(Path(__file__).with_name("aiogram_app.py")))
_PTB_APP: Final = (sys.executable, "-m", "ops.bench.ptb_app")  # as a file it would find our telegram.py beside it
_UVLOOP: Final = ("uvloop",)
# Targets are of the applications as their documentation has them.
BASELINES: Final = (
    Baseline("bare aiogram", _AIOGRAM_APP, most=1.0),
    Baseline("bare aiogram on uvloop", _AIOGRAM_APP, _UVLOOP),
    Baseline("bare PTB", _PTB_APP, most=0.55),
    Baseline("bare PTB on uvloop", _PTB_APP, _UVLOOP),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are measured: where its Telegram is, and its process."""

    session: aiohttp.ClientSession
    url: str
    pid: int

    async def answered(
        self, text: str, count: int, *, per_second: float = PER_SECOND, people: int = PEOPLE
    ) -> dict[str, Any]:
        """What the paced server saw once so many messages were answered. Raises DriverError."""
        pace = {"texts": [text], "per_second": per_second, "count": count, "users": people, "first_user": _FIRST_USER}
        async with self.session.post(f"{self.url}/pace", json=pace) as lined_up:
            lined_up.raise_for_status()
        end = time.monotonic() + PATIENCE + count / per_second
        found: dict[str, Any] = {}
        while time.monotonic() < end:
            async with self.session.get(f"{self.url}/sent") as answer:
                found = await answer.json()
            if found["sent"] >= count:
                return found
            await asyncio.sleep(0.05)
        raise DriverError(f"{found.get('sent')} of {count} messages were answered")

    async def seconds_an_update(self, text: str) -> float:
        """Processor seconds of the process for one message."""
        before = processor_seconds(self.pid)
        await self.answered(text, ROUND)
        return (processor_seconds(self.pid) - before) / ROUND


async def run() -> AsyncGenerator[list[Row], None]:
    """An update of three kinds beside the bare applications, and a crowd's waits."""
    async with aiohttp.ClientSession() as session, server(_SERVER) as url:
        with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
            settings = {"PERPDESK_TELEGRAM_API_URL": url}
            async with running_stack(Path(name), log_level="WARNING", environment=settings, is_forked=False) as stack:
                ours = Side(session, url, stack.processes["bot"].pid)
                await ours.answered("/start", PEOPLE, per_second=100)
                sent = {command: (await ours.answered(text, PEOPLE))["sample"] for command, text in COMMANDS.items()}
                yield []
                async with _baselines(session, sent, Path(name)) as sides:
                    for text in COMMANDS.values():
                        yield await _beside({_OURS: ours, **sides}, text)
                yield await _crowd(ours)


async def _beside(sides: Mapping[str, Side], text: str) -> list[Row]:
    for name, side in sides.items():
        if name != _OURS:
            await side.answered(text, PEOPLE, per_second=100)
    rounds = [{name: await side.seconds_an_update(text) for name, side in sides.items()} for _ in range(ROUNDS)]
    times = {name: statistics.median(each[name] for each in rounds) for name in sides}
    return [_row(text, times[_OURS], baseline, times[baseline.name]) for baseline in BASELINES]


def _row(text: str, own: float, baseline: Baseline, seconds: float) -> Row:
    most = baseline.most
    return Row(
        name=f"processor an update, {text} at {PER_SECOND}/s",
        value=own * 1000,
        unit="ms",
        baseline_name=baseline.name,
        baseline=seconds * 1000,
        target=None if most is None else f"<= {most:g} times it",
        ok=None if most is None else own <= most * seconds,
    )


async def _crowd(ours: Side) -> list[Row]:
    """A thousand people, the bot on one core and the stand-ins on the other."""
    await ours.answered("/start", CROWD, per_second=100, people=CROWD)
    with on_a_core_of_its_own(ours.pid):
        count = CROWD_PER_SECOND * CROWD_SECONDS
        found = await ours.answered("/balance", count, per_second=CROWD_PER_SECOND, people=CROWD)
    waits = sorted(found["waits"])
    middle, late = (waits[len(waits) * percent // 100] * 1000 for percent in (50, 99))
    name = f"message to answer, {CROWD:,} people, {CROWD_PER_SECOND}/s"
    return [
        Row(name=f"{name}, p50", value=middle, unit="ms"),
        Row.at_most(f"{name}, p99", late, "ms", 250),
    ]


@asynccontextmanager
async def _baselines(
    session: aiohttp.ClientSession, sent: Mapping[str, Any], folder: Path
) -> AsyncIterator[dict[str, Side]]:
    """Each application with a Telegram of its own, by its name. Raises DriverError without aiogram's environment."""
    if not AIOGRAM.exists():
        raise DriverError("aiogram is not there: `make bench` makes its environment")
    texts = folder / "texts.json"
    texts.write_text(json.dumps(sent), encoding="utf-8")
    async with AsyncExitStack() as stack:
        sides = {}
        for each in BASELINES:
            url = await stack.enter_async_context(server(_SERVER))
            command = (*each.command, url, str(texts), *each.loop)
            pid = stack.enter_context(_process(command, folder / "baselines.log"))
            sides[each.name] = Side(session, url, pid)
        yield sides


@contextmanager
def _process(command: Sequence[str], log: Path) -> Iterator[int]:
    """Another application, polling; its process id."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603  our own
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)
