"""The consequence card: what it shows, what it says besides, and what stands against it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from harness.cards import (
    BTC,
    INSTRUMENT,
    NOW,
    TICKER,
    cure_of,
    draft,
    inputs,
    noted,
    order,
    plan,
    position,
    refused,
)

from bot.domain.card_making import make_card
from bot.domain.errors import BadInput
from bot.domain.order_card import CardNote, OrderCard
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.portfolio import FeeRate, Side
from bot.domain.risk import LIVE_DEFAULTS, RiskLimits
from bot.domain.risk_rules import LossMarks


def card(wanted: OrderDraft | None = None, **changes: Any) -> OrderCard:
    return make_card(inputs(wanted or draft(), **changes))


def price(text: str) -> PriceLevel:
    return PriceLevel(price=Decimal(text))


def percent(text: str) -> PriceLevel:
    return PriceLevel(percent=Decimal(text))


def size(kind: SizeKind, amount: str) -> OrderSize:
    return OrderSize(kind, Decimal(amount))


# --- a market entry --------------------------------------------------------------------------------------------------


def test_a_market_entry_names_the_worst_price_that_it_may_be_filled_at() -> None:
    """64210.5 x 1.003 = 64403.1315, down to the tick; 100 / 64403.1 = 0.00155, down to the step."""
    found = card()
    (entry,) = found.entries
    assert (entry.price, entry.qty, entry.is_market) == (Decimal("64403.1"), Decimal("0.001"), True)
    assert found.stop == Decimal("62284.2")  # 64210.5 x 0.97 = 62284.185, towards the entry
    (target,) = found.targets
    assert target.price == Decimal("69347.3")  # 64210.5 x 1.08 = 69347.34, towards the entry
    assert noted(found) == ("card-stop-default", "card-size-rounded")
    assert not found.refusals
    assert (found.value, found.position_idx, found.leverage) == (Decimal("64.4031"), 0, 3)


def test_a_short_is_its_mirror() -> None:
    found = card(draft(Side.SELL))
    (entry,) = found.entries
    assert entry.price == Decimal("64017.8")  # 64210.4 x 0.997 = 64017.7688, up to the tick
    assert found.stop == Decimal("66136.7")  # 64210.4 x 1.03 = 66136.712
    assert found.targets[0].price == Decimal("59073.6")  # 64210.4 x 0.92 = 59073.568
    assert not found.refusals


def test_the_loss_at_the_stop_has_both_fees_and_the_worst_price() -> None:
    """(64403.1 - 62284.2) x 0.001 + 0.001 x 64403.1 x 0.00055 + 0.001 x 62284.2 x 0.00055."""
    found = card()
    assert found.loss_at_stop == Decimal("2.18857801500") == Decimal("2.1189") + Decimal("0.069678015")
    assert found.loss_percent == found.loss_at_stop / 100
    assert found.entry_fee == Decimal("0.035421705")
    assert found.fee_rate == Decimal("0.00055")


def test_the_higher_of_both_fee_rates_is_shown() -> None:
    fee = FeeRate(symbol=BTC, taker=Decimal("0.0001"), maker=Decimal("0.0003"), is_standard=True)
    found = card(fee=fee)
    assert found.fee_rate == Decimal("0.0003")
    assert found.is_standard_fee


def test_risk_sizing_never_loses_more_than_asked_for() -> None:
    found = card(draft(size=size(SizeKind.RISK, "1")))
    assert found.loss_at_stop is not None
    assert Decimal(97) < found.loss_at_stop <= 100
    one_more = found.loss_at_stop * (found.qty + INSTRUMENT.qty_step) / found.qty
    assert one_more > 100


def test_without_a_size_the_risk_of_the_settings_is_taken() -> None:
    assert card(draft(size=None)).qty == card(draft(size=size(SizeKind.RISK, "1"))).qty


def test_without_a_stop_the_loss_is_to_the_liquidation() -> None:
    """The whole margin and both fees: 64.4031 / 3 = 21.4677, 0.035421705, 0.0236144700."""
    found = card(draft(no_stop=True))
    assert found.stop is None
    assert "card-no-stop" in noted(found)
    assert found.loss_at_stop is not None
    assert abs(found.loss_at_stop - Decimal("21.526736175")) < Decimal("1e-12")


def test_in_cross_margin_a_loss_without_a_stop_is_not_known() -> None:
    found = card(draft(no_stop=True), margin=MarginMode.CROSS)
    assert found.loss_at_stop is None
    assert found.is_liquidation_estimate
    sized = card(draft(no_stop=True, size=size(SizeKind.RISK, "1")), margin=MarginMode.CROSS)
    assert refused(sized) == ("card-risk-unknown",)


def test_a_breath_of_a_stop_is_refused() -> None:
    found = card(draft(stop=price("64210.3")))
    assert refused(found) == ("card-stop-too-near",)


@pytest.mark.parametrize(("side", "stop", "key"), [("Buy", "64300", "above"), ("Sell", "64100", "below")])
def test_a_stop_on_the_winning_side_is_refused(side: str, stop: str, key: str) -> None:
    assert refused(card(draft(Side(side), stop=price(stop)))) == (f"card-stop-{key}",)


@pytest.mark.parametrize(("side", "target", "key"), [("Buy", "64300", "below"), ("Sell", "64100", "above")])
def test_a_target_that_the_entry_may_be_beyond_is_refused(side: str, target: str, key: str) -> None:
    assert refused(card(draft(Side(side), targets=(price(target),)))) == (f"card-target-{key}",)


def test_a_stop_beyond_the_liquidation_is_refused_with_two_cures() -> None:
    """At 20x the liquidation is at 64403.1 x 0.95 / 0.995 = 61490.4, above the stop of 5 %."""
    found = card(draft(stop=percent("5"), leverage=20))
    assert found.liquidation == Decimal("61490.4")
    assert refused(found) == ("card-stop-beyond-liquidation", "card-lower-leverage")
    moved = cure_of(found, "card-stop-beyond-liquidation").removeprefix("stop:")
    assert not card(draft(stop=price(moved), leverage=20)).refusals
    lower = int(cure_of(found, "card-lower-leverage").removeprefix("leverage:"))
    assert not card(draft(stop=percent("5"), leverage=lower)).refusals
    assert card(draft(stop=percent("5"), leverage=lower + 1)).refusals


# --- limit entries ---------------------------------------------------------------------------------------------------


def test_a_limit_price_off_the_tick_goes_inwards() -> None:
    found = card(draft(limits=(Decimal("63000.07"),)))
    assert (found.entries[0].price, found.entries[0].is_market) == (Decimal("63000.0"), False)
    assert "card-price-rounded" in noted(found)
    assert card(draft(Side.SELL, limits=(Decimal("65000.01"),))).entries[0].price == Decimal("65000.1")


def test_percents_of_a_limit_entry_count_from_its_price() -> None:
    found = card(draft(limits=(Decimal(60_000),), stop=percent("3"), targets=(percent("5"),)))
    assert (found.stop, found.targets[0].price) == (Decimal(58_200), Decimal(63_000))


def test_a_range_is_two_entries_of_one_size() -> None:
    wanted = draft(limits=(Decimal(63_000), Decimal(62_000)), stop=price("60000"), size=size(SizeKind.RISK, "1"))
    found = card(wanted)
    first, second = found.entries
    assert first.qty == second.qty
    assert found.loss_at_stop is not None
    assert Decimal(95) < found.loss_at_stop <= 100


def test_a_limit_at_the_market_is_filled_at_once_and_says_so() -> None:
    assert "card-limit-crosses" in noted(card(draft(limits=(Decimal(64_300),))))
    assert "card-limit-crosses" not in noted(card(draft(limits=(Decimal(64_200),))))


def test_a_price_beyond_the_exchange_s_limits_is_told_before() -> None:
    """64210 x 1.01 = 64852.1."""
    found = card(draft(limits=(Decimal(65_500),), targets=(price("70000"),)))
    assert found.highest_price == Decimal("64852.1")
    assert "card-beyond-limits" in noted(found)


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_an_order_below_the_minimum_is_refused_and_the_smallest_offered() -> None:
    found = card(draft(size=size(SizeKind.VALUE, "20")))
    assert refused(found) == ("card-too-small",)
    assert cure_of(found, "card-too-small") == "size:0.001"
    assert found.qty == Decimal("0.001")  # the card shows that one


def test_a_minimum_of_value_counts_too() -> None:
    cheap = replace(INSTRUMENT, qty_step=Decimal(1), min_order_qty=Decimal(1), tick_size=Decimal("0.00001"))
    ticker = replace(
        TICKER,
        last_price=Decimal("0.5"),
        ask_price=Decimal("0.5"),
        bid_price=Decimal("0.49999"),
        mark_price=None,
        index_price=None,
    )
    found = card(draft(size=size(SizeKind.QTY, "5")), instrument=cheap, ticker=ticker)
    assert cure_of(found, "card-too-small") == "size:10"  # 5 USDT / 0.5015


def test_an_order_above_the_maximum_is_refused() -> None:
    found = card(draft(size=size(SizeKind.QTY, "2000")), value="1000000000")
    assert cure_of(found, "card-too-large") == "size:1190"


def test_margin_that_is_not_there_is_refused_with_what_fits() -> None:
    found = card(draft(size=size(SizeKind.VALUE, "50000")))
    fits = cure_of(found, "card-margin").removeprefix("size:")
    again = card(draft(size=size(SizeKind.QTY, fits)))
    assert not again.refusals
    assert Decimal(9_900) < again.margin <= 10_000


# --- targets ---------------------------------------------------------------------------------------------------------


def test_shares_are_floored_and_the_rest_goes_to_the_last() -> None:
    wanted = draft(
        size=size(SizeKind.QTY, "0.01"), targets=(price("66000"), price("68000"), price("70000")), stop=price("62000")
    )
    found = card(wanted)
    assert [each.qty for each in found.targets] == [Decimal("0.003"), Decimal("0.003"), Decimal("0.004")]
    shares = replace(wanted, shares=(Decimal(50), Decimal(30), Decimal(20)))
    assert [each.qty for each in card(shares).targets] == [Decimal("0.005"), Decimal("0.003"), Decimal("0.002")]


def test_targets_stand_nearest_first_with_their_shares() -> None:
    wanted = draft(
        size=size(SizeKind.QTY, "0.01"), targets=(price("70000"), price("66000")), shares=(Decimal(80), Decimal(20))
    )
    assert [(each.price, each.qty) for each in card(wanted).targets] == [
        (Decimal(66_000), Decimal("0.002")),
        (Decimal(70_000), Decimal("0.008")),
    ]


def test_a_share_below_the_minimum_joins_the_next() -> None:
    wanted = draft(
        size=size(SizeKind.QTY, "0.002"), targets=(price("66000"), price("68000"), price("70000")), stop=price("62000")
    )
    found = card(wanted)
    assert [(each.price, each.qty) for each in found.targets] == [
        (Decimal(68_000), Decimal("0.001")),
        (Decimal(70_000), Decimal("0.001")),
    ]
    assert "card-target-joined" in noted(found)
    assert sum(each.share for each in found.targets) == 1


@pytest.mark.parametrize("shares", [(), (50,), (50, 60), (100, 0)])
def test_shares_have_to_come_to_a_hundred(shares: tuple[int, ...]) -> None:
    wanted = draft(targets=(price("66000"), price("68000")), shares=tuple(map(Decimal, shares)))
    if not shares:
        assert card(wanted).targets
        return
    with pytest.raises(BadInput, match="card-shares"):
        card(wanted)


def test_six_targets_are_one_too_many() -> None:
    with pytest.raises(BadInput, match="card-targets-too-many"):
        card(draft(targets=tuple(price(str(66_000 + each)) for each in range(6))))


def test_a_level_is_a_price_above_nothing() -> None:
    with pytest.raises(BadInput, match="card-level-below-zero"):
        card(draft(stop=percent("100")))


# --- legs that stand -------------------------------------------------------------------------------------------------


def test_an_opposite_entry_in_one_way_mode_is_refused() -> None:
    assert refused(card(draft(Side.SELL), positions=(position(),))) == ("card-opposite",)
    assert refused(card(draft(Side.SELL), orders=(order(),))) == ("card-opposite-resting",)


def test_what_is_refused_for_lessening_a_leg_is_given_no_liquidation_of_that_leg() -> None:
    short = position(Side.SELL, size="2", entry="64000")
    found = card(draft(Side.BUY, stop=percent("3")), positions=(short,), margin=MarginMode.CROSS)
    assert refused(found) == ("card-opposite",)
    assert found.liquidation is None


def test_in_hedge_mode_each_side_has_its_leg() -> None:
    long = position(position_idx=1)
    found = card(draft(Side.SELL), positions=(long,), mode=PositionMode.HEDGE)
    assert found.position_idx == 2
    assert not found.refusals


def test_a_leg_that_was_opened_elsewhere_is_not_added_to() -> None:
    assert "card-foreign" in refused(card(positions=(position(),), is_managed=False))


def test_an_add_keeps_the_plan_s_stop_and_targets_and_counts_the_whole_leg() -> None:
    """Average of 0.1 at 64000 and 0.001 at 64403.1: 64003.99; liquidation of the whole."""
    held = position(stop_loss=Decimal(62_000))
    found = card(positions=(held,), plan=plan(targets=("66000", "68000")))
    assert (found.stop, found.stop_before) == (Decimal(62_000), None)
    assert [each.qty for each in found.targets] == [Decimal("0.050"), Decimal("0.051")]
    assert found.liquidation == Decimal("42883.8")  # 64003.99 x 2/3 / 0.995, up
    assert not found.refusals


def test_an_add_with_another_stop_says_which_one_moves() -> None:
    held = position(stop_loss=Decimal(62_000))
    found = card(draft(stop=price("62500")), positions=(held,), plan=plan())
    assert (found.stop_before, found.stop) == (Decimal(62_000), Decimal(62_500))


def test_beside_an_entry_that_waits_the_plan_s_levels_are_kept_and_a_move_is_said() -> None:
    waits: dict[str, Any] = {"plan": plan(targets=("66000", "68000")), "waiting": (Decimal(63_000),)}
    kept = card(draft(size=size(SizeKind.VALUE, "1000")), **waits)
    assert (kept.stop, kept.stop_before, [each.price for each in kept.targets]) == (62_000, None, [66_000, 68_000])
    moved = card(draft(stop=price("62500")), **waits)
    assert (moved.stop_before, moved.stop, moved.refusals) == (62_000, 62_500, ())
    assert card(plan=waits["plan"]).stop == Decimal("62284.2"), "of a plan that holds nothing and waits for nothing"


@pytest.mark.parametrize("levels", [{"stop": price("63000")}, {"targets": (price("62900"), price("68000"))}])
def test_levels_beyond_an_entry_that_waits_are_refused(levels: dict[str, Any]) -> None:
    at = Decimal(62_500) if "targets" in levels else Decimal(64_000)
    wanted = draft(size=size(SizeKind.VALUE, "1000"), limits=(at,), **levels)
    found = card(wanted, plan=plan(stop="61000"), waiting=(Decimal(63_000),))
    assert refused(found) == ("entry-waiting-beyond",)


def test_ten_conditional_orders_of_a_symbol_are_the_most() -> None:
    rows = tuple(order(order_id=str(each), stop_order_type="Stop", trigger_price=Decimal(60_000)) for each in range(8))
    assert not card(orders=rows).refusals
    assert refused(card(orders=(*rows, order(order_id="9", stop_loss=Decimal(60_000))))) == ("card-rows",)


# --- leverage --------------------------------------------------------------------------------------------------------


def test_another_leverage_is_told_before_it_is_set() -> None:
    found = card(draft(leverage=5))
    assert (found.leverage, "card-leverage-set" in noted(found)) == (5, True)
    assert "card-leverage-set" not in noted(card(draft(leverage=3)))
    assert "card-leverage-own" in noted(card(leverage="10")), "more than the settings say, and nobody asked for it"
    assert "card-leverage-own" not in noted(card(draft(leverage=10), leverage="10"))


def test_a_leverage_that_would_change_what_is_open_is_refused() -> None:
    assert cure_of(card(draft(leverage=5), positions=(position(),)), "card-leverage-in-use") == "leverage:3"


def test_a_leverage_above_the_symbol_s_is_refused() -> None:
    assert cure_of(card(draft(leverage=150)), "card-leverage-too-high") == "leverage:100"


# --- limits of the account -------------------------------------------------------------------------------------------


def test_leverage_over_the_account_s_limit_is_refused_with_the_limit() -> None:
    found = card(draft(leverage=10), limits=RiskLimits(most_leverage=Decimal(3)))
    assert cure_of(found, "risk-leverage") == "leverage:3"


def test_the_careful_defaults_let_a_careful_trade_through() -> None:
    assert not card(limits=LIVE_DEFAULTS).refusals
    risky = card(draft(size=size(SizeKind.RISK, "2")), limits=LIVE_DEFAULTS)
    fits = cure_of(risky, "risk-trade").removeprefix("size:")
    assert not card(draft(size=size(SizeKind.QTY, fits)), limits=LIVE_DEFAULTS).refusals


def test_a_position_that_loses_too_much_alone_is_cured_by_no_size() -> None:
    limits = RiskLimits(most_trade_risk_percent=Decimal(1))  # 100 of 10,000
    small = draft(size=size(SizeKind.VALUE, "200"), stop=PriceLevel(price=Decimal(60_000)))
    assert cure_of(card(small, positions=(position(size="0.1"),), limits=limits), "risk-trade-held") == ""
    bearable = (position(size="0.02", entry="64500"),)
    found = card(small, positions=bearable, limits=limits)
    assert found.refusals[0].values["joined"], "more than the card says of the order alone"
    fits = cure_of(found, "risk-trade").removeprefix("size:")
    assert not card(replace(small, size=size(SizeKind.QTY, fits)), positions=bearable, limits=limits).refusals


def test_the_loss_budget_is_of_the_day() -> None:
    limits, marks = RiskLimits(daily_loss_percent=Decimal(5)), LossMarks(day_value=Decimal(10_000))
    assert card(limits=limits, marks=marks, value="9800").loss_budget_left == 300
    assert refused(card(limits=limits, marks=marks, value="9500")) == ("risk-daily-loss",)


def test_what_stops_everything_stands_first() -> None:
    found = card(stopped=(CardNote(key="card-paused"),), limits=RiskLimits(symbols=()))
    assert refused(found) == ("card-paused",)


def test_a_card_is_as_old_as_its_price() -> None:
    assert card().quoted_ts == NOW


def test_a_symbol_that_does_not_trade_is_refused() -> None:
    assert refused(card(instrument=replace(INSTRUMENT, status="PreLaunch"))) == ("card-not-trading",)
