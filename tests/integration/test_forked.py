"""Processes forked of one that has imported everything are what `python -m` would have begun."""

import os
import resource
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.waiting import LIMIT, until_now

from bot.settings import clean_environment
from ops.forked import ForkedProcess, fork, piped


def begun(folder: Path, *words: str, typed: bytes = b"", **variables: str) -> ForkedProcess:
    """With the folder as its own; what it says is in `out` and `err`."""
    (folder / "in").write_bytes(typed)
    with (folder / "in").open() as stdin, (folder / "out").open("w") as stdout, (folder / "err").open("w") as stderr:
        environment = {"PATH": os.environ["PATH"]} | variables
        return fork(*words, cwd=folder, env=environment, files=[each.fileno() for each in (stdin, stdout, stderr)])


def test_it_has_its_own_words_folder_files_and_code(tmp_path: Path) -> None:
    done = begun(tmp_path, "json.tool", "--compact", "-", "made.json", typed=b'{"a": [1, 2]}')
    assert (done.wait(LIMIT), done.poll()) == (0, 0)
    assert (tmp_path / "made.json").read_text() == '{"a":[1,2]}\n'
    assert begun(tmp_path, "json.tool", typed=b"{}").wait(LIMIT) == 0
    assert (tmp_path / "out").read_text() == "{}\n"
    assert begun(tmp_path, "json.tool", typed=b"nonsense").wait(LIMIT) == 1
    assert "Expecting value" in (tmp_path / "err").read_text()


def test_it_has_its_own_environment(tmp_path: Path) -> None:
    begun(tmp_path, "ops", "config", "show", PERPDESK_STATS_PORT="4711", PERPDESK_DATABASE="x").wait(LIMIT)
    assert "stats_port = 4711" in (tmp_path / "out").read_text()
    begun(tmp_path, "ops", "config", "show", PERPDESK_DATABASE="x").wait(LIMIT)
    assert "stats_port = 8765" in (tmp_path / "out").read_text()


def test_it_is_waited_for_beside_a_thousand_open_files(tmp_path: Path) -> None:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 1_200:
        pytest.skip(f"this process may open {most} files: it needs 1,200")
    with ExitStack() as files:
        for _ in range(1_100):
            files.enter_context(Path(os.devnull).open())
        assert begun(tmp_path, "json.tool", typed=b"{}").wait(LIMIT) == 0


def test_a_signal_ends_it_and_nothing_else(tmp_path: Path) -> None:
    first, second = (begun(tmp_path, "http.server", "--bind", "127.0.0.1", "0") for _ in range(2))
    with pytest.raises(subprocess.TimeoutExpired):
        first.wait(0.05)
    first.kill()
    assert first.wait(LIMIT) == -signal.SIGKILL
    assert second.poll() is None
    second.send_signal(signal.SIGTERM)
    assert second.wait(LIMIT) == -signal.SIGTERM
    second.kill()
    assert second.poll() == -signal.SIGTERM


def test_who_forks_outlives_ctrl_c_and_its_forks_hear_of_it(tmp_path: Path) -> None:
    child = begun(tmp_path, "http.server", "--bind", "127.0.0.1", "0")
    os.kill(int(said_of(child.pid, "PPid")), signal.SIGINT)
    until_now(lambda: ignored_by(child.pid) == ignored_by(os.getpid()), what="a fork that takes signals as we do")
    child.kill()
    assert child.wait(LIMIT) == -signal.SIGKILL, "its end is still told"


def test_one_that_is_talked_to_has_ended_whatever_ends_the_talk() -> None:
    with pytest.raises(LookupError), piped("json.tool", env=clean_environment()) as child:
        raise LookupError
    assert child.process.poll() is not None


def said_of(pid: int, word: str) -> str:
    """What Linux says of a process (man 5 proc_pid_status)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{word}:"))


def ignored_by(pid: int) -> str:
    """Signals that a process ignores, a bit each."""
    return said_of(pid, "SigIgn")
