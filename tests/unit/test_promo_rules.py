"""Campaigns: when a code is open, when time begins, when alarms go off, who may call back."""

import pytest

from bot.domain.ids import DAY, HOUR, Millis, UserId
from bot.domain.licensing import License, LicenseType, Segment
from bot.domain.promo import (
    UNDO_ALONE,
    UNDO_ASK_LIFETIME,
    UNDO_WAIT,
    Campaign,
    CampaignState,
    KnownCode,
    RefusalReason,
    SealedCode,
    UndoStep,
    is_fast_alarm,
    starts_after,
    undo_step,
    used_alarm,
)
from bot.domain.promo_codes import Terms

NOW = Millis(1_760_000_000_000)
CREATOR, OTHER, FORMER = UserId(1000), UserId(2000), UserId(3000)


def campaign(**changes: object) -> Campaign:
    terms = {"license_type": LicenseType.PREMIUM, "days": 30, "max_uses": 100} | {
        name: changes.pop(name) for name in ("starts", "ends", "max_uses", "once") if name in changes
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


@pytest.mark.parametrize(
    ("changes", "uses", "used_another", "reason"),
    [
        ({}, 99, False, None),
        ({}, 100, False, RefusalReason.USED_UP),
        ({"starts": NOW + 1}, 0, False, RefusalReason.EARLY),
        ({"ends": NOW}, 0, False, RefusalReason.ENDED),
        ({"state": CampaignState.PAUSED}, 0, False, RefusalReason.PAUSED),
        ({"state": CampaignState.UNDONE}, 0, False, RefusalReason.CALLED_BACK),
        ({}, 0, True, RefusalReason.ANOTHER_USED),
        ({"once": False}, 0, True, None),
        ({"state": CampaignState.PAUSED, "ends": NOW}, 100, False, RefusalReason.ENDED),
    ],
)
def test_why_a_code_gives_nothing(
    changes: dict[str, object], uses: int, reason: RefusalReason | None, *, used_another: bool
) -> None:
    code = KnownCode(
        promo_id=1,
        sealed=SealedCode(lookup=b"", envelope=b""),
        uses=uses,
        campaign=campaign(**changes),
        usage=None,
        used_another=used_another,
    )
    assert code.refusal(NOW) is reason


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
        (OTHER, UNDO_ASK_LIFETIME - 1, (CREATOR, 0), 2, UndoStep.UNDO),
        (OTHER, UNDO_ASK_LIFETIME, (CREATOR, 0), 2, UndoStep.ASK),
        (CREATOR, UNDO_ASK_LIFETIME, (CREATOR, 0), 1, UndoStep.ASK),
        (CREATOR, DAY, (FORMER, 0), 2, UndoStep.ASK),
    ],
)
def test_who_may_call_a_campaign_back(
    actor: UserId, after: int, asked: tuple[UserId, int] | None, admins: int, step: UndoStep
) -> None:
    wish = {} if asked is None else {"undo_asked_by": asked[0], "undo_asked": Millis(NOW + asked[1])}
    known = (CREATOR, OTHER)[:admins]
    assert undo_step(campaign(**wish), actor, Millis(NOW + after), admins=known) is step
