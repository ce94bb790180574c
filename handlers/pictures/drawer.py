"""Pictures by what they show: drawn in one thread, once for everybody who asks for the same within seconds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.aio.tasks import TaskSet
from bot.aio.worker import WorkerBusyError, WorkerThread
from bot.domain.ports.clock import Clock
from handlers.pictures.contents import PictureContent

KEEP_S: Final = 5.0  # as long as prices are kept
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_WAITING: Final = 32  # pictures: two seconds of drawing


@dataclass(frozen=True, slots=True)
class _Picture:
    """One that is being drawn, or was; `until` by the monotonic clock."""

    task: "asyncio.Task[bytes]"
    until: float

    @property
    def size(self) -> int:
        """Bytes; 0 while it is drawn."""
        return len(self.task.result()) if self.task.done() else 0


def draw_picture(content: PictureContent) -> bytes:
    """The picture as a PNG file. Pillow takes 35 ms to import, which no start has to wait for."""
    from handlers.pictures.drawing import draw  # noqa: PLC0415  in the thread, with the first picture

    return draw(content)


class PictureDrawer:
    """Calls `draw` off the event loop. What was drawn is kept for `keep_s` seconds, `most_bytes` at most."""

    def __init__(
        self,
        clock: Clock,
        *,
        draw: Callable[[PictureContent], bytes] = draw_picture,
        keep_s: float = KEEP_S,
        most_bytes: int = MOST_BYTES,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.drawn = 0
        self._clock = clock
        self._drawing = draw
        self._keep_s = keep_s
        self._most_bytes = most_bytes
        self._worker = WorkerThread("pictures", most_waiting=most_waiting)
        self._tasks = TaskSet()
        self._pictures: dict[PictureContent, _Picture] = {}  # oldest first

    async def png(self, content: PictureContent) -> bytes:
        """The picture. Raises WorkerBusyError where too many wait to be drawn."""
        self._drop_old()
        known = self._pictures.get(content)
        if known is None:
            task = self._tasks.spawn(self._draw(content), "drawing of a picture", expected=WorkerBusyError)
            known = self._pictures[content] = _Picture(task, self._clock.monotonic() + self._keep_s)
        return await asyncio.shield(known.task)

    async def close(self) -> None:
        """End the thread; a picture that waits is never drawn."""
        await self._tasks.close()
        await self._worker.close()

    async def _draw(self, content: PictureContent) -> bytes:
        try:
            picture = await self._worker.run(lambda: self._drawing(content))
        except BaseException:
            self._pictures.pop(content, None)
            raise
        self.drawn += 1
        return picture

    def _drop_old(self) -> None:
        """What is too old, and the oldest of what is too much."""
        now = self._clock.monotonic()
        size = sum(each.size for each in self._pictures.values())
        for content, each in tuple(self._pictures.items()):
            if not each.task.done() or (each.until > now and size <= self._most_bytes):
                continue
            size -= each.size
            del self._pictures[content]
