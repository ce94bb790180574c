"""Where a person was when something went wrong, so that the error's card leads back there.

The guard notes it before each handler; it holds for the update at hand and for the tasks begun by it.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

from handlers.core.links import RunCommand
from handlers.views.cards import Card, button
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext


@dataclass(frozen=True, slots=True)
class WayBack:
    """A command that leads back, and the key of its button's label."""

    label: str
    command: str


CANCEL: Final = WayBack("button-cancel", "cancel")
way_back: ContextVar[WayBack | None] = ContextVar("way_back", default=None)


def back_to(command: str) -> WayBack:
    """[‹ Back] to what a command shows."""
    return WayBack("button-back", command)


def leading_back(viewer: RenderContext, card: Card) -> Card:
    """An error's card with [Cancel] in the place of [Menu] in a question, and [‹ Back] beside it elsewhere."""
    way, menu = way_back.get(), menu_row(viewer)
    if way is None or not menu or (card.rows and card.rows[-1] != menu):
        return card
    data = viewer.data(RunCommand(way.command))
    if any(each.callback_data == data for row in card.rows for each in row):
        return card
    made = button(viewer.say.plain(way.label), data)
    return replace(card, rows=(*card.rows[:-1], (made,) if way is CANCEL else (made, *menu)))
