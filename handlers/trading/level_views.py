"""Where stop and targets of a position shall stand: what stands now, presets, and what became of a change."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.leg_targets import earlier_quantities
from bot.domain.legs import LegOutlook
from bot.domain.market import Instrument
from bot.domain.orders import direction
from bot.domain.portfolio import Position
from bot.domain.trade_plans import UNSETTLED, IntentState, OrderIntent, PlannedTarget
from handlers.core.links import ShowLeg
from handlers.texts.catalog import Markup, join
from handlers.trading.leg_codes import WHOLE, AskClose
from handlers.trading.leg_views import back_row, leg_code, leg_head, leg_label, named_targets
from handlers.trading.reasons import refusal_text
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import command_button, menu_row
from handlers.views.levels import level_table
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

STOP_DISTANCES: Final = tuple(map(Decimal, ("1", "2", "3", "5")))  # % of the mark price
TARGET_DISTANCES: Final = tuple(map(Decimal, ("2", "3", "5", "10")))
_PRESETS_IN_A_ROW: Final = 2
_HUNDRED: Final = Decimal(100)


def stop_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    presets: Sequence[CardButton],
) -> Card:
    """Asks where the stop shall stand."""
    return _asking(viewer, account, outlook, instrument, presets, "stop-ask")


def targets_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    presets: Sequence[CardButton],
) -> Card:
    """Asks where profit shall be taken."""
    return _asking(viewer, account, outlook, instrument, presets, "targets-ask")


def breakeven_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    act: CardButton | None,
) -> Card:
    """Where a close costs nothing, and the button that moves the stop there; without one [Close] stands there."""
    price, leg = outlook.position.break_even_price, outlook.leg
    told = "–" if price is None else viewer.figures.price(price, instrument)
    key = "breakeven-unknown" if price is None else "breakeven-passed" if act is None else "breakeven-ask"
    lines = [leg_head(viewer, account, outlook.position), viewer.say(key, price=told)]
    close = AskClose(leg.account_id, leg.symbol, leg.position_idx, WHOLE)
    way = button(viewer.say.plain("button-leg-close"), viewer.data(close)) if act is None else act
    return Card(text=join(lines), rows=((way,), back_row(viewer, leg_code(outlook))))


def can_go_to_breakeven(position: Position) -> bool:
    """Whether the market is on the side of profit of the break-even price: a stop there would not go off at once."""
    price, mark = position.break_even_price, position.mark_price
    return price is not None and (mark is None or (mark - price) * direction(position.side) > 0)


def distance_label(viewer: RenderContext, position: Position, price: Decimal, instrument: Instrument | None) -> str:
    """−2% · 62,925.80: how far from the mark price, and the price itself."""
    mark = position.mark_price or price
    return f"{viewer.figures.percent(price / mark - 1, step=Decimal(1))} · {viewer.figures.price(price, instrument)}"


def at_distance(position: Position, percent: Decimal, instrument: Instrument | None, *, ahead: bool) -> Decimal | None:
    """So many percent from the mark price, on the tick: in the direction of profit if `ahead`. None without a mark."""
    if position.mark_price is None:
        return None
    way = direction(position.side) if ahead else -direction(position.side)
    return near_tick(position.mark_price * (1 + way * percent / _HUNDRED), instrument)


def near_tick(price: Decimal, instrument: Instrument | None) -> Decimal:
    """The nearest price that the exchange takes."""
    if instrument is None:
        return price
    return (price / instrument.tick_size).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * instrument.tick_size


def level_changed_card(
    viewer: RenderContext, account: Account, outlook: LegOutlook, intent: OrderIntent, done: Markup
) -> Card:
    """What became of a moved stop: `done` once it stands there."""
    say, symbol = viewer.say, outlook.leg.symbol
    if intent.state is IntentState.UNKNOWN:
        line = say("level-unknown", symbol=symbol)
    elif intent.state in UNSETTLED:
        line = say("level-sent", symbol=symbol)
    elif intent.state is IntentState.DONE:
        line = done
    else:
        line = say("level-refused", symbol=symbol, reason=refusal_text(say, intent))
    return Card(text=join([leg_head(viewer, account, outlook.position), line]), rows=(_to_leg(viewer, outlook),))


def targets_set_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    targets: Sequence[PlannedTarget],
) -> Card:
    """The targets that are being set, each with what it closes; a share that is too small joins the next target."""
    say = viewer.say
    lines = [leg_head(viewer, account, outlook.position)]
    lines.append(say("targets-set", count=len(targets)))
    whole = outlook.position.size
    earlier = {} if instrument is None else earlier_quantities(targets, whole, instrument)
    for each in targets:
        price = viewer.figures.price(each.price, instrument)
        qty = earlier.get(each.number, whole - sum(earlier.values(), Decimal(0)))
        size = viewer.figures.size(qty, instrument, base_of(outlook.leg.symbol))
        lines.append(say("targets-line" if qty else "targets-joined", number=each.number, price=price, size=size))
    return Card(text=join(lines), rows=(_to_leg(viewer, outlook),))


def _asking(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    presets: Sequence[CardButton],
    key: str,
) -> Card:
    lines = [
        leg_head(viewer, account, outlook.position),
        level_table(viewer, outlook.position, instrument, named_targets(viewer, outlook)),
        viewer.say(key),
    ]
    back: Row = (button(viewer.say.plain("button-back"), viewer.data(leg_code(outlook))),)
    cancel = command_button(viewer, "button-cancel", "cancel")
    return Card(text=join(lines), rows=(*in_rows(presets, _PRESETS_IN_A_ROW), (*back, *cancel)))


def _to_leg(viewer: RenderContext, outlook: LegOutlook) -> Row:
    code = ShowLeg(outlook.leg.account_id, outlook.leg.symbol, outlook.leg.position_idx)
    return (button(leg_label(viewer, outlook.position), viewer.data(code)), *menu_row(viewer))
