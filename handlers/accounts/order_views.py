"""An account's open orders, limit or conditional."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.leg_protection import TRAILING
from bot.domain.market import Category, Instrument
from bot.domain.portfolio import Order, Orders, Side
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.accounts.views import left_out_lines, lost_lines, other_screens, symbol_rows
from handlers.core.links import ShowCancels, ShowOrder, ShowOrders, fits_button
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.frame import account_tabs, footer, menu_row, page_lines, page_of, page_row, refresh_button
from handlers.views.order_names import kind_of, order_name
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import table
from handlers.views.times import local_clock

ORDERS_A_PAGE: Final = 4
_ORDERS_IN_A_ROW: Final = 2
_BLANK: Final = Markup("")


def orders_card(
    viewer: RenderContext, account: Account, shown: Shown[WithInstruments[Orders]], page_number: int = 0
) -> Card:
    """A page of the account's open orders, newest first."""
    say = viewer.say
    items = shown.value.value.items if shown.value is not None else ()
    page = page_of(items, page_number, ORDERS_A_PAGE)
    parts = [say("orders-title", account=viewer.account_name(account))]
    if shown.value is not None:
        if items:
            parts.append(say("orders-total", count=len(items)))
        elif not shown.value.value.unreadable:
            parts.append(say("orders-none"))
        parts += lost_lines(viewer, "orders-unreadable", shown.value.value.unreadable)
        parts += left_out_lines(viewer, shown.value.value.left_out)
    for order in page.items:
        instrument = shown.value.instrument(order.category, order.symbol) if shown.value is not None else None
        parts += [_BLANK, _order_head(viewer, order), table(_order_rows(viewer, order, instrument))]
    parts += [_BLANK, *page_lines(viewer, page), footer(viewer, shown)]
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowOrders),
            *_order_buttons(viewer, account, page.items, shown),
            _cancel_row(viewer, account) if items else (),
            page_row(viewer, page, lambda number: ShowOrders(account.account_id, number)),
            other_screens(viewer, account, ShowOrders),
            (*refresh_button(viewer, ShowOrders(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def _order_buttons(
    viewer: RenderContext, account: Account, items: Sequence[Order], shown: Shown[WithInstruments[Orders]]
) -> tuple[Row, ...]:
    """[BTC Buy 62,000]: each order's own card, where it is changed; prices where orders are not placed here."""
    if not viewer.trades(account):
        return symbol_rows(viewer, items)
    ways = [
        button(
            order_name(
                viewer, each, None if shown.value is None else shown.value.instrument(each.category, each.symbol)
            ),
            viewer.data(ShowOrder(account.account_id, each.order_id)),
        )
        for each in items
        if each.category is Category.LINEAR and fits_button(each.order_id)
    ]
    return in_rows(ways, _ORDERS_IN_A_ROW)


def _cancel_row(viewer: RenderContext, account: Account) -> Row:
    """[Cancel orders], of accounts whose orders are placed here."""
    if not viewer.trades(account):
        return ()
    return (button(viewer.say.plain("button-cancel-some"), viewer.data(ShowCancels(account.account_id))),)


def _order_head(viewer: RenderContext, order: Order) -> Markup:
    say = viewer.say
    side = say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    flags = f" · {say.plain('category-spot')}" if order.category is Category.SPOT else ""
    flags += f" · {say.plain('order-reduce-only')}" if order.reduce_only else ""
    return say("order-head", symbol=order.symbol, side=side, kind=kind_of(viewer, order), more=flags)


def _order_rows(viewer: RenderContext, order: Order, instrument: Instrument | None) -> list[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures
    size = figures.size(order.qty, instrument, base_of(order.symbol))
    if order.cum_exec_qty:
        size = say.plain("order-filled", filled=figures.size(order.cum_exec_qty, instrument), size=size)
    # a conditional close of the whole position has no size of its own
    rows = [(say.plain("position-size"), size if order.qty else say.plain("order-whole"))]
    for label, price, field in (
        ("order-price", order.price, "price"),
        ("order-from" if order.stop_order_type == TRAILING else "order-trigger", order.trigger_price, "triggerPrice"),
        ("position-stop", order.stop_loss, "stopLoss"),
        ("position-target", order.take_profit, "takeProfit"),
    ):
        if price is not None:
            rows.append((say.plain(label), figures.price(price, instrument)))
        elif field in order.unread:
            rows.append((say.plain(label), say.plain("unknown")))
    if order.price is not None and order.qty:
        rows.append((say.plain("position-value"), figures.money(order.price * order.qty, quote_of(order.symbol))))
    state = say.plain("order-state", state=order.order_status) if order.order_status else say.plain("unknown")
    rows.append((say.plain("order-status"), state))
    placed = say.plain("unknown")
    if order.created_ts is not None:
        placed = local_clock(order.created_ts, viewer.now, viewer.config.settings.time_zone)
        placed = f"{placed} {viewer.zone_name}"
    rows.append((say.plain("order-placed"), placed))
    return rows
