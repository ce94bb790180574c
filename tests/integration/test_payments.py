"""Stars in: each charge booked once, whatever comes twice, late, wrong or from somebody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import Till, paid, someone, till
from harness.waiting import LIMIT

from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.offers import XTR
from bot.domain.payments import Invoice
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.services.payments.payments import OPEN_FOR

PREMIUM, BASIC = LicenseType.PREMIUM, LicenseType.BASIC


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Till]:
    async with till(tmp_path) as made:
        yield made


async def check(it: Till, invoice: Invoice, **changes: Any) -> str | None:
    values = {"payer": invoice.user_id, "currency": XTR, "stars": invoice.stars} | changes
    return await it.services.payments.check(invoice.payload, **values)


async def test_an_invoice_is_written_down_as_it_was_issued(it: Till) -> None:
    invoice = await it.invoice(months=3)
    assert (invoice.days, invoice.stars, invoice.user_id) == (90, 13_500, ANNA)
    assert invoice.expires_at - invoice.created_at == OPEN_FOR
    assert await it.services.payments.queries.invoice(invoice.payload) == invoice


async def test_a_year_of_premium_is_two_invoices(it: Till) -> None:
    await it.services.people.welcome(someone())
    first, second = await it.services.payments.issue(ANNA, PREMIUM, 12)
    assert first.payload != second.payload
    assert [(each.days, each.stars) for each in (first, second)] == [(180, 24_000)] * 2
    await it.pay(first, "a")
    await it.pay(second, "b")
    assert await it.days_left() == 360


async def test_what_is_not_sold_is_refused(it: Till) -> None:
    with pytest.raises(BadInput, match="pay-not-sold"):
        await it.services.payments.issue(ANNA, LicenseType.TRIAL, 1)


async def test_bug_the_check_before_a_payment_said_yes_to_everything(it: Till) -> None:
    """Offer open, price as issued, payer is owner, not banned."""
    invoice = await it.invoice()
    assert await check(it, invoice) is None
    assert await check(it, replace(invoice, payload="nobody's")) == "pay-refused-unknown"
    assert await check(it, invoice, payer=BORIS) == "pay-refused-other"
    assert await check(it, invoice, stars=invoice.stars - 1) == "pay-refused-price"
    assert await check(it, invoice, currency="USD") == "pay-refused-price"
    it.clock.advance(OPEN_FOR / 1000)
    assert await check(it, invoice) == "pay-refused-expired"
    await it.pay(invoice)
    assert await check(it, invoice) == "pay-refused-paid"
    await it.harness.ban(ANNA)
    assert await check(it, invoice) == "pay-refused-banned"


async def test_a_check_that_cannot_be_made_in_time_is_a_no(it: Till) -> None:
    """A yes without a look could take Stars for nothing; no answer at all makes the payer wait for ten seconds."""
    invoice = await it.invoice()
    desk = it.services.payments

    class Slow:
        async def invoice(self, _: str) -> Invoice:
            await asyncio.Event().wait()
            raise AssertionError

    class Broken:
        async def invoice(self, _: str) -> Invoice:
            raise StorageTrouble("disk I/O error")

    for queries in (Slow(), Broken()):
        slow: Any = replace(desk, queries=queries)  # type: ignore[arg-type]
        async with asyncio.timeout(LIMIT):
            assert await slow.check(invoice.payload, ANNA, XTR, invoice.stars) == "pay-refused-busy"


async def test_a_charge_is_credited_with_row_ledger_audit_and_receipt_in_one_commit(it: Till) -> None:
    invoice = await it.invoice(months=6)
    await it.pay(invoice, "stx-9")
    assert await it.statuses() == {"stx-9": "completed"}
    assert await it.days_left() == 180
    assert await it.rows("SELECT kind, cause, millis FROM license_events") == [
        ("payment", "charge:stx-9", 180 * 86_400_000)
    ]
    assert await it.rows("SELECT license_event_id, period_days, stars FROM payment_history") == [(1, 180, 24_000)]
    assert "payment.credit" in await it.audited()
    assert await it.promised() == [("payment-receipt", ANNA)]
    assert await it.rows("SELECT state FROM invoices") == [("paid",)]


async def test_nothing_of_it_stands_without_the_rest(it: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk refuses the receipt: then there is no credit, and the next attempt books it whole."""
    invoice = await it.invoice()
    desk = it.services.payments
    broken: Any = replace(desk, transactions=RefusesPromises(desk.transactions))  # type: ignore[arg-type]
    with pytest.raises(StorageTrouble):
        await broken.book(someone(), it.stars.pay("stx-1", invoice.stars, invoice.payload))
    assert await it.statuses() == {}
    assert await it.rows("SELECT * FROM license_events") == []
    assert await it.days_left() == 0
    await desk.book(someone(), paid("stx-1", stars=invoice.stars, payload=invoice.payload))
    assert await it.days_left() == 30


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


async def test_bug_the_same_charge_told_twice_was_two_grants(it: Till) -> None:
    invoice = await it.invoice()
    payment = await it.pay(invoice)
    await asyncio.gather(*(it.services.payments.book(someone(), payment) for _ in range(20)))
    assert await it.days_left() == 30
    assert len(await it.rows("SELECT * FROM license_events")) == 1
    assert len(await it.promised()) == 1


async def test_a_second_payment_of_an_invoice_is_credited_again_and_says_so(it: Till) -> None:
    """Two devices may pass the check before either has paid."""
    invoice = await it.invoice()
    await asyncio.gather(it.pay(invoice, "a"), it.pay(invoice, "b"))
    assert await it.days_left() == 60
    assert await it.statuses() == {"a": "completed", "b": "completed"}
    assert sorted(await it.promised()) == [("payment-receipt", ANNA), ("payment-receipt-again", ANNA)]


async def test_a_payment_that_comes_late_is_credited(it: Till) -> None:
    """It passed the check in time; what is paid for is given."""
    invoice = await it.invoice()
    it.clock.advance(OPEN_FOR / 1000 + 60)
    await it.pay(invoice)
    assert await it.days_left() == 30


async def test_bug_an_upgrade_turned_basic_days_into_premium_ones(it: Till) -> None:
    await it.pay(await it.invoice(kind=BASIC, months=12), "a")
    await it.pay(await it.invoice(kind=PREMIUM, months=1), "b")
    held = await it.services.reads.license(ANNA)
    spans = [(each.license_type, (each.end - each.start) // 86_400_000) for each in held.segments]
    assert spans == [(PREMIUM, 30), (BASIC, 365)]


async def ban(it: Till) -> None:
    await it.harness.ban(ANNA)


async def nothing(_: Till) -> None:
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
    it: Till, before: Callable[[Till], Any], change: dict[str, Any], payer: int, why: str
) -> None:
    invoice = await it.invoice()
    await before(it)
    values = {"stars": invoice.stars, "payload": invoice.payload} | change
    it.stars.pay("stx-1", values["stars"], values["payload"], payer)
    await it.services.payments.book(someone(payer), paid("stx-1", **values))
    assert await it.rows("SELECT status, reason, license_event_id FROM payment_history") == [("unclaimed", why, None)]
    assert await it.rows("SELECT * FROM license_events") == []
    assert ("payment-unclaimed", payer) in await it.promised()
    assert ("payment-unclaimed-admin", OWNER) in await it.promised()
    assert await it.job.give_back() == 1
    assert await it.statuses() == {"stx-1": "refunded"}
    assert it.stars.went_back("stx-1")
    assert ("payment-returned", payer) in await it.promised()


async def test_whoever_pays_without_having_been_met_is_booked_too(it: Till) -> None:
    it.stars.pay("stx-1", 10, "x", 4711)
    await it.services.payments.book(someone(4711), paid("stx-1", stars=10, payload="x"))
    assert await it.statuses() == {"stx-1": "unclaimed"}
    assert (await it.harness.config(4711)).accounts


async def test_a_charge_with_a_very_long_id_is_booked(it: Till) -> None:
    invoice = await it.invoice()
    await it.pay(invoice, "x" * 400)
    assert await it.days_left() == 30
    assert (await it.job.give_back(), await it.promised()) == (0, [("payment-receipt", ANNA)])


async def test_meeting_the_payer_does_not_count_as_having_handled_the_payment(it: Till) -> None:
    """A kill between the two commits must replay the update: the first one is not the update's effect."""
    update_attempt = UpdateAttempt(UpdateId(7))
    seen: list[bool] = []
    desk = it.services.payments

    class Watched:
        async def welcome(self, user: Any) -> Any:
            answer = await desk.people.welcome(user)
            seen.append(update_attempt.applied)
            return answer

    watched: Any = replace(desk, people=Watched())  # type: ignore[arg-type]
    token = current_attempt.set(update_attempt)
    try:
        await watched.book(someone(4711), it.stars.pay("stx-1", 5, "x", 4711))
    finally:
        current_attempt.reset(token)
    assert seen == [False]
    assert update_attempt.applied


async def test_admins_are_told_and_support_is_not(it: Till) -> None:
    for user_id, role in ((2001, "admin"), (2002, "support")):
        await it.services.people.welcome(someone(user_id))
        await it.harness.database.fetch("SELECT 1", ())
        async with it.harness.database.transaction() as transaction:
            await transaction.fetch("UPDATE users SET role = ? WHERE user_id = ?", (role, user_id))
    assert await it.services.payments.admins() == (OWNER, 2001)


async def test_pages_go_backwards(it: Till) -> None:
    for number in range(5):
        await it.pay(await it.invoice(), f"stx-{number}")
    await it.pay(await it.invoice(BORIS), "boris")
    desk = it.services.payments
    first = await desk.page_of(UserId(ANNA), 0, 3)
    assert [each.charge_id for each in first] == ["stx-4", "stx-3", "stx-2"]
    assert [each.charge_id for each in await desk.page_of(ANNA, first[-1].payment_id, 3)] == ["stx-1", "stx-0"]
    with pytest.raises(BadInput, match="payment-unknown"):
        await desk.payment(99)


async def test_invoices_that_nobody_can_pay_any_more_are_swept_up(it: Till) -> None:
    old = await it.invoice()
    it.clock.advance(32 * 86_400)
    await it.invoice()
    assert await it.services.payments.queries.invoice(old.payload) is None
    assert len(await it.rows("SELECT * FROM invoices")) == 1


async def test_an_erased_payer_leaves_the_charge_behind(it: Till) -> None:
    """Or reconciliation would take it for one that was never booked, and give the days again."""
    await it.pay(await it.invoice())
    async with it.harness.database.transaction() as transaction:
        await transaction.fetch("DELETE FROM users WHERE user_id = ?", (ANNA,))
    assert await it.rows("SELECT user_id, status FROM payment_history") == [(None, "completed")]
    assert (await it.watch.reconcile()).booked == 0
