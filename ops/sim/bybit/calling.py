"""A checked client's call of an endpoint: rights and rate of its key, its parameters, then the endpoint itself.

REST and the trade stream come here alike, so that both answer with the same codes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.endpoints.endpoint_call import Beside, EndpointCall
from ops.sim.bybit.endpoints.table import HANDLERS
from ops.sim.bybit.errors import PERMISSION, BybitError, refused
from ops.sim.bybit.facts import ENDPOINTS, Endpoint
from ops.sim.bybit.limits import Allowance
from ops.sim.bybit.params import Query
from ops.sim.bybit.permissions import allowed
from ops.sim.bybit.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an endpoint says."""

    ret_code: int
    ret_msg: str
    result: Any
    beside: dict[str, Any] = field(default_factory=dict)
    """What stands beside the result, such as `retExtInfo` of a batch."""


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """The endpoint that answers there, if one does."""
    found = ENDPOINTS.get(path)
    return found if found and found.method == method and path in HANDLERS else None


def count(world: World, endpoint: Endpoint, account: Account, category: str, at: int) -> Allowance:
    """Count a call against the UID's rate: what exceeds it is refused with 10006. A batch counts its further orders."""
    return world.uid_limits.take(account.uid, endpoint.path, endpoint.rate(category), at)


def left(world: World, endpoint: Endpoint, account: Account, category: str, at: int) -> Allowance:
    """What is left of the rate after a call whose further orders were counted meanwhile."""
    return world.uid_limits.left(account.uid, endpoint.path, endpoint.rate(category), at)


def write(world: World, endpoint: Endpoint, account: Account, body: object, at: int) -> Outcome:
    """A POST of an account whose key and rate were checked: a REST body, or what a frame of the trade stream holds."""
    return _outcome(world, endpoint, account, lambda: Query.of_body(endpoint, body), at)


def read(world: World, endpoint: Endpoint, account: Account | None, query_string: str, at: int) -> Outcome:
    """A GET of an account whose key and rate were checked; of anybody where the endpoint is public."""
    return _outcome(world, endpoint, account, lambda: Query(endpoint, query_string), at)


def _outcome(
    world: World, endpoint: Endpoint, account: Account | None, read_query: Callable[[], Query], at: int
) -> Outcome:
    try:
        query = read_query()
        if account is not None:
            _check_rights(account, endpoint, query.category)
            world.trading.advance(account)
        found = HANDLERS[endpoint.path](EndpointCall(world=world, query=query, now=at, account=account))
    except BybitError as error:
        return Outcome(ret_code=error.ret_code, ret_msg=error.ret_msg, result=error.result, beside=error.beside)
    result, beside = found if isinstance(found, Beside) else (found, {})
    return Outcome(ret_code=0, ret_msg=endpoint.ok, result=result, beside=beside)


def _check_rights(account: Account, endpoint: Endpoint, category: str) -> None:
    key = account.key
    if endpoint.method == "POST" and key.read_only:
        raise refused(PERMISSION)
    if not allowed(key.permissions, endpoint.permission, category):
        raise refused(PERMISSION)
