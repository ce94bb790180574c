"""The tests' wall to the network: sockets reach the loopback addresses and Unix sockets, nothing else.

An audit hook sees every connect, every datagram and every question for a name of this process, whoever asks: blocking
sockets, asyncio, aiohttp. An exception raised in it stops the call. A hook cannot be taken out again; it stands for the
life of the process. A proxy on loopback would lead around it, so the environment names none.
"""

import ipaddress
import os
import socket
import sys
from typing import Any, Final

_EVENTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMES: Final = frozenset(  # getfqdn asks by gethostbyaddr
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
_BY_HAND: Final = frozenset({"", "localhost"})  # "" is any address of this machine, for a socket that listens


class ReachedOutError(AssertionError):
    """A test would have left the machine."""

    def __init__(self, event: str, place: object) -> None:
        super().__init__(f"tests talk to 127.0.0.0/8, ::1 and Unix sockets only, and this is {event} of {place!r}")


def forbid_reaching_out() -> None:
    """Raise ReachedOutError in place of every step beyond loopback from now on; this and its children use no proxy."""
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        del os.environ[name]
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EVENTS:
        near, address = arguments
        if near.family in {socket.AF_INET, socket.AF_INET6} and address and not _is_loopback(address[0]):
            raise ReachedOutError(event, address)
    elif event in _NAMES:
        asked = arguments[0]
        host = asked[0] if isinstance(asked, tuple) else asked
        if not _is_loopback(host):
            raise ReachedOutError(event, asked)


def _is_loopback(host: object) -> bool:
    text = host.decode(errors="replace") if isinstance(host, bytes | bytearray) else host
    if text is None or text in _BY_HAND:
        return True
    try:
        return ipaddress.ip_address(str(text)).is_loopback
    except ValueError:
        return False
