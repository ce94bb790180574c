"""/symbols [linear|spot]: everything that trades."""

from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.market import Category
from handlers.core.callbacks import ShowSymbols
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows
from handlers.market.views import symbols_card

_WORDS: Final = MappingProxyType(
    {"linear": Category.LINEAR, "perpetual": Category.LINEAR, "perp": Category.LINEAR, "spot": Category.SPOT}
)


async def typed(turn: Turn) -> None:
    """`/symbols`, `/symbols spot`."""
    word = turn.arguments[0].casefold() if turn.arguments else "linear"
    category = _WORDS.get(word)
    if category is None:
        raise BadInput("error-category", word=turn.arguments[0])
    await tapped(turn, ShowSymbols(category))


async def tapped(turn: Turn, code: ShowSymbols) -> None:
    """A page, a tab, Refresh."""
    await turn.present(
        lambda: turn.services.screens.board(code.category),
        lambda viewer, shown: symbols_card(viewer, code.category, shown, code.page),
    )


ENTRIES: Final[tuple[Entry, ...]] = (
    command("symbols", typed, access=EVERYONE, description="command-symbols"),
    shows(ShowSymbols, tapped, access=EVERYONE),
)
