"""An open position as it is managed: what a close would bring, where its stop and targets stand, and every button."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.chart_intervals import ChartInterval
from bot.domain.disagreements import Disagreement, DisagreementKind, LegFacts, disputed_targets
from bot.domain.errors import BadInput
from bot.domain.ids import Symbol
from bot.domain.leg_rules import remaining_after
from bot.domain.leg_trailing import held_trailing
from bot.domain.legs import LegOutlook, Ownership
from bot.domain.market import Category, Instrument
from bot.domain.portfolio import Position, Side
from bot.domain.trade_plans import Breakeven, PlannedTarget
from handlers.core.callbacks import Code
from handlers.core.links import ShowCancels, ShowClosed, ShowLeg, ShowPositions, ShowVanish, price_code
from handlers.texts.catalog import Markup, Translator, join
from handlers.trading.leg_codes import (
    WHOLE,
    AddToLeg,
    AskBreakeven,
    AskClose,
    AskManage,
    AskStop,
    AskTargets,
    AskTrail,
    ShareLeg,
    ShowDisagreement,
    ShowLegChart,
    ShowLegReceipt,
)
from handlers.trading.legs import LegsShown, find_leg, instrument_of
from handlers.trading.reasons import reason_text
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.figures import CENT, arrow
from handlers.views.frame import footer, menu_row, notice, screen_button
from handlers.views.levels import UNDISPUTED, Disputed, has_no_stop, level_table, named_target
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of

HALF: Final = 50  # percent
QUARTER: Final = 25  # percent
_NOT_TOLD: Final = "–"


def leg_card(viewer: RenderContext, account: Account, code: ShowLeg, shown: LegsShown) -> Card:
    """A position with all its buttons; ◀ ▶ lead to the account's others."""
    outlook = find_leg(shown, code.symbol, code.position_idx)
    if shown.value is None:
        rows: tuple[Row, ...] = ((_refresh(viewer, code), *menu_row(viewer)),)
        return Card(text=join([viewer.say("leg-title", symbol=code.symbol), footer(viewer, shown)]), rows=rows)
    if outlook is None:
        return flat_card(viewer, account, code)
    parts = [
        leg_head(viewer, account, outlook.position),
        *outlook_lines(viewer, outlook, instrument_of(shown, code.symbol), _disputed(outlook, shown)),
        *_target_lines(viewer, outlook, shown),
        footer(viewer, shown),
    ]
    return Card(text=join(parts), rows=_leg_rows(viewer, account, outlook, shown))


def flat_card(viewer: RenderContext, account: Account, code: ShowLeg) -> Card:
    """The card of a leg in which nothing is open any more."""
    text = viewer.say("leg-flat", symbol=code.symbol, account=viewer.account_name(account))
    positions = screen_button(viewer, "button-positions", ShowPositions(account.account_id))
    trades = screen_button(viewer, "button-trades", ShowClosed(account.account_id))
    return notice(text, (*positions, *trades), menu_row(viewer))


def leg_head(viewer: RenderContext, account: Account, position: Position) -> Markup:
    """BTCUSDT · Long · 3x · Practice."""
    return viewer.say("leg-head", name=leg_name(viewer, position), account=viewer.account_name(account))


def leg_name(viewer: RenderContext, position: Position) -> str:
    """BTCUSDT · Long · 3x, and that it is one of two legs."""
    say = viewer.say
    side = say.plain("side-long" if position.side is Side.BUY else "side-short")
    leverage = "" if position.leverage is None else f" · {viewer.figures.number(position.leverage)}x"
    hedge = "" if position.position_idx == 0 else f" · {say.plain('position-hedge')}"
    return f"{position.symbol} · {side}{leverage}{hedge}"


def outlook_lines(
    viewer: RenderContext, outlook: LegOutlook, instrument: Instrument | None, disputed: Disputed = UNDISPUTED
) -> list[Markup]:
    """Result, size, levels, and what holds the stop and the targets."""
    say, figures, position = viewer.say, viewer.figures, outlook.position
    size = figures.size(position.size, instrument, base_of(position.symbol))
    mark = position.mark_price
    lines = [
        result_line(viewer, outlook),
        say("position-size-alone", size=size)
        if mark is None
        else say("position-worth", size=size, value=figures.money(mark * position.size, quote_of(position.symbol))),
        level_table(viewer, position, instrument, named_targets(viewer, outlook, disputed)),
        _stop_line(viewer, outlook),
        *trail_lines(viewer, outlook, instrument),
    ]
    if outlook.plan is not None and outlook.plan.breakeven is not Breakeven.OFF:
        lines.append(say("leg-breakeven", state=outlook.plan.breakeven.value))
    if outlook.ownership is not Ownership.OURS:
        lines.append(owner_line(viewer, outlook, instrument))
    return lines


def owner_line(viewer: RenderContext, outlook: LegOutlook, instrument: Instrument | None) -> Markup:
    """Whose a leg is that is not ours alone; of a mixed one how much is."""
    size = viewer.figures.size(outlook.ours, instrument, base_of(outlook.leg.symbol))
    return viewer.say("leg-owner", owner=outlook.ownership.value, ours=size)


def result_line(viewer: RenderContext, outlook: LegOutlook) -> Markup:
    """What a close now would bring."""
    net = outlook.net_if_closed
    if net is None:
        return viewer.say("leg-net-unknown")
    money = viewer.figures.money(net, quote_of(outlook.leg.symbol), signed=True)
    return viewer.say("leg-net", arrow=arrow(net), net=money)


def leg_code(outlook: LegOutlook) -> ShowLeg:
    """The way back to a position's card."""
    return ShowLeg(outlook.leg.account_id, outlook.leg.symbol, outlook.leg.position_idx)


def leg_label(viewer: RenderContext, position: Position) -> str:
    """A position in two words: BTC Long."""
    side = viewer.say.plain("side-long" if position.side is Side.BUY else "side-short")
    return f"{base_of(position.symbol)} {side}"


def back_row(viewer: RenderContext, code: Code) -> Row:
    """[‹ Back] to a screen that a code shows, and [Menu]."""
    return (button(viewer.say.plain("button-back"), viewer.data(code)), *menu_row(viewer))


def part_of(outlook: LegOutlook, instrument: Instrument | None, percent: int) -> Decimal | None:
    """What a close of so many percent takes, on the symbol's step; None: less than the exchange closes at once."""
    size = outlook.position.size
    if instrument is None:
        return size * percent / WHOLE
    try:
        return size - remaining_after(size, Decimal(percent) / WHOLE, instrument)
    except BadInput:
        return None


def closable(outlook: LegOutlook, instrument: Instrument | None) -> tuple[int, ...]:
    """The shares in percent that have a button; of those that come to the same size (½ and ¼ of three steps) one."""
    found: dict[Decimal, int] = {}
    for share in (WHOLE, HALF, QUARTER):
        part = part_of(outlook, instrument, share)
        if part is not None:
            found.setdefault(part, share)
    return tuple(found.values())


def open_targets(outlook: LegOutlook) -> tuple[PlannedTarget, ...]:
    """Those that have not been reached yet."""
    return () if outlook.plan is None else tuple(each for each in outlook.plan.targets if not each.is_done)


def named_targets(
    viewer: RenderContext, outlook: LegOutlook, disputed: Disputed = UNDISPUTED
) -> list[tuple[str, Decimal | None]]:
    """The targets that are left, each with its number; none where the exchange alone knows of one."""
    return [named_target(viewer, each, disputed) for each in open_targets(outlook)]


def target_line(
    say: Translator, target: LegFacts, shown: LegFacts, symbol: Symbol, written: Callable[[Decimal], str]
) -> Markup:
    """Of a target that does not stand as `target` promised it: moved or canceled elsewhere, or not taken and why.

    `written`: how prices of the symbol are shown.
    """
    price = written(target.target_price or Decimal(0))
    if shown.target_price is not None:
        return say("told-target-moved", number=target.target, price=price, seen=written(shown.target_price))
    if not shown.is_refused:
        return say("told-target-gone", number=target.target, price=price)
    reason = reason_text(say, symbol, shown.reason, shown.code)
    return say("told-target-refused", number=target.target, price=price, reason=reason)


def _disputed(outlook: LegOutlook, shown: LegsShown) -> Disputed:
    rows = shown.value.value.disagreements if shown.value is not None else ()
    return disputed_targets(rows, outlook.leg, open_targets(outlook))


def _target_lines(viewer: RenderContext, outlook: LegOutlook, shown: LegsShown) -> list[Markup]:
    """Targets that do not stand though they were promised."""
    rows = shown.value.value.disagreements if shown.value is not None else ()
    instrument = instrument_of(shown, outlook.leg.symbol)
    return [
        target_line(
            viewer.say,
            each.promised,
            each.shown,
            outlook.leg.symbol,
            lambda price: viewer.figures.price(price, instrument),
        )
        for each in rows
        if each.leg == outlook.leg and each.kind is DisagreementKind.TARGET
    ]


def _stop_line(viewer: RenderContext, outlook: LegOutlook) -> Markup:
    """Whether the exchange itself holds the stop, and since when that is known."""
    say, plan = viewer.say, outlook.plan
    if plan is not None and plan.stop_changed_ts is not None:
        return say("leg-stop-changed", time=viewer.when(plan.stop_changed_ts))
    if has_no_stop(outlook.position):
        promised = plan is not None and plan.stop is not None
        return say("leg-stop-on-its-way") if promised else say("position-unprotected")
    if outlook.stop_verified_ts is None:
        return say("leg-stop-at-exchange")
    return say("leg-stop-verified", age=viewer.age(outlook.stop_verified_ts))


def trail_lines(viewer: RenderContext, outlook: LegOutlook, instrument: Instrument | None) -> list[Markup]:
    """What is promised of a trailing stop and whether the exchange holds it; nothing where there is none."""
    say, plan, held = viewer.say, outlook.plan, held_trailing(outlook.position)
    if plan is not None and plan.trailing_changed_ts is not None:
        return [say("leg-trail-changed", time=viewer.when(plan.trailing_changed_ts))]
    distance = held if plan is None or plan.trailing is None else plan.trailing
    if distance is None:
        return []
    active = None if plan is None else plan.trailing_active
    values: dict[str, str | int] = {
        "distance": distance_text(viewer, outlook, distance, instrument),
        "start": "" if active is None else viewer.figures.price(active, instrument),
        "starts": int(active is not None),
    }
    if held is None:
        return [say("leg-trail-on-its-way", **values)]
    seen = None if plan is None else plan.trailing_verified_ts
    return [say("leg-trail", age="" if seen is None else viewer.age(seen), known=int(seen is not None), **values)]


def distance_text(viewer: RenderContext, outlook: LegOutlook, distance: Decimal, instrument: Instrument | None) -> str:
    """1,284.20 (2%): in the quote coin, and of the mark price."""
    text, mark = viewer.figures.price(distance, instrument), outlook.position.mark_price
    if not mark:
        return text
    percent = viewer.figures.number((distance / mark * WHOLE).quantize(CENT))
    return f"{text} ({viewer.figures.percent_sign(percent)})"


def _leg_rows(viewer: RenderContext, account: Account, outlook: LegOutlook, shown: LegsShown) -> tuple[Row, ...]:
    leg, key = outlook.leg, (account.account_id, outlook.leg.symbol, outlook.leg.position_idx)

    def to(label: str, code: Code, **values: int) -> CardButton:
        return button(viewer.say.plain(label, **values), viewer.data(code))

    labels = {WHOLE: "button-leg-close", HALF: "button-leg-half", QUARTER: "button-leg-quarter"}
    shares = closable(outlook, instrument_of(shown, leg.symbol))
    closes = tuple(to(labels[share], AskClose(*key, share)) for share in shares)
    stop, trail = to("button-leg-stop", AskStop(*key)), to("button-leg-trail", AskTrail(*key))
    levels: tuple[Row, ...] = (
        (stop, to("button-leg-targets", AskTargets(*key))),
        (to("button-leg-breakeven", AskBreakeven(*key)), trail),
    )
    if outlook.ownership is Ownership.FOREIGN:
        levels = ((to("button-manage", AskManage(*key)),), (stop, trail))
    orders = (
        to("button-leg-orders", ShowCancels(account.account_id), count=len(outlook.orders)),
        *((to("button-receipt", ShowLegReceipt(*key)),) if outlook.ownership is not Ownership.FOREIGN else ()),
        to("button-vanish", ShowVanish(account.account_id)),
    )
    price = (
        to("button-leg-add", AddToLeg(account.account_id, leg.symbol, outlook.position.side)),
        button(leg.symbol, viewer.data(price_code(leg.symbol, leg.category))),
    )
    positions = screen_button(viewer, "button-positions", ShowPositions(account.account_id))
    pictures = (to("button-chart", ShowLegChart(*key, ChartInterval.H1)), to("button-share", ShareLeg(*key)))
    return (
        *_disagreements(viewer, outlook, shown),
        closes,
        *levels,
        _neighbors(viewer, outlook, shown),
        price,
        (*orders, *pictures),
        (_refresh(viewer, leg_code(outlook)), *positions, *menu_row(viewer)),
    )


def _disagreements(viewer: RenderContext, outlook: LegOutlook, shown: LegsShown) -> tuple[Row, ...]:
    """[Bybit and I disagree: target 2]: one of each."""
    rows = shown.value.value.disagreements if shown.value is not None else ()

    def label(row: Disagreement) -> str:
        what = viewer.say.plain("disagreement-what", what=row.what, number=row.promised.target)
        return viewer.say.plain("button-disagreement", what=what)

    return tuple(
        (button(label(each), viewer.data(ShowDisagreement(each.disagreement_id))),)
        for each in rows
        if each.leg == outlook.leg
    )


def _neighbors(viewer: RenderContext, outlook: LegOutlook, shown: LegsShown) -> Row:
    """◀ and ▶ through the account's positions, in a circle."""
    account_id = outlook.leg.account_id
    legs = {each.leg_key(account_id): each for each in (shown.value.value.positions if shown.value is not None else ())}
    keys = [each for each in legs if each.category is Category.LINEAR and each.symbol.isalnum()]
    if len(keys) < 2 or outlook.leg not in keys:  # noqa: PLR2004  one has no neighbors
        return ()
    here = keys.index(outlook.leg)
    before, after = keys[here - 1], keys[(here + 1) % len(keys)]
    ways = [(before, "leg-before"), (after, "leg-after")]
    if before == after:  # the other one of two
        del ways[0]
    return tuple(
        button(
            viewer.say.plain(key, name=leg_label(viewer, legs[each])),
            viewer.data(ShowLeg(account_id, each.symbol, each.position_idx)),
        )
        for each, key in ways
    )


def _refresh(viewer: RenderContext, code: Code) -> CardButton:
    return button(viewer.say.plain("button-refresh"), viewer.data(code))
