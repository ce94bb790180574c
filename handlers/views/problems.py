"""Errors as sentences: what is wrong, and what to do next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from bot.domain.errors import ExchangeError, OutcomeUnknown, UserFacing
from handlers.texts.catalog import Value
from handlers.views.cards import Card, Row
from handlers.views.figures import Figures
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
    return Card(text=viewer.say(error.key, **text_values(error.values, viewer.figures)), rows=(*rows, menu_row(viewer)))


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


def text_values(values: Mapping[str, object], figures: Figures | None = None) -> dict[str, Value]:
    """An error's values as texts take them; prices and sizes, which are Decimals, grouped as the language does it."""
    return {name: _text_value(value, figures) for name, value in values.items()}


def _text_value(value: object, figures: Figures | None) -> Value:
    if isinstance(value, int):
        return value
    return figures.price(value, None) if isinstance(value, Decimal) and figures is not None else str(value)
