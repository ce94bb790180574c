"""What must hold when a case of the fault campaign has come to rest, by the stand-in's own account of itself."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bot.domain.patience import BYBIT
from ops.campaigns.exchange_truth import stand_in_truth
from ops.campaigns.fault_witness import ASKED
from ops.campaigns.order_truth import disparities
from ops.sim.bybit.accounts import Account as SimAccount

_NOT_HERE: Final = "messages wait in the outbox"
"""Nobody is there to take them."""
_EXCUSED: Final = {"price_adjusted": "target "}
"""By fault, how lines begin that tell of nothing but itself: a target whose price the exchange has moved."""

Row = Mapping[str, Any]


def looking(database: Path) -> "closing[sqlite3.Connection]":
    """A connection that only reads; what is asked over it is what was committed then."""
    return closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True))


def broken(connection: sqlite3.Connection, account_id: int, truth: Row, fault: str) -> list[str]:
    """Everything that is wrong, in words; what an open disagreement or the fault itself tells of is not."""
    disputed = [
        f"({account}, {symbol!r}, {index})"
        for account, symbol, index in connection.execute(
            "SELECT account_id, symbol, position_idx FROM disagreements WHERE ended_ts IS NULL"
        )
    ]
    found = [
        *disparities(connection, stand_in_truth({account_id: truth})),
        *_doubled(truth),
        *_beyond(connection, truth),
        *_turned(connection, truth),
        *_behind(connection, truth),
    ]
    excused = _EXCUSED.get(fault)
    return [
        line
        for line in found
        if not any(words in line for words in (_NOT_HERE, *disputed))
        and not (excused is not None and line.startswith(excused))
    ]


def naked(connection: sqlite3.Connection, account_id: int, there: SimAccount) -> list[str]:
    """Legs that were promised a stop and stand without one, and no disagreement says so."""
    held = {(leg.symbol, leg.index) for leg in there.held() if not leg.stop_loss}
    if not held:
        return []
    promised = connection.execute(
        "SELECT symbol, position_idx FROM trade_plans AS p WHERE account_id = ? AND state = 'open'"
        " AND stop IS NOT NULL AND NOT EXISTS (SELECT 1 FROM disagreements AS d"
        " WHERE d.plan_id = p.plan_id AND d.ended_ts IS NULL)",
        (account_id,),
    ).fetchall()
    return [f"{symbol}:{index}" for symbol, index in promised if (symbol, index) in held]


def guessed(connection: sqlite3.Connection, denials: Mapping[tuple[str, str], int]) -> list[str]:
    """Orders that were sent and taken for nothing without enough answers that said so."""
    concluded = connection.execute(
        "SELECT order_link_id, state FROM order_intents WHERE sent_ts IS NOT NULL"
        " AND (state = 'not_placed' OR reason = 'canceled-vanished')"
    ).fetchall()
    heard = {link: min(denials[path, link] for path in ASKED) for link, _ in concluded}
    return [
        f"order {link} was taken for {state} after {heard[link]} answers"
        for link, state in concluded
        if heard[link] < BYBIT.answers
    ]


def _doubled(truth: Row) -> Iterable[str]:
    """Orders that share an id of ours."""
    rows = (*truth["orders"], *truth["history"])
    count = Counter(row["orderLinkId"] for row in rows if row["orderLinkId"])
    yield from (f"{number} orders have the id {link}" for link, number in count.items() if number > 1)


def _beyond(connection: sqlite3.Connection, truth: Row) -> Iterable[str]:
    """Entries that were filled beyond the price of their card, or for more than it said."""
    rows = connection.execute(
        "SELECT order_link_id, request ->> 'side', request ->> 'qty', card_price FROM order_intents"
        " WHERE kind = 'entry' AND card_price IS NOT NULL"
    )
    cards = {link: (side, Decimal(qty), Decimal(price)) for link, side, qty, price in rows}
    filled: dict[str, Decimal] = {}
    for row in truth["executions"]:
        if row["orderLinkId"] not in cards:
            continue
        side, qty, price = cards[row["orderLinkId"]]
        done = Decimal(row["execPrice"])
        if done > price if side == "Buy" else done < price:
            yield f"entry {row['orderLinkId']} was filled at {done}, beyond {price}"
        so_far = filled[row["orderLinkId"]] = filled.get(row["orderLinkId"], Decimal(0)) + Decimal(row["execQty"])
        if so_far > qty:
            yield f"entry {row['orderLinkId']} was filled for more than {qty}"


def _behind(connection: sqlite3.Connection, truth: Row) -> Iterable[str]:
    """Orders that are closed there and still count as open."""
    rows = connection.execute(
        "SELECT order_link_id, state FROM order_intents"
        " WHERE state IN ('acknowledged', 'open', 'partially_filled', 'untriggered')"
    )
    known = {row["orderLinkId"] for row in truth["orders"]}
    yield from (f"order {link} counts as {state} and is closed there" for link, state in rows if link not in known)


def _turned(connection: sqlite3.Connection, truth: Row) -> Iterable[str]:
    """Legs that stand against their plan: a close has gone too far."""
    query = "SELECT symbol, position_idx, side FROM trade_plans WHERE state = 'open'"
    sides = {(symbol, index): side for symbol, index, side in connection.execute(query)}
    for row in truth["positions"]:
        wanted = sides.get((row["symbol"], int(row["positionIdx"])))
        if wanted is not None and row["side"] != wanted:
            yield f"{row['symbol']} is {row['side']} and its plan is {wanted}"
