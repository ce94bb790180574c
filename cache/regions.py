"""The ten regions side by side, and every way to drop what they hold."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar

from bot.domain.accounts import AccountType, Exchange
from bot.domain.events import CredentialsChanged, Event, OrderPlaced, PositionClosed
from bot.domain.ids import UserId
from bot.domain.ports.clock import Clock
from cache.policy import (
    API_RESPONSE,
    BALANCE,
    CREDENTIALS,
    LICENSE,
    MARKET_DATA,
    ORDER,
    POSITION,
    PRICE,
    SYMBOL_INFO,
    USER_CONFIG,
    Override,
    Policy,
    policies,
)
from cache.region import Region
from cache.stats import RegionStats
from cache.tags import AnyTag, kind, user

SWEEP_AT_ONCE: Final = 500  # entries looked at before the loop has its turn

K = TypeVar("K", bound=Hashable)


class Regions:
    """One region a row of the policy table. `overrides` and their errors: see `cache.policy.policies`."""

    def __init__(self, overrides: Mapping[str, Override] | None = None, *, clock: Clock) -> None:
        chosen = policies(overrides)
        self.by_name: dict[str, Region[Any]] = {}

        def region(policy: Policy[K]) -> Region[K]:
            row: Policy[K] = chosen[policy.name]
            made = self.by_name[policy.name] = Region(row, clock)
            return made

        self.user_config = region(USER_CONFIG)
        self.license = region(LICENSE)
        self.credentials = region(CREDENTIALS)
        self.balance = region(BALANCE)
        self.position = region(POSITION)
        self.order = region(ORDER)
        self.market_data = region(MARKET_DATA)
        self.price = region(PRICE)
        self.symbol_info = region(SYMBOL_INFO)
        self.api_response = region(API_RESPONSE)
        self.drops = _drops(self.by_name.values())


class RegionUpkeep:
    """Drops, sweeps and counters of all regions.

    Drops are synchronous, so nothing comes between a commit and its drops.
    """

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    def invalidate(self, events: Iterable[Event]) -> None:
        """Drop what the policy table says these events drop. Can't wait and can't stop half-way."""
        for event in events:
            for region, tag in self._regions.drops.get(type(event), ()):
                region.drop(tag, tag(event))

    def invalidate_position_cache(self, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        """The positions of every account of that user, exchange and type."""
        self._regions.position.drop(kind, (user_id, exchange, account_type))

    def invalidate_balance_cache(self, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        """The balance of every account of that user, exchange and type."""
        self._regions.balance.drop(kind, (user_id, exchange, account_type))

    def invalidate_user_caches(self, user_id: UserId) -> None:
        """Everything that belongs to one user."""
        for region in self._regions.by_name.values():
            if region.knows(user):
                region.drop(user, user_id)

    def on_order_placed(self, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        """What OrderPlaced drops, for every account of that user, exchange and type."""
        self._drop_kind(OrderPlaced, user_id, exchange, account_type)

    def on_position_closed(self, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        """What PositionClosed drops, for every account of that user, exchange and type."""
        self._drop_kind(PositionClosed, user_id, exchange, account_type)

    def on_user_credentials_changed(self, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        """What CredentialsChanged drops, for every account of that user, exchange and type."""
        self._drop_kind(CredentialsChanged, user_id, exchange, account_type)

    def _drop_kind(self, event: type, user_id: UserId, exchange: Exchange, account_type: AccountType) -> None:
        for region, _ in self._regions.drops[event]:
            if region.knows(kind):
                region.drop(kind, (user_id, exchange, account_type))
            else:  # sealed credentials don't say the exchange: the user's other keys are read once more
                region.drop(user, user_id)

    def sweep(self) -> int:
        """Remove what has expired in all regions; answers how many entries went."""
        return sum(region.sweep() for region in self._regions.by_name.values())

    async def sweep_in_steps(self) -> None:
        """The same, giving way to others after each few hundred entries that were looked at."""
        for region in self._regions.by_name.values():
            for _ in region.sweep_in_steps(SWEEP_AT_ONCE):
                await asyncio.sleep(0)

    def stats(self) -> tuple[RegionStats, ...]:
        """The counters of all regions, in the order of the policy table."""
        return tuple(region.stats() for region in self._regions.by_name.values())

    async def close(self) -> None:
        """Cancel the loads under way of every region; their readers get LoadEnded."""
        await asyncio.gather(*(region.close() for region in self._regions.by_name.values()))


def _drops(regions: Iterable[Region[Any]]) -> Mapping[type, tuple[tuple[Region[Any], AnyTag], ...]]:
    """Event type -> what it drops where, from the policies."""
    found: dict[type, tuple[tuple[Region[Any], AnyTag], ...]] = {}
    for region in regions:
        for drop in region.policy.dropped_by:
            found[drop.event] = (*found.get(drop.event, ()), (region, drop.tag))
    return found
