"""One lane a user: order, fairness, bounds, attempts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.fakes import FakeClock, MemoryInbox
from harness.telegram_server import message

from bot.chat.errors import UnreadableUpdate
from bot.chat.inbox_marker import InboxMarker
from bot.chat.lanes import LaneLimits, Lanes
from bot.chat.updates import Incoming, known
from bot.domain.chat import InboxState, OutboxMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import ChatId, UserId
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt

QUICK = LaneLimits(back_off_s=(0.01, 0.02))

pytestmark = pytest.mark.virtual_time


@dataclass
class LaneHarness:
    """Lanes over a memory inbox, with a handler that notes what it did."""

    limits: LaneLimits = QUICK
    clock: FakeClock = field(default_factory=FakeClock)
    store: MemoryInbox = field(default_factory=MemoryInbox)
    handled: list[tuple[int, str]] = field(default_factory=list)
    attempts: list[UpdateAttempt | None] = field(default_factory=list)
    told: list[tuple[str, int, int]] = field(default_factory=list)
    handler: Callable[[dict[str, Any]], Any] | None = None
    lanes: Lanes = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = InboxMarker(self.store, self.clock, every_s=0.01)
        self.lanes = Lanes(self.process, self.tell, self.ledger, self.clock, self.limits)

    async def process(self, raw: Any) -> None:
        self.attempts.append(current_attempt.get())
        if self.handler is not None:
            await self.handler(raw)
        sender = raw.get("message", raw.get("pre_checkout_query"))["from"]["id"]
        self.handled.append((sender, raw.get("message", {}).get("text", "payment")))

    async def tell(self, kind: str, user_id: UserId, chat_id: ChatId) -> None:
        self.told.append((kind, user_id, chat_id))

    async def put(self, *raws: dict[str, Any]) -> None:
        updates = known(raws, self.clock.now())
        await self.store.accept([stored(update) for update in updates], self.clock.now())
        self.lanes.put(updates)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["LaneHarness"]:
        async with self.ledger.open(), self.lanes.open():
            yield self


def stored(update: Incoming) -> Any:
    from bot.domain.chat import StoredUpdate

    return StoredUpdate(update_id=update.update_id, user_id=update.user_id, chat_id=update.chat_id, body=b"{}")


def pre_checkout(update_id: int, user_id: int) -> dict[str, Any]:
    return {"update_id": update_id, "pre_checkout_query": {"id": "1", "from": {"id": user_id}}}


async def naps(raw: dict[str, Any]) -> None:
    await asyncio.sleep(0.001 * (5 - raw["update_id"] % 5))  # the later, the quicker: order must be kept by the lane


async def test_a_users_updates_are_handled_in_order_under_concurrency() -> None:
    harness = LaneHarness(handler=naps)
    async with harness.open():
        await harness.put(*(message(number, 1 + number % 5, str(number)) for number in range(90)))
        assert await harness.lanes.drain(10) == 0
    for user in range(1, 6):
        assert [text for sender, text in harness.handled if sender == user] == [
            str(number) for number in range(90) if 1 + number % 5 == user
        ]
    assert [text for _, text in harness.handled] != [str(number) for number in range(90)]  # side by side, though


async def test_a_slow_user_delays_nobody() -> None:
    release = asyncio.Event()

    async def handler(raw: dict[str, Any]) -> None:
        if raw["message"]["from"]["id"] == 1:
            await release.wait()

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1, "slow"), *(message(number, number, "quick") for number in range(2, 50)))
        await asyncio.sleep(0.02)
        assert len(harness.handled) == 48
        release.set()
        await harness.lanes.drain(1)
    assert harness.handled[-1] == (1, "slow")


async def test_a_busy_user_shares_fairly_when_places_are_few() -> None:
    harness = LaneHarness(limits=LaneLimits(at_once=1), handler=naps)
    async with harness.open():
        await harness.put(*(message(number, 1, "flood") for number in range(20)))
        await harness.put(*(message(100 + user, user, "one") for user in range(2, 6)))
        await harness.lanes.drain(10)
    places = [place for place, (sender, _) in enumerate(harness.handled) if sender != 1]
    assert max(places) <= 6  # each other user's turn comes after at most one of the flood's per round


async def test_no_more_run_at_once_than_allowed() -> None:
    running = most = 0

    async def handler(_: dict[str, Any]) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1

    harness = LaneHarness(limits=LaneLimits(at_once=3), handler=handler)
    async with harness.open():
        await harness.put(*(message(number, number) for number in range(1, 30)))
        await harness.lanes.drain(10)
    assert most == 3
    assert len(harness.handled) == 29


async def test_what_is_stored_is_handled_however_much_waits() -> None:
    harness = LaneHarness(handler=naps)
    async with harness.open():
        await harness.put(*(message(number, 1, str(number)) for number in range(100)))
        await harness.lanes.drain(5)
    assert [text for _, text in harness.handled] == [str(number) for number in range(100)]
    assert harness.told == []


async def test_a_lane_that_dies_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(_: dict[str, Any]) -> None:
        raise RuntimeError("any")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        harness.ledger.failed = None  # type: ignore[assignment,method-assign]  # a fault of ours: not callable
        await harness.put(message(1, 1))
        await harness.lanes.drain(1)
    assert "lane of a user failed" in caplog.text
    assert harness.lanes.stats().lanes == 0


async def test_payments_pass_a_flood_and_are_never_dropped() -> None:
    gate = asyncio.Event()

    async def handler(raw: dict[str, Any]) -> None:
        if "message" in raw:
            await gate.wait()

    harness = LaneHarness(limits=LaneLimits(at_once=2), handler=handler)
    async with harness.open():
        await harness.put(*(message(number, number % 4, "flood") for number in range(80)))  # every place is taken
        await harness.put(*(pre_checkout(1000 + number, 1) for number in range(50)))
        await asyncio.sleep(0.05)
        assert harness.handled == [(1, "payment")] * 50
        gate.set()
        await harness.lanes.drain(1)


async def test_idle_lanes_vanish() -> None:
    harness = LaneHarness()
    async with harness.open():
        await harness.put(*(message(number, number) for number in range(1, 500)))
        await asyncio.sleep(0.1)
        stats = harness.lanes.stats()
        assert (stats.lanes, stats.waiting, stats.running, stats.handled) == (0, 0, 0, 499)


async def test_a_failure_is_tried_again_and_then_handled() -> None:
    async def handler(_: dict[str, Any]) -> None:
        if len(harness.attempts) < 3:
            raise RuntimeError("not yet")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1, "first"), message(2, 1, "second"))
        await harness.lanes.drain(1)
        assert [text for _, text in harness.handled] == ["first", "second"]
        assert [
            (update_attempt.update_id, update_attempt.attempt) for update_attempt in harness.attempts if update_attempt
        ] == [(1, 1), (1, 2), (1, 3), (2, 1)]
        assert harness.store.rows[1].attempts == 2  # type: ignore[index]  # an UpdateId
    assert harness.store.state(1) is InboxState.DONE
    assert harness.told == []


@pytest.mark.parametrize("raises", [True, False])
async def test_after_three_failures_an_update_is_set_aside_and_its_sender_told(
    raises: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(raw: dict[str, Any]) -> None:
        if raw["update_id"] == 1:
            error = ValueError("poison")
            if raises:
                raise error
            update_attempt = current_attempt.get()
            assert update_attempt is not None
            update_attempt.failure = error  # as the error handler leaves it

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1, "poison"), message(2, 1, "next"))
        await harness.lanes.drain(1)
    assert harness.store.state(1) is InboxState.SET_ASIDE
    assert harness.store.rows[1].attempts == 3  # type: ignore[index]  # an UpdateId
    assert harness.store.state(2) is InboxState.DONE
    assert harness.told == [("set-aside", 1, 1)]
    assert harness.handled[-1] == (1, "next")
    assert "set aside after 3 attempts" in caplog.text
    assert "poison" in caplog.text


async def test_what_was_applied_is_not_done_again() -> None:
    async def handler(_: dict[str, Any]) -> None:
        update_attempt = current_attempt.get()
        assert update_attempt is not None
        update_attempt.applied = True
        raise RuntimeError("the answer failed")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1))
        await harness.lanes.drain(1)
    assert len(harness.attempts) == 1
    assert harness.told == [("set-aside", 1, 1)]


async def test_attempts_of_an_earlier_life_count() -> None:
    async def handler(_: dict[str, Any]) -> None:
        raise RuntimeError("still broken")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        update = known([message(1, 1)], harness.clock.now())[0]
        await harness.store.accept([stored(update)], harness.clock.now())
        from dataclasses import replace

        harness.lanes.put([replace(update, attempts=2)])
        await harness.lanes.drain(1)
    assert [update_attempt.attempt for update_attempt in harness.attempts if update_attempt] == [3]
    assert harness.store.state(1) is InboxState.SET_ASIDE


async def test_the_disks_refusal_to_note_a_failure_does_not_stop_the_lane() -> None:
    async def handler(_: dict[str, Any]) -> None:
        if len(harness.attempts) == 1:
            harness.store.refuse.append(StorageTrouble("full"))
            raise RuntimeError("once")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1))
        await harness.lanes.drain(1)
    assert len(harness.handled) == 1


async def test_the_cause_is_each_updates_own_and_knows_its_age() -> None:
    harness = LaneHarness(handler=naps)
    async with harness.open():
        sent = harness.clock.millis // 1000 - 90
        await harness.put(*(message(number, number, date=sent) for number in range(1, 30)))
        await harness.lanes.drain(1)
    assert sorted(attempt.update_id for attempt in harness.attempts if attempt) == list(range(1, 30))
    assert {attempt.age_s for attempt in harness.attempts if attempt} == {90.0}
    assert current_attempt.get() is None


async def test_drain_waits_and_then_cancels_and_what_is_left_stays_new() -> None:
    async def handler(raw: dict[str, Any]) -> None:
        if raw["update_id"] == 1:
            await asyncio.sleep(60)

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1, "stuck"), message(2, 1, "behind"), message(3, 3, "fine"))
        assert await harness.lanes.drain(0.05) == 2
        await harness.put(message(4, 4, "late"))
        assert await harness.lanes.drain(0.05) == 0
    assert harness.handled == [(3, "fine")]
    assert [harness.store.state(number) for number in (1, 2, 3, 4)] == [
        InboxState.NEW,
        InboxState.NEW,
        InboxState.DONE,
        InboxState.NEW,
    ]


async def test_intake_waits_while_too_much_is_waiting() -> None:
    gate = asyncio.Event()

    async def handler(_: dict[str, Any]) -> None:
        await gate.wait()

    harness = LaneHarness(limits=LaneLimits(high_water=50, at_once=10), handler=handler)
    async with harness.open():
        await harness.put(*(message(number, number) for number in range(1, 61)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(harness.lanes.wait_for_capacity(), 0.02)
        gate.set()
        await asyncio.wait_for(harness.lanes.wait_for_capacity(), 1)
        assert harness.lanes.stats().waiting < 25
        await harness.lanes.drain(1)


async def test_a_teller_that_fails_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Mute(LaneHarness):
        async def tell(self, kind: str, user_id: UserId, chat_id: ChatId) -> None:
            raise RuntimeError(f"no voice for {kind} to {user_id} in {chat_id}")

    async def handler(raw: dict[str, Any]) -> None:
        if raw["update_id"] == 1:
            raise ValueError("always")

    harness = Mute(handler=handler)
    async with harness.open():
        await harness.put(message(1, 1), message(2, 1))
        await harness.lanes.drain(10)
    assert "no voice" in caplog.text
    assert len(harness.handled) == 1


async def test_while_telegram_takes_nothing_an_update_waits_and_no_attempt_is_counted() -> None:
    outage = 40

    async def handler(_: dict[str, Any]) -> None:
        nonlocal outage
        attempt = current_attempt.get()
        assert attempt is not None
        if outage:
            outage -= 1
            attempt.failure, attempt.is_outage = RuntimeError("502"), True

    harness = LaneHarness(handler=handler, limits=LaneLimits(outage_pause_s=0.01, outage_pause_most_s=0.02))
    async with harness.open():
        await harness.put(message(1, 7))
        await asyncio.sleep(5)
    assert harness.store.rows[UpdateId(1)].state is InboxState.DONE
    assert {attempt.attempt for attempt in harness.attempts if attempt is not None} == {1}
    assert harness.told == []


async def test_an_outage_without_end_is_an_update_set_aside() -> None:
    async def handler(_: dict[str, Any]) -> None:
        attempt = current_attempt.get()
        assert attempt is not None
        attempt.failure, attempt.is_outage = RuntimeError("502"), True
        harness.clock.advance(30)

    harness = LaneHarness(handler=handler, limits=LaneLimits(outage_pause_s=0.01, outage_patience_s=100))
    async with harness.open():
        await harness.put(message(1, 7))
        await asyncio.sleep(30)
    assert harness.store.rows[UpdateId(1)].state is InboxState.SET_ASIDE


async def test_an_effect_whose_answer_was_not_taken_is_not_done_again_and_is_told_of() -> None:
    async def handler(_: dict[str, Any]) -> None:
        attempt = current_attempt.get()
        assert attempt is not None
        attempt.applied, attempt.is_outage, attempt.failure = True, True, RuntimeError("401")

    waiting: list[OutboxMessage] = []

    async def enqueue(outgoing: OutboxMessage) -> None:
        waiting.append(outgoing)

    harness = LaneHarness(handler=handler)
    harness.lanes = Lanes(harness.process, harness.tell, harness.ledger, harness.clock, QUICK, enqueue=enqueue)
    async with harness.open():
        await harness.put(message(1, 7))
        await harness.lanes.drain(1)
    assert [(each.kind, each.user_id, each.idempotency_key) for each in waiting] == [("answer-lost", 7, "answer:1")]
    assert len(harness.attempts) == 1


async def test_an_update_that_can_t_be_built_costs_one_attempt() -> None:
    async def handler(_: dict[str, Any]) -> None:
        raise UnreadableUpdate("KeyError")

    harness = LaneHarness(handler=handler)
    async with harness.open():
        await harness.put(message(1, 7))
        await harness.lanes.drain(1)
    assert len(harness.attempts) == 1
    assert harness.told == [("set-aside", 7, 7)]
