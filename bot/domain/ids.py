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
