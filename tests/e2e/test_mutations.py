"""A small run of the mutants; `make campaign` tries every one."""

import subprocess
import sys

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns.mutations import ROOT, SMALL


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
def test_faults_of_the_wiring_and_the_cache_turn_a_test_red() -> None:
    command = [sys.executable, "-m", "ops.campaigns.mutations", "--small"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert f"{len(SMALL)} cases" in outcome.stdout
