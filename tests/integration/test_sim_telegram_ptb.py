"""python-telegram-bot's own client, unchanged, against the Telegram stand-in."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from harness.sim_telegram import PNG, TOKEN, Driver, driven
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes
from telegram.request import HTTPXRequest

from ops.sim.telegram.world import World

Context = ContextTypes.DEFAULT_TYPE


def bot_of(sim: Driver) -> Bot:
    return Bot(TOKEN, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot", request=HTTPXRequest())


@pytest.fixture(autouse=True)
def with_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB's coming way of telling times, so that it warns of nothing."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(sim: Driver) -> AsyncIterator[Bot]:
    async with bot_of(sim) as bot:
        await sim.say("/start")
        yield bot


async def test_me_and_messages(sim: Driver, bot: Bot) -> None:
    assert (bot.id, bot.username) == (123456, "perpdesk_123456_bot")
    keyboard = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Refresh", callback_data="v1:bal"), InlineKeyboardButton("Site", url="https://a.io")],
            [InlineKeyboardButton("Copy", copy_text=CopyTextButton("key"))],
        ]
    )
    sent = await bot.send_message(1000, "<b>Balance</b> & more ü 😀", parse_mode=ParseMode.HTML, reply_markup=keyboard)
    assert (sent.text, sent.text_html) == ("Balance & more ü 😀", "<b>Balance</b> &amp; more ü 😀")
    assert sent.reply_markup is not None
    assert [button.text for row in sent.reply_markup.inline_keyboard for button in row] == ["Refresh", "Site", "Copy"]
    edited = await bot.edit_message_text("new", 1000, sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup, edited.edit_date is None) == ("new", None, False)
    replied = await bot.send_message(
        1000, "x", reply_to_message_id=sent.message_id, reply_markup=ReplyKeyboardMarkup([["a"]])
    )
    assert replied.reply_to_message is not None
    assert replied.reply_to_message.text == "new"
    assert await bot.delete_message(1000, sent.message_id)
    assert await bot.send_chat_action(1000, "typing")
    assert await bot.send_message_draft(1000, 5, "half a sent")
    assert await bot.set_message_reaction(1000, 1, "👍")
    assert (await bot.get_chat(1000)).first_name == "User 1000"


async def test_files(sim: Driver, bot: Bot) -> None:
    photo = await bot.send_photo(1000, PNG, caption="<i>c</i>", parse_mode=ParseMode.HTML)
    assert (photo.photo[-1].width, photo.caption_html) == (640, "<i>c</i>")
    file = await bot.get_file(photo.photo[-1])
    assert bytes(await file.download_as_bytearray()) == PNG
    document = await bot.send_document(1000, b"a,b", filename="trades.csv", caption="csv")
    assert document.document is not None
    assert (document.document.file_name, document.document.file_size) == ("trades.csv", 3)
    album = await bot.send_media_group(1000, [InputMediaPhoto(PNG, caption="one"), InputMediaPhoto(photo.photo[-1])])
    assert [message.caption for message in album] == ["one", None]
    changed = await bot.edit_message_media(InputMediaPhoto(PNG, caption="two"), 1000, photo.message_id)
    assert not isinstance(changed, bool)
    assert changed.caption == "two"


async def test_updates_and_buttons(sim: Driver, bot: Bot) -> None:
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["/start"]
    assert await bot.get_updates() == first, "nothing was confirmed"
    sent = await bot.send_message(
        1000, "x", reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("A", callback_data="a"))
    )
    await sim.sim("POST", "users/1000/press", message_id=sent.message_id, button="A")
    (update,) = await bot.get_updates(offset=first[-1].update_id + 1, timeout=5)
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("a", 1000)
    assert await update.callback_query.answer("hi", show_alert=True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await update.callback_query.answer()


async def test_profile(sim: Driver, bot: Bot) -> None:
    commands = [BotCommand("balance", "Your balance"), BotCommand("help", "Help")]
    assert await bot.set_my_commands(commands, scope=BotCommandScopeChat(1000), language_code="ru")
    assert await bot.get_my_commands(scope=BotCommandScopeChat(1000), language_code="ru") == tuple(commands)
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("d")
    await bot.set_my_short_description("s")
    await bot.set_my_name("n")
    assert (await bot.get_my_name()).name == "n"
    assert (await bot.get_my_description()).description == "d"
    assert (await bot.get_my_short_description()).short_description == "s"
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.delete_webhook()


async def test_groups(sim: Driver, bot: Bot) -> None:
    await sim.sim("PUT", "chats/-1000000000123", type="supergroup", title="G", members=[1000], bot="administrator")
    owner, me = await bot.get_chat_administrators(-1000000000123)
    assert (owner.status, me.status, me.user.id) == ("creator", "administrator", bot.id)
    assert (await bot.get_chat_member(-1000000000123, 1000)).status == "creator"
    await sim.sim("PUT", "chats/-1000000000123", is_forum=True, topics=[{"id": 4, "name": "Prices"}])
    sent = await bot.send_message(-1000000000123, "x", message_thread_id=4)
    assert (sent.message_thread_id, sent.is_topic_message) == (4, True)
    assert await bot.pin_chat_message(-1000000000123, sent.message_id)
    assert (await bot.get_chat(-1000000000123)).pinned_message == sent
    assert await bot.leave_chat(-1000000000123)


async def test_refusals_become_ptbs_errors(sim: Driver, bot: Bot) -> None:
    for text, mode, match in [
        ("", None, "Message text is empty"),
        ("x" * 4097, None, "Message is too long"),
        ("<b>x", ParseMode.HTML, "Can't parse entities: can't find end tag"),
        ("1.5", ParseMode.MARKDOWN_V2, "Can't parse entities: character '.' is reserved"),
    ]:
        with pytest.raises(BadRequest, match=match):
            await bot.send_message(1000, text, parse_mode=mode)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "x")
    await sim.sim("PUT", "users/5", first_name="Eve")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(5, "x")
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(
            1000, "x", reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("A", callback_data="a" * 65))
        )
    with pytest.raises(TelegramError, match="does not model sendDice"):
        await bot.send_dice(1000)
    async with HTTPXRequest() as request:
        with pytest.raises(InvalidToken):
            await Bot("1:x y", base_url=f"{sim.url}/bot", request=request).get_me()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("http_500", NetworkError),
        ("flood", RetryAfter),
        ("conflict", Conflict),
        ("blocked", Forbidden),
        ("reset", NetworkError),
    ],
)
async def test_faults_become_ptbs_errors(sim: Driver, bot: Bot, kind: str, error: type[Exception]) -> None:
    await sim.sim("POST", "faults", kind=kind, method="sendMessage", times=1)
    with pytest.raises(error):
        await bot.send_message(1000, "x")
    assert (await bot.send_message(1000, "y")).text == "y"
    assert [message["text"] for message in await sim.sim("GET", "chats/1000/messages")] == ["/start", "y"]


async def test_flood_limits_become_retry_after() -> None:
    async with driven(World(limits=True)) as sim, bot_of(sim) as bot:
        await sim.say("/start")
        for number in range(5):
            await bot.send_message(1000, str(number))
        with pytest.raises(RetryAfter) as error:
            await bot.send_message(1000, "too much")
        assert error.value.retry_after == timedelta(seconds=1)
        assert len(await sim.sim("GET", "chats/1000/messages")) == 1 + 5


async def test_ptbs_own_polling(sim: Driver) -> None:
    """The whole of PTB: its updater polls, its handlers answer."""

    async def start(update: Update, context: Context) -> None:
        assert update.message
        keyboard = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Go", callback_data="go"))
        await update.message.reply_text(f"hello {' '.join(context.args or [])}", reply_markup=keyboard)

    async def pressed(update: Update, context: Context) -> None:
        assert update.callback_query
        await update.callback_query.answer()
        await update.callback_query.edit_message_text("went")

    application = ApplicationBuilder().bot(bot_of(sim)).build()
    application.add_handlers([CommandHandler("start", start), CallbackQueryHandler(pressed, "go")])
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0, allowed_updates=Update.ALL_TYPES)
        await application.start()
        said = await sim.say("/start p_1")
        (sent,) = await sim.sim("GET", f"chats/1000/events?after={said['seq']}&wait=10")
        assert (sent["kind"], sent["message"]["text"]) == ("sent", "hello p_1")
        press = await sim.sim("POST", "users/1000/press", message_id=sent["message"]["message_id"], button="Go")
        (answered,) = await sim.sim("GET", f"chats/1000/events?after={press['seq']}&wait=10")
        assert answered["kind"] == "answered"
        (edited,) = await sim.sim("GET", f"chats/1000/events?after={answered['seq']}&wait=10")
        assert (edited["kind"], edited["message"]["text"]) == ("edited", "went")
        await application.updater.stop()
        await application.stop()
    assert (await sim.sim("GET", f"updates/{press['update_id']}"))["confirmed_at"] is not None
