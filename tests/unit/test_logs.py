"""A line of the log: no secret stands in it, and nobody but the bot makes one."""

import logging

import pytest

from bot.logs import Redactor, _formatter

SECRET = "p\xe4\"ss\\w'rd"


def written(style: str, message: str, *, error: Exception | None = None, **extra: str) -> str:
    """What the log has of it."""
    told = None if error is None else (type(error), error, None)
    record = logging.LogRecord("a", logging.ERROR, __file__, 1, message, (), told)
    record.__dict__.update(extra)
    return _formatter(style, Redactor([SECRET])).format(record)


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_secret_is_hidden_however_a_line_writes_it(style: str) -> None:
    line = written(style, f"{SECRET} {ValueError(SECRET)!r}", error=ValueError(SECRET), more=SECRET)
    assert line.count("***") == 4


@pytest.mark.parametrize("style", ["json", "console"])
def test_what_others_say_makes_no_line_and_no_color(style: str) -> None:
    said = "refused: \x1b[31m\n2026-11-28T00:00:00Z [error] forged\x85"
    assert len(written(style, said, more=said).splitlines()) == 1
    assert not {"\x1b", "\x85"} & set(written(style, said, error=ValueError(said), more=said))
