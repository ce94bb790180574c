"""/menu, /help, /cancel, and the buttons that stand for a typed command."""

from typing import Final

from handlers.core.callbacks import RunCommand
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows
from handlers.users.home_views import help_card, menu_card


async def menu(turn: Turn) -> None:
    """Every screen, one tap away."""
    await turn.show(menu_card(turn.viewer))


async def show_help(turn: Turn) -> None:
    """What this person can type."""
    commands = turn.data.router.commands(turn.services.access.role(turn.config))
    await turn.show(help_card(turn.viewer, commands))


async def cancel(turn: Turn) -> None:
    """Leave an open dialogue, whichever it is."""
    was_open = await turn.services.dialogues.end(turn.user_id)
    await turn.show(menu_card(turn.viewer, lead=turn.say("cancel-done" if was_open else "cancel-nothing")))


async def run_command(turn: Turn, code: RunCommand) -> None:
    """A menu button, or "did you mean /balance"."""
    await turn.data.router.run_command(turn, code.command)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("menu", menu, access=EVERYONE, description="command-menu"),
    command("help", show_help, access=EVERYONE, description="command-help"),
    command("cancel", cancel, access=EVERYONE, description="command-cancel"),
    shows(RunCommand, run_command, access=EVERYONE),
)
