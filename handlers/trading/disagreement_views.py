"""How a disagreement reads, and a position that is taken over or let go."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind
from bot.domain.legs import LegOutlook
from bot.domain.market import Instrument
from bot.domain.orders import TriggerBy
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import TradePlan
from handlers.core.links import ShowLeg
from handlers.texts.catalog import Markup, join
from handlers.trading.leg_codes import WHOLE, AskClose, AskStop, LegName
from handlers.trading.leg_views import back_row, leg_code, leg_head, target_line
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import menu_row
from handlers.views.levels import has_no_stop
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_IN_A_ROW = 2


def disagreement_card(
    viewer: RenderContext,
    account: Account,
    row: Disagreement,
    instrument: Instrument | None,
    choices: Sequence[CardButton],
) -> Card:
    """Promised and shown, side by side; `choices` decide, beside them [Close]."""
    say = viewer.say
    lines = [
        _head(viewer, account, row.leg),
        *_facts(viewer, row, instrument),
        say("disagreement-since", time=viewer.when(row.opened_ts)),
        Markup(""),
        say("disagreement-choices", restore=int(row.kind in {DisagreementKind.STOP, DisagreementKind.TARGET})),
    ]
    key = (row.leg.account_id, row.leg.symbol, row.leg.position_idx)
    close = button(say.plain("button-leg-close"), viewer.data(AskClose(*key, WHOLE)))
    return Card(text=join(lines), rows=(*in_rows((*choices, close), _IN_A_ROW), _ways(viewer, row.leg)))


def disagreement_ended_card(viewer: RenderContext, account: Account, row: Disagreement) -> Card:
    """A disagreement that is over, and how it ended."""
    how = DisagreementEnd.AGREED if row.end is None else row.end
    text = join([_head(viewer, account, row.leg), viewer.say("disagreement-ended", how=how.value)])
    return Card(text=text, rows=(_ways(viewer, row.leg),))


def restored_card(viewer: RenderContext, account: Account, row: Disagreement, instrument: Instrument | None) -> Card:
    """What was asked for again; the position's card tells when it stands there."""
    promised, shown = row.promised, row.shown
    price = _price(viewer, promised.target_price, instrument)
    lines = [
        _head(viewer, account, row.leg),
        viewer.say("disagreement-restoring", kind=row.kind.value, number=promised.target, price=price),
    ]
    for key, ours, seen in (
        ("manage-stop", promised.stop, shown.stop),
        ("manage-target", promised.take_profit, shown.take_profit),
        ("manage-trailing", promised.trailing, shown.trailing),
    ):
        if ours != seen:
            lines.append(viewer.say(key, price=_price(viewer, ours, instrument)))
    return Card(text=join(lines), rows=(_ways(viewer, row.leg),))


def ask_manage_card(
    viewer: RenderContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    act: CardButton,
) -> Card:
    """A position that was opened elsewhere: what managing means, and which stop and target it would keep."""
    position = outlook.position
    targets = () if position.take_profit is None else (position.take_profit,)
    lines = [leg_head(viewer, account, position), viewer.say("manage-about")]
    if has_no_stop(position) or position.stop_loss is not None:  # one that can't be read is neither
        lines.append(_stop_line(viewer, position.stop_loss, instrument))
    lines += _target_lines(viewer, targets, instrument)
    lines += _trailing_lines(viewer, position.trailing_stop, instrument)
    watch = button(viewer.say.plain("button-watch"), viewer.data(leg_code(outlook)))
    return Card(text=join(lines), rows=((act,), (watch,), back_row(viewer, leg_code(outlook))))


def managed_card(
    viewer: RenderContext, account: Account, plan: TradePlan, instrument: Instrument | None, done: Markup
) -> Card:
    """What is promised of the position from now on, below the word that it is: `done`."""
    targets = [each.price for each in plan.targets if not each.is_done]
    lines = [
        _head(viewer, account, plan.leg),
        done,
        _stop_line(viewer, plan.stop, instrument),
        *_target_lines(viewer, targets, instrument),
        *_trailing_lines(viewer, plan.trailing, instrument),
    ]
    key = (plan.leg.account_id, plan.leg.symbol, plan.leg.position_idx)
    stop = button(viewer.say.plain("button-leg-stop"), viewer.data(AskStop(*key)))
    return Card(text=join(lines), rows=((stop,), _ways(viewer, plan.leg)))


def released_card(viewer: RenderContext, account: Account, name: LegName) -> Card:
    """It is the person's own from now on."""
    code = ShowLeg(name.account_id, name.symbol, name.position_idx)
    head = viewer.say("leg-head", name=name.symbol, account=viewer.account_name(account))
    text = join([head, viewer.say("disagreement-ended", how=DisagreementEnd.RELEASED.value)])
    return Card(text=text, rows=((button(name.symbol, viewer.data(code)), *menu_row(viewer)),))


def _facts(viewer: RenderContext, row: Disagreement, instrument: Instrument | None) -> Iterable[Markup]:
    say, promised, shown = viewer.say, row.promised, row.shown
    match row.kind:
        case DisagreementKind.STOP:
            yield say("told-trailing-changed" if row.what == "trailing" else "told-stop-changed")
            stops = (promised.stop, promised.stop_by), (shown.stop, shown.stop_by)
            targets = (promised.take_profit, promised.take_profit_by), (shown.take_profit, shown.take_profit_by)
            for key, (ours, seen) in (("told-stop-was", stops), ("told-target-was", targets)):
                if ours != seen:
                    levels = (_level(viewer, *each, instrument) for each in (ours, seen))
                    yield say(key, **dict(zip(("promised", "seen"), levels, strict=True)))
            if promised.trailing != shown.trailing:
                ours_, seen_ = (_price(viewer, each.trailing, instrument) for each in (promised, shown))
                yield say("told-trailing-was", promised=ours_, seen=seen_)
        case DisagreementKind.TARGET:
            yield target_line(
                say, promised, shown, row.leg.symbol, lambda price: viewer.figures.price(price, instrument)
            )
        case DisagreementKind.GROWN | DisagreementKind.TURNED:
            yield say(
                "told-foreign" if row.kind is DisagreementKind.GROWN else "told-turned",
                size=_size(viewer, row.leg, shown.size, shown.side, instrument),
                ours=_size(viewer, row.leg, promised.size, promised.side, instrument),
            )
        case DisagreementKind.GONE:
            yield say("disagreement-gone")
        case DisagreementKind.FOUND:
            yield say("told-found")


def _stop_line(viewer: RenderContext, stop: Decimal | None, instrument: Instrument | None) -> Markup:
    if stop is None:
        return viewer.say("position-unprotected")
    return viewer.say("manage-stop", price=_price(viewer, stop, instrument))


def _target_lines(viewer: RenderContext, targets: Sequence[Decimal], instrument: Instrument | None) -> Iterable[Markup]:
    if targets:
        prices = " · ".join(_price(viewer, each, instrument) for each in targets)
        yield viewer.say("manage-target", price=prices)


def _trailing_lines(viewer: RenderContext, distance: Decimal | None, instrument: Instrument | None) -> Iterable[Markup]:
    if distance is not None:
        yield viewer.say("manage-trailing", price=_price(viewer, distance, instrument))


def _head(viewer: RenderContext, account: Account, leg: LegKey) -> Markup:
    return viewer.say("leg-head", name=leg.symbol, account=viewer.account_name(account))


def _ways(viewer: RenderContext, leg: LegKey) -> Row:
    code = ShowLeg(leg.account_id, leg.symbol, leg.position_idx)
    return (button(leg.symbol, viewer.data(code)), *menu_row(viewer))


def _price(viewer: RenderContext, price: Decimal | None, instrument: Instrument | None) -> str:
    return viewer.say.plain("none") if price is None else viewer.figures.price(price, instrument)


def _level(
    viewer: RenderContext, price: Decimal | None, trigger: TriggerBy | None, instrument: Instrument | None
) -> str:
    """With what sets it off, where that is in question."""
    text = _price(viewer, price, instrument)
    if price is None or trigger is None:
        return text
    return viewer.say.plain("told-level-by", price=text, trigger=trigger.value)


def _size(
    viewer: RenderContext, leg: LegKey, size: Decimal | None, side: Side | None, instrument: Instrument | None
) -> str:
    """Long 0.05 BTC."""
    words = [] if side is None else [viewer.say.plain("side-long" if side is Side.BUY else "side-short")]
    return " ".join([*words, viewer.figures.size(size or Decimal(0), instrument, base_of(leg.symbol))])
