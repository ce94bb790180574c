"""The chat page beside the real Bybit stand-in, and when bot or stand-in come and go."""

import asyncio
import contextlib
import re

import aiohttp
import pytest
from harness.chat_page import PHONE, Stage, chromium, column, running, stage
from harness.scripted_bot import ScriptedBot
from playwright.async_api import Route, expect

from bot.exchange.bybit.key_pairs import RsaKeyPairMaker
from ops.sim.bybit.server import serve as serve_bybit
from ops.sim.telegram.server import serve
from ops.sim.telegram.world import World

pytestmark = pytest.mark.browser

COUNTDOWN = re.compile(r"Bybit is stopped, back in \d+ s")


async def test_a_demo_key_is_given_and_sent_into_the_chat() -> None:
    async with serve_bybit(port=0) as bybit, stage(bybit.url) as stack, stack.chat(stack.person("Maria")) as chat:
        panel = chat.page.get_by_role("complementary")
        await panel.get_by_role("button", name="Give me a Bybit demo key").click()
        await panel.get_by_role("button", name="Copy the secret").click()
        (account,) = bybit.world.accounts.values()
        assert await chat.page.evaluate("navigator.clipboard.readText()") == account.key.secret
        await panel.get_by_role("button", name="Send it as Maria").click()
        line = f"/keys add demo {account.key.key} {account.key.secret}"
        await chat.seen(f"You said: {line}")
        assert stack.bot.texts[-1] == line


async def test_a_public_key_is_registered_and_its_id_sent_into_the_chat() -> None:
    pem = (await RsaKeyPairMaker().make_pair()).public_pem
    async with serve_bybit(port=0) as bybit, stage(bybit.url) as stack, stack.chat(stack.person("Maria")) as chat:
        panel = chat.page.get_by_role("complementary")
        await panel.get_by_label("The bot’s public key").fill(pem)
        await panel.get_by_role("button", name="Register the public key").click()
        await panel.get_by_role("button", name="Send it as Maria").click()
        (account,) = bybit.world.accounts.values()
        assert (account.key.secret, account.key.public_key) == ("", pem.strip())
        await chat.seen(f"You said: {account.key.key}")


async def test_bybit_stops_with_a_countdown_that_every_page_shows() -> None:
    async with serve_bybit(port=0) as bybit, stage(bybit.url) as stack:
        anna = stack.person()
        async with stack.page(f"?user={anna}") as page, stack.page(f"?user={anna}") as other:
            await page.get_by_role("button", name="Stop Bybit for 30 s").click()
            for each in (page, other):
                await expect(each.get_by_role("timer")).to_have_text(COUNTDOWN)
                await expect(each.get_by_role("button", name="Stop Bybit for 30 s")).to_be_disabled()
            async with aiohttp.ClientSession() as session:
                with pytest.raises(aiohttp.ClientError):
                    await session.get(f"{bybit.url}/v5/market/time")
            shown = await page.get_by_role("timer").inner_text()
            await expect(page.get_by_role("timer")).not_to_have_text(shown)
            await expect(page.get_by_role("timer")).to_have_text(COUNTDOWN)


async def test_an_answer_from_before_the_outage_does_not_hide_it() -> None:
    fetched, released = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        fetched.set()
        await released.wait()
        await route.fulfill(response=answer)

    async with (
        serve_bybit(port=0) as bybit,
        stage(bybit.url) as stack,
        stack.page(f"?user={stack.person()}") as page,
    ):
        stop = page.get_by_role("button", name="Stop Bybit for 30 s")
        await expect(stop).to_be_enabled()
        await page.route("**/page/api/state", hold)
        stack.person("Maria")  # the page reads everybody anew
        await fetched.wait()
        await stop.click()
        await expect(page.get_by_role("timer")).to_have_text(COUNTDOWN)
        released.set()
        await expect(page.get_by_role("navigation").get_by_role("button", name="Maria")).to_be_visible()
        assert await page.get_by_role("timer").count() == 1


async def test_the_panel_works_on_a_phone() -> None:
    async with serve_bybit(port=0) as bybit, stage(bybit.url) as stack, stack.chat(stack.person(), PHONE) as chat:
        await chat.page.get_by_role("button", name="Bybit tools").click()
        panel = chat.page.get_by_role("complementary")
        await panel.get_by_role("button", name="Give me a Bybit demo key").click()
        await expect(panel.get_by_role("button", name="Send it")).to_be_visible()
        assert await chat.page.evaluate("document.documentElement.scrollWidth") == 360
        await panel.get_by_role("button", name="Send it").click()
        await expect(panel).to_be_hidden()
        await chat.seen("You said: /keys add demo")


async def test_the_page_waits_for_the_bot_and_outlives_the_stand_in() -> None:
    world = World(limits=False)
    async with chromium() as browser, contextlib.AsyncExitStack() as first_life:
        url = await first_life.enter_async_context(serve(port=0, world=world))
        stack = Stage(url=url, world=world, bot=ScriptedBot(url), browser=browser)
        anna = stack.person()
        async with stack.page(f"?user={anna}") as page:
            chat = column(page, anna)
            await expect(chat.box.get_by_text("Waiting for the bot")).to_be_visible()
            async with running(url):
                await page.get_by_role("button", name="START").click()
                await chat.seen("Welcome, Anna.")
            await first_life.aclose()
            await expect(page.get_by_text("Reconnecting…")).to_be_visible()
            async with serve(port=int(url.rpartition(":")[2]), world=world), running(url):
                await expect(page.get_by_text("Reconnecting…")).to_be_hidden()
                await chat.ask("again", "You said: again")
            stack.problems.clear()  # Chromium's console tells of each refused connection
