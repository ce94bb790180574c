"""What the owner reads of an import: a table of counts, then why what was changed or dropped, row by row."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.domain.ids import Millis, UserId
from storage.legacy.imports import ImportLine, ImportRecord

KEYS: Final = "keys in clear"
_WIDTH: Final = 24


@dataclass(slots=True)
class Tally:
    """Of one table: rows read, taken, and taken with a change; by reason the changes, and the rows dropped."""

    read: int = 0
    taken: int = 0
    changed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, object]:
        """As JSON can hold it."""
        names = ("read", "taken", "changed")
        return {name: getattr(self, name) for name in names} | {"changes": self.changes, "dropped": self.dropped}


@dataclass(slots=True)
class Report:
    """Grows while an import goes on; what is stored of it leads to the same text later."""

    digest: bytes
    at: Millis
    honors_codes: bool
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    lines: list[ImportLine] = field(default_factory=list)
    _rejected: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def read(self, table: str, count: int = 1) -> None:
        self.tallies[table].read += count

    def take(self, table: str, changes: Iterable[str] = ()) -> None:
        """A row was taken, with these changes."""
        tally, found = self.tallies[table], tuple(changes)
        tally.taken += 1
        tally.changed += bool(found)
        tally.changes.update(found)

    def drop(self, table: str, number: int, reason: str) -> None:
        """A row was not taken; it is named by its number."""
        self.tallies[table].dropped[reason] += 1
        self._rejected[table, reason].append(number)

    def leave(self, table: str, count: int, reason: str) -> None:
        """So many things of a kind of which none is taken."""
        if count:
            self.read(table, count)
            self.tallies[table].dropped[reason] += count

    def tell(self, section: str, user_id: UserId, text: str) -> None:
        """Something about one person."""
        self.lines.append(ImportLine(section=section, user_id=user_id, text=text))

    def record(self) -> ImportRecord:
        counts = {table: each.counts() for table, each in self.tallies.items()}
        return ImportRecord(
            source_hash=self.digest, at=self.at, honors_codes=self.honors_codes, counts=json.dumps(counts)
        )

    def all_lines(self) -> tuple[ImportLine, ...]:
        """Of rows, then of people. Rows are named without the people that they speak of, who may be erased later."""
        rows = [
            ImportLine(section=f"dropped: {table}", user_id=None, text=f"{reason}: {ranges(numbers)}")
            for (table, reason), numbers in self._rejected.items()
        ]
        return (*rows, *sorted(self.lines, key=lambda each: each.section))


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in short: 1–3, 7."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


def rendered(record: ImportRecord, lines: Iterable[ImportLine]) -> str:
    """The whole report as text."""
    return "\n".join((*_head(record), *_table(record), *_people(lines)))


def _head(record: ImportRecord) -> Iterator[str]:
    moment = datetime.fromtimestamp(record.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    yield f"The old database (its rows' SHA-256 {record.source_hash.hex()[:16]}…) as of {moment}"
    yield "promo codes of the old bot: " + (
        "what was promised beyond the 30 days given is given now"
        if record.honors_codes
        else "what was promised beyond the 30 days given is listed, and given with --honour-codes"
    )
    yield ""


def _table(record: ImportRecord) -> Iterator[str]:
    yield f"{'':{_WIDTH}}{'read':>10}{'taken':>10}{'changed':>10}{'dropped':>10}"
    counts = json.loads(record.counts)
    for table, each in counts.items():
        dropped = sum(each["dropped"].values())
        yield f"{table:{_WIDTH}}{each['read']:>10,}{each['taken']:>10,}{each['changed']:>10,}{dropped:>10,}"
    for what, head in (("changes", "Changed"), ("dropped", "Dropped")):
        yield f"\n{head}, and why:"
        for table, each in counts.items():
            yield from (f"  {table}: {count:,} × {reason}" for reason, count in each[what].items())


def _people(lines: Iterable[ImportLine]) -> Iterator[str]:
    before = None
    for line in lines:
        if line.section != before:
            yield f"\n{line.section[:1].upper()}{line.section[1:]}"
        before = line.section
        yield f"  {line.text}" if line.user_id is None else f"  user {line.user_id}: {line.text}"
