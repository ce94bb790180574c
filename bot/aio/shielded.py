"""Steps that a cancellation must not cut in two."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_logger = logging.getLogger(__name__)


async def shielded(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end even if the caller is canceled meanwhile, however often; the cancellation is raised after it.

    `asyncio.shield` alone would return to the caller at once, with the step still under way and its lock let go.
    """
    task = asyncio.create_task(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            interrupted = error
    if interrupted is None:
        return task.result()
    if not task.cancelled() and (failure := task.exception()) is not None:
        _logger.error("a step that could not be canceled failed", exc_info=failure)
    raise interrupted
