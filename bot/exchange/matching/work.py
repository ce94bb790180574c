"""One command at work: the account it changes, the prices it sees, and everything that it has changed so far."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.ids import Millis, Symbol
from bot.exchange.matching.model import (
    ZERO,
    Changes,
    EngineAccount,
    EngineFill,
    EngineOrder,
    EnginePosition,
    Leg,
    Markets,
    MarketView,
    WalletLine,
)


@dataclass(slots=True, kw_only=True)
class Work:
    """The only place that writes to an account; every write is remembered in `changes`."""

    account: EngineAccount
    markets: Markets
    spares_market: bool
    counts_protections: bool = True
    changes: Changes = field(default_factory=Changes)

    @property
    def now(self) -> Millis:
        return self.markets.now

    def view(self, symbol: Symbol) -> MarketView:
        return self.markets.views[symbol]

    def number(self) -> int:
        """The next number of the account: never given twice."""
        self.account.made += 1
        return self.account.made

    def new_id(self) -> str:
        """An id of an order or a fill, unique as the account's prefix is."""
        return f"{self.account.prefix}{self.number():08x}"

    def order(self, order: EngineOrder) -> EngineOrder:
        """Let this be the order's state from now on; closed ones leave the account."""
        if order.is_open:
            self.account.orders[order.order_id] = order
        else:
            self.account.orders.pop(order.order_id, None)
        self.changes.orders[order.order_id] = order
        return order

    def newest(self, order: EngineOrder) -> EngineOrder:
        """The order as it stands now, whatever became of it since."""
        return self.changes.orders.get(order.order_id, order)

    def close_order(self, order: EngineOrder, cancel_type: str, reject_reason: str = "EC_PerCancelRequest") -> None:
        """Take an open order out: Deactivated where its trigger was never reached."""
        status = "Deactivated" if order.status == "Untriggered" else "Cancelled"
        self.order(
            replace(order, status=status, cancel_type=cancel_type, reject_reason=reject_reason, updated_ts=self.now)
        )

    def position(self, position: EnginePosition) -> EnginePosition:
        """Let this be the leg's state from now on."""
        self.account.positions[position.leg] = position
        self.changes.positions[position.leg] = position
        return position

    def fill(self, fill: EngineFill, kind: str) -> None:
        """Remember a fill and move the money of it: what it gained, less its fee."""
        self.changes.fills.append(fill)
        change = fill.gain - fill.fee
        balance = self.account.wallet.get(fill.fee_currency, ZERO) + change
        self.account.wallet[fill.fee_currency] = balance
        self.changes.lines.append(
            WalletLine(
                kind=kind,
                coin=fill.fee_currency,
                change=change,
                balance=balance,
                symbol=fill.symbol,
                exec_id=fill.exec_id,
                ts=fill.ts,
            )
        )

    def orders_of(self, leg: Leg) -> list[EngineOrder]:
        """The leg's open orders, oldest first."""
        return [each for each in self.account.orders.values() if each.leg == leg]

    def size(self, leg: Leg) -> Decimal:
        return self.account.position(leg).size
