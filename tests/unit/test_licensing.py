"""License time, derived: properties against a model that is nothing but a clock with one tick an hour."""

import os
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.accounts import AccountType
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import (
    GIVING,
    LONGEST,
    PLANS,
    RANK,
    TAKING,
    EntryKind,
    Feature,
    LedgerEntry,
    License,
    LicenseBalance,
    LicenseType,
    Limit,
    NewLedgerEntry,
    derive,
    most,
    needed,
    opens,
    plans_as_markdown,
)

HOUR = 3_600_000
START = 1_760_000_400_000
TRIAL, BASIC, PREMIUM = LicenseType
ORDER = [PREMIUM, BASIC, TRIAL]  # what is used first


@dataclass
class Hourglass:
    """The independent model: so many hours in each grant; each tick takes one from the highest, oldest grant."""

    grants: list[tuple[int, LicenseType, int]] = field(default_factory=list)  # id, type, hours left
    hour: int | None = None  # of the last event; a clock that was set back stands still
    given: int = 0
    used: int = 0
    taken: int = 0

    def copy(self) -> "Hourglass":
        return Hourglass(list(self.grants), self.hour, self.given, self.used, self.taken)

    def tick_until(self, hour: int) -> list[LicenseType | None]:
        """What ran in each of the hours."""
        ran: list[LicenseType | None] = []
        if self.hour is None:
            return ran
        while self.hour < hour:
            self.hour += 1
            place = next(
                (index for each in ORDER for index, (_, kind, _) in enumerate(self.grants) if kind is each), None
            )
            ran.append(None if place is None else self.grants[place][1])
            if place is not None:
                entry_id, kind, hours = self.grants.pop(place)
                self.used += 1
                if hours > 1:
                    self.grants.insert(place, (entry_id, kind, hours - 1))
        return ran

    def event(self, hour: int) -> None:
        self.tick_until(hour)
        self.hour = hour if self.hour is None else max(self.hour, hour)

    def give(self, entry_id: int, kind: LicenseType, hours: int) -> None:
        self.grants.append((entry_id, kind, hours))
        self.given += hours

    def take(self, entry_id: int | None) -> None:
        gone = [each for each in self.grants if entry_id is None or each[0] == entry_id]
        self.taken += sum(hours for _, _, hours in gone)
        self.grants = [each for each in self.grants if each not in gone]

    def left(self) -> int:
        return sum(hours for _, _, hours in self.grants)


HOURS = st.integers(min_value=1, max_value=24 * 40)
TYPES = st.sampled_from(list(LicenseType))


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Events of every kind, a clock that jumps both ways: the ledger and the model always agree."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[LedgerEntry] = []
        self.model = Hourglass()
        self.hour = 0

    def now(self, hours: int = 0) -> Millis:
        return Millis(START + (self.hour + hours) * HOUR)

    def append(self, kind: EntryKind, license_type: LicenseType | None, millis: int, takes: int | None) -> int:
        entry_id = len(self.entries) + 1
        entry = LedgerEntry(
            entry_id=entry_id, kind=kind, license_type=license_type, millis=millis, takes=takes, at=self.now()
        )
        self.entries.append(entry)
        self.model.event(self.hour)
        return entry_id

    @rule(kind=st.sampled_from(sorted(GIVING | {EntryKind.CORRECTION})), license_type=TYPES, hours=HOURS)
    def give(self, kind: EntryKind, license_type: LicenseType, hours: int) -> None:
        self.model.give(self.append(kind, license_type, hours * HOUR, None), license_type, hours)

    @rule(kind=st.sampled_from(sorted(TAKING | {EntryKind.CORRECTION})), choice=st.integers(min_value=0, max_value=50))
    def take_what_one_row_left(self, kind: EntryKind, choice: int) -> None:
        giving = [each.entry_id for each in self.entries if each.license_type is not None]
        if giving:
            takes = giving[choice % len(giving)]
            self.append(kind, None, 0, takes)
            self.model.take(takes)

    @rule(kind=st.sampled_from(sorted(TAKING)))
    def take_everything(self, kind: EntryKind) -> None:
        self.append(kind, None, 0, None)
        self.model.take(None)

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        self.hour += hours

    @rule(hours=HOURS)
    def clock_is_set_back(self, hours: int) -> None:
        self.hour -= hours

    @invariant()
    def agrees_with_the_model(self) -> None:
        license_balance, model = derive(self.entries, self.now()), self.model.copy()
        model.tick_until(self.hour)
        assert {each.entry_id: each.left for each in license_balance.grants} == {
            entry_id: hours * HOUR for entry_id, _, hours in model.grants
        }

    @invariant()
    def no_time_is_lost_or_made(self) -> None:
        model = self.model.copy()
        model.tick_until(self.hour)
        given_ms = sum(each.millis for each in self.entries)
        assert given_ms == model.given * HOUR
        assert given_ms == derive(self.entries, self.now()).total + (model.used + model.taken) * HOUR

    @invariant()
    def a_lower_type_never_runs_before_a_higher_one(self) -> None:
        ranks = [RANK[each.license_type] for each in derive(self.entries, self.now()).segments]
        assert ranks == sorted(set(ranks), reverse=True)

    @invariant()
    def what_is_banked_starts_when_the_one_before_ends(self) -> None:
        license_balance = derive(self.entries, self.now())
        segments = license_balance.segments
        assert not segments or segments[0].start == license_balance.at
        assert all(one.end == other.start for one, other in pairwise(segments))

    @invariant()
    def the_future_runs_as_it_was_told(self) -> None:
        """What a screen said of the next 60 days is what happens if nothing else does, hour by hour."""
        model = self.model.copy()
        model.tick_until(self.hour)
        first = model.hour
        if first is None:
            return
        license_ = License(user_id=UserId(1), segments=derive(self.entries, self.now()).segments)
        told = [license_.type_at(Millis(START + (first + hour) * HOUR)) for hour in range(60 * 24)]
        assert told == model.tick_until(first + 60 * 24)


AnyOrderOfEvents.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
test_any_order_of_events = AnyOrderOfEvents.TestCase


def gave(entry_id: int, license_type: LicenseType, days: int, at: int = START) -> LedgerEntry:
    return LedgerEntry(
        entry_id=entry_id,
        kind=EntryKind.GRANT,
        license_type=license_type,
        millis=days * DAY,
        takes=None,
        at=Millis(at),
    )


def runs(license_balance: LicenseBalance) -> list[tuple[LicenseType, int]]:
    return [(each.license_type, (each.end - each.start) // DAY) for each in license_balance.segments]


# --- what the old system did wrong (one test a bug) ------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 7, 30, 90, 180, 365])
def test_bug_days_ignored_every_code_gave_thirty(days: int) -> None:
    assert runs(derive([gave(1, PREMIUM, days)], Millis(START))) == [(PREMIUM, days)]


def test_bug_downgrade_by_promo_three_hundred_days_of_premium_became_a_trial() -> None:
    license_balance = derive([gave(1, PREMIUM, 300), gave(2, TRIAL, 30)], Millis(START))
    assert runs(license_balance) == [(PREMIUM, 300), (TRIAL, 30)]


def test_bug_upgrade_made_three_hundred_basic_days_premium_days() -> None:
    license_balance = derive([gave(1, BASIC, 300), gave(2, PREMIUM, 30)], Millis(START))
    assert runs(license_balance) == [(PREMIUM, 30), (BASIC, 300)]


def test_bug_days_taken_for_months() -> None:
    """30 days once became 900: time is told in one unit, and no row may give more than ten years."""
    with pytest.raises(ValueError, match="no ledger row"):
        new_entry(millis=LONGEST + 1)
    assert new_entry(millis=LONGEST).millis == 3650 * DAY


@pytest.mark.parametrize("millis", [0, -1, -30 * DAY])
def test_bug_negative_days_were_accepted(millis: int) -> None:
    with pytest.raises(ValueError, match="no ledger row"):
        new_entry(millis=millis)
    row = LedgerEntry(entry_id=1, kind=EntryKind.PROMO, license_type=BASIC, millis=millis, takes=None, at=Millis(START))
    with pytest.raises(ValueError, match="gives nothing"):
        derive([row], Millis(START))


def test_bug_live_was_open_to_everybody() -> None:
    for feature in Feature:
        assert not opens(None, feature, AccountType.LIVE)
        assert not opens(TRIAL, feature, AccountType.LIVE)
        assert opens(BASIC, feature, AccountType.LIVE)


def test_bug_two_tables_disagreed_about_what_a_type_may() -> None:
    """There is one, it is whole, and a higher type never opens less."""
    assert list(PLANS) == [None, TRIAL, BASIC, PREMIUM]
    for lower, higher in pairwise(PLANS):
        for feature in Feature:
            assert PLANS[lower].opens[feature] <= PLANS[higher].opens[feature]
        for limit in Limit:
            assert most(lower, limit) <= most(higher, limit)


# --- the rest of the rules -------------------------------------------------------------------------------------


def new_entry(**changes: object) -> NewLedgerEntry:
    values = {
        "kind": EntryKind.GRANT,
        "license_type": PREMIUM,
        "millis": DAY,
        "takes": None,
        "idempotency_key": "desk:1",
        "actor": None,
        "note": "",
    }
    return NewLedgerEntry(**(values | changes))  # type: ignore[arg-type]  # a test's own words


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": EntryKind.REFUND},
        {"kind": EntryKind.REVOCATION, "license_type": None},
        {"license_type": None, "millis": 0},
        {"kind": EntryKind.CORRECTION, "license_type": None, "millis": 0},
        {"takes": 4},
    ],
)
def test_a_row_gives_or_takes(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no ledger row"):
        new_entry(**changes)


def test_a_correction_gives_or_takes() -> None:
    assert new_entry(kind=EntryKind.CORRECTION).millis == DAY
    assert new_entry(kind=EntryKind.CORRECTION, license_type=None, millis=0, takes=3).takes == 3


def test_a_refund_takes_only_what_its_payment_left() -> None:
    refund = LedgerEntry(
        entry_id=3, kind=EntryKind.REFUND, license_type=None, millis=0, takes=1, at=Millis(START + 10 * DAY)
    )
    license_balance = derive([gave(1, PREMIUM, 30), gave(2, PREMIUM, 90), refund], Millis(START + 10 * DAY))
    assert runs(license_balance) == [(PREMIUM, 90)]


def test_neighbors_of_one_type_are_one_segment() -> None:
    license_balance = derive([gave(1, BASIC, 30), gave(2, BASIC, 30)], Millis(START))
    assert runs(license_balance) == [(BASIC, 60)]
    assert [each.entry_id for each in license_balance.grants] == [1, 2]


def test_a_clock_set_back_between_two_rows_gives_no_second_use() -> None:
    ahead, back = START + 20 * DAY, START
    entries = [gave(1, BASIC, 30), gave(2, BASIC, 1, at=ahead), gave(3, BASIC, 1, at=back)]
    assert derive(entries, Millis(back)).total == 12 * DAY
    assert derive(entries, Millis(ahead + 12 * DAY)).total == 0


@given(days=st.integers(min_value=1, max_value=3650), start=st.integers(min_value=0, max_value=10 * 365 * 24))
@settings(max_examples=40)
def test_time_zones_change_nothing(days: int, start: int) -> None:
    """A day is 24 hours, also over a change of clocks, whatever the machine's own zone."""
    at, ends = START + start * HOUR, set()
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "Europe/Kyiv", "Pacific/Apia", "America/New_York"):
            os.environ["TZ"] = zone
            time.tzset()
            ends.add(derive([gave(1, BASIC, days, at=at)], Millis(at)).segments[0].end)
    finally:
        if before is None:
            os.environ.pop("TZ")
        else:
            os.environ["TZ"] = before
        time.tzset()
    assert ends == {at + days * 86_400_000}


def test_nothing_ever_given_is_nothing_held() -> None:
    assert derive([], Millis(START)).segments == ()


def test_practice_is_free_and_demo_opens_with_the_trial() -> None:
    for feature in Feature:
        assert needed(feature, AccountType.PAPER) is None
        assert needed(feature, AccountType.DEMO) is TRIAL
        assert needed(feature, AccountType.LIVE) is BASIC


def test_the_document_quotes_the_table() -> None:
    document = Path(__file__).parents[2] / "docs" / "licenses.md"
    assert plans_as_markdown() in document.read_text(encoding="utf-8")
