"""What came too late to be done by itself: it is told with its age, and [Do it now] does it."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import Millis
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, CommandSpec, HandlerSpec, action
from handlers.views.cards import Card, button
from handlers.views.frame import menu_row
from handlers.views.times import span

_LONGEST: Final = 100  # characters of a command that are shown again


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLateCommand(ButtonAction):
    """[Do it now] under a command that had waited too long; `words` are what stood behind it."""

    ACTION = "late.command"
    command: str
    words: str


async def explain_late(ctx: UpdateContext, spec: HandlerSpec, age_s: float) -> None:
    """Say what was not done and why, with a button that does it. A pressed button stays the one that it was."""
    say, age = ctx.say, span(ctx.say, age_s)
    sent = ctx.viewer.when(Millis(ctx.services.clock.now() - round(age_s * 1000)))
    label = say.plain("button-do-now")
    if isinstance(spec, CommandSpec):
        words = " ".join(ctx.arguments)
        text = say("late-command", command=f"/{spec.command} {words}"[:_LONGEST], sent=sent, age=age)
        row = await ctx.buttons([(label, RunLateCommand(command=spec.name, words=words))])
    else:
        text = say("late-press", sent=sent, age=age)
        data = ctx.query.data if ctx.query is not None else None
        row = () if data is None else (button(label, data),)
    await ctx.show(Card(text=text, rows=(row, menu_row(ctx.viewer))))


async def run_late_command(ctx: UpdateContext, payload: RunLateCommand) -> None:
    """[Do it now] under a command. Raises ButtonExpired for one that is not in the table any more."""
    await ctx.data.router.run_command(ctx, payload.command, *payload.words.split())


HANDLERS: Final[tuple[HandlerSpec, ...]] = (action(RunLateCommand, run_late_command, access=EVERYONE),)
