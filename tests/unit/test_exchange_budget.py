"""The budget, in time that is turned by hand: what may never happen, whoever asks for what and gives up when."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from harness.exchange import TurnedTime, settle
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import RetryLater
from bot.domain.priorities import RequestPriority, at_priority
from bot.exchange.budget import LAW, LAW_SECONDS, NO_LIMITS, Budget, Limits
from bot.exchange.request_keys import RequestKey

HOST, OTHER_HOST = "https://one", "https://two"
NOW_MS = 1_700_000_000_000


def ask(owner: int | None = 1, endpoint: str = "positions", *, uid_limit: int = 50, host: str = HOST) -> RequestKey:
    return RequestKey(endpoint=endpoint, host=host, owner=owner, uid_limit=uid_limit)


def headers(*, limit: int, left: int, reset: int | str = 0) -> dict[str, str]:
    return {
        "X-Bapi-Limit": str(limit),
        "X-Bapi-Limit-Status": str(left),
        "X-Bapi-Limit-Reset-Timestamp": str(reset),
    }


@dataclass
class Caller:
    """Asks the budget and writes down when it was let through, or refused."""

    time: TurnedTime
    budget: Budget
    passed: list[tuple[float, str]] = field(default_factory=list)
    refused: list[tuple[str, float]] = field(default_factory=list)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, name: str, what: RequestKey, priority: RequestPriority = RequestPriority.VIEW) -> None:
        self.tasks[f"{name} #{len(self.tasks)}"] = asyncio.ensure_future(self._call(name, what, priority))

    def give_up(self, name: str) -> None:
        next(task for key, task in self.tasks.items() if key.startswith(f"{name} #")).cancel()

    async def _call(self, name: str, what: RequestKey, priority: RequestPriority) -> None:
        with at_priority(priority):
            try:
                await self.admit(what)
            except RetryLater as error:
                self.refused.append((name, error.retry_after))
            else:
                self.passed.append((self.time.monotonic(), name))
                self.settle(what, {})

    async def admit(self, what: RequestKey) -> None:
        if not self.budget.passes(what):
            await self.budget.wait(what)

    def settle(self, what: RequestKey, answer: dict[str, str] | None) -> None:
        self.budget.end_call(what, answer, now=self.time.monotonic(), server_now=lambda: NOW_MS)

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.passed]


def callers(limits: Limits) -> Caller:
    time = TurnedTime()
    return Caller(time, Budget(clock=time, limits=limits, later=time.later))


SLOW = Limits(ip_rate=1, ip_burst=1, view_patience=1000)


async def test_calls_within_the_burst_go_at_once_and_the_rest_at_the_rate() -> None:
    caller = callers(Limits(ip_rate=10, ip_burst=3))
    for number in range(6):
        caller.start(str(number), ask(number))
    await caller.time.advance(1)
    assert [round(at - 1000, 6) for at, _ in caller.passed] == [0, 0, 0, 0.1, 0.2, 0.3]


async def test_what_is_urgent_goes_first_however_late_it_comes() -> None:
    caller = callers(SLOW)
    for priority in (
        RequestPriority.VIEW,
        RequestPriority.VIEW,
        RequestPriority.CREATE,
        RequestPriority.CANCEL,
        RequestPriority.CLOSE,
    ):
        caller.start(priority.name, ask(int(priority), priority.name), priority)
        await settle()
    await caller.time.advance(5)
    assert caller.names == ["VIEW", "CLOSE", "CANCEL", "CREATE", "VIEW"]


async def test_a_flood_of_one_user_does_not_hold_up_another() -> None:
    caller = callers(SLOW)
    for number in range(10):
        caller.start(f"flood {number}", ask(1))
    await settle()
    caller.start("other", ask(2))
    await caller.time.advance(20)
    assert caller.names.index("other") == 2, "after the one that was let through at once and one more"


async def test_public_reads_take_turns_with_private_ones_one_by_one() -> None:
    caller = callers(SLOW)
    for number in range(3):
        caller.start(f"mine {number}", ask(1))
    for number in range(3):
        caller.start(f"public {number}", ask(None))
    await caller.time.advance(10)
    assert caller.names == ["mine 0", "mine 1", "public 0", "public 1", "public 2", "mine 2"]


async def test_one_who_waits_for_his_own_window_holds_nobody_up() -> None:
    caller = callers(Limits(ip_rate=100, ip_burst=100))
    caller.start("first", ask(1, uid_limit=1), RequestPriority.CLOSE)
    caller.start("own window is full", ask(1, uid_limit=1), RequestPriority.CLOSE)
    await settle()
    caller.start("another", ask(2, uid_limit=1))
    await settle()
    assert caller.names == ["first", "another"]
    await caller.time.advance(1)
    assert caller.names[-1] == "own window is full"


async def test_a_view_that_would_wait_too_long_is_told_so_at_once() -> None:
    caller = callers(Limits(ip_rate=1, ip_burst=1, view_patience=2))
    for number in range(5):
        caller.start(str(number), ask(number))
    await settle()
    assert [name for name, _ in caller.refused] == ["3", "4"]
    assert [retry for _, retry in caller.refused] == pytest.approx([3.0, 3.0])
    await caller.time.advance(2)
    assert caller.names == ["0", "1", "2"]


async def test_a_view_that_is_overtaken_gives_up_when_its_patience_ends() -> None:
    caller = callers(Limits(ip_rate=1, ip_burst=1, view_patience=1.5))
    caller.start("first", ask(1))
    caller.start("view", ask(2))
    await settle()
    for number in range(4):
        caller.start(f"close {number}", ask(3), RequestPriority.CLOSE)
    await caller.time.advance(1.6)
    assert [name for name, _ in caller.refused] == ["view"]
    await caller.time.advance(5)
    assert len(caller.names) == 5
    assert caller.budget.stats().waiting == 0


async def test_one_who_gives_up_leaves_the_line() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    for name in "abc":
        caller.start(name, ask(2))
    await settle()
    caller.give_up("a")
    caller.give_up("b")
    await caller.time.advance(1)
    assert caller.names == ["first", "c"]


async def test_one_who_gives_up_with_his_turn_hands_it_on() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("leaver", ask(2, uid_limit=1))
    caller.start("next", ask(3))
    await settle()
    caller.time.seconds += 1.0
    caller.time.run_due()  # the turn is given …
    caller.give_up("leaver")  # … and its owner goes before it runs
    await settle()
    assert caller.names == ["first", "next"]
    assert caller.time.monotonic() == 1001.0


async def test_a_turn_is_not_given_to_one_who_gave_up_in_the_same_moment() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("leaver", ask(2))
    caller.start("next", ask(3))
    await settle()
    caller.time.seconds += 1.0
    caller.give_up("leaver")
    caller.time.run_due()
    await settle()
    assert caller.names == ["first", "next"]


async def test_a_ban_is_not_told_to_one_who_gave_up_in_the_same_moment() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("leaver", ask(2))
    await settle()
    caller.give_up("leaver")
    caller.budget.ban()
    await settle()
    assert (caller.refused, caller.budget.stats().waiting) == ([], 0)


async def test_reconciling_takes_its_share_and_no_more() -> None:
    caller = callers(Limits(ip_rate=10, ip_burst=10, reconcile_share=0.3))
    caller.budget.start_is_over()
    for number in range(100):
        caller.start("reconcile", ask(number), RequestPriority.RECONCILE)
    await caller.time.advance(10)
    assert len(caller.passed) == pytest.approx(33, abs=1), "a burst of 3 and 3 a second"
    caller.start("view", ask(1000))
    await settle()
    assert caller.names[-1] == "view", "the rest is free for others"


async def test_reconciling_takes_most_of_it_at_the_start_for_two_minutes() -> None:
    caller = callers(Limits(ip_rate=10, ip_burst=10))
    caller.time.seconds += 110
    for number in range(300):
        caller.start("reconcile", ask(number), RequestPriority.RECONCILE)
    await caller.time.advance(9.9)
    assert len(caller.passed) == pytest.approx(87, abs=1), "a burst of 8 and 8 a second"
    await caller.time.advance(10)
    assert len(caller.passed) - 87 == pytest.approx(33, abs=2), "a burst of 3 and 3 a second from then on"


def widest(moments: list[float], seconds: float) -> int:
    """How many fall into one span of so many seconds at most."""
    return max(sum(start <= each < start + seconds for each in moments) for start in moments)


async def test_a_thousand_entries_are_all_sent_within_13_seconds_and_far_from_a_ban() -> None:
    caller = callers(Limits.of_rate(80))
    for number in range(1_000):
        caller.start("view", ask(number))
        caller.start("entry", ask(number, "order_create", uid_limit=10), RequestPriority.CREATE)
    await caller.time.advance(13)
    entries = [at for at, name in caller.passed if name == "entry"]
    assert len(entries) == 1_000
    assert widest([at for at, _ in caller.passed], 5) <= 550
    assert not [name for name, _ in caller.refused if name == "entry"]


async def test_two_hundred_at_once_are_sent_within_two_and_a_half_seconds() -> None:
    caller = callers(Limits.of_rate(80))
    for number in range(200):
        caller.start("entry", ask(number, "order_create", uid_limit=10), RequestPriority.CREATE)
    await caller.time.advance(2.5)
    assert len(caller.names) == 200


async def test_a_crowd_of_entries_holds_up_no_close() -> None:
    caller = callers(Limits.of_rate(80))
    for number in range(1_000):
        caller.start("entry", ask(number, "order_create", uid_limit=10), RequestPriority.CREATE)
    await caller.time.advance(1)
    for _ in range(10):
        caller.start("close", ask(5_000, "order_create", uid_limit=10), RequestPriority.CLOSE)
    await caller.time.advance(0.2)
    assert caller.names.count("close") == 10


async def test_an_entry_waits_15_seconds_at_most_and_is_told_the_rest() -> None:
    caller = callers(Limits(ip_rate=1, ip_burst=1))
    for number in range(20):
        caller.start(str(number), ask(number, "order_create"), RequestPriority.CREATE)
    await settle()
    assert [name for name, _ in caller.refused] == ["16", "17", "18", "19"]
    await caller.time.advance(15)
    assert len(caller.names) == 16


# --- places ---------------------------------------------------------------------------------------------------


async def test_a_place_is_counted_when_it_is_taken_and_a_call_when_it_is_used() -> None:
    caller = callers(SLOW)
    assert caller.budget.has_room(ask(1))
    place = await caller.budget.reserve(ask(1))
    assert not caller.budget.has_room(ask(1))
    assert caller.budget.stats().used == 0
    caller.budget.use(place)
    caller.budget.give_back(place)
    assert (caller.budget.has_room(ask(1)), caller.budget.stats().used) == (False, 1)


async def test_a_place_that_is_given_back_lets_another_go() -> None:
    caller = callers(SLOW)
    place = await caller.budget.reserve(ask(1, uid_limit=1))
    caller.budget.give_back(place)
    caller.budget.give_back(place)
    assert caller.budget.has_room(ask(1, uid_limit=1))
    await caller.admit(ask(1, uid_limit=1))
    assert not caller.budget.has_room(ask(1))


async def test_bybits_own_count_is_believed() -> None:
    caller = callers(Limits(ip_rate=1000, ip_burst=1000))
    what = ask(1)
    await caller.admit(what)
    caller.settle(what, headers(limit=50, left=2))
    for number in range(4):
        caller.start(str(number), what)
    await caller.time.advance(0.9)
    assert len(caller.passed) == 2
    await caller.time.advance(0.2)
    assert len(caller.passed) == 4


async def test_a_window_that_bybit_calls_empty_opens_at_its_reset() -> None:
    caller = callers(Limits(ip_rate=1000, ip_burst=1000, view_patience=10))
    what = ask(1)
    await caller.admit(what)
    caller.settle(what, headers(limit=50, left=0, reset=NOW_MS + 3000))
    caller.start("held", what)
    caller.start("another endpoint", ask(1, "open_orders"))
    await caller.time.advance(2.9)
    assert caller.names == ["another endpoint"]
    await caller.time.advance(0.2)
    assert caller.names[-1] == "held"


@pytest.mark.parametrize(
    ("reset", "wanted"),
    [
        (NOW_MS + 2500, 2.5),
        (NOW_MS - 5000, 1.0),  # past: where pybit sleeps a negative time
        (NOW_MS + 10**9, 1.0),  # absurd
        ("", 1.0),
        ("soon", 1.0),
        ("9" * 40, 1.0),
    ],
)
async def test_a_refusal_holds_that_endpoint_of_that_account_until_its_reset(reset: int | str, wanted: float) -> None:
    caller = callers(Limits(ip_rate=1000, ip_burst=1000, view_patience=10))
    told = caller.budget.hold(ask(1), headers(limit=50, left=0, reset=reset), server_now=NOW_MS, at_least=1.0)
    assert told == pytest.approx(wanted)
    caller.start("same", ask(1))
    caller.start("other account", ask(2))
    caller.start("other endpoint", ask(1, "executions"))
    await settle()
    assert sorted(caller.names) == ["other account", "other endpoint"]
    await caller.time.advance(wanted)
    assert caller.names[-1] == "same"


@pytest.mark.parametrize("odd", [{"X-Bapi-Limit": "-5", "X-Bapi-Limit-Status": "x"}, {"X-Bapi-Limit": "50"}, {}])
async def test_odd_headers_teach_nothing(odd: dict[str, str]) -> None:
    caller = callers(Limits(ip_rate=1000, ip_burst=1000))
    await caller.admit(ask(1))
    caller.settle(ask(1), odd)
    for number in range(49):
        caller.start(str(number), ask(1))
    await settle()
    assert len(caller.passed) == 49


# --- the ban --------------------------------------------------------------------------------------------------


async def test_a_ban_stops_everything_and_everyone_for_ten_minutes() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("waits", ask(2), RequestPriority.CLOSE)
    await settle()
    error = caller.budget.ban()
    assert error.retry_after == 600
    caller.start("later, another host", ask(3, host=OTHER_HOST), RequestPriority.CLOSE)
    await settle()
    assert sorted(name for name, _ in caller.refused) == ["later, another host", "waits"]
    assert all(599 <= retry <= 600 for _, retry in caller.refused)
    await caller.time.advance(599)
    caller.start("still", ask(4))
    await settle()
    name, retry_after = caller.refused[-1]
    assert (name, round(retry_after, 6)) == ("still", 1.0)
    assert caller.budget.stats().banned_for == pytest.approx(1.0)
    await caller.time.advance(1)
    caller.start("after", ask(5))
    await settle()
    assert caller.names == ["first", "after"]
    assert caller.budget.stats().banned_for == 0


def hold_host(budget: Budget, owners: tuple[int | None, ...] = (1, 2, 3)) -> list[bool]:
    """Each of these accounts (None: a public call) meets a 403 without Bybit's words for a ban."""
    return [budget.refuse(ask(owner)) for owner in owners]


async def test_a_host_is_held_when_three_accounts_or_public_calls_are_refused() -> None:
    assert hold_host(callers(Limits()).budget) == [False, False, True]
    assert hold_host(callers(Limits()).budget, (None, None, None)) == [False, False, True]
    assert hold_host(callers(Limits()).budget, (1, None, 1, 1, None)) == [False, False, False, False, True]


async def test_one_person_who_is_refused_holds_nobody() -> None:
    caller = callers(Limits())
    assert hold_host(caller.budget, (1,) * 50) == [False] * 50
    caller.start("another", ask(2))
    await settle()
    assert caller.names == ["another"]


async def test_refusals_of_another_time_and_of_other_hosts_do_not_add_up() -> None:
    caller = callers(Limits())
    hold_host(caller.budget, (1, 2))
    await caller.time.advance(30.1)
    assert hold_host(caller.budget, (3,)) == [False]
    assert not caller.budget.refuse(ask(4, host=OTHER_HOST))
    assert caller.budget.stats().held_hosts == 0


async def test_a_held_host_is_asked_after_five_seconds_and_then_twice_as_long() -> None:
    caller = callers(Limits())
    hold_host(caller.budget)
    waits = []
    for _ in range(9):
        with pytest.raises(RetryLater) as caught:
            await caller.admit(ask(9))
        waits.append(round(caught.value.retry_after))
        await caller.time.advance(caught.value.retry_after)
        await caller.admit(ask(9))
        caller.settle(ask(9), {})
        assert caller.budget.refuse(ask(9)), "one call is enough while it was not heard"
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert caller.budget.problems() == (f"{HOST} refuses our calls (HTTP 403): the next one in 600 s",)


async def test_a_host_that_answers_begins_anew() -> None:
    caller = callers(Limits())
    hold_host(caller.budget)
    await caller.time.advance(5)
    await caller.admit(ask(9))
    caller.settle(ask(9), {})
    caller.budget.note_answer(HOST)
    assert caller.budget.problems() == ()
    assert hold_host(caller.budget) == [False, False, True]


@pytest.mark.parametrize("owner", [None, 1])
async def test_who_is_told_to_back_off_is_held_and_others_are_not(owner: int | None) -> None:
    caller = callers(Limits())
    caller.budget.hold(ask(owner), {}, server_now=NOW_MS, at_least=1.0)
    caller.start("same", ask(owner))
    caller.start("other account", ask(2))
    await settle()
    assert caller.names == ["other account"]
    await caller.time.advance(1)
    assert caller.names == ["other account", "same"]


async def test_an_overload_of_bybit_holds_every_view_and_nothing_more_urgent() -> None:
    caller = callers(Limits())
    caller.budget.hold(ask(1), {}, server_now=NOW_MS, at_least=1.5, is_of_all=True)
    caller.start("public view", ask(None))
    caller.start("view", ask(2, host=OTHER_HOST))
    caller.start("close", ask(3), RequestPriority.CLOSE)
    await settle()
    assert caller.names == ["close"]
    await caller.time.advance(1.5)
    assert sorted(caller.names[1:]) == ["public view", "view"]


async def test_the_budget_says_how_much_of_it_is_used_and_complains_at_four_fifths() -> None:
    caller = callers(Limits(ip_rate=10, ip_burst=50))
    for number in range(39):
        await caller.admit(ask(number))
    stats = caller.budget.stats()
    assert (stats.used, stats.limit, caller.budget.problems()) == (39, 50, ())
    await caller.admit(ask(1000))
    assert caller.budget.problems() == ("40 of the 50 calls to Bybit that 5 s allow were made",)
    await caller.time.advance(5)
    assert (caller.budget.stats().used, caller.budget.problems()) == (0, ())


async def test_a_ban_of_one_host_leaves_the_others() -> None:
    caller = callers(Limits())
    hold_host(caller.budget)
    caller.start("there", ask(1))
    caller.start("elsewhere", ask(1, host=OTHER_HOST))
    await settle()
    assert caller.names == ["elsewhere"]


async def test_a_ban_of_one_host_is_told_to_those_who_wait_for_it_alone() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("there", ask(2))
    caller.start("elsewhere", ask(3, host=OTHER_HOST))
    await settle()
    hold_host(caller.budget)
    await caller.time.advance(1)
    assert caller.names == ["first", "elsewhere"]
    assert [name for name, _ in caller.refused] == ["there"]


async def test_after_a_ban_one_call_finds_out_before_the_others_go() -> None:
    caller = callers(Limits())
    caller.budget.ban()
    await caller.time.advance(600)
    await caller.admit(ask(1))
    caller.start("too early", ask(2))
    await settle()
    assert caller.refused == [("too early", 1.0)]
    caller.settle(ask(1), None)  # no answer: the next one finds out
    await caller.admit(ask(3))
    caller.settle(ask(3), {})
    for number in range(5):
        caller.start(str(number), ask(number))
    await settle()
    assert len(caller.names) == 5


async def test_a_second_ban_lasts_as_long_again() -> None:
    caller = callers(Limits())
    caller.budget.ban()
    await caller.time.advance(600)
    await caller.admit(ask(1))
    caller.settle(ask(1), {})
    caller.budget.ban()
    with pytest.raises(RetryLater) as caught:
        await caller.admit(ask(1))
    assert caught.value.retry_after == pytest.approx(600)
    assert caller.budget.stats().bans == 2


async def test_a_turn_that_a_ban_overtook_is_given_back() -> None:
    caller = callers(Limits(ip_rate=1, ip_burst=1, view_patience=10))
    caller.start("first", ask(1))
    caller.start("overtaken", ask(2, uid_limit=1))
    await settle()
    caller.time.seconds += 1.0
    caller.time.run_due()  # the turn is given, and before its owner runs …
    caller.budget.ban()
    await caller.time.advance(600)
    assert [name for name, _ in caller.refused] == ["overtaken"]
    caller.start("after", ask(2, uid_limit=1))
    await settle()
    assert caller.names == ["first", "after"]


async def test_closing_refuses_those_who_wait() -> None:
    caller = callers(SLOW)
    caller.start("first", ask(1))
    caller.start("waits", ask(2))
    await settle()
    caller.budget.close()
    await settle()
    assert caller.refused == [("waits", 1.0)]


# --- limits ---------------------------------------------------------------------------------------------------


@given(st.floats(1, 119.9))
def test_a_rate_leaves_room_under_bybits_law(rate: float) -> None:
    limits = Limits.of_rate(rate)
    assert limits.ip_burst >= 1
    assert limits.ip_burst + limits.ip_rate * LAW_SECONDS <= LAW + 1


def test_the_defaults_are_those_of_the_default_rate() -> None:
    assert Limits.of_rate(80) == Limits()


async def test_without_limits_nobody_waits() -> None:
    caller = callers(NO_LIMITS)
    for _ in range(3000):
        await caller.admit(ask(1, uid_limit=5))
        caller.settle(ask(1), headers(limit=5, left=0, reset=NOW_MS + 900))
    assert caller.time.monotonic() == 1000.0


async def test_windows_that_are_idle_are_forgotten() -> None:
    caller = callers(NO_LIMITS)
    for number in range(5000):
        await caller.admit(ask(number))
        caller.settle(ask(number), None)
        caller.time.seconds += 0.01
    assert caller.budget.stats().windows < 4200


# --- whatever happens ------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("ask"),
            st.sampled_from(list(RequestPriority)),
            st.integers(0, 3),
            st.sampled_from(["create", "list"]),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
        st.tuples(st.just("wait"), st.floats(0, 0.7)),
        st.tuples(st.just("cancel at the tick"), st.integers(0, 30), st.floats(0, 0.5)),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(steps=STEPS, rate=st.integers(2, 12), burst=st.integers(1, 4), uid_limit=st.integers(1, 4))
def test_no_interleaving_breaks_a_limit_or_forgets_a_call(
    steps: list[Any], rate: int, burst: int, uid_limit: int
) -> None:
    asyncio.run(_drive(steps, rate, burst, uid_limit))


async def _drive(steps: list[Any], rate: int, burst: int, uid_limit: int) -> None:
    caller = callers(Limits(ip_rate=rate, ip_burst=burst))
    started: dict[str, tuple[float, RequestPriority]] = {}
    for step in steps:
        match step:
            case ("ask", priority, owner, endpoint):
                name = f"{owner} {endpoint} {len(started)}"
                started[name] = (caller.time.monotonic(), priority)
                caller.start(name, ask(owner, endpoint, uid_limit=uid_limit), priority)
            case ("cancel", index) if index < len(started):
                caller.give_up(list(started)[index])
            case ("cancel at the tick", index, seconds) if index < len(started):
                name = list(started)[index]
                caller.time.later(seconds, partial(caller.give_up, name))  # as a turn may be given, in the same moment
            case ("wait", seconds):
                await caller.time.advance(seconds)
    await caller.time.advance(60)
    tasks = caller.tasks.values()
    assert all(task.done() for task in tasks), "nobody waits for ever"
    assert caller.budget.stats().waiting == 0
    canceled = sum(task.cancelled() for task in tasks)
    assert len(caller.passed) + len(caller.refused) + canceled == len(tasks)
    _limits_are_kept(caller, rate, burst, uid_limit)
    for at, name in caller.passed:
        since, priority = started[name]
        if priority is RequestPriority.VIEW:
            assert at - since <= 2.0 + 1e-6, "a view waits no longer than its patience"


def _limits_are_kept(caller: Caller, rate: int, burst: int, uid_limit: int) -> None:
    times = [at for at, _ in caller.passed]
    for first, start in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - start) + 1e-6
    windows: dict[str, list[float]] = {}
    for at, name in caller.passed:
        windows.setdefault(name.rpartition(" ")[0], []).append(at)
    for calls in windows.values():
        for index in range(len(calls) - uid_limit):
            assert calls[index + uid_limit] - calls[index] >= 1.0 - 1e-6


async def test_priority_reaches_the_tasks_that_are_started_under_it() -> None:
    caller = callers(SLOW)
    order: list[str] = []

    async def call(name: str, owner: int) -> None:
        await caller.admit(ask(owner))
        order.append(name)

    await caller.admit(ask(1))
    looking = asyncio.ensure_future(call("view", 8))
    await settle()
    with at_priority(RequestPriority.CLOSE):
        closing = asyncio.ensure_future(call("close", 9))
    await caller.time.advance(5)
    await asyncio.gather(closing, looking)
    assert order == ["close", "view"]
