"""A minute of a scripted market on copies of a practice account: with the exchange alone, and managed from here.

The copies are made of the account's own state, so that nothing of it can be lost; the engine that plays them is the one
that plays the account.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.drills import SECONDS, DrillEvent, DrillStep, Rehearsal, ScriptedMove
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.intent_states import FINAL, said
from bot.domain.leg_view import Fact, LegFinding, LegView, LegWish
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TradingStop
from bot.domain.portfolio import LegKey, OrderType, Side
from bot.domain.trade_plans import Breakeven, IntentState, ManagedTrade, OrderIntent, PlanState, TradePlan
from bot.domain.work_off import work_off
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.margins import assess
from bot.exchange.matching.model import (
    UNLIMITED,
    Changes,
    EngineAccount,
    EngineFill,
    EngineOrder,
    EngineRejected,
    Markets,
    MarketView,
)
from bot.exchange.matching.money import nearest_step
from bot.exchange.paper.answers import order_of, position_at
from bot.exchange.paper.exchange import PracticeExchange

_BEYOND: Final = Decimal("0.002")  # of the price that the move goes past a level
_FAR: Final = Decimal("0.05")  # … where no level is known
_FARTHEST: Final = Decimal("0.4")  # beyond which no level is sought
_TURN: Final = 24  # the second at which the move turns
_ROUNDS: Final = 3  # a finding may bring a wish of its own
_MOST_SYMBOLS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRehearsals:
    """Implements `bot.domain.ports.drills.DrillExchange`."""

    exchange: PracticeExchange
    engine: Engine

    async def rehearse(self, account: Account, trades: Sequence[ManagedTrade]) -> Rehearsal | None:
        """A scripted minute; None: nothing stands there, or no price is known. Nothing of the account is changed."""
        async with self.exchange.opened(account.account_id) as (_, run):
            wanted = _largest(run.account)
        views = await self.exchange.views.live_or_known(wanted)
        if not views:
            return None
        async with self.exchange.opened(account.account_id) as (_, run):
            alone, managed = (_copy_of(run.account, views.keys()) for _ in range(2))
        moves = tuple(_move(alone, views[symbol]) for symbol in sorted(views))
        now = self.exchange.clock.now()
        copies = [_Copy(self.engine, account, each, views, moves, now, trades) for each in (alone, managed)]
        return await asyncio.to_thread(_played, *copies)


def _largest(account: EngineAccount) -> frozenset[Symbol]:
    """The symbols of the largest positions, or of resting orders where there are few: as many as a minute can show."""
    held = sorted(account.held(), key=lambda each: each.entry_value, reverse=True)
    named = dict.fromkeys([*(each.symbol for each in held), *(each.symbol for each in account.orders.values())])
    return frozenset(tuple(named)[:_MOST_SYMBOLS])


def _played(alone: "_Copy", managed: "_Copy") -> Rehearsal:
    """The whole minute on both. Pure, and some tenths of a second of the processor: not for the loop's thread."""
    before = alone.value(0)
    for step in range(1, SECONDS + 1):
        alone.play(step)
        managed.play(step)
        managed.manage(step)
    result_alone, by_itself = alone.value(SECONDS) - before, tuple(alone.steps)
    alone.steps.clear()
    alone.manage(SECONDS)
    return Rehearsal(
        moves=alone.moves,
        alone=by_itself,
        managed=tuple(managed.steps),
        caught_up=tuple(alone.steps),
        result_alone=result_alone,
        result_managed=managed.value(SECONDS) - before,
    )


@dataclass(slots=True)
class _Copy:
    """One copy while it is played."""

    engine: Engine
    owner: Account
    account: EngineAccount
    views: Mapping[Symbol, MarketView]
    moves: tuple[ScriptedMove, ...]
    began: Millis
    trades: Sequence[ManagedTrade]
    steps: list[DrillStep] = field(default_factory=list)
    orders: dict[OrderLinkId, EngineOrder] = field(default_factory=dict)  # as they ended
    legs: "dict[LegKey, ManagedTrade]" = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.legs = {each.plan.leg: each for each in self.trades if each.plan.state is PlanState.OPEN}

    def value(self, step: int) -> Decimal:
        """The account's value at the prices of that second."""
        return assess(self.account, self._markets(step)).margin

    def play(self, step: int) -> None:
        """A second of the move: what the exchange does by itself."""
        markets = self._markets(step)
        self._note(self.engine.tick_all(self.account, tuple(markets.views), markets), step)

    def manage(self, step: int) -> None:
        """What this bot does after that second; it looks at each leg until it wants nothing more."""
        for leg in tuple(self.legs):
            for _ in range(_ROUNDS):
                if leg not in self.legs or not self._manage(leg, step):
                    break

    def _manage(self, leg: LegKey, step: int) -> bool:
        """One look; whether another one may find more."""
        view = self._view(leg, step)
        if view is None:
            return False
        found = work_off(view)
        if any(each.fact in {Fact.FLAT, Fact.OVER} for each in found.findings):
            del self.legs[leg]
            return False
        plan = view.plan
        for finding in found.findings:
            plan = self._found(plan, finding, view.now, step)
        done = tuple(self._do(wish, leg, plan.side, view.now, step) for wish in found.wanted)
        self.legs[leg] = replace(self.legs[leg], plan=plan, intents=(*view.intents, *done))
        return bool(done) or (plan.stop, plan.targets) != (view.plan.stop, view.plan.targets)

    def _found(self, plan: TradePlan, finding: LegFinding, now: Millis, step: int) -> TradePlan:
        """The plan with a finding noted."""
        match finding.fact:
            case Fact.STOP_VERIFIED:
                return replace(plan, stop_verified_ts=now, protected_ts=plan.protected_ts or now)
            case Fact.TARGET_DONE:
                done = [replace(each, is_done=each.is_done or each.number == finding.number) for each in plan.targets]
                return replace(plan, targets=tuple(done))
            case Fact.BREAKEVEN if finding.price == plan.stop:  # it is better already
                return replace(plan, breakeven=Breakeven.DONE)
            case Fact.BREAKEVEN if finding.price is not None:
                self._tell(step, DrillEvent.BREAKEVEN, plan.symbol, plan.side, finding.price)
                return replace(plan, stop=finding.price, breakeven=Breakeven.DONE, stop_verified_ts=None)
            case Fact.BREAKEVEN | Fact.BREAKEVEN_PASSED:
                return replace(plan, breakeven=Breakeven.PASSED)
            case _:
                return plan

    def _view(self, leg: LegKey, step: int) -> LegView | None:
        markets = self._markets(step)
        if leg.symbol not in markets.views:
            return None
        trade, assessment = self.legs[leg], assess(self.account, markets)
        held = assessment.legs.get((leg.symbol, leg.position_idx))
        position = None if held is None else position_at(self.account, held)
        intents = tuple(self._followed(each, markets.now) for each in trade.intents)
        here = (leg.symbol, leg.position_idx)
        orders = tuple(order_of(each) for each in self.account.orders.values() if each.leg == here)
        return LegView(
            plan=trade.plan,
            intents=intents,
            position=position,
            orders=orders,
            instrument=markets.views[leg.symbol].rules.instrument,
            price=markets.views[leg.symbol].last,
            asked_at=markets.now,
            moment=markets.now,
            now=markets.now,
            is_quiet=True,
        )

    def _followed(self, intent: OrderIntent, now: Millis) -> OrderIntent:
        """An order of the plan as it stands on this copy."""
        row = self.orders.get(intent.order_link_id)
        if not intent.is_order or row is None:
            return intent
        state = said(order_of(row))
        return replace(
            intent,
            state=state,
            order_id=row.order_id,
            cum_exec_qty=row.filled,
            fills_qty=row.filled,
            final_ts=(intent.final_ts or Millis(now - 1)) if state in FINAL else None,
        )

    def _do(self, wish: LegWish, leg: LegKey, side: Side, now: Millis, step: int) -> OrderIntent:
        """Ask the copy for it, as the exchange is asked."""
        self.made += 1
        link_id, request = OrderLinkId(f"drill-{self.made}"), wish.request
        state, markets = IntentState.DONE, self._markets(step)
        try:
            match request:
                case OrderRequest():
                    request = replace(request, order_link_id=link_id)
                    order, changes = self.engine.create(self.account, request, markets)
                    state, event, price = said(order_of(order)), DrillEvent.ORDER_PLACED, request.price
                case AmendRequest():
                    changes = self.engine.amend(self.account, request, markets)
                    event, price = DrillEvent.ORDER_PLACED, request.price or request.stop_loss
                case CancelRequest():
                    changes = self.engine.cancel(self.account, request, markets)
                    event, price = DrillEvent.CANCELED, None
                case TradingStop():
                    changes = self.engine.set_trading_stop(self.account, request, markets)
                    event, price = DrillEvent.STOP_SET, request.stop_loss
                case _:
                    return _intent(wish, leg, self.owner, link_id, state, now, self.made)
        except EngineRejected:
            state = IntentState.REJECTED if isinstance(request, OrderRequest) else IntentState.REFUSED
        else:
            self._note(changes, step)
            self._tell(step, event, leg.symbol, side, price or Decimal(0))
        return _intent(replace(wish, request=request), leg, self.owner, link_id, state, now, self.made)

    def _note(self, changes: Changes, step: int) -> None:
        for order in changes.orders.values():
            if order.order_link_id:
                self.orders[order.order_link_id] = order
        for fill in changes.fills:
            self.steps.append(DrillStep(step, _event_of(fill), fill.symbol, fill.side, fill.qty, fill.price))

    def _tell(self, step: int, event: DrillEvent, symbol: Symbol, side: Side, price: Decimal) -> None:
        self.steps.append(DrillStep(step, event, symbol, side, Decimal(0), price))

    def _markets(self, step: int) -> Markets:
        now = Millis(self.began + step * 1_000)
        views = {each.symbol: _at(self.views[each.symbol], _price(each, step), now) for each in self.moves}
        return Markets(views=views, now=now)


def _copy_of(account: EngineAccount, symbols: Collection[Symbol]) -> EngineAccount:
    """With dictionaries of its own, of those symbols alone; orders and positions are frozen."""
    return replace(
        account,
        prefix=f"drill-{account.prefix}",
        wallet=dict(account.wallet),
        leverages=dict(account.leverages),
        positions={leg: each for leg, each in account.positions.items() if each.symbol in symbols},
        orders={order_id: each for order_id, each in account.orders.items() if each.symbol in symbols},
        taken={},
    )


def _move(account: EngineAccount, view: MarketView) -> ScriptedMove:
    """Past the nearest target, if there is one, then past the stop; of resting entries alone past the nearest one."""
    symbol, start = view.rules.symbol, view.last
    held = [each for each in account.held() if each.symbol == symbol]
    orders = [each for each in account.orders.values() if each.symbol == symbol]
    if not held:
        entry = min((each.price for each in orders if each.price), key=lambda each: abs(each - start), default=None)
        level = start * (1 - _FAR) if entry is None else entry
        return ScriptedMove(symbol, start, start, _past(level, start))
    leg = max(held, key=lambda each: each.size)
    way = leg.direction
    gains = [each.price for each in orders if each.reduce_only and each.order_type is OrderType.LIMIT]
    gains += [] if leg.take_profit is None else [leg.take_profit]
    near = [each for each in gains if 0 < (each - start) * way < start * _FARTHEST]
    by = start if not near else _past(min(near, key=lambda each: abs(each - start)), start)
    stop = leg.stop_loss if leg.stop_loss is not None else start * (1 - _FAR * way)
    return ScriptedMove(symbol, start, by, _past(stop, by))


def _past(level: Decimal, start: Decimal) -> Decimal:
    """A little further than the level, as seen from the start."""
    return level * (1 + _BEYOND * (1 if level >= start else -1))


def _price(move: ScriptedMove, step: int) -> Decimal:
    """Straight to the turn, then straight to the end; all the way straight where there is no turn."""
    if move.by == move.start:
        return move.start + (move.end - move.start) * step / SECONDS
    if step <= _TURN:
        return move.start + (move.by - move.start) * step / _TURN
    return move.by + (move.end - move.by) * (step - _TURN) / (SECONDS - _TURN)


def _at(view: MarketView, price: Decimal, now: Millis) -> MarketView:
    """The symbol at that price, with room for everybody on its tick."""
    price = nearest_step(price, view.rules.instrument.tick_size)
    levels = ((price, UNLIMITED),)
    return replace(view, last=price, mark=price, index=price, bids=levels, asks=levels, ts=now)


def _event_of(fill: EngineFill) -> DrillEvent:
    if fill.exec_type == "BustTrade":
        return DrillEvent.LIQUIDATION
    if "StopLoss" in fill.stop_order_type:
        return DrillEvent.STOP
    if "TakeProfit" in fill.stop_order_type or (fill.closed_size and fill.order_type is OrderType.LIMIT):
        return DrillEvent.TARGET
    return DrillEvent.CLOSED if fill.closed_size else DrillEvent.ENTRY


def _intent(
    wish: LegWish,
    leg: LegKey,
    owner: Account,
    link_id: OrderLinkId,
    state: IntentState,
    now: Millis,
    number: int,
) -> OrderIntent:
    """The row that such a request would have."""
    return OrderIntent(
        intent_id=-number,
        kind=wish.kind,
        state=state,
        leg=leg,
        user_id=owner.user_id,
        plan_id=None,
        order_link_id=link_id,
        request=wish.request,
        target_number=wish.target_number,
        remaining=None,
        card_price=None,
        good_until=None,
        exit_reason=wish.exit_reason,
        card=None,
        order_id="",
        cum_exec_qty=Decimal(0),
        avg_price=None,
        fills_qty=Decimal(0),
        code=None,
        reason="",
        is_told=True,
        created_ts=Millis(now - 1),
        sent_ts=Millis(now - 1),
        acknowledged_ts=Millis(now - 1),
        final_ts=None if state not in FINAL else Millis(now - 1),
    )
