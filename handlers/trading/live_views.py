"""How a trade reads while it comes to be: each entry in its state, the stop, the targets."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from bot.domain.ids import Millis
from bot.domain.market import Instrument
from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.patience import BYBIT
from bot.domain.receipts import accepted_ts
from bot.domain.trade_plans import LIVE, IntentKind, IntentState, ManagedTrade, OrderIntent, PlanState
from handlers.core.links import ShowLeg, ShowOrders, ShowReceipt
from handlers.texts.catalog import Markup, Translator, Value, join
from handlers.trading.card_views import side_word
from handlers.trading.reasons import reason_text, refusal_text
from handlers.views.cards import Card, Row, button
from handlers.views.frame import menu_row, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_ZERO: Final = Decimal(0)
_ANSWERED: Final = frozenset({IntentState.OPEN, IntentState.UNTRIGGERED, IntentState.PARTIALLY_FILLED})


class Ending(Enum):
    """What an entry came to, where something is left to be done."""

    NOTHING = auto()  # not filled at all, or never sent
    NOT_PLACED = auto()
    PART = auto()


def entries_of(trade: ManagedTrade) -> tuple[OrderIntent, ...]:
    return tuple(each for each in trade.intents if each.kind is IntentKind.ENTRY)


def of_message(trade: ManagedTrade, message_id: int) -> ManagedTrade:
    """The trade with those entries alone that were confirmed last on that message, or at all where it had none.

    A leg's plan has all its entries: one that was added to, or whose rest was bought, has had others before.
    """
    entries = entries_of(trade)
    here = [each for each in entries if each.card is not None and each.card.message_id == message_id] or entries
    last = max((each.created_ts for each in here), default=None)
    return replace(trade, intents=tuple(each for each in here if each.created_ts == last))


def is_final(intent: OrderIntent) -> bool:
    """Nothing more will come of it, and all its fills are booked."""
    return intent.state not in LIVE and not intent.is_counting


def is_answered(trade: ManagedTrade) -> bool:
    """Every entry rests, or is over."""
    return all(each.state in _ANSWERED or is_final(each) for each in entries_of(trade))


def is_over(trade: ManagedTrade) -> bool:
    """Every entry is over, and the stop of what was filled stands."""
    entries = entries_of(trade)
    has_position = any(each.fills_qty > 0 for each in entries)
    is_protected = trade.plan.stop is None or trade.plan.stop_verified_ts is not None
    return all(map(is_final, entries)) and (is_protected or not has_position)


def told_of(trade: ManagedTrade) -> tuple[OrderIntent, ...]:
    """Entries of which this card has said the last word."""
    return tuple(each for each in entries_of(trade) if is_final(each))


def asked_of(entry: OrderIntent) -> Decimal:
    """The quantity that an entry was sent for, in the base coin."""
    return entry.request.qty if isinstance(entry.request, OrderRequest) else _ZERO


def left_over(trade: ManagedTrade) -> Decimal:
    """What was asked for and not filled, in the base coin."""
    return sum((asked_of(each) - each.fills_qty for each in entries_of(trade)), _ZERO)


def ending_of(trade: ManagedTrade) -> Ending | None:
    """None while something may still come, and when everything came."""
    entries = entries_of(trade)
    if not entries or not all(map(is_final, entries)) or left_over(trade) <= 0:
        return None
    if any(each.fills_qty > 0 for each in entries):
        return Ending.PART
    return Ending.NOT_PLACED if all(each.state is IntentState.NOT_PLACED for each in entries) else Ending.NOTHING


def trade_card(viewer: RenderContext, trade: ManagedTrade, instrument: Instrument | None, way_on: Row) -> Card:
    """Each entry in its state, then what protects it, and how long it took."""
    say, plan = viewer.say, trade.plan
    account = viewer.config.account(plan.account_id)
    title = say(
        "live-title",
        side=side_word(viewer, plan.side),
        symbol=plan.symbol,
        account="" if account is None else viewer.account_name(account),
    )
    lines = [title, *(_entry(viewer, each, instrument) for each in entries_of(trade))]
    if any(each.fills_qty > 0 for each in entries_of(trade)):
        lines += _protection(viewer, trade, instrument)
    elif _has_moved_the_stop(trade) and plan.stop is not None:
        lines.append(say("live-stop-moved", stop=viewer.figures.price(plan.stop, instrument)))
    lines += _times(viewer, trade)
    return Card(text=join(lines), rows=(way_on, (*_places(viewer, trade), *menu_row(viewer))))


def _has_moved_the_stop(trade: ManagedTrade) -> bool:
    """Whether entries that came to nothing were to add to an open leg, whose one stop is the one of their card."""
    plan = trade.plan
    began = plan.first_fill_ts if plan.state is PlanState.OPEN else None
    return began is not None and any(
        isinstance(each.request, OrderRequest) and each.request.stop_loss == plan.stop and each.created_ts > began
        for each in entries_of(trade)
        if is_final(each) and not each.fills_qty
    )


def _places(viewer: RenderContext, trade: ManagedTrade) -> Row:
    """The position's own card, and the orders while some rest."""
    plan, entries = trade.plan, entries_of(trade)
    position: Row = ()
    if any(each.fills_qty > 0 for each in entries) or _has_moved_the_stop(trade):
        code = ShowLeg(plan.account_id, plan.symbol, plan.position_idx)
        position = (button(viewer.say.plain("button-live-position"), viewer.data(code)),)
    receipt: Row = ()
    if entries and any(each.sent_ts is not None for each in entries):
        receipt = (button(viewer.say.plain("button-receipt"), viewer.data(ShowReceipt(entries[0].intent_id))),)
    orders = () if all(map(is_final, entries)) else screen_button(viewer, "button-orders", ShowOrders(plan.account_id))
    return (*position, *orders, *receipt)


def _entry(viewer: RenderContext, intent: OrderIntent, instrument: Instrument | None) -> Markup:
    """The one line that says where an entry stands."""
    say, request = viewer.say, intent.request
    if not isinstance(request, OrderRequest):
        return Markup("")
    figures, coin = viewer.figures, base_of(request.symbol)
    values: dict[str, Value] = {
        "size": figures.size(request.qty, instrument, coin),
        "filled": figures.size(max(intent.fills_qty, intent.cum_exec_qty), instrument, coin),
        "price": "" if request.price is None else figures.price(request.price, instrument),
        "average": "" if intent.avg_price is None else figures.price(intent.avg_price, instrument),
        "time": viewer.when(_unknown_until(viewer, intent)),
    }
    key = _key(intent, is_market=request.time_in_force is TimeInForce.IOC, has_fills=intent.cum_exec_qty > 0)
    line = say(key, **{name: value for name, value in values.items() if name in _PLACEHOLDERS[key]})
    why = _why(say, intent)
    return join([line, say("live-reason", reason=why)]) if why else line


def _why(say: Translator, intent: OrderIntent) -> Markup:
    """Of an order that was refused, never sent, or taken back by a rule of ours; else nothing."""
    if intent.state is IntentState.CANCELED:
        return reason_text(say, intent.leg.symbol, intent.reason, 0)
    is_refused = intent.state in {IntentState.REJECTED, IntentState.ABANDONED} and intent.reason
    return refusal_text(say, intent) if is_refused else Markup("")


def _unknown_until(viewer: RenderContext, intent: OrderIntent) -> Millis:
    """When it can't be executed any more; for one that nobody answers about, in a while."""
    last = Millis((intent.sent_ts or intent.created_ts) + BYBIT.window)
    return last if last > viewer.now else Millis(viewer.now + BYBIT.over)


_PLACEHOLDERS: Final = {
    "live-sending": {"size", "price"},
    "live-accepted": {"size"},
    "live-resting": {"size", "price"},
    "live-resting-part": {"size", "price", "filled", "average"},
    "live-counting": {"filled", "size"},
    "live-filled": {"filled", "average"},
    "live-part": {"filled", "size", "average"},
    "live-part-canceled": {"filled", "size", "average"},
    "live-nothing": {"price"},
    "live-canceled": {"size", "price"},
    "live-rejected": set[str](),
    "live-unknown": {"time"},
    "live-not-placed": set[str](),
    "live-not-sent": set[str](),
}


def _key(intent: OrderIntent, *, is_market: bool, has_fills: bool) -> str:
    """Which text says it. Fills that have not been booked yet are "counting", whatever else is known."""
    if intent.state in _UNMOVED:
        return _UNMOVED[intent.state]
    if intent.is_counting:
        return "live-counting"
    if intent.state in LIVE:
        if is_market or intent.state is IntentState.ACKNOWLEDGED:
            return "live-counting" if has_fills else "live-accepted"
        return "live-resting-part" if has_fills else "live-resting"
    if has_fills and intent.state is not IntentState.FILLED:
        return "live-part" if is_market else "live-part-canceled"
    return _ENDED.get(intent.state, "live-nothing" if is_market else "live-canceled")


_UNMOVED: Final = {
    IntentState.UNKNOWN: "live-unknown",
    IntentState.INTENT: "live-sending",
    IntentState.SENDING: "live-sending",
}
_ENDED: Final = {
    IntentState.FILLED: "live-filled",
    IntentState.REJECTED: "live-rejected",
    IntentState.NOT_PLACED: "live-not-placed",
    IntentState.ABANDONED: "live-not-sent",
}


def _protection(viewer: RenderContext, trade: ManagedTrade, instrument: Instrument | None) -> Iterable[Markup]:
    say, figures, plan = viewer.say, viewer.figures, trade.plan
    if plan.stop is None:
        yield say("live-no-stop")
    else:
        price = figures.price(plan.stop, instrument)
        verified = plan.stop_verified_ts
        yield say("live-stop-verified" if verified is not None else "live-stop-waiting", stop=price)
    if plan.targets:
        prices = " · ".join(figures.price(each.price, instrument) for each in plan.targets)
        yield say("live-targets", count=len(plan.targets), prices=prices)


def _times(viewer: RenderContext, trade: ManagedTrade) -> Iterable[Markup]:
    """How long the way of the first entry took, from the tap on, in ms.

    A fill that was seen seconds after the order had been accepted was found by asking: the receipt has its own moment.
    """
    first = next(iter(entries_of(trade)), None)
    answered = None if first is None else accepted_ts(first)
    if first is None or first.sent_ts is None or answered is None:
        return
    sent, accepted = first.sent_ts - first.created_ts, answered - first.created_ts
    final = first.final_ts
    if first.state is IntentState.FILLED and final is not None and final - answered <= BYBIT.recv_window:
        filled = final - first.created_ts
        yield viewer.say("live-times-filled", sent=sent, accepted=accepted, filled=filled)
    else:
        yield viewer.say("live-times", sent=sent, accepted=accepted)
