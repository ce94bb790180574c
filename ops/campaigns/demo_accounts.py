"""People's Bybit Demo accounts at the stand-in: connected in chat, made to lose answers, and asked for the truth."""

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
_FAULTS: Final = (("lost_answer", 0.2), ("late_answer", 0.1))
"""Which answers to writes do not come, or come when nobody waits any more, and how many of them."""


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


async def lose_answers(stack: Stack, seed: int) -> None:
    """Let the stand-in lose some answers to writes from now on, and be late with others."""
    for path in _WRITES:
        for kind, probability in _FAULTS:
            body = {"kind": kind, "path": path, "probability": probability, "seed": seed}
            await stack.bybit("POST", "/sim/faults", body)


async def answer_again(stack: Stack) -> None:
    """No faults from now on."""
    await stack.bybit("DELETE", "/sim/faults")


async def demo_truth(stack: Stack, path: Path) -> Mapping[int, Row]:
    """What the stand-in says of every demo account of that database, by its id there."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT account_id, bybit_uid FROM accounts WHERE account_type = 'demo'").fetchall()
    found: dict[int, Any] = {}
    for account_id, uid in rows:
        found[account_id] = await stack.bybit("GET", f"/sim/accounts/{uid}")
    return found
