"""The things of the stand-in's world: users, chats, bots. Plain state; the rules live in the other modules."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any, Final

from ops.sim.telegram.events import Event
from ops.sim.telegram.stars import FIRST_BALANCE, Invoice, StarBook
from ops.sim.telegram.updates import UpdateQueue

JsonObject = dict[str, Any]

EVENTS_PER_CHAT: Final = 2_000
MEMBER_STATUSES: Final = ("creator", "administrator", "member")


@dataclass(slots=True, kw_only=True)
class User:
    """A person; the private chat with a bot has the same id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_premium: bool = False
    deleted: bool = False
    """The account is gone: it has no name any more, and nothing can be sent to it."""
    stars: int = FIRST_BALANCE

    def names(self) -> JsonObject:
        """What User and Chat objects call the person."""
        if self.deleted:
            return {"first_name": ""}
        names: JsonObject = {"first_name": self.first_name}
        names |= {"last_name": self.last_name} if self.last_name else {}
        return names | ({"username": self.username} if self.username else {})

    def card(self) -> JsonObject:
        """The Bot API User object, as `from` shows it."""
        card: JsonObject = {"id": self.id, "is_bot": False, **self.names()}
        if self.language_code and not self.deleted:
            card["language_code"] = self.language_code
        if self.is_premium and not self.deleted:
            card["is_premium"] = True
        return card


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic of a forum."""

    name: str
    closed: bool = False

    def card(self) -> JsonObject:
        """The Bot API ForumTopicCreated object."""
        return {"name": self.name, "icon_color": 7322096}


@dataclass(slots=True, kw_only=True, eq=False)
class Chat:
    """A conversation with its messages as they stand now.

    A private chat belongs to one bot (`Bot.dialogs`), any other is shared (`World.groups`).
    """

    id: int
    type: str
    title: str | None = None
    owner: int = 0
    """The bot of a private chat; 0 for shared chats."""
    messages: OrderedDict[int, JsonObject] = field(default_factory=OrderedDict)
    """Bot API Message objects by message_id, oldest first; an edit puts a new object, none is changed."""
    invoices: dict[int, Invoice] = field(default_factory=dict)
    """What messages with a working Pay button ask for, by message_id."""
    next_message_id: int = 1
    pinned: list[int] = field(default_factory=list)
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    """Topics of a forum by id; the general one is not among them."""
    migrated_to: int = 0
    """The supergroup that a group has become; 0 if it has not."""
    members: dict[int, str] = field(default_factory=dict)
    """Status by user id, bots too: creator, administrator, member, left, kicked."""
    opened: bool = False
    """Private: the user has written to the bot, so the bot may write."""
    blocked: bool = False
    """Private: the user has blocked the bot."""
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=EVENTS_PER_CHAT))
    waiters: set[asyncio.Future[None]] = field(default_factory=set)
    keyboard: JsonObject | None = None
    """The reply keyboard or forced reply the bot last showed, which no Message object tells."""
    instance: str = "0"
    """What Telegram calls chat_instance."""

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def has(self, user_id: int) -> bool:
        """Whether that user or bot takes part in the chat now."""
        return self.members.get(user_id) in MEMBER_STATUSES


@dataclass(slots=True, kw_only=True)
class CallbackQuery:
    """A pressed button that waits for answerCallbackQuery."""

    id: str
    chat: Chat
    user_id: int
    expires_at: float
    """Epoch seconds."""


@dataclass(slots=True, kw_only=True)
class Webhook:
    """What setWebhook asked for, and how delivery goes."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    has_certificate: bool = False
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True, kw_only=True)
class Profile:
    """What setMy… keeps, by language code ("" is the default) and, for commands, by scope."""

    commands: dict[str, list[JsonObject]] = field(default_factory=dict)
    """By `scope key|language`, see ops.sim.telegram.commands."""
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, JsonObject] = field(default_factory=dict)
    """By chat id as text; "" is the default."""
    administrator_rights: dict[str, JsonObject] = field(default_factory=dict)
    """By "groups" and "channels"."""


@dataclass(slots=True, kw_only=True, eq=False)
class Bot:
    """One bot, whatever secret it calls with. One with id 0 has not called yet: what people do waits for the first."""

    id: int
    card: JsonObject
    """The Bot API User object of the bot; one object, filled in when the bot first calls."""
    updates: UpdateQueue
    tokens: set[str] = field(default_factory=set)
    """The tokens it has called with."""
    revoked: set[str] = field(default_factory=set)
    """Those among them that are refused since."""
    dialogs: dict[int, Chat] = field(default_factory=dict)
    """Private chats by user id."""
    next_message_id: int = 1
    """Private chats and basic groups of one bot share a counter, as in Telegram."""
    profile: Profile = field(default_factory=Profile)
    webhook: Webhook | None = None
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    stars: StarBook = field(default_factory=StarBook)

    @property
    def name(self) -> str:
        """The default name, which setMyName may change."""
        return str(self.card["first_name"])

    @property
    def username(self) -> str:
        return str(self.card["username"])
