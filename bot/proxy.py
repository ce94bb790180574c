"""The way out through a proxy: HTTP (CONNECT) or SOCKS5, with a user and a password or without.

aiohttp knows HTTP proxies only, and only in its session, which the transport to Bybit does without (ADR 7). A connector
that goes through the proxy itself serves both transports.
"""

import logging
import socket
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Any, Final

import aiohttp
import aiohttp.abc
import python_socks
from aiohttp.client_proto import ResponseHandler
from aiohttp_socks import ProxyConnector
from yarl import URL

from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret

Connectors = Callable[..., aiohttp.TCPConnector]
_TELL_EVERY: Final = 60.0  # seconds between two log lines of the same proxy
_logger = logging.getLogger(__name__)


class ProxyError(OSError):
    """A proxy that can't be reached or refuses. The text names it without user and password."""


def connectors(
    proxy: Secret | None, *, setting: str, clock: Clock, family: socket.AddressFamily = socket.AF_UNSPEC
) -> Connectors:
    """What makes connections: aiohttp's own, to a name's addresses of that family; or through that setting's proxy."""
    if proxy is None:
        return partial(_to_family, family)
    return partial(_ThroughProxy, proxy=_Proxy(proxy, setting, clock))


def _to_family(family: socket.AddressFamily, **options: Any) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(resolver=_FamilyResolver(family), **options)


class _FamilyResolver(aiohttp.ThreadedResolver):
    """Knows the addresses of one family alone. An address that stands for itself is not asked for, whatever it is."""

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__()
        self._family = family

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[aiohttp.abc.ResolveResult]:
        return await super().resolve(host, port, self._family if family is socket.AF_UNSPEC else family)


class _Proxy:
    """Where it is, and when its trouble was last told of."""

    def __init__(self, address: Secret, setting: str, clock: Clock) -> None:
        self._clock = clock
        url = URL(address.reveal())
        kinds = {"http": python_socks.ProxyType.HTTP, "socks5": python_socks.ProxyType.SOCKS5}
        self.access: dict[str, Any] = {
            "proxy_type": kinds[url.scheme],
            "host": url.host,
            "port": url.port,
            "username": url.user,
            "password": url.password,
        }
        self._name = f"{setting}: the proxy {url.host}:{url.port}"
        self._told: float | None = None

    def trouble(self, what: str) -> ProxyError:
        trouble = ProxyError(f"{self._name} {what}")
        now = self._clock.monotonic()
        if self._told is None or now - self._told >= _TELL_EVERY:
            self._told = now
            _logger.warning("%s", trouble)
        return trouble


class _ThroughProxy(ProxyConnector):
    """aiohttp's connector whose connections go through a proxy; its names are looked up there."""

    def __init__(self, *, proxy: _Proxy, **options: Any) -> None:
        super().__init__(**proxy.access, **options)
        self._proxy = proxy

    async def _connect_via_proxy(
        self,
        host: str,
        port: int,
        ssl: SSLContext | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  the base class's signature
    ) -> tuple[Any, ResponseHandler]:
        """Raises ProxyError. The base class's hook: aiohttp-socks is pinned."""
        try:
            return await super()._connect_via_proxy(host, port, ssl, timeout)
        except python_socks.ProxyTimeoutError as fault:
            raise self._proxy.trouble("does not answer") from fault
        except python_socks.ProxyConnectionError as fault:
            raise self._proxy.trouble("can't be reached") from fault
        except python_socks.ProxyError as fault:
            raise self._proxy.trouble(f"refuses: {fault}") from fault
