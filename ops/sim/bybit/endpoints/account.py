"""Wallet, settings, fees and the transaction log. Source: Bybit v5 documentation, section Account."""

from typing import Any, Final

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import LogEntry
from ops.sim.bybit.clock import DAY
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.facts import COINS, FEES
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.margins import CoinState, assess
from ops.sim.bybit.options import COINS as OPTION_COINS
from ops.sim.bybit.paging import page

_UNIFIED: Final = "UNIFIED"
_UTA_2_PRO: Final = 6
_KNOWN_COINS: Final = frozenset({*COINS, "USDT"})


def wallet_balance(call: EndpointCall) -> Result:
    """account/wallet-balance: coins that hold something, or those asked for."""
    _check_type(call.query.text("accountType"))
    found = assess(call.owner, call.world.market, call.now)
    if wanted := call.query.text("coin"):
        coins = [found.coins.get(coin) or _empty(call, coin) for coin in wanted.split(",")]
    else:
        coins = [state for state in found.coins.values() if state.wallet or state.equity]
    return {"list": [rows.wallet(found, coins)]}


def _check_type(account_type: str) -> None:
    if account_type != _UNIFIED:
        raise wrong_parameter("accountType only support UNIFIED.")


def _empty(call: EndpointCall, coin: str) -> CoinState:
    if coin not in _KNOWN_COINS:
        raise wrong_parameter("params error: coin invalid")
    return CoinState(coin=coin, wallet=ZERO, dollars=call.world.market.dollars(coin, call.now))


def info(call: EndpointCall) -> Result:
    """account/info: a unified account (UTA 2.0 Pro) in cross margin mode."""
    return {
        "unifiedMarginStatus": _UTA_2_PRO,
        "marginMode": "REGULAR_MARGIN",
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
        "updatedTime": str(call.owner.created_at),
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": 0,
    }


def fee_rate(call: EndpointCall) -> Result:
    """account/fee-rate: by symbol, for options by base coin."""
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
    return {
        "category": category,
        "list": [
            {"symbol": symbol, "baseCoin": base, "takerFeeRate": taker, "makerFeeRate": maker} for symbol, base in names
        ],
    }


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
