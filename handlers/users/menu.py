"""/menu, /help, /cancel, and the buttons that stand for a typed command."""

from collections.abc import Collection
from typing import Final

from bot.domain.errors import ButtonExpired
from handlers.core.context import UpdateContext
from handlers.core.links import RunCommand
from handlers.core.specs import EVEN_BANNED, EVERYONE, HandlerSpec, command, view
from handlers.users.callbacks import ShowMenu
from handlers.users.menu_views import expired_card, group_card, help_card, menu_card
from handlers.views.problems import ProblemCard


async def show_menu(ctx: UpdateContext) -> None:
    """The menu: the screens of every day, and the ways to the rest."""
    await ctx.show(menu_card(ctx.viewer))


async def show_help(ctx: UpdateContext) -> None:
    """The commands that this person can type."""
    await ctx.show(help_card(ctx.viewer, _commands(ctx)))


async def show_group(ctx: UpdateContext, code: ShowMenu) -> None:
    """[More], and for those who run the bot what they do it with."""
    await ctx.show(group_card(ctx.viewer, code.group, _commands(ctx)))


async def cancel_dialogue(ctx: UpdateContext) -> None:
    """Leave an open dialogue, whichever it is; a card's [Cancel] leaves the card."""
    was_open = await ctx.services.dialogues.end(ctx.user_id)
    is_done = was_open or ctx.query is not None
    await ctx.show(menu_card(ctx.viewer, lead=ctx.say("cancel-done" if is_done else "cancel-nothing")))


async def run_menu_command(ctx: UpdateContext, code: RunCommand) -> None:
    """A menu button, or "did you mean /balance"."""
    await ctx.data.router.run_command(ctx, f"/{code.command}")


def _commands(ctx: UpdateContext) -> Collection[str]:
    return ctx.data.router.commands(ctx.services.roles.role(ctx.config))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("menu", show_menu, access=EVERYONE),
    command("help", show_help, access=EVERYONE),
    command("cancel", cancel_dialogue, access=EVERYONE, leaves_question=False),
    view(RunCommand, run_menu_command, access=EVEN_BANNED, leaves_question=False),
    view(ShowMenu, show_group, access=EVERYONE),
)
PROBLEMS: Final = (ProblemCard(ButtonExpired, expired_card),)
