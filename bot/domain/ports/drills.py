"""Drills: the exchange that plays a move on copies, their rows, and reads of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.drills import Drill, DrillEnd, Rehearsal
from bot.domain.ids import Millis, UserId
from bot.domain.portfolio import Execution
from bot.domain.trade_plans import ManagedTrade


class DrillExchange(Protocol):
    """The part of the practice exchange that plays a move on copies."""

    async def rehearse(self, account: Account, trades: Sequence[ManagedTrade]) -> Rehearsal | None:
        """A scripted minute; None: nothing stands there, or no price is known. Nothing of the account is changed."""
        ...


class DrillRecords(Protocol):
    """Writes of drills inside a unit of work."""

    async def begin(
        self, account: Account, until: Millis, value: Decimal | None, rehearsal: Rehearsal, now: Millis
    ) -> Drill | None:
        """A drill that starts now; None: that person has one that is running."""
        ...

    async def end(self, drill_id: int, how: DrillEnd, now: Millis) -> bool:
        """The drill is over; False: it was before."""
        ...

    async def told(self, drill_id: int, value: Decimal | None, caught_up: int, now: Millis) -> bool:
        """Its result, once; whether there was none yet."""
        ...


class DrillQueries(Protocol):
    """Reads of drills. Raises StorageTrouble."""

    async def running(self, account: Account) -> Drill | None:
        """Of that account the one that has not been ended, even if its time is over."""
        ...

    async def due(self, now: Millis) -> tuple[Drill, ...]:
        """Those that were ended, or whose time is over, and whose result nobody was told of."""
        ...

    async def drill(self, user_id: UserId, drill_id: int) -> Drill | None: ...
    async def newest(self, user_id: UserId) -> Drill | None: ...
    async def fills(self, drill: Drill) -> tuple[Execution, ...]:
        """Of its account while it was left alone, oldest first."""
        ...

    async def requests_since(self, drill: Drill, since: Millis) -> int:
        """How many were written in its account from that moment on."""
        ...
