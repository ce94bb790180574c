"""Changes of accounts, as they are told within the process: to whoever waits for a trade to go on."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import AccountId

_LONGEST_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSignals:
    """An event an account; `changed` sets it and puts a fresh one in its place."""

    _events: dict[AccountId, asyncio.Event] = field(default_factory=dict, init=False, repr=False, compare=False)

    def changed(self, account_id: AccountId) -> None:
        """Something was committed of that account."""
        event = self._events.pop(account_id, None)
        if event is not None:
            event.set()

    def next_change(self, account_id: AccountId) -> asyncio.Event:
        """Is set by the next change; asked for before reading what may change."""
        return self._events.setdefault(account_id, asyncio.Event())


async def wait_for(change: asyncio.Event, seconds: float) -> None:
    """Until the change, or for so long, a second at most: not every change is told."""
    try:
        async with asyncio.timeout(min(seconds, _LONGEST_LOOK_S)):
            await change.wait()
    except TimeoutError:
        pass
