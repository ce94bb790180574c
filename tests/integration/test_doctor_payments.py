"""The doctor against a hand in the books: every counter, payment and refund that was changed is named."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, said, settings_in
from harness.app import harness as open_harness
from harness.payments import FakeStars, PaymentsHarness, customer

from bot.domain.licensing import LicenseType
from bot.settings import Settings
from ops.doctor import examine


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Anna redeemed a code and paid twice, once given back; Boris paid and was erased."""
    async with open_harness(tmp_path) as harness:
        owner = await customer(harness, OWNER)
        await said(owner, "/promo new premium 7d max=4 code=SPRING26")
        await owner.press("Create")
        anna = await customer(harness)
        await said(anna, "/redeem SPRING26")
        await anna.press("Redeem")
        payments = PaymentsHarness(harness, FakeStars(harness.clock))
        await payments.pay(await payments.invoice(ANNA), "stx-1")
        await payments.pay(await payments.invoice(ANNA, LicenseType.BASIC), "stx-2")
        await payments.ask_refund(2, "a test")
        await payments.pay(await payments.invoice(BORIS), "stx-3")
        await harness.write("DELETE FROM users WHERE user_id = ?", BORIS)
    return settings_in(tmp_path)


async def faults(settings: Settings) -> dict[str, str]:
    return {check.name: check.detail for check in await examine(settings) if not check.is_ok}


def tamper(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for each in ("PRAGMA ignore_check_constraints = ON", "PRAGMA foreign_keys = OFF", statement):
            connection.execute(each)


async def test_sound_books_are_said_to_be_sound(settings: Settings) -> None:
    checks = {check.name: check.detail for check in await examine(settings)}
    assert await faults(settings) == {}
    assert checks["promo codes"] == "1 redemptions as the ledger says"
    assert checks["payments"] == "3 credits as the ledger says"


@pytest.mark.parametrize(
    ("statement", "name", "words"),
    [
        ("UPDATE promo_codes SET uses = 0", "promo codes", "code 1 of campaign 1 counts 0 of 1 uses"),
        ("UPDATE promo_campaigns SET uses = 3", "promo codes", "campaign 1 counts 3 of 1 uses"),
        ("UPDATE promo_codes SET max_uses = 0", "promo codes", "code 1 has 1 uses and may have 0"),
        ("DELETE FROM promo_usage", "promo codes", "ledger row 1 is of a promo code and has no redemption"),
        ("UPDATE promo_usage SET event_id = 2", "promo codes", "redemption 1 is not what the ledger gave"),
        ("UPDATE promo_campaigns SET days = 8", "promo codes", "redemption 1 is not what the ledger gave"),
        (
            "UPDATE promo_usage SET holder = 'f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0'",
            "promo codes",
            "redemption 1 is not what",
        ),
        ("DELETE FROM payment_history WHERE id = 1", "payments", "ledger row 2 is of a payment that is not there"),
        ("DELETE FROM payment_history WHERE id = 3", "payments", "is of a payment that is not there"),
        ("UPDATE payment_history SET stars = 1 WHERE id = 1", "payments", "payment 1 has 1 Stars, the audit another"),
        ("UPDATE payment_history SET stars = 1 WHERE id = 3", "payments", "payment 3 has 1 Stars, the audit another"),
        (
            "UPDATE payment_history SET period_days = 365 WHERE id = 1",
            "payments",
            "payment 1 is not what the ledger gave",
        ),
        (
            "UPDATE payment_history SET license_type = 'basic' WHERE id = 1",
            "payments",
            "payment 1 is not what the ledger",
        ),
        ("UPDATE payment_history SET user_id = 1000 WHERE id = 1", "payments", "payment 1 is not what the ledger gave"),
        ("UPDATE payment_history SET license_event_id = NULL WHERE id = 1", "payments", "payment 1 is not what the"),
        (
            "UPDATE payment_history SET status = 'completed', next_try_ts = NULL WHERE id = 2",
            "payments",
            "payment 2 is completed and the ledger has taken its days",
        ),
        (
            "UPDATE payment_history SET status = 'refunded', settled_ts = 1 WHERE id = 1",
            "payments",
            "payment 1 went back and the ledger has not taken its days",
        ),
    ],
)
async def test_bug_the_doctor_was_blind_to_caps_and_payments(
    settings: Settings, statement: str, name: str, words: str
) -> None:
    tamper(settings.database, statement)
    found = await faults(settings)
    assert words in found.get(name, ""), found
