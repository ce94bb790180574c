"""What an account is worth at the prices of a moment: profits, margins and where it would be liquidated.

Formulas: Bybit help center, "Order Cost", "Initial Margin" and "Liquidation Price" of the unified account in
cross margin mode; every coin counts in full as collateral.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ops.sim.bybit.accounts import Account, Order, Position
from ops.sim.bybit.facts import FEES, Tier
from ops.sim.bybit.grids import ZERO, eight_digits
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market


@dataclass(slots=True, kw_only=True)
class Leg:
    """A held position at the mark price; amounts in its settle coin."""

    position: Position
    instrument: Instrument
    mark: Decimal
    tier: Tier
    risk_id: int
    value: Decimal
    """At the entry price."""
    unrealised: Decimal
    initial: Decimal
    """Initial margin, with the fee to close."""
    maintenance: Decimal
    """Maintenance margin, with the fee to close."""
    bust_price: Decimal
    break_even: Decimal
    liquidation: Decimal | None = None
    """None where no price of its own would liquidate the account."""


@dataclass(slots=True, kw_only=True)
class CoinState:
    """One coin of the wallet; amounts in that coin."""

    coin: str
    wallet: Decimal
    dollars: Decimal
    """USD for one."""
    unrealised: Decimal = ZERO
    position_initial: Decimal = ZERO
    position_maintenance: Decimal = ZERO
    order_initial: Decimal = ZERO
    locked: Decimal = ZERO
    """By open spot orders."""
    cum_realised: Decimal = ZERO

    @property
    def equity(self) -> Decimal:
        return self.wallet + self.unrealised

    @property
    def borrowed(self) -> Decimal:
        """What losses beyond the wallet have borrowed."""
        return max(ZERO, -self.equity)

    @property
    def free(self) -> Decimal:
        """What orders and positions leave over, never below nothing."""
        return max(ZERO, self.equity - self.position_initial - self.order_initial - self.locked)


@dataclass(slots=True, kw_only=True)
class Assessment:
    """The whole account; totals in USD."""

    legs: dict[str, Leg] = field(default_factory=dict)
    """By the key of `Account.positions`."""
    coins: dict[str, CoinState] = field(default_factory=dict)
    wallet: Decimal = ZERO
    equity: Decimal = ZERO
    unrealised: Decimal = ZERO
    initial: Decimal = ZERO
    maintenance: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        """Margin balance: wallet and unrealised profit."""
        return self.wallet + self.unrealised

    @property
    def available(self) -> Decimal:
        """What may still be used for orders, never below nothing."""
        return max(ZERO, self.margin - self.initial)


def transferable(found: Assessment, state: CoinState, *, isolated: bool) -> Decimal:
    """What of a coin could leave the account, never below nothing.

    In isolated margin mode what its orders and positions leave; otherwise what neither the coin's own losses and
    locks nor the whole account's margin need.
    """
    if isolated:
        return state.free
    own = state.wallet + min(state.unrealised, ZERO) - state.locked
    return max(ZERO, min(own, found.available / state.dollars)) if state.dollars else ZERO


def assess(account: Account, market: Market, at: int) -> Assessment:
    """Work out the account at the prices of that epoch millisecond."""
    result = Assessment()
    for coin, wallet in account.wallet.items():
        _coin(result, account, market, at, coin).wallet = wallet
    for key, position in account.positions.items():
        if not position.size:
            continue
        leg = _leg(position, market, at)
        result.legs[key] = leg
        state = _coin(result, account, market, at, leg.instrument.settle_coin)
        state.unrealised += leg.unrealised
        state.position_initial += leg.initial
        state.position_maintenance += leg.maintenance
    for order in account.orders.values():
        _reserve(result, account, market, at, order)
    for state in result.coins.values():
        result.wallet += state.wallet * state.dollars
        result.equity += state.equity * state.dollars
        result.unrealised += state.unrealised * state.dollars
        result.initial += (state.position_initial + state.order_initial) * state.dollars
        result.maintenance += state.position_maintenance * state.dollars
    if account.margin_mode == "ISOLATED_MARGIN":
        for leg in result.legs.values():
            leg.liquidation = _isolated_price(leg)
    else:
        _liquidations(result)
    return result


def _coin(result: Assessment, account: Account, market: Market, at: int, coin: str) -> CoinState:
    state = result.coins.get(coin)
    if state is None:
        state = result.coins[coin] = CoinState(
            coin=coin,
            wallet=ZERO,
            dollars=market.dollars(coin, at),
            cum_realised=account.cum_realised.get(coin, ZERO),
        )
    return state


def _leg(position: Position, market: Market, at: int) -> Leg:
    one = market.any_of(position.symbol, position.category)
    mark, size, entry = market.mark_price(one, at), position.size, position.avg_price
    inverse, taker = one.category == "inverse", FEES[one.category][0]
    direction = position.direction
    value = size / entry if inverse else size * entry
    marked = size / mark if inverse else size * mark
    gain = (1 / entry - 1 / mark) if inverse else (mark - entry)
    bust = _bust_price(entry, position.leverage, direction, inverse=inverse)
    risk_id, tier = one.tier(marked)
    fee = (size / bust if inverse else size * bust) * taker if bust > 0 else ZERO
    return Leg(
        position=position,
        instrument=one,
        mark=mark,
        tier=tier,
        risk_id=risk_id,
        value=value,
        unrealised=eight_digits(gain * size * direction),
        initial=marked / position.leverage + fee,
        maintenance=max(ZERO, marked * tier.maintenance - tier.deduction) + fee,
        bust_price=bust,
        break_even=entry * (1 + direction * taker) / (1 - direction * taker),
    )


def _bust_price(entry: Decimal, leverage: Decimal, direction: int, *, inverse: bool) -> Decimal:
    """Where the initial margin at that leverage is used up."""
    if not inverse:
        return entry * (1 - direction / leverage)
    slack = 1 + direction / leverage
    return entry / slack if slack > 0 else ZERO


def _reserve(result: Assessment, account: Account, market: Market, at: int, order: Order) -> None:
    """Set aside what an open order needs; conditional and reduce-only ones need nothing."""
    if order.status == "Untriggered" or order.reduce_only or not order.left:
        return
    one = market.any_of(order.symbol, order.category)
    price = order.price or market.last_price(one, at)
    if order.category == "spot":
        coin, locked = (one.quote_coin, price * order.left) if order.side == "Buy" else (one.base_coin, order.left)
        _coin(result, account, market, at, coin).locked += locked
        return
    if not one.is_contract:
        return
    leverage = account.position(order.category, order.symbol, order.position_index).leverage
    value = order.left / price if one.category == "inverse" else order.left * price
    state = _coin(result, account, market, at, one.settle_coin)
    state.order_initial += value / leverage + value * FEES[one.category][0]


def _liquidations(result: Assessment) -> None:
    """For each symbol the price at which margin balance meets maintenance margin, all others standing still."""
    by_symbol: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in result.legs.values():
        by_symbol[leg.instrument.symbol].append(leg)
    for legs in by_symbol.values():
        price = (_inverse_price if legs[0].instrument.category == "inverse" else _linear_price)(result, legs)
        for leg in legs:
            ahead = (leg.mark - price) * leg.position.direction if price is not None else ZERO
            if price is not None and price > 0 and ahead > 0:
                leg.liquidation = price


def _isolated_price(leg: Leg) -> Decimal | None:
    """Where the leg's own initial margin has shrunk to its maintenance margin."""
    entry, direction = leg.position.avg_price, leg.position.direction
    slack = direction * (1 / leg.position.leverage - leg.tier.maintenance)
    if leg.instrument.category != "inverse":
        return max(ZERO, entry * (1 - slack)) or None
    return entry / (1 + slack) if slack > -1 else None


def _linear_price(result: Assessment, legs: list[Leg]) -> Decimal | None:
    """Both sides move straight with the price: net size against maintenance of the gross size."""
    slope = sum((leg.position.size * (leg.position.direction - leg.tier.maintenance) for leg in legs), ZERO)
    if not slope:
        return None
    return legs[0].mark - (result.margin - result.maintenance) / slope


def _inverse_price(result: Assessment, legs: list[Leg]) -> Decimal | None:
    """The collateral's own worth moves too: (coins + size·d/entry)·p + rest = size·(d + rate)."""
    leg = legs[0]
    state = result.coins[leg.instrument.settle_coin]
    size, direction = leg.position.size, leg.position.direction
    coins = state.wallet + direction * size / leg.position.avg_price + leg.tier.deduction
    rest = result.margin - state.equity * state.dollars
    rest -= result.maintenance - state.position_maintenance * state.dollars
    if not coins:
        return None
    return (size * (direction + leg.tier.maintenance) - rest) / coins
