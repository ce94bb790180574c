"""Promo codes for those who run them: the PIN by what is given, changes, redeemers, and what admins are told."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, Person, said
from harness.app import harness as open_harness
from harness.bot_api import Bubble

from bot.domain.ids import DAY_S, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.pins import OPEN_FOR
from bot.domain.secrets import Secret
from bot.services.users.privacy import ERASE_AFTER, Privacy

ADAM, EVA = UserId(1006), UserId(1007)
PIN = "271828"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """The owner, two admins whose PINs are set and closed, Anna and Boris."""
    async with open_harness(tmp_path) as built:
        for user_id, name in ((OWNER, "Olga"), (ADAM, "Adam"), (EVA, "Eva"), (ANNA, "Anna"), (BORIS, "=Boris")):
            await said(built.person(user_id, name=name), "/start")
        for admin in (ADAM, EVA):
            await built.write("UPDATE users SET role = 'admin' WHERE user_id = ?", admin)
        built.clock.advance(31)  # the cached role is 30 s old at most
        for admin in (ADAM, EVA):
            await built.services.pin.set(admin, Secret(PIN))
            built.services.pin.close(admin)
        yield built


@pytest.fixture
def adam(harness: Harness) -> Person:
    return harness.person(ADAM, name="Adam")


async def enter(person: Person) -> Bubble:
    """The PIN on the keypad."""
    for digit in PIN:
        await person.press(digit)
    return person.last


async def made(person: Person, line: str) -> Bubble:
    """A campaign, after the PIN."""
    await said(person, f"/promo new {line}")
    if "a lot" in (await person.press("Create")).text:
        await person.press("Yes, create it")
    if "Your PIN" in person.last.text:
        await enter(person)
    return person.last


async def lock(harness: Harness, admin: UserId = ADAM) -> None:
    harness.services.pin.close(admin)
    await harness.write("UPDATE pins SET locked_until_ts = ? WHERE user_id = ?", 2**60, admin)


async def test_a_campaign_is_found_by_the_code_that_somebody_asks_about(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 10d max=3 code=SPRING26")
    for typed in ("SPRING26", "spring-26", "card SPRING26", "#1"):
        assert "Campaign #1" in (await said(adam, f"/promo {typed}")).text
    assert "with the campaign's number" in (await said(adam, "/promo WINTER26")).text
    assert await harness.rows("promo_attempts") == []


async def test_the_days_of_all_uses_together_ask_for_the_pin(harness: Harness, adam: Person) -> None:
    await said(adam, "/promo new premium 10d max=3")
    assert "is open" in (await adam.press("Create")).text, "30 days in all"
    await said(adam, "/promo new premium 1d")
    assert "Your PIN" in (await adam.press("Create")).text, "one more within a day"
    assert await harness.database.fetch("SELECT count(*) FROM promo_campaigns") == [(1,)]
    assert "Campaign #2 is open" in (await enter(adam)).text
    harness.clock.advance(OPEN_FOR + 1)
    await said(adam, "/grant 1001 premium 1d why")
    assert "Your PIN" in (await adam.press("Yes, grant")).text, "a grant and a campaign are one sum"
    harness.clock.advance(DAY_S)
    await said(adam, "/grant 1001 premium 30d why")
    assert "Done" in (await adam.press("Yes, grant")).text


LOCKED_WAYS = {
    "typed": ("/promo new premium 3650d", "Create", "Yes, create it"),
    "many uses": ("/promo new premium 1d max=31", "Create"),
    "bulk": ("/promo new premium 1d count=31", "Create"),
    "an own code": ("/promo new premium 31d code=WORD", "Create"),
    "three taps": ("/promo", "Premium", "365 d", "1", "Create"),
    "show": ("/promo 1", "Show code"),
    "show, typed": ("/promo show 1",),
    "codes": ("/promo codes 1",),
    "codes of many": ("/promo codes 2",),
    "QR": ("/promo 1", "QR picture"),
    "text": ("/promo 1", "Text: English"),
    "resume": ("/promo resume 3",),
    "resume by tap": ("/promo 3", "Open again"),
    "more uses": ("/promo edit 1 max=200", "Change it"),
    "no end": ("/promo edit 1 until=never", "Change it"),
    "for a user": ("/promo redeem SPRING26 1001", "Redeem"),
    "a grant": ("/grant 1001 premium 31d why", "Yes, grant"),
    "paid time": ("/revoke 1002 why", "Yes, revoke"),
}


async def test_with_the_pin_locked_nothing_is_given_by_any_way(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 31d max=100 code=SPRING26")
    await made(adam, "premium 31d count=2")
    await made(adam, "premium 31d max=100 code=PAUSED")
    await said(adam, "/promo pause 3")
    await paid(harness, BORIS)
    await lock(harness)
    before = await everything(harness)
    sent = len(harness.api.made("sendDocument")) + len(harness.api.made("sendPhoto"))
    for name, (line, *labels) in LOCKED_WAYS.items():
        await said(adam, line)
        for label in labels:
            await adam.press(label)
        assert "Too many wrong tries" in adam.last.text, name
        assert "SPRING26" not in adam.last.text, name
        assert await everything(harness) == before, name
        assert len(harness.api.made("sendDocument")) + len(harness.api.made("sendPhoto")) == sent, name


async def everything(harness: Harness) -> list[list[tuple[object, ...]]]:
    return [await harness.rows(table) for table in ("promo_campaigns", "promo_codes", "promo_usage", "license_events")]


async def paid(harness: Harness, user_id: int) -> None:
    async with harness.store.begin_aside() as unit:
        await harness.services.licenses.give(
            unit,
            UserId(user_id),
            kind=EntryKind.PAYMENT,
            license_type=LicenseType.BASIC,
            millis=30 * DAY_S * 1000,
            idempotency_key="charge:1",
            actor=None,
        )


async def test_the_act_goes_on_after_the_pin(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 31d max=100 code=SPRING26 note=spring")
    harness.services.pin.close(ADAM)
    assert "Your PIN" in (await said(adam, "/promo show 1")).text
    assert "Code: SPRING26" in (await enter(adam)).text
    harness.services.pin.close(ADAM)
    await said(adam, "/promo pause 1")
    assert "Your PIN" in (await adam.press("Open again")).text
    assert "It is open" in (await enter(adam)).text
    harness.services.pin.close(ADAM)
    await said(adam, "/promo redeem SPRING26 1001")
    assert "Your PIN" in (await adam.press("Redeem")).text
    assert "has 31 days of Premium more" in (await enter(adam)).text
    assert len(await harness.rows("promo_usage")) == 1


async def test_owners_are_told_of_large_campaigns_and_may_pause_them(harness: Harness, adam: Person) -> None:
    owner = harness.person(OWNER)
    await made(adam, "premium 30d max=10 code=SMALL")
    assert await told(harness, "promo-large") == []
    await made(adam, "premium 30d max=100 code=LARGE")
    await made(adam, "premium 3650d code=LONG")
    assert await told(harness, "promo-large") == [OWNER, OWNER]
    await said(adam, "/promo edit 1 max=100")
    await adam.press("Change it")
    assert await told(harness, "promo-large") == [OWNER, OWNER, OWNER]
    harness.services.pin._open(OWNER)
    await made(owner, "premium 3650d code=MINE")
    assert len(await told(harness, "promo-large")) == 3, "owners know what they do"


async def told(harness: Harness, kind: str) -> list[int]:
    return [
        user_id for (user_id,) in await harness.database.fetch("SELECT user_id FROM outbox WHERE kind = ?", (kind,))
    ]


async def test_a_campaign_is_changed_after_a_card_and_it_is_audited(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 30d max=2 until=2025-12-31 code=SPRING26")
    anna = harness.person()
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await said(adam, "/promo 1")
    await adam.press("Change …")
    card = await said(adam, "max=1 until=2026-01-31 note=for friends")
    assert "Now: Premium 30 days, 2 uses, until 31 Dec 23:59 UTC" in card.text
    assert "Then: Premium 30 days, 1 use, until 31 Jan 2026 23:59 UTC" in card.text
    assert "Note: for friends" in card.text
    changed = await adam.press("Change it")
    assert "Premium 30 days, 1 use, until 31 Jan 2026 23:59 UTC" in changed.text
    assert "It is used up" in changed.text
    ((details,),) = await harness.database.fetch("SELECT details FROM audit WHERE action = 'promo.edit'")
    assert details == "campaign 1: max 2 -> 1, until 2026-01-01 00:00 -> 2026-02-01 00:00, note"
    await said(adam, "/promo edit 1 max=2")
    await adam.press("Change it")
    boris = harness.person(BORIS)
    await said(boris, "/redeem SPRING26")
    assert "Added" in (await boris.press("Redeem")).text
    assert "can't be less" in (await said(adam, "/promo edit 1 max=1")).text
    assert "like that already" in (await said(adam, "/promo edit 1 max=2")).text
    assert "Like this" in (await said(adam, "/promo edit 1 days=3")).text
    assert "Like this" in (await said(adam, "/promo edit")).text


async def test_what_was_not_said_is_as_by_taps_and_the_card_says_so(harness: Harness, adam: Person) -> None:
    card = await said(adam, "/promo new premium 7d")
    assert "Premium 7 days, 1 use, until 7 Jan 2026 23:59 UTC" in card.text
    assert "The number of uses was left out" in card.text
    assert "The end was left out" in card.text
    endless = await said(adam, "/promo new premium 7d max=3 until=never")
    assert "Premium 7 days, 3 uses, without an end" in endless.text
    assert "/promo new premium 7d max=3 until=never" in endless.text
    assert "was left out" not in endless.text


async def test_who_redeemed_a_campaign_in_pages_and_as_a_file(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 30d max=100 code=SPRING26")
    for number in range(9):
        person = harness.person(5000 + number, name=f"Person {number}")
        await said(person, "/redeem SPRING26")
        await person.press("Redeem")
    for user_id in (ANNA, BORIS):
        await said(adam, f"/promo redeem SPRING26 {user_id}")
        await adam.press("Redeem")
    harness.clock.advance(10 * DAY_S)
    await said(adam, "/promo 1")
    page = await adam.press("Who used it")
    assert "9 Oct · =Boris @user_1002 · 1002 · 20 d 0 h left · by an admin" in page.text
    assert len(re.findall("left", page.text)) == 8
    older = await adam.press("Older ›")
    assert "Person 0 @user_5000 · 5000 · 20 d 0 h left" in older.text
    assert "1002" not in older.text
    await adam.press("Newest")
    await adam.press("As a file")
    rows = list(csv.DictReader(io.StringIO(harness.api.made("sendDocument")[-1].params["document"][1].decode())))
    assert len(rows) == 11
    assert rows[0] == {
        "redeemed": "2025-10-09 08:53:51",
        "user": "1002",
        "username": "user_1002",
        "name": "'=Boris",
        "type": "premium",
        "days": "30",
        "until": "2025-11-08 08:53:51",
        "days_left": "20.0",
        "state": "active",
        "by_admin": "yes",
    }
    assert "SPRING26" not in page.text
    ((details,),) = await harness.database.fetch("SELECT details FROM audit WHERE action = 'promo.redeemers'")
    assert details == "campaign 1, 11 redemptions"


async def test_of_an_erased_redeemer_a_pseudonym_is_left(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 30d max=100 code=SPRING26")
    anna = harness.person()
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    ((pseudonym,),) = await harness.database.fetch("SELECT pseudonym FROM users WHERE user_id = ?", (ANNA,))
    await harness.services.privacy.forget(await harness.config())
    harness.clock.advance(ERASE_AFTER / 1000 + 1)
    await harness.job(Privacy).erase_due()
    page = await said(adam, "/promo used 1")
    assert f"9 Oct · erased account · {pseudonym[:8]}" in page.text
    assert "Anna" not in page.text
    assert str(ANNA) not in page.text
    await adam.press("As a file")
    (row,) = csv.DictReader(io.StringIO(harness.api.made("sendDocument")[-1].params["document"][1].decode()))
    assert (row["user"], row["name"], row["state"], row["days_left"]) == (f"erased-{pseudonym}", "", "erased", "0.0")


async def test_the_undo_tells_each_admin_their_own_reason_and_an_old_wish_ends(harness: Harness, adam: Person) -> None:
    eva = harness.person(EVA, name="Eva")
    await made(adam, "premium 30d max=100 code=SPRING26")
    assert "Another admin made it, so two of you have to agree" in (await said(eva, "/promo undo 1")).text
    harness.clock.advance(16 * 60)
    assert "15 minutes have passed since you made it" in (await said(adam, "/promo undo 1")).text
    noted = await adam.press("Ask for it")
    assert "Noted. It holds for seven days." in noted.text
    assert "Now another admin has to agree" in noted.text
    assert f"{ADAM} asked for it. If you agree" in (await said(eva, "/promo undo 1")).text
    harness.clock.advance(7 * DAY_S)
    assert "asked to call it back" not in (await said(eva, "/promo 1")).text
    assert "Another admin made it" in (await said(eva, "/promo undo 1")).text
    await eva.press("Ask for it")
    assert f"{EVA} asked for it" in (await said(adam, "/promo undo 1")).text
    assert "is called back" in (await adam.press("Call back now")).text


async def test_an_admin_who_mistypes_for_customers_has_a_limit_of_their_own(harness: Harness, adam: Person) -> None:
    await made(adam, "premium 1d max=100 code=SPRING26")
    for number in range(30):
        assert "not valid" in (await said(adam, f"/promo redeem WRONG{number} 1001")).text
    limited = (await said(adam, "/promo redeem SPRING26 1001")).text
    assert limited == "Those were 30 wrong codes in 15 minutes, which is an admin's limit. Next at 09:08:51 UTC."


async def test_what_promo_can_do_is_named_to_whoever_mistypes_it(harness: Harness, adam: Person) -> None:
    answer = (await said(adam, "/promo shwo 1")).text
    assert "/promo card 12" in answer
    assert "show, codes, used, edit, pause, resume, undo" in answer
