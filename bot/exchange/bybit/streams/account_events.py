"""What private topics bring, as the domain's values.

Field names and meanings: Bybit v5 documentation, "Position", "Order" and "Wallet" of the private stream. They are those
of the REST answers but for the average price of a position, which is `entryPrice` here.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import NAMELESS, Balance, Execution, Order, Position
from bot.exchange.bybit import account_answers
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.fields import Fields, identifier, position_idx, symbol_of, whole

_SETTLE_COIN: Final = "USDT"
_TRADE: Final = "Trade"  # an execType
CLOSED: Final = frozenset({"Filled", "Cancelled", "PartiallyFilledCanceled", "Rejected", "Deactivated"})
"""Statuses from which an order does not come back ("Enums Definitions", orderStatus)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionNews:
    """A leg as the stream tells it; None: nothing stands there."""

    symbol: Symbol
    position_idx: int
    seq: int
    updated: int
    position: Position | None


@dataclass(frozen=True, slots=True)
class FillNews:
    """A fill, as far as a stream is watched by it."""

    symbol: Symbol
    order_id: str


@dataclass(slots=True, kw_only=True)
class EventRows:
    """Rows of one message, and the symbols of those that can't be read."""

    positions: list[PositionNews]
    orders: list[Order]
    unreadable: list[str]


def position_rows(data: object) -> EventRows:
    """The legs of USDT perpetuals, empty ones too."""
    found = EventRows(positions=[], orders=[], unreadable=[])
    for fields in _rows(data, found):
        if fields.get("category") != Category.LINEAR.value or _SETTLE_COIN not in str(fields.get("symbol")):
            continue
        try:
            found.positions.append(_position_news(fields))
        except ExchangeUnreadable:
            found.unreadable.append(_named(fields))
    return found


def order_rows(data: object) -> EventRows:
    """The orders of USDT perpetuals and of spot, closed ones too."""
    found = EventRows(positions=[], orders=[], unreadable=[])
    for fields in _rows(data, found):
        category = _category(fields)
        if category is None:
            continue
        items, lost = account_answers.orders(Answer({"list": [fields]}), category)
        found.orders += items
        found.unreadable += lost
    return found


def fill_rows(data: object) -> tuple[FillNews, ...]:
    """Fills of an order of a USDT perpetual or of spot: funding and settlements belong to none.

    One that can't be read is left out: what it filled is told by its order, and booked from REST's answer.
    """
    found = EventRows(positions=[], orders=[], unreadable=[])
    fills: list[FillNews] = []
    for each in _rows(data, found):
        if _category(each) is not None and each.get("execType") == _TRADE:
            with suppress(ExchangeUnreadable):
                fills.append(FillNews(symbol_of(each), identifier(each, "orderId")))
    return tuple(fills)


def executions_told(data: object) -> tuple[list[Execution], list[str]]:
    """Executions of USDT perpetuals, of every kind, and the symbols of those that can't be read."""
    found, items = EventRows(positions=[], orders=[], unreadable=[]), list[Execution]()
    rows = [each for each in _rows(data, found) if _category(each) is Category.LINEAR]
    if rows:
        items, lost = account_answers.executions(Answer({"list": rows}), Category.LINEAR)
        found.unreadable += lost
    return items, found.unreadable


def wallet_rows(data: object, account_id: AccountId, as_of: Millis) -> Balance:
    """The wallet; of the coins perhaps only those that changed. Raises ExchangeUnreadable."""
    return account_answers.balance(Answer({"list": data}), account_id, as_of)


def _rows(data: object, found: EventRows) -> Iterable[Fields]:
    """The objects of a message; what is none is named as unreadable."""
    for each in data if isinstance(data, list) else (data,):
        if isinstance(each, Mapping):
            yield each
        else:
            found.unreadable.append(NAMELESS)


def _named(fields: Fields) -> str:
    try:
        return symbol_of(fields)
    except ExchangeUnreadable:
        return NAMELESS


def _category(fields: Fields) -> Category | None:
    """None for what this bot does not read: options, inverse contracts, contracts in USDC."""
    word = fields.get("category")
    if word == Category.SPOT.value:
        return Category.SPOT
    is_ours = word == Category.LINEAR.value and _SETTLE_COIN in str(fields.get("symbol"))
    return Category.LINEAR if is_ours else None


def _position_news(fields: Fields) -> PositionNews:
    items, lost = account_answers.positions(
        Answer({"list": [{**fields, "avgPrice": fields.get("entryPrice")}]}), Category.LINEAR
    )
    if lost:
        raise ExchangeUnreadable("a position of a stream can't be read", field="data")
    return PositionNews(
        symbol=symbol_of(fields),
        position_idx=position_idx(fields),
        seq=whole(fields, "seq") if fields.get("seq") not in (None, "") else -1,
        updated=whole(fields, "updatedTime") if fields.get("updatedTime") else 0,
        position=items[0] if items else None,
    )
