"""A commit that many units share is bounded: what one disk failure refuses is."""

import asyncio
from pathlib import Path

from harness.storage import NOW, open_storage

from ops.bench.dataset import INSERT_SIGNAL
from storage.sqlite.writer import _GROUP_LIMIT


async def test_no_commit_is_shared_by_more_units_than_the_limit(tmp_path: Path) -> None:
    statements: list[str] = []

    async def one(number: int) -> None:
        async with storage.database.transaction() as transaction:
            await transaction.fetch(INSERT_SIGNAL, ("s", str(number), "", NOW, None, "Buy", "BTCUSDT", None))

    async with open_storage(tmp_path) as storage:
        async with storage.database.alone() as connection:
            await connection.set_trace_callback(statements.append)
        await asyncio.gather(*map(one, range(2 * _GROUP_LIMIT + 1)))
        async with storage.database.alone() as connection:
            await connection.set_trace_callback(None)  # type: ignore[arg-type]  # what sqlite3 takes to end it
    shared = [0]
    for each in statements:
        if each == "COMMIT":
            shared.append(0)
        elif each.lstrip().startswith("INSERT"):
            shared[-1] += 1
    assert sum(shared) == 2 * _GROUP_LIMIT + 1
    assert max(shared) == _GROUP_LIMIT
