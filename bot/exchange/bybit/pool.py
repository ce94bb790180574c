"""One client an account: built from sealed credentials when it is needed, forgotten when it is not.

A client holds an opened key, so it lives no longer than it is used: `idle` seconds, or until the credentials change.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, Credentials, SealedCredentials
from bot.domain.errors import KeyTrouble
from bot.domain.ids import AccountId
from bot.domain.ports.accounts import CredentialVault
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.client import BybitClient
from bot.exchange.meter import PoolStats


@dataclass(slots=True, eq=False)
class _Entry:
    client: BybitClient
    used_at: float
    is_suspect: bool = True  # new, or its last call got no answer


@dataclass(slots=True, kw_only=True)
class ClientPool:
    """Bounded, least recently used out first. `idle` in seconds.

    `check` sees that a host answers, by a call if it must (True), and raises ExchangeDown if not; it is asked before a
    client that was idle or in trouble is handed out.
    """

    clock: Clock
    vault: CredentialVault
    credentials: Callable[[AccountId], Awaitable[SealedCredentials | None]]
    build: Callable[[Account, Credentials], BybitClient]
    check: Callable[[str], Awaitable[bool]]
    capacity: int = 5_000
    idle: float = 300.0
    builds: int = field(default=0, init=False)
    evictions: int = field(default=0, init=False)
    checks: int = field(default=0, init=False)
    _entries: OrderedDict[AccountId, _Entry] = field(default_factory=OrderedDict, init=False)
    _building: dict[AccountId, asyncio.Task[_Entry]] = field(default_factory=dict, init=False)
    _builds: TaskSet = field(default_factory=TaskSet, init=False)  # those and the evicted ones

    async def borrow(self, account: Account) -> BybitClient:
        """The account's client. Raises KeyTrouble without a usable key, ExchangeDown if the host does not answer."""
        entry = self._entries.get(account.account_id)
        now = self.clock.monotonic()
        if entry is None or entry.used_at <= now - self.idle:
            self.sweep()
            entry = await self._built(account)
            now = self.clock.monotonic()
        if entry.is_suspect:
            was_asked = await self.check(entry.client.endpoint)
            self.checks += was_asked
            entry.is_suspect = False
        entry.used_at = now
        if account.account_id in self._entries:
            self._entries.move_to_end(account.account_id)
        return entry.client

    def at_hand(self, account: Account) -> BybitClient | None:
        """The account's client where `borrow` would have it without waiting."""
        entry = self._entries.get(account.account_id)
        is_ready = entry is not None and not entry.is_suspect and entry.used_at > self.clock.monotonic() - self.idle
        return entry.client if entry is not None and is_ready else None

    def distrust(self, account_id: AccountId) -> None:
        """Its last call got no answer: see whether the host answers before the next one."""
        entry = self._entries.get(account_id)
        if entry is not None:
            entry.is_suspect = True

    def evict(self, account_id: AccountId) -> None:
        """Forget the client, and one that is being built: the credentials changed."""
        self._building.pop(account_id, None)
        if self._entries.pop(account_id, None) is not None:
            self.evictions += 1

    def sweep(self) -> None:
        """Forget what was idle for too long and what is over capacity: the oldest are in front."""
        edge = self.clock.monotonic() - self.idle
        while self._entries:
            account_id, entry = next(iter(self._entries.items()))
            if len(self._entries) <= self.capacity and entry.used_at > edge:
                return
            self.evict(account_id)

    def stats(self) -> PoolStats:
        return PoolStats(clients=len(self._entries), builds=self.builds, evictions=self.evictions, checks=self.checks)

    async def close(self) -> None:
        """Forget all clients and the keys in them."""
        self._building.clear()
        self._entries.clear()
        await self._builds.close()

    async def _built(self, account: Account) -> _Entry:
        """One build for all who wait for it; one of them that gives up does not stop it."""
        task = self._building.get(account.account_id)
        if task is None:
            task = self._builds.spawn(self._build(account), "building of an exchange client", expected=Exception)
            self._building[account.account_id] = task
            task.add_done_callback(lambda done: self._keep(account.account_id, done))
        return await asyncio.shield(task)

    def _keep(self, account_id: AccountId, done: asyncio.Task[_Entry]) -> None:
        is_good = not done.cancelled() and done.exception() is None
        if self._building.get(account_id) is not done:
            return  # evicted meanwhile: those who waited get it, nobody else does
        del self._building[account_id]
        if is_good:
            self._entries[account_id] = done.result()

    async def _build(self, account: Account) -> _Entry:
        sealed = await self.credentials(account.account_id)
        if sealed is None or sealed.check is None:
            raise KeyTrouble("no key is stored for this account")
        self.builds += 1
        return _Entry(self.build(account, self.vault.open(sealed)), self.clock.monotonic())
