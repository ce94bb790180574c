"""The terms: read any time, accepted before the first key or payment, recorded."""

from dataclasses import replace
from typing import Final

from telegram import InlineKeyboardButton

from bot.services.chat.buttons import ButtonAction
from bot.services.users.people import TERMS_VERSION
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, action, command
from handlers.users.people_views import accepted_card, terms_gate_card
from handlers.users.privacy_views import terms_card

ACCEPT: Final = "terms.accept"
_THEN: Final = "then"


async def show_terms(ctx: UpdateContext) -> None:
    """`/terms`."""
    state = await ctx.services.privacy.state(ctx.user_id)
    agree: InlineKeyboardButton | None = None
    if ctx.config.terms_version < TERMS_VERSION:
        (agree,) = await ctx.buttons([(ctx.say.plain("button-accept"), ButtonAction(action=ACCEPT))])
    await ctx.show(terms_card(ctx.viewer, state, agree))


async def ask_for_terms(ctx: UpdateContext, resume: ButtonAction | None, *, key_waits: bool) -> None:
    """Show them with [I accept]; `resume` is what goes on after that, None if it has to be asked for again."""
    values = {} if resume is None else {_THEN: resume.action, **resume.values}
    (accept,) = await ctx.buttons([(ctx.say.plain("button-accept"), ButtonAction(action=ACCEPT, values=values))])
    await ctx.show(terms_gate_card(ctx.viewer, accept, key_waits=key_waits))


async def accept_terms(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[I accept]."""
    await ctx.services.people.accept_terms(ctx.user_id)
    config = await ctx.services.people.config(ctx.user_id)
    agreed = ctx if config is None else replace(ctx, config=config)
    values = dict(button_action.values)
    action = values.pop(_THEN, None)
    if action is None:
        await agreed.show(accepted_card(agreed.viewer))
    else:
        await agreed.data.router.run_action(agreed, ButtonAction(action=action, values=values))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("terms", show_terms, access=EVERYONE, description="command-terms"),
    action(ACCEPT, accept_terms, access=EVERYONE),
)
