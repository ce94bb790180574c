"""Changes of accounts, as they are told within the process: to whoever waits for a trade to go on."""

import asyncio
from dataclasses import dataclass, field

from bot.domain.ids import AccountId


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
