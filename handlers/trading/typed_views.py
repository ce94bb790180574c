"""How a typed order was understood, line by line, and the questions about its words."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.order_drafts import OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_reading import TradeReading
from bot.domain.trade_text import Doubt
from bot.domain.trade_tokens import MEANT
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, in_rows
from handlers.views.frame import command_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_LIMIT: Final = "limit "  # before a price, in the choices of a question
_LONGEST_WORD: Final = 40  # characters of what is quoted
_IN_A_ROW: Final = 2
_SIDES: Final = {"buy": "side-buy", "sell": "side-sell"}
_UNREAD_SHOWN: Final = 12  # words


def understood_card(
    viewer: RenderContext, order: TradeReading, symbol: Symbol | None, account: Account, buttons: Row
) -> Card:
    """Every line of the order, and the words that are none of it; `buttons`: [Go on], then [Fix …]."""
    text = join([viewer.say("typed-title"), *_lines(viewer, order, symbol, account)])
    return Card(text=text, rows=(buttons[:1], *in_rows(buttons[1:], _IN_A_ROW), _cancel(viewer)))


def question_card(
    viewer: RenderContext,
    order: TradeReading,
    symbol: Symbol | None,
    account: Account,
    doubt: Doubt,
    price: Decimal | None,
    buttons: Row,
) -> Card:
    """What is understood so far, and the one word that is asked about; `price`: the market's, if it is known."""
    word = _quoted(order.text[doubt.start : doubt.end])
    market = "" if price is None else viewer.figures.price(price, None)
    asked = viewer.say(f"typed-doubt-{doubt.kind.value}", word=word, market=market)
    parts = [viewer.say("typed-title"), *_lines(viewer, order, symbol, account), Markup(""), asked]
    if doubt.start < doubt.end or not doubt.choices:
        parts.append(viewer.say("typed-or-type"))
    return Card(text=join(parts), rows=(*in_rows(buttons, _IN_A_ROW), _cancel(viewer)))


def fix_card(viewer: RenderContext, word: str) -> Card:
    """Asks what a word should be."""
    return Card(text=viewer.say("typed-fix", word=_quoted(word)), rows=(_cancel(viewer),))


def choice_label(viewer: RenderContext, choice: str) -> str:
    """Buy, Sell, "Limit 64000", "Yes, 1000"; anything else as it would be typed."""
    if choice in _SIDES:
        return viewer.say.plain(_SIDES[choice])
    if choice.startswith(_LIMIT):
        return viewer.say.plain("button-typed-limit", price=choice.removeprefix(_LIMIT))
    if choice.startswith(MEANT):
        return viewer.say.plain("button-typed-meant", price=choice.removeprefix(MEANT))
    return choice


def _lines(viewer: RenderContext, order: TradeReading, symbol: Symbol | None, account: Account) -> list[Markup]:
    say, figures = viewer.say, viewer.figures
    lines = []
    if order.side is not None:
        side = say.plain("side-buy" if order.side is Side.BUY else "side-sell")
        name = viewer.account_name(account)
        lines.append(say("typed-what", side=side, symbol=symbol or "…", account=name))
    lines += _size_lines(viewer, order, symbol, account)
    lines += _entries(viewer, order)
    if order.stop is not None:
        lines.append(say("typed-stop", stop=_level(viewer, order.stop)))
    if order.no_stop:
        lines.append(say("typed-no-stop"))
    targets = [
        _level(viewer, each) if share is None else f"{_level(viewer, each)} ({_percent(viewer, share)})"
        for each, share in zip_longest(order.targets, order.shares)
        if each is not None
    ]
    if targets:
        lines.append(say("typed-targets", count=len(targets), targets=" · ".join(targets)))
    if order.no_target:
        lines.append(say("typed-no-target"))
    if order.trailing is not None:
        lines.append(say("typed-trailing", percent=_percent(viewer, order.trailing)))
    if order.breakeven:
        lines.append(say("typed-breakeven"))
    if order.leverage is not None:
        lines.append(say("typed-leverage", leverage=figures.count(order.leverage)))
    if order.unread:
        words = ", ".join(_quoted(each.typed) for each in order.unread[:_UNREAD_SHOWN])
        lines.append(say("typed-unread", words=words))
    return lines


def _size_lines(
    viewer: RenderContext, order: TradeReading, symbol: Symbol | None, account: Account
) -> Sequence[Markup]:
    """The size; without one, and without a doubt about it, what the account's settings make of it."""
    if order.size is not None:
        return (viewer.say("typed-size", size=_size(viewer, order.size, symbol)),)
    if order.doubts:
        return ()
    risk = OrderSize(SizeKind.RISK, account.settings.risk_percent)
    return (viewer.say("typed-size-by-settings", size=_size(viewer, risk, symbol)),)


def _entries(viewer: RenderContext, order: TradeReading) -> Sequence[Markup]:
    say = viewer.say
    prices = [viewer.figures.price(each, None) for each in order.limits]
    if order.zone:
        low, high = (viewer.figures.price(each, None) for each in (order.zone[0], order.zone[-1]))
        return (say("typed-zone", low=low, high=high, price=" · ".join(prices)),)
    if len(prices) > 1:
        return (say("typed-entries", prices=" · ".join(prices)),)
    return (say("typed-limit", price=prices[0]),) if prices else ()


def _size(viewer: RenderContext, size: OrderSize, symbol: Symbol | None) -> str:
    say, figures = viewer.say, viewer.figures
    match size.kind:
        case SizeKind.QTY:
            return figures.size(size.amount, None, "" if symbol is None else base_of(symbol))
        case SizeKind.VALUE:
            return figures.amount(size.amount, "USDT")
        case SizeKind.EQUITY:
            return say.plain("typed-size-share", percent=_percent(viewer, size.amount))
        case SizeKind.RISK:
            return say.plain("typed-size-risk", percent=_percent(viewer, size.amount))
        case SizeKind.MAX:
            return say.plain("typed-size-max")


def _level(viewer: RenderContext, level: PriceLevel) -> str:
    figures = viewer.figures
    if level.percent is not None:
        return viewer.say.plain("typed-away", percent=_percent(viewer, level.percent))
    return figures.price(level.price or Decimal(0), None)


def _percent(viewer: RenderContext, percent: Decimal) -> str:
    return viewer.figures.percent_sign(viewer.figures.number(percent))


def _quoted(word: str) -> str:
    flat = " ".join(word.removeprefix(MEANT).split())
    return flat if len(flat) <= _LONGEST_WORD else f"{flat[: _LONGEST_WORD - 1]}…"


def _cancel(viewer: RenderContext) -> Row:
    return command_button(viewer, "button-cancel", "cancel")
