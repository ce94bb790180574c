"""Seeded monkeys in the chat: nothing fails, and what the bot knows is what the exchange holds.

`make campaign` runs more of them: MONKEYS, MONKEY_SEED and MONKEY_STEPS say how many, from which on, how long.
"""

import os
from pathlib import Path

import pytest
from harness.app import harness
from harness.monkey import Monkey
from harness.waiting import CAMPAIGN_LIMIT

STEPS = int(os.environ.get("MONKEY_STEPS", "80"))
FIRST = int(os.environ.get("MONKEY_SEED", "1"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("MONKEYS", "2")))


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_monkey_breaks_nothing(tmp_path: Path, seed: int) -> None:
    async with harness(tmp_path) as bot:
        monkey = Monkey(bot, seed)
        await monkey.run(STEPS)
        assert monkey.did["_enter"], "a monkey that trades nothing finds nothing"


async def test_a_monkey_sees_a_bot_that_forgets(tmp_path: Path) -> None:
    """It is able to fail: positions that are not written down are found."""
    async with harness(tmp_path) as bot:
        bot.assembly.practice.exchange.listeners.clear()
        monkey = Monkey(bot, 6)
        monkey.is_settled = False
        with pytest.raises(AssertionError, match="the exchange holds"):
            await monkey.run(200)
