"""/paysupport and /threads, from both ends: what a user writes, what the staff reads, and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, BORIS, OWNER, SECRET, TEXTS, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import BOT_ID, Bubble
from telegram.constants import ParseMode

from bot.domain.ids import DAY, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.users import Language, Role
from bot.services.support.support import MAX_TEXT, MOST
from handlers.outbox_messages import OutboxTexts
from handlers.support.views import MARK, THREADS_A_PAGE
from storage.chat.outbox import SqliteOutbox

VERA = UserId(1004)
PROMISES = OutboxTexts(TEXTS)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """Anna and Boris trade; the owner and Vera of support run the bot."""
    async with open_harness(tmp_path) as built:
        for user_id in (ANNA, BORIS, OWNER, VERA):
            await built.person(user_id, name={ANNA: "Anna", BORIS: "Boris"}.get(user_id, "Vera")).say("/start")
        await appoint(built, VERA, Role.SUPPORT)
        yield built


async def appoint(harness: Harness, user_id: UserId, role: Role) -> None:
    async with harness.services.people.transactions.begin() as unit:
        await unit.users.set_role(user_id, role)


async def deliver(harness: Harness) -> list[int]:
    """What the outbox does: every message that is due, in its reader's language; to whom they went."""
    outbox = SqliteOutbox(harness.database)
    readers = []
    for queued in await outbox.due(harness.clock.now(), 100):
        due_message = queued.message
        config = await harness.services.people.config(due_message.user_id)
        language = Language.ENGLISH if config is None else config.language
        for message in PROMISES.render(due_message.kind, due_message.values, language):
            await harness.app.bot.send_message(
                due_message.chat_id, message.text_html, parse_mode=ParseMode.HTML, reply_markup=message.reply_markup
            )
        await outbox.sent(queued.outbox_id, harness.clock.now())
        readers.append(int(due_message.chat_id))
    return readers


async def reply(person: Person, to: Bubble, text: str, **extra: Any) -> Bubble | None:
    """Telegram's own reply to a message of the bot."""
    replied = {
        "message_id": to.message_id,
        "date": 1_760_000_000,
        "chat": {"id": person.chat_id, "type": "private", "first_name": "Somebody"},
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "Perpdesk"},
        "text": to.text,
    }
    return await person.say(text, reply_to_message=replied, **extra)


async def asked(harness: Harness, text: str = "I paid and see no license", user_id: UserId = ANNA) -> Person:
    person = harness.person(user_id)
    await person.say(f"/paysupport {text}")
    await deliver(harness)
    return person


async def test_a_question_goes_to_everybody_who_runs_the_bot_and_its_answer_comes_back(harness: Harness) -> None:
    anna, vera = harness.person(language="en"), harness.person(VERA)
    bubble = await anna.say("/paysupport")
    assert bubble is not None
    assert "one message" in bubble.text
    bubble = await anna.say("I paid <b>500</b> Stars\nand see no license")
    assert bubble is not None
    assert bubble.text.startswith("💬 #1 Sent.")
    assert sorted(await deliver(harness)) == [OWNER, VERA]
    assert "💬 #1 A user writes" in vera.last.text
    assert "Anna · 1001" in vera.last.text
    assert "License: none · Bybit: none" in vera.last.text
    assert "Payments: none" in vera.last.text
    assert "I paid <b>500</b> Stars\nand see no license" in vera.last.text
    asks = await vera.press("Reply")
    assert "Write your answer" in asks.text
    await vera.say("It is there now. Please look at /license")
    assert vera.last.text.startswith("💬 #1 Your answer")
    assert await deliver(harness) == [ANNA, OWNER]
    assert "💬 #1 Support answers" in anna.last.text
    assert "It is there now" in anna.last.text
    await anna.press("Answer")
    assert "is open" in anna.last.text
    assert "It is there now" in anna.last.text
    assert "You · " in anna.last.text
    await anna.say("Thank you!")
    await anna.say("this is for nobody")
    assert sorted(await deliver(harness)) == [OWNER, VERA]
    assert await texts_of(harness, 1) == [
        "I paid <b>500</b> Stars\nand see no license",
        "It is there now. Please look at /license",
        "Thank you!",
    ]


async def texts_of(harness: Harness, thread: int) -> list[str]:
    return [row[4] for row in await harness.rows("support_messages") if row[1] == thread]


async def test_the_frame_is_in_the_readers_language_and_the_words_are_as_typed(harness: Harness) -> None:
    await harness.services.people.set_language(VERA, Language.UKRAINIAN)
    await asked(harness, "Where is my license?")
    assert "Пише користувач" in harness.person(VERA).last.text
    assert "Where is my license?" in harness.person(VERA).last.text
    assert "A user writes" in harness.person(OWNER).last.text


async def test_what_the_staff_is_told_helps_and_holds_no_secret(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    async with harness.services.people.transactions.begin() as unit:
        await harness.services.licenses.give(
            unit,
            ANNA,
            kind=EntryKind.GRANT,
            license_type=LicenseType.PREMIUM,
            millis=30 * DAY,
            idempotency_key="desk:1",
            actor=OWNER,
        )
    await asked(harness)
    text = harness.person(OWNER).last.text
    assert "License: Premium, until 2025-11-08" in text
    assert "Bybit: Bybit Demo" in text
    assert SECRET not in str(await harness.rows("support_messages")) + text


async def test_a_reply_by_telegrams_own_way_finds_its_thread_on_both_sides(harness: Harness) -> None:
    anna, vera = await asked(harness), harness.person(VERA)
    await asked(harness, "Boris asks, too", BORIS)
    first = next(each for each in vera.bubbles if each.text.startswith("💬 #1 "))
    bubble = await reply(vera, first, "To Anna")
    assert bubble is not None
    assert "Your answer" in bubble.text
    assert await deliver(harness) == [ANNA, OWNER]
    await reply(anna, anna.last, "Back to you")
    assert sorted(await deliver(harness)) == [OWNER, VERA]
    assert await texts_of(harness, 1) == ["I paid and see no license", "To Anna", "Back to you"]
    assert await texts_of(harness, 2) == ["Boris asks, too"]


async def test_a_reply_to_anything_else_is_no_message_of_a_thread(harness: Harness) -> None:
    anna = await asked(harness)
    await anna.say("/balance")
    await reply(anna, anna.last, "hello?")
    assert len(await harness.rows("support_messages")) == 1


@pytest.mark.parametrize("language", list(Language))
async def test_every_message_of_a_thread_begins_with_its_number(harness: Harness, language: Language) -> None:
    """Replies are found by it."""
    for user_id in (ANNA, VERA):
        await harness.services.people.set_language(user_id, language)
    anna, vera = await asked(harness), harness.person(VERA)
    assert vera.last.text.startswith(f"{MARK}1 ")
    await reply(vera, vera.last, "Answer")
    assert vera.last.text.startswith(f"{MARK}1 ")
    await deliver(harness)
    assert anna.last.text.startswith(f"{MARK}1 ")
    await anna.say("/paysupport")
    assert anna.last.text.startswith(f"{MARK}1 ")


async def test_strangers_to_a_thread_get_nothing_of_it(harness: Harness) -> None:
    """Codes can be made up: Boris tries each with Anna's number."""
    await asked(harness, "secret matters")
    boris = harness.person(BORIS)
    for data in ("v1:thr:1:0", "v1:thra:1", "v1:thrs:open:0"):
        bubble = await boris.tap(data, bubble=boris.last)
        assert "secret matters" not in bubble.text
        assert "used or too old" in bubble.text
    assert await harness.rows("dialogues") == []
    forged = Bubble(chat_id=BORIS, message_id=77, html="💬 #1 Support answers", keyboard=[])
    await reply(boris, forged, "let me in")
    assert await texts_of(harness, 1) == ["secret matters"]
    await boris.say("/threads")
    assert "don't know /threads" in boris.last.text


async def test_either_side_closes_and_the_other_is_told_once(harness: Harness) -> None:
    anna, vera = await asked(harness), harness.person(VERA)
    question = vera.last
    await vera.press("Reply")
    await vera.say("Done")
    await deliver(harness)
    await vera.press("Close", bubble=question)
    assert "#1 is closed" in vera.last.text
    assert await deliver(harness) == [ANNA, OWNER]
    assert "Support closed this thread" in anna.last.text
    await anna.press("Ask support")
    await anna.say("One more thing")
    assert await deliver(harness)
    assert await texts_of(harness, 2) == ["One more thing"]
    await reply(vera, vera.last, "Yes?")
    await deliver(harness)
    await anna.press("Close")
    assert await deliver(harness) == [VERA]
    assert "The user closed" in vera.last.text
    states = [row[2] for row in await harness.rows("support_threads")]
    assert states == ["closed", "closed"]
    actions = [(row[3], row[5]) for row in await harness.rows("audit") if row[3].startswith("support.")]
    assert actions == [
        ("support.open", "thread 1"),
        ("support.close", "thread 1"),
        ("support.open", "thread 2"),
        ("support.close", "thread 2"),
    ]
    assert "One more thing" not in str(await harness.rows("audit"))


async def test_the_others_of_the_staff_hear_who_answered_and_who_closed(harness: Harness) -> None:
    await asked(harness)
    vera, owner = harness.person(VERA, name="Vera"), harness.person(OWNER, name="Olga")
    question = vera.last
    await vera.press("Reply")
    await vera.say("It is there now")
    before = len(vera.bubbles)
    await deliver(harness)
    assert owner.last.text == "💬 #1 Vera answered\nIt is there now"
    assert len(vera.bubbles) == before, "who answered knows it"
    assert "It is there now" in (await owner.press("Thread")).text
    await reply(owner, owner.last, "And a week on top")
    await deliver(harness)
    assert vera.last.text == "💬 #1 Olga answered\nAnd a week on top"
    await vera.press("Close", bubble=question)
    await deliver(harness)
    assert owner.last.text == "💬 #1 Vera closed this thread."


async def test_a_thread_closed_before_any_answer_is_told_to_everybody_who_had_it(harness: Harness) -> None:
    anna = await asked(harness)
    await anna.press("Close")
    assert sorted(await deliver(harness)) == [OWNER, VERA]
    assert "The user closed" in harness.person(VERA).last.text


async def test_a_closed_thread_takes_no_answer(harness: Harness) -> None:
    await asked(harness)
    vera, owner = harness.person(VERA), harness.person(OWNER)
    question = vera.last
    await owner.press("Close")
    for bubble in (await vera.press("Reply", bubble=question), await reply(vera, question, "Too late")):
        assert bubble is not None
        assert "Thread #1 is closed" in bubble.text
    assert await texts_of(harness, 1) == ["I paid and see no license"]
    again = await vera.press("Close", bubble=question)
    assert "used or too old" in again.text
    assert [row[3] for row in await harness.rows("audit")].count("support.close") == 1


async def test_a_flood_is_stopped_and_time_lets_it_go_on(harness: Harness) -> None:
    anna = harness.person()
    for number in range(MOST):
        await anna.say(f"/paysupport message {number}")
    bubble = await anna.say("/paysupport one too many")
    assert bubble is not None
    assert "10 minutes" in bubble.text
    assert len(await texts_of(harness, 1)) == MOST
    harness.clock.advance(601)
    await anna.say("/paysupport now it goes")
    assert len(await texts_of(harness, 1)) == MOST + 1


async def test_too_long_and_empty_messages_are_explained_and_may_be_sent_again(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/paysupport")
    bubble = await anna.say("x" * (MAX_TEXT + 1))
    assert bubble is not None
    assert "2000 characters" in bubble.text
    bubble = await anna.send_thing(photo=[{"file_id": "1", "file_unique_id": "1", "width": 9, "height": 9}])
    assert bubble is not None
    assert "words only" in bubble.text
    await anna.say("y" * MAX_TEXT)
    assert await texts_of(harness, 1) == ["y" * MAX_TEXT]
    assert sorted(await deliver(harness)) == [OWNER, VERA]


async def test_captions_of_pictures_and_files_become_notes(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/paysupport")
    await anna.send_thing(document={"file_id": "1", "file_unique_id": "1", "file_name": "bill.pdf"}, caption="See this")
    await anna.press("Write more")
    photo = [{"file_id": "1", "file_unique_id": "1", "width": 9, "height": 9}]
    await anna.send_thing(photo=photo, caption="And that")
    assert await texts_of(harness, 1) == ["📎 bill.pdf\nSee this", "📎\nAnd that"]


async def test_a_picture_outside_such_a_dialogue_is_what_it_was(harness: Harness) -> None:
    anna = harness.person()
    await anna.press("Language", bubble=anna.last)
    bubble = await anna.send_thing(
        photo=[{"file_id": "1", "file_unique_id": "1", "width": 9, "height": 9}], caption="x"
    )
    assert bubble is not None
    assert await harness.rows("support_messages") == []


async def test_a_secret_never_reaches_a_thread(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/paysupport")
    await anna.say(f"my key is {SECRET} why does it not work")
    assert await harness.rows("support_messages") == []
    assert await deliver(harness) == []


async def test_cancel_leaves_without_a_word_sent(harness: Harness) -> None:
    anna = harness.person()
    await anna.say("/paysupport")
    await anna.press("Cancel")
    await anna.say("hello")
    assert await harness.rows("support_threads") == []


async def test_the_staff_lists_what_waits_what_is_theirs_and_what_is_closed(harness: Harness) -> None:
    for number in range(THREADS_A_PAGE + 1):
        user_id = UserId(2000 + number)
        await harness.person(user_id, name=f"User{number}").say(f"/paysupport question {number}")
        harness.clock.advance(60)
    await deliver(harness)
    vera = harness.person(VERA)
    bubble = await vera.say("/threads")
    assert bubble is not None
    assert bubble.text.index("#1 User0") < bubble.text.index("#2 User1")
    assert "#9" not in bubble.text
    bubble = await vera.press("›", bubble=bubble)
    assert "🔴 #9 User8" in bubble.text
    bubble = await vera.press("#9", bubble=bubble)
    assert "question 8" in bubble.text
    await vera.press("Reply", bubble=bubble)
    await vera.say("On it")
    bubble = await vera.press("Threads")
    assert "#1 User0" in bubble.text
    bubble = await vera.press("Mine", bubble=bubble)
    assert "#9 User8" in bubble.text
    assert "#1 " not in bubble.text
    bubble = await vera.press("#9", bubble=bubble)
    assert "On it" in bubble.text
    await vera.press("Close", bubble=bubble)
    bubble = await vera.press("Threads")
    bubble = await vera.press("Closed", bubble=bubble)
    assert "#9 User8 · closed" in bubble.text
    bubble = await vera.tap("v1:thrs:closed:7", bubble=bubble)
    assert "#9 User8 · closed" in bubble.text, "a page beyond the end is the last one"


async def test_an_admin_who_asks_is_a_user_of_his_own_thread(harness: Harness) -> None:
    vera = harness.person(VERA)
    await vera.say("/paysupport who pays me?")
    assert await deliver(harness) == [OWNER]
    owner = harness.person(OWNER)
    await reply(owner, owner.last, "I do")
    assert await deliver(harness) == [VERA]
    rows = await harness.rows("support_messages")
    assert [row[2] for row in rows] == ["user", "staff"]


async def test_the_update_is_done_in_the_commit_that_stores_its_message(harness: Harness) -> None:
    """A kill behind it replays nothing."""
    update_attempt = await harness.feed(harness.person().message("/paysupport only once"))
    assert update_attempt.applied
    assert len(await harness.rows("support_messages")) == 1


async def test_who_lost_the_role_reads_no_more(harness: Harness) -> None:
    await asked(harness)
    vera = harness.person(VERA)
    question = vera.last
    await appoint(harness, VERA, Role.USER)
    bubble = await vera.press("Reply", bubble=question)
    assert "used or too old" in bubble.text
    bubble = await vera.press("Close", bubble=question)
    assert "used or too old" in bubble.text
    assert [row[2] for row in await harness.rows("support_threads")] == ["open"]
    await asked(harness, "and now?")
    assert "and now?" not in vera.last.text
