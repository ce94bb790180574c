"""An exchange in memory for the order core: it fills what the test says, and loses answers where the test says so.

Its rules are few: entries open, reduce-only orders close, a Full stop is a field of the position. What an exchange
reckons beyond that (margins, fees, books) is the engine's and not wanted here.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, ExchangeError, ExchangeRejected, KeyTrouble, NotSent, OutcomeUnknown
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.market import Category, Instrument, Ticker
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    MarginMode,
    OrderAck,
    OrderRequest,
    PositionMode,
    TimeInForce,
    TradingStop,
    direction,
)
from bot.domain.portfolio import Execution, Order, Orders, OrderType, Position, Positions, Side
from bot.domain.priorities import RequestPriority, priority_now
from bot.domain.trade_plans import AnyRequest
from harness.fakes import FakeClock

ZERO = Decimal(0)
FEE = Decimal("0.00055")
RECV_WINDOW = 5_000  # ms
Leg = tuple[Symbol, int]
OPEN = {"New", "PartiallyFilled", "Untriggered"}


@dataclass
class ScriptedGateway:
    """Implements OrderGateway.

    `faults` are taken one a write: "lost" (done, no answer), "down" (not done, no answer), "late" (done when `deliver`
    is called), "accepted" and "refused" (the same, but answered at once), an error that is raised; None and an
    empty queue: no fault.
    """

    clock: FakeClock
    price: Decimal = Decimal(100)
    fill_ratio: Decimal = Decimal(1)  # of what an IOC order asks for
    is_stop_lost: bool = False  # stops that ride along or are set are forgotten
    mode: PositionMode = PositionMode.ONE_WAY
    leverage: Decimal = Decimal(3)
    is_silent: bool = False
    is_found: bool = True  # False: no answer about a single order
    unreadable: tuple[str, ...] = ()  # symbols of positions
    stale_reads: int = 0  # so many reads of positions are from before the first fill
    faults: deque[str | Exception | None] = field(default_factory=deque)
    legs: dict[Leg, Position] = field(default_factory=dict)
    book: dict[str, Order] = field(default_factory=dict)
    fills: list[Execution] = field(default_factory=list)
    calls: list[object] = field(default_factory=list)
    delayed: list[tuple[Millis, Callable[[], object]]] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    room: asyncio.Event = field(default_factory=asyncio.Event)  # in the budget of requests
    held: deque[NotSent | KeyTrouble] = field(default_factory=deque)  # admissions that are not granted
    priorities: list[tuple[type, RequestPriority]] = field(default_factory=list)  # of what asked for an admission
    trouble: ExchangeError | None = None  # of reads
    reads: list[RequestPriority] = field(default_factory=list)
    ids: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.room.set()

    # --- writes

    def has_room(self, account: Account, request: AnyRequest) -> bool:
        del account, request
        return self.room.is_set()

    @asynccontextmanager
    async def admission(self, account: Account, request: AnyRequest) -> AsyncIterator[None]:
        del account
        self.priorities.append((type(request), priority_now()))
        await self.room.wait()
        if self.held:
            raise self.held.popleft()
        yield

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        del account
        if any(each.order_link_id == request.order_link_id for each in self.book.values()):
            raise ExchangeRejected("duplicate", code=110072)
        order_id = f"o-{next(self.ids)}"
        self._write(request, lambda: self._place(order_id, request))
        return OrderAck(order_id=order_id, order_link_id=request.order_link_id)

    async def amend(self, account: Account, request: AmendRequest) -> None:
        del account
        self._write(request, lambda: self._amend(request))

    async def cancel(self, account: Account, request: CancelRequest) -> None:
        del account
        self._write(request, lambda: self._cancel(request))

    async def set_trading_stop(self, account: Account, request: TradingStop) -> None:
        del account
        self._write(request, lambda: self._stop(request))

    async def set_leverage(self, account: Account, request: LeverageRequest) -> None:
        del account
        self._write(request, lambda: setattr(self, "leverage", request.leverage))

    # --- reads

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        self._answer(account)
        if not self.is_found:
            raise ExchangeDown("no answer about an order")
        rows = [each for each in self.book.values() if each.order_link_id == order_link_id and each.symbol == symbol]
        return rows[0] if rows else None

    async def positions(self, account: Account) -> Positions:
        self._answer(account)
        self.stale_reads -= 1
        held = () if self.stale_reads >= 0 else tuple(self.legs.values())
        return Positions(account_id=account.account_id, items=held, as_of=self.clock.now(), unreadable=self.unreadable)

    async def orders(self, account: Account) -> Orders:
        self._answer(account)
        rows = tuple(each for each in self.book.values() if each.order_status in OPEN)
        return Orders(account_id=account.account_id, items=rows, as_of=self.clock.now())

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        self._answer(account)
        return tuple(each for each in self.fills if (each.exec_ts or 0) >= since)

    async def margin_mode(self, account: Account) -> str:
        self._answer(account)
        return MarginMode.ISOLATED.value

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings:
        self._answer(account)
        return LegSettings(
            symbol=symbol,
            position_mode=self.mode,
            margin_mode=MarginMode.ISOLATED,
            buy_leverage=self.leverage,
            sell_leverage=self.leverage,
        )

    # --- what a test makes happen

    def deliver(self, *, even_expired: bool = False) -> None:
        """What was late is done now; what is older than recv_window is refused, unless a test says otherwise."""
        for asked_at, effect in self.delayed:
            if even_expired or self.clock.now() - asked_at <= RECV_WINDOW:
                with suppress(ExchangeRejected):
                    effect()
        self.delayed.clear()
        self._changed()

    def fill(self, order_link_id: str, qty: str | Decimal, price: Decimal | None = None) -> None:
        """A resting order is filled, wholly or in part."""
        order = next(each for each in self.book.values() if each.order_link_id == order_link_id)
        self._fill(order, Decimal(qty), price or order.price or self.price)
        self._changed()

    def trigger_stop(self, symbol: str = "BTCUSDT", idx: int = 0, *, how: str = "CreateByStopLoss") -> None:
        """The position is closed by the exchange's own order."""
        position = self.legs[Symbol(symbol), idx]
        price = position.stop_loss if how == "CreateByStopLoss" else position.take_profit
        self._close(position, how, price or self.price)
        self._changed()

    def vanish(self, order_id: str) -> None:
        """Somebody else canceled an order."""
        self.book[order_id] = replace(self.book[order_id], order_status="Cancelled", cancel_type="CancelByUser")
        self._changed()

    def elsewhere(self, symbol: str, idx: int = 0, **changes: object) -> None:
        """Somebody else changed a position: its size, its stop."""
        leg = (Symbol(symbol), idx)
        self.legs[leg] = replace(self.legs[leg], **changes)  # type: ignore[arg-type]  a test's own fields
        self._changed()

    def sent(self, kind: type) -> list[object]:
        return [each for each in self.calls if isinstance(each, kind)]

    # --- rules

    def _write(self, request: object, effect: Callable[[], object]) -> None:
        self.calls.append(request)
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if fault == "down":
            raise OutcomeUnknown("no answer, and nothing was done")
        if fault == "late":
            self.delayed.append((self.clock.now(), effect))
            raise OutcomeUnknown("no answer yet")
        if fault == "refused":
            self.delayed.append((self.clock.now(), effect))
            raise ExchangeRejected("no", code=110007)
        if fault == "accepted":
            self.delayed.append((self.clock.now(), effect))
            return
        effect()
        self._changed()
        if fault == "lost":
            raise OutcomeUnknown("no answer, though it was done")

    def _answer(self, account: Account) -> None:
        del account
        self.reads.append(priority_now())
        if self.trouble is not None:
            raise self.trouble
        if self.is_silent:
            raise ExchangeDown("silent")

    def _changed(self) -> None:
        for each in self.listeners:
            each()

    def _place(self, order_id: str, request: OrderRequest) -> None:
        order = Order(
            category=request.category,
            symbol=request.symbol,
            order_id=order_id,
            order_link_id=request.order_link_id,
            position_idx=request.position_idx,
            side=request.side,
            order_type=request.order_type,
            order_status="New",
            price=request.price,
            qty=request.qty,
            cum_exec_qty=ZERO,
            trigger_price=None,
            stop_order_type="",
            time_in_force=request.time_in_force.value,
            reduce_only=request.reduce_only,
            take_profit=request.take_profit,
            stop_loss=request.stop_loss,
            created_ts=self.clock.now(),
            updated_ts=self.clock.now(),
        )
        self.book[order_id] = order
        is_at_once = request.order_type is OrderType.MARKET or request.time_in_force is TimeInForce.IOC
        if is_at_once:
            held = self.legs.get((request.symbol, request.position_idx))
            wished = request.qty or (ZERO if held is None else held.size)
            qty = wished * (self.fill_ratio if request.time_in_force is TimeInForce.IOC else 1)
            if qty:
                self._fill(order, qty, self.price)
            left = self.book[order_id]
            if left.order_status != "Filled":
                self.book[order_id] = replace(left, order_status="Cancelled", cancel_type="CancelByIOC")

    def _fill(self, order: Order, qty: Decimal, price: Decimal, create_type: str = "CreateByUser") -> None:
        leg = (order.symbol, order.position_idx)
        held = self.legs.get(leg)
        closes = held is not None and held.side is not order.side
        self.fills.append(
            Execution(
                category=Category.LINEAR,
                symbol=order.symbol,
                exec_id=f"e-{next(self.ids)}",
                order_id=order.order_id,
                order_link_id=order.order_link_id,
                side=order.side,
                exec_type="Trade",
                exec_price=price,
                exec_qty=qty,
                exec_value=price * qty,
                exec_fee=price * qty * FEE,
                fee_currency="USDT",
                is_maker=False,
                closed_size=qty if closes else ZERO,
                exec_ts=self.clock.now(),
                create_type=create_type,
            )
        )
        done = (order.cum_exec_qty or ZERO) + qty
        wanted = order.qty or qty
        status = "Filled" if done >= wanted else "PartiallyFilled"
        self.book[order.order_id] = replace(order, cum_exec_qty=done, order_status=status, avg_price=price)
        if held is not None and closes:
            self._lessen(leg, held, qty)
        else:
            self._grow(leg, held, order, qty, price)

    def _grow(self, leg: Leg, held: Position | None, order: Order, qty: Decimal, price: Decimal) -> None:
        size = qty + (ZERO if held is None else held.size)
        paid = qty * price + (ZERO if held is None else held.size * (held.entry_price or ZERO))
        stop = None if self.is_stop_lost else order.stop_loss or (held and held.stop_loss)
        self.legs[leg] = Position(
            category=order.category,
            symbol=order.symbol,
            position_idx=order.position_idx,
            side=order.side,
            size=size,
            entry_price=paid / size,
            mark_price=self.price,
            position_value=size * self.price,
            leverage=self.leverage,
            liquidation_price=None,
            unrealised_pnl=ZERO,
            take_profit=order.take_profit or (held and held.take_profit),
            stop_loss=stop,
            trailing_stop=held and held.trailing_stop,
            created_ts=self.clock.now(),
            updated_ts=self.clock.now(),
            break_even_price=paid / size * (1 + direction(order.side) * FEE * 2),
        )

    def _lessen(self, leg: Leg, held: Position, qty: Decimal) -> None:
        if qty >= held.size:
            del self.legs[leg]
            for order_id, order in self.book.items():
                if order.reduce_only and order.order_status in OPEN and (order.symbol, order.position_idx) == leg:
                    self.book[order_id] = replace(order, order_status="Cancelled", cancel_type="CancelByReduceOnly")
        else:
            self.legs[leg] = replace(held, size=held.size - qty)

    def _close(self, position: Position, how: str, price: Decimal) -> None:
        side = Side.SELL if position.side is Side.BUY else Side.BUY
        order = Order(
            category=position.category,
            symbol=position.symbol,
            order_id=f"o-{next(self.ids)}",
            order_link_id=OrderLinkId(""),
            position_idx=position.position_idx,
            side=side,
            order_type=OrderType.MARKET,
            order_status="New",
            price=None,
            qty=position.size,
            cum_exec_qty=ZERO,
            trigger_price=None,
            stop_order_type="",
            time_in_force="IOC",
            reduce_only=True,
            take_profit=None,
            stop_loss=None,
            created_ts=self.clock.now(),
            updated_ts=self.clock.now(),
        )
        self.book[order.order_id] = order
        self._fill(order, position.size, price, how)

    def _amend(self, request: AmendRequest) -> None:
        order = self._open(request.target_link_id)
        changes = {
            "qty": request.qty,
            "price": request.price,
            "stop_loss": request.stop_loss,
            "take_profit": request.take_profit,
        }
        wished = {name: value or None for name, value in changes.items() if value is not None}
        self.book[order.order_id] = replace(order, **wished)  # type: ignore[arg-type]  the fields of an order

    def _cancel(self, request: CancelRequest) -> None:
        order = self._open(request.target_link_id)
        self.book[order.order_id] = replace(order, order_status="Cancelled", cancel_type="CancelByUser")

    def _stop(self, request: TradingStop) -> None:
        leg = (request.symbol, request.position_idx)
        if leg not in self.legs:
            raise ExchangeRejected("no position", code=10001)
        if request.trailing_stop is not None:
            self.legs[leg] = replace(self.legs[leg], trailing_stop=request.trailing_stop or None)
        elif not self.is_stop_lost:
            self.legs[leg] = replace(
                self.legs[leg], stop_loss=request.stop_loss or None, take_profit=request.take_profit or None
            )

    def _open(self, link_id: OrderLinkId) -> Order:
        rows = [each for each in self.book.values() if each.order_link_id == link_id and each.order_status in OPEN]
        if not rows:
            raise ExchangeRejected("order not exists", code=110001)
        return rows[0]


@dataclass
class MarketOf:
    """The two market reads that the order core asks for, at the price of a gateway."""

    gateway: ScriptedGateway
    tick: Decimal = Decimal("0.1")

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument:
        return Instrument(
            category=category,
            symbol=symbol,
            status="Trading",
            base_coin="BTC",
            quote_coin="USDT",
            tick_size=self.tick,
            qty_step=Decimal("0.001"),
            min_order_qty=Decimal("0.001"),
            max_order_qty=Decimal(1000),
            max_market_order_qty=Decimal(100),
            min_notional=Decimal(5),
            max_leverage=Decimal(100),
        )

    async def ticker(self, symbol: Symbol, category: Category = Category.LINEAR) -> Ticker:
        price = self.gateway.price
        return Ticker(
            category=category,
            symbol=symbol,
            last_price=price,
            mark_price=price,
            index_price=price,
            bid_price=price,
            ask_price=price,
            high_24h=None,
            low_24h=None,
            price_24h_change=None,
            volume_24h=None,
            turnover_24h=None,
            funding_rate=None,
            next_funding_ts=None,
            as_of=self.gateway.clock.now(),
        )
