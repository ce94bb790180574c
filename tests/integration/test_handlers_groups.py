"""Groups, and secrets wherever they are posted: the bot speaks when spoken to, and takes keys out of sight."""

from typing import Any

import pytest
from harness.app import ANNA, BORIS, GROUP, KEY_ID, SECRET, Harness, Person
from harness.bot_api import Bubble, Call

BOT = "@perpdesk_bot"
CHANNEL = {"id": -1_000_000_000_777, "type": "channel", "title": "Signals"}
REPLY_TO_BOT = {
    "reply_to_message": {
        "message_id": 1,
        "date": 1_760_000_000,
        "chat": {"id": GROUP, "type": "supergroup", "title": "Group"},
        "from": {"id": 4242, "is_bot": True, "first_name": "Perpdesk"},
        "text": "earlier",
    }
}


async def said(person: Person, text: str, **extra: Any) -> Bubble:
    bubble = await person.say(text, **extra)
    assert bubble is not None
    return bubble


@pytest.mark.parametrize("text", [f"/price{BOT} eth", "/price eth", f"/PRICE{BOT} ethusdt"])
async def test_a_price_in_a_group(harness: Harness, text: str) -> None:
    anna = harness.person().in_group()
    bubble = await said(anna, text)
    assert "3,120.25" in bubble.text
    assert bubble.labels == ["↻ Refresh"]
    assert bubble.reply_to == max(message_id for chat, message_id in harness.api.theirs if chat == GROUP)
    assert await harness.rows("users") == [], "nobody of a group is stored for asking a price"


async def test_the_topic_is_kept(harness: Harness) -> None:
    anna = harness.person().in_group(thread_id=7)
    bubble = await said(anna, f"/price{BOT}")
    assert bubble.thread_id == 7
    del harness.api.bubbles[GROUP, bubble.message_id]
    assert (await anna.press("Refresh", bubble=bubble)).thread_id == 7
    assert (await said(anna, f"/balance{BOT}")).thread_id == 7
    assert (await said(anna, f"/price{BOT} nosuchcoin")).thread_id == 7


@pytest.mark.parametrize(
    "text",
    [
        f"/balance{BOT}",
        "/balance",
        f"/whatever{BOT}",
        f"hello {BOT}",
        f"{BOT} hi",
        BOT,
        f"{BOT} balance",
        f"/keys{BOT} add demo",
    ],
)
async def test_anything_else_that_is_addressed_is_answered_once(harness: Harness, text: str) -> None:
    anna = harness.person().in_group()
    bubble = await said(anna, text)
    assert bubble.labels == ["Open private chat"]
    assert bubble.keyboard[0][0]["url"] == "https://t.me/perpdesk_bot?start=group"
    assert len(anna.bubbles) == 1


async def test_a_reply_to_the_bot_is_addressed(harness: Harness) -> None:
    assert (await said(harness.person().in_group(), "and now?", **REPLY_TO_BOT)).labels == ["Open private chat"]


async def test_what_is_not_for_the_bot_is_left_alone(harness: Harness) -> None:
    for text in ["hello", "/start@another_bot", "/whatever", "btc 64k?", "@somebody look", "/price@another_bot"]:
        assert await harness.person().in_group().say(text) is None, text
        assert harness.api.made("sendMessage") == [], text


async def test_stickers_edits_and_forwards_in_groups_are_left_alone(harness: Harness) -> None:
    anna = harness.person().in_group()
    assert await anna.send_thing(photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]) is None
    assert await anna.edit(f"/price{BOT}") is None
    assert await anna.send_thing(new_chat_members=[{"id": 9, "is_bot": False, "first_name": "New"}]) is None


async def test_anybody_may_refresh_a_public_price(harness: Harness) -> None:
    anna, boris = harness.person().in_group(), harness.person(BORIS, name="Boris").in_group()
    bubble = await said(anna, f"/price{BOT}")
    for person in (boris, anna, boris):
        harness.clock.advance(60)
        edits = bubble.edits
        await person.press("Refresh", bubble=bubble)
        assert person.alert() is None
        assert bubble.edits == edits + 1
    assert await harness.rows("users") == []


async def test_a_button_that_shows_an_account_works_for_its_owner_alone(harness: Harness) -> None:
    anna, boris = harness.person(), harness.person(BORIS, language="uk")
    await anna.say("/start")
    bubble = await said(anna.in_group(), f"/price{BOT}")
    account = await harness.practice_account()
    before = bubble.html
    for data in (f"v1:bal:{account.account_id}@{ANNA}", f"v1:do:balance@{ANNA}", f"v1:sym:linear:0@{ANNA}"):
        await boris.in_group().tap(data, bubble=bubble)
        assert boris.alert() == "Ця кнопка чужа. Запитайте мене самі, і у вас буде своя."
        assert bubble.html == before


async def test_a_group_sees_times_in_utc_alone(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/settings zone Kyiv")
    assert "Kyiv" in (await said(anna, "/price btc")).text
    text = (await said(anna.in_group(), f"/price{BOT} btc")).text
    assert "UTC" in text
    assert "Kyiv" not in text


@pytest.mark.parametrize("text", [f"{BOT} btc", f"{BOT} price of btc", f"цена btc {BOT}", f"{BOT.upper()} BTC?"])
async def test_a_price_that_is_asked_in_plain_words(harness: Harness, text: str) -> None:
    anna = harness.person().in_group()
    assert "64,210.50" in (await said(anna, text)).text
    assert len(anna.bubbles) == 1


async def test_tampered_data_in_a_group(harness: Harness) -> None:
    anna, boris = harness.person().in_group(), harness.person(BORIS).in_group()
    bubble = await said(anna, f"/price{BOT}")
    for data in (
        "v1:sym:linear:0",
        f"v1:sym:linear:0@{ANNA}",
        "v1:bal:1",
        "t:" + "A" * 22,
        "",
        "v9:x",
        f"v1:sym:linear:0@{ANNA}@{BORIS}",
    ):
        await boris.tap(data, bubble=bubble)
        assert boris.alert(), data
    stale = await boris.tap(f"v9:px:BTCUSDT@{BORIS}", bubble=bubble)
    assert "used or too old" in stale.text
    assert stale.labels == []


async def test_an_unknown_symbol_in_a_group_offers_the_nearest(harness: Harness) -> None:
    anna = harness.person().in_group()
    bubble = await said(anna, f"/price{BOT} btcusd")
    assert bubble.labels == ["BTCUSDT"]
    assert "64,210.50" in (await anna.press("BTCUSDT", bubble=bubble)).text


async def test_a_secret_in_a_group_is_deleted_and_its_owner_warned_in_private(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/start")
    bubble = await anna.in_group().say(f"my key {KEY_ID} {SECRET}")
    assert bubble is None, "not a word in the group"
    assert [chat for chat, _ in harness.api.deleted] == [GROUP]
    assert "looked like an API secret" in anna.last.text
    assert SECRET not in str(harness.api.calls)


async def test_a_typed_key_in_a_group_is_not_taken(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/start")
    await harness.terms_accepted()
    await anna.in_group().say(f"/keys{BOT} add demo {KEY_ID} {SECRET}")
    assert harness.api.deleted
    assert not harness.bybit.seen_keys
    assert "looked like an API secret" in anna.last.text


async def test_who_never_opened_the_chat_is_warned_in_the_group_without_details(harness: Harness) -> None:
    def refuse(call: Call) -> tuple[int, str] | None:
        is_private = call.method == "sendMessage" and int(call.params["chat_id"]) == ANNA
        return (403, "Forbidden: bot can't initiate conversation with a user") if is_private else None

    harness.api.refuse = refuse
    bubble = await said(harness.person().in_group(), f"look {SECRET}")
    assert "delete that key on Bybit" in bubble.text
    assert harness.api.deleted


async def test_where_the_bot_may_not_delete_it_says_so(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/start")
    harness.api.refuse = lambda call: (
        (400, "Bad Request: message can't be deleted") if call.method == "deleteMessage" else None
    )
    await anna.in_group().say(f"look {SECRET}")
    assert "does not let me delete it" in anna.last.text


@pytest.mark.parametrize("way", ["text", "edited", "caption", "forwarded", "document", "file name"])
async def test_a_secret_in_private_in_any_shape(harness: Harness, way: str) -> None:
    anna = harness.person()
    await anna.say("/start")
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    match way:
        case "text":
            bubble = await anna.say(SECRET)
        case "edited":
            bubble = await anna.edit(SECRET)
        case "caption":
            bubble = await anna.send_thing(photo=photo, caption=SECRET)
        case "document":
            bubble = await anna.send_thing(document={"file_id": "a", "file_unique_id": "b"}, caption=f"key: {SECRET}")
        case "file name":
            document = {"file_id": "a", "file_unique_id": "b", "file_name": f"{SECRET}.txt"}
            bubble = await anna.send_thing(document=document)
        case _:
            bubble = await anna.forward(f"/keys add demo {KEY_ID} {SECRET}")
    assert bubble is not None
    assert "I deleted a message of yours" in bubble.text
    assert len(harness.api.deleted) == 1
    assert not harness.bybit.seen_keys


async def test_an_edited_key_line_is_not_taken(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/start")
    await harness.terms_accepted()
    bubble = await anna.edit(f"/keys add demo {KEY_ID} {SECRET}")
    assert bubble is not None
    assert "I deleted a message of yours" in bubble.text
    assert harness.api.deleted
    assert not harness.bybit.seen_keys


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
async def test_a_secret_in_a_channel_is_deleted_and_nothing_else_is_read(harness: Harness, kind: str) -> None:
    def post(text: str, message_id: int) -> dict[str, Any]:
        chat = {"id": -100777, "type": "channel", "title": "C"}
        harness.api.theirs.add((-100777, message_id))
        body = {"message_id": message_id, "date": 1_760_000_000, "chat": chat, "text": text}
        return {"update_id": message_id, kind: body}

    await harness.feed(post(f"key {SECRET}", 501))
    assert harness.api.deleted == [(-100777, 501)]
    await harness.feed(post("/price btc", 502))
    assert harness.api.made("sendMessage") == []


def membership(kind: str, old: str, new: str, chat_id: int = GROUP, language: str = "en") -> dict[str, Any]:
    user = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": language}
    bot = {"user": {"id": 4242, "is_bot": True, "first_name": "P"}}
    rights = {"can_be_edited": False, "is_anonymous": False, "until_date": 0, "can_manage_chat": True}
    rights |= dict.fromkeys(
        (
            *("can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members"),
            *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
        ),
        False,
    )
    return {
        "update_id": 9,
        "my_chat_member": {
            "chat": {"id": chat_id, "type": kind, "title": "G"},
            "from": user,
            "date": 1_760_000_000,
            "old_chat_member": bot | rights | {"status": old},
            "new_chat_member": bot | rights | {"status": new},
        },
    }


@pytest.mark.parametrize(("language", "hello"), [("en", "Hi. I show"), ("ru", "Здравствуйте."), ("uk", "Вітаю.")])
@pytest.mark.parametrize(
    ("kind", "old", "new"), [("supergroup", "left", "member"), ("group", "kicked", "administrator")]
)
async def test_a_group_that_takes_the_bot_in_hears_a_short_hello(
    harness: Harness, kind: str, old: str, new: str, language: str, hello: str
) -> None:
    await harness.feed(membership(kind, old, new, language=language))
    (bubble,) = harness.api.chat(GROUP)
    assert hello in bubble.text
    assert bubble.keyboard[0][0]["url"] == "https://t.me/perpdesk_bot?start=group"
    assert await harness.rows("users") == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "chat_id"),
    [
        ("supergroup", "member", "administrator", GROUP),
        ("supergroup", "member", "left", GROUP),
        ("supergroup", "administrator", "kicked", GROUP),
        ("channel", "left", "administrator", GROUP),
        ("private", "kicked", "member", ANNA),
        ("private", "member", "kicked", ANNA),
    ],
)
async def test_other_changes_of_the_bots_place_are_silent(
    harness: Harness, kind: str, old: str, new: str, chat_id: int
) -> None:
    await harness.feed(membership(kind, old, new, chat_id))
    assert harness.api.made("sendMessage") == []
    assert await harness.rows("users") == []


@pytest.mark.parametrize(
    ("stand_in", "chat"), [(1087968824, {"id": GROUP, "type": "supergroup", "title": "G"}), (136817688, CHANNEL)]
)
async def test_a_card_for_somebody_who_writes_in_a_chats_name_is_not_of_one_user_of_telegrams(
    harness: Harness, stand_in: int, chat: dict[str, Any]
) -> None:
    anonymous = harness.person(stand_in, name="Group").in_group()
    bubble = await said(anonymous, f"/price{BOT} eth", sender_chat=chat)
    assert bubble.button("↻ Refresh")["callback_data"].endswith(f"@{chat['id']}")
    anna = harness.person().in_group()
    await anna.press("↻ Refresh", bubble=bubble)
    assert anna.alert() is None


async def test_a_channels_post_in_its_group_is_met_with_silence(harness: Harness) -> None:
    channel = harness.person(777000, name="Telegram").in_group()
    marks = {"sender_chat": CHANNEL, "is_automatic_forward": True}
    assert await channel.say(f"/price{BOT} eth", **marks) is None
    assert await channel.say(f"hello {BOT}", **marks) is None


@pytest.mark.parametrize("text", [f"{BOT} hi", "/help", "/book btc", "/balance"])
async def test_what_a_group_is_told_is_true_of_public_things_too(harness: Harness, text: str) -> None:
    answer = (await said(harness.person().in_group(), text)).text
    assert answer == (
        "Here I only show prices, /price btc, and results without money, /share. "
        "For everything else open our private chat."
    )
