"""`perpdesk restart` where systemd or Docker looks after the bot: in which order they are asked, and what fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.sources import ROOT

FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in {refused}) exit 1;; esac
{answer}
exit 0
"""


def restarted(folder: Path, **commands: tuple[str, str]) -> tuple[int, list[str]]:
    """With these commands alone on the path, each with what it refuses and what it prints: the code and the calls."""
    tools = folder / "bin"
    tools.mkdir()
    for name, (refused, answer) in commands.items():
        path = tools / name
        path.write_text(FAKE.format(refused=refused or "no-such-arguments", answer=answer))
        path.chmod(0o755)
    for name in ("sh", "basename"):
        (tools / name).symlink_to(f"/bin/{name}" if name == "sh" else f"/usr/bin/{name}")
    calls = folder / "calls"
    calls.touch()
    environment = {**os.environ, "PATH": str(tools), "CALLS": str(calls)}
    done = subprocess.run(
        [sys.executable, "-m", "ops", "restart"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    return done.returncode, calls.read_text().splitlines()


def test_by_systemd_it_restarts_waits_and_shows_the_log_of_one_that_is_down_too(tmp_path: Path) -> None:
    systemctl = ("'is-active --quiet perpdesk'", "")
    code, calls = restarted(tmp_path, systemctl=systemctl, journalctl=("", ""), perpdesk=("", ""))
    assert code == 0
    assert calls == [
        "systemctl is-active --quiet perpdesk",
        "systemctl is-enabled --quiet perpdesk",
        "systemctl restart perpdesk",
        "perpdesk health --ready --wait 120",
        "journalctl --unit=perpdesk --lines=50 --no-pager --output=cat",
    ]


@pytest.mark.parametrize("refused", ["'restart perpdesk'", "'health --ready --wait 120'"])
def test_what_fails_is_told_by_the_code_and_the_log_is_shown(tmp_path: Path, refused: str) -> None:
    code, calls = restarted(tmp_path, systemctl=(refused, ""), journalctl=("", ""), perpdesk=(refused, ""))
    assert code == 1
    assert calls[-1].startswith("journalctl")


def test_by_docker_it_asks_compose(tmp_path: Path) -> None:
    code, calls = restarted(tmp_path, docker=("", "echo 3f2a"))
    compose = f"docker compose --file {ROOT}/ops/deploy/compose.yml"
    assert code == 0
    assert calls == [
        f"{compose} ps --all --quiet bot",
        f"{compose} restart bot",
        f"{compose} exec -T bot perpdesk health --ready --wait 120",
        f"{compose} logs --tail=50 --no-log-prefix bot",
    ]
