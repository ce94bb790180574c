"""The rules of the symbols that a screen shows, beside what it shows: prices and sizes are written by them.

One list a category, which the cache keeps for an hour, serves every screen. A screen does not wait for it: where it is
not at hand, numbers stand as the exchange wrote them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.domain.errors import ExchangeError
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Instruments
from bot.domain.ports.reads import Reads
from bot.services.screens import Dated

PATIENCE: Final = 0.2  # seconds
_logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Dated)


@dataclass(frozen=True, slots=True)
class WithInstruments(Generic[T]):
    """What a screen shows, and the rules of symbols as far as they are known."""

    value: T
    known: tuple[Instruments, ...] = ()

    @property
    def as_of(self) -> Millis:
        return self.value.as_of

    def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        """None where the rules are not known."""
        return next((each.find(symbol) for each in self.known if each.category is category), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentReader:
    """The lists at hand. `patience` in seconds."""

    reads: Reads
    patience: float = PATIENCE

    async def beside(self, load: Awaitable[T], *categories: Category) -> WithInstruments[T]:
        """What `load` brings with the rules of these categories, of all if none is named. Raises what `load` raises."""
        value = await load
        return WithInstruments(value, await self.known(*categories))

    def beside_last(
        self, last: Callable[[], Awaitable[T | None]], *categories: Category
    ) -> Callable[[], Awaitable[WithInstruments[T] | None]]:
        """The same of what is known already: nobody is asked."""

        async def answer() -> WithInstruments[T] | None:
            value = await last()
            return None if value is None else WithInstruments(value, self._at_hand(*categories))

        return answer

    async def known(self, *categories: Category) -> tuple[Instruments, ...]:
        """The lists that come in time, else the last known ones. A list on its way is there for the next screen."""
        try:
            async with asyncio.timeout(self.patience):
                return tuple([await self.reads.instruments(each) for each in categories or Category])
        except (ExchangeError, TimeoutError) as trouble:
            _logger.info("rules of symbols are not at hand", extra={"reason": type(trouble).__name__})
            return self._at_hand(*categories)

    async def find(self, category: Category, symbol: Symbol) -> Instrument | None:
        """The rules of one symbol, where its list is at hand."""
        return next((each.find(symbol) for each in await self.known(category)), None)

    def _at_hand(self, *categories: Category) -> tuple[Instruments, ...]:
        found = (self.reads.last_instruments(each) for each in categories or Category)
        return tuple(each for each in found if each is not None)
