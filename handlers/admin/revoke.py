"""/revoke: which rows of somebody's license time are taken, and how much of them. Paid ones are offered as refunds."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.ids import DAY
from bot.domain.licensing import EntryKind, HeldGrant
from bot.services.admin.user_actions import new_nonce
from bot.services.chat.buttons import ButtonAction
from handlers.admin.callbacks import ShowLicenseHistory
from handlers.admin.drafts import AdminDraft, PerformAction, admin_action_of
from handlers.admin.revoke_views import grant_label, history_card, revoke_card
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, action, view
from handlers.views.cards import CardButton, Row

_NO_ROW: Final = (0,)  # none would be all of them
_FEWER: Final = (1, 5, 30)  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseGrants(AdminDraft, ButtonAction):
    """Another choice of rows, or of days."""

    ACTION = "desk.choose"
    reason: str = field(repr=False)


async def show_revocation(ctx: UpdateContext, draft: AdminDraft, reason: str) -> None:
    """The rows, those that are not paid for chosen at first. Raises BadInput where nothing may or can be taken."""
    await ctx.services.user_admin.preview(ctx.config, admin_action_of(draft, reason, new_nonce()))
    grants = await ctx.services.user_admin.grants(draft.user)
    unpaid = [each.entry_id for each in grants if each.kind is not EntryKind.PAYMENT]
    chosen = unpaid or [each.entry_id for each in grants]
    await _show(ctx, draft, reason, grants, chosen[:1] if draft.days else chosen)


async def choose_grants(ctx: UpdateContext, payload: ChooseGrants) -> None:
    """A row ticked or unticked, or so many days of it."""
    grants = await ctx.services.user_admin.grants(payload.user)
    await _show(ctx, payload, payload.reason, grants, payload.entries)


async def _show(
    ctx: UpdateContext, draft: AdminDraft, reason: str, grants: Sequence[HeldGrant], chosen: Sequence[int]
) -> None:
    entries = tuple(each.entry_id for each in grants if each.entry_id in chosen)
    draft = AdminDraft(act=draft.act, user=draft.user, days=draft.days, entries=entries)
    admin_action = admin_action_of(replace(draft, entries=entries or _NO_ROW), reason, new_nonce())
    preview = await ctx.services.user_admin.preview(ctx.config, admin_action)
    rows = [*await _choices(ctx, draft, reason, grants)]
    if entries:
        perform = PerformAction(
            act=draft.act, user=draft.user, days=draft.days, entries=entries, reason=reason, nonce=admin_action.nonce
        )
        rows.append(await ctx.buttons([(ctx.say.plain("deed-confirm", act=draft.act.value), perform)]))
    await ctx.show(revoke_card(ctx.viewer, admin_action, preview, grants, rows))


async def _choices(
    ctx: UpdateContext, draft: AdminDraft, reason: str, grants: Sequence[HeldGrant]
) -> list[tuple[CardButton, ...]]:
    """A button a row, which ticks or unticks it; days of a row that is chosen alone."""

    def choose(entries: tuple[int, ...], days: int = 0) -> ChooseGrants:
        return ChooseGrants(act=draft.act, user=draft.user, entries=entries, days=days, reason=reason)

    toggles: list[tuple[str, ButtonAction]] = []
    for number, grant in enumerate(grants, 1):
        is_on = grant.entry_id in draft.entries
        others = tuple(each for each in draft.entries if each != grant.entry_id)
        label = grant_label(ctx.viewer, number, grant, is_on=is_on)
        toggles.append((label, choose(others if is_on else (*others, grant.entry_id))))
    rows: list[Row] = [(each,) for each in await ctx.buttons(toggles)]
    alone = [each for each in grants if draft.entries == (each.entry_id,)]
    fewer = [days for each in alone for days in _FEWER if days * DAY < each.left]
    if fewer:
        choices: list[tuple[str, ButtonAction]] = [
            (ctx.say.plain("button-fewer-days", days=days), choose(draft.entries, days)) for days in fewer
        ]
        rows.append(await ctx.buttons(choices))
    return rows


async def show_history(ctx: UpdateContext, code: ShowLicenseHistory) -> None:
    """[License history] of a user's card."""
    subject = await ctx.services.user_admin.subject(code.user_id)
    await ctx.show(history_card(ctx.viewer, subject, await ctx.services.user_admin.history(code.user_id)))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(ChooseGrants, choose_grants, access=ADMIN),
    view(ShowLicenseHistory, show_history, access=ADMIN),
)
