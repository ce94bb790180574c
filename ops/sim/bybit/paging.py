"""Cursors as Bybit gives them: an opaque token after every full page, nothing after a short one."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote

from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.fields import is_whole

Item = TypeVar("Item")


def page(
    items: Sequence[Item], cursor: str, limit: int, key: Callable[[Item], str], *, is_short: bool = False
) -> tuple[Sequence[Item], str]:
    """The items after `cursor`, at most `limit`, and the cursor for what follows.

    `is_short`: the first page keeps its last item for the next one.

    `key` names an item for good, so that a page goes on where the last one stopped although items were added
    in front. The page after the last full one may be empty, as Bybit's is. Raises BybitError 10001 for a
    cursor that was never given out.
    """
    start = 0
    if cursor:
        name, _, place = cursor.rpartition(":")
        start = next((number for number, item in enumerate(items, 1) if key(item) == name), 0)
        if not start:
            if not is_whole(place):
                raise wrong_parameter("params error: cursor invalid")
            start = int(place)
    shown = items[start : start + limit]
    goes_on = len(shown) == limit
    if is_short and not start and len(shown) > 1:
        shown, goes_on = shown[:-1], True
    return shown, quote(f"{key(shown[-1])}:{start + len(shown)}", safe="") if goes_on and shown else ""
