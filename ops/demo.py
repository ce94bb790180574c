"""The demo: both stand-ins as child processes, the bot in this one, everything kept in one folder."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp
import typer

from bot.__main__ import finish, start_logging
from bot.app import run
from bot.domain.clock import SystemClock
from bot.lifecycle import Fatal
from bot.settings import Settings
from bot.wiring.outside import Outside
from ops.children import child
from storage.sqlite.vault import new_key_file

TOKEN: Final = "1000001:demo-bot-of-perpdesk-not-a-secret"  # noqa: S105  the stand-in takes any token
OWNER: Final = 1000
PEOPLE: Final[dict[int, dict[str, str]]] = {
    OWNER: {"first_name": "Olga", "username": "olga_owner", "language_code": "en"},
    1001: {"first_name": "Anna", "username": "anna", "language_code": "en"},
    1002: {"first_name": "Boris", "username": "boris", "language_code": "ru"},
}
_READY_SECONDS: Final = 90.0  # a guard against hanging: on a busy machine a start takes many of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Where it keeps its state and where its stand-ins listen."""

    state: Path
    is_fresh: bool
    limits: str
    seed: int
    telegram_port: int
    bybit_port: int
    clock_offset: int = 0
    """Seconds by which the clocks of the bot and of both stand-ins are moved."""

    @property
    def telegram_url(self) -> str:
        return f"http://127.0.0.1:{self.telegram_port}"

    @property
    def bybit_url(self) -> str:
        return f"http://127.0.0.1:{self.bybit_port}"

    def overrides(self) -> dict[str, Any]:
        """Settings of the demo; a variable that is set still wins."""
        return {
            "telegram_token": TOKEN,
            "telegram_api_url": self.telegram_url,
            "bybit_api_url": self.bybit_url,
            "bybit_stream_url": self.bybit_url,
            "bybit_demo_api_url": self.bybit_url,
            "bybit_demo_stream_url": self.bybit_url,
            "database": self.state / "demo.sqlite3",
            "key_file": self.state / "demo.key",
            "owner_ids": frozenset({OWNER}),
            "egress_ip": "127.0.0.1",
            "log_level": "WARNING",
        }


def run_demo(demo: Demo, settings: Settings) -> int:
    """The demo until Ctrl-C; the exit code."""
    os.umask(0o077)  # the stand-ins' state holds keys, too; children inherit it
    start_logging(settings)
    return finish(_run(demo, settings))


async def _run(demo: Demo, settings: Settings) -> None:
    await asyncio.to_thread(_prepare, demo, settings)
    async with contextlib.AsyncExitStack() as stack:
        typer.echo("Starting Bybit's stand-in …")
        await stack.enter_async_context(_stand_in(demo, "bybit", demo.bybit_port, demo.bybit_url))
        typer.echo("Starting Telegram's stand-in …")
        await stack.enter_async_context(_stand_in(demo, "telegram", demo.telegram_port, demo.telegram_url))
        typer.echo("Opening three people's chats and a Bybit Demo account …")
        key = await _furnish(demo)
        typer.echo("Starting the bot …")
        outside = Outside(clock=SystemClock(offset=demo.clock_offset * 1000))
        await run(settings, outside=outside, ready=lambda address: _show(demo, settings, address, key))


def _prepare(demo: Demo, settings: Settings) -> None:
    if demo.is_fresh:
        _forget(demo.state)
    demo.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.key_file.exists() and settings.key is None:
        new_key_file(settings.key_file)


def _forget(state: Path) -> None:
    """Remove what a demo left; a real database in the same folder stays."""
    for path in [*state.glob("demo*"), *state.glob("sim-*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextlib.asynccontextmanager
async def _stand_in(demo: Demo, name: str, port: int, url: str) -> AsyncIterator[None]:
    arguments = ["sim", name, "--port", str(port), "--limits", demo.limits, "--seed", str(demo.seed)]
    arguments += ["--state", str(demo.state / f"sim-{name}"), "--end-with-stdin"]
    if name == "telegram":
        arguments += ["--bybit", demo.bybit_url]
    path = demo.state / f"sim-{name}.log"
    with await asyncio.to_thread(path.open, "wb") as log:
        async with child(arguments, log=log) as process:
            await _answering(process, f"{url}/sim/calls?after=0", name, path)
            yield


async def _answering(process: asyncio.subprocess.Process, url: str, name: str, log: Path) -> None:
    """Wait until the stand-in answers. Raises Fatal if it ends or stays silent."""
    try:
        async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with session.get(url) as answer:
                        if answer.status == HTTPStatus.OK:
                            return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Fatal(f"the {name} stand-in did not come up within {_READY_SECONDS:.0f} s: see {log}") from None
    last_words = (await asyncio.to_thread(log.read_text)).strip().splitlines()
    raise Fatal(f"the {name} stand-in ended: {last_words[-1] if last_words else f'see {log}'}")


async def _furnish(demo: Demo) -> dict[str, str]:
    """The three people, and one Bybit demo key with positions; kept, so that a second start prints the same key."""
    path = demo.state / "demo-bybit-key.json"
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        for url in (demo.telegram_url, demo.bybit_url):
            async with session.post(f"{url}/sim/clock", json={"offset_s": demo.clock_offset}):
                pass
        for user_id, person in PEOPLE.items():
            async with session.put(f"{demo.telegram_url}/sim/users/{user_id}", json=person):
                pass
        if path.exists():
            kept: dict[str, str] = json.loads(await asyncio.to_thread(path.read_text))
            async with session.get(f"{demo.bybit_url}/sim/accounts/{kept['uid']}", raise_for_status=False) as answer:
                if answer.status == HTTPStatus.OK:
                    return kept
        async with session.post(f"{demo.bybit_url}/sim/accounts", json=DEMO_ACCOUNT) as answer:
            made: dict[str, str] = await answer.json()
    await asyncio.to_thread(path.write_text, json.dumps(made))
    return made


DEMO_ACCOUNT: Final[dict[str, Any]] = {
    "environment": "demo",
    "balance": "25000",
    "ips": ["127.0.0.1"],
    "positions": [
        {"symbol": "BTCUSDT", "side": "Buy", "size": "0.15", "leverage": "5"},
        {"symbol": "ETHUSDT", "side": "Sell", "size": "2.5", "leverage": "3"},
    ],
    "orders": [{"symbol": "SOLUSDT", "side": "Buy", "qty": "20", "orderType": "Limit"}],
    "executions": 10,
}


def _show(demo: Demo, settings: Settings, stats_address: str, key: dict[str, str]) -> None:
    """One screen that says what to open, at most 70 columns wide."""
    say = typer.echo
    say("")
    say(typer.style("Perpdesk's demo", bold=True))
    for name, what in (
        ("Chat with the bot", demo.telegram_url),
        ("", "Anna (English), Boris (Russian), Olga (owner)"),
        ("Dashboard", f"{stats_address}/"),
        ("Cache hit rates", f"{stats_address}/api/stats/cache"),
        ("Prometheus", f"{stats_address}/metrics"),
        ("Bybit's stand-in", f"{demo.bybit_url} (its prices move)"),
    ):
        say(f"  {name:<17} {what}")
    say("")
    say("Connect Bybit Demo: send /keys, and take the key from the page's")
    say("panel, by the bot's public key. Or a ready key with two positions:")
    say("")
    say(f"/keys add demo {key['api_key']} {key['api_secret']}")
    say("")
    for line in _moved(demo):
        say(line)
    say(f"Everything stays in {settings.database.parent}/; Ctrl-C ends it.")


def _moved(demo: Demo) -> list[str]:
    if not demo.clock_offset:
        return []
    then = datetime.now(UTC) + timedelta(seconds=demo.clock_offset)
    return [f"For the bot and both stand-ins it is {then:%Y-%m-%d %H:%M} UTC.", ""]
