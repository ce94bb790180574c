"""Margins, liquidation and funding, by hand: the arithmetic stands beside each number."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category
from bot.domain.orders import LeverageRequest, MarginMode, PositionMode
from bot.domain.risk_tiers import tier_of
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.margins import isolated_price
from bot.exchange.matching.model import ZERO, EngineAccount, EnginePosition, EngineRejected, Markets, SymbolRules
from bot.exchange.matching.money import break_even, gain_of, value_of
from ops.engine_trader import BTC, BTC_COIN, BUY, INVERSE, LINEAR, SELL, TIERS, d, trader, view

CROSS = MarginMode.CROSS
ETH = Symbol("ETHUSDT")


def near(value: Decimal | None, text: str) -> bool:
    return value is not None and abs(value - Decimal(text)) < Decimal("0.01")


@pytest.mark.parametrize(
    ("side", "size", "leverage", "price"),
    [
        (BUY, "1", "10", "57889.447236"),  # 64000 × 0.9 / 0.995
        (SELL, "1", "10", "70049.751244"),  # 64000 × 1.1 / 1.005
        (BUY, "1", "3", "42881.072027"),  # 64000 × 2/3 / 0.995
        # 50 × 64000 = 3.2 million; at 58080.8 still 2.9 million, tier 2: (3200000 × 0.9 − 10000) / (50 × 0.99)
        (BUY, "50", "10", "57979.797980"),
        # 33 × 64000 = 2112000, tier 2 now; at the price 1.91 million, tier 1: 64000 × 0.9 / 0.995
        (BUY, "33", "10", "57889.447236"),
        # 30 × 64000 = 1920000, tier 1 now; at the price 2.1 million, tier 2: (1920000 × 1.1 + 10000) / (30 × 1.01)
        (SELL, "30", "10", "70033.003300"),
    ],
)
def test_an_isolated_leg_is_called_where_its_own_margin_has_shrunk(
    side: str, size: str, leverage: str, price: str
) -> None:
    one = trader(usdt="10000000", leverage=leverage)
    held = EnginePosition(
        symbol=BTC, position_idx=0, side=BUY if side == BUY else SELL, size=d(size), entry_value=d(size) * 64000
    )
    assert near(isolated_price(LINEAR, held, d(leverage)), price)
    one.account.positions[BTC, 0] = held
    assert near(one.worth.legs[BTC, 0].liquidation, price)


def test_an_inverse_leg_likewise() -> None:
    # 64000 USD at 64000: 1 coin. Long 10x: 64000 × 1.005 / (1 + 0.1) = 58472.73; short: 64000 × 0.995 / 0.9 = 70755.56
    long, short = (
        EnginePosition(symbol=BTC_COIN, position_idx=0, side=side, size=d(64000), entry_value=d(1))
        for side in (BUY, SELL)
    )
    assert near(isolated_price(INVERSE, long, d(10)), "58472.727273")
    assert near(isolated_price(INVERSE, short, d(10)), "70755.555556")
    assert isolated_price(INVERSE, short, d(1)) is None


@pytest.mark.parametrize("rules", [LINEAR, INVERSE], ids=["linear", "inverse"])
@given(size=st.integers(1, 300_000), leverage=st.integers(1, 100), is_long=st.booleans())
def test_at_an_isolated_liquidation_price_the_margin_left_is_what_must_stay(
    rules: SymbolRules, size: int, leverage: int, is_long: bool
) -> None:
    """The law itself, at every tier: the price solves it, and one tick before it there is more than must stay."""
    qty = size * (rules.instrument.qty_step if not rules.is_inverse else Decimal(64))
    value = value_of(rules, qty, d(64000))
    side = BUY if is_long else SELL
    held = EnginePosition(symbol=BTC, position_idx=0, side=side, size=qty, entry_value=value)

    def spare(price: Decimal) -> Decimal:
        now = qty / price if rules.is_inverse else qty * price
        tier = tier_of(rules.tiers, now)
        left = value / leverage + gain_of(rules, held.direction, value, now)
        return (left - max(ZERO, now * tier.maintenance - tier.deduction)) / value

    price = isolated_price(rules, held, d(leverage))
    if price is None:
        assert leverage == 1
        return
    assert abs(spare(price)) < d("1e-9")
    assert spare(price + held.direction) > 0


def test_an_isolated_liquidation_costs_the_margin_and_no_more() -> None:
    one = trader(leverage="10")
    order = one.send(BUY, "1", "64000", stop_loss=d(58000))
    one.send(BUY, "0.01", "50000")
    one.at("63999")
    assert one.now(order).status == "Filled"
    one.at("58010", mark="57889.5")
    assert one.held().size == 1
    one.at("58010", mark="57889.4")
    assert not one.held().size
    assert not one.account.orders
    end = one.fills[-1]
    assert (end.exec_type, end.price, end.create_type) == ("BustTrade", 57600, "CreateByTakeOver_PassThrough")
    assert end.gain == -6400  # the margin: 64000 / 10
    assert one.lines[-1].kind == "LIQUIDATION"
    # opened as a maker at 64000 × 0.0002 = 12.80, taken over at 57600 × 0.00055 = 31.68
    assert one.account.wallet["USDT"] == 10_000 - d("12.80") - 6400 - d("31.68")


def test_cross_margin_is_called_when_the_account_does_not_cover_its_maintenance() -> None:
    one = trader(usdt="10000", margin=CROSS, leverage="10")
    one.send(BUY, "1", "64000")
    one.at("63999")
    leg = one.worth.legs[BTC, 0]
    # (9987.20 + P − 64000) = 0.005 P + 31.68 (the fee to close at the bust price 57600): P = 54044.48 / 0.995
    assert near(leg.liquidation, "54316.06")
    one.at("54317")
    assert one.held().size
    one.at("54316")
    assert not one.held().size
    assert one.fills[-1].price == 54316
    assert one.account.wallet["USDT"] > 0


def test_cross_margin_steps_down_a_tier_before_the_take_over() -> None:
    one = trader(usdt="1000000", margin=CROSS, leverage="10")
    one.at("64000", depth=((1, "1000"),))
    one.send(BUY, "60")  # 3.84 million, tier 2
    one.at("47700")
    ladder = [fill for fill in one.fills if fill.create_type == "CreateByLiq"]
    # to the limit of tier 1: 2000000 / 47700 = 41.928…
    assert [60 - fill.qty for fill in ladder] == [d("41.928")]
    assert one.held().size == d("41.928")
    one.at("47000")
    assert not one.held().size
    assert one.account.wallet["USDT"] >= 0


def test_nobody_who_practices_ends_below_nothing() -> None:
    one = trader(usdt="10000", margin=CROSS, leverage="10")
    one.send(BUY, "1", "64000")
    one.at("63999")
    one.at("40000")
    assert not one.held().size
    assert 0 <= one.account.wallet["USDT"] < 1  # taken over a tick at most above what leaves nothing
    assert one.fills[-1].price > 54_000


def test_a_cross_account_pays_for_one_leg_with_another() -> None:
    rules = replace(LINEAR, instrument=replace(LINEAR.instrument, symbol=ETH))
    one = trader(usdt="10000", margin=CROSS, leverage="20")
    one.at("2000", rules=rules, depth=((1, "1000"),))
    one.send(BUY, "1")
    one.send(SELL, "20", symbol=ETH)
    one.at("1500", rules=rules)
    one.at("55000")
    assert one.held().size == 1
    assert one.worth.available > 0


def test_funding_is_paid_by_longs_at_the_mark_price_and_kept_in_what_the_leg_realised() -> None:
    one = trader(mode=PositionMode.HEDGE)
    one.send(BUY, "0.1", position_idx=1)
    one.send(SELL, "0.05", position_idx=2)
    before = one.account.wallet["USDT"]
    realised = one.held(1).realised
    one.fund("0.0001")
    assert [(fill.exec_type, fill.fee, fill.side) for fill in one.fills[-2:]] == [
        ("Funding", d("0.64"), BUY),
        ("Funding", d("-0.32"), SELL),
    ]
    assert one.account.wallet["USDT"] == before - d("0.32")
    assert one.held(1).realised == realised - d("0.64")


def test_break_even_counts_the_fees_and_what_was_realised() -> None:
    # a long of 1 at 64000 that paid 35.2: (64000 + 35.2) / (1 − 0.00055)
    assert near(break_even(LINEAR, 1, d(1), d(64000), d("-35.2")), "64070.438741")
    # a short: (−64000 + 35.2) / (−1 − 0.00055)
    assert near(break_even(LINEAR, -1, d(1), d(64000), d("-35.2")), "63929.638699")


def test_leverage_changes_what_is_free_and_is_refused_where_it_does_not_fit() -> None:
    one = trader(usdt="7000", leverage="10")
    one.send(BUY, "1")

    def lever(text: str) -> int:
        request = LeverageRequest(category=Category.LINEAR, symbol=BTC, leverage=d(text))
        try:
            one.engine.set_leverage(one.account, request, one.markets)
        except EngineRejected as refused:
            return refused.code
        return 0

    assert lever("10") == 110043
    assert lever("101") == 110013
    assert lever("5") == 110007
    assert lever("20") == 0
    assert one.account.leverages == {(BTC, 0): 20}
    one.at("61300")
    assert lever("25") == 110011
    assert lever("9") == 110007
    assert one.account.leverages == {(BTC, 0): 20}


def test_margin_modes() -> None:
    one = trader(usdt="700", leverage="10")
    one.send(BUY, "0.1")
    with pytest.raises(EngineRejected) as refused:
        one.engine.switch_margin_mode(one.account, MarginMode.ISOLATED, one.markets)
    assert refused.value.code == 110026
    one.engine.switch_margin_mode(one.account, CROSS, one.markets)
    one.at("57800")  # beyond what an isolated leg would bear, not beyond the account
    assert one.held().size
    with pytest.raises(EngineRejected) as refused:
        one.engine.switch_margin_mode(one.account, MarginMode.ISOLATED, one.markets)
    assert refused.value.code == 110011
    assert one.account.margin_mode is CROSS


def test_a_leg_may_not_grow_beyond_the_tier_of_its_leverage() -> None:
    one = trader(usdt="10000000", leverage="60")
    with pytest.raises(EngineRejected) as refused:
        one.send(BUY, "32")  # 2.05 million, tier 2 allows 50x
    assert refused.value.code == 110090
    one = trader(usdt="100000000", leverage="10")
    with pytest.raises(EngineRejected) as refused:
        one.send(BUY, "320")  # 20.5 million
    assert refused.value.code == 110089


def test_an_inverse_contract_earns_in_its_coin() -> None:
    one = trader("50000", usdt="1", rules=INVERSE)
    one.at("50000", rules=INVERSE, depth=((1, "10000"),))
    one.send(BUY, "10000", symbol=BTC_COIN)
    held = one.held(symbol=BTC_COIN)
    assert held.entry_value == d("0.19999800")  # 10000 / 50000.5
    one.at("62500", rules=INVERSE, depth=((1, "10000"),))
    leg = one.worth.legs[BTC_COIN, 0]
    assert leg.unrealised == d("0.19999800") - d("0.16")
    one.send(SELL, "10000", symbol=BTC_COIN)
    assert one.fills[-1].gain == d("0.19999800") - d("0.16000128")  # 10000 / 62499.5
    assert one.account.wallet["BTC"] == 1 + one.fills[-1].gain - sum(fill.fee for fill in one.fills)


def test_what_an_account_holds_must_be_priced() -> None:
    one = trader()
    one.send(BUY, "0.01")
    with pytest.raises(KeyError):
        Engine().tick(one.account, BTC, Markets(views={}, now=Millis(0)))
    account = EngineAccount(prefix="x", wallet={"BTC": d(1), "USDT": d(5)}, margin_mode=CROSS)
    seen = view(LINEAR, d(64000), Millis(1))
    one.account, one.markets = account, Markets(views={BTC: seen}, now=Millis(1), dollars={"BTC": d(64000)})
    assert one.worth.margin == 64005
    assert TIERS[0].limit == 2_000_000
