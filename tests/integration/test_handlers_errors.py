"""What goes wrong is answered: with a sentence, with a reference that is in the log, or by another attempt."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, Harness, said
from harness.app import harness as open_harness
from harness.bot_api import Call
from harness.waiting import LIMIT
from telegram import Update
from telegram.error import NetworkError

from bot.domain.errors import ClockTrouble, ExchangeDown, OutcomeUnknown, RetryLater, StorageTrouble
from bot.domain.ids import UserId
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from handlers.core.specs import EVERYONE, command
from handlers.registry import TABLE
from handlers.table import HandlerTable


async def broken(_: Any) -> None:
    secret = "canary-in-a-local"  # noqa: F841  must not reach the log
    raise RuntimeError("the pipe burst")


async def no_disk(_: Any) -> None:
    raise StorageTrouble("disk full")


async def uncertain(_: Any) -> None:
    raise OutcomeUnknown("no answer to the write")


async def busy(_: Any) -> None:
    raise RetryLater("too many", retry_after=7)


FAULTY = HandlerTable(
    [
        command("broken", broken, access=EVERYONE),
        command("nodisk", no_disk, access=EVERYONE),
        command("uncertain", uncertain, access=EVERYONE),
        command("busy", busy, access=EVERYONE),
        *TABLE.specs,
    ]
)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    async with open_harness(tmp_path, table=FAULTY) as built:
        yield built


async def attempt(harness: Harness, raw: dict[str, Any], number: int, *, applied: bool = False) -> UpdateAttempt:
    """One attempt of a lane."""
    update_attempt = UpdateAttempt(UpdateId(1), attempt=number, applied=applied)
    token = current_attempt.set(update_attempt)
    try:
        await harness.app.process_update(Update.de_json(raw, harness.app.bot))
    finally:
        current_attempt.reset(token)
    return update_attempt


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_an_unexpected_error_gets_an_apology_with_a_reference_that_is_in_the_log(
    harness: Harness, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    bubble = await said(harness.person(language=language), "/broken")
    reference = bubble.html.partition("<code>")[2].partition("</code>")[0]
    assert len(reference) == 8
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert reference in record.getMessage()
    assert "the pipe burst" in caplog.text
    assert "the pipe burst" not in bubble.text
    assert "canary" not in caplog.text.replace('secret = "canary-in-a-local"', "")


async def test_an_error_is_left_to_the_lane_while_it_may_try_again(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    raw = anna.message("/broken")
    for number in (1, 2):
        update_attempt = await attempt(harness, raw, number)
        assert isinstance(update_attempt.failure, RuntimeError)
        assert len(anna.bubbles) == 1, "nothing is said yet"
    update_attempt = await attempt(harness, raw, 3)
    assert update_attempt.failure is None
    assert "went wrong" in anna.last.text


async def test_a_message_that_may_have_arrived_is_not_sent_again(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    anna = harness.person()
    await said(anna, "/start")
    harness.api.deaf = True
    update_attempt = await attempt(harness, anna.message("/menu"), 1)
    harness.api.deaf = False
    assert update_attempt.failure is None, "not left to the lane"
    assert len(anna.bubbles) == 2, "it did arrive; no apology below"
    assert "whether it has a message" in caplog.text


async def test_a_message_that_was_certainly_not_sent_is_left_to_the_lane(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    harness.api.refuse = lambda call: (500, "Internal Server Error") if call.method == "sendMessage" else None
    assert isinstance((await attempt(harness, anna.message("/menu"), 1)).failure, NetworkError)


async def test_what_was_applied_is_not_tried_again(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    update_attempt = await attempt(harness, anna.message("/broken"), 1, applied=True)
    assert update_attempt.failure is None
    assert "went wrong" in anna.last.text


async def test_a_persons_mistake_is_answered_at_once(harness: Harness) -> None:
    anna = harness.person()
    update_attempt = await attempt(harness, anna.message("/price nosuchcoin"), 1)
    assert update_attempt.failure is None
    assert "does not trade" in anna.last.text


async def test_a_full_disk_says_that_nothing_was_changed(harness: Harness) -> None:
    assert "nothing was changed" in (await said(harness.person(), "/nodisk")).text


async def test_an_unknown_outcome_never_reads_as_failed(harness: Harness) -> None:
    text = (await said(harness.person(), "/uncertain")).text
    assert "checking" in text
    assert "fail" not in text.lower()


async def test_too_many_calls_say_how_long(harness: Harness) -> None:
    assert "again in 7 s" in (await said(harness.person(), "/busy")).text


async def test_an_error_after_a_tap_is_answered_below_and_the_spinner_ends(harness: Harness) -> None:
    anna = harness.person()
    card = await said(anna, "/menu")
    bubble = await anna.tap("v1:do:broken", bubble=card)
    assert bubble.message_id != card.message_id
    assert "went wrong" in bubble.text
    assert len(harness.api.answered) == 1


async def test_a_guard_that_fails_lets_nothing_through(harness: Harness) -> None:
    """PTB goes on to the next group after an error unless it is stopped."""
    anna = harness.person()
    await said(anna, "/start")
    people = harness.services.people
    real = people.reads

    class Blink:
        """Reads whose user_config fails a number of times, then works again."""

        def __init__(self, failures: int) -> None:
            self.failures = failures

        async def user_config(self, user_id: UserId) -> object:
            self.failures -= 1
            if self.failures >= 0:
                raise StorageTrouble("busy")
            return await real.user_config(user_id)

    for failures in (1, 99):  # the guard's read alone; every read, the apology's own too
        people.reads = Blink(failures)  # type: ignore[assignment]  # only what is asked of it here
        before = len(anna.bubbles)
        await anna.say("/balance")
        people.reads = real
        assert len(anna.bubbles) == before + 1
        assert "nothing was changed" in anna.last.text


async def test_a_person_who_blocked_the_bot_is_no_error(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    harness.api.refuse = lambda call: (403, "Forbidden: bot was blocked by the user") if "send" in call.method else None
    raw = harness.person().message("/menu")
    update_attempt = await attempt(harness, raw, 1)
    assert update_attempt.failure is None
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_telegram_that_fails_is_asked_again_by_the_lane(harness: Harness) -> None:
    harness.api.refuse = lambda call: (500, "Internal Server Error") if "send" in call.method else None
    update_attempt = await attempt(harness, harness.person().message("/menu"), 1)
    assert update_attempt.failure is not None


async def test_html_that_telegram_cannot_read_goes_as_plain_text(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(call: Call) -> tuple[int, str] | None:
        if call.params.get("parse_mode") == "HTML":
            return 400, "Bad Request: can't parse entities: unsupported start tag"
        return None

    harness.api.refuse = refuse
    anna = harness.person()
    bubble = await said(anna, "/menu")
    assert bubble.html.startswith("Menu · Practice")
    assert "<b>" not in bubble.html
    assert "which site" in (await anna.press("Bybit keys")).html.lower() or anna.bubbles[-1].html.count("<b>") == 0
    assert "goes out without format" in caplog.text


async def test_a_press_that_was_answered_too_late_still_works(harness: Harness) -> None:
    late = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    anna = harness.person()
    await said(anna, "/menu")
    harness.api.refuse = lambda call: late if call.method == "answerCallbackQuery" else None
    assert "Balance · Practice" in (await anna.press("Balance")).text


async def test_every_press_is_answered_before_anything_else(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/menu")
    harness.api.calls.clear()
    await anna.press("Balance")
    assert [call.method for call in harness.api.calls] == ["answerCallbackQuery", "editMessageText"]


async def test_a_lost_answer_to_a_press_does_not_hold_the_screen(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/menu")
    harness.api.hold = "answerCallbackQuery"
    async with asyncio.timeout(LIMIT):
        assert "Balance · Practice" in (await anna.press("Balance")).text
    assert not harness.api.answered
    harness.api.held.set()
    await harness.settle()
    assert len(harness.api.answered) == 1


@pytest.mark.parametrize(("failures", "answered"), [(1, 1), (2, 0)])
async def test_a_press_that_failed_to_be_answered_is_answered_once_more(
    harness: Harness, failures: int, answered: int
) -> None:
    left = failures

    def fail(call: Call) -> tuple[int, str] | None:
        nonlocal left
        if call.method != "answerCallbackQuery" or not left:
            return None
        left -= 1
        return (500, "Internal Server Error")

    anna = harness.person()
    await said(anna, "/menu")
    harness.api.refuse = fail
    assert "Balance · Practice" in (await anna.press("Balance")).text
    await harness.settle()
    assert len(harness.api.answered) == answered
    assert len(harness.api.made("answerCallbackQuery")) == 2


async def test_a_stale_or_invented_button_brings_the_menu(harness: Harness) -> None:
    for number, data in enumerate(
        ["v1:nosuch:1", "v0:bal:1", "v1:bal:999", "x", "t:" + "A" * 22, "t:short", "v1:do:nosuch", "v1:do:ban"]
    ):
        anna = harness.person(ANNA + number)
        card = await said(anna, "/balance")
        bubble = await anna.tap(data, bubble=card)
        assert "used or too old" in bubble.text, data
        assert "Positions" in bubble.labels, data
        assert "Balance" in (await anna.press("Balance", bubble=bubble)).text, data


async def test_a_press_on_an_inaccessible_card_is_answered(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    raw = anna.callback("v1:do:menu", None)
    raw["callback_query"]["message"] = {"chat": {"id": ANNA, "type": "private"}, "message_id": 3, "date": 0}
    await harness.feed(raw)
    assert "Menu" in anna.last.text
    await harness.feed(anna.callback("v1:do:menu", None))
    assert "Menu" in anna.last.text


@pytest.mark.parametrize("trouble", [ExchangeDown("x"), ClockTrouble("x")])
async def test_a_screen_without_any_data_is_still_a_screen(harness: Harness, trouble: Exception) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    harness.assembly.reads.invalidate_user_caches(ANNA)
    harness.clock.advance(3_600)  # what was known of prices is too old to be shown
    harness.assembly.reads.sweep()
    harness.bybit.trouble = trouble  # type: ignore[assignment]  # both are ExchangeErrors
    for text in ("/price btc", "/book btc", "/symbols", "/positions", "/orders", "/fills"):
        bubble = await said(anna, text)
        await harness.settle()
        assert "⚠️" in bubble.text, text
        assert any("Refresh" in label for label in bubble.labels), text
    assert "Hi Anna" in (await said(harness.person(1005), "/start")).text
