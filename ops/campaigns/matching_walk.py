"""A seeded walk of random commands and prices on one account, judged after each step by books of its own.

The books know nothing of how the engine keeps positions: cash flows and net quantities, from the fills alone.
"""

import time
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

from bot.domain.ids import MINUTE, Millis
from bot.domain.market import Category, Kline
from bot.domain.orders import (
    AmendRequest,
    LeverageRequest,
    MarginMode,
    PositionMode,
    TimeInForce,
    TpslMode,
    TradingStop,
    TriggerBy,
    TriggerDirection,
)
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import ZERO, Changes, EngineAccount, EngineFill, EngineOrder, EngineRejected, Leg
from bot.exchange.matching.money import is_within
from bot.exchange.matching.replay import MissedMinute
from ops.campaigns.report import Report
from ops.engine_trader import BTC, BTC_COIN, BUY, INVERSE, LINEAR, SELL, Trader, trader

_NAMES: Final = (*("move", "order") * 3, "amend", "cancel", "stop", "lever", "fund", "minute")
_TICKS: Final = 20  # of one step's usual move
_STEPS: Final = 500  # of a walk of the campaign
_LEAST: Final = 100_000  # steps of a campaign
_JUMP: Final = 3_000  # of a rare one


class LawBroken(Exception):  # noqa: N818  named by what happened
    """A step did what no exchange may do."""


def demand(law: bool, broken: str) -> None:
    """Raises LawBroken where the law does not hold."""
    if not law:
        raise LawBroken(broken)


class Books:
    """What the fills alone say; sums by coin, net quantities by leg (negative: short)."""

    def __init__(self, start: dict[str, Decimal]) -> None:
        self.start = start
        self.cash: defaultdict[str, Decimal] = defaultdict(Decimal)  # what was paid and got for contracts
        self.fees: defaultdict[str, Decimal] = defaultdict(Decimal)  # and funding
        self.net: defaultdict[Leg, Decimal] = defaultdict(Decimal)
        self.ids: set[str] = set()

    def enter(self, fill: EngineFill, *, is_inverse: bool) -> None:
        demand(fill.exec_id not in self.ids, "an id was given twice")
        self.ids.add(fill.exec_id)
        self.fees[fill.fee_currency] += fill.fee
        if fill.exec_type == "Funding":
            return
        way = 1 if fill.side is BUY else -1
        flow = fill.value * way * (1 if is_inverse else -1)
        self.cash[fill.fee_currency] += flow
        self.net[fill.symbol, fill.position_idx] += fill.qty * way


class Walk:
    """One account, one seed. `step` raises LawBroken at the first step that breaks a law."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  repeatable
        self.rules = self._random.choice((LINEAR, LINEAR, INVERSE))
        self.is_inverse = self.rules is INVERSE
        self.symbol = BTC_COIN if self.is_inverse else BTC
        self.one: Trader = trader(
            usdt="2" if self.is_inverse else "100000",
            mode=self._random.choice(list(PositionMode)),
            margin=self._random.choice(list(MarginMode)),
            leverage=str(self._random.choice((1, 3, 10, 50))),
            engine=Engine(spares_market=self._chance(0.5)),
            rules=self.rules,
        )
        self.price = Decimal(64_000)
        self.books = Books(dict(self.one.account.wallet))
        self.codes: Counter[int] = Counter()
        self.steps: Counter[str] = Counter()
        self._heard = 0

    def step(self) -> None:
        """One random thing, and every law after it."""
        names = (
            "move",
            "move",
            "move",
            "order",
            "order",
            "order",
            "amend",
            "cancel",
            "stop",
            "lever",
            "fund",
            "minute",
        )
        name = self._random.choice(names)
        before = dict(self.one.account.orders)
        try:
            changes = self.one.heard(getattr(self, f"_{name}")())
        except EngineRejected as refused:
            self.codes[refused.code] += 1
            demand(self.one.account.orders == before, "a refusal changed something")
            changes = Changes()
        self.steps[name] += 1
        self._judge(name, before, changes)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _qty(self) -> Decimal:
        return self._random.randint(1, 600) * self.rules.instrument.qty_step * (20 if self.is_inverse else 1)

    def _near(self, ticks: int = 600) -> Decimal:
        return self.price + self._random.randint(-ticks, ticks) * self.rules.instrument.tick_size

    def _leg(self) -> int:
        return 0 if self.one.account.position_mode is PositionMode.ONE_WAY else self._random.randint(1, 2)

    def _wander(self) -> Decimal:
        reach = _JUMP if self._chance(0.05) else _TICKS
        self.price = max(Decimal(1_000), self._near(reach * 4))
        return self.price

    def _move(self) -> Changes:
        size = str(self._qty() if self._chance(0.5) else self.rules.instrument.qty_step * 40)
        seen = (self._wander(), self._near(10))
        depth = ((1, size), (self._random.randint(2, 9), size), (40, str(Decimal(size) * 3)))
        self.one.look(str(seen[0]), mark=str(seen[1]), rules=self.rules, depth=depth)
        return self.one.engine.tick(self.one.account, self.symbol, self.one.markets)

    def _order(self) -> Changes:
        side = self._random.choice((BUY, SELL))
        way = 1 if side is BUY else -1
        is_market = self._chance(0.3)
        reduces = self._chance(0.3)
        self.one.made += 1
        trigger = self._near() if self._chance(0.2) else None
        far = self.rules.instrument.tick_size * 700
        protected = not reduces and self._chance(0.4)
        request = replace(
            self.one.request(side, self._qty(), None if is_market else self._near()),
            symbol=self.symbol,
            position_idx=self._leg(),
            time_in_force=self._random.choice(list(TimeInForce)),
            reduce_only=reduces,
            close_on_trigger=reduces and self._chance(0.3),
            trigger_price=trigger,
            trigger_direction=TriggerDirection.RISES if (trigger or ZERO) > self.price else TriggerDirection.FALLS,
            trigger_by=self._random.choice((TriggerBy.LAST, TriggerBy.MARK)),
            stop_loss=self.price - way * far * self._random.randint(1, 4) if protected else None,
            take_profit=self.price + way * far * self._random.randint(1, 4) if protected else None,
            tpsl_mode=self._random.choice(list(TpslMode)),
        )
        if request.close_on_trigger and self._chance(0.5):
            request = replace(request, qty=ZERO)
        return self.one.engine.create(self.one.account, request, self.one.markets)[1]

    def _some(self) -> EngineOrder | None:
        orders = list(self.one.account.orders.values())
        return self._random.choice(orders) if orders else None

    def _amend(self) -> Changes:
        order = self._some()
        if order is None:
            return Changes()
        is_limit = order.order_type is OrderType.LIMIT
        request = AmendRequest(
            category=Category.LINEAR,
            symbol=self.symbol,
            order_id=order.order_id,
            qty=self._qty() if self._chance(0.5) else None,
            price=self._near() if is_limit and self._chance(0.7) else None,
            stop_loss=self._near(4_000) if self._chance(0.2) else None,
        )
        return self.one.engine.amend(self.one.account, request, self.one.markets)

    def _cancel(self) -> Changes:
        order = self._some()
        if order is None:
            return Changes()
        self.one.cancel(order)
        return Changes()

    def _stop(self) -> Changes:
        request = TradingStop(
            category=Category.LINEAR,
            symbol=self.symbol,
            position_idx=self._leg(),
            stop_loss=self._random.choice((ZERO, self._near(3_000))),
            sl_trigger_by=self._random.choice((TriggerBy.LAST, TriggerBy.MARK)),
            take_profit=self._random.choice((ZERO, self._near(3_000))),
            tp_trigger_by=TriggerBy.LAST,
        )
        return self.one.engine.set_trading_stop(self.one.account, request, self.one.markets)

    def _lever(self) -> Changes:
        leverage = Decimal(self._random.choice((1, 2, 5, 10, 25, 50, 100)))
        request = LeverageRequest(category=Category.LINEAR, symbol=self.symbol, leverage=leverage)
        return self.one.engine.set_leverage(self.one.account, request, self.one.markets)

    def _fund(self) -> Changes:
        rate = Decimal(self._random.randint(-30, 30)) / 100_000
        return self.one.engine.fund(self.one.account, self.symbol, rate, self.one.markets)

    def _minute(self) -> Changes:
        points = [self.price, *(self._near(300) for _ in range(3))]
        start = Millis(self.one.markets.now + 1_000)
        last = Kline(
            start_ts=start, open=points[1], high=max(points), low=min(points), close=points[2], volume=Decimal(1)
        )
        minute = MissedMinute(symbol=self.symbol, last=last, mark=last)
        changes = self.one.engine.replay(self.one.account, minute, self.one.markets)
        self.price = points[2]
        self.one.look(str(self.price), rules=self.rules, after=MINUTE)
        return changes

    def _judge(self, name: str, before: dict[str, EngineOrder], changes: Changes) -> None:
        for fill in self.one.fills[self._heard :]:
            self.books.enter(fill, is_inverse=self.is_inverse)
            self._judge_fill(fill)
        self._heard = len(self.one.fills)
        self._judge_money()
        for leg in {(self.symbol, index) for index in range(3)}:
            self._judge_leg(leg)
        if name == "move":
            judge_priority(before, self.one.account, changes)

    def _judge_fill(self, fill: EngineFill) -> None:
        demand(fill.qty > 0, "a fill of nothing")
        if fill.exec_type == "Funding":
            return
        order = self.one.orders[fill.order_id]
        if order.reduce_only:
            demand(fill.closed_size == fill.qty, "reduce-only opened something")
        if fill.exec_type == "Trade" and order.order_type is OrderType.LIMIT:
            demand(is_within(fill.side, fill.price, fill.order_price), "filled beyond its limit")

    def _judge_money(self) -> None:
        """Wallet, fees and funding are the start and what fills paid and got; what is held stands at its cost.

        Valued at any price instead, both sides change by the same, as what is held is what the fills bought.
        """
        account = self.one.account
        coin = self.rules.settle_coin
        entries = sum((held.entry_value * held.direction for held in account.held()), ZERO)
        cost = entries if self.is_inverse else -entries
        left = self.books.start[coin] + self.books.cash[coin] - self.books.fees[coin]
        demand(account.wallet[coin] + cost == left, f"money appeared or went: {account.wallet[coin] + cost - left}")
        told = sum((line.change for line in self.one.lines), ZERO)
        demand(told == account.wallet[coin] - self.books.start[coin], "the wallet is not what its lines make")

    def _judge_leg(self, leg: Leg) -> None:
        account = self.one.account
        held = account.position(leg)
        demand(held.size >= 0, "a negative size")
        demand(held.size * held.direction == self.books.net[leg], "the leg is not what its fills make")
        demand(bool(held.size) == bool(held.side) == bool(held.entry_value), "half a position")
        if leg[1]:
            demand(held.side in (None, BUY if leg[1] == 1 else SELL), "a leg of hedge mode turned round")
        orders = [each for each in account.orders.values() if each.leg == leg]
        quota = [each for each in orders if each.reduce_only and each.is_resting]
        demand(sum((each.left for each in quota), ZERO) <= held.size, "reduce-only orders exceed their leg")
        for kind, price in (("StopLoss", held.stop_loss), ("TakeProfit", held.take_profit)):
            rows = [each for each in orders if each.stop_order_type == kind and each.status == "Untriggered"]
            found = [(each.qty, each.trigger_price) for each in rows]
            demand(found == ([(held.size, price)] if price else []), f"{kind}: {found}, not {held.size, price}")
        demand(all(each.left > 0 and each.is_open for each in orders), "a closed order among the open ones")


def judge_priority(before: dict[str, EngineOrder], account: EngineAccount, changes: Changes) -> None:
    """No resting order was filled while one that stood before it in the queue went on waiting."""
    filled = {fill.order_id for fill in changes.fills if fill.is_maker}
    for order_id in filled:
        behind = before[order_id]
        for other in before.values():
            if _is_before(other, behind) and other.order_id in account.orders:
                raise LawBroken(f"{other.order_id} stood before {order_id} and waits")


def _is_before(one: EngineOrder, other: EngineOrder) -> bool:
    if not one.is_resting or one.side is not other.side or one.order_type is not OrderType.LIMIT:
        return False
    better = one.price > other.price if one.side is Side.BUY else one.price < other.price
    return better or (one.price == other.price and one.priority < other.priority)


def walked(seed: int, steps: int) -> Walk:
    """A walk of so many steps that broke no law."""
    walk = Walk(seed)
    for number in range(steps):
        try:
            walk.step()
        except Exception as broken:  # a crash breaks every law
            raise LawBroken(f"seed {seed}, step {number}: {broken!r}") from broken
    return walk


def run(seed: int, budget: float) -> Report:
    """Walks of other seeds until the budget of seconds is spent, at least 100,000 steps."""
    began, steps, failures = time.perf_counter(), 0, []
    cases = 0
    while steps < _LEAST or time.perf_counter() - began < budget:
        try:
            walked(seed * 1_000_000 + cases, _STEPS)
        except LawBroken as broken:
            failures.append(str(broken))
        cases += 1
        steps += _STEPS
    seconds = time.perf_counter() - began
    return Report(
        name="matching engine", seed=seed, seconds=seconds, cases=cases, steps=steps, failures=tuple(failures)
    )
