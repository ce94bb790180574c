"""How an account trades: leverage, position mode and margin mode, as its endpoints set them.

Source: Bybit v5 documentation, pages position/leverage, position/position-mode and account/set-margin-mode.
"""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.orders import LeverageRequest, MarginMode
from bot.domain.risk_tiers import tier_of
from bot.exchange.matching import checks
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.margins import assess
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets
from ops.sim.bybit.accounts import Account, leg_key
from ops.sim.bybit.errors import BybitError, refused, wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.trading import Command
from ops.sim.bybit.trading_stops import engine_work

if TYPE_CHECKING:
    from ops.sim.bybit.world import World

PORTFOLIO: Final = "PORTFOLIO_MARGIN"
_LEVERAGE_NOT_MODIFIED, _WOULD_LIQUIDATE = 110043, 110011
_NO_MARGIN, _NO_POSITION, _TOO_MUCH_REDUCED = 110014, 110033, 110078
_STEPS: Final = Decimal("0.01")


def leverage(one: Instrument, buy: Decimal, sell: Decimal) -> Command:
    """Set the leverage of both sides, which may differ only where a symbol has two legs in isolated margin."""
    symbol = Symbol(one.symbol)

    def command(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        if buy == sell:
            request = LeverageRequest(category=Category.LINEAR, symbol=symbol, leverage=buy)
            return engine.set_leverage(account, request, markets)
        return _of_legs(account, markets, {(symbol, 1): buy, (symbol, 2): sell})

    return command


def _of_legs(account: EngineAccount, markets: Markets, wanted: dict[tuple[Symbol, int], Decimal]) -> Changes:
    rules = markets.views[next(iter(wanted))[0]].rules
    if all(account.leverage(leg) == value for leg, value in wanted.items()):
        raise EngineRejected(_LEVERAGE_NOT_MODIFIED, "leverage not modified")
    for leg, value in wanted.items():
        most = tier_of(rules.tiers, account.position(leg).entry_value).max_leverage
        if not 1 <= value <= min(most, rules.instrument.max_leverage or most):
            raise EngineRejected(checks.RISK_LIMIT_LEVERAGE, f"cannot set leverage, the most is {most}")
    before, kept = assess(account, markets).short, account.leverages
    account.leverages = kept | wanted
    found = assess(account, markets)
    if found.short > before or found.is_called:
        account.leverages = kept
        code = _WOULD_LIQUIDATE if found.is_called else checks.NO_MONEY
        raise EngineRejected(code, "Available balance is insufficient")
    return Changes(settings=True)


def add_margin(one: Instrument, index: int, amount: Decimal) -> Command:
    """Move so much of the settle coin to a held leg of isolated margin, or back where it is negative."""

    def command(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        checks.check_leg(account, index)
        work = engine_work(engine, account, markets)
        held = account.position((Symbol(one.symbol), index))
        if held.side is None:
            raise EngineRejected(_NO_POSITION, "You can't set margin without an open position")
        if amount > assess(account, markets).free(one.settle_coin):
            raise EngineRejected(_NO_MARGIN, "Insufficient available balance to add additional margin.")
        if held.added_margin + amount < 0:
            raise EngineRejected(_TOO_MUCH_REDUCED, "Added margin more than max can reduce margin")
        work.position(replace(held, added_margin=held.added_margin + amount, updated_ts=work.now))
        if amount < 0 and assess(account, markets).is_called:
            raise EngineRejected(_WOULD_LIQUIDATE, "Liquidation will be triggered immediately by this adjustment")
        return work.changes

    return command


def check_leverages(account: Account, one: Instrument, buy: Decimal, sell: Decimal) -> None:
    """Raises BybitError where the mode does not allow these two."""
    if account.margin_mode == PORTFOLIO:
        raise refused(110038)
    if buy % _STEPS or sell % _STEPS:
        raise wrong_parameter("leverage invalid")
    may_differ = account.is_hedged(one) and account.margin_mode == MarginMode.ISOLATED
    if buy != sell and not may_differ:
        raise wrong_parameter("buy leverage and sell leverage must be the same")


def switch_mode(world: "World", account: Account, one: Instrument | None, *, hedge: bool) -> None:
    """One-way or hedge mode, of a symbol or, for None, of every USDT perpetual that has no position and no order.

    Raises BybitError 110024, 110025, 110028 or 110029.
    """
    busy = {each.symbol for each in account.held()}
    waiting = {each.symbol for each in account.orders.values() if each.category == "linear"}
    waiting |= {each.one.symbol for each in world.trading.pending(account) if each.order_id}
    if one is None:
        _switch_all(world, account, busy | waiting, hedge=hedge)
    else:
        if not one.has_hedge_mode:
            raise refused(110029 if hedge else 110025)
        if account.is_hedged(one) == hedge:
            raise refused(110025)
        if one.symbol in busy:
            raise refused(110024)
        if one.symbol in waiting:
            raise refused(110028)
        account.hedge_of[one.symbol] = hedge
        _carry_leverage(account, one.symbol, hedge=hedge)
    world.touch(account.uid)


def _switch_all(world: "World", account: Account, kept: set[str], *, hedge: bool) -> None:
    if account.hedge == hedge and all(mode == hedge for mode in account.hedge_of.values()):
        raise refused(110025)
    modes = {symbol: account.hedge_of.get(symbol, account.hedge) for symbol in kept}
    listed = world.market.listed("linear")
    for symbol in {each.symbol for each in account.positions.values()} - kept:
        if symbol in listed and listed[symbol].has_hedge_mode and account.is_hedged(listed[symbol]) != hedge:
            _carry_leverage(account, symbol, hedge=hedge)
    account.hedge = hedge
    account.hedge_of = {symbol: mode for symbol, mode in modes.items() if mode != hedge}


def _carry_leverage(account: Account, symbol: str, *, hedge: bool) -> None:
    """The legs that come take over the leverage of those that go, which held nothing."""
    sources = [account.positions.pop(leg_key(symbol, index), None) for index in ((0,) if hedge else (1, 2))]
    source = next((each for each in sources if each is not None), None)
    if source is None:
        return
    for index in (1, 2) if hedge else (0,):
        leg = account.position(source.category, symbol, index)
        leg.leverage = source.leverage
        account.positions[leg_key(symbol, index)] = leg


def set_margin_mode(world: "World", account: Account, wanted: str) -> None:
    """Isolated, cross or portfolio margin. Raises BybitError 3400045 with the reasons."""
    before = account.margin_mode
    if wanted == before:
        return
    if PORTFOLIO in {wanted, before}:
        account.margin_mode = PORTFOLIO if wanted == PORTFOLIO else MarginMode.CROSS
    if wanted == PORTFOLIO:
        world.touch(account.uid)
        return
    try:
        if account.margin_mode != wanted:
            world.trading.change(account, _switch(MarginMode(wanted)))
    except EngineRejected as refusal:
        account.margin_mode = before
        raise failed_mode(str(refusal.code), str(refusal)) from None
    world.touch(account.uid)


def failed_mode(code: str, reason: str) -> BybitError:
    """The refusal of a margin mode."""
    return BybitError(3400045, "Set margin mode failed", {"reasons": [{"reasonCode": code, "reasonMsg": reason}]})


def _switch(mode: MarginMode) -> Command:
    def command(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.switch_margin_mode(account, mode, markets)

    return command
