"""The stand-in's WebSockets over real sockets: raw, and with pybit unchanged but for its addresses."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pybit._websocket_trading as trading_module
import pybit.unified_trading as pybit_module
import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError
from pybit.unified_trading import HTTP, WebSocket, WebSocketTrading

from ops.sim.bybit.control import Control
from ops.sim.bybit.server import Serving, serve

SECONDS = 10
"""How long anything may take on a busy machine."""


async def test_a_connection_from_its_handshake_to_the_servers_end() -> None:
    async with ClientSession() as session:
        async with serve(port=0) as serving:
            socket = await session.ws_connect(f"{serving.url}/v5/public/linear", compress=15)
            await socket.send_json({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
            assert (await socket.receive_json(timeout=SECONDS))["success"]
            assert (await socket.receive_json(timeout=SECONDS))["type"] == "snapshot"
            await socket.ping()
            Control(serving.world).set_price({"symbol": "BTCUSDT", "price": 50_000})
            while (await socket.receive_json(timeout=SECONDS))["data"].get("lastPrice") != "50000.00":
                pass
            for path in ("/demo/v5/public/linear", "/demo/v5/trade", "/v5/public/spread"):
                with pytest.raises(WSServerHandshakeError, match="404"):
                    await session.ws_connect(f"{serving.url}{path}")
            assert (await session.get(f"{serving.url}/v5/private")).status == 400
            assert [call["status"] for call in serving.world.calls.after(0)] == [101, 404, 404, 404]
        message = await socket.receive(timeout=SECONDS)
        while message.type is WSMsgType.TEXT:
            message = await socket.receive(timeout=SECONDS)
        assert message.type is WSMsgType.CLOSE


async def test_a_drop_is_seen_as_a_broken_connection() -> None:
    async with serve(port=0) as serving, ClientSession() as session:
        socket = await session.ws_connect(f"{serving.url}/v5/public/spot")
        Control(serving.world).add_fault({"kind": "stream_drop", "path": "/v5/public"})
        await socket.send_json({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
        kinds = [(await socket.receive(timeout=SECONDS)).type]
        while kinds[-1] is WSMsgType.TEXT:
            kinds.append((await socket.receive(timeout=SECONDS)).type)
        assert kinds[-1] in {WSMsgType.CLOSED, WSMsgType.ERROR}


class Heard:
    """What pybit's threads were told, by a name of the test's."""

    def __init__(self) -> None:
        self._told: dict[str, list[Any]] = defaultdict(list)
        self._news = threading.Condition()

    def keep(self, name: str) -> Callable[[Any], None]:
        def told(message: Any) -> None:
            with self._news:
                self._told[name].append(message)
                self._news.notify_all()

        return told

    def until(self, name: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first message of that name that fits."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(fits, self._told[name])), SECONDS), (name, self._told[name])
            return next(message for message in self._told[name] if fits(message))


def of_status(status: str) -> Callable[[Any], bool]:
    return lambda message: any(row["orderStatus"] == status for row in message["data"])


def trade_with_pybit(serving: Serving, keys: dict[str, str]) -> None:
    heard = Heard()
    keep = heard.keep
    public, private = WebSocket("linear", testnet=False), WebSocket("private", testnet=False, **keys)
    orders = WebSocketTrading(testnet=False, **keys)
    try:
        public.ticker_stream("BTCUSDT", keep("ticker"))
        public.orderbook_stream(50, ["BTCUSDT", "ETHUSDT"], keep("book"))
        public.trade_stream("BTCUSDT", keep("trade"))
        private.order_stream(keep("order"))
        private.execution_stream(keep("execution"))
        private.position_stream(keep("position"))
        private.wallet_stream(keep("wallet"))
        for name in ("ticker", "book", "trade"):
            heard.until(name)
        client = HTTP(**keys)
        client.endpoint = serving.url
        contract = {"category": "linear", "symbol": "BTCUSDT", "qty": "0.01"}
        client.place_order(**contract, side="Buy", orderType="Market", stopLoss="30000")
        heard.until("order", of_status("Filled"))
        assert heard.until("execution")["data"][0]["execType"] == "Trade"
        heard.until("position", lambda message: message["data"][0]["side"] == "Buy")
        heard.until("wallet")
        resting = {**contract, "side": "Buy", "orderType": "Limit", "price": "20000"}
        orders.place_order(keep("placed"), error_callback=keep("error"), **resting)
        order_id = heard.until("placed")["data"]["orderId"]
        orders.cancel_order(keep("cancelled"), category="linear", symbol="BTCUSDT", orderId=order_id)
        heard.until("order", of_status("Cancelled"))
        orders.place_order(keep("placed"), keep("error"), **resting | {"qty": "0"})
        assert heard.until("error")["retCode"] == 10001
    finally:
        for each in (public, private, orders):
            each.exit()


async def test_pybit_trades_and_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(port=0) as serving:
        made = Control(serving.world).make_account({"environment": "live"})
        base = serving.url.replace("http", "ws", 1)
        monkeypatch.setattr(pybit_module, "PUBLIC_WSS", f"{base}/v5/public/{{CHANNEL_TYPE}}")
        monkeypatch.setattr(pybit_module, "PRIVATE_WSS", f"{base}/v5/private")
        monkeypatch.setattr(trading_module, "TRADE_WSS", f"{base}/v5/trade")
        keys = {"api_key": made["api_key"], "api_secret": made["api_secret"]}
        await asyncio.to_thread(trade_with_pybit, serving, keys)
