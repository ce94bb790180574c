"""People's Bybit Demo accounts at the stand-in: connected in chat, made to lose answers, and asked for the truth."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from ops.campaigns.exchange_truth import Row
from ops.stack import DriverError, Stack, labels_of

_WRITES: Final = (
    "/v5/order/create",
    "/v5/order/amend",
    "/v5/order/cancel",
    "/v5/position/trading-stop",
    "/v5/position/set-leverage",
)
_READS: Final = ("/v5/position/list", "/v5/order/realtime", "/v5/order/history", "/v5/execution/list")
_LATE_S: Final = 1.0  # less than a request may take to be executed, or it would be taken for lost
"""Seconds after its answer that some orders are executed."""


async def connect_demo(stack: Stack, user_id: int) -> None:
    """Attach a demo account of 25,000 USDT in that person's chat and let it be the one that is traded in."""
    chat = stack.chat(user_id)
    key = await stack.demo_key()
    message = await chat.ask({"text": f"/keys add demo {key['api_key']} {key['api_secret']}"})
    if "I accept" in str(message.get("reply_markup")):
        message = await chat.press(message, "I accept")
    if "Bybit Demo is connected" not in message["text"]:
        raise DriverError(f"a key was not taken: {message['text']}")
    await chat.say("/settings account demo")
    message = await chat.ask({"text": "/license"})
    trial = next(label for label in labels_of(message) if "trial" in label)
    await chat.press(message, trial)


async def lose_answers(stack: Stack, seed: int, *, late: float, misled: Mapping[int, float]) -> None:
    """From now on the stand-in loses a fifth of the answers to writes, and a tenth come after `late` seconds.

    A tenth of the orders is executed a second after its answer, of some people by Telegram id (`misled`) after so many
    seconds; a twentieth of the reads fails.
    """

    async def fault(kind: str, probability: float, **more: object) -> None:
        await stack.bybit("POST", "/sim/faults", {"kind": kind, "probability": probability, "seed": seed, **more})

    uids = await asyncio.to_thread(_demo_uids, Path(stack.environment["PERPDESK_DATABASE"]))
    for user_id, seconds in misled.items():
        await fault("late_execution", 0.4, uid=uids[user_id], seconds=seconds)
    for path in _WRITES:
        await fault("lost_answer", 0.2, path=path)
        await fault("late_answer", 0.1, path=path, seconds=late)
    for path in _READS:
        await fault("http_500", 0.05, path=path)
    await fault("late_execution", 0.1, seconds=_LATE_S)


async def answer_again(stack: Stack) -> None:
    """No faults from now on."""
    await stack.bybit("DELETE", "/sim/faults")


def _demo_uids(path: Path) -> dict[int, int]:
    """Bybit's UIDs by the Telegram id of the person."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT user_id, bybit_uid FROM accounts WHERE account_type = 'demo'").fetchall()
    return {user_id: int(uid) for user_id, uid in rows}


async def demo_truth(stack: Stack, path: Path) -> Mapping[int, Row]:
    """What the stand-in says of every demo account of that database, by its id there."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT account_id, bybit_uid FROM accounts WHERE account_type = 'demo'").fetchall()
    found: dict[int, Any] = {}
    for account_id, uid in rows:
        found[account_id] = await stack.bybit("GET", f"/sim/accounts/{uid}")
    return found
