"""What the screens of an account have in common, and its balance."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Protocol

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, CoinBalance
from bot.services.screens import Shown
from handlers.core.links import (
    LONGEST_SYMBOL,
    AskRefill,
    ShowBalance,
    ShowClosed,
    ShowOrders,
    ShowPositions,
    price_code,
)
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.figures import CENT, Figures
from handlers.views.frame import account_tabs, footer, menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of
from handlers.views.tables import named_columns, table

_COINS: Final = 10
_NOT_TOLD: Final = "–"
_ZERO: Final = Decimal(0)
_SYMBOLS_IN_A_ROW: Final = 3


class Traded(Protocol):
    """What is of a symbol: a position, an order, a fill."""

    @property
    def category(self) -> Category: ...
    @property
    def symbol(self) -> Symbol: ...


def balance_card(viewer: RenderContext, account: Account, shown: Shown[Balance]) -> Card:
    """Account value, what is free, and the coins."""
    say = viewer.say
    parts = [say("balance-title", account=viewer.account_name(account))]
    if shown.value is not None:
        parts.append(table(_totals(viewer, account, shown.value)))
        parts += _coins(viewer, account, shown.value)
        parts += lost_lines(viewer, "coins-unreadable", shown.value.unreadable)
    parts.append(footer(viewer, shown))
    code = ShowBalance(account.account_id)
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowBalance),
            other_screens(viewer, account, ShowBalance),
            _refill(viewer, account),
            (*refresh_button(viewer, code), *menu_row(viewer)),
        ),
    )


def _refill(viewer: RenderContext, account: Account) -> Row:
    """[Refill demo], where the money is Bybit's own play money."""
    if account.account_type is not AccountType.DEMO:
        return ()
    return (button(viewer.say.plain("button-refill"), viewer.data(AskRefill(account.account_id))),)


def money_unit(account: Account) -> str:
    """What an account's totals are in: Bybit adds up in USD; practice money is USDT."""
    return "USDT" if account.account_type is AccountType.PAPER else "USD"


def lost_lines(viewer: RenderContext, key: str, names: Sequence[str]) -> list[Markup]:
    """The rows that can't be read, by name: they stand there all the same."""
    return [viewer.say(key, count=len(names), names=", ".join(names))] if names else []


def left_out_lines(viewer: RenderContext, categories: Sequence[Category]) -> list[Markup]:
    """What the key may not read."""
    return [viewer.say("category-left-out", category=each.value) for each in categories]


def told_money(viewer: RenderContext, value: Decimal | None, unit: str, *, signed: bool = False) -> str:
    """A dash and a word for what Bybit did not say."""
    return viewer.say.plain("unknown") if value is None else viewer.figures.money(value, unit, signed=signed)


def _totals(viewer: RenderContext, account: Account, balance: Balance) -> list[tuple[str, str]]:
    say, figures, unit = viewer.say, viewer.figures, money_unit(account)
    rows = [(say.plain("balance-value"), told_money(viewer, balance.total_equity, unit))]
    if balance.total_available is not None:
        rows.append((say.plain("balance-available"), figures.money(balance.total_available, unit)))
    if balance.total_initial_margin is not None:
        rows.append((say.plain("balance-margin"), figures.money(balance.total_initial_margin, unit)))
    rows.append((say.plain("balance-pnl"), told_money(viewer, balance.total_unrealised_pnl, unit, signed=True)))
    return rows


def _coins(viewer: RenderContext, account: Account, balance: Balance) -> list[Markup]:
    """The coins, most worth first. A single one that the totals are in stands there already."""
    held = sorted(
        (coin for coin in balance.coins if coin.equity != 0), key=lambda coin: coin.usd_value or _ZERO, reverse=True
    )
    if not held or [coin.coin for coin in held] == [money_unit(account)]:
        return []
    parts = [viewer.say("balance-coins"), named_columns([_coin(viewer, coin) for coin in held[:_COINS]])]
    if len(held) > _COINS:
        parts.append(viewer.say("balance-more-coins", count=len(held) - _COINS))
    return parts


def _coin(viewer: RenderContext, coin: CoinBalance) -> tuple[str, str, str]:
    """Its amount, and what that is worth where it is not as many dollars."""
    figures, equity, worth = viewer.figures, coin.equity, coin.usd_value
    if equity is not None and worth is not None and figures.number(equity, CENT) == figures.number(worth, CENT):
        return coin.coin, _held(figures, equity), ""
    return (
        coin.coin,
        _NOT_TOLD if equity is None else _held(figures, equity),
        _NOT_TOLD if worth is None else figures.money(worth, "USD"),
    )


def _held(figures: Figures, amount: Decimal) -> str:
    """At least two decimals, and as many more as there are."""
    exact = figures.amount(amount, "").rstrip()
    return max(exact, figures.number(amount, CENT), key=len)


def symbol_rows(viewer: RenderContext, items: Iterable[Traded], *, marked: Iterable[Symbol] = ()) -> tuple[Row, ...]:
    """[BTCUSDT], [BTC Spot]: each symbol's price card, once. `marked` ones carry a warning sign."""
    warned, spot = set(marked), viewer.say.plain("category-spot")

    def label(symbol: Symbol, category: Category) -> str:
        name = f"{base_of(symbol)} {spot}" if category is Category.SPOT else symbol
        return f"⚠️ {name}" if symbol in warned else name

    return in_rows(
        [
            button(label(symbol, category), viewer.data(price_code(symbol, category)))
            for category, symbol in dict.fromkeys((each.category, each.symbol) for each in items)
            if symbol.isalnum() and len(symbol) <= LONGEST_SYMBOL  # dated contracts have no price card
        ],
        _SYMBOLS_IN_A_ROW,
    )


_SCREENS: Final = (
    (ShowBalance, "button-balance"),
    (ShowPositions, "button-positions"),
    (ShowOrders, "button-orders"),
    (ShowClosed, "button-trades"),
)


def other_screens(viewer: RenderContext, account: Account, current: type) -> Row:
    """Buttons of the account's screens but for the current one."""
    return tuple(
        button(viewer.say.plain(label), viewer.data(screen(account.account_id)))
        for screen, label in _SCREENS
        if screen is not current
    )
