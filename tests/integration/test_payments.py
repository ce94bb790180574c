"""Stars in: each charge booked once, whatever comes twice, late, wrong or from somebody else."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import PaymentsHarness, paid, someone
from harness.waiting import LIMIT

from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.offers import XTR
from bot.domain.payments import Invoice
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.services.payments.payments import OPEN_FOR

PREMIUM, BASIC = LicenseType.PREMIUM, LicenseType.BASIC


async def check(payments: PaymentsHarness, invoice: Invoice, **changes: Any) -> str | None:
    values = {"payer": invoice.user_id, "currency": XTR, "stars": invoice.stars, "query_id": "q-1"} | changes
    return await payments.services.payments.check(invoice.payload, **values)


async def test_an_invoice_is_written_down_as_it_was_issued(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice(months=3)
    assert (invoice.days, invoice.stars, invoice.user_id) == (90, 13_500, ANNA)
    assert invoice.expires_at - invoice.created_at == OPEN_FOR
    assert await payments.services.payments.queries.invoice(invoice.payload) == invoice


async def test_a_year_of_premium_is_two_invoices(payments: PaymentsHarness) -> None:
    await payments.services.people.welcome(someone())
    first, second = await payments.services.payments.issue(ANNA, PREMIUM, 12)
    assert first.payload != second.payload
    assert [(each.days, each.stars) for each in (first, second)] == [(180, 24_000)] * 2
    await payments.pay(first, "a")
    await payments.pay(second, "b")
    assert await payments.days_left() == 360


async def test_what_is_not_sold_is_refused(payments: PaymentsHarness) -> None:
    with pytest.raises(BadInput, match="pay-not-sold"):
        await payments.services.payments.issue(ANNA, LicenseType.TRIAL, 1)


async def test_bug_the_check_before_a_payment_said_yes_to_everything(payments: PaymentsHarness) -> None:
    """Offer open, price as issued, payer is owner, not banned."""
    invoice = await payments.invoice()
    assert await check(payments, invoice) is None
    assert await check(payments, replace(invoice, payload="nobody's")) == "pay-refused-unknown"
    assert await check(payments, invoice, payer=BORIS) == "pay-refused-other"
    assert await check(payments, invoice, stars=invoice.stars - 1) == "pay-refused-price"
    assert await check(payments, invoice, currency="USD") == "pay-refused-price"
    payments.clock.advance(OPEN_FOR / 1000)
    assert await check(payments, invoice) == "pay-refused-expired"
    await payments.pay(invoice)
    assert await check(payments, invoice) == "pay-refused-paid"
    await payments.harness.ban(ANNA)
    assert await check(payments, invoice) == "pay-refused-banned"


async def test_a_check_that_cannot_be_made_in_time_is_a_no(payments: PaymentsHarness) -> None:
    """A yes without a look could take Stars for nothing; no answer at all makes the payer wait for ten seconds."""
    invoice = await payments.invoice()
    desk = payments.services.payments

    class Slow:
        async def invoice(self, _: str) -> Invoice:
            await asyncio.Event().wait()
            raise AssertionError

    class Broken:
        async def invoice(self, _: str) -> Invoice:
            raise StorageTrouble("disk I/O error")

    for queries in (Slow(), Broken()):
        slow: Any = replace(desk, queries=queries)  # type: ignore[arg-type]  # a stand-in
        async with asyncio.timeout(LIMIT):
            assert await slow.check(invoice.payload, ANNA, XTR, invoice.stars, "q-1") == "pay-refused-busy"


async def test_a_charge_is_credited_with_row_ledger_audit_and_receipt_in_one_commit(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice(months=6)
    await payments.pay(invoice, "stx-9")
    assert await payments.statuses() == {"stx-9": "completed"}
    assert await payments.days_left() == 180
    assert await payments.rows("SELECT kind, cause, millis FROM license_events") == [
        ("payment", "charge:stx-9", 180 * 86_400_000)
    ]
    assert await payments.rows("SELECT license_event_id, period_days, stars FROM payment_history") == [(1, 180, 24_000)]
    assert "payment.credit" in await payments.audited()
    assert await payments.promised() == [("payment-receipt", ANNA)]
    assert await payments.rows("SELECT state FROM invoices") == [("paid",)]


async def test_nothing_of_it_stands_without_the_rest(
    payments: PaymentsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses the receipt: then there is no credit, and the next attempt books it whole."""
    invoice = await payments.invoice()
    desk = payments.services.payments
    broken: Any = replace(desk, transactions=RefusesPromises(desk.transactions))  # type: ignore[arg-type]  # a stand-in
    with pytest.raises(StorageTrouble):
        await broken.book(someone(), payments.stars.pay("stx-1", invoice.stars, invoice.payload))
    assert await payments.statuses() == {}
    assert await payments.rows("SELECT * FROM license_events") == []
    assert await payments.days_left() == 0
    await desk.book(someone(), paid("stx-1", stars=invoice.stars, payload=invoice.payload))
    assert await payments.days_left() == 30


class RefusesPromises:
    """Units of work in which nothing can be promised."""

    def __init__(self, transactions: Any) -> None:
        self._transactions = transactions

    def begin(self) -> Any:
        return _Refusing(self._transactions.begin())


class _Refusing:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aenter__(self) -> Any:
        unit = await self._inner.__aenter__()

        async def message(*_: object) -> None:
            raise StorageTrouble("database or disk is full")

        unit.enqueue = message
        return unit

    async def __aexit__(self, *error: object) -> Any:
        return await self._inner.__aexit__(*error)


async def test_bug_the_same_charge_told_twice_was_two_grants(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    payment = await payments.pay(invoice)
    await asyncio.gather(*(payments.services.payments.book(someone(), payment) for _ in range(20)))
    assert await payments.days_left() == 30
    assert len(await payments.rows("SELECT * FROM license_events")) == 1
    assert len(await payments.promised()) == 1


async def test_a_second_payment_of_an_invoice_is_credited_again_and_says_so(payments: PaymentsHarness) -> None:
    """Two devices may pass the check before either has paid."""
    invoice = await payments.invoice()
    await asyncio.gather(payments.pay(invoice, "a"), payments.pay(invoice, "b"))
    assert await payments.days_left() == 60
    assert await payments.statuses() == {"a": "completed", "b": "completed"}
    assert sorted(await payments.promised()) == [("payment-receipt", ANNA), ("payment-receipt-again", ANNA)]


async def test_a_payment_that_comes_late_is_credited(payments: PaymentsHarness) -> None:
    """It passed the check in time; what is paid for is given."""
    invoice = await payments.invoice()
    payments.clock.advance(OPEN_FOR / 1000 + 60)
    await payments.pay(invoice)
    assert await payments.days_left() == 30


async def test_bug_an_upgrade_turned_basic_days_into_premium_ones(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(kind=BASIC, months=12), "a")
    await payments.pay(await payments.invoice(kind=PREMIUM, months=1), "b")
    held = await payments.services.reads.license(ANNA)
    spans = [(each.license_type, (each.end - each.start) // 86_400_000) for each in held.segments]
    assert spans == [(PREMIUM, 30), (BASIC, 365)]


async def ban(payments: PaymentsHarness) -> None:
    await payments.harness.ban(ANNA)


async def nothing(_: PaymentsHarness) -> None:
    """Before it is paid."""


@pytest.mark.parametrize(
    ("before", "change", "payer", "why"),
    [
        (nothing, {"payload": "nobody's"}, ANNA, "unknown-offer"),
        (nothing, {}, BORIS, "other-payer"),
        (nothing, {"stars": 4_999}, ANNA, "other-amount"),
        (nothing, {"stars": 5_001}, ANNA, "other-amount"),
        (nothing, {"currency": "USD"}, ANNA, "other-amount"),
        (ban, {}, ANNA, "banned"),
    ],
    ids=["unknown", "other payer", "too little", "too much", "other currency", "banned"],
)
async def test_what_cannot_be_credited_is_kept_told_and_given_back(
    payments: PaymentsHarness, before: Callable[[PaymentsHarness], Any], change: dict[str, Any], payer: int, why: str
) -> None:
    invoice = await payments.invoice()
    await before(payments)
    values = {"stars": invoice.stars, "payload": invoice.payload} | change
    payments.stars.pay("stx-1", values["stars"], values["payload"], payer)
    await payments.services.payments.book(someone(payer), paid("stx-1", **values))
    assert await payments.rows("SELECT status, reason, license_event_id FROM payment_history") == [
        ("unclaimed", why, None)
    ]
    assert await payments.rows("SELECT * FROM license_events") == []
    assert ("payment-unclaimed", payer) in await payments.promised()
    assert ("payment-unclaimed-admin", OWNER) in await payments.promised()
    assert await payments.job.give_back() == 1
    assert await payments.statuses() == {"stx-1": "refunded"}
    assert payments.stars.went_back("stx-1")
    assert ("payment-returned", payer) in await payments.promised()


async def test_whoever_pays_without_having_been_met_is_booked_too(payments: PaymentsHarness) -> None:
    payments.stars.pay("stx-1", 10, "x", 4711)
    await payments.services.payments.book(someone(4711), paid("stx-1", stars=10, payload="x"))
    assert await payments.statuses() == {"stx-1": "unclaimed"}
    assert (await payments.harness.config(4711)).accounts


async def test_a_charge_with_a_very_long_id_is_booked(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    await payments.pay(invoice, "x" * 400)
    assert await payments.days_left() == 30
    assert (await payments.job.give_back(), await payments.promised()) == (0, [("payment-receipt", ANNA)])


async def test_meeting_the_payer_does_not_count_as_having_handled_the_payment(payments: PaymentsHarness) -> None:
    """A kill between the two commits must replay the update: the first one is not the update's effect."""
    update_attempt = UpdateAttempt(UpdateId(7))
    seen: list[bool] = []
    desk = payments.services.payments

    class Watched:
        async def welcome(self, user: Any) -> Any:
            answer = await desk.people.welcome(user)
            seen.append(update_attempt.applied)
            return answer

    watched: Any = replace(desk, people=Watched())  # type: ignore[arg-type]  # a stand-in
    token = current_attempt.set(update_attempt)
    try:
        await watched.book(someone(4711), payments.stars.pay("stx-1", 5, "x", 4711))
    finally:
        current_attempt.reset(token)
    assert seen == [False]
    assert update_attempt.applied


async def test_admins_are_told_and_support_is_not(payments: PaymentsHarness) -> None:
    for user_id, role in ((2001, "admin"), (2002, "support")):
        await payments.services.people.welcome(someone(user_id))
        await payments.harness.database.fetch("SELECT 1", ())
        async with payments.harness.database.transaction() as transaction:
            await transaction.fetch("UPDATE users SET role = ? WHERE user_id = ?", (role, user_id))
    assert await payments.services.payments.admins() == (OWNER, 2001)


async def test_pages_go_backwards(payments: PaymentsHarness) -> None:
    for number in range(5):
        await payments.pay(await payments.invoice(), f"stx-{number}")
    await payments.pay(await payments.invoice(BORIS), "boris")
    desk = payments.services.payments
    first = await desk.page_of(UserId(ANNA), 0, 3)
    assert [each.charge_id for each in first] == ["stx-4", "stx-3", "stx-2"]
    assert [each.charge_id for each in await desk.page_of(ANNA, first[-1].payment_id, 3)] == ["stx-1", "stx-0"]
    with pytest.raises(BadInput, match="payment-unknown"):
        await desk.payment(99)


async def test_invoices_that_nobody_can_pay_any_more_are_swept_up(payments: PaymentsHarness) -> None:
    old = await payments.invoice()
    payments.clock.advance(32 * 86_400)
    await payments.invoice()
    assert await payments.services.payments.queries.invoice(old.payload) is None
    assert len(await payments.rows("SELECT * FROM invoices")) == 1


async def test_an_erased_payer_leaves_the_charge_behind(payments: PaymentsHarness) -> None:
    """Or reconciliation would take it for one that was never booked, and give the days again."""
    await payments.pay(await payments.invoice())
    async with payments.harness.database.transaction() as transaction:
        await transaction.fetch("DELETE FROM users WHERE user_id = ?", (ANNA,))
    assert await payments.rows("SELECT user_id, status FROM payment_history") == [(None, "completed")]
    assert (await payments.watch.reconcile()).booked == 0
