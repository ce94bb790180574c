"""The program without its outside: campaigns and benchmarks of what needs neither Telegram nor Bybit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn

from telegram.error import NetworkError

from bot.chat.transport import TelegramRequest
from bot.domain.errors import ExchangeDown
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret
from bot.exchange.bybit.transport import HttpTransport, Request, Timeouts
from bot.http_exchange import Reply
from bot.wiring.outside import Outside

TOKEN: Final = "1:offline"  # noqa: S105  goes nowhere


def offline(clock: Clock) -> Outside:
    """Nobody is there: every call fails at once."""
    return Outside(clock=clock, telegram=NoTelegram, bybit=_no_bybit)


class NoTelegram(TelegramRequest):
    """Raises NetworkError for every call."""

    def __init__(self, _token: Secret) -> None:
        super().__init__()

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def renew(self) -> None:
        pass

    async def do_request(self, *_args: Any, **_named: Any) -> NoReturn:
        raise NetworkError("offline")


class NoBybit:
    """Raises ExchangeDown for every call."""

    timeouts = Timeouts()
    reconnects = 0

    async def send(self, _request: Request) -> Reply:
        raise ExchangeDown("offline")

    def is_doubtful(self, _host: str, _silence: float) -> bool:
        return False

    def reconnect(self, _host: str | None) -> None:
        pass


@asynccontextmanager
async def _no_bybit(_clock: Clock) -> AsyncIterator[HttpTransport]:
    yield NoBybit()
