"""kill -9 in the middle of commits: what was acknowledged is there, what was not is there wholly or not at all."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.storage import open_storage

from storage.admin.audit import AUDIT_CHAIN
from storage.sqlite.hash_chain import verify_chain

KILLS = 25
AUDITED = "SELECT u.user_id FROM audit AS a LEFT JOIN users AS u ON u.pseudonym = a.actor"

# A process that was made once and lives again for each line of its input, as a child that says its pid and then writes.
# Eight writers at once; each unit is a user, an audit entry and a message. Prints a user's id when it is acknowledged.
WRITER = """
import asyncio, itertools, os, sys
from pathlib import Path
from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage
from harness.storage import NOW, open_storage, new_user

def tell(number):
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()

async def main(folder, first):
    numbers = itertools.count(first)
    async with open_storage(folder, is_watched=False) as it:
        async def write():
            for number in numbers:
                async with it.store.begin() as unit:
                    await unit.users.ensure(new_user(number), NOW)
                    await unit.audit(AuditEntry(actor=number, action="came", subject=number), NOW)
                    hello = OutboxMessage(
                        user_id=number, chat_id=number, kind="hello", values={}, idempotency_key=str(number)
                    )
                    await unit.enqueue(hello, NOW)
                tell(number)
        await asyncio.gather(*(write() for _ in range(8)))

for line in sys.stdin:
    if os.fork() == 0:
        tell(os.getpid())
        asyncio.run(main(Path(sys.argv[1]), int(line)))
    _, status = os.wait()
    tell(-os.WTERMSIG(status))
"""


class Writers:
    """One life of a writer after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout

    def killed(self, first: int, acknowledged: int) -> list[int]:
        """Let it write, kill it once it has acknowledged so many; every id that it got out."""
        self._input.write(b"%d\n" % first)
        self._input.flush()
        pid = int(self._output.readline())
        told = [int(self._output.readline()) for _ in range(acknowledged)]
        os.kill(pid, signal.SIGKILL)
        while (number := int(self._output.readline())) >= 0:
            told.append(number)
        assert number == -signal.SIGKILL
        return told


@contextmanager
def writers(folder: Path) -> Iterator[Writers]:
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", WRITER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": f"{tests.parent}:{tests}"}
    ) as process:
        yield Writers(process)


@pytest.mark.campaign
async def test_nothing_acknowledged_is_lost_and_nothing_stands_by_halves(tmp_path: Path) -> None:
    dice = random.Random(7)  # noqa: S311  the same kills in every run
    acknowledged: set[int] = set()
    with writers(tmp_path) as lives:
        for kill in range(KILLS):
            first = 1 + kill * 100_000
            told = await asyncio.to_thread(lives.killed, first, dice.randrange(1, 60))
            assert told
            acknowledged |= set(told)
            async with open_storage(tmp_path, is_watched=False) as storage:
                users = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
                audited = {user_id for (user_id,) in await storage.database.fetch(AUDITED)}
                queued = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM outbox")}
                assert acknowledged <= users
                assert users == audited == queued
                report = await verify_chain(storage.database.fetch, AUDIT_CHAIN)
                assert (report.rows, report.broken_at) == (len(users), None)
    assert len(acknowledged) >= KILLS
