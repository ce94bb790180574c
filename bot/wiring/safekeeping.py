"""Backups beside the bot: who they are sealed to, the jobs that have them made, what /metrics shows of them."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.domain.errors import AlreadyRunning, NothingDone, StorageTrouble, UnfitBackup
from bot.domain.ids import DAY, HOUR, Millis
from bot.domain.ports.clock import Clock
from bot.lifecycle import Fatal
from bot.settings import Settings, environment_with
from bot.version import VERSION
from bot.wiring.keys import recipients_of
from stats_api.collector import SampledCollector
from storage.backup.making import BackupPlan, make_backup
from storage.backup.records import read_record
from storage.backup.rotation import MIGRATION
from storage.journal.journal import Journal
from storage.sqlite.database import Database
from storage.sqlite.migrate import SELECT_VERSION, newest_schema
from storage.sqlite.vault import AesCredentialVault

_logger = logging.getLogger(__name__)

DRILL_EVERY: Final = 7 * DAY
_EARLY: Final = 2 * HOUR  # looked at each hour: rather a little before its time than after
_LAST: Final = 300  # bytes of what a command said
_COMMAND: Final = (sys.executable, "-m", "ops")


def backup_plan(settings: Settings, vault: AesCredentialVault) -> BackupPlan:
    """What the settings say of backups; blocks. Raises WrongKeyFile for an offline recipient that can't be read."""
    return BackupPlan(
        database=settings.database,
        folder=settings.backup_folder,
        recipients=recipients_of(settings, vault),
        max_bytes=settings.backup_max_bytes,
        version=VERSION,
    )


async def copy_before_migration(settings: Settings, database: Database, vault: AesCredentialVault, now: Millis) -> None:
    """A verified backup, where a schema is about to be changed that holds something.

    Raises Fatal where none can be made: then nothing is changed.
    """
    ((schema,),) = await database.fetch(SELECT_VERSION)
    if not 0 < schema < await asyncio.to_thread(newest_schema):
        return
    try:
        plan = await asyncio.to_thread(backup_plan, settings, vault)
        made = await asyncio.to_thread(make_backup, plan, now=now, reason=MIGRATION)
    except (StorageTrouble, UnfitBackup, AlreadyRunning) as trouble:
        raise Fatal(f"the schema is not changed without a copy: {trouble}") from trouble
    _logger.info("before the schema is changed: %s", made.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupJobs:
    """Runs the operator's own commands as processes: neither the loop nor its memory has to do with a copy."""

    folder: Path
    environment: Mapping[str, str]
    clock: Clock
    command: Sequence[str] = _COMMAND

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "BackupJobs":
        """For commands that see the same files as this process, wherever it has its settings from."""
        values: dict[str, object] = {
            "database": settings.database,
            "key_file": settings.key_file,
            "backups": settings.backup_folder,
            "backup_recipient": settings.recipient_file,
            "backup_hook": settings.backup_hook or "",
            "backup_max_bytes": settings.backup_max_bytes,
            "journal": settings.journal_folder,
        }
        if settings.key is not None:
            values["key"] = settings.key.get_secret_value()
        return cls(folder=settings.backup_folder, environment=environment_with(values), clock=clock)

    async def back_up(self) -> None:
        """One backup. Raises NothingDone with the last of what the command said."""
        await self._run("backup")

    async def drill(self) -> bool:
        """Restore the newest backup into a folder of its own once a week; whether it was done now.

        Raises NothingDone as `back_up` does.
        """
        record = await asyncio.to_thread(read_record, self.folder)
        is_due = record.drill_at is None or self.clock.now() - record.drill_at > DRILL_EVERY - _EARLY
        if not is_due or record.verified_at is None:
            return False
        await self._run("restore", "--drill")
        return True

    async def _run(self, *arguments: str) -> None:
        said = os.memfd_create("said")  # no pipe, whose end would wait for whatever a hook leaves at work
        try:
            process = await asyncio.create_subprocess_exec(
                *self.command, *arguments, stdin=DEVNULL, stdout=DEVNULL, stderr=said, env=self.environment
            )
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
            size = os.fstat(said).st_size
            words = os.pread(said, _LAST, max(0, size - _LAST)).decode("utf-8", "replace").strip()
        finally:
            os.close(said)
        if code:
            raise NothingDone(f"`perpdesk {' '.join(arguments)}` ended with code {code}: {words}")


class BackupCollector(SampledCollector):
    """perpdesk_backup_*: what is remembered beside the backups, so that it outlives a restart; and of the journal."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        super().__init__()
        self._folder = folder
        self._journal = journal

    def read(self) -> Iterable[Metric]:
        record = read_record(self._folder)
        for name, words, value in (
            ("verified_timestamp_seconds", "When a backup was last made and verified; 0: never.", record.verified_at),
            ("restore_drill_timestamp_seconds", "When a backup was last restored on trial; 0: never.", record.drill_at),
        ):
            yield GaugeMetricFamily(f"perpdesk_backup_{name}", words, value=(value or 0) / 1000)
        for name, words, figure in (
            ("file_bytes", "Size of the newest backup.", record.size or None),
            (
                "hook_exit_code",
                "Exit code of the last hook for copies elsewhere; negative: a signal's number.",
                record.hook_exit,
            ),
            ("hook_seconds", "How long the last hook for copies elsewhere took.", record.hook_seconds),
        ):
            yield GaugeMetricFamily(f"perpdesk_backup_{name}", words, value=nan if figure is None else figure)
        words = "Acts that the journal's disk refused."
        yield CounterMetricFamily("perpdesk_journal_refused", words, value=self._journal.refused)
