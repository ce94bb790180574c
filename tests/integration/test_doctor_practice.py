"""The doctor looks after the practice exchange's tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harness.app import harness as open_harness
from harness.app import settings_in
from harness.desk import Desk, bought

from bot.settings import Settings
from ops.doctor import examine


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Anna holds a position with its stop, and has a demo account."""
    async with open_harness(tmp_path) as harness:
        await harness.demo_account(harness.person())
        desk = Desk(harness, await harness.practice_account())
        await desk.create(bought("a1"))
    return settings_in(tmp_path)


async def practice(settings: Settings) -> tuple[bool, str]:
    (found,) = [each for each in await examine(settings) if each.name == "practice"]
    return found.is_ok, found.detail


async def test_sound_practice_is_said_to_be_sound(settings: Settings) -> None:
    assert await practice(settings) == (True, "1 accounts were traded with, none is in debt")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE paper_wallets SET wallet_balance = '-5'", "practice account 1 owes -5 USDT"),
        ("UPDATE paper_accounts SET account_id = 2", "account 2 has practice rows and is demo"),
        ("DELETE FROM paper_accounts", "practice account 1 has orders or positions and no settings"),
    ],
)
async def test_a_hand_in_the_books_is_found(settings: Settings, statement: str, words: str) -> None:
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as connection:
        connection.execute(statement)
    is_ok, detail = await practice(settings)
    assert not is_ok
    assert words in detail
