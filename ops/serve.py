"""Each stand-in by itself, until a signal ends it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import typer

from bot.logs import configure
from bot.loops import run_loop
from ops.children import end_with_parent
from ops.sim.bybit.server import serve as serve_bybit
from ops.sim.telegram.server import serve as serve_telegram


def run_sim_telegram(
    *, port: int, limits: bool, seed: int, state: Path | None, bybit_url: str, latency: float, end_with_stdin: bool
) -> None:
    """Telegram's stand-in until a signal ends it."""
    server = serve_telegram(
        "127.0.0.1", port, seed=seed, limits=limits, state=state, bybit_url=bybit_url, latency=latency
    )
    _run_until_signal(server, "Telegram's stand-in: chat page and Bot API", end_with_stdin=end_with_stdin)


def run_sim_bybit(
    *, port: int, limits: bool, seed: int, state: Path | None, latency: float, end_with_stdin: bool
) -> None:
    """Bybit's stand-in until a signal ends it."""
    server = _bybit(port=port, seed=seed, limits=limits, state=state, latency=latency)
    _run_until_signal(server, "Bybit's stand-in: live at the root, demo below /demo", end_with_stdin=end_with_stdin)


@asynccontextmanager
async def _bybit(*, port: int, seed: int, limits: bool, state: Path | None, latency: float) -> AsyncIterator[str]:
    async with serve_bybit("127.0.0.1", port, seed=seed, limits=limits, state=state, latency=latency) as serving:
        yield serving.url


def _run_until_signal(server: AbstractAsyncContextManager[str], title: str, *, end_with_stdin: bool) -> None:
    configure(level="WARNING", style="console")

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        if end_with_stdin:
            end_with_parent(lambda: loop.call_soon_threadsafe(stop.set))
        async with server as address:
            typer.echo(f"{title}: {address}")
            await stop.wait()

    try:
        run_loop(main())
    except OSError as error:
        typer.echo(f"perpdesk: {error.strerror or error}: choose another port with --port", err=True)
        raise typer.Exit(1) from None
