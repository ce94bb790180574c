"""The ways out: what makes connections to Telegram and to Bybit, straight or through the proxy of the settings."""

import socket
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.ports.clock import Clock
from bot.proxy import Connectors, connectors
from bot.settings import Settings, revealed

FAMILIES: Final[Mapping[str, socket.AddressFamily]] = MappingProxyType(
    {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
)


def to_telegram(settings: Settings, clock: Clock) -> Connectors:
    return connectors(revealed(settings.telegram_proxy), setting="PERPDESK_TELEGRAM_PROXY", clock=clock)


def to_bybit(settings: Settings, clock: Clock, *, family: socket.AddressFamily | None = None) -> Connectors:
    """Over one family of addresses, since keys are bound to one address: that of the settings, unless told."""
    family = FAMILIES[settings.bybit_family] if family is None else family
    return connectors(revealed(settings.bybit_proxy), setting="PERPDESK_BYBIT_PROXY", clock=clock, family=family)
