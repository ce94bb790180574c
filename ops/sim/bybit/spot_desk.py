"""Spot writes on their way: judged and answered at once, carried out a few milliseconds later, as contracts' are."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ops.sim.bybit.accounts import Account, Order
from ops.sim.bybit.errors import BybitError
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.off_engine import Applied
from ops.sim.bybit.spot import tick
from ops.sim.bybit.spot_matching import SpotWork, Taken
from ops.sim.bybit.trading import Pending

if TYPE_CHECKING:
    from ops.sim.bybit.world import World

SpotWrite = Callable[[SpotWork], list[Order]]
"""Something that a client does to spot orders: those that it means. It may raise BybitError, having done nothing."""


@dataclass(slots=True, kw_only=True, eq=False)
class SpotPending:
    """A write that was taken on and is not carried out yet."""

    account: Account
    one: Instrument
    write: SpotWrite
    refused: Callable[[SpotWork], None] | None = None
    """What becomes of it where it is refused only then; None: nothing does."""


class SpotDesk:
    """Spot trading of one world's accounts."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._taken: Taken = {}
        self._due: list[SpotPending] = []

    def work(self, account: Account) -> SpotWork:
        """A command on that account now, which has changed nothing yet."""
        world = self._world
        return SpotWork(
            account=account,
            market=world.market,
            books=world.books,
            ids=world.ids,
            taken=self._taken,
            at=world.now(),
        )

    def accept(self, pending: SpotPending) -> list[Order]:
        """Take a write on: the orders as they will be. Raises BybitError where it is refused at once."""
        foreseen = self._foresee(pending)
        self._due.append(pending)

        def land(account: Account) -> Applied:
            return self._land(pending, account)

        self._world.trading.accept(Pending(account=pending.account, one=pending.one, run=land))
        return foreseen

    def advance(self, account: Account) -> None:
        """Let the prices of now act on the account's spot orders."""
        work = self.work(account)
        tick(work)
        if done := _applied(work):
            self._world.trading.publish(account, done)

    def _foresee(self, pending: SpotPending) -> list[Order]:
        """Try it on a copy of the account, behind what waits already. Raises BybitError."""
        account = pending.account
        copy = replace(
            account,
            wallet=dict(account.wallet),
            orders={order_id: replace(order) for order_id, order in account.orders.items()},
            history=list(account.history),
            executions=[],
            log=[],
        )
        work = self.work(copy)
        work.taken = deepcopy({key: kept for key, kept in self._taken.items() if key[0] == account.uid})
        for each in self._due:
            if each.account.uid == account.uid:
                try:
                    each.write(work)
                except BybitError:
                    continue
        return pending.write(work)

    def _land(self, pending: SpotPending, account: Account) -> Applied:
        self._due.remove(pending)
        work = self.work(account)
        try:
            pending.write(work)
        except BybitError:
            if pending.refused is not None:
                pending.refused(work)
        return _applied(work)


def _applied(work: SpotWork) -> Applied:
    orders = [(work.before(order), order) for order in work.orders.values()]
    return Applied(orders=orders, fills=work.fills, money=bool(orders))
