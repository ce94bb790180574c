"""The exchange's commands on one account. Each looks at the prices it is given, changes the account, says what changed.

A refusal is EngineRejected with Bybit's code, raised before anything is changed.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    OrderRequest,
    PositionMode,
    TradingStop,
)
from bot.exchange.matching.model import Changes, EngineAccount, EngineOrder, Markets


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Bybit's rules, with what Bybit's pages leave open as a choice.

    `spares_market`: a reduce-only market order is let through where resting reduce-only orders cover the leg already.
    """

    spares_market: bool = True

    def create(self, account: EngineAccount, request: OrderRequest, markets: Markets) -> tuple[EngineOrder, Changes]:
        """Take an order on and fill what the book allows. The order may come back canceled: accepted is not done.

        An id of an open order is refused with 110072; ids of closed ones are for the caller to know.
        """
        raise NotImplementedError

    def amend(self, account: EngineAccount, request: AmendRequest, markets: Markets) -> Changes:
        """Change an open order; what then crosses the book is filled. 110001: there is none of that id."""
        raise NotImplementedError

    def cancel(self, account: EngineAccount, request: CancelRequest, markets: Markets) -> Changes:
        """Take an open order back. 110001: there is none of that id."""
        raise NotImplementedError

    def set_trading_stop(self, account: EngineAccount, request: TradingStop, markets: Markets) -> Changes:
        """Set the leg's Full stop loss and take profit in place; 34040 where both stand so already."""
        raise NotImplementedError

    def set_leverage(self, account: EngineAccount, request: LeverageRequest, markets: Markets) -> Changes:
        """Set both legs' leverage; 110043 where it stands so already."""
        raise NotImplementedError

    def switch_position_mode(self, account: EngineAccount, mode: PositionMode) -> Changes:
        """One-way or hedge, for the account: 110024 with a position, 110028 with an order, 110025 unchanged."""
        raise NotImplementedError

    def switch_margin_mode(self, account: EngineAccount, mode: MarginMode, markets: Markets) -> Changes:
        """Isolated or cross, for the account: 110026 unchanged, 110011 where it would be liquidated at once."""
        raise NotImplementedError

    def tick(self, account: EngineAccount, symbol: Symbol, markets: Markets) -> Changes:
        """Let a symbol's newest prices act: resting orders fill, triggers go off, margins are called.

        Nothing the account has there is left behind: with neither an order nor a position it changes nothing.
        """
        raise NotImplementedError

    def fund(self, account: EngineAccount, symbol: Symbol, rate: Decimal, markets: Markets) -> Changes:
        """Pay or get funding on the symbol's legs at the mark price; a positive rate is paid by longs."""
        raise NotImplementedError


def find_order(account: EngineAccount, *, order_id: str = "", order_link_id: OrderLinkId) -> EngineOrder | None:
    """The open order of that id, or of that id of ours where `order_id` is empty."""
    if order_id:
        return account.orders.get(order_id)
    return next((each for each in account.orders.values() if each.order_link_id == order_link_id), None)
