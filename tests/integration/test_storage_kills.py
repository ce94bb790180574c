"""kill -9 in the middle of commits: what was acknowledged is there, what was not is there wholly or not at all."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from harness.storage import open_storage

from storage.admin.audit import AUDIT_CHAIN
from storage.sqlite.hash_chain import verify_chain

KILLS = 25
AUDITED = "SELECT u.user_id FROM audit AS a LEFT JOIN users AS u ON u.pseudonym = a.actor"

# Eight writers at once; each unit is a user, an audit entry and a message. Prints a user's id when it is acknowledged.
WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage
from harness.storage import NOW, open_storage, new_user

async def main(folder, first):
    numbers = itertools.count(first)
    async with open_storage(folder) as it:
        async def write():
            for number in numbers:
                async with it.store.begin() as unit:
                    await unit.users.ensure(new_user(number), NOW)
                    await unit.audit(AuditEntry(actor=number, action="came", subject=number), NOW)
                    hello = OutboxMessage(
                        user_id=number, chat_id=number, kind="hello", values={}, idempotency_key=str(number)
                    )
                    await unit.enqueue(hello, NOW)
                sys.stdout.write(f"{number}\\n")
                sys.stdout.flush()
        await asyncio.gather(*(write() for _ in range(8)))

asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
"""


def killed_writer(folder: Path, first: int, acknowledged: int) -> list[int]:
    """Run the writer, kill it once it has acknowledged so many; every id that it got out."""
    tests = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first)],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": f"{tests.parent}:{tests}"},
    )
    assert process.stdout is not None
    with process, process.stdout as output:
        lines = [output.readline() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        lines += output.readlines()
    assert process.returncode == -signal.SIGKILL
    return [int(line) for line in lines if line.endswith(b"\n")]


@pytest.mark.campaign
async def test_nothing_acknowledged_is_lost_and_nothing_stands_by_halves(tmp_path: Path) -> None:
    dice = random.Random(7)  # noqa: S311  the same kills in every run
    acknowledged: set[int] = set()
    for kill in range(KILLS):
        first = 1 + kill * 100_000
        told = await asyncio.to_thread(killed_writer, tmp_path, first, dice.randrange(1, 60))
        assert told
        acknowledged |= set(told)
        async with open_storage(tmp_path) as storage:
            users = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
            audited = {user_id for (user_id,) in await storage.database.fetch(AUDITED)}
            queued = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM outbox")}
            assert acknowledged <= users
            assert users == audited == queued
            report = await verify_chain(storage.database.fetch, AUDIT_CHAIN)
            assert (report.rows, report.broken_at) == (len(users), None)
    assert len(acknowledged) >= KILLS
