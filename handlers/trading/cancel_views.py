"""Open orders as they are canceled: each with its button, and what became of the cancels."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.leg_protection import PROTECTIONS
from bot.domain.portfolio import Order, Orders, Side
from bot.domain.trade_plans import UNSETTLED, IntentState, OrderIntent
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.core.links import ShowCancels, ShowOrders
from handlers.texts.catalog import Markup, join
from handlers.trading.legs import ActOutcome
from handlers.trading.reasons import refusal_text
from handlers.views.cards import Card, CardButton, Row, in_rows
from handlers.views.frame import Page, footer, menu_row, page_lines, page_row, refresh_button, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

CANCELS_A_PAGE: Final = 6
_CANCELS_IN_A_ROW: Final = 2
OrdersShown = Shown[WithInstruments[Orders]]


def may_be_canceled(order: Order) -> bool:
    """All but stops and take profits of a position: those are moved on its card, never taken away by a slip."""
    return order.stop_order_type not in PROTECTIONS


def cancels_card(
    viewer: RenderContext,
    account: Account,
    shown: OrdersShown,
    page: Page[Order],
    each_order: Sequence[CardButton],
    all_entries: Sequence[CardButton],
) -> Card:
    """A page of orders, numbered, with a button for each."""
    say = viewer.say
    lines = [say("cancels-title", account=viewer.account_name(account))]
    if shown.value is not None and not page.items:
        lines.append(say("cancels-none"))
    lines += [_line(viewer, shown, number, order) for number, order in enumerate(page.items, 1)]
    if shown.value is not None and not all(may_be_canceled(each) for each in shown.value.value.items):
        lines.append(say("cancels-stops"))
    lines += [*page_lines(viewer, page), footer(viewer, shown)]
    here = ShowCancels(account.account_id, page.number)
    return Card(
        text=join(lines),
        rows=(
            *in_rows(each_order, _CANCELS_IN_A_ROW),
            tuple(all_entries),
            page_row(viewer, page, lambda number: ShowCancels(account.account_id, number)),
            (
                *refresh_button(viewer, here),
                *_to_orders(viewer, account),
                *menu_row(viewer),
            ),
        ),
    )


def order_label(viewer: RenderContext, number: int, order: Order) -> str:
    """✕ 1. BTC."""
    return viewer.say.plain("button-cancel-order", number=number, name=base_of(order.symbol))


def canceling_card(viewer: RenderContext, account: Account, outcome: ActOutcome) -> Card:
    """A line a cancel; that nothing had to be canceled is said, too."""
    lines = [viewer.say("canceling-title", account=viewer.account_name(account))]
    lines += [canceling_line(viewer, each) for each in outcome.intents] or [viewer.say("canceling-none")]
    return Card(text=join(lines), rows=((*_to_orders(viewer, account), *menu_row(viewer)),))


def _to_orders(viewer: RenderContext, account: Account) -> Row:
    return screen_button(viewer, "button-orders", ShowOrders(account.account_id))


def canceling_line(viewer: RenderContext, intent: OrderIntent) -> Markup:
    """The line that says what became of one cancel."""
    say, symbol = viewer.say, intent.leg.symbol
    if intent.state is IntentState.UNKNOWN:
        return say("canceling-unknown", symbol=symbol)
    if intent.state in UNSETTLED:
        return say("canceling-sent", symbol=symbol)
    if intent.state is IntentState.DONE:
        return say("canceling-done", symbol=symbol)
    return say("canceling-late", symbol=symbol, reason=refusal_text(say, intent))


def _line(viewer: RenderContext, shown: OrdersShown, number: int, order: Order) -> Markup:
    say, figures = viewer.say, viewer.figures
    instrument = None if shown.value is None else shown.value.instrument(order.category, order.symbol)
    price = order.price or order.trigger_price
    return say(
        "cancels-line",
        number=number,
        symbol=order.symbol,
        side=say.plain("side-buy" if order.side is Side.BUY else "side-sell"),
        size=figures.size(order.qty, instrument, base_of(order.symbol)) if order.qty else say.plain("order-whole"),
        price=say.plain("cancels-market") if price is None else figures.price(price, instrument),
    )
