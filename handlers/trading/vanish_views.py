"""How "if I vanish now" reads: what the exchange holds of each position, in red what lives only here, and its cures."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument
from bot.domain.portfolio import Side
from bot.domain.trade_plans import PlannedTarget
from bot.domain.vanishing import EntryAlone, LegAlone, VanishReport
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.core.links import ShowCancels, ShowLeg, ShowPositions, ShowVanish
from handlers.texts.catalog import Markup, join, safe
from handlers.trading.leg_codes import AskBreakeven, AskStop, AskTargets, AskTrail
from handlers.trading.leg_views import leg_label
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import (
    account_tabs,
    command_button,
    footer,
    menu_row,
    page_lines,
    page_of,
    page_row,
    refresh_button,
    screen_button,
)
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

LEGS_A_PAGE: Final = 4
_ENTRIES: Final = 6  # that are named
_CURES_IN_A_ROW: Final = 2
_BLANK: Final = Markup("")
ReportShown = Shown[WithInstruments[VanishReport]]


def vanish_card(viewer: RenderContext, account: Account, shown: ReportShown, page_number: int = 0) -> Card:
    """The verdict, a page of positions, what rests, and what each outage would mean."""
    say = viewer.say
    report = None if shown.value is None else shown.value.value
    page = page_of(() if report is None else report.legs, page_number, LEGS_A_PAGE)
    parts = [say("vanish-title", account=viewer.account_name(account))]
    if report is not None:
        parts += _verdict(viewer, account, report)
        for leg in page.items:
            parts += [_BLANK, *_leg(viewer, account, leg, _rules(shown, leg.position.symbol))]
        parts += page_lines(viewer, page)
        parts += _entries(viewer, report, shown)
    parts += [_BLANK, Markup(f"<blockquote expandable>{join(_outages(viewer, account))}</blockquote>")]
    parts.append(footer(viewer, shown))
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowVanish),
            *in_rows(_cures(viewer, account, report, page.items), _CURES_IN_A_ROW),
            page_row(viewer, page, lambda number: ShowVanish(account.account_id, number)),
            (
                *refresh_button(viewer, ShowVanish(account.account_id, page.number)),
                *screen_button(viewer, "button-positions", ShowPositions(account.account_id)),
                *_drill(viewer, account),
                *menu_row(viewer),
            ),
        ),
    )


def _drill(viewer: RenderContext, account: Account) -> Row:
    """[Drill] of practice: seen is believed."""
    return command_button(viewer, "button-drill", "drill") if _where(account) == "paper" else ()


def _rules(shown: ReportShown, symbol: Symbol) -> Instrument | None:
    return None if shown.value is None else shown.value.instrument(Category.LINEAR, symbol)


def _verdict(viewer: RenderContext, account: Account, report: VanishReport) -> Iterable[Markup]:
    """Whether anything needs this bot, and what can't be said."""
    say = viewer.say
    where = _where(account)
    if report.unreadable:
        yield say("vanish-unreadable", count=len(report.unreadable), names=", ".join(report.unreadable))
    if report.unknown:
        yield say("vanish-unknown", count=report.unknown)
    naked = sum(each.is_naked for each in report.legs)
    here = sum(each.needs_us and not each.is_naked for each in report.legs)
    bare = sum(each.stop is None for each in report.entries)
    if naked:
        yield say("vanish-naked", count=naked)
    if here:
        yield say("vanish-here", count=here)
    if bare:
        yield say("vanish-bare-entries", count=bare)
    halves = sum(each.needs_us and each.stop is not None for each in report.entries)
    if halves:
        yield say("vanish-half-entries", count=halves)
    if not (naked or here or bare or halves or report.unreadable):
        yield say("vanish-safe" if report.legs or report.entries else "vanish-nothing", where=where)


def _where(account: Account) -> str:
    """Whose exchange: Bybit's, or the one of practice."""
    return "paper" if account.account_type is AccountType.PAPER else "bybit"


def _leg(viewer: RenderContext, account: Account, leg: LegAlone, rules: Instrument | None) -> Iterable[Markup]:
    """What the exchange holds of a position; below it, in red, what it does not."""
    say, position = viewer.say, leg.position
    size = viewer.figures.size(position.size, rules, base_of(position.symbol))
    yield Markup(f"<b>{safe(leg_label(viewer, position))}</b> · {safe(size)}")
    held = [
        say(key, price=viewer.figures.price(price, rules))
        for key, price in (
            ("vanish-stop", leg.stop),
            ("vanish-trailing", leg.trailing),
            ("vanish-target", leg.take_profit),
        )
        if price is not None
    ]
    if held:
        yield say("vanish-holds", what=join(held, " · "), where=_where(account))
    if leg.targets:
        yield say("vanish-resting", prices=_prices(viewer, leg.targets, rules))
    yield from _red(viewer, leg, rules)
    if not leg.is_managed:
        yield say("vanish-foreign")


def _red(viewer: RenderContext, leg: LegAlone, rules: Instrument | None) -> Iterable[Markup]:
    """What lives only here, or nowhere."""
    say = viewer.say
    if leg.is_naked:
        why = "coming" if leg.promised_stop is not None else "none" if leg.trailing is None else "waits"
        yield say("vanish-no-stop", why=why)
    elif leg.promised_stop is not None:
        yield say("vanish-other-stop", price=viewer.figures.price(leg.promised_stop, rules))
    if leg.promised_trailing is not None:
        yield say("vanish-other-trailing", distance=viewer.figures.price(leg.promised_trailing, rules))
    if leg.missing:
        yield say("vanish-missing", prices=_prices(viewer, leg.missing, rules))
    if leg.breakeven:
        yield say("vanish-breakeven")


def _prices(viewer: RenderContext, targets: Sequence[PlannedTarget], rules: Instrument | None) -> str:
    return " · ".join(viewer.figures.price(each.price, rules) for each in targets)


def _entries(viewer: RenderContext, report: VanishReport, shown: ReportShown) -> Iterable[Markup]:
    """What rests and could be filled; the first of them by name."""
    say = viewer.say
    if not report.entries:
        return
    yield _BLANK
    yield say("vanish-entries", count=len(report.entries))
    for each in report.entries[:_ENTRIES]:
        rules = _rules(shown, each.order.symbol)
        yield _entry(viewer, each, rules)
        if each.needs_us:
            yield say("vanish-entry-here", what=_lacking(viewer, each, rules))
    if len(report.entries) > _ENTRIES:
        yield say("vanish-more-entries", count=len(report.entries) - _ENTRIES)


def _entry(viewer: RenderContext, entry: EntryAlone, rules: Instrument | None) -> Markup:
    say, figures, order = viewer.say, viewer.figures, entry.order
    price = order.price or order.trigger_price
    return say(
        "vanish-entry",
        side=say.plain("side-buy" if order.side is Side.BUY else "side-sell"),
        size=figures.size(order.qty - (order.cum_exec_qty or Decimal(0)), rules, base_of(order.symbol)),
        price=say.plain("cancels-market") if price is None else figures.price(price, rules),
        stop="" if entry.stop is None else figures.price(entry.stop, rules),
        protected=int(entry.stop is not None),
    )


def _lacking(viewer: RenderContext, entry: EntryAlone, rules: Instrument | None) -> Markup:
    """What an entry that was filled without us would lack."""
    say = viewer.say
    parts = []
    if entry.targets:
        count, prices = len(entry.targets), _prices(viewer, entry.targets, rules)
        parts.append(say("vanish-entry-targets", count=count, prices=prices))
    if entry.trailing is not None:
        parts.append(say("vanish-trailing", price=viewer.figures.price(entry.trailing, rules)))
    if entry.breakeven:
        parts.append(say("vanish-entry-breakeven"))
    return join(parts, ", ")


def _outages(viewer: RenderContext, account: Account) -> list[Markup]:
    """What each outage would mean, and what lives here in any case."""
    where = _where(account)
    keys = ("vanish-only-here", "vanish-our-outage", "vanish-exchange-outage", "vanish-telegram-outage")
    return [viewer.say(key, where=where) for key in keys]


def _cures(
    viewer: RenderContext, account: Account, report: VanishReport | None, legs: Sequence[LegAlone]
) -> list[CardButton]:
    """What mends each red line of the page; nothing where orders of that account are not placed here."""
    if report is None or not viewer.trades(account):
        return []
    found = []
    if report.entries:
        found.append(button(viewer.say.plain("button-vanish-entries"), viewer.data(ShowCancels(account.account_id))))
    for leg in legs:
        position = leg.position
        key, name = (account.account_id, position.symbol, position.position_idx), base_of(position.symbol)
        if not leg.is_managed:
            found.append(button(leg_label(viewer, position), viewer.data(ShowLeg(*key))))
        if leg.is_naked or leg.promised_stop is not None:
            found.append(button(viewer.say.plain("button-vanish-stop", name=name), viewer.data(AskStop(*key))))
        if leg.promised_trailing is not None:
            found.append(button(viewer.say.plain("button-vanish-trail", name=name), viewer.data(AskTrail(*key))))
        if leg.missing:
            found.append(button(viewer.say.plain("button-vanish-targets", name=name), viewer.data(AskTargets(*key))))
        if leg.breakeven:
            found.append(
                button(viewer.say.plain("button-vanish-breakeven", name=name), viewer.data(AskBreakeven(*key)))
            )
    return found
