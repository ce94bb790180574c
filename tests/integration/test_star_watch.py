"""Reconciliation with getStarTransactions: what was missed is booked, what went back is taken, nothing twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import Till, till

from bot.domain.errors import StarsDown
from bot.services.payments.reconciliation import Reconciled

HOUR = 3600


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Till]:
    async with till(tmp_path) as made:
        yield made


async def test_a_lost_update_is_credited_and_the_update_that_comes_after_all_changes_nothing(it: Till) -> None:
    invoice = await it.invoice()
    it.stars.pay("a", invoice.stars, invoice.payload)
    assert await it.watch.reconcile() == Reconciled(lines=1, booked=1, returned=0)
    assert await it.days_left() == 30
    assert await it.promised() == [("payment-receipt", ANNA)]
    await it.pay(invoice, "a")
    assert await it.days_left() == 30
    assert len(await it.promised()) == 1


async def test_a_charge_that_fits_no_invoice_goes_back(it: Till) -> None:
    it.stars.pay("a", 17, "nobody's", 4711)
    assert (await it.watch.reconcile()).booked == 1
    assert await it.job.give_back() == 1
    assert await it.statuses() == {"a": "refunded"}


async def test_all_pages_are_read(it: Till) -> None:
    invoice = await it.invoice()
    for number in range(200):
        it.stars.pay(f"w-{number}", 1, "")
    it.stars.lines = [replace(each, payer=None) for each in it.stars.lines]
    it.stars.pay("a", invoice.stars, invoice.payload)
    assert await it.watch.reconcile() == Reconciled(lines=201, booked=1, returned=0)
    assert it.stars.pages == [(0, 100), (100, 100), (200, 100)]
    assert await it.days_left() == 30


async def test_a_quick_look_reads_on_and_once_an_hour_everything_is_read(it: Till) -> None:
    invoice = await it.invoice()
    it.stars.pay("a", invoice.stars, invoice.payload)
    await it.watch.reconcile()
    it.stars.pages.clear()
    it.stars.pay("b", invoice.stars, invoice.payload)
    assert await it.watch.reconcile() == Reconciled(lines=1, booked=1, returned=0)
    assert it.stars.pages == [(1, 100)]
    it.stars.pages.clear()
    it.clock.advance(HOUR)
    assert await it.watch.reconcile() == Reconciled(lines=2, booked=0, returned=0)
    assert it.stars.pages == [(0, 100)]


async def test_a_cursor_beyond_the_end_heals_within_the_hour(it: Till) -> None:
    """Another token means another account, shorter than the old one."""
    invoice = await it.invoice()
    for charge_id in ("a", "b", "c"):
        it.stars.pay(charge_id, invoice.stars, invoice.payload)
    await it.watch.reconcile()
    it.stars.lines.clear()
    it.stars.pay("d", invoice.stars, invoice.payload)
    assert (await it.watch.reconcile()).booked == 0
    it.clock.advance(HOUR)
    assert (await it.watch.reconcile()).booked == 1


async def test_a_clock_that_was_set_back_reads_everything(it: Till) -> None:
    it.stars.pay("a", 1, "nobody's")
    await it.watch.reconcile()
    it.clock.advance(-10)
    it.stars.pages.clear()
    await it.watch.reconcile()
    assert it.stars.pages == [(0, 100)]


async def test_a_chargeback_takes_the_unused_rest_and_tells(it: Till) -> None:
    await it.pay(await it.invoice(), "a")
    it.clock.advance(86_400)
    it.stars.take_back("a")
    assert (await it.watch.reconcile()).returned == 1
    assert await it.statuses() == {"a": "charged_back"}
    assert await it.days_left() == 0
    assert ("payment-charged-back-admin", OWNER) in await it.promised()
    assert "payment.charged-back" in await it.audited()
    it.clock.advance(HOUR)
    assert (await it.watch.reconcile()).returned == 0


async def test_a_refund_of_ours_is_no_chargeback(it: Till) -> None:
    """Its answer was lost, and the account says it before the job asks again."""
    await it.pay(await it.invoice(), "a")
    await it.ask_refund(1, "asked")
    it.stars.take_back("a")
    assert (await it.watch.reconcile()).returned == 1
    assert await it.statuses() == {"a": "refunded"}
    assert await it.job.give_back() == 0


async def test_what_came_and_went_unheard_is_neither_given_nor_told(it: Till) -> None:
    invoice = await it.invoice()
    it.stars.pay("a", invoice.stars, invoice.payload)
    it.stars.take_back("a")
    assert await it.watch.reconcile() == Reconciled(lines=2, booked=0, returned=1)
    assert await it.statuses() == {"a": "refunded"}
    assert await it.promised() == []
    assert await it.rows("SELECT * FROM license_events") == []


async def test_an_account_that_cannot_be_read_moves_nothing(it: Till) -> None:
    invoice = await it.invoice()
    it.stars.pay("a", invoice.stars, invoice.payload)
    it.stars.outage = StarsDown("502")
    with pytest.raises(StarsDown):
        await it.watch.reconcile()
    assert await it.rows("SELECT * FROM star_cursor") == []
    it.stars.outage = None
    assert (await it.watch.reconcile()).booked == 1


async def test_withdrawals_and_gifts_are_nobodys_payment(it: Till) -> None:
    it.stars.pay("w", 9_000, "", BORIS)
    it.stars.lines = [replace(each, payer=None) for each in it.stars.lines]
    it.stars.lines += [replace(it.stars.lines[0], is_incoming=False)]
    assert await it.watch.reconcile() == Reconciled(lines=2, booked=0, returned=0)
    assert await it.statuses() == {}


async def test_a_charge_that_a_lane_books_while_the_account_is_read_still_goes_back(it: Till) -> None:
    """The look found no row for it; before it wrote, the payment's own update was handled."""
    await it.pay(await it.invoice(), "a")
    it.stars.take_back("a")
    watch = replace(it.watch, queries=_StaleOnce(it.watch.queries))  # type: ignore[arg-type]  # the reads it asks
    await watch.reconcile()
    assert await it.statuses() == {"a": "charged_back"}
    assert await it.days_left() == 0


class _StaleOnce:
    """Payment queries whose first look at statuses was taken before the lane wrote."""

    def __init__(self, queries: Any) -> None:
        self._queries = queries
        self._is_stale = True

    async def star_cursor(self) -> Any:
        return await self._queries.star_cursor()

    async def statuses(self, charge_ids: Any) -> Any:
        if self._is_stale:
            self._is_stale = False
            return {}
        return await self._queries.statuses(charge_ids)
