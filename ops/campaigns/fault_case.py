"""One case of the fault campaign: a state is brought about, a fault strikes an operation, and all comes to rest.

What must hold then is asked of `fault_truth`; meanwhile no leg may stand for long without the stop it was promised.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from bot.domain.errors import ExchangeError, UserFacing
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import PlannedTarget
from ops.campaigns.fault_matrix import Cell
from ops.campaigns.fault_orders import ordered
from ops.campaigns.fault_stand import PLACE, Stand, standing
from ops.campaigns.fault_truth import broken, guessed, naked
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fault_kinds import EVENTS, ORDER
from ops.sim.bybit.faults import Fault

SYMBOL: Final = Symbol("BTCUSDT")
PRICE: Final = 60_000
_LOOKS: Final = (5, 10, 20, 40, 80, 160, 320, 640)
"""Seconds between two looks at what has come to rest: more than a ban of ten minutes in all."""
_NAKED_S: Final = 15
"""Seconds that a leg may be without its stop while nothing is spoiled: ten, and the round that sees it."""
_LOOK_EVERY_S: Final = 2.5
"""Seconds between two looks at whether it is."""
_LONGEST: Final = 120
_BANS: Final = frozenset({"ip_ban", "html_403", "http_429", "code_10018"})
"""After one of these nothing at all is asked for a while."""
_UNANSWERED: Final = ("lost_answer", "reset_before", "late_execution")
"""How an entry comes to be one whose outcome nobody knows: executed, never there, executed later."""
_PAUSES: Final = (0.01, 0.03, 0.05, 0.2, 2)
_SHORT_PAUSES: Final = (0.0, 0.01, 0.02, 0.03, 0.05)
"""Seconds from the begin of an operation to what befalls the position: the short ones where it ends the position."""
_ENDING: Final = frozenset({"close", "panic", "enter_panic"})
_ONE_TARGET: Final = (Decimal(4),)
_THREE_TARGETS: Final = (Decimal(1), Decimal(2), Decimal(4))
_NEW_TARGETS: Final = (Decimal("0.01"), Decimal("0.015"), Decimal("0.02"), Decimal("0.03"))
"""As shares of the price: one more than any plan had, or every other one of them."""

Operation = Callable[[], Awaitable[object]]


@dataclass(slots=True, kw_only=True)
class Case:
    """One bot and one account over as many strikes as cells are given. `notes` says what was done, for a replay."""

    folder: Path
    draw: Random
    stand: Stand
    life: AsyncExitStack
    database: sqlite3.Connection
    failures: list[str] = field(default_factory=list)
    struck: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_short_side: bool = False

    async def strike(self, cell: Cell) -> bool:
        """One cell, from a flat leg to a flat leg; what is wrong goes to `failures`. Whether the fault hit anything."""
        self.stand.set_price(SYMBOL, PRICE)
        self.is_short_side = self.draw.random() < 0.5  # noqa: PLR2004  every other one
        self._note(f"{cell}, {'short' if self.is_short_side else 'long'}")
        before = len(self.failures)
        await self._bring_about(cell)
        operation = await self._prepare(cell)
        watching = asyncio.create_task(self._watch(), name="stops are watched")
        try:
            has_hit = await self._spoil(cell, operation)
            await self._rest(f"after {cell}", cell.fault)
        finally:
            watching.cancel()
        if len(self.failures) == before:
            await self._leave()
            await self._rest(f"after all was left, {cell}", cell.fault)
        if has_hit:
            self.struck.append(cell)
        return has_hit

    # a state

    async def _bring_about(self, cell: Cell) -> None:
        state = cell.state
        match state:
            case "resting":
                await self._do(await self._entry(limit=True))
            case "held" | "half":
                await self._do(await self._entry())
            case "targets":
                await self._do(await self._entry(targets=_THREE_TARGETS, trailing=Decimal(2)))
            case "unknown":
                needs_orders = cell.fault in EVENTS | ORDER
                kind = "lost_answer" if needs_orders else self.draw.choice(_UNANSWERED)
                self.stand.fault(kind, times=1, **({} if kind == "late_execution" else {"path": "/v5/order/create"}))
                await self._do(await self._entry())
        if state == "half":
            await asyncio.sleep(3)
            await self._do(await self._entry(limit=True))
        await asyncio.sleep(0.5 if state == "unknown" else 3)
        self.stand.control.clear_faults()
        truth = self.stand.truth()
        is_there = {
            "flat": not truth["positions"] and not truth["orders"],
            "resting": bool(truth["orders"]) and not truth["positions"],
            "unknown": True,
        }.get(state, bool(truth["positions"]))
        if not is_there:
            self.failures.append(f"the state {state} was not reached")

    # operations

    async def _prepare(self, cell: Cell) -> Operation:
        """The operation with everything that comes before the tap: what happens then meets the fault."""
        name = cell.operation
        are_more = cell.fault in ORDER or self.draw.random() < 0.5  # noqa: PLR2004  fewer ones make no order
        made: Mapping[str, Callable[[], Awaitable[Operation]]] = {
            "enter": self._entry,
            "enter_limit": lambda: self._entry(limit=True),
            "enter_panic": self._overtaken,
        }
        if name in made:
            return await made[name]()
        return {
            "move_stop": self._move_stop,
            "set_targets": lambda: self._set_targets(_NEW_TARGETS if are_more else _NEW_TARGETS[1::2]),
            "cancel": self._cancel,
            "reduce": self._reduce,
            "close": self._close,
            "panic": self._panic,
            "watch": self._look,
            "restart": self._restart,
        }[name]

    async def _entry(
        self, *, limit: bool = False, targets: tuple[Decimal, ...] = _ONE_TARGET, trailing: Decimal | None = None
    ) -> Operation:
        """A card that is about to be confirmed; one that cannot be made is no operation."""
        services, config = self.stand.services, await self.stand.config()
        away = Decimal("1.02") if self.is_short_side else Decimal("0.98")
        draft = OrderDraft(
            account_id=self.stand.account.account_id,
            symbol=SYMBOL,
            side=Side.SELL if self.is_short_side else Side.BUY,
            size=OrderSize(SizeKind.VALUE, Decimal(1200)),
            limits=(Decimal(PRICE) * away,) if limit else (),
            stop=PriceLevel(percent=Decimal(3)) if not limit else PriceLevel(price=self._beyond(Decimal("0.05"))),
            targets=tuple(PriceLevel(percent=each) for each in targets),
            leverage=3,
            trailing=trailing,
        )
        try:
            card = await services.trading.quotes.card(config, draft)
        except (UserFacing, ExchangeError) as refusal:
            self._note(f"no card: {refusal!r}")
            return _nothing
        key = self.stand.key()
        return lambda: services.trading.entries.confirm(config, card.confirmed(), place=PLACE, idempotency_key=key)

    async def _overtaken(self) -> Operation:
        """Two entries, the second of which waits for the answer to the first one, and a panic right after."""
        entries, pauses = (await self._entry(), await self._entry(limit=True)), [self.draw.random() / 20 for _ in "12"]

        async def operation() -> None:
            going = []
            for entry, pause in zip(entries, pauses, strict=True):
                going.append(asyncio.ensure_future(entry()))
                await asyncio.sleep(pause)
            for each in await asyncio.gather(self._panic(), *going, return_exceptions=True):
                if isinstance(each, BaseException):
                    raise each

        return operation

    def _beyond(self, share: Decimal) -> Decimal:
        """A price so far on the losing side."""
        return Decimal(PRICE) * (1 + share if self.is_short_side else 1 - share)

    @property
    def _leg(self) -> LegKey:
        return LegKey(account_id=self.stand.account.account_id, category=Category.LINEAR, symbol=SYMBOL, position_idx=0)

    async def _move_stop(self) -> object:
        price = self._beyond(self.draw.choice((Decimal("0.01"), Decimal("0.02"), Decimal("0.04"))))
        legs = self.stand.services.trading.legs
        return await legs.move_stop(await self.stand.config(), self._leg, price, idempotency_key=self.stand.key())

    async def _set_targets(self, shares: tuple[Decimal, ...]) -> object:
        """Targets so far away, each for as much as the others."""
        way = -1 if self.is_short_side else 1
        targets = tuple(
            PlannedTarget(number=number, price=Decimal(PRICE) * (1 + way * share), share=Decimal(1) / len(shares))
            for number, share in enumerate(shares, 1)
        )
        legs = self.stand.services.trading.legs
        return await legs.set_targets(await self.stand.config(), self._leg, targets, idempotency_key=self.stand.key())

    async def _cancel(self) -> object:
        legs, account_id = self.stand.services.trading.legs, self.stand.account.account_id
        return await legs.cancel_all(await self.stand.config(), account_id, SYMBOL, idempotency_key=self.stand.key())

    async def _reduce(self) -> object:
        legs = self.stand.services.trading.legs
        return await legs.reduce(
            await self.stand.config(), self._leg, Decimal("0.4"), place=PLACE, idempotency_key=self.stand.key()
        )

    async def _close(self) -> object:
        legs = self.stand.services.trading.legs
        return await legs.close(await self.stand.config(), self._leg, place=PLACE, idempotency_key=self.stand.key())

    async def _panic(self) -> object:
        panic = self.stand.services.trading.panic
        return await panic.close_all(
            await self.stand.config(), self.stand.account, (), place=PLACE, idempotency_key=self.stand.key()
        )

    async def _restart(self) -> object:
        """The process ends in order, and another one starts over the same files."""
        await self.life.aclose()
        self.stand.assembly = await self.life.enter_async_context(
            standing(self.folder, self.stand.transport, self.draw)
        )
        return None

    async def _look(self) -> object:
        """What a screen of positions shows, and a round of settlement."""
        trading = self.stand.services.trading
        await trading.settlement.settle(self.stand.account.account_id)
        return await trading.legs.outlooks(await self.stand.config(), self.stand.account.account_id)

    async def _do(self, operation: Operation) -> None:
        """Let it be tried; a refusal in words is an outcome."""
        try:
            async with asyncio.timeout(_LONGEST):
                await operation()
        except (UserFacing, ExchangeError) as refusal:
            self._note(f"refused: {refusal!r}")
        except TimeoutError:
            self.failures.append(f"an operation took longer than {_LONGEST} s")

    # the fault

    async def _spoil(self, cell: Cell, operation: Operation) -> bool:
        """The operation under its fault, which stands for a while; whether it hit anything."""
        fields = ordered(cell, SYMBOL, self.draw)
        self._note(f"fault {cell.fault} {fields}")
        if cell.fault in EVENTS:
            return await self._befall(cell, operation, fields)
        fault = self._order(cell, fields)
        await self._do(operation)
        await asyncio.sleep(self.draw.choice((1, 4, 15, 40, 70)))
        if fault is not None and not fault.struck:
            fault.path = ""
            await self._do(self._look)  # whatever is asked for next is hit
        self.stand.control.clear_faults()
        if cell.fault in _BANS:
            await self._ban_is_over()
        return fault is None or fault.struck > 0

    async def _ban_is_over(self) -> None:
        budget = self.stand.assembly.bybit.pipeline.budget
        for _ in range(3):  # whoever asks first finds out whether it is over, and may be banned once more
            await asyncio.sleep(budget.stats().banned_for + 1)
            await self._do(self._look)

    def _order(self, cell: Cell, fields: dict[str, object]) -> Fault | None:
        """None where the fault hits no request of its own: it changes what is there."""
        self.stand.fault(cell.fault, **fields)
        standing_ = [each for each in self.stand.world.faults.standing if each.kind == cell.fault]
        return None if cell.fault == "limits_changed" else standing_[-1]

    async def _befall(self, cell: Cell, operation: Operation, fields: dict[str, object]) -> bool:
        """The operation, and the event in the middle of it or right after."""
        going = asyncio.create_task(self._do(operation), name=cell.operation)
        await asyncio.sleep(self.draw.choice(_SHORT_PAUSES if cell.operation in _ENDING else _PAUSES))
        if cell.fault != "mode_switched" and not self.stand.truth()["positions"]:
            await asyncio.wait({going})
            await asyncio.sleep(1)
        hits = cell.fault == "mode_switched" or bool(self.stand.truth()["positions"])
        self.stand.fault(cell.fault, **fields)
        await asyncio.wait({going})
        return hits

    # rest

    async def _watch(self) -> None:
        """While nothing is spoiled, every leg has its stop after a few seconds."""
        looks = 0
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            there = self.stand.world.accounts[self.stand.uid]
            is_spoiled = bool(self.stand.world.faults.standing)
            found = [] if is_spoiled else naked(self.database, self.stand.account.account_id, there)
            looks = looks + 1 if found else 0
            if (looks - 1) * _LOOK_EVERY_S == _NAKED_S:
                self.failures.append(f"{found} had no stop for {_NAKED_S} s")

    async def _rest(self, when: str, fault: str) -> None:
        """Look again and again until nothing is wrong; what still is at the end is a failure."""
        found = list[str]()
        for pause in _LOOKS:
            await asyncio.sleep(pause)
            found = broken(self.database, self.stand.account.account_id, self.stand.truth(), fault)
            if not found:
                break
        found += guessed(self.database, self.stand.transport.denials)
        self.failures += [f"{when}: {line}" for line in found]
        self.failures += [f"{when}: logged {line}" for line in self.stand.trouble.lines]
        self.stand.trouble.lines.clear()

    async def _leave(self) -> None:
        """All is ended in one of the ways in which trades end, then by hand what is left."""
        way = self.draw.choice(("app", "panic", "stop", "target"))
        self._note(f"left by {way}")
        if way == "panic":
            await self._do(self._panic)
            await asyncio.sleep(20)
        elif way != "app":
            share = Decimal("0.08") if way == "stop" else Decimal("-0.08")
            self.stand.set_price(SYMBOL, float(self._beyond(share)))
            await asyncio.sleep(20)
        for act in ("cancel", "close"):
            with suppress(ControlError):  # nothing is there
                self.stand.control.act_in_app(str(self.stand.uid), {"act": act, "symbol": SYMBOL})
        await self.stand.services.trading.pauses.resume(self.stand.account)

    def _note(self, words: str) -> None:
        self.notes.append(f"{asyncio.get_running_loop().time():.3f} {words}")


async def _nothing() -> None:
    """What there is to do where no tap is possible."""
