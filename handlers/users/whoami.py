"""/whoami: the id that roles go by, the role, the language."""

from typing import Final

from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, command
from handlers.texts.catalog import LANGUAGE_NAMES
from handlers.users.people_views import whoami_card


async def show_identity(ctx: UpdateContext) -> None:
    """What the bot knows of whoever asks."""
    role = ctx.services.roles.role(ctx.config)
    await ctx.show(whoami_card(ctx.viewer, role, LANGUAGE_NAMES[ctx.config.language]))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("whoami", show_identity, access=EVERYONE),)
