"""The series of /metrics are the same before and after many users, symbols and commands.

SERIES_USERS says how many (`ops/campaigns/series.py` asks for a hundred thousand).
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from harness.app import Harness, harness
from harness.bot_api import Refused
from harness.metrics import Series, scraped

from bot.domain.errors import ExchangeDown
from bot.domain.ids import Symbol

USERS: Final = int(os.environ.get("SERIES_USERS", "120"))
MOST: Final = 700
OF_THEIR_OWN: Final = {  # where backups and journal are on disks of their own
    (f"perpdesk_disk_{name}_bytes", frozenset({("place", place)}))
    for name in ("free", "size")
    for place in ("database", "backups", "journal")
}
FIRST: Final = 1_000_000  # the id of the first user
FORGET_EVERY: Final = 1_000  # users after which the fake Telegram forgets what it has


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path) as made:
        yield made


def said_by(bot: Harness, number: int) -> list[dict[str, Any]]:
    """What one more person does: everything in it is theirs alone."""
    person = bot.person(FIRST + number, name=f"N{number}", language=("en", "ru", "uk", "xx")[number % 4])
    match number % 5:
        case 0:
            return [person.message(f"/command{number} {number}"), person.message("/start")]
        case 1:
            return [person.message(f"/price COIN{number}USDT")]
        case 2:
            return [person.message(f"long coin{number} 2% sl 3%")]
        case 3:
            return [person.callback(f"x{number}:{number}", None)]
        case _:
            return [{"update_id": next(bot.update_ids), f"kind_{number}": {"from": {"id": person.user_id}}}]


async def test_many_users_symbols_and_commands_make_no_series(bot: Harness) -> None:
    await bot.person(FIRST - 1).say("/start")
    before: set[Series] = set(await scraped(bot.assembly))
    assert len(before | OF_THEIR_OWN) <= MOST
    for number in range(USERS):
        for raw in said_by(bot, number):
            await bot.feed(raw)
        symbol = Symbol(f"COIN{number}USDT")
        bot.bybit.symbols[str(symbol)] = "1"
        await bot.assembly.reads.ticker(symbol)
        if number % FORGET_EVERY == 0:
            bot.api.bubbles.clear()
            bot.api.theirs.clear()
            bot.bybit.symbols.clear()
    assert set(await scraped(bot.assembly)) == before


async def test_what_goes_wrong_in_new_ways_makes_no_series(bot: Harness) -> None:
    before = set(await scraped(bot.assembly))
    meter, calls = bot.assembly.bybit.pipeline.meter, bot.assembly.runtime._rate_limiter._calls
    for number in range(3):
        meter.count(f"endpoint{number}", None)
        meter.count("tickers", ExchangeDown("no"))
        meter.count("tickers", ValueError("ours"))
        calls["get", "refused"] += 1
    bot.api.methods["sendMessage"] = lambda _: Refused("Too Many Requests: retry after 7", status=429)
    await bot.feed(bot.person(FIRST).message("/start"))
    found = await scraped(bot.assembly)
    assert set(found) == before
    name = "perpdesk_exchange_requests_total"
    assert found[name, frozenset({("endpoint", "other"), ("outcome", "ok")})] == 3
    assert found[name, frozenset({("endpoint", "tickers"), ("outcome", "down")})] == 3
    assert found[name, frozenset({("endpoint", "other"), ("outcome", "aborted")})] == 3
    calls_total = "perpdesk_telegram_calls_total"
    assert found[calls_total, frozenset({("method", "other"), ("outcome", "refused")})] == 3
