"""Where a region's entries stand: cachetools' LRUCache for order and capacity, a plain dict for look-ups."""

from collections.abc import Hashable
from typing import Any, Final, Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)

SECOND_CHANCES: Final = 32  # bounds what one eviction may cost


class CacheEntry(Generic[K]):
    """One value and until when it is good."""

    __slots__ = ("expires", "is_counted", "is_dropped", "key", "size", "tags", "value", "was_read")

    def __init__(self, key: K, value: Any, size: int, expires: float, tags: tuple[Hashable, ...]) -> None:
        self.key = key
        self.value = value
        self.size = size  # bytes, about
        self.expires = expires  # monotonic s
        self.tags = tags
        self.was_read = False  # since it was stored or last spared
        self.is_counted = False  # among the expirations
        self.is_dropped = False


class SecondChanceCache(LRUCache[K, CacheEntry[K]]):
    """An LRUCache whose reads go through `index` and only mark their entry.

    Moving an entry on each read would double the price of a hit. Instead the entry that was used least recently, when
    it comes up for eviction, gets a second chance if it was read meanwhile ("clock" replacement).
    """

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.index: dict[K, CacheEntry[K]] = {}  # read it; write through the container

    def __setitem__(self, key: K, entry: CacheEntry[K]) -> None:
        super().__setitem__(key, entry)
        self.index[key] = entry

    def __delitem__(self, key: K) -> None:
        super().__delitem__(key)
        self.index.pop(key, None)

    def pop_victim(self, now: float) -> CacheEntry[K]:
        """Take down the entry that must make room: expired or not read lately, after at most 32 that were read.

        Raises KeyError when the container is empty.
        """
        for _ in range(SECOND_CHANCES):
            key, entry = self.popitem()
            if not entry.was_read or entry.expires <= now:
                return entry
            entry.was_read = False
            self[key] = entry
        return self.popitem()[1]
