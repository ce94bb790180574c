"""Before a close: what it would bring; after it: what it brought, and what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.legs import BriefOrder, LegOutlook, Ownership
from bot.domain.market import Instrument
from bot.domain.portfolio import LegKey, Side
from bot.domain.refusals import NO_BOOK
from bot.domain.trade_plans import UNSETTLED, ClosedTrade, IntentState, OrderIntent
from handlers.core.closing_words import LegGroup
from handlers.core.links import ShowCancels, ShowCloses, ShowLeg, ShowPositions
from handlers.texts.catalog import Markup, join
from handlers.trading.brief_orders import brief_lines
from handlers.trading.leg_codes import WHOLE, AskClose, AskCloseMany, ShowClosesPage
from handlers.trading.leg_views import (
    HALF,
    QUARTER,
    back_row,
    closable,
    leg_code,
    leg_head,
    leg_label,
    owner_line,
    part_of,
)
from handlers.trading.legs import ActOutcome, LegsShown
from handlers.trading.reasons import refusal_text
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.figures import arrow
from handlers.views.frame import footer, menu_row, page_lines, page_of, page_row, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.results import share_row
from handlers.views.symbols import base_of, quote_of

_SHARES: Final = {WHOLE: "button-leg-all", HALF: "button-leg-half", QUARTER: "button-leg-quarter"}
_ZERO: Final = Decimal(0)
_LEGS_IN_A_ROW: Final = 2
_LEGS_A_PAGE: Final = 8
_LISTED: Final = 12  # positions of a group, and closes, that are told one by one
_FEW: Final = 2  # legs from which groups of them are worth a button


def ask_close_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    percent: int,
    act: CardButton,
    release: Row,
) -> Card:
    """What a close of that share would bring, its button, and the other shares; `release`: or leave it alone."""
    say, position = viewer.say, outlook.position
    part = part_of(outlook, instrument, percent) or position.size
    size = size_text(viewer, part, instrument, outlook.leg)
    lines = [leg_head(viewer, account, position), say("close-what", size=size, whole=int(percent == WHOLE))]
    net = outlook.net_if_closed
    if net is None:
        lines.append(say("leg-net-unknown"))
    else:
        brings = net * part / position.size
        money = viewer.figures.money(brings, quote_of(position.symbol), signed=True)
        lines.append(say("close-net", arrow=arrow(brings), net=money))
    if outlook.ownership is not Ownership.OURS:
        lines.append(owner_line(viewer, outlook, instrument))
    key = (account.account_id, outlook.leg.symbol, outlook.leg.position_idx)
    others = tuple(
        button(say.plain(_SHARES[share]), viewer.data(AskClose(*key, share)))
        for share in closable(outlook, instrument)
        if share != percent and part_of(outlook, instrument, share) != part
    )
    if not others:
        lines.append(say("close-no-parts"))
    return Card(text=join(lines), rows=((act,), others, release, back_row(viewer, leg_code(outlook))))


def closes_card(viewer: RenderContext, account: Account, shown: LegsShown, number: int = 0) -> Card:
    """`/close` with several positions: a page of them, and groups of all."""
    say = viewer.say
    items = shown.value.value.items if shown.value is not None else ()
    page = page_of(items, number, _LEGS_A_PAGE)
    lines = [say("close-title", account=viewer.account_name(account))]
    hidden = shown.value.value.unreadable if shown.value is not None else ()
    lines += _unreadable(viewer, hidden)
    if shown.value is not None and not items and not hidden:
        lines.append(say("close-nothing"))
    if items:
        lines += [say("close-lead"), *(_line(viewer, each) for each in page.items)]
    lines += [*page_lines(viewer, page), footer(viewer, shown)]
    each_leg = [
        button(
            leg_label(viewer, each.position),
            viewer.data(AskClose(account.account_id, each.leg.symbol, each.leg.position_idx, WHOLE)),
        )
        for each in page.items
    ]
    pages = page_row(viewer, page, lambda number: ShowClosesPage(account.account_id, number))
    rows = (*in_rows(each_leg, _LEGS_IN_A_ROW), pages, *_group_rows(viewer, account, items))
    return Card(text=join(lines), rows=(*rows, _back_to_positions(viewer, account)))


def in_group(items: Sequence[LegOutlook], group: LegGroup) -> tuple[LegOutlook, ...]:
    """Those that a group's name means; one whose result is not known is no winner and no loser."""
    match group:
        case LegGroup.WINNERS:
            return tuple(each for each in items if each.net_if_closed is not None and each.net_if_closed > 0)
        case LegGroup.LOSERS:
            return tuple(each for each in items if each.net_if_closed is not None and each.net_if_closed < 0)
        case LegGroup.LONGS:
            return tuple(each for each in items if each.position.side is Side.BUY)
        case LegGroup.SHORTS:
            return tuple(each for each in items if each.position.side is Side.SELL)
        case _:
            return tuple(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRemains:
    """Symbols of a group that a close of it leaves open: too small for a part of them, or not read."""

    too_small: Sequence[Symbol]
    unreadable: Sequence[str]


def ask_close_many_card(
    viewer: RenderContext,
    account: Account,
    legs: Sequence[LegOutlook],
    code: AskCloseMany,
    act: CardButton | None,
    stays: GroupRemains,
) -> Card:
    """Which positions a group is, what closing them would bring together, and what stays open."""
    say = viewer.say
    lines = [say("close-title", account=viewer.account_name(account)), *_unreadable(viewer, stays.unreadable)]
    if stays.too_small:
        lines.append(say("close-too-small", names=", ".join(stays.too_small)))
    lines += [_line(viewer, each, code.percent) for each in legs[:_LISTED]]
    if len(legs) > _LISTED:
        lines.append(say("close-more", count=len(legs) - _LISTED))
    known = [each.net_if_closed for each in legs if each.net_if_closed is not None]
    if not legs and not stays.unreadable and not stays.too_small:
        lines.append(say("close-nothing"))
    elif known:
        total = sum(known, _ZERO) * code.percent / WHOLE
        net = viewer.figures.money(total, "USDT", signed=True)
        lines.append(say("close-together", share=say.plain("close-share", percent=code.percent), net=net))
        if len(known) < len(legs):
            lines.append(say("close-together-without", count=len(legs) - len(known)))
    rows: tuple[Row, ...] = () if act is None else ((act,),)
    if legs or stays.too_small:
        other = HALF if code.percent == WHOLE else WHOLE
        label = "button-close-half-of-each" if other == HALF else "button-close-whole"
        rows += ((button(say.plain(label), viewer.data(AskCloseMany(code.account_id, code.legs, other))),),)
    return Card(text=join(lines), rows=(*rows, back_row(viewer, ShowCloses(account.account_id))))


def _unreadable(viewer: RenderContext, names: Sequence[str]) -> list[Markup]:
    return [viewer.say("positions-unreadable", count=len(names), names=", ".join(names))] if names else []


@dataclass(frozen=True, slots=True, kw_only=True)
class NotClosed:
    """A position of several whose close did not even begin, and why."""

    symbol: Symbol
    why: Markup


def closing_card(
    viewer: RenderContext,
    account: Account,
    outcome: ActOutcome,
    rules: Mapping[Symbol, Instrument | None],
    blocking: Mapping[LegKey, Sequence[BriefOrder]],
    failed: Sequence[NotClosed] = (),
) -> Card:
    """A few lines a close: under way, done with what it cost, refused with the reason; never failed while unknown.

    `blocking`: the person's own orders that keep one from being done. Of many closes those that are not done come
    first, and the others are counted.
    """
    say = viewer.say
    lines = [say("closing-title", account=viewer.account_name(account))]
    lines += [say("closing-refused", symbol=each.symbol, reason=each.why) for each in failed[:_LISTED]]
    listed = sorted(outcome.intents, key=lambda each: each.state is IntentState.FILLED)[:_LISTED]
    for intent in listed if len(outcome.intents) > _LISTED else outcome.intents:
        closed = [each for each in outcome.closed if each.order_link_id == intent.order_link_id]
        is_going = intent.order_link_id in outcome.going
        lines += closing_lines(
            viewer, intent, rules.get(intent.leg.symbol), closed[0] if closed else None, is_going=is_going
        )
        lines += brief_lines(say, blocking.get(intent.leg, ()))
    count = len(outcome.intents) + len(failed)
    if len(outcome.intents) > _LISTED:
        done = sum(each.state is IntentState.FILLED for each in outcome.intents)
        lines.append(say("closing-count", done=done, all=count))
    if len(outcome.closed) > 1:
        total = sum((each.pnl for each in outcome.closed), _ZERO)
        lines.append(say("closing-together", net=viewer.figures.money(total, "USDT", signed=True)))
    back: Row = ()
    if count == 1 and outcome.intents:
        back = (_leg_button(viewer, outcome.intents[0].leg),)
    cancels: Row = ()
    if blocking:
        cancels = (button(say.plain("button-cancel-some"), viewer.data(ShowCancels(account.account_id))),)
    share, ways = _share_row(viewer, account, outcome), (*back, *_back_to_positions(viewer, account))
    return Card(text=join(lines), rows=(cancels, share, ways))


def _leg_button(viewer: RenderContext, leg: LegKey) -> CardButton:
    return button(leg.symbol, viewer.data(ShowLeg(leg.account_id, leg.symbol, leg.position_idx)))


def _share_row(viewer: RenderContext, account: Account, outcome: ActOutcome) -> Row:
    """[Share] of the one trade that was closed."""
    if len(outcome.closed) != 1 or viewer.owner is not None:
        return ()
    closed = outcome.closed[0]
    return share_row(viewer.say.plain("button-share"), account.account_id, closed.order_id, closed.position_idx)


def closing_lines(
    viewer: RenderContext,
    intent: OrderIntent,
    instrument: Instrument | None,
    closed: ClosedTrade | None,
    *,
    is_going: bool = False,
) -> list[Markup]:
    """What has become of one close; nothing is called refused, and no part the whole, while it is still tried."""
    say, figures, symbol = viewer.say, viewer.figures, intent.leg.symbol
    if intent.state is IntentState.UNKNOWN:
        return [say("closing-unknown", symbol=symbol)]
    if intent.state in UNSETTLED or intent.state is IntentState.ACKNOWLEDGED:
        return [say("closing-sent", symbol=symbol)]
    if not intent.cum_exec_qty:
        reason = say(NO_BOOK) if intent.state is IntentState.CANCELED else refusal_text(say, intent)
        return [say("closing-again" if is_going else "closing-refused", symbol=symbol, reason=reason)]
    size = size_text(viewer, intent.cum_exec_qty, instrument, intent.leg)
    price = "–" if intent.avg_price is None else figures.price(intent.avg_price, instrument)
    lines = [say("closing-done", symbol=symbol, size=size, price=price)]
    if is_going and intent.final_ts is not None:
        lines.append(say("closing-goes-on"))
    if closed is None:
        return [*lines, say("closing-counting")] if intent.is_counting or intent.plan_id is not None else lines
    return [*lines, *cost_lines(viewer, closed)]


def cost_lines(viewer: RenderContext, closed: ClosedTrade) -> list[Markup]:
    """The result after everything, and of what it is made."""
    say, figures, unit = viewer.say, viewer.figures, quote_of(closed.symbol)
    fees = figures.money(closed.open_fee + closed.close_fee, closed.fee_currency or unit)
    lines = [say("closing-result", arrow=arrow(closed.pnl), pnl=figures.money(closed.pnl, unit, signed=True))]
    slip = "" if closed.slippage is None else figures.money(closed.slippage, unit)
    lines.append(say("closing-cost", fees=fees, slippage=slip, known=int(closed.slippage is not None)))
    if closed.funding:
        lines.append(say("closing-funding", funding=figures.money(-closed.funding, unit, signed=True)))
    return lines


def size_text(viewer: RenderContext, size: Decimal, instrument: Instrument | None, leg: LegKey) -> str:
    """A size in the digits of the symbol's step, or in its own where the step was another one, and its coin."""
    is_on_step = instrument is not None and instrument.qty_step > 0 and size % instrument.qty_step == 0
    return viewer.figures.size(size, instrument if is_on_step else None, base_of(leg.symbol))


def _line(viewer: RenderContext, outlook: LegOutlook, percent: int = WHOLE) -> Markup:
    """▲ BTC Long: +41.20 USDT, of so many percent."""
    net = outlook.net_if_closed
    net = None if net is None else net * percent / WHOLE
    unit = quote_of(outlook.leg.symbol)
    return viewer.say(
        "close-line",
        arrow="?" if net is None else arrow(net),
        leg=leg_label(viewer, outlook.position),
        net=viewer.say.plain("unknown") if net is None else viewer.figures.money(net, unit, signed=True),
    )


def _group_rows(viewer: RenderContext, account: Account, items: Sequence[LegOutlook]) -> tuple[Row, ...]:
    """[All 5], [Winners 3] …: groups that are not empty and not everything."""
    if len(items) < _FEW:
        return ()

    def way(group: LegGroup) -> CardButton:
        label = viewer.say.plain("button-close-group", group=group.value, count=len(in_group(items, group)))
        return button(label, viewer.data(AskCloseMany(account.account_id, group, WHOLE)))

    parts = [each for each in LegGroup if each is not LegGroup.ALL and 0 < len(in_group(items, each)) < len(items)]
    half = button(
        viewer.say.plain("button-close-half-of-all"),
        viewer.data(AskCloseMany(account.account_id, LegGroup.ALL, HALF)),
    )
    return ((way(LegGroup.ALL), half), *in_rows([way(each) for each in parts], _LEGS_IN_A_ROW))


def _back_to_positions(viewer: RenderContext, account: Account) -> Row:
    return (*screen_button(viewer, "button-positions", ShowPositions(account.account_id)), *menu_row(viewer))
