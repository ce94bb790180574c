"""A position and everything that can be done about it."""

from typing import Final

from handlers.core.context import UpdateContext
from handlers.core.links import ShowLeg
from handlers.core.specs import EXIT, HandlerSpec, view
from handlers.trading.accounts import managed_account
from handlers.trading.leg_views import leg_card
from handlers.trading.legs import read_leg


async def show_leg(ctx: UpdateContext, code: ShowLeg) -> None:
    """A position's own card, read fresh. Raises ButtonExpired, NotAllowed."""
    account = managed_account(ctx, code.account_id)
    await ctx.present(
        lambda: read_leg(ctx, account, code.symbol, code.position_idx),
        lambda viewer, shown: leg_card(viewer, account, code, shown),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (view(ShowLeg, show_leg, access=EXIT),)
