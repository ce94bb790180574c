"""The unit and what is installed with it: how much it may, what it sets, where everything goes."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from harness.sources import ROOT

from bot.lifecycle import EXIT_CONFIG, EXIT_STUCK
from bot.pulse import EVERY_S, MOST_SILENT
from bot.settings import Settings

SYSTEMD = ROOT / "ops" / "deploy" / "systemd"
UNIT = SYSTEMD / "perpdesk.service"
MOST_EXPOSED = 1.5  # of 10, by systemd-analyze


def environment() -> dict[str, str]:
    """What the unit sets, its specifiers as systemd puts them."""
    found = dict(re.findall(r"^Environment=(\w+)=(\S+)$", UNIT.read_text(), re.MULTILINE))
    return {name: value.replace("%E", "/etc").replace("%S", "/var/lib") for name, value in found.items()}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="Debian's systemd package is missing")
def test_the_unit_may_little() -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],  # noqa: S607  where a machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    score = re.search(r"Overall exposure level for perpdesk.service: ([\d.]+)", said.stdout)
    assert score, said.stderr
    assert float(score[1]) <= MOST_EXPOSED


def test_the_unit_goes_on_where_starting_again_helps_and_nowhere_else() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's manual does it
    unit.read(UNIT)
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert service["User"] == "perpdesk"
    assert "DynamicUser" not in service, "operators run doctor and backups as the same user"
    assert service["ExecStart"].endswith("python -m bot")
    assert service["Restart"] == "always"
    assert str(EXIT_CONFIG) in service["RestartPreventExitStatus"].split()
    assert str(EXIT_STUCK) not in service["RestartPreventExitStatus"].split()
    assert float(service["WatchdogSec"]) >= 10 * EVERY_S
    assert float(service["WatchdogSec"]) <= EVERY_S * MOST_SILENT, "systemd ends it first, and says so"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Unit"]["OnFailure"] == "perpdesk-failed.service"


def test_unit_and_command_line_set_the_same() -> None:
    unit = environment()
    known = {f"PERPDESK_{name.upper()}" for name in Settings.model_fields} | {"PERPDESK_CONFIG"}
    assert set(unit) <= known
    given = re.findall(r'export (\w+)="\$\{\w+:-(\S+)\}"', (SYSTEMD / "perpdesk").read_text())
    assert dict(given) == {name: value for name, value in unit.items() if name != "PERPDESK_LOG_FORMAT"}
    folders = re.findall(r"^d (\S+) 0700 perpdesk perpdesk", (SYSTEMD / "perpdesk.tmpfiles").read_text(), re.MULTILINE)
    used = {
        value if name in {"PERPDESK_BACKUPS", "PERPDESK_JOURNAL"} else str(Path(value).parent) for name, value in given
    }
    assert used == set(folders)
    writable = re.findall(r"-(/\S+)", re.findall(r"^ReadWritePaths=(.*)$", UNIT.read_text(), re.MULTILINE)[0])
    assert set(writable) <= set(folders)


def test_the_install_step_puts_each_file_where_systemd_looks(tmp_path: Path) -> None:
    environment = {"DESTDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for _ in range(2):
        subprocess.run([ROOT / "ops" / "deploy" / "install.sh"], env=environment, check=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    made = {str(path.relative_to(tmp_path)): oct(path.stat().st_mode)[-3:] for path in files}
    assert made == {
        "etc/systemd/system/perpdesk.service": "644",
        "etc/systemd/system/perpdesk-failed.service": "644",
        "etc/sysusers.d/perpdesk.conf": "644",
        "etc/tmpfiles.d/perpdesk.conf": "644",
        "usr/local/bin/perpdesk": "755",
    }


@pytest.mark.parametrize("script", [ROOT / "ops/deploy/install.sh", SYSTEMD / "perpdesk"], ids=lambda path: path.name)
def test_the_scripts_are_read_by_a_plain_shell(script: Path) -> None:
    subprocess.run(["/bin/sh", "-n", script], check=True)


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="Debian's systemd package is missing")
def test_user_and_folders_are_made_as_written(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", str(SYSTEMD / "perpdesk.sysusers")],  # noqa: S607  where a machine has it
        check=True,
        capture_output=True,
    )
    assert "perpdesk:x:" in (tmp_path / "etc" / "passwd").read_text()
