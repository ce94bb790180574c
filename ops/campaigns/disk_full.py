"""T18: the disk is full, at any byte of one bot in one process, and again and again below a bot as a process.

What was confirmed is there, entries wait, the owner hears of it, and within ten seconds of room people are served.
"""

import asyncio
import random
import time
from pathlib import Path
from typing import Any, Final

from ops.campaigns.own_test import run_test
from ops.campaigns.report import Report
from ops.campaigns.small_disk import MountRefused, SmallDisk, small_disk
from ops.stack import OWNER, Chat, DriverError, Stack, labels_of, running_stack

POINTS: Final = 500
RECOVERY_S: Final = 10.0
_TEST: Final = "tests/integration/test_disk_full.py"
_NOT_RUN: Final = "T18 disk full, not run, for no tmpfs may be mounted here"
_FIRST: Final = 1_001  # person
_WRITES: Final = 50  # until the disk refuses one at the latest
_BETWEEN_S: Final = 0.1  # two messages, of which a person may write sixty a minute
_FULL: Final = "the disk is full"
_SHOWN: Final = "Risk per trade"


def run_points(seed: int, points: int = POINTS) -> Report:
    """The test at so many points; the seed changes nothing."""
    began = time.monotonic()
    failures, was_skipped = run_test(_TEST, f"DISK_POINTS={points}")
    return Report(
        name=_NOT_RUN if was_skipped else "T18 disk full, any byte",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=0 if was_skipped else points,
        steps=0 if was_skipped else points,
        failures=failures,
    )


def run_process(seed: int, budget_seconds: float, folder: Path) -> Report:
    """`run`, or why it is not run."""
    try:
        return asyncio.run(run(seed, budget_seconds, folder))
    except MountRefused:
        return Report(name=_NOT_RUN, seed=seed, seconds=0, cases=0, steps=0, failures=())


async def run(seed: int, budget_seconds: float, folder: Path, *, times: int | None = None) -> Report:
    """Fill the disk of a running bot until the budget (seconds) is used, or so often. Raises MountRefused."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, failures, done, slowest = time.monotonic(), list[str](), 0, 0.0
    with small_disk(folder / "disk", megabytes=48) as disk:
        settings = {"PERPDESK_DATABASE": str(disk.folder / "perpdesk.sqlite3"), "PERPDESK_DISK_RESERVE_MB": "4"}
        async with running_stack(folder, log_level="INFO", environment=settings) as stack:
            await stack.chat(OWNER).say("/start")
            while time.monotonic() - began < budget_seconds and done != times and not failures:
                try:
                    slowest = max(slowest, await _fill(stack, disk, draw, stack.chat(_FIRST + done)))
                except DriverError as error:
                    failures.append(f"time {done + 1}: {error}")
                done += 1
    if slowest > RECOVERY_S:
        failures.append(f"people were served {slowest:.1f} s after there was room")
    return Report(
        name="T18 disk full, a process",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=round(slowest * 1_000),
        failures=tuple(failures),
    )


async def _fill(stack: Stack, disk: SmallDisk, draw: random.Random, anna: Chat) -> float:
    """Seconds from room on the disk until people are served. Raises DriverError for what is not as it should be.

    `anna`: somebody new each time, for who writes more than once a second is left out for a while.
    """
    owner = stack.chat(OWNER)
    await anna.say("/start")
    before = await _last(owner)
    disk.fill(left=draw.randrange(40_000))
    confirmed = await _write(stack, anna, draw)
    await owner.answer(before, word="disk under my database is full")
    await _expect_refusal(anna)
    disk.fill(left=0)
    seq = (await stack.telegram("POST", f"/sim/users/{anna.user_id}/messages", {"text": "/settings"}))["seq"]
    await asyncio.sleep(draw.random())
    disk.make_room()
    began = time.monotonic()
    shown = await anna.answer(seq)
    while _SHOWN not in str(shown["text"]):  # taken in before, and answered that nothing could be written down
        shown = await anna.ask({"text": "/settings"})
    await stack.until_ready()
    took = time.monotonic() - began
    if f"{confirmed}%" not in str(shown["text"]):
        raise DriverError(f"risk {confirmed} was confirmed, shown is {shown['text']}")
    await owner.answer(before, word="There is room on the disk again")
    return took


async def _write(stack: Stack, anna: Chat, draw: random.Random) -> str:
    """Change a setting until the disk refuses; what was confirmed last."""
    confirmed = ""
    for _ in range(_WRITES):
        risk = f"{draw.randint(101, 999) / 100:.2f}".rstrip("0").rstrip(".")
        if f"Risk per trade: {risk}%" in await anna.say(f"/settings risk {risk}"):
            confirmed = risk
        if any(_FULL in each for each in await _reasons(stack)):
            return confirmed
        await asyncio.sleep(_BETWEEN_S)
    raise DriverError("the disk is full, and takes everything")


async def _reasons(stack: Stack) -> list[str]:
    async with stack.session.get(f"{stack.stats_url}/readyz") as answer:
        said: dict[str, Any] = await answer.json()
    return [str(each) for each in said.get("reasons", ())]


async def _expect_refusal(anna: Chat) -> None:
    """A card is drawn, and can't be confirmed."""
    card = await anna.ask({"text": "/buy btc 100$ sl 3%"})
    label = next((each for each in labels_of(card) if each.startswith("✓")), None)
    if label is None:
        raise DriverError(f"no card was drawn: {card['text']}")
    answer = await anna.press(card, label)
    if "No room is left" not in str(answer["text"]):
        raise DriverError(f"an entry on a full disk is answered by {answer['text']}")


async def _last(chat: Chat) -> int:
    events = await chat.events(0)
    return int(events[-1]["seq"]) if events else 0
