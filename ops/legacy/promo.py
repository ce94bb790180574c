"""Promo codes of the old bot: one campaign each, with what was used of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.promo import CampaignState
from bot.domain.promo_codes import LONGEST_NOTE, MOST_DAYS, MOST_USES, Terms, bare, fold
from bot.domain.secrets import Secret
from ops.legacy.import_run import ImportRun
from ops.legacy.licenses import give, license_type_of
from ops.legacy.values import Row, from_seconds, text, user_id, whole
from storage.legacy.imports import EarlierUse

TABLE: Final = "promo_codes"
USAGE: Final = "promo_usage"
_LONGEST_CODE: Final = 200
_GIVEN: Final = 30  # days that the old bot gave for any code
_PROMISED: Final = "promo codes that promised more than the 30 days given"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OldCode:
    """A code that can be redeemed here; `uses` as it counts them or as there are rows, whatever is more."""

    number: int
    folded: str = field(repr=False)
    shown: str = field(repr=False)
    license_type: LicenseType
    days: int
    most: int  # may be below the uses, which many redeemed at once
    uses: int
    is_active: bool
    created: Millis
    ends: Millis | None
    creator: UserId | None
    note: str = field(repr=False)
    changes: Sequence[str]

    @property
    def is_overused(self) -> bool:
        return self.uses > self.most

    @property
    def preference(self) -> tuple[bool, int, int]:
        """Of codes that fold alike the greatest is taken: an active one, the one with most left, the older one."""
        return (self.is_active, self.most - self.uses, -self.number)

    def terms(self) -> Terms:
        most = min(max(self.uses, 1), MOST_USES) if self.is_overused else self.most
        return Terms(license_type=self.license_type, days=self.days, max_uses=most, ends=self.ends, note=self.note)


async def take_codes(run: ImportRun) -> None:
    """Every code that can be one here, its uses, and, where that is wanted, what it promised and did not give."""
    rows_of = Counter(whole(row.get("promo_id")) for row in run.source.rows(USAGE))
    readable: list[_OldCode] = []
    numbers: set[int] = set()
    for row in run.source.rows(TABLE):
        run.report.read(TABLE)
        numbers.add(row["row_number"])
        code = _readable(run, row)
        if code is None:
            continue
        if await run.unit.promo.is_taken(run.cipher.lookup(code.folded)):
            run.report.drop(TABLE, code.number, "folds like a code that is here already")
        else:
            readable.append(replace(code, uses=max(code.uses, rows_of[code.number])))
    codes = _chosen(run, readable)
    uses = _uses(run, codes, numbers)
    for code in codes.values():
        await _create(run, code, tuple(uses[code.number].values()))
        for user in uses[code.number]:
            await _honor(run, code, user)


def _readable(run: ImportRun, row: Row) -> _OldCode | None:
    folded, days = fold(text(row.get("code"), _LONGEST_CODE)), whole(row.get("period_days"))
    license_type, changes = license_type_of(row.get("license_type")), list[str]()
    if folded is None or license_type is None or days is None or not 1 <= days <= MOST_DAYS:
        reason = "no type of license that is known" if license_type is None else "its days are not 1 to 3,650"
        run.report.drop(TABLE, row["row_number"], "no code that can be typed here" if folded is None else reason)
        return None
    ends, is_active = from_seconds(row.get("valid_until")), whole(row.get("is_active")) == 1
    if ends is None and row.get("valid_until") is not None:
        changes.append("its end can't be read: paused")
        is_active = False
    creator = user_id(row.get("created_by"))
    return _OldCode(
        number=row["row_number"],
        folded=folded,
        shown=bare("".join(text(row.get("code"), _LONGEST_CODE).upper().split())),
        license_type=license_type,
        days=days,
        most=_most(row.get("max_uses"), changes),
        uses=max(whole(row.get("current_uses")) or 0, 0),
        is_active=is_active,
        created=from_seconds(row.get("created_at")) or run.at,
        ends=ends,
        creator=creator if creator in run.known else None,
        note=text(row.get("notes"), LONGEST_NOTE),
        changes=changes,
    )


def _most(value: object, changes: list[str]) -> int:
    """Nothing and 0 were without a limit; what can't be read is a limit of nothing."""
    most = whole(value)
    if value is None or most == 0:
        changes.append("without a limit: 1,000,000 uses")
        return MOST_USES
    if most is None:
        changes.append("its limit can't be read: paused")
        return -1
    if most > MOST_USES:
        changes.append("more than 1,000,000 uses: so many")
    return min(most, MOST_USES)


def _chosen(run: ImportRun, codes: Iterable[_OldCode]) -> Mapping[int, _OldCode]:
    """By number, in its order; of those that fold alike one."""
    alike: dict[str, list[_OldCode]] = defaultdict(list)
    for code in codes:
        alike[code.folded].append(code)
    chosen: dict[int, _OldCode] = {}
    for group in alike.values():
        best = max(group, key=lambda each: each.preference)
        chosen[best.number] = best
        for code in group:
            if code is not best:
                run.report.drop(TABLE, code.number, f"folds like code {best.number}, which is taken")
    return dict(sorted(chosen.items()))


def _uses(
    run: ImportRun, codes: Mapping[int, _OldCode], numbers: set[int]
) -> Mapping[int, Mapping[UserId | int, EarlierUse]]:
    """By code, then by user; nobody's are told apart by the number of their row, below 0."""
    found: dict[int, dict[UserId | int, EarlierUse]] = defaultdict(dict)
    for row in run.source.rows(USAGE):
        run.report.read(USAGE)
        number, code, user = row["row_number"], whole(row.get("promo_id")), user_id(row.get("user_id"))
        if code not in codes or code is None:
            reason = "its code was not taken" if code in numbers else "its code is gone"
            run.report.drop(USAGE, number, reason)
            continue
        holder = -number if user is None else user
        if holder in found[code]:
            run.report.drop(USAGE, number, "the same user used the same code before")
            continue
        at, is_known = from_seconds(row.get("used_at")), user in run.known
        changes = [] if is_known else ["its user is not there: under a pseudonym of nobody"]
        changes += ["its moment can't be read: that of the import"] if at is None else []
        run.report.take(USAGE, changes)
        found[code][holder] = EarlierUse(user_id=user if is_known else None, at=at or run.at)
    return found


async def _create(run: ImportRun, code: _OldCode, uses: Sequence[EarlierUse]) -> None:
    unit, lookup = run.unit, run.cipher.lookup(code.folded)
    sealed = run.cipher.seal(Secret(code.shown), lookup)
    campaign_id = await unit.promo.create(code.terms(), [sealed], code.creator, code.created)
    is_running = code.is_active and not code.is_overused
    state = CampaignState.ACTIVE if is_running else CampaignState.PAUSED
    await unit.legacy.note_uses(campaign_id, min(code.uses, MOST_USES), uses, state=state.value)
    overused = ["used more often than allowed: paused, as many uses as there were"] if code.is_overused else []
    run.report.take(TABLE, [*code.changes, *overused])


async def _honor(run: ImportRun, code: _OldCode, user: int) -> None:
    """What the code promised and the old bot did not give."""
    missing = code.days - _GIVEN
    if missing <= 0 or user not in run.known:
        return
    user_of = UserId(user)
    run.report.tell(_PROMISED, user_of, f"code {code.number}: {code.days} days of {code.license_type}, 30 were given")
    if run.honors_codes:
        note = "promised by a promo code of the bot before"
        await give(run, user_of, code.license_type, missing * DAY, key=f"code:{code.number}", note=note)
