"""What an endpoint is given, and what several of them need of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.params import Query
from ops.sim.bybit.world import World

Result = dict[str, Any]


class Beside(NamedTuple):
    """A result that has something beside it in the answer."""

    result: list[Any] | Result
    beside: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCall:
    """One request that has passed every check."""

    world: World
    query: Query
    now: int
    """Epoch milliseconds."""
    account: Account | None
    """Whose key it is; None for public endpoints."""

    @property
    def owner(self) -> Account:
        """The account of a private endpoint. Raises LookupError on a public one."""
        if self.account is None:
            raise LookupError("a public endpoint has no account")
        return self.account

    def instrument(self) -> Instrument:
        """The one that `symbol` and `category` name. Raises BybitError 10001."""
        symbol = self.query.text("symbol")
        found = self.world.market.find(self.query.category, symbol)
        if found is None:
            raise wrong_parameter("params error: symbol invalid")
        return found


Handler = Callable[[EndpointCall], Result | Beside]
