"""The counters of this machine: work of our own and of our children is never taken for somebody else's."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.bench.disturbance import read_usage

pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="Linux' counters")

BURN = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()"


def test_our_own_work_is_ours() -> None:
    before = read_usage()
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    after = read_usage()
    assert before is not None
    assert after is not None
    assert after.own - before.own >= 0.25
    assert after.busy - before.busy >= 0.25


def test_the_work_of_a_child_is_ours_while_it_lives_and_when_it_ended() -> None:
    before = read_usage()
    with subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        during = read_usage()
        child.communicate(b"\n")
    after = read_usage()
    assert before is not None
    assert during is not None
    assert after is not None
    assert during.own - before.own >= 0.25
    assert after.own >= during.own
