"""The terms: read any time, accepted before the first key or payment, recorded."""

from dataclasses import replace
from typing import Final

from telegram import InlineKeyboardButton

from bot.services.chat.buttons import Wish
from bot.services.users.people import TERMS_VERSION
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, does
from handlers.users.people_views import accepted_card, terms_gate_card
from handlers.users.privacy_views import terms_card

ACCEPT: Final = "terms.accept"
_THEN: Final = "then"


async def terms(turn: Turn) -> None:
    """`/terms`."""
    state = await turn.services.privacy.state(turn.user_id)
    agree: InlineKeyboardButton | None = None
    if turn.config.terms_version < TERMS_VERSION:
        (agree,) = await turn.buttons([(turn.say.plain("button-accept"), Wish(action=ACCEPT))])
    await turn.show(terms_card(turn.viewer, state, agree))


async def ask_for_terms(turn: Turn, resume: Wish | None, *, key_waits: bool) -> None:
    """Show them with [I accept]; `resume` is what goes on after that, None if it has to be asked for again."""
    values = {} if resume is None else {_THEN: resume.action, **resume.values}
    (accept,) = await turn.buttons([(turn.say.plain("button-accept"), Wish(action=ACCEPT, values=values))])
    await turn.show(terms_gate_card(turn.viewer, accept, key_waits=key_waits))


async def accept(turn: Turn, wish: Wish) -> None:
    """[I accept]."""
    await turn.services.people.accept_terms(turn.user_id)
    config = await turn.services.people.config(turn.user_id)
    agreed = turn if config is None else replace(turn, config=config)
    values = dict(wish.values)
    action = values.pop(_THEN, None)
    if action is None:
        await agreed.show(accepted_card(agreed.viewer))
    else:
        await agreed.data.router.run_wish(agreed, Wish(action=action, values=values))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("terms", terms, access=EVERYONE, description="command-terms"),
    does(ACCEPT, accept, access=EVERYONE),
)
