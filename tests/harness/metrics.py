"""What /metrics shows of a bot that was put together whole."""

from typing import Final

from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Assembly

Series = tuple[str, frozenset[tuple[str, str]]]  # name and labels
VERSIONS: Final = frozenset({"perpdesk_build_info"})  # whose labels' values change with what is installed


async def metrics_text(assembly: Assembly) -> str:
    """The page as Prometheus is given it."""
    async with TestClient(TestServer(assembly.sidecar)) as client, client.get("/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def scraped(assembly: Assembly) -> dict[Series, float]:
    """Every sample by name and labels."""
    return samples(await metrics_text(assembly))


def samples(text: str) -> dict[Series, float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def one(found: dict[Series, float], name: str, **labels: str) -> float:
    """The value of one sample."""
    return found[name, frozenset(labels.items())]
