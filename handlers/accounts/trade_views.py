"""An account's newest trades, a table a day, and what each day came to."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.domain.accounts import Account
from bot.domain.market import Category, Instrument
from bot.domain.portfolio import Side
from bot.domain.trades import Trade, Trades, sums_of
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.accounts.views import left_out_lines, lost_lines, other_screens, symbol_rows
from handlers.core.links import ShowTrades
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row
from handlers.views.frame import account_tabs, footer, menu_row, page_lines, page_of, page_row, refresh_button
from handlers.views.receipts import receipt_rows
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import cut, table
from handlers.views.times import NO_DATE, clock_and_day

TRADES_A_PAGE: Final = 6
_NAME_WIDTH: Final = 10  # characters
_TRADE: Final = "Trade"  # Bybit's execType
_NO_CLOCK: Final = "--:--"
_NOT_TOLD: Final = "–"
_BETWEEN: Final = " · "
_BLANK: Final = Markup("")


def trades_card(
    viewer: RenderContext, account: Account, shown: Shown[WithInstruments[Trades]], page_number: int = 0
) -> Card:
    """The newest trades with their fees or results, by day on the reader's clock."""
    say = viewer.say
    items = shown.value.value.items if shown.value is not None else ()
    page = page_of(items, page_number, TRADES_A_PAGE)
    parts = [say("trades-title", account=viewer.account_name(account))]
    if shown.value is not None:
        trades = shown.value.value
        if items:
            parts.append(say("trades-total", count=len(items), zone=viewer.zone_name))
        elif not trades.unreadable:
            parts.append(say("trades-none"))
        parts += lost_lines(viewer, "trades-unreadable", trades.unreadable)
        parts += left_out_lines(viewer, trades.left_out)
        parts += _days(viewer, page.items, shown.value)
    parts += [_BLANK, *page_lines(viewer, page), footer(viewer, shown)]
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowTrades),
            *symbol_rows(viewer, page.items),
            *_receipts(viewer, account, page.items),
            page_row(viewer, page, lambda number: ShowTrades(account.account_id, number)),
            other_screens(viewer, account, ShowTrades),
            (*refresh_button(viewer, ShowTrades(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def _receipts(viewer: RenderContext, account: Account, trades: Sequence[Trade]) -> tuple[Row, ...]:
    """[🧾 15:00 BTC 0.5]: how each order came about; its newest fill names it."""
    orders = dict[str, Trade]()
    for each in trades:
        orders.setdefault(each.order_id, each)
    named = [
        (f"{_stamp(viewer, each)[0]} {base_of(each.symbol)} {viewer.figures.number(each.size)}", order_id)
        for order_id, each in orders.items()
        if order_id
    ]
    return receipt_rows(viewer, [(label, account.account_id, order_id) for label, order_id in named])


def _days(viewer: RenderContext, trades: Sequence[Trade], shown: WithInstruments[Trades]) -> list[Markup]:
    parts = []
    for day, of_day in groupby(trades, key=lambda each: _stamp(viewer, each)[1]):
        rows = [row for each in of_day for row in _trade(viewer, each, shown.instrument(each.category, each.symbol))]
        parts += [_BLANK, _day_head(viewer, day, shown.value), *_day_sums(viewer, day, shown.value), table(rows)]
    return parts


def _stamp(viewer: RenderContext, trade: Trade) -> tuple[str, str]:
    """The clock and the day of a trade."""
    zone = viewer.config.settings.time_zone
    return (_NO_CLOCK, NO_DATE) if trade.ts is None else clock_and_day(trade.ts, zone)


def _day_head(viewer: RenderContext, day: str, trades: Trades) -> Markup:
    """The day; of the oldest, if it began before what is known of it, since when."""
    clock, oldest = _stamp(viewer, trades.items[-1])
    is_cut = day == oldest and not trades.is_whole
    return viewer.say("trades-day-since", day=day, clock=clock) if is_cut else viewer.say("trades-day", day=day)


def _day_sums(viewer: RenderContext, day: str, trades: Trades) -> list[Markup]:
    """Realized PnL, fees and funding of the whole day, whatever page is shown."""
    say, figures = viewer.say, viewer.figures
    of_day = [each for each in trades.items if _stamp(viewer, each)[1] == day]
    sums = sums_of(of_day)
    quotes = {quote_of(each.symbol) for each in of_day}
    coin = quotes.pop() if len(quotes) == 1 else "USDT"
    parts = []
    if sums.pnl is not None:
        parts.append(say("trades-day-pnl", pnl=figures.money(sums.pnl, coin, signed=True)))
    if sums.fees:
        fees = ", ".join(f"{figures.small(fee)} {name}".rstrip() for name, fee in sums.fees)
        parts.append(say("trades-day-fees", fees=fees))
    if sums.funding is not None:
        parts.append(say("trades-day-funding", funding=figures.small(sums.funding, signed=True)))
    return [join(parts, _BETWEEN)] if parts else []


def _trade(viewer: RenderContext, trade: Trade, instrument: Instrument | None) -> list[tuple[str, str]]:
    """When, what, how much; below it at which price, for which fee or with which result. Funding is one line."""
    say, figures = viewer.say, viewer.figures
    clock = _stamp(viewer, trade)[0]
    what = f"{clock} {_name(viewer, trade)}"
    kind = "" if trade.exec_type == _TRADE else say.plain("trade-kind", kind=trade.exec_type)
    if trade.is_funding and trade.fee is not None:
        return [(what, f"{kind} {figures.small(-trade.fee, signed=True)}{_fee_coin(trade)}")]
    side = kind or say.plain("side-buy" if trade.side is Side.BUY else "side-sell")
    price = _NOT_TOLD if trade.price is None else figures.price(trade.price, instrument)
    return [
        (what, f"{side} {figures.size(trade.size, instrument)}"),
        (f"{' ' * len(clock)} {price}", _outcome(viewer, trade)),
    ]


def _outcome(viewer: RenderContext, trade: Trade) -> str:
    """What a close brought, fees included; of what opened, its fee."""
    say, figures = viewer.say, viewer.figures
    if trade.pnl is not None:
        return say.plain("trade-pnl", pnl=figures.small(trade.pnl, signed=True))
    fee = _NOT_TOLD if trade.fee is None else figures.small(trade.fee) + _fee_coin(trade)
    return say.plain("trade-fee", fee=fee)


def _name(viewer: RenderContext, trade: Trade) -> str:
    """The coin, and that it is spot."""
    coin = base_of(trade.symbol)
    if trade.category is not Category.SPOT:
        return cut(coin, _NAME_WIDTH)
    spot = viewer.say.plain("category-spot")
    return f"{cut(coin, _NAME_WIDTH - len(spot) - 1)} {spot}"


def _fee_coin(trade: Trade) -> str:
    """The coin of a fee that is not the one the symbol is priced in."""
    return "" if trade.fee_currency in {"", quote_of(trade.symbol)} else f" {trade.fee_currency}"
