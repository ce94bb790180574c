"""A panic as it goes: what would be closed, what is closed, and when flat may be said."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.legs import LegClosing, LegProgress, PanicReport, Silence
from bot.domain.market import Instruments
from bot.domain.portfolio import LegKey, Position, Side
from handlers.core.links import ShowPositions
from handlers.texts.catalog import Markup, join
from handlers.trading.brief_orders import brief_lines
from handlers.views.cards import Card, CardButton, Row
from handlers.views.figures import arrow
from handlers.views.frame import menu_row, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of

_MARKS: Final = {
    LegProgress.STANDS: "•",
    LegProgress.CLOSING: "⏳",
    LegProgress.FLAT: "✅",
    LegProgress.REFUSED: "⛔",
    LegProgress.UNKNOWN: "⏳",
}
_URGENCY: Final = (
    LegProgress.REFUSED,
    LegProgress.UNKNOWN,
    LegProgress.CLOSING,
    LegProgress.STANDS,
    LegProgress.FLAT,
)
_NAMED: Final = 4  # positions that stand on, in a sentence
LISTED: Final = 20  # legs that are told one by one

LegResults = Mapping[LegKey, Decimal]
"""What a close of a whole leg brought after all fees, in the quote coin."""


def panic_card(
    viewer: RenderContext,
    account: Account,
    report: PanicReport,
    results: LegResults,
    rules: Sequence[Instruments],
    acts: Sequence[CardButton],
) -> Card:
    """What is stopped, what is closed, what stands, and what nobody knows yet.

    The last of `acts`, [Resume entries], stands beside [Positions].
    """
    say = viewer.say
    lines = [
        say("panic-title", account=viewer.account_name(account)),
        say("panic-stopped"),
        say("panic-canceled", count=report.canceled),
    ]
    lines += [_leg_line(viewer, each, results, rules) for each in _listed(report)]
    if len(report.legs) > LISTED:
        flat = sum(each.progress is LegProgress.FLAT for each in report.legs)
        lines.append(say("panic-more", count=len(report.legs) - LISTED))
        if 0 < flat < len(report.legs):
            lines.append(say("panic-count", flat=flat, all=len(report.legs)))
    if report.foreign:
        lines += [Markup(""), say("panic-foreign")]
        lines += [_foreign_line(viewer, each, rules) for each in report.foreign[:LISTED]]
    if report.foreign_entries:
        orders = tuple(each.order for each in report.foreign_entries)
        lines += [Markup(""), say("panic-foreign-entries"), *brief_lines(say, orders)]
    lines += [Markup(""), *_state_lines(viewer, report)]
    if is_flat(report) and len(results) == len(report.legs) > 1:
        total = sum(results.values(), Decimal(0))
        lines.append(say("closing-result", arrow=arrow(total), pnl=viewer.figures.money(total, "USDT", signed=True)))
    if len(viewer.config.accounts) > 1:
        lines.append(say("panic-this-alone", account=viewer.account_name(account)))
    *first, resume = acts
    rows: tuple[Row, ...] = tuple((each,) for each in first)
    ways = (*screen_button(viewer, "button-positions", ShowPositions(account.account_id)), resume)
    return Card(text=join(lines), rows=(*rows, ways, menu_row(viewer)))


def _is_silent(report: PanicReport) -> bool:
    return report.silence is not Silence.NONE


def standing(report: PanicReport) -> tuple[LegClosing, ...]:
    """The legs that nothing closes yet."""
    return tuple(each for each in report.legs if each.progress is LegProgress.STANDS)


def _listed(report: PanicReport) -> Sequence[LegClosing]:
    """The legs that are told one by one: of many those that are not flat yet, refused ones first."""
    if len(report.legs) <= LISTED:
        return report.legs
    return sorted(report.legs, key=lambda each: _URGENCY.index(each.progress))[:LISTED]


def is_flat(report: PanicReport) -> bool:
    """Whether every leg is known to be flat, and nothing is under way that could open one."""
    if not report.is_over or report.unknown or report.unreadable or (_is_silent(report) and not report.legs):
        return False
    return all(each.progress is LegProgress.FLAT for each in report.legs)


def _state_lines(viewer: RenderContext, report: PanicReport) -> list[Markup]:
    """Flat, or what is still missing for that."""
    say, lines = viewer.say, []
    if report.unknown:
        until = report.unknown_until
        time = "–" if until is None else viewer.when(until)
        lines.append(say("panic-unknown", count=len(report.unknown), time=time))
    if report.unreadable:
        lines.append(say("panic-unreadable", names=", ".join(report.unreadable)))
    is_refused = any(each.progress is LegProgress.REFUSED for each in report.legs)
    is_told = report.silence is Silence.NO_KEY and is_refused  # the line of that leg says so
    if _is_silent(report) and not is_told and not is_flat(report):
        lines.append(say("panic-silence", silence=report.silence.value))
    if is_refused:
        lines.append(say("panic-refused"))
    if standing(report):
        lines.append(say("panic-confirm"))
    elif not report.legs and not lines:
        lines.append(say("panic-nothing", foreign=int(bool(report.foreign))))
    elif is_flat(report):
        lines.append(_flat_line(viewer, report))
    elif not lines:
        lines.append(say("panic-closing"))
    return lines


def _flat_line(viewer: RenderContext, report: PanicReport) -> Markup:
    """Flat; where positions that were opened elsewhere stand, of what was ticked alone, and which those are."""
    if not report.foreign:
        return viewer.say("panic-flat")
    words = {Side.BUY: viewer.say.plain("side-long"), Side.SELL: viewer.say.plain("side-short")}
    names = ", ".join(f"{base_of(each.symbol)} {words[each.side]}" for each in report.foreign[:_NAMED])
    return viewer.say("panic-flat-but", names=names, more=max(0, len(report.foreign) - _NAMED))


def _leg_line(viewer: RenderContext, leg: LegClosing, results: LegResults, rules: Sequence[Instruments]) -> Markup:
    say, name = viewer.say, _named(viewer, leg.leg.symbol, leg.side, leg.size, rules)
    progress = say.plain("panic-progress", progress=leg.progress.value)
    line = say("panic-line", mark=_MARKS[leg.progress], leg=name, progress=progress)
    if leg.reason and say.texts.has(leg.reason):
        return join([line, say(leg.reason, code=0, symbol=leg.leg.symbol)], ". ")
    if leg.progress is LegProgress.FLAT and leg.leg in results:
        net = viewer.figures.money(results[leg.leg], quote_of(leg.leg.symbol), signed=True)
        return say("panic-line-result", line=line, net=net)
    return line


def _foreign_line(viewer: RenderContext, position: Position, rules: Sequence[Instruments]) -> Markup:
    name = _named(viewer, position.symbol, position.side, position.size, rules)
    return viewer.say("panic-line", mark="•", leg=name, progress=viewer.say.plain("panic-untouched"))


def _named(viewer: RenderContext, symbol: Symbol, side: Side, size: Decimal, rules: Sequence[Instruments]) -> str:
    """BTC Long 0.031."""
    instrument = next((each.find(symbol) for each in rules), None)
    word = viewer.say.plain("side-long" if side is Side.BUY else "side-short")
    return f"{base_of(symbol)} {word} {viewer.figures.size(size, instrument)}"
