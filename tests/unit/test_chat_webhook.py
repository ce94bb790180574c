"""Updates by webhook before they reach a lane: in order, many in one commit, and 200 only for what is stored."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.fakes import FakeClock
from harness.telegram_server import message
from harness.waiting import until

from bot.chat.gaps import Gap
from bot.chat.update_order import WITHIN, UpdateOrder
from bot.chat.updates import Incoming
from bot.chat.webhook import WebhookIntake, WebhookTimes
from bot.chat.webhook_batches import WebhookBatches
from bot.chat.webhook_listener import WebhookAddress
from bot.domain.closings import Takeover
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.secrets import Secret
from bot.domain.update_attempt import UpdateId

# --- order ----------------------------------------------------------------------------------------------------------


@dataclass
class Hands:
    """What `UpdateOrder` hands on, and a clock whose callbacks are rung by hand."""

    clock: FakeClock = field(default_factory=FakeClock)
    given: list[int] = field(default_factory=list)
    timers: list[Callable[[], None]] = field(default_factory=list)
    order: UpdateOrder = field(init=False)

    def __post_init__(self) -> None:
        self.order = UpdateOrder(self.take, self.clock, later=self.later)

    def take(self, updates: Sequence[Incoming]) -> None:
        self.given += [update.update_id for update in updates]

    def later(self, _seconds: float, callback: Callable[[], None]) -> "Hands":
        self.timers.append(callback)
        return self

    def cancel(self) -> None:
        self.timers.clear()

    def put(self, *ids: int) -> None:
        self.order.put(
            [Incoming(update_id=UpdateId(update_id), user_id=None, chat_id=None, raw={}) for update_id in ids]
        )

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for callback in tuple(self.timers):
            callback()


def test_an_update_waits_for_its_forerunner() -> None:
    hands = Hands()
    hands.put(5)
    hands.put(8)
    hands.put(7)
    assert hands.given == [5]
    hands.put(6)
    assert hands.given == [5, 6, 7, 8]
    assert hands.timers == []


def test_a_forerunner_that_does_not_come_is_waited_for_two_seconds() -> None:
    hands = Hands()
    hands.put(5)
    hands.put(7)
    hands.wait(1.0)
    hands.put(9)
    assert hands.given == [5]
    hands.wait(WITHIN - 1.0)
    assert hands.given == [5, 7]
    hands.put(6)  # too late
    assert hands.given == [5, 7, 6]
    hands.wait(1.0)
    assert hands.given == [5, 7, 6, 9]


def test_whatever_is_held_goes_on_at_a_stop_and_ids_may_begin_anew() -> None:
    hands = Hands()
    hands.put(5)
    hands.put(9, 7)
    hands.order.flush()
    assert hands.given == [5, 7, 9]
    hands.put(1_000)
    assert hands.given[-1] == 1_000


# --- commits --------------------------------------------------------------------------------------------------------


@dataclass
class Shelf:
    """An inbox that may be slow, full, or unable to take what is cursed."""

    commits: list[list[int]] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)
    gaps: list[Gap | None] = field(default_factory=list)
    refuse: int = 0
    cursed: frozenset[int] = frozenset()
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, updates: Sequence[Any], gap: Gap | None = None) -> None:
        self.gaps.append(gap)
        await self.open.wait()
        if self.refuse:
            self.refuse -= 1
            raise StorageTrouble("disk full")
        if any(update["update_id"] in self.cursed for update in updates):
            raise RecursionError
        self.commits.append([update["update_id"] for update in updates])

    async def set_aside(self, update_id: int) -> None:
        self.aside.append(update_id)


def body(update_id: int, text: str = "hello") -> bytes:
    return json.dumps(message(update_id, 1, text)).encode()


async def test_what_comes_during_a_commit_shares_the_next_and_hears_of_its_own() -> None:
    shelf = Shelf()
    batches = WebhookBatches(shelf)
    requests = [asyncio.create_task(batches.take(body(number))) for number in range(5)]
    await asyncio.sleep(0)
    assert not any(request.done() for request in requests), "nothing is answered before it is stored"
    late = asyncio.create_task(batches.take(body(5)))
    await asyncio.sleep(0)
    shelf.open.set()
    assert await asyncio.gather(*requests, late) == [True] * 6
    assert sorted(number for commit in shelf.commits for number in commit) == list(range(6))
    assert len(shelf.commits) == 2


async def test_a_disk_that_refuses_is_trouble_until_it_takes_again() -> None:
    shelf = Shelf(refuse=1)
    shelf.open.set()
    batches = WebhookBatches(shelf)
    assert await batches.take(body(1)) is False
    assert batches.trouble == "updates can't be stored: disk full"
    assert await batches.take(body(1)) is True
    assert (batches.trouble, shelf.commits) == (None, [[1]])


async def test_one_that_can_not_be_taken_in_is_set_aside_and_the_others_are_stored() -> None:
    shelf = Shelf(cursed=frozenset({2}))
    batches = WebhookBatches(shelf)
    requests = [asyncio.create_task(batches.take(body(number))) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    shelf.open.set()
    assert await asyncio.gather(*requests) == [True] * 3
    assert (sorted(shelf.commits), shelf.aside) == ([[1], [3]], [2])


@pytest.mark.parametrize(
    ("given", "aside"),
    [(b'{"update_id":7,', [7]), (b"", []), (b"nonsense", []), (b'{"update_id": 7, "message":\xff}', [7])],
)
async def test_what_is_no_json_is_not_sent_again(given: bytes, aside: list[int]) -> None:
    shelf = Shelf()
    shelf.open.set()
    batches = WebhookBatches(shelf)
    assert await batches.take(given) is True
    assert (shelf.commits, shelf.aside, batches.unreadable) == ([], aside, 1)


# --- looks ----------------------------------------------------------------------------------------------------------

OURS = WebhookAddress(url="https://bot.example.org/t", secret=Secret("x"), path="/t", host="127.0.0.1", port=0)


@dataclass
class Deliveries:
    """Telegram as getWebhookInfo tells it, and the intake that asks: a look whenever the test wants one."""

    clock: FakeClock = field(default_factory=FakeClock)
    info: dict[str, Any] = field(default_factory=dict)
    says: list[object] = field(default_factory=list)  # instead of the info, each once
    shelf: Shelf = field(default_factory=Shelf)
    heard: list[int] = field(default_factory=list)

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> object:
        assert (method, parameters.get("url", OURS.url)) in {("setWebhook", OURS.url), ("getWebhookInfo", OURS.url)}
        assert read_timeout > 0
        if method == "getWebhookInfo" and self.says:
            return self.says.pop(0)
        return {"url": OURS.url, **self.info}

    async def renew(self) -> None:
        raise AssertionError("there is no long poll")

    @asynccontextmanager
    async def listened_to(self, silent_s: float, look_again: float = 2) -> AsyncIterator[WebhookIntake]:
        """By a process that begins so many seconds after the one before it ended; it has looked once."""

        async def heard(moment: Millis) -> None:
            self.heard.append(moment)

        async def taken_over(_: Takeover) -> None:
            raise AssertionError("nobody has taken it")

        self.shelf.open.set()
        before = Millis(self.clock.now() - round(silent_s * 1000))
        times = WebhookTimes(look_every=3_600, look_again=look_again)
        intake = WebhookIntake(
            self, self.shelf, lambda: True, heard, taken_over, self.clock, OURS, times=times, heard_ts=before
        )
        async with intake.open():
            await until(lambda: intake.age_s is not None, what="the first look")
            yield intake

    def fail(self) -> None:
        """A delivery fails now."""
        self.info |= {"pending_update_count": 1, "last_error_date": self.clock.now() // 1000}


async def test_updates_that_are_under_way_at_a_look_are_no_sign_of_deafness() -> None:
    telegram = Deliveries(info={"pending_update_count": 3})
    async with telegram.listened_to(1) as intake:
        for number in range(3):
            telegram.clock.advance(60)
            await intake._look()
            assert await intake._take(body(number))
    assert (telegram.shelf.gaps, intake.trouble()) == ([None] * 3, None)


@pytest.mark.parametrize("odd", [None, [], "x", {"pending_update_count": None}, {"last_error_date": "now"}])
async def test_a_look_that_can_not_be_read_is_a_look_that_failed(odd: object, caplog: pytest.LogCaptureFixture) -> None:
    telegram = Deliveries(says=[odd])
    async with telegram.listened_to(1, look_again=0.01) as intake:
        assert intake.trouble() is None
    assert caplog.messages == ["getWebhookInfo failed: getWebhookInfo answered something else than a webhook"]


async def test_what_waited_while_nobody_listened_is_of_the_gap() -> None:
    telegram = Deliveries(info={"pending_update_count": 1})
    async with telegram.listened_to(600) as intake:
        assert await intake._take(body(1))
        (gap,) = telegram.shelf.gaps
        assert gap is not None
        assert gap.seconds == 600
        assert telegram.heard == [], "older ones may wait"
        telegram.info["pending_update_count"] = 0
        await intake._look()
        assert await intake._take(body(2))
    assert telegram.shelf.gaps == [gap, None]


async def test_deliveries_that_fail_are_a_gap_since_the_last_that_was_taken() -> None:
    telegram = Deliveries()
    async with telegram.listened_to(1) as intake:
        telegram.clock.advance(60)
        assert await intake._take(body(1))
        telegram.fail()
        telegram.clock.advance(50)
        for _ in range(2):  # Telegram tries again some time later: looks see the same failure
            await intake._look()
            telegram.clock.advance(2)
        assert intake.trouble() == "Telegram can't deliver updates: it does not say why"
        assert await intake._take(body(2))
    first, second = telegram.shelf.gaps
    assert first is None
    assert second is not None
    assert second.seconds == 50


async def test_what_comes_back_before_the_next_look_does_is_of_the_gap() -> None:
    telegram = Deliveries(info={"pending_update_count": 2})
    async with telegram.listened_to(1) as intake:
        telegram.clock.advance(60)
        assert await intake._take(body(1))
        telegram.clock.advance(4_000)  # both ways: no look was answered
        assert await intake._take(body(2))
        await intake._look()
        assert await intake._take(body(3))
    first, *later = telegram.shelf.gaps
    assert first is None
    assert [None if each is None else each.seconds for each in later] == [4_000, 4_000]


async def test_a_disk_that_refuses_the_halt_is_asked_again_by_the_next_look() -> None:
    told, refusals = list[Takeover](), [StorageTrouble("disk full")]

    class Telegram:
        """Takes our webhook, and has another one from then on."""

        url = ""

        async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> object:
            assert read_timeout > 0
            if method == "setWebhook":
                assert parameters["url"] == OURS.url
                self.url = "https://other.example.org/telegram"
            return {"url": self.url}

        async def renew(self) -> None:
            raise AssertionError("there is no long poll")

    async def taken_over(by: Takeover) -> None:
        if refusals:
            raise refusals.pop()
        told.append(by)

    async def heard(_: Millis) -> None:
        pass

    times = WebhookTimes(look_every=0.01, look_again=0.01)
    intake = WebhookIntake(Telegram(), Shelf(), lambda: True, heard, taken_over, FakeClock(), OURS, times=times)
    async with intake.open():
        await until(lambda: told, what="the halt")
        assert (told, refusals) == ([Takeover.WEBHOOK], [])


async def test_a_lone_surrogate_is_read_as_telegram_sends_it() -> None:
    shelf = Shelf()
    shelf.open.set()
    assert await WebhookBatches(shelf).take(body(3, "\ud83d"))
    assert shelf.commits == [[3]]
