"""Numbers as people read them, exact to the last digit."""

from decimal import Decimal

import pytest
from harness.viewers import rules
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.numbers import parse_number
from bot.domain.users import Language
from handlers.views.figures import MINUS, NBSP, Figures, percent_away

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


def test_a_turnover_has_the_words_of_the_language() -> None:
    assert RU.short(D("8230000000")) == f"8.23{NBSP}млрд"
    assert Figures(Language.UKRAINIAN).short(D(12_300)) == f"12.30{NBSP}тис."


def test_a_sentence_leaves_out_the_cents_that_are_none() -> None:
    assert EN.round_money(D(10_000), "USDT") == f"10,000{NBSP}USDT"
    assert EN.round_money(D("10012.4"), "USDT") == f"10,012.40{NBSP}USDT"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (D("0.0118765"), "0.0118765"),
        (D("0.01245"), "0.0124500"),
        (D("0.011876512345"), "0.0118765"),
        (D("12.5"), "12.5000000"),
    ],
)
def test_a_price_has_the_digits_of_its_tick(value: Decimal, shown: str) -> None:
    assert EN.price(value, rules("1000PEPEUSDT", "0.0000001", "100")) == shown


def test_a_tick_keeps_the_zeros_that_bybit_writes_it_with() -> None:
    btc = rules("BTCUSDT", "0.10", "0.001")
    assert EN.price(D("63999.5"), btc) == "63,999.50"
    assert RU.price(D(64000), btc) == f"64{NBSP}000.00"
    assert EN.size(D("0.500"), btc, "BTC") == f"0.5{NBSP}BTC"
    assert EN.size(D("-0.50049"), btc) == f"{MINUS}0.5"


def test_a_number_whose_rules_nobody_knows_stands_as_bybit_wrote_it() -> None:
    assert EN.price(D("64300.00"), None) == "64,300.00"
    assert EN.price(D("0.0124500"), None) == "0.0124500"
    assert EN.size(D(500), None, "WHAT") == f"500{NBSP}WHAT"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.03520000", "0.0352"),
        ("0.00000012345", "0.000000123"),
        ("0.05", "0.050"),
        ("0.9999", "1.00"),
        ("1.23456", "1.23"),
        ("123.456", "123.46"),
        ("0", "0.00"),
        ("-0.0352", f"{MINUS}0.0352"),
    ],
)
def test_fees_have_the_digits_that_matter(value: str, shown: str) -> None:
    assert EN.small(D(value)) == shown


def test_percents_are_set_as_the_language_sets_them() -> None:
    assert EN.percent(D("0.0049")) == "+0.49%"
    assert RU.percent(D("-0.1")) == f"{MINUS}10.00{NBSP}%"
    assert EN.small_percent(D("0.0000015573")) == "0.000156%"
    assert [EN.change(D(each)) for each in ("0.0049", "-0.1234", "10.21")] == ["+0.49%", f"{MINUS}12.3%", "+1,021%"]


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
