"""Plain updates are what PTB itself makes of them; what is not plain is left to PTB."""

from collections.abc import Iterator
from typing import Any

import pytest
from harness.bot_api import FakeBotApi, FakeRequest
from telegram import Message, TelegramObject, Update
from telegram.ext import ExtBot

from bot.chat.plain_updates import plain_update

BOT: ExtBot[None] = ExtBot("1:token", request=FakeRequest(FakeBotApi()))
ANNA = {"id": 7, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "uk"}
DESK = {"id": 1, "is_bot": True, "first_name": "Desk", "username": "desk_bot"}
CHAT = {"id": 7, "type": "private", "first_name": "Anna", "username": "anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "Desk", "is_forum": True}
COMMAND = {"type": "bot_command", "offset": 0, "length": 7}
TEXT = {"message_id": 3, "date": 1_760_000_000, "from": ANNA, "chat": CHAT, "text": "/whoami"}
KEYBOARD = {"inline_keyboard": [[{"text": "Menu", "callback_data": "v1:cmd:menu"}, {"text": "A", "url": "https://a"}]]}
CARD = {**TEXT, "from": DESK, "edit_date": 1_760_000_009, "reply_markup": KEYBOARD}
PRESS = {"id": "9", "from": ANNA, "message": CARD, "chat_instance": "-5", "data": "v1:bal:17"}

PLAIN: dict[str, dict[str, Any]] = {
    "a command": {"message": {**TEXT, "entities": [COMMAND]}},
    "words": {"message": TEXT},
    "words in a group": {"message": {**TEXT, "chat": GROUP}},
    "styles": {"message": {**TEXT, "entities": [COMMAND, {"type": "bold", "offset": 2, "length": 3}]}},
    "a press": {"callback_query": PRESS},
    "a press without data": {"callback_query": {key: PRESS[key] for key in PRESS if key != "data"}},
}
OTHER: dict[str, dict[str, Any]] = {
    "an edit": {"edited_message": TEXT},
    "a reply": {"message": {**TEXT, "reply_to_message": TEXT}},
    "a photo": {"message": {**TEXT, "photo": []}},
    "a field that nobody knows": {"message": {**TEXT, "new_thing": 1}},
    "a person with such a field": {"message": {**TEXT, "from": {**ANNA, "new_thing": 1}}},
    "a chat with such a field": {"message": {**TEXT, "chat": {**CHAT, "new_thing": 1}}},
    "a link": {"message": {**TEXT, "entities": [{**COMMAND, "url": "https://a"}]}},
    "a message in a channel's name": {"message": {key: TEXT[key] for key in TEXT if key != "from"}},
    "a press on a card that is gone": {"callback_query": {**PRESS, "message": {**CARD, "date": 0}}},
    "a press in inline mode": {"callback_query": {**PRESS, "inline_message_id": "1"}},
    "a payment": {"pre_checkout_query": {"id": "1"}},
}


def parts(made: object) -> Iterator[TelegramObject]:
    """The object and all within it."""
    if isinstance(made, TelegramObject):
        yield made
        for name in made._get_attrs_names(include_private=False):
            yield from parts(getattr(made, name))
    elif isinstance(made, tuple):
        for each in made:
            yield from parts(each)


@pytest.mark.parametrize("shape", PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_update_is_what_ptb_makes_of_it(shape: dict[str, Any]) -> None:
    raw = {"update_id": 5, **shape}
    made, ptb = plain_update(raw, BOT), Update.de_json(dict(raw), BOT)
    assert made is not None
    assert made.to_dict() == ptb.to_dict()
    ours, theirs = list(parts(made)), list(parts(ptb))
    assert all(isinstance(one, type(other)) for one, other in zip(ours, theirs, strict=True))
    assert [each._bot for each in ours] == [each._bot for each in theirs]
    assert all(each.api_kwargs == {} for each in ours)
    for one, other in zip(ours, theirs, strict=True):
        for name in one._get_attrs_names(include_private=False):
            if not isinstance(getattr(one, name), TelegramObject | tuple):
                assert getattr(one, name) == getattr(other, name), name


@pytest.mark.parametrize("shape", OTHER.values(), ids=OTHER.keys())
def test_anything_else_is_left_to_ptb(shape: dict[str, Any]) -> None:
    assert plain_update({"update_id": 5, **shape}, BOT) is None


def test_what_a_message_lacks_is_an_error_as_at_ptb() -> None:
    with pytest.raises((KeyError, TypeError)):
        plain_update({"update_id": 5, "message": {**TEXT, "from": {"id": 7}}}, BOT)


def test_a_plain_message_is_a_message() -> None:
    made = plain_update({"update_id": 5, "message": TEXT}, BOT)
    assert made is not None
    assert isinstance(made.effective_message, Message)
    assert made.effective_user is not None
    assert (made.effective_user.id, made.effective_user.full_name) == (7, "Anna")
