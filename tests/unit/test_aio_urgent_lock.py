"""A lock that those in a hurry get first, though not for ever, and that no cancellation loses."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

import pytest

from bot.aio.urgent_lock import UrgentLock


async def order_of(lock: UrgentLock, names: Sequence[str]) -> list[str]:
    """Who got it after whom, if all asked for it while it was taken; names in capitals are urgent."""
    got: list[str] = []

    async def ask(name: str) -> None:
        await lock.acquire(is_urgent=name.isupper())
        got.append(name)
        await asyncio.sleep(0)
        lock.release()

    await lock.acquire()
    tasks = [asyncio.create_task(ask(each)) for each in names]
    await asyncio.sleep(0)
    assert (lock.waiting, lock.urgent_waiting) == (len(names), sum(each.isupper() for each in names))
    lock.release()
    await asyncio.gather(*tasks)
    return got


async def test_the_urgent_go_first_and_each_kind_in_its_order() -> None:
    assert await order_of(UrgentLock(4), "abXcY") == list("XYabc")


async def test_so_many_in_a_row_and_then_one_that_has_waited() -> None:
    assert await order_of(UrgentLock(2), "abUVWXYZ") == list("UVaWXbYZ")


async def test_nobody_waits_for_a_free_one() -> None:
    lock = UrgentLock(1)
    for is_urgent in (False, True, False):
        await lock.acquire(is_urgent=is_urgent)
        lock.release()
    assert lock.waiting == 0


@pytest.mark.parametrize("seed", range(20))
async def test_a_cancellation_at_any_moment_neither_loses_it_nor_gives_it_to_two(seed: int) -> None:
    dice, lock, inside = random.Random(seed), UrgentLock(3), 0  # noqa: S311  the same storm in every run

    async def ask() -> None:
        nonlocal inside
        await lock.acquire(is_urgent=dice.random() < 0.5)
        try:
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1
        except asyncio.CancelledError:
            inside -= 1
            raise
        finally:
            lock.release()

    tasks = [asyncio.create_task(ask()) for _ in range(60)]
    for _ in range(40):
        await asyncio.sleep(0)
        dice.choice(tasks).cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert lock.waiting == 0
    async with asyncio.timeout(1):
        await lock.acquire()
