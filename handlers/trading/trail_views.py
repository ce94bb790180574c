"""A trailing stop of a position: where it would stand now, what that means, and what stays beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.leg_trailing import held_trailing
from bot.domain.legs import LegOutlook
from bot.domain.market import Instrument
from bot.domain.orders import direction
from bot.domain.portfolio import STANDARD_TAKER
from handlers.texts.catalog import Markup, join
from handlers.trading.leg_codes import AskTrail, ShowTrail
from handlers.trading.leg_views import back_row, distance_text, leg_code, leg_head, named_targets, trail_lines
from handlers.trading.level_views import near_tick
from handlers.views.cards import Card, CardButton, button, in_rows
from handlers.views.figures import percent_away
from handlers.views.frame import command_button
from handlers.views.levels import level_table
from handlers.views.render_context import RenderContext
from handlers.views.symbols import quote_of

TRAIL_DISTANCES: Final = tuple(map(Decimal, ("1", "2", "3", "5")))  # % of the mark price
_IN_A_ROW: Final = 2
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailWish:
    """A trailing stop as it was asked for; `active`: the price that it starts at, None: at once."""

    distance: Decimal
    active: Decimal | None = None


def ask_trail_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    presets: Sequence[ShowTrail],
) -> Card:
    """Asks how far the stop shall follow; `presets` lead to what each would mean."""
    lines = [
        leg_head(viewer, account, outlook.position),
        level_table(viewer, outlook.position, instrument, named_targets(viewer, outlook)),
        *trail_lines(viewer, outlook, instrument),
        viewer.say("trail-ask"),
    ]
    ways = [
        button(viewer.figures.percent_sign(viewer.figures.number(percent)), viewer.data(code))
        for percent, code in zip(TRAIL_DISTANCES, presets, strict=False)
    ]
    if held_trailing(outlook.position) is not None:
        ways.append(button(viewer.say.plain("button-no-trail"), viewer.data(presets[-1])))
    back = (button(viewer.say.plain("button-back"), viewer.data(leg_code(outlook))),)
    cancel = command_button(viewer, "button-cancel", "cancel")
    return Card(text=join(lines), rows=(*in_rows(ways, _IN_A_ROW), (*back, *cancel)))


def trail_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    wish: TrailWish | None,
    act: CardButton,
) -> Card:
    """What a trailing stop would mean, or what its end would (None), with the button that does it."""
    lines = [leg_head(viewer, account, outlook.position)]
    if wish is None:
        lines.append(viewer.say("trail-off-ask"))
    else:
        lines += _consequences(viewer, outlook, instrument, wish)
    stop = outlook.position.stop_loss
    if stop is None:
        lines.append(viewer.say("trail-no-stop" if wish is not None else "trail-nothing-left"))
    else:
        lines.append(viewer.say("trail-stop-stays", stop=viewer.figures.price(stop, instrument)))
    leg = outlook.leg
    change = button(
        viewer.say.plain("button-trail-change"), viewer.data(AskTrail(leg.account_id, leg.symbol, leg.position_idx))
    )
    return Card(text=join(lines), rows=((act,), (change,), back_row(viewer, leg_code(outlook))))


def _consequences(
    viewer: RenderContext, outlook: LegOutlook, instrument: Instrument | None, wish: TrailWish
) -> list[Markup]:
    say, figures, position = viewer.say, viewer.figures, outlook.position
    way, mark = direction(position.side), position.mark_price
    lines = [say("trail-what", distance=distance_text(viewer, outlook, wish.distance, instrument))]
    start = wish.active or mark
    if start is None:
        return lines
    level = near_tick(start - way * wish.distance, instrument)
    values = {"level": figures.price(level, instrument)}
    if wish.active is None:
        lines.append(say("trail-now", **values, away=_away(viewer, level, mark)))
    else:
        active = figures.price(wish.active, instrument)
        lines.append(say("trail-later", **values, start=active, away=_away(viewer, wish.active, mark)))
    net = _net_at(outlook, level)
    if net is not None:
        lines.append(say("trail-net", net=figures.money(net, quote_of(position.symbol), signed=True)))
    lines.append(say("trail-about"))
    return lines


def _away(viewer: RenderContext, price: Decimal, mark: Decimal | None) -> str:
    far = None if not mark else percent_away(price, mark)
    return "–" if far is None else viewer.figures.percent(far, step=_TENTH)


def _net_at(outlook: LegOutlook, price: Decimal) -> Decimal | None:
    """What a close at that price would bring, about: the result of now, moved there."""
    if outlook.net_if_closed is None or outlook.exit_price is None:
        return None
    position = outlook.position
    move = (price - outlook.exit_price) * position.size
    return outlook.net_if_closed + move * direction(position.side) - move * STANDARD_TAKER
