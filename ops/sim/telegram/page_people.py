"""What people do on the chat page beyond /sim: forward a message as it is, delete an own one, see the command menu."""

from http import HTTPStatus
from typing import Final

from ops.sim.telegram.commands import commands_for
from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.invoices import forwarded_invoice, keep_invoice
from ops.sim.telegram.messages import new_message, origin_of
from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.people import People
from ops.sim.telegram.stars import Invoice
from ops.sim.telegram.telling import Receipt

_FORWARDED: Final = ("text", "entities", "caption", "caption_entities", "photo", "document",
                     "show_caption_above_media", "has_media_spoiler", "link_preview_options")  # fmt: skip


class PagePeople(People):
    """The people of the page; every method raises ControlError."""

    def forward(self, bot: Bot, user_id: int, source_id: int, message_id: int, target_id: int) -> Receipt:
        """A person forwards a message to a chat with the bot, formatting, file and origin kept."""
        message = self._message(self._source(bot, source_id), message_id)
        if message.get("has_protected_content"):
            raise ControlError("the bot has protected this message from being forwarded", HTTPStatus.FORBIDDEN)
        content: JsonObject = {name: message[name] for name in _FORWARDED if name in message}
        invoice: Invoice | None = None
        if "invoice" in message:
            content, invoice = forwarded_invoice(self.world, self._source(bot, source_id), message)
        if not content:
            raise ControlError("this kind of message cannot be forwarded")
        chat = self._place(bot, user_id, target_id)
        content["forward_origin"] = origin_of(message)
        user = self.world.user(user_id)
        copy = new_message(self.world, chat, bot, user, content)
        self.world.store(chat, copy)
        if invoice is not None:
            keep_invoice(self.world, chat, copy["message_id"], invoice)
        return self._tell(chat, bot, user, "message", copy)

    def checkout(self, bot: Bot, user_id: int, chat_id: int, message_id: int | None, link: str) -> JsonObject:
        """What somebody sees before they pay: the invoice of a message or link, to whom, and what Stars they have."""
        if message_id is None:
            invoice = self.linked_invoice(bot, link)
        else:
            invoice = self._invoice(bot, self._source(bot, chat_id), message_id)
        payee = self.world.bots.get(invoice.bot_id, bot)
        return invoice.card() | {
            "subscription_period": invoice.subscription_period,
            "payee": self.world.bot_name(payee),
            "stars": self.world.user(user_id).stars,
        }

    def remove(self, bot: Bot, user_id: int, chat_id: int, message_id: int) -> int:
        """A person deletes an own message for everybody and bots are not told, as in Telegram; returns the seq."""
        chat = self._source(bot, chat_id)
        message = self._message(chat, message_id)
        if message.get("from", {}).get("id") != user_id:
            raise ControlError("people delete their own messages only", HTTPStatus.FORBIDDEN)
        self.world.remove(chat, message_id)
        return self.world.events.record(chat, "deleted", by_bot=False, bot_id=bot.id, user_id=user_id, message=message)

    def commands(self, bot: Bot, user_id: int, chat_id: int) -> list[JsonObject]:
        """The command menu that person sees there."""
        chat = self.world.chat(bot, chat_id) or Chat(id=chat_id, type="private")
        user = self.world.users.get(user_id)
        return commands_for(bot, chat, user_id, user.language_code if user is not None else None)

    def _source(self, bot: Bot, chat_id: int) -> Chat:
        chat = self.world.chat(bot, chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {chat_id}", HTTPStatus.NOT_FOUND)
        return chat
