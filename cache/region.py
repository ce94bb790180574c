"""One policy at work: entries with a time to live, single flight, drops by tag, counters.

An entry is good while it has not expired and nothing dropped it. A load that is superseded by a drop or by a write
answers those who asked before, is not kept, and is not given to readers that come after: they begin their own.

Loads run in tasks of their own, for nobody in particular: in an empty context (what a load writes belongs to no update)
and not canceled with their readers. A load whose last reader is gone goes on and is kept, because the exchange has
charged for it already and the reader usually asks again.

Everything but `get` and `close` is synchronous: a drop can't be interrupted. For one event loop; no locks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextvars import Context, ContextVar
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from bot.aio.histograms import Histogram
from bot.aio.tasks import TaskSet
from bot.domain.errors import PerpdeskError
from bot.domain.ports.clock import Clock
from cache.index import TagIndex
from cache.policy import Policy
from cache.second_chance import CacheEntry, SecondChanceCache
from cache.sizes import json_bytes
from cache.stats import LOAD_SECONDS, RegionStats
from cache.tags import AnyTag

K = TypeVar("K", bound=Hashable)
Q = TypeVar("Q")
T = TypeVar("T")


_loading: Final[ContextVar[tuple[tuple[int, Hashable], ...]]] = ContextVar("the loads that led here", default=())


class LoadEnded(PerpdeskError):  # noqa: N818  named by what it is, like the rest of its tree
    """The cache was closed, the load took too long or was canceled from within, before there was an answer."""


class Load(Generic[K]):
    """A load under way, and whether a drop or a write superseded it."""

    __slots__ = ("is_superseded", "key", "started", "tags", "task")

    def __init__(self, key: K, started: float, tags: tuple[Hashable, ...]) -> None:
        self.key = key
        self.started = started  # monotonic s
        self.tags = tags
        self.is_superseded = False
        self.task: asyncio.Task[Any]


class Region(Generic[K]):
    """One region of the cache. A key must always be loaded by the same function."""

    __slots__ = (
        "_bytes",
        "_cache",
        "_dropped",
        "_entries",
        "_evictions",
        "_expirations",
        "_index",
        "_invalidations",
        "_is_closed",
        "_joinable",
        "_load_failures",
        "_load_seconds",
        "_now",
        "_superseded",
        "_tasks",
        "_time_of_day",
        "_under_way",
        "coalesced",
        "hits",
        "misses",
        "policy",
    )

    def __init__(self, policy: Policy[K], clock: Clock) -> None:
        self.policy = policy
        self._now = clock.monotonic
        self._time_of_day = clock.now
        self._cache: SecondChanceCache[K] = SecondChanceCache(policy.capacity)
        self._entries = self._cache.index  # to look up; written through the container
        self._index: TagIndex[CacheEntry[K] | Load[K]] = TagIndex(policy.tags.of_key, policy.tags.of_value)
        self._dropped: list[CacheEntry[K]] = []  # nobody finds them any more; cleared away with the next write
        self._joinable: dict[K, Load[K]] = {}  # those that later readers may join
        self._under_way: set[Load[K]] = set()  # those and the superseded ones
        self._tasks = TaskSet()
        self._bytes = 0
        self._is_closed = False
        self.hits = self.coalesced = self.misses = 0
        self._load_failures = self._superseded = 0
        self._evictions = self._expirations = self._invalidations = 0
        self._load_seconds = Histogram(LOAD_SECONDS)

    # --- reading --------------------------------------------------------------------------------------------

    async def get(self, key: K, load: Callable[[Q], Awaitable[T]], query: Q) -> T:
        """The value of `key`: from memory, from a load under way, or from `load(query)`.

        Raises what the load raised, to everybody who waits for it; errors are not kept. Raises LoadEnded when closed
        or when the load takes longer than `policy.load_limit`, RuntimeError for a load that reads its own key.
        """
        try:
            entry = self._entries[key]
        except KeyError:
            pass
        else:
            if self._now() < entry.expires:
                self.hits += 1
                entry.was_read = True
                return entry.value  # type: ignore[no-any-return]  # a key is always loaded by the same function
            self._count_expired(entry)
        under_way = self._joinable.get(key)
        if under_way is None:
            self.misses += 1
            under_way = self._start(key, load, query)
        else:
            self.coalesced += 1
            if (id(self), key) in _loading.get():
                raise RuntimeError(f"the load of {self.policy.name} reads what it is to load")
        value: T = await self._result_of(under_way)
        return value

    def last(self, key: K) -> Any:
        """The value in memory though it may have expired; None if there is none or it was dropped. Counts nothing."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def __contains__(self, key: K) -> bool:
        """Whether there is a value in memory, expired or not. Counts nothing."""
        return key in self._entries

    # --- writing and dropping -------------------------------------------------------------------------------

    def put(self, key: K, value: object, *, ttl: float | None = None) -> None:
        """Write through: `value` is the truth now, for `ttl` s if that differs. Supersedes a load under way.

        A value over `policy.max_value_bytes` takes down the one before it and is not kept.
        """
        under_way = self._joinable.get(key)
        if under_way is not None:
            self._supersede(under_way)
        self._store(key, value, self.policy.ttl_of(key) if ttl is None else ttl)

    def renew(self, key: K, value: object, before: object, *, ttl: float) -> bool:
        """`value` in the place of `before`, for `ttl` s; False, and nothing done, where another or none stands there.

        It is the same truth told again: a load under way may be younger and goes on.
        """
        entry = self._entries.get(key)
        if entry is None or entry.value is not before:
            return False
        entry.value = value
        entry.expires = self._now() + ttl - self._age(value)
        entry.is_counted = False
        return True

    def expire(self, key: K, value: object) -> bool:
        """End the time of the entry if it holds that very value; whether it did. It stays the last known one."""
        entry = self._entries.get(key)
        if entry is None or entry.value is not value:
            return False
        entry.expires = min(entry.expires, self._now())
        return True

    def drop(self, function: AnyTag, tag: Hashable) -> int:
        """Drop every entry that carries the tag and supersede every such load. Answers how many entries went."""
        dropped = 0
        for node in self._index.take(function, tag):
            if isinstance(node, Load):
                self._supersede(node)
            elif not node.is_dropped:
                node.is_dropped = True
                del self._entries[node.key]
                self._dropped.append(node)
                dropped += 1
        self._invalidations += dropped
        return dropped

    def knows(self, function: AnyTag) -> bool:
        """Whether entries of this region carry tags of that function."""
        return function in self._index

    def sweep(self) -> int:
        """Remove what has expired and is too old to be shown as the last known. Answers how many entries went."""
        return sum(self.sweep_in_steps(max(len(self._entries), 1)))

    def sweep_in_steps(self, size: int) -> Iterator[int]:
        """The same in steps: each looks at `size` entries at most, and answers how many of them went.

        Between two steps entries may come, be replaced and be dropped. Those that come after the first step are left
        to the next sweep.
        """
        self._purge_dropped()
        keys = iter(tuple(self._entries))
        while some := tuple(islice(keys, size)):
            horizon = self._now() - self.policy.keep_last
            found = [entry for key in some if (entry := self._entries.get(key)) and entry.expires <= horizon]
            for entry in found:
                self._count_expired(entry)
                self._remove(entry)
            yield len(found)

    async def close(self) -> None:
        """End the loads under way; their readers get LoadEnded. Reads from memory go on."""
        self._is_closed = True
        await self._tasks.close()
        for under_way in tuple(self._joinable.values()):
            self._forget(under_way)

    def stats(self) -> RegionStats:
        return RegionStats(
            name=self.policy.name,
            ttl=self.policy.ttl,
            capacity=self.policy.capacity,
            size=len(self._entries),
            bytes=self._bytes,
            max_bytes=self.policy.max_bytes,
            loading=len(self._under_way),
            oldest_load_s=max((self._now() - load.started for load in self._under_way), default=0.0),
            hits=self.hits,
            coalesced=self.coalesced,
            misses=self.misses,
            load_failures=self._load_failures,
            overtaken_loads=self._superseded,
            evictions=self._evictions,
            expirations=self._expirations,
            invalidations=self._invalidations,
            load_seconds=self._load_seconds,
        )

    # --- loads ----------------------------------------------------------------------------------------------

    def _start(self, key: K, load: Callable[[Q], Awaitable[Any]], query: Q) -> Load[K]:
        if self._is_closed:
            raise LoadEnded(f"the cache is closed: {self.policy.name}")
        under_way = Load(key, self._now(), self._tags(key, None))
        context = Context()  # what a load writes belongs to no update
        context.run(_loading.set, (*_loading.get(), (id(self), key)))
        work = self._run(under_way, load, query)
        under_way.task = self._tasks.spawn(work, self.policy.name, expected=Exception, context=context)
        self._under_way.add(under_way)
        self._joinable[key] = under_way
        self._index.add(under_way, under_way.tags)
        return under_way

    async def _run(self, under_way: Load[K], load: Callable[[Q], Awaitable[Any]], query: Q) -> Any:
        try:
            value = await self._answer(load, query)
            self._forget(under_way)
            if self._may_keep(under_way):
                self._store(under_way.key, value, self.policy.ttl_of(under_way.key))
        except BaseException:
            self._load_failures += 1
            self._forget(under_way)
            raise
        finally:
            self._under_way.discard(under_way)
            self._load_seconds.observe(self._now() - under_way.started)
        return value

    async def _answer(self, load: Callable[[Q], Awaitable[Any]], query: Q) -> Any:
        limit = asyncio.timeout(self.policy.load_limit)
        try:
            async with limit:
                return await load(query)
        except TimeoutError:
            if not limit.expired():
                raise
            raise LoadEnded(f"a load took over {self.policy.load_limit:g} s: {self.policy.name}") from None

    async def _result_of(self, under_way: Load[K]) -> Any:
        try:
            return await asyncio.shield(under_way.task)
        except asyncio.CancelledError:
            reader = asyncio.current_task()
            if under_way.task.cancelled() and not (reader and reader.cancelling()):
                raise LoadEnded(f"the load was ended: {self.policy.name}") from None
            raise

    def _may_keep(self, under_way: Load[K]) -> bool:
        return not under_way.is_superseded

    def _supersede(self, under_way: Load[K]) -> None:
        under_way.is_superseded = True
        self._superseded += 1
        self._forget(under_way)

    def _forget(self, under_way: Load[K]) -> None:
        """Let nobody join it any more."""
        if self._joinable.get(under_way.key) is under_way:
            del self._joinable[under_way.key]
            self._index.remove(under_way, under_way.tags)

    # --- entries --------------------------------------------------------------------------------------------

    def _tags(self, key: K, value: object) -> tuple[Hashable, ...]:
        """The values of the tags in the order of the index; None for those that only a value can tell."""
        tags = self.policy.tags
        subject = tags.subject(key)
        if subject is None:
            return ()
        late = [None if value is None else tag(value) for tag in tags.of_value]
        return (*[tag(subject) for tag in tags.of_key], *late)

    def _store(self, key: K, value: object, ttl: float) -> None:
        """Keep a value until `ttl` s after the moment it is of (`as_of`), wherever it came from."""
        now = self._now()
        if self._dropped:
            self._purge_dropped()
        size = json_bytes(value)
        old = self._entries.get(key)
        if size > self.policy.max_value_bytes:
            if old is not None:
                self._remove(old)
            return
        if old is not None:
            self._index.remove(old, old.tags)
            self._bytes -= old.size
        elif len(self._entries) >= self.policy.capacity:
            self._make_room(now)
        entry = CacheEntry(key, value, size, now + ttl - self._age(value), self._tags(key, value))
        self._cache[key] = entry
        self._index.add(entry, entry.tags)
        self._bytes += size
        while self._bytes > self.policy.max_bytes and len(self._entries) > 1:
            self._make_room(now)

    def _age(self, value: object) -> float:
        """Seconds since the moment a value is of; 0 for one that names none, or a moment to come."""
        as_of = getattr(value, "as_of", None)
        return 0.0 if as_of is None else max(0.0, (self._time_of_day() - as_of) / 1000)

    def _purge_dropped(self) -> None:
        """Clear away what was dropped. Not done in `drop`, because a commit waits for that."""
        for entry in self._dropped:
            self._remove(entry)
        self._dropped.clear()

    def _make_room(self, now: float) -> None:
        entry = self._cache.pop_victim(now)
        self._index.remove(entry, entry.tags)
        self._bytes -= entry.size
        if entry.expires <= now:
            self._count_expired(entry)
        else:
            self._evictions += 1

    def _remove(self, entry: CacheEntry[K]) -> None:
        del self._cache[entry.key]
        self._index.remove(entry, entry.tags)
        self._bytes -= entry.size

    def _count_expired(self, entry: CacheEntry[K]) -> None:
        if not entry.is_counted:
            entry.is_counted = True
            self._expirations += 1
