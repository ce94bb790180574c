"""How an account trades is set, and a demo account is filled.

Source: Bybit v5 documentation, section Account and page demo.
"""

from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import Account, LogEntry
from ops.sim.bybit.clock import MINUTE
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import NOT_ON_DEMO, TOO_MANY, refused, wrong_parameter
from ops.sim.bybit.facts import DEMO_MONEY
from ops.sim.bybit.fields import number_of
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.margins import assess
from ops.sim.bybit.off_engine import Applied
from ops.sim.bybit.position_settings import PORTFOLIO, failed_mode, set_margin_mode

_LEAST_FOR_PORTFOLIO: Final = Decimal(1000)
_REDUCE: Final = 1


def margin_mode(call: EndpointCall) -> Result:
    """account/set-margin-mode."""
    account, wanted = call.owner, call.query.text("setMarginMode")
    if wanted == PORTFOLIO:
        if assess(account, call.world.market, call.now).total.margin < _LEAST_FOR_PORTFOLIO:
            raise failed_mode("3400000", "Equity needs to be equal to or greater than 1000 USDC")
        if any(leg.index for leg in account.held()):
            raise failed_mode("3400208", "You have unclosed hedge mode or isolated mode USDT perpetual positions")
    set_margin_mode(call.world, account, wanted)
    return {"reasons": []}


def hedging_mode(call: EndpointCall) -> Result:
    """account/set-hedging-mode: spot hedging, which account/info shows and portfolio margin alone counts with."""
    call.owner.spot_hedging = call.query.text("setHedgingMode") == "ON"
    call.world.touch(call.owner.uid)
    return {}


def user_setting_config(call: EndpointCall) -> Result:
    """account/user-setting-config: what becomes of prices beyond the limits."""
    account = call.owner
    return {
        "lpaSpot": account.moves_spot_price,
        "lpaPerp": account.refuses_price,
        "smsef": False,
        "fmsef": False,
        "deltaEnable": False,
    }


def limit_price_action(call: EndpointCall) -> Result:
    """account/set-limit-px-action: whether prices beyond the limits are moved to them or refused."""
    account, moves = call.owner, call.query.flag("modifyEnable")
    if call.query.category == "spot":
        account.moves_spot_price = moves
    else:
        account.refuses_price = not moves
    call.world.touch(account.uid)
    return {}


def disconnected_cancel_all(call: EndpointCall) -> Result:
    """order/disconnected-cancel-all: kept, and shown by account/query-dcp-info; no order is canceled for it."""
    call.owner.cancels_after = call.query.number("timeWindow") or 0
    call.world.touch(call.owner.uid)
    return {}


def demo_apply_money(call: EndpointCall) -> Result:
    """account/demo-apply-money: of a demo account, once a minute; all coins or none. Raises BybitError."""
    account = call.owner
    if account.environment != "demo":
        raise refused(NOT_ON_DEMO)
    if account.applied_at and call.now < account.applied_at + MINUTE:
        raise refused(TOO_MANY)
    amounts = _amounts(call.query.raw("utaDemoApplyMoney"))
    sign = -1 if call.query.number("adjustType") == _REDUCE else 1
    for coin, amount in amounts.items():
        _transfer(call, account, coin, sign * min(amount, account.wallet.get(coin, ZERO) if sign < 0 else amount))
    account.applied_at = call.now
    call.world.trading.publish(account, Applied(money=True))
    return {}


def _amounts(rows: object) -> dict[str, Decimal]:
    """By coin. Raises BybitError 10001."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise wrong_parameter("params error: utaDemoApplyMoney invalid")
    amounts: dict[str, Decimal] = {}
    for row in rows:
        coin, amount = row.get("coin"), number_of(row.get("amountStr"))
        if coin not in DEMO_MONEY or amount is None or not 0 < amount <= DEMO_MONEY[coin]:
            raise wrong_parameter("params error: coin or amountStr invalid")
        amounts[coin] = amount
    return amounts


def _transfer(call: EndpointCall, account: Account, coin: str, amount: Decimal) -> None:
    balance = account.wallet.get(coin, ZERO) + amount
    account.wallet[coin] = balance
    account.log.append(
        LogEntry(
            id=call.world.ids.uuid(account),
            type="TRANSFER_IN" if amount > 0 else "TRANSFER_OUT",
            currency=coin,
            at=call.now,
            change=amount,
            balance=balance,
            cash_flow=amount,
            qty=abs(amount),
        )
    )
