"""How the process itself stands, in Prometheus' terms, at a scrape: event loop, log, SQLite, disk."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from math import nan
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.aio.loop_lag import LoopLag
from bot.logs import LogCounts
from bot.wiring.families import counters, histogram
from stats_api.collector import SampledCollector
from storage.sqlite.database import Database


class LoopCollector(Collector):
    """How late the event loop is, and how many messages of each level were logged."""

    def __init__(self, lag: LoopLag, log: LogCounts) -> None:
        self._lag = lag
        self._log = log

    def collect(self) -> Iterable[Metric]:
        words = "How late the event loop comes to a moment that is due, ten times a second."
        yield histogram("perpdesk_loop_lag_seconds", words, self._lag.seen)
        yield counters("perpdesk_log_messages", "Lines of the log by level.", "level", self._log.by_level)


class DatabaseCollector(Collector):
    """perpdesk_sqlite_*, what is counted of it; sizes are `DiskCollector`'s."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        found = self._database.stats()
        words = "How long commits took, with the statements that went to SQLite in one step with them."
        yield histogram("perpdesk_sqlite_commit_seconds", words, found.commits)
        words = "How long it took to bring the write-ahead log into the database."
        yield histogram("perpdesk_sqlite_checkpoint_seconds", words, found.checkpoints)
        words = "Commits that the disk refused."
        yield CounterMetricFamily("perpdesk_sqlite_commit_failures", words, value=found.failures)
        yield GaugeMetricFamily("perpdesk_sqlite_waiting", "Writers waiting for their turn.", value=found.waiting)


class DiskCollector(SampledCollector):
    """perpdesk_disk_* by place, and the sizes of the database's two files.

    A place on the disk of one that is named before it has no series: an alert for each would be the same one.
    """

    def __init__(self, database: Path, places: Mapping[str, Path]) -> None:
        super().__init__()
        self._database = database
        self._places = places

    def read(self) -> Iterator[Metric]:
        where = "of a place: of the database, and of backups and journal where they have disks of their own."
        free = GaugeMetricFamily("perpdesk_disk_free_bytes", f"Room left on the disk {where}", labels=("place",))
        size = GaugeMetricFamily("perpdesk_disk_size_bytes", f"Size of the disk {where}", labels=("place",))
        seen = set[int | None]()
        for place, named in self._places.items():
            folder, disk = _disk_of(named)
            if disk in seen:
                continue
            seen.add(disk)
            found = _usage(folder)
            size.add_metric((place,), found[0])
            free.add_metric((place,), found[1])
        yield from (free, size)
        for name, words, suffix in (
            ("perpdesk_sqlite_file_bytes", "Size of the database's file.", ""),
            ("perpdesk_sqlite_wal_bytes", "Size of the write-ahead log.", "-wal"),
        ):
            yield GaugeMetricFamily(name, words, value=_size(self._database.with_name(self._database.name + suffix)))


def _disk_of(folder: Path) -> tuple[Path, int | None]:
    """The folder, or the nearest one above it that is there, and the number of its disk."""
    for each in (folder, *folder.parents):
        with suppress(OSError):
            return each, each.stat().st_dev
    return folder, None


def _usage(folder: Path) -> tuple[float, float]:
    """Size and room in bytes for whoever runs the bot; not a number where the disk does not say."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return nan, nan
    return found.total, found.free


def _size(file: Path) -> float:
    try:
        return file.stat().st_size
    except OSError:  # none is there
        return 0
