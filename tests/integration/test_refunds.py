"""Stars back: asked for once, told to Telegram until it is done, booked once, and only the unused time is taken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER
from harness.payments import Lost, Till, someone, till

from bot.domain.errors import BadInput, StarsDown, StarsRefused
from bot.domain.licensing import LicenseType
from bot.domain.payments import PaymentStatus


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Till]:
    async with till(tmp_path) as made:
        yield made


async def test_a_refund_takes_that_payments_unused_rest_and_nothing_else(it: Till) -> None:
    await it.pay(await it.invoice(months=1), "a")
    await it.pay(await it.invoice(months=3), "b")
    it.clock.advance(10 * 86_400)
    payment = await it.services.payments.payment(1)
    assert await it.services.refunds.unused(payment) == 20 * 86_400_000
    await it.ask_refund(1, "paid  by\nmistake")
    assert await it.days_left() == 90
    assert await it.services.refunds.unused(await it.services.payments.payment(1)) == 0
    assert (await it.statuses())["a"] == "refund_asked"
    assert not it.stars.went_back("a")
    assert await it.job.give_back() == 1
    assert await it.rows("SELECT status, reason, settled_ts FROM payment_history WHERE id = 1") == [
        ("refunded", "paid by mistake", it.clock.now())
    ]
    assert await it.days_left() == 90
    assert await it.promised() == [
        ("payment-receipt", ANNA),
        ("payment-receipt", ANNA),
        ("payment-returned", ANNA),
        ("payment-returned-admin", OWNER),
    ]
    assert [each for each in await it.audited() if "refund" in each] == ["payment.refund", "payment.refunded"]


async def test_a_higher_types_refund_gives_the_lower_one_its_turn(it: Till) -> None:
    await it.pay(await it.invoice(kind=LicenseType.BASIC), "a")
    await it.pay(await it.invoice(kind=LicenseType.PREMIUM), "b")
    await it.ask_refund(2, "asked")
    held = await it.services.reads.license(ANNA)
    assert held.type_at(it.clock.now()) is LicenseType.BASIC


async def test_a_lost_answer_is_asked_for_again_and_counts_once(it: Till) -> None:
    """Telegram has given the Stars back, its answer never came: CHARGE_ALREADY_REFUNDED is done."""
    await it.pay(await it.invoice(), "a")
    await it.ask_refund(1, "asked")
    it.stars.faults = [Lost("timed out")]
    assert await it.job.give_back() == 0
    assert (await it.statuses())["a"] == "refund_asked"
    assert await it.job.give_back() == 0, "it is not due at once"
    it.clock.advance(3)
    assert await it.job.give_back() == 1
    assert it.stars.asked == ["a", "a"]
    assert (await it.statuses())["a"] == "refunded"
    assert len(await it.rows("SELECT * FROM license_events WHERE kind = 'refund'")) == 1


async def test_patience_grows_to_five_minutes_and_a_no_is_told_to_admins_once(it: Till) -> None:
    await it.pay(await it.invoice(), "a")
    await it.ask_refund(1, "asked")
    it.stars.faults = [StarsDown("502"), *[StarsRefused("BALANCE_TOO_LOW")] * 14]
    for _ in range(15):
        assert await it.job.give_back() == 0
        ((next_try, attempts, said),) = await it.rows("SELECT next_try_ts, attempts, trouble FROM payment_history")
        wait = next_try - it.clock.now()
        assert wait == min(2_000 * 2 ** (attempts - 1), 300_000)
        it.clock.advance(wait / 1000)
    assert said == "Balance_too_low", "as PTB hands it on"
    assert (await it.promised()).count(("payment-stuck-admin", OWNER)) == 1
    assert await it.job.give_back() == 1
    assert await it.rows("SELECT trouble, next_try_ts FROM payment_history") == [("", None)]


async def test_a_payment_goes_back_once(it: Till) -> None:
    await it.pay(await it.invoice(), "a")
    await it.ask_refund(1, "asked")
    for _ in range(2):
        with pytest.raises(BadInput, match="refund-not-open"):
            await it.ask_refund(1, "asked")
        await it.job.give_back()
    with pytest.raises(BadInput, match="payment-unknown"):
        await it.ask_refund(2, "asked")
    assert it.stars.asked == ["a"]


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 201])
async def test_a_refund_has_a_reason(it: Till, reason: str) -> None:
    await it.pay(await it.invoice(), "a")
    with pytest.raises(BadInput, match="refund-reason"):
        await it.ask_refund(1, reason)
    assert await it.statuses() == {"a": "completed"}
    assert await it.days_left() == 30


async def test_telegrams_word_of_a_refund_that_nobody_here_asked_for_takes_the_rest(it: Till) -> None:
    await it.pay(await it.invoice(), "a")
    assert await it.services.refunds.returned("a", PaymentStatus.REFUNDED)
    assert await it.services.refunds.returned("a", PaymentStatus.CHARGED_BACK)  # the second one changes nothing
    assert await it.statuses() == {"a": "refunded"}
    assert await it.days_left() == 0
    assert len(await it.rows("SELECT * FROM license_events WHERE kind = 'refund'")) == 1
    assert not await it.services.refunds.returned("nobody's", PaymentStatus.REFUNDED)


async def test_an_erased_payers_refund_waits_for_nobody(it: Till) -> None:
    """There is no id to ask Telegram with: the row stays, the job goes on with the others."""
    await it.services.people.welcome(someone(BORIS))
    await it.pay(await it.invoice(), "a")
    await it.pay(await it.invoice(BORIS), "b")
    await it.ask_refund(1, "asked")
    await it.ask_refund(2, "asked")
    async with it.harness.database.transaction() as transaction:
        await transaction.fetch("DELETE FROM users WHERE user_id = ?", (ANNA,))
    assert await it.job.give_back() == 1
    assert it.stars.asked == ["b"]
