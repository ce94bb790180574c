"""From a tag to what carries it, so that a drop costs what it drops and never a scan."""

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

from cache.tags import AnyTag

N = TypeVar("N", bound=Hashable)

OWNERLESS = None  # stands for a tag that only the value can tell, while there is no value


class TagIndex(Generic[N]):
    """Groups of nodes by tag. Most groups have one member, which then stands there without a set around it."""

    __slots__ = ("_groups", "_late", "_place")

    def __init__(self, of_key: tuple[AnyTag, ...], of_value: tuple[AnyTag, ...]) -> None:
        functions = (*of_key, *of_value)
        self._groups: tuple[dict[Hashable, N | set[N]], ...] = tuple({} for _ in functions)
        self._place = {function: self._groups[place] for place, function in enumerate(functions)}
        self._late = frozenset(of_value)

    def __contains__(self, tag: AnyTag) -> bool:
        return tag in self._place

    def add(self, node: N, tags: tuple[Hashable, ...]) -> None:
        """`tags`: the values in the order of the functions; none at all for a node that nothing drops."""
        for group, tag in zip(self._groups, tags, strict=False):
            members = group.setdefault(tag, node)
            if isinstance(members, set):
                members.add(node)
            elif members is not node:
                group[tag] = {members, node}

    def remove(self, node: N, tags: tuple[Hashable, ...]) -> None:
        """Take the node out of every group that still has it."""
        for group, tag in zip(self._groups, tags, strict=False):
            members = group.get(tag)
            if members is node:
                del group[tag]
            elif isinstance(members, set):
                members.discard(node)
                if len(members) == 1:
                    group[tag] = members.pop()

    def take(self, function: AnyTag, tag: Hashable) -> Collection[N]:
        """Take out the group of that tag, and of what may turn out to have it; other groups still have its members."""
        group = self._place[function]
        found = group.pop(tag, None)
        if function in self._late:
            return *_members(found), *_members(group.pop(OWNERLESS, None))
        return _members(found)

    def __len__(self) -> int:
        """How many groups there are: 0 when nothing is held."""
        return sum(map(len, self._groups))


def _members(members: N | set[N] | None) -> Collection[N]:
    if members is None:
        return ()
    return members if isinstance(members, set) else (members,)
