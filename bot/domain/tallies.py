"""Sums that grow close by close and fill by fill, so that a history of any length takes no more memory than a month."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal, localcontext

from bot.domain.card_promises import EntryFill
from bot.domain.ids import Millis, Symbol
from bot.domain.periods import day_of
from bot.domain.portfolio import Side
from bot.domain.statistics import (
    MOST_POINTS,
    WIDE,
    ZERO,
    Close,
    DayPnl,
    Drawdown,
    EntrySummary,
    EquityPoint,
    Group,
    Summary,
    thinned,
)
from bot.domain.symbol_names import quote_of


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


@dataclass(slots=True)
class Tally:
    """Adds up closes, which come oldest first; coins are never added to each other."""

    _coins: dict[str, _CoinTally] = field(default_factory=dict)

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


@dataclass(slots=True)
class DayTally:
    """Net and closes of each day in a zone, of closes of one coin."""

    coin: str
    zone: tzinfo
    _days: dict[date, tuple[Decimal, int]] = field(default_factory=dict)

    def add(self, closes: Iterable[Close]) -> None:
        for close in _counted(closes, self.coin):
            day = day_of(close.closed_ts, self.zone)
            pnl, count = self._days.get(day, (ZERO, 0))
            self._days[day] = (WIDE.add(pnl, close.net), count + 1)

    def days(self) -> tuple[DayPnl, ...]:
        """The days on which something was closed, oldest first."""
        return tuple(DayPnl(day=day, pnl=pnl, closes=count) for day, (pnl, count) in sorted(self._days.items()))


@dataclass(slots=True)
class CurveTally:
    """The summed net after each close of one coin, thinned out while it grows: lowest and highest of stretches stay."""

    coin: str
    most: int = MOST_POINTS
    _points: list[EquityPoint] = field(default_factory=list)
    _sum: Decimal = ZERO

    def add(self, closes: Iterable[Close]) -> None:
        for close in _counted(closes, self.coin):
            self._sum = WIDE.add(self._sum, close.net)
            self._points.append(EquityPoint(ts=close.closed_ts, pnl=self._sum))
        if len(self._points) > 8 * self.most:
            self._points = list(thinned(self._points, 4 * self.most))

    def points(self) -> tuple[EquityPoint, ...]:
        """Oldest first, at most as many as were asked for."""
        return thinned(self._points, self.most)


@dataclass(slots=True)
class EntryTally:
    """What the entries of one coin cost against their cards, fill by fill, each order once."""

    coin: str
    _slippage: dict[int, Decimal] = field(default_factory=dict)  # by order
    _unpriced: set[int] = field(default_factory=set)
    _limits: set[int] = field(default_factory=set)
    _orders: set[int] = field(default_factory=set)
    _kept: set[int] = field(default_factory=set)
    _broken: set[int] = field(default_factory=set)
    _fees_known: set[int] = field(default_factory=set)
    _fees_said: Decimal = ZERO
    _fees_paid: Decimal = ZERO

    def add(self, fills: Iterable[EntryFill]) -> None:
        with localcontext(WIDE):
            for fill in fills:
                if quote_of(fill.symbol) == self.coin:
                    self._orders.add(fill.intent_id)
                    self._price(fill)
                    self._fee(fill)

    def summary(self) -> EntrySummary:
        with localcontext(WIDE):
            slippage = sum(self._slippage.values(), ZERO)
        return EntrySummary(
            coin=self.coin,
            orders=len(self._orders),
            kept=len(self._kept - self._broken),
            broken=len(self._broken),
            priced=len(self._slippage),
            unpriced=len(self._unpriced),
            limits=len(self._limits),
            slippage=slippage,
            fees_known=len(self._fees_known),
            fees_said=self._fees_said,
            fees_paid=self._fees_paid,
        )

    def _price(self, fill: EntryFill) -> None:
        order, slippage = fill.intent_id, fill.slippage
        if not fill.is_market:
            self._limits.add(order)
        elif slippage is None:
            self._unpriced.add(order)
        else:
            self._slippage[order] = self._slippage.get(order, ZERO) + slippage
        if fill.is_within is not None:
            (self._kept if fill.is_within else self._broken).add(order)

    def _fee(self, fill: EntryFill) -> None:
        said = fill.fee_said
        if said is not None:
            self._fees_known.add(fill.intent_id)
            self._fees_said += said
            self._fees_paid += fill.fee


def _counted(closes: Iterable[Close], coin: str) -> Iterator[Close]:
    return (each for each in closes if each.counts and quote_of(each.symbol) == coin)


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
    """Those with the most trades first, equals by name."""
    groups = [Group(name=name, trades=each.trades, wins=each.wins, pnl=each.pnl) for name, each in found.items()]
    return tuple(sorted(groups, key=lambda each: (-each.trades, each.name)))
