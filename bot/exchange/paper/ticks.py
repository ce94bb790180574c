"""The round of symbols whose prices act on practice accounts."""

import logging
from dataclasses import dataclass, field
from typing import Final

from bot.aio.periodic import Pace
from bot.domain.errors import ExchangeError
from bot.domain.ids import Symbol
from bot.exchange.paper.exchange import PracticeExchange
from bot.exchange.paper.feeding import Feeder

_EACH_S: Final = 1.0  # a symbol is looked at once in so many seconds at most
_PAUSE_S: Final = 0.2  # between two symbols: five a second
_IDLE_S: Final = 1.0  # until it is looked again whether anything stands

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class PracticeTicks:
    """Feeds one symbol a round, the one that waited longest."""

    exchange: PracticeExchange
    feeder: Feeder
    _silent: set[Symbol] = field(default_factory=set)  # whose last round found no price
    _last: dict[Symbol, float] = field(default_factory=dict)  # monotonic seconds

    async def round(self) -> Pace:
        """Feed a symbol where one is due; answers how long to wait.

        Raises StorageTrouble, and ExchangeErrors once no symbol has had a price in its last round.
        """
        interests = self.exchange.interests
        await interests.load()
        symbols = interests.symbols
        self._last = {symbol: at for symbol, at in self._last.items() if symbol in symbols}
        if not symbols:
            return Pace(_IDLE_S)
        now = self.exchange.clock.monotonic()
        symbol = min(symbols, key=lambda each: self._last.get(each, float("-inf")))
        waited = now - self._last.get(symbol, float("-inf"))
        if waited < _EACH_S:
            return Pace(max(_PAUSE_S, _EACH_S - waited))
        self._last[symbol] = now
        try:
            await self.feeder.feed(symbol)
        except ExchangeError:
            self._silent.add(symbol)
            if self._silent >= set(symbols):
                raise
            _logger.debug("no price of %s for practice", symbol, exc_info=True)
        else:
            self._silent.discard(symbol)
        return Pace(_PAUSE_S)
