"""How a drill reads: before it, while it runs, and the page of what the exchange did alone."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.drills import SECONDS, Drill, DrillEnd, DrillEvent, DrillOverMessage, DrillStep, ScriptedMove
from bot.domain.portfolio import Execution, Side
from bot.domain.trades import FUNDING
from handlers.core.links import ShowPositions, ShowVanish
from handlers.texts.catalog import Markup, Translator, join, safe
from handlers.trading.drill_codes import ShowDrill
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.figures import Figures, arrow
from handlers.views.frame import command_button, menu_row, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_MOST_LINES: Final = 8  # of each list
_DIGITS: Final = 5
_MINUTE: Final = 60  # seconds
_QUOTE: Final = "USDT"
_BLANK: Final = Markup("")
_CENT: Final = Decimal("0.01")


def ask_drill_card(viewer: RenderContext, account: Account, last: Drill | None, start: CardButton) -> Card:
    """What will happen, with the button that begins it."""
    text = viewer.say("drill-ask", account=viewer.account_name(account), seconds=SECONDS)
    before: Row = ()
    if last is not None and last.ended_ts is not None:
        before = (button(viewer.say.plain("button-drill-last"), viewer.data(ShowDrill(last.drill_id))),)
    return Card(text=text, rows=((start,), (*before, *menu_row(viewer))))


def running_card(viewer: RenderContext, account: Account, drill: Drill, stop: CardButton) -> Card:
    """Until when nothing is managed; panic and closes work all the while."""
    text = viewer.say("drill-runs", account=viewer.account_name(account), time=viewer.when(drill.until_ts))
    look = button(viewer.say.plain("button-refresh"), viewer.data(ShowDrill(drill.drill_id)))
    return Card(text=text, rows=((stop,), (look, *_ways(viewer, account), *menu_row(viewer))))


def drill_card(viewer: RenderContext, account: Account, drill: Drill, fills: Sequence[Execution]) -> Card:
    """The account itself at real prices, then the scripted minute: alone, managed, and what was caught up."""
    say, shown = viewer.say, drill.rehearsal
    how = (drill.ended_how or DrillEnd.TIME).value
    parts = [
        say("drill-title", account=viewer.account_name(account), time=viewer.when(drill.started_ts)),
        say("drill-ended", how=how),
        _BLANK,
        say("drill-real"),
        *_real(viewer, drill, fills),
        _BLANK,
        say("drill-scripted"),
        *(_move(viewer, each) for each in shown.moves),
        say("drill-alone"),
        *_steps(viewer, shown.alone),
        say("drill-managed"),
        *_steps(viewer, shown.managed),
        say("drill-caught-up"),
        *_steps(viewer, shown.caught_up),
        _BLANK,
        *_results(viewer, drill),
    ]
    again = command_button(viewer, "button-drill-again", "drill")
    return Card(text=join(parts), rows=((*again, *_ways(viewer, account)), menu_row(viewer)))


def drill_over(say: Translator, told: DrillOverMessage) -> Card:
    """The message that a drill is over."""
    figures = Figures(say.language)
    text = say(
        "drill-over",
        how=told.how.value,
        fills=told.fills,
        count=told.caught_up,
        alone=figures.money(told.result_alone.quantize(_CENT), _QUOTE, signed=True),
        managed=figures.money(told.result_managed.quantize(_CENT), _QUOTE, signed=True),
    )
    return Card(text=text, rows=((button(say.plain("button-drill-page"), ShowDrill(told.drill_id).encode()),),))


def _ways(viewer: RenderContext, account: Account) -> Row:
    return (
        *screen_button(viewer, "button-positions", ShowPositions(account.account_id)),
        *screen_button(viewer, "button-vanish", ShowVanish(account.account_id)),
    )


def _real(viewer: RenderContext, drill: Drill, fills: Sequence[Execution]) -> Iterable[Markup]:
    """What the practice exchange executed in the account itself, what was caught up, and its value."""
    say, figures = viewer.say, viewer.figures
    traded = [each for each in fills if each.exec_type != FUNDING]
    if not traded:
        yield say("drill-nothing-fired")
    for each in traded[:_MOST_LINES]:
        yield say(
            "drill-fill",
            side=_side(viewer, each.side),
            size=figures.size(each.exec_qty, None, base_of(each.symbol)),
            price=figures.price(each.exec_price or Decimal(0), None),
        )
    if len(traded) > _MOST_LINES:
        yield say("drill-more", count=len(traded) - _MOST_LINES)
    yield say("drill-real-caught-up", count=drill.caught_up)
    if drill.value_before is not None and drill.value_after is not None:
        change = (drill.value_after - drill.value_before).quantize(_CENT)
        yield say("drill-value", arrow=arrow(change), change=figures.money(change, _QUOTE, signed=True))


def _move(viewer: RenderContext, move: ScriptedMove) -> Markup:
    """BTC 64,210 → 66,132 → 62,160."""
    prices = [move.start, move.by, move.end] if move.by != move.start else [move.start, move.end]
    way = " → ".join(_price(viewer, each) for each in prices)
    return safe(f"{base_of(move.symbol)} {way}")


def _price(viewer: RenderContext, price: Decimal) -> str:
    """With five digits, which are enough to see a move."""
    return viewer.figures.number(price, Decimal(1).scaleb(price.adjusted() - _DIGITS + 1))


def _steps(viewer: RenderContext, steps: Sequence[DrillStep]) -> Iterable[Markup]:
    if not steps:
        yield viewer.say("drill-no-steps")
    for each in steps[:_MOST_LINES]:
        yield _step(viewer, each)
    if len(steps) > _MOST_LINES:
        yield viewer.say("drill-more", count=len(steps) - _MOST_LINES)


def _step(viewer: RenderContext, step: DrillStep) -> Markup:
    """0:24 Target: Sell 0.005 BTC at 66,000."""
    is_fill = step.event in {
        DrillEvent.ENTRY,
        DrillEvent.TARGET,
        DrillEvent.STOP,
        DrillEvent.LIQUIDATION,
        DrillEvent.CLOSED,
    }
    return viewer.say(
        "drill-step",
        time=f"{step.second // _MINUTE}:{step.second % _MINUTE:02}",
        event=step.event.value,
        name=base_of(step.symbol),
        side=_side(viewer, step.side),
        size=viewer.figures.size(step.qty, None, base_of(step.symbol)) if is_fill else "",
        price=viewer.figures.price(step.price, None) if step.price else "",
        priced=int(bool(step.price)),
    )


def _side(viewer: RenderContext, side: Side) -> str:
    return viewer.say.plain("side-buy" if side is Side.BUY else "side-sell")


def _results(viewer: RenderContext, drill: Drill) -> Iterable[Markup]:
    """By how much the copies' values changed."""
    shown, figures = drill.rehearsal, viewer.figures
    alone, managed = (each.quantize(_CENT) for each in (shown.result_alone, shown.result_managed))
    yield viewer.say(
        "drill-results",
        alone=figures.money(alone, _QUOTE, signed=True),
        managed=figures.money(managed, _QUOTE, signed=True),
        difference=figures.money(managed - alone, _QUOTE, signed=True),
    )
