"""Identifiers and units of time that every layer shares."""

from typing import Final, NewType

UserId = NewType("UserId", int)  # Telegram's numeric id
ChatId = NewType("ChatId", int)
AccountId = NewType("AccountId", int)
STANDING_FOR_CHATS: Final = frozenset({1087968824, 136817688})
"""GroupAnonymousBot and Channel_Bot: the `from` of whoever writes in the name of a group or a channel, which is in
`sender_chat` (core.telegram.org/bots/api#message)."""
Symbol = NewType("Symbol", str)  # as Bybit spells it: ^[A-Z0-9]{2,30}$
OrderLinkId = NewType("OrderLinkId", str)  # the id that whoever places an order gives it; empty if they gave none
Millis = NewType("Millis", int)  # UTC epoch milliseconds

MINUTE: Final = 60_000  # ms, as the next two
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
DAY_S: Final = DAY // 1000  # seconds
_AHEAD: Final = 10_000  # ms that what was noted during a round of questions may lie ahead of its begin
_LONG: Final = 36_500 * DAY


def is_ahead(noted: Millis, now: Millis) -> bool:
    """Whether a moment of this machine's clock lies so far ahead that the clock was set back since."""
    return noted - now > _AHEAD


def age(noted: Millis, now: Millis) -> int:
    """Milliseconds since a moment of this machine's clock: what waits for them does not wait for a clock set back.

    Negative for what was noted after a `now` that was taken a few seconds ago.
    """
    return _LONG if is_ahead(noted, now) else now - noted
