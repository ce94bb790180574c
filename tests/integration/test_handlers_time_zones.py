"""Time zones as people say them: offsets with their own sign, cities in three languages; stored by names that last."""

import pytest
from harness.app import ANNA, Harness, said

from bot.domain.users import Language

ZONES = (
    ("+3", "UTC+3", "11:53:20 UTC+3"),
    ("UTC+03:00", "UTC+3", "11:53:20 UTC+3"),
    ("gmt-4", "UTC-4", "04:53:20 UTC-4"),
    ("+5:30", "UTC+5:30", "14:23:20 UTC+5:30"),
    ("+0545", "UTC+5:45", "14:38:20 UTC+5:45"),
    ("Etc/GMT-3", "UTC+3", "11:53:20 UTC+3"),
    ("Москва", "Moscow", "11:53:20 Moscow"),
    ("MSK", "Moscow", "11:53:20 Moscow"),
    ("мск", "Moscow", "11:53:20 Moscow"),
    ("Київ", "Kyiv", "11:53:20 Kyiv"),
    ("киев", "Kyiv", "11:53:20 Kyiv"),
    ("Нью-Йорк", "New York", "04:53:20 New York"),
    ("new york", "New York", "04:53:20 New York"),
    ("Мумбаи", "Kolkata", "14:23:20 Kolkata"),
)


async def test_a_zone_as_people_say_it(harness: Harness) -> None:
    for number, (typed, shown, clock) in enumerate(ZONES):
        anna = harness.person(ANNA + number)
        assert f"Time zone: {shown}\n" in (await said(anna, f"/settings zone {typed}")).text, typed
        assert f"{shown}\n" in (await said(anna, "/settings")).text + "\n", typed
        assert f"· {clock}" in (await said(anna, "/balance")).text, typed


async def test_what_is_no_zone_is_explained(harness: Harness) -> None:
    for typed in ("+15", "-13", "+3:20", "+99", "3", "++3", "Атлантида"):
        assert "no such place" in (await said(harness.person(), f"/settings zone {typed}")).text, typed


@pytest.mark.parametrize(
    ("language", "city"), [(Language.ENGLISH, "Kyiv"), (Language.RUSSIAN, "Киев"), (Language.UKRAINIAN, "Київ")]
)
async def test_a_city_is_called_as_the_reader_calls_it(harness: Harness, language: Language, city: str) -> None:
    anna = harness.person(language=language.value)
    await said(anna, f"/settings zone {city}")
    assert f"11:53:20 {city}" in (await said(anna, "/balance")).text
    assert city in (await said(anna, "/whoami")).text
    card = await said(anna, "/settings zone")
    assert city in card.labels
    assert "Europe" not in card.text


@pytest.mark.parametrize(("stored", "clock"), [("Etc/GMT-3", "11:53:20 UTC+3"), ("Etc/GMT+5", "03:53:20 UTC-5")])
async def test_a_zone_that_was_stored_before_is_shown_with_its_own_sign(
    harness: Harness, stored: str, clock: str
) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, f"/settings zone {stored}")
    assert f"· {clock}" in (await said(anna, "/balance")).text


async def test_the_setting_by_the_word_a_person_has_for_it(harness: Harness) -> None:
    for number, word in enumerate(["zone", "timezone", "время", "пояс", "час", "зона", "часовой пояс"]):
        assert (
            "Часовой пояс: Москва"
            in (await said(harness.person(ANNA + number, language="ru"), f"/settings {word} Москва")).text
        ), word
