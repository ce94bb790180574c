"""The world behind the stand-in: who exists, which chats there are, and where everything is found.

`World` holds state and look-ups. People act through `ops.sim.telegram.people.People`, bots through the
methods of the Bot API. Everything runs in one event loop, and nothing here waits.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from ops.sim.telegram.calls import CallLog
from ops.sim.telegram.errors import ApiError, ControlError, unauthorized
from ops.sim.telegram.events import EventLog
from ops.sim.telegram.faults import Faults
from ops.sim.telegram.files import Files
from ops.sim.telegram.limits import FloodLimits
from ops.sim.telegram.model import Bot, Chat, JsonObject, User
from ops.sim.telegram.updates import UpdateQueue

TOKEN: Final = re.compile(r"([1-9][0-9]{0,15}):[A-Za-z0-9_-]+")
MESSAGES_PER_CHAT: Final = 10_000
CHANNEL_ID_BELOW: Final = -1_000_000_000_000
"""Supergroups and channels have ids below this, basic groups above."""


class World:
    """Everything the stand-in knows.

    `clock` gives epoch seconds, `monotonic` seconds for intervals; `seed` drives every random choice;
    `latency` is added to each Bot API answer, in seconds.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        limits: bool = True,
        latency: float = 0,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.clock_offset = 0.0
        """Seconds by which drivers moved the clock of all answers; negative for back."""
        self.limits_on = limits
        self.latency = latency
        self.seed = seed
        self.starts = 1
        """How often this world was started from its folder."""
        self.random = random.Random(seed)  # noqa: S311  chosen by seed on purpose, nothing secret
        self.users: dict[int, User] = {}
        self.groups: dict[int, Chat] = {}
        self.bots: dict[int, Bot] = {}
        self.events = EventLog(self.now)
        self.files = Files(self.random)
        self.calls = CallLog(self.now)
        self.faults = Faults()
        self.flood = FloodLimits(monotonic)
        self._by_token: dict[str, Bot] = {}
        self._last: Bot | None = None
        self._unclaimed: Bot | None = None

    def changed(self, kind: str, *key: object) -> None:
        """Something must be saved; `ops.sim.telegram.state` replaces this when there is a folder."""

    def webhook_due(self, bot: Bot) -> None:
        """There may be something for a webhook; `ops.sim.telegram.webhooks` replaces this."""

    def now(self) -> float:
        """The moved clock's epoch seconds."""
        return self._clock() + self.clock_offset

    # Bots

    def bot_by_token(self, token: str) -> Bot:
        """The bot of that token, made at first use. Raises ApiError 401 for what is no token, or one no more."""
        bot = self._by_token.get(token)
        if bot is None:
            bot = self._first_call(token)
        self._last = bot
        return bot

    def _first_call(self, token: str) -> Bot:
        match = TOKEN.fullmatch(token)
        if match is None:
            raise ApiError(401, "Unauthorized: invalid token specified")
        bot_id = int(match[1])
        bot = self.bots.get(bot_id)
        if bot is None:
            bot = self._unclaimed or self.new_bot()
            self._unclaimed = None
            self._name_bot(bot, bot_id)
        if token in bot.revoked:
            raise unauthorized()
        bot.tokens.add(token)
        self.changed("bot", bot.id)
        self._by_token[token] = bot
        return bot

    def revoke(self, bot: Bot) -> None:
        """From now on the tokens it has called with are refused; it goes on with another secret."""
        bot.revoked |= bot.tokens
        bot.tokens.clear()
        self._by_token = {token: known for token, known in self._by_token.items() if known is not bot}
        bot.updates.end_poll(unauthorized())
        self.changed("bot", bot.id)

    def new_bot(self) -> Bot:
        """A bot without an id."""
        card: JsonObject = {"id": 0, "is_bot": True, "first_name": "", "username": ""}
        queue = UpdateQueue(next_id=int(self.now()), now=self.now)
        bot = Bot(id=0, card=card, updates=queue)
        queue.changed = lambda update_id: self.changed("update", bot.id, update_id)
        queue.arrived = lambda: self.webhook_due(bot)
        return bot

    def adopt(self, bot: Bot) -> None:
        """Know a bot that was saved."""
        if bot.id == 0:
            self._unclaimed = bot
        else:
            self.bots[bot.id] = bot

    def restarted(self, *, starts: int) -> None:
        """Go on from a folder: random choices must not repeat those of the last time."""
        self.starts = starts
        self.random.seed(f"{self.seed}:{starts}")

    def _name_bot(self, bot: Bot, bot_id: int) -> None:
        """Give a bot its id; chats and updates that waited for it are its own from now on."""
        self._all_changed(bot)
        for chat in self.groups.values():
            if bot.id in chat.members:
                chat.members[bot_id] = chat.members.pop(bot.id)
                self.changed("chat", 0, chat.id)
        bot.id = bot_id
        bot.card.update(id=bot_id, first_name="Perpdesk", username=f"perpdesk_{bot_id}_bot")
        for dialog in bot.dialogs.values():
            dialog.owner = bot_id
        self.bots[bot_id] = bot
        self._all_changed(bot)

    def _all_changed(self, bot: Bot) -> None:
        self.changed("bot", bot.id)
        for dialog in bot.dialogs.values():
            self.changed("chat", bot.id, dialog.id)
            for message_id in dialog.messages:
                self.changed("message", bot.id, dialog.id, message_id)
        for update_id in bot.updates.pending:
            self.changed("update", bot.id, update_id)

    def bot(self, bot_id: int | None = None) -> Bot:
        """That bot, or the last that called, or one that will: what people do now waits for it.

        Raises ControlError 404 for an id nobody has.
        """
        if bot_id is not None:
            if bot_id not in self.bots:
                raise ControlError(f"no bot {bot_id} has called yet", 404)
            return self.bots[bot_id]
        if self._last is None:
            self._last = next(reversed(self.bots.values()), None) or self._unclaimed
        if self._last is None:
            self._last = self._unclaimed = self.new_bot()
            self.changed("bot", 0)
        return self._last

    def select(self, bot_id: int) -> None:
        """Let that bot be the last that called."""
        self._last = self.known_bot(bot_id)

    def known_bot(self, bot_id: int) -> Bot | None:
        """The bot with that id; 0 is the one that has not called yet."""
        return self._unclaimed if bot_id == 0 else self.bots.get(bot_id)

    def known_bots(self) -> list[Bot]:
        """All bots, the one that has not called yet too."""
        return [*self.bots.values(), *([self._unclaimed] if self._unclaimed else [])]

    # People and chats

    def user(self, user_id: int) -> User:
        """That person, made at first use."""
        user = self.users.get(user_id)
        if user is None:
            user = self.users[user_id] = User(id=user_id, first_name=f"User {user_id}")
            self.changed("user", user_id)
        return user

    def put_user(self, user_id: int, **fields: Any) -> User:
        """Make or change a person; `fields` are those of User."""
        user = self.users[user_id] = replace(self.user(user_id), **fields)
        self.changed("user", user_id)
        return user

    def dialog(self, bot: Bot, user_id: int) -> Chat:
        """The private chat of a bot and a person, made at first use."""
        chat = bot.dialogs.get(user_id)
        if chat is None:
            self.user(user_id)
            chat = Chat(id=user_id, type="private", owner=bot.id, instance=self.new_id())
            bot.dialogs[user_id] = chat
            self.changed("chat", bot.id, user_id)
        return chat

    def chat(self, bot: Bot, chat_id: int) -> Chat | None:
        """A chat as that bot finds it; None if there is none."""
        return bot.dialogs.get(chat_id) if chat_id > 0 else self.groups.get(chat_id)

    def chats(self, bot: Bot) -> Iterator[Chat]:
        """Every chat that bot is or was part of."""
        yield from bot.dialogs.values()
        yield from (chat for chat in self.groups.values() if bot.id in chat.members)

    def chat_card(self, chat: Chat) -> JsonObject:
        """The Bot API Chat object."""
        if chat.is_private:
            return {"id": chat.id, **self.user(chat.id).names(), "type": "private"}
        card: JsonObject = {"id": chat.id, "title": chat.title or "", "type": chat.type}
        return card | ({"is_forum": True} if chat.is_forum else {})

    def bot_name(self, bot: Bot, language_code: str = "") -> str:
        """The bot's name as set for that language, or its own."""
        names = bot.profile.names
        return names.get(language_code) or names.get("") or bot.name

    # Messages

    def next_message_id(self, chat: Chat, bot: Bot) -> int:
        """Counted per bot in private chats, per chat elsewhere, as Telegram does."""
        counter: Bot | Chat = bot if chat.is_private else chat
        message_id = counter.next_message_id
        counter.next_message_id += 1
        if not chat.is_private:
            self.changed("chat", 0, chat.id)
        return message_id

    def store(self, chat: Chat, message: JsonObject) -> None:
        """Keep a message, new or edited; beyond MESSAGES_PER_CHAT the oldest goes."""
        chat.messages[message["message_id"]] = message
        self.changed("message", chat.owner, chat.id, message["message_id"])
        if len(chat.messages) > MESSAGES_PER_CHAT:
            self._drop(chat, next(iter(chat.messages)))

    def remove(self, chat: Chat, message_id: int) -> JsonObject | None:
        """Take a message out of a chat and return it as it stood."""
        message = chat.messages.get(message_id)
        if message is not None:
            if message_id in chat.pinned:
                chat.pinned.remove(message_id)
            self._drop(chat, message_id)
        return message

    def _drop(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        self.changed("message", chat.owner, chat.id, message_id)
        if chat.invoices.pop(message_id, None) is not None:
            self.changed("invoice", chat.owner, chat.id, message_id)

    def new_id(self) -> str:
        """An id like Telegram's: 63 bits, as text."""
        return str(self.random.getrandbits(62) | 1 << 62)
