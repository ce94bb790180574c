"""Numbers as people read them, exact to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.numbers import parse_number
from bot.domain.users import Language
from handlers.views.figures import MINUS, NBSP, Figures, percent_away, step_of

EN, RU = Figures(Language.ENGLISH), Figures(Language.RUSSIAN)
D = Decimal


@pytest.mark.parametrize(
    ("value", "step", "shown"),
    [
        (D("64210.5"), D("0.10"), "64,210.50"),
        (D("64210.55"), D("0.5"), "64,210.5"),
        (D("64210.30"), D("0.5"), "64,210.5"),
        (D("0.000012345"), D("0.0000001"), "0.0000123"),
        (D(1234567), D(1), "1,234,567"),
        (D("-0.004"), D("0.01"), "0.00"),
        (D("-1234.5"), D("0.01"), f"{MINUS}1,234.50"),
        (D("1E+3"), D(1), "1,000"),
        (D("1.500"), None, "1.5"),
        (D("100"), None, "100"),
        (D(0), D("0.01"), "0.00"),
    ],
)
def test_a_number_on_its_step(value: Decimal, step: Decimal | None, shown: str) -> None:
    assert EN.number(value, step) == shown


def test_groups_are_those_of_the_language_and_the_decimal_point_is_bybits() -> None:
    assert EN.money(D("1234567.8"), "USDT") == f"1,234,567.80{NBSP}USDT"
    assert RU.money(D("1234567.8"), "USDT") == f"1{NBSP}234{NBSP}567.80{NBSP}USDT"


def test_gains_and_losses_always_show_their_sign() -> None:
    assert EN.money(D("12.4"), "USDT", signed=True) == f"+12.40{NBSP}USDT"
    assert EN.money(D("-12.4"), "USDT", signed=True) == f"{MINUS}12.40{NBSP}USDT"
    assert EN.money(D(0), "USDT", signed=True) == f"0.00{NBSP}USDT"


def test_percents() -> None:
    assert EN.percent(D("0.0123")) == "+1.23%"
    assert EN.percent(D("-0.5")) == f"{MINUS}50.00%"
    assert EN.percent(D("0.0001"), step=D("0.0001")) == "+0.0100%"


@pytest.mark.parametrize(
    ("value", "shown"), [(D("1234567890"), "1.23B"), (D(1_500_000), "1.50M"), (D(999), "999.00"), (D(1_000), "1.00K")]
)
def test_turnover_at_a_glance(value: Decimal, shown: str) -> None:
    assert EN.short(value) == shown


def test_a_sentence_leaves_out_the_cents_that_are_none() -> None:
    assert EN.round_money(D(10_000), "USDT") == f"10,000{NBSP}USDT"
    assert EN.round_money(D("10012.4"), "USDT") == f"10,012.40{NBSP}USDT"


def test_the_step_is_read_from_how_bybit_writes() -> None:
    assert step_of(D("64210.50")) == D("0.01")
    assert step_of(D(64210)) == D(1)
    assert step_of(D("1E+2")) == D(1)


def test_distance() -> None:
    assert percent_away(D(90), D(100)) == D("-0.1")
    assert percent_away(D(90), D(0)) is None


@given(
    st.decimals(min_value=D("-1E12"), max_value=D("1E12"), places=4),
    st.sampled_from([Language.ENGLISH, Language.RUSSIAN, Language.UKRAINIAN]),
)
def test_what_the_bot_shows_it_also_reads(value: Decimal, language: Language) -> None:
    """A number copied from a card and typed back means the same."""
    shown = Figures(language).number(value, D("0.0001")).replace(MINUS, "-")
    assert parse_number(shown, minimum=D("-1E13"), maximum=D("1E13")) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1E300"), max_value=D("1E300")))
def test_no_number_breaks_a_card(value: Decimal) -> None:
    assert EN.number(value, D("0.01"))
    assert EN.amount(value, "BTC")
