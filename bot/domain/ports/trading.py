"""Orders of an account at an exchange, as every adapter offers them."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    OrderAck,
    OrderRequest,
    TradingStop,
)
from bot.domain.portfolio import Execution, Order, Orders, Positions
from bot.domain.trade_plans import AnyRequest


class OrderGateway(Protocol):
    """Writes and the reads that judge them, always fresh. Adapters: practice; Bybit (demo, live).

    A write goes out at once inside of an `admission`; without one it waits for its own. Writes raise NotSent where
    nothing left this process; ExchangeRejected, KeyTrouble, ExchangeRestricted or ClockTrouble for a definite no
    (nothing was done); OutcomeUnknown and any other ExchangeError for what may have been done. Reads raise
    ExchangeErrors; a failing read is no answer.
    """

    def has_room(self, account: Account, request: AnyRequest) -> bool:
        """Whether an admission for that write would be granted at once."""
        ...

    def admission(self, account: Account, request: AnyRequest) -> AbstractAsyncContextManager[None]:
        """A place in the budget of requests for that write, taken when the block begins and used by the write in it.

        Waits by the priority of the call (`bot.domain.priorities`). Raises NotSent where that takes too long, or where
        the exchange is not to be called now. A place that was not used is given back.
        """
        ...

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        """Accepted, which does not say filled. ExchangeRejected with code 110072: an order of that id is there."""
        ...

    async def amend(self, account: Account, request: AmendRequest) -> None: ...
    async def cancel(self, account: Account, request: CancelRequest) -> None: ...
    async def set_trading_stop(self, account: Account, request: TradingStop) -> None: ...
    async def set_leverage(self, account: Account, request: LeverageRequest) -> None: ...

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        """The order of that id, open or closed; None: the exchange answers that there is none."""
        ...

    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        """Every execution from that moment on, oldest first."""
        ...

    async def margin_mode(self, account: Account) -> str:
        """Bybit's marginMode of the whole account; of portfolio margin too, on which nothing is traded here."""
        ...

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings: ...
