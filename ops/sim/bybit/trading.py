"""The account-change function: what clients order, prices bring about and drivers script goes through here.

A write is answered when it is taken on and carried out a few milliseconds later, as Bybit does: `accept` judges it by
the account as it will be then, `change` carries it out, writes it into the account and tells the private streams.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from bot.domain.ids import Millis, Symbol
from bot.exchange.matching.book import depth
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets, MarketView, PriceSize
from ops.sim.bybit.accounts import Account, Order, Position, default_leverage, leg_key
from ops.sim.bybit.errors import BybitError
from ops.sim.bybit.funding import settle
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.off_engine import Applied, Applying
from ops.sim.bybit.onto_engine import CONTRACTS, account_of, markets_of, view_of
from ops.sim.bybit.telling import tell
from ops.sim.bybit.trailing import follow

if TYPE_CHECKING:
    from ops.sim.bybit.world import World  # it holds the trading

LANDING: Final = 0.004
"""Seconds from the answer to a write until it is carried out."""
_DEPTH: Final = 50
_DEEPEST: Final = 500
"""Levels of a book; the deepest are drawn for what the first ones have no room for."""
_PAUSE: Final = 0.25
"""Seconds between two looks at all accounts; a price that a driver sets is looked at once."""
_KEPT: Final = 10_000
"""Closed orders, fills and lines of an account that are kept; Bybit keeps those of two years."""
_SHARE: Final = 0.02
"""Seconds that one look may take before others have their turn."""

Command = Callable[[Engine, EngineAccount, Markets], Changes]
"""Something that the engine does to an account; it may raise EngineRejected before it changed anything."""
_log: Final = logging.getLogger(__name__)
Taken = dict[Symbol, tuple[Millis, dict[Decimal, Decimal]]]


def nothing(_engine: Engine, _account: EngineAccount, _markets: Markets) -> Changes:
    """The command of a write that is another engine's."""
    return Changes()


@dataclass(slots=True, kw_only=True)
class Pending:
    """A write that was taken on and is not carried out yet."""

    account: Account
    one: Instrument
    command: Command = nothing
    """Nothing where `run` does it."""
    run: Callable[[Account], Applied] | None = None
    """What another engine does, and says of it; it is not tried beforehand."""
    qty: Decimal = ZERO
    """How much it may take from the book."""
    order_id: str = ""
    """Of the order that it creates; nothing for a change of another."""
    link_id: str = ""
    extras: dict[str, Any] = field(default_factory=dict)
    """What the created order has that the engine does not know, by the names of `Order`."""
    refused: Callable[[Account, EngineRejected], Applied] | None = None
    """What becomes of it where the engine refuses it only then; None: nothing does."""


class Trading:
    """The trading of one world's accounts."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._taken: dict[int, Taken] = {}
        self._views: dict[tuple[str, str], tuple[tuple[int, int], MarketView, Decimal]] = {}
        self._due: list[tuple[float, int, Pending]] = []
        self._accepted = 0
        self._looked: dict[int, tuple[int, int]] = {}
        self._used: dict[int, tuple[list[Order], int, set[str]]] = {}
        self._turn = 0
        self._wake = asyncio.Event()
        world.subscribe(self._note)

    # a write

    def accept(self, pending: Pending, *, delay: float = LANDING) -> None:
        """Take a write on, to be carried out `delay` seconds later. Raises BybitError where it is refused at once.

        Outside an event loop it is carried out now.
        """
        if pending.run is None:
            self._foresee(pending)
        self._accepted += 1
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._land(pending)
            return
        heappush(self._due, (loop.time() + delay, self._accepted, pending))
        loop.call_later(delay, self._land_due, loop)

    def pending(self, account: Account) -> list[Pending]:
        """What was taken on of an account's and is not carried out yet, in the order in which it will be."""
        return [each for *_, each in sorted(self._due, key=lambda due: due[:2]) if each.account.uid == account.uid]

    def land_all(self) -> None:
        """Carry out at once what was taken on: before the state is written for the last time."""
        while self._due:
            self._land(heappop(self._due)[2])

    def _land_due(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._due and self._due[0][0] <= loop.time() + LANDING / 8:
            self._land(heappop(self._due)[2])

    def _land(self, pending: Pending) -> None:
        account = self._world.accounts.get(pending.account.uid)  # a driver may have put another in its place
        if account is None:
            return
        if pending.run is not None:
            self.publish(account, pending.run(account))
            return
        extras = {pending.order_id: pending.extras} if pending.order_id else {}
        try:
            self.change(account, pending.command, pending.one, qty=pending.qty, extras=extras)
        except EngineRejected as refusal:
            if pending.refused is not None:
                self.publish(account, pending.refused(account, refusal))

    def _foresee(self, pending: Pending) -> None:
        """Try it on a copy of the account, behind what waits already. Raises BybitError."""
        account, before = pending.account, self.pending(pending.account)
        copy = account_of(account, self._world.market, hedged=account.is_hedged(pending.one))
        copy.default_leverage = default_leverage(pending.one)
        copy.taken = deepcopy(self._taken.get(account.uid, {}))
        before = [each for each in before if each.run is None]
        markets = self._markets(account, [pending.one, *(each.one for each in before)], pending.qty)
        engine = self.engine(account)
        for each in before:
            try:
                each.command(engine, copy, markets)
            except EngineRejected:
                continue
        try:
            pending.command(engine, copy, markets)
        except EngineRejected as refusal:
            raise BybitError(refusal.code, str(refusal)) from None

    def is_used(self, account: Account, link_id: str) -> bool:
        """Whether an order of a contract had that id of its client's, or will have it."""
        if any(each.link_id == link_id and each.one.is_contract for each in self.pending(account)):
            return True
        if any(each.link_id == link_id and each.category in CONTRACTS for each in account.orders.values()):
            return True
        history = account.history
        known, seen, ids = self._used.get(account.uid, ([], 0, set()))
        if known is not history or seen > len(history):
            seen, ids = 0, set()
        ids.update(each.link_id for each in history[seen:] if each.category in CONTRACTS)
        self._used[account.uid] = history, len(history), ids
        return link_id in ids

    # a change

    def engine(self, account: Account) -> Engine:
        """The rules by which the account trades: Bybit's, in the account's readings of them."""
        readings = account.readings
        return Engine(
            spares_market=readings.get("reduce_only") != "counted",
            counts_protections=readings.get("conditional_rows") != "uncounted",
        )

    def change(
        self,
        account: Account,
        command: Command,
        *instruments: Instrument,
        qty: Decimal = ZERO,
        at: int | None = None,
        extras: Mapping[str, dict[str, Any]] | None = None,
    ) -> Applied:
        """Let the engine work on an account now; what it changes is kept and told. Raises EngineRejected.

        `instruments`: those that may be traded by it, which need a book; the first one's position mode counts.
        `qty`: how much a new order of it may take from the book. `at`: at the prices of that epoch millisecond.
        `extras`: what new orders have that the engine does not know, by their ids and the names of `Order`.
        """
        market = self._world.market
        hedged = account.is_hedged(instruments[0]) if instruments else None
        engine_account = account_of(account, market, hedged=hedged)
        if instruments:
            engine_account.default_leverage = default_leverage(instruments[0])
        engine_account.taken = self._taken.setdefault(account.uid, {})
        changes = command(self.engine(account), engine_account, self._markets(account, instruments, qty, at))
        if not changes:
            return Applied()
        applied = Applying(account, market, self._world.ids, extras or {}).apply(engine_account, changes)
        self.publish(account, applied)
        return applied

    def publish(self, account: Account, done: Applied) -> None:
        """Tell the private streams, and let the account be written to the state."""
        tell(self._world, account, done)
        for kept in (account.history, account.executions, account.closed_pnl, account.log):
            if len(kept) > _KEPT + _KEPT // 10:
                del kept[:-_KEPT]
        looked = self._looked.get(account.uid)
        self._world.touch(account.uid)
        if looked is not None:
            self._looked[account.uid] = looked

    def leg(self, account: Account, one: Instrument, index: int) -> Position:
        """The account's leg, made where it never was used."""
        return account.positions.setdefault(leg_key(one.symbol, index), account.leg(one, index))

    # prices

    def advance(self, account: Account) -> None:
        """Let the prices of now act on an account: fills, triggers, margin calls; once for each price."""
        follow(self._world, account)
        market, at = self._world.market, self._world.now()
        stamp = market.stamp(at)
        if self._looked.get(account.uid) == stamp:
            return
        self._looked[account.uid] = stamp
        ordered = {(each.category, each.symbol) for each in account.orders.values() if each.category in CONTRACTS}
        symbols = ordered | {(each.category, each.symbol) for each in account.held()}
        settle(self._world, account)
        self._world.spot.advance(account)
        if not symbols:
            return
        found = [market.any_of(symbol, category) for category, symbol in sorted(symbols)]
        instruments = [one for one in found if one.is_trading]  # of others no price moves

        def act(engine: Engine, engine_account: EngineAccount, markets: Markets) -> Changes:
            return engine.tick_all(engine_account, [Symbol(one.symbol) for one in instruments], markets)

        booked = [one for one in instruments if (one.category, one.symbol) in ordered]
        self.change(account, act, *booked)  # what is only held is called at the mark price, which needs no book

    def sweep(self, share: float | None = None) -> bool:
        """Let the prices of now act on every account.

        False where that takes longer than `share` seconds, and the rest waits for its turn; None: all of them.
        """
        busy = [each for each in self._world.accounts.values() if each.orders or each.positions]
        began, count = perf_counter(), len(busy)
        for _ in range(count):
            if share is not None and perf_counter() - began > share:
                return False
            self._turn += 1
            self.advance(busy[self._turn % count])
        return True

    async def run(self) -> None:
        """Look at all accounts as prices move, until cancelled."""
        hurries = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SHARE if hurries else _PAUSE):  # `wait_for` can lose a cancellation
                    await self._wake.wait()
            hurries |= self._wake.is_set()
            self._wake.clear()
            try:
                hurries &= not self.sweep(_SHARE)
            except (LookupError, ArithmeticError):  # an account that cannot be worked on does not stop the others
                _log.exception("the prices of now could not act on an account")

    def _note(self, uid: int | None) -> None:
        """A driver changed something."""
        if uid is None:
            self._wake.set()
        else:
            self._looked.pop(uid, None)

    # books

    def _markets(
        self, account: Account, instruments: Iterable[Instrument], qty: Decimal, at: int | None = None
    ) -> Markets:
        at = self._world.now() if at is None else at
        views = {one.symbol: self.view(one, at, qty + _open(account, one)) for one in instruments}
        return markets_of(account, self._world.market, at, *views.values())

    def view(self, one: Instrument, at: int, qty: Decimal = ZERO) -> MarketView:
        """A contract at that epoch millisecond with its book, which has room for so much where it can."""
        key, stamp = (one.category, one.symbol), self._world.market.stamp(at)
        kept = self._views.get(key)
        if kept is None or kept[0] != stamp:
            kept = self._views[key] = stamp, *self._draw(one, at, _DEPTH)
        _, view, room = kept
        if room < qty and len(view.asks) <= _DEPTH:
            _, view, _ = self._views[key] = stamp, *self._draw(one, at, _DEEPEST)
        return view

    def _draw(self, one: Instrument, at: int, levels: int) -> tuple[MarketView, Decimal]:
        """The view, and what either side has room for."""
        bids, asks = (_levels(side) for side in self._world.books.sides(one, at, levels))
        return view_of(one, self._world.market, at, bids, asks), min(depth([*bids]), depth([*asks]))


def _open(account: Account, one: Instrument) -> Decimal:
    """What its orders may still take from the book."""
    return sum((each.left for each in account.orders.values() if each.symbol == one.symbol), ZERO)


def _levels(side: list[list[str]]) -> tuple[PriceSize, ...]:
    return tuple((Decimal(price), Decimal(size)) for price, size in side)
