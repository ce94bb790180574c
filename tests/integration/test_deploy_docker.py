"""Dockerfile and compose file without Docker's engine: parsed, and what can be done of their steps done in a folder."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with pre-commit
from harness.dockerfile import Stage, copy, stages
from harness.sources import ROOT

from bot.settings import Settings

DOCKERFILE = ROOT / "Dockerfile"
DEPLOY = ROOT / "ops" / "deploy"


@pytest.fixture(scope="module")
def built() -> list[Stage]:
    return stages(DOCKERFILE.read_text())


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    return parsed


def test_what_is_no_dockerfile_is_refused() -> None:
    with pytest.raises(ValueError, match="no instruction: COPPY a b"):
        stages("FROM x\nCOPPY a b\n")
    with pytest.raises(ValueError, match="before the first FROM"):
        stages("RUN true\nFROM x\n")


def test_dependencies_are_pinned_by_hash_and_the_image_runs_as_nobody_in_particular(built: list[Stage]) -> None:
    first, last = built
    assert first.name == "dependencies"
    assert "--require-hashes --no-deps" in first.all("RUN")[0]
    assert last.all("USER") == ["perpdesk"]
    assert last.all("HEALTHCHECK")[0].endswith('CMD ["python", "-m", "ops", "health"]')
    assert last.all("CMD") == ['["python", "-m", "bot"]']
    assert last.all("STOPSIGNAL") == ["SIGTERM"]
    users = last.steps.index(next(step for step in last.steps if step.word == "USER"))
    assert not [step for step in last.steps[users:] if step.word in {"RUN", "COPY"}], "made by root, run by another"


def test_its_variables_are_settings(built: list[Stage]) -> None:
    names = re.findall(r"\b(PERPDESK_\w+)=", " ".join(built[1].all("ENV")))
    known = {f"PERPDESK_{name.upper()}" for name in Settings.model_fields} | {"PERPDESK_CONFIG"}
    assert set(names) <= known
    assert {"PERPDESK_DATABASE", "PERPDESK_KEY_FILE", "PERPDESK_CONFIG"} <= set(names)


def test_each_copy_and_run_of_the_second_stage_works_in_an_empty_folder(built: list[Stage], tmp_path: Path) -> None:
    """Users and /opt/venv apart, which need root and the network: Python is this one."""
    workdir = "/"
    for step in built[1].steps:
        if step.word == "WORKDIR":
            workdir = step.rest
        elif step.word == "COPY" and not step.rest.startswith("--from"):
            copy(tmp_path, workdir, step.rest)
        elif step.word == "RUN" and "groupadd" not in step.rest:
            (tmp_path / "usr/local/bin").mkdir(parents=True, exist_ok=True)
            command = step.rest.replace("/opt/venv/bin/python", shlex.quote(sys.executable))
            command = command.replace("/usr/local/bin", f"{tmp_path}/usr/local/bin").replace(
                "cd /app", f"cd {tmp_path}/app"
            )
            subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path / workdir.lstrip("/"), check=True)
    app = tmp_path / "app"
    assert {each.name for each in app.iterdir()} == {
        "pyproject.toml", "bot", "handlers", "storage", "cache", "stats_api", "ops",
    }  # fmt: skip
    for source in app.rglob("*.py"):
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")), f"{source} is not compiled"
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [tmp_path / "usr/local/bin/perpdesk", "--version"], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("perpdesk ")
    ended = subprocess.run(
        [sys.executable, "-m", "bot"], cwd=app, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (78, "perpdesk: PERPDESK_TELEGRAM_TOKEN is not set\n")


def test_every_service_is_shut_in(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"bot", "prometheus", "alertmanager", "grafana"}
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert service["logging"]["options"]["max-size"], name
        assert "ports" not in service, "each listens on loopback of the host"
    assert compose["services"]["bot"]["stop_grace_period"] == "35s"


def test_what_is_mounted_exists_and_volumes_and_secrets_are_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for mount in service.get("volumes", ()):
            if mount.startswith("${PERPDESK_SECRETS:-/etc/perpdesk/secrets}/"):
                continue  # the operator's own
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert (DEPLOY / source).exists(), (name, source)
            else:
                assert source in compose["volumes"], (name, source)
        for secret in service.get("secrets", ()):
            assert (secret if isinstance(secret, str) else secret["source"]) in compose["secrets"], name
        for command in service.get("command", ()):
            if "listen-address" in command and not command.endswith("="):
                assert "=127.0.0.1:" in command, command
