"""The hooks before a commit: a private key does not get in, and none is there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS = {
    hook["id"]: hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repository["hooks"]
}


def tool(hook_id: str) -> list[str]:
    """The command of a hook, taken from the environment that runs the tests."""
    program, *arguments = HOOKS[hook_id]["entry"].split()
    return [str(Path(sys.executable).with_name(Path(program).name)), *arguments]


def finds_a_key(*files: Path) -> tuple[int, str]:
    command = [*tool("detect-private-key"), *map(str, files)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_a_private_key_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(f"see below\n-----BEGIN {kind}" + "PRIVATE KEY-----\nMIIE\n")
    assert finds_a_key(path) == (1, f"Private key found: {path}\n")
    path.write_text("-----BEGIN PUBLIC KEY-----\nMIIE\n")
    assert finds_a_key(path) == (0, "")


def test_no_tracked_file_has_a_private_key() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs a checkout by git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    assert ROOT / "pyproject.toml" in files
    assert finds_a_key(*(path for path in files if path.is_file())) == (0, "")


@pytest.mark.parametrize("hook_id", HOOKS)
def test_every_hook_is_a_tool_of_the_environment(hook_id: str) -> None:
    hook = HOOKS[hook_id]
    assert (hook["language"], hook["entry"].startswith(".venv/bin/")) == ("system", True)
    assert Path(tool(hook_id)[0]).exists()
