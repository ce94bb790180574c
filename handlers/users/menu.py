"""/menu, /help, /cancel, and the buttons that stand for a typed command."""

from typing import Final

from bot.domain.errors import ButtonExpired
from handlers.core.context import UpdateContext
from handlers.core.links import RunCommand
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.users.home_views import expired_card, help_card, menu_card
from handlers.views.problems import ProblemCard


async def show_menu(ctx: UpdateContext) -> None:
    """The menu: every screen one tap away."""
    await ctx.show(menu_card(ctx.viewer))


async def show_help(ctx: UpdateContext) -> None:
    """The commands that this person can type."""
    commands = ctx.data.router.commands(ctx.services.roles.role(ctx.config))
    await ctx.show(help_card(ctx.viewer, commands))


async def cancel_dialogue(ctx: UpdateContext) -> None:
    """Leave an open dialogue, whichever it is."""
    was_open = await ctx.services.dialogues.end(ctx.user_id)
    await ctx.show(menu_card(ctx.viewer, lead=ctx.say("cancel-done" if was_open else "cancel-nothing")))


async def run_menu_command(ctx: UpdateContext, code: RunCommand) -> None:
    """A menu button, or "did you mean /balance"."""
    await ctx.data.router.run_command(ctx, f"/{code.command}")


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("menu", show_menu, access=EVERYONE),
    command("help", show_help, access=EVERYONE),
    command("cancel", cancel_dialogue, access=EVERYONE, leaves_question=False),
    view(RunCommand, run_menu_command, access=EVERYONE, leaves_question=False),
)
PROBLEMS: Final = (ProblemCard(ButtonExpired, expired_card),)
