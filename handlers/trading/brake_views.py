"""Cards of what stops entries: a pause of one's own, a halt of everybody's."""

from bot.domain.accounts import Account
from bot.domain.closings import HaltState
from handlers.core.links import ShowPositions
from handlers.texts.catalog import Markup, join
from handlers.trading.cancel_views import canceling_line
from handlers.trading.legs import ActOutcome
from handlers.views.cards import Card, CardButton, Row
from handlers.views.frame import menu_row, screen_button
from handlers.views.render_context import RenderContext


def paused_card(viewer: RenderContext, account: Account, outcome: ActOutcome, act: CardButton) -> Card:
    """No entries until resumed, and what became of those that rested."""
    lines = [viewer.say("pause-done", account=viewer.account_name(account))]
    lines += [canceling_line(viewer, each) for each in outcome.intents]
    return Card(text=join(lines), rows=((act,), _ways(viewer, account)))


def resumed_card(viewer: RenderContext, account: Account, halt: HaltState, *, was_paused: bool) -> Card:
    """Entries are open again, as far as that is one's own doing."""
    key = "resume-done" if was_paused else "resume-was-none"
    lines = [viewer.say(key, account=viewer.account_name(account))]
    if halt.since is not None:
        lines.append(viewer.say("halt-stands", time=viewer.when(halt.since)))
    return Card(text=join(lines), rows=(_ways(viewer, account),))


def halt_card(viewer: RenderContext, state: HaltState, act: CardButton | None, *, lead: Markup | None = None) -> Card:
    """Whether entries are stopped for everybody, since when, by whom and why."""
    lines = [] if lead is None else [lead]
    if state.since is None:
        lines.append(viewer.say("halt-none"))
    else:
        time = viewer.when(state.since)
        lines.append(viewer.say("halt-on", time=time, name=state.actor_name or viewer.say.plain("unknown")))
        if not state.is_managing:
            lines.append(viewer.say("halt-not-managed"))
        if state.reason:
            lines.append(viewer.say("halt-reason", reason=state.reason))
    return Card(text=join(lines), rows=(() if act is None else (act,), menu_row(viewer)))


def _ways(viewer: RenderContext, account: Account) -> Row:
    return (*screen_button(viewer, "button-positions", ShowPositions(account.account_id)), *menu_row(viewer))
