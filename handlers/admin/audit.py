"""/audit: who did what to whom, and when, newest first. The pages are read, never written."""

import re
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import UserId
from handlers.admin.audit_views import AREAS, ROWS_A_PAGE, audit_card
from handlers.admin.callbacks import ShowAudit
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, command, view

ALL: Final = "all"
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")


async def show_audit(ctx: UpdateContext) -> None:
    """`/audit`, `/audit promo`, `/audit 1002`, `/audit promo 1002`."""
    area, user_id = ALL, UserId(0)
    for word in ctx.arguments:
        if word.lower() in AREAS:
            area = word.lower()
        elif _USER_ID.fullmatch(word):
            user_id = UserId(int(word))
        else:
            raise BadInput("audit-usage", areas=", ".join(AREAS))
    await _show_audit(ctx, area, user_id, 0)


async def show_audit_page(ctx: UpdateContext, code: ShowAudit) -> None:
    """The audit after a filter or [Older]."""
    await _show_audit(ctx, code.area, code.user_id, code.before)


async def _show_audit(ctx: UpdateContext, area: str, user_id: UserId, before: int) -> None:
    rows = await ctx.services.user_admin.audit_page(
        before=before or None,
        area=None if area == ALL else area,
        subject=None if user_id == 0 else user_id,
        limit=ROWS_A_PAGE + 1,
    )
    names = await ctx.services.user_admin.names(rows[:ROWS_A_PAGE])
    await ctx.show(audit_card(ctx.viewer, rows, names, area=area, user_id=user_id, is_newest=before == 0))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("audit", show_audit, access=ADMIN),
    view(ShowAudit, show_audit_page, access=ADMIN),
)
