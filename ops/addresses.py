"""The address that this machine goes out from, which Bybit keys are bound to: asked of a service that tells it."""

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import aiohttp
from yarl import URL

from bot.domain.clock import SystemClock
from bot.setting_addresses import is_loopback
from bot.settings import Settings
from bot.wiring.proxies import FAMILIES, to_bybit

SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ipv4": "https://checkip.amazonaws.com",  # Amazon's: answers with the caller's address, a line of text
        "ipv6": "https://api6.ipify.org",  # ipify's, which has an address of that family alone: the same
    }
)
_SECONDS: Final = 5.0


def talks_to_bybit(settings: Settings) -> bool:
    """False where Telegram or Bybit is a stand-in on this machine: then nobody outside is asked anything."""
    hosts = (URL(address).host or "" for address in (settings.telegram_api_url, settings.bybit_api_url))
    return not any(is_loopback(host) for host in hosts)


async def find_address(
    settings: Settings, *, family: str | None = None, services: Mapping[str, str] = SERVICES
) -> str | None:
    """The address seen from outside, by the way to Bybit, its proxy included; None where nobody tells.

    `family`: of `SERVICES`, None: that of the settings.
    """
    family = family or settings.bybit_family
    connector = to_bybit(settings, SystemClock(), family=FAMILIES[family])()
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get(services[family]) as answer,
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
