"""The key itself, and the coins. Source: Bybit v5 documentation, sections User and Asset."""

from datetime import UTC, datetime
from typing import Any, Final

from ops.sim.bybit.accounts import ApiKey
from ops.sim.bybit.clock import DAY
from ops.sim.bybit.endpoints.borrowing import WALLET_COINS, leaving
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.facts import CHAINS
from ops.sim.bybit.grids import ZERO, plain
from ops.sim.bybit.permissions import complete

_PARENT_BELOW: Final = 1_000
"""How far the UID of a subaccount's master lies below its own."""
_MOST_COINS: Final = 10
_WALLETS: Final = ["UNIFIED", "FUND"]
_CLASSIC_WALLETS: Final = ["CONTRACT", "SPOT", "FUND"]
_NO_DEADLINE: Final = -2
"""deadlineDay of a key that is bound to addresses."""
_EPOCH: Final = "1970-01-01T00:00:00Z"
_MOST: Final = "1000000"
_SAFE_TIMES: Final = 2
"""How many times the confirmations of a deposit unlock it for a withdrawal."""
_OWN_CHAIN: Final = ("15", "0.1", "1", "8")
"""Confirmations, fee, least withdrawal and precision of coins without an entry of their own."""


def query_api(call: EndpointCall) -> Result:
    """user/query-api."""
    account, key = call.owner, call.owner.key
    days, expires = _deadline(key, call.now)
    return {
        "id": str(account.uid % 100_000_000),
        "note": "perpdesk",
        "apiKey": key.key,
        "readOnly": int(key.read_only),
        "secret": "",
        "permissions": complete(key.permissions),
        "ips": key.ips or ["*"],
        "type": 1,
        "deadlineDay": days,
        "expiredAt": expires,
        "createdAt": _iso(key.created_at),
        "unified": 0,
        "uta": account.uta,
        "userID": account.uid,
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": key.public_key,
        "isMaster": account.master,
        "parentUid": "0" if account.master else str(account.uid - _PARENT_BELOW),
        "kycLevel": "LEVEL_1",
        "kycRegion": "",
        "userIDInt64": str(account.uid),
        "inviterIDInt64": "0",
        "affiliateIDInt64": "0",
    }


def _deadline(key: ApiKey, now: int) -> tuple[int, str]:
    if key.expires_at is None:
        return _NO_DEADLINE, _EPOCH
    return max(0, (key.expires_at - now) // DAY), _iso(key.expires_at)


def _iso(at: int) -> str:
    return f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def member_type(call: EndpointCall) -> Result:
    """user/get-member-type: the account's own wallets; the stand-in's masters have no subaccounts to ask for."""
    account = call.owner
    wallets = _WALLETS if account.uta else _CLASSIC_WALLETS
    return {"accounts": [{"uid": str(account.uid), "accountType": wallets}]}


def coins_balance(call: EndpointCall) -> Result:
    """asset/transfer/query-account-coins-balance: the unified wallet's coins by name; the funding one is empty."""
    query, account = call.query, call.owner
    kind, wanted, member = query.text("accountType"), query.text("coin"), query.text("memberId")
    if member not in {"", str(account.uid)}:
        raise wrong_parameter("params error: memberId invalid")
    names = wanted.split(",") if wanted else list(WALLET_COINS)
    unified = kind == "UNIFIED"
    if (unified and (not wanted or len(names) > _MOST_COINS)) or not set(names) <= set(WALLET_COINS):
        raise wrong_parameter("params error: coin invalid")
    free = leaving(call, names) if unified else {}
    bonus = "0" if query.number("withBonus") else ""
    return {
        "memberId": str(account.uid),
        "accountType": kind,
        "balance": [
            {
                "coin": coin,
                "walletBalance": plain(account.wallet.get(coin, ZERO) if unified else ZERO),
                "transferBalance": plain(free.get(coin, ZERO)),
                "bonus": bonus,
            }
            for coin in names
        ],
    }


def coins(call: EndpointCall) -> Result:
    """asset/coin/query-info."""
    wanted = call.query.text("coin")
    return {"rows": [_coin(coin) for coin in WALLET_COINS if wanted in {"", coin}]}


def _coin(coin: str) -> dict[str, Any]:
    confirmations, fee, least, precision = _OWN_CHAIN
    own = {
        "chain": coin,
        "type": coin,
        "confirmations": confirmations,
        "fee": fee,
        "least": least,
        "precision": precision,
        "contract": "",
    }
    return {
        "name": coin,
        "coin": coin,
        "remainAmount": _MOST,
        "chains": [
            {
                "chain": chain["chain"],
                "chainType": chain["type"],
                "confirmation": chain["confirmations"],
                "withdrawFee": chain["fee"],
                "depositMin": "0",
                "withdrawMin": chain["least"],
                "minAccuracy": chain["precision"],
                "chainDeposit": "1",
                "chainWithdraw": "1",
                "withdrawPercentageFee": "0",
                "contractAddress": chain["contract"],
                "safeConfirmNumber": str(_SAFE_TIMES * int(chain["confirmations"])),
                "withdrawMax": _MOST,
            }
            for chain in CHAINS.get(coin, [own])
        ],
    }
