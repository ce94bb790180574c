"""`perpdesk doctor`: is everything as it should be? One line a check; it runs beside the bot, too.

Nothing is mended but the modes of files that were open to others (by whoever takes the lock).
"""

import asyncio
import os
import stat
from pathlib import Path
from typing import Final

import typer

from bot.domain.errors import PerpdeskError, WrongKeyFile
from bot.settings import Settings
from ops.bytecode import ROOT, is_kept, uncompiled
from ops.outside_checks import check_outside
from storage.checkup import (
    Check,
    check_canary,
    check_chains,
    check_foreign_keys,
    check_licenses,
    check_pages,
    check_payments,
    check_practice,
    check_promo_uses,
    check_schema,
    looking_at,
)
from storage.sqlite.hash_chain import Fetch
from storage.sqlite.vault import AesCredentialVault, KeyFile

_PRIVATE: Final = 0o600
_BESIDE: Final = ("", "-wal", "-shm", ".lock")


def report(settings: Settings) -> bool:
    """Print every check; whether all is well."""
    checks = [*asyncio.run(examine(settings)), *asyncio.run(check_outside(settings)), check_bytecode()]
    width = max(len(check.name) for check in checks)
    for check in checks:
        typer.echo(f"{'ok  ' if check.is_ok else 'FAIL'}  {check.name:<{width}}  {check.detail}")
    return all(check.is_ok for check in checks)


async def examine(settings: Settings) -> list[Check]:
    """Every check, files first. What can't be opened is a check that failed."""
    path = settings.database
    if not await asyncio.to_thread(path.exists):
        return [Check(name="database", is_ok=False, detail=f"there is none at {path}")]
    checks = [await asyncio.to_thread(_check_files, settings)]  # before the lock is taken, which mends modes
    try:
        async with looking_at(path) as (fetch, is_running):
            state = "the bot is running on it: read-only, one moment" if is_running else "no bot is running on it"
            checks.append(Check(name="database", is_ok=True, detail=f"{path}: {state}"))
            checks += [await check_schema(fetch), await check_pages(fetch), await check_foreign_keys(fetch)]
            if all(check.is_ok for check in checks if check.name == "schema"):
                checks += [*await check_chains(fetch), await check_licenses(fetch)]
                checks += [
                    await check_promo_uses(fetch),
                    await check_payments(fetch),
                    await check_practice(fetch),
                    await _check_key(fetch, settings),
                ]
            else:
                checks.append(Check(name="content", is_ok=False, detail="not checked in a schema that is not ours"))
    except PerpdeskError as fault:
        checks.append(Check(name="database", is_ok=False, detail=str(fault)))
    return checks


def check_bytecode(root: Path = ROOT) -> Check:
    """A start that compiles, every time, takes twice as long."""
    missing = uncompiled(root)
    if not missing:
        return Check(name="bytecode", is_ok=True, detail="every module is compiled")
    words = f"{len(missing)} modules are not compiled, {missing[0].relative_to(root)} among them"
    if is_kept(root):
        return Check(name="bytecode", is_ok=True, detail=f"{words}: the next start does it")
    return Check(name="bytecode", is_ok=False, detail=f"{words}, and nothing can be kept here: `make install`")


async def _check_key(fetch: Fetch, settings: Settings) -> Check:
    try:
        vault = await asyncio.to_thread(_vault_of, settings)
    except WrongKeyFile as fault:
        return Check(name="key", is_ok=False, detail=str(fault))
    if vault is None:
        return Check(name="key", is_ok=True, detail=f"not checked: no {settings.key_file} here")
    return await check_canary(fetch, vault)


def _check_files(settings: Settings) -> Check:
    """Ours, and nobody else's to read."""
    files = [settings.database.with_name(settings.database.name + suffix) for suffix in _BESIDE]
    faults = [fault for path in (*files, settings.key_file) if (fault := _fault_of(path)) is not None]
    return Check(name="files", is_ok=not faults, detail="; ".join(faults) or "readable by their owner alone")


def _fault_of(path: Path) -> str | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid != os.geteuid():
        return f"{path} belongs to system user {status.st_uid}"
    return None if mode & ~_PRIVATE == 0 else f"{path} has mode {mode:04o}, should be {_PRIVATE:04o}"


def _vault_of(settings: Settings) -> AesCredentialVault | None:
    if settings.key is not None:
        return AesCredentialVault(KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY"))
    return AesCredentialVault(KeyFile.load(settings.key_file)) if settings.key_file.exists() else None
