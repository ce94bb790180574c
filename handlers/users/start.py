"""/start: asks nothing, stands at once, and may be sent a hundred times."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE
from bot.domain.promo_codes import looks_like_code
from bot.domain.users import Role
from bot.services.instruments import WithInstruments
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.core.context import UpdateContext, known_or_trouble
from handlers.core.links import OWNER_PAYLOAD, PROMO_PAYLOAD, SUBSCRIBE_PAYLOAD
from handlers.core.menus import publish_role_menu
from handlers.core.specs import EVERYONE, HandlerSpec, command
from handlers.texts.catalog import Markup
from handlers.users.home_views import welcome_card
from handlers.users.privacy_views import kept_card
from handlers.views.symbols import FAVORITES


async def greet(ctx: UpdateContext) -> None:
    """`/start`, `/start PAYLOAD`. The guard has met the person and kept the payload. Who begins again stays.

    A newcomer is welcomed first, whatever becomes of the payload.
    """
    if not ctx.is_new and await ctx.services.privacy.keep(ctx.user_id):
        await ctx.send(kept_card(ctx.viewer))
    payload = ctx.arguments[0] if ctx.arguments else ""
    role = ctx.services.roles.role(ctx.config)
    if ctx.is_new and role is not Role.USER:
        await publish_role_menu(ctx.bot, ctx.data.texts, ctx.data.router, ctx.user_id, role)
    if ctx.is_new and not payload.startswith(OWNER_PAYLOAD):
        await show_home(ctx)
    if payload.startswith(OWNER_PAYLOAD):
        await _claim(ctx, payload.removeprefix(OWNER_PAYLOAD))
    elif payload.startswith(PROMO_PAYLOAD):
        await ctx.data.router.run_command(ctx, "/redeem", payload.removeprefix(PROMO_PAYLOAD))
    elif looks_like_code(payload):  # typed as the link of a code says it
        await ctx.data.router.run_command(ctx, "/redeem", payload)
    elif payload == SUBSCRIBE_PAYLOAD:  # from a forwarded invoice
        await ctx.data.router.run_command(ctx, "/subscribe")
    elif not ctx.is_new:
        await show_home(ctx)


async def show_home(ctx: UpdateContext, *first_lines: Markup) -> None:
    """The first message: what the first account is worth, the price of Bitcoin, what to do next."""
    account = ctx.config.default_account

    def look() -> Awaitable[Shown[WithInstruments[PriceCard]]]:
        return ctx.services.market_screens.price(FAVORITES[0])

    balance, price = await asyncio.gather(
        known_or_trouble(lambda: ctx.services.account_screens.balance(account)), known_or_trouble(look)
    )
    known = None if balance.value is None else balance.value.total_equity
    value = PAPER_START_BALANCE if ctx.is_new else known
    await ctx.present_known(
        price,
        look,
        lambda viewer, shown: welcome_card(viewer, value, shown, is_new=ctx.is_new, first_lines=first_lines),
    )


async def _claim(ctx: UpdateContext, token: str) -> None:
    if await ctx.services.people.claim_owner(ctx.user_id, token):
        await publish_role_menu(ctx.bot, ctx.data.texts, ctx.data.router, ctx.user_id, Role.OWNER)
        await show_home(ctx, ctx.say("owner-claimed"))
    else:
        await show_home(ctx, ctx.say("owner-link-used"))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("start", greet, access=EVERYONE),)
