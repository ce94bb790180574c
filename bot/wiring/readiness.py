"""How far the start has come, and why the process is not ready: since when, and as a metric."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.aio.periodic import Jobs
from bot.chat.runtime import TelegramRuntime
from bot.domain.health import Reason, ReasonKind
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.adapter import Bybit
from bot.wiring.storage import Storage
from bot.wiring.streams import Streams

_WRITER_MOST_S: Final = 20.0  # SQLite waits for a lock for ten
_LANES_MOST_S: Final = 120.0  # every call that a handler waits for ends before
_LONGEST: Final = 300  # characters of a reason
_FIGURE: Final = re.compile(r"\d+")  # "nothing for 43 s" and "nothing for 44 s" are one reason


@dataclass(frozen=True, slots=True)
class ReasonSource:
    """Who is asked for reasons of a kind; none are answered while all is well."""

    kind: ReasonKind
    look: Callable[[], tuple[str, ...]]


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the start has come, and what troubles a process that was ready.

    A reason's age is told from the first `reasons` that names it: whoever wants it true asks every second.
    """

    clock: Clock
    step: str | Callable[[], tuple[str, ...]] | None = "starting"
    is_stopping: bool = False
    problems: tuple[ReasonSource, ...]
    writer_busy_s: Callable[[], float] = lambda: 0.0
    lanes_silent_s: Callable[[], float] = lambda: 0.0
    _since: dict[tuple[ReasonKind, str], Millis] = field(default_factory=dict)

    def reasons(self) -> tuple[Reason, ...]:
        now = self.clock.now()
        words = ((kind, _printable(text)) for kind, text in self._found())
        found = [(kind, text, (kind, _FIGURE.sub("#", text))) for kind, text in words]
        self._since = {key: self._since.get(key, now) for _, _, key in found}
        return tuple(Reason(kind=kind, text=text, since=self._since[key]) for kind, text, key in found)

    def stuck(self) -> tuple[str, ...]:
        """What does not go on, whatever Telegram and Bybit do; a loop that is stuck does not ask."""
        found = []
        if (seconds := self.writer_busy_s()) > _WRITER_MOST_S:
            found.append(f"a transaction has been open for {seconds:.0f} s")
        if (seconds := self.lanes_silent_s()) > _LANES_MOST_S:
            found.append(f"no update has gone on for {seconds:.0f} s")
        return tuple(found)

    def status(self) -> str:
        """Every reason in one line, "ready" where there is none."""
        return "; ".join(reason.text for reason in self.reasons()) or "ready"

    def _found(self) -> Iterator[tuple[ReasonKind, str]]:
        if self.is_stopping:
            yield ReasonKind.STOPPING, "stopping"
        elif self.step is not None:
            steps = self.step() if callable(self.step) else (self.step,)
            yield from ((ReasonKind.STARTING, step) for step in steps)
        else:
            for source in self.problems:
                yield from ((source.kind, text) for text in source.look())


def _printable(text: str) -> str:
    """Reasons quote Telegram and Bybit: a lone surrogate is no UTF-8, and no answer could tell it."""
    return "".join(each if each.isprintable() else " " for each in text[:_LONGEST])


def progress_of(
    clock: Clock, storage: Storage, runtime: TelegramRuntime, jobs: Jobs, bybit: Bybit, streams: Streams
) -> Progress:
    """Everybody who may have a reason."""
    return Progress(
        clock=clock,
        problems=(
            ReasonSource(ReasonKind.DATABASE, storage.database.problems),
            ReasonSource(ReasonKind.DATABASE, storage.space.problems),
            ReasonSource(ReasonKind.TELEGRAM, runtime.problems),
            ReasonSource(ReasonKind.JOBS, jobs.trouble),
            ReasonSource(ReasonKind.BYBIT, bybit.problems),
            ReasonSource(ReasonKind.STREAMS, streams.problems),
        ),
        writer_busy_s=storage.database.writer_busy_s,
        lanes_silent_s=runtime.lanes.silent_s,
    )


class ReadinessCollector(Collector):
    """perpdesk_unready: 1 while there is a reason of that kind."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def collect(self) -> Iterable[Metric]:
        kinds = {reason.kind for reason in self._progress.reasons()}
        family = GaugeMetricFamily("perpdesk_unready", "Whether there is a reason not to be ready.", labels=("reason",))
        for kind in ReasonKind:
            family.add_metric((kind.value,), kind in kinds)
        return (family,)
