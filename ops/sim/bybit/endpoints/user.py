"""The key itself, and the coins. Source: Bybit v5 documentation, sections User and Asset."""

from datetime import UTC, datetime
from typing import Any, Final

from ops.sim.bybit.accounts import ApiKey
from ops.sim.bybit.clock import DAY
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.facts import CHAINS, COINS
from ops.sim.bybit.permissions import complete

_NO_DEADLINE: Final = -2
"""deadlineDay of a key that is bound to addresses."""
_EPOCH: Final = "1970-01-01T00:00:00Z"
_MOST: Final = "1000000"
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
        "uta": 1,
        "userID": account.uid,
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": key.public_key,
        "isMaster": True,
        "parentUid": "0",
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


def coins(call: EndpointCall) -> Result:
    """asset/coin/query-info."""
    wanted = call.query.text("coin")
    names = ["USDT", *COINS]
    return {"rows": [_coin(coin) for coin in names if wanted in {"", coin}]}


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
            }
            for chain in CHAINS.get(coin, [own])
        ],
    }
