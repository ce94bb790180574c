"""/health: how the process does, from its own counters."""

from typing import Final

from handlers.admin.health_views import health_card
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, command


async def show_health(ctx: UpdateContext) -> None:
    """Reasons, ages, rates; no user, no secret."""
    await ctx.show(health_card(ctx.viewer, ctx.data.health()))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("health", show_health, access=ADMIN),)
