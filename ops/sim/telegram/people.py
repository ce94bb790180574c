"""What people do in the chats: write, edit, press, post. Drivers and the chat page act through this."""

from dataclasses import dataclass
from typing import Any, Final

from ops.sim.telegram.errors import ApiError, ControlError
from ops.sim.telegram.files import NotAPictureError, Upload, document, photo_sizes
from ops.sim.telegram.membership import card_of, set_blocked, set_status
from ops.sim.telegram.messages import as_replied, caption_content, edited, new_message, origin_of, text_content
from ops.sim.telegram.model import Bot, CallbackQuery, Chat, JsonObject, User
from ops.sim.telegram.payments import ask
from ops.sim.telegram.stars import Invoice
from ops.sim.telegram.text import CAPTION_LIMIT, FormattedText, format_text, plain_text
from ops.sim.telegram.world import CHANNEL_ID_BELOW, World

QUERY_ANSWER_SECONDS: Final = 15.0
"""How long a callback query can be answered; Telegram doesn't say, about 15 s have been observed."""
_QUERY_LANE: Final = 3 << 33
CHAT_TYPES: Final = ("group", "supergroup", "channel")
BOT_STATUSES: Final = ("member", "administrator", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an action gave: the update the selected bot gets (None if it doesn't), and where it stands."""

    update_id: int | None
    seq: int
    message_id: int | None = None
    callback_query_id: str | None = None
    pre_checkout_query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message a person is about to send: a text, or a file with a caption."""

    text: str | None = None
    caption: str | None = None
    photo: Upload | None = None
    document: Upload | None = None
    reply_to: int | None = None
    forward_from: int | str | JsonObject | None = None


class People:
    """Acts for persons on one world. `bot` is whom they talk to; every method raises ControlError."""

    def __init__(self, world: World) -> None:
        self.world = world

    def put_chat(self, chat_id: int, bot: Bot, wish: JsonObject) -> Chat:
        """Make or change a group or channel; the bot gets my_chat_member when its status changes.

        `wish` has type, title, members (user ids; the first is the owner) and bot (its status).
        """
        world = self.world
        if chat_id >= 0:
            raise ControlError("the id of a group or channel is negative")
        chat = world.groups.get(chat_id)
        if chat is None:
            default = "group" if chat_id > CHANNEL_ID_BELOW else "supergroup"
            chat = Chat(id=chat_id, type=str(wish.get("type", default)), instance=world.new_id())
        if wish.get("type", chat.type) != chat.type:
            raise ControlError(f"chat {chat_id} is a {chat.type} and stays one")
        if chat.type not in CHAT_TYPES:
            raise ControlError(f"type must be one of {', '.join(CHAT_TYPES)}")
        status = wish.get("bot")
        if status is not None and status not in BOT_STATUSES:
            raise ControlError(f"bot must be one of {', '.join(BOT_STATUSES)}")
        world.groups[chat_id] = chat
        chat.title = str(wish.get("title") or chat.title or f"Chat {chat_id}")
        self._set_members(chat, bot, wish.get("members"))
        if status is not None:
            if chat.type == "channel" and status == "member":
                status = "administrator"
            self._move(chat, bot, bot.id, status, by=self._owner(chat))
        world.changed("chat", 0, chat_id)
        return chat

    def _set_members(self, chat: Chat, bot: Bot, members: list[int] | None) -> None:
        if members is None:
            return
        bots = {known.id for known in self.world.known_bots()}
        for user_id in [known for known in chat.members if known not in bots and known not in members]:
            self._move(chat, bot, user_id, "left", by=user_id)
        for index, user_id in enumerate(members):
            if not chat.has(user_id):
                self.world.user(user_id)
                first = index == 0 and "creator" not in chat.members.values()
                self._move(chat, bot, user_id, "creator" if first else "member", by=user_id)

    def _move(self, chat: Chat, bot: Bot, member_id: int, status: str, *, by: int) -> None:
        """Somebody, a bot too, joins, leaves or changes in rank; in groups a service message tells of it."""
        was_here = chat.has(member_id)
        set_status(self.world, chat, member_id, status, by=by)
        if was_here == chat.has(member_id) or chat.type == "channel" or status == "creator":
            return
        card = card_of(self.world, member_id)
        content: JsonObject = {"left_chat_member": card} if was_here else {"new_chat_members": [card]}
        author = self.world.user(by)
        message = new_message(self.world, chat, bot, author, content)
        self.world.store(chat, message)
        self._tell(chat, bot, author, "message", message)

    @staticmethod
    def _owner(chat: Chat) -> int:
        return next((user_id for user_id, status in chat.members.items() if status == "creator"), 777000)

    def _place(self, bot: Bot, user_id: int, chat_id: int | None) -> Chat:
        """The chat somebody acts in; who was no member of a group joins it."""
        if chat_id is None or chat_id == user_id:
            return self.world.dialog(bot, user_id)
        chat = self.world.groups.get(chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {chat_id}: make it by PUT /sim/chats/{chat_id}", 404)
        if chat.type == "channel":
            raise ControlError(f"chat {chat_id} is a channel: POST /sim/chats/{chat_id}/posts writes there")
        if not chat.has(user_id):
            self.world.user(user_id)
            self._move(chat, bot, user_id, "member", by=user_id)
        return chat

    def say(self, bot: Bot, user_id: int, draft: Draft, chat_id: int | None = None) -> Receipt:
        """A person sends a message."""
        chat = self._place(bot, user_id, chat_id)
        user = self.world.user(user_id)
        content = self._content(draft)
        if draft.reply_to is not None:
            content["reply_to_message"] = as_replied(self._message(chat, draft.reply_to))
        if draft.forward_from is not None:
            content["forward_origin"] = self._origin(draft.forward_from)
        if chat.is_private:
            set_blocked(self.world, bot, user_id, blocked=False)
            if not chat.opened:
                chat.opened = True
                self.world.changed("chat", chat.owner, chat.id)
        message = new_message(self.world, chat, bot, user, content)
        self.world.store(chat, message)
        return self._tell(chat, bot, user, "message", message)

    def edit(self, bot: Bot, user_id: int, message_id: int, draft: Draft, chat_id: int | None = None) -> Receipt:
        """A person changes the text or caption of an own message."""
        chat = self._place(bot, user_id, chat_id)
        old = self._message(chat, message_id)
        if old.get("from", {}).get("id") != user_id:
            raise ControlError(f"message {message_id} is not one of user {user_id}")
        if draft.photo is not None or draft.document is not None:
            changes: JsonObject = {"photo": None, "document": None, "caption": None, **self._content(draft)}
        elif "text" in old:
            changes = {"entities": None, **text_content(self.world, self._typed(draft.text))}
        else:
            caption = self._typed(draft.caption if draft.caption is not None else draft.text, CAPTION_LIMIT)
            changes = {"caption": None, "caption_entities": None, **caption_content(self.world, caption)}
        message = edited(self.world, old, changes)
        self.world.store(chat, message)
        return self._tell(chat, bot, self.world.user(user_id), "edited_message", message)

    def post(self, bot: Bot, chat_id: int, text: str) -> Receipt:
        """A post appears in a channel."""
        chat = self.world.groups.get(chat_id)
        if chat is None or chat.type != "channel":
            raise ControlError(f"there is no channel {chat_id}: make it by PUT /sim/chats/{chat_id}", 404)
        content = text_content(self.world, self._typed(text))
        message = new_message(self.world, chat, bot, None, content)
        self.world.store(chat, message)
        return self._tell(chat, bot, None, "channel_post", message)

    def press(
        self,
        bot: Bot,
        user_id: int,
        message_id: int,
        *,
        chat_id: int | None = None,
        button: str | None = None,
        data: str | None = None,
    ) -> Receipt:
        """A person presses an inline button by its label, or sends any callback data in its name."""
        chat = self._place(bot, user_id, chat_id)
        message = self._message(chat, message_id)
        sender: JsonObject = message.get("from", {})
        owner = self.world.bots.get(sender.get("id", 0), bot)
        if data is None:
            data = _data_of(message, button)
        user = self.world.user(user_id)
        query = CallbackQuery(
            id=self.world.new_id(), chat=chat, user_id=user_id, expires_at=self.world.now() + QUERY_ANSWER_SECONDS
        )
        _forget_old_queries(owner, self.world.now())
        owner.queries[query.id] = query
        self.world.changed("query", owner.id, query.id)
        update_id = owner.updates.push(
            "callback_query",
            {
                "id": query.id,
                "from": user.card(),
                "message": message,
                "chat_instance": chat.instance,
                "data": data,
            },
            lane=user_id + _QUERY_LANE,
        )
        seq = self.world.events.record(
            chat, "pressed", by_bot=False, bot_id=owner.id, user_id=user_id, callback_query_id=query.id
        )
        return Receipt(update_id=update_id, seq=seq, callback_query_id=query.id)

    def pay(
        self, bot: Bot, user_id: int, message_id: int | None = None, *, chat_id: int | None = None, link: str = ""
    ) -> Receipt:
        """A person confirms a payment: of an invoice message, or of an invoice link.

        The message may stand in somebody else's private chat with the bot: then they pay a copy that was forwarded
        to them, which has a Pay button only if the invoice has no start_parameter.
        """
        chat = self._place(bot, user_id, chat_id)
        invoice = self.linked_invoice(bot, link) if message_id is None else self._invoice(bot, chat, message_id)
        owner = self.world.bots.get(invoice.bot_id, bot)
        checkout, update_id = ask(self.world, owner, chat, user_id, invoice)
        seq = self.world.events.record(
            chat, "paying", by_bot=False, bot_id=owner.id, user_id=user_id, pre_checkout_query_id=checkout.id
        )
        return Receipt(update_id=update_id, seq=seq, pre_checkout_query_id=checkout.id)

    def linked_invoice(self, bot: Bot, link: str) -> Invoice:
        """The invoice of a link of createInvoiceLink."""
        invoice = bot.stars.links.get(link.rpartition("$")[2])
        if invoice is None:
            raise ControlError(f"{link!r} is no invoice link of the bot", 404)
        return invoice

    def _invoice(self, bot: Bot, chat: Chat, message_id: int) -> Invoice:
        message = chat.messages.get(message_id)
        if message is None:
            others = (other for other in bot.dialogs.values() if message_id in other.invoices)
            invoice = next((other.invoices[message_id] for other in others), None)
            if invoice is not None and invoice.start_parameter:
                raise ControlError(
                    "a forwarded copy of this invoice has no Pay button but a link into the bot",
                    start_parameter=invoice.start_parameter,
                )
        else:
            invoice = chat.invoices.get(message_id)
        if invoice is None:
            self._message(chat, message_id)
            raise ControlError(f"message {message_id} is no invoice that can be paid")
        return invoice

    def _message(self, chat: Chat, message_id: int) -> JsonObject:
        message = chat.messages.get(message_id)
        if message is None:
            raise ControlError(f"there is no message {message_id} in chat {chat.id}", 404)
        return message

    def _content(self, draft: Draft) -> JsonObject:
        given = [value for value in (draft.text, draft.photo, draft.document) if value is not None]
        if len(given) != 1:
            raise ControlError("give a text, or a caption with a photo or a document")
        if draft.text is not None:
            return text_content(self.world, self._typed(draft.text))
        caption = caption_content(self.world, self._typed(draft.caption or "", CAPTION_LIMIT))
        upload = draft.photo or draft.document
        if upload is None:
            raise ControlError("give a text, or a caption with a photo or a document")
        try:
            file = self.world.files.add(upload, "photo" if draft.photo else "document")
        except NotAPictureError:
            raise ControlError("photo must be a PNG, JPEG, GIF or WebP picture") from None
        self.world.changed("file", file.file_id)
        return {"photo": photo_sizes(file), **caption} if draft.photo else {"document": document(file), **caption}

    @staticmethod
    def _typed(text: str | None, limit: int | None = None) -> FormattedText:
        try:
            if limit is not None:
                return format_text(text or "", limit=limit, may_be_empty=True)
            formatted = plain_text(text or "")
        except ApiError as refused:
            raise ControlError(refused.description.removeprefix("Bad Request: ")) from None
        if not formatted.text:
            raise ControlError("text is empty")
        return formatted

    def _origin(self, source: int | str | JsonObject) -> JsonObject:
        """Where a forwarded message comes from: a user id, a chat id, a hidden name or a whole MessageOrigin."""
        date = int(self.world.now())
        if isinstance(source, str):
            return {"type": "hidden_user", "date": date, "sender_user_name": source}
        if isinstance(source, int):
            if source > 0:
                return {"type": "user", "date": date, "sender_user": self.world.user(source).card()}
            chat = self.world.groups.get(source)
            if chat is None:
                raise ControlError(f"there is no chat {source} to forward from", 404)
            last = next(reversed(chat.messages.values()), None)
            if last is not None and chat.type == "channel":
                return origin_of(last)
            key = "chat" if chat.type == "channel" else "sender_chat"
            body: JsonObject = {"type": "channel" if key == "chat" else "chat", "date": date}
            return body | {key: self.world.chat_card(chat)} | ({"message_id": 1} if key == "chat" else {})
        return {"date": date, **source}

    def _tell(self, chat: Chat, bot: Bot, user: User | None, kind: str, message: JsonObject) -> Receipt:
        """Give the update to every bot that sees it."""
        update_id = None
        listeners = [bot] if chat.is_private else self.world.known_bots()
        for listener in listeners:
            if chat.is_private or _sees(chat, listener, message):
                pushed = listener.updates.push(kind, message, lane=chat.id)
                if listener is bot:
                    update_id = pushed
        seq = self.world.events.record(
            chat,
            "edited" if kind.startswith("edited") else "sent",
            by_bot=False,
            bot_id=bot.id,
            user_id=user.id if user else 0,
            message=message,
        )
        return Receipt(update_id=update_id, seq=seq, message_id=message["message_id"])


def _forget_old_queries(bot: Bot, now: float) -> None:
    """Queries nobody answered in time; the oldest come first."""
    while bot.queries and (oldest := next(iter(bot.queries.values()))).expires_at < now:
        del bot.queries[oldest.id]


def _sees(chat: Chat, bot: Bot, message: JsonObject) -> bool:
    """Privacy mode: members see commands, service messages and replies to them, administrators everything."""
    if not chat.has(bot.id):
        return False
    if chat.members[bot.id] == "administrator" or "new_chat_members" in message or "left_chat_member" in message:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    key = "entities" if "text" in message else "caption_entities"
    text: str = message.get("text") or message.get("caption") or ""
    entities: list[dict[str, Any]] = message.get(key) or []
    if not (text.startswith("/") and entities and entities[0]["type"] == "bot_command" and not entities[0]["offset"]):
        return False
    _, _, addressee = text[: entities[0]["length"]].partition("@")
    return not addressee or addressee.lower() == bot.username.lower()


def _data_of(message: JsonObject, label: str | None) -> str:
    """The callback data of the button with that label."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    found = next((button for button in buttons if button["text"] == label), None)
    if found is None:
        raise ControlError(
            f"message {message['message_id']} has no button {label!r}",
            404,
            buttons=[button["text"] for button in buttons],
        )
    if "callback_data" not in found:
        what = next(name for name in found if name not in {"text", "style", "icon_custom_emoji_id"})
        raise ControlError(f"button {label!r} sends nothing to the bot: it is of the kind {what}", button=found)
    return str(found["callback_data"])
