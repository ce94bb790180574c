"""What a writer writes elsewhere before it commits."""

from collections.abc import Sequence
from typing import Protocol

from storage.sqlite.connection import Statement


class WriteAhead(Protocol):
    """What has to be written elsewhere before a transaction is committed."""

    @property
    def has_rows(self) -> bool:
        """Whether the transaction that writes has done what is to be written down, as far as it was run."""
        ...

    def begin(self) -> None:
        """What the transaction whose turn it is does from now on is noted."""
        ...

    async def write(self) -> Sequence[Statement]:
        """Its block is over: write down what it did; what is to stand in the same commit. Raises StorageTrouble."""
        ...

    def end(self) -> None:
        """The transaction that wrote is over: nothing more of it is noted."""
        ...

    def committed(self) -> None:
        """All that was written down is on the disk of the database, too."""
        ...

    def undone(self) -> None:
        """What the last transaction wrote down has not happened."""
        ...

    def abandoned(self) -> None:
        """Nothing that was written down since the last commit has happened."""
        ...
