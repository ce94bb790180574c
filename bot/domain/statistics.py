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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Context, Decimal, localcontext
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.periods import day_of
from bot.domain.portfolio import Side
from bot.domain.symbol_names import quote_of
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
        """Trades that brought exactly nothing."""
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


@dataclass(slots=True)
class _OpenTrade:
    """A trade of which there may be closes to come."""

    side: Side
    opened_ts: Millis
    closed_ts: Millis
    net: Decimal


@dataclass(slots=True)
class _Sums:
    """Trades, wins and net of a group, as they grow."""

    trades: int = 0
    wins: int = 0
    pnl: Decimal = ZERO

    def add(self, net: Decimal) -> None:
        self.trades += 1
        self.wins += net > 0
        self.pnl += net


@dataclass(slots=True)
class _CoinTally:
    """The closes of one coin, oldest first; what it keeps does not grow with their number."""

    closes: int = 0
    pnl: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    exit_slippage: Decimal = ZERO
    exits_priced: int = 0
    resets: int = 0
    losses: int = 0
    won: Decimal = ZERO
    lost: Decimal = ZERO
    best: Decimal | None = None
    worst: Decimal | None = None
    holding_ms: int = 0
    peak: Decimal = ZERO
    peak_ts: Millis | None = None
    drawdown: Drawdown | None = None
    whole: _Sums = field(default_factory=_Sums)
    symbols: dict[str, _Sums] = field(default_factory=dict)
    sides: dict[str, _Sums] = field(default_factory=dict)
    exits: dict[str, _Sums] = field(default_factory=dict)
    _open: dict[tuple[Symbol, int], _OpenTrade] = field(default_factory=dict)

    def add(self, close: Close) -> None:
        if not close.counts:
            self.resets += 1
            return
        net = close.net
        self.closes += 1
        self.pnl += net
        self.fees += close.fees
        self.funding += close.funding
        if close.slippage is not None:
            self.exit_slippage += close.slippage
            self.exits_priced += 1
        self.exits.setdefault(close.exit_reason.value, _Sums()).add(net)
        self._fall(close.closed_ts)
        self._trade(close, net)

    def end(self) -> None:
        """No more closes come: what is open counts as it stands."""
        for (symbol, _), trade in self._open.items():
            self._count(symbol, trade)
        self._open.clear()

    def _trade(self, close: Close, net: Decimal) -> None:
        """A leg holds one position at a time: another opening means that the trade before is over."""
        key = (close.symbol, close.position_idx)
        trade = self._open.get(key)
        if trade is not None and (trade.side, trade.opened_ts) == (close.side, close.opened_ts):
            trade.net += net
            trade.closed_ts = close.closed_ts
            return
        if trade is not None:
            self._count(close.symbol, trade)
        self._open[key] = _OpenTrade(close.side, close.opened_ts, close.closed_ts, net)

    def _count(self, symbol: Symbol, trade: _OpenTrade) -> None:
        net = trade.net
        for sums in (
            self.whole,
            self.symbols.setdefault(symbol, _Sums()),
            self.sides.setdefault(trade.side.value, _Sums()),
        ):
            sums.add(net)
        self.losses += net < 0
        self.won += max(net, ZERO)
        self.lost += max(-net, ZERO)
        self.best = net if self.best is None else max(self.best, net)
        self.worst = net if self.worst is None else min(self.worst, net)
        self.holding_ms += max(0, trade.closed_ts - trade.opened_ts)

    def _fall(self, ts: Millis) -> None:
        if self.peak_ts is None or self.pnl >= self.peak:
            self.peak_ts = ts
        self.peak = max(self.peak, self.pnl)
        depth = self.peak - self.pnl
        if depth > 0 and (self.drawdown is None or depth > self.drawdown.amount):
            self.drawdown = Drawdown(amount=depth, from_ts=self.peak_ts, to_ts=ts)


class Tally:
    """Adds up closes, which come oldest first; coins are never added to each other."""

    def __init__(self) -> None:
        self._coins: dict[str, _CoinTally] = {}

    def add(self, closes: Iterable[Close]) -> None:
        with localcontext(WIDE):
            for close in closes:
                self._coins.setdefault(quote_of(close.symbol), _CoinTally()).add(close)

    def summaries(self) -> tuple[Summary, ...]:
        """One a coin, most closes first. Ends the tally."""
        with localcontext(WIDE):
            for each in self._coins.values():
                each.end()
        found = [_summary(coin, each) for coin, each in self._coins.items()]
        return tuple(sorted(found, key=lambda each: (-each.closes, each.coin)))


class DayTally:
    """Net and closes of each day in a zone; closes of one coin, the first that comes."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._days: dict[date, tuple[Decimal, int]] = {}

    def add(self, closes: Iterable[Close]) -> None:
        for close in filter(_counts, closes):
            day = day_of(close.closed_ts, self._zone)
            pnl, count = self._days.get(day, (ZERO, 0))
            self._days[day] = (WIDE.add(pnl, close.net), count + 1)

    def days(self) -> tuple[DayPnl, ...]:
        """The days on which something was closed, oldest first."""
        return tuple(DayPnl(day=day, pnl=pnl, closes=count) for day, (pnl, count) in sorted(self._days.items()))


class CurveTally:
    """The summed net after each close, thinned out while it grows: lowest and highest of each stretch stay."""

    def __init__(self, most: int = MOST_POINTS) -> None:
        self._most = most
        self._points: list[EquityPoint] = []
        self._sum = ZERO

    def add(self, closes: Iterable[Close]) -> None:
        for close in filter(_counts, closes):
            self._sum = WIDE.add(self._sum, close.net)
            self._points.append(EquityPoint(ts=close.closed_ts, pnl=self._sum))
        if len(self._points) > 8 * self._most:
            self._points = list(thinned(self._points, 4 * self._most))

    def points(self) -> tuple[EquityPoint, ...]:
        """Oldest first, at most as many as were asked for."""
        return thinned(self._points, self._most)


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


def _counts(close: Close) -> bool:
    return close.counts


def _summary(coin: str, tally: _CoinTally) -> Summary:
    return Summary(
        coin=coin,
        closes=tally.closes,
        trades=tally.whole.trades,
        wins=tally.whole.wins,
        losses=tally.losses,
        pnl=tally.pnl,
        fees=tally.fees,
        funding=tally.funding,
        won=tally.won,
        lost=tally.lost,
        best=tally.best,
        worst=tally.worst,
        holding_ms=tally.holding_ms,
        exit_slippage=tally.exit_slippage,
        exits_priced=tally.exits_priced,
        drawdown=tally.drawdown,
        symbols=_groups(tally.symbols),
        sides=_groups(tally.sides),
        exits=_groups(tally.exits),
        resets=tally.resets,
    )


def _groups(found: dict[str, _Sums]) -> tuple[Group, ...]:
    """Most trades first."""
    groups = [Group(name=name, trades=each.trades, wins=each.wins, pnl=each.pnl) for name, each in found.items()]
    return tuple(sorted(groups, key=lambda each: (-each.trades, each.name)))
