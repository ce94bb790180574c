"""A start with thousands of accounts: entries go at once, by REST, while streams are opened within Bybit's limit."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from bot.exchange.bybit.streams.ramp import KEPT_FOR_REPAIRS, MOST
from ops.bench.crowd import card_of, confirm, creates, first_after, late
from ops.bench.crowd_bot import crowd
from ops.bench.report import Row

PEOPLE: Final = 5_000
ENTRIES: Final = 20  # a second apart, of people whose streams come last
SECONDS: Final = 60.0  # until the streams are counted
_PRICE: Final = {"symbol": "BTCUSDT", "price": "64000", "hold": True}


async def run(
    people: int = PEOPLE, entries: int = ENTRIES, seconds: float = SECONDS
) -> AsyncGenerator[list[Row], None]:
    """From the moment in which the jobs begin."""
    async with crowd(people, at_most=MOST) as made:
        await made.bybit("POST", "/sim/prices", _PRICE)
        yield []
        loop, after, found = asyncio.get_running_loop(), await made.last_call(), list[tuple[int, float]]()
        began = loop.time()
        for config in made.people[-entries:]:
            found.append(await confirm(made, await card_of(made, config), config))
            await asyncio.sleep(1)
        sent = creates(await made.calls(after))
        took = [first_after(sent.get(uid, ()), at) - at for uid, at in found]
        await asyncio.sleep(max(0.0, began + seconds - loop.time()))
        streams = made.assembly.streams.accounts
        opened, allowed = sum(streams.connects.values()), MOST - KEPT_FOR_REPAIRS
        yield [
            Row(
                name="an entry while the start goes on: confirm to Bybit, p50",
                value=sorted(took)[len(took) // 2],
                unit="ms",
            ),
            Row.at_most("the same, p99", late(took), "ms", 2_000),
            Row(name="accounts that want a stream", value=streams.wanted, unit=""),
            Row(name=f"of those, with a stream after {seconds:g} s", value=streams.connected, unit=""),
            Row.at_most("connections that were opened until then", opened, "", allowed),
        ]
