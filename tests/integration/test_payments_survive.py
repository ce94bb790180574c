"""Payments over restarts, restored copies, lost databases and quick fingers: what was sold stays, once."""

import asyncio
import shutil
from pathlib import Path

import pytest
from harness.app import ANNA, OWNER, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import Bubble
from harness.payments import FakeStars, PaymentsHarness, buys, check_out, customer, paid_update, someone

from bot.domain.ids import DAY, Millis
from bot.domain.licensing import LicenseType
from bot.domain.payments import Invoice
from bot.services.payments.payments import CHECKOUT_FOR
from bot.services.payments.reconciliation import StarWatch
from bot.services.payments.refunds import RefundJob

UNDER_WAY = "A payment of this invoice is under way already"


def connected(harness: Harness, stars: FakeStars | None) -> FakeStars:
    """Telegram's account of Stars goes on where it was, whatever becomes of the bot."""
    stars = stars or FakeStars(harness.clock)
    stars.clock = harness.clock
    harness.api.methods |= {"refundStarPayment": stars.refund, "getStarTransactions": stars.transactions}
    return stars


async def reconciled(harness: Harness) -> None:
    await harness.job(StarWatch).reconcile()
    await harness.job(RefundJob).give_back()


async def licensed(person: Person) -> str:
    bubble = await person.say("/license")
    assert bubble is not None
    return bubble.text


async def told(harness: Harness, kind: str) -> list[dict[str, str]]:
    return [dict(each.message.values) for each in await harness.queued() if each.message.kind == kind]


@pytest.mark.parametrize("sold", ["before the copy", "after the copy"])
async def test_bug_a_restored_copy_sent_sold_licenses_back(tmp_path: Path, sold: str) -> None:
    """The invoice's row may be lost with the hour: its payload says what was bought, and by whom."""
    database, copy = tmp_path / "perpdesk.sqlite3", tmp_path / "copy.sqlite3"
    async with open_harness(tmp_path) as harness:
        anna = await customer(harness)
        stars = connected(harness, None)
        payload, price = await buys(anna, "Premium 1 mo") if sold == "before the copy" else ("", 0)
    await asyncio.to_thread(shutil.copy, database, copy)
    async with open_harness(tmp_path) as harness:
        connected(harness, stars)
        anna = harness.person()
        if not payload:
            payload, price = await buys(anna, "Premium 1 mo")
        assert await check_out(anna, payload, price) is None
        stars.pay("stx-1", price, payload)
        await harness.feed(paid_update(anna, payload, price, "stx-1"))
        assert "Premium" in await licensed(anna)
    for beside in ("", "-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    await asyncio.to_thread(shutil.rmtree, tmp_path / "perpdesk.journal")  # what it has is lost as well
    await asyncio.to_thread(shutil.copy, copy, database)
    async with open_harness(tmp_path) as harness:
        connected(harness, stars)
        await reconciled(harness)
        assert "Premium until" in await licensed(harness.person())
        assert stars.asked == []
        assert [row[0] for row in await harness.database.fetch("SELECT status FROM payment_history")] == ["completed"]


async def test_a_payload_that_was_changed_credits_nothing(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    await payments.harness.write("DELETE FROM invoices")
    for number, forged in enumerate((invoice.payload.replace(".30.", ".3650."), invoice.payload[:-1] + "!", "\ud800")):
        await payments.services.payments.book(someone(), payments.stars.pay(f"f-{number}", invoice.stars, forged))
    assert set((await payments.statuses()).values()) == {"unclaimed"}
    await payments.pay(invoice, "good")
    assert (await payments.statuses())["good"] == "completed"
    assert await payments.days_left() == 30


async def test_a_payload_that_names_another_payer_or_amount_goes_back(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    await payments.harness.write("DELETE FROM invoices")
    await payments.pay(invoice, "other", user_id=4711)
    await payments.services.payments.book(someone(), payments.stars.pay("less", invoice.stars - 1, invoice.payload))
    reasons = await payments.rows("SELECT reason FROM payment_history ORDER BY id")
    assert reasons == [("other-payer",), ("other-amount",)]
    assert await payments.rows("SELECT * FROM license_events") == []


async def test_charges_older_than_the_database_are_shown_to_the_owner_and_left_alone(payments: PaymentsHarness) -> None:
    """A new file under the same token: Telegram still knows everybody who ever paid."""
    payments.clock.advance(-5 * 86_400)
    for number in range(3):
        payments.stars.pay(f"old-{number}", 5_000, "of another database")
    payments.stars.take_back("old-2")
    payments.clock.advance(5 * 86_400)
    payments.stars.pay("new", 17, "nobody's")
    for _ in range(2):
        await reconciled(payments.harness)
        payments.clock.advance(3_600)
    assert payments.stars.asked == ["new"]
    assert await payments.statuses() == {"new": "refunded"}
    assert await told(payments.harness, "payment-older-owner") == [{"count": "2", "stars": "10000"}]
    owner = payments.harness.person(OWNER, name="Olga")
    await owner.say("/start")
    shown = await owner.tap("v1:older")
    assert "Payments from before this database" in shown.text
    assert shown.text.count("5,000 ⭐") == 2
    assert "old-2" not in shown.text
    anna = payments.harness.person()
    assert "old-0" not in (await anna.tap("v1:older")).text


async def test_an_older_database_began_when_its_first_user_came(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        await harness.person().say("/start")
        first = harness.clock.now()
        await harness.write("DELETE FROM database_birth")
    async with open_harness(tmp_path) as harness:
        assert harness.services.payments.born == first


async def test_bug_five_quick_taps_on_pay_charged_three_times(harness: Harness) -> None:
    anna = await customer(harness)
    payload, price = await buys(anna)
    answers = await asyncio.gather(*(check_out(anna, payload, price) for _ in range(5)))
    assert answers.count(None) == 1
    assert all(UNDER_WAY in each for each in answers if each is not None)


async def test_a_payment_under_way_survives_a_restart_and_ends_after_ten_minutes(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        anna = await customer(harness)
        payload, price = await buys(anna)
        assert await check_out(anna, payload, price) is None
    async with open_harness(tmp_path) as harness:
        anna = harness.person()
        assert UNDER_WAY in str(await check_out(anna, payload, price))
        harness.clock.advance(CHECKOUT_FOR / 1000)
        assert await check_out(anna, payload, price) is None


async def test_it_ends_with_the_booking(harness: Harness) -> None:
    anna = await customer(harness)
    payload, price = await buys(anna)
    assert await check_out(anna, payload, price) is None
    await harness.feed(paid_update(anna, payload, price, "stx-1"))
    assert await harness.rows("checkouts") == []
    assert "paid already" in str(await check_out(anna, payload, price))


async def test_the_same_question_gets_the_same_answer_again(payments: PaymentsHarness) -> None:
    """A kill between the answer and its mark: the update is handled anew."""
    invoice = await payments.invoice()
    check = payments.services.payments.check
    for _ in range(2):
        assert await check(invoice.payload, ANNA, "XTR", invoice.stars, "query-1") is None
    assert await check(invoice.payload, ANNA, "XTR", invoice.stars, "query-2") == "pay-refused-under-way"


async def paid_twice(harness: Harness) -> tuple[Person, Bubble, FakeStars]:
    """Both passed the check ten minutes apart; the receipt of the second one."""
    anna = await customer(harness)
    stars = connected(harness, None)
    payload, price = await buys(anna, "Premium 1 mo")
    for charge_id in ("first", "second"):
        stars.pay(charge_id, price, payload)
        await harness.feed(paid_update(anna, payload, price, charge_id))
    receipt = (await told(harness, "payment-receipt-again"))[0]
    return anna, await anna.tap(f"v1:refund2:{receipt['number']}"), stars


async def test_the_second_payment_of_an_invoice_goes_back_by_its_receipt(harness: Harness) -> None:
    anna, asked, stars = await paid_twice(harness)
    assert "Give 5,000 ⭐ back?" in asked.text
    done = await anna.press("Refund now", bubble=asked)
    assert "on their way back to you" in done.text
    await harness.job(RefundJob).give_back()
    assert stars.asked == ["second"]
    held = await harness.services.reads.license(ANNA)
    assert [(each.license_type, each.end - each.start) for each in held.segments] == [(LicenseType.PREMIUM, 30 * DAY)]
    again = await anna.tap("v1:refund2:2")
    assert "can't be refunded" in again.text


async def test_nobody_else_and_nothing_else_goes_back_by_that_button(harness: Harness) -> None:
    anna, _, stars = await paid_twice(harness)
    boris = await customer(harness, 1002)
    assert "There is no payment 2" in (await boris.tap("v1:refund2:2")).text
    assert "can't be refunded" in (await anna.tap("v1:refund2:1")).text
    harness.clock.advance(31 * 86_400)
    assert "is running already" in (await anna.tap("v1:refund2:2")).text
    assert stars.asked == []


async def test_a_payload_is_short_and_says_what_it_is_for(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice(2**52 - 1, months=6)
    assert isinstance(invoice, Invoice)
    assert len(invoice.payload.encode()) <= 64
    assert invoice.payload.startswith(f"1p.180.24000.{2**52 - 1}.")
    assert Millis(invoice.created_at) == payments.clock.now()
