"""What closed trades come to: sums, rates, the deepest fall, each day and the curve. Money in the quote coin.

A *close* is one closing order, as Bybit's "Closed P&L" counts. A *trade* is a position from its opening until its last
close: three targets are three closes of one trade. Counts, rates and holding times are of trades, sums of closes.
Net is what a close brought after the fees of both ways and the funding that was paid for holding it.

* win rate: trades that brought more than nothing, of all trades; one that brought exactly nothing is no win.
* profit factor: what winning trades brought, divided by what losing trades lost (freqtrade, "Backtesting", *Profit
  factor*); None while nothing was lost.
* expectancy: net of the mean trade (Van Tharp, "Trade Your Way to Financial Freedom", in money instead of R).
* drawdown: the deepest fall of the summed net from its highest point so far, which is 0 at first (Magdon-Ismail and
  Atiya, "Maximum drawdown", 2004); in money, as nobody knows what the account was worth at each moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.portfolio import Side
from bot.domain.trade_plans import ExitReason

ZERO: Final = Decimal(0)
MOST_POINTS: Final = 600  # of a curve: a picture has no room for more
WIDE: Final = Context(prec=100)  # sums are exact: stored amounts have up to 40 digits on each side of the point


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """One closing order. `gain` is before costs; `fees` of both ways; `funding` paid, negative where it was got.

    `slippage` against the price that was shown, positive is worse; None: no price was shown.
    """

    symbol: Symbol
    position_idx: int
    side: Side  # of the position
    exit_reason: ExitReason
    gain: Decimal
    fees: Decimal
    funding: Decimal
    slippage: Decimal | None
    opened_ts: Millis
    closed_ts: Millis

    @property
    def net(self) -> Decimal:
        return WIDE.subtract(WIDE.subtract(self.gain, self.fees), self.funding)

    @property
    def counts(self) -> bool:
        """Whether it is a result: what a reset of practice closes is none."""
        return self.exit_reason is not ExitReason.RESET


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Trades of one symbol or one side; of an exit reason `trades` counts closes."""

    name: str
    trades: int
    wins: int
    pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The deepest fall: how much (> 0), from which moment on, and when it was deepest."""

    amount: Decimal
    from_ts: Millis
    to_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What closes of one coin come to; amounts that are None were not to be had. `resets`: closes that do not count."""

    coin: str
    closes: int = 0
    trades: int = 0
    wins: int = 0
    losses: int = 0
    pnl: Decimal = ZERO  # net
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    won: Decimal = ZERO  # of winning trades together
    lost: Decimal = ZERO  # of losing trades together, > 0
    best: Decimal | None = None
    worst: Decimal | None = None
    holding_ms: int = 0  # of all trades together
    exit_slippage: Decimal = ZERO
    exits_priced: int = 0  # closes whose slippage is known
    drawdown: Drawdown | None = None
    symbols: tuple[Group, ...] = ()
    sides: tuple[Group, ...] = ()
    exits: tuple[Group, ...] = ()
    resets: int = 0

    @property
    def evens(self) -> int:
        """How many trades neither won nor lost, to the last digit."""
        return self.trades - self.wins - self.losses

    @property
    def win_rate(self) -> Decimal | None:
        """0 … 1; None without a trade."""
        return Decimal(self.wins) / self.trades if self.trades else None

    @property
    def profit_factor(self) -> Decimal | None:
        """None while no trade has lost."""
        return self.won / self.lost if self.lost else None

    @property
    def expectancy(self) -> Decimal | None:
        """Net of the mean trade; None without a trade."""
        return self.pnl / self.trades if self.trades else None

    @property
    def mean_holding_ms(self) -> int | None:
        """Of the mean trade, from its opening to its last close; None without a trade."""
        return self.holding_ms // self.trades if self.trades else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySummary:
    """What entries cost against their cards, counted in orders of which something was filled.

    `priced`: market orders of which the price on the card is known, `unpriced`: others of them; `limits`: limit orders.
    `kept`, `broken`: no fill was beyond the worst price of the card, or one was. `fees_known` orders make up the fees.
    """

    coin: str
    orders: int = 0
    kept: int = 0
    broken: int = 0
    priced: int = 0
    unpriced: int = 0
    limits: int = 0
    slippage: Decimal = ZERO  # of the priced ones, positive is worse
    fees_known: int = 0
    fees_said: Decimal = ZERO  # at most
    fees_paid: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPnl:
    """What was closed on one day of the person's calendar: its net, and how many closes that were."""

    day: date
    pnl: Decimal
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """The summed net after the close of that moment; 0 before the first."""

    ts: Millis
    pnl: Decimal


def thinned(points: Sequence[EquityPoint], most: int) -> tuple[EquityPoint, ...]:
    """At most `most` (4 or more) of them: first, last, and of each stretch between its lowest and its highest."""
    if len(points) <= most:
        return tuple(points)
    stretches = max(1, (most - 2) // 2)
    inner = points[1:-1]
    found = [points[0]]
    for number in range(stretches):
        part = range(number * len(inner) // stretches, (number + 1) * len(inner) // stretches)
        ends = {min(part, key=lambda at: inner[at].pnl), max(part, key=lambda at: inner[at].pnl)}
        found += [inner[at] for at in sorted(ends)]
    return (*found, points[-1])
