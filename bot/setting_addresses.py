"""The forms of the addresses that settings may hold: whom the bot calls, by what way, and where it is called."""

import ipaddress
from typing import Final

from yarl import URL

_DEMO_ADDRESSES: Final = frozenset({"bybit_demo_api_url", "bybit_demo_stream_url"})
_PROXIES: Final = frozenset({"http", "socks5"})
_WEBHOOK_PORTS: Final = frozenset({80, 88, 443, 8443})  # core.telegram.org/bots/api#setwebhook


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_address(value: str, schemes: tuple[str, ...], name: str | None) -> str:
    """Scheme, host and port; a demo address may have the stand-in's path /demo."""
    try:
        url = URL(value)
    except ValueError:
        url = URL()
    paths = {"", "/", "/demo", "/demo/"} if name in _DEMO_ADDRESSES else {"", "/"}
    if url.host and url.path not in paths:
        raise ValueError(f"give the address without the path {url.path}")
    if url.scheme not in schemes or not url.host or url.query_string or url.fragment:
        raise ValueError(f"give an address such as {schemes[0]}://127.0.0.1:8766")
    return value.rstrip("/")


def checked_webhook(value: str) -> str:
    """As it is; http is for a stand-in on this machine. Raises ValueError for what Telegram does not call."""
    try:
        url = URL(value)
    except ValueError:
        url = URL()
    if not url.host or url.scheme not in {"https", "http"} or len(url.path) <= 1 or url.query_string or url.fragment:
        raise ValueError("give an address with a path, such as https://bot.example.org/telegram")
    if not is_loopback(url.host) and (url.scheme != "https" or url.port not in _WEBHOOK_PORTS):
        raise ValueError("Telegram calls https on the ports 443, 80, 88 and 8443 only")
    return value


def is_proxy(value: str) -> bool:
    """False for none at all. Raises ValueError, without the value, for what is no proxy's address."""
    if not value:
        return False
    try:
        url = URL(value)
    except ValueError:
        url = URL()
    is_whole = url.scheme in _PROXIES and bool(url.host) and url.explicit_port is not None
    if not is_whole or url.path not in {"", "/"} or url.query_string or url.fragment:
        raise ValueError("give an address such as socks5://user:password@127.0.0.1:1080 or http://127.0.0.1:3128")
    return True
