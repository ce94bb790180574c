"""Paying with Stars on the chat page: the invoice, the sheet, its ends, the receipt and the refund."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.chat_page import PHONE, Chat, Stage, column, open_chat, place, stage
from playwright.async_api import Locator, expect

from ops.sim.telegram.stars import FIRST_BALANCE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
TITLE = "Premium, 30 days"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand_in() -> AsyncIterator[Stage]:
    async with stage() as ready:
        yield ready


@pytest.fixture(autouse=True)
def willing(stand_in: Stage) -> None:
    """The bot takes payments at once, until a test says otherwise."""
    stand_in.bot.refusal = None
    stand_in.bot.mute = False
    stand_in.bot.quick.set()


async def offered(chat: Chat, amount: int, *start: str) -> Locator:
    """Ask for an invoice and open its sheet."""
    await chat.ask(" ".join(["/invoice", str(amount), *start]), TITLE)
    await chat.button(f"Pay ⭐{amount}").click()
    return chat.page.get_by_role("dialog", name=TITLE)


async def confirm(sheet: Locator) -> None:
    await sheet.get_by_role("button", name="Confirm and pay").click()


async def test_a_payment_is_confirmed_checked_and_leaves_a_receipt(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        sheet = await offered(chat, 1200)
        bubble = chat.bubbles.last
        await expect(bubble).to_contain_text("Live accounts, strategies and signals")
        await expect(bubble.locator(".invoice-price")).to_contain_text("1,200 Stars")
        await expect(sheet.locator("dd")).to_have_text(["Perpdesk", re.compile("100,000 Stars")])
        stand_in.bot.quick.clear()
        await confirm(sheet)
        await expect(sheet.get_by_role("button", name="Confirm and pay")).to_have_attribute("aria-busy", "true")
        await expect(sheet.get_by_text("Perpdesk checks the order…")).to_be_visible()
        assert stand_in.world.users[anna].stars == FIRST_BALANCE
        stand_in.bot.quick.set()
        await expect(sheet.locator(".pay-result")).to_contain_text("Paid 1,200")
        await expect(sheet).to_contain_text("98,800 Stars left")
        await expect(sheet.get_by_role("button", name="Done")).to_be_focused()
        await chat.page.keyboard.press("Enter")
        await expect(sheet).to_be_hidden()
        receipt = chat.box.locator(".receipt")
        await expect(receipt).to_contain_text("You paid 1,200")
        await receipt.get_by_role("button", name="Copy the receipt number").click()
        charge = stand_in.bot.charges[-1]["telegram_payment_charge_id"]
        assert await chat.page.evaluate("navigator.clipboard.readText()") == charge
    assert stand_in.world.users[anna].stars == FIRST_BALANCE - 1200


async def test_the_same_invoice_is_paid_again_and_a_refund_is_shown(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        sheet = await offered(chat, 50)
        for count in (1, 2):
            await confirm(sheet)
            await sheet.get_by_role("button", name="Done").click()
            await expect(chat.box.locator(".receipt.paid")).to_have_count(count)
            if count == 1:
                await chat.button("Pay ⭐50").click()
        await chat.say("/refund")
        await expect(chat.box.locator(".receipt.returned")).to_contain_text("Perpdesk gave back 50")
    assert stand_in.world.users[anna].stars == FIRST_BALANCE - 50


async def test_a_refusal_shows_what_the_bot_says_and_can_be_tried_again(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        sheet = await offered(chat, 70)
        stand_in.bot.refusal = "This offer is <b>no longer</b> open."
        await confirm(sheet)
        await expect(sheet).to_contain_text("Perpdesk did not take the payment")
        await expect(sheet).to_contain_text("This offer is <b>no longer</b> open.")
        await expect(sheet).to_contain_text("No Stars were taken.")
        await expect(chat.box.locator(".receipt")).to_have_count(0)
        stand_in.bot.refusal = None
        await sheet.get_by_role("button", name="Try again").click()
        await confirm(sheet)
        await expect(sheet).to_contain_text("99,930 Stars left")


async def test_a_bot_that_does_not_answer_is_given_up_after_ten_seconds(stand_in: Stage) -> None:
    anna = stand_in.person()
    async with stand_in.chat(anna) as chat:
        sheet = await offered(chat, 70)
        stand_in.bot.mute = True
        await confirm(sheet)
        await expect(sheet).to_contain_text("Perpdesk did not answer within 10 seconds.")
        await expect(sheet).to_contain_text("No Stars were taken.")
        await sheet.get_by_text("Close", exact=True).click()
        await expect(sheet).to_be_hidden()
        await chat.ask("still here", "You said: still here")
    assert stand_in.world.users[anna].stars == FIRST_BALANCE


async def test_a_sheet_that_was_closed_tells_its_end_by_a_toast(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        sheet = await offered(chat, 70)
        stand_in.bot.quick.clear()
        await confirm(sheet)
        await chat.page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()
        stand_in.bot.quick.set()
        await expect(chat.page.locator("#toasts")).to_contain_text("Paid 70 Stars")
        await expect(chat.box.locator(".receipt")).to_be_visible()


async def test_too_few_stars_are_filled_up_on_the_spot(stand_in: Stage) -> None:
    anna = stand_in.person()
    stand_in.world.put_user(anna, first_name="Anna", stars=500)
    async with stand_in.chat(anna) as chat:
        sheet = await offered(chat, 1200)
        await expect(sheet).to_contain_text("You need 700 Stars more.")
        await expect(sheet.get_by_role("button", name="Confirm and pay")).to_have_count(0)
        await sheet.get_by_role("button", name="Get").click()
        await expect(sheet.locator("dd").last).to_contain_text("10,500 Stars")
        await confirm(sheet)
        await expect(sheet).to_contain_text("9,300 Stars left")


async def test_a_subscription_is_paid_by_its_link(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person()) as chat:
        await chat.ask("/subscription", "Monthly")
        await chat.button("Subscribe").click()
        sheet = chat.page.get_by_role("dialog", name=TITLE)
        await expect(sheet.locator(".pay-price")).to_contain_text("every 30 days")
        await confirm(sheet)
        await sheet.get_by_role("button", name="Done").click()
        await expect(chat.box.locator(".receipt")).to_contain_text("Renews by itself on")


async def test_a_forwarded_invoice_is_paid_by_another_or_leads_to_the_bot(stand_in: Stage) -> None:
    anna, boris = stand_in.person("Anna forwards"), stand_in.person("Boris pays")
    group = stand_in.group(anna, boris, title="Invoices")
    async with stand_in.chat(anna) as chat:
        for words in (["30"], ["40", "offer_40"]):
            sheet = await offered(chat, int(words[0]), *words[1:])
            await sheet.get_by_role("button", name="Close").click()
            await chat.menu(chat.box.locator(".message", has_text=TITLE).last, "Forward")
            forwarding = chat.page.get_by_role("dialog", name="Forward to")
            await forwarding.get_by_role("button", name="Invoices").click()
        await open_chat(chat.page, "Invoices")
        together = column(chat.page, group)
        await together.box.get_by_label("Write as").select_option(str(boris))
        await together.button("Pay ⭐30").click()
        sheet = chat.page.get_by_role("dialog", name=TITLE)
        await confirm(sheet)
        await sheet.get_by_role("button", name="Done").click()
        await open_chat(chat.page, "Boris pays")
        await expect(column(chat.page, boris).box.locator(".receipt")).to_contain_text("You paid 30")
        await together.button("Pay ⭐40").click()
        await expect(chat.page.locator("#toasts")).to_contain_text("Opens the private chat with the bot")
        await expect(sheet).to_be_hidden()
    assert stand_in.world.users[boris].stars == FIRST_BALANCE - 30


async def test_the_sheet_fits_a_phone(stand_in: Stage) -> None:
    async with stand_in.chat(stand_in.person(), PHONE) as chat:
        sheet = await offered(chat, 25_000)
        await confirm(sheet)
        await sheet.get_by_role("button", name="Done").click()
        await chat.say("/refund")
        await expect(chat.box.locator(".receipt.returned")).to_be_visible()
        parts = "[...document.querySelectorAll('.receipt, .invoice, .inline-button, .timeline')]"
        assert await chat.page.evaluate(f"{parts}.filter(e => e.getBoundingClientRect().right > 360).length") == 0
        assert await chat.page.evaluate("document.documentElement.scrollWidth") == 360
        await chat.button("Pay ⭐25000").click()
        await sheet.evaluate("box => Promise.all(box.getAnimations().map(one => one.finished))")
        box = await place(sheet)
        assert (box["x"], box["width"]) == (0, 360)
        assert abs(box["y"] + box["height"] - PHONE[1]) < 1
