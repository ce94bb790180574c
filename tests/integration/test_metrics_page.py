"""docs/metrics.md is what /metrics shows."""

from pathlib import Path

from harness.app import harness
from harness.metrics import as_markdown, metrics_text
from harness.sources import ROOT


async def test_the_page_lists_every_metric_with_its_type_its_labels_and_its_meaning(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        table = as_markdown(await metrics_text(made.assembly))
    text = (ROOT / "docs" / "metrics.md").read_text()
    assert text[text.index("| metric |") :].splitlines() == table.splitlines()
