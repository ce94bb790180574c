"""A broadcast from its text to its report: previewed, aimed, sent at a rate, stopped, over restarts and refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, TEXTS, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import Bubble, Call
from telegram.ext import ExtBot

from bot.chat.broadcaster import Broadcaster
from bot.chat.rate_limiter import SendPriority
from bot.domain.broadcasts import Delivery
from bot.domain.errors import NothingDone
from bot.domain.ids import ChatId, UserId
from bot.domain.users import Language, Role
from bot.services.admin.broadcasts import BroadcastJob
from bot.wiring.chat import listener_of
from handlers.outbox_messages import OutboxTexts

PEOPLE = range(2000, 2030)


class PlainBot:
    """The bot without PTB's limiter, which is another test's business."""

    def __init__(self, telegram: ExtBot[None]) -> None:
        self._telegram = telegram
        self.priorities: list[object] = []

    async def send_message(self, chat_id: int, text: str, *, rate_limit_args: object, **options: object) -> object:
        self.priorities.append(rate_limit_args)
        return await self._telegram.send_message(chat_id, text, **options)  # type: ignore[arg-type]  # passed through


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """The owner and 30 people, ten of each language; the PIN was entered just now."""
    async with open_harness(tmp_path) as built:
        await built.person(OWNER, name="Olga").say("/start")
        built.clock.advance(1)
        for number, user_id in enumerate(PEOPLE):
            await built.person(user_id, language=list(Language)[number % 3]).say("/start")
        built.services.pin._open(OWNER)
        await built.person(OWNER).say("/pin")
        yield built


def job(harness: Harness, *, batch: int = 20) -> BroadcastJob:
    """A new one, as after a restart."""
    return replace(harness.job(BroadcastJob), batch=batch)


async def sent_to_all(work: BroadcastJob) -> None:
    """Every round until nothing is being sent; a broadcast that does not get on is found out."""
    for _ in range(20):
        with suppress(NothingDone):
            if await work.send_some() is None:
                return
    raise AssertionError("it is still being sent")


async def begin(owner: Person, text: str = "/broadcast Hello there", label: str = "Send to") -> Bubble:
    await owner.say(text)
    return await owner.press(label)


def got(harness: Harness, text: str) -> set[int]:
    return {chat for (chat, _), bubble in harness.api.bubbles.items() if bubble.text == text and chat != OWNER}


async def test_the_preview_is_what_users_get(harness: Harness, owner: Person) -> None:
    bold = [
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "text_link", "offset": 8, "length": 4, "url": "https://x.example/"},
    ]
    await owner.say("/broadcast")
    await owner.say("Hello & <b>you", entities=bold)
    preview, card = owner.bubbles[-2:]
    assert preview.html == '<b>Hello</b> &amp; <a href="https://x.example/">&lt;b&gt;y</a>ou'
    assert "31 people" in card.text
    await owner.press("Send to 31 people")
    await sent_to_all(job(harness))
    (anna,) = [bubble for bubble in harness.api.chat(2000) if bubble.text == "Hello & <b>you"]
    assert anna.html == preview.html


async def test_it_goes_to_whom_it_was_aimed_at(harness: Harness, owner: Person) -> None:
    await harness.ban(2001)
    await owner.say("/broadcast Привіт")
    card = owner.last
    await owner.press("Українська")
    assert "10 people" in card.text
    await owner.press("Premium")
    assert "nobody like that" in card.text
    assert not [label for label in card.labels if label.startswith("Send")]
    await owner.press("No license")
    await owner.press("Seen in 7 days")
    await owner.press("Send to 10 people")
    await sent_to_all(job(harness))
    assert got(harness, "Привіт") == {user_id for number, user_id in enumerate(PEOPLE) if number % 3 == 2}
    await begin(owner, "/broadcast Everybody", "Send to 30 people")
    await sent_to_all(job(harness))
    assert 2001 not in got(harness, "Everybody")


async def test_each_once_at_a_rate_with_progress_in_one_card(harness: Harness, owner: Person) -> None:
    card = await begin(owner)
    messages = len(owner.bubbles)
    work = job(harness)
    pause = await work.send_some()
    assert pause == pytest.approx(1.0), "twenty a second"
    assert len(got(harness, "Hello there")) == 19, "and the owner, who has the lowest id"
    assert "Delivered" in card.text
    assert "11" in card.text
    harness.clock.advance(3)
    await sent_to_all(work)
    assert "Broadcast: done" in card.text
    assert got(harness, "Hello there") == set(PEOPLE)
    assert len(owner.bubbles) == messages + 1, "the owner's own copy, and no other message"
    sends = [call.params["chat_id"] for call in harness.api.made("sendMessage") if call.params["text"] == "Hello there"]
    assert sorted(map(int, sends)) == sorted([OWNER, OWNER, *PEOPLE]), "the preview, then each once"
    (report,) = [row for row in await harness.rows("outbox") if row[3] == "broadcast-done"]
    assert report[1] == OWNER
    (text,) = OutboxTexts(TEXTS).render(
        "broadcast-done", {"count": "31", "blocked": "0", "failed": "0"}, Language.ENGLISH
    )
    assert "delivered to 31 people" in text.text_html


async def test_another_process_goes_on_where_the_first_was_killed(harness: Harness, owner: Person) -> None:
    await begin(owner)
    await job(harness, batch=7).send_some()
    await sent_to_all(job(harness, batch=7))  # a new one knows nothing but the tables
    sends = [call.params["chat_id"] for call in harness.api.made("sendMessage") if call.params["text"] == "Hello there"]
    assert sorted(map(int, sends)) == sorted([OWNER, OWNER, *PEOPLE])


async def test_killed_in_the_middle_it_reaches_only_those_under_way_again(harness: Harness, owner: Person) -> None:
    await begin(owner)
    sends: list[int] = []
    is_cut = asyncio.Event()

    async def deliver(user_id: UserId, _: str) -> Delivery:
        sends.append(user_id)
        if len(sends) >= 10:
            is_cut.set()
        if is_cut.is_set():
            await asyncio.Event().wait()  # the answer that a killed process never sees
        return Delivery.SENT

    first = asyncio.create_task(replace(job(harness), deliver=deliver).send_some())
    await is_cut.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    under_way = len(sends) - len([row for row in await harness.rows("broadcast_recipients") if row[2] == "sent"])
    assert under_way <= 4

    async def deliver_on(user_id: UserId, _: str) -> Delivery:
        sends.append(user_id)
        return Delivery.SENT

    await sent_to_all(replace(job(harness), deliver=deliver_on))
    assert len(sends) == 31 + under_way
    assert set(sends) == {OWNER, *PEOPLE}


async def test_blocked_undeliverable_and_later(harness: Harness, owner: Person) -> None:
    card = await begin(owner)
    down = {"is": True}

    def refuse(call: Call) -> tuple[int, str] | None:
        if call.method != "sendMessage":
            return None
        match int(call.params["chat_id"]):
            case 2000:
                return 403, "Forbidden: bot was blocked by the user"
            case 2001:
                return 400, "Bad Request: MESSAGE_INVALID"
            case 2002 if down["is"]:
                return 502, "Bad Gateway"
            case _:
                return None

    harness.api.refuse = refuse
    work = job(harness, batch=40)
    await work.send_some()
    down["is"] = False
    harness.clock.advance(3)
    await sent_to_all(work)
    assert 2002 in got(harness, "Hello there")
    rows = {row[1]: row[2] for row in await harness.rows("broadcast_recipients")}
    assert (rows[2000], rows[2001], rows[2002]) == ("blocked", "failed", "sent")
    assert "Not reached: 2000, 2001" in card.text


async def test_whoever_can_never_be_reached_ends_it_not(harness: Harness, owner: Person) -> None:
    await begin(owner)
    harness.api.refuse = lambda call: (502, "Bad Gateway") if call.params.get("chat_id") == 2005 else None
    work = job(harness, batch=40)
    await sent_to_all(work)
    (row,) = await harness.rows("broadcasts")
    assert row[6] == "done"
    assert row[10] == 1


async def test_a_batch_of_which_nobody_is_reached_is_a_failed_round(harness: Harness, owner: Person) -> None:
    await begin(owner)
    harness.api.refuse = lambda call: (502, "Bad Gateway") if call.method == "sendMessage" else None
    with pytest.raises(NothingDone, match="none of 20 messages"):
        await job(harness).send_some()


async def test_stop(harness: Harness, owner: Person) -> None:
    card = await begin(owner)
    work = job(harness, batch=5)
    await work.send_some()
    await owner.press("Stop", bubble=card)
    assert "Broadcast: stopped" in card.text
    assert await work.send_some() is None
    assert len(got(harness, "Hello there")) <= 5
    data = f"v1:bcs:{(await harness.rows('broadcasts'))[0][0]}"
    assert "not being sent" in (await owner.tap(data, bubble=card)).text
    assert [row[3] for row in await harness.rows("audit")][-2:] == ["broadcast.send", "broadcast.stop"]


async def test_it_needs_the_pin_and_goes_out_once(harness: Harness, owner: Person) -> None:
    harness.services.pin.close(UserId(OWNER))
    await owner.say("/broadcast Hello there")
    data = owner.last.button("Send to")["callback_data"]
    await owner.press("Send to")
    assert "PIN" in owner.last.text
    assert await harness.rows("broadcast_recipients") == []
    for _ in range(2):
        for digit in "271828":
            await owner.press(digit)
    assert len(await harness.rows("broadcast_recipients")) == 31
    await owner.tap(data, bubble=owner.last)
    assert len(await harness.rows("broadcasts")) == 1
    assert len(await harness.rows("broadcast_recipients")) == 31


async def test_nobody_else_may_aim_or_send_a_draft(harness: Harness, owner: Person) -> None:
    await owner.say("/broadcast Mine")
    aim = owner.last.button("Українська")["callback_data"]
    async with harness.store.begin() as unit:
        await unit.users.set_role(UserId(2000), Role.ADMIN)
    other, stranger = harness.person(2000), harness.person(2004)
    assert "can't be changed" in (await other.tap(aim, bubble=other.last)).text
    assert "устарела" in (await stranger.tap(aim, bubble=stranger.last)).text
    (row,) = await harness.rows("broadcasts")
    assert row[4] is None


@pytest.mark.parametrize("text", ["/broadcast   ", "x" * 5000])
async def test_texts_that_are_none_or_too_long(harness: Harness, owner: Person, text: str) -> None:
    bubble = await owner.say(text)
    assert bubble is not None
    assert await harness.rows("broadcasts") == []


async def test_whoever_wants_silence_gets_it_without_a_sound(harness: Harness, owner: Person) -> None:
    await harness.person(2000).say("/settings notify silent")
    await begin(owner)
    await sent_to_all(job(harness, batch=40))
    sounds = {
        int(call.params["chat_id"]): call.params.get("disable_notification")
        for call in harness.api.made("sendMessage")
        if call.params["text"] == "Hello there"
    }
    assert sounds[2000] is True
    assert sounds[2003] is None


async def test_a_broadcast_gives_way_to_everything_else(harness: Harness) -> None:
    bot = PlainBot(harness.app.bot)
    broadcaster = Broadcaster(bot, listener_of(harness.services.reads, harness.clock))  # type: ignore[arg-type]  # the one method that is called
    assert await broadcaster.deliver(UserId(ANNA), "hi") is Delivery.SENT
    assert bot.priorities == [max(SendPriority)]
    assert ChatId(BORIS) not in got(harness, "hi")
