"""A raw client of the Bybit stand-in and a clock to turn: what its tests share."""

import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from yarl import URL

from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.server import Serving, serve

NOON = 1_782_907_200_000
"""2026-07-01 12:00:00 UTC."""
DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000

POSITIONS = [
    {"symbol": "BTCUSDT", "side": "Buy", "size": "0.05", "avgPrice": "64000", "stopLoss": "60000"},
    {"symbol": "ETHUSDT", "side": "Sell", "size": "1", "leverage": "5"},
    {"symbol": "BTCPERP", "side": "Buy", "size": "0.01"},
    {"symbol": "BTCUSD", "side": "Buy", "size": "300"},
]
ORDERS = [
    {"symbol": "SOLUSDT", "side": "Buy", "qty": "3", "orderLinkId": "mine-1"},
    {"symbol": "BTCUSDT", "side": "Sell", "qty": "0.01", "triggerPrice": "70000"},
    {"symbol": "ETHUSDT", "category": "spot", "side": "Buy", "qty": "0.1"},
    {"symbol": "XRPUSDT", "qty": "10", "orderStatus": "Cancelled", "orderLinkId": "gone-1"},
]
BALANCE = {"USDT": "10000", "USDC": "500", "BTC": "0.25"}
PARAMS: dict[str, list[dict[str, Any]]] = {
    "/v5/market/time": [{}],
    "/v5/market/instruments-info": [{"category": name} for name in ("linear", "inverse", "spot", "option")],
    "/v5/market/tickers": [
        *({"category": name} for name in ("linear", "inverse", "spot")),
        {"category": "option", "baseCoin": "BTC"},
    ],
    "/v5/market/orderbook": [
        {"category": name, "symbol": symbol}
        for name, symbol in (("linear", "BTCUSDT"), ("spot", "BTCUSDT"), ("inverse", "BTCUSD"))
    ],
    "/v5/market/kline": [{"category": name, "symbol": "BTCUSDT", "interval": "60"} for name in ("linear", "spot")],
    "/v5/market/mark-price-kline": [
        {"category": "linear", "symbol": "BTCUSDT", "interval": "60"},
        {"category": "option", "symbol": "BTC-3JUL26-64000-C-USDT", "interval": "60", "limit": "3"},
    ],
    "/v5/market/index-price-kline": [{"category": "inverse", "symbol": "BTCUSD", "interval": "D"}],
    "/v5/market/premium-index-price-kline": [{"symbol": "BTCUSDT", "interval": "15"}],
    "/v5/market/open-interest": [{"category": "linear", "symbol": "BTCUSDT", "intervalTime": "5min"}],
    "/v5/market/account-ratio": [{"category": "inverse", "symbol": "BTCUSD", "period": "1h"}],
    "/v5/market/historical-volatility": [{"category": "option"}],
    "/v5/market/insurance": [{}, {"coin": "BTC"}],
    "/v5/market/adlAlert": [{}, {"symbol": "BTCUSDT"}],
    "/v5/market/delivery-price": [
        {"category": "linear", "settleCoin": "USDT"},
        {"category": "inverse"},
        {"category": "option", "symbol": "BTC-26JUN26-64000-C-USDT"},
    ],
    "/v5/market/recent-trade": [
        {"category": "linear", "symbol": "BTCUSDT"},
        {"category": "spot", "symbol": "BTCUSDT"},
        {"category": "option", "baseCoin": "ETH"},
    ],
    "/v5/market/funding/history": [{"category": "linear", "symbol": "BTCUSDT"}],
    "/v5/market/risk-limit": [{"category": "linear"}, {"category": "inverse", "symbol": "BTCUSD"}],
    "/v5/market/price-limit": [{"symbol": "BTCUSDT"}, {"category": "spot", "symbol": "BTCUSDT"}],
    "/v5/account/wallet-balance": [{"accountType": "UNIFIED"}],
    "/v5/account/info": [{}],
    "/v5/account/fee-rate": [{"category": name} for name in ("linear", "inverse", "spot", "option")],
    "/v5/account/collateral-info": [{}, {"currency": "BTC"}],
    "/v5/account/withdrawal": [{"coinName": "USDT,BTC"}],
    "/v5/account/borrow-history": [{}],
    "/v5/account/smp-group": [{}],
    "/v5/account/query-dcp-info": [{}],
    "/v5/asset/coin-greeks": [{}],
    "/v5/account/transaction-log": [{"startTime": NOON - 7 * DAY, "endTime": NOON}],
    "/v5/position/list": [
        {"category": "linear", "settleCoin": "USDT"},
        {"category": "linear", "symbol": "SOLUSDT"},
        {"category": "inverse"},
    ],
    "/v5/position/closed-pnl": [{"category": "linear"}],
    "/v5/order/realtime": [{"category": "linear", "settleCoin": "USDT"}, {"category": "spot"}],
    "/v5/order/history": [{"category": "linear"}],
    "/v5/order/create": [
        {"category": "linear", "symbol": "SOLUSDT", "side": "Buy", "orderType": "Market", "qty": "1"},
        {
            "category": "inverse",
            "symbol": "BTCUSD",
            "side": "Sell",
            "orderType": "Limit",
            "qty": "10",
            "price": "90000",
        },
    ],
    "/v5/order/amend": [{"category": "linear", "symbol": "SOLUSDT", "orderLinkId": "mine-1", "qty": "2"}],
    "/v5/order/cancel": [{"category": "linear", "symbol": "SOLUSDT", "orderLinkId": "mine-1"}],
    "/v5/order/cancel-all": [{"category": "linear", "symbol": "BTCUSDT"}],
    "/v5/order/create-batch": [
        {"category": category, "request": [{"symbol": "ETHUSDT", "side": "Buy", "orderType": "Market", "qty": qty}]}
        for category, qty in (("linear", "0.1"), ("spot", "100"))
    ],
    "/v5/order/amend-batch": [
        {"category": "linear", "request": [{"symbol": "SOLUSDT", "orderLinkId": "mine-1", "qty": "2"}]}
    ],
    "/v5/order/cancel-batch": [{"category": "linear", "request": [{"symbol": "SOLUSDT", "orderLinkId": "mine-1"}]}],
    "/v5/order/pre-check": [
        {"category": "linear", "symbol": "SOLUSDT", "side": "Buy", "orderType": "Market", "qty": "1"}
    ],
    "/v5/order/disconnected-cancel-all": [{"timeWindow": 40}],
    "/v5/position/trading-stop": [
        {"category": "linear", "symbol": "BTCUSDT", "tpslMode": "Full", "positionIdx": 0, "trailingStop": "500"},
    ],
    "/v5/position/set-leverage": [
        {"category": "linear", "symbol": "SOLUSDT", "buyLeverage": "6", "sellLeverage": "6"},
    ],
    "/v5/position/switch-mode": [{"category": "linear", "coin": "USDT", "mode": 3}],
    "/v5/position/symbol-info": [{"category": "linear"}, {"category": "inverse", "symbol": "BTCUSD"}],
    "/v5/position/get-closed-positions": [{"category": "option"}],
    "/v5/account/set-margin-mode": [{"setMarginMode": "ISOLATED_MARGIN"}],
    "/v5/account/set-hedging-mode": [{"setHedgingMode": "ON"}],
    "/v5/account/user-setting-config": [{}],
    "/v5/account/set-limit-px-action": [{"category": "spot", "modifyEnable": True}],
    "/v5/execution/list": [{"category": "linear"}],
    "/v5/user/query-api": [{}],
    "/v5/user/get-member-type": [{}],
    "/v5/asset/transfer/query-account-coins-balance": [{"accountType": "UNIFIED", "coin": "USDT"}],
    "/v5/asset/coin/query-info": [{}],
    "/v5/system/status": [{}],
}
"""Questions that have an answer with rows in it, for every endpoint but EMPTY."""
ELSEWHERE = {"/v5/account/demo-apply-money", "/v5/position/add-margin", "/v5/position/set-auto-add-margin"}
"""Endpoints that only a demo account, or one in isolated margin, has an answer of."""
EMPTY = {
    "/v5/account/borrow-history",
    "/v5/account/query-dcp-info",
    "/v5/account/set-margin-mode",
    "/v5/position/get-closed-positions",
}
"""What most accounts have no rows of."""


class TurnedClock:
    """A clock that stands until it is turned; epoch milliseconds."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any

    @property
    def code(self) -> int:
        return int(self.json["retCode"])

    @property
    def result(self) -> Any:
        assert self.json["retCode"] == 0, self.json
        return self.json["result"]


class Driver:
    """Speaks to the stand-in over plain HTTP: as a driver under /sim, as a client everywhere else."""

    def __init__(self, session: ClientSession, serving: Serving, clock: TurnedClock) -> None:
        self.session = session
        self.serving = serving
        self.clock = clock
        self.key = ""
        self.secret: str | RSAPrivateKey = ""

    async def send(self, method: str, path: str, **options: Any) -> Reply:
        """One request, with nothing added."""
        async with self.session.request(method, URL(self.serving.url + path, encoded=True), **options) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return Reply(answer.status, answer.headers, text, await answer.json() if is_json else None)

    async def sim(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """A driver's call; gives the JSON answer."""
        reply = await self.send(method, path, json=body)
        assert reply.status == status, reply.text
        return reply.json

    async def account(self, **fields: Any) -> int:
        """Make an account, use its key from now on, and give its UID."""
        made = await self.sim("POST", "/sim/accounts", fields)
        self.key, self.secret = made["api_key"], made["api_secret"]
        return int(made["uid"])

    def signed(self, query: str, **changes: str) -> dict[str, str]:
        """The headers of a signed request; `changes` overrides timestamp, recv_window, key or sign."""
        timestamp = changes.get("timestamp", str(self.clock()))
        window = changes.get("recv_window", "5000")
        key = changes.get("key", self.key)
        origin = f"{timestamp}{key}{window}{query}".encode()
        if isinstance(self.secret, str):
            sign = hmac.digest(self.secret.encode(), origin, "sha256").hex()
        else:
            sign = b64encode(self.secret.sign(origin, PKCS1v15(), SHA256())).decode()
        headers = {
            "X-BAPI-API-KEY": key,
            "X-BAPI-TIMESTAMP": timestamp,
            "X-BAPI-RECV-WINDOW": window,
            "X-BAPI-SIGN": changes.get("sign", sign),
        }
        return {name: value for name, value in headers.items() if value}

    async def ask(self, path: str, /, *, changes: Mapping[str, str] | None = None, **params: Any) -> Reply:
        """A signed request: a POST where the endpoint takes no other."""
        endpoint = ENDPOINTS.get(path.removeprefix("/demo"))
        if endpoint is not None and endpoint.method == "POST":
            return await self.post(path, **params)
        query = urlencode(params)
        headers = self.signed(query, **(changes or {}))
        return await self.send("GET", f"{path}?{query}" if query else path, headers=headers)

    async def post(self, path: str, /, **body: Any) -> Reply:
        """A signed POST."""
        text = json.dumps(body)
        headers = self.signed(text) | {"Content-Type": "application/json"}
        return await self.send("POST", path, headers=headers, data=text)

    async def public(self, path: str, /, **params: Any) -> Reply:
        """A request without a key."""
        endpoint = ENDPOINTS.get(path.removeprefix("/demo"))
        if endpoint is not None and endpoint.method == "POST":
            return await self.send("POST", path, json=params)
        query = urlencode(params)
        return await self.send("GET", f"{path}?{query}" if query else path)


@asynccontextmanager
async def driving(
    *, limits: bool = False, seed: int = 1, state: Path | None = None, clock: TurnedClock | None = None
) -> AsyncIterator[Driver]:
    """A stand-in at noon, and its driver."""
    clock = clock or TurnedClock()
    async with (
        serve(port=0, seed=seed, limits=limits, state=state, clock=clock) as serving,
        ClientSession() as session,
    ):
        yield Driver(session, serving, clock)
