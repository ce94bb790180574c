"""Promo codes under kills and crowds: T1 (kill -9 in redemptions), T2 (a crowd on one code), T3 (one user, many taps).

What must hold: nothing that was acknowledged is lost, nothing stands twice, uses are rows, no cap is passed by one,
both chains verify and the file is sound.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import derive
from bot.services.promo.redemption import Redemption
from bot.settings import clean_environment
from ops.campaigns.promo_child import USERS
from ops.campaigns.report import Report
from ops.forked import PipedProcess, piped
from ops.promo_stack import open_promo_stack
from ops.stack import OWNER, Stack, running_stack
from storage.admin.audit import AUDIT_CHAIN
from storage.licensing.ledger import LICENSE_CHAIN, SELECT_EVENTS, entry_of
from storage.sqlite.database import Database
from storage.sqlite.hash_chain import verify_chain

CAP: Final = 100
TAPS: Final = 1_000
DRIVERS: Final = 8
_LOOK_EVERY: Final = 50  # kills
_PIN: Final = "271828"
_FIRST_USER: Final = 1_000_000
_CAPS: Final = (1_000_000, 500, 7)  # of the codes that are redeemed under kills


@dataclass(slots=True)
class _Lives:
    """The process that is killed, and what it acknowledged: (user, code) -> (usage, until)."""

    process: PipedProcess
    acknowledged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def live(self, line: str, acks: int) -> None:
        """One life: until it has acknowledged so many, and then kill -9."""
        self.process.to.write(f"{line}\n".encode())
        self.process.to.flush()
        pid = 0
        while (words := self.process.by.readline().decode().split()) != ["dead"]:
            if not words:
                raise RuntimeError("the child ended by itself")
            if words[0] == "born":
                pid = int(words[1])
                continue
            self._note(words[1:])
            acks -= 1
            if acks == 0:
                os.kill(pid, signal.SIGKILL)

    def _note(self, words: list[str]) -> None:
        user_id, code, usage_id, until = map(int, words)
        answer = self.acknowledged.setdefault((user_id, code), (usage_id, until))
        if answer != (usage_id, until):
            self.failures.append(f"user {user_id}, code {code}: answered {answer} and {(usage_id, until)}")


async def run_kills(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """T1: kill until the budget (seconds) is used or so many kills were done."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began = time.monotonic()
    path = folder / "perpdesk.sqlite3"
    async with open_promo_stack(path) as promo_stack:
        codes = [(await promo_stack.new_code(max_uses=cap)).codes[0] for cap in _CAPS]
        lookups = " ".join(promo_stack.lookup(code) for code in codes)
    done = 0
    with piped("ops.campaigns.promo_child", str(path), env=clean_environment()) as process:
        lives = _Lives(process)
        while not lives.failures and time.monotonic() - began < budget_seconds and done != kills:
            line = f"{draw.randrange(2**32)} {_FIRST_USER + done // 4 * USERS} {lookups}"
            await asyncio.to_thread(lives.live, line, draw.randrange(1, 40))
            done += 1
            if done % _LOOK_EVERY == 0:
                lives.failures += await _look(path, lives.acknowledged)
    failures = lives.failures or await _look(path, lives.acknowledged)
    return Report(
        name="T1 kill -9 in redemption",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=len(lives.acknowledged),
        failures=tuple(failures),
    )


async def run_store(seed: int, folder: Path, *, tasks: int = 10_000) -> Report:
    """T2 and T3 on the store: so many tasks at once on a 100-use code, and 1,000 taps of one user."""
    began = time.monotonic()
    path = folder / "perpdesk.sqlite3"
    failures: list[str] = []
    async with open_promo_stack(path) as promo_stack:
        users = [UserId(_FIRST_USER + number) for number in range(tasks)]
        await promo_stack.add_users(users)
        lookup = promo_stack.lookup((await promo_stack.new_code(max_uses=CAP)).codes[0])
        random.Random(seed).shuffle(users)  # noqa: S311  a repeatable choice, not a secret
        outcomes = await asyncio.gather(*(promo_stack.redemptions.redeem(user_id, lookup) for user_id in users))
        given = sum(isinstance(each, Redemption) for each in outcomes)
        if given != min(CAP, tasks):
            failures.append(f"{given} of {tasks} got a code of {CAP} uses")
        again = promo_stack.lookup((await promo_stack.new_code(max_uses=CAP)).codes[0])
        answers = {
            repr(each) for each in await asyncio.gather(*(_tap(promo_stack.redemptions, again) for _ in range(TAPS)))
        }
        if len(answers) != 1 or "Redemption" not in next(iter(answers)):
            failures.append(f"{TAPS} taps of one user got {len(answers)} different answers")
    failures += await _look(path, {})
    return Report(
        name="T2 and T3 on the store",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=tasks + TAPS,
        steps=given,
        failures=tuple(failures),
    )


async def run_chat(seed: int, folder: Path, *, attempts: int = 10_000) -> Report:
    """T2 through the stand-in's chat: the real bot, eight driver processes, a person an attempt."""
    began = time.monotonic()
    async with running_stack(folder, log_level="INFO") as stack:
        await _create(stack, f"RACE{seed}")
        each = attempts // DRIVERS
        drivers = [_drive(stack.telegram_url, f"RACE{seed}", _FIRST_USER + n * each, each) for n in range(DRIVERS)]
        counts = sum(await asyncio.gather(*drivers), Counter[str]())
        failures = [f"answers were {dict(counts)}"] if counts != {"given": CAP, "refused": each * DRIVERS - CAP} else []
        await stack.end_bot()
        failures += await _look(Path(stack.environment["PERPDESK_DATABASE"]), {})
    return Report(
        name="T2 through the chat",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=each * DRIVERS,
        steps=counts.total(),
        failures=tuple(failures),
    )


async def _tap(redemptions: Any, lookup: str) -> Any:
    return await redemptions.redeem(UserId(_FIRST_USER), lookup)


async def _create(stack: Stack, code: str) -> None:
    owner = stack.chat(OWNER)
    preview = await owner.ask({"text": f"/promo new premium 30d max={CAP} code={code}"})
    keypad = await owner.press(preview, "Create")
    for digit in _PIN * 2:  # chosen, and repeated
        keypad = await owner.press(keypad, digit)


async def _drive(url: str, code: str, first: int, count: int) -> Counter[str]:
    arguments = ("ops.campaigns.promo_driver", url, code, str(first), str(count))
    with piped(*arguments, env=clean_environment()) as process:
        output = await asyncio.to_thread(process.by.read)
    return Counter(json.loads(output or b"{}"))


async def _look(path: Path, acknowledged: dict[tuple[int, int], tuple[int, int]]) -> list[str]:
    """Everything that is wrong, in words."""
    failures = await asyncio.to_thread(_look_into, path, acknowledged)
    async with Database.open(path) as database:
        for chain in (AUDIT_CHAIN, LICENSE_CHAIN):
            report = await verify_chain(database.fetch, chain)
            if report.broken_at is not None:
                failures.append(f"the chain {chain.name} breaks at {report.broken_at}")
    return failures


def _look_into(path: Path, acknowledged: dict[tuple[int, int], tuple[int, int]]) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [*_unsound(connection), *_lost(connection, acknowledged), *_uncounted(connection), *_wrong(connection)]


def _unsound(connection: sqlite3.Connection) -> Iterable[str]:
    ((verdict,),) = connection.execute("PRAGMA integrity_check").fetchall()
    if verdict != "ok":
        yield f"integrity_check: {verdict}"
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        yield "a row points to one that is not there"


def _lost(connection: sqlite3.Connection, acknowledged: dict[tuple[int, int], tuple[int, int]]) -> Iterable[str]:
    statement = """SELECT u.user_id, s.promo_id - 1, s.usage_id, s.until_ts
                     FROM promo_usage AS s JOIN users AS u ON u.pseudonym = s.holder"""
    stored = {(user, code): (usage, until) for user, code, usage, until in connection.execute(statement)}
    for key, answer in acknowledged.items():
        if stored.get(key) != answer:
            yield f"{key} was answered {answer}, stored is {stored.get(key)}"


def _uncounted(connection: sqlite3.Connection) -> Iterable[str]:
    """Uses are rows, of codes and campaigns; each use has its ledger row, its audit row, and nothing has two."""
    for promo_id, uses, rows, cap in connection.execute(
        """SELECT p.promo_id, p.uses, count(s.usage_id), p.max_uses
             FROM promo_codes AS p LEFT JOIN promo_usage AS s USING (promo_id) GROUP BY p.promo_id"""
    ):
        if uses != rows or rows > cap:
            yield f"code {promo_id} counts {uses} uses, has {rows} rows, allows {cap}"
    for campaign_id, uses, total in connection.execute(
        """SELECT c.campaign_id, c.uses, sum(p.uses)
             FROM promo_campaigns AS c JOIN promo_codes AS p USING (campaign_id) GROUP BY c.campaign_id"""
    ):
        if uses != total:
            yield f"campaign {campaign_id} counts {uses}, its codes {total}"
    ((uses, ledger, audit, unsettled),) = connection.execute(
        """SELECT (SELECT count(*) FROM promo_usage), (SELECT count(*) FROM license_events WHERE kind = 'promo'),
                  (SELECT count(*) FROM audit WHERE action = 'promo.redeem'),
                  (SELECT count(*) FROM promo_usage AS s LEFT JOIN license_events AS e
                       ON e.event_id = s.event_id AND e.holder = s.holder AND e.cause = 'promo:' || s.usage_id
                    WHERE e.event_id IS NULL)"""
    ).fetchall()
    if not uses == ledger == audit or unsettled:
        yield f"{uses} uses, {ledger} ledger rows, {audit} audit rows, {unsettled} uses without their row"


def _wrong(connection: sqlite3.Connection) -> Iterable[str]:
    """Each projection is what follows from its ledger."""
    for user_id, holder in connection.execute("SELECT user_id, pseudonym FROM users").fetchall():
        entries = [entry_of(row) for row in connection.execute(SELECT_EVENTS, (holder,))]
        at = entries[-1].at if entries else Millis(0)
        derived = [(each.start, each.end) for each in derive(entries, at).segments]
        held = "SELECT start_date, end_date FROM user_licenses WHERE user_id = ? ORDER BY end_date"
        if (found := connection.execute(held, (user_id,)).fetchall()) != derived:
            yield f"user {user_id} holds {found}, the ledger gives {derived}"
