"""The whole Telegram side over PTB's application and a server: nothing lost, nothing done twice, nothing leaked."""

import asyncio
import hmac
import logging
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from harness.app import TEXTS, entities_of
from harness.chat import TUNING, ChatProcess, echo
from harness.storage import write_protected
from harness.telegram_server import TOKEN, FakeTelegram, answers, flood, goes_silent, hangs_up, message, refusal
from harness.waiting import LIMIT, until
from telegram import Update

from bot.chat.application import running
from bot.chat.errors import AnotherBot, AnotherInstance, TokenRefused
from bot.chat.poller import PollTimes
from bot.chat.rate_limiter import TelegramRateLimits
from bot.domain.users import Language

SECRET = "Xk3vB8qLm2Zt9RwYc5Hn7Ud1Pf4Gs6Ja0KeT"


async def test_from_an_update_to_its_answer_and_its_mark(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        assert process.runtime.problems() in ((), ("Telegram has not answered yet",))
        telegram.deliver(message(5, 7, "a"), message(6, 8, "b"))
        await until(lambda: len(telegram.sent()) == 2, what="two answers")
        await until(lambda: process.runtime.stats().inbox_marker.marked == 2, what="two marks")
        assert process.runtime.problems() == ()
        stats = process.runtime.stats()
        assert (stats.inbox.accepted, stats.lanes.handled, stats.rate_limiter.calls["send", "ok"]) == (2, 2, 2)
        assert stats.poll is not None
        assert stats.poll.age_s is not None
        assert await process.inbox() == {5: "done", 6: "done"}
        assert await process.rows("SELECT user_id FROM users WHERE last_seen_ts > first_seen_ts") == [(7,), (8,)]
    assert {params["text"] for params in telegram.sent()} == {"you said a", "you said b"}


async def test_readiness_before_and_after_each_step(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).open() as process:
        assert process.runtime.problems() == ("Telegram has not been reached yet",)
        await process.runtime.connect()
        assert process.runtime.problems() == ("updates are not asked for yet",)
        await process.runtime.take_in()
        telegram.deliver(message(1, 1))
        await until(lambda: process.runtime.problems() == (), what="readiness")


async def test_the_first_word_with_telegram_is_patient(
    telegram: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("getMe", answers(502, "Bad Gateway"), hangs_up, answers(500, "Internal Server Error"))
    async with ChatProcess(tmp_path, telegram).open() as process:
        await asyncio.wait_for(process.runtime.connect(), LIMIT)
    assert caplog.text.count("can't be reached yet") == 1


async def test_a_refused_token_ends_the_start_and_is_named_nowhere(telegram: FakeTelegram, tmp_path: Path) -> None:
    wrong = TOKEN.replace("canary", "wrongs")
    async with ChatProcess(tmp_path, telegram, token=wrong).open() as process:
        with pytest.raises(TokenRefused) as caught:
            await process.runtime.connect()
        application = process.assembly.application
        said = "".join(traceback.format_exception(caught.value)) + repr(application) + repr(application.bot)
    assert "wrongs" not in said
    assert caught.value.__context__ is None


async def test_a_secret_survives_no_kill_and_its_sender_is_asked_again(telegram: FakeTelegram, tmp_path: Path) -> None:
    seen: list[str | None] = []

    async def stuck(update: Update) -> None:
        assert update.effective_message is not None
        seen.append(update.effective_message.text)
        await asyncio.sleep(60)

    text = f"/keys add demo AbCdEf0123456789Ab {SECRET}"
    first = ChatProcess(tmp_path, telegram, stuck)
    async with first.at_work():
        written = message(5, 7, text)
        written["message"]["entities"] = entities_of(text)
        telegram.deliver(written)
        await until(lambda: bool(seen), what="the handler at work")
        await first.runtime.lanes.drain(0)
        assert [SECRET.encode() in (body or b"") for (body,) in await first.rows("SELECT body FROM inbox")] == [False]
    assert seen == [text]
    telegram.calls.clear()  # whatever was deleted by then
    second = ChatProcess(tmp_path, telegram)
    async with second.at_work():
        await until(lambda: len(telegram.sent()) == 1, what="the message sent")
        await until(lambda: bool(telegram.sent("deleteMessage")), what="the secret gone from the chat")
    assert telegram.sent()[0]["text"] == TEXTS.plain(Language.ENGLISH, "promise-send-secret-again", {})
    place = {"chat_id": written["message"]["chat"]["id"], "message_id": written["message"]["message_id"]}
    assert {name: int(telegram.sent("deleteMessage")[0][name]) for name in place} == place


async def test_a_handler_that_fails_at_first_answers_once(telegram: FakeTelegram, tmp_path: Path) -> None:
    tries = Counter[int]()

    async def handler(update: Update) -> None:
        tries[update.update_id] += 1
        if tries[update.update_id] < 3:
            raise RuntimeError("not yet")
        await echo(update)

    async with ChatProcess(tmp_path, telegram, handler).at_work() as process:
        telegram.deliver(message(5, 7))
        await until(lambda: process.runtime.stats().inbox_marker.marked == 1, what="the mark")
    assert len(telegram.sent()) == 1
    assert tries == {5: 3}


async def test_while_the_disk_refuses_updates_stay_with_telegram(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        async with write_protected(process.assembly.storage.database):
            telegram.deliver(message(5, 7))
            await until(
                lambda: (
                    process.runtime.problems()
                    == (
                        "updates can't be stored: the database can't be written (attempt to write a readonly database)",
                    )
                ),
                what="the disk's refusal in the readiness",
            )
            assert telegram.confirmed == 0
        await until(lambda: telegram.confirmed == 6, what="the confirmation")
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        assert process.runtime.problems() == ()
    assert len(telegram.sent()) == 1


async def test_a_deaf_connection_is_replaced_and_the_updates_come_in(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.fail("getUpdates", goes_silent(60))
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        stats = process.runtime.stats().poll
        assert stats is not None
        assert stats.renewals >= 1


async def test_of_two_instances_the_newcomer_gives_way(telegram: FakeTelegram, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settled = PollTimes(long_poll=1, back_off=0.01, conflict_grace=0.5, established=0.1, established_grace=LIMIT)
    async with ChatProcess(tmp_path, telegram, tuning=replace(TUNING, poll_times=settled)).at_work() as old:
        await until(lambda: old.runtime.problems() == (), what="readiness of the old one")
        await asyncio.sleep(0.3)  # longer than it takes to count as established
        async with ChatProcess(elsewhere, telegram).at_work() as new:
            with pytest.raises(AnotherInstance):
                await asyncio.wait_for(new.runtime.ended(), LIMIT)
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        assert (await old.inbox()).keys() == {5}


async def test_a_token_refused_at_run_time_is_a_reason_and_no_end(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        telegram.fail("getUpdates", *[answers(401, "Unauthorized")] * 40)
        await until(lambda: "Telegram gives no updates: Unauthorized" in process.runtime.problems(), what="the reason")
        telegram.deliver(message(5, 7, "a"))
        await until(telegram.sent, what="the answer")
        await until(lambda: process.runtime.problems() == (), what="readiness")


async def test_a_restart_while_telegram_refuses_a_token_that_it_took_waits(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    """Telegram says 401 and 404 of good tokens for minutes."""
    async with ChatProcess(tmp_path, telegram).at_work():
        pass
    telegram.fail("getMe", answers(401, "Unauthorized"), answers(404, "Not Found"), answers(404, "Not Found"))
    async with ChatProcess(tmp_path, telegram).open() as process:
        connecting = asyncio.create_task(process.runtime.connect())
        await until(
            lambda: process.runtime.problems() == ("Telegram has not been reached yet: Unauthorized",),
            what="the reason",
        )
        await asyncio.wait_for(connecting, LIMIT)


@pytest.mark.parametrize("refused", [(401, "Unauthorized"), (404, "Not Found"), (502, "Bad Gateway")])
async def test_an_answer_waits_for_as_long_as_telegram_takes_nothing(
    telegram: FakeTelegram, tmp_path: Path, refused: tuple[int, str]
) -> None:
    telegram.fail("sendMessage", *[answers(*refused)] * 12)
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        telegram.deliver(message(5, 7, "a"))
        await until(lambda: process.runtime.stats().inbox_marker.marked == 1, what="the mark")
        assert await process.inbox() == {5: "done"}
        assert [params["text"] for params in telegram.sent()][-1] == "you said a"


async def test_another_bots_token_is_refused_before_telegram_is_asked(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        own = process.assembly.application.bot.id
    asked = len(telegram.calls)
    async with ChatProcess(tmp_path, telegram, token="999:another").open() as process:
        with pytest.raises(AnotherBot, match=f"database is that of bot {own} and the token is of bot 999"):
            await process.runtime.connect()
    assert len(telegram.calls) == asked


async def test_the_token_stands_in_no_column(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        ((bot_id, salt, mac),) = await process.rows("SELECT bot_id, salt, token_mac FROM known_bot")
    assert str(bot_id) == TOKEN.partition(":")[0]
    assert mac == hmac.digest(salt, TOKEN.encode(), "sha256")


async def test_who_wrote_in_a_gap_is_told_of_it_once_and_answered(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        telegram.deliver(message(5, 7, "before"))
        await until(telegram.sent, what="the first answer")
        await until(lambda: process.runtime.stats().inbox_marker.marked == 1, what="its mark")
    async with ChatProcess(tmp_path, telegram).open() as process:
        await process.assembly.storage.database.fetch("SELECT 1")
        async with process.assembly.storage.database.transaction() as transaction:
            await transaction.fetch("UPDATE known_bot SET heard_ts = heard_ts - 600000 RETURNING 1", ())
    telegram.deliver(message(6, 7, "/price btc"), message(7, 7, "GOLD-2026-XYZ please"), message(8, 8, "hello"))
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        await until(lambda: len(telegram.sent()) == 6, what="three answers and two words of the gap")
        said = [params["text"] for params in telegram.sent() if params["text"].startswith("I was deaf")]
    assert len(said) == 2
    assert sum("• /price btc\n• … please\n" in text for text in said) == 1
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        await until(lambda: process.runtime.problems() == (), what="readiness")
        assert await process.rows("SELECT count(*) FROM outbox WHERE kind = 'deaf'") == [(2,)]


async def test_a_storm_of_429_loses_and_doubles_no_answer(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.limit, telegram.retry_after = (30, 0.3), 0.2
    telegram.chat_limit = (2, 0.2)

    def refuse(_: object) -> web.Response:
        telegram.calls.pop()  # what is refused was not sent
        return flood(0.2)

    telegram.fail("sendMessage", *[refuse] * 5)  # a slow machine may not reach the limits by itself
    tuning = replace(TUNING, telegram_rates=TelegramRateLimits(per_second=90))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:
        telegram.deliver(*(message(number, 1 + number % 100, str(number)) for number in range(200)))
        await until(lambda: len(telegram.sent()) == 200, what="every answer")
        assert process.runtime.stats().rate_limiter.floods > 0
        await process.runtime.drain(5)
    assert Counter(params["text"] for params in telegram.sent()) == Counter(f"you said {n}" for n in range(200))


async def test_one_users_flood_is_told_once_and_others_are_served(telegram: FakeTelegram, tmp_path: Path) -> None:
    async def handler(update: Update) -> None:
        await asyncio.sleep(0.01)
        await echo(update)

    async with ChatProcess(tmp_path, telegram, handler).at_work() as process:
        telegram.deliver(*(message(number, 1, "flood") for number in range(95)), message(200, 2, "one"))
        await until(lambda: process.runtime.stats().inbox_marker.marked == 61, what="every mark")
        await process.runtime.drain(5)
    texts = Counter(params["text"] for params in telegram.sent())
    assert texts[TEXTS.plain(Language.ENGLISH, "promise-too-fast", {})] == 1
    assert texts["you said one"] == 1
    assert texts["you said flood"] == 60


async def test_stopping_lets_the_running_end_and_leaves_the_rest_to_the_next_start(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    stopping, never = asyncio.Event(), asyncio.Event()

    async def handler(update: Update) -> None:
        await (stopping if update.update_id == 1 else never).wait()
        await echo(update)

    first = ChatProcess(tmp_path, telegram, handler)
    async with first.at_work():
        telegram.deliver(message(1, 1, "short"), message(2, 2, "long"))
        await until(lambda: first.runtime.stats().lanes.running == 2, what="both handlers at work")
        await first.runtime.stop_intake()
        telegram.deliver(message(3, 3, "after"))
        stopping.set()
        await until(lambda: len(telegram.sent()) == 1, what="the short one's answer")
        assert await first.runtime.drain(0.5) == 1
        await first.runtime.marker.flush()
        assert await first.inbox() == {1: "done", 2: "new"}
    assert [params["text"] for params in telegram.sent()] == ["you said short"]
    second = ChatProcess(tmp_path, telegram)
    async with second.at_work():
        await until(lambda: len(telegram.sent()) == 3, what="three answers")
    assert [params["text"] for params in telegram.sent()] == ["you said short", "you said long", "you said after"]


async def test_a_task_that_a_handler_left_does_not_hold_the_stop_up(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).open() as process:
        await process.assembly.application.initialize()
        async with running(process.assembly.application, patience_s=0.05):
            left = process.assembly.application.create_task(asyncio.sleep(60))
    assert left.cancelled()


async def test_the_token_is_in_no_log_at_debug(
    telegram: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def page(request: web.Request) -> web.Response:
        return web.Response(status=502, text=f"<p>{request.raw_path}</p>", content_type="text/html")

    caplog.set_level(logging.DEBUG)

    async def handler(update: Update) -> None:
        logging.getLogger("test").debug("%r %r %s", update.get_bot(), process.assembly.application, update)
        await echo(update)

    telegram.fail("getMe", page, hangs_up)
    telegram.fail("getUpdates", page, hangs_up, answers(409, "Conflict: terminated by other getUpdates request"))
    telegram.fail("sendMessage", page, hangs_up, lambda _: refusal(400, "Bad Request: can't parse entities"))
    async with ChatProcess(tmp_path, telegram, handler).at_work() as process:
        telegram.deliver(message(5, 7), message(6, 8))
        lanes = process.runtime.stats
        await until(lambda: lanes().lanes.handled + lanes().lanes.set_aside == 2, what="both updates ended")
    assert len(caplog.records) > 8
    assert TOKEN.split(":")[1] not in caplog.text
