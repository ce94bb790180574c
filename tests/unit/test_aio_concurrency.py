"""A few at a time, in their order; whoever hangs holds up nobody for long."""

import asyncio

import pytest
from harness.waiting import until

from bot.aio.concurrency import ConcurrencyLimit


async def test_no_more_than_so_many_work_at_once_and_they_go_in_their_order() -> None:
    limit, inside, most, order = ConcurrencyLimit(2), 0, 0, list[int]()

    async def work(number: int) -> None:
        nonlocal inside, most
        async with limit.slot():
            inside, most = inside + 1, max(most, inside + 1)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*map(work, range(9)))
    assert (most, order) == (2, list(range(9)))


async def test_whoever_hangs_counts_no_more_after_a_while() -> None:
    later, ended = list[float](), asyncio.Event()
    free = []

    class Never:
        def cancel(self) -> None:
            free.clear()

    def set_timer(delay: float, callback: object) -> Never:
        later.append(delay)
        free.append(callback)
        return Never()

    limit = ConcurrencyLimit(1, later=set_timer)

    async def hang() -> None:
        async with limit.slot():
            await ended.wait()

    hanging = asyncio.create_task(hang())
    await until(lambda: later, what="the first slot")
    (callback,) = free
    behind = asyncio.create_task(hang())
    await asyncio.sleep(0)
    assert len(later) == 1, "the second one waits"
    callback()
    await until(lambda: len(later) == 2, what="the second slot")
    callback()
    third = asyncio.create_task(hang())
    await asyncio.sleep(0)
    assert len(later) == 2, "a slot is given back once"
    ended.set()
    await asyncio.gather(hanging, behind, third)
    assert later == [0.25] * 3


async def test_a_slot_ends_with_whoever_fails_or_is_canceled() -> None:
    limit = ConcurrencyLimit(1)
    with pytest.raises(ZeroDivisionError):
        async with limit.slot():
            raise ZeroDivisionError
    async with limit.slot():
        waiting = asyncio.create_task(limit.slot().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
    async with asyncio.timeout(1), limit.slot():
        pass
