"""What an update costs of the processor: the whole bot as a process, beside a bare aiogram application.

Both get the same messages at the same pace and send the same texts. The bot does it with inbox, lanes, guards, cache
and texts; aiogram's handlers send what they were given. Processor time is that of the process as the system counts it,
in rounds that take turns, the median of the rounds: a round that others disturbed counts for both.
"""

import asyncio
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
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
ROUNDS: Final = 7
CROWD: Final = 1_000  # people
CROWD_PER_SECOND: Final = 200
CROWD_SECONDS: Final = 10
AIOGRAM: Final = ROOT / ".venv" / "aiogram" / "bin" / "python"
_APP: Final = Path(__file__).with_name("aiogram_app.py")
_FIRST_USER: Final = 5_000
_SERVER: Final = "ops.bench.paced_telegram"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: where its Telegram is, and its process."""

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
    """An update of three kinds beside aiogram, and a crowd's waits."""
    async with server(_SERVER) as url, server(_SERVER) as other_url, aiohttp.ClientSession() as session:
        with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
            settings = {"PERPDESK_TELEGRAM_API_URL": url}
            async with running_stack(Path(name), log_level="WARNING", environment=settings) as stack:
                ours = Side(session, url, stack.processes["bot"].pid)
                await ours.answered("/start", PEOPLE, per_second=100)
                sent = {command: (await ours.answered(text, PEOPLE))["sample"] for command, text in COMMANDS.items()}
                yield []
                with aiogram(other_url, sent, Path(name)) as pid:
                    theirs = Side(session, other_url, pid)
                    for text in COMMANDS.values():
                        yield [await _beside(ours, theirs, text)]
                yield await _crowd(ours)


async def _beside(ours: Side, theirs: Side, text: str) -> Row:
    await theirs.answered(text, PEOPLE, per_second=100)
    rounds = [(await ours.seconds_an_update(text), await theirs.seconds_an_update(text)) for _ in range(ROUNDS)]
    own, baseline = (statistics.median(times) * 1000 for times in zip(*rounds, strict=True))
    return Row(
        name=f"processor an update, {text} at {PER_SECOND}/s",
        value=own,
        unit="ms",
        baseline_name="a bare aiogram application",
        baseline=baseline,
        target="no more than aiogram",
        ok=own <= baseline,
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


@contextmanager
def aiogram(url: str, sent: dict[str, Any], folder: Path) -> Iterator[int]:
    """The other application, polling; its process id. Raises DriverError where its environment was not made."""
    if not AIOGRAM.exists():
        raise DriverError("aiogram is not there: `make bench` makes its environment")
    texts = folder / "texts.json"
    texts.write_text(json.dumps(sent), encoding="utf-8")
    command: Sequence[str] = [str(AIOGRAM), str(_APP), url, str(texts)]
    with (folder / "aiogram.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603  our own
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)
