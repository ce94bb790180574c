"""The daily look at keys: what changed is told once, in time, and never by guessing."""

import pytest
from harness.app import Harness

from bot.domain.accounts import AccountType
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.ids import DAY, Millis
from bot.domain.key_rules import ALLOWED
from bot.services.accounts.key_watch import KeyWatch


async def a_day_later(harness: Harness) -> KeyWatch:
    """A demo account's key is due."""
    harness.bybit.rights = tuple(sorted(ALLOWED))
    await harness.demo_account(harness.person())
    harness.clock.advance(DAY / 1000 + 1)
    return harness.job(KeyWatch)


async def test_a_key_is_looked_at_once_a_day(harness: Harness) -> None:
    watch = await a_day_later(harness)
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    before = await harness.assembly.reads.credentials(account.account_id)
    assert [await watch.check_due(), await watch.check_due()] == [1, 0]
    assert await harness.queued() == ()
    after = await harness.assembly.reads.credentials(account.account_id)
    assert before is not None
    assert after is not None
    assert before.check != after.check, "what stands in memory is that of the new check"


@pytest.mark.parametrize(("days", "told"), [(15, None), (14, "14"), (13, "14"), (7, "7"), (3, "3"), (1, "1")])
async def test_expiry_is_told_at_14_7_3_and_1_days(harness: Harness, days: int, told: str | None) -> None:
    watch = await a_day_later(harness)
    harness.bybit.expires_at = Millis(harness.clock.now() + days * DAY)
    await watch.check_due()
    assert [row.message.values["days"] for row in await harness.queued()] == ([told] if told else [])


async def test_the_same_notice_is_one_message(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.expires_at = Millis(harness.clock.now() + 7 * DAY)
    for _ in range(2):
        await watch.check_due()
        harness.clock.advance(DAY / 1000 + 1)
    assert len(await harness.queued()) == 1


async def test_a_right_that_came_later_is_told(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.rights = (*harness.bybit.rights, "Wallet:Withdraw")
    await watch.check_due()
    (row,) = await harness.queued()
    assert (row.message.kind, row.message.values["finding"]) == ("key-trouble", "key-withdraw")


async def test_a_dead_key_is_told_once_and_left_alone_for_a_day(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.key_trouble = KeyTrouble("expired", code=33004)
    asked = len(harness.bybit.seen_keys)
    for _ in range(3):
        await watch.check_due()
    assert len(harness.bybit.seen_keys) == asked + 1
    (row,) = await harness.queued()
    assert row.message.values["code"] == "33004"


async def test_a_silent_bybit_says_nothing_about_a_key(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.trouble = ExchangeDown("silent")
    assert await watch.check_due() == 0
    assert await harness.queued() == ()
