"""/license: what is held and until when, what each type opens, and the trial."""

from typing import Final

from bot.domain.licensing import TRIAL_DAYS
from bot.services.chat.buttons import Wish
from handlers.core.context import Turn
from handlers.core.specs import AFTER_TERMS, EVERYONE, Entry, command, does
from handlers.licensing.views import WAYS, license_card
from handlers.texts.catalog import Markup
from handlers.views.cards import Card

TRIAL: Final = "license.trial"


async def show(turn: Turn) -> None:
    """Read only."""
    await turn.show(await _card(turn))


async def start_trial(turn: Turn, _: Wish) -> None:
    """[Start the 7-day trial]."""
    await turn.services.licenses.start_trial(turn.user_id)
    await turn.show(await _card(turn, lead=turn.say("license-trial-started", days=TRIAL_DAYS)))


async def _card(turn: Turn, *, lead: Markup | None = None) -> Card:
    services = turn.services
    held = await services.reads.license(turn.user_id)
    trial = None
    if await services.licenses.may_try(turn.user_id):
        (trial,) = await turn.buttons([(turn.say.plain("button-trial", days=TRIAL_DAYS), Wish(action=TRIAL))])
    commands = turn.data.router.commands(services.access.role(turn.config))
    ways = tuple(each for each in WAYS if each in commands)
    return license_card(turn.viewer, held, trial=trial, ways=ways, lead=lead)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("license", show, access=EVERYONE, description="command-license"),
    does(TRIAL, start_trial, access=AFTER_TERMS),
)
