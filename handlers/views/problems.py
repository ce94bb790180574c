"""Errors as sentences: what is wrong, and what to do next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.domain.errors import ExchangeError, OutcomeUnknown, UserFacing
from handlers.texts.catalog import Value
from handlers.views.cards import Card, Row
from handlers.views.frame import menu_row, trouble_line
from handlers.views.render_context import RenderContext

E = TypeVar("E", bound=UserFacing)
ProblemCards = Mapping[type[UserFacing], Callable[[RenderContext, Any], Card]]


@dataclass(frozen=True, slots=True)
class ProblemCard(Generic[E]):
    """How a feature shows an error of its own; errors without one are a sentence and the way to the menu."""

    error: type[E]
    draw: Callable[[RenderContext, E], Card]


def table_of(cards: Iterable[ProblemCard[Any]]) -> ProblemCards:
    """Looked up by an error's own class. Raises ValueError for two cards of one error."""
    found: dict[type[UserFacing], Callable[[RenderContext, Any], Card]] = {}
    for card in cards:
        if card.error in found:
            raise ValueError(f"two cards for {card.error.__name__}")
        found[card.error] = card.draw
    return found


def user_facing_card(viewer: RenderContext, error: UserFacing, cards: ProblemCards) -> Card:
    """A mistake that the person can mend."""
    return cards.get(type(error), sentence_card)(viewer, error)


def sentence_card(viewer: RenderContext, error: UserFacing, *rows: Row) -> Card:
    """The error's own text, `rows`, and the way to the menu."""
    return Card(text=viewer.say(error.key, **text_values(error.values)), rows=(*rows, menu_row(viewer)))


def exchange_card(viewer: RenderContext, error: ExchangeError) -> Card:
    """Bybit said no or nothing. An unknown outcome never reads as a failure."""
    is_unknown = isinstance(error, OutcomeUnknown)
    text = viewer.say("error-outcome-unknown") if is_unknown else trouble_line(viewer, error, has_refresh=False)
    return Card(text=text, rows=(menu_row(viewer),))


def apology_card(viewer: RenderContext, reference: str) -> Card:
    """Our own fault; the reference is in the log."""
    return Card(text=viewer.say("error-apology", reference=reference), rows=(menu_row(viewer),))


def storage_card(viewer: RenderContext, reference: str) -> Card:
    """The disk refused: nothing was changed."""
    return Card(text=viewer.say("error-storage", reference=reference), rows=(menu_row(viewer),))


def telegram_limits_card(viewer: RenderContext) -> Card:
    """A file that Telegram does not take now, and that is not kept."""
    return Card(text=viewer.say("error-telegram-limits"), rows=(menu_row(viewer),))


def text_values(values: Mapping[str, object]) -> dict[str, Value]:
    """An error's values as texts take them."""
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}
