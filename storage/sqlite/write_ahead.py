"""The journal as the writer sees it: what has to be on another disk before a transaction is committed."""

from collections.abc import Sequence
from typing import Protocol

from storage.sqlite.connection import Statement


class WriteAhead(Protocol):
    """Notes what a transaction does, and writes it to another place before the commit."""

    @property
    def has_rows(self) -> bool:
        """Whether the current transaction, as far as its statements were run, has done something to be noted."""
        ...

    def begin(self) -> None:
        """A transaction begins: note what it does from now on."""
        ...

    async def write(self) -> Sequence[Statement]:
        """Write down what the transaction did; answers statements for the same commit. Raises StorageTrouble."""
        ...

    def end(self) -> None:
        """The transaction has run all of its statements: stop noting."""
        ...

    def committed(self) -> None:
        """Everything written down so far was committed by the database as well."""
        ...

    def undone(self) -> None:
        """The last transaction was undone: what it wrote down has not happened."""
        ...

    def abandoned(self) -> None:
        """Everything since the last commit was undone."""
        ...
