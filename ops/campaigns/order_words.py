"""What people were told while orders were on their way, held against what became of those orders."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from ops.campaigns.order_truth import Place
from ops.stack import Stack

_LIVE: Final = ("⏳ Sending", "⏳ Accepted", "sent +")  # what only the card of a confirmed entry says
_NOTHING: Final = ("Nothing was filled", "never reached the exchange")


@dataclass(slots=True)
class Heard:
    """Every text that each message of people's chats has ever shown, the last one at the end."""

    texts: dict[Place, list[str]] = field(default_factory=dict)
    _seen: dict[int, int] = field(default_factory=dict)

    async def listen(self, stack: Stack, users: Collection[int]) -> None:
        """Take in what was sent and edited since the last time: a chat keeps its last two thousand events."""
        for user_id in users:
            for event in await stack.chat(user_id).events(self._seen.get(user_id, 0)):
                self._seen[user_id] = event["seq"]
                message = event.get("message")
                if message is not None and message["from"]["is_bot"]:
                    self.texts.setdefault((user_id, message["message_id"]), []).append(str(message.get("text", "")))

    def last(self) -> dict[Place, str]:
        """What the chats show now, as far as it was listened to."""
        return {place: texts[-1] for place, texts in self.texts.items()}


def untrue(path: Path, heard: Mapping[Place, list[str]], misled: Collection[int] = ()) -> list[str]:
    """What was said or done for no reason, in words; nobody but the bot touched the accounts.

    `misled`: users to whom an exchange denied what it executed later.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [
            *_unasked(connection),
            *_disputed(connection, misled),
            *_of_no_entry(connection, heard),
            *_denied(connection, heard, misled),
        ]


def _unasked(connection: sqlite3.Connection) -> Iterable[str]:
    """Entries that no tap on a card stands for: whatever was found at the exchange was confirmed in an earlier life."""
    rows = connection.execute(
        "SELECT order_link_id, idempotency_key FROM order_intents AS i WHERE kind = 'entry'"
        " AND idempotency_key NOT LIKE 'found:%' AND NOT EXISTS (SELECT 1 FROM buttons AS b"
        " WHERE i.idempotency_key GLOB 't:' || b.token || ':entry:[0-9]' AND b.action = 'trade.confirm')"
    )
    yield from (f"entry {link} was confirmed by nobody: {key}" for link, key in rows)


def _disputed(connection: sqlite3.Connection, misled: Collection[int]) -> Iterable[str]:
    """Disagreements about what only the bot has changed; not those of a stop that the exchange has refused."""
    rows = connection.execute(
        "SELECT user_id, account_id, symbol, kind, promised, shown FROM disagreements AS d WHERE NOT (kind = 'stop'"
        " AND EXISTS (SELECT 1 FROM order_intents AS i WHERE i.plan_id = d.plan_id AND i.kind IN ('stop', 'amend')"
        " AND i.state = 'refused' AND i.final_ts <= d.opened_ts))"
    )
    for user_id, account, symbol, kind, *there in rows:
        if user_id not in misled:
            yield f"account {account}, {symbol}: {kind}, {there}"


def _of_no_entry(connection: sqlite3.Connection, heard: Mapping[Place, list[str]]) -> Iterable[str]:
    """Messages that told of an entry that nobody wrote down."""
    places = set(connection.execute("SELECT card_chat_id, card_message_id FROM order_intents WHERE kind = 'entry'"))
    for place, texts in heard.items():
        told = next((text for text in texts if any(word in text for word in _LIVE)), None)
        if place not in places and told is not None:
            yield f"message {place} told of an entry that was never written down: {told!r}"


def _denied(connection: sqlite3.Connection, heard: Mapping[Place, list[str]], misled: Collection[int]) -> Iterable[str]:
    """What is not known yet must not be called failed."""
    rows = connection.execute(
        "SELECT order_link_id, user_id, cum_exec_qty, card_chat_id, card_message_id,"
        " EXISTS (SELECT 1 FROM outbox WHERE cause = 'intent:' || intent_id || ':not_placed')"
        " FROM order_intents WHERE kind = 'entry' AND cum_exec_qty <> '0'"
    )
    for link, user_id, filled, chat_id, message_id, was_told in rows:
        if user_id in misled:
            continue
        denials = [text for text in heard.get((chat_id, message_id), ()) if any(word in text for word in _NOTHING)]
        if denials or was_told:
            yield f"entry {link} has {Decimal(filled)} filled, and was called nothing: {denials[:1]}"
