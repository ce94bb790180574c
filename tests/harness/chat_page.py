"""Drives the chat page in Chromium as a person would: by roles, labels and keys."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import pytest
from playwright.async_api import Browser, ConsoleMessage, FloatRect, Locator, Page, async_playwright, expect

from harness.scripted_bot import ScriptedBot
from harness.waiting import LIMIT
from ops.sim.telegram.people import People
from ops.sim.telegram.server import serve
from ops.sim.telegram.world import World

CHROMIUM: Final = shutil.which("chromium", path="/usr/bin:/usr/local/bin")
FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
expect.set_options(timeout=LIMIT * 1000)

DESKTOP: Final = (1440, 900)
PHONE: Final = (360, 740)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser, or a skipped test where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=LIMIT * 1000)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(repr=False)
class Chat:
    """One column of the page."""

    page: Page
    box: Locator
    bubbles: Locator = field(init=False)
    input: Locator = field(init=False)

    def __post_init__(self) -> None:
        self.bubbles = self.box.locator(".message:not(.is-service) .bubble")
        self.input = self.box.get_by_role("textbox", name="Message")

    async def say(self, text: str) -> None:
        """Type and press Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def ask(self, command: str, answer: str) -> Locator:
        """Say it, and wait for the bot's message with that text."""
        await self.say(command)
        return await self.seen(answer)

    async def seen(self, text: str) -> Locator:
        """The newest message that holds this text, once it is there."""
        message = self.box.locator(".message", has_text=text).last
        await message.wait_for()
        return message

    def button(self, label: str) -> Locator:
        """The newest inline button of that label."""
        return self.box.locator(".inline-keyboard").get_by_role("button", name=label, exact=True).last

    async def menu(self, message: Locator, item: str) -> None:
        """Choose from the menu of a message."""
        await message.hover()
        await message.get_by_role("button", name="Message menu").click()
        await self.page.get_by_role("menuitem", name=item).click()


@dataclass
class Stage:
    """The stand-in with a bot, and the pages opened on it."""

    url: str
    world: World
    bot: ScriptedBot
    browser: Browser
    problems: list[str] = field(default_factory=list)
    """What pages complained of in their console."""
    _ids: "count[int]" = field(default_factory=lambda: count(5001))

    def person(self, name: str = "Anna", language: str = "en") -> int:
        """A new person nobody has talked to."""
        user_id = next(self._ids)
        self.world.put_user(user_id, first_name=name, language_code=language)
        return user_id

    def group(self, *members: int, title: str = "Traders") -> int:
        """A new group with the bot."""
        group_id = -next(self._ids)
        wish = {"type": "group", "title": title, "members": list(members), "bot": "member"}
        People(self.world).put_chat(group_id, self.world.bot(), wish)
        return group_id

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.problems.append(line.text)

    @contextlib.asynccontextmanager
    async def page(
        self, query: str = "", size: tuple[int, int] = DESKTOP, scheme: str = "light", *, touch: bool = False
    ) -> AsyncIterator[Page]:
        """A fresh browser window; at its end it must have had nothing to complain of."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=touch,
            is_mobile=touch,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(LIMIT * 1000)
        try:
            page = await context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda problem: self.problems.append(str(problem)))
            await page.goto(f"{self.url}/{query}")
            yield page
        finally:
            await context.close()
        problems, self.problems = self.problems, []
        assert problems == []

    @contextlib.asynccontextmanager
    async def chat(self, user_id: int, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Chat]:
        """The page open on that person's chat, which has been started."""
        async with self.page(f"?user={user_id}", size, touch=size == PHONE) as page:
            chat = column(page, user_id)
            await page.get_by_role("button", name="START").click()
            await chat.seen("Welcome")
            yield chat


async def place(element: Locator) -> FloatRect:
    """Where an element stands on the page."""
    box = await element.bounding_box()
    assert box is not None
    return box


def column(page: Page, chat_id: int) -> Chat:
    """The column of that chat."""
    return Chat(page, page.locator(f'.column[data-chat="{chat_id}"]'))


async def open_chat(page: Page, name: str) -> None:
    """Open a person or group by the strip on top, or by its list of everybody where the strip has no more room."""
    strip = page.get_by_role("navigation")
    chip = strip.get_by_role("button", name=name, exact=True)
    if await chip.count() == 0:
        await strip.get_by_role("button", name="more").click()
        everybody = page.get_by_role("dialog", name="Everybody")
        await everybody.get_by_role("searchbox").fill(name)
        chip = everybody.get_by_role("button", name=name)
    await chip.last.click()


@contextlib.asynccontextmanager
async def running(url: str) -> AsyncIterator[ScriptedBot]:
    """The scripted bot, once it listens, until the block ends."""
    bot = ScriptedBot(url)
    polling = asyncio.create_task(bot.run())
    try:
        await bot.ready.wait()
        yield bot
    finally:
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await polling


@contextlib.asynccontextmanager
async def stage(bybit_url: str | None = None) -> AsyncIterator[Stage]:
    """A stand-in on a free port with the scripted bot, and a browser."""
    world = World(limits=False)
    async with (
        chromium() as browser,
        serve(port=0, world=world, bybit_url=bybit_url) as url,
        running(url) as bot,
    ):
        yield Stage(url=url, world=world, bot=bot, browser=browser)
