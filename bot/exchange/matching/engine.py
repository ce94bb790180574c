"""The exchange's commands on one account. Each looks at the prices it is given, changes the account, says what changed.

A refusal is EngineRejected with Bybit's code, raised before anything is changed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import Symbol
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    OrderRequest,
    TradingStop,
)
from bot.exchange.matching import settings
from bot.exchange.matching.executing import match, trigger
from bot.exchange.matching.funding import fund
from bot.exchange.matching.liquidation import liquidate
from bot.exchange.matching.model import Changes, EngineAccount, EngineOrder, Markets
from bot.exchange.matching.placing import amend, cancel, place
from bot.exchange.matching.replay import MissedMinute, replay
from bot.exchange.matching.trailing import follow
from bot.exchange.matching.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Bybit's rules, with what Bybit's pages leave open as a choice.

    `spares_market`: a reduce-only market order is let through where resting reduce-only orders cover the leg already.
    `counts_protections`: stops and targets of positions are among the ten conditional orders of a symbol.
    """

    spares_market: bool = True
    counts_protections: bool = True

    def create(self, account: EngineAccount, request: OrderRequest, markets: Markets) -> tuple[EngineOrder, Changes]:
        """Take an order on and fill what the book allows. It may come back canceled: accepted is not done.

        An id of an open order is refused with 110072; ids of closed ones are for the caller to know.
        """
        work = self._work(account, markets)
        order = place(work, request)
        return order, work.changes

    def amend(self, account: EngineAccount, request: AmendRequest, markets: Markets) -> Changes:
        """Change an open order; what then crosses the book is filled. 110001: there is none of that id."""
        work = self._work(account, markets)
        amend(work, request)
        return work.changes

    def cancel(self, account: EngineAccount, request: CancelRequest, markets: Markets) -> Changes:
        """Take an open order back. 110001: there is none of that id."""
        work = self._work(account, markets)
        cancel(work, request)
        return work.changes

    def set_trading_stop(self, account: EngineAccount, request: TradingStop, markets: Markets) -> Changes:
        """Set the leg's Full stop loss and take profit, or its trailing stop, in place; 34040 where it stands so."""
        work = self._work(account, markets)
        settings.set_trading_stop(work, request)
        return work.changes

    def set_leverage(self, account: EngineAccount, request: LeverageRequest, markets: Markets) -> Changes:
        """Set both legs' leverage; 110043 where it stands so already."""
        work = self._work(account, markets)
        settings.set_leverage(work, request)
        return work.changes

    def switch_margin_mode(self, account: EngineAccount, mode: MarginMode, markets: Markets) -> Changes:
        """Isolated or cross, for the account: 110026 unchanged, 110011 where it would be liquidated at once."""
        work = self._work(account, markets)
        settings.switch_margin_mode(work, mode)
        return work.changes

    def tick(self, account: EngineAccount, symbol: Symbol, markets: Markets) -> Changes:
        """Let a symbol's newest prices act: trailing stops follow, orders fill, triggers go off, margins are called.

        It changes nothing where nothing is due; the same book, seen twice, is taken from once.
        """
        return self.tick_all(account, (symbol,), markets)

    def tick_all(self, account: EngineAccount, symbols: Collection[Symbol], markets: Markets) -> Changes:
        """The same for several symbols: margins, for which the whole account is worked out, are called once."""
        work = self._work(account, markets)
        for symbol in symbols:
            follow(work, symbol)
            match(work, symbol)
            trigger(work, symbol)
        liquidate(work, *symbols)
        return work.changes

    def replay(self, account: EngineAccount, minute: MissedMinute, markets: Markets) -> Changes:
        """Let a minute that passed unseen act, from its candles; of the symbol's view only the rules are looked at.

        Fills are of the minute: `markets.now` is not looked at.
        """
        work = self._work(account, markets)
        replay(work, minute)
        return work.changes

    def fund(self, account: EngineAccount, symbol: Symbol, rate: Decimal, markets: Markets) -> Changes:
        """Pay or get funding on the symbol's legs at the mark price; a positive rate is paid by longs."""
        work = self._work(account, markets)
        fund(work, symbol, rate)
        liquidate(work, symbol)
        return work.changes

    def _work(self, account: EngineAccount, markets: Markets) -> Work:
        return Work(
            account=account,
            markets=markets,
            spares_market=self.spares_market,
            counts_protections=self.counts_protections,
        )
