"""/export: fills, closed trades and funding of an account as CSV files, written a slice at a time.

Neither loop nor memory holds a whole history: rows go from the database to the disk in slices, all work on them is
done in threads, and a file that becomes large is packed and continued in another one. Telegram takes 50 MB of a bot
(core.telegram.org/bots/api#senddocument).
"""

import asyncio
import csv
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Final, Protocol

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput
from bot.domain.exports import COLUMNS, Cells, ExportFile, closed_cells, fill_cells
from bot.domain.ids import UserId
from bot.domain.periods import Span
from bot.domain.ports.statistics import Line, StatisticsQueries
from bot.services.statistics.slices import each_slice

LARGEST: Final = 30_000_000  # bytes of a CSV file: packed or not, it is below Telegram's 50 MB
_PACKED_FROM: Final = 1_000_000  # bytes: smaller ones open at once on a phone
WORDS: Final = {AccountType.PAPER: "practice", AccountType.DEMO: "demo", AccountType.LIVE: "live"}
"""Types of account as files and their names call them."""
_AT_ONCE: Final = 2  # exports under way: each keeps a thread busy


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file that is ready; it is gone when the export is left. `rows` without the header."""

    kind: ExportFile
    name: str
    path: Path = field(repr=False)
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """Writes the files. `largest`: bytes of one."""

    queries: StatisticsQueries
    largest: int = LARGEST
    _room: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False, repr=False, compare=False
    )
    _busy: set[UserId] = field(default_factory=set, init=False, repr=False, compare=False)

    def is_busy(self, user_id: UserId) -> bool:
        """Whether an export of that person is under way."""
        return user_id in self._busy

    @asynccontextmanager
    async def made(self, account: Account, span: Span, *, stem: str) -> AsyncIterator[tuple[ExportedFile, ...]]:
        """The files of a span, those without a row left out; names begin with `stem`. Gone when the block is left.

        Raises BadInput while another export of the same person is under way, StorageTrouble, OSError of the disk.
        """
        if account.user_id in self._busy:
            raise BadInput("export-under-way")
        self._busy.add(account.user_id)
        try:
            async with self._room, AsyncExitStack() as stack:
                folder = Path(await asyncio.to_thread(mkdtemp, prefix="perpdesk-export-"))
                stack.push_async_callback(asyncio.to_thread, shutil.rmtree, folder)
                files = _CsvFiles(folder, stem, self.largest)
                stack.push_async_callback(asyncio.to_thread, files.close)
                await self._write(account, span, files)
                yield await asyncio.to_thread(files.finished)
        finally:
            self._busy.discard(account.user_id)

    async def _write(self, account: Account, span: Span, files: "_CsvFiles") -> None:
        name = f"{WORDS[account.account_type]}-{account.number}"
        run = "1" if account.account_type is AccountType.PAPER else ""

        def add_fills(lines: Iterable[Line]) -> None:
            for line in lines:
                files.write(*fill_cells(line, name, run))

        def add_closed(lines: Iterable[Line]) -> None:
            for line in lines:
                files.write(ExportFile.CLOSED, closed_cells(line, name, run))

        await each_slice(self.queries.fill_lines, account, span, lambda lines: asyncio.to_thread(add_fills, lines))
        await each_slice(self.queries.closed_lines, account, span, lambda lines: asyncio.to_thread(add_closed, lines))


class _CsvWriter(Protocol):
    """What `csv.writer` makes."""

    def writerow(self, row: Iterable[Any], /) -> Any: ...


@dataclass(slots=True)
class _Part:
    """A file that grows."""

    path: Path
    file: IO[str]
    writer: _CsvWriter
    rows: int = -1  # without the header
    characters: int = 0  # bytes: what an exchange names is ASCII

    def write(self, cells: Cells) -> None:
        self.characters += self.writer.writerow(cells)
        self.rows += 1


class _CsvFiles:
    """The files of one export. Every method blocks: it is called in a thread, one at a time."""

    def __init__(self, folder: Path, stem: str, largest: int) -> None:
        self._folder = folder
        self._stem = stem
        self._largest = largest
        self._parts: dict[ExportFile, list[_Part]] = {each: [] for each in ExportFile}

    def write(self, kind: ExportFile, cells: Cells) -> None:
        parts = self._parts[kind]
        if not parts or parts[-1].characters >= self._largest:
            parts.append(self._begin(kind, len(parts) + 1))
        parts[-1].write(cells)

    def finished(self) -> tuple[ExportedFile, ...]:
        """Every file that has rows; the larger ones packed, those of several parts numbered."""
        self.close()
        found = []
        for kind, parts in self._parts.items():
            for number, part in enumerate(parts, 1):
                name = f"{self._stem}-{kind.value}" + (f"-{number}" if len(parts) > 1 else "")
                path, ending = self._packed(part.path, name)
                found.append(ExportedFile(kind=kind, name=f"{name}.{ending}", path=path, rows=part.rows))
        return tuple(found)

    def close(self) -> None:
        """Close what is open; twice is once."""
        for parts in self._parts.values():
            for part in parts:
                part.file.close()

    def _begin(self, kind: ExportFile, number: int) -> _Part:
        path = self._folder / f"{kind.value}-{number}.csv"
        file = path.open("w", encoding="utf-8", newline="")
        part = _Part(path, file, csv.writer(file, lineterminator="\r\n"))
        part.write(COLUMNS[kind])
        return part

    def _packed(self, path: Path, name: str) -> tuple[Path, str]:
        if path.stat().st_size < _PACKED_FROM:
            return path, "csv"
        packed = path.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, f"{name}.csv")
        path.unlink()
        return packed, "zip"
