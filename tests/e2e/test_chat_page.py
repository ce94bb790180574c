"""The chat page in a real browser against the real stand-in and a small scripted bot."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from harness.chat_page import PHONE, Stage, column, open_chat, place, stage
from harness.scripted_bot import picture
from playwright.async_api import expect

from ops.sim.telegram.drafts import Draft
from ops.sim.telegram.files import Upload
from ops.sim.telegram.people import People

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand_in() -> AsyncIterator[Stage]:
    async with stage() as ready:
        yield ready


async def test_a_deep_link_waits_behind_the_start_button(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.page(f"?user={anna}&start=p_SPRING26") as page:
        chat = column(page, anna)
        await expect(chat.box.get_by_text("I show every kind of message.")).to_be_visible()
        await expect(chat.input).to_be_hidden()
        await page.get_by_role("button", name="START").click()
        await chat.seen("Welcome, Anna.")
        await expect(chat.input).to_be_visible()
    assert stand_in.bot.texts[-1] == "/start p_SPRING26"


async def test_a_message_goes_out_and_its_answer_comes_in(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person("Ada")) as chat:
        answer = await chat.ask("buy the dip", "You said: buy the dip")
        await expect(answer).to_have_class(re.compile("theirs"))
        await expect(answer.locator(".quoted")).to_contain_text("buy the dip")
        mine = chat.box.locator(".message.own", has_text="buy the dip").first
        await expect(mine.get_by_role("img", name=re.compile("Delivered"))).to_be_visible()
        await expect(chat.input).to_have_value("")
        await expect(chat.box.get_by_role("log")).to_have_attribute("aria-live", "polite")
        await chat.box.get_by_role("button", name="Close Ada").click()
        await open_chat(chat.page, "Ada")
        await expect(mine.get_by_role("img", name=re.compile("Delivered"))).to_be_visible()
    assert stand_in.bot.texts[-1] == "buy the dip"


async def test_formatting_is_shown(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        text = (await chat.ask("/rich", "The end.")).locator(".text")
        await expect(text.locator("strong")).to_have_text("Balance")
        await expect(text.locator("em")).to_have_text("Practice")
        fees = text.get_by_role("link", name="Fees")
        await expect(fees).to_have_attribute("href", "https://example.org/fees")
        await expect(fees).to_have_attribute("rel", "noopener noreferrer")
        await expect(text.locator("blockquote").first).to_have_text("Bybit holds the stop.")
        await text.locator("pre").click()
        assert await chat.page.evaluate("navigator.clipboard.readText()") == "BTC   0.050\nETH  -0.800"


async def test_a_spoiler_and_a_long_quote_open_on_demand(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        text = (await chat.ask("/rich", "The end.")).locator(".text")
        hidden = text.locator(".spoiler > span")
        await expect(hidden).to_have_css("opacity", "0")
        await text.get_by_role("button", name="Hidden text").click()
        await expect(hidden).to_have_css("opacity", "1")
        quote = text.locator(".quote-words")
        before = (await place(quote))["height"]
        await text.get_by_role("button", name="Show more").click()
        assert (await place(quote))["height"] > before * 1.8


async def test_markup_in_texts_and_names_stays_text(stand_in: Stage) -> None:
    evil = "<img src=x onerror=alert(1)>"
    async with stand_in.chat(stand_in.person(evil)) as chat:
        await chat.ask(evil, f"You said: {evil}")
        await expect(chat.box.locator(".column-title")).to_have_text(evil)
        assert await chat.page.locator("#columns img").count() == 0


async def test_a_button_edits_its_message_in_place(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/buttons", "Press one")
        before = await chat.bubbles.count()
        await chat.button("Count").click()
        edited = await chat.seen("Counted to 1")
        await expect(edited.locator(".edited")).to_be_visible()
        await expect(chat.button("Count")).to_be_focused()
        await chat.button("Count").press("Enter")
        await chat.seen("Counted to 2")
        assert await chat.bubbles.count() == before


async def test_a_button_spins_until_it_is_answered_by_a_toast(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/buttons", "Press one")
        stand_in.bot.quick.clear()
        sell = chat.button("Sell")
        await sell.click()
        await expect(sell).to_have_attribute("aria-busy", "true")
        stand_in.bot.quick.set()
        await expect(chat.box.get_by_role("status").get_by_text("Sold")).to_be_visible()
        await expect(sell).not_to_have_attribute("aria-busy", "true")


async def test_an_alert_is_a_dialog(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/buttons", "Press one")
        await chat.button("Alert").click()
        dialog = chat.page.get_by_role("dialog", name="Perpdesk")
        await expect(dialog).to_contain_text("Mind the gap")
        await dialog.get_by_role("button", name="OK").press("Enter")
        await expect(dialog).to_be_hidden()


async def test_styles_and_a_copy_button(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/buttons", "Press one")
        colors = [
            await chat.button(label).evaluate("button => getComputedStyle(button).color")
            for label in ("Sell", "Buy", "Alert")
        ]
        assert len(set(colors)) == 3
        await chat.button("Copy code").click()
        await expect(chat.page.locator("#toasts")).to_contain_text("Copied")
        assert await chat.page.evaluate("navigator.clipboard.readText()") == "SPRING26"


async def test_a_deleted_message_goes(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/forget my-secret", "Deleted")
        await expect(chat.box.get_by_text("my-secret")).to_have_count(0)


async def test_a_photo_is_shown_and_a_document_can_be_kept(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        image = (await chat.ask("/photo", "A chart")).locator("img")
        await expect(image).to_have_js_property("naturalWidth", 480)
        await chat.ask("/file", "A report")
        async with chat.page.expect_download() as waiting:
            await chat.box.get_by_role("link", name=re.compile("отчёт.csv")).click()
        kept = await waiting.value
        assert kept.suggested_filename == "отчёт.csv"
        assert (await kept.path()).read_bytes() == b"a;b\n1;2\n"


async def test_photos_and_files_are_sent(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        picker = chat.box.locator('input[type="file"]')
        await picker.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": picture(64, 32)})
        dialog = chat.page.get_by_role("dialog", name="Send a file")
        await dialog.get_by_label("Caption").fill("my chart")
        await dialog.get_by_role("button", name="Send").click()
        await chat.seen("Got a photo of 64 pixels")
        await expect(chat.box.locator(".message.own img")).to_have_js_property("naturalWidth", 64)
        await picker.set_input_files({"name": "trades.csv", "mimeType": "text/csv", "buffer": b"x"})
        await dialog.get_by_role("button", name="Send").click()
        await chat.seen("Got trades.csv")


async def test_reply_keyboards_type_and_forced_replies_reply(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/keyboard", "Choose")
        await chat.box.get_by_role("button", name="Orders", exact=True).click()
        await chat.seen("You said: Orders")
        await chat.ask("/hide", "Hidden")
        await expect(chat.box.get_by_role("button", name="Orders", exact=True)).to_be_hidden()
        await chat.ask("/ask", "What is your name?")
        await expect(chat.box.locator(".about")).to_contain_text("Reply to Perpdesk")
        await expect(chat.input).to_have_attribute("placeholder", "Name")
        await chat.ask("Ada", "You said: Ada")
        mine = chat.box.locator(".message.own", has=chat.page.locator(".quoted")).last
        await expect(mine.locator(".quoted")).to_contain_text("What is your name?")


async def test_the_command_menu_narrows_and_sends(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.input.press_sequentially("/p")
        await expect(chat.box.get_by_role("option")).to_have_text(["/photoShows photo", "/pinShows pin"])
        await chat.input.press("ArrowDown")
        await expect(chat.box.get_by_role("option", name="/pin")).to_have_attribute("aria-selected", "true")
        await chat.input.press("Enter")
        await chat.seen("Read the rules")
        await expect(chat.box.get_by_role("listbox")).to_be_hidden()
        await expect(chat.box.locator(".pinned")).to_contain_text("Read the rules")


async def test_the_command_menu_speaks_the_persons_language(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person("Boris", "ru")) as chat:
        await chat.box.get_by_role("button", name="Commands of the bot").click()
        await expect(chat.box.get_by_role("option")).to_have_text(["/startНачать"])


async def test_own_messages_are_edited_deleted_and_replied_to(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        answer = await chat.ask("frist", "You said: frist")
        await chat.input.press("ArrowUp")
        await expect(chat.input).to_have_value("frist")
        await chat.say("first")
        mine = chat.box.locator(".message.own", has_text="first")
        await expect(mine.locator(".edited")).to_be_visible()
        await chat.menu(answer, "Reply")
        await chat.ask("indeed", "You said: indeed")
        await chat.menu(mine.first, "Delete")
        await chat.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(mine).to_have_count(0)


async def test_a_message_is_forwarded_with_its_formatting(stand_in: Stage) -> None:
    anna = stand_in.person()
    group = stand_in.group(anna, title="Desk")
    async with stand_in.chat(anna) as chat:
        await chat.menu(await chat.ask("/rich", "The end."), "Forward")
        await chat.page.get_by_role("dialog").get_by_role("button", name="Desk").click()
        await open_chat(chat.page, "Desk")
        copy = column(chat.page, group).bubbles.first
        await expect(copy.locator(".forwarded")).to_have_text("Forwarded from Perpdesk")
        await expect(copy.locator("strong")).to_have_text("Balance")


async def test_people_and_a_group_stand_side_by_side(stand_in: Stage) -> None:
    anna, boris = stand_in.person("Anna"), stand_in.person("Boris Beside")
    group = stand_in.group(anna, boris, title="Side by side")
    async with stand_in.chat(anna) as chat:
        await open_chat(chat.page, "Boris Beside")
        await open_chat(chat.page, "Side by side")
        columns = [column(chat.page, chat_id) for chat_id in (anna, boris, group)]
        boxes = [await place(one.box) for one in columns]
        assert all(box["width"] >= 330 for box in boxes)
        assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
        await columns[2].box.get_by_label("Write as").select_option(str(boris))
        await columns[2].say("hello all")
        mine = columns[2].box.locator(".message", has_text="hello all")
        await expect(mine).to_have_class(re.compile("own"))
        await columns[2].box.get_by_label("Write as").select_option(str(anna))
        await expect(mine).to_have_class(re.compile("theirs"))
        await expect(mine.locator(".author")).to_have_text("Boris Beside")
        await columns[2].ask("/start", "Welcome, Anna.")


async def test_whom_the_strip_has_no_room_for_is_found_by_name(stand_in: Stage) -> None:
    for number in range(9):
        stand_in.person(f"Trader {number}")
    zed = stand_in.person("Zed")
    async with stand_in.page() as page:
        await page.get_by_role("navigation").get_by_role("button", name=re.compile("more…")).click()
        everybody = page.get_by_role("dialog", name="Everybody")
        await everybody.get_by_role("searchbox").fill("zed")
        await expect(everybody.get_by_role("button", name="Trader")).to_have_count(0)
        await everybody.get_by_role("button", name="Zed").click()
        await expect(column(page, zed).box).to_be_visible()
        await expect(page.get_by_role("navigation").get_by_role("button", name="Zed")).to_be_visible()


async def test_a_new_person_and_a_group_are_added(stand_in: Stage) -> None:
    async with stand_in.page() as page:
        add = page.get_by_role("button", name="New person or group")
        await add.click()
        await page.get_by_role("menuitem", name="New person").click()
        dialog = page.get_by_role("dialog", name="New person")
        await dialog.get_by_label("First name").fill("Зоя")
        await dialog.get_by_label("Language").select_option("uk")
        await dialog.get_by_role("button", name="Add").click()
        await expect(page.get_by_role("heading", name="Зоя")).to_be_visible()
        await add.click()
        await page.get_by_role("menuitem", name="New group").click()
        dialog = page.get_by_role("dialog", name="New group")
        await dialog.get_by_label("Name of the group").fill("Night shift")
        await dialog.get_by_role("button", name="Make the group").click()
        await expect(page.get_by_role("heading", name="Night shift").first).to_be_visible()
    assert any(user.first_name == "Зоя" and user.language_code == "uk" for user in stand_in.world.users.values())


async def test_older_messages_come_on_demand(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        for number in range(70):
            await stand_in.bot.say(anna, f"line {number}")
        await chat.seen("line 69")
        await chat.page.reload()
        await chat.seen("line 69")
        third = chat.box.locator(".text", has_text=re.compile(r"^line 3\d\d:\d\d$"))  # the time stands on its line
        await expect(third).to_have_count(0)
        await chat.box.get_by_role("button", name="Show earlier messages").click()
        await expect(third).to_have_count(1)
        assert await chat.bubbles.count() == 72


async def test_a_long_chat_lets_go_of_what_nobody_looks_at(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        await chat.ask("/pin", "Read the rules")
        people, bot = People(stand_in.world), stand_in.world.bot()
        for number in range(450):
            people.say(bot, anna, Draft(text=f"# {number}"))
        await chat.seen("# 449")
        assert await chat.bubbles.count() <= 400
        await expect(chat.box.locator(".pinned")).to_contain_text("Read the rules")
        await chat.box.get_by_role("button", name="Show earlier messages").click()
        await chat.box.locator(".pinned").click()
        await expect(chat.bubbles.filter(has_text="Read the rules")).to_be_in_viewport()
        await expect(chat.bubbles.filter(has_text="# 449")).to_have_count(1)


async def test_typing_is_shown(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        stand_in.bot.quick.clear()
        await chat.say("/slow")
        await expect(chat.box.locator(".column-status")).to_have_text("Perpdesk is typing…")
        stand_in.bot.quick.set()
        await chat.seen("Took a while")
        await expect(chat.box.locator(".column-status")).not_to_contain_text("typing")


async def test_a_phone_shows_one_chat_and_never_scrolls_sideways(stand_in: Stage) -> None:
    anna, boris = stand_in.person("Anna on a phone"), stand_in.person("Boris elsewhere")
    async with stand_in.chat(anna, PHONE) as chat:
        for command, answer in (("/rich", "The end."), ("/buttons", "Press one"), ("/photo", "A chart")):
            await chat.ask(command, answer)
        await chat.ask("word" * 60, "You said: word")
        await open_chat(chat.page, "Boris elsewhere")
        await expect(column(chat.page, boris).box).to_be_visible()
        await expect(chat.box).to_be_hidden()
        await open_chat(chat.page, "Anna on a phone")
        wide = (
            "[...document.querySelectorAll('html, body, .timeline, .column')].filter(e => e.scrollWidth > 360).length"
        )
        assert await chat.page.evaluate(wide) == 0
        await chat.page.get_by_role("button", name="Bybit tools").click()
        await expect(chat.page.get_by_role("complementary")).to_be_visible()
        assert await chat.page.evaluate("document.documentElement.scrollWidth") == 360


async def test_light_and_dark_follow_the_system(stand_in: Stage) -> None:
    brightness: dict[str, int] = {}
    for scheme in ("light", "dark"):
        async with stand_in.page(scheme=scheme) as page:
            color = await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
            brightness[scheme] = sum(int(part) for part in re.findall(r"\d+", color)[:3])
    assert brightness["light"] > 600
    assert brightness["dark"] < 150


async def test_everything_is_within_reach_of_the_keyboard(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        answer = await chat.ask("hello", "You said: hello")
        more = answer.get_by_role("button", name="Message menu")
        await more.focus()
        await more.press("Enter")
        await expect(chat.page.get_by_role("menuitem", name="Reply")).to_be_focused()
        await chat.page.keyboard.press("ArrowDown")
        await expect(chat.page.get_by_role("menuitem", name="Copy text")).to_be_focused()
        await chat.page.keyboard.press("Escape")
        await expect(more).to_be_focused()


async def test_without_bybit_the_panel_says_so(stand_in: Stage) -> None:
    async with stand_in.page() as page:
        panel = page.get_by_role("complementary")
        await expect(panel.get_by_text("without a Bybit beside it")).to_be_visible()
        await expect(panel.get_by_role("button", name="Give me a Bybit demo key")).to_be_disabled()
        await expect(panel.get_by_role("button", name="Stop Bybit for 30 s")).to_be_disabled()


async def test_what_is_neither_text_nor_picture_is_named(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        people, bot = People(stand_in.world), stand_in.world.bot()
        sticker = Upload(name="s.webp", mime_type="image/webp", data=b"s")
        people.say(bot, anna, Draft(sticker=sticker, media_fields={"emoji": "🔥"}))
        people.say(bot, anna, Draft(location={"latitude": 50.4, "longitude": 30.5}))
        people.say(bot, anna, Draft(contact={"phone_number": "+380", "first_name": "Ann"}))
        for words in ("Sticker 🔥", "Location 50.4, 30.5", "Contact Ann, +380"):
            await chat.seen(words)


async def test_another_token_does_not_take_the_page_over() -> None:
    async with stage() as stand_in:
        anna = stand_in.person()
        async with stand_in.chat(anna) as chat:
            await chat.ask("one", "You said: one")
            async with ClientSession() as session, session.get(f"{stand_in.url}/bot777:another/getMe") as answer:
                assert answer.status == 200
            await expect(chat.page.get_by_label("Bot", exact=True)).to_be_visible()
            await chat.ask("two", "You said: two")
            await chat.page.reload()
            await chat.seen("You said: two")
            await chat.page.get_by_label("Bot", exact=True).select_option("777")
            await chat.page.reload()
            await expect(chat.page.get_by_label("Bot", exact=True)).to_have_value("777")
