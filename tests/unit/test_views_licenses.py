"""The license screen: what runs, what is banked, what each type opens, in three languages."""

import re

import pytest
from harness.bot_api import visible
from harness.viewers import NOW, TRADED, labels, viewer

from bot.domain.accounts import AccountType
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import PLANS, Feature, License, LicenseType, Limit, Segment, most, opens
from bot.domain.users import Language, UserSettings
from handlers.licensing.views import license_card
from handlers.views.cards import button
from handlers.views.licenses import days_of

TRIAL, BASIC, PREMIUM = LicenseType
ZONE = UserSettings(time_zone="Europe/Kyiv")
TRIAL_BUTTON = button("Start", "token")


def license_of(*segments: tuple[LicenseType, float, float]) -> License:
    """Segments in days from now."""
    return License(
        user_id=UserId(1001),
        segments=tuple(
            Segment(license_type=kind, start=Millis(NOW + int(start * DAY)), end=Millis(NOW + int(end * DAY)))
            for kind, start, end in segments
        ),
    )


def text_of(held: License, language: Language = Language.ENGLISH, *, zone: UserSettings = ZONE) -> str:
    return visible(license_card(viewer(language, settings=zone), held).text)


def test_what_runs_and_what_is_banked_behind_it() -> None:
    text = text_of(license_of((PREMIUM, -3, 27), (BASIC, 27, 57), (TRIAL, 57, 64)))
    assert "Premium until 2025-11-05 12:00 UTC · 14:00:05 Kyiv." in text
    assert "27 days left." in text
    assert "Then Basic, 30 days: from 2025-11-05 12:00 UTC" in text
    assert "Then Trial, 7 days: from 2025-12-05 12:00 UTC" in text


@pytest.mark.parametrize(
    ("days", "russian", "ukrainian"),
    [
        (1, "Остался 1 день", "Залишився 1 день"),
        (2, "Осталось 2 дня", "Залишилося 2 дні"),
        (5, "Осталось 5 дней", "Залишилося 5 днів"),
        (11, "Осталось 11 дней", "Залишилося 11 днів"),
        (21, "Остался 21 день", "Залишився 21 день"),
        (112, "Осталось 112 дней", "Залишилося 112 днів"),
    ],
)
def test_days_are_counted_as_the_language_counts(days: int, russian: str, ukrainian: str) -> None:
    held = license_of((BASIC, -1, days))
    assert russian in text_of(held, Language.RUSSIAN)
    assert ukrainian in text_of(held, Language.UKRAINIAN)
    assert f"{days} day{'s' if days > 1 else ''} left" in text_of(held)


def test_started_days_count_and_the_last_is_told_in_hours() -> None:
    assert [days_of(each) for each in (7 * DAY, 7 * DAY - 1, 6 * DAY + 1, 6 * DAY)] == [7, 7, 7, 6]
    assert "7 days left" in text_of(license_of((TRIAL, 0, 7)))
    assert "5 h 0 min left" in text_of(license_of((TRIAL, -6, 5 / 24)))


def test_an_end_is_told_with_its_date() -> None:
    text = text_of(license_of((PREMIUM, -31, -1)))
    assert "Your Premium license ended 2025-10-08 12:00 UTC · 15:00:05 Kyiv." in text
    assert "practice account is free" in text


def test_somebody_without_one_sees_the_trial_and_the_ways_that_there_are() -> None:
    card = license_card(viewer(), license_of(), trial=TRIAL_BUTTON, ways=("redeem",))
    assert "You have no license." in visible(card.text)
    assert "7 days, once, free of charge" in visible(card.text)
    assert labels(card) == [["Start"], ["Redeem a code"], ["Menu"]]
    assert labels(license_card(viewer(), license_of())) == [["Menu"]]


@pytest.mark.parametrize("language", list(Language))
def test_bug_the_screen_and_the_check_disagreed(language: Language) -> None:
    """The table on the screen, read back, is the table that is asked."""
    watcher = viewer(language)
    text = text_of(license_of(), language)
    places = [each for each in AccountType if each in TRADED]
    assert "Live" not in text_of(license_of()).split("Type")[1].split("At most")[0], "what is off is not sold"
    for held in PLANS:
        name = watcher.say.plain("license-column", kind="none" if held is None else held.value)
        (cells,) = re.findall(rf"^{name} +([✓–].*)$", text, re.MULTILINE)
        for feature in Feature:
            assert [cell == "✓" for cell in cells.split()] == [opens(held, feature, each) for each in places]
    for limit in Limit:
        name = watcher.say.plain("license-limit", limit=limit.value)
        (cells,) = re.findall(rf"^{name} +([0-9 ·]+)$", text, re.MULTILINE)
        assert list(map(int, cells.split(" · "))) == [most(held, limit) for held in PLANS]


@pytest.mark.parametrize("language", list(Language))
def test_the_tables_fit_a_phone(language: Language) -> None:
    card = license_card(viewer(language), license_of())
    tables = re.findall(r"<pre>(.*?)</pre>", card.text, re.DOTALL)
    assert len(tables) == 2
    assert max(len(line) for each in tables for line in each.splitlines()) <= 30
    assert not tables[0][0].isspace(), "Telegram takes leading blanks away: the head would slide to the left"
