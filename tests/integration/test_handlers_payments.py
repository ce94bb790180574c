"""Payments as people see them: two taps to an invoice, a clear no, a receipt, a refund with its reason and PIN."""

import pytest
from harness.app import ANNA, BORIS, OWNER, TEXTS, Harness, Person
from harness.bot_api import Bubble
from harness.payments import buys, check_out, customer, paid_update, refunded_update
from telegram import Update

from bot.domain.chat import OutboxMessage
from bot.domain.ids import UserId
from bot.domain.secrets import Secret
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import Language
from handlers.core.links import SUBSCRIBE_PAYLOAD
from handlers.outbox_messages import OutboxTexts
from storage.chat.outbox import SqliteOutbox


async def pays(person: Person, label: str = "Premium 3 mo", charge_id: str = "stx-1") -> None:
    payload, stars = await buys(person, label)
    assert await check_out(person, payload, stars) is None
    await person.harness.feed(paid_update(person, payload, stars, charge_id))


async def statuses(harness: Harness) -> list[str]:
    return [status for (status,) in await harness.database.fetch("SELECT status FROM payment_history ORDER BY id", ())]


async def promises(harness: Harness) -> list[OutboxMessage]:
    return [each.message for each in await SqliteOutbox(harness.database).due(harness.clock.now(), 100)]


async def test_two_taps_to_an_invoice(harness: Harness) -> None:
    anna = await customer(harness)
    prices = await anna.say("/subscribe")
    assert prices is not None
    for words in ("Premium", "Basic", "13,500 ⭐", "−10%", "2 × 24,000 ⭐", "You have no license"):
        assert words in prices.text, words
    assert len([label for label in prices.labels if label.endswith(" mo")]) == 8
    await anna.press("Premium 3 mo")
    (invoice,) = harness.api.invoices
    assert invoice["chat_id"] == ANNA
    assert (invoice["currency"], invoice["provider_token"]) == ("XTR", "")
    assert [price["amount"] for price in invoice["prices"]] == [13_500]
    assert invoice["start_parameter"] == SUBSCRIBE_PAYLOAD
    assert invoice["title"] == "Premium, 90 days"
    assert (anna.sent, anna.taps) == (2, 1)


async def test_the_button_stays_good_for_another_invoice(harness: Harness) -> None:
    anna = await customer(harness)
    prices = await anna.say("/subscribe")
    for _ in range(2):
        await anna.press("Basic 1 mo", bubble=prices)
    first, second = harness.api.invoices
    assert first["payload"] != second["payload"]


async def test_a_year_of_premium_comes_as_two_invoices(harness: Harness) -> None:
    anna = await customer(harness)
    await buys(anna, "Premium 12 mo")
    titles = [(each["title"], each["prices"][0]["amount"]) for each in harness.api.invoices]
    assert titles == [("Premium, 180 days (1 of 2)", 24_000), ("Premium, 180 days (2 of 2)", 24_000)]


async def test_the_terms_come_before_the_first_payment_and_the_invoice_after_them(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/subscribe")
    terms = await anna.press("Basic 1 mo")
    assert "I accept" in terms.labels
    assert not harness.api.invoices
    await anna.press("I accept", bubble=terms)
    assert [each["prices"][0]["amount"] for each in harness.api.invoices] == [2_500]


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_every_invoice_fits_telegrams_limits(harness: Harness, language: str) -> None:
    """The fake refuses longer titles and descriptions, as Telegram does."""
    anna = await customer(harness, language=language)
    prices = await anna.say("/subscribe")
    assert prices is not None
    for label in [label for label in prices.labels if label.endswith((" mo", " мес", " міс"))]:
        await anna.press(label, bubble=prices)
    assert len(harness.api.invoices) == 9


async def test_a_payment_ends_in_a_receipt_and_the_license_is_there_at_once(harness: Harness) -> None:
    anna = await customer(harness)
    await anna.say("/license")
    await pays(anna)
    card = await anna.say("/license")
    assert card is not None
    assert "Premium" in card.text
    assert "90 days left" in card.text
    (receipt,) = await promises(harness)
    (message,) = OutboxTexts(TEXTS).render(receipt.kind, receipt.values, Language.ENGLISH)
    assert "Paid: 13,500 ⭐" in message.text_html
    assert "90 days of Premium are yours" in message.text_html
    mine = await anna.press("My payments", bubble=await anna.say("/subscribe"))
    assert "Menu" in mine.labels
    assert "Premium, 90 days · 13,500 ⭐ · credited" in mine.text


async def test_bug_my_payments_failed_for_everybody(harness: Harness) -> None:
    """The old one read columns that did not exist; here an empty list is an answer, too."""
    anna = await customer(harness)
    assert "None." in (await anna.press("My payments", bubble=await anna.say("/subscribe"))).text
    for number in range(10):
        await pays(anna, "Basic 1 mo", f"stx-{number}")
    mine = await anna.press("My payments", bubble=await anna.say("/subscribe"))
    assert "#10 " in mine.text
    assert "#2 " not in mine.text
    older = await anna.press("Older", bubble=mine)
    assert "#2 " in older.text
    boris = await customer(harness, BORIS)
    assert "None." in (await boris.press("My payments", bubble=await boris.say("/subscribe"))).text


async def test_a_no_before_the_payment_says_why(harness: Harness) -> None:
    anna, boris = await customer(harness), await customer(harness, BORIS)
    payload, stars = await buys(anna)
    assert "made for somebody else" in (await check_out(boris, payload, stars) or "")
    assert "price does not match" in (await check_out(anna, payload, 1) or "")
    assert "price does not match" in (await check_out(anna, payload, stars, currency="EUR") or "")
    assert "don't know this invoice" in (await check_out(anna, "tampered", stars) or "")
    harness.clock.advance(25 * 3600)
    assert "over 24 hours old" in (await check_out(anna, payload, stars) or "")
    assert all(len(str(each.get("error_message", ""))) < 200 for each in harness.api.checked.values())


async def test_the_no_is_in_the_payers_language(harness: Harness) -> None:
    anna = await customer(harness, language="uk")
    assert "нічого не списано" in (await check_out(anna, "x", 5) or "")


async def test_a_banned_person_is_refused_before_and_booked_after(harness: Harness) -> None:
    """The guard that stops banned people lets payments through: the Stars would be gone otherwise."""
    await harness.person(OWNER).say("/start")
    anna = await customer(harness)
    payload, stars = await buys(anna)
    await harness.ban(ANNA)
    bubbles = len(anna.bubbles)
    assert "can't use this bot" in (await check_out(anna, payload, stars) or "")
    await harness.feed(paid_update(anna, payload, stars, "stx-1"))
    assert len(anna.bubbles) == bubbles
    assert await statuses(harness) == ["unclaimed"]
    assert await harness.rows("license_events") == []
    await harness.feed(refunded_update(anna, payload, stars, "stx-1"))
    assert await statuses(harness) == ["refunded"]


async def test_a_check_that_came_too_late_for_telegram_harms_nobody(harness: Harness) -> None:
    anna = await customer(harness)
    payload, stars = await buys(anna)
    harness.api.refuse = lambda call: (
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if call.method == "answerPreCheckoutQuery"
        else None
    )
    bubbles = len(anna.bubbles)
    with pytest.raises(KeyError):  # nothing was answered
        await check_out(anna, payload, stars)
    assert len(anna.bubbles) == bubbles, "no apology: Telegram tells the payer itself"
    assert await harness.rows("checkouts") == []
    harness.api.refuse = lambda _: None
    assert await check_out(anna, payload, stars) is None


async def test_an_answer_that_got_lost_is_left_to_the_lane(harness: Harness) -> None:
    """Telegram waits ten seconds; the lane tries again within one."""
    anna = await customer(harness)
    payload, stars = await buys(anna)
    harness.api.refuse = lambda call: (502, "Bad Gateway") if call.method == "answerPreCheckoutQuery" else None
    query = {
        "id": "pre-x",
        "from": anna.message("x")["message"]["from"],
        "currency": "XTR",
        "total_amount": stars,
        "invoice_payload": payload,
    }
    update_attempt = UpdateAttempt(UpdateId(9_000_001))
    token = current_attempt.set(update_attempt)
    try:
        update = Update.de_json({"update_id": 9_000_001, "pre_checkout_query": query}, harness.app.bot)
        await harness.app.process_update(update)
    finally:
        current_attempt.reset(token)
    assert update_attempt.failure is not None
    assert not update_attempt.applied


async def test_a_payment_that_is_told_again_is_one(harness: Harness) -> None:
    anna = await customer(harness)
    payload, stars = await buys(anna)
    for _ in range(3):
        await harness.feed(paid_update(anna, payload, stars, "stx-1"))
    assert len(await harness.rows("payment_history")) == 1
    assert len(await harness.rows("license_events")) == 1
    assert len(await promises(harness)) == 1


async def test_a_payment_in_a_group_is_booked(harness: Harness) -> None:
    anna = await customer(harness)
    payload, stars = await buys(anna)
    await harness.feed(paid_update(anna.in_group(), payload, stars, "stx-1"))
    assert await statuses(harness) == ["completed"]


async def test_telegrams_word_of_a_refund_is_the_bots_own_message_and_the_payers_business(harness: Harness) -> None:
    anna = await customer(harness)
    await pays(anna)
    users = len(await harness.rows("users"))
    await harness.feed(refunded_update(anna, "x", 13_500, "stx-1"))
    await harness.feed(refunded_update(anna, "x", 13_500, "another"))
    assert await statuses(harness) == ["refunded", "refunded"]
    assert len(await harness.rows("users")) == users, "the bot is no user of itself"
    assert (await harness.config(ANNA)).first_name == "Anna"
    license_card = await anna.say("/license")
    assert license_card is not None
    assert "no license" in license_card.text


async def test_a_forwarded_invoice_leads_to_the_price_list(harness: Harness) -> None:
    boris = harness.person(BORIS, name="Boris")
    card = await boris.say(f"/start {SUBSCRIBE_PAYLOAD}")
    assert card is not None
    assert "Buy a license" in card.text


# --- the admins' side ------------------------------------------------------------------------------------------


async def owner_of(harness: Harness) -> Person:
    """With the PIN entered a moment ago."""
    owner = harness.person(OWNER, name="Olga")
    await owner.say("/start")
    await harness.services.pin.set(UserId(OWNER), Secret("493817"))
    return owner


async def refund_card(owner: Person) -> Bubble:
    card = await owner.press("#1", bubble=await owner.say("/payments"))
    assert "Premium, 90 days" in card.text
    return card


async def test_bug_the_admins_list_failed_on_its_dates(harness: Harness) -> None:
    owner, anna = await owner_of(harness), await customer(harness)
    await pays(anna)
    listed = await owner.say("/payments")
    assert listed is not None
    assert f"#1 · 2025-10-09 · {ANNA} · Premium, 90 days · 13,500 ⭐ · credited" in listed.text
    assert "None." in (await owner.press("Going back", bubble=listed)).text
    card = await refund_card(owner)
    for words in (f"User: {ANNA}", "Paid: 13,500 ⭐", "Not used yet: 90 d 0 h", "Charge: stx-1"):
        assert words in card.text, words
    for typed in ("/payments 1", "/payments #1"):
        shown = await owner.say(typed)
        assert shown is not None
        assert shown.text == card.text


async def test_a_refund_is_asked_why_confirmed_and_audited(harness: Harness) -> None:
    owner, anna = await owner_of(harness), await customer(harness)
    await pays(anna)
    harness.clock.advance(60)
    why = await owner.press("Refund", bubble=await refund_card(owner))
    assert await statuses(harness) == ["completed"]
    confirm = await owner.press("Paid by mistake", bubble=why)
    assert f"Give 13,500 ⭐ back to {ANNA}?" in confirm.text
    assert "not used yet, 89 d 23 h" in confirm.text
    assert await statuses(harness) == ["completed"]
    data = confirm.button("Refund now")["callback_data"]
    done = await owner.tap(data, bubble=confirm)
    assert "on their way back" in done.text
    assert await statuses(harness) == ["refund_asked"]
    again = await owner.tap(data, bubble=confirm)
    assert "used or too old" in again.text
    license_card = await anna.say("/license")
    assert license_card is not None
    assert "no license" in license_card.text
    (row,) = [row for row in await harness.rows("audit") if "payment.refund" in row]
    assert any("Paid by mistake" in str(column) for column in row)


async def test_a_refund_with_a_typed_reason(harness: Harness) -> None:
    owner, anna = await owner_of(harness), await customer(harness)
    await pays(anna)
    why = await owner.press("Refund", bubble=await refund_card(owner))
    asked = await owner.press("Another reason", bubble=why)
    assert "Type the reason" in asked.text
    refused = await owner.say("x" * 201)
    assert refused is not None
    assert "200" in refused.text
    confirm = await owner.say("the <b>charts</b> were down")
    assert confirm is not None
    assert "the <b>charts</b> were down" in confirm.text
    typed = await owner.say("/payments refund 1 the charts were down")
    assert typed is not None
    await owner.press("Refund now", bubble=typed)
    assert await statuses(harness) == ["refund_asked"]
    refused = await owner.say("/payments refund 1 once more")
    assert refused is not None
    assert "can't be refunded" in refused.text


async def test_a_refund_waits_for_the_pin_and_goes_on_after_it(harness: Harness) -> None:
    owner, anna = await owner_of(harness), await customer(harness)
    await pays(anna)
    harness.clock.advance(301)  # the PIN was entered five minutes ago
    confirm = await owner.say("/payments refund 1 a reason")
    assert confirm is not None
    keypad = await owner.press("Refund now", bubble=confirm)
    assert await statuses(harness) == ["completed"]
    assert "PIN" in keypad.text
    for digit in "493817":
        keypad = await owner.press(digit, bubble=keypad)
    assert await statuses(harness) == ["refund_asked"]
    assert "on their way back" in owner.last.text or "on their way back" in keypad.text


async def test_what_is_typed_wrong_is_answered_with_how_it_goes(harness: Harness) -> None:
    owner = await owner_of(harness)
    for typed in ("/payments x", "/payments 0", "/payments refund", "/payments refund x y", "/payments 1 2"):
        answer = await owner.say(typed)
        assert answer is not None, typed
        assert "/payments refund 12" in answer.text, typed


async def test_an_unknown_number_is_said_so(harness: Harness) -> None:
    owner = await owner_of(harness)
    for typed in ("/payments 99", "/payments refund 99 x", "/payments refund 99"):
        answer = await owner.say(typed)
        assert answer is not None
        assert "no payment 99" in answer.text


async def test_payments_are_the_admins_alone(harness: Harness) -> None:
    anna = await customer(harness)
    await pays(anna)
    denied, unknown = await anna.say("/payments 1"), await anna.say("/paymentz 1")
    assert denied is not None
    assert unknown is not None
    assert denied.labels == unknown.labels


async def test_a_payment_in_another_currency_is_not_taken_for_stars(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    paid = {
        "currency": "USD",
        "total_amount": 5000,
        "invoice_payload": "x",
        "telegram_payment_charge_id": "c-1",
        "provider_payment_charge_id": "p-1",
    }
    bubble = await person.send_thing(successful_payment=paid)
    assert bubble is not None
    assert "paid in USD" in bubble.text
    assert "\u2b50" not in bubble.text
    assert await harness.rows("payment_history") == []
