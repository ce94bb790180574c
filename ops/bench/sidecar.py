"""The sidecar beside prometheus_client's own server: the same numbers, the same client, one run.

The client is a process of its own that keeps eight connections busy; the servers run here, where the bot would.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import start_http_server

from bot.domain.clock import SystemClock
from cache.facade import CachedReads
from ops.bench.full_caches import fill, new_reads
from ops.bench.report import Row
from ops.bench.timing import US, clock
from ops.bench.values import Values
from stats_api.app import create_app
from stats_api.collector import ProcessSampler, make_registry
from stats_api.server import serve

CONNECTIONS: Final = 8
REQUESTS: Final = 2_000
SCRAPES: Final = 200
ROUNDS: Final = 3


async def run() -> AsyncGenerator[list[Row], None]:
    """Time a request of each route, and of prometheus_client.start_http_server."""
    values = Values()
    reads = new_reads(values)
    await fill(reads, values, part=0.05)
    async with sidecar(reads) as address, _prometheus_server(reads) as baseline:
        paths = {
            "healthz": (f"{address}/healthz", REQUESTS),
            "stats": (f"{address}/api/stats/cache", REQUESTS),
            "metrics": (f"{address}/metrics", SCRAPES),
            "baseline": (f"{baseline}/metrics", SCRAPES),
        }
        yield []
        found: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(ROUNDS):
            for name, (url, count) in paths.items():
                found[name].append(await client_seconds(url, count))
    best = {name: min(times) * US for name, times in found.items()}
    server = "prometheus_client.start_http_server /metrics"
    yield [
        _row("GET /metrics", best["metrics"], server, best["baseline"], ok=best["metrics"] <= best["baseline"]),
        _row("GET /api/stats/cache", best["stats"], server, best["baseline"]),
        _row("GET /healthz", best["healthz"], server, best["baseline"]),
    ]


def _row(name: str, value: float, baseline_name: str, baseline: float, *, ok: bool | None = None) -> Row:
    return Row(
        name=f"{name}, {CONNECTIONS} at once",
        value=value,
        unit="µs",
        baseline_name=baseline_name,
        baseline=baseline,
        target=None if ok is None else "no slower",
        ok=ok,
    )


@asynccontextmanager
async def sidecar(reads: CachedReads) -> AsyncIterator[str]:
    app = create_app(stats=reads.stats, reasons=tuple, stuck=tuple, clock=SystemClock(), version="bench")
    async with serve(app, port=0) as address:
        yield address


@asynccontextmanager
async def _prometheus_server(reads: CachedReads) -> AsyncIterator[str]:
    """prometheus_client's server in its thread, with the collectors of the sidecar."""
    process = ProcessSampler()
    process.sample()
    registry = make_registry(reads.stats, version="bench", extra=(process,))
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)


async def client_seconds(url: str, count: int) -> float:
    """Seconds a request, as a client process with busy connections sees them."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ops.bench.sidecar", url, str(count), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"the client of {url} ended with {child.returncode}")
    return float(answer)


# --- the client process -------------------------------------------------------------------------------------


async def ask(url: str, count: int) -> float:
    """Ask `count` times over several connections; seconds a request."""
    left = iter(range(count))
    began = clock()
    await asyncio.gather(*(_connection(url, left) for _ in range(CONNECTIONS)))
    return (clock() - began) / count


async def _connection(url: str, left: Iterator[int]) -> None:
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    for _ in left:
        if reader is None or writer is None:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(request)
        if not await _read_answer(reader):
            writer.close()
            reader = writer = None
    if writer is not None:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _read_answer(reader: asyncio.StreamReader) -> bool:
    """Read one answer; whether the connection goes on."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"not 200: {head!r}")
    _, found, rest = head.partition(b"content-length:")
    if not found:
        await reader.read()
        return False
    await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
    return head.startswith(b"http/1.1") and b"connection: close" not in head


if __name__ == "__main__":
    print(asyncio.run(ask(sys.argv[1], int(sys.argv[2]))))
