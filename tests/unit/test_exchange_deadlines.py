"""Deadlines that many calls share: who is late is aborted, who is not never hears of it."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest
from harness.exchange import TurnedTime

from bot.exchange.bybit.deadlines import Deadlines

SECONDS = 10.0


class TurnedLoop(TurnedTime):
    """The part of an event loop that deadlines ask for, in turned time."""

    def time(self) -> float:
        return self.seconds

    def call_at(self, when: float, callback: Callable[[int], None], deadline: int) -> object:
        return self.later(when - self.seconds, partial(callback, deadline))


class Line:
    """A transport that only knows whether it was aborted."""

    def __init__(self) -> None:
        self.is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True


def line() -> asyncio.Transport:
    return cast("asyncio.Transport", Line())


def is_aborted(transport: asyncio.Transport) -> bool:
    return cast("Line", transport).is_aborted


@pytest.fixture
def loop() -> TurnedLoop:
    return TurnedLoop()


@pytest.fixture
def deadlines(loop: TurnedLoop) -> Deadlines:
    return Deadlines(seconds=SECONDS, loop=cast("asyncio.AbstractEventLoop", loop))


async def test_a_call_that_takes_too_long_is_aborted_and_told_so(loop: TurnedLoop, deadlines: Deadlines) -> None:
    late = line()
    started = deadlines.start(late)
    await loop.advance(SECONDS)
    assert not is_aborted(late)
    await loop.advance(SECONDS / 10)
    assert is_aborted(late)
    assert deadlines.end(started, late)


async def test_a_call_that_ended_is_left_alone(loop: TurnedLoop, deadlines: Deadlines) -> None:
    """Its connection serves the next call by then."""
    quick, slow = line(), line()
    first, second = deadlines.start(quick), deadlines.start(slow)
    assert not deadlines.end(first, quick)
    await loop.advance(SECONDS * 1.5)
    assert (is_aborted(quick), is_aborted(slow)) == (False, True)
    assert deadlines.end(second, slow)


async def test_each_call_has_its_own_deadline(loop: TurnedLoop, deadlines: Deadlines) -> None:
    lines = []
    for _ in range(5):
        lines.append(line())
        deadlines.start(lines[-1])
        await loop.advance(3.0)
    assert [is_aborted(each) for each in lines] == [True, True, False, False, False], "15, 12, 9, 6, 3 s ago"


def test_calls_of_one_moment_share_a_deadline(deadlines: Deadlines) -> None:
    assert len({deadlines.start(line()) for _ in range(1000)}) == 1


async def test_after_closing_nothing_is_aborted(loop: TurnedLoop, deadlines: Deadlines) -> None:
    late = line()
    deadlines.start(late)
    deadlines.close()
    await loop.advance(SECONDS * 2)
    assert not is_aborted(late)
