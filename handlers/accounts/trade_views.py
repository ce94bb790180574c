"""An account's newest fills, a table a day."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.domain.accounts import Account
from bot.domain.market import Instrument
from bot.domain.portfolio import Execution, Executions, Side
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.accounts.callbacks import ShowTrades
from handlers.accounts.views import left_out_lines, lost_lines, other_screens, symbol_rows
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card
from handlers.views.frame import account_tabs, footer, menu_row, page_lines, page_of, page_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import cut, table
from handlers.views.times import NO_DATE, clock_and_day

TRADES_A_PAGE: Final = 8
_NAME_WIDTH: Final = 10  # characters
_TRADE: Final = "Trade"  # Bybit's execType
_FUNDING: Final = "Funding"
_NO_CLOCK: Final = "--:--"
_NOT_TOLD: Final = "–"
_BLANK: Final = Markup("")


def trades_card(
    viewer: RenderContext, account: Account, shown: Shown[WithInstruments[Executions]], page_number: int = 0
) -> Card:
    """The newest fills with their fees."""
    say = viewer.say
    items = shown.value.value.items if shown.value is not None else ()
    page = page_of(items, page_number, TRADES_A_PAGE)
    parts = [say("trades-title", account=viewer.account_name(account))]
    if shown.value is not None:
        if items:
            parts.append(say("trades-total", count=len(items), zone=viewer.zone_name))
        elif not shown.value.value.unreadable:
            parts.append(say("trades-none"))
        parts += lost_lines(viewer, "trades-unreadable", shown.value.value.unreadable)
        parts += left_out_lines(viewer, shown.value.value.left_out)
        parts += _days(viewer, page.items, shown.value)
    parts += [_BLANK, *page_lines(viewer, page), footer(viewer, shown)]
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowTrades),
            *symbol_rows(viewer, page.items),
            page_row(viewer, page, lambda number: ShowTrades(account.account_id, number)),
            other_screens(viewer, account, ShowTrades),
            (*refresh_button(viewer, ShowTrades(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def _days(viewer: RenderContext, fills: Sequence[Execution], rules: WithInstruments[Executions]) -> list[Markup]:
    zone = viewer.config.settings.time_zone
    unknown = (_NO_CLOCK, NO_DATE)
    stamped = [(unknown if each.exec_ts is None else clock_and_day(each.exec_ts, zone), each) for each in fills]
    parts = []
    for day, of_day in groupby(stamped, key=lambda each: each[0][1]):
        rows = [
            row
            for (clock, _), each in of_day
            for row in _fill(viewer, clock, each, rules.instrument(each.category, each.symbol))
        ]
        parts += [_BLANK, Markup(f"<b>{day}</b>"), table(rows)]
    return parts


def _fill(viewer: RenderContext, clock: str, fill: Execution, instrument: Instrument | None) -> list[tuple[str, str]]:
    """When, what, how much; below it at which price, for which fee. Funding is one line, with its sign."""
    say, figures = viewer.say, viewer.figures
    what = f"{clock} {cut(base_of(fill.symbol), _NAME_WIDTH)}"
    kind = "" if fill.exec_type == _TRADE else say.plain("trade-kind", kind=fill.exec_type)
    if fill.exec_type == _FUNDING and fill.exec_fee is not None:
        return [(what, f"{kind} {figures.small(-fill.exec_fee, signed=True)}{_fee_coin(fill)}")]
    side = kind or say.plain("side-buy" if fill.side is Side.BUY else "side-sell")
    price = _NOT_TOLD if fill.exec_price is None else figures.price(fill.exec_price, instrument)
    fee = _NOT_TOLD if fill.exec_fee is None else figures.small(fill.exec_fee) + _fee_coin(fill)
    return [
        (what, f"{side} {figures.size(fill.exec_qty, instrument)}"),
        (f"{' ' * len(clock)} {price}", say.plain("trade-fee", fee=fee)),
    ]


def _fee_coin(fill: Execution) -> str:
    """The coin of a fee that is not the one the symbol is priced in."""
    return "" if fill.fee_currency in {"", quote_of(fill.symbol)} else f" {fill.fee_currency}"
