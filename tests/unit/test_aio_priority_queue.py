"""Turns in time that is turned by hand: the urgent first, owners in turns, none lost by who gives up."""

import asyncio
from dataclasses import dataclass, field

import pytest
from harness.exchange import TurnedTime, settle

from bot.aio.priority_queue import PriorityQueue, QueuedCall


@dataclass
class Every:
    """One call in `gap` seconds."""

    gap: float
    next_at: float = 0.0
    returned: int = 0

    def delay(self, now: float, ahead: int = 0) -> float:
        return max(0.0, round(self.next_at + ahead * self.gap - now, 6))

    def take(self, now: float) -> None:
        self.next_at = max(now, self.next_at) + self.gap

    def give_back(self) -> None:
        self.returned += 1
        self.next_at -= self.gap


@dataclass
class QueueHarness:
    """A queue that gives one turn a second, and who got one when."""

    time: TurnedTime = field(default_factory=TurnedTime)
    gap: float = 1.0
    served: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pace = Every(self.gap, next_at=self.time.seconds)
        self.queue = PriorityQueue(clock=self.time, shared_limit=self.pace, priorities=3, later=self.time.later)

    def ask(self, name: str, call: QueuedCall) -> asyncio.Task[None]:
        return asyncio.create_task(self._ask(name, call))

    async def _ask(self, name: str, call: QueuedCall) -> None:
        try:
            if not self.queue.go(call.rate_limits):
                await self.queue.wait(call)
        except (TimeoutError, PermissionError) as error:
            self.refused.append((name, str(error)))
        else:
            self.served.append(f"{name} {self.time.seconds - 1000:g}")


def call(
    priority: int = 1, owner: object = "anna", *, paces: tuple[Every, ...] = (), patience_s: float = 100
) -> QueuedCall:
    return QueuedCall(priority=priority, owner=owner, rate_limits=paces, patience_s=patience_s)


async def test_a_free_turn_is_had_at_once_and_the_others_keep_the_pace() -> None:
    harness = QueueHarness()
    for name in "abc":
        harness.ask(name, call())
    await settle()
    assert (harness.served, harness.queue.waiting) == (["a 0"], 2)
    await harness.time.advance(2)
    assert (harness.served, harness.queue.waiting) == (["a 0", "b 1", "c 2"], 0)


async def test_the_urgent_go_first_and_owners_of_one_priority_take_turns() -> None:
    harness = QueueHarness()
    harness.ask("first", call())
    await settle()
    for number in range(3):
        harness.ask(f"flood{number}", call(owner="flood"))
    for name in ("anna", "boris"):
        harness.ask(name, call(owner=name))
    harness.ask("late", call(2))
    harness.ask("urgent", call(0))
    await harness.time.advance(9)
    assert [each.split()[0] for each in harness.served] == [
        "first", "urgent", "flood0", "anna", "boris", "flood1", "flood2", "late",
    ]  # fmt: skip


async def test_nobody_passes_those_who_wait() -> None:
    harness = QueueHarness()
    harness.ask("a", call())
    harness.ask("b", call())
    await settle()
    harness.time.seconds += 1  # the turn is free, its timer has not run yet
    assert not harness.queue.go()
    await harness.time.advance(0)
    assert harness.served == ["a 0", "b 1"]


async def test_one_who_waits_for_a_pace_of_its_own_holds_nobody_up() -> None:
    harness = QueueHarness()
    own = Every(5, next_at=harness.time.seconds)
    harness.ask("a", call(0, paces=(own,)))
    harness.ask("b", call(0, paces=(own,)))
    harness.ask("c", call(2, "boris"))
    await harness.time.advance(5)
    assert harness.served == ["a 0", "c 1", "b 5"]


async def test_one_who_gives_up_takes_no_turn_and_gives_back_the_one_it_was_given() -> None:
    harness = QueueHarness()
    own = Every(0.1)
    harness.ask("a", call())
    waits, given = harness.ask("waits", call()), harness.ask("given", call(0, paces=(own,)))
    harness.ask("next", call())
    await settle()
    waits.cancel()
    await settle()
    harness.time.seconds += 1
    harness.time.run_due()  # the turn is given …
    given.cancel()  # … and its owner goes before it runs
    await settle()
    assert harness.served == ["a 0", "next 1"]
    assert (harness.pace.returned, own.returned, harness.queue.waiting) == (1, 1, 0)


async def test_one_whose_patience_is_too_short_is_told_at_once_or_when_it_was_overtaken() -> None:
    harness = QueueHarness()
    for name, patience_s in (("a", 100), ("b", 100), ("hopeless", 1.5), ("overtaken", 2.5)):
        harness.ask(name, call(owner=name, patience_s=patience_s))
    await settle()
    assert [name for name, _ in harness.refused] == ["hopeless"]
    assert harness.refused[0][1] == "the turn would come in 2.0 s"
    for _ in range(3):
        harness.ask("urgent", call(0))
    await harness.time.advance(10)
    assert [name for name, _ in harness.refused] == ["hopeless", "overtaken"]
    assert (harness.queue.refused, harness.queue.waiting) == (2, 0)


async def test_without_a_limit_of_patience_one_waits_as_long_as_it_takes() -> None:
    harness = QueueHarness(gap=1e6)
    harness.ask("a", call())
    harness.ask("b", QueuedCall(priority=2, owner="b"))
    await harness.time.advance(1e6)
    assert (harness.served, harness.refused) == (["a 0", "b 1e+06"], [])


async def test_those_for_one_target_are_refused_and_the_others_go_on() -> None:
    harness = QueueHarness()
    harness.ask("a", call())
    for name, target in (("b", "banned"), ("c", "other"), ("d", "banned")):
        harness.ask(name, QueuedCall(priority=1, owner=name, target=target))
    await settle()
    harness.queue.refuse(lambda target: PermissionError("no") if target == "banned" else None)
    await harness.time.advance(1)
    assert harness.refused == [("b", "no"), ("d", "no")]
    assert harness.served == ["a 0", "c 1"]


async def test_a_refusal_does_not_reach_one_who_gave_up_in_the_same_moment() -> None:
    harness = QueueHarness()
    harness.ask("a", call())
    leaver = harness.ask("leaver", call())
    await settle()
    leaver.cancel()
    harness.queue.refuse(lambda _: PermissionError("no"))
    await settle()
    assert (harness.refused, harness.queue.refused, harness.queue.waiting) == ([], 0, 0)
    with pytest.raises(asyncio.CancelledError):
        await leaver


async def test_a_call_that_is_not_made_gives_its_turn_to_the_next() -> None:
    harness = QueueHarness()
    assert harness.queue.go()
    assert not harness.queue.go()
    harness.queue.give_back()
    assert harness.queue.go()
