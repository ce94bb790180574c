"""A resting order: how it stands, what it shall become, and what became of the change."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.leg_protection import promised
from bot.domain.market import Instrument
from bot.domain.order_edits import AgreedEdit, OrderEdit, RestingEntry
from bot.domain.orders import AmendRequest
from bot.domain.portfolio import Order, Side
from bot.domain.trade_plans import UNSETTLED, IntentState, OrderIntent
from handlers.core.links import ShowLeg, ShowOrder, ShowOrders
from handlers.texts.catalog import Markup, join
from handlers.trading.reasons import refusal_text
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import command_button, menu_row, screen_button
from handlers.views.order_names import order_name
from handlers.views.receipts import receipt_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of

_IN_A_ROW: Final = 2


def resting_card(viewer: RenderContext, account: Account, entry: RestingEntry, edit: CardButton, cancel: Row) -> Card:
    """An order from here, with [Edit] and [Cancel]."""
    leg = () if entry.position is None else _to_leg(viewer, account, entry.order)
    ways = (*leg, *_receipt(viewer, account, entry.order))
    rows: tuple[Row, ...] = ((edit, *cancel), ways, _ways(viewer, account))
    return Card(text=join(_order_lines(viewer, account, entry)), rows=rows)


def other_order_card(
    viewer: RenderContext, account: Account, order: Order, instrument: Instrument | None, why: Markup, cancel: Row
) -> Card:
    """An order that is not changed from here, and why."""
    what = _size_line(viewer, order.qty, order.cum_exec_qty, order.price, instrument, order)
    if order.stop_order_type:
        what = viewer.say("edit-conditional", name=order_name(viewer, order, instrument))
    lines = [_head(viewer, account, order), what, why]
    ways = (*_to_leg(viewer, account, order), *_receipt(viewer, account, order))
    return Card(text=join(lines), rows=(cancel, ways, _ways(viewer, account)))


def _receipt(viewer: RenderContext, account: Account, order: Order) -> Row:
    """[Receipt]: what became of it so far."""
    return receipt_button(viewer.say.plain("button-receipt"), account.account_id, order.order_id)


def ask_edit_card(viewer: RenderContext, account: Account, entry: RestingEntry, presets: Sequence[CardButton]) -> Card:
    """Asks which of the order's numbers shall be another one."""
    lines = [*_order_lines(viewer, account, entry), viewer.say("edit-ask")]
    back = button(viewer.say.plain("button-back"), viewer.data(ShowOrder(account.account_id, entry.order.order_id)))
    cancel = command_button(viewer, "button-cancel", "cancel")
    return Card(text=join(lines), rows=(*in_rows(presets, _IN_A_ROW), (back, *cancel)))


def edit_card(viewer: RenderContext, account: Account, edit: OrderEdit, act: CardButton, other: CardButton) -> Card:
    """Each number that changes, before and after, and what the order would mean then."""
    say, figures, entry = viewer.say, viewer.figures, edit.before
    instrument, order = entry.instrument, entry.order
    unit = quote_of(order.symbol)
    stop, target = promised(entry.plan)
    lines = [_head(viewer, account, order), say("edit-title")]
    for key, before, after in (
        ("order-price", entry.price, edit.price),
        ("position-stop", stop, edit.stop),
        ("position-target", target, edit.target),
    ):
        if before != after:
            prices = (_price(viewer, each, instrument) for each in (before, after))
            lines.append(_moved(viewer, say.plain(key), *prices))
    if edit.qty != order.qty:
        coin = base_of(order.symbol)
        sizes = (figures.size(each, instrument, coin) for each in (order.qty, edit.qty))
        lines.append(_moved(viewer, say.plain("position-size"), *sizes))
    lines.append(say("edit-worth", value=figures.money(edit.left * edit.price, unit)))
    if entry.filled:
        lines.append(say("edit-filled", filled=figures.size(entry.filled, instrument, base_of(order.symbol))))
    if edit.loss is None:
        lines.append(say("edit-loss-unknown"))
    else:
        lines.append(say("edit-loss" if edit.stop else "edit-loss-no-stop", loss=figures.money(-edit.loss, unit)))
    if edit.is_crossing:
        lines.append(say("edit-crossing"))
    lines.append(say("edit-about"))
    back = button(say.plain("button-back"), viewer.data(ShowOrder(account.account_id, order.order_id)))
    return Card(text=join(lines), rows=((act,), (other, back), menu_row(viewer)))


def edited_card(
    viewer: RenderContext,
    account: Account,
    agreed: AgreedEdit,
    instrument: Instrument | None,
    intent: OrderIntent,
    anew: Row,
) -> Card:
    """What became of the change; where the exchange does not take it, `anew` is the way around."""
    say, figures, symbol = viewer.say, viewer.figures, intent.leg.symbol
    lines = [say("leg-head", name=symbol, account=viewer.account_name(account))]
    if intent.state is IntentState.UNKNOWN:
        lines.append(say("edit-unknown"))
    elif intent.state in UNSETTLED:
        lines.append(say("edit-sent"))
    elif intent.state is IntentState.DONE:
        size = figures.size(agreed.qty, instrument, base_of(symbol))
        lines.append(say("edit-done", size=size, price=figures.price(agreed.price, instrument)))
    else:
        lines.append(say("edit-refused", reason=refusal_text(say, intent)))
        if isinstance(intent.request, AmendRequest) and intent.request.stop_loss is not None:
            lines.append(say("edit-levels-count"))
    here = button(say.plain("button-order"), viewer.data(ShowOrder(account.account_id, agreed.order_id)))
    return Card(text=join(lines), rows=(anew, (here,), _ways(viewer, account)))


def waiting_cancel_card(viewer: RenderContext, account: Account, order_id: str, again: CardButton) -> Card:
    """The old order is not known to be gone: nothing new is placed."""
    row = (again, button(viewer.say.plain("button-order"), viewer.data(ShowOrder(account.account_id, order_id))))
    return Card(text=viewer.say("edit-cancel-uncertain"), rows=(row, _ways(viewer, account)))


def choose_order_card(
    viewer: RenderContext, account: Account, orders: Sequence[Order], instrument: Instrument | None
) -> Card:
    """Several orders wait in a symbol; asks which one is meant."""
    ways = [
        button(order_name(viewer, each, instrument), viewer.data(ShowOrder(account.account_id, each.order_id)))
        for each in orders
    ]
    text = viewer.say("edit-which", symbol=orders[0].symbol)
    return Card(text=text, rows=(*in_rows(ways, _IN_A_ROW), _ways(viewer, account)))


def _order_lines(viewer: RenderContext, account: Account, entry: RestingEntry) -> list[Markup]:
    order, instrument = entry.order, entry.instrument
    stop, target = promised(entry.plan)
    lines = [
        _head(viewer, account, order),
        _size_line(viewer, order.qty, entry.filled, order.price, instrument, order),
        viewer.say("edit-levels", stop=_price(viewer, stop, instrument), target=_price(viewer, target, instrument)),
    ]
    if len(entry.plan.targets) > 1:
        lines.append(viewer.say("edit-targets", count=len(entry.plan.targets)))
    return lines


def _head(viewer: RenderContext, account: Account, order: Order) -> Markup:
    side = viewer.say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    return viewer.say("leg-head", name=f"{order.symbol} · {side}", account=viewer.account_name(account))


def _size_line(
    viewer: RenderContext,
    qty: Decimal,
    filled: Decimal | None,
    price: Decimal | None,
    instrument: Instrument | None,
    order: Order,
) -> Markup:
    figures, coin = viewer.figures, base_of(order.symbol)
    return viewer.say(
        "edit-order",
        size=figures.size(qty, instrument, coin) if qty else viewer.say.plain("order-whole"),
        price="–" if price is None else figures.price(price, instrument),
        value="–" if price is None else figures.money(price * qty, quote_of(order.symbol)),
        filled=figures.size(filled or Decimal(0), instrument, coin),
        some=int(bool(filled)),
    )


def _moved(viewer: RenderContext, name: str, before: str, after: str) -> Markup:
    return viewer.say("edit-moved", name=name, before=before, after=after)


def _price(viewer: RenderContext, price: Decimal, instrument: Instrument | None) -> str:
    return viewer.figures.price(price, instrument) if price else viewer.say.plain("none")


def _to_leg(viewer: RenderContext, account: Account, order: Order) -> Row:
    code = ShowLeg(account.account_id, order.symbol, order.position_idx)
    return (button(viewer.say.plain("button-live-position"), viewer.data(code)),)


def _ways(viewer: RenderContext, account: Account) -> Row:
    return (*screen_button(viewer, "button-orders", ShowOrders(account.account_id)), *menu_row(viewer))
