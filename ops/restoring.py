"""`perpdesk restore`: a backup on trial, or in the database's place."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import typer

from bot import restore_word
from bot.domain.clock import SystemClock
from bot.domain.errors import PerpdeskError, UnfitBackup, UnfitDatabase
from bot.lifecycle import Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys
from ops.options import fail
from stats_api.answers import utc
from storage.backup.records import TRIAL, note, one_at_a_time
from storage.backup.restoring import RestorePlan, beside, bring_up, demand_fit, restore
from storage.backup.rotation import listed
from storage.backup.sealed_file import unseal
from storage.checkup import check_canary, check_chains, check_licenses, check_payments, check_promo_uses, looking_at
from storage.key_rotation import retired_file
from storage.payments.restores import SELECT_OPEN
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.recipients import OfflineKey, Openers
from storage.sqlite.vault import AesCredentialVault, KeyFile


def bring_back(settings: Settings, file: Path, *, offline_key: Path | None, without_journal: bool) -> None:
    """Put a backup into the database's place, brought up by the journal."""
    try:
        done = restore(_plan(settings, file, offline_key, without_journal=without_journal))
    except (PerpdeskError, Fatal) as fault:
        fail(str(fault), code=1)
    made, now = utc(done.facts.made_at), utc(SystemClock().now())
    typer.echo(f"{settings.database}: restored from {file}, as of {made} (now {now})")
    rows = ", ".join(f"{count} {word}" for word, count in sorted(done.replayed.rows.items()))
    typer.echo(f"the journal: {done.replayed.lines} lines done again" + (f": {rows}" if rows else ""))
    if done.former is not None:
        typer.echo(f"the database that stood there is {done.former}: delete it and its -wal once nobody needs it")
    typer.echo(f"{done.told} people are told once the bot runs; entries are halted until /unhalt in chat")
    sealed_by = {each["key_id"] for each in done.facts.sealed if "key_id" in each}
    if offline_key is None and not sealed_by & load_keys(settings).keys.keys():
        retired = retired_file(settings.key_file)
        typer.echo(
            f"its keys are sealed by {', '.join(sealed_by)}: put that line of {retired} at the end of "
            f"{settings.key_file}, and `perpdesk rotate-keys` after the restore"
        )
    typer.echo("Stars are only listed: look at what the owners are told, then `perpdesk restore --accept`")


def accept(settings: Settings) -> None:
    """Let the bot book and refund Stars again, the one that runs or the next one."""
    try:
        if asyncio.run(_open_restore(settings.database)) is None:  # the word would lie there for the next restore
            fail("no restore waits to be accepted", code=1)
        restore_word.say(settings.database)
    except PerpdeskError as fault:
        fail(str(fault), code=1)
    except OSError as error:
        fail(f"{settings.database.parent}: {error.strerror}", code=1)
    typer.echo("accepted: within five minutes the bot books what Telegram knows of Stars")


async def _open_restore(path: Path) -> int | None:
    """The number of the restore that is not accepted yet. Raises UnfitDatabase, StorageTrouble."""
    if not await asyncio.to_thread(path.exists):
        raise UnfitDatabase(f"there is no database {path}")
    async with looking_at(path) as (fetch, _is_running):
        rows = await fetch(SELECT_OPEN, ())
    return int(rows[0][0]) if rows else None


def drill(settings: Settings, file: Path | None, *, offline_key: Path | None) -> None:
    """Restore a backup (None: the newest) beside the database, look at every row, and forget it."""
    now = SystemClock().now()
    try:
        chosen = file or _newest(settings.backup_folder)
        with one_at_a_time(settings.backup_folder, TRIAL), beside(settings.database, ".drill") as copy:
            plan = replace(_plan(settings, chosen, offline_key), database=copy)
            facts = unseal(chosen, copy, plan.openers)
            replayed, _ = bring_up(copy, facts, plan)
            demand_fit(chosen, asyncio.run(_faults(copy, plan.openers.vault)))
        note(settings.backup_folder, drill_at=now, drill_file=chosen.name)
    except (PerpdeskError, Fatal, OSError) as fault:
        fail(str(fault), code=1)
    typer.echo(f"{chosen}: restored on trial with {replayed.lines} lines of the journal, every row as it should be")


def _plan(settings: Settings, file: Path, offline_key: Path | None, *, without_journal: bool = False) -> RestorePlan:
    """Raises Fatal, WrongKeyFile."""
    offline = None if offline_key is None else OfflineKey.load(offline_key)
    vault = None if offline is not None else AesCredentialVault(_all_keys(settings))
    return RestorePlan(
        file=file,
        database=settings.database,
        journal=None if without_journal else settings.journal_folder,
        openers=Openers(vault=vault, offline=offline),
        now=SystemClock().now(),
        before_swap=partial(restore_word.burn, settings.database),  # one that was said of an earlier restore
    )


def _all_keys(settings: Settings) -> KeyFile:
    """The keys of now, and behind them those that were retired: older backups are sealed by them."""
    keys, retired = load_keys(settings), retired_file(settings.key_file)
    if not retired.exists():
        return keys
    return KeyFile(active=keys.active, keys={**KeyFile.load(retired).keys, **keys.keys})


async def _faults(path: Path, vault: AesCredentialVault | None) -> Sequence[str]:
    """What the doctor would say of it, once this program has brought it to its own schema."""
    async with Database.open(path, check=PageCheck.NEVER) as database:
        fetch = database.fetch
        checks = [await check_licenses(fetch), await check_promo_uses(fetch), await check_payments(fetch)]
        checks += await check_chains(fetch)
        if vault is not None and not vault.has_older:  # else an older key at hand is no rotation that was cut short
            checks.append(await check_canary(fetch, vault))
    return [f"{each.name}: {each.detail}" for each in checks if not each.is_ok]


def _newest(folder: Path) -> Path:
    files = listed(folder)
    if not files:
        raise UnfitBackup(f"there is no backup in {folder}")
    return files[0].path
