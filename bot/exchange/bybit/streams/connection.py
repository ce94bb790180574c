"""What carries the frames of a stream: the network, or a stand-in within the process."""

from typing import Protocol

from bot.domain.errors import ExchangeDown


class StreamEnded(ExchangeDown):
    """The connection is not there: it could not be made, or it ended. The text says why and names no key."""


class StreamConnection(Protocol):
    """One open WebSocket; text frames only."""

    async def send(self, text: str) -> None:
        """Raises StreamEnded."""
        ...

    async def receive(self) -> str:
        """The next text frame, however long it takes. Raises StreamEnded."""
        ...

    async def close(self) -> None:
        """Never raises; `receive` raises StreamEnded from then on."""
        ...


class StreamConnector(Protocol):
    """Makes connections."""

    async def connect(self, url: str) -> StreamConnection:
        """Raises StreamEnded within about ten seconds if none can be made."""
        ...
