"""Realized profit from fills, at average cost: what a close earns against what the position had cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import Millis, UserId
from bot.domain.reports import OwnedExecution

_ZERO: Final = Decimal(0)
_QUOTES: Final = frozenset({"USDT", "USDC", "USD"})  # fees in other coins are left out


@dataclass(slots=True)
class _Leg:
    """One side of one symbol in one account. `size` is what is known to be open."""

    size: Decimal = _ZERO
    cost: Decimal = _ZERO


@dataclass(slots=True)
class Earned:
    """What an account made; `fills` are those counted."""

    user_id: UserId
    account_type: AccountType
    pnl: Decimal = _ZERO
    fills: int = 0


@dataclass(slots=True)
class Profits:
    """Reckons fill by fill; an account's fills must come in their order.

    A close of more than is known to be open began before the log did: that part is left out, not guessed.
    """

    since: Millis
    accounts: dict[int, Earned] = field(default_factory=dict)
    _legs: dict[tuple[int, str, bool], _Leg] = field(default_factory=dict)

    def add(self, fills: Iterable[OwnedExecution]) -> None:
        """Take them in; only those from `since` on count, the earlier ones set the cost."""
        for fill in fills:
            self._add(fill)

    def _add(self, fill: OwnedExecution) -> None:
        earned = self._close(fill)
        opened = fill.size - fill.closed
        if opened > 0:
            leg = self._legs.setdefault((fill.account_id, fill.symbol, fill.is_buy), _Leg())
            leg.size += opened
            leg.cost += opened * fill.price
        if fill.ts < self.since:
            return
        account = self.accounts.setdefault(
            fill.account_id, Earned(user_id=fill.user_id, account_type=fill.account_type)
        )
        account.fills += 1
        account.pnl += earned - (fill.fee if fill.fee_currency in _QUOTES else _ZERO)

    def _close(self, fill: OwnedExecution) -> Decimal:
        leg = self._legs.get((fill.account_id, fill.symbol, not fill.is_buy))
        if leg is None or fill.closed <= 0 or leg.size <= 0:
            return _ZERO
        closed = min(fill.closed, leg.size)
        cost = leg.cost * closed / leg.size
        leg.size -= closed
        leg.cost -= cost
        proceeds = closed * fill.price
        return cost - proceeds if fill.is_buy else proceeds - cost  # a buy closes a short
