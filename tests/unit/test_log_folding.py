"""A fault that repeats is one traceback a minute, and a line each time."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from bot.logs import TracebackFolder


def here(words: str) -> None:
    raise ValueError(words)


def elsewhere(words: str) -> None:
    raise ValueError(words)


def fail(words: str, at: Callable[[str], None] = here) -> Any:
    try:
        at(words)
    except ValueError:
        return sys.exc_info()


def record(message: str, *args: object, at: float, error: Any, name: str = "bot.jobs") -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, error)
    made.created = at
    return made


def shown(folder: TracebackFolder, message: str, *args: object, at: float, error: Any) -> tuple[str, bool]:
    """The line, and whether its traceback is below it."""
    found = folder.folded(record(message, *args, at=at, error=error))
    return found.getMessage(), found.exc_info is not None


def test_it_is_shown_once_a_minute_and_told_each_time() -> None:
    folder = TracebackFolder()
    assert shown(folder, "job %s failed", "a", at=0, error=fail("one")) == ("job a failed", True)
    again = "job b failed (ValueError: two; again 1 times)"
    assert shown(folder, "job %s failed", "b", at=1, error=fail("two\nlines")) == (again, False)
    assert shown(folder, "job %s failed", "a", at=59, error=fail("x"))[0].endswith("again 2 times)")
    assert shown(folder, "job %s failed", "a", at=61, error=fail("x")) == (
        "job a failed (ValueError: x; again 3 times)",
        True,
    )
    assert shown(folder, "job %s failed", "a", at=62, error=fail("x"))[1] is False


def test_another_message_another_place_and_no_error_are_their_own() -> None:
    folder = TracebackFolder()
    assert shown(folder, "job failed", at=0, error=fail("one"))[1]
    assert shown(folder, "another", at=1, error=fail("one"))[1]
    assert shown(folder, "job failed", at=2, error=fail("one", elsewhere))[1]
    assert shown(folder, "job failed", at=3, error=None) == ("job failed", False)
    assert shown(folder, "job failed", at=-5, error=fail("one"))[1], "a clock that was set back hides nothing"


def test_others_see_the_record_as_it_was_and_few_are_remembered() -> None:
    folder, error = TracebackFolder(), fail("one")
    for number in range(1_000):
        folder.folded(record(f"m{number}", at=0, error=error))
    assert shown(folder, "m0", at=1, error=error)[1], "forgotten"
    seen = record("m999", at=1, error=error)
    assert folder.folded(seen) is not seen
    assert (seen.exc_info, seen.getMessage()) == (error, "m999")
