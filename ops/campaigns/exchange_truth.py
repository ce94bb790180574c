"""What an exchange itself says of accounts, in one form: by the tables of the practice exchange, or by the stand-in."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

_OPEN: Final = frozenset({"New", "PartiallyFilled", "Untriggered"})
_OF_LEG: Final = frozenset({"StopLoss", "TakeProfit", "PartialStopLoss", "PartialTakeProfit", "TrailingStop"})
_ZERO: Final = Decimal(0)

Leg = tuple[int, str, int]  # account, symbol, positionIdx
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOrder:
    """An order there, open or closed."""

    leg: Leg
    order_id: str
    link_id: str
    is_open: bool
    reduce_only: bool
    stop_order_type: str
    price: Decimal
    trigger_price: Decimal
    filled: Decimal

    @property
    def is_exit(self) -> bool:
        """Whether the order can only close what stands."""
        return self.reduce_only or self.stop_order_type in _OF_LEG


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTruth:
    """Sizes of what is held by leg, every order, and every fill as (account, execId) without funding.

    `trailing`: at what distance the price of a leg is followed, 0 where it is not.
    """

    legs: dict[Leg, Decimal] = field(default_factory=dict)
    trailing: dict[Leg, Decimal] = field(default_factory=dict)
    orders: list[ExchangeOrder] = field(default_factory=list)
    fills: set[tuple[int, str]] = field(default_factory=set)

    def joined(self, other: "ExchangeTruth") -> "ExchangeTruth":
        """What both say; no account is at two exchanges."""
        return ExchangeTruth(
            legs=self.legs | other.legs,
            trailing=self.trailing | other.trailing,
            orders=self.orders + other.orders,
            fills=self.fills | other.fills,
        )

    def open_orders(self, leg: Leg) -> list[ExchangeOrder]:
        return [each for each in self.orders if each.is_open and each.leg == leg]

    def link_ids(self) -> frozenset[str]:
        """Of the orders that somebody gave an id."""
        return frozenset(each.link_id for each in self.orders if each.link_id)


def practice_truth(connection: sqlite3.Connection) -> ExchangeTruth:
    """By the tables of the practice exchange, which stand in the bot's own database."""
    held = connection.execute("SELECT account_id, symbol, position_idx, body FROM paper_positions WHERE is_held = 1")
    fills = connection.execute("SELECT account_id, exec_id, body FROM paper_fills")
    orders = connection.execute("SELECT account_id, order_link_id, is_open, order_id, body FROM paper_orders")
    positions = {(account, symbol, index): json.loads(body) for account, symbol, index, body in held}
    return ExchangeTruth(
        legs={leg: Decimal(body["size"]) for leg, body in positions.items()},
        trailing={leg: _number(body.get("trailing_stop")) for leg, body in positions.items()},
        orders=[
            _practice_order(account, link, is_open=bool(is_open), order_id=order_id, body=json.loads(body))
            for account, link, is_open, order_id, body in orders
        ],
        fills={(account, exec_id) for account, exec_id, body in fills if json.loads(body)["exec_type"] != "Funding"},
    )


def _practice_order(account: int, link: str, *, is_open: bool, order_id: str, body: Row) -> ExchangeOrder:
    return ExchangeOrder(
        leg=(account, body["symbol"], body.get("position_idx", 0)),
        order_id=order_id,
        link_id=link,
        is_open=is_open,
        reduce_only=bool(body.get("reduce_only")),
        stop_order_type=body.get("stop_order_type", ""),
        price=_number(body.get("price")),
        trigger_price=_number(body.get("trigger_price")),
        filled=_number(body.get("cum_exec_qty")),
    )


def stand_in_truth(accounts: Mapping[int, Row]) -> ExchangeTruth:
    """By the answers of the stand-in's GET /sim/accounts/{uid}, each by the id that the account has here."""
    truth = ExchangeTruth()
    for account, said in accounts.items():
        for row in said["positions"]:
            if _number(row["size"]):
                leg = (account, row["symbol"], int(row["positionIdx"]))
                truth.legs[leg], truth.trailing[leg] = Decimal(row["size"]), _number(row["trailingStop"])
        truth.orders.extend(_bybit_orders(account, (*said["orders"], *said["history"])))
        truth.fills.update((account, row["execId"]) for row in said["executions"] if row["execType"] != "Funding")
    return truth


def _bybit_orders(account: int, rows: Iterable[Row]) -> Iterable[ExchangeOrder]:
    for row in rows:
        yield ExchangeOrder(
            leg=(account, row["symbol"], int(row["positionIdx"])),
            order_id=row["orderId"],
            link_id=row["orderLinkId"],
            is_open=row["orderStatus"] in _OPEN,
            reduce_only=bool(row["reduceOnly"]),
            stop_order_type=row["stopOrderType"],
            price=_number(row["price"]),
            trigger_price=_number(row["triggerPrice"]),
            filled=_number(row["cumExecQty"]),
        )


def _number(text: object) -> Decimal:
    """A price; 0 where there is none."""
    return Decimal(str(text)) if text else _ZERO
