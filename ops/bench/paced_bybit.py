"""Bybit within the process, for the measurement of hit rates: answers at once, by the clock that it is given."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from bot.domain.ports.clock import Clock
from bot.exchange.bybit.transport import HttpTransport, Request
from bot.http_exchange import Reply
from ops.offline import NoBybit

_ROWS: Final = 300  # lines of a board
_AMOUNTS: Final = ("totalEquity", "totalWalletBalance", "totalAvailableBalance", "totalPerpUPL", "totalInitialMargin")
_WALLET: Final[Mapping[str, Any]] = dict.fromkeys(_AMOUNTS, "10000") | {"coin": []}
_RULES: Final = {"priceFilter": {"tickSize": "1"}, "lotSizeFilter": {"qtyStep": "1", "basePrecision": "1"}}
_EMPTY: Final = ("position/list", "position/closed-pnl", "order/realtime", "execution/list")
_CANDLE: Final = ["1760000000000", "1", "1", "1", "1", "1", "1"]


class PacedBybit(NoBybit):
    """Wallets of money and accounts that hold nothing; every symbol that it is asked for trades."""

    def __init__(self, clock: Clock, symbols: Sequence[str]) -> None:
        self._clock = clock
        self._symbols = symbols

    async def send(self, request: Request) -> Reply:
        path, _, query = request.target.partition("?")
        result = self._result(path.rpartition("/v5/")[2], dict(parse_qsl(query)))
        body = {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": self._clock.now()}
        return Reply(200, {}, orjson.dumps(body))

    def _result(self, path: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """Raises KeyError for a question that the measurement has no answer to."""
        now, names = self._clock.now(), [asked["symbol"]] if "symbol" in asked else self._symbols
        answers: dict[str, dict[str, Any]] = {
            "market/time": {"timeSecond": str(now // 1000), "timeNano": f"{now}000000"},
            "market/tickers": {"list": [{"symbol": name, "lastPrice": "1", "turnover24h": "1"} for name in names]},
            "market/instruments-info": {"list": [{"symbol": name, **_RULES} for name in names]},
            "market/orderbook": {"s": names[0], "b": [["1", "1"]], "a": [["2", "1"]]},
            "market/kline": {"list": [_CANDLE]},
            "account/wallet-balance": {"list": [_WALLET]},
            **{each: {"list": [], "nextPageCursor": ""} for each in _EMPTY},
        }
        return answers[path]


def symbols() -> tuple[str, ...]:
    """What the board lists."""
    return tuple(f"COIN{number:03d}USDT" for number in range(_ROWS))


@asynccontextmanager
async def paced_bybit(clock: Clock) -> AsyncIterator[HttpTransport]:
    yield PacedBybit(clock, symbols())
