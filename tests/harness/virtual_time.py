"""Tests on a clock that jumps: the loop and the clock of campaigns, and what pytest-asyncio is given."""

import asyncio
from collections.abc import Mapping
from typing import Any

from ops.campaigns.virtual_time import LoopClock, VirtualLoop

__all__ = ["LoopClock", "VirtualLoop", "loop_factories"]


def loop_factories(*, is_virtual: bool) -> Mapping[str, Any]:
    """What pytest-asyncio makes a test's event loop of."""
    return {"virtual": VirtualLoop} if is_virtual else {"real": asyncio.new_event_loop}
