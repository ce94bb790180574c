"""What bots do with messages in the Telegram stand-in, and what people press."""

from aiohttp import FormData
from harness.sim_telegram import KEYBOARD, PNG, TOKEN, Driver, driven

from ops.sim.telegram.world import World


async def test_a_bot_may_not_begin(sim: Driver) -> None:
    assert await sim.sim("GET", "chats/1001/messages") == []
    assert await sim.refused("sendMessage", chat_id=1001, text="x") == (
        "Forbidden: bot can't initiate conversation with a user"
    ), "to look into a chat does not open it"
    assert await sim.refused("sendMessage", chat_id=1000, text="x") == "Bad Request: chat not found"
    await sim.sim("PUT", "users/1000", first_name="Ann")
    assert (
        await sim.refused("sendMessage", chat_id=1000, text="x")
        == "Forbidden: bot can't initiate conversation with a user"
    )
    await sim.say("/start")
    await sim.call("sendMessage", chat_id=1000, text="x")


async def test_edits(sim: Driver) -> None:
    await sim.say("/start")
    sent = await sim.call("sendMessage", chat_id=1000, text="a", reply_markup=KEYBOARD)
    number = sent["message_id"]
    same = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    assert (
        await sim.refused("editMessageText", chat_id=1000, message_id=number, text="a", reply_markup=KEYBOARD) == same
    )
    edited = await sim.call("editMessageText", chat_id=1000, message_id=number, text="<b>a</b>", parse_mode="HTML")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= sent["date"]
    assert edited["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    again = await sim.call("editMessageReplyMarkup", chat_id=1000, message_id=number, reply_markup=KEYBOARD)
    assert again["text"] == "a"
    assert again["reply_markup"]["inline_keyboard"][0][0]["text"] == "Refresh"
    assert (
        await sim.refused("editMessageText", chat_id=1000, message_id=99, text="a")
        == "Bad Request: message to edit not found"
    )
    assert (
        await sim.refused("editMessageText", chat_id=1000, message_id=1, text="a")
        == "Bad Request: message can't be edited"
    )
    assert (
        await sim.refused("editMessageCaption", chat_id=1000, message_id=number, caption="a")
        == "Bad Request: there is no caption in the message to edit"
    )
    assert await sim.refused("editMessageText", inline_message_id="x", text="a") == "Bad Request: MESSAGE_ID_INVALID"


async def test_deletes(sim: Driver) -> None:
    await sim.say("/start")
    for text in "abc":
        await sim.call("sendMessage", chat_id=1000, text=text)
    assert await sim.call("deleteMessage", chat_id=1000, message_id=1) is True, "a person's message, in private"
    assert await sim.call("deleteMessages", chat_id=1000, message_ids=[2, 3, 77]) is True
    assert await sim.refused("deleteMessage", chat_id=1000, message_id=2) == "Bad Request: message to delete not found"
    assert [message["text"] for message in await sim.sim("GET", "chats/1000/messages")] == ["c"]


async def test_what_is_older_than_two_days_stays() -> None:
    now = [1_800_000_000.0]
    async with driven(World(limits=False, clock=lambda: now[0])) as sim:
        await sim.say("/start")
        now[0] += 48 * 3600 + 1
        refusal = await sim.refused("deleteMessage", chat_id=1000, message_id=1)
        assert refusal == "Bad Request: message can't be deleted for everyone"


async def test_replies_forwards_and_copies(sim: Driver) -> None:
    await sim.say("hello there")
    reply = await sim.call("sendMessage", chat_id=1000, text="x", reply_parameters={"message_id": 1, "quote": "there"})
    assert reply["reply_to_message"]["text"] == "hello there"
    assert reply["quote"] == {"text": "there", "position": 6, "is_manual": True}
    assert (
        await sim.refused("sendMessage", chat_id=1000, text="x", reply_to_message_id=99)
        == "Bad Request: message to be replied not found"
    )
    assert "reply_to_message" not in await sim.call(
        "sendMessage", chat_id=1000, text="x", reply_parameters={"message_id": 99, "allow_sending_without_reply": True}
    )
    forward = await sim.call("forwardMessage", chat_id=1000, from_chat_id=1000, message_id=1)
    assert forward["forward_origin"]["sender_user"]["id"] == 1000
    copied = await sim.call("copyMessage", chat_id=1000, from_chat_id=1000, message_id=1)
    assert copied == {"message_id": forward["message_id"] + 1}
    many = await sim.call("copyMessages", chat_id=1000, from_chat_id=1000, message_ids=[1, 2])
    assert [len(item) for item in many] == [1, 1]
    secret = await sim.call("sendMessage", chat_id=1000, text="x", protect_content=True)
    assert secret["has_protected_content"] is True
    refusal = await sim.refused("copyMessage", chat_id=1000, from_chat_id=1000, message_id=secret["message_id"])
    assert "protected" in refusal


async def test_photos_documents_and_albums(sim: Driver) -> None:
    await sim.say("/start")
    form = FormData({"chat_id": "1000", "caption": "<b>c</b>", "parse_mode": "HTML"})
    form.add_field("photo", PNG, filename="chart.png", content_type="image/png")
    _, body = await sim.raw("POST", f"/bot{TOKEN}/sendPhoto", data=form)
    photo = body["result"]
    assert (photo["caption"], photo["photo"][-1]["width"]) == ("c", 640)
    path = (await sim.call("getFile", file_id=photo["photo"][-1]["file_id"]))["file_path"]
    async with sim.session.get(f"{sim.url}/file/bot{TOKEN}/{path}") as download:
        assert await download.read() == PNG
    form = FormData({"chat_id": "1000", "document": "attach://part"})
    form.add_field("part", b"a,b\n", filename="trades.csv")
    _, body = await sim.raw("POST", f"/bot{TOKEN}/sendDocument", data=form)
    document = body["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("trades.csv", "text/csv", 4)
    again = await sim.call("sendDocument", chat_id=1000, document=document["file_id"], caption="again")
    assert again["document"] == document
    form = FormData(
        {
            "chat_id": "1000",
            "media": '[{"type":"photo","media":"attach://a","caption":"x"},{"type":"photo","media":"attach://a"}]',
        }
    )
    form.add_field("a", PNG, filename="a.png")
    _, body = await sim.raw("POST", f"/bot{TOKEN}/sendMediaGroup", data=form)
    one, two = body["result"]
    assert one["media_group_id"] == two["media_group_id"]
    assert (one["caption"], "caption" in two) == ("x", False)
    edited = await sim.call("editMessageCaption", chat_id=1000, message_id=photo["message_id"], caption="d")
    assert edited["caption"] == "d"
    media = {"type": "document", "media": document["file_id"], "caption": "now a file"}
    edited = await sim.call("editMessageMedia", chat_id=1000, message_id=photo["message_id"], media=media)
    assert ("photo" in edited, edited["caption"]) == (False, "now a file")
    assert (
        await sim.refused("sendPhoto", chat_id=1000, photo=document["file_id"])
        == "Bad Request: can't use file of type Document as Photo"
    )
    assert (
        await sim.refused("sendPhoto", chat_id=1000, photo="https://a.io/x.png")
        == "Bad Request: failed to get HTTP URL content"
    )
    assert await sim.refused("getFile", file_id="x") == "Bad Request: invalid file_id"


async def test_a_press_is_answered_once(sim: Driver) -> None:
    await sim.say("/start")
    number = (await sim.call("sendMessage", chat_id=1000, text="x", reply_markup=KEYBOARD))["message_id"]
    pressed = await sim.sim("POST", "users/1000/press", message_id=number, button="Refresh")
    update = (await sim.updates(offset=pressed["update_id"]))[0]["callback_query"]
    assert (update["data"], update["message"]["message_id"], update["id"]) == (
        "v1:bal",
        number,
        pressed["callback_query_id"],
    )
    assert (
        await sim.refused("answerCallbackQuery", callback_query_id=update["id"], text="x" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await sim.call("answerCallbackQuery", callback_query_id=update["id"], text="done", show_alert=True) is True
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await sim.refused("answerCallbackQuery", callback_query_id=update["id"]) == old
    (event,) = await sim.sim("GET", f"chats/1000/events?after={pressed['seq']}")
    assert (event["kind"], event["text"], event["show_alert"], event["callback_query_id"]) == (
        "answered",
        "done",
        True,
        update["id"],
    )


async def test_a_query_can_not_be_answered_late() -> None:
    now = [1_800_000_000.0]
    async with driven(World(limits=False, clock=lambda: now[0])) as sim:
        await sim.say("/start")
        number = (await sim.call("sendMessage", chat_id=1000, text="x", reply_markup=KEYBOARD))["message_id"]
        pressed = await sim.sim("POST", "users/1000/press", message_id=number, button="Refresh")
        now[0] += 16
        assert "query is too old" in await sim.refused(
            "answerCallbackQuery", callback_query_id=pressed["callback_query_id"]
        )
        now[0] += 150
        assert [list(update) for update in await sim.updates()] == [["update_id", "message"]], (
            "the query's update is gone"
        )


async def test_presses_of_buttons_that_are_not_there(sim: Driver) -> None:
    await sim.say("/start")
    number = (await sim.call("sendMessage", chat_id=1000, text="x", reply_markup=KEYBOARD))["message_id"]
    wrong = await sim.sim("POST", "users/1000/press", expect=404, message_id=number, button="Gone")
    assert wrong["buttons"] == ["Refresh", "Site"]
    assert "url" in (await sim.sim("POST", "users/1000/press", expect=400, message_id=number, button="Site"))["error"]
    await sim.sim("POST", "users/1000/press", expect=404, message_id=99, button="Refresh")
    await sim.sim("POST", "users/1000/press", expect=400, message_id=number)
    tampered = await sim.sim("POST", "users/1000/press", message_id=number, callback_data="anything at all")
    assert (await sim.updates(offset=tampered["update_id"]))[0]["callback_query"]["data"] == "anything at all"
