"""/revoke names what it takes, takes what is chosen and says why; the history and the payments of one person."""

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, Person, said
from harness.payments import buys, check_out, customer, paid_update

from bot.domain.ids import DAY, UserId
from bot.domain.licensing import EntryKind, LicenseType


@pytest.fixture
async def owner(harness: Harness) -> Person:
    """Of a bot where Anna paid for a month of premium, got a week of it from a code and ten days of basic."""
    owner = await customer(harness, OWNER)
    harness.services.pin._open(UserId(OWNER))
    anna = await customer(harness)
    payload, stars = await buys(anna, "Premium 1 mo")
    assert await check_out(anna, payload, stars) is None
    await harness.feed(paid_update(anna, payload, stars, "stx-1"))
    await said(owner, "/promo new premium 7d max=4 code=SPRING26")
    await owner.press("Create")
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await said(owner, f"/grant {ANNA} basic 10d won the raffle")
    await owner.press("Yes, grant")
    return owner


async def days(harness: Harness) -> dict[str, int]:
    """Whole days that are left, by what gave them."""
    grants = await harness.services.user_admin.grants(UserId(ANNA))
    return {each.kind.value: each.left // DAY for each in grants}


async def told(harness: Harness) -> dict[str, str]:
    (message,) = [each.message for each in await harness.queued() if each.message.kind == "desk-revoked"]
    return dict(message.values)


async def test_bug_revoke_took_paid_time_without_naming_it(harness: Harness, owner: Person) -> None:
    card = await said(owner, f"/revoke {ANNA} asked for it")
    assert "☐ 1. Premium, 30 d 0 h left · paid, payment 1, 5,000 ⭐" in card.text
    assert "☑ 2. Premium, 7 d 0 h left · promo code, campaign #1" in card.text
    assert "☑ 3. Basic, 10 d 0 h left · granted" in card.text
    assert "Taken: 17 d 0 h." in card.text
    assert "Refund payment 1" in card.labels
    done = await owner.press("Yes, revoke")
    assert "Done" in done.text
    assert await days(harness) == {"payment": 30}
    assert await told(harness) == {
        "span": str(17 * DAY),
        "end": str(harness.clock.now() + 30 * DAY),
        "reason": "asked for it",
    }


async def test_any_row_can_be_chosen(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} why")
    await owner.press("☑ 2 · Premium · 7 d")
    card = await owner.press("☑ 3 · Basic · 10 d")
    assert "Nothing is chosen" in card.text
    assert "Yes, revoke" not in card.labels
    await owner.press("☐ 1 · Premium · 30 d")
    await owner.press("Yes, revoke")
    assert await days(harness) == {"promo": 7, "grant": 10}


async def test_the_cards_own_cancel_says_that_it_was_left(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} why")
    left = await owner.press("Cancel")
    assert left.text.startswith("Canceled.")
    assert await days(harness) == {"payment": 30, "promo": 7, "grant": 10}


async def test_paid_time_needs_the_pin(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} why")
    await owner.press("☐ 1 · Premium · 30 d")
    harness.services.pin.close(UserId(OWNER))
    asked = await owner.press("Yes, revoke")
    assert "PIN" in asked.text
    assert await days(harness) == {"payment": 30, "promo": 7, "grant": 10}


async def test_time_that_was_given_is_taken_without_the_pin_however_much_it_is(harness: Harness, owner: Person) -> None:
    await customer(harness, BORIS)
    await said(owner, f"/grant {BORIS} premium 60d a mistake")
    await owner.press("Yes, grant")
    harness.services.pin.close(UserId(OWNER))
    await said(owner, f"/revoke {BORIS} 45d fifteen were meant")
    assert "Done" in (await owner.press("Yes, revoke")).text


@pytest.mark.parametrize("typed", ["5d", "-5d"])
async def test_five_days_less(harness: Harness, owner: Person, typed: str) -> None:
    """A part of one row; a refund of it later finds what is really left."""
    card = await said(owner, f"/revoke {ANNA} {typed} typed too many")
    assert "Taken: 5 d 0 h." in card.text
    await owner.press("Yes, revoke")
    assert await days(harness) == {"payment": 30, "promo": 2, "grant": 10}
    assert (await told(harness))["span"] == str(5 * DAY)


async def test_fewer_days_by_taps(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} why")
    await owner.press("☑ 2 · Premium · 7 d")
    card = await owner.press("−5 d")
    assert "Taken: 5 d 0 h." in card.text
    await owner.press("Yes, revoke")
    assert await days(harness) == {"payment": 30, "promo": 7, "grant": 5}
    rows = await harness.database.fetch("SELECT kind, millis, takes FROM license_events ORDER BY event_id DESC LIMIT 1")
    assert [tuple(row) for row in rows] == [("correction", 5 * DAY, 3)]


async def test_a_refund_after_a_correction_takes_what_is_left(harness: Harness, owner: Person) -> None:
    async with harness.store.begin() as unit:
        await harness.services.licenses.take(
            unit,
            UserId(ANNA),
            kind=EntryKind.CORRECTION,
            takes=1,
            idempotency_key="desk:x",
            actor=None,
            millis=10 * DAY,
        )
    assert (await days(harness))["payment"] == 20
    await said(owner, "/payments refund 1 by mistake")
    await owner.press("Refund now")
    assert await days(harness) == {"promo": 7, "grant": 10}
    held = await harness.services.reads.license(UserId(ANNA))
    assert [each.license_type for each in held.segments] == [LicenseType.PREMIUM, LicenseType.BASIC]


async def test_the_refund_is_one_tap_from_the_card(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} why")
    assert "Refund payment 1" in (await owner.press("Refund payment 1")).text


async def test_the_history_says_what_was_given_and_taken_and_why(harness: Harness, owner: Person) -> None:
    await said(owner, f"/revoke {ANNA} 5d typed too many")
    await owner.press("Yes, revoke")
    await said(owner, f"/users {ANNA}")
    lines = (await owner.press("License history")).text.splitlines()
    assert lines[0] == "License history of Anna @user_1001"
    assert lines[2:] == [
        "4. 2025-10-09 · −5 d of row 2 · corrected",
        "typed too many",
        "3. 2025-10-09 · +10 d Basic · granted",
        "won the raffle",
        "2. 2025-10-09 · +7 d Premium · promo code, campaign #1",
        "1. 2025-10-09 · +30 d Premium · paid, payment 1, 5,000 ⭐",
    ]


async def test_what_one_person_paid(harness: Harness, owner: Person) -> None:
    card = await said(owner, f"/payments user {ANNA}")
    assert "Kept: 5,000 ⭐ · given back: 0 ⭐" in card.text
    assert "Premium, 30 days · 5,000 ⭐ · credited" in card.text
    await said(owner, f"/users {ANNA}")
    assert (await owner.press("Payments")).text == card.text
    anna = harness.person()
    assert "Kept" not in (await anna.tap(f"v1:paysof:{ANNA}:0")).text
