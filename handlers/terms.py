"""The terms: read any time, accepted before the first key, recorded; /privacy beside them."""

from dataclasses import replace
from typing import Final

from bot.services.buttons import Wish
from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command, does
from handlers.views.people import accepted_card, document_card, terms_gate_card

ACCEPT: Final = "terms.accept"
_THEN: Final = "then"


async def terms(turn: Turn) -> None:
    """`/terms`."""
    await turn.show(document_card(turn.viewer, "terms-title", "terms-body"))


async def privacy(turn: Turn) -> None:
    """`/privacy`."""
    await turn.show(document_card(turn.viewer, "privacy-title", "privacy-body"))


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
    command("privacy", privacy, access=EVERYONE, description="command-privacy"),
    does(ACCEPT, accept, access=EVERYONE),
)
