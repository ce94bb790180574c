"""The sidecar's parts without a socket: what needs a token, what takes gzip, what the metrics say."""

import asyncio
import platform
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from harness.cache import Source
from harness.fakes import FakeClock
from harness.waiting import LIMIT, until
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from bot.aio.histograms import Histogram
from bot.domain.ids import Symbol, UserId
from bot.domain.secrets import Secret
from cache.facade import CachedReads
from cache.policy import TABLE
from cache.stats import RegionStats
from stats_api.answers import takes_gzip
from stats_api.app import create_app, region_json
from stats_api.collector import COUNTERS, ProcessSampler, SampledCollector, make_registry
from stats_api.rendering import SharedScrapes
from stats_api.server import must_have_token


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    assert not must_have_token(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.com", "", "127.0.0.1.example"],  # noqa: S104  asked about
)
def test_any_other_address_needs_a_token(host: str) -> None:
    assert must_have_token(host)


@pytest.mark.parametrize("token", ["", "   "])
def test_an_empty_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token is empty"):
        create_app(stats=tuple, reasons=tuple, stuck=tuple, clock=FakeClock(), version="1", token=Secret(token))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=much", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_taken_as_the_client_says(header: str, expected: bool) -> None:
    assert takes_gzip(header) is expected


_LOADS = Histogram((0.1, 2.5))
for _seconds in (*[0.0625] * 18, 0.25, 0.25, 2.625):
    _LOADS.observe(_seconds)
STATS = RegionStats(
    name="balance",
    ttl=15,
    capacity=1_000,
    size=234,
    bytes=56_000,
    max_bytes=16_000_000,
    loading=2,
    oldest_load_s=1.5,
    hits=70,
    coalesced=8,
    misses=22,
    load_failures=3,
    overtaken_loads=2,
    evictions=4,
    expirations=5,
    invalidations=6,
    load_seconds=_LOADS,
)


def scrape(stats: tuple[RegionStats, ...], extra: tuple[Collector, ...] = ()) -> str:
    process = ProcessSampler()
    process.sample()
    registry = make_registry(lambda: stats, version="1.2.3", extra=(*extra, process))
    return generate_latest(registry).decode()


def samples(text: str) -> dict[str, float]:
    """Every sample by its name and labels as written."""
    return {
        sample.name + "".join(f"{{{key}={value}}}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_json_of_a_region() -> None:
    assert region_json(STATS) == {
        "hit_rate": 0.78,
        "size": 234,
        "capacity": 1_000,
        "bytes": 56_000,
        "max_bytes": 16_000_000,
        "ttl_seconds": 15,
        "hits": 70,
        "coalesced": 8,
        "misses": 22,
        "loads": 21,
        "load_failures": 3,
        "overtaken_loads": 2,
        "loading": 2,
        "oldest_load_seconds": 1.5,
        "evictions": 4,
        "expirations": 5,
        "invalidations": 6,
        "load_seconds": {"count": 21, "sum": 4.25, "buckets": {"0.1": 18, "2.5": 20, "+Inf": 21}},
    }


def test_the_metrics_have_the_numbers_of_the_json() -> None:
    found = samples(scrape((STATS,)))
    for name, value in region_json(STATS).items():
        if name in {"hit_rate", "ttl_seconds", "load_seconds", "loads"}:
            continue
        gauges = {name: name for name in ("capacity", "bytes", "max_bytes", "loading", "oldest_load_seconds")}
        metric = ({"size": "entries"} | gauges).get(name, f"{name}_total")
        assert found.pop(f"perpdesk_cache_{metric}{{region=balance}}") == value
    assert found["perpdesk_cache_load_seconds_bucket{le=2.5}{region=balance}"] == 20
    assert found["perpdesk_cache_load_seconds_bucket{le=+Inf}{region=balance}"] == 21
    assert found["perpdesk_cache_load_seconds_count{region=balance}"] == 21
    assert found["perpdesk_cache_load_seconds_sum{region=balance}"] == 4.25


def test_the_names_are_those_that_dashboards_ask_for() -> None:
    assert [name for name, _ in COUNTERS] == [
        "hits",
        "coalesced",
        "misses",
        "load_failures",
        "overtaken_loads",
        "evictions",
        "expirations",
        "invalidations",
    ]
    found = samples(scrape((STATS,)))
    assert found["perpdesk_build_info{python=" + platform.python_version() + "}{version=1.2.3}"] == 1
    for name in ("process_resident_memory_bytes", "process_open_fds"):
        assert found[name] >= 0


def test_other_parts_add_their_metrics() -> None:
    class Lanes(Collector):
        def collect(self) -> list[Metric]:
            return [GaugeMetricFamily("perpdesk_lanes", "Users being served.", value=7)]

    assert samples(scrape((STATS,), (Lanes(),)))["perpdesk_lanes"] == 7


async def test_a_disk_that_hangs_hides_nothing_but_what_it_has() -> None:
    free = threading.Event()

    class Hanging(SampledCollector):
        def read(self) -> list[Metric]:
            free.wait(LIMIT)
            return [GaugeMetricFamily("on_that_disk", "A figure.", value=1)]

    async def is_shown() -> bool:
        return b"on_that_disk 1.0" in (await scrapes.render()).plain

    hanging = Hanging()
    registry = make_registry(tuple, version="1", extra=(hanging,))
    scrapes = SharedScrapes(registry, (hanging,), FakeClock(), 0.0, patience_s=0.01)
    shown = (await scrapes.render()).plain
    assert (b"perpdesk_build_info" in shown, b"on_that_disk" in shown) == (True, False)
    free.set()
    await until(is_shown, what="the figure of the disk")
    await scrapes.close()


def test_thousands_of_users_make_no_more_series() -> None:
    reads = Source().reads()
    few = _series(reads, 1)
    many = _series(reads, 2_000)
    assert few == many
    assert len(few) < 300
    assert {line.split('region="')[1].split('"')[0] for line in few if 'region="' in line} == {
        policy.name for policy in TABLE
    }


def _series(reads: CachedReads, users: int) -> list[str]:
    async def use() -> None:
        for number in range(users):
            await reads.ticker(Symbol(f"COIN{number}USDT"))
            await reads.license(UserId(number))

    asyncio.run(use())
    text = scrape(reads.stats())
    assert len(text) < 100_000
    return [re.sub(r" \S+$", "", line) for line in text.splitlines() if not line.startswith("#")]


def test_promtool_finds_nothing_to_say(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool (Debian package prometheus)")
    reads = Source().reads()
    file = tmp_path / "metrics.txt"
    file.write_text(scrape(reads.stats()), encoding="utf-8")
    with file.open("rb") as text:
        found = subprocess.run([promtool, "check", "metrics"], stdin=text, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
