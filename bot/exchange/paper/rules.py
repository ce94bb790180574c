"""What may be ordered of a symbol in practice: Bybit's instrument rules and risk tiers."""

from bot.domain.errors import ExchangeDown, ExchangeError, ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument
from bot.domain.risk_tiers import RiskTier, assumed_tiers
from bot.exchange.matching.model import SymbolRules
from bot.exchange.paper.ports import RuleReads
from bot.exchange.retcodes import NO_SUCH_SYMBOL

_QUOTE = "USDT"


class PracticeRules:
    """Rules of perpetuals in USDT, through the cache. What was read once serves while Bybit is silent."""

    def __init__(self, reads: RuleReads) -> None:
        self._reads = reads
        self._known: dict[Symbol, SymbolRules] = {}

    async def of(self, symbol: Symbol) -> SymbolRules:
        """Raises ExchangeRejected for what is not traded, ExchangeDown where the rules were never read."""
        try:
            instrument = await self._reads.instrument(Category.LINEAR, symbol)
        except ExchangeError as silence:
            known = self._known.get(symbol)
            if known is None:
                raise ExchangeDown(f"the rules of {symbol} can't be read") from silence
            return known
        if instrument is None or instrument.quote_coin != _QUOTE:
            raise ExchangeRejected(f"{symbol} is no perpetual in USDT", code=min(NO_SUCH_SYMBOL))
        known = self._known.get(symbol)
        tiers = await self._tiers(instrument)
        if known is None or (known.instrument, known.tiers) != (instrument, tiers):
            known = self._known[symbol] = SymbolRules(instrument=instrument, tiers=tiers)
        return known

    async def _tiers(self, instrument: Instrument) -> tuple[RiskTier, ...]:
        """Bybit's; while it does not tell them, the last known or half of the least margin (`assumed_tiers`)."""
        try:
            return (await self._reads.risk_tiers(instrument.symbol)).items
        except ExchangeError:
            known = self._known.get(instrument.symbol)
            return known.tiers if known else assumed_tiers(instrument.max_leverage)
