"""/book [SYMBOL]: the best buyers and sellers."""

from typing import Final

from bot.domain.ids import Symbol
from handlers.core.callbacks import ShowBook
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows
from handlers.market.price import meant_symbol
from handlers.market.views import book_card


async def typed(turn: Turn) -> None:
    """`/book`, `/book eth`."""
    await _present(turn, await meant_symbol(turn))


async def tapped(turn: Turn, code: ShowBook) -> None:
    """Refresh, or the button under a price."""
    await _present(turn, code.symbol)


async def _present(turn: Turn, symbol: Symbol) -> None:
    await turn.present(
        lambda: turn.services.screens.book(symbol), lambda viewer, shown: book_card(viewer, symbol, shown)
    )


ENTRIES: Final[tuple[Entry, ...]] = (
    command("book", typed, access=EVERYONE, description="command-book"),
    shows(ShowBook, tapped, access=EVERYONE),
)
