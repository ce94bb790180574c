"""Drills on practice: for a minute nothing of an account is managed here; then what its exchange did alone is told."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.chat import outbox_message
from bot.domain.drills import SECONDS, Drill, DrillEnd, DrillOverMessage
from bot.domain.errors import BadInput, ButtonExpired, ExchangeError
from bot.domain.ids import AccountId, Millis
from bot.domain.portfolio import Execution
from bot.domain.ports.clock import Clock
from bot.domain.ports.drills import DrillExchange, DrillQueries
from bot.domain.ports.plans import OpenState, TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.users import UserConfig

_logger = logging.getLogger(__name__)
_LENGTH: Final = SECONDS * 1_000  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillWatch:
    """Says whether an account is left alone now. An order of its person's ends the drill: nobody waits for one."""

    queries: DrillQueries
    transactions: Transactions
    clock: Clock

    async def is_away(self, state: OpenState) -> bool:
        """Whether nothing of that account is to be managed now."""
        if state.account.account_type is not AccountType.PAPER:
            return False
        drill, now = await self.queries.running(state.account), self.clock.now()
        if drill is None or not drill.is_under_way(now):
            return False
        if any(each.created_ts >= drill.started_ts for each in state.live):
            async with self.transactions.begin_aside() as unit:
                await unit.drills.end(drill.drill_id, DrillEnd.ORDER, now)
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drills:
    """Begins drills, ends them, and tells what they showed. `settle` goes through an account once."""

    queries: DrillQueries
    trading: TradingQueries
    exchange: DrillExchange
    reads: Reads
    transactions: Transactions
    clock: Clock
    settle: Callable[[AccountId], Awaitable[None]]

    async def start(self, config: UserConfig, account: Account) -> Drill:
        """A drill of that practice account from now on.

        Raises BadInput where nothing stands there, or one is running; ButtonExpired for an account of another kind.
        """
        if account not in config.accounts or account.account_type is not AccountType.PAPER:
            raise ButtonExpired
        plans = await self.trading.plans_open(account.account_id)
        trades = [each for each in [await self.trading.trade(plan.plan_id) for plan in plans] if each is not None]
        rehearsal = await self.exchange.rehearse(account, trades)
        if rehearsal is None:
            raise BadInput("drill-nothing")
        value = await self._value(account)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            drill = await unit.drills.begin(account, Millis(now + _LENGTH), value, rehearsal, now)
            if drill is None:
                raise BadInput("drill-running")
        return drill

    async def stop(self, config: UserConfig) -> Drill:
        """The person's drill that is running, ended. Raises BadInput where there is none."""
        drill = await self.newest(config)
        if drill is None or not drill.is_under_way(self.clock.now()):
            raise BadInput("drill-none")
        async with self.transactions.begin() as unit:
            await unit.drills.end(drill.drill_id, DrillEnd.STOPPED, self.clock.now())
        await self._finish(await self.of(config, drill.drill_id))
        return await self.of(config, drill.drill_id)

    async def newest(self, config: UserConfig) -> Drill | None:
        """The person's last one, running or over."""
        return await self.queries.newest(config.user_id)

    async def of(self, config: UserConfig, drill_id: int) -> Drill:
        """A drill of the person's. Raises ButtonExpired for somebody else's."""
        drill = await self.queries.drill(config.user_id, drill_id)
        if drill is None:
            raise ButtonExpired
        return drill

    async def fills(self, drill: Drill) -> tuple[Execution, ...]:
        """What its exchange executed meanwhile, at real prices."""
        return await self.queries.fills(drill)

    async def tell_due(self) -> int:
        """End those whose time is over, catch up on what was missed, and tell of them; how many there were."""
        due = await self.queries.due(self.clock.now())
        for drill in due:
            await self._finish(drill)
        return len(due)

    async def _finish(self, drill: Drill) -> None:
        """Its account is managed again, which is what was missed; then its result. Whoever stopped it sees the page."""
        account = await self.trading.account(drill.account_id)
        if account is None:
            return
        ended = drill.ended_ts or max(self.clock.now(), drill.started_ts)
        if drill.ended_ts is None:
            async with self.transactions.begin_aside() as unit:
                await unit.drills.end(drill.drill_id, DrillEnd.TIME, ended)
        try:
            await self.settle(drill.account_id)
        except ExchangeError as trouble:  # the settlement goes on by itself
            _logger.info("after a drill of account %d: %s", drill.account_id, trouble)
        caught_up = await self.queries.requests_since(drill, ended)
        value, fills = await self._value(account), await self.queries.fills(replace(drill, ended_ts=ended))
        payload = DrillOverMessage(
            drill_id=drill.drill_id,
            how=drill.ended_how or DrillEnd.TIME,
            fills=len(fills),
            caught_up=caught_up,
            result_alone=drill.rehearsal.result_alone,
            result_managed=drill.rehearsal.result_managed,
        )
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:
            is_first = await unit.drills.told(drill.drill_id, value, caught_up, now)
            if is_first and drill.ended_how is not DrillEnd.STOPPED:
                key = f"drill:{drill.drill_id}"
                await unit.enqueue(outbox_message(payload, user_id=drill.user_id, idempotency_key=key), now)

    async def _value(self, account: Account) -> Decimal | None:
        """What the account is worth now; None while no price comes."""
        with suppress(ExchangeError):
            return (await self.reads.balance(account)).total_equity
        return None
