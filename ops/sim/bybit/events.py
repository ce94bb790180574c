"""What happens to accounts without any request of theirs, at the moment a driver orders it."""

from collections.abc import Callable, Iterator
from typing import Final

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.faults import Fault
from ops.sim.bybit.world import World


def happen(world: World, order: Fault) -> None:
    """Let an event happen to every account that the order fits, as often as it says. Raises ControlError."""
    if order.uid is not None and order.uid not in world.accounts:
        raise ControlError(f"uid: no account {order.uid}")
    for account in tuple(_hit(world, order)):
        _EVENTS[order.kind](world, account)


def _hit(world: World, order: Fault) -> Iterator[Account]:
    for account in world.accounts.values():
        if order.uid in {None, account.uid} and order.hits():
            yield account


def _switch_mode(world: World, account: Account) -> None:
    """By coin, as in Bybit's app: what is held or ordered stays in its mode, which here is the account's."""
    if not (account.held() or account.orders):
        account.positions = {}
        account.hedge = not account.hedge
        world.touch(account.uid)


_EVENTS: Final[dict[str, Callable[[World, Account], None]]] = {"mode_switched": _switch_mode}
