"""What became of a request, from what the exchange shows: nothing is called failed until it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, Symbol, age
from bot.domain.intent_states import UNDECIDED, Absence, decides_after, order_of, said
from bot.domain.leg_protection import stands
from bot.domain.orders import AmendRequest, CancelRequest, LegSettings, LeverageRequest, OrderRequest, TradingStop
from bot.domain.patience import BYBIT, Patience
from bot.domain.portfolio import Execution, Order, Orders, Positions
from bot.domain.ports.plans import IntentNews
from bot.domain.refusals import BY_EXCHANGE, VANISHED
from bot.domain.trade_plans import IntentKind, IntentState, OrderIntent

_BY_RULE: Final = frozenset({"CancelByReduceOnly", "CancelByTpSlTsClear"})
"""Bybit's cancelType of what it cancels because of the position, not for anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAnswers:
    """One round of answers of an exchange, all asked for at `asked_at` or later, which is `moment` in monotonic ms.

    `found`: the orders that were asked for one by one, None: the exchange says that there is none of that id;
    `absences`: since when and how often it has said so; `unanswered`: how many questions had no answer, `questions`:
    how many about an order had one so far. Executions were asked for after them.
    """

    asked_at: Millis
    moment: Millis
    positions: Positions
    orders: Orders
    fills: tuple[Execution, ...]  # oldest first
    found: Mapping[OrderLinkId, Order | None]
    settings: Mapping[Symbol, LegSettings]
    absences: Mapping[OrderLinkId, Absence] = field(default_factory=dict)
    patience: Patience = BYBIT
    unanswered: int = 0
    questions: Mapping[OrderLinkId, int] = field(default_factory=dict)

    def order(self, link_id: OrderLinkId, order_id: str = "") -> Order | None:
        """What was answered of the order with one of these ids, open or closed; None: nothing."""
        rows = (*self.orders.items, *filter(None, self.found.values()))
        return order_of(
            each
            for each in rows
            if (link_id and each.order_link_id == link_id) or (order_id and each.order_id == order_id)
        )

    def is_open(self, link_id: OrderLinkId, order_id: str) -> bool:
        return any(
            (link_id and each.order_link_id == link_id) or (order_id and each.order_id == order_id)
            for each in self.orders.items
        )


def outcome_of(intent: OrderIntent, reads: AccountAnswers) -> IntentNews | None:
    """What is known now of an intent that was sent; None: nothing new."""
    if isinstance(intent.request, OrderRequest):
        return _order(intent, reads)
    if intent.state not in UNDECIDED or intent.sent_ts is None:
        return None
    if _is_true(intent, reads):
        return IntentNews(state=IntentState.DONE)
    return IntentNews(state=IntentState.ABANDONED if _is_over(intent, reads) else IntentState.UNKNOWN)


def _order(intent: OrderIntent, reads: AccountAnswers) -> IntentNews | None:
    row = reads.order(intent.order_link_id)
    if row is not None:
        return IntentNews(
            state=said(row),
            order_id=row.order_id,
            cum_exec_qty=row.cum_exec_qty,
            avg_price=row.avg_price,
            reason=_reason(intent, row),
        )
    if isinstance(intent.request, OrderRequest) and intent.fills_qty >= intent.request.qty > 0:
        return IntentNews(state=IntentState.FILLED, cum_exec_qty=intent.fills_qty)  # no list need say it
    if not _is_absent(intent, reads):
        return IntentNews(state=IntentState.UNKNOWN) if intent.state in UNDECIDED else None
    if intent.fills_qty > 0:  # it was there: its fills are known longer than its row
        return IntentNews(state=IntentState.CANCELED, cum_exec_qty=intent.fills_qty, reason=VANISHED)
    if intent.state in UNDECIDED:
        return IntentNews(state=IntentState.NOT_PLACED)
    return IntentNews(state=IntentState.CANCELED, reason=VANISHED)


def _reason(intent: OrderIntent, row: Order) -> str | None:
    """Why it ended, where that decides what comes after it."""
    if said(row) is IntentState.REJECTED:
        return row.reject_reason
    is_by_rule = intent.kind is IntentKind.TARGET and row.cancel_type in _BY_RULE
    return BY_EXCHANGE if is_by_rule and said(row) is IntentState.CANCELED else None


def _is_absent(intent: OrderIntent, reads: AccountAnswers) -> bool:
    """Whether there is no such order for certain, and no fill of it that was not booked yet."""
    absence = reads.absences.get(intent.order_link_id)
    if absence is None or intent.sent_ts is None or any(_is_of(each, intent) for each in reads.fills):
        return False
    is_late = age(intent.sent_ts, reads.asked_at) >= decides_after(intent.state, reads.patience)
    return is_late and absence.is_believed(intent.state, reads.patience)


def _is_of(fill: Execution, intent: OrderIntent) -> bool:
    return fill.order_link_id == intent.order_link_id or (bool(intent.order_id) and fill.order_id == intent.order_id)


def _is_over(intent: OrderIntent, reads: AccountAnswers) -> bool:
    """Whether it was asked so late that the request can't be executed any more."""
    return intent.sent_ts is not None and age(intent.sent_ts, reads.asked_at) >= reads.patience.window


def _is_true(intent: OrderIntent, reads: AccountAnswers) -> bool:
    """Whether what was asked for is so."""
    match intent.request:
        case CancelRequest(target_link_id=link_id, order_id=order_id):
            return not reads.is_open(link_id, order_id) and not reads.orders.hides(intent.leg.symbol)
        case AmendRequest() as wish:
            row = reads.order(wish.target_link_id)
            return row is not None and _is_amended(row, wish)
        case TradingStop() as stop:
            position = reads.positions.of_leg(intent.leg)
            orders = [each for each in reads.orders.items if each.symbol == stop.symbol]
            return position is not None and stands(stop, position, orders)
        case LeverageRequest() as leverage:
            settings = reads.settings.get(leverage.symbol)
            return settings is not None and settings.buy_leverage == settings.sell_leverage == leverage.leverage
    return False


def _is_amended(row: Order, wish: AmendRequest) -> bool:
    pairs = (
        (wish.qty, row.qty),
        (wish.price, row.price),
        (wish.stop_loss, row.stop_loss or 0),
        (wish.take_profit, row.take_profit or 0),
    )
    return all(wished is None or wished == has for wished, has in pairs)
