"""Updates as most are, a text in a chat or a press of a button, built by PTB's constructors from what they hold.

PTB's own `Update.de_json` asks a message for each of the hundred things that it could be, and sets each of a hundred
attributes by a method that guards it: a fifth of what an update costs. What is here takes a third of that. Anything
that is not exactly of these shapes is left to PTB.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, Message, MessageEntity, Update, User

Raw = Mapping[str, Any]
T = TypeVar("T")

_MESSAGE_UPDATE: Final = frozenset({"update_id", "message"})
_PRESS_UPDATE: Final = frozenset({"update_id", "callback_query"})
_MESSAGE: Final = frozenset({"message_id", "date", "chat", "from", "text", "entities"})
_CARD: Final = _MESSAGE | {"edit_date", "reply_markup"}
_PRESS: Final = frozenset({"id", "from", "message", "chat_instance", "data"})
_USER: Final = frozenset({"id", "is_bot", "first_name", "last_name", "username", "language_code", "is_premium"})
_CHAT: Final = frozenset({"id", "type", "title", "first_name", "last_name", "username", "is_forum"})
_ENTITY: Final = frozenset({"type", "offset", "length"})


def _unguarded(cls: type[T]) -> type[T]:
    """The class with attributes that are set by C: PTB guards each of a message's hundred by a method."""
    cls.__setattr__ = object.__setattr__  # type: ignore[method-assign]  # the same but for a name
    return cls


@_unguarded
class PlainUpdate(Update):
    """PTB's, whose attributes are set without being guarded."""

    __slots__ = ()


@_unguarded
class PlainMessage(Message):
    """A message of PTB's whose attributes are set without being guarded."""

    __slots__ = ()


@_unguarded
class PlainPress(CallbackQuery):
    """A press of PTB's whose attributes are set without being guarded."""

    __slots__ = ()


@_unguarded
class PlainUser(User):
    """A person or a bot of PTB's, likewise unguarded."""

    __slots__ = ()


@_unguarded
class PlainChat(Chat):
    """A chat of PTB's whose attributes are set without being guarded."""

    __slots__ = ()


@_unguarded
class PlainEntity(MessageEntity):
    """A command, a link or a style in a text, of PTB's and likewise unguarded."""

    __slots__ = ()


def plain_update(raw: Raw, bot: Bot) -> Update | None:
    """The update where its shape is plain, equal to what PTB makes of it; None for any other.

    What a shape lacks raises KeyError or TypeError, as it does at PTB.
    """
    keys = raw.keys()
    if keys == _MESSAGE_UPDATE and (message := _message(raw["message"], bot, _MESSAGE)) is not None:
        made = PlainUpdate(raw["update_id"], message=message)
    elif keys == _PRESS_UPDATE and (press := _press(raw["callback_query"], bot)) is not None:
        made = PlainUpdate(raw["update_id"], callback_query=press)
    else:
        return None
    made.set_bot(bot)
    return made


def _press(raw: Raw, bot: Bot) -> PlainPress | None:
    if not raw.keys() <= _PRESS or not {"from", "message"} <= raw.keys():
        return None
    message, user = _message(raw["message"], bot, _CARD), _user(raw["from"], bot)
    if message is None or user is None:
        return None
    made = PlainPress(raw["id"], user, raw["chat_instance"], message=message, data=raw.get("data"))
    made.set_bot(bot)
    return made


def _message(raw: Raw, bot: Bot, fields: frozenset[str]) -> PlainMessage | None:
    if not raw.keys() <= fields or not {"from", "chat", "date"} <= raw.keys() or not raw["date"]:
        return None
    user, chat = _user(raw["from"], bot), _chat(raw["chat"], bot)
    entities = [_entity(each, bot) for each in raw.get("entities", ())]
    if user is None or chat is None or None in entities:
        return None
    edited, markup = raw.get("edit_date"), raw.get("reply_markup")
    made = PlainMessage(
        raw["message_id"],
        datetime.fromtimestamp(raw["date"], UTC),
        chat,
        from_user=user,
        text=raw.get("text"),
        entities=entities,  # type: ignore[arg-type]  # None is not among them
        edit_date=None if edited is None else datetime.fromtimestamp(edited, UTC),
        reply_markup=None if markup is None else InlineKeyboardMarkup.de_json(markup, bot),
    )
    made.set_bot(bot)
    return made


def _user(raw: Raw, bot: Bot) -> PlainUser | None:
    if not raw.keys() <= _USER:
        return None
    made = PlainUser(**raw)
    made.set_bot(bot)
    return made


def _chat(raw: Raw, bot: Bot) -> PlainChat | None:
    if not raw.keys() <= _CHAT:
        return None
    made = PlainChat(**raw)
    made.set_bot(bot)
    return made


def _entity(raw: Raw, bot: Bot) -> PlainEntity | None:
    if raw.keys() != _ENTITY:
        return None
    made = PlainEntity(**raw)
    made.set_bot(bot)
    return made
