"""Releases that follow each other and go back again while people chat: nothing is lost, and how long they waited.

The release before (the last one with an older schema, where there is a history to take it from), this one, one to come
(this one with a migration that only adds), and back. One that is older than what it finds either uses it, because what
came since only adds to it, or says in one line that it can not.
"""

import asyncio
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ops.campaigns.report import Report
from ops.stack import PATIENCE, ROOT, DriverError, Stack, labels_of, running_stack
from storage.admin.audit import AUDIT_CHAIN
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.database import Database
from storage.sqlite.hash_chain import verify_chain

NAME: Final = "releases that follow each other"
PEOPLE: Final = range(9301, 9304)
PRICES: Final = '{"basic": {"1": 3, "3": 5}, "premium": {"1": 7, "3": 11}}'
_PACKAGES: Final = ("bot", "handlers", "storage", "cache", "stats_api", "ops")
_PROJECT: Final = "pyproject.toml"
_USES_NEWER: Final = "which only adds to"  # says a release that reads min_version
_CALM_S: Final = 1.0  # seconds that people chat with each release
_NEXT: Final = """
ALTER TABLE users ADD COLUMN of_the_next_release INTEGER NOT NULL DEFAULT 0;
CREATE TABLE of_the_next_release (id INTEGER PRIMARY KEY, user_id INTEGER) STRICT;
CREATE INDEX idx_of_the_next_release ON of_the_next_release (user_id);
PRAGMA user_version = {number};
"""


@dataclass(slots=True)
class _Person:
    """One who buys a license and a practice position, and from then on sets the risk to ever other numbers."""

    stack: Stack
    user_id: int
    risk: str = ""
    waits: list[float] = field(default_factory=list)  # seconds for an answer

    async def begin(self) -> None:
        chat = self.stack.chat(self.user_id)
        await self.stack.telegram("PUT", f"/sim/users/{self.user_id}", {"first_name": "Ada", "stars": 1_000})
        await chat.say("/start")
        prices = await chat.ask({"text": "/subscribe"})
        terms = await chat.press(prices, labels_of(prices)[0])
        await chat.press(terms, "I accept")
        prices = await chat.ask({"text": "/subscribe"})
        body = {"message_id": prices["message_id"], "button": "Premium 1 mo"}
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body))["seq"]
        invoice = await self._message(seq, lambda message: "invoice" in message)
        await self.stack.telegram("POST", f"/sim/users/{self.user_id}/pay", {"message_id": invoice["message_id"]})
        await chat.answer(seq, word="Premium")
        body = {"text": "buy 0.01 btc sl 3% practice"}
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", body))["seq"]
        card = await self._message(seq, lambda message: any(map(_confirms, labels_of(message))))
        await chat.press(card, next(filter(_confirms, labels_of(card))))

    async def chat_until(self, stop: asyncio.Event) -> None:
        """One message after the other, each answered before the next one."""
        number = 0
        while not stop.is_set():
            number += 1
            risk, began = f"{1 + number % 900 / 100:.2f}", time.monotonic()
            await self.stack.chat(self.user_id).say(f"/settings risk {risk}")
            self.waits.append(time.monotonic() - began)
            self.risk = risk
            await asyncio.sleep(0.1)

    async def has_kept(self) -> Iterator[str]:
        """What is not as it was, in words."""
        chat, missing = self.stack.chat(self.user_id), list[str]()
        for command, word in (("/license", "Premium"), ("/positions", "BTCUSDT"), ("/settings", self.risk.rstrip("0"))):
            seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", {"text": command}))["seq"]
            try:
                await chat.answer(seq, word=word)
            except DriverError:
                missing.append(f"{self.user_id}: {command} says nothing of {word}")
        return iter(missing)

    async def _message(self, seq: int, is_meant: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
        """The first one, sent or edited, that is meant."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for event in await self.stack.chat(self.user_id).events(seq, wait=1):
                seq = event["seq"]
                if event["kind"] in {"sent", "edited"} and is_meant(event["message"]):
                    return dict(event["message"])
        raise DriverError(f"user {self.user_id} waited in vain")


def _confirms(label: str) -> bool:
    return label.startswith("✓")


@dataclass(slots=True)
class _Releases:
    """A stack whose bot is one release after the other."""

    stack: Stack
    told: list[str] = field(default_factory=list)  # how long each change took

    async def change(self, name: str, root: Path) -> bool:
        """End the one that runs, in order, and start another on the same files; False: it says that it can not."""
        began = time.monotonic()
        code = await self.stack.end_bot(signal.SIGTERM)
        if code:
            raise DriverError(f"a release ended with {code}:\n{self.stack.log('bot')[-3000:]}")
        self.spawn(root)
        try:
            await self.stack.until_ready()
        except DriverError:
            if "this version knows" not in self.stack.log("bot")[-1_000:]:
                raise
            self.told.append(f"{name} refuses the newer schema in one line")
            return False
        self.told.append(f"{name} {time.monotonic() - began:.1f} s")
        return True

    def spawn(self, root: Path) -> None:
        """Begin a release; it goes on in the log of the one before."""
        with (self.stack.folder / "bot.log").open("ab") as log:
            path = os.pathsep.join(filter(None, (str(root), self.stack.environment.get("PYTHONPATH"))))
            self.stack.processes["bot"] = subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=root,
                env=self.stack.environment | {"PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


async def run(seed: int, _budget: float, folder: Path, *, with_before: bool = True) -> Report:
    """Once: `with_before` from the last release with an older schema, if git knows one. The seed changes nothing."""
    began = time.monotonic()
    this, to_come = ROOT, await asyncio.to_thread(_next_release, folder / "next")
    before = await asyncio.to_thread(_release_before, folder / "before") if with_before else None
    async with running_stack(folder, log_level="INFO", environment={"PERPDESK_PRICES": PRICES}) as stack:
        releases = _Releases(stack)
        if before is not None:
            await _begin_anew(releases, before)
        people = [_Person(stack, user_id) for user_id in PEOPLE]
        await asyncio.gather(*(person.begin() for person in people))
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as chats:
            for person in people:
                chats.create_task(person.chat_until(stop))
            failures = await _change_about(releases, before, this, to_come)
            stop.set()
        for person in people:
            failures += await person.has_kept()
        await stack.end_bot()
        failures += await _unsound(stack, len(people))
    longest = max(max(person.waits) for person in people)
    return Report(
        name=f"{NAME} ({', '.join(releases.told)}; longest wait for an answer {longest:.1f} s)",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=len(releases.told),
        steps=sum(len(person.waits) for person in people),
        failures=tuple(failures),
    )


async def _begin_anew(releases: _Releases, before: Path) -> None:
    """Nobody has written yet: the files of this release go, those of the one before are made."""
    await releases.stack.end_bot()
    await asyncio.to_thread(_remove_files, Path(releases.stack.environment["PERPDESK_DATABASE"]))
    releases.spawn(before)
    await releases.stack.until_ready()


def _remove_files(database: Path) -> None:
    for each in database.parent.glob(f"{database.name}*"):
        each.unlink()
    for each in database.parent.glob("*journal"):
        shutil.rmtree(each)


async def _change_about(releases: _Releases, before: Path | None, this: Path, to_come: Path) -> list[str]:
    failures = list[str]()
    await asyncio.sleep(_CALM_S)
    steps = [("this release", this)] if before is not None else []
    for name, root in (*steps, ("the next", to_come), ("back to this one", this)):
        if not await releases.change(name, root):
            failures.append(f"{name}: it refuses what it should take")
        await asyncio.sleep(_CALM_S)
    if before is not None:
        knows = _USES_NEWER in (before / "storage" / "sqlite" / "migrate.py").read_text()
        if await releases.change("back to the one before", before) != knows:
            failures.append("the release before does otherwise than it says")
        with suppress(DriverError):
            await releases.stack.end_bot()
        releases.spawn(this)
        await releases.stack.until_ready()
        await asyncio.sleep(_CALM_S)
    return failures


async def _unsound(stack: Stack, people: int) -> list[str]:
    path = Path(stack.environment["PERPDESK_DATABASE"])
    failures = list[str]()
    async with Database.open(path) as database:
        for chain in (LICENSE_CHAIN, AUDIT_CHAIN):
            report = await verify_chain(database.fetch, chain)
            if report.broken_at is not None:
                failures.append(f"{chain.name} breaks at row {report.broken_at}")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        paid = connection.execute(
            "SELECT count(*), count(DISTINCT user_id), min(status) FROM payment_history"
        ).fetchone()
        left = connection.execute("SELECT count(*) FROM inbox WHERE state = 'set_aside'").fetchone()[0]
    if paid != (people, people, "completed"):
        failures.append(f"{people} people paid once each, and that is booked: {paid}")
    return [*failures, *([f"{left} messages were set aside"] if left else [])]


def _next_release(folder: Path) -> Path:
    """This release with one more migration, which only adds. Blocks."""
    for package in _PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / _PROJECT, folder)
    migrations = folder / "storage" / "migrations"
    number = len(list(migrations.glob("*.sql"))) + 1
    (migrations / f"{number:04}_next.sql").write_text(_NEXT.format(number=number))
    return folder


def _release_before(folder: Path) -> Path | None:
    """The last one whose schema is older, as git knows it; None: there is no history here. Blocks."""
    last = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", "storage/migrations").decode().strip()
    archive = _git("archive", f"{last}^", *_PACKAGES, _PROJECT) if last else b""
    if not archive:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    """What git says; nothing where it knows nothing, or is not there."""
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S603, S607  the machine's git
    except (OSError, subprocess.CalledProcessError):
        return b""
