"""People, groups, channels and the bot's profile in the Telegram stand-in."""

import asyncio
import base64

import pytest
from harness.sim_telegram import CHANNEL, GROUP, PNG, Driver
from harness.waiting import LIMIT

from ops.sim.telegram.membership import set_blocked


async def test_what_people_send(sim: Driver) -> None:
    await sim.say("see /help and t.me/x")
    document = base64.b64encode(b"data").decode()
    sent = await sim.sim(
        "POST", "users/1000/messages", caption="a file", document=document, file_name="k.txt", reply_to=1
    )
    await sim.sim("POST", "users/1000/messages", photo=base64.b64encode(PNG).decode())
    await sim.say("from far", forward_from="Hidden Hal")
    await sim.say("from a user", forward_from=5)
    edit = await sim.say("/start now", edit=1)
    assert edit["message_id"] == 1
    text, file, photo, hidden, user, edited = await sim.updates()
    assert [entity["type"] for entity in text["message"]["entities"]] == ["bot_command", "url"]
    assert file["message"]["document"]["file_name"] == "k.txt"
    assert file["message"]["caption"] == "a file"
    assert file["message"]["reply_to_message"]["message_id"] == 1
    assert file["message"]["message_id"] == sent["message_id"]
    assert photo["message"]["photo"][-1]["height"] == 480
    assert hidden["message"]["forward_origin"]["sender_user_name"] == "Hidden Hal"
    assert user["message"]["forward_origin"]["sender_user"]["id"] == 5
    assert edited["edited_message"]["text"] == "/start now"
    assert edited["edited_message"]["edit_date"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": 5},
        {"text": "x", "photo": "aa=="},
        {"photo": "!"},
        {"photo": "aGk="},
        {"text": "x" * 4_097},
        {"text": "x", "chat_id": -9},
        {"text": "x", "reply_to": 9},
        {"text": "x", "edit": 9},
    ],
)
async def test_wrong_messages_of_people_are_refused(sim: Driver, body: dict[str, object]) -> None:
    status, answer = await sim.raw("POST", "/sim/users/1000/messages", json=body)
    assert 400 <= status < 500
    assert list(answer) == ["error"]
    assert await sim.updates() == []


async def test_events_tell_what_bots_do_and_can_be_waited_for(sim: Driver) -> None:
    said = await sim.say("/start")
    waiting = asyncio.create_task(sim.sim("GET", f"chats/1000/events?after={said['seq']}&wait=20"))
    await asyncio.sleep(0.05)
    await sim.say("people's messages are no events")
    assert not waiting.done()
    number = (await sim.call("sendMessage", chat_id=1000, text="hi"))["message_id"]
    async with asyncio.timeout(LIMIT):
        (event,) = await waiting
    assert event["seq"] > said["seq"]
    assert (event["kind"], event["message"]["text"]) == ("sent", "hi")
    await sim.call("editMessageText", chat_id=1000, message_id=number, text="ho")
    await sim.call("deleteMessage", chat_id=1000, message_id=number)
    await sim.call("sendChatAction", chat_id=1000, action="typing")
    events = await sim.sim("GET", f"chats/1000/events?after={event['seq']}")
    assert [(event["kind"], event["message"]["text"]) for event in events] == [("edited", "ho"), ("deleted", "ho")]
    assert await sim.sim("GET", f"chats/1000/events?after={events[-1]['seq']}&wait=0.05") == []


async def test_blocking(sim: Driver) -> None:
    await sim.say("/start")
    await sim.sim("POST", "faults", kind="blocked", chat_id=1000)
    assert await sim.refused("sendMessage", chat_id=1000, text="x") == "Forbidden: bot was blocked by the user"
    await sim.sim("DELETE", "faults")
    await sim.call("sendMessage", chat_id=1000, text="x")
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in (await sim.updates())[1:]]
    assert statuses == ["kicked", "member"]


async def test_who_blocked_the_bot_gets_nothing_and_unblocks_it_by_writing(sim: Driver) -> None:
    await sim.say("/start")
    await sim.call("getMe")
    set_blocked(sim.world, sim.world.bot(), 1000, blocked=True)
    assert await sim.refused("sendMessage", chat_id=1000, text="x") == "Forbidden: bot was blocked by the user"
    await sim.say("again")
    await sim.call("sendMessage", chat_id=1000, text="x")
    kinds = [min(update) for update in await sim.updates()]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]


async def test_privacy_mode(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{GROUP}", type="group", title="G", members=[1000, 1001], bot="member")
    own = (await sim.call("sendMessage", chat_id=GROUP, text="I am here"))["message_id"]
    seen = {
        text: (await sim.say(text, chat_id=GROUP, **more))["update_id"] is not None
        for text, more in [
            ("hello", {}),
            ("/price BTCUSDT", {}),
            ("/price@perpdesk_123456_bot", {}),
            ("/price@other_bot", {}),
            ("say /price", {}),
            ("thanks", {"reply_to": own}),
        ]
    }
    assert [text for text, is_seen in seen.items() if is_seen] == [
        "/price BTCUSDT",
        "/price@perpdesk_123456_bot",
        "thanks",
    ]
    await sim.sim("PUT", f"chats/{GROUP}", bot="administrator")
    assert (await sim.say("hello", chat_id=GROUP))["update_id"] is not None
    await sim.sim("PUT", f"chats/{GROUP}", bot="left")
    assert (await sim.say("/price", chat_id=GROUP))["update_id"] is None
    assert (
        await sim.refused("sendMessage", chat_id=GROUP, text="x") == "Forbidden: bot is not a member of the group chat"
    )
    changes = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in await sim.updates()
        if "my_chat_member" in update
    ]
    assert changes == ["member", "administrator", "left"]


async def test_rights_in_groups(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{GROUP}", type="supergroup", title="G", members=[1000, 1001], bot="member")
    said = await sim.say("/x", chat_id=GROUP)
    refusal = await sim.refused("deleteMessage", chat_id=GROUP, message_id=said["message_id"])
    assert refusal == "Bad Request: message can't be deleted"
    pin = {"chat_id": GROUP, "message_id": said["message_id"]}
    assert (
        await sim.refused("pinChatMessage", **pin)
        == "Bad Request: not enough rights to manage pinned messages in the chat"
    )
    await sim.sim("PUT", f"chats/{GROUP}", bot="administrator")
    assert await sim.call("pinChatMessage", **pin) is True
    assert (await sim.call("getChat", chat_id=GROUP))["pinned_message"]["text"] == "/x"
    assert await sim.call("unpinAllChatMessages", chat_id=GROUP) is True
    assert await sim.refused("unpinChatMessage", chat_id=GROUP) == "Bad Request: message to unpin not found"
    assert [member["status"] for member in await sim.call("getChatAdministrators", chat_id=GROUP)] == [
        "creator",
        "administrator",
    ]
    assert (await sim.call("getChatMember", chat_id=GROUP, user_id=1001))["status"] == "member"
    assert (await sim.call("getChatMember", chat_id=GROUP, user_id=123456))["can_pin_messages"] is True
    assert await sim.refused("getChatMember", chat_id=GROUP, user_id=5) == "Bad Request: PARTICIPANT_ID_INVALID"
    in_thread = {"chat_id": GROUP, "text": "t", "message_thread_id": said["message_id"]}
    assert (await sim.call("sendMessage", **in_thread))["message_thread_id"] == said["message_id"]
    assert await sim.call("deleteMessage", chat_id=GROUP, message_id=said["message_id"]) is True
    assert await sim.call("leaveChat", chat_id=GROUP) is True
    assert await sim.refused("getChat", chat_id=GROUP) == "Forbidden: bot is not a member of the supergroup chat"


async def test_channel_posts(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{CHANNEL}", type="channel", title="Signals", members=[1000], bot="administrator")
    posted = await sim.sim("POST", f"chats/{CHANNEL}/posts", text="BTC long $BTC")
    update = (await sim.updates(offset=posted["update_id"]))[0]
    assert update["channel_post"]["sender_chat"]["title"] == "Signals"
    assert "from" not in update["channel_post"]
    own = await sim.call("sendMessage", chat_id=CHANNEL, text="x")
    assert "from" not in own
    await sim.call("editMessageText", chat_id=CHANNEL, message_id=posted["message_id"], text="y")
    await sim.say("look", forward_from=CHANNEL)
    origin = (await sim.updates(offset=-1))[0]["message"]["forward_origin"]
    assert (origin["type"], origin["chat"]["id"]) == ("channel", CHANNEL)
    await sim.sim("POST", f"chats/{GROUP}/posts", expect=404, text="x")
    await sim.sim("PUT", f"chats/{CHANNEL}", expect=400, type="group")


async def test_commands_names_and_menus(sim: Driver) -> None:
    await sim.say("/start")
    commands = [{"command": "balance", "description": "Your balance"}]
    await sim.call("setMyCommands", commands=commands)
    await sim.call(
        "setMyCommands",
        commands=[{"command": "/ban", "description": "Ban"}],
        scope={"type": "chat", "chat_id": 1000},
        language_code="ru",
    )
    assert await sim.call("getMyCommands") == commands
    assert await sim.call("getMyCommands", language_code="ru") == []
    assert await sim.call("getMyCommands", language_code="ru", scope={"type": "chat", "chat_id": "1000"}) == [
        {"command": "ban", "description": "Ban"}
    ]
    await sim.call("deleteMyCommands")
    assert await sim.call("getMyCommands") == []
    for wrong, reason in [
        ({"command": "a b", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "Ban", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "a" * 33, "description": "x"}, "command length must not exceed 32"),
        ({"command": "a", "description": " "}, "command description must be non-empty"),
        ({"command": "a", "description": "x" * 257}, "command description length must not exceed 256"),
    ]:
        assert await sim.refused("setMyCommands", commands=[wrong]) == f"Bad Request: {reason}"
    assert await sim.refused("setMyCommands", commands=commands * 101) == "Bad Request: too many commands specified"
    assert (
        await sim.refused("setMyCommands", commands=commands, scope={"type": "chat", "chat_id": 5})
        == "Bad Request: chat not found"
    )
    await sim.call("setMyName", name="Perpdesk demo", language_code="en")
    assert await sim.call("getMyName", language_code="en") == {"name": "Perpdesk demo"}
    assert await sim.call("getMyName") == {"name": "Perpdesk"}
    await sim.call("setMyDescription", description="d")
    await sim.call("setMyShortDescription", short_description="s")
    assert await sim.call("getMyDescription", language_code="uk") == {"description": "d"}
    assert await sim.call("getMyShortDescription") == {"short_description": "s"}
    assert "too long" in await sim.refused("setMyShortDescription", short_description="x" * 121)
    assert await sim.call("getChatMenuButton") == {"type": "commands"}
    await sim.call(
        "setChatMenuButton",
        chat_id=1000,
        menu_button={"type": "web_app", "text": "Open", "web_app": {"url": "https://a.io"}},
    )
    assert (await sim.call("getChatMenuButton", chat_id=1000))["web_app"] == {"url": "https://a.io/"}
    await sim.call("setMyDefaultAdministratorRights", rights=None, for_channels=True)
    assert (await sim.call("getMyDefaultAdministratorRights"))["can_delete_messages"] is False
    assert await sim.call("getUserProfilePhotos", user_id=1000) == {"total_count": 0, "photos": []}
