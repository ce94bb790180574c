"""The other side of the exchange measurements: a process of its own that answers a wallet as fast as it can.

`python -m ops.bench.exchange_server LATENCY_S` prints its address and serves until its input closes. Body and headers
are of the size and kind that Bybit's front sends. It shares the machine with who is measured, so it is no framework:
it finds the end of a GET and writes an answer that was made before.
"""

import asyncio
import sys
import time
from typing import Any, Final

import orjson

_COIN: Final[dict[str, Any]] = {
    "availableToBorrow": "", "bonus": "0", "accruedInterest": "0", "availableToWithdraw": "", "totalOrderIM": "0",
    "equity": "10250.50", "totalPositionMM": "12.41", "usdValue": "10249.88", "spotHedgingQty": "0",
    "unrealisedPnl": "50.50", "collateralSwitch": True, "borrowAmount": "0", "totalPositionIM": "640.12",
    "walletBalance": "10200.00", "cumRealisedPnl": "-35.17", "locked": "0", "marginCollateral": True, "coin": "USDT",
    "spotBorrow": "0",
}  # fmt: skip
_WALLET: Final = {
    "totalEquity": "26302.31", "accountIMRate": "0.0243", "accountIMRateByMp": "0.0243", "totalMarginBalance": "26252",
    "totalInitialMargin": "640.12", "totalInitialMarginByMp": "640.12", "accountType": "UNIFIED",
    "totalAvailableBalance": "25611.88", "accountMMRate": "0.0005", "accountMMRateByMp": "0.0005",
    "totalPerpUPL": "50.50", "totalWalletBalance": "26201.50", "accountLTV": "0", "totalMaintenanceMargin": "12.41",
    "totalMaintenanceMarginByMp": "12.41", "coin": [_COIN],
}  # fmt: skip
_HEADERS: Final = {
    "Traceid": "6d1c1b0a8f2e4c7d9b3a5e6f70812345",
    "X-Bapi-Limit": "50",
    "X-Bapi-Limit-Status": "49",
    "X-Bapi-Limit-Reset-Timestamp": "1760000000000",
    "Ret_code": "0",
    "X-Cache": "Miss from cloudfront",
    "Via": "1.1 c0ffee00c0ffee00c0ffee00c0ffee00.cloudfront.net (CloudFront)",
    "X-Amz-Cf-Pop": "FRA56-P8",
    "X-Amz-Cf-Id": "oX8n2kQv5m1Zr7t3Wc9yL4bD6fH0jS2uA8eG5iK1oP3qR7sT9vU4wX==",
}
_NANOS: Final = 1_000_000_000
_END: Final = b"\r\n\r\n"
_TIME: Final = b"/v5/market/time"


def _answer(result: object) -> bytes:
    """Head and body of one answer."""
    body = orjson.dumps({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": 1_760_000_000_000})
    headers = {**_HEADERS, "Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body))}
    head = "\r\n".join(["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items())])
    return head.encode() + _END + body


class _Connection(asyncio.Protocol):
    """Answers every GET of one connection after `latency` seconds."""

    def __init__(self, wallet: bytes, latency: float) -> None:
        self._wallet = wallet
        self._latency = latency
        self._got = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.WriteTransport) else None

    def data_received(self, data: bytes) -> None:
        *requests, self._got = (self._got + data).split(_END)
        for request in requests:
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._reply, request)
            else:
                self._reply(request)

    def _reply(self, request: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_now() if _TIME in request else self._wallet)


def _now() -> bytes:
    now = time.time_ns()
    return _answer({"timeSecond": str(now // _NANOS), "timeNano": str(now)})


async def main(latency: float) -> None:
    """Serve until standard input ends."""
    wallet = _answer({"list": [_WALLET]})
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(wallet, latency), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
