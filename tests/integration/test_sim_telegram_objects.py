"""Every object of the Telegram stand-in is one PTB knows, field by field."""

import base64
from typing import Any

from harness.sim_telegram import CHANNEL, GROUP, KEYBOARD, PNG, Driver
from telegram import Message, TelegramObject, Update


def kept(parsed: Any, given: Any) -> Any:
    """What a parsed object says of the fields that were given; PTB adds defaults."""
    if isinstance(given, dict) and isinstance(parsed, dict):
        return {name: kept(parsed.get(name), value) for name, value in given.items()}
    if isinstance(given, list) and isinstance(parsed, list):
        return [kept(*pair) for pair in zip(parsed, given, strict=True)]
    return parsed


def unknown_fields(parsed: Any) -> list[str]:
    """Fields PTB has no attribute for, at any depth."""
    if isinstance(parsed, tuple | list):
        return [name for item in parsed for name in unknown_fields(item)]
    if not isinstance(parsed, TelegramObject):
        return []
    names = {name for kind in type(parsed).__mro__ for name in getattr(kind, "__slots__", ())} - {"api_kwargs", "_bot"}
    values = [getattr(parsed, name, None) for name in names if not name.startswith("_")]
    return [*parsed.api_kwargs, *(name for value in values for name in unknown_fields(value))]


async def test_ptb_parses_everything_and_keeps_its_fields(sim: Driver) -> None:
    await sim.sim("PUT", "users/1000", first_name="Ann", username="ann", language_code="en")
    await sim.sim("PUT", f"chats/{GROUP}", type="supergroup", title="G", members=[1000], bot="administrator")
    await sim.sim("PUT", f"chats/{CHANNEL}", type="channel", title="C", members=[1000], bot="administrator")
    await sim.say("/start see t.me/x #tag $BTC a@b.io @ann")
    await sim.call("getMe")
    await sim.say("hi", chat_id=GROUP, forward_from=5)
    await sim.sim("POST", f"chats/{CHANNEL}/posts", text="post")
    await sim.sim("POST", "users/1000/messages", photo=base64.b64encode(PNG).decode(), caption="/x")
    html = (
        "<b>a</b><i>b</i><u>c</u><s>d</s><tg-spoiler>e</tg-spoiler><code>f</code>"
        '<pre><code class="language-py">g</code></pre><a href="t.me/y">h</a><a href="tg://user?id=1000">i</a>'
        "<blockquote expandable>j</blockquote>"
    )
    number = (
        await sim.call(
            "sendMessage",
            chat_id=1000,
            text=html,
            parse_mode="HTML",
            reply_markup=KEYBOARD,
            reply_to_message_id=1,
            protect_content=True,
            link_preview_options={"is_disabled": True},
        )
    )["message_id"]
    await sim.call("editMessageReplyMarkup", chat_id=1000, message_id=number)
    await sim.sim("POST", "users/1000/press", message_id=number, callback_data="x")
    await sim.sim("POST", "faults", kind="blocked", chat_id=1000)
    await sim.sim("DELETE", "faults")
    messages = [
        message for chat in (1000, GROUP, CHANNEL) for message in await sim.sim("GET", f"chats/{chat}/messages")
    ]
    assert len(messages) >= 6
    for message in messages:
        parsed = Message.de_json(dict(message), None)
        assert parsed is not None
        assert kept(parsed.to_dict(), message) == message
        assert unknown_fields(parsed) == []
    updates = await sim.updates()
    assert {next(iter(update.keys() - {"update_id"})) for update in updates} == {
        "message",
        "channel_post",
        "callback_query",
        "my_chat_member",
    }
    for update in updates:
        read = Update.de_json(dict(update), None)
        assert read is not None
        assert kept(read.to_dict(), update) == update
        assert unknown_fields(read) == []
