"""What Bybit answers about one order and one symbol's settings. Raises ExchangeUnreadable for what can't be read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.errors import ExchangeRestricted, Restriction
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.intent_states import order_of
from bot.domain.market import Category
from bot.domain.orders import PORTFOLIO_MARGIN, LegSettings, MarginMode, OrderAck, PositionMode
from bot.domain.portfolio import Execution, Order
from bot.exchange.bybit.account_answers import executions, orders
from bot.exchange.bybit.answer import Answer, Row
from bot.exchange.bybit.fields import identifier, listed, one_of, position_idx, positive, symbol_of, text, unreadable

_ONE_WAY: Final = frozenset({0})
_HEDGE: Final = frozenset({1, 2})


def acknowledgment(answer: Answer, order_link_id: OrderLinkId) -> OrderAck:
    """Of an accepted create. Bybit's answer says our id, too, which is not looked at: the request had it."""
    order_id = identifier(answer.fields, "orderId")
    return OrderAck(order_id=order_id, order_link_id=order_link_id, request_id=answer.request_id)


def order_of_id(answer: Answer, order_link_id: OrderLinkId) -> Order | None:
    """The order that was asked for by its id. None: the list is empty.

    A row that can't be read may be the one, and a row of another id is no answer to the question.
    """
    items, lost = orders(answer, Category.LINEAR)
    _demand_own([each.order_link_id for each in items], lost, order_link_id)
    return order_of(items)


def executions_of_id(answer: Answer, order_link_id: OrderLinkId) -> list[Execution]:
    """The fills that were asked for by the id of their order."""
    items, lost = executions(answer, Category.LINEAR)
    _demand_own([each.order_link_id for each in items], lost, order_link_id)
    return items


def _demand_own(found: list[OrderLinkId], lost: tuple[str, ...], wanted: OrderLinkId) -> None:
    if lost or any(each != wanted for each in found):
        raise unreadable("list", "of that order")


def margin_mode_word(answer: Answer) -> str:
    """Of the whole account, portfolio margin too."""
    return text(answer.fields, "marginMode")


def margin_mode(answer: Answer) -> MarginMode:
    """Of the whole account. Raises ExchangeRestricted for portfolio margin, which knows no leverage of a symbol."""
    if margin_mode_word(answer) == PORTFOLIO_MARGIN:
        message = "the account is on portfolio margin"
        raise ExchangeRestricted(message, restriction=Restriction.MARGIN_MODE)
    return one_of(MarginMode, answer.fields, "marginMode")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRow:
    """A leg of a symbol, empty or not."""

    position_idx: int
    leverage: Decimal | None  # None: portfolio margin


def leg_rows(answer: Answer, symbol: Symbol) -> list[LegRow]:
    """Every leg of the symbol. Raises ExchangeUnreadable where one can't be read: nothing of it may be guessed."""

    def leg_row(row: Row) -> LegRow:
        if symbol_of(row.fields) != symbol:
            raise unreadable("symbol", "the one that was asked for")
        return LegRow(position_idx=position_idx(row.fields), leverage=row.maybe(positive, "leverage"))

    items, lost = answer.each(listed(answer.fields, "list"), leg_row)
    if lost:
        raise unreadable("list", "of legs that can be read")
    return items


def leg_settings(symbol: Symbol, mode: MarginMode, rows: list[LegRow]) -> LegSettings:
    """One-way mode has a row of index 0, hedge mode one each of 1 and 2."""
    leverages = {row.position_idx: row.leverage for row in rows if row.leverage is not None}
    if leverages.keys() == _ONE_WAY:
        position_mode, buy, sell = PositionMode.ONE_WAY, leverages[0], leverages[0]
    elif leverages.keys() == _HEDGE:
        position_mode, buy, sell = PositionMode.HEDGE, leverages[1], leverages[2]
    else:
        raise unreadable("list", "of leg 0, or of legs 1 and 2, with their leverages")
    return LegSettings(
        symbol=symbol, position_mode=position_mode, margin_mode=mode, buy_leverage=buy, sell_leverage=sell
    )
