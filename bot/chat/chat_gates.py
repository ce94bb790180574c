"""Chats that Telegram wants left alone until a moment, and spaced for a while after it."""

from dataclasses import dataclass
from math import inf
from typing import Final

from bot.domain.ports.clock import Clock

# Telegram names one message a second a chat, 20 a minute a group (core.telegram.org/bots/faq).
_APART_S: Final = 1.0
_GROUP_APART_S: Final = 3.0
_SPACED_S: Final = 20.0  # without a call ends the spacing
_MANY: Final = 500  # then those that are over are swept

Chat = int | str


@dataclass(slots=True)
class _Gate:
    """When a chat takes its next call, and how long it stays spaced without one; monotonic seconds."""

    opens: float
    spaced_until: float


class ChatGates:
    """A gate is closed by a 429 for its seconds. After that calls are kept apart, until it is quiet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._gates: dict[Chat, _Gate] = {}

    def close(self, chat: Chat, seconds: float) -> None:
        now = self._clock.monotonic()
        if len(self._gates) >= _MANY:
            self._gates = {key: gate for key, gate in self._gates.items() if gate.spaced_until > now}
        opens = now + seconds
        self._gates[chat] = _Gate(opens, opens + _SPACED_S)

    def wait(self, chat: Chat) -> float:
        """Seconds until a call may be made there; 0: now."""
        gate = self._gates.get(chat)
        return 0.0 if gate is None else max(0.0, gate.opens - self._clock.monotonic())

    def note_call(self, chat: Chat) -> None:
        """A call is made there now."""
        gate = self._gates.get(chat)
        if gate is None:
            return
        now = self._clock.monotonic()
        if gate.spaced_until <= now:
            del self._gates[chat]
            return
        gate.opens = now + _apart(chat)
        gate.spaced_until = gate.opens + _SPACED_S

    def take_back(self, chat: Chat) -> None:
        """The call was refused for what it was, not for being one too many: another may take its place."""
        gate = self._gates.get(chat)
        now = self._clock.monotonic()
        if gate is not None and gate.opens - now <= _apart(chat):
            gate.opens = now

    def is_spaced(self, chat: Chat) -> bool:
        return chat in self._gates

    def opens_in(self) -> float:
        """Seconds until the next closed one opens; infinite without any."""
        now = self._clock.monotonic()
        return min((gate.opens - now for gate in self._gates.values() if gate.opens > now), default=inf)


def _apart(chat: Chat) -> float:
    """Seconds that a spaced chat has between two calls: more in a group, which has a negative id."""
    return _GROUP_APART_S if isinstance(chat, int) and chat < 0 else _APART_S
