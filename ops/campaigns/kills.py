"""kill -9 at any moment, its start included: the whole bot as a process, stand-ins around it, people who go on writing.

What must hold at the end: every update that Telegram handed over was handled once and in order (what people wrote to
support stands there once each, in their order), what people set last is what is set, nobody has two practice accounts,
nobody waits for an answer, and the file is sound.
"""

import asyncio
import itertools
import random
import signal
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ops.campaigns.lives import Lives, lives_of
from ops.campaigns.report import Report
from ops.stack import DriverError, Stack, running_stack

NAME: Final = "kill -9 of the bot"
USERS: Final = range(9001, 9007)
_COMMITS: Final = 120  # before and after so many at most: a start and what a burst of messages takes


@dataclass(slots=True)
class _Traffic:
    """What was sent: the update ids, and the risk that each user typed last."""

    update_ids: list[int] = field(default_factory=list)
    risks: dict[int, str] = field(default_factory=dict)


async def run(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """Kill until the budget (seconds) is used or so many kills were done; then look."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began = time.monotonic()
    traffic = _Traffic()
    done = 0
    async with running_stack(folder, log_level="INFO") as stack, lives_of(stack) as lives:
        while time.monotonic() - began < budget_seconds and done != kills:
            burst = asyncio.create_task(_write(stack, draw, traffic))
            await lives.begin("commit", draw.randrange(_COMMITS))
            await lives.until_dead(most=draw.random() * 0.3)
            await burst
            done += 1
        await lives.begin()
        failures = await _look(lives, traffic)
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=len(traffic.update_ids),
        failures=tuple(failures),
    )


async def _write(stack: Stack, draw: random.Random, traffic: _Traffic) -> None:
    """A burst of messages, some of which change something."""
    for _ in range(draw.randint(4, 16)):
        user_id = draw.choice(USERS)
        text = draw.choice(("/start", "/balance", "/price BTCUSDT", "risk", "risk", "note"))
        if text == "risk":
            traffic.risks[user_id] = f"{draw.randint(10, 999) / 100:.2f}"
            text = f"/settings risk {traffic.risks[user_id]}"
        if text == "note":
            text = f"/paysupport {len(traffic.update_ids)}"
        sent = await stack.telegram("POST", f"/sim/users/{user_id}/messages", {"text": text})
        traffic.update_ids.append(int(sent["update_id"]))
        await asyncio.sleep(draw.random() * 0.03)


async def _look(lives: Lives, traffic: _Traffic) -> list[str]:
    """Everything that is wrong, in words."""
    stack, failures = lives.stack, []
    for user_id in traffic.risks:
        try:
            await stack.chat(user_id).say("/whoami")
        except DriverError as error:
            failures.append(f"user {user_id} was left in silence: {error}")
    code = await lives.end(signal.SIGTERM)
    if code:
        failures.append(f"the stop ended with code {code}")
    failures += await asyncio.to_thread(_look_into, Path(stack.environment["PERPDESK_DATABASE"]), traffic)
    return failures


def _look_into(path: Path, traffic: _Traffic) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [
            *_unsound(connection),
            *_lost(connection, traffic),
            *_wrong(connection, traffic),
            *_disordered(connection),
        ]


def _unsound(connection: sqlite3.Connection) -> Iterable[str]:
    ((verdict,),) = connection.execute("PRAGMA integrity_check").fetchall()
    if verdict != "ok":
        yield f"integrity_check: {verdict}"
    doubled = "SELECT user_id FROM accounts WHERE account_type = 'paper' GROUP BY user_id HAVING count(*) <> 1"
    for (user_id,) in connection.execute(doubled):
        yield f"user {user_id} has more than one practice account"
    wallets = "SELECT DISTINCT wallet_balance FROM paper_wallets"
    if (found := connection.execute(wallets).fetchall()) not in ([("10000",)], []):
        yield f"practice money is {found}"


def _lost(connection: sqlite3.Connection, traffic: _Traffic) -> Iterable[str]:
    states = dict(connection.execute("SELECT update_id, state FROM inbox").fetchall())
    for first, last in connection.execute("SELECT first_id, last_id FROM inbox_runs"):
        states.update(dict.fromkeys(range(first, last + 1), "done"))
    for update_id in traffic.update_ids:
        if states.get(update_id) != "done":
            yield f"update {update_id} ended as {states.get(update_id)}"


def _wrong(connection: sqlite3.Connection, traffic: _Traffic) -> Iterable[str]:
    percents = dict(connection.execute("SELECT user_id, risk_percent FROM accounts").fetchall())
    for user_id, risk in traffic.risks.items():
        if float(percents.get(user_id, "nan")) != float(risk):
            yield f"user {user_id} typed {risk} last, stored is {percents.get(user_id)}"


def _disordered(connection: sqlite3.Connection) -> Iterable[str]:
    """What was written to support twice, or before what came earlier."""
    written: dict[int, list[int]] = {}
    for user_id, text in connection.execute("SELECT author_id, text FROM support_messages ORDER BY message_id"):
        written.setdefault(user_id, []).append(int(text))
    for user_id, numbers in written.items():
        if any(later <= earlier for earlier, later in itertools.pairwise(numbers)):
            yield f"user {user_id} wrote to support in the order of {numbers}"
    if not written:
        yield "nobody wrote to support, so nothing is shown of it"
