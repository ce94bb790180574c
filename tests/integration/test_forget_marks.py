"""/forget gives nothing twice that is given once, and what it leaves behind for that leads to nobody."""

import base64
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, Person, said
from harness.app import harness as open_harness
from harness.payments import customer
from pydantic import SecretStr

from bot.domain.errors import BadInput
from bot.domain.ids import DAY, UserId
from bot.domain.marks import Marks
from bot.services.housekeeping import Housekeeping
from bot.services.users.privacy import ERASE_AFTER

ROTATED = "\n".join(  # a new key, and behind it the one that the harness sealed with
    f"{name}:{base64.b64encode(bytes([number]) * 32).decode()}" for name, number in (("new", 1), ("test", 0))
)


async def a_code(harness: Harness, line: str = "premium 7d max=4 code=SPRING26") -> None:
    owner = harness.person(OWNER, name="Olga")
    await owner.say("/start")
    await said(owner, f"/promo new {line}")
    await owner.press("Create")


async def tries(person: Person) -> None:
    await person.say("/license")
    await person.press("Start the 7-day trial")


async def redeems(person: Person) -> str:
    card = await said(person, "/redeem SPRING26")
    return (await person.press("Redeem")).text if "Redeem" in card.labels else card.text


async def forgets(person: Person) -> None:
    """Asks for it and waits the day; then comes back, as a new person."""
    await person.say("/forget")
    await person.press("Go on")
    await person.press("Yes, erase everything")
    person.harness.clock.advance(ERASE_AFTER / 1000)
    assert await person.harness.services.privacy.erase_due() == 1
    await customer(person.harness, person.user_id)


async def test_bug_the_trial_was_given_again_after_forget(harness: Harness) -> None:
    anna = await customer(harness)
    await tries(anna)
    await forgets(anna)
    card = await said(anna, "/license")
    assert "You have no license" in card.text
    assert not any("trial" in label for label in card.labels)
    with pytest.raises(BadInput, match="license-trial-had-before"):
        await harness.services.licenses.start_trial(UserId(ANNA))
    assert len(await harness.rows("license_events")) == 1
    await forgets(anna)
    assert not any("trial" in label for label in (await said(anna, "/license")).labels)


async def test_bug_the_same_code_was_given_again_after_forget(harness: Harness) -> None:
    await a_code(harness)
    anna, boris = await customer(harness), await customer(harness, BORIS)
    assert "Premium" in await redeems(anna)
    await forgets(anna)
    assert "used a code of this campaign before its data was erased" in await redeems(anna)
    assert "Premium" in await redeems(boris)
    owner = harness.person(OWNER, name="Olga")
    assert "before its data was erased" in (await said(owner, f"/promo redeem SPRING26 {ANNA}")).text
    uses = await harness.database.fetch("SELECT uses FROM promo_campaigns")
    assert [tuple(row) for row in uses] == [(2,)]


async def test_a_code_card_from_before_gives_nothing_either(harness: Harness) -> None:
    """The mark is asked for in the transaction that would count."""
    await a_code(harness)
    anna = await customer(harness)
    await redeems(anna)
    await forgets(anna)
    redemptions = harness.services.redemptions
    with pytest.raises(BadInput, match="promo-used-before-forget"):
        await redemptions.redeem(UserId(ANNA), redemptions.cipher.lookup("SPR1NG26").hex())
    assert len(await harness.rows("promo_usage")) == 1


async def test_whoever_had_nothing_leaves_no_mark_and_may_try(harness: Harness) -> None:
    anna = await customer(harness)
    await forgets(anna)
    assert await harness.rows("used_marks") == []
    await tries(anna)
    assert "Trial until" in (await said(anna, "/license")).text


async def test_marks_lead_to_nobody(harness: Harness) -> None:
    await a_code(harness)
    anna, boris = await customer(harness), await customer(harness, BORIS)
    for person in (anna, boris):
        await tries(person)
        await redeems(person)
        await forgets(person)
    rows = await harness.rows("used_marks")
    assert len({mark for mark, _, _ in rows}) == 4
    assert sorted(str(campaign) for _, campaign, _ in rows) == ["1", "1", "None", "None"]
    assert len({until for _, _, until in rows}) == 1, "the first of a month, for everybody of that month"
    (secret,) = await harness.database.fetch("SELECT envelope FROM sealed_secrets WHERE name = 'marks'")
    guessed = Marks(secret=bytes(secret[0])[-32:]).trial(UserId(ANNA))
    assert guessed not in {mark for mark, _, _ in rows}


async def test_marks_go_after_two_years_or_with_their_campaign(harness: Harness) -> None:
    await a_code(harness, "premium 7d max=4 until=2025-11-01 code=SPRING26")
    anna = await customer(harness)
    await tries(anna)
    await redeems(anna)
    await forgets(anna)
    housekeeping = harness.job(Housekeeping)
    await housekeeping.sweep()
    assert len(await harness.rows("used_marks")) == 2
    harness.clock.advance(30 * DAY / 1000)
    await housekeeping.sweep()
    assert [campaign for _, campaign, _ in await harness.rows("used_marks")] == [None]
    harness.clock.advance(700 * DAY / 1000)
    await housekeeping.sweep()
    assert len(await harness.rows("used_marks")) == 1
    harness.clock.advance(62 * DAY / 1000)
    await housekeeping.sweep()
    assert await harness.rows("used_marks") == []


async def test_a_rotated_key_file_opens_the_same_marks_and_seals_them_anew(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        anna = await customer(harness)
        await tries(anna)
        await forgets(anna)
    for _ in range(2):
        async with open_harness(tmp_path, key=SecretStr(ROTATED)) as harness:
            assert not any("trial" in label for label in (await said(harness.person(), "/license")).labels)
            sealed = await harness.database.fetch("SELECT name, key_id FROM sealed_secrets ORDER BY name")
            names = ("inbox", "invoices", "marks", "order-links")
            assert [tuple(row) for row in sealed] == [(name, "new") for name in names]


async def test_privacy_names_what_is_kept_and_how_long(harness: Harness) -> None:
    for user_id, language, term in ((5000, "en", "24 months"), (5001, "ru", "24 месяца"), (5002, "uk", "24 місяці")):
        person = harness.person(user_id, language=language)
        assert term in (await said(person, "/privacy")).text
