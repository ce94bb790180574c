"""T6: the key file is rotated and killed at any step, and sealed rows are put where they do not belong.

After each kill the key file opens every row, as what was sealed there; a rotation that goes on ends with one key. No
envelope opens in another's place, and none with a bit turned. Ten thousand accounts are sealed anew within ten seconds.
"""

import asyncio
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final

from bot.domain.accounts import AccountType, Exchange, KeyType, SealedCredentials
from bot.domain.clock import SystemClock
from bot.domain.errors import WrongKeyFile
from bot.domain.ids import AccountId, UserId
from bot.domain.secrets import Secret
from bot.domain.users import Language, NewUser
from bot.settings import clean_environment
from ops.campaigns.report import Report
from ops.campaigns.rotation_child import BATCH
from ops.forked import piped
from storage.accounts.queries import SqliteAccountQueries
from storage.key_rotation import rotate_keys
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.migrate import migrate
from storage.sqlite.secrets import open_secret
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file
from storage.store import Store

KILLS: Final = 200
ACCOUNTS: Final = 1_000  # while it is killed
SWAPS: Final = 10_000
ROWS: Final = 10_000  # of the rotation that is timed
SECONDS: Final = 10.0  # that it may take
_FIRST_USER: Final = 1_000
_FIELDS: Final = ("data_key", "api_key", "api_secret")


async def run(
    seed: int, folder: Path, *, kills: int = KILLS, accounts: int = ACCOUNTS, swaps: int = SWAPS, rows: int = ROWS
) -> Report:
    """So many kills, then so many swaps and turned bits, then one rotation of so many rows against the clock."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began = time.monotonic()
    killed, timed = folder / "killed.sqlite3", folder / "timed.sqlite3"
    key_file = folder / "perpdesk.key"
    await asyncio.to_thread(new_key_file, key_file)
    await _fill(killed, key_file, accounts)
    failures = await _kill(draw, killed, key_file, accounts, kills)
    failures += await _swap(draw, killed, key_file, swaps)
    if rows:
        failures += await _race(timed, folder / "timed.key", rows)
    return Report(
        name="T6 rotation of keys",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=kills,
        steps=swaps + rows,
        failures=tuple(failures),
    )


async def _fill(path: Path, key_file: Path, accounts: int) -> None:
    """People with a key each, and a secret of the database's own."""
    clock, vault = SystemClock(), AesCredentialVault(await asyncio.to_thread(KeyFile.load, key_file))
    async with Database.open(path) as database:
        await migrate(database)
        await vault.prove(database)
        await open_secret(database, vault, "marks", random_bytes=lambda count: b"m" * count)
        store = Store(database, clock=clock, committed=lambda _: None, enqueued=lambda: None)
        async with store.begin() as unit:
            for number in range(accounts):
                user_id = UserId(_FIRST_USER + number)
                new = NewUser(
                    user_id=user_id, username=None, first_name="", language=Language.ENGLISH, start_payload=None
                )
                await unit.users.ensure(new, clock.now())
                account = await unit.accounts.add(
                    user_id=user_id,
                    exchange=Exchange.BYBIT,
                    account_type=AccountType.DEMO,
                    host="com",
                    label="",
                    now=clock.now(),
                )
                sealed = vault.seal(
                    user_id=user_id,
                    account_id=account.account_id,
                    account_type=account.account_type,
                    host=account.host,
                    key_type=KeyType.HMAC,
                    api_key=Secret(f"key of {user_id}"),
                    api_secret=Secret(f"secret of {user_id}"),
                    check=None,
                )
                await unit.accounts.put_credentials(sealed)


async def _kill(draw: random.Random, path: Path, key_file: Path, accounts: int, kills: int) -> list[str]:
    child = ("ops.campaigns.rotation_child", str(path), str(key_file))
    failures: list[str] = []
    steps = accounts // BATCH + 4  # lines that a whole rotation writes
    with piped(*child, env=clean_environment()) as process:
        for number in range(kills):
            after, pause = draw.randrange(steps), draw.random() * 0.004
            life = await asyncio.to_thread(_live, process.to, process.by, after, pause)
            if life not in {0, -signal.SIGKILL}:
                failures.append(f"kill {number}: the rotation ended with code {life}")
            failures += [f"kill {number}: {each}" for each in await _look(path, key_file)]
        ended = await asyncio.to_thread(_live, process.to, process.by, None, 0.0)
        left = await asyncio.to_thread(KeyFile.load, key_file)
        if ended or len(left.keys) != 1:
            failures.append(f"the last rotation ended with code {ended} and {len(left.keys)} keys")
    return failures + await _look(path, key_file)


def _live(to: IO[bytes], by: IO[bytes], after: int | None, pause: float) -> int:
    """One life, killed a moment after its so-manieth line; its exit code."""
    to.write(b"live\n")
    to.flush()
    pid, lines = 0, 0
    while words := by.readline().split():
        if words[0] == b"ended":
            return int(words[1])
        if words[0] == b"born":
            pid = int(words[1])
        if after is not None and lines == after:
            time.sleep(pause)
            os.kill(pid, signal.SIGKILL)
        lines += 1
    raise RuntimeError("the child ended by itself")


async def _look(path: Path, key_file: Path) -> list[str]:
    """Everything that does not open as what was sealed there."""
    vault = AesCredentialVault(await asyncio.to_thread(KeyFile.load, key_file))
    async with Database.open(path, check=PageCheck.NEVER) as database:
        failures = []
        try:
            await vault.prove(database)
            if await open_secret(database, vault, "marks") != b"m" * 32:
                failures.append("the database's secret is another one")
            for each in await _all_sealed(database):
                opened = vault.open(each)
                if opened.api_secret.reveal() != f"secret of {each.user_id}":
                    failures.append(f"account {each.account_id} opens as another's")
        except WrongKeyFile as fault:
            failures.append(str(fault))
        return failures


async def _all_sealed(database: Database) -> list[SealedCredentials]:
    queries = SqliteAccountQueries(database, clock=SystemClock())
    ids = await database.fetch("SELECT account_id FROM credentials ORDER BY account_id")
    found = [await queries.credentials(AccountId(account_id)) for (account_id,) in ids]
    return [each for each in found if each is not None]


async def _swap(draw: random.Random, path: Path, key_file: Path, swaps: int) -> list[str]:
    """A field of one account in another's row, or with a bit turned, opens nothing."""
    vault = AesCredentialVault(await asyncio.to_thread(KeyFile.load, key_file))
    async with Database.open(path, check=PageCheck.NEVER) as database:
        rows = await _all_sealed(database)
    opened = 0
    for _ in range(swaps):
        one, other = draw.sample(rows, 2)
        name, from_name = draw.choice(_FIELDS), draw.choice(_FIELDS)
        envelope = bytearray(getattr(other, from_name))
        if draw.choice((True, False)):
            envelope = bytearray(getattr(one, name))
            envelope[draw.randrange(len(envelope))] ^= 1 << draw.randrange(8)
        changes: dict[str, Any] = {name: bytes(envelope)}
        try:
            vault.open(replace(one, **changes))
        except WrongKeyFile:
            continue
        opened += 1
    return [f"{opened} of {swaps} swapped or changed rows opened"] if opened else []


async def _race(path: Path, key_file: Path, rows: int) -> list[str]:
    await asyncio.to_thread(new_key_file, key_file)
    await _fill(path, key_file, rows)
    async with Database.open(path, check=PageCheck.NEVER) as database:
        began = time.monotonic()
        done = await rotate_keys(database, key_file, lambda _done, _all: None)
        took = time.monotonic() - began
    if took > SECONDS or done.rewrapped != rows:
        return [f"{done.rewrapped} of {rows} rows were sealed anew in {took:.1f} s"]
    return []
