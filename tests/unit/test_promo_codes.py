"""Promo codes as text: what is made, what is typed, what is the same; and what `/promo new` understands."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.ids import Millis
from bot.domain.licensing import LicenseType
from bot.domain.promo_codes import (
    ALPHABET,
    GENERATED_BYTES,
    LONGEST,
    MOST_CODES,
    MOST_DAYS,
    MOST_USES,
    Terms,
    TermsChange,
    Wanted,
    bare,
    fold,
    generated,
    own,
    parse_change,
    parse_days,
    parse_new,
    suggestion,
    usual_end,
)
from bot.domain.secrets import carries_secret

NOW = Millis(int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000))
DAY = 86_400_000


def moment(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]  # year, month, day …


@given(st.binary(min_size=GENERATED_BYTES, max_size=GENERATED_BYTES))
def test_a_generated_code_holds_all_of_its_80_bits(random: bytes) -> None:
    code = generated(lambda count: random[:count])
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    number = 0
    for letter in bare(code):
        number = number << 5 | ALPHABET.index(letter)
    assert number.to_bytes(GENERATED_BYTES, "big") == random
    assert fold(code) == bare(code), "nothing of it is folded away"
    assert not carries_secret(f"/redeem {code}")
    assert not carries_secret(f"/redeem {bare(code)}")


@pytest.mark.parametrize(
    "typed",
    [
        "SPRING26",
        "spring26",
        " Spring 26 ",
        "SPRING-26",
        "s-p-r-i-n-g-2-6",
        "SPRlNG26",
        "SPR1NG26",
        "spring–26",  # an en dash
        "\u200bSPRING\u200b26\ufeff",  # zero width
        "ＳＰＲＩＮＧ２６",
        "SPRING\u00a026",
        "SPRING\u00ad26",  # a soft hyphen
        "\u202eSPRING26\u202c",
        "SPRING²6",
        "SPRING\t26\n",
    ],
)
def test_codes_that_read_the_same_are_the_same(typed: str) -> None:
    assert fold(typed) == "SPR1NG26"


def test_the_letters_that_base32_leaves_out_are_read_as_digits() -> None:
    assert fold("oil") == fold("0I1") == fold("O1L") == "011"
    assert fold("U") == "U", "an own code may have one"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "---", "SPRING!", "ВЕСНА", "spring_26", "a" * (LONGEST + 1), "💎💎💎💎", "ß", "ı", "\x00", "\ud800",
     "A\u0301BCD", "' OR 1=1 --", "٣٣٣٣", "Ω" * 10_000, "ﷺ" * 5_000],
)  # fmt: skip
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert fold(typed) is None


@given(st.text(max_size=60))
def test_folding_is_total_and_settled(typed: str) -> None:
    folded = fold(typed)
    if folded is not None:
        assert fold(folded) == folded
        assert fold(folded.lower()) == folded


@pytest.mark.parametrize(
    ("typed", "latin"),
    [
        ("ЅРRING26", "SPRING26"),
        ("СОВРА", "COBPA"),
        ("кот12", "KOT12"),
        ("spring26", None),
        ("ВЕСНА", "BECHA"),
        ("ЖЖЖЖ", None),
        ("ПРОМО", None),
        ("", None),
    ],
)
def test_cyrillic_look_alikes_are_asked_about(typed: str, latin: str | None) -> None:
    assert suggestion(typed) == latin


def test_a_suggestion_is_what_would_be_typed_in_latin() -> None:
    typed = "ЅРRING26"
    assert fold(typed) is None
    assert fold(suggestion(typed) or "") == fold("SPRING26")


@pytest.mark.parametrize("typed", ["ABC", "A" * 25, "CODE!", "КОД1", "a_b_c_d", ""])
def test_an_own_code_is_letters_and_digits(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        own(typed)
    assert refused.value.key == "promo-own-code"


def test_an_own_code_is_shown_as_it_was_meant() -> None:
    assert own("Spring-26") == "SPRING26"
    assert own("hello") == "HELLO", "shown with its letters, found without the difference"


def test_a_whole_line_is_understood() -> None:
    wanted = parse_new("premium 30d max=100 until=2026-12-31 from=2026-12-01 code=SPRING26 note=for our friends", NOW)
    assert wanted.code == "SPRING26"
    assert wanted.terms == Terms(
        license_type=LicenseType.PREMIUM,
        days=30,
        max_uses=100,
        starts=Millis(moment(2026, 12, 1)),
        ends=Millis(moment(2027, 1, 1)),
        note="for our friends",
    )


def test_the_note_ends_where_the_next_key_begins() -> None:
    wanted = parse_new("Basic 7 note= spring  sale count=500 MAX=2", NOW)
    assert wanted.terms.note == "spring sale"
    assert (wanted.terms.count, wanted.terms.max_uses, wanted.terms.capacity) == (500, 2, 1000)
    assert wanted.code is None


def test_what_is_not_said_is_as_by_taps() -> None:
    wanted = parse_new("trial 7", NOW)
    assert wanted.terms == Terms(license_type=LicenseType.TRIAL, days=7, max_uses=1, ends=usual_end(NOW))
    assert wanted.unsaid == ("max", "until")
    later = parse_new("trial 7 max=2 from=2030-01-01", NOW)
    assert later.unsaid == ("until",)
    assert later.terms.ends == usual_end(Millis(moment(2030, 1, 1)))
    assert parse_new("trial 7 max=2 until=never repeat=yes", NOW) == Wanted(
        terms=Terms(license_type=LicenseType.TRIAL, days=7, max_uses=2, once=False)
    )


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        ("max=200", TermsChange(max_uses=200)),
        ("until=never note=two words", TermsChange(is_endless=True, note="two words")),
        ("note=", TermsChange(note="")),
    ],
)
def test_what_changes_of_a_campaign(typed: str, change: TermsChange) -> None:
    assert parse_change(typed, NOW) == change


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "promo-edit-usage"),
        ("200", "promo-edit-usage"),
        ("code=SPRING26", "promo-edit-usage"),
        ("max=1 max=2", "promo-edit-usage"),
        ("max=0", "promo-bad-uses"),
        ("until=2020-01-01", "promo-edit-past"),
        ("until=soon", "promo-bad-date"),
    ],
)
def test_a_change_that_cannot_be_is_named(typed: str, key: str) -> None:
    with pytest.raises(BadInput, match=key):
        parse_change(typed, NOW)


def test_more_uses_and_a_later_end_loosen_and_nothing_else_does() -> None:
    before = Terms(license_type=LicenseType.TRIAL, days=7, max_uses=10, ends=NOW)
    for change, is_more in (
        (TermsChange(max_uses=11), True),
        (TermsChange(max_uses=9), False),
        (TermsChange(ends=Millis(NOW + 1)), True),
        (TermsChange(ends=Millis(NOW - 1)), False),
        (TermsChange(is_endless=True), True),
        (TermsChange(note="x"), False),
    ):
        assert change.applied(before).loosens(before) is is_more, change
    endless = replace(before, ends=None)
    assert not TermsChange(ends=NOW).applied(endless).loosens(endless)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "promo-new-usage"),
        ("premium", "promo-new-usage"),
        ("gold 30d", "promo-bad-type"),
        ("premium -30d", "promo-bad-days"),
        ("premium 0", "promo-bad-days"),
        ("premium 30.5", "promo-bad-days"),
        (f"premium {MOST_DAYS + 1}", "promo-bad-days"),
        ("premium ３０", "promo-bad-days"),
        ("premium 30d max=0", "promo-bad-uses"),
        ("premium 30d max=-1", "promo-bad-uses"),
        (f"premium 30d max={MOST_USES + 1}", "promo-bad-uses"),
        ("premium 30d max=1e3", "promo-bad-uses"),
        ("premium 30d count=0", "promo-bad-count"),
        (f"premium 30d count={MOST_CODES + 1}", "promo-bad-count"),
        ("premium 30d until=31.12.2026", "promo-bad-date"),
        ("premium 30d until=2026-02-30", "promo-bad-date"),
        ("premium 30d until=9999-12-31", "promo-bad-date"),
        ("premium 30d until=2026-11-22", "promo-until-past"),
        ("premium 30d from=2027-01-02 until=2027-01-01", "promo-until-past"),
        ("premium 30d code=AB", "promo-own-code"),
        ("premium 30d code=SPRING26 count=2", "promo-own-code-once"),
        ("premium 30d max=1 max=2", "promo-new-usage"),
        ("premium 30d whatever", "promo-new-usage"),
        ("premium 30d max=1 whatever", "promo-new-usage"),
    ],
)
def test_what_does_not_fit_is_named(typed: str, key: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_new(typed, NOW)
    assert refused.value.key == key


def test_until_a_day_means_through_it() -> None:
    terms = parse_new("premium 30d until=2026-11-23", NOW).terms
    assert terms.ends == moment(2026, 11, 24)


@pytest.mark.parametrize("typed", ["30", "30d", "30D", "30days", "30day"])
def test_days_may_say_so(typed: str) -> None:
    assert parse_days(typed) == 30


@pytest.mark.parametrize(("days", "uses", "twice"), [(400, 10_000, False), (401, 1, True), (1, 10_001, True)])
def test_much_is_asked_about_twice(days: int, uses: int, *, twice: bool) -> None:
    assert Terms(license_type=LicenseType.BASIC, days=days, max_uses=uses).asks_twice is twice
    assert Terms(license_type=LicenseType.BASIC, days=1, max_uses=100, count=101).asks_twice


def test_the_usual_end_is_the_end_of_a_day() -> None:
    assert usual_end(NOW) == moment(2027, 2, 22)
    assert usual_end(NOW) % DAY == 0
