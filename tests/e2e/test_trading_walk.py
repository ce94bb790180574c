"""A trader's walk on the chat page of a phone, with the real bot and both stand-ins as processes: counted and timed.

Pictures of every step stay beside the test's other files, for whoever wants to look at them.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from harness.chat_page import Chat, chromium, column
from harness.waiting import CAMPAIGN_LIMIT
from playwright.async_api import Browser, expect

from ops.stack import Stack, running_stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(CAMPAIGN_LIMIT),
    pytest.mark.asyncio(loop_scope="module"),
]
PHONE = (390, 844)
MOST_TAPS, MOST_MESSAGES, MOST_SECONDS = 3, 3, 20
_WIDE = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"


@dataclass
class Trader:
    """Somebody with the page on a phone."""

    stack: Stack
    chat: Chat
    user_id: int
    pictures: Path
    taps: int = 0
    shown: int = 0

    async def tap(self, label: str, then: str) -> None:
        """Tap the newest button that begins so, and wait for a message with that text."""
        self.taps += 1
        await self.chat.box.locator(".inline-keyboard").get_by_role("button", name=label).last.click()
        await self.sees(then)

    async def say(self, text: str, then: str) -> None:
        await self.chat.say(text)
        await self.sees(then)

    async def sees(self, text: str) -> None:
        """The newest message of the bot says that, and nothing on the page is cut off or wider than the phone."""
        message = self.chat.box.locator(".message:not(.is-service)").last
        await expect(message).to_contain_text(text)
        self.shown += 1
        await self.chat.page.screenshot(path=str(self.pictures / f"{self.user_id}-{self.shown:02d}.png"))
        wide = await self.chat.box.locator(".inline-keyboard button").evaluate_all(_WIDE)
        assert wide == [], "a button's words are cut off"
        assert await self.chat.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    async def messages(self) -> int:
        """How many the bot has written."""
        return sum(each["from"]["is_bot"] for each in await self.stack.chat(self.user_id).messages())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Stack, Browser]]:
    async with chromium() as browser, running_stack(tmp_path_factory.mktemp("trading")) as stack:
        yield stack, browser
        assert '"level": "ERROR"' not in stack.log("bot")


@asynccontextmanager
async def trader(
    home: tuple[Stack, Browser], pictures: Path, user_id: int, *, language: str = "en", scheme: str = "light"
) -> AsyncIterator[Trader]:
    """Somebody new, with the page open."""
    stack, browser = home
    await stack.telegram("PUT", f"/sim/users/{user_id}", {"first_name": "Anna", "language_code": language})
    context = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=True,
        is_mobile=True,
    )
    try:
        page = await context.new_page()
        await page.goto(f"{stack.telegram_url}/?user={user_id}")
        yield Trader(stack, column(page, user_id), user_id, pictures)
    finally:
        await context.close()


async def started(person: Trader) -> None:
    person.taps += 1
    await person.chat.page.get_by_role("button", name="START").click()
    await person.sees("BTC")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_newcomer_trades_from_the_start_to_what_it_cost(
    home: tuple[Stack, Browser], tmp_path: Path, scheme: str
) -> None:
    async with trader(home, tmp_path, 8001 + (scheme == "dark"), scheme=scheme) as anna:
        began = time.monotonic()
        await started(anna)
        await anna.tap("Buy BTC $100", "Stop")
        await anna.tap("✓ Buy", "✅ Filled 0.001")
        assert time.monotonic() - began < MOST_SECONDS
        assert anna.taps <= MOST_TAPS
        assert await anna.messages() <= MOST_MESSAGES

        await anna.tap("Manage the position", "The exchange holds the stop: seen")
        assert await anna.chat.box.get_by_role("button", name="½").count() == 0, "one step can not be halved"
        await anna.say("buy btc 250$", "Margin")
        await anna.tap("✓ Buy", "✅ Filled 0.003")
        await anna.tap("Manage the position", "0.004")
        await anna.tap("Stop", "Where shall the stop stand?")
        await anna.tap("−2%", "✅ Stop")
        await anna.tap("BTC Long", "If closed now")
        await anna.tap("½", "Close 0.002")
        await anna.tap("Close 0.002", "after all fees")
        await anna.say("/close btc", "Close all of it, 0.002")
        await anna.tap("Close 0.002", "It cost: fees")
        await anna.say("/trades", "PnL")


@pytest.mark.parametrize(
    ("language", "text", "go_on", "buy", "filled"),
    [
        ("en", "#SOL LONG\nEntry: at market\nTP 160 170\nSL: 130", "Go on", "✓ Buy", "✅ Filled"),
        ("ru", "#SOL ЛОНГ\nВход: по рынку\nТейк: 160 / 170\nСтоп: 130", "Дальше", "✓ Купить", "✅ Исполнено"),
        ("uk", "#SOL ЛОНГ\nвхід: за ринком\nцілі: 160 170\nстоп: 130", "Далі", "✓ Купити", "✅ Виконано"),
    ],
    ids=["en", "ru", "uk"],
)
async def test_a_pasted_signal_is_two_taps_from_a_fill(
    home: tuple[Stack, Browser], tmp_path: Path, language: str, text: str, go_on: str, buy: str, filled: str
) -> None:
    user_id = {"en": 8011, "ru": 8012, "uk": 8013}[language]
    async with trader(home, tmp_path, user_id, language=language, scheme="dark") as anna:
        await started(anna)
        taps = anna.taps
        await anna.say(text, "SOLUSDT")
        await anna.tap(go_on, "SOL")
        await anna.tap(buy, filled)
        assert anna.taps - taps == 2


async def test_a_panic_closes_five_positions_with_one_tap_and_practice_begins_again(
    home: tuple[Stack, Browser], tmp_path: Path
) -> None:
    async with trader(home, tmp_path, 8021) as anna:
        await started(anna)
        for order in ("buy btc 300$", "sell eth 300$", "buy sol 200$", "sell xrp 200$", "buy doge 200$"):
            await anna.say(order, "Margin")
            await anna.tap("✓", "✅ Filled")
        await anna.say("/panic", "Close them at market?")
        taps, before = anna.taps, await anna.messages()
        await anna.tap("Close 5 positions", "after all fees")
        await anna.sees("Flat")
        assert (anna.taps - taps, await anna.messages() - before) == (1, 0)
        await anna.say("/practice reset", "Practice from the beginning")
        await anna.tap("Begin again", "10,000")
        await anna.say("/balance", "10,000.00")
