"""People's Bybit Demo accounts at the stand-in: connected in chat, made to lose answers, and asked for the truth."""

import asyncio
import random
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ops.campaigns.exchange_truth import Row
from ops.stack import Stack, labels_of

_WRITES: Final = (
    "/v5/order/create",
    "/v5/order/amend",
    "/v5/order/cancel",
    "/v5/position/trading-stop",
    "/v5/position/set-leverage",
)
_READS: Final = ("/v5/position/list", "/v5/order/realtime", "/v5/order/history", "/v5/execution/list")
_SLOW_S: Final = 1.2  # less than a request is given, and more than it takes to tap the next button
_LATE_S: Final = 1.0  # less than a request may take to be executed, or it would be taken for lost
"""Seconds after its answer that some orders are executed."""


async def connect_demo(stack: Stack, user_id: int) -> None:
    """Attach a demo account of 25,000 USDT in that person's chat and let it be the one that is traded in."""
    chat = stack.chat(user_id)
    key = await stack.demo_key()
    words = {"text": f"/keys add demo {key['api_key']} {key['api_secret']}"}
    seq = (await stack.telegram("POST", f"/sim/users/{user_id}/messages", words))["seq"]
    message = await chat.answer(seq)
    if "I accept" in str(message.get("reply_markup")):
        await chat.press(message, "I accept")
    await chat.answer(seq, word="Bybit Demo is connected")
    await chat.say("/settings account demo")
    message = await chat.ask({"text": "/license"})
    trial = next(label for label in labels_of(message) if "trial" in label)
    await chat.press(message, trial)


@dataclass(slots=True)
class Trouble:
    """What the stand-in does to answers and orders of demo accounts.

    A fifth of the answers to writes is lost, a tenth comes after `late` seconds, a seventh only just in time. A tenth
    of the orders is executed a second after its answer, of some people by Telegram id (`misled`) after so many seconds;
    a twentieth of the reads fails. Of the others one of the lists can't be read at all while they are `blind`.
    """

    stack: Stack
    draw: random.Random
    late: float
    misled: Mapping[int, float]
    _uids: Mapping[int, int] = field(default_factory=dict, init=False, repr=False)

    async def begin(self) -> None:
        """From now on, or anew: whoever was blind sees."""
        self._uids = await asyncio.to_thread(_demo_uids, Path(self.stack.environment["PERPDESK_DATABASE"]))
        await self.end()
        for user_id, seconds in self.misled.items():
            await self._fault("late_execution", 0.4, uid=self._uids[user_id], seconds=seconds)
        for path in _WRITES:
            await self._fault("lost_answer", 0.2, path=path)
            await self._fault("late_answer", 0.1, path=path, seconds=self.late)
            await self._fault("late_answer", 0.15, path=path, seconds=_SLOW_S)
        for path in _READS:
            await self._fault("http_500", 0.05, path=path)
        await self._fault("late_execution", 0.1, seconds=_LATE_S)

    async def blind(self) -> bool:
        """From now on a list of somebody with a position can't be read, mostly the positions; False: nobody has one."""
        uids = [uid for user_id, uid in self._uids.items() if user_id not in self.misled]
        holders = [uid for uid in uids if any(map(_is_held, (await self._account(uid))["positions"]))]
        if holders:
            path = self.draw.choice((*_READS, _READS[0], _READS[0]))
            await self._fault("http_500", 1, path=path, uid=self.draw.choice(holders))
        return bool(holders)

    async def end(self) -> None:
        """Let the stand-in answer without faults from now on."""
        await self.stack.bybit("DELETE", "/sim/faults")

    async def _account(self, uid: int) -> Row:
        return dict(await self.stack.bybit("GET", f"/sim/accounts/{uid}"))

    async def _fault(self, kind: str, probability: float, **more: object) -> None:
        body = {"kind": kind, "probability": probability, "seed": self.draw.randrange(1 << 30), **more}
        await self.stack.bybit("POST", "/sim/faults", body)


def _is_held(position: Row) -> bool:
    return Decimal(position["size"] or 0) != 0


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
