"""trade_plans and plan_targets: what was promised of a leg."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, ChatId, Millis
from bot.domain.interning import intern_decimal
from bot.domain.market import Category
from bot.domain.orders import TriggerBy
from bot.domain.portfolio import LegKey, Side
from bot.domain.ports.plans import NewPlan
from bot.domain.trade_plans import Breakeven, CardPlace, PlannedTarget, PlanState, TradePlan
from storage.sqlite.codecs import Row, decimal_text, optional_decimal, optional_decimal_text
from storage.sqlite.transaction import Transaction

INSERT_PLAN: Final = """
    INSERT INTO trade_plans (user_id, account_id, category, symbol, position_idx, side, state, stop, stop_trigger_by,
                             breakeven, card_chat_id, card_message_id, created_ts, targets_ts, adopted, adopted_ts,
                             target_trigger_by, margin_mode, trailing, trailing_active)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    RETURNING plan_id, user_id, account_id, category, symbol, position_idx, side, state, stop, stop_trigger_by,
              breakeven, protected_ts, stop_verified_ts, stop_changed_ts, first_fill_ts, card_chat_id, card_message_id,
              created_ts, ended_ts, targets_ts, version, adopted, adopted_ts, target_trigger_by, margin_mode, trailing,
              trailing_active, trailing_verified_ts, trailing_changed_ts
"""
SELECT_PLAN: Final = """
    SELECT plan_id, user_id, account_id, category, symbol, position_idx, side, state, stop, stop_trigger_by, breakeven,
           protected_ts, stop_verified_ts, stop_changed_ts, first_fill_ts, card_chat_id, card_message_id, created_ts,
           ended_ts, targets_ts, version, adopted, adopted_ts, target_trigger_by, margin_mode, trailing,
           trailing_active, trailing_verified_ts, trailing_changed_ts,
           (SELECT json_group_array(json_array(t.number, t.price, t.share, t.is_done))
              FROM plan_targets AS t WHERE t.plan_id = trade_plans.plan_id)
      FROM trade_plans WHERE plan_id = ?
"""
SELECT_OPEN_OF_LEG: Final = """
    SELECT plan_id, user_id, account_id, category, symbol, position_idx, side, state, stop, stop_trigger_by, breakeven,
           protected_ts, stop_verified_ts, stop_changed_ts, first_fill_ts, card_chat_id, card_message_id, created_ts,
           ended_ts, targets_ts, version, adopted, adopted_ts, target_trigger_by, margin_mode, trailing,
           trailing_active, trailing_verified_ts, trailing_changed_ts,
           (SELECT json_group_array(json_array(t.number, t.price, t.share, t.is_done))
              FROM plan_targets AS t WHERE t.plan_id = trade_plans.plan_id)
      FROM trade_plans
     WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ? AND state = 'open'
"""
SELECT_OPEN_OF_ACCOUNT: Final = """
    SELECT plan_id, user_id, account_id, category, symbol, position_idx, side, state, stop, stop_trigger_by, breakeven,
           protected_ts, stop_verified_ts, stop_changed_ts, first_fill_ts, card_chat_id, card_message_id, created_ts,
           ended_ts, targets_ts, version, adopted, adopted_ts, target_trigger_by, margin_mode, trailing,
           trailing_active, trailing_verified_ts, trailing_changed_ts,
           (SELECT json_group_array(json_array(t.number, t.price, t.share, t.is_done))
              FROM plan_targets AS t WHERE t.plan_id = trade_plans.plan_id)
      FROM trade_plans WHERE account_id = ? AND state = 'open'
"""
SELECT_VERSION: Final = "SELECT version FROM trade_plans WHERE plan_id = ?"
INSERT_TARGET: Final = "INSERT INTO plan_targets (plan_id, number, price, share, is_done) VALUES (?, ?, ?, ?, ?)"
DELETE_TARGETS: Final = "DELETE FROM plan_targets WHERE plan_id = ?"
SET_MARGIN_MODE: Final = "UPDATE trade_plans SET margin_mode = ? WHERE account_id = ? AND state = 'open'"
TARGET_DONE: Final = "UPDATE plan_targets SET is_done = 1 WHERE plan_id = ? AND number = ? AND is_done = 0"
SET_STOP: Final = """
    UPDATE trade_plans
       SET stop = ?, stop_trigger_by = ?, stop_verified_ts = NULL, stop_changed_ts = NULL, version = version + 1
     WHERE plan_id = ?
"""
# Behind every order of the targets before: one that ended within the same millisecond is of those.
SET_TARGETS_TS: Final = """
    UPDATE trade_plans
    SET targets_ts = max(
        ?1, ifnull((SELECT max(final_ts) + 1 FROM order_intents WHERE plan_id = ?2 AND kind = 'target'), 0)
    )
    WHERE plan_id = ?2
"""
SET_TARGET_TRIGGER: Final = "UPDATE trade_plans SET target_trigger_by = ? WHERE plan_id = ?"
SET_BREAKEVEN: Final = "UPDATE trade_plans SET breakeven = ?, version = version + 1 WHERE plan_id = ?"
# the moment goes on without a new version: a screen shows it when it is drawn for another reason
STOP_SEEN_AGAIN: Final = (
    "UPDATE trade_plans SET stop_verified_ts = ? WHERE plan_id = ? AND stop_verified_ts IS NOT NULL"
)
STOP_VERIFIED: Final = """
    UPDATE trade_plans
       SET stop_verified_ts = ?1, protected_ts = coalesce(protected_ts, ?1), stop_changed_ts = NULL,
           version = version + 1
     WHERE plan_id = ?2 AND (stop_verified_ts IS NULL OR stop_changed_ts IS NOT NULL)
"""
DOUBT_STOP: Final = """
    UPDATE trade_plans SET stop_verified_ts = NULL, version = version + 1
     WHERE plan_id = ? AND stop_verified_ts IS NOT NULL AND stop_changed_ts IS NULL
"""
STOP_CHANGED: Final = """
    UPDATE trade_plans SET stop_changed_ts = ?, version = version + 1 WHERE plan_id = ? AND stop_changed_ts IS NULL
"""
SET_TRAILING: Final = """
    UPDATE trade_plans
       SET trailing = ?, trailing_active = ?, trailing_verified_ts = NULL, trailing_changed_ts = NULL,
           version = version + 1
     WHERE plan_id = ?
"""
TRAILING_VERIFIED: Final = """
    UPDATE trade_plans
       SET version = version + (trailing_verified_ts IS NULL OR trailing_changed_ts IS NOT NULL),
           trailing_verified_ts = ?, trailing_changed_ts = NULL
     WHERE plan_id = ?
"""
TRAILING_CHANGED: Final = """
    UPDATE trade_plans SET trailing_changed_ts = ?, version = version + 1
     WHERE plan_id = ? AND trailing_changed_ts IS NULL
"""
FILLED: Final = """
    UPDATE trade_plans SET first_fill_ts = ?, version = version + 1 WHERE plan_id = ? AND first_fill_ts IS NULL
"""
SHOW_AT: Final = "UPDATE trade_plans SET card_chat_id = ?, card_message_id = ? WHERE plan_id = ?"
END_PLAN: Final = """
    UPDATE trade_plans SET state = 'ended', ended_ts = ?, version = version + 1 WHERE plan_id = ? AND state = 'open'
"""
REOPEN_PLAN: Final = """
    UPDATE trade_plans SET state = 'open', ended_ts = NULL, version = version + 1
     WHERE plan_id = ?1 AND state = 'ended' AND released_ts IS NULL AND NOT EXISTS (
           SELECT 1 FROM trade_plans AS o
            WHERE o.account_id = trade_plans.account_id AND o.category = trade_plans.category
              AND o.symbol = trade_plans.symbol AND o.position_idx = trade_plans.position_idx AND o.state = 'open')
"""
ADOPT: Final = """
    UPDATE trade_plans SET adopted = ?, adopted_ts = ?, version = version + 1 WHERE plan_id = ? AND state = 'open'
"""
RELEASE_PLAN: Final = "UPDATE trade_plans SET released_ts = ? WHERE plan_id = ?"
TOUCH_PLAN: Final = "UPDATE trade_plans SET version = version + 1 WHERE plan_id = ?"

_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_TRIGGERS: Final = {each.value: each for each in TriggerBy}


def targets_of(text: str) -> tuple[PlannedTarget, ...]:
    """The targets of a plan, nearest first: what the statements make of their rows."""
    return tuple(
        PlannedTarget(number=number, price=intern_decimal(price), share=intern_decimal(share), is_done=bool(is_done))
        for number, price, share, is_done in sorted(json.loads(text))
    )


def plan_of(row: Row) -> TradePlan:
    """A row of SELECT_PLAN."""
    return TradePlan(
        plan_id=row[0],
        user_id=row[1],
        account_id=row[2],
        category=_CATEGORIES[row[3]],
        symbol=row[4],
        position_idx=row[5],
        side=_SIDES[row[6]],
        state=PlanState(row[7]),
        stop=optional_decimal(row[8]),
        stop_trigger_by=_TRIGGERS[row[9]],
        targets=targets_of(row[29]),
        breakeven=Breakeven(row[10]),
        protected_ts=row[11],
        stop_verified_ts=row[12],
        stop_changed_ts=row[13],
        first_fill_ts=row[14],
        card=card_of(row[15], row[16]),
        created_ts=row[17],
        ended_ts=row[18],
        targets_ts=row[19],
        version=row[20],
        adopted=intern_decimal(row[21]),
        adopted_ts=row[22],
        target_trigger_by=_TRIGGERS[row[23]],
        margin_mode=row[24],
        trailing=optional_decimal(row[25]),
        trailing_active=optional_decimal(row[26]),
        trailing_verified_ts=row[27],
        trailing_changed_ts=row[28],
    )


def card_of(chat_id: int | None, message_id: int | None) -> CardPlace | None:
    if chat_id is None:
        return None
    return CardPlace(chat_id=ChatId(chat_id), message_id=message_id or 0)


def columns_of_card(card: CardPlace | None) -> tuple[int | None, int | None]:
    return (None, None) if card is None else (card.chat_id, card.message_id)


class SqliteTradePlans:
    """Implements `bot.domain.ports.plans.TradePlans` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def open(self, new: NewPlan, now: Millis) -> TradePlan:
        """A plan of a leg that has none open."""
        return await self._insert(new, PlanState.OPEN, now)

    async def open_ended(self, new: NewPlan, now: Millis) -> TradePlan:
        """A plan that has ended already, whatever plan the leg has."""
        return await self._insert(new, PlanState.ENDED, now)

    async def _insert(self, new: NewPlan, state: PlanState, now: Millis) -> TradePlan:
        leg = new.leg
        row = (
            *(new.user_id, leg.account_id, leg.category.value, leg.symbol, leg.position_idx, new.side.value),
            state.value,
            *(optional_decimal_text(new.stop), new.stop_trigger_by.value, new.breakeven.value),
            *(*columns_of_card(new.card), now, now, decimal_text(new.adopted), now if new.adopted else None),
            *(new.target_trigger_by.value, new.margin_mode),
            *(optional_decimal_text(new.trailing), optional_decimal_text(new.trailing_active)),
        )
        (found,) = await self._transaction.fetch(INSERT_PLAN, row)
        self._put_targets(found[0], new.targets)
        return plan_of((*found, json.dumps([list(each[1:]) for each in _target_rows(found[0], new.targets)])))

    async def get(self, plan_id: int) -> TradePlan | None:
        rows = await self._transaction.fetch(SELECT_PLAN, (plan_id,))
        return plan_of(rows[0]) if rows else None

    async def of_leg(self, leg: LegKey) -> TradePlan | None:
        """The open plan of a leg."""
        row = (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)
        rows = await self._transaction.fetch(SELECT_OPEN_OF_LEG, row)
        return plan_of(rows[0]) if rows else None

    async def open_of_account(self, account_id: AccountId) -> tuple[TradePlan, ...]:
        return tuple(map(plan_of, await self._transaction.fetch(SELECT_OPEN_OF_ACCOUNT, (account_id,))))

    async def set_stop(self, plan_id: int, stop: Decimal | None, trigger_by: TriggerBy) -> None:
        """Another promise; what was seen of the old one is forgotten."""
        self._transaction.write(SET_STOP, (optional_decimal_text(stop), trigger_by.value, plan_id))

    async def set_targets(
        self,
        plan_id: int,
        targets: Sequence[PlannedTarget],
        breakeven: Breakeven,
        *,
        renewed: Millis | None = None,
        trigger_by: TriggerBy | None = None,
    ) -> None:
        """Other targets in place of the old ones; `renewed` where they have the numbers of old ones."""
        await self._transaction.fetch(DELETE_TARGETS, (plan_id,))
        self._put_targets(plan_id, targets)
        if renewed is not None:
            self._transaction.write(SET_TARGETS_TS, (renewed, plan_id))
        if trigger_by is not None:
            self._transaction.write(SET_TARGET_TRIGGER, (trigger_by.value, plan_id))
        await self.set_breakeven(plan_id, breakeven)

    async def set_margin_mode(self, account_id: AccountId, margin_mode: str) -> None:
        """Bybit's word for that of the account, for its open plans."""
        await self._transaction.fetch(SET_MARGIN_MODE, (margin_mode, account_id))

    async def target_done(self, plan_id: int, number: int) -> None:
        self._transaction.write(TARGET_DONE, (plan_id, number))
        self._transaction.write(TOUCH_PLAN, (plan_id,), is_seen=False)

    async def set_breakeven(self, plan_id: int, breakeven: Breakeven) -> None:
        self._transaction.write(SET_BREAKEVEN, (breakeven.value, plan_id))

    async def stop_verified(self, plan_id: int, now: Millis) -> None:
        """It was read back as promised."""
        self._transaction.write(STOP_VERIFIED, (now, plan_id))
        self._transaction.write(STOP_SEEN_AGAIN, (now, plan_id))

    async def doubt_stop(self, plan_id: int) -> None:
        """It has to be read back again; a disagreement stays one."""
        self._transaction.write(DOUBT_STOP, (plan_id,))

    async def stop_changed(self, plan_id: int, now: Millis) -> None:
        """Note that somebody else changed the stop at the exchange."""
        self._transaction.write(STOP_CHANGED, (now, plan_id))

    async def set_trailing(self, plan_id: int, distance: Decimal | None, active: Decimal | None) -> None:
        """Another promise; what was seen of the old one is forgotten."""
        row = (optional_decimal_text(distance), optional_decimal_text(active), plan_id)
        self._transaction.write(SET_TRAILING, row)

    async def trailing_verified(self, plan_id: int, now: Millis) -> None:
        """It was read back as promised."""
        self._transaction.write(TRAILING_VERIFIED, (now, plan_id))

    async def trailing_changed(self, plan_id: int, now: Millis) -> None:
        """Note that somebody else changed the trailing stop at the exchange."""
        self._transaction.write(TRAILING_CHANGED, (now, plan_id))

    async def filled(self, plan_id: int, now: Millis) -> None:
        """The moment of the first fill; later ones leave it."""
        self._transaction.write(FILLED, (now, plan_id))

    async def show_at(self, plan_id: int, card: CardPlace) -> None:
        self._transaction.write(SHOW_AT, (*columns_of_card(card), plan_id))

    async def end(self, plan_id: int, now: Millis) -> None:
        self._transaction.write(END_PLAN, (now, plan_id))

    async def reopen(self, plan_id: int) -> None:
        """An entry of it was filled after it had ended; not where the leg has another one, or was released."""
        self._transaction.write(REOPEN_PLAN, (plan_id,))

    async def adopt(self, plan_id: int, size: Decimal, now: Millis) -> None:
        """So much of the position was opened elsewhere and is the plan's from now on."""
        self._transaction.write(ADOPT, (decimal_text(size), now, plan_id))

    async def release(self, plan_id: int, now: Millis) -> None:
        """It ends while its position stands, by its owner's wish: a late fill does not open it again."""
        self._transaction.write(RELEASE_PLAN, (now, plan_id))
        await self.end(plan_id, now)

    def _put_targets(self, plan_id: int, targets: Sequence[PlannedTarget]) -> None:
        for row in _target_rows(plan_id, targets):
            self._transaction.write(INSERT_TARGET, row)


def _target_rows(plan_id: int, targets: Sequence[PlannedTarget]) -> list[Row]:
    return [
        (plan_id, each.number, decimal_text(each.price), decimal_text(each.share), int(each.is_done))
        for each in targets
    ]
