"""What is due of each chat: one queue for what is urgent, one for all else, and the order that holds between both."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from bot.domain.chat import QueuedMessage
from bot.domain.ids import ChatId

_LEG: Final = ("account_id", "symbol", "position_idx")  # fields of messages about one


@dataclass(frozen=True, slots=True)
class QueueKey:
    """Of whom, and whether of what goes ahead of all others."""

    chat_id: ChatId
    is_urgent: bool


@dataclass(slots=True)
class ChatQueues:
    """Nobody hears of the end of a trade before its beginning: an urgent message takes along what waits of its leg."""

    _queues: dict[QueueKey, deque[QueuedMessage]] = field(default_factory=dict)
    _sending: set[int] = field(default_factory=set)

    def length(self, key: QueueKey) -> int:
        return len(self._queues.get(key, ()))

    def add(self, row: QueuedMessage) -> QueueKey | None:
        """Line a row up; answers the queue if it is a new one, which somebody has to serve."""
        key = QueueKey(row.message.chat_id, row.message.is_urgent)
        before = self._taken_along(row) if key.is_urgent else []
        queue = self._queues.get(key)
        if queue is not None:
            queue.extend((*before, row))
            return None
        self._queues[key] = deque((*before, row))
        return key

    def first(self, key: QueueKey) -> QueuedMessage | None:
        """The row whose turn it is; None ends the queue."""
        queue = self._queues[key]
        return queue[0] if queue else None

    def begin(self, key: QueueKey, row: QueuedMessage) -> bool:
        """Whether it is still that row's turn; then it is being sent."""
        is_first = self.first(key) is row
        if is_first:
            self._sending.add(row.outbox_id)
        return is_first

    def finish(self, key: QueueKey, row: QueuedMessage) -> None:
        """End a row that was begun."""
        self._sending.discard(row.outbox_id)
        self._queues[key].popleft()

    def drop(self, key: QueueKey) -> list[QueuedMessage]:
        """End a queue; answers what it still held."""
        left = self._queues.pop(key)
        self._sending.difference_update(row.outbox_id for row in left)
        return list(left)

    def _taken_along(self, row: QueuedMessage) -> list[QueuedMessage]:
        """Earlier messages of the same leg that are not being sent yet, out of the other queue."""
        other = self._queues.get(QueueKey(row.message.chat_id, is_urgent=False))
        leg = _leg_of(row)
        if not other or leg is None:
            return []
        taken = [each for each in other if each.outbox_id not in self._sending and _leg_of(each) == leg]
        for each in taken:
            other.remove(each)
        return taken


def _leg_of(row: QueuedMessage) -> tuple[str, ...] | None:
    values = row.message.values
    return tuple(values.get(name, "0") for name in _LEG) if _LEG[0] in values and _LEG[1] in values else None
