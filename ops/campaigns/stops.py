"""SIGTERM under load, again and again: what was said is answered once, each stop is in order and within its time.

`restart` measures what people notice of one: how long answers take while the bot drains, ends and starts.
"""

import asyncio
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from ops.campaigns.nginx_front import NGINX, nginx_front
from ops.campaigns.report import Report
from ops.stack import PATIENCE, DriverError, Stack, free_port, running_stack

_USERS: Final = 200  # who write in turn: nobody so often that it is refused as a flood
_FIRST: Final = 20_001  # the id of the first of them
_STOP_S: Final = 25.0  # that a stop may take
_TEXT: Final = "/price BTCUSDT"
_LINE: Final = 24  # characters that tell one kind of answer from another


async def run(seed: int, budget_seconds: float, folder: Path, *, stops: int | None = None, rate: float = 50) -> Report:
    """Stop until the budget (seconds) is used or so many stops were done, while `rate` messages a second come."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, failures, done = time.monotonic(), list[str](), 0
    async with running_stack(folder, log_level="WARNING", telegram_latency=0.02) as stack:
        async with _writing(stack, rate) as said:
            while time.monotonic() - began < budget_seconds and done != stops:
                await asyncio.sleep(draw.uniform(0.1, 1.5))
                asked = time.monotonic()
                code = await stack.end_bot(signal.SIGTERM)
                if code or time.monotonic() - asked > _STOP_S:
                    failures.append(f"stop {done} ended with {code} after {time.monotonic() - asked:.1f} s")
                await stack.start_bot()
                done += 1
        failures += await _unanswered(stack, said)
    return Report(
        name="SIGTERM under load",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=sum(said.values()),
        failures=tuple(failures),
    )


@asynccontextmanager
async def _writing(stack: Stack, rate: float) -> AsyncIterator[dict[int, int]]:
    """People who write while the block runs; how often each of them did."""
    said: dict[int, int] = {}
    is_over = asyncio.Event()

    async def write() -> None:
        turn, began = 0, time.monotonic()
        while not is_over.is_set():
            await asyncio.sleep(began + turn / rate - time.monotonic())
            user_id = _FIRST + turn % _USERS
            await stack.telegram("POST", f"/sim/users/{user_id}/messages", {"text": _TEXT})
            said[user_id] = said.get(user_id, 0) + 1
            turn += 1

    writing = asyncio.create_task(write())
    try:
        yield said
    finally:
        is_over.set()  # not cancelled: what was said is counted
        await writing


async def _unanswered(stack: Stack, said: dict[int, int]) -> list[str]:
    """Who got fewer or more answers than they asked for, once there is nothing more to come."""
    end = time.monotonic() + PATIENCE
    wrong: list[str] = []
    while time.monotonic() < end:
        wrong = []
        for user_id, count in said.items():
            messages = await stack.chat(user_id).messages()
            answers = [each.get("text", "") for each in messages if each["from"]["is_bot"]]
            if len(answers) != count:
                words = dict(Counter(each[:_LINE] for each in answers))
                wrong.append(f"user {user_id} wrote {count} times and has {len(answers)} answers: {words}")
        if not wrong:
            break
        await asyncio.sleep(0.5)
    return wrong


async def restart(
    folder: Path, *, seconds: float, rate: float = 50, bybit_hangs: bool = False, by_webhook: bool = False
) -> list[float]:
    """Seconds from each message to its answer, over a restart in the middle of `seconds`; sorted.

    Both stand-ins answer in 200 ms, Bybit not at all where it hangs. A webhook leads through nginx where that is
    installed. Raises DriverError for who is not answered.
    """
    latencies: list[float] = []

    async def ask(user_id: int) -> None:
        began = time.monotonic()
        await stack.chat(user_id).say(_TEXT)
        latencies.append(time.monotonic() - began)

    bybit_latency = 3_600 if bybit_hangs else 0.2
    async with AsyncExitStack() as exits:
        settings = await _webhook(exits, folder) if by_webhook else {}
        stack = await exits.enter_async_context(
            running_stack(
                folder,
                log_level="WARNING",
                telegram_latency=0.2,
                bybit_latency=bybit_latency,
                environment=settings,
            )
        )
        asking: list[asyncio.Task[None]] = []
        stopping: asyncio.Task[None] | None = None
        for number in range(int(seconds * rate)):
            asking.append(asyncio.create_task(ask(_FIRST + number)))
            if stopping is None and number >= seconds * rate / 2:
                stopping = asyncio.create_task(_restart(stack))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*asking, *(() if stopping is None else (stopping,)))
    return sorted(latencies)


async def _webhook(exits: AsyncExitStack, folder: Path) -> dict[str, str]:
    """The settings of a bot by webhook, and nginx before it."""
    back = front = free_port()
    if NGINX is not None:
        front = await exits.enter_async_context(nginx_front(folder, back=back))
    return {"PERPDESK_WEBHOOK_URL": f"http://127.0.0.1:{front}/telegram", "PERPDESK_WEBHOOK_PORT": str(back)}


async def _restart(stack: Stack) -> None:
    code = await stack.end_bot(signal.SIGTERM)
    if code:
        raise DriverError(f"the stop ended with {code}")
    await stack.start_bot()


def run_restarts(seed: int, _budget: float, folder: Path, *, seconds: float = 30, rate: float = 50) -> Report:
    """With everybody well, by polling and by webhook, and with a Bybit that hangs; p99 within 5, 5 and 25 s."""
    began, failures, count = time.monotonic(), list[str](), 0
    by_webhook = "by webhook" if NGINX is None else "by webhook through nginx"
    cases = (("all well", False, False, 5.0), (by_webhook, False, True, 5.0), ("Bybit hangs", True, False, 25.0))
    for name, hangs, is_webhook, most in cases:
        place = folder / name.replace(" ", "-")
        place.mkdir()
        found = asyncio.run(restart(place, seconds=seconds, rate=rate, bybit_hangs=hangs, by_webhook=is_webhook))
        count += len(found)
        p99 = statistics.quantiles(found, n=100)[98]
        print(f"a restart, {name}: {len(found)} answers, p50 {statistics.median(found):.2f} s, p99 {p99:.2f} s")
        if p99 > most:
            failures.append(f"a restart, {name}: p99 {p99:.2f} s, more than {most:g}")
    return Report(
        name="a restart as people notice it",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=len(cases),
        steps=count,
        failures=tuple(failures),
    )
