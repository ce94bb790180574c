"""/positions: what is open, with its stops, targets and its distance to liquidation."""

from collections.abc import Callable
from typing import Final

from bot.domain.accounts import Account
from handlers.accounts.callbacks import ShowPositionDetails
from handlers.accounts.position_views import (
    NOTHING_PLANNED,
    Planned,
    PositionsShown,
    position_details_card,
    positions_card,
)
from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext
from handlers.core.links import ShowPositions
from handlers.core.specs import EXIT, HandlerSpec, command, view
from handlers.views.cards import Card
from handlers.views.render_context import RenderContext

Draw = Callable[[RenderContext, Account, PositionsShown, int, Planned], Card]


async def positions_command(ctx: UpdateContext) -> None:
    """`/positions`, `/positions demo`, `/positions demo 2`."""
    await _present(ctx, account_argument(ctx), 0, positions_card)


async def show_positions(ctx: UpdateContext, code: ShowPositions) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _present(ctx, ctx.config.own_account(code.account_id), code.page, positions_card)


async def show_position_details(ctx: UpdateContext, code: ShowPositionDetails) -> None:
    """[Details] below a list of many positions."""
    await _present(ctx, ctx.config.own_account(code.account_id), code.page, position_details_card)


async def _present(ctx: UpdateContext, account: Account, page: int, draw: Draw) -> None:
    """With every target of the plans, where something is open: the exchange shows the last one of a position alone.

    Those that do not stand as they were promised are marked.
    """
    planned, trading = NOTHING_PLANNED, ctx.services.trading

    async def load() -> PositionsShown:
        nonlocal planned
        shown = await ctx.services.account_screens.positions(account)
        if shown.later is not None or (shown.value is not None and shown.value.value.items):
            targets = await trading.watch.targets_left(account.account_id)
            stand = await trading.disagreements.of_account(ctx.config, account.account_id) if targets else ()
            planned = Planned(targets=targets, disagreements=stand)
        return shown

    await ctx.present(load, lambda viewer, shown: draw(viewer, account, shown, page, planned))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("positions", positions_command, access=EXIT),
    view(ShowPositions, show_positions, access=EXIT),
    view(ShowPositionDetails, show_position_details, access=EXIT),
)
