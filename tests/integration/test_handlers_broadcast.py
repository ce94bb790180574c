"""A broadcast from its text to its report: previewed, aimed, sent at a rate, stopped, over restarts and refusals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_bot_api import Bubble, Call
from handlers_house import ANNA, BORIS, OWNER, TEXTS, HandlersHouse, Person, handlers_house
from telegram.ext import ExtBot

from bot.chat.broadcaster import Broadcaster
from bot.desk_parts import listener_of
from bot.domain.desk import Delivery
from bot.domain.events import RoleChanged
from bot.domain.model import ChatId, Language, Role, UserId
from bot.services.broadcasts import BroadcastJob
from handlers.broadcast import draw_progress
from handlers.views.promises import Promises
from storage.desk import SqliteDeskQueries

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
async def house(tmp_path: Path) -> AsyncIterator[HandlersHouse]:
    """The owner and 30 people, ten of each language; the PIN was entered just now."""
    async with handlers_house(tmp_path) as built:
        await built.person(OWNER, name="Olga").say("/start")
        built.clock.advance(1)
        for number, user_id in enumerate(PEOPLE):
            await built.person(user_id, language=list(Language)[number % 3]).say("/start")
        built.services.pin._open(OWNER)
        await built.person(OWNER).say("/pin")
        yield built


@pytest.fixture
def owner(house: HandlersHouse) -> Person:
    return house.person(OWNER, name="Olga")


def job(house: HandlersHouse, *, batch: int = 20) -> BroadcastJob:
    queries = SqliteDeskQueries(house.database)
    broadcaster = Broadcaster(lambda: PlainBot(house.app.bot), listener_of(house.services.reads))  # type: ignore[arg-type,return-value]  # the one method that is called
    return BroadcastJob(
        desk=house.services.broadcasts,
        queries=queries,
        transactions=house.store,
        clock=house.clock,
        deliver=broadcaster.deliver,
        draw=lambda broadcast: draw_progress(house.app, broadcast),
        batch=batch,
    )


async def sent_to_all(work: BroadcastJob) -> None:
    """Every round until nothing is being sent; a broadcast that does not get on is found out."""
    for _ in range(20):
        if await work.send_some() is None:
            return
    raise AssertionError("it is still being sent")


async def begin(owner: Person, text: str = "/broadcast Hello there", label: str = "Send to") -> Bubble:
    await owner.say(text)
    return await owner.press(label)


def got(house: HandlersHouse, text: str) -> set[int]:
    return {chat for (chat, _), bubble in house.api.bubbles.items() if bubble.text == text and chat != OWNER}


async def test_the_preview_is_what_users_get(house: HandlersHouse, owner: Person) -> None:
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
    await sent_to_all(job(house))
    (anna,) = [bubble for bubble in house.api.chat(2000) if bubble.text == "Hello & <b>you"]
    assert anna.html == preview.html


async def test_it_goes_to_whom_it_was_aimed_at(house: HandlersHouse, owner: Person) -> None:
    await house.ban(2001)
    await owner.say("/broadcast Привіт")
    card = owner.last
    await owner.press("Українська")
    assert "10 people" in card.text
    await owner.press("Premium")
    assert "nobody fits" in card.text
    assert not [label for label in card.labels if label.startswith("Send")]
    await owner.press("No license")
    await owner.press("Seen in 7 days")
    await owner.press("Send to 10 people")
    await sent_to_all(job(house))
    assert got(house, "Привіт") == {user_id for number, user_id in enumerate(PEOPLE) if number % 3 == 2}
    await begin(owner, "/broadcast Everybody", "Send to 30 people")
    await sent_to_all(job(house))
    assert 2001 not in got(house, "Everybody")


async def test_each_once_at_a_rate_with_progress_in_one_card(house: HandlersHouse, owner: Person) -> None:
    card = await begin(owner)
    messages = len(owner.bubbles)
    work = job(house)
    pause = await work.send_some()
    assert pause == pytest.approx(1.0), "twenty a second"
    assert len(got(house, "Hello there")) == 19, "and the owner, who has the lowest id"
    assert "Delivered" in card.text
    assert "11" in card.text
    house.clock.advance(3)
    await sent_to_all(work)
    assert "Broadcast: done" in card.text
    assert got(house, "Hello there") == set(PEOPLE)
    assert len(owner.bubbles) == messages + 1, "the owner's own copy, and no other message"
    sends = [call.params["chat_id"] for call in house.api.made("sendMessage") if call.params["text"] == "Hello there"]
    assert sorted(map(int, sends)) == sorted([OWNER, OWNER, *PEOPLE]), "the preview, then each once"
    (report,) = [row for row in await house.rows("outbox") if row[3] == "broadcast-done"]
    assert report[1] == OWNER
    (text,) = Promises(TEXTS).render("broadcast-done", {"count": "31", "blocked": "0", "failed": "0"}, Language.ENGLISH)
    assert "delivered to 31 people" in text.text_html


async def test_another_process_goes_on_where_the_first_was_killed(house: HandlersHouse, owner: Person) -> None:
    await begin(owner)
    await job(house, batch=7).send_some()
    await sent_to_all(job(house, batch=7))  # a new one knows nothing but the tables
    sends = [call.params["chat_id"] for call in house.api.made("sendMessage") if call.params["text"] == "Hello there"]
    assert sorted(map(int, sends)) == sorted([OWNER, OWNER, *PEOPLE])


async def test_blocked_undeliverable_and_later(house: HandlersHouse, owner: Person) -> None:
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

    house.api.refuse = refuse
    work = job(house, batch=40)
    await work.send_some()
    down["is"] = False
    house.clock.advance(3)
    await sent_to_all(work)
    assert 2002 in got(house, "Hello there")
    rows = {row[1]: row[2] for row in await house.rows("broadcast_recipients")}
    assert (rows[2000], rows[2001], rows[2002]) == ("blocked", "failed", "sent")
    assert "Not reached: 2000, 2001" in card.text


async def test_whoever_can_never_be_reached_ends_it_not(house: HandlersHouse, owner: Person) -> None:
    await begin(owner)
    house.api.refuse = lambda call: (502, "Bad Gateway") if call.params.get("chat_id") == 2005 else None
    work = job(house, batch=40)
    await sent_to_all(work)
    (row,) = await house.rows("broadcasts")
    assert row[6] == "done"
    assert row[10] == 1


async def test_nobody_reached_at_all_waits_longer(house: HandlersHouse, owner: Person) -> None:
    await begin(owner)
    house.api.refuse = lambda call: (502, "Bad Gateway") if call.method == "sendMessage" else None
    assert await job(house).send_some() == 15.0


async def test_stop(house: HandlersHouse, owner: Person) -> None:
    card = await begin(owner)
    work = job(house, batch=5)
    await work.send_some()
    await owner.press("Stop", bubble=card)
    assert "Broadcast: stopped" in card.text
    assert await work.send_some() is None
    assert len(got(house, "Hello there")) <= 5
    data = f"v1:bcs:{(await house.rows('broadcasts'))[0][0]}"
    assert "not being sent" in (await owner.tap(data, bubble=card)).text
    assert [row[3] for row in await house.rows("audit")][-2:] == ["broadcast.send", "broadcast.stop"]


async def test_it_needs_the_pin_and_goes_out_once(house: HandlersHouse, owner: Person) -> None:
    house.services.pin.close(UserId(OWNER))
    await owner.say("/broadcast Hello there")
    data = owner.last.button("Send to")["callback_data"]
    await owner.press("Send to")
    assert "PIN" in owner.last.text
    assert await house.rows("broadcast_recipients") == []
    for _ in range(2):
        for digit in "271828":
            await owner.press(digit)
    assert len(await house.rows("broadcast_recipients")) == 31
    await owner.tap(data, bubble=owner.last)
    assert len(await house.rows("broadcasts")) == 1
    assert len(await house.rows("broadcast_recipients")) == 31


async def test_nobody_else_may_aim_or_send_a_draft(house: HandlersHouse, owner: Person) -> None:
    await owner.say("/broadcast Mine")
    aim = owner.last.button("Українська")["callback_data"]
    async with house.store.begin() as unit:
        await unit.users.set_role(UserId(2000), Role.ADMIN)
        unit.record(RoleChanged(user_id=UserId(2000)))
    other, stranger = house.person(2000), house.person(2004)
    assert "can't be changed" in (await other.tap(aim, bubble=other.last)).text
    assert "устарела" in (await stranger.tap(aim, bubble=stranger.last)).text
    (row,) = await house.rows("broadcasts")
    assert row[4] is None


@pytest.mark.parametrize("text", ["/broadcast   ", "x" * 5000])
async def test_texts_that_are_none_or_too_long(house: HandlersHouse, owner: Person, text: str) -> None:
    bubble = await owner.say(text)
    assert bubble is not None
    assert await house.rows("broadcasts") == []


async def test_whoever_wants_silence_gets_it_without_a_sound(house: HandlersHouse, owner: Person) -> None:
    await house.person(2000).say("/settings notify silent")
    await begin(owner)
    await sent_to_all(job(house, batch=40))
    sounds = {
        int(call.params["chat_id"]): call.params.get("disable_notification")
        for call in house.api.made("sendMessage")
        if call.params["text"] == "Hello there"
    }
    assert sounds[2000] is True
    assert sounds[2003] is None


async def test_a_broadcast_gives_way_to_everything_else(house: HandlersHouse) -> None:
    bot = PlainBot(house.app.bot)
    broadcaster = Broadcaster(lambda: bot, listener_of(house.services.reads))  # type: ignore[arg-type,return-value]  # the one method that is called
    assert await broadcaster.deliver(UserId(ANNA), "hi") is Delivery.SENT
    assert bot.priorities == [3]
    assert ChatId(BORIS) not in got(house, "hi")
