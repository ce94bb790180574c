"""Plans, intents and what came of them, as services write and read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, OrderLinkId, UserId
from bot.domain.leg_costs import ClosedPart, LegCost
from bot.domain.licensing import LicenseType
from bot.domain.orders import AmendRequest, TriggerBy
from bot.domain.portfolio import Execution, LegKey, Order, Orders, Positions, Side
from bot.domain.trade_plans import (
    Breakeven,
    CardPlace,
    ClosedTrade,
    ExitReason,
    IntentState,
    ManagedTrade,
    NewIntent,
    OrderIntent,
    PlannedTarget,
    TradePlan,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """What a plan is opened with; it gets its id, its state and its moments when it is written."""

    user_id: UserId
    leg: LegKey
    side: Side
    stop: Decimal | None
    stop_trigger_by: TriggerBy
    targets: tuple[PlannedTarget, ...]
    breakeven: Breakeven
    card: CardPlace | None
    adopted: Decimal = Decimal(0)  # of the position: opened elsewhere and taken over
    target_trigger_by: TriggerBy = TriggerBy.LAST
    margin_mode: str = ""  # see TradePlan
    trailing: Decimal | None = None
    trailing_active: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentNews:
    """What is known of an intent now; None leaves a value as it is."""

    state: IntentState
    order_id: str | None = None
    cum_exec_qty: Decimal | None = None
    avg_price: Decimal | None = None
    code: int | None = None
    reason: str | None = None
    request_id: str = ""  # of the answer that said so
    questions: int = 0  # about it that the exchange has answered since it was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenState:
    """What is open of an account, all of one moment. `last_fill_ts`: of its newest fill; None: none was booked.

    `owed_since`: when the oldest order of an open plan was sent of which the exchange said more fills than are booked.
    """

    account: Account
    live: tuple[OrderIntent, ...]
    plans: tuple[TradePlan, ...]
    last_fill_ts: Millis | None
    owed_since: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAccount:
    """An account that is compared with its exchange. `turn`: the less is known of it, the lower (0 … 3)."""

    account: Account
    turn: int


class TradePlans(Protocol):
    """The plans of legs and their targets. Every change grows the version of its plan."""

    async def open(self, new: NewPlan, now: Millis) -> TradePlan: ...
    async def open_ended(self, new: NewPlan, now: Millis) -> TradePlan:
        """A plan that has ended already, whatever plan the leg has: its orders are canceled."""
        ...

    async def get(self, plan_id: int) -> TradePlan | None: ...
    async def of_leg(self, leg: LegKey) -> TradePlan | None:
        """The open plan of a leg."""
        ...

    async def open_of_account(self, account_id: AccountId) -> tuple[TradePlan, ...]: ...
    async def set_stop(self, plan_id: int, stop: Decimal | None, trigger_by: TriggerBy) -> None:
        """Another promise; what was seen of the old one, and a disagreement about it, is forgotten."""
        ...

    async def set_targets(
        self,
        plan_id: int,
        targets: Sequence[PlannedTarget],
        breakeven: Breakeven,
        *,
        renewed: Millis | None = None,
        trigger_by: TriggerBy | None = None,
    ) -> None:
        """Other targets in place of the old ones; `renewed` where they have the numbers of old ones.

        `trigger_by`: what sets off the take profit of the whole position, None: as before.
        """
        ...

    async def set_margin_mode(self, account_id: AccountId, margin_mode: str) -> None:
        """Bybit's word for that of the account, for its open plans."""
        ...

    async def target_done(self, plan_id: int, number: int) -> None: ...
    async def set_breakeven(self, plan_id: int, breakeven: Breakeven) -> None: ...
    async def stop_verified(self, plan_id: int, now: Millis) -> None: ...
    async def doubt_stop(self, plan_id: int) -> None:
        """It has to be read back again; a disagreement stays one."""
        ...

    async def stop_changed(self, plan_id: int, now: Millis) -> None: ...
    async def set_trailing(self, plan_id: int, distance: Decimal | None, active: Decimal | None) -> None:
        """Another trailing stop, None: none; what was seen of the old one, and its disagreement, is forgotten."""
        ...

    async def trailing_verified(self, plan_id: int, now: Millis) -> None: ...
    async def trailing_changed(self, plan_id: int, now: Millis) -> None: ...
    async def filled(self, plan_id: int, now: Millis) -> None:
        """The moment of the first fill; later ones leave it."""
        ...

    async def show_at(self, plan_id: int, card: CardPlace) -> None: ...
    async def end(self, plan_id: int, now: Millis) -> None: ...
    async def reopen(self, plan_id: int) -> None:
        """An entry of it was filled after it had ended; not where the leg has another one, or was released."""
        ...

    async def adopt(self, plan_id: int, size: Decimal, now: Millis) -> None:
        """So much of the position was opened elsewhere and is the plan's from now on."""
        ...

    async def release(self, plan_id: int, now: Millis) -> None:
        """It ends while its position stands, by its owner's wish: a late fill does not open it again."""
        ...


class OrderIntents(Protocol):
    """Requests as they are written down."""

    async def add(self, new: NewIntent, now: Millis) -> OrderIntent:
        """The row; the one that is there already if its idempotency key is."""
        ...

    async def adopt(self, new: NewIntent, now: Millis) -> OrderIntent:
        """The row of a request that was sent without one that is known here: it is acknowledged."""
        ...

    async def get(self, intent_id: int) -> OrderIntent | None: ...
    async def by_key(self, idempotency_key: str) -> OrderIntent | None: ...
    async def by_link_id(self, order_link_id: OrderLinkId) -> OrderIntent | None: ...
    async def live_of_account(self, account_id: AccountId) -> tuple[OrderIntent, ...]: ...
    async def of_plan(self, plan_id: int) -> tuple[OrderIntent, ...]: ...
    async def start_sending(
        self, intent_id: int, now: Millis, *, at: IntentState = IntentState.INTENT
    ) -> OrderIntent | None:
        """INTENT → SENDING, or SENDING at a later moment than was thought; None if it is not in that state any more."""
        ...

    async def why_not(self, intent_id: int, now: Millis, *, at: IntentState = IntentState.INTENT) -> str:
        """The key of the texts of what keeps an intent from being sent, "" for nothing; `at`: the state it is in."""
        ...

    async def note(self, intent_id: int, news: IntentNews, now: Millis) -> OrderIntent | None:
        """What became of it, forward only; None if that was known."""
        ...

    async def note_amended(self, amend: AmendRequest) -> None:
        """An order asks from now on for what was made of it, by us or by somebody else whose change is accepted."""
        ...

    async def add_fill(self, intent_id: int, qty: Decimal, price: Decimal | None) -> None: ...
    async def stop_seen(self, plan_id: int, now: Millis) -> None:
        """The leg's stop stands as promised after the fills of its entries, of those that it was not seen after yet."""
        ...

    async def told(self, intent_ids: Sequence[int]) -> None: ...


class LegBook(Protocol):
    """Fills, what legs cost, and what their closes brought."""

    async def add_fill(self, account: Account, fill: Execution) -> bool:
        """Book a fill; False if one of that execId is booked in this account already."""
        ...

    async def cost(self, leg: LegKey) -> LegCost | None: ...
    async def costs(self, account_id: AccountId) -> tuple[LegCost, ...]: ...
    async def set_cost(self, account: Account, leg: LegKey, cost: LegCost | None) -> None:
        """Store what of the leg is open at cost; None where the leg is flat."""
        ...

    async def add_closed(
        self,
        account: Account,
        leg: LegKey,
        part: ClosedPart,
        fill: Execution,
        *,
        plan_id: int | None,
        exit_reason: ExitReason,
        slippage: Decimal | None,
        intent: OrderIntent | None,
    ) -> ClosedTrade:
        """The row of the closing order with that part added. `intent`: of that order, None for one that is not ours."""
        ...

    async def closed_after(self, leg: LegKey, moment: Millis) -> tuple[ClosedTrade, ...]:
        """What stood in that leg at that moment and was closed later."""
        ...

    async def add_funding(self, closed: ClosedTrade, paid: Decimal) -> None:
        """Its share of a funding that was heard of after it was closed."""
        ...

    async def closed_by(self, account_id: AccountId, order_id: str, position_idx: int) -> ClosedTrade | None:
        """What that order closed of that leg."""
        ...

    async def closed_of_plan(self, plan_id: int) -> tuple[ClosedTrade, ...]:
        """Every close of a plan, oldest first."""
        ...

    async def replace_positions(self, account: Account, positions: Positions) -> None:
        """The rows become the answer; what changed is an event. Changes of marks alone are not written."""
        ...

    async def replace_orders(self, account: Account, orders: Orders) -> None: ...
    async def order(self, account_id: AccountId, order_id: str) -> Order | None:
        """An order as it stood in the last answer."""
        ...


class AccountFences(Protocol):
    """What stops entries of an account."""

    async def paused_since(self, account_id: AccountId) -> Millis | None: ...
    async def pause(self, account_id: AccountId, now: Millis) -> bool:
        """Stop the entries of an account; False if they were stopped already."""
        ...

    async def resume(self, account_id: AccountId) -> bool:
        """Open the entries of an account again; False if they were not stopped."""
        ...

    async def raise_fence(self, account_id: AccountId) -> int:
        """No entry that was written before is sent after it."""
        ...

    async def license_of(self, user_id: UserId, now: Millis) -> LicenseType | None:
        """What the license is at that moment, by the rows; None: none."""
        ...


class TradingQueries(Protocol):
    """Reads of plans and intents. Raises StorageTrouble."""

    async def trade(self, plan_id: int) -> ManagedTrade | None:
        """A plan with everything that was done for it, of one moment; None: there is no such plan."""
        ...

    async def version(self, plan_id: int) -> int | None: ...
    async def plans_open(self, account_id: AccountId) -> tuple[TradePlan, ...]: ...
    async def intents_of_plan(self, plan_id: int) -> tuple[OrderIntent, ...]: ...
    async def intents(self, intent_ids: Sequence[int]) -> tuple[OrderIntent, ...]: ...
    async def intents_live(self, account_id: AccountId) -> tuple[OrderIntent, ...]: ...
    async def by_key(self, idempotency_key: str) -> OrderIntent | None: ...
    async def untold(self, now: Millis, limit: int, followed_ms: int) -> tuple[OrderIntent, ...]:
        """Intents in their last state for as long as a card follows one (`followed_ms`), of which nobody was told.

        Entries that are filled after they rested for twice as long are due at once. Not those that close for a panic
        under way: its card tells of them.
        """
        ...

    async def closed_by(self, account_id: AccountId, order_id: str, position_idx: int) -> ClosedTrade | None:
        """What an order has closed of a leg; None: nothing yet."""
        ...

    async def cards_untold(self, since: Millis) -> tuple[OrderIntent, ...]:
        """Entries and closes written after that moment whose card in the owner's chat may say less than is known.

        Those that have no answer or are not filled yet, and those that ended before anybody was told; none that rests,
        and none of a panic.
        """
        ...

    async def paused_since(self, account_id: AccountId) -> Millis | None: ...
    async def open_state(self, account_id: AccountId) -> OpenState | None:
        """None: there is no such account."""
        ...

    async def fills_known(self, account_id: AccountId, since: Millis) -> frozenset[str]:
        """The execIds of what is booked from that moment on."""
        ...

    async def accounts_to_settle(self) -> tuple[DueAccount, ...]:
        """Those with something open: unknown requests first, then positions whose stop was not seen, then the rest."""
        ...

    async def accounts_to_look_at(self) -> tuple[DueAccount, ...]:
        """Every connected account of an exchange."""
        ...

    async def account(self, account_id: AccountId) -> Account | None: ...
