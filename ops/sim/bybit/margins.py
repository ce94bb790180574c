"""What an account is worth at the prices of a moment: the engine's margins, with what only a whole account has.

Spot orders lock coins, losses beyond the wallet borrow, and what a coin ever earned is kept.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.exchange.matching import margins
from bot.exchange.matching.margins import CoinMargins, HeldLeg
from bot.exchange.matching.money import break_even
from ops.sim.bybit.accounts import Account, Position, leg_key
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market
from ops.sim.bybit.onto_engine import account_of, markets_of
from ops.sim.bybit.spot_requests import QUOTE, held_as, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A held position of the stand-in, its instrument, and its margins; amounts in its settle coin."""

    position: Position
    instrument: Instrument
    margins: HeldLeg

    @property
    def risk_id(self) -> int:
        return self.instrument.first_risk_id + self.instrument.tiers.index(self.margins.tier)

    @property
    def break_even(self) -> Decimal:
        held = self.margins.position
        return break_even(self.margins.rules, held.direction, held.size, held.entry_value, held.realised)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinState:
    """One coin of the wallet; amounts in that coin."""

    margins: CoinMargins
    locked: Decimal = ZERO
    """By open spot orders."""
    cum_realised: Decimal = ZERO

    @property
    def coin(self) -> str:
        return self.margins.coin

    @property
    def equity(self) -> Decimal:
        return self.margins.equity

    @property
    def dollars(self) -> Decimal:
        """USD for one."""
        return self.margins.dollars

    @property
    def borrowed(self) -> Decimal:
        """What losses beyond the wallet have borrowed."""
        return max(ZERO, -self.equity)

    @property
    def free(self) -> Decimal:
        """What orders and positions leave over, never below nothing."""
        bound = self.margins.position_initial + self.margins.order_initial + self.locked
        return max(ZERO, self.equity - bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The whole account; `total` in USD."""

    total: margins.Assessment
    legs: dict[str, Leg]
    """By the key of `Account.positions`."""
    coins: dict[str, CoinState]


def state_of_none(coin: str, dollars: Decimal) -> CoinState:
    """Of a coin that an account has nothing of."""
    return CoinState(margins=CoinMargins(coin=coin, wallet=ZERO, dollars=dollars))


def transferable(worth: Worth, state: CoinState, *, isolated: bool) -> Decimal:
    """What of a coin could leave the account, never below nothing.

    In isolated margin mode what its orders and positions leave; otherwise what neither the coin's own losses and
    locks nor the whole account's margin need.
    """
    if isolated:
        return state.free
    own = state.margins.wallet + min(state.margins.unrealised, ZERO) - state.locked
    return max(ZERO, min(own, worth.total.available / state.dollars)) if state.dollars else ZERO


def assess(account: Account, market: Market, at: int) -> Worth:
    """Work out the account at the prices of that epoch millisecond."""
    found = margins.assess(account_of(account, market), markets_of(account, market, at))
    locked = _locked(account, market, at)
    coins = found.coins | {
        coin: CoinMargins(coin=coin, wallet=ZERO, dollars=market.dollars(coin, at))
        for coin in locked
        if coin not in found.coins
    }
    return Worth(
        total=found,
        legs={
            leg_key(*key): Leg(
                position=account.positions[leg_key(*key)],
                instrument=market.any_of(key[0], account.positions[leg_key(*key)].category),
                margins=leg,
            )
            for key, leg in found.legs.items()
        },
        coins={
            coin: CoinState(
                margins=state, locked=locked.get(coin, ZERO), cum_realised=account.cum_realised.get(coin, ZERO)
            )
            for coin, state in coins.items()
        },
    )


def _locked(account: Account, market: Market, at: int) -> dict[str, Decimal]:
    """What open spot orders would pay, by coin; of a pair one is counted."""
    held: dict[tuple[str, str], Decimal] = {}
    for order in account.orders.values():
        if holds(order):
            one = market.any_of(order.symbol, order.category)
            price = order.price or order.trigger_price or market.last_price(one, at)
            is_buy = order.side == "Buy"
            amount = order.left * price if is_buy and order.market_unit != QUOTE else order.left
            key = (one.quote_coin if is_buy else one.base_coin, held_as(order))
            held[key] = max(held.get(key, ZERO), amount)
    locked: dict[str, Decimal] = {}
    for (coin, _), amount in held.items():
        locked[coin] = locked.get(coin, ZERO) + amount
    return locked
