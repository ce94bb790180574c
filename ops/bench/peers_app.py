"""Libraries beside which ours is measured, in an environment of their own: what is asked for prints or serves.

`python peers_app.py hits KEYS READS` prints JSON: seconds an awaited hit of aiocache and of async-lru.
`python peers_app.py serve FILE` prints its address and serves the JSON of FILE as a FastAPI route, until it is ended.
"""

import asyncio
import json
import random
import socket
import sys
import time
from pathlib import Path


async def hits(keys: int, reads: int) -> dict[str, float]:
    """Seconds a hit: keys are numbers, all of them held, asked for in an order that is the same each time."""
    from aiocache import SimpleMemoryCache  # noqa: PLC0415  not in the environment that other modules run in
    from async_lru import alru_cache  # noqa: PLC0415  the same

    chosen = random.Random(1).choices(range(keys), k=reads)  # noqa: S311  repeatable
    held = SimpleMemoryCache()

    async def look_up(key: int) -> int:
        return key

    looked_up = alru_cache(maxsize=keys, ttl=3_600)(look_up)
    for key in range(keys):
        await held.set(key, key, ttl=3_600)
        await looked_up(key)
    found = {}
    for name, read in (("aiocache", held.get), ("async-lru", looked_up)):
        began = time.perf_counter()
        for key in chosen:
            await read(key)
        found[name] = (time.perf_counter() - began) / reads
    return found


def serve(file: str) -> None:
    """Serve until a signal comes, as FastAPI's documentation has it: uvicorn, one process, uvloop where it is there."""
    import uvicorn  # noqa: PLC0415  the same
    from fastapi import FastAPI  # noqa: PLC0415  the same

    app, answer = FastAPI(), json.loads(Path(file).read_text(encoding="utf-8"))

    @app.get("/stats")  # type: ignore[untyped-decorator]  # FastAPI is not in the environment that is checked
    async def stats() -> dict[str, object]:
        return dict(answer)

    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    if sys.argv[1] == "hits":
        print(json.dumps(asyncio.run(hits(int(sys.argv[2]), int(sys.argv[3])))))
    else:
        serve(sys.argv[2])
