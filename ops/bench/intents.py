"""What it costs to write an intent down, which is done before every order: beside the same row by raw sqlite3."""

import sqlite3
import tempfile
from contextlib import closing
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Final

from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, OrderLinkId, Symbol, UserId
from bot.domain.market import Category
from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.portfolio import LegKey, OrderType, Side
from bot.domain.trade_plans import IntentKind, NewIntent
from ops.bench.dataset import NOW, Sizes, build
from ops.bench.report import Row
from ops.bench.timing import US, Loop, clock, quickest_turns
from storage.sqlite.database import CONNECTION_PRAGMAS, Database
from storage.store import Store
from storage.trading.intents import INSERT_INTENT
from storage.trading.requests import request_text

_FEW: Final = Sizes(users=50, positions=10, trade_logs=10, pending=10, licenses=10, signals=10)
_INTENTS: Final = 20  # of a round
_ROUNDS: Final = 15
_TIMES: Final = 3.0  # of the bare insert and commit: the writer is another thread, and groups what comes together


async def rows(rounds: int = _ROUNDS) -> list[Row]:
    """A commit a row, on disk when it is answered."""
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        path = Path(folder) / "perpdesk.sqlite3"
        await build(path, _FEW)
        async with Database.open(path) as database:
            store = Store(database, clock=SystemClock(), committed=lambda _: None)
            ((account_id, user_id),) = await database.fetch(
                "SELECT account_id, user_id FROM accounts ORDER BY account_id LIMIT 1"
            )
            leg = LegKey(
                account_id=AccountId(account_id), category=Category.LINEAR, symbol=Symbol("BTCUSDT"), position_idx=0
            )
            with closing(sqlite3.connect(path, isolation_level=None)) as plain:
                for pragma in CONNECTION_PRAGMAS:
                    plain.execute(pragma).fetchall()
                loops = _loops(store, plain, leg, UserId(user_id))
                found = {name: each * US for name, each in (await quickest_turns(loops, rounds)).items()}
    ours, bare = found["ours"], found["sqlite3"]
    return [
        Row(
            name="intent's commit",
            value=ours,
            unit="us",
            baseline_name="raw sqlite3",
            baseline=bare,
            target=f"<= {_TIMES:g}x raw sqlite3",
            ok=ours <= bare * _TIMES,
        )
    ]


def _loops(store: Store, plain: sqlite3.Connection, leg: LegKey, user_id: UserId) -> dict[str, Loop]:
    numbers = count(1)

    async def ours() -> float:
        began = clock()
        for number in _next(numbers):
            async with store.begin_aside() as unit:
                await unit.intents.add(_new(leg, user_id, number), NOW)
        return (clock() - began) / _INTENTS

    async def floor() -> float:
        made = [_values(_new(leg, user_id, number)) for number in _next(numbers)]
        began = clock()
        for values in made:
            plain.execute("BEGIN IMMEDIATE")
            plain.execute(INSERT_INTENT, values).fetchall()
            plain.execute("COMMIT")
        return (clock() - began) / _INTENTS

    return {"ours": ours, "sqlite3": floor}


def _next(numbers: "count[int]") -> list[int]:
    return [next(numbers) for _ in range(_INTENTS)]


def _new(leg: LegKey, user_id: UserId, number: int) -> NewIntent:
    request = OrderRequest(
        order_link_id=OrderLinkId(f"bench-{number}"),
        category=leg.category,
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        qty=Decimal("0.031"),
        price=Decimal("64403.2"),
        time_in_force=TimeInForce.IOC,
        stop_loss=Decimal(62000),
    )
    return NewIntent(
        kind=IntentKind.ENTRY,
        leg=leg,
        user_id=user_id,
        plan_id=None,
        order_link_id=request.order_link_id,
        request=request,
        idempotency_key=f"bench:{number}",
    )


def _values(new: NewIntent) -> tuple[object, ...]:
    leg = new.leg
    return (
        *(new.kind.value, "intent", new.user_id, leg.account_id, leg.category.value, leg.symbol, leg.position_idx),
        *(new.plan_id, new.order_link_id, request_text(new.request), new.idempotency_key, leg.account_id),
        *(None, None, None, None, None, None, None, NOW, new.tapped_ts),
    )
