"""The data behind the dashboard: an overview of this moment, and an hour of history that is kept in memory."""

import platform
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.aio.periodic import Periodic
from bot.aio.tasks import TaskSet
from bot.domain.health import Reason
from bot.domain.ports.clock import Clock
from stats_api.answers import utc
from stats_api.panels import LINES, Panel, cache_panel, panels_of
from stats_api.rendering import SharedScrapes
from stats_api.ring import Ring
from stats_api.scrape import Scrape
from stats_api.troubles import Troubles, state_of
from stats_api.windows import Counts, Window, counts_of

SAMPLE_EVERY: Final = 10.0  # s
SAMPLES: Final = 360  # an hour of them
NOW_S: Final = 60.0  # rates and quantiles of the overview are of so many seconds
TREND_S: Final = 300.0  # a point of a hit rate's line is of so many
HOUR_S: Final = 3_600.0


class Dashboard:
    """Samples the metrics while it runs, and makes overview and history of them. Reads only metrics and reasons."""

    def __init__(
        self,
        scrapes: SharedScrapes,
        reasons: Callable[[], tuple[Reason, ...]],
        stuck: Callable[[], tuple[str, ...]],
        clock: Clock,
        *,
        version: str,
        every: float = SAMPLE_EVERY,
    ) -> None:
        self._scrapes = scrapes
        self._reasons = reasons
        self._stuck = stuck
        self._version = version
        self._began = clock.monotonic()
        self._every = every
        self._troubles = Troubles()
        self._counts: Ring[tuple[str, str]] = Ring(SAMPLES)
        self._lines: Ring[str] = Ring(SAMPLES)
        self._hit_rates: Ring[str] = Ring(SAMPLES)
        self._job = Periodic("dashboard", self.sample, clock=clock, every_s=every)
        self._tasks = TaskSet()

    def start(self) -> None:
        """From now on a sample is taken every few seconds."""
        self._tasks.start(self._job.run(), "sidecar history")

    async def close(self) -> None:
        await self._tasks.close()

    async def sample(self) -> None:
        """Add one row to the history, unless no time has passed since the last. Raises what a collector raised."""
        scrape = await self._scrapes.read()
        if scrape.seconds <= self._counts.newest:
            return
        now = counts_of(scrape)
        minute, trend = self._window(scrape, now, NOW_S), self._window(scrape, now, TREND_S)
        self._troubles.look(scrape, minute, (), self._stuck())
        panels = panels_of(scrape, minute)
        lines = {name: panels[panel][figure] for name, (panel, figure) in LINES.items()}
        self._lines.append(scrape.at, scrape.seconds, _short(lines))
        regions = scrape.by("perpdesk_cache_entries", "region")
        self._hit_rates.append(scrape.at, scrape.seconds, _short({name: trend.hit_rate(name) for name in regions}))
        counts = {(name, value): count for name, counted in now.items() for value, count in counted.items()}
        self._counts.append(scrape.at, scrape.seconds, counts)

    async def overview(self) -> Panel:
        """Ten panels in the order of the page. Raises what a collector raised."""
        scrape = await self._scrapes.read()
        now = counts_of(scrape)
        minute = self._window(scrape, now, NOW_S)
        panels = panels_of(scrape, minute)
        cache = cache_panel(scrape, self._window(scrape, now, HOUR_S))
        first = ("money", "telegram_in", "telegram_out", "bybit")
        return {
            "at": utc(scrape.at),
            "verdict": self._verdict(scrape, minute),
            **{name: panels.pop(name) for name in first},
            "cache": cache,
            **panels,
        }

    def history(self) -> dict[str, Any]:
        """Columns of the same length, oldest first: `at` in UTC milliseconds, the others a number a sample, or null."""
        return {
            "every_seconds": self._every,
            "capacity": SAMPLES,
            "at": self._lines.times(),
            "hit_rate": dict(self._hit_rates.columns()),
            "lines": dict(self._lines.columns()),
        }

    def _verdict(self, scrape: Scrape, minute: Window) -> Panel:
        troubles = self._troubles.look(scrape, minute, self._reasons(), self._stuck())
        uptime = scrape.seconds - self._began
        return {
            "state": state_of(troubles),
            "troubles": [
                {
                    "name": trouble.name,
                    "severity": trouble.severity,
                    "text": trouble.text,
                    "since": utc(trouble.since),
                    "age_seconds": max(0, scrape.at - trouble.since) / 1000,
                    "is_lasting": trouble.is_lasting,
                }
                for trouble in troubles
            ],
            "version": self._version,
            "python": platform.python_version(),
            "started": utc(scrape.at - uptime * 1000),
            "uptime_seconds": uptime,
        }

    def _window(self, scrape: Scrape, now: Counts, seconds: float) -> Window:
        then = self._counts.since(scrape.seconds - seconds)
        return Window(None, now, 0) if then is None else Window(then[1], now, scrape.seconds - then[0])


def _short(row: Mapping[str, float]) -> dict[str, float]:
    """Four digits are more than a line shows, and half the bytes."""
    return {name: float(f"{value:.4g}") for name, value in row.items()}
