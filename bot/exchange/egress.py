"""Whose fault retCode 10010 is: Bybit takes the key, but not from the address that we call from.

A stored key was taken when it came. When it is refused now, its owner has bound it to another address, or ours has
changed; and then it is not one account alone, nor a few among many whose keys are taken. So a refusal is the key's own
after five minutes in which it stayed alone. Until then, and while it is our address, nobody's key is called broken.
"""

import logging
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import NotSent
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock

UNMATCHED_IP: Final = 10010
WITHIN: Final = 300.0  # s …
MANY: Final = 3  # … in which so many accounts make it our address, …
_TAKEN_FOR_EACH: Final = 5  # … unless for each of them more than so many others are taken
_OVER_AFTER: Final = 900.0  # s without one, where nobody's refusal was made good
_ASK_EVERY: Final = 10.0  # s between two calls of an account that our address keeps out
_KEPT: Final = 3_600.0  # s that a refusal is remembered
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Refused:
    began: float
    last: float


@dataclass(slots=True, kw_only=True)
class EgressWatch:
    """Refused and accepted calls of stored accounts, by account. Moments are monotonic seconds."""

    clock: Clock
    _refused: dict[Hashable, _Refused] = field(default_factory=dict, init=False)
    _taken: dict[Hashable, float] = field(default_factory=dict, init=False)  # when last
    _since: Millis | None = field(default=None, init=False)

    def note_refusal(self, owner: Hashable) -> bool:
        """10010 to a call of that account; whether it may be, or is, our address."""
        now = self.clock.monotonic()
        self._forget(now)
        refused = self._refused.setdefault(owner, _Refused(now, now))
        refused.last = now
        if self._since is None and self._is_of_many(now):
            self._since = self.clock.now()
            _logger.error("Bybit refuses the keys of several accounts for our address: it has changed")
        return self.refused_since is not None or now - refused.began < WITHIN

    def note_answer(self, owner: Hashable) -> None:
        """That account's key was taken; if it had been refused, our address is right again."""
        self._taken[owner] = self.clock.monotonic()
        if self._refused and self._refused.pop(owner, None) is not None and self._since is not None:
            self._end()
            self._refused.clear()

    def check(self, owner: Hashable) -> None:
        """While our address keeps that account out, one call in ten seconds finds out. Raises NotSent for others."""
        if self._since is None or (refused := self._refused.get(owner)) is None:
            return
        left = refused.last + _ASK_EVERY - self.clock.monotonic()
        if left > 0:
            raise NotSent("Bybit refuses our address", retry_after=left)

    @property
    def refused_since(self) -> Millis | None:
        """Since when our address is refused, as far as can be told; None: it is not."""
        if self._since is not None:
            now = self.clock.monotonic()
            is_quiet = all(now - each.last > _OVER_AFTER for each in self._refused.values())
            if is_quiet or self._are_others_taken(now):
                self._end()
        return self._since

    def problems(self) -> tuple[str, ...]:
        """What /readyz says while Bybit refuses our address, with the command that looks into it."""
        if self.refused_since is None:
            return ()
        return ("Bybit refuses keys for the address that we go out from (10010): it has changed, `perpdesk doctor`",)

    def _end(self) -> None:
        _logger.info("Bybit does not refuse our address any more")
        self._since = None

    def _is_of_many(self, now: float) -> bool:
        met = sum(now - each.last <= WITHIN for each in self._refused.values())
        return met >= MANY and not self._are_others_taken(now)

    def _are_others_taken(self, now: float) -> bool:
        """Whether so many keys are taken that the refused ones are a few among them."""
        self._taken = {owner: last for owner, last in self._taken.items() if now - last <= WITHIN}
        return len(self._taken) > _TAKEN_FOR_EACH * len(self._refused)

    def _forget(self, now: float) -> None:
        self._refused = {owner: each for owner, each in self._refused.items() if now - each.last <= _KEPT}
