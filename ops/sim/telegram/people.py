"""What people do in the chats: write, edit, press, post. Drivers and the chat page act through this."""

from typing import Final

from ops.sim.telegram.drafts import STANDING_FOR_CHATS, Draft, author_content, draft_content, origin_content, typed
from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.groups import move, put_chat
from ops.sim.telegram.membership import set_blocked
from ops.sim.telegram.messages import as_replied, caption_content, edited, new_message, text_content
from ops.sim.telegram.model import Bot, CallbackQuery, Chat, JsonObject, User
from ops.sim.telegram.payments import ask
from ops.sim.telegram.stars import Invoice
from ops.sim.telegram.telling import Receipt, tell
from ops.sim.telegram.text import CAPTION_LIMIT
from ops.sim.telegram.topics import thread_content
from ops.sim.telegram.world import World

QUERY_ANSWER_SECONDS: Final = 15.0
"""How long a callback query can be answered; Telegram doesn't say, about 15 s have been observed."""
_QUERY_LANE: Final = 3 << 33


class People:
    """Acts for persons on one world. `bot` is whom they talk to; every method raises ControlError."""

    def __init__(self, world: World) -> None:
        self.world = world

    def put_chat(self, chat_id: int, bot: Bot, wish: JsonObject) -> Chat:
        """Make or change a group or channel; see `ops.sim.telegram.groups.put_chat`."""
        return put_chat(self.world, chat_id, bot, wish)

    def _place(self, bot: Bot, user_id: int, chat_id: int | None) -> Chat:
        """The chat somebody acts in; who was no member of a group joins it."""
        if chat_id is None or chat_id == user_id:
            return self.world.dialog(bot, user_id)
        chat = self.world.groups.get(chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {chat_id}: make it by PUT /sim/chats/{chat_id}", 404)
        if chat.type == "channel":
            raise ControlError(f"chat {chat_id} is a channel: POST /sim/chats/{chat_id}/posts writes there")
        if chat.migrated_to:
            raise ControlError(f"the group {chat_id} became the supergroup {chat.migrated_to}")
        if not chat.has(user_id):
            self.world.user(user_id)
            move(self.world, chat, bot, user_id, "member", by=user_id)
        return chat

    def _writer(self, user_id: int) -> User:
        user = self.world.user(user_id)
        if user.deleted:
            raise ControlError(f"the account of user {user_id} is deleted")
        return user

    def say(self, bot: Bot, user_id: int, draft: Draft, chat_id: int | None = None) -> Receipt:
        """A person sends a message."""
        chat = self._place(bot, user_id, chat_id)
        user = self._writer(user_id)
        content = draft_content(self.world, draft)
        if draft.thread_id is not None:
            content |= thread_content(chat, draft.thread_id)
        if draft.reply_to is not None:
            content["reply_to_message"] = as_replied(self._message(chat, draft.reply_to))
        content |= author_content(self.world, chat, draft)
        if draft.forward_from is not None:
            content["forward_origin"] = origin_content(self.world, draft.forward_from)
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
        if old.get("from", {}).get("id") not in {user_id, *STANDING_FOR_CHATS}:
            raise ControlError(f"message {message_id} is not one of user {user_id}")
        if draft.photo is not None or draft.document is not None:
            changes: JsonObject = {"photo": None, "document": None, "caption": None, **draft_content(self.world, draft)}
        elif "text" in old:
            changes = {"entities": None, **text_content(self.world, typed(draft.text))}
        else:
            caption = typed(draft.caption if draft.caption is not None else draft.text, CAPTION_LIMIT)
            changes = {"caption": None, "caption_entities": None, **caption_content(self.world, caption)}
        message = edited(self.world, old, changes)
        self.world.store(chat, message)
        return self._tell(chat, bot, self.world.user(user_id), "edited_message", message)

    def post(self, bot: Bot, chat_id: int, text: str, edit: int | None = None) -> Receipt:
        """A post appears in a channel, or one of it is changed."""
        chat = self.world.groups.get(chat_id)
        if chat is None or chat.type != "channel":
            raise ControlError(f"there is no channel {chat_id}: make it by PUT /sim/chats/{chat_id}", 404)
        content = text_content(self.world, typed(text))
        if edit is None:
            message = new_message(self.world, chat, bot, None, content)
        else:
            message = edited(self.world, self._message(chat, edit), {"entities": None, **content})
        self.world.store(chat, message)
        return self._tell(chat, bot, None, "channel_post" if edit is None else "edited_channel_post", message)

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
        user = self._writer(user_id)
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

    def _tell(self, chat: Chat, bot: Bot, user: User | None, kind: str, message: JsonObject) -> Receipt:
        return tell(self.world, chat, bot, user, kind, message)


def _forget_old_queries(bot: Bot, now: float) -> None:
    """Queries nobody answered in time; the oldest come first."""
    while bot.queries and (oldest := next(iter(bot.queries.values()))).expires_at < now:
        del bot.queries[oldest.id]


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
