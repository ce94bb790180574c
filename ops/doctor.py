"""`perpdesk doctor`: is everything as it should be? One line a check, with its cure; it runs beside the bot, too.

Nothing is mended but the modes of files that were open to others (by whoever takes the lock).
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import typer

from bot.domain.clock import SystemClock
from bot.domain.errors import PerpdeskError, WrongKeyFile
from bot.settings import Settings, SettingsError, load
from ops.bytecode import ROOT, is_kept, uncompiled
from ops.host_checks import check_host, check_settings
from ops.outside_checks import check_outside
from storage.checkup import (
    Check,
    check_canary,
    check_chains,
    check_foreign_keys,
    check_keys,
    check_licenses,
    check_pages,
    check_payments,
    check_plans,
    check_practice,
    check_promo_uses,
    check_schema,
    looking_at,
)
from storage.sqlite.hash_chain import Fetch
from storage.sqlite.tombstone import tombstone_of
from storage.sqlite.vault import AesCredentialVault, KeyFile

_RESTORE: Final = "stop the bot; restore a backup"
# What helps, by the check that failed; docs/operator.md has the same table.
CURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "settings": "docs/settings.md; `perpdesk config show`",
        "files": "chmod 600 the file, 700 the folder; chown it to the bot's user",
        "disk": "make room: `du -xsh /var/lib/perpdesk /var/log`; old copies first",
        "log": "put the -wal file back, or restore a backup; one that does not shrink: end who reads, restart",
        "sqlite": "end the other program; two writers can lose commits",
        "database": "bring it back, or restore a backup; a new one: `perpdesk migrate`; moved: `perpdesk move --lift`",
        "schema": "an index: `perpdesk optimize-db`; an older version: `perpdesk migrate`; else restore a backup",
        "content": "mend the schema first",
        "integrity": _RESTORE,
        "foreign keys": _RESTORE,
        "chain audit": "somebody changed the file: keep it, compare with a backup",
        "chain license_events": "somebody changed the file: keep it, compare with a backup",
        "licenses": "the ledger is right: compare with a backup, correct in chat by /grant and /revoke",
        "promo codes": "compare with a backup; /promo pause the code meanwhile",
        "payments": "compare with Telegram's list of Stars: /payments; then a backup",
        "practice": "/practice reset by its owner",
        "key": "bring the right key file; cut short: stop the bot, `perpdesk rotate-keys`; lost: operator.md",
        "key rights": "its owner was told: they make a key that trades and does no more",
        "plans": "`perpdesk optimize-db`",
        "bytecode": "`make install`",
        "address": "set egress_ip to the address that is true, restart, tell people to bind their keys to it",
        "clock": "`chronyc tracking`, `chronyc makestep`",
        "webhook": "`perpdesk webhook take`, or `remove` to poll",
        "certificate": "`certbot renew --force-renewal && systemctl reload nginx`",
    }
)


def report(config: Path | None) -> bool:
    """Print every check; whether all is well. `config`: the settings file, None: the usual one."""
    try:
        settings = load(config=config)
    except SettingsError as fault:
        checks = [Check(name="settings", is_ok=False, detail=str(fault))]
    else:
        checks = [check_settings(settings), *asyncio.run(examine(settings))]
        checks += [*asyncio.run(check_outside(settings)), check_bytecode()]
    width = max(len(check.name) for check in checks)
    for check in checks:
        typer.echo(line_of(check, width))
    return all(check.is_ok for check in checks)


def line_of(check: Check, width: int) -> str:
    """What is printed of a check; one that failed with what helps."""
    cure = "" if check.is_ok else f" -> {CURES[check.name]}"
    return f"{'ok  ' if check.is_ok else 'FAIL'}  {check.name:<{width}}  {check.detail}{cure}"


async def examine(settings: Settings) -> list[Check]:
    """Every check of files and database, files first. What can't be opened is a check that failed."""
    path = settings.database
    try:
        if not await asyncio.to_thread(path.exists):
            return [Check(name="database", is_ok=False, detail=f"there is none at {path}")]
    except OSError as trouble:
        return [Check(name="database", is_ok=False, detail=f"{path}: {trouble.strerror}")]
    checks = await asyncio.to_thread(check_host, settings)  # before the lock is taken, which mends modes
    try:
        async with looking_at(path) as (fetch, is_running):
            state = "the bot is running on it: read-only, one moment" if is_running else "no bot is running on it"
            moved = await asyncio.to_thread(tombstone_of, path)
            state = state if moved is None else f"moved to another machine at {moved}, no bot starts here"
            checks.append(Check(name="database", is_ok=moved is None, detail=f"{path}: {state}"))
            checks += await _examine(fetch, settings)
    except (PerpdeskError, OSError) as fault:
        checks.append(Check(name="database", is_ok=False, detail=str(fault)))
    return checks


async def _examine(fetch: Fetch, settings: Settings) -> list[Check]:
    schema = await check_schema(fetch)
    checks = [schema, await check_pages(fetch), await check_foreign_keys(fetch)]
    if not schema.is_ok:
        return [*checks, Check(name="content", is_ok=False, detail="not checked in a schema that is not ours")]
    checks += [*await check_chains(fetch), await check_licenses(fetch)]
    checks += [await check_promo_uses(fetch), await check_payments(fetch), await check_practice(fetch)]
    rights = await check_keys(fetch, SystemClock().now(), require_bound_ip=settings.require_bound_ip)
    return [*checks, await _check_key(fetch, settings), rights, await check_plans(fetch)]


def check_bytecode(root: Path = ROOT) -> Check:
    """A start that compiles, every time, takes twice as long."""
    missing = uncompiled(root)
    if not missing:
        return Check(name="bytecode", is_ok=True, detail="every module is compiled")
    words = f"{missing[0].relative_to(root)} is not compiled"
    if len(missing) > 1:
        words = f"{len(missing)} modules are not compiled, {missing[0].relative_to(root)} among them"
    if is_kept(root):
        return Check(name="bytecode", is_ok=True, detail=f"{words}: the next start does it")
    return Check(name="bytecode", is_ok=False, detail=f"{words}, and nothing can be kept here")


async def _check_key(fetch: Fetch, settings: Settings) -> Check:
    try:
        vault = await asyncio.to_thread(_vault_of, settings)
    except (WrongKeyFile, OSError) as fault:
        return Check(name="key", is_ok=False, detail=str(fault))
    if vault is None:
        return Check(name="key", is_ok=False, detail=f"there is no key file {settings.key_file}: no bot starts")
    return await check_canary(fetch, vault)


def _vault_of(settings: Settings) -> AesCredentialVault | None:
    if settings.key is not None:
        return AesCredentialVault(KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY"))
    return AesCredentialVault(KeyFile.load(settings.key_file)) if settings.key_file.exists() else None
