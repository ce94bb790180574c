"""/price [SYMBOL]: in private chats and, when addressed, in groups."""

from typing import Final

from bot.domain.ids import Symbol
from handlers.core.callbacks import ShowPrice
from handlers.core.context import Turn
from handlers.core.specs import ANYWHERE, EVERYONE, Entry, command, shows
from handlers.market.views import FAVORITES, price_card


async def typed(turn: Turn) -> None:
    """Without a symbol: the first of the favorites, with the others a tap away."""
    await _present(turn, await meant_symbol(turn))


async def tapped(turn: Turn, code: ShowPrice) -> None:
    """Refresh, or a symbol's button."""
    await _present(turn, code.symbol)


async def meant_symbol(turn: Turn) -> Symbol:
    """What was typed after the command. Raises UnknownSymbol, BadInput."""
    if not turn.arguments:
        return FAVORITES[0]
    return await turn.services.screens.resolve(" ".join(turn.arguments[:2]))


async def _present(turn: Turn, symbol: Symbol) -> None:
    await turn.present(
        lambda: turn.services.screens.price(symbol), lambda viewer, shown: price_card(viewer, symbol, shown)
    )


ENTRIES: Final[tuple[Entry, ...]] = (
    command("price", typed, access=EVERYONE, places=ANYWHERE, description="command-price"),
    shows(ShowPrice, tapped, access=EVERYONE, places=ANYWHERE),
)
