"""`python -m MODULE …` as a fork of a process that has imported what it needs: a start without the seconds of imports.

The process is as real as any other: an id, an environment, files and a death of its own. What its start alone would
show, such as an import that is missing, is not seen: whoever looks for that starts an interpreter.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol

from handlers.texts.catalog import Texts

ROOT: Final = Path(__file__).parents[1]
MODULES: Final = (
    *("bot.app", "bot.logs", "bot.loops", "ops.cli", "ops.serve", "ops.sim.bybit.server", "ops.sim.telegram.server"),
    *("ops.database", "ops.demo", "ops.doctor", "ops.key_files", "ops.setup", "ops.telegram", "rich.table"),
)
"""What the children import, done before they are born."""
_LONGEST: Final = 1_048_576  # bytes of a request: the environment is the most of it


class ChildProcess(Protocol):
    """What is asked of a child: a subprocess.Popen, or a fork with its words."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


class ForkedProcess:
    """One of them, with the words of subprocess.Popen."""

    def __init__(self, told: socket.socket) -> None:
        """`told`: where its id and then its exit code come. Raises RuntimeError where nobody forks any more."""
        self._told = told
        self.returncode: int | None = None
        self.pid = self._next()

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None and self._has_ended(0):
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        if self.returncode is None:
            if not self._has_ended(timeout):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._end()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Nothing happens where it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it by SIGKILL, which it can't answer; nothing happens where it has ended."""
        self.send_signal(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        told = select.poll()  # select.select knows no file numbers above 1,023
        told.register(self._told, select.POLLIN)
        return bool(told.poll(None if timeout is None else timeout * 1_000))

    def _end(self) -> None:
        self.returncode = self._next()
        self._told.close()

    def _next(self) -> int:
        said = self._told.recv(64)
        if not said:
            raise RuntimeError("the parent of forked processes has ended")
        return int(said)


def fork(module: str, *arguments: str, cwd: Path, env: Mapping[str, str], files: Sequence[int]) -> ForkedProcess:
    """Run `python -m MODULE ARGUMENTS…` in a fork. `files`: numbers of its standard input, output and error."""
    request = {"argv": [module, *arguments], "cwd": str(cwd), "env": dict(env)}
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        socket.send_fds(_parent(), [json.dumps(request).encode()], [*files, theirs.fileno()])
    return ForkedProcess(ours)


def begin(
    module: str, *arguments: str, env: Mapping[str, str], files: Sequence[int], is_forked: bool = True
) -> ChildProcess:
    """The same in our own folder, or in a fresh interpreter."""
    if is_forked:
        return fork(module, *arguments, cwd=ROOT, env=env, files=files)
    stdin, stdout, stderr = files
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=stdin, stdout=stdout, stderr=stderr)  # noqa: S603  our own module


class PipedProcess(NamedTuple):
    """A child that is talked to."""

    process: ChildProcess
    to: IO[bytes]
    by: IO[bytes]


@contextlib.contextmanager
def piped(
    module: str, *arguments: str, env: Mapping[str, str], stderr: int = 2, is_forked: bool = True
) -> Iterator[PipedProcess]:
    """The same, with pipes to its input and by its output; the exit of the block closes both, and waits for its end."""
    (its_input, ours_to), (ours_by, its_output) = os.pipe(), os.pipe()
    try:
        process = begin(module, *arguments, env=env, files=(its_input, its_output, stderr), is_forked=is_forked)
    finally:
        os.close(its_input)
        os.close(its_output)
    try:
        with os.fdopen(ours_to, "wb") as to, os.fdopen(ours_by, "rb") as by:
            yield PipedProcess(process, to, by)
    finally:
        process.wait()


@cache
def _parent() -> socket.socket:
    """The process that forks, begun when the first one asks and ended with us; where requests are sent."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.forked"], cwd=ROOT, stdin=theirs.fileno(), stdout=subprocess.DEVNULL
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def main() -> None:
    """Fork whoever is asked for on standard input, until it closes; in a fork, be what was asked for."""
    of_ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches who asks, too, who wants to hear of the ends
    for name in MODULES:
        importlib.import_module(name)
    Texts.load()
    gc.collect()
    gc.freeze()  # no child looks through what all share, or copies its pages
    with socket.socket(fileno=os.dup(0)) as control:
        request = _serve(control)
    if request is not None:
        signal.signal(signal.SIGINT, of_ctrl_c)
        sys.argv = request["argv"]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """In a fork: what it is to be. Otherwise None, at the end."""
    children: dict[int, tuple[int, int]] = {}  # by what becomes readable at its death: its id, and who hears of it
    events = select.poll()
    events.register(control, select.POLLIN)
    while True:
        for number, _ in events.poll():
            if number != control.fileno():
                events.unregister(number)
                pid, told = children.pop(number)
                os.close(number)
                _tell(told, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                os.close(told)
                continue
            said, files, _, _ = socket.recv_fds(control, _LONGEST, 4)
            if not said:
                return None
            pid = os.fork()
            if pid == 0:
                for each, (_, told) in children.items():
                    os.close(each)
                    os.close(told)
                return _become(json.loads(said), files)
            for each in files[:3]:
                os.close(each)
            child = os.pidfd_open(pid)
            children[child] = pid, files[3]
            events.register(child, select.POLLIN)
            _tell(files[3], pid)


def _become(request: dict[str, Any], files: Sequence[int]) -> dict[str, Any]:
    for number, each in enumerate(files[:3]):
        os.dup2(each, number)
    for each in files:
        os.close(each)
    os.environ.clear()
    os.environ.update(request["env"])
    sys.dont_write_bytecode = bool(request["env"].get("PYTHONDONTWRITEBYTECODE"))
    os.chdir(request["cwd"])
    return request


def _tell(told: int, number: int) -> None:
    """Whoever asked may have ended meanwhile."""
    with contextlib.suppress(BrokenPipeError):
        os.write(told, str(number).encode())


if __name__ == "__main__":
    main()
