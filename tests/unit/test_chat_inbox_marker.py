"""Marking handled updates in batches."""

import asyncio

import pytest
from harness.fakes import START_MS, FakeClock, MemoryInbox
from harness.telegram_server import message

from bot.chat.inbox_marker import InboxMarker
from bot.chat.updates import Incoming, known
from bot.domain.chat import InboxState, StoredUpdate
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis

pytestmark = pytest.mark.virtual_time


async def stored(store: MemoryInbox, count: int) -> list[Incoming]:
    updates = known([message(number, 1 + number % 3) for number in range(count)], Millis(START_MS))
    rows = [StoredUpdate(update_id=u.update_id, user_id=u.user_id, chat_id=u.chat_id, body=b"{}") for u in updates]
    await store.accept(rows, Millis(START_MS))
    return updates


async def test_many_are_marked_in_one_commit_with_when_their_senders_were_seen() -> None:
    store = MemoryInbox()
    updates = await stored(store, 30)
    marker = InboxMarker(store, FakeClock(), every_s=0.02)
    async with marker.open():
        before = store.commits
        for update in updates:
            marker.done(update)
        await asyncio.sleep(0.1)
        assert store.commits == before + 1
        assert {row.state for row in store.rows.values()} == {InboxState.DONE}
        assert store.seen == {1: START_MS, 2: START_MS, 3: START_MS}
        assert marker.stats().marked == 30


async def test_a_full_batch_does_not_wait_for_the_clock() -> None:
    store = MemoryInbox()
    updates = await stored(store, 10)
    marker = InboxMarker(store, FakeClock(), every_s=60, rows=10)
    async with marker.open():
        for update in updates:
            marker.done(update)
        await asyncio.sleep(0.02)
        assert marker.stats().marked == 10


async def test_leaving_writes_what_is_waiting() -> None:
    store = MemoryInbox()
    updates = await stored(store, 3)
    marker = InboxMarker(store, FakeClock(), every_s=60)
    async with marker.open():
        for update in updates:
            marker.done(update)
    assert {row.state for row in store.rows.values()} == {InboxState.DONE}


async def test_a_disk_that_refuses_loses_nothing_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryInbox()
    updates = await stored(store, 3)
    marker = InboxMarker(store, FakeClock(), every_s=0.01)
    async with marker.open():
        store.refuse = [StorageTrouble("disk full")]
        for update in updates:
            marker.done(update)
        await asyncio.sleep(0.05)
        assert marker.trouble() == "handled updates can't be marked: disk full"
        assert marker.stats().waiting == 3
        assert "disk full" in caplog.text
        await marker.flush()
        assert marker.trouble() is None
    assert {row.state for row in store.rows.values()} == {InboxState.DONE}


async def test_a_cancelled_flush_loses_nothing() -> None:
    store = MemoryInbox(commit_s=0.05)
    updates = await stored(store, 3)
    marker = InboxMarker(store, FakeClock(), every_s=60)
    for update in updates:
        marker.done(update)
    task = asyncio.create_task(marker.flush())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await marker.flush()
    assert {row.state for row in store.rows.values()} == {InboxState.DONE}


async def test_rows_of_a_minute_ago_become_runs_and_those_of_fourteen_days_ago_are_forgotten() -> None:
    store = MemoryInbox(ripe=[2000, 7], old=[5000, 5000, 12])
    assert await InboxMarker(store, FakeClock()).sweep() == 12_019
    assert (store.ripe, store.old) == ([], [])
    assert (store.joined_before, store.forgotten_before) == (START_MS - 60_000, START_MS - 14 * 86_400_000)
