"""Bybit's stand-in for a crowd: the real limits of requests, and as many streams as there are people.

`python -m ops.bench.crowd_bybit` prints its address and serves until its input closes. Connections to streams are
not limited, since the bot opens 400 in five minutes at most and a measurement does not wait that long; with
`--no-limits` requests are not, either.
"""

import asyncio
import sys
from typing import Final

from bot.loops import run_loop
from ops.sim.bybit.server import serve
from ops.sim.bybit.streams.stream_facts import LIMITS

CONNECTIONS: Final = 1_000_000


async def main() -> None:
    """Serve until standard input ends."""
    LIMITS["connections"] = CONNECTIONS
    async with serve("127.0.0.1", 0, limits="--no-limits" not in sys.argv[1:]) as serving:
        print(serving.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    run_loop(main())
