"""The limits of an account: all of them, one with its presets, and what a change comes to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.risk import RiskLimits
from bot.services.trading.risk_limits import LimitChange
from handlers.texts.catalog import Markup, join
from handlers.trading.limit_codes import ShowLimit, ShowLimits
from handlers.trading.limit_fields import RULES, LimitField, LimitKind, value_of
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import account_tabs, command_button, menu_row
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of
from handlers.views.tables import table

_LIMITS_IN_A_ROW: Final = 2
_PRESETS_IN_A_ROW: Final = 3


def limits_card(
    viewer: RenderContext,
    account: Account,
    limits: RiskLimits,
    waiting: LimitChange | None,
    act: CardButton | None,
    *,
    lead: Markup | None = None,
) -> Card:
    """Every limit, a button for each, and a loosening that waits."""
    say = viewer.say
    lines = [] if lead is None else [lead, Markup("")]
    lines.append(say("limits-title", account=viewer.account_name(account)))
    lines.append(table([(limit_name(viewer, each), value_text(viewer, limits, each)) for each in LimitField]))
    if waiting is not None and waiting.takes_effect is not None:
        lines.append(
            say("limits-waiting", changes=_changes(viewer, limits, waiting), time=viewer.when(waiting.takes_effect))
        )
    lines.append(say("limits-about"))
    each_limit = [
        button(limit_name(viewer, each), viewer.data(ShowLimit(account.account_id, each))) for each in LimitField
    ]
    take_back: Row = () if act is None else (act,)
    tabs = account_tabs(viewer, account, ShowLimits)
    return Card(text=join(lines), rows=(take_back, tabs, *in_rows(each_limit, _LIMITS_IN_A_ROW), menu_row(viewer)))


def limit_card(
    viewer: RenderContext,
    account: Account,
    limits: RiskLimits,
    field: LimitField,
    presets: Sequence[CardButton],
) -> Card:
    """What one limit does, what it is now, and presets; a typed value is taken, too."""
    say = viewer.say
    value = value_text(viewer, limits, field)
    lines = [
        say("limit-title", name=limit_name(viewer, field), account=viewer.account_name(account)),
        say("limit-about", limit=field.value),
        say("limit-now", value=value),
        say("limit-typed"),
    ]
    back = (button(say.plain("button-back"), viewer.data(ShowLimits(account.account_id))),)
    cancel = command_button(viewer, "button-cancel", "cancel")
    return Card(text=join(lines), rows=(*in_rows(presets, _PRESETS_IN_A_ROW), (*back, *cancel)))


def ask_limit_card(
    viewer: RenderContext,
    account: Account,
    field: LimitField,
    before: RiskLimits,
    after: RiskLimits,
    act: CardButton,
) -> Card:
    """A typed value, before it is set."""
    text = viewer.say(
        "limit-ask",
        name=limit_name(viewer, field),
        before=value_text(viewer, before, field),
        after=value_text(viewer, after, field),
    )
    back = (button(viewer.say.plain("button-back"), viewer.data(ShowLimits(account.account_id))),)
    return Card(text=text, rows=((act,), back))


def changed_line(viewer: RenderContext, field: LimitField, before: RiskLimits, change: LimitChange) -> Markup:
    """That it stands already, or from when on it will."""
    values = {
        "name": limit_name(viewer, field),
        "before": value_text(viewer, before, field),
        "after": value_text(viewer, change.limits, field),
    }
    if change.takes_effect is None:
        return viewer.say("limit-stands", **values)
    return viewer.say("limit-waits", **values, time=viewer.when(change.takes_effect))


def limit_name(viewer: RenderContext, field: LimitField) -> str:
    return viewer.say.plain("limit-name", limit=field.value)


def value_text(viewer: RenderContext, limits: RiskLimits, field: LimitField) -> str:
    """5, 3x, 1,000 USDT, 5%, 15 min, BTC ETH; a dash for no limit."""
    return stored_text(viewer, field, value_of(limits, field))


def stored_text(viewer: RenderContext, field: LimitField, value: str) -> str:
    """The same of a value as a button has it."""
    if not value:
        return viewer.say.plain("limit-none")
    figures = viewer.figures
    number = figures.number(Decimal(value)) if RULES[field].kind is not LimitKind.SYMBOLS else ""
    match RULES[field].kind:
        case LimitKind.SYMBOLS:
            text = " ".join(base_of(Symbol(each)) for each in value.split(","))
        case LimitKind.PERCENT:
            text = figures.percent_sign(number)
        case LimitKind.MONEY:
            text = figures.round_money(Decimal(value), "USDT")
        case LimitKind.LEVERAGE:
            text = f"{number}x"
        case LimitKind.MINUTES:
            text = viewer.say.plain("span-minutes", minutes=int(value))
        case _:
            text = number
    return text


def _changes(viewer: RenderContext, limits: RiskLimits, waiting: LimitChange) -> str:
    """Positions → 10, Leverage → 5x."""
    return ", ".join(
        f"{limit_name(viewer, each)} → {value_text(viewer, waiting.limits, each)}"
        for each in LimitField
        if value_of(limits, each) != value_of(waiting.limits, each)
    )
