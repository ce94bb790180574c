"""Reconciliation with getStarTransactions: what was missed is booked, what went back is taken, nothing twice."""

from dataclasses import replace
from typing import Any

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import PaymentsHarness

from bot.domain.errors import StarsDown
from bot.services.payments.reconciliation import Reconciled

HOUR = 3600


async def test_a_lost_update_is_credited_and_the_update_that_comes_after_all_changes_nothing(
    payments: PaymentsHarness,
) -> None:
    invoice = await payments.invoice()
    payments.stars.pay("a", invoice.stars, invoice.payload)
    assert await payments.watch.reconcile() == Reconciled(lines=1, booked=1, returned=0)
    assert await payments.days_left() == 30
    assert await payments.promised() == [("payment-receipt", ANNA)]
    await payments.pay(invoice, "a")
    assert await payments.days_left() == 30
    assert len(await payments.promised()) == 1


async def test_a_charge_that_fits_no_invoice_goes_back(payments: PaymentsHarness) -> None:
    payments.stars.pay("a", 17, "nobody's", 4711)
    assert (await payments.watch.reconcile()).booked == 1
    assert await payments.job.give_back() == 1
    assert await payments.statuses() == {"a": "refunded"}


async def test_all_pages_are_read(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    for number in range(200):
        payments.stars.pay(f"w-{number}", 1, "")
    payments.stars.lines = [replace(each, payer=None) for each in payments.stars.lines]
    payments.stars.pay("a", invoice.stars, invoice.payload)
    assert await payments.watch.reconcile() == Reconciled(lines=201, booked=1, returned=0)
    assert payments.stars.pages == [(0, 100), (100, 100), (200, 100)]
    assert await payments.days_left() == 30


async def test_a_quick_look_reads_on_and_once_an_hour_everything_is_read(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    payments.stars.pay("a", invoice.stars, invoice.payload)
    await payments.watch.reconcile()
    payments.stars.pages.clear()
    payments.stars.pay("b", invoice.stars, invoice.payload)
    assert await payments.watch.reconcile() == Reconciled(lines=1, booked=1, returned=0)
    assert payments.stars.pages == [(1, 100)]
    payments.stars.pages.clear()
    payments.clock.advance(HOUR)
    assert await payments.watch.reconcile() == Reconciled(lines=2, booked=0, returned=0)
    assert payments.stars.pages == [(0, 100)]


async def test_a_cursor_beyond_the_end_heals_within_the_hour(payments: PaymentsHarness) -> None:
    """Another token means another account, shorter than the old one."""
    invoice = await payments.invoice()
    for charge_id in ("a", "b", "c"):
        payments.stars.pay(charge_id, invoice.stars, invoice.payload)
    await payments.watch.reconcile()
    payments.stars.lines.clear()
    payments.stars.pay("d", invoice.stars, invoice.payload)
    assert (await payments.watch.reconcile()).booked == 0
    payments.clock.advance(HOUR)
    assert (await payments.watch.reconcile()).booked == 1


async def test_a_clock_that_was_set_back_reads_everything(payments: PaymentsHarness) -> None:
    payments.stars.pay("a", 1, "nobody's")
    await payments.watch.reconcile()
    payments.clock.advance(-10)
    payments.stars.pages.clear()
    await payments.watch.reconcile()
    assert payments.stars.pages == [(0, 100)]


async def test_a_chargeback_takes_the_unused_rest_and_tells(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(), "a")
    payments.clock.advance(86_400)
    payments.stars.take_back("a")
    assert (await payments.watch.reconcile()).returned == 1
    assert await payments.statuses() == {"a": "charged_back"}
    assert await payments.days_left() == 0
    assert ("payment-charged-back-admin", OWNER) in await payments.promised()
    assert "payment.charged-back" in await payments.audited()
    payments.clock.advance(HOUR)
    assert (await payments.watch.reconcile()).returned == 0


async def test_a_refund_of_ours_is_no_chargeback(payments: PaymentsHarness) -> None:
    """Its answer was lost, and the account says it before the job asks again."""
    await payments.pay(await payments.invoice(), "a")
    await payments.ask_refund(1, "asked")
    payments.stars.take_back("a")
    assert (await payments.watch.reconcile()).returned == 1
    assert await payments.statuses() == {"a": "refunded"}
    assert await payments.job.give_back() == 0


async def test_what_came_and_went_unheard_is_neither_given_nor_told(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    payments.stars.pay("a", invoice.stars, invoice.payload)
    payments.stars.take_back("a")
    assert await payments.watch.reconcile() == Reconciled(lines=2, booked=0, returned=1)
    assert await payments.statuses() == {"a": "refunded"}
    assert await payments.promised() == []
    assert await payments.rows("SELECT * FROM license_events") == []


async def test_an_account_that_cannot_be_read_moves_nothing(payments: PaymentsHarness) -> None:
    invoice = await payments.invoice()
    payments.stars.pay("a", invoice.stars, invoice.payload)
    payments.stars.outage = StarsDown("502")
    with pytest.raises(StarsDown):
        await payments.watch.reconcile()
    assert await payments.rows("SELECT * FROM star_cursor") == []
    payments.stars.outage = None
    assert (await payments.watch.reconcile()).booked == 1


async def test_withdrawals_and_gifts_are_nobodys_payment(payments: PaymentsHarness) -> None:
    payments.stars.pay("w", 9_000, "", BORIS)
    payments.stars.lines = [replace(each, payer=None) for each in payments.stars.lines]
    payments.stars.lines += [replace(payments.stars.lines[0], is_incoming=False)]
    assert await payments.watch.reconcile() == Reconciled(lines=2, booked=0, returned=0)
    assert await payments.statuses() == {}


async def test_a_charge_that_a_lane_books_while_the_account_is_read_still_goes_back(payments: PaymentsHarness) -> None:
    """The look found no row for it; before it wrote, the payment's own update was handled."""
    await payments.pay(await payments.invoice(), "a")
    payments.stars.take_back("a")
    watch = replace(payments.watch, queries=_StaleOnce(payments.watch.queries))  # type: ignore[arg-type]  # the reads it asks
    await watch.reconcile()
    assert await payments.statuses() == {"a": "charged_back"}
    assert await payments.days_left() == 0


class _StaleOnce:
    """Payment queries whose first look at statuses was taken before the lane wrote."""

    def __init__(self, queries: Any) -> None:
        self._queries = queries
        self._is_stale = True

    async def legacy_charges(self, charge_ids: Any) -> Any:
        return await self._queries.legacy_charges(charge_ids)

    async def star_cursor(self) -> Any:
        return await self._queries.star_cursor()

    async def statuses(self, charge_ids: Any) -> Any:
        if self._is_stale:
            self._is_stale = False
            return {}
        return await self._queries.statuses(charge_ids)
