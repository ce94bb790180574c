"""The other side of a measurement is a process that serves until it is no longer needed."""

import aiohttp
import pytest

from ops.bench.servers import server


async def test_a_server_answers_until_the_block_ends() -> None:
    async with aiohttp.ClientSession() as session:
        async with server("ops.bench.exchange_server", "0") as url, session.get(f"{url}/v5/market/time") as answer:
            assert (await answer.json())["retCode"] == 0
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"{url}/v5/market/time")


async def test_a_server_that_ends_before_it_serves_is_told_of() -> None:
    with pytest.raises(RuntimeError, match=r"ops\.bench\.exchange_server ended before it served"):
        async with server("ops.bench.exchange_server", "no latency"):
            pass
