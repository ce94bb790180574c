"""The terms: read any time, accepted before the first key or payment, recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.payloads import encode
from bot.services.chat.buttons import ButtonAction
from bot.services.users.people import TERMS_VERSION
from handlers.core.context import UpdateContext
from handlers.core.specs import EVEN_BANNED, EVERYONE, HandlerSpec, action, command
from handlers.users.people_views import accepted_card, terms_gate_card
from handlers.users.privacy_views import terms_card
from handlers.views.cards import CardButton


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTerms(ButtonAction):
    """[I accept], and the action that goes on after it: its stored form lies flat beside its name."""

    ACTION = "terms.accept"
    then: str | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


async def show_terms(ctx: UpdateContext) -> None:
    """`/terms`."""
    state = await ctx.services.privacy.state(ctx.user_id)
    agree: CardButton | None = None
    if ctx.config.terms_version < TERMS_VERSION:
        (agree,) = await ctx.buttons([(ctx.say.plain("button-accept"), AcceptTerms())])
    await ctx.show(terms_card(ctx.viewer, state, agree))


async def ask_for_terms(ctx: UpdateContext, resume: ButtonAction | None, *, key_waits: bool) -> None:
    """Show them with [I accept]; `resume` is what goes on after that, None if it has to be asked for again."""
    action = AcceptTerms() if resume is None else AcceptTerms(then=resume.ACTION, values=encode(resume))
    (accept,) = await ctx.buttons([(ctx.say.plain("button-accept"), action)])
    await ctx.show(terms_gate_card(ctx.viewer, accept, key_waits=key_waits))


async def accept_terms(ctx: UpdateContext, payload: AcceptTerms) -> None:
    """[I accept]."""
    await ctx.services.people.accept_terms(ctx.user_id)
    config = await ctx.services.people.config(ctx.user_id)
    agreed = ctx if config is None else replace(ctx, config=config)
    if payload.then is None:
        await agreed.show(accepted_card(agreed.viewer))
    else:
        await agreed.data.router.run_stored_action(agreed, payload.then, payload.values)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("terms", show_terms, access=EVEN_BANNED),
    action(AcceptTerms, accept_terms, access=EVERYONE),
)
