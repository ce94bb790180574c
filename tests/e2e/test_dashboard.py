"""The dashboard in a real browser, served by the sidecar of a bot that was put together whole."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from harness.app import TUNING, Harness
from harness.app import harness as open_harness
from harness.chat_page import DESKTOP, PHONE, chromium
from harness.waiting import LIMIT, until
from playwright.async_api import Browser, ConsoleMessage, Page, Route, expect

from bot.app import Assembly
from bot.domain.health import ReasonKind
from bot.wiring.readiness import ReasonSource
from stats_api.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TOKEN: Final = "canary-token-of-the-dashboard"
EVERY: Final = 2_000  # ms between two questions of the page
VIOLATIONS: Final = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


@dataclass(repr=False)
class Desk:
    """A bot with its sidecar listening, and a browser."""

    harness: Harness
    browser: Browser
    url: str
    problems: list[str] = field(default_factory=list)

    @property
    def assembly(self) -> Assembly:
        return self.harness.assembly

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type in {"error", "warning"}:
            self.problems.append(line.text)

    @asynccontextmanager
    async def page(
        self, size: tuple[int, int] = DESKTOP, *, scheme: str = "light", expected: str = "^$"
    ) -> AsyncIterator[Page]:
        """The dashboard in a fresh window; at its end nothing was complained of but what is expected."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
        )
        context.set_default_timeout(LIMIT * 1000)
        try:
            page = await context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda problem: self.problems.append(str(problem)))
            await page.add_init_script(VIOLATIONS)
            await page.clock.install()
            await page.goto(self.url)
            yield page
            assert await page.evaluate("violations") == []
        finally:
            await context.close()
        problems, self.problems = self.problems, []
        assert [each for each in problems if not re.search(expected, each)] == []


@asynccontextmanager
async def opened(folder: Path, browser: Browser, **changes: Any) -> AsyncIterator[Desk]:
    tuning = replace(TUNING, history_every=0.05)
    async with open_harness(folder, tuning=tuning, **changes) as made:
        made.assembly.progress.step = None
        made.assembly.progress.problems = ()
        async with serve(made.assembly.sidecar, port=0) as url:
            yield Desk(made, browser, url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def desk(browser: Browser, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path, browser) as made:
        yield made


async def test_figures_follow_what_happens(desk: Desk) -> None:
    async with desk.page() as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("All is well")
        entries = page.locator("#sizes").get_by_role("row", name="balance")
        await expect(entries).to_contain_text("0 / 1,000")
        anna = desk.harness.person()
        for text in ("/start", "/balance", "/balance"):
            await anna.say(text)
        await page.clock.run_for(EVERY)
        await expect(entries).to_contain_text("1 / 1,000")
        cache = desk.assembly.reads.stats()
        (balance,) = [region for region in cache if region.name == "balance"]
        assert balance.hit_rate is not None
        tile = page.locator('#rates [data-name="balance"]')
        await expect(tile.locator("b")).to_have_text(f"{balance.hit_rate * 100:.0f} %")
        await expect(tile).to_contain_text("70–85 %")
        first = await page.locator("#rates li").evaluate_all(
            "items => items.slice(0, 4).map(item => item.dataset.name)"
        )
        assert set(first) == {"user_config", "balance", "position", "market_data"}


async def sampled(desk: Desk) -> None:
    """Wait until the history has a sample of this moment."""

    async def is_there() -> bool:
        async with ClientSession() as session, session.get(f"{desk.url}/api/stats/history") as answer:
            return desk.harness.clock.now() in (await answer.json())["at"]

    await until(is_there, what="a sample of this moment")


async def test_lines_grow_and_say_when_they_are_whole(desk: Desk) -> None:
    async with desk.page() as page:
        await expect(page.locator("#span")).to_have_text("since 08:53, whole at 09:53 UTC")
        anna = desk.harness.person()
        await anna.say("/start")
        for _ in range(3):
            desk.harness.clock.advance(0.1)  # no more than three samples' time: more is a gap
            await anna.say("/balance")
            await sampled(desk)
        await page.reload()
        line = page.get_by_role("img", name="Hit rate of balance")
        await expect(line.locator(".trace")).to_have_attribute("d", re.compile(r"^M\S+ \S+L"))
        await expect(line.locator(".band")).to_have_count(1)
        await expect(page.get_by_role("img", name="Hit rate of license").locator(".band")).to_have_count(0)


async def test_what_is_wrong_is_told_in_words_and_since_when(desk: Desk) -> None:
    async with desk.page() as page:
        await expect(page.get_by_role("status")).to_have_text("All is well")
        texts: tuple[str, ...] = ("Telegram gives no updates: Timed out", "Telegram floods")
        desk.assembly.progress.problems = (ReasonSource(ReasonKind.TELEGRAM, lambda: texts),)
        await page.clock.run_for(EVERY)
        await expect(page.get_by_role("status")).to_have_text(f"Alarm: {texts[0]}")
        await expect(page.locator("#age")).to_contain_text("since 08:53:20 UTC")
        await expect(page.locator("#others")).to_contain_text(f"Alarm: {texts[1]}")
        await expect(page).to_have_title(f"▲ Alarm: {texts[0]} · Perpdesk")
        assert await page.locator(".shape .alarm").is_visible()
        texts = ()
        await page.clock.run_for(EVERY)
        await expect(page.get_by_role("status")).to_have_text("All is well")
        await expect(page.locator("#others li")).to_have_count(0)


async def test_a_sidecar_that_is_lost_is_told_with_the_age_of_what_is_shown(desk: Desk) -> None:
    async with desk.page(expected="ERR_CONNECTION|ERR_FAILED") as page:
        await expect(page.get_by_role("status")).to_have_text("All is well")

        async def drop(route: Route) -> None:
            await route.abort("connectionrefused")

        await page.route("**/api/**", drop)
        await page.clock.run_for(EVERY)
        await expect(page.get_by_role("status")).to_have_text("The sidecar does not answer")
        await expect(page.locator("#age")).to_have_text(re.compile(r"^since .* UTC; what stands here is \d+ s old"))
        await page.unroute("**/api/**", drop)
        await page.clock.run_for(EVERY)
        await expect(page.get_by_role("status")).to_have_text("All is well")
        await expect(page.locator("#fresh")).to_have_text("● live")


async def test_a_hidden_tab_asks_nothing_and_catches_up_when_it_is_seen(desk: Desk) -> None:
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    async with desk.page() as page:
        await expect(page.locator("#fresh")).to_have_text("● live")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.evaluate(hide, True)
        await page.wait_for_load_state("networkidle")  # an answer under way may still come
        asked.clear()
        await page.clock.run_for(10 * EVERY)
        await expect(page.locator("#fresh")).to_have_text(re.compile(r"what stands here is 2\d s old"))
        assert asked == []
        await page.evaluate(hide, False)
        await expect(page.locator("#fresh")).to_have_text("● live")
        assert asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_no_sideways_scroll_and_text_that_can_be_read(desk: Desk, scheme: str) -> None:
    async with desk.page(PHONE, scheme=scheme) as page:
        await expect(page.get_by_role("heading", name="Jobs and backups")).to_be_visible()
        await desk.harness.person().say("/start")
        await page.clock.run_for(EVERY)
        await expect(page.locator("#sizes").get_by_role("row", name="user_config")).to_contain_text("1 / 5,000")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        ratios = await page.evaluate(CONTRASTS)
        assert len(ratios) > 100
        assert [each for each in ratios if each[1] < 4.5] == []


# The contrast of every text with what lies behind it, by the formula of WCAG 2.
CONTRASTS: Final = """() => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const linear = (each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    const light = (color) => {
        const [r, g, b] = parts(color).map((each) => linear(each / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const behind = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return parts(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    const speaks = (element) => [...element.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    return [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility() && speaks(each))
        .map((each) => [each, light(getComputedStyle(each).color), light(behind(each))])
        .map(([each, front, back]) => [each.textContent, Math.max(front, back) / Math.min(front, back)]);
}"""


async def test_light_and_dark_are_two_colors(desk: Desk) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        async with desk.page(scheme=scheme) as page:
            await expect(page.get_by_role("heading", name="Money")).to_be_visible()
            grounds.append(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(set(grounds)) == 2


async def test_every_figure_has_its_name_and_every_panel_its_heading(desk: Desk) -> None:
    async with desk.page() as page:
        await expect(page.get_by_role("heading", name="Money")).to_be_visible()
        assert await page.locator("main section").count() == 9
        assert await page.locator("main").get_by_role("heading", level=2).count() == 9
        nameless = "svgs => svgs.filter(svg => svg.getAttribute('role') !== 'img' && !svg.ariaHidden).length"
        await expect(page.get_by_role("img")).not_to_have_count(0)
        assert await page.locator("svg").evaluate_all(nameless) == 0
        assert await page.locator("dd:empty").count() == 0


async def test_a_token_is_asked_for_once_and_kept_in_the_tab(browser: Browser, tmp_path: Path) -> None:
    async with opened(tmp_path, browser, stats_token=TOKEN) as desk, desk.page(expected="401") as page:
        await expect(page.get_by_role("status")).to_have_text("A token is needed")
        await expect(page.get_by_role("heading", name="Money")).to_be_hidden()
        box = page.get_by_label("The sidecar's token")
        await expect(box).to_be_focused()
        await box.fill("another")
        await box.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("That token was refused")
        await box.fill(TOKEN)
        await box.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("All is well")
        await page.reload()
        await expect(page.get_by_role("status")).to_have_text("All is well")
        assert TOKEN not in await page.content() + page.url
        assert await page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
        await page.get_by_role("button", name="Forget the token").click()
        await expect(page.get_by_role("status")).to_have_text("A token is needed")
        await expect(page.get_by_role("heading", name="Money")).to_be_hidden()
        assert await page.evaluate("sessionStorage.length") == 0
