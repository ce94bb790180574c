"""A hit of the cache beside aiocache and async-lru, and the sidecar's counters beside the same JSON by FastAPI.

The others run in an environment of their own, as processes; what is compared takes turns with ours.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import aiohttp

from ops.bench.cache import KEYS, READS, awaited
from ops.bench.full_caches import fill, new_reads
from ops.bench.processor import AIOGRAM
from ops.bench.report import Row
from ops.bench.sidecar import CONNECTIONS, REQUESTS, client_seconds, sidecar
from ops.bench.timing import NS, US, row
from ops.bench.values import Values
from ops.stack import DriverError

ROUNDS: Final = 5
_APP: Final = Path(__file__).with_name("peers_app.py")


async def run() -> AsyncGenerator[list[Row], None]:
    """Hits, then answers over HTTP. Raises DriverError where the others' environment was not made."""
    if not AIOGRAM.exists():
        raise DriverError("the baselines are not there: `make bench` makes their environment")
    yield await _hits()
    yield [await _answers()]


async def _hits() -> list[Row]:
    values = Values()
    reads = new_reads(values)
    users = [values.account(number).user_id for number in range(KEYS)]
    for user_id in users:
        await reads.user_config(user_id)
    chosen = Random(1).choices(users, k=READS)  # noqa: S311  repeatable
    ours, theirs = list[float](), list[dict[str, float]]()
    for _ in range(ROUNDS):
        ours.append(await awaited(reads.user_config, chosen))
        theirs.append(json.loads(await _output("hits", str(KEYS), str(READS))))
    own, name = median(ours), "hit, by user: await reads.user_config(…)"
    return [
        row(name, own, NS, "ns", f"{peer}, awaited", baseline, target="no slower", ok=own <= baseline)
        for peer in theirs[0]
        for baseline in [median(each[peer] for each in theirs)]
    ]


async def _answers() -> Row:
    values = Values()
    reads = new_reads(values)
    await fill(reads, values, part=0.05)
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
        file = Path(name) / "stats.json"
        async with sidecar(reads) as address:
            async with aiohttp.ClientSession() as session, session.get(f"{address}/api/stats/cache") as answer:
                await asyncio.to_thread(file.write_bytes, await answer.read())
            async with _fastapi(file) as baseline:
                rounds = [
                    (
                        await client_seconds(f"{address}/api/stats/cache", REQUESTS),
                        await client_seconds(f"{baseline}/stats", REQUESTS),
                    )
                    for _ in range(ROUNDS)
                ]
    own, theirs = (min(times) for times in zip(*rounds, strict=True))
    name = f"GET /api/stats/cache, {CONNECTIONS} at once"
    return row(name, own, US, "µs", "FastAPI, the same JSON", theirs, target="no slower", ok=own <= theirs)


async def _output(*arguments: str) -> bytes:
    """What the other environment prints. Raises DriverError."""
    child = await asyncio.create_subprocess_exec(str(AIOGRAM), str(_APP), *arguments, stdout=asyncio.subprocess.PIPE)
    printed, _ = await child.communicate()
    if child.returncode:
        raise DriverError(f"{_APP.name} ended with {child.returncode}")
    return printed


@asynccontextmanager
async def _fastapi(file: Path) -> AsyncIterator[str]:
    child = await asyncio.create_subprocess_exec(
        str(AIOGRAM), str(_APP), "serve", str(file), stdout=asyncio.subprocess.PIPE
    )
    if child.stdout is None:
        raise DriverError("a process without its pipe")
    try:
        yield (await child.stdout.readline()).decode().strip()
    finally:
        child.terminate()
        await child.wait()
