"""Collateral, what is borrowed, what can leave. Source: Bybit v5 documentation, section Account."""

from decimal import Decimal
from typing import Any, Final

from bot.exchange.matching.money import eight_digits
from ops.sim.bybit.clock import DAY, HOUR
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.facts import COINS
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.margins import CoinState, Worth, assess, state_of_none, transferable
from ops.sim.bybit.noise import WORD, Noise
from ops.sim.bybit.paging import page

WALLET_COINS: Final = ("USDT", *COINS)
"""The coins that a wallet may hold."""
_MOST_BORROWED: Final = 200_000
"""USDT of what an account may borrow of one coin."""
_MOST_COINS: Final = 20
_MONTH: Final = 30 * DAY
_RATE: Final = Decimal("0.000002")


def state_of(call: EndpointCall, found: Worth, coin: str) -> CoinState:
    """Of a coin the account may hold nothing of."""
    dollars = call.world.market.dollars(coin, call.now)
    return found.coins.get(coin) or state_of_none(coin, dollars)


def collateral_info(call: EndpointCall) -> Result:
    """account/collateral-info: every coin, or the one asked for."""
    wanted = call.query.text("currency")
    found = assess(call.owner, call.world.market, call.now)
    return {"list": [_collateral(state_of(call, found, coin)) for coin in WALLET_COINS if wanted in {"", coin}]}


def _collateral(state: CoinState) -> dict[str, Any]:
    most = (_MOST_BORROWED / state.dollars).quantize(Decimal("0.0001"))
    return {
        "currency": state.coin,
        "hourlyBorrowRate": plain(_hourly_rate(state.coin)),
        "maxBorrowingAmount": plain(most),
        "freeBorrowingLimit": "0",
        "freeBorrowAmount": "0",
        "borrowAmount": plain(state.borrowed),
        "otherBorrowAmount": "0",
        "availableToBorrow": plain(max(ZERO, most - state.borrowed)),
        "borrowable": True,
        "borrowUsageRate": plain(state.borrowed / most),
        "marginCollateral": True,
        "collateralSwitch": True,
        "collateralRatio": "0.95",
        "freeBorrowingAmount": "",
    }


def _hourly_rate(coin: str) -> Decimal:
    return eight_digits(_RATE * (1 + Noise(0, f"loan {coin}").words(0, 0)[0] * 4 // WORD))


def borrow_history(call: EndpointCall) -> Result:
    """account/borrow-history: an interest record for each hour and coin in debt, newest first; 30 days at most."""
    query = call.query
    first, last = query.window(_MONTH, call.now, words="30 days")
    wanted = query.text("currency")
    found = [row for row in _debts(call, first, min(last, call.now)) if wanted in {"", row["currency"]}]
    shown, cursor = page(found, query.cursor, query.limit, lambda row: f"{row['createdTime']}{row['currency']}")
    return {"list": list(shown), "nextPageCursor": cursor}


def _debts(call: EndpointCall, first: int, last: int) -> list[dict[str, Any]]:
    """What losses beyond the wallet borrowed in each full hour since the oldest position that is held."""
    account, market = call.owner, call.world.market
    since = min((leg.created_at for leg in account.held()), default=last + 1)
    rows: list[dict[str, Any]] = []
    for hour in range(last // HOUR, -(-max(first, since) // HOUR) - 1, -1):
        found = assess(account, market, hour * HOUR)
        rows += [_debt(state, hour * HOUR) for state in found.coins.values() if state.borrowed]
    return rows


def _debt(state: CoinState, at: int) -> dict[str, Any]:
    rate = _hourly_rate(state.coin)
    return {
        "currency": state.coin,
        "createdTime": at,
        "borrowCost": plain(state.borrowed * rate),
        "hourlyBorrowRate": plain(rate),
        "InterestBearingBorrowSize": plain(state.borrowed),
        "costExemption": "0",
        "borrowAmount": plain(state.borrowed),
        "unrealisedLoss": plain(max(ZERO, -state.margins.unrealised)),
        "freeBorrowedAmount": "0",
    }


def withdrawal(call: EndpointCall) -> Result:
    """account/withdrawal: what could leave the unified wallet, of up to twenty coins."""
    coins = call.query.text("coinName").split(",")
    if len(coins) > _MOST_COINS or not set(coins) <= set(WALLET_COINS):
        raise wrong_parameter("params error: coinName invalid")
    amounts = {coin: plain(amount) for coin, amount in leaving(call, coins).items()}
    return {"availableWithdrawal": amounts[coins[0]], "availableWithdrawalMap": amounts}


def leaving(call: EndpointCall, coins: list[str]) -> dict[str, Decimal]:
    """What of each of those coins could leave the unified wallet."""
    found = assess(call.owner, call.world.market, call.now)
    isolated = call.owner.margin_mode == "ISOLATED_MARGIN"
    return {coin: transferable(found, state_of(call, found, coin), isolated=isolated) for coin in coins}
