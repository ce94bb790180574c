"""The card's formulas against cases that were computed by hand: tests/data/card_truth, the arithmetic beside each."""

import ast
import math
import operator
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from bot.domain import card_formulas as formulas
from bot.domain.card_sizes import EntryRisk, even_qty, wanted_qty
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument
from bot.domain.order_drafts import OrderSize, SizeKind
from bot.domain.portfolio import Side
from bot.domain.risk_tiers import RiskTier

FOLDER: Final = Path(__file__).parents[1] / "data" / "card_truth"
BOOKS: Final[Mapping[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}
TENTH_DIGIT: Final = Decimal("0.0000000001")  # the arithmetic is written in ten decimals
Case = Mapping[str, Any]
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS: Final[Mapping[str, Callable[..., Fraction | int]]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "min": min,
    "max": max,
}


def cases(book: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in BOOKS[book]["case"]]


def every_case() -> list[Any]:
    return [pytest.param(case, id=f"{book}: {case['name']}") for book in BOOKS for case in BOOKS[book]["case"]]


def tiers(book: str) -> tuple[RiskTier, ...]:
    return tuple(
        RiskTier(
            limit=Decimal(limit), maintenance=Decimal(rate), max_leverage=Decimal(leverage), deduction=Decimal(less)
        )
        for limit, rate, leverage, less in BOOKS[book]["tiers"]
    )


def assert_is(found: Decimal | None, case: Case) -> None:
    assert found is not None
    assert abs(found - Decimal(case["expected"])) <= TENTH_DIGIT, found


def instrument(tick: str = "0.1", near: str | None = None, far: str | None = None) -> Instrument:
    return Instrument(
        category=Category.LINEAR,
        symbol=Symbol("BTCUSDT"),
        status="Trading",
        base_coin="BTC",
        quote_coin="USDT",
        tick_size=Decimal(tick),
        qty_step=Decimal("0.001"),
        min_order_qty=Decimal("0.001"),
        max_order_qty=Decimal(1_190),
        max_market_order_qty=Decimal(500),
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
        price_limit_near=None if near is None else Decimal(near),
        price_limit_far=None if far is None else Decimal(far),
    )


# --- the arithmetic itself -------------------------------------------------------------------------------------------


def worth(text: str) -> Fraction:
    """A line of arithmetic, exactly."""
    return _worth(ast.parse(text, mode="eval").body, text)


def _worth(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp):
        return -_worth(node.operand, text)
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_worth(node.left, text), _worth(node.right, text))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return Fraction(_FUNCTIONS[node.func.id](*(_worth(each, text) for each in node.args)))


def test_there_are_cases_enough() -> None:
    assert sum(len(book["case"]) for book in BOOKS.values()) >= 60


@pytest.mark.parametrize("case", every_case())
def test_the_arithmetic_beside_a_case_is_right_and_ends_in_what_is_expected(case: Case) -> None:
    for line in case["arithmetic"]:
        left, right = line.split(" = ")
        assert abs(worth(left) - Fraction(right)) <= Fraction(TENTH_DIGIT) / 2, line
    assert case["arithmetic"][-1].split(" = ")[1] == case["expected"]


# --- the formulas against it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("isolated_liquidation"))
def test_isolated_liquidation(case: Case) -> None:
    found = formulas.isolated_liquidation(
        Side(case["side"]),
        Decimal(case["qty"]),
        Decimal(case["entry"]),
        Decimal(case["leverage"]),
        tiers("isolated_liquidation"),
    )
    assert_is(found, case)


def test_a_long_without_leverage_is_never_liquidated() -> None:
    """Its margin is all that it can lose: 64,000 x (1 - 1/1) = 0."""
    found = formulas.isolated_liquidation(
        Side.BUY, Decimal("0.1"), Decimal(64_000), Decimal(1), tiers("isolated_liquidation")
    )
    assert found is None


@pytest.mark.parametrize("case", cases("cross_liquidation"))
def test_cross_liquidation(case: Case) -> None:
    legs = [
        formulas.Held(side=Side(side), qty=Decimal(qty), price=Decimal(price))
        for side, qty, price in zip(case["sides"], case["qtys"], case["prices"], strict=True)
    ]
    assert_is(formulas.cross_liquidation(legs, Decimal(case["margin"]), tiers("cross_liquidation")), case)


@pytest.mark.parametrize("case", cases("worst_prices"))
def test_the_worst_price_of_a_market_entry(case: Case) -> None:
    def bound(name: str) -> Decimal | None:
        return Decimal(case[name]) if case[name] else None

    found = formulas.worst_price(
        Side(case["side"]),
        Decimal(case["touch"]),
        Decimal(case["tick"]),
        stop=bound("stop"),
        lowest=bound("lowest"),
        highest=bound("highest"),
    )
    if case.get("refused"):
        assert found is None
        assert Decimal(case["expected"]) < 1  # ticks
    else:
        assert_is(found, case)


@pytest.mark.parametrize("case", cases("price_limits"))
def test_the_exchange_s_price_limits(case: Case) -> None:
    rules = instrument(case["tick"], case["near"], case["far"])
    lowest, highest = formulas.price_limits(rules, Decimal(case["mark"]), Decimal(case["index"]))
    assert_is({"lowest": lowest, "highest": highest}[case["which"]], case)


@pytest.mark.parametrize("case", cases("money"))
def test_money(case: Case) -> None:
    side, qty, entry, rate = Side(case["side"]), Decimal(case["qty"]), Decimal(case["entry"]), Decimal(case["rate"])
    match case["kind"]:
        case "fee":
            found = formulas.fee(qty, entry, rate)
        case "result":
            found = formulas.result(side, qty, entry, Decimal(case["end"]), rate)
        case "order_cost":
            found = formulas.order_cost(side, qty, entry, Decimal(case["leverage"]), rate)
        case "isolated_loss":
            found = formulas.isolated_loss(side, qty, entry, Decimal(case["leverage"]), rate)
        case _:
            found = formulas.bankruptcy(side, entry, Decimal(case["leverage"]))
    assert_is(found, case)


@pytest.mark.parametrize("case", cases("sizes"))
def test_sizes(case: Case) -> None:
    losses = [Decimal(each) for each in case["losses"]] or [None] * len(case["prices"])
    entries = [EntryRisk(price=Decimal(price), loss=loss) for price, loss in zip(case["prices"], losses, strict=True)]
    size = OrderSize(SizeKind(case["kind"]), Decimal(case["amount"]))
    wanted = wanted_qty(size, entries, Decimal(case["account_value"]))
    assert wanted is not None
    assert_is(even_qty(wanted, len(entries), Decimal(case["step"])), case)
