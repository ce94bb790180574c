"""Managing a leg: whose it is, what a close brings, what a part is, where a stop may stand."""

from dataclasses import replace
from decimal import Decimal

import pytest
from harness.cards import BTC, INSTRUMENT, order, position
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.leg_rules import (
    breakeven_stop,
    check_stop,
    check_targets,
    close_request,
    conditional_rows,
    in_panic_order,
    is_entry,
    net_if_closed,
    new_targets,
    opened_elsewhere,
    ownership,
    part_to_close,
    pause_before,
    remaining_after,
    risk_of,
)
from bot.domain.legs import Ownership
from bot.domain.market import Category
from bot.domain.orders import OrderRequest, TriggerBy
from bot.domain.portfolio import NO_LINK_ID, Execution, LegKey, OrderType, Position, Side
from bot.domain.trade_plans import Breakeven, IntentKind, IntentState, OrderIntent, PlannedTarget, PlanState, TradePlan

OURS = OrderLinkId("pd-1")
LEG = LegKey(account_id=AccountId(7), category=Category.LINEAR, symbol=BTC, position_idx=0)
LONG = position(
    size="0.031",
    position_value=Decimal(1984),
    liquidation_price=Decimal(43000),
    unrealised_pnl=Decimal("6.51"),
    stop_loss=Decimal(62000),
    break_even_price=Decimal("64070.4387"),
)
SHORT = replace(
    LONG,
    side=Side.SELL,
    stop_loss=Decimal(66000),
    liquidation_price=Decimal(85000),
    break_even_price=Decimal("63929.57"),
)
PLAN = TradePlan(
    plan_id=1,
    user_id=UserId(1),
    account_id=LEG.account_id,
    category=LEG.category,
    symbol=BTC,
    position_idx=0,
    side=Side.BUY,
    state=PlanState.OPEN,
    stop=Decimal(62000),
    stop_trigger_by=TriggerBy.LAST,
    targets=(),
    breakeven=Breakeven.OFF,
    protected_ts=None,
    stop_verified_ts=None,
    stop_changed_ts=None,
    first_fill_ts=None,
    card=None,
    created_ts=Millis(1000),
    ended_ts=None,
)
ENTRY = OrderIntent(
    intent_id=1,
    kind=IntentKind.ENTRY,
    state=IntentState.FILLED,
    leg=LEG,
    user_id=UserId(1),
    plan_id=1,
    order_link_id=OURS,
    request=OrderRequest(
        order_link_id=OURS,
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        qty=Decimal("0.031"),
    ),
    target_number=None,
    remaining=None,
    card_price=None,
    good_until=None,
    exit_reason=None,
    card=None,
    order_id="o1",
    cum_exec_qty=Decimal("0.031"),
    avg_price=Decimal(64000),
    fills_qty=Decimal("0.031"),
    code=None,
    reason="",
    is_told=True,
    created_ts=Millis(1000),
    sent_ts=Millis(1000),
    acknowledged_ts=None,
    final_ts=None,
)
FILL = Execution(
    category=Category.LINEAR,
    symbol=BTC,
    exec_id="e1",
    order_id="o2",
    order_link_id=NO_LINK_ID,
    side=Side.BUY,
    exec_type="Trade",
    exec_price=Decimal(64000),
    exec_qty=Decimal("0.01"),
    exec_value=None,
    exec_fee=None,
    fee_currency="",
    is_maker=None,
    closed_size=Decimal(0),
    exec_ts=Millis(2000),
)


RESTING = order(price="61000", order_id="o3", order_link_id=OURS)


class TestOwnership:
    def test_what_our_entries_filled_is_ours(self) -> None:
        assert ownership(LONG, PLAN, (ENTRY,), Decimal(0)) is Ownership.OURS

    def test_what_others_took_away_leaves_it_ours(self) -> None:
        assert ownership(replace(LONG, size=Decimal("0.01")), PLAN, (ENTRY,), Decimal(0)) is Ownership.OURS

    def test_more_than_our_entries_filled_is_mixed(self) -> None:
        assert ownership(replace(LONG, size=Decimal("0.032")), PLAN, (ENTRY,), Decimal(0)) is Ownership.MIXED
        assert ownership(LONG, PLAN, (ENTRY,), Decimal("0.001")) is Ownership.MIXED

    def test_a_fill_that_is_not_booked_yet_is_ours(self) -> None:
        sent = replace(ENTRY, state=IntentState.SENDING, cum_exec_qty=Decimal(0), fills_qty=Decimal(0))
        assert ownership(LONG, PLAN, (sent,), Decimal(0)) is Ownership.OURS

    def test_without_a_plan_of_that_side_or_a_fill_of_ours_it_is_foreign(self) -> None:
        never = replace(ENTRY, state=IntentState.CANCELED, cum_exec_qty=Decimal(0), fills_qty=Decimal(0))
        assert ownership(LONG, None, (), Decimal(0)) is Ownership.FOREIGN
        assert ownership(SHORT, PLAN, (ENTRY,), Decimal(0)) is Ownership.FOREIGN
        assert ownership(LONG, PLAN, (never,), Decimal(0)) is Ownership.FOREIGN

    def test_only_what_others_opened_in_that_leg_since_the_plan_counts(self) -> None:
        fills = (
            FILL,
            replace(FILL, order_link_id=OURS),
            replace(FILL, side=Side.SELL, closed_size=Decimal("0.01")),
            replace(FILL, exec_ts=Millis(999)),
            replace(FILL, symbol=Symbol("ETHUSDT")),
            replace(FILL, exec_type="Funding"),
        )
        assert opened_elsewhere(fills, LONG, frozenset({OURS}), PLAN.created_ts) == Decimal("0.01")


class TestClosing:
    def test_a_close_pays_both_fees(self) -> None:
        """0.031 × 210 = 6.51; fees 0.00055 × 0.031 × 64000 = 1.0912 and 0.00055 × 0.031 × 64210 = 1.0947805."""
        assert net_if_closed(LONG, Decimal(64210)) == Decimal("6.51") - Decimal("1.0912") - Decimal("1.09478050")
        assert net_if_closed(SHORT, Decimal(64210)) == -Decimal("6.51") - Decimal("1.0912") - Decimal("1.09478050")
        assert net_if_closed(LONG, Decimal(64210), Decimal(0), Decimal("0.5")) == Decimal("6.01")
        assert net_if_closed(replace(LONG, entry_price=None), Decimal(64210)) is None

    def test_a_whole_close_names_no_size(self) -> None:
        request = close_request(LEG, Side.SELL, OURS)
        assert (request.side, request.qty, request.order_type) == (Side.BUY, Decimal(0), OrderType.MARKET)
        assert request.reduce_only
        assert request.close_on_trigger

    def test_half_is_floored_to_the_step_and_the_rest_stands(self) -> None:
        assert remaining_after(Decimal("0.031"), Decimal("0.5"), INSTRUMENT) == Decimal("0.016")
        assert remaining_after(Decimal("0.031"), Decimal(1), INSTRUMENT) == 0

    @pytest.mark.parametrize("share", [Decimal(0), Decimal("-0.1"), Decimal("1.01")])
    def test_a_part_is_between_nothing_and_all(self, share: Decimal) -> None:
        with pytest.raises(BadInput, match="manage-share-range"):
            remaining_after(Decimal("0.031"), share, INSTRUMENT)

    def test_a_part_under_the_minimum_is_refused(self) -> None:
        with pytest.raises(BadInput, match="manage-part-too-small") as raised:
            remaining_after(Decimal("0.001"), Decimal("0.5"), INSTRUMENT)
        assert raised.value.values == {"least": Decimal("0.001"), "coin": "BTC"}

    def test_each_attempt_at_a_part_closes_what_is_above_the_rest(self) -> None:
        assert part_to_close(Decimal("0.031"), Decimal("0.016"), INSTRUMENT) == Decimal("0.015")
        assert part_to_close(Decimal("0.02"), Decimal("0.016"), INSTRUMENT) == Decimal("0.004")
        assert part_to_close(Decimal("0.016"), Decimal("0.016"), INSTRUMENT) == 0
        assert part_to_close(Decimal("0.01"), Decimal("0.016"), INSTRUMENT) == 0
        assert part_to_close(Decimal(1200), Decimal(1), INSTRUMENT) == Decimal(500)

    @given(st.decimals("0.001", "1200", places=3), st.decimals("0.01", "1", places=2))
    def test_a_part_never_closes_more_than_what_was_asked(self, size: Decimal, share: Decimal) -> None:
        try:
            remaining = remaining_after(size, share, INSTRUMENT)
        except BadInput:
            return
        assert 0 <= remaining < size
        assert size - remaining <= size * share
        assert part_to_close(size, remaining, INSTRUMENT) <= size - remaining

    def test_attempts_come_at_half_a_second_one_two_and_then_every_five(self) -> None:
        assert [pause_before(each) for each in range(7)] == [0, 0.5, 1, 2, 5, 5, 5]

    def test_the_largest_risk_is_closed_first(self) -> None:
        assert risk_of(LONG) == Decimal("0.031") * 2210
        assert risk_of(replace(LONG, stop_loss=None)) == Decimal("0.031") * 21210
        assert risk_of(replace(LONG, stop_loss=None, liquidation_price=None)) == Decimal(1984)
        assert risk_of(SHORT) == Decimal("0.031") * 1790
        bare = replace(LONG, stop_loss=None)
        assert in_panic_order((SHORT, LONG, bare)) == (bare, LONG, SHORT)


class TestStops:
    def test_a_stop_stands_behind_the_price_and_before_the_liquidation(self) -> None:
        check_stop(LONG, Decimal(64000), Decimal(64210), INSTRUMENT)
        check_stop(SHORT, Decimal(64300), Decimal(64210), INSTRUMENT)

    @pytest.mark.parametrize(
        ("position", "stop", "key"),
        [
            (LONG, Decimal(64210), "manage-stop-above-price"),
            (SHORT, Decimal(64210), "manage-stop-below-price"),
            (LONG, Decimal(43000), "manage-stop-beyond-liquidation"),
            (SHORT, Decimal(85000), "manage-stop-beyond-liquidation"),
        ],
    )
    def test_anywhere_else_it_is_refused(self, position: Position, stop: Decimal, key: str) -> None:
        with pytest.raises(BadInput, match=key):
            check_stop(position, stop, Decimal(64210), INSTRUMENT)

    def test_breakeven_is_rounded_away_from_loss(self) -> None:
        assert breakeven_stop(LONG, Decimal(64210), INSTRUMENT) == Decimal("64070.5")
        assert breakeven_stop(SHORT, Decimal(63000), INSTRUMENT) == Decimal("63929.5")

    def test_a_breakeven_that_was_passed_or_is_not_known_leaves_the_stop(self) -> None:
        with pytest.raises(BadInput, match="manage-breakeven-passed"):
            breakeven_stop(LONG, Decimal("64070.5"), INSTRUMENT)
        with pytest.raises(BadInput, match="manage-breakeven-passed"):
            breakeven_stop(SHORT, Decimal(64000), INSTRUMENT)
        with pytest.raises(BadInput, match="manage-no-breakeven"):
            breakeven_stop(replace(LONG, break_even_price=None), Decimal(64210), INSTRUMENT)

    def test_what_only_reduces_is_no_entry(self) -> None:
        assert is_entry(RESTING)
        assert not is_entry(replace(RESTING, reduce_only=True))
        assert not is_entry(replace(RESTING, stop_order_type="StopLoss"))
        assert is_entry(replace(RESTING, stop_order_type="Stop")), "a conditional entry"
        assert not is_entry(replace(RESTING, category=Category.SPOT))


class TestTargets:
    def test_they_stand_on_the_tick_nearest_first(self) -> None:
        found = check_targets(
            LONG, (target(1, "66000.07", "0.5"), target(2, "65000", "0.5")), Decimal(64210), INSTRUMENT
        )
        assert [each.price for each in found] == [Decimal(65000), Decimal(66000)]

    @pytest.mark.parametrize(("position", "price"), [(LONG, "64210"), (SHORT, "64210.1")])
    def test_a_price_that_was_passed_is_no_target(self, position: Position, price: str) -> None:
        with pytest.raises(BadInput, match="manage-target-passed"):
            check_targets(position, (target(1, price, "1"),), Decimal(64210), INSTRUMENT)

    def test_shares_are_of_the_whole_at_most(self) -> None:
        with pytest.raises(BadInput, match="manage-share-range"):
            check_targets(LONG, (target(1, "65000", "0.6"), target(2, "66000", "0.6")), Decimal(64210), INSTRUMENT)

    def test_new_ones_share_what_the_reached_ones_left(self) -> None:
        done = replace(target(1, "65000", "0.4"), is_done=True)
        found = new_targets(
            (done, target(2, "66000", "0.6")), (target(1, "67000", "0.5"), target(2, "68000", "0.5")), 1
        )
        assert [(each.number, each.share, each.is_done) for each in found] == [
            (1, Decimal("0.4"), True),
            (2, Decimal("0.30"), False),
            (3, Decimal("0.30"), False),
        ]
        assert new_targets((done, target(2, "66000", "0.6")), (), 1) == ()

    def test_numbers_are_not_given_twice(self) -> None:
        with pytest.raises(BadInput, match="manage-too-many-targets"):
            new_targets((), (target(1, "67000", "0.5"), target(2, "68000", "0.5")), 4)


def target(number: int, price: str, share: str) -> PlannedTarget:
    return PlannedTarget(number=number, price=Decimal(price), share=Decimal(share))


def test_rows_of_a_symbol_are_those_that_stand_and_those_that_resting_entries_bring() -> None:
    stop = replace(RESTING, stop_order_type="StopLoss", trigger_price=Decimal(62000), reduce_only=True)
    entry = replace(RESTING, stop_loss=Decimal(60000), take_profit=Decimal(70000))
    target = replace(RESTING, reduce_only=True)
    assert conditional_rows((stop, entry, target)) == 3
