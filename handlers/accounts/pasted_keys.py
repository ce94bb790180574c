"""A key and its secret sent without /keys: out of the chat at once, then connected or thrown away."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.errors import BadInput
from bot.domain.secrets import Secret
from bot.domain.sites import DEFAULT_SITE
from bot.services.chat.buttons import ButtonAction
from handlers.accounts.key_places import attached_card
from handlers.accounts.key_views import pasted_key_card, thrown_away_card
from handlers.core.context import UpdateContext
from handlers.core.short_memory import PastedKey
from handlers.core.slow_reply import refuse_while_asking, show_when_ready
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action
from handlers.views.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPastedKey(ButtonAction):
    """[Connect as Bybit Demo], [Connect as Live]."""

    ACTION = "keys.pasted"
    account_type: AccountType


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowKeyAway(ButtonAction):
    """[Throw it away]."""

    ACTION = "keys.throw-away"


async def keep_pasted_key(ctx: UpdateContext, api_key: str, api_secret: str) -> None:
    """Keep both in memory and ask what they are; nothing is guessed, and nothing is written down."""
    is_gone = await ctx.delete_message()
    ctx.data.pasted_keys.put(ctx.user_id, PastedKey(api_key=Secret(api_key), api_secret=Secret(api_secret)))
    choices: list[tuple[str, ButtonAction]] = [
        (ctx.say.plain("button-connect-as", account=ctx.viewer.type_name(each)), ConnectPastedKey(account_type=each))
        for each in (AccountType.DEMO, AccountType.LIVE)
    ]
    buttons = await ctx.buttons([*choices, (ctx.say.plain("button-throw-away"), ThrowKeyAway())])
    await ctx.show(pasted_key_card(ctx.viewer, buttons, is_gone=is_gone))


async def connect_pasted_key(ctx: UpdateContext, payload: ConnectPastedKey) -> None:
    """Check the key and connect it. It is kept until that worked: the other account may be the right one."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    refuse_while_asking(ctx)
    key = ctx.data.pasted_keys.find(ctx.user_id)
    if key is None:
        raise BadInput("keys-not-kept")

    async def add() -> Card:
        found = await ctx.services.keys.add_secret(
            ctx.user_id, payload.account_type, DEFAULT_SITE, key.api_key, key.api_secret
        )
        ctx.data.pasted_keys.take(ctx.user_id)
        return await attached_card(ctx, found)

    await show_when_ready(ctx, add())


async def throw_key_away(ctx: UpdateContext, _: ThrowKeyAway) -> None:
    """Forget the pasted key."""
    ctx.data.pasted_keys.take(ctx.user_id)
    await ctx.show(thrown_away_card(ctx.viewer))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(ConnectPastedKey, connect_pasted_key, access=AFTER_TERMS),
    action(ThrowKeyAway, throw_key_away, access=EVERYONE),
)
