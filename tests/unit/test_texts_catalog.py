"""Escaping in one place, plural rules, English as the only fallback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.users import Language
from handlers.texts.catalog import MAX_VALUE, Markup, Texts, Translator, clean, join, language_of, safe, verbatim

EN, RU, UK = Language
SOURCE = """
hello = <b>Hi</b> { $name }.
days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
only-english = English
"""
RUSSIAN = """
hello = <b>Привет</b>, { $name }.
days = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
}
"""
TEXTS = Texts({EN: [SOURCE], RU: [RUSSIAN], UK: []})


def test_a_value_is_escaped_and_the_text_is_not() -> None:
    said = Translator(TEXTS, EN)("hello", name="<i>&amp;\"'")
    assert said == "<b>Hi</b> &lt;i&gt;&amp;amp;\"'."
    assert isinstance(said, Markup)


def test_markup_is_taken_as_it_is() -> None:
    assert Translator(TEXTS, EN)("hello", name=Markup("<i>A</i>")) == "<b>Hi</b> <i>A</i>."


def test_plain_texts_are_for_buttons_and_know_no_html() -> None:
    assert Translator(TEXTS, RU).plain("hello", name="<A&B>").endswith("<A&B>.")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 дней"), (1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день")]
)
def test_russian_counts(count: int, said: str) -> None:
    assert Translator(TEXTS, RU)("days", days=count) == said


def test_a_number_is_printed_without_grouping_so_that_ids_stay_ids() -> None:
    assert Translator(TEXTS, EN)("days", days=123456789) == "123456789 days"


def test_what_a_language_lacks_is_taken_from_english_never_from_another() -> None:
    assert Translator(TEXTS, RU)("only-english") == "English"
    assert Translator(TEXTS, UK)("days", days=2) == "2 days"


def test_a_key_nobody_has_is_an_error() -> None:
    with pytest.raises(LookupError):
        Translator(TEXTS, EN)("no-such-key")


def test_a_missing_value_is_logged_and_does_not_cost_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    assert Translator(TEXTS, EN)("hello") == "<b>Hi</b> name."
    assert "hello" in caplog.text


def test_a_broken_source_does_not_load() -> None:
    with pytest.raises(ValueError, match="not Fluent"):
        Texts({EN: ["this is not fluent\nkey = good"]})


def test_a_broken_text_is_an_error_when_it_is_asked_for() -> None:
    texts = Texts({EN: ["key = { $open\nother = good"]})
    assert Translator(texts, EN)("other") == "good"
    with pytest.raises(ValueError, match="not Fluent"):
        Translator(texts, EN)("key")


def test_a_key_may_stand_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Texts({EN: ["a = 1", "a = 2"]})


@pytest.mark.parametrize(
    ("code", "language"),
    [("en", EN), ("ru", RU), ("uk", UK), ("ru-RU", RU), ("UK", UK), ("de", EN), ("be", EN), ("", EN), (None, EN)],
)
def test_the_language_comes_from_the_client(code: str | None, language: Language) -> None:
    assert language_of(code) is language


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Anna", "Anna"),
        ("a\x00b\x1bc", "abc"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\u202eabc\u2066", "abc"),
        ("a\ud800b", "ab"),
        ("z" + "\u0300" * 50, "z\u0300\u0300"),
        ("Ünïcode Ж 中 😀", "Ünïcode Ж 中 😀"),
    ],
)
def test_what_breaks_a_layout_is_left_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(max_size=3000))
def test_any_value_becomes_short_and_harmless(text: str) -> None:
    value = safe(text)
    assert "<" not in value
    assert ">" not in value
    assert len(clean(text)) <= MAX_VALUE
    value.encode()  # no lone surrogate is left


def test_our_own_layout_keeps_its_lines() -> None:
    assert verbatim("a < b\n  c") == "a &lt; b\n  c"
    assert join([Markup("a"), Markup(""), Markup("b")]) == "a\n\nb"
