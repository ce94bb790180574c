"""The other side of the exchange measurements: a process of its own that answers a wallet as fast as it can.

`python -m ops.bench.exchange_server LATENCY_S` prints its address and serves until its input closes. Body and headers
are of the size and kind that Bybit's front sends.
"""

import asyncio
import sys
import time
from typing import Any, Final

import orjson
from aiohttp import web

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
    "totalMaintenanceMarginByMp": "12.41", "coin": [_COIN, {**_COIN, "coin": "BTC", "walletBalance": "0.25"}],
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


def _answer(result: object) -> bytes:
    return orjson.dumps({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": 1_760_000_000_000})


async def main(latency: float) -> None:
    """Serve until standard input ends."""
    wallet = _answer({"list": [_WALLET]})

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if latency:
            await asyncio.sleep(latency)
        body = wallet
        if request.path.endswith("/time"):
            now = time.time_ns()
            body = _answer({"timeSecond": str(now // _NANOS), "timeNano": str(now)})
        return web.Response(body=body, content_type="application/json", headers=_HEADERS)

    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
