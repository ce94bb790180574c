"""Closed trades of an account: what each brought after all costs, why it was closed, how long it stood."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.domain.accounts import Account
from bot.domain.periods import Period
from bot.domain.portfolio import Side
from bot.domain.trade_plans import ClosedTrade
from bot.services.statistics.statistics import ClosedPage
from handlers.core.links import ShowBalance, ShowClosed, ShowOrders, ShowPositions, ShowTrades
from handlers.statistics.codes import ShowStats
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button
from handlers.views.frame import Page, account_tabs, command_button, menu_row, page_lines, page_row, refresh_button
from handlers.views.receipts import receipt_rows
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of
from handlers.views.tables import cut, table
from handlers.views.times import clock_and_day, span

CLOSED_A_PAGE: Final = 6
_NAME_WIDTH: Final = 8  # characters
_BLANK: Final = Markup("")
_SCREENS: Final = ((ShowBalance, "button-balance"), (ShowPositions, "button-positions"), (ShowOrders, "button-orders"))


def closed_card(viewer: RenderContext, account: Account, found: ClosedPage) -> Card:
    """A page, by day on the reader's clock; below it the way to the fills."""
    say, account_id = viewer.say, account.account_id
    pages = max(1, -(-found.count // CLOSED_A_PAGE))
    page = Page(found.items, found.number, pages)
    parts = [say("closed-title", account=viewer.account_name(account))]
    if not found.count:
        parts.append(say("closed-none"))
    else:
        parts.append(say("closed-total", count=found.count, zone=viewer.zone_name))
    parts += _days(viewer, found.items)
    parts += [_BLANK, *page_lines(viewer, page)] if pages > 1 else []
    ways = (
        button(say.plain("button-fills"), viewer.data(ShowTrades(account_id))),
        button(say.plain("button-stats"), viewer.data(ShowStats(account_id, Period.MONTH))),
    )
    others = tuple(button(say.plain(label), viewer.data(screen(account_id))) for screen, label in _SCREENS)
    buy = () if found.count else command_button(viewer, "side-buy", "buy")
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowClosed),
            *_receipts(viewer, found.items),
            page_row(viewer, page, lambda number: ShowClosed(account_id, number)),
            (*ways, *buy),
            others,
            (*refresh_button(viewer, ShowClosed(account_id, page.number)), *menu_row(viewer)),
        ),
    )


def _receipts(viewer: RenderContext, trades: Sequence[ClosedTrade]) -> tuple[Row, ...]:
    """[🧾 15:00 BTC +4.42]: how each close came about."""
    zone = viewer.config.settings.time_zone
    named = [
        (f"{clock_and_day(each.closed_ts, zone)[0]} {base_of(each.symbol)} {_net(viewer, each)}", each)
        for each in trades
    ]
    return receipt_rows(viewer, [(label, each.account_id, each.order_id) for label, each in named])


def _net(viewer: RenderContext, trade: ClosedTrade) -> str:
    return viewer.figures.small(trade.pnl - trade.funding, signed=True)


def _days(viewer: RenderContext, trades: Sequence[ClosedTrade]) -> list[Markup]:
    zone = viewer.config.settings.time_zone
    parts = []
    for day, of_day in groupby(trades, key=lambda each: clock_and_day(each.closed_ts, zone)[1]):
        rows = [row for each in of_day for row in _rows(viewer, each)]
        parts += [_BLANK, viewer.say("trades-day", day=day), table(rows)]
    return parts


def _rows(viewer: RenderContext, trade: ClosedTrade) -> list[tuple[str, str]]:
    """14:02 BTC L, +12.40; below it why, and for how long it stood."""
    say = viewer.say
    clock = clock_and_day(trade.closed_ts, viewer.config.settings.time_zone)[0]
    side = say.plain("side-long-letter" if trade.side is Side.BUY else "side-short-letter")
    net = _net(viewer, trade)
    held = span(say, (trade.closed_ts - trade.opened_ts) / 1000)
    why = say.plain("stats-exit", reason=trade.exit_reason.value)
    return [(f"{clock} {cut(base_of(trade.symbol), _NAME_WIDTH)} {side}", net), (f"{' ' * len(clock)} {why}", held)]
