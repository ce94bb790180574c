"""What a cache region should do, written down plainly: the model that interleavings are checked against.

It knows the truth of every key (a version that grows with each write), the flights that readers may join and the
entries that are good. It is told what happens in the order in which it happens, and says what a read must answer.
"""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import AccountType, Exchange
from bot.domain.ids import AccountId, UserId
from cache.policy import POSITION, AccountKey
from cache.stats import RegionStats

TTL: Final = POSITION.ttl
KEYS: Final[tuple[AccountKey, ...]] = tuple(
    (AccountId(account), UserId(user), Exchange.BYBIT, account_type)
    for account, user, account_type in (
        (1, 12, AccountType.DEMO),
        (2, 12, AccountType.DEMO),
        (3, 12, AccountType.LIVE),
        (4, 123, AccountType.DEMO),
        (5, 123, AccountType.PAPER),
    )
)

Value = tuple[AccountKey, int] | None


class Wrong(AssertionError):  # noqa: N818  a verdict
    """The region did what the model rules out."""


class LoadFailed(Exception):  # noqa: N818  an ordinary error of a source
    """What a failing load raises."""


@dataclass(slots=True, eq=False)
class ModelLoad:
    """One load under way. `answer` is set when it ends."""

    key: AccountKey
    is_superseded: bool = False
    has_ended: bool = False
    value: Value = None
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class ModelEntry:
    """One value that is held."""

    value: Value
    expires: float
    is_counted: bool = False


@dataclass(slots=True, eq=False)
class Asked:
    """What a read met when it began, a value in memory or a load, and how old its answer may be at most."""

    key: AccountKey
    floor: int
    entry: ModelEntry | None
    load: ModelLoad | None


def value_of(key: AccountKey, version: int) -> Value:
    """Every fourth version of the truth is None, which is a value like any other."""
    return None if version % 4 == 0 else (key, version)


@dataclass(slots=True)
class Model:
    """The region as it should be. `capacity` bounds the entries."""

    capacity: int
    now: float = 0.0
    versions: dict[AccountKey, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 1))
    floors: dict[AccountKey, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    entries: dict[AccountKey, ModelEntry] = field(default_factory=dict)
    joinable: dict[AccountKey, ModelLoad] = field(default_factory=dict)
    unstarted: list[ModelLoad] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (
                "hits",
                "coalesced",
                "misses",
                "loads",
                "load_failures",
                "overtaken_loads",
                "evictions",
                "expirations",
                "invalidations",
            ),
            0,
        )
    )

    # --- reads and loads ------------------------------------------------------------------------------------

    def ask(self, key: AccountKey) -> Asked:
        """A read begins."""
        floor = self.floors[key]
        entry = self.entries.get(key)
        if entry is not None and self.now < entry.expires:
            self.counts["hits"] += 1
            return Asked(key, floor, entry, None)
        if entry is not None:
            self._expire(entry)
        under_way = self.joinable.get(key)
        if under_way is not None:
            self.counts["coalesced"] += 1
        else:
            self.counts["misses"] += 1
            under_way = self.joinable[key] = ModelLoad(key)
            self.unstarted.append(under_way)
        return Asked(key, floor, None, under_way)

    def load_begins(self, key: AccountKey) -> ModelLoad:
        """The region calls the loader. Raises Wrong for a load that no miss explains."""
        for place, under_way in enumerate(self.unstarted):
            if under_way.key == key:
                return self.unstarted.pop(place)
        raise Wrong(f"a load of {key} that no miss explains")

    def load_ends(self, under_way: ModelLoad, value: Value) -> bool:
        """A load has its value; answers whether the region must keep it."""
        self._end(under_way)
        under_way.value = value
        return not under_way.is_superseded

    def load_fails(self, under_way: ModelLoad, error: BaseException) -> None:
        self._end(under_way)
        under_way.error = error
        self.counts["load_failures"] += 1

    def _end(self, under_way: ModelLoad) -> None:
        self.counts["loads"] += 1
        under_way.has_ended = True
        if self.joinable.get(under_way.key) is under_way:
            del self.joinable[under_way.key]

    # --- writes and drops -----------------------------------------------------------------------------------

    def keep(self, key: AccountKey, value: Value, held: frozenset[AccountKey]) -> None:
        """A value is kept. `held` is what the region holds afterwards: it chooses whom it evicts, once, and if full."""
        missing = [other for other in self.entries if other not in held]
        must_evict = key not in self.entries and len(self.entries) >= self.capacity
        if len(missing) != must_evict or key not in held:
            raise Wrong(f"kept {key}, lost {missing}, had {len(self.entries)} of {self.capacity}")
        for evicted in missing:
            entry = self.entries.pop(evicted)
            if entry.expires <= self.now:
                self._expire(entry)
            else:
                self.counts["evictions"] += 1
        self.entries[key] = ModelEntry(value, self.now + TTL)

    def change(self, key: AccountKey) -> Value:
        """The truth changes; nobody is told yet."""
        self.versions[key] += 1
        return value_of(key, self.versions[key])

    def supersede(self, key: AccountKey) -> None:
        """From now on nobody may be given what was true before."""
        self.floors[key] = self.versions[key]
        under_way = self.joinable.pop(key, None)
        if under_way is not None:
            under_way.is_superseded = True
            self.counts["overtaken_loads"] += 1

    def drop(self, key: AccountKey) -> None:
        self.supersede(key)
        if self.entries.pop(key, None) is not None:
            self.counts["invalidations"] += 1

    def sweep(self) -> None:
        for key in [key for key, entry in self.entries.items() if entry.expires <= self.now]:
            self._expire(self.entries.pop(key))

    def _expire(self, entry: ModelEntry) -> None:
        if not entry.is_counted:
            entry.is_counted = True
            self.counts["expirations"] += 1

    # --- what must hold -------------------------------------------------------------------------------------

    def check_answer(self, asked: Asked, value: Value) -> None:
        """A read ended with `value`. Raises Wrong for a stale one first, then for any other than it must be."""
        versions = range(asked.floor, self.versions[asked.key] + 1)
        if value not in [value_of(asked.key, version) for version in versions]:
            raise Wrong(f"stale: {value} after a drop of {asked.key} at version {asked.floor}")
        if asked.load is not None and not asked.load.has_ended:
            raise Wrong(f"{value} of {asked.key} came before its load ended")
        promised = asked.entry.value if asked.entry is not None else asked.load and asked.load.value
        if value != promised:
            raise Wrong(f"{value} of {asked.key} where {promised} was promised")

    def check_error(self, asked: Asked, error: BaseException) -> None:
        """A read ended with `error`: it must be the very error of the load that it waited for."""
        if asked.load is None or asked.load.error is not error:
            raise Wrong(f"{error!r} for {asked.key} was not the error of its load")

    def check_counters(self, stats: RegionStats) -> None:
        counted = {name: getattr(stats, name) for name in self.counts}
        if counted != self.counts:
            wrong = {name: (counted[name], self.counts[name]) for name in counted if counted[name] != self.counts[name]}
            raise Wrong(f"counters (is, should be): {wrong}")
        if stats.size != len(self.entries) or stats.size > self.capacity:
            raise Wrong(f"size {stats.size}, should be {len(self.entries)} of {self.capacity}")
