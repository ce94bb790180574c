"""`perpdesk restore`: a backup on trial, or in the database's place."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typer

from bot.domain.clock import SystemClock
from bot.domain.errors import PerpdeskError, UnfitBackup
from bot.lifecycle import Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys
from ops.options import fail
from storage.backup.copying import prove
from storage.backup.records import note
from storage.backup.rotation import listed
from storage.backup.sealed_file import unseal
from storage.checkup import Check, check_canary, check_chains, check_licenses, check_payments, check_promo_uses
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.migrate import migrate
from storage.sqlite.recipients import Openers
from storage.sqlite.vault import AesCredentialVault


def drill(settings: Settings, file: Path | None) -> None:
    """Restore a backup (None: the newest) into a folder of its own, look at every row, and forget it."""
    now = SystemClock().now()
    try:
        chosen = file or _newest(settings.backup_folder)
        vault = AesCredentialVault(load_keys(settings))
        with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.database.parent) as folder:
            database = Path(folder) / "perpdesk.sqlite3"
            unseal(chosen, database, Openers(vault=vault))
            prove(database, vault=vault, is_full=True)
            checks = asyncio.run(_look_into(database, vault))
        faults = [f"{each.name}: {each.detail}" for each in checks if not each.is_ok]
        if faults:
            raise UnfitBackup(f"{chosen} opens, and is not as it should be: {'; '.join(faults)}")
        note(settings.backup_folder, drill_at=now, drill_file=chosen.name)
    except (PerpdeskError, Fatal, OSError) as fault:
        fail(str(fault), code=1)
    typer.echo(f"{chosen}: restored on trial, every row as it should be")


async def _look_into(path: Path, vault: AesCredentialVault) -> Sequence[Check]:
    """What the doctor would say of it, once this program has brought it to its own schema."""
    async with Database.open(path, check=PageCheck.NEVER) as database:
        await migrate(database)
        fetch = database.fetch
        checks = [await check_licenses(fetch), await check_promo_uses(fetch), await check_payments(fetch)]
        return [*await check_chains(fetch), *checks, await check_canary(fetch, vault)]


def _newest(folder: Path) -> Path:
    files = listed(folder)
    if not files:
        raise UnfitBackup(f"there is no backup in {folder}")
    return files[0].path
