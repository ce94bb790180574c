"""The whole stack as processes, driven from outside over HTTP: what end-to-end tests, campaigns and benchmarks use."""

import asyncio
import base64
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from bot.settings import clean_environment
from ops.forked import ChildProcess, begin

ROOT: Final = Path(__file__).parents[1]
OWNER: Final = 1000
_STREAM_ADDRESSES: Final = ("PERPDESK_BYBIT_STREAM_URL", "PERPDESK_BYBIT_DEMO_STREAM_URL")
PATIENCE: Final = 90.0
"""Seconds until a wait for a state is given up: a guard against hanging on a busy machine, never a measure of speed."""
TOKEN: Final = "4242:an-end-to-end-test-token-that-opens-nothing"  # noqa: S105  the stand-in takes any


class DriverError(Exception):
    """The stack did not do what the driver asked for."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def new_key() -> str:
    """The text of a key file, made for this run alone."""
    return f"test:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def labels_of(message: Mapping[str, Any]) -> list[str]:
    """The buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


@dataclass
class Chat:
    """One person's private chat, as the browser page would drive it."""

    stack: "Stack"
    user_id: int

    async def say(self, text: str, *, wait: float = PATIENCE) -> str:
        """Send a text; the first answer's text."""
        return str((await self.ask({"text": text}, wait=wait))["text"])

    async def ask(self, body: dict[str, Any], *, wait: float = PATIENCE) -> dict[str, Any]:
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", body))["seq"]
        return await self.answer(seq, wait=wait)

    async def press(self, message: dict[str, Any], button: str, *, wait: float = PATIENCE) -> dict[str, Any]:
        """Press a button by its label; the message that was sent or edited for it."""
        body = {"message_id": message["message_id"], "button": button}
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body))["seq"]
        return await self.answer(seq, wait=wait)

    async def answer(self, seq: int, *, wait: float = PATIENCE, word: str = "") -> dict[str, Any]:
        """The first message sent or edited after an action, or the first one with that word in it."""
        end = time.monotonic() + wait
        after = seq
        while time.monotonic() < end:
            for event in await self.events(after, wait=2):
                after = event["seq"]
                is_answer = event["kind"] in {"sent", "edited"} and event["message"]["from"]["is_bot"]
                if is_answer and word in event["message"].get("text", ""):
                    return dict(event["message"])
        raise DriverError(f"no answer within {wait} s")

    async def events(self, after: int, *, wait: float = 0) -> list[dict[str, Any]]:
        path = f"/sim/chats/{self.user_id}/events?after={after}&wait={wait}"
        return list(await self.stack.telegram("GET", path))

    async def messages(self) -> list[dict[str, Any]]:
        return list(await self.stack.telegram("GET", f"/sim/chats/{self.user_id}/messages?after=0"))


@dataclass
class Stack:
    """Where everything listens, and the bot's process. `is_forked`: see `running_stack`."""

    folder: Path
    session: aiohttp.ClientSession
    telegram_url: str = ""
    bybit_url: str = ""
    stats_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, ChildProcess] = field(default_factory=dict)
    is_forked: bool = True

    async def telegram(self, method: str, path: str, body: object = None) -> Any:
        return await self._call(method, self.telegram_url + path, body)

    async def bybit(self, method: str, path: str, body: object = None) -> Any:
        return await self._call(method, self.bybit_url + path, body)

    async def stats(self) -> dict[str, dict[str, Any]]:
        return dict(await self._call("GET", f"{self.stats_url}/api/stats/cache", None))

    async def _call(self, method: str, url: str, body: object) -> Any:
        async with self.session.request(method, url, json=body) as answer:
            if not answer.ok:
                raise DriverError(f"{method} {url}: {answer.status} {await answer.text()}")
            return await answer.json()

    def chat(self, user_id: int) -> Chat:
        return Chat(self, user_id)

    def spawn(self, name: str, *arguments: str, module: str = "ops") -> None:
        """Begin `python -m MODULE ARGUMENTS…`, which is known by `name` from now on."""
        with (self.folder / f"{name}.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
            files = (nothing.fileno(), log.fileno(), log.fileno())
            self.processes[name] = begin(
                module, *arguments, env=self.environment, files=files, is_forked=self.is_forked
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    async def start_bot(self, *, wait: float = PATIENCE) -> None:
        self.spawn("bot", module="bot")  # as the image does: without the command line's libraries
        await self.until_ready(wait=wait)

    async def until_ready(self, *, wait: float = PATIENCE) -> None:
        """Wait for the stand-ins, too: the bot is ready without Bybit, whoever drives the stack is not."""
        end = time.monotonic() + wait
        await self._answering("telegram", f"{self.telegram_url}/sim/calls?after=0", end)
        await self._answering("bybit", f"{self.bybit_url}/sim/calls?after=0", end)
        await self._answering("bot", f"{self.stats_url}/readyz", end)

    async def _answering(self, name: str, url: str, end: float) -> None:
        """Wait until a process, of ours or of a driver's, answers that it is well; `end` in monotonic seconds.

        Raises DriverError.
        """
        while time.monotonic() < end:
            process = self.processes.get(name)
            code = None if process is None else process.poll()
            if code is not None:
                raise DriverError(f"{name} ended with {code}:\n{self.log(name)[-3000:]}")
            try:
                async with self.session.get(url) as answer:
                    if answer.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
        raise DriverError(f"{name} was not ready in time:\n{self.log(name)[-3000:]}")

    async def end_bot(self, number: int = signal.SIGTERM, *, wait: float = PATIENCE) -> int:
        process = self.processes["bot"]
        process.send_signal(number)
        return await asyncio.to_thread(process.wait, wait)

    async def demo_key(self, **account: object) -> dict[str, str]:
        body = {"environment": "demo", "balance": "25000", "ips": ["127.0.0.1"], **account}
        return dict(await self.bybit("POST", "/sim/accounts", body))


@asynccontextmanager
async def running_stack(
    folder: Path,
    *,
    limits: str = "off",
    telegram_latency: float = 0,
    bybit_latency: float = 0,
    log_level: str = "DEBUG",
    key: str | None = None,
    streams: bool = True,
    is_forked: bool = True,
    environment: Mapping[str, str] = MappingProxyType({}),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Stack]:
    """Everything up and ready; ended at the exit of the block. `environment`: more of the bot's settings.

    `headers` go with every request of the driver's, such as a token that the sidecar demands.

    Without `streams` the bot learns of Bybit what it asks for, and nothing else. Processes that are not forked of one
    that has imported everything start as an operator's do.
    """
    ports = [free_port() for _ in range(3)]
    async with aiohttp.ClientSession(headers=headers) as session:
        telegram_url, bybit_url, stats_url = (f"http://127.0.0.1:{port}" for port in ports)
        made = Stack(folder, session, telegram_url, bybit_url, stats_url, is_forked=is_forked)
        made.environment = _bot_environment(made, stats_port=ports[2], key=key or new_key()) | {
            "PERPDESK_LOG_LEVEL": log_level,
            **environment,
        }
        if not streams:
            for name in _STREAM_ADDRESSES:
                del made.environment[name]
        try:
            common = ("--limits", limits, "--latency")
            of_telegram = ("--port", str(ports[0]), "--bybit", made.bybit_url)
            made.spawn("telegram", "sim", "telegram", *of_telegram, *common, str(telegram_latency))
            made.spawn("bybit", "sim", "bybit", "--port", str(ports[1]), *common, str(bybit_latency))
            await made.start_bot()
            yield made
        finally:
            await _end(made.processes.values())


def _bot_environment(made: Stack, *, stats_port: int, key: str) -> dict[str, str]:
    return clean_environment() | {
        "PERPDESK_TELEGRAM_TOKEN": TOKEN,
        "PERPDESK_TELEGRAM_API_URL": made.telegram_url,
        "PERPDESK_BYBIT_API_URL": made.bybit_url,
        "PERPDESK_BYBIT_DEMO_API_URL": f"{made.bybit_url}/demo",
        "PERPDESK_BYBIT_STREAM_URL": made.bybit_url,
        "PERPDESK_BYBIT_DEMO_STREAM_URL": f"{made.bybit_url}/demo",
        "PERPDESK_DATABASE": str(made.folder / "perpdesk.sqlite3"),
        "PERPDESK_KEY": key,
        "PERPDESK_OWNER_IDS": str(OWNER),
        "PERPDESK_STATS_PORT": str(stats_port),
        "PERPDESK_EGRESS_IP": "127.0.0.1",
        "PERPDESK_LOG_FORMAT": "json",
    }


async def _end(processes: Iterable[ChildProcess]) -> None:
    """SIGTERM to those that run, then SIGKILL to whoever takes longer than `PATIENCE`."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            await asyncio.to_thread(process.wait, PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
