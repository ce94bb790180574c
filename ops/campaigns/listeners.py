"""Both listeners of a running bot under fire: requests and bytes that nobody should send, and schemathesis."""

import asyncio
import subprocess
import time
from pathlib import Path
from typing import Final

from ops.campaigns.http_fuzz import FuzzTarget, fuzz, sidecar_target, webhook_target
from ops.campaigns.report import Report
from ops.stack import ROOT, free_port, running_stack

SCHEMATHESIS: Final = ROOT / ".venv" / "schemathesis" / "bin" / "schemathesis"
_PATH: Final = "/telegram"
_SECRET: Final = "a-secret-of-the-campaign"  # noqa: S105  of a bot that lives as long as the campaign
_TOKEN: Final = "a-token-of-the-campaign-1"  # noqa: S105  the same
_SEEDS: Final = 20  # of schemathesis: each makes some 60 requests
_TOLD: Final = 3  # tracebacks
_AT_ONCE: Final = 2_000  # cases between two looks at the clock


def run(seed: int, budget: float, folder: Path) -> Report:
    """Schemathesis with its seeds, then cases until the budget of seconds is spent: at least 2,000 a listener."""
    began = time.monotonic()
    cases, failures = asyncio.run(_run(seed, began + budget, folder))
    return Report(
        name="requests that nobody should send",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=cases,
        steps=cases,
        failures=tuple(failures),
    )


async def _run(seed: int, end: float, folder: Path) -> tuple[int, list[str]]:
    port = free_port()
    settings = {
        "PERPDESK_WEBHOOK_URL": f"http://127.0.0.1:{port}{_PATH}",
        "PERPDESK_WEBHOOK_PORT": str(port),
        "PERPDESK_WEBHOOK_SECRET": _SECRET,
        "PERPDESK_STATS_TOKEN": _TOKEN,
    }
    authorization = {"Authorization": f"Bearer {_TOKEN}"}
    async with running_stack(folder, log_level="INFO", environment=settings, headers=authorization) as stack:
        failures = await asyncio.to_thread(_schemathesis, stack.stats_url, seed, folder)
        sidecar = sidecar_target(int(stack.stats_url.rsplit(":", 1)[1]), _TOKEN)
        cases = await _fuzzed((sidecar, webhook_target(port, _PATH, _SECRET)), seed, end, failures)
        if not await stack.chat(9_001).say("/whoami"):
            failures.append("the chat answers nothing afterwards")
        log = stack.log("bot")
    failures += [f"the log has {what}" for what in (_SECRET, _TOKEN) if what in log]
    failures += [f"the log has {line[:2_000]}" for line in log.splitlines() if "Traceback" in line][:_TOLD]
    return cases, failures


async def _fuzzed(targets: tuple[FuzzTarget, ...], seed: int, end: float, failures: list[str]) -> int:
    cases = 0
    while not failures and (not cases or time.monotonic() < end):
        for target in targets:
            failures += await fuzz(target, seed, _AT_ONCE, first=cases)
        cases += _AT_ONCE
    return cases * len(targets)


def _schemathesis(url: str, seed: int, folder: Path) -> list[str]:
    """What it found; it asks with the token, and for `ignored_auth` without and with wrong ones.

    What it remembers of a run stays in `folder`.
    """
    if not SCHEMATHESIS.exists():
        return [f"{SCHEMATHESIS} is missing: `make campaign` installs it"]
    failures = []
    for number in range(seed, seed + _SEEDS):
        command = ["run", f"{url}/openapi.json", "--header", f"Authorization: Bearer {_TOKEN}", "--checks", "all"]
        options = ["--seed", str(number), "--max-examples", "150", "--continue-on-failure", "--no-color"]
        done = subprocess.run(  # noqa: S603  our own command line
            [SCHEMATHESIS, *command, *options], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            failures.append(f"schemathesis, seed {number}:\n{done.stdout[-4_000:]}")
    return failures
