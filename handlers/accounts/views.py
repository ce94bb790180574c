"""An account's four screens: balance, positions, orders, trades."""

from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.portfolio import Balance, CoinBalance, Execution, Executions, Order, Orders, Position, Positions, Side
from bot.services.screens import Shown
from handlers.accounts.callbacks import ShowOrders, ShowPositions, ShowTrades
from handlers.core.links import ShowBalance
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button
from handlers.views.figures import CENT, Figures, percent_away, step_of
from handlers.views.frame import account_tabs, columns, footer, menu_row, page_of, page_row, refresh_button, table
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.times import local_clock, zone_label

POSITIONS_A_PAGE: Final = 4
ORDERS_A_PAGE: Final = 5
TRADES_A_PAGE: Final = 8
_COINS: Final = 10
_BLANK: Final = Markup("")
_ZERO: Final = Decimal(0)


def balance_card(viewer: RenderContext, account: Account, shown: Shown[Balance]) -> Card:
    """Account value, what is free, and the coins."""
    say = viewer.say
    parts = [say("balance-title", account=viewer.account_name(account))]
    if shown.value is not None:
        parts.append(table(_totals(viewer, account, shown.value)))
        parts.extend(_coins(viewer, shown.value.coins))
    parts.append(footer(viewer, shown))
    code = ShowBalance(account.account_id)
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowBalance),
            _other_screens(viewer, account, ShowBalance),
            (*refresh_button(viewer, code), *menu_row(viewer)),
        ),
    )


def positions_card(viewer: RenderContext, account: Account, shown: Shown[Positions], page_number: int = 0) -> Card:
    """Every open position: size, prices, PnL, stop, target, liquidation and how far it is."""
    say = viewer.say
    items = shown.value.items if shown.value is not None else ()
    page = page_of(items, page_number, POSITIONS_A_PAGE)
    parts = [say("positions-title", account=viewer.account_name(account))]
    if shown.value is not None:
        total = sum((each.unrealised_pnl for each in items), _ZERO)
        pnl = viewer.figures.money(total, "USDT", signed=True)
        parts.append(say("positions-total", count=len(items), pnl=pnl) if items else say("positions-none"))
    for position in page.items:
        parts += [_BLANK, _position_head(viewer, position), table(_position_rows(viewer, position))]
    parts += [_BLANK, footer(viewer, shown)]
    code = ShowPositions(account.account_id, page.number)
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowPositions),
            page_row(viewer, page, lambda number: ShowPositions(account.account_id, number)),
            _other_screens(viewer, account, ShowPositions),
            (*refresh_button(viewer, code), *menu_row(viewer)),
        ),
    )


def orders_card(viewer: RenderContext, account: Account, shown: Shown[Orders], page_number: int = 0) -> Card:
    """Every open order, limit or conditional."""
    say = viewer.say
    items = shown.value.items if shown.value is not None else ()
    page = page_of(items, page_number, ORDERS_A_PAGE)
    parts = [say("orders-title", account=viewer.account_name(account))]
    if shown.value is not None:
        parts.append(say("orders-total", count=len(items)) if items else say("orders-none"))
    for order in page.items:
        parts += [_BLANK, _order_head(viewer, order), table(_order_rows(viewer, order))]
    parts += [_BLANK, footer(viewer, shown)]
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowOrders),
            page_row(viewer, page, lambda number: ShowOrders(account.account_id, number)),
            _other_screens(viewer, account, ShowOrders),
            (*refresh_button(viewer, ShowOrders(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def trades_card(viewer: RenderContext, account: Account, shown: Shown[Executions], page_number: int = 0) -> Card:
    """The newest fills with their fees."""
    say = viewer.say
    items = shown.value.items if shown.value is not None else ()
    page = page_of(items, page_number, TRADES_A_PAGE)
    parts = [say("trades-title", account=viewer.account_name(account))]
    if shown.value is not None:
        place = zone_label(viewer.config.settings.time_zone)
        parts.append(say("trades-total", count=len(items), zone=place) if items else say("trades-none"))
    for execution in page.items:
        parts += [_BLANK, _trade(viewer, execution)]
    parts += [_BLANK, footer(viewer, shown)]
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowTrades),
            page_row(viewer, page, lambda number: ShowTrades(account.account_id, number)),
            _other_screens(viewer, account, ShowTrades),
            (*refresh_button(viewer, ShowTrades(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def money_unit(account: Account) -> str:
    """What an account's totals are in: Bybit adds up in USD; practice money is USDT."""
    return "USDT" if account.account_type is AccountType.PAPER else "USD"


def _totals(viewer: RenderContext, account: Account, balance: Balance) -> list[tuple[str, str]]:
    say, figures, unit = viewer.say, viewer.figures, money_unit(account)
    rows = [(say.plain("balance-value"), figures.money(balance.total_equity, unit))]
    if balance.total_available is not None:
        rows.append((say.plain("balance-available"), figures.money(balance.total_available, unit)))
    if balance.total_initial_margin is not None:
        rows.append((say.plain("balance-margin"), figures.money(balance.total_initial_margin, unit)))
    rows.append((say.plain("balance-pnl"), figures.money(balance.total_unrealised_pnl, unit, signed=True)))
    return rows


def _coins(viewer: RenderContext, coins: tuple[CoinBalance, ...]) -> list[Markup]:
    held = sorted((coin for coin in coins if coin.equity), key=lambda coin: coin.usd_value, reverse=True)
    if not held:
        return []
    figures = viewer.figures
    lines = [(coin.coin, _held(figures, coin.equity), figures.money(coin.usd_value, "USD")) for coin in held[:_COINS]]
    parts = [viewer.say("balance-coins"), columns(lines)]
    if len(held) > _COINS:
        parts.append(viewer.say("balance-more-coins", count=len(held) - _COINS))
    return parts


def _held(figures: Figures, amount: Decimal) -> str:
    """At least two decimals, and as many more as there are."""
    exact = figures.amount(amount, "").rstrip()
    return max(exact, figures.number(amount, CENT), key=len)


def _position_head(viewer: RenderContext, position: Position) -> Markup:
    say = viewer.say
    side = say.plain("side-long" if position.side is Side.BUY else "side-short")
    leverage = "" if position.leverage is None else f" · {viewer.figures.number(position.leverage)}x"
    leg = "" if position.position_idx == 0 else f" · {say.plain('position-hedge')}"
    return say("position-head", symbol=position.symbol, side=side, more=leverage + leg)


def _position_rows(viewer: RenderContext, position: Position) -> list[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures
    step = step_of(position.mark_price)
    quote = quote_of(position.symbol)
    cost = position.entry_price * position.size

    def away(price: Decimal | None) -> str:
        if price is None:
            return say.plain("none")
        distance = percent_away(price, position.mark_price)
        shown = figures.number(price, step)
        return shown if distance is None else f"{shown} ({figures.percent(distance, step=Decimal('0.1'))})"

    pnl = figures.money(position.unrealised_pnl, quote, signed=True)
    if cost:
        pnl = f"{pnl} ({figures.percent(position.unrealised_pnl / cost)})"
    rows = [
        (say.plain("position-size"), figures.amount(position.size, base_of(position.symbol))),
        (say.plain("position-value"), figures.money(position.position_value, quote)),
        (say.plain("position-entry"), figures.number(position.entry_price, step)),
        (say.plain("position-mark"), figures.number(position.mark_price, step)),
        (say.plain("position-pnl"), pnl),
        (say.plain("position-stop"), away(position.stop_loss)),
        (say.plain("position-target"), away(position.take_profit)),
    ]
    if position.trailing_stop is not None:
        rows.append((say.plain("position-trailing"), figures.number(position.trailing_stop, step)))
    rows.append((say.plain("position-liquidation"), away(position.liquidation_price)))
    return rows


def _order_head(viewer: RenderContext, order: Order) -> Markup:
    say = viewer.say
    kind = order.stop_order_type if order.stop_order_type not in {"", "UNKNOWN"} else order.order_type.value
    side = say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    flags = f" · {say.plain('order-reduce-only')}" if order.reduce_only else ""
    return say("order-head", symbol=order.symbol, side=side, kind=say.plain("order-kind", kind=kind), more=flags)


def _order_rows(viewer: RenderContext, order: Order) -> list[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures
    quote = quote_of(order.symbol)
    size = figures.amount(order.qty, base_of(order.symbol))
    if order.cum_exec_qty:
        size = say.plain("order-filled", filled=figures.number(order.cum_exec_qty), size=size)
    optional = (
        ("order-price", order.price),
        ("order-trigger", order.trigger_price),
        ("position-stop", order.stop_loss),
        ("position-target", order.take_profit),
    )
    # a conditional close of the whole position has no size of its own
    rows = [(say.plain("position-size"), size if order.qty else say.plain("order-whole"))]
    prices = [(key, price) for key, price in optional if price is not None]
    step = min((step_of(price) for _, price in prices), default=None)
    rows += [(say.plain(key), figures.number(price, step)) for key, price in prices]
    if order.price is not None and order.qty:
        rows.append((say.plain("position-value"), figures.money(order.price * order.qty, quote)))
    rows.append((say.plain("order-status"), say.plain("order-state", state=order.order_status)))
    time_zone = viewer.config.settings.time_zone
    placed = local_clock(order.created_ts, viewer.now, time_zone)
    rows.append((say.plain("order-placed"), f"{placed} {zone_label(time_zone)}"))
    return rows


def _trade(viewer: RenderContext, execution: Execution) -> Markup:
    say, figures = viewer.say, viewer.figures
    quote = quote_of(execution.symbol)
    head = say(
        "trade-head",
        time=local_clock(execution.exec_ts, viewer.now, viewer.config.settings.time_zone),
        symbol=execution.symbol,
        side=say.plain("side-buy" if execution.side is Side.BUY else "side-sell"),
        size=figures.amount(execution.exec_qty, base_of(execution.symbol)),
        price=figures.number(execution.exec_price, step_of(execution.exec_price)),
    )
    currency = execution.fee_currency or quote
    tail = say(
        "trade-tail",
        value=figures.money(execution.exec_value, quote),
        fee=figures.amount(execution.exec_fee, currency).rstrip(),
        kind=say.plain("trade-kind", kind=execution.exec_type if execution.exec_type != "Trade" else _role(execution)),
    )
    return Markup(f"{head}\n{tail}")


def _role(execution: Execution) -> str:
    return "maker" if execution.is_maker else "taker"


_SCREENS: Final = (
    (ShowBalance, "button-balance"),
    (ShowPositions, "button-positions"),
    (ShowOrders, "button-orders"),
    (ShowTrades, "button-trades"),
)


def _other_screens(viewer: RenderContext, account: Account, current: type) -> Row:
    """The account's other three screens."""
    return tuple(
        button(viewer.say.plain(label), viewer.data(screen(account.account_id)))
        for screen, label in _SCREENS
        if screen is not current
    )
