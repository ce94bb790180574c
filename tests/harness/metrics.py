"""What /metrics shows of a bot that was put together whole."""

from typing import Final

from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Assembly

NAMED_ELSEWHERE: Final = {"region", "endpoint", "job"}
Series = tuple[str, frozenset[tuple[str, str]]]  # name and labels


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


def as_markdown(text: str) -> str:
    """The page as the table of docs/metrics.md: a row a metric; values of labels unless another page lists them."""
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for family in sorted(text_string_to_metric_families(text), key=lambda each: each.name):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        kind = "untyped" if family.type == "unknown" else family.type
        rows.append(f"| `{name}` | {kind} | {_labels(family)} | {family.documentation} |")
    return "\n".join(rows)


def _labels(family: Metric) -> str:
    values: dict[str, list[str]] = {}
    for sample in family.samples:
        for label, value in sample.labels.items():
            if label != "le":
                values.setdefault(label, []).append(value)
    shown = {label: list(dict.fromkeys(each)) for label, each in values.items()}
    if family.name.endswith("_info"):
        return ", ".join(f"`{label}`" for label in shown)
    return "; ".join(
        f"`{label}`" if label in NAMED_ELSEWHERE else f"`{label}`: {', '.join(found)}" for label, found in shown.items()
    )
