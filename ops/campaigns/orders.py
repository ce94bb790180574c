"""Orders under kill -9 at every commit: the whole bot as a process, people who trade while it dies.

Half of them trade with practice money, half in Bybit Demo at the stand-in, which loses a fifth of its answers to writes
and is late with a tenth. What must hold at the end, by the exchanges' own accounts: every confirmed card is one plan
with its entries, once; every order there has its intent here, and every fill is booked once; what is open has the stop
and the targets that were promised; nothing is unknown any more; and whoever asked was told.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ops.campaigns.demo_accounts import answer_again, connect_demo, demo_truth, lose_answers
from ops.campaigns.order_child import NEVER
from ops.campaigns.order_truth import Place, look_into, unsound
from ops.campaigns.report import Report
from ops.stack import ROOT, Chat, DriverError, Stack, labels_of, running_stack

NAME: Final = "orders under kill -9"
USERS: Final = range(9201, 9205)
STEPS: Final = 90  # before and after so many commits: what a trade takes from the tap to the last message
_SYMBOLS: Final = {"btc": ("BTCUSDT", 64_000.0), "eth": ("ETHUSDT", 3_100.0)}
_WAIT: Final = 4.0  # seconds for an answer while the bot is killed; people ask again
_AT_REST: Final = 45.0
"""Seconds after the last start until all is as it should be: ten for what is unknown, ten for what no card told, and
the jobs' turns; less than the minute of the job that would make good what the start forgot."""
_LONG: Final = 100  # lives, in which everything must have been done at least once
_LIFE: Final = 2.0  # seconds, for a life that comes to fewer commits than it was given


async def run(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """Kill at one commit after the other until the budget (seconds) is used or so many kills were done; then look."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, tally, cut = time.monotonic(), Counter[str](), 0
    async with running_stack(folder, log_level="INFO") as stack, _lives(stack) as lives:
        traders = [_Trader(stack, user_id, random.Random(f"{seed}:{user_id}"), tally) for user_id in USERS]  # noqa: S311  the same
        await lives.begin(NEVER)
        await asyncio.gather(*(trader.begin() for trader in traders))
        await lives.end()
        await lose_answers(stack, seed)
        stop = asyncio.Event()
        at_work = [asyncio.create_task(trader.trade_until(stop)) for trader in traders]
        mover = asyncio.create_task(_move_prices(stack, draw, stop))
        while time.monotonic() - began < budget_seconds and cut != kills:
            await lives.begin(draw.randrange(STEPS))
            await lives.until_dead(most=_LIFE)
            cut += 1
        await lives.begin(NEVER)
        stop.set()
        await asyncio.gather(*at_work, mover)
        await answer_again(stack)
        failures = await _look(stack, lives, tally, cut)
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=cut,
        steps=tally.total(),
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
    """One person who enters, taps twice, moves the stop, halves, closes, panics, and asks again when nothing comes."""

    stack: Stack
    user_id: int
    draw: random.Random
    tally: Counter[str]
    is_paused: bool = False  # for all that is known: a panic was begun

    @property
    def chat(self) -> Chat:
        return self.stack.chat(self.user_id)

    async def begin(self) -> None:
        """Say hello, and every other one connects the account that is traded in."""
        await self.chat.say("/start")
        if self.user_id % 2:
            await connect_demo(self.stack, self.user_id)

    async def trade_until(self, stop: asyncio.Event) -> None:
        """One deed after the other; what a kill swallows is tried again."""
        deeds = {self._enter: 9, self._part: 7, self._close: 2, self._move_stop: 4, self._panic: 1, self._pause: 1}
        while not stop.is_set():
            (deed,) = self.draw.choices(list(deeds), list(deeds.values()))
            with suppress(DriverError):
                if self.is_paused:
                    await self._ask("/resume")
                    self.is_paused = False
                await deed()
            await asyncio.sleep(self.draw.random() * 0.3)

    async def _enter(self) -> None:
        coin = self.draw.choice(tuple(_SYMBOLS))
        _, middle = _SYMBOLS[coin]
        side = self.draw.choice(("long", "long", "long", "short"))  # against what stands it is refused
        words = f"{side} {coin} {self.draw.randint(3, 20) * 100}$ sl 3% tp 1% 2% 3%"
        words += self.draw.choice(("", "", " 5x", " 2x"))  # another leverage is an order of its own before it
        if self.draw.random() < 0.25:  # noqa: PLR2004  a share of the entries
            words += f" limit {middle * (1 + self.draw.uniform(-0.02, 0.02)):.0f}"
        await self._tap(await self._ask(words, "account value"), "✓ ")
        if self.draw.random() < 0.1:  # noqa: PLR2004  a panic before the order can be on its way everywhere
            await self._panic()
        if self.draw.random() < 0.5:  # noqa: PLR2004  before anything else may happen to it
            await self._part(coin)

    async def _part(self, coin: str = "") -> None:
        coin, percent = coin or self.draw.choice(tuple(_SYMBOLS)), self.draw.choice((25, 50))
        await self._tap(await self._ask(f"/close {coin} {percent}%", "after fees"), "Close ", as_="parts")

    async def _close(self) -> None:
        card = await self._ask(f"/close {self.draw.choice(tuple(_SYMBOLS))}", "after fees")
        await self._tap(card, "Close ")

    async def _move_stop(self) -> None:
        """Through the card of the position, as thumbs do it."""
        card = await self._ask("/positions", "Mark")
        for words, told in ((self.draw.choice(("Long", "Short")), "closed now"), ("Stop", "Where shall")):
            label = _label(card, words)
            if label is None:
                return
            body = {"message_id": card["message_id"], "button": label}
            seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body))["seq"]
            card = await self.chat.answer(seq, wait=_WAIT, word=told)
        await self._tap(card, self.draw.choice(("1%", "2%", "3%")), as_="stops")

    async def _panic(self) -> None:
        self.is_paused = True
        if self.draw.random() < 0.5:  # noqa: PLR2004  every other one
            await self._ask("/panic now")
        else:
            await self._tap(await self._ask("/panic"), "Close ")
        self.tally["panics"] += 1

    async def _pause(self) -> None:
        self.is_paused = True
        await self._ask("/pause")

    async def _ask(self, words: str, told: str = "") -> dict[str, Any]:
        """The first message after it that says `told`: cards of before are edited meanwhile."""
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", {"text": words}))["seq"]
        return await self.chat.answer(seq, wait=_WAIT, word=told)

    async def _tap(self, card: dict[str, Any], words: str, *, as_: str = "") -> None:
        """Press the button with those words, if it is there, and often twice at once; it counts as `as_` or as them."""
        label = _label(card, words)
        if label is None:
            return
        taps = 1 + (self.draw.random() < 0.3)  # noqa: PLR2004  a share of the taps
        body = {"message_id": card["message_id"], "button": label}
        press = [self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body) for _ in range(taps)]
        await asyncio.gather(*press, return_exceptions=True)  # the card may have changed before the second one
        self.tally[as_ or words.strip()] += 1


def _label(card: dict[str, Any], words: str) -> str | None:
    """The first button whose label has these words in it."""
    return next((label for label in labels_of(card) if words in label), None)


async def _move_prices(stack: Stack, draw: random.Random, stop: asyncio.Event) -> None:
    """Up and down by at most 4 %, so that stops and targets are reached."""
    while not stop.is_set():
        for symbol, middle in _SYMBOLS.values():
            price = middle * (1 + draw.uniform(-0.04, 0.04))
            await stack.bybit("POST", "/sim/prices", {"symbol": symbol, "price": f"{price:.1f}", "hold": True})
        await asyncio.sleep(1 + draw.random())


async def _said(stack: Stack) -> dict[Place, str]:
    """What people's chats show now."""
    found: dict[Place, str] = {}
    for user_id in USERS:
        for each in await stack.chat(user_id).messages():
            if each["from"]["is_bot"]:
                found[user_id, each["message_id"]] = str(each.get("text", ""))
    return found


async def _look(stack: Stack, lives: _Lives, tally: Counter[str], cut: int) -> list[str]:
    """Everything that is wrong, in words; what is still on its way gets time to arrive."""
    path = Path(stack.environment["PERPDESK_DATABASE"])
    end = time.monotonic() + _AT_REST
    while True:
        there = await demo_truth(stack, path)
        failures = await asyncio.to_thread(look_into, path, await _said(stack), there)
        if not failures or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    code = await lives.end(signal.SIGTERM)
    if code:
        failures.append(f"the stop ended with code {code}")
    failures += await asyncio.to_thread(unsound, path)
    missing = ({"✓"} if cut < _LONG else {"✓", "parts", "Close", "stops", "panics"}) - tally.keys()
    if missing:
        failures.append(f"nobody did {sorted(missing)}, so nothing is shown of it")
    return failures
