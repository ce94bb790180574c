"""Stars back: asked for once, told to Telegram until it is done, booked once, and only the unused time is taken."""

from contextlib import nullcontext

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import Lost, PaymentsHarness, someone

from bot.domain.errors import BadInput, NothingDone, StarsDown, StarsRefused
from bot.domain.licensing import LicenseType
from bot.domain.payments import PaymentStatus


async def test_a_refund_takes_that_payments_unused_rest_and_nothing_else(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(months=1), "a")
    await payments.pay(await payments.invoice(months=3), "b")
    payments.clock.advance(10 * 86_400)
    payment = await payments.services.payments.payment(1)
    assert await payments.services.refunds.unused(payment) == 20 * 86_400_000
    await payments.ask_refund(1, "paid  by\nmistake")
    assert await payments.days_left() == 90
    assert await payments.services.refunds.unused(await payments.services.payments.payment(1)) == 0
    assert (await payments.statuses())["a"] == "refund_asked"
    assert not payments.stars.went_back("a")
    assert await payments.job.give_back() == 1
    assert await payments.rows("SELECT status, reason, settled_ts FROM payment_history WHERE id = 1") == [
        ("refunded", "paid by mistake", payments.clock.now())
    ]
    assert await payments.days_left() == 90
    assert await payments.promised() == [
        ("payment-receipt", ANNA),
        ("payment-receipt", ANNA),
        ("payment-returned", ANNA),
        ("payment-returned-admin", OWNER),
    ]
    assert [each for each in await payments.audited() if "refund" in each] == ["payment.refund", "payment.refunded"]


async def test_a_higher_types_refund_gives_the_lower_one_its_turn(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(kind=LicenseType.BASIC), "a")
    await payments.pay(await payments.invoice(kind=LicenseType.PREMIUM), "b")
    await payments.ask_refund(2, "asked")
    held = await payments.services.reads.license(ANNA)
    assert held.type_at(payments.clock.now()) is LicenseType.BASIC


async def test_a_lost_answer_is_asked_for_again_and_counts_once(payments: PaymentsHarness) -> None:
    """Telegram has given the Stars back, its answer never came: CHARGE_ALREADY_REFUNDED is done."""
    await payments.pay(await payments.invoice(), "a")
    await payments.ask_refund(1, "asked")
    payments.stars.faults = [Lost("timed out")]
    with pytest.raises(NothingDone, match="none of 1 refunds"):
        await payments.job.give_back()
    assert (await payments.statuses())["a"] == "refund_asked"
    assert await payments.job.give_back() == 0, "it is not due at once"
    payments.clock.advance(3)
    assert await payments.job.give_back() == 1
    assert payments.stars.asked == ["a", "a"]
    assert (await payments.statuses())["a"] == "refunded"
    assert len(await payments.rows("SELECT * FROM license_events WHERE kind = 'refund'")) == 1


async def test_patience_grows_to_five_minutes_and_a_no_is_told_to_admins_once(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(), "a")
    await payments.ask_refund(1, "asked")
    payments.stars.faults = [StarsDown("502"), *[StarsRefused("BALANCE_TOO_LOW")] * 14]
    for attempt in range(15):
        with nullcontext() if attempt else pytest.raises(NothingDone):
            assert await payments.job.give_back() == 0, "a no is an answer"
        ((next_try, attempts, said),) = await payments.rows(
            "SELECT next_try_ts, attempts, trouble FROM payment_history"
        )
        wait = next_try - payments.clock.now()
        assert wait == min(2_000 * 2 ** (attempts - 1), 300_000)
        payments.clock.advance(wait / 1000)
    assert said == "Balance_too_low", "as PTB hands it on"
    assert (await payments.promised()).count(("payment-stuck-admin", OWNER)) == 1
    assert await payments.job.give_back() == 1
    assert await payments.rows("SELECT trouble, next_try_ts FROM payment_history") == [("", None)]


async def test_a_round_that_nobody_answered_tried_all_and_is_a_failed_one(payments: PaymentsHarness) -> None:
    for number, charge in enumerate("ab", start=1):
        await payments.pay(await payments.invoice(), charge)
        await payments.ask_refund(number, "asked")
    payments.stars.faults = [StarsDown("502"), StarsDown("502"), StarsDown("502")]
    job = payments.harness.assembly.jobs["refunds"]
    with pytest.raises(NothingDone, match="none of 2 refunds"):
        await job.work()
    assert payments.stars.asked == ["a", "b"]
    payments.clock.advance(3)
    assert await job.work() == 1, "one that Telegram answered for is enough"
    assert await job.work() == 0, "nothing is due"


async def test_a_payment_goes_back_once(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(), "a")
    await payments.ask_refund(1, "asked")
    for _ in range(2):
        with pytest.raises(BadInput, match="refund-not-open"):
            await payments.ask_refund(1, "asked")
        await payments.job.give_back()
    with pytest.raises(BadInput, match="payment-unknown"):
        await payments.ask_refund(2, "asked")
    assert payments.stars.asked == ["a"]


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 201])
async def test_a_refund_has_a_reason(payments: PaymentsHarness, reason: str) -> None:
    await payments.pay(await payments.invoice(), "a")
    with pytest.raises(BadInput, match="refund-reason"):
        await payments.ask_refund(1, reason)
    assert await payments.statuses() == {"a": "completed"}
    assert await payments.days_left() == 30


async def test_telegrams_word_of_a_refund_that_nobody_here_asked_for_takes_the_rest(payments: PaymentsHarness) -> None:
    await payments.pay(await payments.invoice(), "a")
    assert await payments.services.refunds.returned("a", PaymentStatus.REFUNDED)
    assert await payments.services.refunds.returned("a", PaymentStatus.CHARGED_BACK)  # the second one changes nothing
    assert await payments.statuses() == {"a": "refunded"}
    assert await payments.days_left() == 0
    assert len(await payments.rows("SELECT * FROM license_events WHERE kind = 'refund'")) == 1
    assert not await payments.services.refunds.returned("nobody's", PaymentStatus.REFUNDED)


async def test_an_erased_payers_refund_waits_for_nobody(payments: PaymentsHarness) -> None:
    """There is no id to ask Telegram with: the row stays, the job goes on with the others."""
    await payments.services.people.welcome(someone(BORIS))
    await payments.pay(await payments.invoice(), "a")
    await payments.pay(await payments.invoice(BORIS), "b")
    await payments.ask_refund(1, "asked")
    await payments.ask_refund(2, "asked")
    async with payments.harness.database.transaction() as transaction:
        await transaction.fetch("DELETE FROM users WHERE user_id = ?", (ANNA,))
    assert await payments.job.give_back() == 1
    assert payments.stars.asked == ["b"]
