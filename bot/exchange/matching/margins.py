"""What an account is worth at the prices of a moment: profits, margins, and where it would be liquidated.

Formulas: Bybit help center, "Initial Margin", "Maintenance Margin", "Order Cost" and "Liquidation Price" of the unified
account (isolated: page of 2026-05-27); every coin counts in full as collateral. With size Q, entry E, leverage L:
    maintenance at price P = Q·P × rate − deduction, by the tier of Q·P
    isolated, long:  P = (Q·E × (1 − 1/L) − deduction) / (Q × (1 − rate))
    isolated, short: P = (Q·E × (1 + 1/L) + deduction) / (Q × (1 + rate))
Margin that was added to an isolated position counts as a deduction does, and moves its bust price by itself / Q.
The tier is the one at the liquidation price itself. As the maintenance margin is the greatest that any tier's line
gives, a long's price is the highest of those that the tiers give, a short's the lowest.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.orders import MarginMode
from bot.domain.portfolio import Side
from bot.domain.risk_tiers import RiskTier, tier_of
from bot.exchange.matching.model import ZERO, EngineAccount, EnginePosition, Leg, Markets, SymbolRules
from bot.exchange.matching.money import eight_digits, gain_of, price_of
from bot.exchange.matching.quota import reducible


@dataclass(slots=True, kw_only=True)
class HeldLeg:
    """A held position at the mark price; amounts in its settle coin."""

    position: EnginePosition
    rules: SymbolRules
    mark: Decimal
    leverage: Decimal
    tier: RiskTier
    entry: Decimal  # average price
    unrealised: Decimal
    initial: Decimal  # with the fee to close; isolated: at the entry price
    maintenance: Decimal  # with the fee to close
    bust_price: Decimal  # where the initial margin is used up
    liquidation: Decimal | None = None  # None where no price of its own would liquidate the account

    @property
    def is_called(self) -> bool:
        """Whether the mark price has reached its liquidation price."""
        return self.liquidation is not None and (self.mark - self.liquidation) * self.position.direction <= 0


@dataclass(slots=True, kw_only=True)
class CoinMargins:
    """One coin of the wallet; amounts in that coin."""

    coin: str
    wallet: Decimal
    dollars: Decimal  # for one
    unrealised: Decimal = ZERO
    position_initial: Decimal = ZERO
    position_maintenance: Decimal = ZERO
    order_initial: Decimal = ZERO

    @property
    def equity(self) -> Decimal:
        return self.wallet + self.unrealised

    @property
    def unbound(self) -> Decimal:
        """What of the wallet is no margin; negative where margins lack something."""
        return self.wallet - self.position_initial - self.order_initial


@dataclass(slots=True, kw_only=True)
class Assessment:
    """The whole account; totals in USD."""

    margin_mode: MarginMode
    legs: dict[Leg, HeldLeg] = field(default_factory=dict)
    coins: dict[str, CoinMargins] = field(default_factory=dict)
    wallet: Decimal = ZERO
    unrealised: Decimal = ZERO
    initial: Decimal = ZERO
    maintenance: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        """Margin balance: wallet and unrealised profit."""
        return self.wallet + self.unrealised

    @property
    def available(self) -> Decimal:
        """What may still be used for orders, never below nothing; of cross margin."""
        return max(ZERO, self.margin - self.initial)

    @property
    def short(self) -> Decimal:
        """What initial margins lack, in USD; 0 where all are covered."""
        if self.margin_mode is MarginMode.CROSS:
            return max(ZERO, self.initial - self.margin)
        return sum((state.dollars * max(ZERO, -state.unbound) for state in self.coins.values()), ZERO)

    @property
    def is_called(self) -> bool:
        """Whether something would be liquidated at these prices."""
        if self.margin_mode is MarginMode.CROSS:
            return bool(self.legs) and self.margin <= self.maintenance
        return any(leg.is_called for leg in self.legs.values())

    def free(self, coin: str) -> Decimal:
        """What of a coin new orders may use, never below nothing: isolated positions lend each other nothing."""
        state = self.coins.get(coin)
        if state is None:
            return ZERO
        if self.margin_mode is MarginMode.ISOLATED:
            return max(ZERO, state.unbound)
        return self.available / state.dollars if state.dollars else ZERO

    def released(self, leg: HeldLeg) -> Decimal:
        """What a close of that leg at the mark price would give back to new orders, in its settle coin."""
        return leg.initial + (leg.unrealised if self.margin_mode is MarginMode.ISOLATED else ZERO)


def assess(account: EngineAccount, markets: Markets) -> Assessment:
    """Work out the account. Raises KeyError where it holds, or has an order in, a symbol that `markets` lacks."""
    result = Assessment(margin_mode=account.margin_mode)
    for coin, wallet in account.wallet.items():
        _coin(result, markets, coin).wallet = wallet
    for position in account.held():
        leg = held_leg(account, position, markets)
        result.legs[position.leg] = leg
        state = _coin(result, markets, leg.rules.settle_coin)
        state.unrealised += leg.unrealised
        state.position_initial += leg.initial
        state.position_maintenance += leg.maintenance
    _reserve(result, account, markets)
    for state in result.coins.values():
        result.wallet += state.wallet * state.dollars
        result.unrealised += state.unrealised * state.dollars
        result.initial += (state.position_initial + state.order_initial) * state.dollars
        result.maintenance += state.position_maintenance * state.dollars
    if account.margin_mode is MarginMode.CROSS:
        _call_together(result)
    return result


def _coin(result: Assessment, markets: Markets, coin: str) -> CoinMargins:
    state = result.coins.get(coin)
    if state is None:
        state = result.coins[coin] = CoinMargins(coin=coin, wallet=ZERO, dollars=markets.worth(coin))
    return state


def held_leg(account: EngineAccount, position: EnginePosition, markets: Markets) -> HeldLeg:
    """The position at the mark price. Raises KeyError where `markets` lacks its symbol."""
    view = markets.views[position.symbol]
    rules, mark, size, way = view.rules, view.mark, position.size, position.direction
    leverage = account.leverage(position.leg)
    entry = price_of(rules, size, position.entry_value)
    marked = size / mark if rules.is_inverse else size * mark
    is_isolated = account.margin_mode is MarginMode.ISOLATED
    added = position.added_margin if is_isolated else ZERO
    bust = _moved(rules, bust_price(rules, entry, leverage, way), size, way * added)
    tier = tier_of(rules.tiers, marked)
    fee = (size / bust if rules.is_inverse else size * bust) * rules.taker if bust > 0 else ZERO
    return HeldLeg(
        position=position,
        rules=rules,
        mark=mark,
        leverage=leverage,
        tier=tier,
        entry=entry,
        unrealised=eight_digits(gain_of(rules, way, position.entry_value, marked)),
        initial=(position.entry_value if is_isolated else marked) / leverage + added + fee,
        maintenance=max(ZERO, marked * tier.maintenance - tier.deduction) + fee,
        bust_price=bust,
        liquidation=isolated_price(rules, position, leverage) if is_isolated else None,
    )


def bust_price(rules: SymbolRules, entry: Decimal, leverage: Decimal, way: int) -> Decimal:
    """Where the initial margin at that leverage is used up; 0: an inverse short at 1x has no such price."""
    if not rules.is_inverse:
        return entry * (1 - way / leverage)
    slack = 1 + way / leverage
    return entry / slack if slack > 0 else ZERO


def _moved(rules: SymbolRules, bust: Decimal, size: Decimal, added: Decimal) -> Decimal:
    """The bust price with that margin added; negative: of a short."""
    if not added or (rules.is_inverse and not bust):
        return bust
    if not rules.is_inverse:
        return bust - added / size
    return size / coins if (coins := size / bust + added) > 0 else ZERO


def isolated_price(rules: SymbolRules, position: EnginePosition, leverage: Decimal) -> Decimal | None:
    """The mark price at which an isolated position's margin has shrunk to its maintenance margin."""
    found = [price for tier in rules.tiers if (price := _at_tier(rules, position, leverage, tier)) is not None]
    if not found:
        return None
    price = max(found) if position.side is Side.BUY else min(found)
    return price if price > 0 else None


def _at_tier(rules: SymbolRules, position: EnginePosition, leverage: Decimal, tier: RiskTier) -> Decimal | None:
    value, size, way = position.entry_value, position.size, position.direction
    slack = tier.deduction + position.added_margin
    if not rules.is_inverse:
        return (value * (1 - way / leverage) - way * slack) / (size * (1 - way * tier.maintenance))
    coins = value * (1 + way / leverage) + way * slack
    return size * (1 + way * tier.maintenance) / coins if coins > 0 else None


def order_cost(rules: SymbolRules, qty: Decimal, price: Decimal, leverage: Decimal) -> Decimal:
    """What an order that opens so much needs: its margin and its fee, in the settle coin."""
    value = qty / price if rules.is_inverse else qty * price
    return value / leverage + value * rules.taker


def _reserve(result: Assessment, account: EngineAccount, markets: Markets) -> None:
    """Set aside what open orders need: reduce-only and untriggered ones, and what nets a position, need nothing."""
    room: dict[tuple[Leg, Side], Decimal] = {}
    for order in account.orders.values():
        if not order.is_resting or order.reduce_only:
            continue
        netting = room.get((order.leg, order.side))
        if netting is None:
            netting = reducible(account, order.leg, order.side)
        netted = min(netting, order.left)
        room[order.leg, order.side] = netting - netted
        view = markets.views[order.symbol]
        price, leverage = order.price or view.mark, account.leverage(order.leg)
        cost = order_cost(view.rules, order.left - netted, price, leverage)
        _coin(result, markets, view.rules.settle_coin).order_initial += cost


def _call_together(result: Assessment) -> None:
    """For each symbol the price at which margin balance meets maintenance margin, all others standing still."""
    by_symbol: defaultdict[str, list[HeldLeg]] = defaultdict(list)
    for leg in result.legs.values():
        by_symbol[leg.rules.symbol].append(leg)
    for legs in by_symbol.values():
        price = (_inverse_price if legs[0].rules.is_inverse else _linear_price)(result, legs)
        for leg in _ahead(legs, price):
            leg.liquidation = price


def _ahead(legs: list[HeldLeg], price: Decimal | None) -> Iterator[HeldLeg]:
    """The legs that would be under water on the way to that price."""
    if price is not None and price > 0:
        yield from (leg for leg in legs if (leg.mark - price) * leg.position.direction > 0)


def _linear_price(result: Assessment, legs: list[HeldLeg]) -> Decimal | None:
    """Both sides move straight with the price: net size against maintenance of the gross size."""
    slope = sum((leg.position.size * (leg.position.direction - leg.tier.maintenance) for leg in legs), ZERO)
    if not slope:
        return None
    return legs[0].mark - (result.margin - result.maintenance) / slope


def _inverse_price(result: Assessment, legs: list[HeldLeg]) -> Decimal | None:
    """The collateral's own worth moves too: (coins + size·d/entry)·p + rest = size·(d + rate)."""
    leg = legs[0]
    state = result.coins[leg.rules.settle_coin]
    size, way = leg.position.size, leg.position.direction
    coins = state.wallet + way * leg.position.entry_value + leg.tier.deduction
    rest = result.margin - state.equity * state.dollars
    rest -= result.maintenance - state.position_maintenance * state.dollars
    if not coins:
        return None
    return (size * (way + leg.tier.maintenance) - rest) / coins
