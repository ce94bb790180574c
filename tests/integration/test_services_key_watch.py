"""The daily look at keys: what changed is told once, in time, and never by guessing."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, said
from harness.bybit import FakeBybit

from bot.domain.accounts import AccountType, KeyCheck
from bot.domain.errors import ExchangeDown, KeyTrouble, NothingDone
from bot.domain.ids import DAY, Millis
from bot.domain.key_rules import ALLOWED
from bot.services.accounts.key_watch import KeyWatch

T = TypeVar("T")


async def a_day_later(harness: Harness) -> KeyWatch:
    """A demo account's key is due."""
    harness.bybit.rights = tuple(sorted(ALLOWED))
    await harness.demo_account(harness.person())
    harness.clock.advance(DAY / 1000 + 1)
    return harness.job(KeyWatch)


async def three_due(harness: Harness) -> KeyWatch:
    """The demo accounts of three people, in this order; their keys end in A, B and C, two of them are a round."""
    harness.bybit.rights = tuple(sorted(ALLOWED))
    for user_id, letter in ((ANNA, "A"), (BORIS, "B"), (OWNER, "C")):
        person, harness.bybit.uid = harness.person(user_id), f"900{user_id}"
        await person.say("/start")
        await harness.terms_accepted(user_id)
        assert "connected" in (await said(person, f"/keys add demo {KEY_ID}{letter} {SECRET}")).text
        harness.clock.advance(1)
    harness.clock.advance(DAY / 1000)
    harness.bybit.asked_with.clear()
    return replace(harness.job(KeyWatch), batch=2)


def asked(harness: Harness) -> list[str]:
    """The last letters of the keys that were checked, since the last look."""
    letters = [each.removeprefix(KEY_ID) for each in harness.bybit.asked_with]
    harness.bybit.asked_with.clear()
    return letters


async def test_dead_keys_do_not_keep_a_living_one_from_its_check(harness: Harness) -> None:
    watch = await three_due(harness)
    harness.bybit.uid, harness.bybit.key_trouble = f"900{OWNER}", KeyTrouble("expired", code=33004)
    await watch.check_due()
    assert asked(harness) == ["A", "B"]
    harness.bybit.key_trouble = None
    assert [await watch.check_due(), await watch.check_due()] == [1, 0]
    assert asked(harness) == ["C"]


async def test_keys_that_cannot_be_checked_come_after_the_others(harness: Harness) -> None:
    watch = await three_due(harness)
    harness.bybit.key_trouble = ExchangeDown("silent")
    rounds = []
    for _ in range(3):
        with pytest.raises(NothingDone, match="none of 2 keys"):
            await watch.check_due()
        rounds.append(asked(harness))
    assert rounds == [["A", "B"], ["C", "A"], ["B", "A"]]


async def test_a_key_that_does_not_open_is_named_once_and_stops_no_other(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    watch = await three_due(harness)
    damaged, *_ = [each.account_id for each in (await harness.config()).accounts if each.bybit_uid is not None]
    await harness.write("UPDATE credentials SET api_secret = zeroblob(64) WHERE account_id = ?", damaged)
    harness.assembly.reads.invalidate_user_caches(ANNA)
    harness.assembly.bybit.evict(damaged)
    with caplog.at_level(logging.ERROR):
        harness.bybit.uid = f"900{BORIS}"
        assert await watch.check_due() == 1
        harness.bybit.uid = f"900{OWNER}"
        assert await watch.check_due() == 1
        harness.clock.advance(DAY / 1000 + 1)
        await watch.check_due()
    assert asked(harness)[:2] == ["B", "C"]
    assert [each.message for each in caplog.records] == [
        f"the stored key of account {damaged} does not open: changed or not its own"
    ]


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


@pytest.mark.parametrize(("days", "told"), [(15, None), (14, "14"), (13, "13"), (5, "5"), (7, "7"), (3, "3"), (1, "1")])
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
    with pytest.raises(NothingDone, match="none of 1 keys"):
        await watch.check_due()
    assert await harness.queued() == ()


async def replaced_while_asked(harness: Harness, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """`ask` begins; before Bybit answers, the demo account has another key. The answer of the old one is of before."""
    sent, may_answer = asyncio.Event(), asyncio.Event()
    answer = harness.bybit.check

    async def late(self: FakeBybit) -> KeyCheck:
        try:
            return await answer()
        finally:
            if not sent.is_set():
                sent.set()
                await may_answer.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeBybit, "check", late)
        asking = asyncio.create_task(ask())
        await sent.wait()
        harness.bybit.key_trouble, harness.bybit.rights = None, tuple(sorted(ALLOWED))
        harness.bybit.ips = ("192.0.2.7",)
        anna = harness.person()
        await said(anna, f"/keys add demo {KEY_ID}New {SECRET}")
        assert "is connected" in (await anna.press("Replace Bybit Demo")).text
        may_answer.set()
        return await asking


async def stored_check(harness: Harness) -> KeyCheck:
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    sealed = await harness.assembly.storage.account_queries.credentials(account.account_id)
    assert sealed is not None
    assert sealed.check is not None
    return sealed.check


async def test_an_answer_about_a_key_that_was_replaced_is_not_written_over_the_new_one(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.rights = (*harness.bybit.rights, "Wallet:Withdraw")
    await replaced_while_asked(harness, watch.check_due)
    assert await harness.queued() == ()
    found = await stored_check(harness)
    assert (found.ips, "Wallet:Withdraw" in found.permissions) == (("192.0.2.7",), False)


async def test_a_key_that_was_replaced_is_not_told_to_be_dead(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.key_trouble = KeyTrouble("expired", code=33004)
    await replaced_while_asked(harness, watch.check_due)
    assert await harness.queued() == ()
    harness.clock.advance(DAY / 1000 - 1)
    harness.bybit.key_trouble = KeyTrouble("expired", code=33004)
    harness.clock.advance(2)
    await watch.check_due()
    assert len(await harness.queued()) == 1, "the new one is not left alone for the old one's end"


@pytest.mark.parametrize("trouble", [None, KeyTrouble("expired", code=33004)])
async def test_whoever_asks_while_the_key_is_replaced_is_told_of_the_new_one(
    harness: Harness, trouble: KeyTrouble | None
) -> None:
    await a_day_later(harness)
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    harness.bybit.key_trouble = trouble
    report = await replaced_while_asked(harness, lambda: harness.services.keys.check(ANNA, account.account_id))
    assert report.check.ips == (await stored_check(harness)).ips == ("192.0.2.7",)


async def test_a_key_bound_elsewhere_is_told_with_the_address(harness: Harness) -> None:
    watch = await a_day_later(harness)
    harness.bybit.key_trouble = KeyTrouble("no", code=10010)
    await watch.check_due()
    (row,) = await harness.queued()
    assert (row.message.values["finding"], row.message.values["ip"]) == ("key-other-ip", "192.0.2.1")
