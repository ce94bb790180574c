"""/report and /health: the figures of a known database, in words and as a picture."""

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, Person
from harness.app import harness as open_harness
from PIL import Image, ImageColor

from bot.domain.accounts import AccountType
from bot.domain.health import Health, Reason, ReasonKind
from bot.domain.ids import DAY, MINUTE, Millis, Symbol, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.market import Category
from bot.domain.portfolio import Execution, Side
from bot.domain.reports import MonthIncome
from bot.domain.users import PictureTheme
from bot.services.admin.reports import months_until
from handlers.pictures.palette import PALETTES

PAID = """
    INSERT INTO payment_history (user_id, telegram_payment_charge_id, payload, stars, currency, status, reason, paid_ts,
                                 created_at, settled_ts, next_try_ts)
    VALUES (1001, ?, '', ?, 'XTR', ?, '', ?, ?, ?, ?)
"""


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """Anna came 40 days ago, Boris yesterday, the owner today."""
    async with open_harness(tmp_path) as built:
        built.clock.millis -= 40 * 86_400_000
        await built.person(ANNA, name="Anna").say("/start")
        built.clock.millis += 39 * 86_400_000
        await built.person(BORIS, name="Boris").say("/start")
        built.clock.millis += 86_400_000
        await built.person(OWNER, name="Olga").say("/start")
        yield built


async def give(harness: Harness, user_id: int, kind: LicenseType, days: int) -> None:
    async with harness.store.begin() as unit:
        await harness.services.licenses.give(
            unit,
            UserId(user_id),
            kind=EntryKind.GRANT,
            license_type=kind,
            millis=days * DAY,
            idempotency_key=f"desk:{user_id}{kind}{days}",
            actor=None,
        )


async def trade(harness: Harness, user_id: int, side: Side, price: str, closed: str, exec_id: str) -> None:
    account = (await harness.config(user_id)).default_account
    execution = Execution(
        category=Category.LINEAR,
        symbol=Symbol("BTCUSDT"),
        exec_id=exec_id,
        order_id="o",
        order_link_id="",
        side=side,
        exec_type="Trade",
        exec_price=Decimal(price),
        exec_qty=Decimal(1),
        exec_value=Decimal(price),
        exec_fee=Decimal(1),
        fee_currency="USDT",
        is_maker=False,
        closed_size=Decimal(closed),
        exec_ts=Millis(harness.clock.now() - 1000 + int(exec_id)),
    )
    async with harness.store.begin() as unit:
        assert await unit.legs.add_fill(account, execution)


async def test_the_figures(harness: Harness, owner: Person) -> None:
    await give(harness, ANNA, LicenseType.PREMIUM, 5)
    await give(harness, ANNA, LicenseType.BASIC, 10)  # banked: her time ends in 15 days
    await give(harness, BORIS, LicenseType.TRIAL, 7)
    now = harness.clock.now()
    last_month = now - 20 * DAY
    async with harness.database.transaction() as transaction:
        await transaction.fetch(PAID, ("a", 5000, "refunded", now, now, now, None))
        await transaction.fetch(PAID, ("b", 2500, "refund_asked", last_month, last_month, None, now))
    await trade(harness, BORIS, Side.BUY, "100", "0", "1")
    await trade(harness, BORIS, Side.SELL, "160.5", "1", "2")
    report = await harness.services.reports.make()
    assert report.users == 3
    assert dict(report.active) == {1: 2, 7: 2, 30: 2}
    assert report.licenses == {LicenseType.TRIAL: 1, LicenseType.BASIC: 0, LicenseType.PREMIUM: 1}
    assert dict(report.expiring) == {7: 1, 30: 2}
    assert report.income[-1] == MonthIncome(month="2025-10", kept=0, returned=5000)
    assert report.income[-2] == MonthIncome(month="2025-09", kept=2500, returned=0)
    assert sum(count for _, count in report.daily) == 2
    (best,) = report.traders
    assert (best.first_name, best.account_type, best.pnl, best.fills) == (
        "Boris",
        AccountType.PAPER,
        Decimal("58.5"),
        2,
    )

    text = await owner.say("/report")
    picture, words = owner.bubbles[-2:]
    assert text is words
    assert "Boris · 1002 · +58.50\N{NO-BREAK SPACE}USDT · fills: 2" in words.text
    assert re.search(r"2025-09 +2,500\n2025-10 +0 +−5,000", words.text)
    assert "Report · 2025-10-09 08:53 UTC" in words.text
    assert "Ending in 30 d" in words.text
    assert picture.document is not None
    assert picture.text.startswith("When people were seen")
    with Image.open(BytesIO(picture.document[1])) as image:
        assert image.size == (1280, 960)
        colors = {color for _, color in image.convert("RGB").getcolors(1_000_000) or []}
        palette = PALETTES[PictureTheme.DARK]
        assert {ImageColor.getrgb(each) for each in (palette.background, palette.level, palette.down)} <= colors


async def test_an_empty_house_has_a_report_too(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        owner = harness.person(OWNER)
        await owner.say("/start")
        bubble = await owner.say("/report")
        assert bubble is not None
        for sentence in ("No payments in a year", "No campaigns yet", "No fills yet"):
            assert sentence in bubble.text


def test_months_are_those_of_the_calendar() -> None:
    months = months_until(Millis(1_735_689_600_000), 3)  # 2025-01-01
    assert [name for name, _, _ in months] == ["2024-11", "2024-12", "2025-01"]
    assert months[1][2] == months[2][1] == 1_735_689_600_000


async def test_health_says_what_the_counters_say(harness: Harness, owner: Person) -> None:
    since = Millis(harness.clock.now() - 3 * MINUTE)
    known = Health(
        version="0.1.0",
        schema=10,
        reasons=(Reason(kind=ReasonKind.TELEGRAM, text="updates are not asked for yet", since=since),),
        poll_age_s=2.4,
        updates_waiting=3,
        outbox_waiting=0,
        telegram_limited=False,
        bybit_banned_s=61.0,
        bybit_waiting=4,
        bybit_clients=2,
        clock_skew_ms=-12,
        hit_rates=(("user_config", 0.987654), ("license", None)),
    )
    harness.app.bot_data.health = lambda: known
    bubble = await owner.say("/health")
    assert bubble is not None
    for part in (
        "Not ready",
        "updates are not asked for yet (for 3 min)",
        "Last poll",
        "2 s",
        "1 min",
        "\N{MINUS SIGN}12 ms",
        "98.8%",
        "–",
    ):
        assert part in bubble.text, part
