"""Monthly subscriptions: begun by a link, each charge credited, stopped and resumed; reminders are silent meanwhile."""

from typing import Any

import pytest
from harness.app import ANNA, Harness, Person, said
from harness.bot_api import Refused
from harness.payments import FakeStars, check_out, customer, paid_update

from bot.domain.ids import DAY, UserId
from bot.services.licensing.reminders import Reminders
from bot.services.payments.reconciliation import StarWatch

MONTH = 30 * 86_400


class Renewals:
    """Telegram's side: links of invoices, and which subscription goes on."""

    def __init__(self, harness: Harness) -> None:
        self.links: list[dict[str, Any]] = []
        self.changes: list[tuple[str, bool]] = []
        self.refuses = False
        self.stars = FakeStars(harness.clock)
        harness.api.methods |= {
            "createInvoiceLink": self.link,
            "editUserStarSubscription": self.edit,
            "getStarTransactions": self.stars.transactions,
        }

    def link(self, params: dict[str, Any]) -> str:
        self.links.append(params)
        return f"https://t.me/${len(self.links)}"

    def edit(self, params: dict[str, Any]) -> object:
        if self.refuses:
            return Refused("CHARGE_ID_INVALID")
        self.changes.append((params["telegram_payment_charge_id"], bool(params["is_canceled"])))
        return True


async def months_paid(person: Person, payload: str, charges: list[str]) -> None:
    """The first one after its check; Telegram charges the others by itself."""
    harness = person.harness
    for number, charge_id in enumerate(charges):
        if number:
            harness.clock.advance(MONTH)
        update = paid_update(person, payload, 5_000, charge_id)
        update["message"]["successful_payment"] |= {
            "subscription_expiration_date": (harness.clock.now() + MONTH * 1000) // 1000,
            "is_recurring": True,
        }
        update["message"]["date"] = harness.clock.now() // 1000
        await harness.feed(update)


async def begun(harness: Harness) -> tuple[Person, Renewals, str]:
    anna, renewals = await customer(harness), Renewals(harness)
    await said(anna, "/subscribe")
    await anna.press("Monthly")
    card = await anna.press("Premium · 5,000 ⭐ a month")
    assert "each 30 days" in card.text
    (link,) = renewals.links
    payload = str(link["payload"])
    assert await check_out(anna, payload, 5_000) is None
    await months_paid(anna, payload, ["m-1"])
    return anna, renewals, payload


async def kinds(harness: Harness) -> list[str]:
    return [each.message.kind for each in await harness.queued()]


async def test_the_link_is_as_telegram_takes_it(harness: Harness) -> None:
    _, renewals, payload = await begun(harness)
    (link,) = renewals.links
    assert int(link["subscription_period"]) == 2_592_000
    assert (link["currency"], [price["amount"] for price in link["prices"]]) == ("XTR", [5_000])
    assert len(payload.encode()) <= 64


async def test_each_month_is_credited_and_none_is_a_second_payment(harness: Harness) -> None:
    """The invoice's row is long gone by then; the payload says what was bought."""
    anna, _, payload = await begun(harness)
    await harness.write("DELETE FROM invoices")
    await months_paid(anna, payload, ["m-1", "m-2", "m-3"])
    assert (await kinds(harness)).count("payment-receipt") == 3
    assert "payment-receipt-again" not in await kinds(harness)
    held = await harness.services.reads.license(UserId(ANNA))
    assert held.until(harness.clock.now()) == harness.clock.now() + 30 * DAY
    assert [tuple(row) for row in await harness.database.fetch("SELECT charge_id FROM subscriptions")] == [("m-1",)]


async def test_a_month_that_was_not_told_is_found_by_reconciliation(harness: Harness) -> None:
    _, renewals, payload = await begun(harness)
    harness.clock.advance(MONTH)
    renewals.stars.pay("m-2", 5_000, payload)
    await harness.job(StarWatch).reconcile()
    statuses = await harness.database.fetch("SELECT status FROM payment_history")
    assert [status for (status,) in statuses] == ["completed", "completed"]
    (running,) = await harness.services.subscriptions.of(UserId(ANNA))
    assert running.until == harness.clock.now() // 1000 * 1000 + 30 * DAY


async def test_it_is_stopped_and_resumed_by_a_tap(harness: Harness) -> None:
    anna, renewals, _ = await begun(harness)
    card = await anna.tap("v1:monthly", bubble=await said(anna, "/subscribe"))
    assert "Premium: 5,000 ⭐ each 30 days, the next time 2025-11-08" in card.text
    assert "Premium · 5,000 ⭐ a month" not in card.labels
    stopped = await anna.press("Stop Premium")
    assert "Premium: stopped." in stopped.text
    again = await anna.press("Renew Premium again")
    assert "the next time" in again.text
    assert renewals.changes == [("m-1", True), ("m-1", False)]


async def test_what_telegram_refuses_changes_nothing(harness: Harness) -> None:
    anna, renewals, _ = await begun(harness)
    renewals.refuses = True
    await anna.tap("v1:monthly", bubble=await said(anna, "/subscribe"))
    assert "nothing was changed" in (await anna.press("Stop Premium")).text
    (running,) = await harness.services.subscriptions.of(UserId(ANNA))
    assert not running.is_canceled


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_reminders_are_silent_while_it_will_be_charged_before_the_end(harness: Harness, is_stopped: bool) -> None:
    anna, _, _ = await begun(harness)
    if is_stopped:
        await anna.tap("v1:monthly", bubble=await said(anna, "/subscribe"))
        await anna.press("Stop Premium")
    harness.clock.advance(MONTH - 3 * 86_400 + 3_600)
    await harness.job(Reminders).remind()
    assert ("license-ends" in await kinds(harness)) is is_stopped
    harness.clock.advance(3 * 86_400)
    await harness.job(Reminders).remind()
    assert "license-ended" in await kinds(harness), "Telegram could not charge it"


async def test_whoever_is_erased_is_charged_no_more(harness: Harness) -> None:
    anna, renewals, _ = await begun(harness)
    await anna.say("/forget")
    await anna.press("Go on")
    await anna.press("Yes, erase everything")
    assert renewals.changes == [("m-1", True)]
    assert "will be erased" in anna.last.text
