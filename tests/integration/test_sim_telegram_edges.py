"""What seldom happens at Telegram, in its stand-in: other authors, topics, groups that move, ids that begin anew."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from harness.sim_telegram import CHANNEL, GROUP, TOKEN, Driver, driven
from harness.waiting import until

from ops.sim.telegram.world import World

FORUM = -1_000_000_000_123
NEW_GROUP = -1_000_000_000_900


async def texts_in(sim: Driver, chat_id: int) -> list[str]:
    return [message.get("text", "") for message in await sim.sim("GET", f"chats/{chat_id}/messages")]


async def last_update(sim: Driver) -> dict[str, Any]:
    return (await sim.updates(offset=-1))[0]


@pytest.fixture
async def forum(sim: Driver) -> Driver:
    await sim.call("getMe")
    topics = [{"id": 5, "name": "Prices"}, {"id": 9, "name": "Old", "closed": True}]
    chat = await sim.sim("PUT", f"chats/{FORUM}", title="F", members=[1000], bot="member", is_forum=True, topics=topics)
    assert chat["topics"] == [{"id": 5, "name": "Prices", "closed": False}, {"id": 9, "name": "Old", "closed": True}]
    return sim


async def test_people_and_bots_write_in_topics(forum: Driver) -> None:
    said = await forum.say("/price", chat_id=FORUM, message_thread_id=5)
    message = (await last_update(forum))["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (5, True)
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Prices"
    assert message["chat"]["is_forum"] is True
    sent = await forum.call("sendMessage", chat_id=FORUM, text="in it", message_thread_id=5)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (5, True)
    answer = await forum.call("sendMessage", chat_id=FORUM, text="x", reply_to_message_id=said["message_id"])
    assert answer["message_thread_id"] == 5, "an answer stands in the topic of what it answers"
    assert "message_thread_id" not in await forum.call("sendMessage", chat_id=FORUM, text="in General")


async def test_a_topic_that_is_closed_or_gone_takes_nothing(forum: Driver) -> None:
    async def refusal(thread_id: int, method: str = "sendMessage") -> str:
        what = {"text": "x"} if method == "sendMessage" else {"action": "typing"}
        return await forum.refused(method, chat_id=FORUM, message_thread_id=thread_id, **what)

    assert await refusal(9) == "Bad Request: TOPIC_CLOSED"
    assert await refusal(7) == "Bad Request: message thread not found"
    assert await refusal(1) == "Bad Request: message thread not found"
    assert await refusal(7, "sendChatAction") == "Bad Request: message thread not found"
    await forum.say("/price before it went", chat_id=FORUM, message_thread_id=5)
    await forum.sim("PUT", f"chats/{FORUM}", topics=[{"id": 9, "name": "Old"}])
    assert await refusal(5) == "Bad Request: message thread not found"
    assert "/price before it went" not in await texts_in(forum, FORUM)
    await forum.call("sendMessage", chat_id=FORUM, text="open again", message_thread_id=9)
    services = [set(update.get("message", {})) for update in await forum.updates()]
    assert any("forum_topic_reopened" in service for service in services)
    await forum.sim("PUT", f"chats/{FORUM}", bot="administrator", topics=[{"id": 9, "name": "Old", "closed": True}])
    await forum.call("sendMessage", chat_id=FORUM, text="an administrator may", message_thread_id=9)


async def test_topics_are_for_supergroups(sim: Driver) -> None:
    await sim.sim("PUT", f"chats/{GROUP}", expect=400, type="group", is_forum=True)
    await sim.sim("PUT", f"chats/{FORUM}", expect=400, topics=[{"id": 1}])
    await sim.sim("POST", "users/1000/messages", expect=400, text="x", message_thread_id=5)


async def test_a_group_becomes_a_supergroup(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{GROUP}", title="G", members=[1000], bot="member")
    moved = await sim.sim("PUT", f"chats/{GROUP}", migrate_to=NEW_GROUP)
    assert moved["migrate_to"] == NEW_GROUP
    status, body = await sim.raw("POST", f"/bot{TOKEN}/sendMessage", json={"chat_id": GROUP, "text": "x"})
    assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert body["parameters"] == {"migrate_to_chat_id": NEW_GROUP}
    await sim.call("sendMessage", chat_id=NEW_GROUP, text="here")
    await sim.say("/here", chat_id=NEW_GROUP)
    messages = [update["message"] for update in await sim.updates() if "message" in update]
    assert [message.get("migrate_to_chat_id") for message in messages if message["chat"]["id"] == GROUP][
        -1
    ] == NEW_GROUP
    assert messages[-2]["migrate_from_chat_id"] == GROUP
    assert messages[-1]["text"] == "/here"
    await sim.sim("POST", "users/1000/messages", expect=400, text="x", chat_id=GROUP)
    await sim.sim("PUT", f"chats/{GROUP}", expect=400, migrate_to=NEW_GROUP - 1)


async def test_who_writes_in_a_chats_name_has_telegrams_stand_in_as_author(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{CHANNEL}", type="channel", title="Signals", members=[1000], bot="administrator")
    await sim.sim("PUT", f"chats/{GROUP}", type="supergroup", title="G", members=[1000], bot="administrator")
    post = await sim.sim("POST", f"chats/{CHANNEL}/posts", text="BTC long")
    said = await sim.say("/price", chat_id=GROUP, sender_chat=GROUP)
    await sim.say("/price", chat_id=GROUP, sender_chat=CHANNEL)
    await sim.say("/price", chat_id=GROUP, sender_chat={"id": -1_000_000_000_555, "type": "channel", "title": "Far"})
    await sim.say("BTC long", chat_id=GROUP, sender_chat=CHANNEL, is_automatic_forward=True)
    anonymous, channel, far, forward = [update["message"] for update in (await sim.updates())[-4:]]
    assert (anonymous["from"]["id"], anonymous["sender_chat"]["id"]) == (1087968824, GROUP)
    assert (channel["from"]["id"], channel["sender_chat"]["title"]) == (136817688, "Signals")
    assert far["sender_chat"]["title"] == "Far"
    assert (forward["from"]["id"], forward["is_automatic_forward"]) == (777000, True)
    assert forward["forward_origin"]["message_id"] == post["message_id"]
    await sim.say("/price btc", chat_id=GROUP, edit=said["message_id"])
    assert (await last_update(sim))["edited_message"]["sender_chat"]["id"] == GROUP
    await sim.sim("POST", "users/1000/messages", expect=400, text="x", chat_id=GROUP, is_automatic_forward=True)


async def test_a_channel_post_is_edited(sim: Driver) -> None:
    await sim.call("getMe")
    await sim.sim("PUT", f"chats/{CHANNEL}", type="channel", title="S", members=[1000], bot="administrator")
    post = await sim.sim("POST", f"chats/{CHANNEL}/posts", text="BTC long")
    await sim.sim("POST", f"chats/{CHANNEL}/posts", text="BTC short", edit=post["message_id"])
    edited = (await last_update(sim))["edited_channel_post"]
    assert (edited["message_id"], edited["text"]) == (post["message_id"], "BTC short")


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"sticker": True}, "emoji", "👍"),
        ({"sticker": {"emoji": "🔥"}}, "emoji", "🔥"),
        ({"voice": base64.b64encode(b"ogg").decode(), "caption": "c"}, "file_size", 3),
        ({"video": {"duration": 60}}, "duration", 60),
        ({"location": {"latitude": 50.4, "longitude": 30.5}}, "latitude", 50.4),
        ({"contact": {"phone_number": "+380", "first_name": "Ann"}}, "phone_number", "+380"),
    ],
)
async def test_people_send_more_than_text(sim: Driver, body: dict[str, Any], field: str, expected: object) -> None:
    await sim.sim("POST", "users/1000/messages", **body)
    kind = next(iter(body))
    message = (await last_update(sim))["message"]
    assert message[kind][field] == expected
    assert message.get("caption") == body.get("caption")


@pytest.mark.parametrize(
    "body",
    [
        {"sticker": 5},
        {"location": {"latitude": 1}},
        {"contact": "Ann"},
        {"voice": True, "text": "x"},
        {"sender_chat": "x"},
    ],
)
async def test_what_is_no_message_is_refused(sim: Driver, body: dict[str, Any]) -> None:
    answer = await sim.sim("POST", "users/1000/messages", expect=400, **body)
    assert list(answer) == ["error"]


async def test_people_change_their_names_and_go(sim: Driver) -> None:
    await sim.sim("PUT", "users/1000", first_name="Ann", last_name="Lee", username="ann", is_premium=True)
    await sim.say("/start")
    author = (await last_update(sim))["message"]["from"]
    assert (author["last_name"], author["username"], author["is_premium"]) == ("Lee", "ann", True)
    status, user = await sim.raw("PUT", "/sim/users/1000", json={"username": None})
    assert (status, "username" in user, user["last_name"]) == (200, False, "Lee")
    await sim.sim("PUT", "users/1000", deleted=True)
    assert await sim.refused("sendMessage", chat_id=1000, text="x") == "Forbidden: user is deactivated"
    assert (await sim.call("getChat", chat_id=1000))["first_name"] == ""
    await sim.sim("POST", "users/1000/messages", expect=400, text="x")
    await sim.sim("PUT", "users/1000", deleted=False)
    await sim.call("sendMessage", chat_id=1000, text="x")


async def test_a_revoked_token_opens_nothing_and_the_next_one_everything(tmp_path: Path) -> None:
    bot_id, _, _ = TOKEN.partition(":")
    new = f"{bot_id}:another-secret"
    async with driven(state=tmp_path) as sim:
        said = await sim.say("/start")
        await sim.call("getMe")
        await sim.sim("POST", f"bots/{bot_id}/revoke")
        assert await sim.refused("getMe") == "Unauthorized"
        assert (await sim.call("getUpdates", token=new))[0]["update_id"] == said["update_id"]
        await sim.sim("POST", "bots/99/revoke", expect=404)
    async with driven(state=tmp_path) as sim:
        assert await sim.refused("getMe") == "Unauthorized"
        await sim.call("sendMessage", token=new, chat_id=1000, text="the same chat")


async def test_a_long_poll_ends_when_its_token_is_revoked(sim: Driver) -> None:
    await sim.call("getMe")
    poll = sim.session.post(f"{sim.url}/bot{TOKEN}/getUpdates", json={"timeout": 50})
    polling = asyncio.create_task(poll.__aenter__())
    await until(sim.is_polled, what="the long poll")
    await sim.sim("POST", "bots/123456/revoke")
    assert (await polling).status == 401


async def test_update_ids_begin_anew_below_all_there_were(sim: Driver) -> None:
    first = await sim.say("/start")
    await sim.updates()
    waiting = await sim.say("nobody has seen this yet")
    answer = await sim.sim("POST", "updates/restart-ids")
    later = await sim.say("later")
    assert later["update_id"] == answer["next_id"] < first["update_id"]
    updates = await sim.updates(offset=first["update_id"] + 1)
    assert [update["message"]["text"] for update in updates] == ["nobody has seen this yet", "later"]
    assert updates[0]["update_id"] == later["update_id"] - 1
    assert (await sim.sim("GET", f"updates/{first['update_id']}"))["confirmed_at"]
    await sim.updates(offset=later["update_id"] + 1)
    assert (await sim.sim("GET", f"updates/{waiting['update_id']}"))["confirmed_at"], "its old number finds it, too"


async def test_the_clock_is_moved_for_all_answers_and_stays_so(tmp_path: Path) -> None:
    async with driven(World(limits=False, clock=lambda: 1_800_000_000.0), state=tmp_path) as sim:
        await sim.sim("POST", "clock", offset_s=86_400)
        await sim.say("/start")
        assert (await last_update(sim))["message"]["date"] == 1_800_086_400
        await sim.sim("POST", "clock", expect=400, offset_s="a day")
    async with driven(World(limits=False, clock=lambda: 1_800_000_000.0), state=tmp_path) as sim:
        assert (await sim.call("sendMessage", chat_id=1000, text="x"))["date"] == 1_800_086_400


async def test_topics_and_moves_are_found_again(tmp_path: Path) -> None:
    async with driven(state=tmp_path) as sim:
        await sim.call("getMe")
        await sim.sim("PUT", f"chats/{FORUM}", members=[1000], bot="member", is_forum=True, topics=[{"id": 5}])
        await sim.sim("PUT", f"chats/{GROUP}", members=[1000], bot="member", migrate_to=NEW_GROUP)
    async with driven(state=tmp_path) as sim:
        await sim.call("sendMessage", chat_id=FORUM, text="x", message_thread_id=5)
        await sim.refused("sendMessage", chat_id=GROUP, text="x")
