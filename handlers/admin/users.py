"""/users: everybody by filter and page, search, and one user's card. Support may look, admins may act from it."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.admin import UserFilter
from bot.domain.errors import BadInput
from bot.services.chat.dialogues import DialoguePayload
from handlers.admin.callbacks import FindUser, ShowUser, ShowUsers
from handlers.admin.user_views import (
    USERS_A_PAGE,
    ask_find_card,
    campaign_users_card,
    found_card,
    user_card,
    users_card,
)
from handlers.core.context import UpdateContext
from handlers.core.links import AskCodeFor, ShowUsersOfCampaign
from handlers.core.phrases import is_no_command
from handlers.core.specs import ADMIN, SUPPORT, HandlerSpec, command, dialogue, view

_MOST_FOUND: Final = 12
_LONGEST: Final = 64
_CAMPAIGN: Final = re.compile(r"#([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUserDialogue(DialoguePayload):
    """A name or an id to look for."""

    DIALOGUE = "users.find"


async def show_or_find_users(ctx: UpdateContext) -> None:
    """`/users`, `/users anna`, `/users @anna`, `/users 1002`, `/users #12` for those of a campaign."""
    if ctx.arguments:
        await _find_users(ctx, " ".join(ctx.arguments))
    else:
        await _show_users(ctx, UserFilter.ALL, 0)


async def show_users_page(ctx: UpdateContext, code: ShowUsers) -> None:
    """The list of users after a filter or a page's button."""
    await _show_users(ctx, code.shown, code.page)


async def show_users_of_campaign(ctx: UpdateContext, code: ShowUsersOfCampaign) -> None:
    """Those who redeemed a campaign. Raises BadInput for one that is not there."""
    await ctx.services.promo.campaign(code.campaign)
    lines, has_more = await ctx.services.user_admin.users_of_campaign(code.campaign, code.page, USERS_A_PAGE)
    await ctx.show(campaign_users_card(ctx.viewer, lines, code, has_more=has_more))


async def ask_whom_to_find(ctx: UpdateContext, _: FindUser) -> None:
    """[Find] asks for an id or a name."""
    await ctx.services.dialogues.begin(ctx.user_id, FindUserDialogue())
    await ctx.show(ask_find_card(ctx.viewer))


async def find_typed_user(ctx: UpdateContext, _: FindUserDialogue) -> None:
    """Searches for the id or the name that was typed."""
    await _find_users(ctx, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def show_user(ctx: UpdateContext, code: ShowUser) -> None:
    """The card of one user."""
    subject = await ctx.services.user_admin.subject(code.user_id)
    role = ctx.services.roles.role(ctx.config)
    redeem = None
    if ADMIN.admits(role):
        (redeem,) = await ctx.buttons([(ctx.say.plain("button-user-redeem"), AskCodeFor(user=code.user_id))])
    await ctx.show(user_card(ctx.viewer, role, subject, redeem))


async def _show_users(ctx: UpdateContext, shown: UserFilter, page: int) -> None:
    lines, has_more = await ctx.services.user_admin.users(shown, page, USERS_A_PAGE)
    await ctx.show(users_card(ctx.viewer, lines, shown, page, has_more=has_more))


async def _find_users(ctx: UpdateContext, wanted: str) -> None:
    wanted = wanted.strip()
    if not wanted or len(wanted) > _LONGEST:
        raise BadInput("users-find-usage")
    if campaign := _CAMPAIGN.fullmatch(wanted):
        await show_users_of_campaign(ctx, ShowUsersOfCampaign(int(campaign[1])))
        return
    lines = await ctx.services.user_admin.find_users(wanted, _MOST_FOUND)
    if len(lines) == 1:
        await show_user(ctx, ShowUser(lines[0].user_id))
    else:
        await ctx.show(found_card(ctx.viewer, wanted, lines))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("users", show_or_find_users, access=SUPPORT),
    view(ShowUsers, show_users_page, access=SUPPORT),
    view(ShowUsersOfCampaign, show_users_of_campaign, access=SUPPORT),
    view(FindUser, ask_whom_to_find, access=SUPPORT),
    view(ShowUser, show_user, access=SUPPORT),
    dialogue(FindUserDialogue, find_typed_user, access=SUPPORT, takes=is_no_command),
)
