"""The beat of the process: what the service manager hears, and what becomes of a process without one."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness.sources import ROOT
from harness.waiting import until

from bot.lifecycle import EXIT_STUCK
from bot.pulse import Pulse
from bot.service_manager import service_manager


class Manager:
    """What systemd would hear on NOTIFY_SOCKET."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def listen(self) -> list[str]:
        """Every line so far."""
        while True:
            try:
                self.heard += self._socket.recv(65_536).decode().split("\n")
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        self._socket.close()


async def test_the_manager_hears_of_start_beats_status_and_stop(tmp_path: Path) -> None:
    systemd = Manager(tmp_path)
    status = ["Telegram has not been reached yet"]
    with service_manager(systemd.address) as manager:
        async with Pulse(manager, every_s=0.01).open() as pulse:
            await until(lambda: "EXTEND_TIMEOUT_USEC=60000000" in systemd.listen(), what="more time for a migration")
            assert "READY=1" not in systemd.heard
            assert "WATCHDOG=1" not in systemd.heard
            pulse.started(tuple, lambda: status[0])
            await until(lambda: "WATCHDOG=1" in systemd.listen(), what="a beat")
            assert "READY=1" in systemd.heard
            status[0] = "ready\nand well"
            await until(lambda: "STATUS=ready and well" in systemd.listen(), what="the new status")
            pulse.stopping()
            assert "STOPPING=1" in systemd.listen()
    assert systemd.heard.count("STATUS=Telegram has not been reached yet") == 1, "told when it changes"
    systemd.close()


async def test_what_is_stuck_ends_the_beats_and_then_the_process(tmp_path: Path) -> None:
    systemd, ended = Manager(tmp_path), list[str]()
    stuck: list[str] = []
    with service_manager(systemd.address) as manager:
        async with Pulse(manager, every_s=0.01, most_silent=30, end=ended.append).open() as pulse:
            pulse.started(lambda: tuple(stuck), lambda: "ready")
            await until(lambda: "WATCHDOG=1" in systemd.listen(), what="a beat")
            stuck.append("a transaction has been open for 21 s")
            await until(lambda: ended, what="the end")
            assert ended == ["a transaction has been open for 21 s"]
            await asyncio.sleep(0)
            beats = systemd.listen().count("WATCHDOG=1")
            await asyncio.sleep(0.05)
            assert systemd.listen().count("WATCHDOG=1") == beats
    systemd.close()


async def test_a_status_that_fails_is_logged_once_and_ends_no_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    systemd, ended, looks = Manager(tmp_path), list[str](), 0

    def look() -> str:
        nonlocal looks
        looks += 1
        systemd.listen()
        raise ValueError("a bug in a reason")

    with service_manager(systemd.address) as manager:
        async with Pulse(manager, every_s=0.01, most_silent=5, end=ended.append).open() as pulse:
            pulse.started(tuple, look)
            await until(lambda: looks > 10, what="beats")
    assert not ended
    assert systemd.listen().count("STATUS=nobody knows how it fares: see the log") == 1
    assert systemd.heard.count("WATCHDOG=1") > 9
    assert [record.message for record in caplog.records] == ["the status can't be told"]
    systemd.close()


async def test_without_a_manager_nothing_is_told_and_one_that_is_gone_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with service_manager(None) as nobody:
        nobody.tell("READY=1")
    with service_manager(str(tmp_path / "gone")) as gone:
        gone.tell("READY=1")
        gone.tell("WATCHDOG=1")
    with service_manager("/" + "x" * 200) as nowhere:
        nowhere.tell("READY=1")
    assert [record.message for record in caplog.records] == [
        "the service manager can't be told of the process: No such file or directory",
        "the service manager can't be told of the process: AF_UNIX path too long",
    ]


def test_the_abstract_namespace_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0perpdesk-test-of-notify")
        with service_manager("@perpdesk-test-of-notify") as manager:
            manager.tell("READY=1", "STATUS=ready")
        assert listener.recv(100) == b"READY=1\nSTATUS=ready"


BLOCKED = """
import asyncio, threading, time
from bot.pulse import Pulse
from bot.service_manager import ServiceManager

async def main():
    async with Pulse(ServiceManager(None, ""), every_s=0.02).open() as pulse:
        pulse.started(tuple, lambda: "ready")
        time.sleep(300)

asyncio.run(main())
"""


def test_a_loop_that_does_not_turn_is_ended_with_a_look_at_every_thread() -> None:
    ended = subprocess.run([sys.executable, "-c", BLOCKED], cwd=ROOT, capture_output=True, timeout=90, check=False)
    said = ended.stderr.decode()
    assert ended.returncode == EXIT_STUCK, said
    assert "perpdesk: the event loop does not turn: the process is ended" in said
    assert 'File "<string>", line 9 in main' in said
