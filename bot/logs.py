"""Logging: standard library loggers, rendered by structlog, with every secret taken out at the last step."""

import copy
import io
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, Self, TextIO

import structlog

_QUIET: Final = ("httpx", "httpcore", "aiosqlite", "telegram", "pybit", "aiohttp.access", "urllib3", "asyncio")
_BOT_TOKEN: Final = re.compile(r"\b\d{3,}:[A-Za-z0-9_-]{20,}")
_LONG_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{30,}(?![A-Za-z0-9])"
)
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # all but tabs and line ends
_HIDDEN: Final = "***"
_FOLD_S: Final = 60.0  # in which a traceback is shown once
_FOLDED: Final = 256  # tracebacks that are remembered
_LONGEST_ERROR: Final = 200  # characters of an error in a line
_LEVELS: Final[Mapping[str, int]] = {  # a closed set: these become label values
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}

Event = MutableMapping[str, Any]


class Redactor:
    """Takes known secrets, and whatever looks like one, out of a finished line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if secret for form in _written(secret)}
        self._known = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, _HIDDEN)
        for pattern in (_PEM, _BOT_TOKEN, _LONG_TOKEN):
            text = pattern.sub(_HIDDEN, text)
        return text


def _written(secret: str) -> Iterator[str]:
    """How a line may have it: as it is, in the repr of an error, and either of them within JSON."""
    for form in (secret, repr(secret)[1:-1]):
        yield form
        yield json.dumps(form)[1:-1]


class TracebackFolder:
    """A traceback that comes again within a minute is one line: its error, and how often it came since.

    The same is one of that logger, that message and that place in the code. What a fault of the disk or of the exchange
    repeats a hundred times a second is to leave room for the rest.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}  # when it was whole last, how often since

    def folded(self, record: logging.LogRecord) -> logging.LogRecord:
        """The record, or one without the traceback that was shown lately; others may still see the record itself."""
        if not record.exc_info or record.exc_info[1] is None:
            return record
        error, trace = record.exc_info[1], record.exc_info[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = None if trace is None else (trace.tb_frame.f_code, trace.tb_lineno)
        key = (record.name, str(record.msg), type(error), place)
        shown, times = self._seen.pop(key, (float("-inf"), 0))
        is_whole = not 0 <= record.created - shown < _FOLD_S
        self._seen[key] = (record.created, 0) if is_whole else (shown, times + 1)
        while len(self._seen) > _FOLDED:
            del self._seen[next(iter(self._seen))]
        if is_whole and not times:
            return record
        told = copy.copy(record)
        first = next(iter(str(error).splitlines()), "")[:_LONGEST_ERROR]
        told.msg, told.args = f"{record.getMessage()} ({type(error).__name__}: {first}; again {times + 1} times)", ()
        if not is_whole:
            told.exc_info = told.exc_text = None
        return told


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line, so that tracebacks and extras pass through the same sieve."""

    def __init__(self, redact: Redactor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._redact = redact
        self._folder = TracebackFolder()

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(self._folder.folded(record)))


class LogCounts(logging.Handler):
    """How many lines were logged, by level."""

    def __init__(self) -> None:
        super().__init__()
        self.by_level = dict.fromkeys(_LEVELS, 0)

    def emit(self, record: logging.LogRecord) -> None:
        """Count it for the highest level that it reaches."""
        reached = [name for name, least in _LEVELS.items() if record.levelno >= least]
        self.by_level[reached[-1] if reached else "debug"] += 1

    @contextmanager
    def attached(self) -> Iterator[Self]:
        """Counts what anybody logs while the block runs."""
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield self
        finally:
            root.removeHandler(self)


def _formatter(style: str, redact: Redactor) -> logging.Formatter:
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        colors = sys.stderr.isatty()
        last += [_on_one_line, structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_write_traceback)]
    return _RedactingFormatter(redact, foreign_pre_chain=shared, processors=last)


def _on_one_line(_: object, __: str, event: Event) -> Event:
    """What others say may stand in a message: no line of a log, and no color of a terminal, is made by it."""
    event["event"] = _escaped(str(event["event"])).replace("\n", "\\n")
    return event


def _write_traceback(out: TextIO, error: structlog.typing.ExcInfo) -> None:
    plain = io.StringIO()
    structlog.dev.plain_traceback(plain, error)
    out.write(_escaped(plain.getvalue()))


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def configure(*, level: str, style: str, secrets: Iterable[str] = ()) -> None:
    """Set up the root logger. `style`: console or json. Chatty libraries that log secrets stay at WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(style, Redactor(secrets)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
