"""/license: what is held and until when, what each type opens, and the trial."""

from dataclasses import dataclass
from typing import Final

from bot.domain.licensing import TRIAL_DAYS
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.specs import AFTER_TERMS, EVEN_BANNED, HandlerSpec, action, command
from handlers.licensing.views import WAYS, license_card
from handlers.texts.catalog import Markup
from handlers.views.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrial(ButtonAction):
    """[Start the 7-day trial]."""

    ACTION = "license.trial"


async def show_license(ctx: UpdateContext) -> None:
    """The license with what runs and what follows; changes nothing."""
    await ctx.show(await _license_card(ctx))


async def start_trial(ctx: UpdateContext, _: StartTrial) -> None:
    """[Start the 7-day trial]."""
    await ctx.services.licenses.start_trial(ctx.user_id)
    await ctx.show(await _license_card(ctx, lead=ctx.say("license-trial-started", days=TRIAL_DAYS)))


async def _license_card(ctx: UpdateContext, *, lead: Markup | None = None) -> Card:
    services = ctx.services
    held = await services.reads.license(ctx.user_id)
    trial = None
    if await services.licenses.may_try(ctx.user_id):
        (trial,) = await ctx.buttons([(ctx.say.plain("button-trial", days=TRIAL_DAYS), StartTrial())])
    commands = ctx.data.router.commands(services.roles.role(ctx.config))
    ways = tuple(each for each in WAYS if each in commands)
    return license_card(ctx.viewer, held, trial=trial, ways=ways, lead=lead)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("license", show_license, access=EVEN_BANNED),
    action(StartTrial, start_trial, access=AFTER_TERMS),
)
