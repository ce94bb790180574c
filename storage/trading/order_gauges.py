"""Counts of orders over all accounts."""

from collections import Counter
from typing import Final

from bot.domain.intent_states import UNDECIDED
from bot.domain.order_gauges import OrderGauges
from bot.domain.trade_plans import ORDER_KINDS, IntentKind, IntentState
from storage.sqlite.database import Database
from storage.trading.disagreements import SqliteDisagreementQueries

COUNT_LIVE: Final = """
    SELECT kind, state, count(*), min(sent_ts) FROM order_intents
     WHERE state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'unknown')
     GROUP BY kind, state
"""
COUNT_UNPROTECTED: Final = """
    SELECT count(*), min(first_fill_ts) FROM trade_plans
     WHERE state = 'open' AND stop IS NOT NULL AND first_fill_ts IS NOT NULL AND protected_ts IS NULL
"""
COUNT_PANICS: Final = (
    "SELECT count(*) FROM panics INDEXED BY idx_panics_going WHERE ended_ts IS NULL AND account_id > 0"
)
COUNT_HALTS: Final = "SELECT count(*) FROM halts WHERE until_ts IS NULL AND (until_ts IS NULL) = 1"
COUNT_EMERGENCY: Final = "SELECT count(*) FROM order_intents WHERE exit_reason = 'emergency'"


class SqliteOrderGauges:
    """Implements `bot.domain.ports.order_gauges.OrderGaugeQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def order_gauges(self) -> OrderGauges:
        """How the orders stand now. Raises StorageTrouble."""
        orders: Counter[IntentState] = Counter()
        unknown, unknown_since = 0, None
        for kind, state, count, first_sent in await self._database.fetch(COUNT_LIVE):
            if IntentKind(kind) in ORDER_KINDS:
                orders[IntentState(state)] += count
            if IntentState(state) in UNDECIDED:
                unknown += count
                unknown_since = first_sent if unknown_since is None else min(unknown_since, first_sent)
        unprotected, unprotected_since = (await self._database.fetch(COUNT_UNPROTECTED))[0]
        panics = (await self._database.fetch(COUNT_PANICS))[0][0]
        emergency = (await self._database.fetch(COUNT_EMERGENCY))[0][0]
        is_halted = (await self._database.fetch(COUNT_HALTS))[0][0] > 0
        return OrderGauges(
            orders=orders,
            unknown=unknown,
            unknown_since=unknown_since,
            unprotected=unprotected,
            unprotected_since=unprotected_since,
            emergency=emergency,
            panics=panics,
            is_halted=is_halted,
            disagreements=await SqliteDisagreementQueries(self._database).open_by_kind(),
        )
