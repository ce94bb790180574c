"""Old databases by the hundred, each taken over, held against a second reading, and taken over once more; and kills."""

import asyncio
import base64
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.domain.ids import Millis
from bot.settings import clean_environment
from ops.campaigns.legacy_maker import make_legacy
from ops.campaigns.legacy_truth import Truth, differences, read_truth
from ops.campaigns.report import Report
from ops.legacy.importer import ImportOptions, known_import, take_over
from ops.legacy.source import copied
from ops.stack import ROOT
from storage.checkup import (
    check_chains,
    check_foreign_keys,
    check_licenses,
    check_pages,
    check_promo_uses,
    looking_at,
)
from storage.sqlite.vault import KeyFile

AT: Final = 1_764_000_000  # seconds, a day in November 2025
_KEY: Final = f"test:{base64.b64encode(bytes(32)).decode()}"
_KEYS: Final = KeyFile.parse(_KEY)
_MANY: Final = 150  # people, so that a kill finds it at work


def run(seed: int, budget_seconds: float, folder: Path, *, databases: int | None = None) -> Report:
    """One database after the other until the budget (seconds) is used, or so many were made. Blocks."""
    began, done, failures = time.monotonic(), 0, list[str]()
    while time.monotonic() - began < budget_seconds and done != databases:
        number = seed * 10_000 + done
        home = folder / str(number)
        home.mkdir()
        failures += [f"legacy seed {number}: {words}" for words in asyncio.run(_try(number, home))]
        done += 1
    return Report(
        name="the old bot's database",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=done,
        failures=tuple(failures),
    )


async def _try(seed: int, home: Path) -> list[str]:
    old, ours = home / "bot.db", home / "perpdesk.sqlite3"
    options = ImportOptions(at=Millis(AT * 1000), honors_codes=seed % 2 == 1)
    make_legacy(old, seed, AT)
    with copied(old, home / "copy") as source:
        first = await take_over(ours, _KEYS, source, options)
    before = _dump(ours)
    with copied(old, home / "copy") as source:
        again = await known_import(ours, source, options)
    failures = list(differences(read_truth(old, options.at, honors_codes=options.honors_codes), ours))
    if again is None or again.is_new or again.text != first.text or _dump(ours) != before:
        failures.append("the second run was no repetition of the first")
    return [*failures, *(await _unsound(ours))]


def run_kills(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """Take one old database over by the command, then anew with a kill at any moment, until it may end. Blocks."""
    began, done, draw = time.monotonic(), 0, random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    old, ours, failures = folder / "bot.db", folder / "perpdesk.sqlite3", list[str]()
    make_legacy(old, seed, AT, people=_MANY)
    truth = read_truth(old, AT * 1000, honors_codes=False)
    failures += _taken_over(old, folder / "first.sqlite3", truth)
    lasts = time.monotonic() - began
    while time.monotonic() - began < budget_seconds and done != kills:
        with _begun(old, ours) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(lasts * draw.uniform(0.2, 1))
            process.kill()
        done += 1
    failures += _taken_over(old, ours, truth)
    failures += [f"{each.name} is left" for each in folder.glob("*.import")]
    return Report(
        name="the old bot's database, kills",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=done,
        failures=tuple(failures),
    )


def _taken_over(old: Path, ours: Path, truth: Truth) -> list[str]:
    """What is wrong after a run that comes to its end."""
    with _begun(old, ours) as process:
        code = process.wait()
    return [f"the command ended with code {code}"] if code else list(differences(truth, ours))


def _begun(old: Path, ours: Path) -> "subprocess.Popen[bytes]":
    environment = clean_environment() | {"PERPDESK_DATABASE": str(ours), "PERPDESK_KEY": _KEY}
    moment = datetime.fromtimestamp(AT, UTC).isoformat()
    return subprocess.Popen(  # noqa: S603  our own command line
        [sys.executable, "-m", "ops", "import-legacy", str(old), "--at", moment],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


async def _unsound(path: Path) -> list[str]:
    async with looking_at(path) as (fetch, _):
        checks = [
            await check_pages(fetch),
            await check_foreign_keys(fetch),
            *await check_chains(fetch),
            await check_licenses(fetch),
            await check_promo_uses(fetch),
        ]
    return [f"{each.name}: {each.detail}" for each in checks if not each.is_ok]
