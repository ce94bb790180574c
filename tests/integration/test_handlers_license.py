"""/license through the front: the screen, the trial in two taps, the terms before it."""

from pathlib import Path

import pytest
from harness.app import ANNA, OWNER, Harness, Person
from harness.app import harness as open_harness

from bot.domain.ids import DAY, UserId
from bot.domain.licensing import EntryKind, LicenseType
from handlers.core.specs import CommandSpec
from handlers.registry import TABLE
from handlers.table import HandlerTable
from storage.admin.queries import SqliteAdminQueries


async def agreed(harness: Harness) -> Person:
    anna = harness.person()
    await anna.say("/start")
    await harness.terms_accepted()
    return anna


async def shown(person: Person) -> str:
    bubble = await person.say("/license")
    assert bubble is not None
    return bubble.text


async def test_a_trial_is_one_line_and_one_tap(harness: Harness) -> None:
    anna = await agreed(harness)
    assert "You have no license" in await shown(anna)
    bubble = await anna.press("Start the 7-day trial")
    assert "✓ Your trial has started: 7 days." in bubble.text
    assert "Trial until" in bubble.text
    assert "Start the 7-day trial" not in bubble.labels
    assert [row.details for row in await SqliteAdminQueries(harness.database).audit_page(area="license")] == ["7 days"]


async def test_bug_the_trial_asked_for_no_terms(harness: Harness) -> None:
    """They come first, and the tap goes on after them."""
    anna = harness.person()
    await anna.say("/start")
    await shown(anna)
    gate = await anna.press("Start the 7-day trial")
    assert "terms" in gate.text.lower()
    assert await harness.rows("license_events") == []
    bubble = await anna.press("I accept")
    assert "✓ Your trial has started" in bubble.text
    assert len(await harness.rows("license_events")) == 1


async def test_the_trial_is_given_once(harness: Harness) -> None:
    anna = await agreed(harness)
    await shown(anna)
    first = anna.last
    await shown(anna)
    second = anna.last
    await anna.press("Start the 7-day trial", bubble=first)
    refused = await anna.press("Start the 7-day trial", bubble=second)
    assert "You have had your trial" in refused.text
    assert len(await harness.rows("license_events")) == 1
    harness.clock.advance(8 * 86_400)
    text = await shown(anna)
    assert "Your Trial license ended" in text
    assert "Start the 7-day trial" not in anna.last.labels


async def test_a_grant_shows_in_the_very_next_message(harness: Harness) -> None:
    anna = await agreed(harness)
    assert "You have no license" in await shown(anna)
    await harness.person(OWNER).say("/start")
    licenses = harness.services.licenses
    async with licenses.transactions.begin() as unit:
        for number, (license_type, days) in enumerate(((LicenseType.BASIC, 30), (LicenseType.PREMIUM, 10))):
            await licenses.give(
                unit,
                UserId(ANNA),
                kind=EntryKind.GRANT,
                license_type=license_type,
                millis=days * DAY,
                idempotency_key=f"desk:{number}",
                actor=UserId(OWNER),
            )
    text = await shown(anna)
    assert "Premium until" in text
    assert "10 days left." in text
    assert "Then Basic, 30 days" in text
    harness.clock.advance(10 * 86_400)
    assert "Basic until" in await shown(anna)
    assert "30 days left." in anna.last.text


@pytest.mark.parametrize("missing", ["redeem", "subscribe", "help"])
async def test_the_ways_to_more_time_are_those_of_the_table(tmp_path: Path, missing: str) -> None:
    entries = [each for each in TABLE.specs if not isinstance(each, CommandSpec) or each.command != missing]
    async with open_harness(tmp_path, table=HandlerTable(entries)) as harness:
        anna = await agreed(harness)
        await shown(anna)
        commands = {each.command for each in entries if isinstance(each, CommandSpec)}
        for way, label in (("redeem", "Redeem a code"), ("subscribe", "Buy a license")):
            assert (label in anna.last.labels) == (way in commands)
