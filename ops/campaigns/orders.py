"""Orders under kill -9 at every commit: the whole bot as a process, people who trade with practice money while it dies.

What must hold at the end, by the practice exchange's own account: every confirmed card is one plan with its entries,
once; every order there has its intent here, and every fill is booked once; what is open has the stop and the targets
that were promised; nothing is unknown any more; and whoever asked was told.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ops.campaigns.order_child import NEVER
from ops.campaigns.order_truth import look_into, unsound
from ops.campaigns.report import Report
from ops.stack import PATIENCE, ROOT, Chat, DriverError, Stack, running_stack

NAME: Final = "orders under kill -9"
USERS: Final = range(9201, 9205)
STEPS: Final = 90  # before and after so many commits: what a trade takes from the tap to the last message
_SYMBOLS: Final = {"btc": ("BTCUSDT", 64_000.0), "eth": ("ETHUSDT", 3_100.0)}
_WAIT: Final = 4.0  # seconds for an answer while the bot is killed; people ask again
_LIFE: Final = 2.0  # seconds, for a life that comes to fewer commits than it was given


@dataclass(slots=True)
class _Tally:
    """What the traders did. `confirmed`: taps on cards, double ones counted once."""

    confirmed: int = 0
    closes: int = 0
    lives_cut: int = 0


async def run(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """Kill at one commit after the other until the budget (seconds) is used or so many kills were done; then look."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, tally = time.monotonic(), _Tally()
    async with running_stack(folder, log_level="INFO") as stack, _lives(stack) as lives:
        traders = [_Trader(stack, user_id, random.Random(f"{seed}:{user_id}"), tally) for user_id in USERS]  # noqa: S311  the same
        await lives.begin(NEVER)
        await asyncio.gather(*(trader.chat.say("/start") for trader in traders))
        await lives.end()
        stop = asyncio.Event()
        at_work = [asyncio.create_task(trader.trade_until(stop)) for trader in traders]
        mover = asyncio.create_task(_move_prices(stack, draw, stop))
        while time.monotonic() - began < budget_seconds and tally.lives_cut != kills:
            await lives.begin(draw.randrange(STEPS))
            await lives.until_dead(most=_LIFE)
            tally.lives_cut += 1
        await lives.begin(NEVER)
        stop.set()
        await asyncio.gather(*at_work, mover)
        failures = await _look(stack, lives, tally)
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=tally.lives_cut,
        steps=tally.confirmed,
        failures=tuple(failures),
    )


@dataclass(slots=True)
class _Lives:
    """One life of the bot after the other, each a fork of a process that has imported everything."""

    stack: Stack
    server: asyncio.subprocess.Process
    pid: int = 0
    death: "asyncio.Task[str]" = field(init=False, repr=False)

    async def begin(self, steps: int) -> None:
        """Begin a life that dies at that step; return when it is ready, or dead already."""
        if self.server.stdin is None:
            raise DriverError("the server of lives has no pipe")
        self.server.stdin.write(f"{steps}\n".encode())
        self.pid = int((await self._line()).split()[1])
        self.death = asyncio.create_task(self._line(), name="a life's end")
        ready = asyncio.create_task(self.stack.until_ready(), name="a life's begin")
        await asyncio.wait({ready, self.death}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            ready.result()
        ready.cancel()

    async def until_dead(self, *, most: float) -> None:
        """Wait for its own end for so many seconds, then end it."""
        await asyncio.wait({self.death}, timeout=most)
        await self.end()

    async def end(self, number: int = signal.SIGKILL) -> int:
        """End the life if it goes on; its exit code."""
        if not self.death.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        return int((await self.death).split()[1])

    async def _line(self) -> str:
        if self.server.stdout is None:
            raise DriverError("the server of lives has no pipe")
        line = (await self.server.stdout.readline()).decode()
        if not line:
            raise DriverError("the server of lives is gone")
        return line


@asynccontextmanager
async def _lives(stack: Stack) -> AsyncIterator[_Lives]:
    """The bot of the stack makes way for the server of lives."""
    await stack.end_bot()
    with (stack.folder / "bot.log").open("ab") as log:
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ops.campaigns.order_child",
            cwd=ROOT,
            env=stack.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    lives = _Lives(stack, server)
    stack.processes.pop("bot")
    try:
        yield lives
    finally:
        if hasattr(lives, "death"):
            await lives.end()
        if server.stdin is not None:
            server.stdin.close()
        await server.wait()


@dataclass(slots=True)
class _Trader:
    """One person who enters, taps twice, moves the stop, halves and closes, and asks again when nothing comes."""

    stack: Stack
    user_id: int
    draw: random.Random
    tally: _Tally

    @property
    def chat(self) -> Chat:
        return self.stack.chat(self.user_id)

    async def trade_until(self, stop: asyncio.Event) -> None:
        """One deed after the other; what a kill swallows is tried again."""
        while not stop.is_set():
            with suppress(DriverError):
                await self._deed()
            await asyncio.sleep(self.draw.random() * 0.3)

    async def _deed(self) -> None:
        coin = self.draw.choice(tuple(_SYMBOLS))
        way = self.draw.random()
        if way < 0.5:  # noqa: PLR2004  a share of the deeds
            side = self.draw.choice(("long", "short"))
            await self._enter(f"{side} {coin} {self.draw.randint(1, 9) * 100}$ sl 3% tp 1% 2% 3%")
        elif way < 0.75:  # noqa: PLR2004  the same
            await self._close(f"/close {coin} 50%")
        else:
            await self._close(f"/close {coin}")

    async def _enter(self, words: str) -> None:
        card = await self.chat.ask({"text": words}, wait=_WAIT)
        label = _label(card, "✓ ")
        if label is None:
            return
        body = {"message_id": card["message_id"], "button": label}
        await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body)
        self.tally.confirmed += 1
        if self.draw.random() < 0.3:  # noqa: PLR2004  a share of the taps
            with suppress(DriverError):  # the card has changed already
                await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body)
        await asyncio.sleep(self.draw.random())

    async def _close(self, words: str) -> None:
        card = await self.chat.ask({"text": words}, wait=_WAIT)
        label = _label(card, "Close ")
        if label is not None:
            await self.chat.press(card, label, wait=_WAIT)
            self.tally.closes += 1


def _label(card: dict[str, Any], begins: str) -> str | None:
    """The first button whose label begins so."""
    rows = card.get("reply_markup", {}).get("inline_keyboard", [])
    return next((each["text"] for row in rows for each in row if each["text"].startswith(begins)), None)


async def _move_prices(stack: Stack, draw: random.Random, stop: asyncio.Event) -> None:
    """Up and down by at most 4 %, so that stops and targets are reached."""
    while not stop.is_set():
        for symbol, middle in _SYMBOLS.values():
            price = middle * (1 + draw.uniform(-0.04, 0.04))
            await stack.bybit("POST", "/sim/prices", {"symbol": symbol, "price": f"{price:.1f}", "hold": True})
        await asyncio.sleep(1 + draw.random())


async def _look(stack: Stack, lives: _Lives, tally: _Tally) -> list[str]:
    """Everything that is wrong, in words; what is still on its way gets time to arrive."""
    path = Path(stack.environment["PERPDESK_DATABASE"])
    end = time.monotonic() + PATIENCE
    while True:
        failures = await asyncio.to_thread(look_into, path)
        if not failures or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    code = await lives.end(signal.SIGTERM)
    if code:
        failures.append(f"the stop ended with code {code}")
    failures += await asyncio.to_thread(unsound, path)
    if not (tally.confirmed and tally.closes):
        failures.append("nobody traded, so nothing is shown")
    return failures
