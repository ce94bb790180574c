"""Orders under kill -9 at every commit: the whole bot as a process, people who trade while it dies.

Lives end at a commit, at a write to Bybit, or some seconds later. Half of the people trade with practice money, half in
Bybit Demo at the stand-in, which loses a fifth of its answers to writes, is late with a tenth, and executes a tenth of
the orders a second later; some of one person's so late that they have been given up. In some lives one of a person's
lists can't be read. What must hold at the end, by the exchanges' own accounts: every confirmed card is one plan with
its entries, once; every order there has its intent here, and every fill is booked once; what is open has the stop and
the targets that were promised; nothing is unknown any more; and whoever asked was told, of nothing that was not so.
"""

import argparse
import asyncio
import math
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ops.campaigns.demo_accounts import Trouble, demo_truth
from ops.campaigns.lives import CHILD, Lives, lives_of
from ops.campaigns.order_child import PATIENCE, TIMEOUTS
from ops.campaigns.order_traders import SYMBOLS, Trader
from ops.campaigns.order_truth import NOTHING_FILLED, look_into, unsound
from ops.campaigns.order_words import Heard, untrue
from ops.campaigns.report import Report
from ops.stack import Stack, running_stack

NAME: Final = "orders under kill -9"
USERS: Final = range(9201, 9207)
STEPS: Final = MappingProxyType({"commit": 90, "send": 12})
"""Before and after so many: what a trade takes from the tap to the last message."""
_MISLED: Final = 9203  # whose late orders are executed after Bybit has positively said that there are none
_AT_REST: Final = 45.0
"""Seconds after the last start until all is as it should be: ten for what is unknown, ten for what no card told, and
the jobs' turns; less than the minute of the job that would make good what the start forgot."""
_A_RUN: Final = 100  # kills of one stack
_LONG: Final = 100  # lives, in which everything must have been done at least once
_LIFE: Final = 2.0  # seconds, for a life that comes to fewer steps than it was given
_LOOKS, _LOOK_S = 10, 0.3  # for somebody who holds a position, in a life in which a list is to fail
_LONG_LIFE: Final = 6.0  # seconds, in which what is unknown is decided
_SHARE_OF_LONG: Final = 0.1  # and of as many in which a list fails, for longer than lists may lag behind each other


async def run(
    seed: int,
    budget_seconds: float,
    folder: Path,
    *,
    kills: int | None = None,
    child: Sequence[str] = CHILD,
    panics: float = 0.1,
    blind: float = _SHARE_OF_LONG,
    rests: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> Report:
    """Kill at one step after the other until the budget (seconds) is used or so many kills were done; then look.

    `child`: the module that runs the lives, and its arguments. `panics`: the share of entries that a panic follows,
    `blind`: of lives in which a list fails.
    `rests`: how often people stop and all is looked at, the last time at the end; `told` hears of the kills by then.
    """
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, tally, cut, failures = time.monotonic(), Counter[str](), 0, list[str]()
    async with running_stack(folder, log_level="INFO") as stack, lives_of(stack, child) as lives:
        traders = [_trader(stack, user_id, seed, tally, panics) for user_id in USERS]
        await _begin(lives, traders)
        heard = Heard()
        for part in range(1, rests + 1):
            until = began + budget_seconds * part / rests
            most = None if kills is None else kills * part // rests - cut
            async with _at_work(stack, traders, draw) as trouble:
                cut += await _lives_until(lives, partial(_one_life, lives, trouble, blind), heard, until, most)
            await lives.begin()  # what the last life left behind, it must find by itself
            failures = await _look(lives, heard, is_last=part == rests)
            told(cut)
            if failures:
                break
        failures += _not_done(tally, cut)
    seconds = time.monotonic() - began
    return Report(name=NAME, seed=seed, seconds=seconds, cases=cut, steps=tally.total(), failures=tuple(failures))


def _trader(stack: Stack, user_id: int, seed: int, tally: Counter[str], panics: float) -> Trader:
    draw = random.Random(f"{seed}:{user_id}")  # noqa: S311  a repeatable choice, not a secret
    return Trader(stack, user_id, draw, tally, has_parts=user_id != _MISLED, panics=panics)


async def _lives_until(
    lives: Lives, live: Callable[[], Awaitable[None]], heard: Heard, until: float, most: int | None
) -> int:
    """One life after the other until then (monotonic seconds), or so many; how many."""
    cut = 0
    while time.monotonic() < until and cut != most:
        await live()
        await heard.listen(lives.stack, USERS)
        cut += 1
    return cut


async def _begin(lives: Lives, traders: Iterable[Trader]) -> None:
    """In a life without faults, the accounts."""
    await lives.begin()
    await asyncio.gather(*(trader.begin() for trader in traders))
    await lives.end()


@asynccontextmanager
async def _at_work(stack: Stack, traders: Iterable[Trader], draw: random.Random) -> AsyncIterator[Trouble]:
    """People trade, prices move, and answers and orders are lost and late, while the block lasts."""
    trouble = Trouble(stack, draw, late=TIMEOUTS.answer + 1, misled={_MISLED: PATIENCE.window / 1000 * 2})
    await trouble.begin()
    stop = asyncio.Event()
    at_work = [asyncio.create_task(trader.trade_until(stop)) for trader in traders]
    at_work.append(asyncio.create_task(_move_prices(stack, draw, stop)))
    try:
        yield trouble
    finally:
        stop.set()
        await asyncio.gather(*at_work)
        await trouble.end()


async def _one_life(lives: Lives, trouble: Trouble, blind: float) -> None:
    """One that ends at a step, or at any moment after some seconds."""
    draw = trouble.draw
    way = draw.random()
    if way > blind + _SHARE_OF_LONG:
        kind = draw.choice(tuple(STEPS))
        await lives.begin(kind, draw.randrange(STEPS[kind]))
        await lives.until_dead(most=_LIFE)
        return
    is_blind = way < blind and await trouble.blind()
    await lives.begin()
    for _ in range(_LOOKS if way < blind and not is_blind else 0):
        is_blind = await trouble.blind()
        if is_blind:
            break
        await asyncio.sleep(_LOOK_S)
    await lives.until_dead(most=_LONG_LIFE)
    if is_blind:
        await trouble.begin()


async def _move_prices(stack: Stack, draw: random.Random, stop: asyncio.Event) -> None:
    """In steps of 2 % at most, 4 % up and down: what is held for a while has its stop and its targets reached."""
    shares = dict.fromkeys(SYMBOLS, 0.0)
    while not stop.is_set():
        for coin, (symbol, middle) in SYMBOLS.items():
            shares[coin] = min(max(shares[coin] + draw.uniform(-0.02, 0.02), -0.04), 0.04)
            price = middle * (1 + shares[coin])
            await stack.bybit("POST", "/sim/prices", {"symbol": symbol, "price": f"{price:.1f}", "hold": True})
        await asyncio.sleep(1 + draw.random())


async def _look(lives: Lives, heard: Heard, *, is_last: bool) -> list[str]:
    """Everything that is wrong, in words; what is still on its way gets time to arrive, and the first fills, too."""
    stack = lives.stack
    path = Path(stack.environment["PERPDESK_DATABASE"])
    end = time.monotonic() + _AT_REST
    while True:
        there = await demo_truth(stack, path)
        await heard.listen(stack, USERS)
        found = await asyncio.to_thread(look_into, path, heard.last(), there)
        failures = [line for line in found if is_last or line != NOTHING_FILLED]
        if not failures or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    code = await lives.end(signal.SIGTERM)
    if code:
        failures.append(f"the stop ended with code {code}")
    failures += await asyncio.to_thread(untrue, path, heard.texts, (_MISLED,))
    return failures + await asyncio.to_thread(unsound, path)


def _not_done(tally: Counter[str], cut: int) -> list[str]:
    missing = ({"✓"} if cut < _LONG else {"✓", "parts", "Close", "stops", "panics"}) - tally.keys()
    return [f"nobody did {sorted(missing)}, so nothing is shown of it"] if missing else []


async def run_side_by_side(seed: int, folder: Path, *, kills: int, lanes: int, rest_every: int) -> Report:
    """So many kills dealt out over `lanes` stacks with accounts of their own; prints a line at each rest.

    A lane begins anew with another seed after `_A_RUN` kills: what an exchange remembers makes its answers longer.
    """
    began, cut, reports = time.monotonic(), Counter[int](), list[Report]()
    seeds = iter(range(seed, seed + -(-kills // _A_RUN)))

    def told(number: int, by_now: int) -> None:
        cut[number] = by_now
        print(f"{cut.total()} kills, {time.monotonic() - began:.0f} s, seed {number}", flush=True)

    async def lane() -> None:
        for number in seeds:
            most = min(_A_RUN, kills - (number - seed) * _A_RUN)
            place = folder / str(number)
            await asyncio.to_thread(place.mkdir)
            rests = -(-most // rest_every)
            told_of = partial(told, number)
            reports.append(await run(number, math.inf, place, kills=most, rests=rests, told=told_of))
            print(reports[-1], flush=True)

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=sum(each.cases for each in reports),
        steps=sum(each.steps for each in reports),
        failures=tuple(f"seed {each.seed}: {line}" for each in reports for line in each.failures),
    )


def main() -> int:
    """`python -m ops.campaigns.orders`: so many kills, two lanes side by side; 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--rest-every", type=int, default=25, help="kills until people stop and all is looked at")
    parser.add_argument("--folder", type=Path, required=True, help="where databases and logs stay")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    work = run_side_by_side(given.seed, given.folder, kills=given.kills, lanes=given.lanes, rest_every=given.rest_every)
    report = asyncio.run(work)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
