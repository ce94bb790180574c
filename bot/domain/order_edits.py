"""A resting entry in other numbers: what it would become, what that means, and what may not be.

Prices in the quote coin, quantities in the base coin; the quantity of an order is all of it, what was filled within.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain import card_formulas as formulas
from bot.domain.card_entries import unit_loss_of
from bot.domain.card_formulas import TOLERANCE, ZERO
from bot.domain.card_sizes import least_qty
from bot.domain.errors import BadInput
from bot.domain.ids import AccountId
from bot.domain.leg_protection import promised
from bot.domain.leg_rules import wrong_side
from bot.domain.market import Instrument, Ticker
from bot.domain.orders import LegSettings, MarginMode, direction
from bot.domain.portfolio import FeeRate, Order, Position, Side
from bot.domain.risk_tiers import RiskTier
from bot.domain.trade_plans import OrderIntent, TradePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """What is asked for; None leaves a value as it is, a stop or a target of 0 is taken away.

    `value`: the size in the quote coin, at the price that the order is to have.
    """

    price: Decimal | None = None
    qty: Decimal | None = None
    value: Decimal | None = None
    stop: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingEntry:
    """An entry from here that rests, as it was read just now, with what it hangs together with."""

    order: Order
    intent: OrderIntent
    plan: TradePlan
    position: Position | None  # of its leg
    instrument: Instrument
    ticker: Ticker
    settings: LegSettings
    fee: FeeRate
    tiers: tuple[RiskTier, ...]
    others: tuple[Decimal, ...] = ()  # prices of the plan's other entries that rest

    @property
    def price(self) -> Decimal:
        """Its limit price; 0 where it has none."""
        return self.order.price or ZERO

    @property
    def filled(self) -> Decimal:
        return max(self.order.cum_exec_qty or ZERO, self.intent.fills_qty)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEdit:
    """What the order would be; `stop` and `target` 0: none. `loss`: of what is left of it at the stop; None: unknown.

    `raises`: more may come to stand or be lost in it than before, or a new price would have it filled at once, so that
    every rule of an entry is asked. `is_crossing`: at the prices of now it would be filled at once.
    """

    before: RestingEntry
    price: Decimal
    qty: Decimal
    stop: Decimal
    target: Decimal
    loss: Decimal | None = None
    raises: bool = False
    is_crossing: bool = False

    @property
    def left(self) -> Decimal:
        """What is still to be filled of it."""
        return self.qty - self.before.filled

    @property
    def moves_levels(self) -> bool:
        """Whether stop or target are other ones than were promised."""
        return (self.stop, self.target) != promised(self.before.plan)

    def agreed(self, account_id: AccountId) -> "AgreedEdit":
        """The numbers of the edit that a tap on its card agrees to."""
        return AgreedEdit(
            account_id=account_id,
            order_id=self.before.order.order_id,
            price_before=self.before.price,
            qty_before=self.before.order.qty,
            price=self.price,
            qty=self.qty,
            stop=self.stop,
            target=self.target,
            is_crossing=self.is_crossing,
            levels_before=promised(self.before.plan),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedEdit:
    """The numbers of a card: the order as it stood there, and as it is to be.

    `levels_before`: stop and target as they were promised then, 0: none; None: of a card that did not keep them.
    """

    account_id: AccountId
    order_id: str
    price_before: Decimal
    qty_before: Decimal
    price: Decimal
    qty: Decimal
    stop: Decimal
    target: Decimal
    is_crossing: bool
    levels_before: tuple[Decimal, Decimal] | None = None

    @property
    def change(self) -> OrderChange:
        """The same as a wish that names every value."""
        return OrderChange(price=self.price, qty=self.qty, stop=self.stop, target=self.target)


def edited(now: RestingEntry, change: OrderChange) -> OrderEdit:
    """The order with the change. Raises BadInput for what is no change, and for what the exchange would not take."""
    if now.price <= 0 or now.order.trigger_price is not None:
        raise BadInput("edit-no-limit")
    tick = now.instrument.tick_size
    price = now.price if change.price is None else formulas.inwards(change.price, now.order.side, tick)
    stop, target = promised(now.plan)
    edit = OrderEdit(
        before=now,
        price=price,
        qty=_qty(now, change, price),
        stop=stop if change.stop is None else formulas.outwards(change.stop, now.order.side, tick),
        target=target if change.target is None else formulas.inwards(change.target, now.order.side, tick),
        is_crossing=_is_crossing(now, price),
    )
    if (price, edit.qty) == (now.price, now.order.qty) and not edit.moves_levels:
        raise BadInput("edit-same")
    _check_size(edit)
    _check_price(edit)
    _check_levels(edit)
    as_it_was = replace(edit, price=now.price, qty=now.order.qty, stop=stop)
    loss, loss_before = _loss(edit), _loss(as_it_was)
    is_more = edit.left * price > as_it_was.left * now.price
    is_worse = loss is None or loss_before is None or loss > loss_before
    is_now = edit.is_crossing and price != now.price
    return replace(edit, loss=loss, raises=is_more or is_worse or is_now)


def _qty(now: RestingEntry, change: OrderChange, price: Decimal) -> Decimal:
    step = now.instrument.qty_step
    if change.qty is not None:
        return formulas.floor_to(change.qty, step)
    return now.order.qty if change.value is None else formulas.floor_to(change.value / price, step)


def _is_crossing(now: RestingEntry, price: Decimal) -> bool:
    ticker, side = now.ticker, now.order.side
    touch = ticker.ask_price if side is Side.BUY else ticker.bid_price
    return ((touch or ticker.last_price) - price) * direction(side) <= 0


def _check_size(edit: OrderEdit) -> None:
    now, instrument = edit.before, edit.before.instrument
    if edit.qty <= now.filled and now.filled:
        raise BadInput("edit-below-filled", filled=instrument.qty_text(now.filled), coin=instrument.base_coin)
    least, most = least_qty(instrument, edit.price), instrument.max_order_qty
    if edit.qty < least:
        raise BadInput("edit-too-small", least=instrument.qty_text(least), coin=instrument.base_coin)
    if most is not None and edit.qty > most:
        raise BadInput("edit-too-large", most=instrument.qty_text(most), coin=instrument.base_coin)


def _check_price(edit: OrderEdit) -> None:
    """The exchange would move a price beyond its limits without a word."""
    now, ticker = edit.before, edit.before.ticker
    lowest, highest = formulas.price_limits(now.instrument, ticker.mark_price, ticker.index_price)
    bound = highest if now.order.side is Side.BUY else lowest
    if edit.price != now.price and bound is not None and (edit.price - bound) * direction(now.order.side) > 0:
        raise BadInput("edit-price-limit", price=now.instrument.price_text(bound))


def _check_levels(edit: OrderEdit) -> None:
    """On their sides of both prices: the order may be filled at the old one until the exchange has taken the change."""
    now, way = edit.before, direction(edit.before.order.side)
    if edit.moves_levels and now.position is not None:
        raise BadInput("edit-leg-levels", symbol=now.order.symbol)
    if edit.target != promised(now.plan)[1] and len(now.plan.targets) > 1:
        raise BadInput("edit-many-targets", count=len(now.plan.targets))
    prices = (edit.price, now.price)
    if edit.stop and any((price - edit.stop) * way <= 0 for price in prices):
        key = "edit-stop-above" if now.order.side is Side.BUY else "edit-stop-below"
        raise BadInput(key, stop=now.instrument.price_text(edit.stop))
    if edit.target and any((edit.target - price) * way <= 0 for price in prices):
        key = "edit-target-below" if now.order.side is Side.BUY else "edit-target-above"
        raise BadInput(key, target=now.instrument.price_text(edit.target))
    _check_others(edit)
    liquidation = _liquidation(edit)
    if edit.stop and liquidation is not None and (edit.stop - liquidation * (1 + way * TOLERANCE)) * way < 0:
        raise BadInput("manage-stop-beyond-liquidation", price=now.instrument.price_text(liquidation))


def _check_others(edit: OrderEdit) -> None:
    """Stop and targets are of the whole leg: they must suit its other entries, and its earlier targets this one."""
    now = edit.before
    earlier = tuple(each.price for each in now.plan.targets[:-1] if not each.is_done)
    targets = (*earlier, *((edit.target,) if edit.target else ()))
    found = wrong_side(now.order.side, (edit.price, *now.others), edit.stop, targets)
    if found is not None:
        level, price = (now.instrument.price_text(each) for each in found)
        raise BadInput("entry-waiting-beyond", stop=level, price=price)


def _liquidation(edit: OrderEdit) -> Decimal | None:
    """Of the leg with all of the order filled; None: none, or of the whole account."""
    now, side = edit.before, edit.before.order.side
    if now.settings.margin_mode is not MarginMode.ISOLATED:
        return None
    held, entry = (ZERO, ZERO) if now.position is None else (now.position.size, now.position.entry_price or edit.price)
    qtys, prices = (edit.left, held), (edit.price, entry)
    whole, average = sum(qtys, ZERO), formulas.average(qtys, prices)
    found = formulas.isolated_liquidation(side, whole, average, now.settings.leverage(side), now.tiers)
    return None if found is None else formulas.outwards(found, side, now.instrument.tick_size)


def _loss(edit: OrderEdit) -> Decimal | None:
    now, side = edit.before, edit.before.order.side
    rate = max(now.fee.taker, now.fee.maker)
    leverage, mode = now.settings.leverage(side), now.settings.margin_mode
    loss = unit_loss_of(side, edit.price, edit.stop or None, leverage, mode, rate)
    return None if loss is None else max(ZERO, loss * edit.left)
