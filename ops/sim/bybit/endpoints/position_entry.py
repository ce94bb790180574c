"""Stops of positions, leverage and modes are set. Source: Bybit v5 documentation, section Position."""

from decimal import Decimal
from typing import Final

from bot.domain.orders import MarginMode
from bot.exchange.matching.checks import check_leg
from bot.exchange.matching.model import EngineRejected
from ops.sim.bybit import rows
from ops.sim.bybit.accounts import Position, leg_key
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.endpoints.order_requests import trigger_by
from ops.sim.bybit.errors import BybitError, refused, wrong_parameter
from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.margins import assess
from ops.sim.bybit.off_engine import Applied
from ops.sim.bybit.onto_engine import account_of
from ops.sim.bybit.order_faults import check_stop
from ops.sim.bybit.position_settings import PORTFOLIO, add_margin, check_leverages, leverage, switch_mode
from ops.sim.bybit.trading import Pending
from ops.sim.bybit.trading_stops import NO_POSITION, NOT_MODIFIED, StopWish, full, partial, unchanged_is_fine
from ops.sim.bybit.trailing import check_trailing, set_trailing

_HEDGE_MODE: Final = 3
_HEDGED_COINS: Final = {"USDT"}
_MARGIN_STEP: Final = Decimal("0.0001")
_MARGIN_ROW: Final = [name for name in ENDPOINTS["/v5/position/add-margin"].shape("") if name != "category"]
"""What add-margin answers of a row of position/list."""


def trading_stop(call: EndpointCall) -> Result:
    """position/trading-stop: what is not given stays; a trailing stop besides."""
    account, one, index = call.owner, call.instrument(), call.query.number("positionIdx") or 0
    leg = _leg(call, one, index)
    stop, target = _wish(call, "sl", "stopLoss"), _wish(call, "tp", "takeProfit")
    trails = _trails(call, one, leg)
    if stop is None and target is None and not trails:
        raise refused(NOT_MODIFIED)
    for wish in (stop, target):
        if wish is not None and wish.price:
            check_stop(call.world, account, one.symbol, wish.price, leg.side)
    if stop is not None or target is not None:
        kind = full if call.query.text("tpslMode") == "Full" else partial
        command = kind(one.symbol, index, stop, target)
        command = unchanged_is_fine(command) if trails else command
        call.world.trading.accept(Pending(account=account, one=one, command=command))
    if trails:
        distance = call.query.decimal("trailingStop")
        distance = leg.trailing_stop if distance is None else distance
        active = call.query.decimal("activePrice") or ZERO
        set_trailing(call.world, account, one, leg, distance=distance, active=active)
    return {}


def _leg(call: EndpointCall, one: Instrument, index: int) -> Position:
    """The held leg that is meant. Raises BybitError 10001."""
    account = call.owner
    try:
        check_leg(account_of(account, call.world.market, hedged=account.is_hedged(one)), index)
    except EngineRejected as refusal:
        raise BybitError(refusal.code, str(refusal)) from None
    leg = account.leg(one, index)
    if not leg.size:
        raise wrong_parameter(NO_POSITION)
    return leg


def _wish(call: EndpointCall, short: str, name: str) -> StopWish | None:
    """What is asked for of one side; None where nothing is. Raises BybitError 10001."""
    query = call.query
    price, kind = query.decimal(name), query.text(f"{short}OrderType", "Market")
    if price is None:
        return None
    if price < 0:
        raise wrong_parameter(f"{name[0].upper()}{name[1:]} invalid")
    if query.text("tpslMode") == "Full":
        if kind != "Market":
            raise wrong_parameter(f"{short}OrderType only support Market when tpSlMode is Full")
        return StopWish(price=price, trigger_by=trigger_by(query, f"{short}TriggerBy"))
    limit = (query.decimal(f"{short}LimitPrice") or ZERO) if kind == "Limit" else None
    size = query.decimal(f"{short}Size") or ZERO
    return StopWish(price=price, trigger_by=trigger_by(query, f"{short}TriggerBy"), size=size, limit=limit)


def _trails(call: EndpointCall, one: Instrument, leg: Position) -> bool:
    """Whether the trailing stop would change. Raises BybitError 10001."""
    distance, active = call.query.decimal("trailingStop"), call.query.decimal("activePrice")
    wanted = leg.trailing_stop if distance is None else distance
    if (distance is None and active is None) or (wanted == leg.trailing_stop and (active or ZERO) == leg.active_price):
        return False
    check_trailing(one, leg, call.world.market.last_price(one, call.now), wanted, active or ZERO)
    return bool(wanted or leg.trailing_stop)


def set_leverage(call: EndpointCall) -> Result:
    """position/set-leverage."""
    account, one = call.owner, call.instrument()
    buy, sell = _leverage(call, "buyLeverage"), _leverage(call, "sellLeverage")
    check_leverages(account, one, buy, sell)
    try:
        call.world.trading.change(account, leverage(one, buy, sell), one)
    except EngineRejected as refusal:
        raise BybitError(refusal.code, str(refusal)) from None
    return {}


def _leverage(call: EndpointCall, name: str) -> Decimal:
    value = call.query.decimal(name)
    if value is None or value < 0:
        raise wrong_parameter(f"{name} invalid")
    return value


def position_mode(call: EndpointCall) -> Result:
    """position/switch-mode: of a symbol, or of all that a coin settles."""
    query = call.query
    hedge = query.number("mode") == _HEDGE_MODE
    if query.text("symbol"):
        switch_mode(call.world, call.owner, call.instrument(), hedge=hedge)
        return {}
    if not query.text("coin"):
        raise wrong_parameter("params error: symbol and coin can not both be empty")
    if query.category != "linear" or query.text("coin") not in _HEDGED_COINS:
        raise refused(110029 if hedge else 110025)
    switch_mode(call.world, call.owner, None, hedge=hedge)
    return {}


def set_auto_add_margin(call: EndpointCall) -> Result:
    """position/set-auto-add-margin: kept and shown; the stand-in adds nothing by itself."""
    account, one, query = call.owner, call.instrument(), call.query
    wanted = query.number("autoAddMargin")
    wanted = query.number("autoAddmargin") if wanted is None else wanted
    if wanted is None:
        raise wrong_parameter("params error: autoAddMargin invalid")
    if account.margin_mode != MarginMode.ISOLATED:
        raise refused(110076)
    index = query.number("positionIdx") or 0
    if (index != 0) != account.is_hedged(one):
        raise wrong_parameter("position idx not match position mode")
    leg = call.world.trading.leg(account, one, index)
    if leg.auto_add_margin == wanted:
        raise refused(110027)
    leg.auto_add_margin, leg.updated_at = wanted, call.now
    call.world.trading.publish(account, Applied(legs=[leg]))
    return {}


def move_margin(call: EndpointCall) -> Result:
    """position/add-margin: to a leg in isolated margin, or back from it; the leg as it is then."""
    account, one, query, world = call.owner, call.instrument(), call.query, call.world
    amount, index = query.decimal("margin") or ZERO, query.number("positionIdx") or 0
    if account.margin_mode != MarginMode.ISOLATED:
        raise refused(110077 if account.margin_mode == PORTFOLIO else 110015)
    if not amount or amount % _MARGIN_STEP:
        raise refused(110027) if not amount else wrong_parameter("params error: margin invalid")
    try:
        world.trading.change(account, add_margin(one, index, amount), one)
    except EngineRejected as refusal:
        raise BybitError(refusal.code, str(refusal)) from None
    leg = account.position(one.category, one.symbol, index)
    held = assess(account, world.market, call.now).legs[leg_key(one.symbol, index)]
    row = rows.position(one, leg, held, held.margins.mark, account.margin_mode)
    return {"category": one.category, **{name: row[name] for name in _MARGIN_ROW}}


def symbol_info(call: EndpointCall) -> Result:
    """position/symbol-info: leverage and position mode, held or not; not in portfolio margin."""
    account, query = call.owner, call.query
    if account.margin_mode == PORTFOLIO:
        raise refused(110077)
    listed = call.world.market.listed(query.category)
    found = [call.instrument()] if query.text("symbol") else list(listed.values())
    return {
        "category": query.category,
        "list": [
            {"symbol": one.symbol, "leverage": plain(leg.leverage), "side": leg.side, "positionIdx": leg.index}
            for one in found
            for index in ((1, 2) if account.is_hedged(one) else (0,))
            for leg in [account.leg(one, index)]
        ],
    }


def closed_positions(call: EndpointCall) -> Result:
    """position/get-closed-positions: of options only, which the stand-in does not trade."""
    return {"nextPageCursor": "", "category": call.query.category, "list": []}
