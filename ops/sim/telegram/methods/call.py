"""One call of a method: its checked parameters, and what most methods need of the world."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from ops.sim.telegram.errors import ApiError, bad_request, forbidden
from ops.sim.telegram.files import Upload
from ops.sim.telegram.keyboards import check_inline, check_invoice_markup, check_markup
from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.text import CAPTION_LIMIT, FormattedText, format_text
from ops.sim.telegram.world import World


@dataclass(slots=True)
class Call:
    """A call on its way; methods raise ApiError."""

    world: World
    bot: Bot
    params: JsonObject
    files: dict[str, Upload] = field(default_factory=dict)

    def chat(self, name: str = "chat_id", *, write: bool = False) -> Chat:
        """The chat a parameter names; `write` asks whether the bot may write there."""
        chat_id = self.params.get(name)
        if chat_id is None:
            raise bad_request(f"{name} is empty")
        # Usernames reach public channels and bots; neither exists here.
        chat = self.world.chat(self.bot, chat_id) if isinstance(chat_id, int) else None
        if chat is None or (chat.is_private and not chat.opened):
            if write and chat_id in self.world.users:
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        if chat.is_private:
            if write and self.world.user(chat.id).deleted:
                raise forbidden("user is deactivated")
            if write and chat.blocked:
                raise forbidden("bot was blocked by the user")
        elif write and chat.migrated_to:
            sentence = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(HTTPStatus.BAD_REQUEST, sentence, migrate_to_chat_id=chat.migrated_to)
        elif not chat.has(self.bot.id):
            if chat.members.get(self.bot.id) is None:
                raise bad_request("chat not found")
            kicked = chat.members[self.bot.id] == "kicked"
            raise forbidden(f"bot {'was kicked from' if kicked else 'is not a member of'} the {chat.type} chat")
        return chat

    def message(self, chat: Chat, what: str, name: str = "message_id") -> JsonObject:
        """A message of that chat; `what` names it in the refusal ("message to edit")."""
        message = chat.messages.get(self.params.get(name, 0))
        if message is None:
            raise bad_request(f"{what} not found")
        return message

    def text(self) -> FormattedText:
        """`text` with `parse_mode` or `entities`."""
        return format_text(self.params.get("text", ""), self.params.get("parse_mode"), self.params.get("entities"))

    def caption(self, source: JsonObject | None = None) -> FormattedText:
        """`caption` with its markup, of the call or of a media item."""
        source = self.params if source is None else source
        return format_text(
            source.get("caption", ""),
            source.get("parse_mode"),
            source.get("caption_entities"),
            limit=CAPTION_LIMIT,
            may_be_empty=True,
        )

    def markup(self, chat: Chat) -> JsonObject | None:
        """`reply_markup` for a new message."""
        return check_markup(self.params.get("reply_markup"), chat.type)

    def inline_markup(self) -> JsonObject | None:
        """`reply_markup` for an edit."""
        return check_inline(self.params.get("reply_markup"))

    def invoice_markup(self, total_amount: int) -> JsonObject:
        """`reply_markup` of an invoice, new or edited."""
        return check_invoice_markup(self.params.get("reply_markup"), total_amount)

    def charge(self, chat: Chat, weight: float = 1) -> None:
        """Count against the flood limits."""
        if self.world.limits_on:
            self.world.flood.charge(self.bot.id, chat.id, weight)

    def record(self, chat: Chat, kind: str, **details: Any) -> None:
        """Note what the bot did."""
        self.world.events.record(chat, kind, by_bot=True, bot_id=self.bot.id, **details)

    def user_id(self, name: str = "user_id") -> int:
        """A positive user id."""
        user_id: int = self.params.get(name, 0)
        if user_id <= 0:
            raise bad_request(f"Invalid {name} specified")
        return user_id
