"""Errors as sentences: what is wrong, and what to do next."""

from collections.abc import Mapping

from bot.domain.errors import (
    ButtonExpired,
    ExchangeError,
    KeyRefused,
    NoAccount,
    OutcomeUnknown,
    UnknownSymbol,
    UserFacing,
)
from bot.domain.ids import Symbol
from handlers.accounts.key_views import refused_text
from handlers.core.links import LONGEST_SYMBOL, ShowPrice
from handlers.texts.catalog import Markup, Value
from handlers.users.home_views import menu_card
from handlers.views.cards import Card, Row, button
from handlers.views.frame import command_button, menu_row, trouble_line
from handlers.views.render_context import RenderContext


def user_facing_card(viewer: RenderContext, error: UserFacing) -> Card:
    """A mistake that the person can mend."""
    match error:
        case ButtonExpired() if viewer.owner is None:
            return menu_card(viewer, lead=viewer.say(error.key))
        case KeyRefused():
            account_type, is_stored = str(error.values.get("account_type", "")), bool(error.values.get("is_stored"))
            text = refused_text(viewer, error.findings, account_type, is_stored=is_stored)
            return Card(text=text, rows=(command_button(viewer, "button-keys", "keys"), menu_row(viewer)))
        case UnknownSymbol():
            values = text_values(error.values) | {"nearest": ", ".join(error.nearest)}
            rows = (_nearest_symbols(viewer, error.nearest), _end(viewer))
            return Card(text=viewer.say(error.key, **values), rows=rows)
        case NoAccount():
            return Card(
                text=_sentence(viewer, error), rows=(command_button(viewer, "button-connect", "keys"), _end(viewer))
            )
        case _:
            return Card(text=_sentence(viewer, error), rows=(_end(viewer),))


def exchange_card(viewer: RenderContext, error: ExchangeError) -> Card:
    """Bybit said no or nothing. An unknown outcome never reads as a failure."""
    text = viewer.say("error-outcome-unknown") if isinstance(error, OutcomeUnknown) else trouble_line(viewer, error)
    return Card(text=text, rows=(_end(viewer),))


def apology_card(viewer: RenderContext, reference: str) -> Card:
    """Our own fault; the reference is in the log."""
    return Card(text=viewer.say("error-apology", reference=reference), rows=(_end(viewer),))


def storage_card(viewer: RenderContext, reference: str) -> Card:
    """The disk refused: nothing was changed."""
    return Card(text=viewer.say("error-storage", reference=reference), rows=(_end(viewer),))


def text_values(values: Mapping[str, object]) -> dict[str, Value]:
    """An error's values as texts take them."""
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}


def _sentence(viewer: RenderContext, error: UserFacing) -> Markup:
    return viewer.say(error.key, **text_values(error.values))


def _nearest_symbols(viewer: RenderContext, nearest: tuple[str, ...]) -> Row:
    return tuple(button(each, viewer.data(ShowPrice(Symbol(each)))) for each in nearest if len(each) <= LONGEST_SYMBOL)


def _end(viewer: RenderContext) -> Row:
    return menu_row(viewer)
