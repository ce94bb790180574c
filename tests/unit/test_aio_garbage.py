"""Garbage collection that looks at what lives on once a day."""

import gc
import weakref

import pytest
from harness.fakes import FakeClock

from bot.aio.garbage import survivors_set_aside


class Ring:
    """An object that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_what_survives_a_collection_is_looked_at_again_after_a_day_alone(clock: FakeClock) -> None:
    with survivors_set_aside(clock.monotonic):
        before = gc.get_freeze_count()
        young, old = Ring(), Ring()
        gone = weakref.ref(young)
        del young
        gc.collect()
        assert gone() is None, "garbage that was never set aside is collected as ever"
        assert gc.get_freeze_count() > before
        gone = weakref.ref(old)
        del old
        gc.collect()
        assert gone() is not None
        clock.advance(86_400)
        gc.collect()
        assert gone() is None
    assert not [each for each in gc.callbacks if "survivors" in getattr(each, "__qualname__", "")]
