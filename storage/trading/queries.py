"""Reads of plans and intents."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.ports.plans import DueAccount, OpenState
from bot.domain.trade_plans import ClosedTrade, ManagedTrade, OrderIntent, TradePlan
from storage.accounts.accounts import SELECT_ACCOUNT, account_of
from storage.accounts.portfolio import SELECT_POSITIONS_BY_PLAN, positions_of
from storage.sqlite.codecs import spans
from storage.sqlite.database import Database
from storage.trading.closed import SELECT_CLOSED, SELECT_CLOSED_OF_PLAN, closed_of
from storage.trading.fences import SELECT_PAUSED
from storage.trading.intents import (
    SELECT_INTENT,
    SELECT_INTENT_BY_KEY,
    SELECT_INTENTS_OF_PLAN,
    SELECT_LIVE,
    SELECT_UNTOLD,
    intent_of,
)
from storage.trading.plans import SELECT_OPEN_OF_ACCOUNT, SELECT_PLAN, SELECT_VERSION, plan_of

SELECT_LAST_FILL: Final = "SELECT max(ts) FROM trade_logs WHERE account_id = ?"
# As numbers of the machine: that one is less than the other is all that is asked.
SELECT_OWED: Final = """
    SELECT min(coalesce(i.sent_ts, i.created_ts))
      FROM trade_plans AS p JOIN order_intents AS i ON i.plan_id = p.plan_id
     WHERE p.account_id = ? AND p.state = 'open' AND CAST(i.fills_qty AS REAL) < CAST(i.cum_exec_qty AS REAL)
"""
SELECT_KNOWN_FILLS: Final = "SELECT exec_id FROM trade_logs WHERE account_id = ? AND ts >= ?"
# Those of which something is not known first, then those whose stop was not seen, then what else is open.
SELECT_TO_SETTLE: Final = """
    SELECT a.account_id, a.user_id, a.exchange, a.account_type, a.host, a.label, a.bybit_uid, a.risk_percent,
           a.stop_loss_percent, a.take_profit_percent, a.leverage, a.order_type, w.due
      FROM (SELECT account_id, min(due) AS due FROM (
                   SELECT account_id, CASE WHEN state IN ('sending', 'unknown') THEN 0 ELSE 2 END AS due
                     FROM order_intents
                    WHERE state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled',
                                    'unknown')
                   UNION ALL SELECT account_id,
                                    CASE WHEN protected_ts IS NULL AND first_fill_ts IS NOT NULL THEN 1 ELSE 2 END
                               FROM trade_plans WHERE state = 'open'
                   UNION ALL SELECT account_id, 2 FROM leg_costs) GROUP BY account_id) AS w
      JOIN accounts AS a ON a.account_id = w.account_id
     WHERE a.state <> 'removed'
     ORDER BY w.due, a.account_id
"""
# All others that may hold something: of practice nothing is unknown here.
SELECT_TO_LOOK_AT: Final = """
    SELECT account_id, user_id, exchange, account_type, host, label, bybit_uid, risk_percent, stop_loss_percent,
           take_profit_percent, leverage, order_type
      FROM accounts WHERE state = 'active' AND account_type <> 'paper'
"""
# Those whose card may say less than is known: their card stands in the chat of their owner. Of a panic it is its own.
SELECT_UNTOLD_CARDS: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents
     WHERE intent_id IN (
               SELECT intent_id FROM order_intents WHERE is_told = 0 AND final_ts IS NOT NULL AND final_ts > ?1
               UNION ALL
               SELECT intent_id FROM order_intents
                WHERE state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled',
                                'unknown'))
       AND kind IN ('entry', 'close', 'reduce') AND state NOT IN ('untriggered', 'open', 'partially_filled')
       AND created_ts > ?1 AND card_chat_id = user_id AND card_message_id > 0
       AND NOT (idempotency_key >= 'closing:' AND idempotency_key < 'closing;' AND EXISTS (
               SELECT 1 FROM leg_closings AS c
                WHERE c.closing_id = CAST(substr(idempotency_key, 9) AS INTEGER) AND c.panic_id IS NOT NULL))
     ORDER BY intent_id
"""
_NOTHING_OPEN: Final = 3


class SqliteTradingQueries:
    """Implements `bot.domain.ports.plans.TradingQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def trade(self, plan_id: int) -> ManagedTrade | None:
        """A plan with everything that was done for it, and its leg's position as it was last booked."""
        asked = (SELECT_PLAN, SELECT_INTENTS_OF_PLAN, SELECT_POSITIONS_BY_PLAN, SELECT_CLOSED_OF_PLAN)
        rows, intents, positions, closed = await self._database.fetch_all([(each, (plan_id,)) for each in asked])
        if not rows:
            return None
        plan = plan_of(rows[0])
        known = positions_of(positions, plan.account_id)
        return ManagedTrade(
            plan=plan,
            intents=tuple(map(intent_of, intents)),
            position=None if known is None else known.of_leg(plan.leg),
            closed=tuple(map(closed_of, closed)),
        )

    async def version(self, plan_id: int) -> int | None:
        rows = await self._database.fetch(SELECT_VERSION, (plan_id,))
        return rows[0][0] if rows else None

    async def plans_open(self, account_id: AccountId) -> tuple[TradePlan, ...]:
        return tuple(map(plan_of, await self._database.fetch(SELECT_OPEN_OF_ACCOUNT, (account_id,))))

    async def intents_of_plan(self, plan_id: int) -> tuple[OrderIntent, ...]:
        return tuple(map(intent_of, await self._database.fetch(SELECT_INTENTS_OF_PLAN, (plan_id,))))

    async def intents(self, intent_ids: Sequence[int]) -> tuple[OrderIntent, ...]:
        """Those that are there, in the order of the ids."""
        rows = [await self._database.fetch(SELECT_INTENT, (each,)) for each in intent_ids]
        return tuple(intent_of(found[0]) for found in rows if found)

    async def intents_live(self, account_id: AccountId) -> tuple[OrderIntent, ...]:
        return tuple(map(intent_of, await self._database.fetch(SELECT_LIVE, (account_id,))))

    async def by_key(self, idempotency_key: str) -> OrderIntent | None:
        rows = await self._database.fetch(SELECT_INTENT_BY_KEY, (idempotency_key,))
        return intent_of(rows[0]) if rows else None

    async def untold(self, now: Millis, limit: int, followed_ms: int) -> tuple[OrderIntent, ...]:
        """Intents in their last state for `followed_ms`, of which nobody was told.

        Entries that are filled after they rested for twice as long, which no card follows, are due at once.
        """
        rows = [
            row
            for edges in spans(now)
            for row in await self._database.fetch(SELECT_UNTOLD, (now - followed_ms, limit, *edges, followed_ms))
        ]
        return tuple(map(intent_of, rows[:limit]))

    async def cards_untold(self, since: Millis) -> tuple[OrderIntent, ...]:
        return tuple(map(intent_of, await self._database.fetch(SELECT_UNTOLD_CARDS, (since,))))

    async def closed_by(self, account_id: AccountId, order_id: str, position_idx: int) -> ClosedTrade | None:
        rows = await self._database.fetch(SELECT_CLOSED, (account_id, order_id, position_idx))
        return closed_of(rows[0]) if rows else None

    async def paused_since(self, account_id: AccountId) -> Millis | None:
        rows = await self._database.fetch(SELECT_PAUSED, (account_id,))
        return rows[0][0] if rows else None

    async def open_state(self, account_id: AccountId) -> OpenState | None:
        """None: there is no such account."""
        asked = (SELECT_ACCOUNT, SELECT_LIVE, SELECT_OPEN_OF_ACCOUNT, SELECT_LAST_FILL, SELECT_OWED)
        rows, live, plans, last, owed = await self._database.fetch_all([(each, (account_id,)) for each in asked])
        if not rows:
            return None
        return OpenState(
            account=account_of(rows[0]),
            live=tuple(map(intent_of, live)),
            plans=tuple(map(plan_of, plans)),
            last_fill_ts=last[0][0],
            owed_since=owed[0][0],
        )

    async def fills_known(self, account_id: AccountId, since: Millis) -> frozenset[str]:
        """The execIds of what is booked from that moment on."""
        return frozenset([row[0] for row in await self._database.fetch(SELECT_KNOWN_FILLS, (account_id, since))])

    async def accounts_to_settle(self) -> tuple[DueAccount, ...]:
        """Those with something open: unknown requests first, then positions whose stop was not seen, then the rest."""
        return tuple(
            DueAccount(account=account_of(row[:-1]), turn=row[-1])
            for row in await self._database.fetch(SELECT_TO_SETTLE)
        )

    async def accounts_to_look_at(self) -> tuple[DueAccount, ...]:
        """Every connected account of an exchange."""
        rows = await self._database.fetch(SELECT_TO_LOOK_AT)
        return tuple(DueAccount(account=account_of(row), turn=_NOTHING_OPEN) for row in rows)

    async def account(self, account_id: AccountId) -> Account | None:
        rows = await self._database.fetch(SELECT_ACCOUNT, (account_id,))
        return account_of(rows[0]) if rows else None
