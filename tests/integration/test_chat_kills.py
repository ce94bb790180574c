"""Killed at any moment: no update lost, no effect doubled, nobody left in silence."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from harness.chat import ChatProcess, echo
from harness.power import Power
from harness.telegram_server import FakeTelegram, message, serve
from harness.waiting import NeverCameError, until
from telegram import Update

from bot.domain.audit import AuditEntry
from bot.domain.clock import SystemClock
from bot.domain.errors import StorageTrouble

KILLS = 12
MOST_LIVES = 4 * KILLS
BATCH = 20  # new updates a life
UPDATES = KILLS * BATCH
USERS = 17
STATEMENTS = 14 * BATCH  # about as many as a life's updates take


async def states(process: ChatProcess) -> Counter[str]:
    return Counter((await process.inbox()).values())


async def is_settled(process: ChatProcess) -> bool:
    waiting = await process.rows("SELECT 1 FROM outbox WHERE state = 'waiting'")
    return (await states(process))["done"] == UPDATES and not waiting


async def settled(process: ChatProcess) -> None:
    """Raises NeverCameError with what is left."""
    try:
        await until(lambda: is_settled(process), what="every update done and every message sent")
    except NeverCameError as error:
        outbox = await process.rows("SELECT state, attempts, next_try_ts, count(*) FROM outbox GROUP BY 1, 2, 3")
        problems, stats = process.runtime.problems(), process.runtime.stats()
        error.add_note(f"{await states(process)}, {outbox}, {problems}, {stats}, now {SystemClock().now()}")
        raise


async def test_no_update_is_lost_and_no_effect_doubled(tmp_path: Path) -> None:
    dice = random.Random(20261123)  # noqa: S311  a seeded dice, no secret
    committed: set[int] = set()
    answered: set[int] = set()

    @asynccontextmanager
    async def life(telegram: FakeTelegram, power: Power) -> AsyncIterator[ChatProcess]:
        async def handler(update: Update) -> None:
            await asyncio.sleep(dice.random() / 100)
            async with process.assembly.storage.store.begin() as unit:
                entry = AuditEntry(actor=None, action="test", subject=None, details=str(update.update_id))
                await unit.audit(entry, SystemClock().now())
                await asyncio.sleep(dice.random() / 500)
            committed.add(update.update_id)
            await asyncio.sleep(dice.random() / 25)  # longer than a unit of work: a kill falls in here often
            await echo(update)
            answered.add(update.update_id)

        process = ChatProcess(tmp_path, telegram, handler, request=power.request, sqlite=power.sqlite())
        async with process.at_work():
            yield process

    async def live(telegram: FakeTelegram, power: Power, last: int) -> None:
        """Until the power is cut, or nothing is left to do."""
        async with life(telegram, power) as process:
            power.left = dice.randrange(STATEMENTS)
            stats = process.runtime.stats
            await until(
                lambda: power.is_cut or (telegram.confirmed > last and not stats().lanes.waiting),
                what="the end of a life",
            )
            power.is_cut = True

    async with serve(FakeTelegram()) as telegram:
        for life_number in range(MOST_LIVES):
            if life_number >= KILLS and committed - answered:
                break  # beside other work fewer updates fit into a life: as many lives as it takes
            first = 1 + life_number * BATCH
            last = min(first + BATCH - 1, UPDATES)
            power = Power(lands=dice.random() < 0.5)
            telegram.deliver(*(message(number, number % USERS + 1, str(number)) for number in range(first, last + 1)))
            with suppress(StorageTrouble):  # while it takes up what the last one left
                await live(telegram, power, last)
        async with life(telegram, Power()) as process:
            await settled(process)
            effects = [int(number) for (number,) in await process.rows("SELECT details FROM audit ORDER BY rowid")]
            causes = [cause for (cause,) in await process.rows("SELECT cause FROM outbox")]

    assert Counter(effects) == Counter(range(1, UPDATES + 1))
    by_user = [[number for number in effects if number % USERS == rest] for rest in range(USERS)]
    assert by_user == [sorted(numbers) for numbers in by_user]
    unanswered = set(range(1, UPDATES + 1)) - answered
    explained = {int(cause.split(":")[1]) % USERS for cause in causes}
    assert unanswered, "no kill fell between an effect and its answer"
    assert {number % USERS for number in unanswered} <= explained
