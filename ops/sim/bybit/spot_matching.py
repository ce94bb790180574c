"""Spot orders meet the book: what is bought and sold, what it costs, and what stop losses and take profits do.

Limit orders that wait are filled at their own price, as makers, by what the book then offers. A fee is taken in the
coin that is got.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.exchange.matching.money import eight_digits
from ops.sim.bybit.accounts import Account, Execution, Order
from ops.sim.bybit.book import Books
from ops.sim.bybit.booking import log_spot
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.ids import Ids
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market
from ops.sim.bybit.spot_requests import CONDITIONAL, PAIR, QUOTE, SPOT, TPSL, bounds, held_as, holds, limited

_DEPTH: Final = 200
_AT_ONCE: Final = frozenset({"IOC", "FOK"})
_OPPOSITE: Final = {"Buy": "Sell", "Sell": "Buy"}
_BY_STOP: Final = "CancelByOCOTpCanceledBySlTriggered"
_BY_TARGET: Final = "CancelByOCOSlCanceledByTpTriggered"

Part = tuple[Decimal, Decimal]
"""Price and quantity."""
Taken = dict[tuple[int, str], tuple[tuple[int, int], dict[tuple[str, Decimal], Decimal]]]
"""By UID and symbol: the book's stamp, and what was taken of its levels since; gone with a newer book."""


@dataclass(slots=True, kw_only=True)
class SpotWork:
    """One command on an account's spot orders, and what it changed."""

    account: Account
    market: Market
    books: Books
    ids: Ids
    taken: Taken
    at: int
    orders: dict[str, Order] = field(default_factory=dict)
    """Changed ones by id; closed ones, too."""
    fills: list[Execution] = field(default_factory=list)
    _before: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        spot = [each for each in self.account.orders.values() if each.category == SPOT]
        self._before = {each.order_id: each.status for each in spot}

    def before(self, order: Order) -> str:
        """The status that an order had when the command began; nothing for a new one."""
        return self._before.get(order.order_id, "")

    def open_orders(self, symbol: str) -> list[Order]:
        """The symbol's spot orders, oldest first."""
        return [each for each in self.account.orders.values() if each.category == SPOT and each.symbol == symbol]

    def add(self, order: Order) -> Order:
        """Take an order on: it gets an id, where none was promised for it."""
        order.order_id = order.order_id or self.ids.uuid(self.account)
        self.account.orders[order.order_id] = order
        return self.changed(order)

    def changed(self, order: Order) -> Order:
        """Note a change of an order; a closed one goes into the history."""
        order.updated_at = self.at
        self.orders[order.order_id] = order
        if not order.is_open and self.account.orders.pop(order.order_id, None) is not None:
            self.account.history.append(order)
        return order

    def close(self, order: Order, cancel_type: str, reason: str, *, status: str = "Cancelled") -> None:
        """Take an open order out, with what it filled until now."""
        if order.status == "Untriggered":
            status = "Deactivated"
        elif order.filled:
            status = "PartiallyFilledCanceled"
        order.status, order.cancel_type, order.reject_reason = status, cancel_type, reason
        self.changed(order)
        if order.filled:
            _leave_protections(self, order)


def execute(work: SpotWork, order: Order) -> None:
    """Let an open order take from the book; what is left rests or is canceled, as its time in force says."""
    one = work.market.any_of(order.symbol, SPOT)
    parts = _offered(work, one, order, _worst(work, one, order))
    if parts and order.time_in_force == "PostOnly":
        work.close(order, "UNKNOWN", "EC_PostOnlyWillTakeLiquidity", status="Rejected")
        return
    if order.time_in_force == "FOK" and sum((qty for _, qty in parts), ZERO) < order.left:
        work.close(order, "UNKNOWN", "EC_NoEnoughQtyToFill")
        return
    for price, qty in parts:
        _fill(work, one, order, price, qty, is_maker=False)
    if order.is_open and order.time_in_force in _AT_ONCE:
        work.close(order, "UNKNOWN", "EC_NoImmediateQtyToFill")


def match(work: SpotWork, symbol: str) -> None:
    """Fill the symbol's resting orders from the book: the best price first, among equals the oldest."""
    one = work.market.any_of(symbol, SPOT)
    resting = [each for each in work.open_orders(symbol) if each.status != "Untriggered"]
    for order in sorted(resting, key=lambda each: -each.price if each.side == "Buy" else each.price):
        qty = sum((qty for _, qty in _offered(work, one, order, order.price)), ZERO)
        if qty:
            _fill(work, one, order, order.price, qty, is_maker=True)


def trigger(work: SpotWork, symbol: str) -> None:
    """Set off the symbol's waiting orders whose price is reached, the oldest first."""
    one = work.market.any_of(symbol, SPOT)
    last = work.market.last_price(one, work.at)
    for order in work.open_orders(symbol):
        rises = order.trigger_direction == 1
        due = last >= order.trigger_price if rises else last <= order.trigger_price
        if due and order.status == "Untriggered":
            _set_off(work, one, order)


def need(work: SpotWork, order: Order) -> tuple[str, Decimal]:
    """The coin that an order pays with, and how much of it what is left may cost at most."""
    one = work.market.any_of(order.symbol, SPOT)
    if order.side == "Sell" and order.market_unit != QUOTE:
        return one.base_coin, order.left
    if order.market_unit == QUOTE:
        price = work.market.last_price(one, work.at)
        return (one.quote_coin, order.left) if order.side == "Buy" else (one.base_coin, order.left / price)
    waits = order.status == "Untriggered"
    price = order.price or (order.trigger_price if waits else _worst_offered(work, one, order))
    return one.quote_coin, order.left * price


def free(work: SpotWork, coin: str, *, but_for: str = "") -> Decimal:
    """What no spot order holds of a coin, without the order of that id; what positions need is for the caller."""
    held: dict[str, Decimal] = {}
    for each in work.account.orders.values():
        if holds(each) and each.order_id != but_for:
            paid_in, amount = need(work, each)
            if paid_in == coin:
                held[held_as(each)] = max(held.get(held_as(each), ZERO), amount)
    return work.account.wallet.get(coin, ZERO) - sum(held.values(), ZERO)


def _worst(work: SpotWork, one: Instrument, order: Order) -> Decimal:
    if order.order_type == "Limit":
        return order.price
    lowest, highest = bounds(one, work.market, work.at)
    return highest if order.side == "Buy" else lowest


def _worst_offered(work: SpotWork, one: Instrument, order: Order) -> Decimal:
    """The farthest price that a market order reaches in this book, or the last one where there is none."""
    parts = _offered(work, one, order, _worst(work, one, order))
    return parts[-1][0] if parts else work.market.last_price(one, work.at)


def _offered(work: SpotWork, one: Instrument, order: Order, worst: Decimal) -> list[Part]:
    """What the order would get, the best price first, and no worse than `worst`."""
    gone = _taken(work, one)
    bids, asks = work.books.sides(one, work.at, _DEPTH)
    is_buy, left = order.side == "Buy", order.left
    found: list[Part] = []
    for price_text, size_text in asks if is_buy else bids:
        price, size = Decimal(price_text), Decimal(size_text)
        if left <= 0 or (price > worst if is_buy else price < worst):
            break
        size -= gone.get((order.side, price), ZERO)
        wanted = left / price if order.market_unit == QUOTE else left
        qty = one.qty.decimal(one.qty.down(min(size, wanted)))
        if qty > 0:
            found.append((price, qty))
            left -= qty * price if order.market_unit == QUOTE else qty
    return found


def _taken(work: SpotWork, one: Instrument) -> dict[tuple[str, Decimal], Decimal]:
    stamp, key = work.market.stamp(work.at), (work.account.uid, one.symbol)
    kept = work.taken.get(key)
    if kept is None or kept[0] != stamp:
        kept = work.taken[key] = (stamp, {})
    return kept[1]


def _fill(work: SpotWork, one: Instrument, order: Order, price: Decimal, qty: Decimal, *, is_maker: bool) -> None:
    """Book one execution: order, wallet, log and list of fills."""
    account, value = work.account, qty * price
    bought = order.side == "Buy"
    fee = eight_digits((qty if bought else value) * FEES[SPOT][is_maker])
    gone = _taken(work, one)
    gone[order.side, price] = gone.get((order.side, price), ZERO) + qty
    order.filled += qty
    order.filled_value += value
    order.fee += fee
    order.fee_currency = one.base_coin if bought else one.quote_coin
    in_quote = order.market_unit == QUOTE
    order.status = "PartiallyFilled" if order.qty - (order.filled_value if in_quote else order.filled) > 0 else "Filled"
    fill = _execution(work, one, order, (price, qty), fee=fee, is_maker=is_maker)
    account.executions.append(fill)
    work.fills.append(fill)
    for line in log_spot(account, one, fill):
        balance = account.wallet.get(line.currency, ZERO) + line.change
        account.wallet[line.currency] = line.balance = balance
    work.changed(order)
    if order.status == "Filled":
        _leave_protections(work, order)


def _execution(work: SpotWork, one: Instrument, order: Order, part: Part, *, fee: Decimal, is_maker: bool) -> Execution:
    price, qty = part
    seq = work.ids.seq(work.account)
    return Execution(
        category=SPOT,
        exec_id=work.ids.uuid(work.account),
        order_id=order.order_id,
        link_id=order.link_id,
        symbol=order.symbol,
        side=order.side,
        price=price,
        qty=qty,
        value=qty * price,
        fee=fee,
        fee_rate=FEES[SPOT][is_maker],
        fee_currency=order.fee_currency,
        order_type=order.order_type,
        order_price=order.price,
        order_qty=order.qty,
        leaves_qty=order.left,
        stop_order_type=order.stop_order_type,
        create_type=order.create_type,
        is_maker=is_maker,
        mark_price=work.market.mark_price(one, work.at),
        at=work.at,
        seq=seq,
    )


def _leave_protections(work: SpotWork, order: Order) -> None:
    """A limit order that is done leaves its stop loss and take profit behind, of what it filled."""
    if not (order.take_profit or order.stop_loss) or order.stop_order_type:
        return
    one = work.market.any_of(order.symbol, SPOT)
    got = order.filled - order.fee if order.side == "Buy" else order.filled
    qty = one.qty.decimal(one.qty.down(got))
    both = bool(order.take_profit and order.stop_loss)
    for price, limit, order_type, is_stop in (
        (order.take_profit, order.tp_limit_price, order.tp_order_type, False),
        (order.stop_loss, order.sl_limit_price, order.sl_order_type, True),
    ):
        if price and qty:
            work.add(_protection(work, order, (price, limit, order_type), qty, is_stop=is_stop, both=both))


def _protection(
    work: SpotWork, order: Order, wished: tuple[Decimal, Decimal, str], qty: Decimal, *, is_stop: bool, both: bool
) -> Order:
    price, limit, order_type = wished
    falls = (order.side == "Buy") == is_stop
    return Order(
        category=SPOT,
        order_id="",
        parent_id=order.order_id,
        parent_link_id=order.link_id,
        symbol=order.symbol,
        side=_OPPOSITE[order.side],
        order_type=order_type,
        price=limit,
        qty=qty,
        status="Untriggered",
        time_in_force="IOC" if order_type == "Market" else "GTC",
        create_type="CreateByStopLoss" if is_stop else "CreateByTakeProfit",
        stop_order_type=PAIR if both else TPSL,
        trigger_price=price,
        trigger_direction=2 if falls else 1,
        trigger_by="LastPrice",
        market_unit="baseCoin" if order_type == "Market" else "",
        is_leverage="0",
        last_price_on_created=work.market.last_price(work.market.any_of(order.symbol, SPOT), work.at),
        created_at=work.at,
        updated_at=work.at,
    )


def _set_off(work: SpotWork, one: Instrument, order: Order) -> None:
    for other in _partners(work, order):
        by_stop = order.create_type == "CreateByStopLoss"
        work.close(other, _BY_STOP if by_stop else _BY_TARGET, "EC_PerCancelRequest")
    order.status = "New"
    order.price = limited(one, order, work.market, work.at, moves_price=True)
    coin, amount = need(work, order)
    if order.stop_order_type == CONDITIONAL and amount > free(work, coin, but_for=order.order_id):
        work.close(order, "UNKNOWN", "EC_Others")
        return
    work.changed(order)
    execute(work, order)


def _partners(work: SpotWork, order: Order) -> Iterable[Order]:
    if order.stop_order_type != PAIR:
        return ()
    same = [each for each in work.open_orders(order.symbol) if each.parent_id == order.parent_id]
    return [each for each in same if each is not order and each.status == "Untriggered"]
