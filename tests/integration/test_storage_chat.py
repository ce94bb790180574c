"""Inbox, outbox, buttons and dialogues on a real file, and what a unit of work does for the update that caused it."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, new_user, open_storage

from bot.domain.chat import Button, Dialogue, InboxState, OutboxMessage, StoredUpdate
from bot.domain.errors import ButtonExpired, StorageTrouble
from bot.domain.events import RoleChanged, UserBanned, UserConfigChanged
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.update_attempt import PressedButton, UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import STAFF, Role
from storage.chat.inbox import SqliteInbox
from storage.chat.outbox import SqliteOutbox
from storage.chat.sealed_inbox import SealedInbox

CHAT = ChatId(1001)
TOKEN = "abcdefghijklmnopqrstu-"


def update(number: int, *, user_id: UserId | None = ANNA, body: bytes | None = b'{"a":1}') -> StoredUpdate:
    return StoredUpdate(update_id=UpdateId(number), user_id=user_id, chat_id=CHAT, body=body)


def ids(*numbers: int) -> tuple[UpdateId, ...]:
    return tuple(map(UpdateId, numbers))


async def test_a_batch_is_stored_once_and_comes_back_oldest_first(tmp_path: Path) -> None:
    batch = (update(12), update(10), update(11, body=None), update(12, body=b"again"), update(13, user_id=None))
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        assert await inbox.accept(batch, NOW) == ids(12, 10, 11, 13)
        assert await inbox.accept((update(11), update(14)), NOW) == ids(14)
        assert await inbox.accept((), NOW) == ()
        waiting = await inbox.waiting()
    assert waiting == (update(10), update(11, body=None), update(12), update(13, user_id=None), update(14))
    assert [each.body for each in waiting] == [b'{"a":1}', None, b'{"a":1}', b'{"a":1}', b'{"a":1}']


async def test_an_id_far_from_the_others_is_taken_too(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        await inbox.accept((update(5), update(2**31)), NOW)
        assert await inbox.accept((update(2**31), update(4)), NOW) == ids(4)


async def test_a_batch_that_the_disk_refuses_is_not_taken_at_all(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        async with storage.database.alone() as connection:
            ((count,),) = await connection.execute_fetchall("PRAGMA page_count")
            await connection.execute_fetchall(f"PRAGMA max_page_count = {count + 2}")
        with pytest.raises(StorageTrouble, match="the disk is full"):
            await inbox.accept([update(number, body=b"x" * 3000) for number in range(50)], NOW)
        assert await inbox.waiting() == ()
        assert await inbox.accept((update(1),), NOW) == ids(1)


async def test_finished_updates_lose_their_bodies_and_their_senders_are_seen(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        await storage.user()
        await inbox.accept((update(1), update(2), update(3)), NOW)
        await inbox.finish(ids(1, 3), {ANNA: Millis(NOW + 9), BORIS: NOW}, NOW)
        await inbox.finish((), {ANNA: Millis(NOW + 5)}, NOW)
        assert await inbox.waiting() == (update(2),)
        rows = await storage.database.fetch("SELECT update_id, state, body FROM inbox WHERE state = 'done'")
        assert rows == [(1, "done", None), (3, "done", None)]
        assert await storage.database.fetch("SELECT user_id, last_seen_ts FROM users") == [(ANNA, NOW + 9)]
        assert await inbox.accept((update(1),), NOW) == ()


async def test_a_failed_update_waits_until_it_is_set_aside(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        await inbox.accept((update(1),), NOW)
        await inbox.failed(UpdateId(1), 1, set_aside=False)
        (waiting,) = await inbox.waiting()
        assert (waiting.state, waiting.attempts) == (InboxState.NEW, 1)
        await inbox.failed(UpdateId(1), 3, set_aside=True)
        assert await inbox.waiting() == ()
        assert await storage.database.fetch("SELECT state, attempts, body FROM inbox") == [("set_aside", 3, b'{"a":1}')]


async def test_old_handled_rows_are_forgotten_waiting_ones_never(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        await inbox.accept((update(1), update(2), update(3)), NOW)
        await inbox.accept((update(4),), Millis(NOW + 10))
        await inbox.finish(ids(1), {}, NOW)
        await inbox.finish(ids(4), {}, Millis(NOW + 10))
        await inbox.failed(UpdateId(2), 3, set_aside=True)
        assert await inbox.forget(NOW) == 0
        assert await inbox.forget(Millis(NOW + 10)) == 2
        assert await storage.database.fetch("SELECT update_id FROM inbox ORDER BY update_id") == [(3,), (4,)]


async def test_handled_rows_become_runs_of_numbers_that_are_known_as_before(tmp_path: Path) -> None:
    later = Millis(NOW + 60_000)
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        await inbox.accept([update(number) for number in range(1, 13)], NOW)
        await inbox.finish(ids(1, 2, 3, 5, 6, 7, 8, 10), {}, NOW)
        await inbox.finish(ids(12), {}, later)
        await inbox.failed(UpdateId(11), 3, set_aside=True)
        assert [await inbox.join(later), await inbox.join(later)] == [8, 0]
        runs = await storage.database.fetch("SELECT * FROM inbox_runs")
        assert runs == [(1, 3, NOW), (5, 8, NOW), (10, 10, NOW)]
        assert await inbox.accept([update(number) for number in range(15)], later) == ids(0, 13, 14)
        await inbox.finish(ids(4, 6, 9), {}, NOW)  # 6: marked twice
        assert await inbox.join(later) == 3
        assert await inbox.accept([update(number) for number in range(15)], later) == ()
        left = await storage.database.fetch("SELECT update_id FROM inbox ORDER BY update_id")
        assert left == [(0,), (11,), (12,), (13,), (14,)]
        assert await inbox.forget(NOW) == 0
        assert await inbox.forget(later) == len(runs) + 2 + 1, "with the runs of 4 and 9, and what was set aside"
        assert await inbox.accept([update(7)], later) == ids(7)


async def test_a_day_of_ten_updates_a_second_is_next_to_nothing(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        for first in range(0, 12_000, 600):
            await inbox.accept([update(first + number) for number in range(600)], NOW)
            await inbox.finish(ids(*range(first, first + 600)), {}, Millis(NOW + first))
        while await inbox.join(Millis(NOW + 60_000)):
            pass
        assert await storage.database.fetch("SELECT count(*) FROM inbox") == [(0,)]
        assert await storage.database.fetch("SELECT count(*) FROM inbox_runs") == [(12_000 // 2_000,)]


async def test_what_is_handled_leaves_its_room_to_what_comes(tmp_path: Path) -> None:
    """A row that only loses its body keeps the page that it stood on for itself: 5 GB in 14 days of ten a second."""
    many, batch = 4000, 40
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        ((before,),) = await storage.database.fetch("PRAGMA page_count")
        for first in range(1, many, batch):
            some = range(first, first + batch)
            await inbox.accept([update(number, body=b"x" * 430) for number in some], NOW)
            await inbox.finish(ids(*some), {}, NOW)
        ((after,),) = await storage.database.fetch("PRAGMA page_count")
        assert (after - before) * 8192 < 100 * many
        assert await inbox.accept((update(1), update(many)), NOW) == ()


async def test_the_inbox_is_what_a_plain_model_says(tmp_path: Path) -> None:
    """Hundreds of random calls beside a dictionary."""
    dice = random.Random(5)  # noqa: S311  the same calls in every run
    model: dict[int, InboxState] = {}
    async with open_storage(tmp_path) as storage:
        inbox = SqliteInbox(storage.database)
        for _ in range(300):
            some = [dice.randrange(200) for _ in range(dice.randrange(1, 12))]
            deed = dice.random()
            if deed < 0.5:
                new = await inbox.accept([update(number) for number in some], NOW)
                assert new == tuple(dict.fromkeys(number for number in some if number not in model))
                model |= dict.fromkeys(new, InboxState.NEW)
            elif deed < 0.8:
                known = [number for number in some if model.get(number) in {InboxState.NEW, InboxState.APPLIED}]
                await inbox.finish(ids(*known), {}, NOW)
                model |= dict.fromkeys(known, InboxState.DONE)
            elif some[0] in model and model[some[0]] is InboxState.NEW:
                await inbox.failed(UpdateId(some[0]), 3, set_aside=True)
                model[some[0]] = InboxState.SET_ASIDE
            waiting = [each.update_id for each in await inbox.waiting()]
            assert waiting == sorted(number for number, state in model.items() if state is InboxState.NEW)


def promise(idempotency_key: str = "c1", kind: str = "filled", **values: str) -> OutboxMessage:
    return OutboxMessage(user_id=ANNA, chat_id=CHAT, kind=kind, values=values, idempotency_key=idempotency_key)


async def promised(storage: StorageHarness, *messages: OutboxMessage, now: Millis = NOW) -> None:
    async with storage.store.begin() as unit:
        for each in messages:
            await unit.enqueue(each, now)


async def test_a_promise_is_kept_once(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        outbox = SqliteOutbox(storage.database)
        await promised(storage, promise(price="1", name="\ud800 🙂 \0"), promise(price="2"), promise(kind="stopped"))
        first, second = await outbox.due(NOW, 10)
        assert (first.message, first.attempts) == (promise(price="1", name="\ud800 🙂 \0"), 0)
        assert second.message == promise(kind="stopped")
        await outbox.sent(first.outbox_id, NOW)
        await promised(storage, promise(price="3"))
        assert [each.message for each in await outbox.due(NOW, 10)] == [promise(kind="stopped")]
        assert await storage.database.fetch("SELECT values_json FROM outbox WHERE state = 'sent'") == [("{}",)]


async def test_promises_are_due_in_their_order_and_later_ones_wait(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        outbox = SqliteOutbox(storage.database)
        await promised(storage, promise("b"), promise("c"), now=Millis(NOW + 1))
        await promised(storage, promise("a"))
        assert [each.message.idempotency_key for each in await outbox.due(Millis(NOW + 1), 10)] == ["a", "b", "c"]
        assert [each.message.idempotency_key for each in await outbox.due(Millis(NOW + 1), 2)] == ["a", "b"]
        assert [each.message.idempotency_key for each in await outbox.due(NOW, 10)] == ["a"]
        ((first, *_),) = [await outbox.due(NOW, 1)]
        await outbox.later(first.outbox_id, Millis(NOW + 100))
        assert [each.message.idempotency_key for each in await outbox.due(Millis(NOW + 99), 10)] == ["b", "c"]
        assert [each.attempts for each in await outbox.due(Millis(NOW + 100), 10)] == [0, 0, 1]


async def test_an_undeliverable_promise_is_not_tried_again(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        outbox = SqliteOutbox(storage.database)
        await promised(storage, promise())
        (queued,) = await outbox.due(NOW, 1)
        await outbox.undeliverable(queued.outbox_id, "bot was blocked by the user")
        await outbox.later(queued.outbox_id, NOW)
        await outbox.sent(queued.outbox_id, NOW)
        assert await outbox.due(Millis(NOW * 2), 10) == ()
        rows = await storage.database.fetch("SELECT state, attempts, reason FROM outbox")
        assert rows == [("undeliverable", 1, "bot was blocked by the user")]


async def test_old_settled_promises_are_forgotten_waiting_ones_never(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        outbox = SqliteOutbox(storage.database)
        await promised(storage, promise("a"), promise("b"), promise("c"))
        a, b, _ = await outbox.due(NOW, 10)
        await outbox.sent(a.outbox_id, NOW)
        await outbox.undeliverable(b.outbox_id, "gone")
        assert await outbox.forget(NOW) == 0
        assert await outbox.forget(Millis(NOW + 1)) == 2
        assert [each.message.idempotency_key for each in await outbox.due(NOW, 10)] == ["c"]


async def test_a_promise_of_a_unit_that_fails_is_none(tmp_path: Path) -> None:
    async def fail() -> None:
        async with storage.store.begin() as unit:
            await unit.enqueue(promise(), NOW)
            raise ZeroDivisionError

    async with open_storage(tmp_path) as storage:
        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await SqliteOutbox(storage.database).due(NOW, 1) == ()


def button(token: str = TOKEN, *, expires: int = NOW + 1000, **values: str) -> Button:
    return Button(token=token, user_id=ANNA, chat_id=CHAT, action="close", values=values, expires_ts=Millis(expires))


async def issue(storage: StorageHarness, *buttons: Button, now: Millis = NOW) -> None:
    async with storage.store.begin() as unit:
        await unit.buttons.add(buttons, now)


async def take(
    storage: StorageHarness, user_id: UserId = ANNA, chat_id: ChatId = CHAT, now: int = NOW
) -> Button | None:
    async with storage.store.begin() as unit:
        return await unit.buttons.take(TOKEN, user_id, chat_id, Millis(now))


async def test_a_button_works_once(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await issue(storage, button(symbol="BTCUSDT"))
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) == button(symbol="BTCUSDT")
        assert await take(storage) == button(symbol="BTCUSDT")
        assert await take(storage) is None
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) is None


async def test_a_button_is_its_owners_in_its_chat_in_its_time(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await issue(storage, button())
        wrong: list[tuple[UserId, ChatId, int]] = [
            (BORIS, CHAT, NOW),
            (ANNA, ChatId(-5), NOW),
            (ANNA, CHAT, NOW + 1000),
        ]
        for user_id, chat_id, now in wrong:
            assert await take(storage, user_id, chat_id, now) is None
            assert await storage.queries.button(TOKEN, user_id, chat_id, Millis(now)) is None
        assert await take(storage) is not None


async def test_expired_buttons_are_swept_up_by_new_ones(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await issue(storage, *(button(f"{number:022d}", expires=NOW + 5) for number in range(30)))
        await issue(storage, button(), now=Millis(NOW + 6))
        assert await storage.database.fetch("SELECT count(*) FROM buttons") == [(11,)]
        await issue(storage, now=Millis(NOW + 6))
        assert await storage.database.fetch("SELECT token FROM buttons") == [(TOKEN,)]


async def test_two_taps_at_once_are_one_press(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await issue(storage, button())
        outcomes = await asyncio.gather(*(take(storage) for _ in range(20)))
        assert [each for each in outcomes if each is not None] == [button()]


def dialogue(state: str = "site", *, expires: int = NOW + 1000, **values: str) -> Dialogue:
    return Dialogue(user_id=ANNA, dialogue="keys", version=1, state=state, values=values, expires_ts=Millis(expires))


async def test_a_user_has_one_dialogue(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        assert await storage.queries.dialogue(ANNA, NOW) is None
        for each in (dialogue("site"), dialogue("key", site="com")):
            async with storage.store.begin() as unit:
                await unit.dialogues.put(each, NOW)
            assert await storage.queries.dialogue(ANNA, NOW) == each
        assert await storage.queries.dialogue(ANNA, Millis(NOW + 1000)) is None
        assert await storage.queries.dialogue(BORIS, NOW) is None
        async with storage.store.begin() as unit:
            assert await unit.dialogues.clear(ANNA)
            assert not await unit.dialogues.clear(ANNA)
        assert await storage.queries.dialogue(ANNA, NOW) is None


async def handling(idempotency_key: UpdateAttempt, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run as the lanes do: with the update's attempt in the context."""

    async def run() -> Any:
        current_attempt.set(idempotency_key)
        return await work()

    return await asyncio.create_task(run())


async def state_of(storage: StorageHarness, number: int) -> str:
    ((state,),) = await storage.database.fetch("SELECT state FROM inbox WHERE update_id = ?", (number,))
    return str(state)


async def test_the_first_commit_marks_its_update_as_applied(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inbox, idempotency_key = SqliteInbox(storage.database), UpdateAttempt(update_id=UpdateId(7))
        await inbox.accept((update(7), update(8)), NOW)
        await handling(idempotency_key, storage.user)
        assert idempotency_key.applied
        assert (await state_of(storage, 7), await state_of(storage, 8)) == ("applied", "new")
        assert [each.state for each in await inbox.waiting()] == [InboxState.APPLIED, InboxState.NEW]
        await inbox.finish(ids(7), {}, NOW)
        await handling(UpdateAttempt(update_id=UpdateId(7)), storage.user)
        assert await state_of(storage, 7) == "done"


async def test_a_unit_that_fails_leaves_its_update_to_be_tried_again(tmp_path: Path) -> None:
    async def fail() -> None:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(), NOW)
            raise ZeroDivisionError

    async with open_storage(tmp_path) as storage:
        idempotency_key = UpdateAttempt(update_id=UpdateId(7))
        await SqliteInbox(storage.database).accept((update(7),), NOW)
        with pytest.raises(ZeroDivisionError):
            await handling(idempotency_key, fail)
        assert not idempotency_key.applied
        assert await state_of(storage, 7) == "new"


async def test_a_pressed_button_is_used_up_by_the_commit_of_its_effect(tmp_path: Path) -> None:
    async def fail() -> None:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(), NOW)
            raise ZeroDivisionError

    def press() -> UpdateAttempt:
        pressed = PressedButton(token=TOKEN, user_id=ANNA, chat_id=CHAT)
        return UpdateAttempt(update_id=UpdateId(7), pressed=pressed)

    async with open_storage(tmp_path) as storage:
        storage.clock.millis = NOW
        await issue(storage, button())
        with pytest.raises(ZeroDivisionError):
            await handling(press(), fail)
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) is not None
        idempotency_key = press()
        await handling(idempotency_key, storage.user)
        assert (idempotency_key.applied, idempotency_key.pressed) == (True, None)
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) is None
        await handling(idempotency_key, lambda: storage.user(BORIS))  # a second unit of the same press
        with pytest.raises(ButtonExpired):
            await handling(press(), lambda: storage.user(UserId(5)))
        assert await storage.queries.user_config(UserId(5)) is None


async def test_a_unit_that_wrote_nothing_leaves_its_update_and_its_button(tmp_path: Path) -> None:
    async def look() -> None:
        async with storage.store.begin() as unit:
            assert await unit.users.ensure(new_user(), NOW) is False
            assert await unit.ledger.entries(ANNA) == ()

    async with open_storage(tmp_path) as storage:
        storage.clock.millis = NOW
        await storage.user()
        await issue(storage, button())
        await SqliteInbox(storage.database).accept((update(7),), NOW)
        pressed = PressedButton(token=TOKEN, user_id=ANNA, chat_id=CHAT)
        attempt = UpdateAttempt(update_id=UpdateId(7), pressed=pressed)
        await handling(attempt, look)
        assert (attempt.applied, attempt.pressed, await state_of(storage, 7)) == (False, pressed, "new")
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) is not None
        await handling(attempt, lambda: storage.user(BORIS))
        assert (attempt.applied, attempt.pressed, await state_of(storage, 7)) == (True, None, "applied")


async def test_what_is_written_aside_touches_neither_the_update_nor_its_button(tmp_path: Path) -> None:
    async def write_aside() -> None:
        async with storage.store.begin_aside() as unit:
            await unit.users.ensure(new_user(), NOW)

    async with open_storage(tmp_path) as storage:
        storage.clock.millis = NOW
        await issue(storage, button())
        await SqliteInbox(storage.database).accept((update(7),), NOW)
        pressed = PressedButton(token=TOKEN, user_id=ANNA, chat_id=CHAT)
        attempt = UpdateAttempt(update_id=UpdateId(7), pressed=pressed)
        await handling(attempt, write_aside)
        assert (attempt.applied, attempt.pressed, await state_of(storage, 7)) == (False, pressed, "new")
        assert await storage.queries.button(TOKEN, ANNA, CHAT, NOW) is not None
        assert storage.committed == [(UserConfigChanged(user_id=ANNA),)]


async def test_events_are_told_with_the_commit_in_their_order(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(), NOW)
            await unit.users.set_banned(ANNA, banned=True)
            await unit.users.set_role(ANNA, Role.ADMIN)
            await unit.users.rename(ANNA, None, "Anna")
            assert storage.committed == []
        told = (
            UserConfigChanged(user_id=ANNA),
            UserBanned(user_id=ANNA),
            RoleChanged(user_id=ANNA),
            RoleChanged(user_id=STAFF),
        )
        assert storage.committed == [told]


async def test_a_commit_that_enqueued_is_told_after_its_drops(tmp_path: Path) -> None:
    seen: list[int] = []
    async with open_storage(tmp_path, enqueued=lambda: seen.append(len(storage.committed))) as storage:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(), NOW)
        assert seen == [], "nothing was enqueued"
        with suppress(ZeroDivisionError):
            async with storage.store.begin() as unit:
                await unit.enqueue(promise("a"), NOW)
                raise ZeroDivisionError
        assert seen == [], "it was taken back"
        async with storage.store.begin() as unit:
            await unit.enqueue(promise("a"), NOW)
            await unit.users.set_banned(ANNA, banned=True)
            assert seen == [], "it is not committed yet"
        assert seen == [2]
        async with storage.store.begin_aside() as unit:
            await unit.enqueue(promise("b"), NOW)
        assert seen == [2, 2]
        async with storage.store.begin() as unit:
            await unit.enqueue(promise("b"), NOW)
        assert seen == [2, 2], "it was there already"


async def test_a_hook_that_fails_is_logged_and_the_commit_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("hook")

    async with open_storage(tmp_path, enqueued=fail) as storage:
        await storage.user()
        async with storage.store.begin() as unit:
            await unit.enqueue(promise("a"), NOW)
        assert len(await SqliteOutbox(storage.database).due(NOW, 10)) == 1
    assert "ZeroDivisionError: hook" in caplog.text


async def test_a_drop_that_fails_is_logged_and_the_commit_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def drop() -> None:
        raise ZeroDivisionError("drop")

    async with open_storage(tmp_path) as storage:
        async with storage.database.transaction(drop) as transaction:
            await transaction.fetch("DELETE FROM buttons")
        await storage.user()
    assert "ZeroDivisionError: drop" in caplog.text


async def test_what_people_wrote_is_sealed_and_what_does_not_open_is_no_text(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        plain, secret = SqliteInbox(storage.database), bytes(range(32))
        await plain.accept((update(1),), NOW)  # by a release that did not seal
        inbox = SealedInbox(plain, secret)
        written = [update(2), replace(update(3), body=None)]
        assert await inbox.accept(written, NOW) == (2, 3)
        bodies = dict(await storage.database.fetch("SELECT update_id, body FROM inbox WHERE update_id > 1"))
        assert (bodies[2][:1], b'{"a":1}' in bodies[2], bodies[3]) == (b"\x01", False, None)
        assert [each.body for each in await inbox.waiting()] == [update(1).body, update(2).body, None]
        await storage.database.statement("UPDATE inbox SET body = ? WHERE update_id = 3", (bodies[2],))
        assert [each.body for each in await inbox.waiting()][1:] == [update(2).body, None], "another update's"
        assert [each.body for each in await SealedInbox(plain, bytes(32)).waiting()][1:] == [None, None]
