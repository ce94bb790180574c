"""The address that this machine goes out from, which Bybit keys are bound to: asked of a service that tells it."""

import ipaddress
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from bot.domain.clock import SystemClock
from bot.settings import Settings, is_loopback
from bot.wiring.proxies import to_bybit

SERVICE: Final = "https://checkip.amazonaws.com"  # Amazon's: answers with the caller's address, a line of text
_SECONDS: Final = 5.0


def talks_to_bybit(settings: Settings) -> bool:
    """False where Telegram or Bybit is a stand-in on this machine: then nobody outside is asked anything."""
    hosts = (URL(address).host or "" for address in (settings.telegram_api_url, settings.bybit_api_url))
    return not any(is_loopback(host) for host in hosts)


async def find_address(settings: Settings, *, service: str = SERVICE) -> str | None:
    """The address seen from outside, by the way to Bybit, its proxy included; None where nobody tells."""
    connector = to_bybit(settings, SystemClock())()
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get(service) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                return None
            return checked((await answer.text()).strip())
    except (TimeoutError, aiohttp.ClientError, OSError):
        return None


def checked(text: str) -> str | None:
    """The address in its usual form; None for what is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
