"""How an account trades: leverage, position mode, margin mode, and the leg's own stop loss and take profit."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.orders import LeverageRequest, MarginMode, PositionMode, TradingStop
from bot.domain.risk_tiers import tier_of
from bot.exchange.matching import checks, protection
from bot.exchange.matching.margins import assess
from bot.exchange.matching.model import EnginePosition, EngineRejected
from bot.exchange.matching.trailing import set_trailing
from bot.exchange.matching.work import Work

_NOT_MODIFIED = 34040


def set_trading_stop(work: Work, request: TradingStop) -> None:
    """Both prices of a held leg at once, or its trailing stop alone; what stood before is changed in place."""
    checks.check_leg(work.account, request.position_idx)
    held = work.account.position((request.symbol, request.position_idx))
    if held.side is None:
        raise EngineRejected(checks.WRONG_PARAMETER, "can not set tp/sl/ts for zero position")
    if request.trailing_stop is not None:
        _set_trailing(work, held, request.trailing_stop, request.active_price)
        return
    new = replace(
        held,
        stop_loss=request.stop_loss or None,
        sl_trigger_by=request.sl_trigger_by if request.stop_loss else held.sl_trigger_by,
        take_profit=request.take_profit or None,
        tp_trigger_by=request.tp_trigger_by if request.take_profit else held.tp_trigger_by,
        updated_ts=work.now,
    )
    if replace(new, updated_ts=held.updated_ts) == held:
        raise EngineRejected(_NOT_MODIFIED, "not modified")
    checks.check_protection(
        work.view(request.symbol),
        held.side,
        base=None,
        stop=new.stop_loss if new.stop_loss != held.stop_loss else None,
        target=new.take_profit if new.take_profit != held.take_profit else None,
        stop_by=new.sl_trigger_by,
        target_by=new.tp_trigger_by,
    )
    checks.check_rows(work.account, held, new, counts_protections=work.counts_protections)
    work.position(new)
    protection.sync(work, held.leg)


def _set_trailing(work: Work, held: EnginePosition, distance: Decimal, active: Decimal | None) -> None:
    if (distance or None, active if distance else None) == (held.trailing_stop, held.active_price):
        raise EngineRejected(_NOT_MODIFIED, "not modified")
    set_trailing(work, held, distance, active)


def set_leverage(work: Work, request: LeverageRequest) -> None:
    """Both legs' leverage, within the symbol's bounds, the tiers of what is held, and what the account can pay."""
    account, rules = work.account, work.view(request.symbol).rules
    indexes = (0,) if account.position_mode is PositionMode.ONE_WAY else (1, 2)
    legs = [(request.symbol, index) for index in indexes]
    if all(account.leverage(leg) == request.leverage for leg in legs):
        raise EngineRejected(110043, "leverage not modified")
    values = [account.position(leg).entry_value for leg in legs]
    most = min(tier_of(rules.tiers, value).max_leverage for value in values)
    most = min(most, rules.instrument.max_leverage or most)
    if not 1 <= request.leverage <= most:
        raise EngineRejected(checks.RISK_LIMIT_LEVERAGE, f"cannot set leverage, the most is {most}")
    before = assess(account, work.markets).short
    kept = account.leverages
    account.leverages = kept | dict.fromkeys(legs, request.leverage)
    try:
        _check_margin(work, before)
    except EngineRejected:
        account.leverages = kept
        raise
    work.changes.settings = True


def switch_margin_mode(work: Work, mode: MarginMode) -> None:
    """Isolated or cross, for the whole account."""
    account = work.account
    if account.margin_mode is mode:
        raise EngineRejected(110026, "Cross/isolated margin mode has not been modified.")
    before = assess(account, work.markets).short
    kept, account.margin_mode = account.margin_mode, mode
    try:
        _check_margin(work, before)
    except EngineRejected:
        account.margin_mode = kept
        raise
    work.changes.settings = True


def _check_margin(work: Work, short_before: Decimal) -> None:
    """With the new setting the account pays for its margins no worse than before, and nothing is called at once."""
    found = assess(work.account, work.markets)
    if found.short > short_before:
        raise EngineRejected(checks.NO_MONEY, "Available balance is insufficient")
    if found.is_called:
        raise EngineRejected(110011, "Liquidation will be triggered immediately by this adjustment")
