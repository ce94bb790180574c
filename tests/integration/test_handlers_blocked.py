"""Somebody blocks the bot and comes back: what is to be said to them waits, and they hear what they missed."""

from typing import Any

from harness.app import ANNA, Harness
from harness.storage import new_user

from bot.domain.chat import OutboxMessage
from bot.domain.ids import ChatId, UserId
from bot.services.users.people import KEPT_FOR_BLOCKED


def changed(harness: Harness, status: str, user_id: int = ANNA) -> dict[str, Any]:
    bot = {"user": {"id": 4242, "is_bot": True, "first_name": "P"}, "until_date": 0}
    other = "member" if status == "kicked" else "kicked"
    return {
        "update_id": next(harness.update_ids),
        "my_chat_member": {
            "chat": {"id": user_id, "type": "private", "first_name": "Anna"},
            "from": {"id": user_id, "is_bot": False, "first_name": "Anna"},
            "date": 1_760_000_000,
            "old_chat_member": bot | {"status": other},
            "new_chat_member": bot | {"status": status},
        },
    }


async def enqueue(harness: Harness, *numbers: int) -> None:
    for number in numbers:
        message = OutboxMessage(
            user_id=UserId(ANNA), chat_id=ChatId(ANNA), kind="unbanned", values={}, idempotency_key=f"test:{number}"
        )
        async with harness.store.begin_aside() as unit:
            await unit.enqueue(message, harness.clock.now())


async def test_what_is_to_be_said_to_whoever_blocked_the_bot_waits(harness: Harness) -> None:
    await harness.services.people.welcome(new_user(ANNA))
    await harness.feed(changed(harness, "kicked"))
    await enqueue(harness, 1, 2)
    assert await harness.queued() == ()
    harness.clock.advance(1_020)
    await harness.feed(changed(harness, "member"))
    waiting = await harness.queued()
    assert [each.message.kind for each in waiting] == ["unbanned", "unbanned", "back"]
    assert waiting[-1].message.values["waited"] == "2"
    assert await harness.rows("bot_blocks") == []


async def test_of_very_much_that_waited_the_newest_comes_and_the_number_is_told(harness: Harness) -> None:
    await harness.services.people.welcome(new_user(ANNA))
    await harness.feed(changed(harness, "kicked"))
    await enqueue(harness, *range(30))
    await harness.feed(changed(harness, "member"))
    waiting = await harness.queued()
    keys = [each.message.idempotency_key for each in waiting if each.message.kind == "unbanned"]
    assert keys == [f"test:{number}" for number in range(30 - KEPT_FOR_BLOCKED, 30)]
    assert (waiting[-1].message.values["waited"], waiting[-1].message.values["kept"]) == ("30", str(KEPT_FOR_BLOCKED))


async def test_who_missed_nothing_hears_nothing_and_strangers_are_not_kept(harness: Harness) -> None:
    await harness.feed(changed(harness, "kicked", 999))
    assert await harness.rows("bot_blocks") == []
    await harness.services.people.welcome(new_user(ANNA))
    for _ in range(2):
        await harness.feed(changed(harness, "kicked"))
    await harness.feed(changed(harness, "member"))
    await harness.feed(changed(harness, "member"))
    assert await harness.queued() == ()
