"""The way in: stored first, handed on after, taken up again after a kill."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from harness.fakes import FakeClock, MemoryInbox, MemoryOutbox, MemoryTransactions
from harness.telegram_server import message

from bot.chat.inbox import Inbox
from bot.chat.inbox_marker import InboxMarker
from bot.chat.updates import Incoming, place_in
from bot.domain.chat import InboxState, StoredUpdate
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.update_attempt import UpdateId

pytestmark = pytest.mark.virtual_time

SECRET = "Xk3vB8qLm2Zt9RwYc5Hn7Ud1Pf4Gs6Ja0KeT"


@dataclass
class Door:
    """An inbox over memory stores; `out` is what reached the lanes."""

    store: MemoryInbox = field(default_factory=MemoryInbox)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    out: list[Incoming] = field(default_factory=list)
    told: list[tuple[str, int, int]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        transactions: Any = MemoryTransactions(self.store, self.outbox)
        marker = InboxMarker(self.store, self.clock)
        self.inbox = Inbox(self.store, transactions, self.out.extend, self.tell, marker, self.clock)

    async def tell(self, kind: str, user_id: int, chat_id: int) -> None:
        self.told.append((kind, user_id, chat_id))

    def ids(self) -> list[int]:
        return [update.update_id for update in self.out]


async def test_a_batch_is_one_commit_and_reaches_the_lanes_in_order_after_it() -> None:
    door = Door()
    door.store.commit_s = 0.02
    accepting = asyncio.create_task(door.inbox.accept([message(number, 7) for number in (3, 4, 9)]))
    await asyncio.sleep(0.005)
    assert door.out == []
    await accepting
    assert door.ids() == [3, 4, 9]
    assert door.store.commits == 1
    body = door.store.rows[UpdateId(4)].body
    assert body is not None
    assert json.loads(body) == message(4, 7)


async def test_an_update_that_comes_twice_reaches_the_lanes_once() -> None:
    door = Door()
    await door.inbox.accept([message(3, 7), message(4, 7)])
    await door.inbox.accept([message(4, 7), message(2, 7)])  # a lower id is as new as a higher one
    await door.inbox.accept([message(5, 7), message(5, 7)])  # both before the commit, as a webhook's connections may
    assert door.ids() == [3, 4, 2, 5]
    stats = door.inbox.stats()
    assert (stats.received, stats.accepted, stats.duplicates) == (6, 4, 2)


async def test_a_commit_that_fails_hands_nothing_on_and_may_be_asked_again() -> None:
    door = Door()
    door.store.refuse.append(StorageTrouble("disk full"))
    with pytest.raises(StorageTrouble):
        await door.inbox.accept([message(3, 7)])
    assert door.out == []
    await door.inbox.accept([message(3, 7)])
    assert door.ids() == [3]


class SaysNoAfterwards(MemoryInbox):
    """Commits, and reports a failure all the same, once."""

    lied = False

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        new = await super().accept(updates, now)
        if not self.lied:
            self.lied = True
            raise StorageTrouble("the answer was lost")
        return new


async def test_a_commit_whose_answer_was_lost_is_not_lost_and_what_was_done_is_not_done_again() -> None:
    door = Door(store=SaysNoAfterwards())
    done = StoredUpdate(update_id=UpdateId(1), user_id=None, chat_id=None, body=None, state=InboxState.DONE)
    door.store.rows[UpdateId(1)] = done
    with pytest.raises(StorageTrouble):
        await door.inbox.accept([message(1, 7), message(2, 7)])
    await door.inbox.accept([message(1, 7), message(2, 7)])
    assert door.ids() == [2]
    await door.inbox.accept([message(2, 7)])
    assert door.ids() == [2]


async def test_a_cancelled_caller_parts_no_update_from_its_lane() -> None:
    door = Door()
    door.store.commit_s = 0.02
    accepting = asyncio.create_task(door.inbox.accept([message(3, 7)]))
    await asyncio.sleep(0.005)
    accepting.cancel()
    await asyncio.gather(accepting, return_exceptions=True)
    await door.inbox.finish_storing()
    assert door.ids() == [3]


@pytest.mark.parametrize("kind", ["message", "edited_message", "channel_post"])
async def test_a_secret_is_handed_on_whole_and_never_stored(kind: str) -> None:
    door = Door()
    raw = {"update_id": 3, kind: message(3, 7, f"/keys add demo abc {SECRET}")["message"]}
    await door.inbox.accept([raw])
    assert place_in(door.store.rows[UpdateId(3)].body or b"") == (raw[kind]["chat"]["id"], raw[kind]["message_id"])
    assert door.out[0].raw == raw
    assert SECRET not in repr(door.store.rows)


async def test_what_is_no_update_does_not_hold_the_others_up(caplog: pytest.LogCaptureFixture) -> None:
    door = Door()
    await door.inbox.accept([message(1, 7), {"update_id": "x"}, None, message(2, 7)])
    assert door.ids() == [1, 2]
    assert door.inbox.stats().unreadable == 2
    assert "could not be read" in caplog.text


async def test_an_update_nested_beyond_reason_does_not_hold_the_others_up() -> None:
    raw: dict[str, Any] = {"text": "x"}
    for _ in range(200_000):
        raw = {"x": raw}
    door = Door()
    await door.inbox.accept([{"update_id": 1, "message": raw}, message(2, 7)])
    assert door.ids() == [1, 2]
    assert door.store.rows[UpdateId(1)].body is None


def row(update_id: int, state: InboxState, *, body: bytes | None = b"", user_id: int | None = 7) -> StoredUpdate:
    found: dict[str, Any] = {"update_id": UpdateId(update_id), "user_id": user_id, "chat_id": None}
    kept = json.dumps(message(update_id, 7)).encode() if body == b"" else body
    return StoredUpdate(**found, body=kept, state=state, attempts=1)


async def test_after_a_kill_new_rows_are_handled_again_in_order_and_applied_ones_are_explained() -> None:
    door = Door()
    rows = [
        row(5, InboxState.NEW),
        row(6, InboxState.APPLIED),
        row(7, InboxState.NEW, body=None),
        row(8, InboxState.SET_ASIDE),
        row(9, InboxState.DONE, body=None),
        row(3, InboxState.NEW),
    ]
    door.store.rows = {each.update_id: each for each in rows}
    assert await door.inbox.replay() == 2
    assert [(update.update_id, update.attempts, update.received_ts) for update in door.out] == [
        (5, 1, None),
        (3, 1, None),
    ]
    messages = [
        (each.enqueue.kind, each.enqueue.chat_id, each.enqueue.idempotency_key) for each in door.outbox.rows.values()
    ]
    assert messages == [("restarted", 7, "update:6"), ("send-secret-again", 7, "update:7")]
    assert [door.store.state(number) for number in (6, 7, 8)] == [
        InboxState.DONE,
        InboxState.DONE,
        InboxState.SET_ASIDE,
    ]
    again = Door(store=door.store, outbox=door.outbox)  # a second start
    assert await again.inbox.replay() == 2
    assert len(door.outbox.rows) == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            {
                "callback_query": {
                    "from": {"id": 7},
                    "data": "t:2",
                    "message": {
                        "chat": {"id": 7},
                        "reply_markup": {
                            "inline_keyboard": [
                                [{"text": "Cancel", "callback_data": "t:1"}],
                                [{"text": "Yes, grant", "callback_data": "t:2"}],
                            ]
                        },
                    },
                }
            },
            "Yes, grant",
        ),
        ({"message": {"from": {"id": 7}, "chat": {"id": 7}, "text": "/ban 1002 why"}}, "/ban"),
        ({"message": {"from": {"id": 7}, "chat": {"id": 7}, "text": "a reason"}}, ""),
        ({"callback_query": {"from": {"id": 7}, "data": "t:2", "message": {"chat": {"id": 7}, "date": 0}}}, ""),
    ],
)
async def test_after_a_kill_the_explanation_names_what_was_done(content: dict[str, Any], what: str) -> None:
    door = Door()
    body = json.dumps({"update_id": 6, **content}).encode()
    door.store.rows = {UpdateId(6): row(6, InboxState.APPLIED, body=body)}
    await door.inbox.replay()
    (queued,) = door.outbox.rows.values()
    assert queued.enqueue.values.get("what", "") == what


async def test_a_kill_between_the_promise_and_the_mark_promises_nothing_twice() -> None:
    door = Door()
    door.store.rows = {UpdateId(number): row(number, InboxState.APPLIED) for number in (6, 7)}
    door.store.refuse = [StorageTrouble("killed here")]
    with pytest.raises(StorageTrouble):
        await door.inbox.replay()
    again = Door(store=door.store, outbox=door.outbox)
    await again.inbox.replay()
    assert [each.enqueue.idempotency_key for each in door.outbox.rows.values()] == ["update:7"]  # one message a chat
    assert door.store.state(6) is InboxState.DONE


async def test_rows_of_nobody_and_rows_beyond_reading_do_not_stop_the_start() -> None:
    door = Door()
    rows = [row(1, InboxState.APPLIED, user_id=None), row(2, InboxState.NEW, body=b"{not json"), row(3, InboxState.NEW)]
    door.store.rows = {each.update_id: each for each in rows}
    await door.inbox.replay()
    assert door.ids() == [3]
    assert door.store.state(1) is InboxState.DONE
    assert door.store.state(2) is InboxState.SET_ASIDE


async def test_a_replayed_body_keeps_the_rows_own_id() -> None:
    door = Door()
    door.store.rows = {UpdateId(5): replace(row(4, InboxState.NEW), update_id=UpdateId(5))}
    await door.inbox.replay()
    assert door.ids() == [5]


async def test_a_payment_that_was_booked_is_not_explained_after_a_restart() -> None:
    """Its receipt is an outbox message of the same transaction; "ask again" would be wrong and confuse."""
    door = Door()
    paid = message(6, 7)
    paid["message"] |= {"successful_payment": {"currency": "XTR"}}
    door.store.rows = {
        UpdateId(6): replace(row(6, InboxState.APPLIED), body=json.dumps(paid).encode()),
        UpdateId(9): replace(row(9, InboxState.NEW), body=json.dumps(paid).encode()),
    }
    assert await door.inbox.replay() == 1
    assert not door.outbox.rows
    assert door.store.state(6) is InboxState.DONE


# --- too much at once ---------------------------------------------------------------------------------------------


def written(number: int, at: int, user_id: int = 7, text: str = "hello") -> dict[str, Any]:
    """A message with Telegram's date, in seconds."""
    raw = message(number, user_id, text)
    raw["message"]["date"] = at
    return raw


async def test_of_a_sender_the_dates_of_the_last_minute_are_remembered() -> None:
    door = Door()
    for number in range(200):
        await door.inbox.accept([written(number, 1_000 + 5 * number)])
    assert door.inbox.stats().too_fast == 0
    assert [len(dates) for dates in door.inbox._limit._dates.values()] == [12]


async def test_a_flood_is_refused_before_it_is_stored_and_told_of_once() -> None:
    door = Door()
    await door.inbox.accept([written(number, 1_000) for number in range(100)])
    await door.inbox.accept([written(100, 1_059), written(101, 1_059, user_id=8)])
    await asyncio.sleep(0)
    assert door.ids() == [*range(60), 101]
    assert set(door.store.rows) == {*range(60), 101}
    assert door.told == [("too-fast", 7, 7)]
    assert door.inbox.stats().too_fast == 41
    door.clock.advance(10)
    await door.inbox.accept([written(102, 1_059)])
    await asyncio.sleep(0)
    assert len(door.told) == 2, "ten seconds after the first word"
    await door.inbox.accept([written(103, 1_060)])
    assert door.ids()[-1] == 103, "a minute after them"


async def test_a_backlog_is_no_flood() -> None:
    """Hours of messages come in at once after an outage; they are counted by when they were written."""
    door = Door()
    await door.inbox.accept([written(number, 1_000 + number * 2) for number in range(100)])
    assert len(door.out) == 100
    assert door.told == []


@pytest.mark.parametrize("text", ["/panic", "/close btc", "/cancel", "/PAUSE", "/halt"])
async def test_exits_are_heard_in_a_flood(text: str) -> None:
    door = Door()
    await door.inbox.accept([written(number, 1_000) for number in range(70)])
    await door.inbox.accept([written(70, 1_000, text=text)])
    assert door.ids()[-1] == 70


async def test_presses_and_payments_are_never_too_many() -> None:
    door = Door()
    person = {"id": 7, "is_bot": False, "first_name": "Anna"}
    presses: list[dict[str, Any]] = [
        {"update_id": number, "callback_query": {"id": str(number), "from": person, "data": "x"}}
        for number in range(100)
    ]
    paid = written(500, 1_000)
    paid["message"]["successful_payment"] = {"currency": "XTR"}
    await door.inbox.accept([*presses, *(written(number, 1_000) for number in range(200, 270)), paid])
    assert len(door.out) == 100 + 60 + 1
    assert door.ids()[-1] == 500


async def test_a_batch_that_was_not_stored_counts_for_nothing() -> None:
    door = Door()
    for _ in range(3):
        door.store.refuse.append(StorageTrouble("disk full"))
        with pytest.raises(StorageTrouble):
            await door.inbox.accept([written(number, 1_000) for number in range(60)])
    await door.inbox.accept([written(number, 1_000) for number in range(60)])
    assert len(door.out) == 60
