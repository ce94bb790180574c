"""What must hold between an exchange and the bot's own memory once both are at rest."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ops.campaigns.exchange_truth import ExchangeOrder, ExchangeTruth, Leg, Row, practice_truth, stand_in_truth

_PLACED: Final = ("acknowledged", "untriggered", "open", "partially_filled", "filled", "canceled")
_NEVER_SENT: Final = ("abandoned", "intent")
_NOT_YET: Final = ("account value", "⏳ Sending", "⏳ Accepted", "counting", "unknown until")  # of cards, in this order
_LEAST: Final = MappingProxyType({"BTCUSDT": Decimal("0.001"), "ETHUSDT": Decimal("0.01")})  # minOrderQty

NOTHING_FILLED: Final = "nothing was filled at one of them"

Place = tuple[int, int]  # chat, message


def look_into(path: Path, said: Mapping[Place, str], accounts: Mapping[int, Row]) -> list[str]:
    """Everything that is wrong in that database, in words; it may be in use. `said`: the texts of people's chats.

    `accounts`: what the stand-in says of the accounts of those ids; the others are the practice exchange's.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        practice, bybit = practice_truth(connection), stand_in_truth(accounts)
        empty = [] if practice.fills and bybit.fills else [NOTHING_FILLED]
        return [*empty, *disparities(connection, practice.joined(bybit)), *_mistold(connection, said)]


def disparities(connection: sqlite3.Connection, there: ExchangeTruth) -> list[str]:
    """Everything in which that database and the exchange do not agree, or which nobody was told, in words."""
    return [
        *_untracked(connection, there),
        *_unsent(connection, there),
        *_unbooked(connection, there),
        *_unplanned(connection, there),
        *_unprotected(connection, there),
        *_twice(connection, there),
        *_misremembered(connection, there),
        *_doubled(connection),
        *_past_a_panic(connection),
        *_unfinished(connection),
        *_untold(connection),
    ]


def unsound(path: Path) -> list[str]:
    """The faults that SQLite's own integrity check finds in the file, in words."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ((verdict,),) = connection.execute("PRAGMA integrity_check").fetchall()
    return [] if verdict == "ok" else [f"integrity_check: {verdict}"]


def _untracked(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Orders at the exchange under an id of ours that nobody wrote down before: found ones were not."""
    rows = connection.execute("SELECT order_link_id FROM order_intents WHERE idempotency_key NOT LIKE 'found:%'")
    return [f"order {link} has no intent" for link in there.link_ids() - {link for (link,) in rows}]


def _unsent(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Intents whose end is not known, or says the opposite of the exchange."""
    for link, kind, state in connection.execute(
        "SELECT order_link_id, kind, state FROM order_intents WHERE state IN ('intent', 'sending', 'unknown')"
    ):
        yield f"{kind} {link} is still {state}"
    rows = connection.execute(
        "SELECT order_link_id, kind, state FROM order_intents WHERE kind IN ('entry', 'target', 'close', 'reduce')"
    )
    known = {each.link_id: each for each in there.orders if each.link_id}
    for link, kind, state in rows:
        if state in _PLACED and link not in known:
            yield f"{kind} {link} is {state} and was never at the exchange"
        if state in _NEVER_SENT and link in known:
            yield f"{kind} {link} is {state} and is at the exchange"
        if state == "not_placed" and link in known and (known[link].is_open or known[link].filled):
            yield f"{kind} {link} is {state}, and the exchange executed it"


def _unbooked(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Fills of the exchange that are not booked, and booked ones that it never had."""
    accounts = {account_id for account_id, _ in there.fills}
    query = "SELECT account_id, exec_id FROM trade_logs WHERE exec_type <> 'Funding'"
    here = {(account_id, exec_id) for account_id, exec_id in connection.execute(query) if account_id in accounts}
    for account_id, exec_id in there.fills - here:
        yield f"fill {exec_id} of account {account_id} is not booked"
    yield from (f"fill {exec_id} of account {account_id} never was" for account_id, exec_id in here - there.fills)


def _unplanned(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Used cards without their plan, open plans of flat legs, legs without a plan."""
    rows = connection.execute(
        "SELECT token FROM buttons WHERE action = 'trade.confirm' AND used_ts IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM order_intents WHERE idempotency_key LIKE 't:' || token || ':entry:%')"
    )
    yield from (f"a confirmed card ({token[:6]}…) has no entry" for (token,) in rows)
    held = there.legs
    plans = set(connection.execute("SELECT account_id, symbol, position_idx FROM trade_plans WHERE state = 'open'"))
    yield from (f"leg {leg} is held without a plan" for leg in held.keys() - plans)
    waiting = set(
        connection.execute(
            "SELECT DISTINCT account_id, symbol, position_idx FROM order_intents"
            " WHERE kind = 'entry' AND state IN ('acknowledged', 'open', 'partially_filled')"
        )
    )
    yield from (f"plan of {leg} is open and its leg is flat" for leg in plans - held.keys() - waiting)


def _unprotected(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Legs without the stops or the targets of their plan, and targets of legs that are gone.

    Not those that stand the other way round, which somebody was told of.
    """
    plans = connection.execute(
        "SELECT plan_id, account_id, symbol, position_idx, stop, trailing FROM trade_plans AS p WHERE state = 'open'"
        " AND NOT EXISTS (SELECT 1 FROM disagreements AS d"
        " WHERE d.plan_id = p.plan_id AND d.kind = 'turned' AND d.ended_ts IS NULL)"
    ).fetchall()
    for plan_id, account_id, symbol, index, stop, trailing in plans:
        leg = (account_id, symbol, index)
        if leg not in there.legs:
            continue
        orders = there.open_orders(leg)
        stops = [each.trigger_price for each in orders if each.stop_order_type == "StopLoss"]
        if stop is not None and stops != [Decimal(stop)]:
            yield f"leg {leg} was promised the stop {stop} and has {stops}"
        if Decimal(trailing or 0) != there.trailing[leg]:
            yield f"leg {leg} was promised the trailing stop {trailing} and has {there.trailing[leg]}"
        yield from _missing_targets(connection, plan_id, leg, orders, there.legs[leg])
    for each in there.orders:
        if each.is_open and each.is_exit and each.leg not in there.legs:
            yield f"an exit order stands on the flat leg {each.leg}"


def _missing_targets(
    connection: sqlite3.Connection, plan_id: int, leg: Leg, orders: list[ExchangeOrder], size: Decimal
) -> Iterable[str]:
    """A target below the least quantity joins the next one, and is missed by nobody."""
    targets = connection.execute(
        "SELECT number, price, share, is_done FROM plan_targets WHERE plan_id = ? ORDER BY number", (plan_id,)
    ).fetchall()
    if not targets:
        return
    prices = {each.price for each in orders if each.reduce_only}
    for number, price, share, is_done in targets[:-1]:
        is_large = Decimal(share) * size > _LEAST[leg[1]]
        if is_large and not is_done and Decimal(price) not in prices:
            yield f"target {number} of leg {leg} at {price} is missing; there are {sorted(prices)}"
    last = [each.trigger_price for each in orders if each.stop_order_type == "TakeProfit"]
    if last != [Decimal(targets[-1][1])]:
        yield f"the last target of leg {leg} is {targets[-1][1]}, the exchange holds {last}"


def _twice(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Targets of a leg for which more than one order rests."""
    numbers = dict(
        connection.execute("SELECT order_link_id, target_number FROM order_intents WHERE kind = 'target'").fetchall()
    )
    resting = [each for each in there.orders if each.is_open and each.link_id in numbers]
    for (leg, number), count in Counter((each.leg, numbers[each.link_id]) for each in resting).items():
        if count > 1:
            yield f"target {number} of leg {leg} rests {count} times"


def _misremembered(connection: sqlite3.Connection, there: ExchangeTruth) -> Iterable[str]:
    """Legs whose size here is not the one there."""
    rows = connection.execute("SELECT account_id, symbol, position_idx, size FROM active_positions")
    here = {(account_id, symbol, index): Decimal(size) for account_id, symbol, index, size in rows}
    for leg in here.keys() | there.legs.keys():
        if here.get(leg) != there.legs.get(leg):
            yield f"leg {leg} is {there.legs.get(leg)} and is remembered as {here.get(leg)}"


def _doubled(connection: sqlite3.Connection) -> Iterable[str]:
    """Parts that were closed twice."""
    closed: dict[int, Decimal] = {}
    for key, quantity in connection.execute(
        "SELECT idempotency_key, cum_exec_qty FROM order_intents WHERE kind = 'reduce'"
    ):
        closing_id = int(key.split(":")[1])
        closed[closing_id] = closed.get(closing_id, Decimal(0)) + Decimal(quantity)
    for closing_id, size, remaining in connection.execute("SELECT closing_id, size, remaining FROM leg_closings"):
        if closed.get(closing_id, Decimal(0)) > Decimal(size) - Decimal(remaining):
            yield f"closing {closing_id} was to leave {remaining} of {size} and closed {closed[closing_id]}"


def _past_a_panic(connection: sqlite3.Connection) -> Iterable[str]:
    """Entries that were written before a panic and sent after it."""
    rows = connection.execute(
        "SELECT i.order_link_id, p.panic_id FROM order_intents AS i JOIN panics AS p ON p.account_id = i.account_id"
        " WHERE i.kind = 'entry' AND i.created_ts < p.started_ts AND p.started_ts < i.sent_ts"
    )
    yield from (f"entry {link} was sent after panic {panic_id}" for link, panic_id in rows)


def _unfinished(connection: sqlite3.Connection) -> Iterable[str]:
    """Panics and closes that go on though nothing hinders them."""
    rows = connection.execute("SELECT panic_id FROM panics WHERE ended_ts IS NULL")
    yield from (f"panic {panic_id} is not over" for (panic_id,) in rows)
    rows = connection.execute("SELECT closing_id, state, reason FROM leg_closings WHERE state <> 'done'")
    yield from (f"closing {closing_id} is {state} {reason}" for closing_id, state, reason in rows)


def _untold(connection: sqlite3.Connection) -> Iterable[str]:
    """Orders whose end nobody was told of, and messages that were not sent."""
    rows = connection.execute(
        "SELECT kind, order_link_id, state FROM order_intents WHERE is_told = 0 AND final_ts IS NOT NULL"
        " AND kind IN ('entry', 'close', 'reduce')"
    )
    yield from (f"nobody was told that {kind} {link} is {state}" for kind, link, state in rows)
    ((waiting,),) = connection.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchall()
    if waiting:
        yield f"{waiting} messages wait in the outbox"


def _mistold(connection: sqlite3.Connection, said: Mapping[Place, str]) -> Iterable[str]:
    """Cards that lag behind what was counted as told."""
    rows = connection.execute(
        "SELECT order_link_id, state, card_chat_id, card_message_id FROM order_intents AS i"
        " WHERE kind = 'entry' AND is_told = 1 AND final_ts IS NOT NULL"
        " AND (state <> 'canceled' OR cum_exec_qty <> '0')"  # what somebody took back needs no telling
        " AND NOT EXISTS (SELECT 1 FROM outbox WHERE cause = 'intent:' || i.intent_id || ':' || i.state)"
    )
    for link, state, *place in rows:
        text = said.get((place[0], place[1]), "")
        if any(word in text for word in _NOT_YET):
            yield f"entry {link} is {state}, counts as told, and its card says: {text!r}"
