"""What must hold between the practice exchange and the bot's own memory once both are at rest, by their tables."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

_PLACED: Final = ("acknowledged", "untriggered", "open", "partially_filled", "filled", "canceled")
_NEVER_THERE: Final = ("abandoned", "not_placed", "intent")
_NOT_YET: Final = ("account value", "⏳ Sending", "⏳ Accepted", "counting", "Not known yet")  # of cards, in this order
_LIVE: Final = ("⏳ Sending", "⏳ Accepted", "sent +")  # what only the card of a confirmed entry says
_OF_LEG: Final = ("StopLoss", "TakeProfit", "PartialStopLoss", "PartialTakeProfit")

Place = tuple[int, int]  # chat, message


def look_into(path: Path, said: Mapping[Place, str]) -> list[str]:
    """Everything that is wrong in that database, in words; it may be in use. `said`: the texts of people's chats."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [
            *_untracked(connection),
            *_unsent(connection),
            *_unbooked(connection),
            *_unplanned(connection),
            *_unprotected(connection),
            *_misremembered(connection),
            *_doubled(connection),
            *_past_a_panic(connection),
            *_unfinished(connection),
            *_untold(connection),
            *_mistold(connection, said),
        ]


def unsound(path: Path) -> list[str]:
    """The faults that SQLite's own integrity check finds in the file, in words."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ((verdict,),) = connection.execute("PRAGMA integrity_check").fetchall()
    return [] if verdict == "ok" else [f"integrity_check: {verdict}"]


def _untracked(connection: sqlite3.Connection) -> Iterable[str]:
    """Orders at the exchange under an id of ours that nobody wrote down before: found ones were not."""
    rows = connection.execute(
        "SELECT order_link_id FROM paper_orders WHERE order_link_id <> '' AND order_link_id NOT IN"
        " (SELECT order_link_id FROM order_intents WHERE idempotency_key NOT LIKE 'found:%')"
    )
    return [f"order {link} has no intent" for (link,) in rows]


def _unsent(connection: sqlite3.Connection) -> Iterable[str]:
    """Intents whose end is not known, or says the opposite of the exchange."""
    for link, kind, state in connection.execute(
        "SELECT order_link_id, kind, state FROM order_intents WHERE state IN ('intent', 'sending', 'unknown')"
    ):
        yield f"{kind} {link} is still {state}"
    rows = connection.execute(
        "SELECT i.order_link_id, i.kind, i.state, p.order_id IS NOT NULL FROM order_intents AS i"
        " LEFT JOIN paper_orders AS p ON p.account_id = i.account_id AND p.order_link_id = i.order_link_id"
        " WHERE i.kind IN ('entry', 'target', 'close', 'reduce')"
    )
    for link, kind, state, is_there in rows:
        if state in _PLACED and not is_there:
            yield f"{kind} {link} is {state} and was never at the exchange"
        if state in _NEVER_THERE and is_there:
            yield f"{kind} {link} is {state} and is at the exchange"


def _unbooked(connection: sqlite3.Connection) -> Iterable[str]:
    """Fills of the exchange that are not booked, and booked ones that it never had."""
    there = {
        (account_id, exec_id)
        for account_id, exec_id, body in connection.execute("SELECT account_id, exec_id, body FROM paper_fills")
        if json.loads(body)["exec_type"] != "Funding"
    }
    query = "SELECT account_id, exec_id FROM trade_logs WHERE exec_type <> 'Funding'"
    here = set(connection.execute(query))
    yield from (f"fill {exec_id} of account {account_id} is not booked" for account_id, exec_id in there - here)
    yield from (f"fill {exec_id} of account {account_id} never was" for account_id, exec_id in here - there)


def _unplanned(connection: sqlite3.Connection) -> Iterable[str]:
    """Used cards without their plan, open plans of flat legs, legs without a plan."""
    rows = connection.execute(
        "SELECT token FROM buttons WHERE action = 'trade.confirm' AND used_ts IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM order_intents WHERE idempotency_key LIKE 't:' || token || ':entry:%')"
    )
    yield from (f"a confirmed card ({token[:6]}…) has no entry" for (token,) in rows)
    held = _legs(connection)
    plans = set(connection.execute("SELECT account_id, symbol, position_idx FROM trade_plans WHERE state = 'open'"))
    yield from (f"leg {leg} is held without a plan" for leg in held.keys() - plans)
    waiting = set(
        connection.execute(
            "SELECT DISTINCT account_id, symbol, position_idx FROM order_intents"
            " WHERE kind = 'entry' AND state IN ('acknowledged', 'open', 'partially_filled')"
        )
    )
    yield from (f"plan of {leg} is open and its leg is flat" for leg in plans - held.keys() - waiting)


def _unprotected(connection: sqlite3.Connection) -> Iterable[str]:
    """Legs without the stop or the targets of their plan, and targets of legs that are gone."""
    held = _legs(connection)
    orders = _open_orders(connection)
    plans = connection.execute(
        "SELECT plan_id, account_id, symbol, position_idx, stop FROM trade_plans WHERE state = 'open'"
    ).fetchall()
    for plan_id, account_id, symbol, index, stop in plans:
        leg = (account_id, symbol, index)
        if leg not in held:
            continue
        stops = [each for each in orders if _is_of(each, leg) and each[1].get("stop_order_type") == "StopLoss"]
        if stop is not None and [Decimal(body["trigger_price"]) for _, body in stops] != [Decimal(stop)]:
            yield f"leg {leg} was promised the stop {stop} and has {[body['trigger_price'] for _, body in stops]}"
        yield from _missing_targets(connection, plan_id, leg, orders)
    for (account_id, _), body in orders:
        leg = (account_id, body["symbol"], body.get("position_idx", 0))
        if leg not in held and (body.get("reduce_only") or body.get("stop_order_type") in _OF_LEG):
            yield f"an exit order stands on the flat leg {leg}"


def _missing_targets(
    connection: sqlite3.Connection, plan_id: int, leg: tuple[int, str, int], orders: list[tuple[Any, dict[str, Any]]]
) -> Iterable[str]:
    targets = connection.execute(
        "SELECT number, price, is_done FROM plan_targets WHERE plan_id = ? ORDER BY number", (plan_id,)
    ).fetchall()
    if not targets:
        return
    prices = {
        Decimal(body.get("price") or 0) for key, body in orders if _is_of((key, body), leg) and body.get("reduce_only")
    }
    for number, price, is_done in targets[:-1]:
        if not is_done and Decimal(price) not in prices:
            yield f"target {number} of leg {leg} at {price} is missing; there are {sorted(prices)}"
    last = [
        Decimal(body["trigger_price"])
        for key, body in orders
        if _is_of((key, body), leg) and body.get("stop_order_type") == "TakeProfit"
    ]
    if last != [Decimal(targets[-1][1])]:
        yield f"the last target of leg {leg} is {targets[-1][1]}, the exchange holds {last}"


def _misremembered(connection: sqlite3.Connection) -> Iterable[str]:
    """Legs whose size here is not the one there."""
    here = {
        (account_id, symbol, index): Decimal(size)
        for account_id, symbol, index, size in connection.execute(
            "SELECT p.account_id, p.symbol, p.position_idx, p.size FROM active_positions AS p"
            " JOIN accounts AS a USING (account_id) WHERE a.account_type = 'paper'"
        )
    }
    there = _legs(connection)
    for leg in here.keys() | there.keys():
        if here.get(leg) != there.get(leg):
            yield f"leg {leg} is {there.get(leg)} and is remembered as {here.get(leg)}"


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
    """Cards that lag behind what was counted as told, and cards of entries that were never written down."""
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
    places = set(connection.execute("SELECT card_chat_id, card_message_id FROM order_intents WHERE kind = 'entry'"))
    for place, text in said.items():
        if place not in places and any(word in text for word in _LIVE):
            yield f"message {place} tells of an entry that was never written down: {text!r}"


def _legs(connection: sqlite3.Connection) -> dict[tuple[int, str, int], Decimal]:
    """What the exchange holds: size by leg."""
    rows = connection.execute("SELECT account_id, symbol, position_idx, body FROM paper_positions WHERE is_held = 1")
    return {(account_id, symbol, index): Decimal(json.loads(body)["size"]) for account_id, symbol, index, body in rows}


def _open_orders(connection: sqlite3.Connection) -> list[tuple[tuple[int, str], dict[str, Any]]]:
    """Every open order of the exchange, by account and its id there."""
    rows = connection.execute("SELECT account_id, order_id, body FROM paper_orders WHERE is_open = 1")
    return [((account_id, order_id), json.loads(body)) for account_id, order_id, body in rows]


def _is_of(order: tuple[tuple[int, str], dict[str, Any]], leg: tuple[int, str, int]) -> bool:
    (account_id, _), body = order
    return (account_id, body["symbol"], body.get("position_idx", 0)) == leg
