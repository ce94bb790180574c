"""A disk of a few megabytes that can be filled to the byte: a tmpfs, which root may mount on most machines."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class MountRefused(Exception):  # noqa: N818  named by what it is
    """No tmpfs may be mounted here."""


class SmallDisk:
    """A folder on a disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    @property
    def free(self) -> int:
        """Bytes that may still be written."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, *, left: int) -> None:
        """Leave so many bytes, rounded to a page; what was filled before stays."""
        wanted = self.free - left
        if wanted > 0:
            with self._filler.open("ab") as file:
                os.posix_fallocate(file.fileno(), file.tell(), wanted)

    def make_room(self) -> None:
        """Give the disk back what `fill` took of it."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted at a new folder until the block ends. Raises MountRefused."""
    folder.mkdir()
    options = f"size={megabytes}m,mode=0700"
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)  # noqa: S603, S607  the system's own
    except (OSError, subprocess.CalledProcessError) as error:
        raise MountRefused("no tmpfs may be mounted here: run as root, where mounting is allowed") from error
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)  # noqa: S603, S607  the system's own
