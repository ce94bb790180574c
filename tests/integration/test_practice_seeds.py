"""Practice over random commands, prices, refusing disks and kills: no money comes from nowhere, nothing is lost."""

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from harness.app import harness
from harness.desk import Desk
from harness.power import Power
from harness.practice_walk import Walk

from bot.domain.errors import ExchangeError, StorageTrouble
from bot.domain.ids import Millis

STEPS = 120
LIVES = 25
STATEMENTS = 60


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        yield Desk(bot, await bot.practice_account())


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_lost_and_nothing_is_made_up(desk: Desk, seed: int) -> None:
    walk = Walk(desk, seed)
    for _ in range(STEPS):
        await walk.step()
        await walk.check()
    assert len(await desk.gateway.executions_since(desk.account, Millis(0))) > 10


async def test_killed_at_any_statement_it_goes_on_from_what_it_answered(tmp_path: Path) -> None:
    """A life after the other on one database; what a kill left is checked by the next."""
    dice, kills = random.Random(20261127), 0  # noqa: S311  a seeded dice, no secret
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        walk = Walk(Desk(bot, await bot.practice_account()), 1)
        walk.is_rough = False
        clock = bot.clock
    for life in range(LIVES):
        power = Power(lands=dice.random() < 0.5)
        with suppress(StorageTrouble, ExchangeError, sqlite3.Error):  # it ends without its disk
            async with harness(tmp_path, sqlite=power.sqlite()) as bot:
                bot.clock.millis, bot.clock.seconds = clock.millis, clock.seconds
                clock = bot.clock
                bot.assembly.practice.exchange.listeners.clear()  # the exchange alone
                walk.desk = Desk(bot, await bot.practice_account())
                await walk.check()
                if life == LIVES - 1:
                    break
                power.left = dice.randrange(STATEMENTS)
                for _ in range(STEPS):
                    await walk.step()
                    if power.is_cut:
                        kills += 1
                        break
    assert kills == LIVES - 1
    assert len(walk.acknowledged) > LIVES
