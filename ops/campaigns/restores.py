"""T22: backups beside a bot that is killed, restores that are killed, and after each nothing of the gap is lost.

After each restore: every charge that Telegram has is credited once and none is sent back, every code that was used
counts as used, no key that was removed is back, no limit is looser than it was acknowledged, both chains verify.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.domain.ids import Millis
from bot.settings import clean_environment
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import backup_plan
from ops.campaigns.report import Report
from ops.campaigns.restores_child import begin, settings_of
from ops.forked import PipedProcess, piped
from storage.backup.copying import prove
from storage.backup.making import make_backup
from storage.sqlite.vault import AesCredentialVault

NAME: Final = "T22 restores"
CODES: Final = 400
_LONGEST_KILL_S: Final = 0.5  # after which a restore that is to be killed dies


@dataclass(slots=True)
class _Known:
    """What was said of the bot, which no restore may take back."""

    charges: dict[str, tuple[int, int, int, str]] = field(default_factory=dict)  # user, Stars, moment, payload
    used: dict[int, int] = field(default_factory=dict)  # code -> user
    removed: set[int] = field(default_factory=set)
    limits: dict[int, int] = field(default_factory=dict)
    steps: int = 0

    def note(self, words: list[str]) -> None:
        self.steps += 1
        match words:
            case ["charge", charge, user, stars, at, payload]:
                self.charges[charge] = (int(user), int(stars), int(at), payload)
            case ["ack", "used", code, user]:
                self.used[int(code)] = int(user)
            case ["ack", "removed", account, _]:
                self.removed.add(int(account))
            case ["ack", "limit", account, value]:
                self.limits[int(account)] = int(value)


@dataclass(slots=True)
class _Lives:
    """The process whose forks live and die."""

    process: PipedProcess
    known: _Known = field(default_factory=_Known)

    def live(self, line: str, *, acks: int | None = None, kill_after_s: float | None = None) -> list[list[str]]:
        """One life to its end, or until it has acknowledged so much, or for so long; what it said."""
        self.process.to.write(f"{line}\n".encode())
        self.process.to.flush()
        said: list[list[str]] = []
        pid = int(self.process.by.readline().split()[1])
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while (words := self.process.by.readline().decode().split())[0] != "dead":
            said.append(words)
            self.known.note(words)
            if acks is not None and words[0] == "ack" and (acks := acks - 1) == 0:
                os.kill(pid, signal.SIGKILL)
        return said


def run(seed: int, budget_seconds: float, folder: Path, *, points: int) -> Report:
    """So many restores, or as many as the budget (seconds) has room for."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began = time.monotonic()
    lookups = asyncio.run(begin(folder, CODES))
    failures: list[str] = []
    done = 0
    with piped("ops.campaigns.restores_child", str(folder), env=clean_environment()) as process:
        lives = _Lives(process)
        copies = [_back_up(folder, 0)]
        while not failures and done != points and time.monotonic() - began < budget_seconds:
            for _ in range(draw.randrange(1, 4)):
                lives.live(f"act {draw.randrange(2**32)} {' '.join(lookups)}", acks=draw.randrange(1, 25))
                if draw.choice((True, False)):
                    copies.append(_back_up(folder, len(copies)))
            chosen = draw.choice(copies[-6:])
            failures += _restored(lives, folder, chosen, draw, done)
            done += 1
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=lives.known.steps,
        failures=tuple(failures),
    )


def _back_up(folder: Path, number: int) -> Path:
    """Names of copies are of seconds: each has one of its own."""
    settings = settings_of(folder)
    plan = backup_plan(settings, AesCredentialVault(load_keys(settings)))
    return make_backup(plan, now=Millis(int(time.time()) * 1000 - 10**8 + number * 1000), reason="campaign").path


def _restored(lives: _Lives, folder: Path, file: Path, draw: random.Random, number: int) -> list[str]:
    """Restore, half of the times killed before, and look."""
    line = f"restore {file} {int(time.time() * 1000)}"
    if draw.choice((True, False)):
        lives.live(line, kill_after_s=draw.random() * _LONGEST_KILL_S)
    said = lives.live(line)
    where = f"restore {number} of {file.name}"
    if not said or said[-1][0] != "replayed":
        return [f"{where}: {' '.join(said[-1]) if said else 'silence'}"]
    account = folder / "account.json"
    account.write_text(json.dumps([(charge, *each) for charge, each in lives.known.charges.items()]))
    said = lives.live(f"look {account}")
    if not said or said[-1][0] != "looked":
        return [f"{where}: {' '.join(said[-1]) if said else 'silence'}"]
    _, listed, _, asked = said[-1]
    found = [] if listed == "0" else ["something was booked before it was accepted"]
    found += [] if asked == "-" else [f"sold licenses were sent back: {asked}"]
    database = settings_of(folder).database
    with closing(sqlite3.connect(database)) as connection:
        found += _lost(connection, lives.known)
    prove(database, vault=None, is_full=True)
    return [f"{where}: {each}" for each in found]


def _lost(connection: sqlite3.Connection, known: _Known) -> Iterable[str]:
    """What was acknowledged, and is otherwise now."""
    rows = connection.execute(
        "SELECT p.telegram_payment_charge_id, p.status,"
        " (SELECT count(*) FROM license_events AS e WHERE e.cause = 'charge:' || p.telegram_payment_charge_id)"
        " FROM payment_history AS p"
    ).fetchall()
    booked = {charge: (status, credits_) for charge, status, credits_ in rows}
    for charge in known.charges:
        if booked.get(charge) != ("completed", 1):
            yield f"charge {charge} is {booked.get(charge)}, not credited once"
    ((over,),) = connection.execute(
        "SELECT count(*) FROM promo_codes WHERE uses <> (SELECT count(*) FROM promo_usage"
        " WHERE promo_usage.promo_id = promo_codes.promo_id)"
    )
    if over:
        yield f"{over} codes are miscounted"
    used = {code - 1 for (code,) in connection.execute("SELECT promo_id FROM promo_usage")}
    for code in known.used.keys() - used:
        yield f"code {code} was used and is not"
    keys = {account for (account,) in connection.execute("SELECT account_id FROM credentials")}
    for account in known.removed & keys:
        yield f"the removed key of account {account} is back"
    limits = dict(
        connection.execute("SELECT account_id, json_extract(limits, '$.most_total_value') FROM account_limits")
    )
    for account, value in known.limits.items():
        if not float(limits.get(account, "inf")) <= value:
            yield f"the limit of account {account} was {value} and is {limits.get(account)}"
