"""License time of the old bot: a maximum of its rows, never their sum, since its ends add up what was before.

Premium runs until its latest end, Basic from there until its own, a trial behind both. Whatever is over is history.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LONGEST, RANK, EntryKind, LicenseType, NewLedgerEntry
from ops.legacy.import_run import ImportRun
from ops.legacy.values import Row, from_seconds, moment, text, user_id, whole

TABLE: Final = "user_licenses"
LEDGER: Final = "ledger rows written"
_TYPES: Final = {each.value: each for each in LicenseType}
_CLIPPED: Final = "licenses of more than 3,650 days, clipped"
_LATER: Final = "licenses that users.license_expires promises longer than their rows"
_REVOKED: Final = "licenses that were paid for and probably taken back: not given"


@dataclass(frozen=True, slots=True)
class _LicenseRow:
    """A row that can be read; `is_paid`: a completed payment names it."""

    number: int
    license_type: LicenseType
    end: int
    is_active: bool
    is_paid: bool


def license_type_of(value: object) -> LicenseType | None:
    """None for a word that is no type of license."""
    return _TYPES.get(text(value, 16).lower())


def opening_rows(ends: Mapping[LicenseType, int], at: Millis) -> Iterator[tuple[LicenseType, int]]:
    """What the ledger begins with: types, the highest first, and how many ms of each."""
    until = int(at)
    for license_type in sorted(ends, key=lambda each: -RANK[each]):
        if ends[license_type] > until:
            yield license_type, ends[license_type] - until
            until = ends[license_type]


async def take_licenses(run: ImportRun) -> None:
    """An opening row of the ledger a person and type."""
    paid = _paid(run.source.rows("payment_history"))
    rows: dict[UserId, list[_LicenseRow]] = defaultdict(list)
    for row in run.source.rows(TABLE):
        run.report.read(TABLE)
        user, found = user_id(row.get("user_id")), license_type_of(row.get("license_type"))
        if user is not None and found is LicenseType.TRIAL:
            run.had_trial.add(user)
        end = moment(row.get("end_date"))
        if found is None:
            run.report.drop(TABLE, row["row_number"], "no type of license that is known")
        elif end is None:
            run.report.drop(TABLE, row["row_number"], "no end that can be read")
        elif user not in run.known or user is None:
            run.report.drop(TABLE, row["row_number"], "its user is not there")
        else:
            number, is_active = row["row_number"], whole(row.get("is_active")) == 1
            rows[user].append(_LicenseRow(number, found, end, is_active, number in paid))
    for user, theirs in rows.items():
        for license_type, millis in opening_rows(_ends(run, user, theirs), run.at):
            await give(run, user, license_type, millis, key=license_type.value, note="of the bot before")
    _compare_expiry(run, rows)


def _paid(payments: Iterable[Row]) -> frozenset[int | None]:
    return frozenset(
        whole(row.get("license_id")) for row in payments if text(row.get("status"), 16).lower() == "completed"
    )


def _ends(run: ImportRun, user: UserId, rows: Iterable[_LicenseRow]) -> dict[LicenseType, int]:
    """The latest end of each type that still runs; each row is counted, those that do not count by the reason."""
    rows = tuple(rows)
    has_active = any(each.is_active for each in rows)
    ends: dict[LicenseType, int] = {}
    for each in rows:
        if each.end <= run.at:
            run.report.drop(TABLE, each.number, "over: history")
        elif each.is_active or (each.is_paid and has_active):
            end = min(each.end, run.at + LONGEST)
            run.report.take(TABLE, ["more than 3,650 days: clipped"] if end < each.end else ())
            if end < each.end:
                run.report.tell(_CLIPPED, user, f"{each.license_type}, row {each.number}: until {_day(end)}")
            ends[each.license_type] = max(end, ends.get(each.license_type, 0))
        elif each.is_paid:
            run.report.drop(TABLE, each.number, "paid for, and nothing of the user is active: probably taken back")
            run.report.tell(_REVOKED, user, f"{each.license_type}, row {each.number}: would end {_day(each.end)}")
        else:
            run.report.drop(TABLE, each.number, "not active, and no completed payment names it")
    return ends


async def give(run: ImportRun, user: UserId, license_type: LicenseType, millis: int, *, key: str, note: str) -> None:
    """A row of the ledger, at the moment of the import; `key` tells it from the others of that user."""
    pseudonym = await run.unit.legacy.pseudonym(user)
    entry = NewLedgerEntry(
        kind=EntryKind.GRANT,
        license_type=license_type,
        millis=millis,
        takes=None,
        idempotency_key=f"import:{pseudonym}:{key}",  # no id that would outlive an erasure
        actor=None,
        note=note,
    )
    await run.unit.ledger.append(user, entry, run.at)
    run.report.read(LEDGER)
    run.report.take(LEDGER)


def _compare_expiry(run: ImportRun, rows: Mapping[UserId, Iterable[_LicenseRow]]) -> None:
    for row in run.source.rows("users"):
        user, promised = user_id(row.get("user_id")), from_seconds(row.get("license_expires"))
        if user is None or promised is None or promised <= run.at:
            continue
        latest = max((each.end for each in rows.get(user, ())), default=0)
        if promised > latest:
            run.report.tell(
                _LATER, user, f"until {_day(promised)}, its rows until {_day(latest) if latest else 'never'}"
            )


def _day(moment: int) -> str:
    """The date of a moment in ms; what no calendar holds is named so."""
    try:
        return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return "a day in no calendar"
