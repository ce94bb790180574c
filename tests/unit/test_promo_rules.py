"""Campaigns: when a code is open, when time begins, when alarms go off, who may call back."""

import pytest

from bot.domain.ids import DAY, HOUR, Millis, UserId
from bot.domain.licensing import License, LicenseType, Segment
from bot.domain.promo import (
    UNDO_ALONE,
    UNDO_WAIT,
    Campaign,
    CampaignState,
    KnownCode,
    UndoStep,
    is_fast_alarm,
    starts_after,
    undo_step,
    used_alarm,
)
from bot.domain.promo_codes import Terms

NOW = Millis(1_760_000_000_000)
CREATOR, OTHER = UserId(1000), UserId(2000)


def campaign(**changes: object) -> Campaign:
    terms = {"license_type": LicenseType.PREMIUM, "days": 30, "max_uses": 100} | {
        name: changes.pop(name) for name in ("starts", "ends", "max_uses") if name in changes
    }
    values = {"campaign_id": 1, "state": CampaignState.ACTIVE, "uses": 0, "creator": CREATOR, "created": NOW}
    return Campaign(terms=Terms(**terms), **(values | changes))  # type: ignore[arg-type]  # a test's own values


@pytest.mark.parametrize(
    ("changes", "at", "is_open"),
    [
        ({}, 0, True),
        ({"starts": NOW + 1}, 0, False),
        ({"starts": NOW}, 0, True),
        ({"ends": NOW}, 0, False),
        ({"ends": NOW + 1}, 0, True),
        ({"state": CampaignState.PAUSED}, 0, False),
        ({"state": CampaignState.UNDONE}, 0, False),
    ],
)
def test_a_campaign_runs_between_its_dates(changes: dict[str, object], at: int, *, is_open: bool) -> None:
    assert campaign(**changes).runs_at(Millis(NOW + at)) is is_open


def test_a_code_is_open_until_it_is_used_up() -> None:
    assert KnownCode(promo_id=1, uses=99, campaign=campaign(), usage=None).is_open(NOW)
    assert not KnownCode(promo_id=1, uses=100, campaign=campaign(), usage=None).is_open(NOW)


@pytest.mark.parametrize(
    ("license_type", "start"),
    [(LicenseType.PREMIUM, 10 * DAY), (LicenseType.BASIC, 15 * DAY), (LicenseType.TRIAL, 15 * DAY)],
)
def test_added_time_begins_behind_its_own_type_and_higher_ones(license_type: LicenseType, start: int) -> None:
    premium = Segment(license_type=LicenseType.PREMIUM, start=NOW, end=Millis(NOW + 10 * DAY))
    basic = Segment(license_type=LicenseType.BASIC, start=premium.end, end=Millis(NOW + 15 * DAY))
    held = License(user_id=CREATOR, segments=(premium, basic))
    assert starts_after(held, license_type, NOW) == NOW + start
    assert starts_after(License(user_id=CREATOR, segments=()), license_type, NOW) == NOW


def test_time_that_ended_is_not_waited_for() -> None:
    ended = Segment(license_type=LicenseType.PREMIUM, start=Millis(NOW - 9), end=Millis(NOW - 3))
    assert starts_after(License(user_id=CREATOR, segments=(ended,)), LicenseType.BASIC, NOW) == NOW


def test_alarms_at_50_90_and_100_percent_each_once() -> None:
    assert {uses: used_alarm(uses, 100) for uses in range(1, 101) if used_alarm(uses, 100)} == {
        50: 50,
        90: 90,
        100: 100,
    }
    assert [used_alarm(uses, 3) for uses in (1, 2, 3)] == [None, 50, 100]
    assert used_alarm(1, 1) == 100, "one message, not three"


def test_a_pace_of_ten_times_the_mean_is_noticed_once() -> None:
    later = Millis(NOW + 10 * HOUR)

    def alarms(before: int) -> list[int]:
        return [hour for hour in range(1, 400) if is_fast_alarm(campaign(uses=before + hour), hour, later)]

    assert alarms(before=20) == [20], "20 in ten hours: two an hour"
    assert alarms(before=25) == [25]
    assert alarms(before=0) == [10], "a quiet campaign's mean counts as one"
    assert not is_fast_alarm(campaign(uses=10), 10, Millis(NOW + 1)), "the first hour has nothing to compare with"


@pytest.mark.parametrize(
    ("actor", "after", "asked", "admins", "step"),
    [
        (CREATOR, 0, None, 1, UndoStep.UNDO),
        (CREATOR, UNDO_ALONE, None, 3, UndoStep.UNDO),
        (CREATOR, UNDO_ALONE + 1, None, 3, UndoStep.ASK),
        (OTHER, 0, None, 2, UndoStep.ASK),
        (CREATOR, 2 * DAY, (CREATOR, 0), 2, UndoStep.WAIT_FOR_ADMIN),
        (OTHER, DAY, (CREATOR, 0), 2, UndoStep.UNDO),
        (CREATOR, DAY, (OTHER, 0), 2, UndoStep.UNDO),
        (CREATOR, UNDO_WAIT - 1, (CREATOR, 0), 1, UndoStep.WAIT),
        (CREATOR, UNDO_WAIT, (CREATOR, 0), 1, UndoStep.UNDO),
    ],
)
def test_who_may_call_a_campaign_back(
    actor: UserId, after: int, asked: tuple[UserId, int] | None, admins: int, step: UndoStep
) -> None:
    wish = {} if asked is None else {"undo_asked_by": asked[0], "undo_asked": Millis(NOW + asked[1])}
    assert undo_step(campaign(**wish), actor, Millis(NOW + after), admins=admins) is step
