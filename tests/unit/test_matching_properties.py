"""The engine's laws over random walks, and proof that the same search catches an engine that breaks one.

A small run of the campaign of `make campaign`: money is conserved, no size is negative, reduce-only never flips, price
and time decide who is filled, a refusal changes nothing, and the same seed goes the same way.
"""

import collections
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import Millis
from bot.domain.portfolio import Side
from bot.exchange.matching import booking, executing, protection, quota
from bot.exchange.matching.booking import net
from bot.exchange.matching.model import EnginePosition
from bot.exchange.matching.money import value_of
from ops.campaigns import matching_walk
from ops.campaigns.matching_walk import LawBroken, run, walked
from ops.engine_trader import BTC, INVERSE, LINEAR

FILLS = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(1, 10_000), st.integers(10_000, 1_000_000)), min_size=1, max_size=40
)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(12))
def test_no_law_is_broken_on_a_walk(seed: int) -> None:
    walk = walked(seed, 250)
    assert sum(walk.steps.values()) == 250
    assert walk.one.fills


def test_a_walk_meets_everything_that_can_happen() -> None:
    walks = [walked(seed, 150) for seed in range(100, 125)]
    kinds = {fill.create_type.removeprefix("CreateBy") for walk in walks for fill in walk.one.fills}
    assert kinds >= {"User", "StopOrder", "StopLoss", "TakeProfit", "PartialStopLoss", "TakeOver_PassThrough", ""}
    assert {fill.is_maker for walk in walks for fill in walk.one.fills} == {True, False}
    ends = {order.cancel_type for walk in walks for order in walk.one.orders.values()}
    assert ends >= {"CancelByUser", "CancelByReduceOnly", "CancelByTpSlTsClear", "CancelByPrepareLiq"}
    assert {code for walk in walks for code in walk.codes} >= {10001, 34040, 110007, 110017, 110043}


def test_the_same_seed_goes_the_same_way() -> None:
    one, other = walked(7, 200), walked(7, 200)
    assert one.one.fills == other.one.fills
    assert one.one.account == other.one.account
    assert one.one.lines == other.one.lines


def test_a_campaign_counts_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_walk, "_LEAST", 1_000)
    report = run(1, 0)
    assert report.is_good
    assert (report.cases, report.steps) == (2, 1_000)


def _keeps_no_quota(*_: object) -> None:
    return None


def _backwards(order: object) -> object:
    is_limit, is_sell, price, priority = RANK(order)  # type: ignore[arg-type]  # an order
    return is_limit, is_sell, -price, -priority


def _rounds(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return (amount * part / whole).quantize(Decimal("0.01"))


RANK = executing._rank
BREAKS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "reduce-only orders exceed": (quota, "trim", _keeps_no_quota),
    "stood before": (executing, "_rank", _backwards),
    "half a position|money appeared|not what its fills": (booking, "share", _rounds),
    "StopLoss|TakeProfit|PartialStopLoss": (protection, "sync", _keeps_no_quota),
}


@pytest.mark.parametrize("law", BREAKS)
def test_an_engine_that_breaks_a_law_is_caught(law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, broken = BREAKS[law]
    monkeypatch.setattr(where, name, broken)
    with pytest.raises(LawBroken, match=law):
        collections.deque((walked(seed, 250) for seed in range(40)), maxlen=0)


@pytest.mark.parametrize("rules", [LINEAR, INVERSE])
@given(fills=FILLS)
@settings(max_examples=100, deadline=None)
def test_what_fills_make_of_a_position_loses_nothing(rules: object, fills: list[tuple[Side, int, int]]) -> None:
    """Entry values left are what was paid for, less what was closed at cost; and closed at once, nothing is left."""
    of = INVERSE if rules is INVERSE else LINEAR
    held = EnginePosition(symbol=BTC, position_idx=0)
    signed, cash, gains = Decimal(0), Decimal(0), Decimal(0)
    for side, steps, price in fills:
        qty = steps * of.instrument.qty_step
        value = value_of(of, qty, Decimal(price))
        netted = net(of, held, side, qty, value, Decimal(0), Millis(1))
        held, way = netted.position, 1 if side is Side.BUY else -1
        signed += qty * way
        cash += value * way * (1 if of.is_inverse else -1)
        gains += netted.gain
        assert 0 <= netted.closed <= qty
    assert held.size * held.direction == signed
    cost = held.entry_value * held.direction * (1 if of.is_inverse else -1)
    assert gains + cost == cash
