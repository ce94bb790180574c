"""Wallet, settings, fees and the transaction log. Source: Bybit v5 documentation, section Account."""

from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import LogEntry
from ops.sim.bybit.clock import DAY
from ops.sim.bybit.endpoints.borrowing import WALLET_COINS, state_of
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.margins import CoinState, Worth, assess
from ops.sim.bybit.options import COINS as OPTION_COINS
from ops.sim.bybit.paging import page

_UNIFIED: Final = "UNIFIED"
_STATUSES: Final = {0: 1, 1: 6}
"""unifiedMarginStatus by `uta`: classic, and UTA 2.0 Pro; any other `uta` is the status itself."""
_DCP_PRODUCTS: Final = ("SPOT", "DERIVATIVES", "OPTIONS")
_SMP_GROUP: Final = 0
_GREEKS_DIGITS: Final = 8


def wallet_balance(call: EndpointCall) -> Result:
    """account/wallet-balance: coins that hold something, or those asked for."""
    _check_type(call.query.text("accountType"))
    found = assess(call.owner, call.world.market, call.now)
    if wanted := call.query.text("coin"):
        coins = [_known(call, found, coin) for coin in wanted.split(",")]
    else:
        coins = [state for state in found.coins.values() if state.margins.wallet or state.equity]
    return {"list": [rows.wallet(found, coins, call.owner.margin_mode)]}


def _check_type(account_type: str) -> None:
    if account_type != _UNIFIED:
        raise wrong_parameter("accountType only support UNIFIED.")


def _known(call: EndpointCall, found: Worth, coin: str) -> CoinState:
    if coin not in WALLET_COINS:
        raise wrong_parameter("params error: coin invalid")
    return state_of(call, found, coin)


def info(call: EndpointCall) -> Result:
    """account/info."""
    account = call.owner
    return {
        "unifiedMarginStatus": _STATUSES.get(account.uta, account.uta),
        "marginMode": account.margin_mode,
        "isMasterTrader": False,
        "spotHedgingStatus": "ON" if account.spot_hedging else "OFF",
        "updatedTime": str(account.created_at),
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": _SMP_GROUP,
    }


def smp_group(call: EndpointCall) -> Result:  # noqa: ARG001  the same for every account
    """account/smp-group."""
    return {"smpGroup": _SMP_GROUP}


def dcp_info(call: EndpointCall) -> Result:
    """account/query-dcp-info: nothing, unless the account has asked for it."""
    seconds = call.owner.cancels_after
    products = _DCP_PRODUCTS if seconds else ()
    return {"dcpInfos": [{"product": each, "dcpStatus": "ON", "timeWindow": str(seconds)} for each in products]}


def coin_greeks(call: EndpointCall) -> Result:
    """asset/coin-greeks: what the contracts make of each coin with options; the stand-in has no option positions."""
    wanted, market = call.query.text("baseCoin"), call.world.market
    deltas = dict.fromkeys(OPTION_COINS, ZERO)
    for leg in call.owner.held():
        one = market.any_of(leg.symbol, leg.category)
        if one.coin in deltas:
            price = market.mark_price(one, call.now) if one.category == "inverse" else Decimal(1)
            deltas[one.coin] += leg.size * leg.direction * one.multiplier / price
    return {
        "list": [
            {
                "baseCoin": coin,
                "totalDelta": f"{delta:.{_GREEKS_DIGITS}f}",
                "totalGamma": "0",
                "totalVega": "0",
                "totalTheta": "0",
            }
            for coin, delta in deltas.items()
            if wanted in {"", coin}
        ]
    }


def fee_rate(call: EndpointCall) -> Result:
    """account/fee-rate: by symbol, for options by base coin; contracts have no category in the answer."""
    query = call.query
    category = query.category
    names: list[tuple[str, str]]
    if category == "option":
        wanted = query.text("baseCoin")
        names = [("", coin) for coin in OPTION_COINS if wanted in {"", coin}]
    elif query.text("symbol"):
        names = [(call.instrument().symbol, "")]
    else:
        names = [(symbol, "") for symbol in call.world.market.listed(category)]
    taker, maker = (plain(rate) for rate in FEES[category])
    found = [{"symbol": symbol, "takerFeeRate": taker, "makerFeeRate": maker} for symbol, _ in names]
    if category not in {"spot", "option"}:
        return {"list": found}
    if category == "option":
        found = [{**row, "baseCoin": base} for row, (_, base) in zip(found, names, strict=True)]
    return {"category": category, "list": found}


def transaction_log(call: EndpointCall) -> Result:
    """account/transaction-log: the last day unless asked otherwise, newest first."""
    query = call.query
    if given := query.text("accountType"):
        _check_type(given)
    first, last = query.window(DAY, call.now)
    wanted: dict[str, Any] = {
        name: value
        for name, parameter in (("category", "category"), ("currency", "currency"), ("type", "type"))
        if (value := query.text(parameter))
    }
    base = query.text("baseCoin")
    found = [
        entry
        for entry in reversed(call.owner.log)
        if first <= entry.at <= last
        and all(getattr(entry, name) == value for name, value in wanted.items())
        and base in {"", _base_coin(call, entry)}
    ]
    shown, cursor = page(found, query.cursor, query.limit, lambda entry: entry.id)
    return {"list": [rows.log_entry(entry) for entry in shown], "nextPageCursor": cursor}


def _base_coin(call: EndpointCall, entry: LogEntry) -> str:
    """Of the entry's instrument; a transfer's coin is its own."""
    if not entry.symbol:
        return entry.currency
    return call.world.market.any_of(entry.symbol, entry.category).base_coin
