"""Telegram's flood limits, as far as they are known.

https://core.telegram.org/bots/faq (about 30 messages a second overall, one a second in a chat with short
bursts allowed, 20 a minute in a group). They are not exact there either.
"""

import math
from collections.abc import Callable
from typing import Final

from ops.sim.telegram.errors import too_many_requests

EDIT_WEIGHT: Final = 0.5
_FORGET_AFTER: Final = 10_000


class _Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run."""

    __slots__ = ("burst", "level", "rate", "seen")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst, self.level, self.seen = rate, burst, burst, now

    def wait(self, weight: float, now: float) -> float:
        """Seconds until that weight fits; 0 if it fits now."""
        self.level = min(self.burst, self.level + (now - self.seen) * self.rate)
        self.seen = now
        return max(0.0, (min(weight, self.burst) - self.level) / self.rate)


class FloodLimits:
    """Counts what bots send; `now` is monotonic seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._bots: dict[int, _Bucket] = {}
        self._chats: dict[tuple[int, int], _Bucket] = {}

    def charge(self, bot_id: int, chat_id: int, weight: float) -> None:
        """Count that many messages. Raises ApiError 429, and then counts nothing."""
        now = self._now()
        overall = self._bots.get(bot_id) or self._bots.setdefault(bot_id, _Bucket(30, 30, now))
        chat = self._chats.get((bot_id, chat_id)) or self._new_chat(bot_id, chat_id, now)
        seconds = max(overall.wait(weight, now), chat.wait(weight, now))
        if seconds > 0:
            raise too_many_requests(math.ceil(seconds))
        overall.level -= weight
        chat.level -= weight

    def _new_chat(self, bot_id: int, chat_id: int, now: float) -> _Bucket:
        if len(self._chats) > _FORGET_AFTER:
            self._chats = {key: bucket for key, bucket in self._chats.items() if now - bucket.seen < bucket.burst * 60}
        rate, burst = (1, 5) if chat_id > 0 else (20 / 60, 20)
        return self._chats.setdefault((bot_id, chat_id), _Bucket(rate, burst, now))
