"""order_intents: every request, written before it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.events import InstrumentRejected, OrderChanged, OrderPlaced, RecordEvent, StopChanged
from bot.domain.ids import AccountId, Millis, OrderLinkId
from bot.domain.intent_states import FINAL, average_after, is_concluded, quantity_after, request_after
from bot.domain.interning import intern_decimal
from bot.domain.market import Category
from bot.domain.orders import AmendRequest
from bot.domain.portfolio import LegKey
from bot.domain.ports.plans import IntentNews
from bot.domain.refusals import FENCED, RULES_DOUBTED, UNLEVERAGED
from bot.domain.trade_plans import (
    UNSETTLED,
    ExitReason,
    IntentKind,
    IntentState,
    NewIntent,
    OrderIntent,
)
from storage.accounts.accounts import event_of
from storage.sqlite.codecs import (
    Row,
    decimal_text,
    optional_decimal,
    optional_decimal_text,
    storable,
)
from storage.sqlite.transaction import Transaction
from storage.trading.intent_news import doubts, is_taken_back, next_state
from storage.trading.plans import TOUCH_PLAN, card_of, columns_of_card
from storage.trading.requests import request_of, request_text

INSERT_INTENT: Final = """
    INSERT INTO order_intents (kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id,
                               request, idempotency_key, fence, target_number, remaining, card_price, good_until,
                               exit_reason, card_chat_id, card_message_id, created_ts, tapped_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
            coalesce((SELECT fence FROM account_fences WHERE account_id = ?), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id,
              request, target_number, remaining, card_price, good_until, exit_reason, card_chat_id,
              card_message_id, order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts,
              acknowledged_ts, final_ts
"""
SELECT_INTENT: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents WHERE intent_id = ?
"""
SELECT_INTENT_BY_KEY: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents WHERE idempotency_key = ?
"""
SELECT_INTENT_BY_LINK: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents WHERE order_link_id = ?
"""
SELECT_LIVE: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents
     WHERE account_id = ?
       AND state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'unknown')
     ORDER BY intent_id
"""
SELECT_INTENTS_OF_PLAN: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents WHERE plan_id = ? ORDER BY intent_id
"""
# What a panic closes is told by its card while that goes on; a refusal rings all the same.
SELECT_UNTOLD: Final = """
    SELECT intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id, request,
           target_number, remaining, card_price, good_until, exit_reason, card_chat_id, card_message_id,
           order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts, acknowledged_ts,
           final_ts
      FROM order_intents AS i
     WHERE is_told = 0 AND final_ts IS NOT NULL AND final_ts > ?3 AND final_ts < ?4
       AND (final_ts NOT BETWEEN ?1 AND ?1 + ?5
            OR kind = 'entry' AND state = 'filled' AND final_ts - created_ts > 2 * ?5)
       AND NOT (i.idempotency_key >= 'closing:' AND i.idempotency_key < 'closing;' AND EXISTS (
               SELECT 1 FROM leg_closings AS c JOIN panics AS p ON p.panic_id = c.panic_id
                WHERE c.closing_id = CAST(substr(i.idempotency_key, 9) AS INTEGER) AND c.state <> 'refused'
                  AND coalesce(p.ended_ts, p.started_ts + 300000) >= ?1))
     ORDER BY final_ts LIMIT ?2
"""
# All that may keep an entry from being sent, in one row. A close that may still take what the entry would open, and an
# order of an ended plan that still rests there, are of the same leg.
SELECT_GUARDS: Final = """
    SELECT i.kind, i.state, i.fence < coalesce(f.fence, 0), f.paused_ts IS NOT NULL, i.good_until,
           EXISTS (SELECT 1 FROM order_intents AS c
                    WHERE c.account_id = i.account_id
                      AND c.state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled',
                                      'unknown')
                      AND c.kind IN ('close', 'reduce') AND c.symbol = i.symbol AND c.position_idx = i.position_idx),
           EXISTS (SELECT 1 FROM order_intents AS o JOIN trade_plans AS p ON p.plan_id = o.plan_id
                    WHERE o.account_id = i.account_id
                      AND o.state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled',
                                      'unknown')
                      AND o.kind IN ('entry', 'target') AND o.symbol = i.symbol AND o.position_idx = i.position_idx
                      AND p.state = 'ended'),
           EXISTS (SELECT 1 FROM order_intents AS l
                    WHERE l.plan_id = i.plan_id AND l.kind = 'leverage' AND l.state <> 'done'
                      AND l.intent_id = (SELECT max(n.intent_id) FROM order_intents AS n
                                          WHERE n.plan_id = i.plan_id AND n.kind = 'leverage')),
           EXISTS (SELECT 1 FROM leg_closings AS g
                    WHERE g.account_id = i.account_id AND g.category = i.category AND g.symbol = i.symbol
                      AND g.position_idx = i.position_idx AND g.state <> 'done'),
           EXISTS (SELECT 1 FROM halts WHERE until_ts IS NULL AND (until_ts IS NULL) = 1)
      FROM order_intents AS i LEFT JOIN account_fences AS f ON f.account_id = i.account_id
     WHERE i.intent_id = ?
"""
START_SENDING: Final = """
    UPDATE order_intents SET state = 'sending', sent_ts = ? WHERE intent_id = ? AND state = ?
    RETURNING intent_id, kind, state, user_id, account_id, category, symbol, position_idx, plan_id, order_link_id,
              request, target_number, remaining, card_price, good_until, exit_reason, card_chat_id,
              card_message_id, order_id, cum_exec_qty, avg_price, fills_qty, code, reason, is_told, created_ts, sent_ts,
              acknowledged_ts, final_ts
"""
UPDATE_INTENT: Final = """
    UPDATE order_intents
       SET state = ?, order_id = ?, cum_exec_qty = ?, avg_price = ?, code = ?, reason = ?, acknowledged_ts = ?,
           final_ts = ?, request_id = coalesce(nullif(?, ''), request_id), questions = max(questions, ?),
           unknown_ts = coalesce(unknown_ts, ?), settled_ts = coalesce(settled_ts, ?),
           is_told = is_told AND state NOT IN ('not_placed', 'abandoned') AND reason <> 'canceled-vanished'
                     AND NOT (state = 'rejected' AND order_id = '')
     WHERE intent_id = ?
    RETURNING account_id, user_id, (SELECT a.exchange FROM accounts AS a WHERE a.account_id = order_intents.account_id),
              (SELECT a.account_type FROM accounts AS a WHERE a.account_id = order_intents.account_id)
"""
SET_REQUEST: Final = "UPDATE order_intents SET request = ? WHERE intent_id = ?"
# Once a leg's stop was doubted, which is once an entry: what was seen before its fills says nothing of it.
STOP_SEEN: Final = """
    UPDATE order_intents SET stop_seen_ts = ?
     WHERE plan_id = ? AND kind = 'entry' AND fills_qty <> '0' AND stop_seen_ts IS NULL
"""
ADD_FILL: Final = "UPDATE order_intents SET fills_qty = ?, avg_price = ? WHERE intent_id = ?"
TOLD: Final = "UPDATE order_intents SET is_told = 1 WHERE intent_id = ? AND is_told = 0"

_CATEGORIES: Final = {each.value: each for each in Category}
_KINDS: Final = {each.value: each for each in IntentKind}
_STATES: Final = {each.value: each for each in IntentState}
_CHANGES_ORDERS: Final = frozenset({IntentKind.CANCEL, IntentKind.AMEND})
_LONGEST_REASON: Final = 200


def intent_of(row: Row) -> OrderIntent:
    """A row of SELECT_INTENT and the others of its columns."""
    return OrderIntent(
        intent_id=row[0],
        kind=_KINDS[row[1]],
        state=_STATES[row[2]],
        user_id=row[3],
        leg=LegKey(account_id=row[4], category=_CATEGORIES[row[5]], symbol=row[6], position_idx=row[7]),
        plan_id=row[8],
        order_link_id=row[9],
        request=request_of(row[10]),
        target_number=row[11],
        remaining=optional_decimal(row[12]),
        card_price=optional_decimal(row[13]),
        good_until=row[14],
        exit_reason=None if row[15] is None else ExitReason(row[15]),
        card=card_of(row[16], row[17]),
        order_id=row[18],
        cum_exec_qty=intern_decimal(row[19]),
        avg_price=optional_decimal(row[20]),
        fills_qty=intern_decimal(row[21]),
        code=row[22],
        reason=row[23],
        is_told=bool(row[24]),
        created_ts=row[25],
        sent_ts=row[26],
        acknowledged_ts=row[27],
        final_ts=row[28],
    )


class SqliteOrderIntents:
    """Implements `bot.domain.ports.plans.OrderIntents` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record
        self._known: dict[int, OrderIntent] = {}  # as they stand: nobody else writes meanwhile
        self._whole_plans: set[int] = set()  # of which each intent is known
        self._whole_accounts: set[AccountId] = set()  # of which each live one is

    async def add(self, new: NewIntent, now: Millis) -> OrderIntent:
        """The row; the one that is there already if its idempotency key is."""
        return await self._insert(new, IntentState.INTENT, now)

    async def adopt(self, new: NewIntent, now: Millis) -> OrderIntent:
        """The row of a request that was sent without one that is known here: it is acknowledged."""
        return await self._insert(new, IntentState.ACKNOWLEDGED, now)

    async def _insert(self, new: NewIntent, state: IntentState, now: Millis) -> OrderIntent:
        leg = new.leg
        row = (
            *(
                new.kind.value,
                state.value,
                new.user_id,
                leg.account_id,
                leg.category.value,
                leg.symbol,
                leg.position_idx,
            ),
            *(new.plan_id, new.order_link_id, request_text(new.request), new.idempotency_key, leg.account_id),
            *(
                new.target_number,
                optional_decimal_text(new.remaining),
                optional_decimal_text(new.card_price),
                new.good_until,
            ),
            *(None if new.exit_reason is None else new.exit_reason.value, *columns_of_card(new.card), now),
            new.tapped_ts,
        )
        rows = await self._transaction.fetch(INSERT_INTENT, row)
        if not rows:
            rows = await self._transaction.fetch(SELECT_INTENT_BY_KEY, (new.idempotency_key,))
            return self._note(rows)[0]
        self._touch(new.plan_id)
        return self._note(rows)[0]

    async def get(self, intent_id: int) -> OrderIntent | None:
        known = self._known.get(intent_id)
        return await self._one(SELECT_INTENT, intent_id) if known is None else known

    async def by_key(self, idempotency_key: str) -> OrderIntent | None:
        return await self._one(SELECT_INTENT_BY_KEY, idempotency_key)

    async def by_link_id(self, order_link_id: OrderLinkId) -> OrderIntent | None:
        known = next((each for each in self._known.values() if each.order_link_id == order_link_id), None)
        return await self._one(SELECT_INTENT_BY_LINK, order_link_id) if known is None else known

    async def live_of_account(self, account_id: AccountId) -> tuple[OrderIntent, ...]:
        if account_id not in self._whole_accounts:
            self._note(await self._transaction.fetch(SELECT_LIVE, (account_id,)))
            self._whole_accounts.add(account_id)
        return self._sorted(each for each in self._known.values() if each.leg.account_id == account_id and each.is_live)

    async def of_plan(self, plan_id: int) -> tuple[OrderIntent, ...]:
        if plan_id not in self._whole_plans:
            self._note(await self._transaction.fetch(SELECT_INTENTS_OF_PLAN, (plan_id,)))
            self._whole_plans.add(plan_id)
        return self._sorted(each for each in self._known.values() if each.plan_id == plan_id)

    async def why_not(self, intent_id: int, now: Millis, *, at: IntentState = IntentState.INTENT) -> str:
        """The key of the texts of what keeps an intent from being sent, "" for nothing; `at`: the state it is in."""
        rows = await self._transaction.fetch(SELECT_GUARDS, (intent_id,))
        if not rows:
            return "intent-gone"
        kind, state, is_fenced, is_paused, good_until, is_closing, is_left_over, is_unleveraged, *brakes = rows[0]
        is_to_be_closed, is_halted = brakes
        if state != at.value:
            return "intent-sent"
        is_raised = kind == IntentKind.AMEND.value and good_until is not None  # what is agreed to as an entry is
        if kind != IntentKind.ENTRY.value and not is_raised:
            return ""
        reasons = {
            FENCED: is_fenced,
            "entry-paused": is_paused,
            "entry-outdated": good_until is not None and good_until < now,
            "entry-halted": is_halted,
            "entry-leg-closing": is_closing or is_to_be_closed,
            "entry-leg-left-over": is_left_over,
            UNLEVERAGED: is_unleveraged,
        }
        return next((reason for reason, stands in reasons.items() if stands), "")

    async def start_sending(
        self, intent_id: int, now: Millis, *, at: IntentState = IntentState.INTENT
    ) -> OrderIntent | None:
        """INTENT → SENDING, or SENDING at a later moment than was thought; None if it is not in that state any more."""
        rows = await self._transaction.fetch(START_SENDING, (now, intent_id, at.value))
        if not rows:
            return None
        (intent,) = self._note(rows)
        self._touch(intent.plan_id)
        return intent

    async def note(self, intent_id: int, news: IntentNews, now: Millis) -> OrderIntent | None:
        """What became of it, forward only; None if all of that was known."""
        known = await self.get(intent_id)
        if known is None:
            return None
        state = next_state(known, news.state)
        qty = quantity_after(known.cum_exec_qty, news.cum_exec_qty)
        average = known.avg_price if news.avg_price is None else news.avg_price
        order_id = known.order_id or news.order_id or ""
        code = known.code if news.code is None else news.code
        kept = "" if is_concluded(known) and state is not known.state else known.reason
        reason = kept if news.reason is None else storable(news.reason, limit=_LONGEST_REASON)
        facts = (known.state, known.order_id, known.cum_exec_qty, known.avg_price, known.code, known.reason)
        if facts == (state, order_id, qty, average, code, reason):
            return None
        is_news = known.acknowledged_ts is None and state not in UNSETTLED
        acknowledged = now if is_news else known.acknowledged_ts
        final = (known.final_ts or now) if state in FINAL else None
        row = (state.value, order_id, decimal_text(qty), optional_decimal_text(average), code, reason)
        asked = (news.request_id, news.questions, *doubts(known.state, state, now))
        rows = await self._transaction.fetch(UPDATE_INTENT, (*row, acknowledged, final, *asked, intent_id))
        self._tell(known, state, code, rows)
        self._touch(known.plan_id)
        found = replace(
            known,
            state=state,
            order_id=order_id,
            cum_exec_qty=qty,
            avg_price=average,
            code=code,
            reason=reason,
            acknowledged_ts=acknowledged,
            final_ts=final,
            is_told=known.is_told and not is_taken_back(known),
        )
        self._known[intent_id] = found
        if state is IntentState.DONE and isinstance(known.request, AmendRequest):
            await self.note_amended(known.request)
        return found

    async def note_amended(self, amend: AmendRequest) -> None:
        """An order asks for what was made of it. `card_price` stays: fills that came before are held against it."""
        order = await self.by_link_id(amend.target_link_id)
        request = None if order is None else request_after(order, amend)
        if order is None or request is None:
            return
        self._transaction.write(SET_REQUEST, (request_text(request), order.intent_id))
        self._touch(order.plan_id)
        self._known[order.intent_id] = replace(order, request=request)

    async def add_fill(self, intent_id: int, qty: Decimal, price: Decimal | None) -> None:
        """A fill of it was booked."""
        known = await self.get(intent_id)
        if known is not None:
            found = replace(known, fills_qty=known.fills_qty + qty, avg_price=average_after(known, qty, price))
            average = optional_decimal_text(found.avg_price)
            self._transaction.write(ADD_FILL, (decimal_text(found.fills_qty), average, intent_id))
            self._touch(known.plan_id)
            self._known[intent_id] = found

    async def stop_seen(self, plan_id: int, now: Millis) -> None:
        """The leg's stop stands as promised after the fills of its entries."""
        self._transaction.write(STOP_SEEN, (now, plan_id), is_seen=False)

    async def told(self, intent_ids: Sequence[int]) -> None:
        for each in intent_ids:
            self._transaction.write(TOLD, (each,))
            if each in self._known:
                self._known[each] = replace(self._known[each], is_told=True)

    def _tell(self, known: OrderIntent, state: IntentState, code: int | None, rows: Sequence[Row]) -> None:
        if state in {IntentState.REFUSED, IntentState.REJECTED} and code in RULES_DOUBTED:
            self._record(InstrumentRejected(category=known.leg.category, symbol=known.leg.symbol))
        for row in rows:
            if known.is_order and known.state in UNSETTLED and state not in UNSETTLED:
                self._record(event_of(OrderPlaced, row))
            elif known.is_order or known.kind in _CHANGES_ORDERS:
                self._record(event_of(OrderChanged, row))
            if state is IntentState.DONE:
                self._record(event_of(StopChanged, row))

    async def _one(self, statement: str, key: object) -> OrderIntent | None:
        rows = await self._transaction.fetch(statement, (key,))
        return self._note(rows)[0] if rows else None

    def _note(self, rows: Sequence[Row]) -> tuple[OrderIntent, ...]:
        """What the rows say, of those that were not known; what was written here stands."""
        found = tuple(map(intent_of, rows))
        self._known.update((each.intent_id, each) for each in found)
        return found

    @staticmethod
    def _sorted(intents: Iterable[OrderIntent]) -> tuple[OrderIntent, ...]:
        return tuple(sorted(intents, key=lambda each: each.intent_id))

    def _touch(self, plan_id: int | None) -> None:
        if plan_id is not None:
            self._transaction.write(TOUCH_PLAN, (plan_id,), is_seen=False)
