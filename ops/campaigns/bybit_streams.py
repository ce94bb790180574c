"""What is read in the end, where streams drop, repeat, mix up, stall, go mute and refuse logins while somebody trades.

In process, on one virtual clock: the real streams, cache and adapter over the stand-in's own exchange. A case has a
minute of faults, in which what is shown may be old but never goes back. A minute after the last one, what the cache
answers must be what stands at the exchange; then REST is taken away, and what happens must be shown all the same.
`python -m ops.campaigns.bybit_streams` plays cases, in several processes if asked to; a failing one is repeated by its
seed alone (`--case`).
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.domain.errors import ExchangeError
from bot.domain.ids import Symbol
from ops.campaigns.report import Report
from ops.campaigns.stream_stand import PRICES, StreamStand, open_stand
from ops.campaigns.stream_trouble import StreamTrouble
from ops.campaigns.stream_truth import INTERVAL, WhatStood, candle_difference, difference
from ops.campaigns.virtual_time import VirtualLoop

NAME: Final = "Bybit's streams"
CASES: Final = 1_000
_QUIET_S: Final = 8
_FAULTY_S: Final = 60
_CALM_S: Final = 60
_WITHOUT_REST_S: Final = 3
_MOST_FAILURES: Final = 30
_TOGETHER: Final = 20  # cases of a process between two looks at the clock


@dataclass
class _Case:
    """People who trade, by the bot and by hand, while streams fail."""

    stand: StreamStand
    stood: WhatStood
    trouble: StreamTrouble
    booked: Symbol
    """Whose order book and candles somebody looks at."""

    async def play(self) -> str | None:
        """What is wrong; None: nothing."""
        stand, made = self.stand, self.stand.sockets.made
        for _ in range(_QUIET_S):
            await self.trouble.trade()
            await self._second()
        if made.get("private") != len(stand.accounts) or made.get("linear") != 1:
            return f"streams ended, and nobody ended them: {made} were made"
        self.trouble.begin()
        for _ in range(_FAULTY_S):
            await self.trouble.second()
            await self._second()
        self.trouble.end()
        for _ in range(_CALM_S):
            await self._second()
        wrong = await difference(stand, self.booked) or await candle_difference(stand, self.booked)
        return wrong or await self._without_rest() or next(iter(self.stood.breaches), None)

    async def _without_rest(self) -> str | None:
        """What streams alone show of a change that is younger than every answer by REST."""
        self.stand.transport.is_reachable = False
        await self._second()
        for symbol in PRICES:
            self.trouble.move_price(symbol)
        for uid in self.stand.uids:
            self.trouble.touch(uid)
        for _ in range(_WITHOUT_REST_S):
            await self._second()
        wrong = await difference(self.stand, self.booked)
        return wrong and f"without REST: {wrong}"

    async def _second(self) -> None:
        """The job's round, and somebody who looks at everything of one account and at the market."""
        stand = self.stand
        await stand.streams.round()
        await asyncio.sleep(1)
        stand.world.trading.sweep()
        account, reads, market = stand.draw.choice(stand.accounts), stand.reads, stand.market
        for read in (reads.positions, reads.orders, reads.balance):
            with suppress(ExchangeError):
                self.stood.show(account, await read(account))
        looks = [*map(market.ticker, map(Symbol, PRICES)), market.order_book(self.booked)]
        for look in (*looks, market.klines(self.booked, INTERVAL)):
            with suppress(ExchangeError):
                await look


async def _play(seed: int) -> str | None:
    accounts = 1 + (seed % 2)
    stood = WhatStood()
    async with open_stand(seed, accounts, stood.show) as stand:
        stood.by_uid = dict(zip(map(int, stand.uids), [each.account_id for each in stand.accounts], strict=True))
        stand.world.follow(stood.hear)
        booked = Symbol(stand.draw.choice(tuple(PRICES)))
        return await _Case(stand, stood, StreamTrouble(stand), booked).play()


def play(seed: int) -> str | None:
    """One case, the same each time; what was wrong."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_play(seed))


def _tried(seed: int) -> str | None:
    """The same; what it raised is wrong, too."""
    try:
        return play(seed)
    except Exception as raised:  # noqa: BLE001  the others go on; to repeat the case shows where it came from
        return repr(raised)


def _quiet() -> None:
    """Each thing that is spoiled would say so."""
    logging.disable(logging.CRITICAL)


@contextmanager
def _players(processes: int) -> Iterator[Callable[[Iterable[int]], Iterable[str | None]]]:
    """What plays the cases of some seeds, in their order; one process is this one."""
    if processes == 1:
        yield partial(map, _tried)
        return
    with ProcessPoolExecutor(processes, initializer=_quiet) as pool:
        yield partial(pool.map, _tried)


def run(seed: int, budget: float, cases: int = CASES, processes: int = 1) -> Report:
    """So many cases, or as many as the budget of seconds allows."""
    began, failures, done, first = time.monotonic(), list[str](), 0, seed * 1_000_000
    with _players(processes) as players:
        while done < cases and time.monotonic() - began <= budget and len(failures) <= _MOST_FAILURES:
            some = range(first + done, first + min(cases, done + processes * _TOGETHER))
            for one, wrong in zip(some, players(some), strict=True):
                done += 1
                if wrong:
                    failures.append(f"seed {one}: {wrong}")
                    print(f"{failures[-1]} ({done} cases so far)", file=sys.stderr, flush=True)
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=done * (_QUIET_S + _FAULTY_S + _CALM_S + 1 + _WITHOUT_REST_S),
        failures=tuple(failures),
    )


def main() -> int:
    """Play cases; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--budget", type=float, default=3_600, help="seconds")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--case", type=int, help="only this one, by the seed that a failure names")
    given = parser.parse_args()
    _quiet()
    if given.case is not None:
        wrong = play(given.case)
        print(wrong or "good")
        return int(wrong is not None)
    report = run(given.seed, given.budget, given.cases, given.processes)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
