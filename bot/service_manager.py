"""What systemd hears of the process by sd_notify(3): that it is ready, how it fares, that it goes on."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_logger = logging.getLogger(__name__)


class ServiceManager:
    """Sends datagrams to the socket of NOTIFY_SOCKET; without one every word is dropped. Never blocks."""

    def __init__(self, sender: socket.socket | None, address: str) -> None:
        self._socket = sender
        self._address = address
        self._is_deaf = False

    def tell(self, *assignments: str) -> None:
        """Such as READY=1 and STATUS=words, in one datagram. A manager that can't be reached is logged once."""
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            if not self._is_deaf:
                _logger.warning("the service manager can't be told of the process: %s", error.strerror or error)
            self._is_deaf = True
        else:
            self._is_deaf = False


@contextmanager
def service_manager(address: str | None) -> Iterator[ServiceManager]:
    """`address`: a path, or @name in the abstract namespace; None where nobody listens."""
    if not address:
        yield ServiceManager(None, "")
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        yield ServiceManager(sender, f"\0{address[1:]}" if address.startswith("@") else address)
