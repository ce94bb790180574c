"""An account's four screens: balance, positions, orders, trades."""

from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.market import Category
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
from handlers.views.times import local_clock

POSITIONS_A_PAGE: Final = 4
ORDERS_A_PAGE: Final = 5
TRADES_A_PAGE: Final = 8
_COINS: Final = 10
_BLANK: Final = Markup("")
_ZERO: Final = Decimal(0)
_PRICE_FIELDS: Final = (
    ("price", "order-price"),
    ("triggerPrice", "order-trigger"),
    ("stopLoss", "position-stop"),
    ("takeProfit", "position-target"),
)


def balance_card(viewer: RenderContext, account: Account, shown: Shown[Balance]) -> Card:
    """Account value, what is free, and the coins."""
    say = viewer.say
    parts = [say("balance-title", account=viewer.account_name(account))]
    if shown.value is not None:
        parts.append(table(_totals(viewer, account, shown.value)))
        parts.extend(_coins(viewer, shown.value.coins))
        parts += _lost(viewer, "coins-unreadable", shown.value.unreadable)
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
        total = sum((each.unrealised_pnl or _ZERO for each in items), _ZERO)
        pnl = viewer.figures.money(total, "USDT", signed=True)
        if items:
            parts.append(say("positions-total", count=len(items), pnl=pnl))
        elif shown.value.is_flat:
            parts.append(say("positions-none"))
        parts += _lost(viewer, "positions-unreadable", shown.value.unreadable)
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
        if items:
            parts.append(say("orders-total", count=len(items)))
        elif not shown.value.unreadable:
            parts.append(say("orders-none"))
        parts += _lost(viewer, "orders-unreadable", shown.value.unreadable)
        parts += [say("category-left-out", category=each.value) for each in shown.value.left_out]
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
        place = viewer.zone_name
        if items:
            parts.append(say("trades-total", count=len(items), zone=place))
        elif not shown.value.unreadable:
            parts.append(say("trades-none"))
        parts += _lost(viewer, "trades-unreadable", shown.value.unreadable)
        parts += [say("category-left-out", category=each.value) for each in shown.value.left_out]
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


def _lost(viewer: RenderContext, key: str, names: tuple[str, ...]) -> list[Markup]:
    """The rows that can't be read, by name: they stand there all the same."""
    return [viewer.say(key, count=len(names), names=", ".join(names))] if names else []


def _money(viewer: RenderContext, value: Decimal | None, unit: str, *, signed: bool = False) -> str:
    """A dash for what Bybit did not say."""
    return viewer.say.plain("unknown") if value is None else viewer.figures.money(value, unit, signed=signed)


def _number(viewer: RenderContext, value: Decimal | None, step: Decimal | None) -> str:
    return viewer.say.plain("unknown") if value is None else viewer.figures.number(value, step)


def _amount(viewer: RenderContext, value: Decimal | None, unit: str) -> str:
    return viewer.say.plain("unknown") if value is None else viewer.figures.amount(value, unit).rstrip()


def _totals(viewer: RenderContext, account: Account, balance: Balance) -> list[tuple[str, str]]:
    say, figures, unit = viewer.say, viewer.figures, money_unit(account)
    rows = [(say.plain("balance-value"), _money(viewer, balance.total_equity, unit))]
    if balance.total_available is not None:
        rows.append((say.plain("balance-available"), figures.money(balance.total_available, unit)))
    if balance.total_initial_margin is not None:
        rows.append((say.plain("balance-margin"), figures.money(balance.total_initial_margin, unit)))
    rows.append((say.plain("balance-pnl"), _money(viewer, balance.total_unrealised_pnl, unit, signed=True)))
    return rows


def _coins(viewer: RenderContext, coins: tuple[CoinBalance, ...]) -> list[Markup]:
    held = sorted((coin for coin in coins if coin.equity != 0), key=lambda coin: coin.usd_value or _ZERO, reverse=True)
    if not held:
        return []
    figures = viewer.figures
    unknown = viewer.say.plain("unknown")
    lines = [
        (
            coin.coin,
            unknown if coin.equity is None else _held(figures, coin.equity),
            _money(viewer, coin.usd_value, "USD"),
        )
        for coin in held[:_COINS]
    ]
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
    mark, entry = position.mark_price, position.entry_price
    step = step_of(mark or entry or _ZERO)
    quote = quote_of(position.symbol)

    def away(price: Decimal | None, field: str) -> str:
        if price is None:
            return say.plain("unknown" if field in position.unread else "none")
        distance = None if mark is None else percent_away(price, mark)
        shown = figures.number(price, step)
        return shown if distance is None else f"{shown} ({figures.percent(distance, step=Decimal('0.1'))})"

    pnl = _money(viewer, position.unrealised_pnl, quote, signed=True)
    if position.unrealised_pnl is not None and entry:
        pnl = f"{pnl} ({figures.percent(position.unrealised_pnl / (entry * position.size))})"
    rows = [
        (say.plain("position-size"), figures.amount(position.size, base_of(position.symbol))),
        (say.plain("position-value"), _money(viewer, position.position_value, quote)),
        (say.plain("position-entry"), _number(viewer, entry, step)),
        (say.plain("position-mark"), _number(viewer, mark, step)),
        (say.plain("position-pnl"), pnl),
        (say.plain("position-stop"), away(position.stop_loss, "stopLoss")),
        (say.plain("position-target"), away(position.take_profit, "takeProfit")),
    ]
    if position.trailing_stop is not None:
        rows.append((say.plain("position-trailing"), figures.number(position.trailing_stop, step)))
    rows.append((say.plain("position-liquidation"), away(position.liquidation_price, "liqPrice")))
    return rows


def _order_head(viewer: RenderContext, order: Order) -> Markup:
    say = viewer.say
    kind = order.stop_order_type or (order.order_type.value if order.order_type else say.plain("unknown"))
    side = say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    flags = f" · {say.plain('category-spot')}" if order.category is Category.SPOT else ""
    flags += f" · {say.plain('order-reduce-only')}" if order.reduce_only else ""
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
    rows += [(say.plain(key), say.plain("unknown")) for key in _unread_prices(order)]
    state = say.plain("order-state", state=order.order_status) if order.order_status else say.plain("unknown")
    rows.append((say.plain("order-status"), state))
    time_zone = viewer.config.settings.time_zone
    placed = say.plain("unknown")
    if order.created_ts is not None:
        placed = f"{local_clock(order.created_ts, viewer.now, time_zone)} {viewer.zone_name}"
    rows.append((say.plain("order-placed"), placed))
    return rows


def _unread_prices(order: Order) -> tuple[str, ...]:
    """The labels of prices that stand at Bybit and can't be read."""
    return tuple(label for field, label in _PRICE_FIELDS if field in order.unread)


def _trade(viewer: RenderContext, execution: Execution) -> Markup:
    say, figures = viewer.say, viewer.figures
    quote = quote_of(execution.symbol)
    head = say(
        "trade-head",
        time=say.plain("unknown")
        if execution.exec_ts is None
        else local_clock(execution.exec_ts, viewer.now, viewer.config.settings.time_zone),
        symbol=execution.symbol,
        side=say.plain("side-buy" if execution.side is Side.BUY else "side-sell"),
        size=figures.amount(execution.exec_qty, base_of(execution.symbol)),
        price=_number(viewer, execution.exec_price, step_of(execution.exec_price or _ZERO)),
    )
    currency = execution.fee_currency or quote
    tail = say(
        "trade-tail",
        value=_money(viewer, execution.exec_value, quote),
        fee=say.plain("unknown")
        if execution.exec_fee is None
        else figures.amount(execution.exec_fee, currency).rstrip(),
        kind=say.plain("trade-kind", kind=execution.exec_type if execution.exec_type != "Trade" else _role(execution)),
    )
    spot = f" · {say.plain('category-spot')}" if execution.category is Category.SPOT else ""
    return Markup(f"{head}\n{tail}{spot}")


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
