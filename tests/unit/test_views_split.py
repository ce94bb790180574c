"""Long messages in parts that Telegram takes, with nothing lost and every tag closed."""

import re

from harness.bot_api import visible
from hypothesis import given
from hypothesis import strategies as st

from handlers.texts.catalog import Markup, safe
from handlers.views.split import LIMIT, plain_text, split, units

TAGS = ("b", "i", "code", "pre")


def balanced(html: str) -> bool:
    open_tags: list[str] = []
    for closes, tag in re.findall(r"<(/?)(\w+)>", html):
        if not closes:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return False
    return not open_tags


def test_what_fits_stays_whole() -> None:
    text = Markup("<b>a</b>\n" + "x" * (LIMIT - 2))
    assert split(text) == (text,)


def test_it_is_cut_between_lines() -> None:
    parts = split(Markup("one\ntwo\nthree"), limit=8)
    assert parts == ("one\ntwo", "three")


def test_an_open_tag_is_closed_and_opened_again() -> None:
    parts = split(Markup("<pre>aaaa\nbbbb\ncccc</pre>"), limit=10)
    assert parts == ("<pre>aaaa\nbbbb</pre>", "<pre>cccc</pre>")


def test_a_line_that_fits_nowhere_is_cut_where_it_must_be() -> None:
    assert split(Markup("<b>abcdef</b>"), limit=4) == ("<b>abcd</b>", "<b>ef</b>")


def test_an_entity_is_one_letter_and_never_cut() -> None:
    assert split(Markup("&lt;&lt;&lt;&lt;"), limit=2) == ("&lt;&lt;", "&lt;&lt;")


def test_telegram_counts_utf_16() -> None:
    assert units("a😀") == 3
    assert split(Markup("😀😀😀"), limit=4) == ("😀😀", "😀")


def test_plain_text_is_what_is_read() -> None:
    assert plain_text("<b>a</b> &lt;b&gt; &amp;") == "a <b> &"


@given(
    st.lists(st.tuples(st.sampled_from(("", *TAGS)), st.text(max_size=60)), min_size=1, max_size=12),
    st.integers(min_value=2, max_value=60),
)
def test_any_text_in_any_parts(pieces: list[tuple[str, str]], limit: int) -> None:
    lines = [f"<{tag}>{safe(text)}</{tag}>" if tag else safe(text) for tag, text in pieces]
    html = Markup("\n".join(lines))
    parts = split(html, limit)
    assert all(units(visible(part)) <= limit for part in parts)
    assert all(balanced(part) for part in parts)
    assert re.sub(r"\s", "", "".join(map(visible, parts))) == re.sub(r"\s", "", visible(html))
