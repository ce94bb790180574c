"""Cache interleavings: readers, loads, writes, drops, expiry and cancels in every order, against the model.

A schedule is a list of moves; playing it takes no real time and always goes the same way. `run` plays random schedules
for a budget of seconds; the unit tests play a few thousand of the same, and let hypothesis look for a short bad one.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final, Literal, NamedTuple, get_args

from bot.domain.ids import Millis
from cache.policy import POSITION, AccountKey
from cache.region import LoadEnded, Region
from cache.tags import account, kind, user
from ops.campaigns.cache_model import KEYS, Asked, LoadFailed, Model, ModelLoad, Value, Wrong, value_of
from ops.campaigns.report import Report
from ops.campaigns.step_loop import StepLoop

Verb = Literal[
    "read",  # a reader asks for a key
    "step",  # so many callbacks run
    "land",  # a load under way gets its answer: what was true when it asked
    "land_late",  # … what is true now
    "fail",  # … or an error
    "cancel",  # a reader goes away
    "change",  # the truth changes and no event tells
    "write",  # the truth changes and its account is dropped
    "put",  # the truth changes and is written through
    "drop_kind",  # a user's accounts of a type are dropped
    "drop_user",  # all of a user is dropped
    "tick",  # time passes
    "sweep",  # expired entries go
]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
WEIGHTS: Final = (30, 30, 14, 4, 5, 6, 4, 8, 5, 2, 2, 6, 1)  # of a random schedule, in the order of VERBS
LONGEST: Final = 120  # moves
TO_THE_END: Final = 1_000_000  # callbacks, more than any schedule has


class Move(NamedTuple):
    """One move. `which` chooses the key, reader, load or amount, counted around."""

    verb: Verb
    which: int


class Schedule(NamedTuple):
    """Moves on a region of so many entries; at the end it is closed, or its loads are let land."""

    moves: tuple[Move, ...]
    capacity: int = len(KEYS)
    ends_closed: bool = False


class Waiting(NamedTuple):
    """A load that waits for its answer, and the version that was true when it began."""

    load: ModelLoad
    version: int
    gate: asyncio.Future[Literal["land", "land_late"]]


class Play:
    """One schedule being played."""

    def __init__(self, schedule: Schedule, region_type: type[Region[AccountKey]]) -> None:
        self.loop = StepLoop()  # type: ignore[abstract]  # all that tasks and the region use is there
        self.model = Model(schedule.capacity)
        policy = replace(POSITION, capacity=schedule.capacity)
        self.region = region_type(policy, self)
        self.loads: list[Waiting] = []
        self.readers: list[asyncio.Task[None]] = []
        self.left: set[asyncio.Task[None]] = set()  # the readers that went away
        self._schedule = schedule
        self._landed: tuple[AccountKey, Value] | None = None

    def monotonic(self) -> float:
        """The region's clock: the model's time."""
        return self.model.now

    def now(self) -> Millis:
        """Values here are of no moment."""
        return Millis(0)

    def run(self) -> None:
        """Raises Wrong where the region leaves the model."""
        try:
            self._run()
        except Wrong:
            self._abandon()
            raise

    def _run(self) -> None:
        for move in self._schedule.moves:
            self._move(move)
        if self._schedule.ends_closed:
            closing = self.loop.create_task(self.region.close())
            self._step(TO_THE_END)
            closing.result()
            self.loads.clear()
        while self._step(TO_THE_END) or self._answer("land", 0):
            pass
        self._check_end()

    def _step(self, callbacks: int) -> int:
        ran = 0
        while ran < callbacks and self.loop.step(1):
            ran += 1
            if self._landed is not None:
                self._keep(*self._landed)
                self._landed = None
        return ran

    def _move(self, move: Move) -> None:
        key = KEYS[move.which % len(KEYS)]
        if move.verb == "read":
            self.readers.append(self.loop.create_task(self._read(key)))
        elif move.verb == "step":
            self._step(1 + move.which % 7)
        elif move.verb in {"land", "land_late", "fail"}:
            self._answer(move.verb, move.which)
        elif move.verb == "cancel":
            if self.readers:
                reader = self.readers[move.which % len(self.readers)]
                reader.cancel()
                self.left.add(reader)
        elif move.verb == "tick":
            self.model.now += 0.5 + move.which % 8
        elif move.verb == "sweep":
            self.region.sweep()
            self.model.sweep()
        else:
            self._write(move.verb, key)

    def _write(self, verb: Verb, key: AccountKey) -> None:
        account_id, user_id, exchange, account_type = key
        if verb == "drop_user":
            self._drop(user, user_id, [other for other in KEYS if other[1] == user_id])
        elif verb == "drop_kind":
            self._drop(kind, (user_id, exchange, account_type), [other for other in KEYS if other[1:] == key[1:]])
        else:
            value = self.model.change(key)
            if verb == "write":
                self._drop(account, account_id, [key])
            elif verb == "put":
                self.model.supersede(key)
                self.region.put(key, value)
                self._keep(key, value)

    def _drop(self, tag: Callable[..., object], of: object, keys: list[AccountKey]) -> None:
        self.region.drop(tag, of)
        for key in keys:
            self.model.drop(key)

    def _keep(self, key: AccountKey, value: Value) -> None:
        self.model.keep(key, value, frozenset(key for key in KEYS if key in self.region))

    def _answer(self, how: Literal["land", "land_late", "fail"], which: int) -> bool:
        """Let a load go on; False if none waits."""
        if not self.loads:
            return False
        waiting = self.loads.pop(which % len(self.loads))
        if waiting.gate.done():
            raise Wrong(f"the load of {waiting.load.key} was canceled though nobody closed the region")
        if how == "fail":
            waiting.gate.set_exception(LoadFailed(waiting.load.key))
        else:
            waiting.gate.set_result(how)
        return True

    async def _read(self, key: AccountKey) -> None:
        asked = self.model.ask(key)
        try:
            value = await self.region.get(key, self._load, key)
        except LoadFailed as error:
            self.model.check_error(asked, error)
        except LoadEnded:
            self._check_ended(asked)
        else:
            self.model.check_answer(asked, value)

    def _check_ended(self, asked: Asked) -> None:
        if not self._schedule.ends_closed or asked.entry is not None:
            raise Wrong(f"the load of {asked.key} was ended though nobody closed the region")

    async def _load(self, key: AccountKey) -> Value:
        under_way = self.model.load_begins(key)
        waiting = Waiting(under_way, self.model.versions[key], self.loop.create_future())
        self.loads.append(waiting)
        try:
            how = await waiting.gate
        except (LoadFailed, asyncio.CancelledError) as error:
            self.model.load_fails(under_way, error)
            raise
        version = self.model.versions[key] if how == "land_late" else waiting.version
        value = value_of(key, version)
        if self.model.load_ends(under_way, value):
            self._landed = (key, value)  # the region keeps it before this callback ends
        return value

    def _abandon(self) -> None:
        """End every task, so that none is left behind to complain later."""
        for reader in self.readers:
            reader.cancel()
        closing = self.loop.create_task(self.region.close())
        self.loop.step(TO_THE_END)
        closing.cancel()

    def _check_end(self) -> None:
        for reader in self.readers:
            if not reader.done():
                raise Wrong("a reader was never answered")
            if not reader.cancelled():
                reader.result()
            elif reader not in self.left:
                raise Wrong("a reader was canceled with another one")
        self.model.check_counters(self.region.stats())
        if self.loop.complaints:
            raise Wrong(f"asyncio complains: {self.loop.complaints}")


def play(schedule: Schedule, region_type: type[Region[AccountKey]] = Region) -> None:
    """Play one schedule. Raises Wrong where the region leaves the model."""
    Play(schedule, region_type).run()


def random_schedule(rng: Random) -> Schedule:
    """Some moves on a region that is as often too small as not."""
    verbs = rng.choices(VERBS, WEIGHTS, k=rng.randint(5, LONGEST))
    return Schedule(
        moves=tuple(Move(verb, rng.randrange(len(KEYS) * 8)) for verb in verbs),
        capacity=rng.choice((2, 3, len(KEYS), len(KEYS))),
        ends_closed=rng.random() < 0.1,  # noqa: PLR2004  one in ten
    )


def shorten(schedule: Schedule, region_type: type[Region[AccountKey]] = Region) -> Schedule:
    """The same failure with as few moves as leaving out one after the other gives."""
    place = 0
    while place < len(schedule.moves):
        fewer = schedule._replace(moves=schedule.moves[:place] + schedule.moves[place + 1 :])
        if failure_of(fewer, region_type) is None:
            place += 1
        else:
            schedule = fewer
    return schedule


def failure_of(schedule: Schedule, region_type: type[Region[AccountKey]] = Region) -> str | None:
    """What goes wrong, or None."""
    try:
        play(schedule, region_type)
    except Wrong as wrong:
        return str(wrong)
    return None


def run(
    seed: int,
    budget_seconds: float,
    *,
    at_most: int | None = None,
    region_type: type[Region[AccountKey]] = Region,
) -> Report:
    """Play random schedules until the budget is used, so many were played, or one fails (its shortest form is told)."""
    rng = Random(seed)  # noqa: S311  a repeatable choice, not a secret
    started = time.monotonic()
    cases = steps = 0
    failures: tuple[str, ...] = ()
    while not failures and time.monotonic() - started < budget_seconds and cases != at_most:
        schedule = random_schedule(rng)
        cases += 1
        steps += len(schedule.moves)
        failure = failure_of(schedule, region_type)
        if failure is not None:
            shortest = shorten(schedule, region_type)
            failures = (f"{failure_of(shortest, region_type)}; repeat with {shortest}",)
    gc.collect()  # a task or an error that nobody saw speaks now
    return Report(
        name="cache interleavings",
        seed=seed,
        seconds=time.monotonic() - started,
        cases=cases,
        steps=steps,
        failures=failures,
    )
