"""What services know of the disk under the database: whether it is full, and what room is kept."""

from typing import Protocol


class DiskSpace(Protocol):
    """Room on the database's disk, some of which is kept for the worst. Sizes in bytes."""

    @property
    def is_full(self) -> bool:
        """From the moment when it was found full until room is kept again."""
        ...

    @property
    def low(self) -> int:
        """A disk with less free than that counts as full."""
        ...

    @property
    def enough(self) -> int:
        """A disk with that much free has room again."""
        ...

    def note_full(self) -> None: ...

    async def free(self) -> int:
        """Raises StorageTrouble where the disk does not say."""
        ...

    async def keep(self) -> bool:
        """Keep room, where none is kept; False: there is none."""
        ...

    async def give_up(self) -> None:
        """Let the room that is kept be used. Raises StorageTrouble."""
        ...
