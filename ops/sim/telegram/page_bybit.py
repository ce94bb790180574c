"""The two buttons beside the chat: a Bybit demo key with something on it, and half a minute without Bybit."""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp import web

from ops.sim.telegram.errors import ControlError

if TYPE_CHECKING:
    from ops.sim.telegram.model import JsonObject

STOP_SECONDS: Final = 30.0
START_TRIES: Final = 5
TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
BALANCE: Final = "25000"
TAKER_FEE: Final = Decimal("0.00055")
"""Bybit's linear taker rate without VIP level (bybit.com, 2026-07)."""
MINUTE_MS: Final = 60_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill of the demo account's past, priced by what the market stands at now."""

    symbol: str
    side: str
    qty: str
    price: str
    """As a fraction of the last price."""
    minutes_ago: int


TRADES: Final = (
    Trade("SOLUSDT", "Buy", "30", "0.962", 4_310),
    Trade("XRPUSDT", "Buy", "1000", "0.981", 3_055),
    Trade("SOLUSDT", "Sell", "30", "0.989", 2_880),
    Trade("XRPUSDT", "Sell", "600", "1.004", 1_725),
    Trade("XRPUSDT", "Sell", "400", "0.997", 1_430),
    Trade("BTCUSDT", "Buy", "0.020", "0.984", 1_210),
    Trade("BTCUSDT", "Buy", "0.020", "0.987", 640),
    Trade("ETHUSDT", "Sell", "0.50", "1.009", 415),
    Trade("BTCUSDT", "Buy", "0.010", "0.991", 190),
    Trade("ETHUSDT", "Sell", "0.30", "1.006", 75),
)
"""Ten fills. Those of BTCUSDT and ETHUSDT make the two positions, the others are round trips."""
POSITIONS: Final = (("BTCUSDT", "Buy", "10"), ("ETHUSDT", "Sell", "5"))
"""Symbol, side, leverage; without stops, which would be orders of their own."""
ORDER: Final = ("SOLUSDT", "Buy", "20", "0.950")
"""Symbol, side, quantity, limit price as a fraction of the last price."""


@dataclass(frozen=True, slots=True)
class Market:
    """Last prices and tick sizes by symbol."""

    last: dict[str, Decimal]
    tick: dict[str, Decimal]

    def price(self, symbol: str, fraction: str) -> Decimal:
        """That fraction of the last price, on a tick."""
        tick = self.tick[symbol]
        ticks = (self.last[symbol] * Decimal(fraction) / tick).quantize(Decimal(1), ROUND_HALF_UP)
        return ticks * tick


def demo_account(market: Market, now_ms: int) -> "JsonObject":
    """The body of POST /sim/accounts: 25,000 USDT, two positions, a limit order and ten executions.

    Items carry the field names of Bybit's position/list, order/realtime and execution/list.
    """
    return {
        "environment": "demo",
        "balance": BALANCE,
        "ips": ["127.0.0.1"],  # bound, as Bybit wants it of a key that is to last
        "positions": [_position(market, now_ms, *wish) for wish in POSITIONS],
        "orders": [_order(market)],
        "executions": [_execution(market, trade, now_ms) for trade in TRADES],
    }


def _position(market: Market, now_ms: int, symbol: str, side: str, leverage: str) -> "JsonObject":
    fills = [trade for trade in TRADES if trade.symbol == symbol]
    size = sum((Decimal(trade.qty) for trade in fills), Decimal(0))
    value = sum((Decimal(trade.qty) * market.price(symbol, trade.price) for trade in fills), Decimal(0))
    opened = now_ms - max(trade.minutes_ago for trade in fills) * MINUTE_MS
    return {
        "category": "linear",
        "symbol": symbol,
        "side": side,
        "size": _text(size),
        "avgPrice": _text((value / size).quantize(market.tick[symbol], ROUND_HALF_UP)),
        "leverage": leverage,
        "positionIdx": 0,
        "createdTime": str(opened),
    }


def _order(market: Market) -> "JsonObject":
    symbol, side, qty, fraction = ORDER
    return {
        "category": "linear",
        "symbol": symbol,
        "side": side,
        "orderType": "Limit",
        "qty": qty,
        "price": _text(market.price(symbol, fraction)),
        "timeInForce": "GTC",
        "positionIdx": 0,
    }


def _execution(market: Market, trade: Trade, now_ms: int) -> "JsonObject":
    price = market.price(trade.symbol, trade.price)
    value = price * Decimal(trade.qty)
    return {
        "category": "linear",
        "symbol": trade.symbol,
        "side": trade.side,
        "orderType": "Market",
        "orderId": str(uuid.uuid4()),
        "execId": str(uuid.uuid4()),
        "execType": "Trade",
        "execPrice": _text(price),
        "execQty": trade.qty,
        "execValue": _text(value),
        "execFee": _text(value * TAKER_FEE),
        "feeRate": _text(TAKER_FEE),
        "isMaker": False,
        "execTime": str(now_ms - trade.minutes_ago * MINUTE_MS),
    }


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")


class BybitButtons:
    """Acts on the Bybit stand-in at `url`; without one, both buttons rest.

    `announce` tells every open page that the state changed. The outage ends `stop_seconds` after it began whether
    or not a page is open, and with the server at the latest.
    """

    def __init__(self, url: str | None, announce: "Callable[[JsonObject], None]", stop_seconds: float) -> None:
        self._url = url.rstrip("/") if url is not None else None
        self._announce = announce
        self._stop_seconds = stop_seconds
        self._session: aiohttp.ClientSession | None = None
        self._outage: asyncio.Task[None] | None = None
        self._stopped_until = 0.0

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """The connection to the stand-in, for the life of the server (a cleanup context)."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            self._session = session
            yield
            if self._outage is not None and not self._outage.done():
                self._outage.cancel()
                await asyncio.wait({self._outage})

    def state(self) -> "JsonObject":
        """`available`, and for how many more ms Bybit is stopped."""
        left = self._stopped_until - time.monotonic()
        return {"available": self._url is not None, "stopped_ms": max(0, round(left * 1000))}

    async def demo_key(self, public_key: str | None = None) -> "JsonObject":
        """Make a demo account; answers its api_key and api_secret, which is empty for a `public_key` of somebody's.

        Raises ControlError.
        """
        market = await self._market()
        body = demo_account(market, int(time.time() * 1000))
        if public_key is not None:
            body = {**body, "public_key": public_key}
        account = await self._call("POST", "/sim/accounts", body)
        return {"api_key": account["api_key"], "api_secret": account["api_secret"]}

    async def stop(self) -> "JsonObject":
        """Let every request to Bybit fail for a while; answers the state. Raises ControlError."""
        if self._outage is None or self._outage.done():
            await self._call("POST", "/sim/faults", {"kind": "reset_before", "probability": 1, "seed": 1})
            self._stopped_until = time.monotonic() + self._stop_seconds
            self._outage = asyncio.create_task(self._end_outage())
            self._tell()
        return self.state()

    async def _end_outage(self) -> None:
        try:
            await asyncio.sleep(self._stop_seconds)
        finally:
            self._stopped_until = 0.0
            await self._start_again()
            self._tell()

    async def _start_again(self) -> None:
        for number in range(START_TRIES):
            try:
                await self._call("DELETE", "/sim/faults")
            except ControlError as problem:
                log.warning("Bybit stand-in could not be started again (try %d): %s", number + 1, problem)
                await asyncio.sleep(1)
            else:
                return

    def _tell(self) -> None:
        self._announce({"kind": "bybit", "bybit": self.state()})

    async def _market(self) -> Market:
        tickers, instruments = await asyncio.gather(
            self._call("GET", "/v5/market/tickers?category=linear"),
            self._call("GET", "/v5/market/instruments-info?category=linear&limit=1000"),
        )
        return Market(
            last={item["symbol"]: Decimal(item["lastPrice"]) for item in tickers["result"]["list"]},
            tick={item["symbol"]: Decimal(item["priceFilter"]["tickSize"]) for item in instruments["result"]["list"]},
        )

    async def _call(self, method: str, path: str, body: "JsonObject | None" = None) -> Any:
        if self._url is None or self._session is None:
            raise ControlError("this stand-in runs without a Bybit beside it", web.HTTPConflict.status_code)
        try:
            async with self._session.request(method, self._url + path, json=body) as response:
                answer = await response.json()
                if response.ok:
                    return answer
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            raise ControlError("the Bybit stand-in does not answer", web.HTTPBadGateway.status_code) from problem
        raise ControlError(f"the Bybit stand-in refused: {answer.get('error', response.status)}", response.status)
