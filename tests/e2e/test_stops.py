"""SIGTERM under load, small; `make campaign` does it a hundred times, and measures a restart."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import stops
from ops.stack import ROOT, running_stack


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_two_stops_under_load_leave_nobody_unanswered_and_nobody_answered_twice(tmp_path: Path) -> None:
    report = await stops.run(1, CAMPAIGN_LIMIT, tmp_path, stops=2, rate=10)
    assert report.is_good, str(report)
    assert report.cases == 2


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
@pytest.mark.parametrize("how", ["all well", "bybit_hangs", "by_webhook"])
async def test_everybody_is_answered_over_a_restart(tmp_path: Path, how: str) -> None:
    found = await stops.restart(
        tmp_path, seconds=2, rate=5, bybit_hangs=how == "bybit_hangs", by_webhook=how == "by_webhook"
    )
    assert len(found) == 10


@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_a_bot_that_nobody_looks_after_is_restarted_and_answers(tmp_path: Path) -> None:
    async with running_stack(tmp_path, log_level="INFO") as stack:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "ops", "restart"],
            cwd=ROOT,
            env=stack.environment | {"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        holder = int((tmp_path / "perpdesk.sqlite3.lock").read_text().split()[0])
        try:
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stdout.splitlines()[-1] == "ready"
            log = stack.log("bot")
            assert -1 < log.find("ready") < log.find("stopping") < log.find("stopped"), log
            assert stack.processes["bot"].wait(0) == 0
            assert holder != stack.processes["bot"].pid
            assert await stack.chat(9_001).say("/whoami")
        finally:
            os.kill(holder, signal.SIGTERM)
