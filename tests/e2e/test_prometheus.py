"""A real Prometheus server scrapes the sidecar with the configuration of ops/deploy."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from harness.app import harness
from harness.prometheus import DEPLOY, tool
from harness.waiting import until
from pydantic import SecretStr

from bot.domain.ids import Symbol
from ops.stack import free_port
from stats_api.server import serve

TOKEN: Final = "canary-token-of-the-scrape"
COUNTERS: Final = (
    "hits",
    "coalesced",
    "misses",
    "load_failures",
    "overtaken_loads",
    "evictions",
    "expirations",
    "invalidations",
)


class Server:
    """One Prometheus, asked over HTTP."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def ask(self, path: str, **parameters: str) -> Any:
        async with self._session.get(self._url + path, params=parameters) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.json())["data"]

    async def values(self, query: str) -> dict[str, float]:
        """By region; "" where a sample has none."""
        found = (await self.ask("/api/v1/query", query=query))["result"]
        return {each["metric"].get("region", ""): float(each["value"][1]) for each in found}

    async def is_ready(self) -> bool:
        try:
            async with self._session.get(f"{self._url}/-/ready") as answer:
                return answer.ok
        except aiohttp.ClientError:
            return False

    async def is_up(self) -> bool:
        return 1.0 in (await self.values('up{job="perpdesk"}')).values()


@asynccontextmanager
async def prometheus(folder: Path, sidecar: str) -> AsyncIterator[Server]:
    """Debian's server with our configuration; only the addresses and the pace are the test's."""
    program, port = tool("prometheus"), free_port()
    shutil.copytree(DEPLOY / "prometheus", folder)
    (folder / "perpdesk.token").write_text(TOKEN)
    config = folder / "prometheus.yml"
    text = config.read_text()
    for ours, theirs in (
        ("127.0.0.1:8765", sidecar.removeprefix("http://")),
        ("127.0.0.1:9090", f"127.0.0.1:{port}"),
        ("scrape_interval: 15s", "scrape_interval: 1s"),
        ("scrape_timeout: 10s", "scrape_timeout: 1s"),
        ("evaluation_interval: 15s", "evaluation_interval: 1s"),
    ):
        assert ours in text
        text = text.replace(ours, theirs)
    config.write_text(text)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(  # noqa: ASYNC220  it only starts it
        [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=log,
        stderr=log,
    )
    log.close()
    try:
        async with aiohttp.ClientSession() as session:
            server = Server(session, f"http://127.0.0.1:{port}")
            await until(server.is_ready, what="Prometheus")
            yield server
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def test_its_counters_are_those_of_the_cache_statistics(tmp_path: Path) -> None:
    async with (
        harness(tmp_path, stats_token=SecretStr(TOKEN)) as made,
        serve(made.assembly.sidecar, port=0) as sidecar,
        prometheus(tmp_path / "prometheus", sidecar) as server,
    ):
        await until(server.is_up, what="the first scrape")
        reads = made.assembly.reads
        await made.person().say("/start")
        for number in range(7):
            made.bybit.symbols[f"COIN{number % 3}USDT"] = "1"
            await reads.ticker(Symbol(f"COIN{number % 3}USDT"))
            await made.person().say("/balance")
        await made.settle()
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session,
            session.get(f"{sidecar}/api/stats/cache") as answer,
        ):
            regions = await answer.json()
        expected = {name: {region: numbers[name] for region, numbers in regions.items()} for name in COUNTERS}
        assert regions["price"]["hits"] > 0
        assert regions["user_config"]["hits"] > 0

        async def scraped() -> bool:
            return await server.values("perpdesk_cache_hits_total") == expected["hits"]

        await until(scraped, what="a scrape of what was read")
        for name, values in expected.items():
            assert await server.values(f"perpdesk_cache_{name}_total") == values, name
        sizes = {region: numbers["size"] for region, numbers in regions.items()}
        assert await server.values("perpdesk_cache_entries") == sizes
        rules = [rule for group in (await server.ask("/api/v1/rules"))["groups"] for rule in group["rules"]]
        assert len(rules) > 12
        assert [rule["name"] for rule in rules if rule.get("lastError")] == []
        firing = (await server.ask("/api/v1/alerts"))["alerts"]
        assert {alert["labels"]["alertname"] for alert in firing if alert["state"] == "firing"} <= {"Watchdog"}


async def test_a_scrape_without_the_right_token_is_down(tmp_path: Path) -> None:
    async with (
        harness(tmp_path, stats_token=SecretStr("another-token")) as made,
        serve(made.assembly.sidecar, port=0) as sidecar,
        prometheus(tmp_path / "prometheus", sidecar) as server,
    ):

        async def is_refused() -> bool:
            targets = (await server.ask("/api/v1/targets", state="active"))["activeTargets"]
            return any("401" in target["lastError"] for target in targets if target["labels"]["job"] == "perpdesk")

        await until(is_refused, what="a scrape that is refused")
        assert not await server.is_up()
