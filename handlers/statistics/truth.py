"""/truth: what the cards of a month promised, and what happened."""

from typing import Final

from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.statistics.codes import ShowTruth
from handlers.statistics.truth_views import truth_card
from handlers.statistics.words import wanted


async def truth_command(ctx: UpdateContext) -> None:
    """`/truth`, `/truth last demo`."""
    asked = wanted(ctx)
    await show_truth(ctx, ShowTruth(asked.account.account_id, asked.back))


async def show_truth(ctx: UpdateContext, code: ShowTruth) -> None:
    """A month. Raises ButtonExpired for an account that is not the presser's."""
    account = ctx.config.own_account(code.account_id)
    await ctx.present(
        lambda: ctx.services.results.truth.shown(ctx.config, account, code.back),
        lambda viewer, shown: truth_card(viewer, account, code, shown),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("truth", truth_command, access=EVERYONE),
    view(ShowTruth, show_truth, access=EVERYONE),
)
