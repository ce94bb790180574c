"""What the engine changed, written into the stand-in's account: orders, legs, fills, money, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.exchange.matching.model import Changes, EngineAccount, EngineFill, EngineOrder, EnginePosition
from bot.exchange.matching.money import price_of, share
from ops.sim.bybit.accounts import Account, Execution, Order, Position, leg_key
from ops.sim.bybit.booking import Closing, add_closed, log_fill
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.ids import Ids
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market
from ops.sim.bybit.onto_engine import CONTRACTS, NEW_ID, rules_of

_PROTECTED_FILLS = frozenset({"Funding", "CorporateAction"})
"""Kinds of fills that close nothing and belong to no order."""


@dataclass(slots=True, kw_only=True)
class Applied:
    """What a command did to an account, in the stand-in's own things."""

    orders: list[tuple[str, Order]] = field(default_factory=list)
    """With the status that each had before; "" for a new one."""
    fills: list[Execution] = field(default_factory=list)
    legs: list[Position] = field(default_factory=list)
    """Changed ones, and those of the orders and fills."""
    money: bool = False
    """Whether balances or margins may have changed."""

    def __bool__(self) -> bool:
        return bool(self.orders or self.fills or self.legs or self.money)

    def touch(self, leg: Position) -> None:
        """Let the leg be told of, once."""
        if all(leg is not each for each in self.legs):
            self.legs.append(leg)


class Applying:
    """One command's changes on their way into an account."""

    def __init__(self, account: Account, market: Market, ids: Ids, extras: Mapping[str, dict[str, Any]]) -> None:
        """`extras`: what new orders have that the engine does not know, by their ids and the names of `Order`."""
        self._account = account
        self._market = market
        self._ids = ids
        self._extras = extras
        self._now = market.now()
        self.applied = Applied()

    def apply(self, engine: EngineAccount, changes: Changes) -> Applied:
        """Take everything over. The account is then as the engine has it."""
        account = self._account
        account.made = max(account.made, engine.made)
        for changed in changes.orders.values():
            self._order(changed)
        for fill in changes.fills:
            self._fill(fill)
        for position in changes.positions.values():
            self._position(position)
        if changes.settings:
            self._settings(engine)
        account.wallet = {**account.wallet, **engine.wallet}
        for _, order in self.applied.orders:
            self.applied.touch(self._leg(self._instrument(order.symbol), order.position_index))
        self.applied.money = bool(changes)
        return self.applied

    def _name(self, given: str) -> str:
        """The id that clients see."""
        if not given.startswith(NEW_ID):
            return given
        return self._ids.uuid_of(self._account, int(given.removeprefix(NEW_ID), 16))

    def _instrument(self, symbol: str) -> Instrument:
        return self._market.any_of(symbol, *sorted(CONTRACTS, reverse=True))

    def _order(self, changed: EngineOrder) -> None:
        account, order_id = self._account, self._name(changed.order_id)
        kept = account.orders.get(order_id)
        before = kept.status if kept else ""
        order = kept or self._new_order(changed, order_id)
        order.qty, order.price, order.status = changed.qty, changed.price, changed.status
        order.filled, order.filled_value, order.fee = changed.filled, changed.filled_value, changed.fee
        order.trigger_price = changed.trigger_price or ZERO
        order.stop_loss, order.take_profit = changed.stop_loss or ZERO, changed.take_profit or ZERO
        order.sl_trigger_by = changed.sl_trigger_by.value if changed.stop_loss else ""
        order.tp_trigger_by = changed.tp_trigger_by.value if changed.take_profit else ""
        order.trigger_by = changed.trigger_by.value if changed.trigger_price else ""
        order.tpsl_mode = changed.tpsl_mode.value if changed.tpsl_mode else ""
        order.cancel_type, order.reject_reason = changed.cancel_type, changed.reject_reason
        order.priority, order.updated_at = changed.priority, changed.updated_ts
        if kept is None:
            self._dress(order)
        if changed.filled:
            order.fee_currency = self._instrument(changed.symbol).settle_coin
        if order.is_open:
            account.orders[order_id] = order
        else:
            account.orders.pop(order_id, None)
            account.history.append(order)
        self.applied.orders.append((before, order))

    def _new_order(self, changed: EngineOrder, order_id: str) -> Order:
        one = self._instrument(changed.symbol)
        return Order(
            category=one.category,
            order_id=order_id,
            link_id=changed.order_link_id,
            parent_id=self._name(changed.parent_order_id),
            parent_link_id=changed.parent_order_link_id,
            symbol=changed.symbol,
            side=changed.side.value,
            order_type=changed.order_type.value,
            qty=changed.qty,
            status=changed.status,
            time_in_force=changed.time_in_force.value,
            position_index=changed.position_idx,
            reduce_only=changed.reduce_only,
            close_on_trigger=changed.close_on_trigger,
            create_type=changed.create_type,
            stop_order_type=changed.stop_order_type,
            trigger_direction=int(changed.trigger_direction or 0),
            last_price_on_created=self._market.last_price(one, self._now),
            created_at=changed.created_ts,
            updated_at=changed.updated_ts,
        )

    def _dress(self, order: Order) -> None:
        """Give a new order what the engine does not know: its own extras, and the limit price of a stop or target."""
        for name, value in self._extras.get(order.order_id, {}).items():
            setattr(order, name, value)
        parent = self._account.orders.get(order.parent_id) or self._order_named(order.parent_id)
        if parent is None:
            return
        limit = {"PartialTakeProfit": parent.tp_limit_price, "PartialStopLoss": parent.sl_limit_price}
        if price := limit.get(order.stop_order_type, ZERO):
            order.order_type, order.price, order.time_in_force = "Limit", price, "GTC"

    def _leg(self, one: Instrument, index: int) -> Position:
        """The account's own leg, made where it has none yet."""
        return self._account.positions.setdefault(leg_key(one.symbol, index), self._account.leg(one, index))

    def _fill(self, fill: EngineFill) -> None:
        account, one = self._account, self._instrument(fill.symbol)
        done = Execution(
            category=one.category,
            exec_id=self._name(fill.exec_id),
            order_id=self._name(fill.order_id),
            link_id=fill.order_link_id,
            symbol=fill.symbol,
            side=fill.side.value,
            price=fill.price,
            qty=fill.qty,
            value=fill.value,
            fee=fill.fee,
            fee_rate=fill.fee_rate,
            fee_currency=fill.fee_currency,
            exec_type=fill.exec_type,
            order_type=self._kind_of(fill),
            order_price=fill.order_price,
            order_qty=fill.order_qty,
            leaves_qty=fill.leaves_qty,
            stop_order_type=fill.stop_order_type,
            create_type=fill.create_type,
            is_maker=fill.is_maker,
            mark_price=fill.mark_price,
            closed_size=fill.closed_size,
            pnl=fill.gain,
            at=fill.ts,
            seq=self._ids.seq_of(fill.seq),
        )
        account.executions.append(done)
        self.applied.fills.append(done)
        leg = self._leg(one, fill.position_idx)
        self.applied.touch(leg)
        earned = fill.gain - fill.fee
        account.cum_realised[one.settle_coin] = account.cum_realised.get(one.settle_coin, ZERO) + earned
        if fill.exec_type not in _PROTECTED_FILLS:
            self._book(leg, one, done)
        log_fill(account, one, done, leg.size * leg.direction)

    def _kind_of(self, fill: EngineFill) -> str:
        """The orderType that clients know: of funding none, of a market order with a tolerance Market."""
        if fill.exec_type in _PROTECTED_FILLS:
            return "UNKNOWN"
        order = self._order_named(self._name(fill.order_id))
        return order.order_type if order else fill.order_type.value

    def _book(self, leg: Position, one: Instrument, done: Execution) -> None:
        """Let the leg's size and what was paid to open it follow, and note what the fill closed."""
        closed = done.closed_size or ZERO
        close_fee = share(done.fee, closed, done.qty)
        if closed:
            open_fee = share(leg.open_fee, closed, leg.size)
            exit_value = share(done.value, closed, done.qty)
            gain = done.pnl * leg.direction
            closing = Closing(
                size=closed,
                entry_value=exit_value + gain if one.category == "inverse" else exit_value - gain,
                exit_value=exit_value,
                pnl=done.pnl - open_fee - close_fee,
                open_fee=open_fee,
                close_fee=close_fee,
                leverage=leg.leverage,
            )
            add_closed(self._account, done, closing, rules_of(one))
            order = self._order_named(done.order_id)
            if order is not None:
                order.closed_pnl += closing.pnl
            leg.open_fee -= open_fee
            leg.size -= closed
        opened = done.qty - closed
        if opened:
            leg.side = done.side
            leg.size += opened
            leg.open_fee += done.fee - close_fee

    def _order_named(self, order_id: str) -> Order | None:
        return next((order for _, order in self.applied.orders if order.order_id == order_id), None)

    def _position(self, changed: EnginePosition) -> None:
        one = self._instrument(changed.symbol)
        leg = self._leg(one, changed.position_idx)
        earned = changed.cum_realised - leg.cum_realised
        # A closed leg goes on to show what its last holding earned.
        leg.realised = changed.realised if changed.size else leg.realised + earned
        leg.cum_realised = changed.cum_realised
        leg.side = changed.side.value if changed.side else ""
        leg.size = changed.size
        leg.entry_value, leg.added_margin = changed.entry_value, changed.added_margin
        leg.avg_price = price_of(rules_of(one), changed.size, changed.entry_value)
        leg.stop_loss, leg.take_profit = changed.stop_loss or ZERO, changed.take_profit or ZERO
        leg.sl_trigger_by, leg.tp_trigger_by = changed.sl_trigger_by.value, changed.tp_trigger_by.value
        leg.opened_at = changed.opened_ts
        leg.created_at = leg.created_at or self._now
        leg.updated_at = changed.updated_ts or self._now
        # Numbers of the engine are small; seqs that clients have seen are not.
        leg.seq = self._ids.seq_of(changed.seq) if 0 <= changed.seq <= self._account.made else changed.seq
        if not changed.size:
            leg.open_fee = leg.trailing_stop = ZERO
        self.applied.touch(leg)

    def _settings(self, engine: EngineAccount) -> None:
        for (symbol, index), leverage in engine.leverages.items():
            leg = self._leg(self._instrument(symbol), index)
            if leg.leverage != leverage:
                leg.leverage = leverage
                leg.updated_at = self._now
                self.applied.touch(leg)
        if self._account.margin_mode != "PORTFOLIO_MARGIN":
            self._account.margin_mode = engine.margin_mode
