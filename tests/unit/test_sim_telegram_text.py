"""Texts and their markup: offsets, refusals, what is found, what is cut."""

from html import escape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.sim.telegram.detect import find_spans
from ops.sim.telegram.errors import ApiError
from ops.sim.telegram.spans import SPLITTABLE, Span, arrange, utf16_length
from ops.sim.telegram.text import FormattedText, format_text, plain_text

TAGS = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "tg-spoiler": "spoiler"}
MODES = ["HTML", "MarkdownV2", "Markdown", None]


def refusal(source: str, mode: str | None = "HTML", *, limit: int = 4_096) -> str:
    with pytest.raises(ApiError) as refused:
        format_text(source, mode, limit=limit)
    assert refused.value.code == 400
    return refused.value.description.removeprefix("Bad Request: ").removeprefix("can't parse entities: ")


def covered(formatted: FormattedText) -> list[tuple[str, str]]:
    """(kind, the text it covers), cut out by UTF-16 offsets as a client would."""
    units = formatted.text.encode("utf-16-le")
    return [
        (entity["type"], units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le"))
        for entity in formatted.entities
    ]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>hi</b> <i>you</i>", "hi you", [("bold", "hi"), ("italic", "you")]),
        ("😀<b>x😀y</b>", "😀x😀y", [("bold", "x😀y")]),
        ("<STRONG>a</strong>", "a", [("bold", "a")]),
        ("<b>a<i>b</i></b>c", "abc", [("bold", "ab"), ("italic", "b")]),
        ("<b>a</b><b>b</b>", "ab", [("bold", "ab")]),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;q&quot; &#39;n&#x27;", "1 < 2 && 3 > 2 \"q\" 'n'", []),
        ("AT&T &nbsp; &;", "AT&T &nbsp; &;", []),
        ("&#0; &#1114111; &#0000000065; &#65 &#x41", "&#0; &#1114111; &#0000000065; A A", []),
        ("<code>a &lt;b&gt;</code>", "a <b>", [("code", "a <b>")]),
        ("<code><b>a</b></code>", "a", [("code", "a")]),
        ("<span class='tg-spoiler'>a</span>", "a", [("spoiler", "a")]),
        ("<blockquote>a\nb</blockquote>", "a\nb", [("blockquote", "a\nb")]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<b></b>x", "x", []),
        ("<b>  a</b>", "a", [("bold", "a")]),
        ("a<b> </b>b", "a b", []),
        ("a<b>b</>", "ab", [("bold", "b")]),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[str, str]]) -> None:
    formatted = format_text(source, "HTML")
    assert formatted.text == text
    assert covered(formatted) == entities


def test_html_links_are_written_as_telegram_does() -> None:
    formatted = format_text(
        '<a href="t.me/x?a=1&amp;b=2">a</a> <a href="javascript:x">b</a> <a href="EXAMPLE.com">c</a>', "HTML"
    )
    assert formatted.text == "a b c"
    assert [entity["url"] for entity in formatted.entities] == ["http://t.me/x?a=1&b=2", "http://example.com/"]


def test_html_code_with_a_language_is_one_block() -> None:
    formatted = format_text(
        '<pre><code class="language-python">x = 1</code></pre> <code class="language-c">y</code>', "HTML"
    )
    assert formatted.entities == [
        {"type": "pre", "offset": 0, "length": 5, "language": "python"},
        {"type": "code", "offset": 6, "length": 1},
    ]


def test_html_mentions_carry_the_user_and_emoji_their_id() -> None:
    formatted = format_text('<a href="tg://user?id=12">Ann</a> <tg-emoji emoji-id="5">👍</tg-emoji>', "HTML")
    assert formatted.entities == [
        {"type": "text_mention", "offset": 0, "length": 3, "user_id": 12},
        {"type": "custom_emoji", "offset": 4, "length": 2, "custom_emoji_id": "5"},
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<path>", 'Unsupported start tag "path" at byte offset 2'),
        ("1 < 2 and", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b x>", "Unclosed end tag at byte offset 4"),
        ("<a href=t.me/x>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
        (f"<b>&#{'9' * 5_000};", 'Can\'t find end tag corresponding to start tag "b"'),
        (f'<tg-emoji emoji-id="{"9" * 5_000}">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html_refusals_are_telegrams(source: str, reason: str) -> None:
    assert refusal(source) == reason


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*a* _b_ __c__ ~d~ ||e|| `f`", "a b c d e f",
         [("bold", "a"), ("italic", "b"), ("underline", "c"), ("strikethrough", "d"), ("spoiler", "e"), ("code", "f")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        (r"1\.5 \- 2\!", "1.5 - 2!", []),
        ("```py\nx```", "x", [("pre", "x")]),
        ("```\nx\n```", "x", [("pre", "x")]),
        ("[a😀](t.me/x)", "a😀", [("text_link", "a😀")]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", "a\nb")]),
        (">a\n>b||", "a\nb", [("expandable_blockquote", "a\nb")]),
        ("x\n>a\n**>b||\ny", "x\na\nb\ny", [("blockquote", "a"), ("expandable_blockquote", "b")]),
        ("`a.b-c`", "a.b-c", [("code", "a.b-c")]),
    ],
)  # fmt: skip
def test_markdown_v2(source: str, text: str, entities: list[tuple[str, str]]) -> None:
    formatted = format_text(source, "MarkdownV2")
    assert formatted.text == text
    assert covered(formatted) == entities


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("é*a", "Can't find end of Bold entity at byte offset 2"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("[a](t.me", "Can't find end of a URL at byte offset 4"),
        ("![a]", "Custom emoji entity must contain a tg://emoji URL"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_markdown_v2_refusals_are_telegrams(source: str, reason: str) -> None:
    assert refusal(source, "MarkdownV2") == reason


def test_old_markdown() -> None:
    formatted = format_text("*a* _b_ `c` [d](t.me/x) ```py\ne``` f\\_g 1.5", "markdown")
    assert formatted.text == "a b c d e f_g 1.5"
    assert covered(formatted) == [("bold", "a"), ("italic", "b"), ("code", "c"), ("text_link", "d"), ("pre", "e")]
    assert refusal("é_a", "Markdown") == "Can't find end of the entity starting at byte offset 2"


def test_an_unknown_parse_mode_is_refused() -> None:
    assert refusal("a", "BBCode") == "unsupported parse_mode"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("/start@abc_bot p_1", [("bot_command", "/start@abc_bot")]),
        ("see /help, or a/b and //x", [("bot_command", "/help")]),
        ("@ann @a mail@ann", [("mention", "@ann")]),
        ("#long #1 #бтк a#b", [("hashtag", "#long"), ("hashtag", "#бтк")]),
        ("$BTC $btc $TOOLONGNAME", [("cashtag", "$BTC")]),
        (
            "t.me/x, https://a.io/p?q=1. a@b.com 1.5 64,210.50 BTC.USDT",
            [("url", "t.me/x"), ("url", "https://a.io/p?q=1"), ("email", "a@b.com")],
        ),
        (
            "http://127.0.0.1:8765/api tg://resolve?domain=x",
            [("url", "http://127.0.0.1:8765/api"), ("url", "tg://resolve?domain=x")],
        ),
        ("😀 /buy", [("bot_command", "/buy")]),
    ],
)
def test_what_clients_find(source: str, found: list[tuple[str, str]]) -> None:
    assert covered(plain_text(source)) == found


def test_what_is_found_does_not_cross_what_was_marked() -> None:
    formatted = format_text('<code>/start</code> <a href="t.me/x">t.me/y</a> <b>t.me/z</b>', "HTML")
    assert covered(formatted) == [("code", "/start"), ("text_link", "t.me/y"), ("url", "t.me/z"), ("bold", "t.me/z")]


def test_texts_are_cleaned_and_trimmed() -> None:
    formatted = format_text(" \n a\tb\rc\x00\u2028d \n", "HTML")
    assert formatted.text == "a bc d"
    assert covered(format_text("\r<b>a\rb</b>\r<i>c</i>  ", "HTML")) == [("bold", "ab"), ("italic", "c")]


@pytest.mark.parametrize("source", ["", "  \n ", "<b> </b>", "\r"])
def test_a_text_of_nothing_is_refused(source: str) -> None:
    assert refusal(source) == "text must be non-empty"
    assert format_text(source, "HTML", may_be_empty=True) == FormattedText("", [])


def test_the_limit_counts_utf_16_units_after_parsing() -> None:
    assert len(format_text("<b>" + "😀" * 2_048 + "</b>", "HTML").text) == 2_048
    assert refusal("😀" * 2_048 + "a") == "message is too long"
    assert refusal("a" * 1_025, limit=1_024) == "message caption is too long"
    assert refusal("é" * 16_385) == "text is too long"


def test_lone_surrogates_are_refused() -> None:
    assert refusal("a\ud800", None) == "strings must be encoded in UTF-8"


def test_given_entities_replace_parsing_and_are_checked() -> None:
    formatted = format_text(
        "😀ab", None, [{"type": "bold", "offset": 2, "length": 1}, {"type": "mention", "offset": 0, "length": 2}]
    )
    assert covered(formatted) == [("bold", "a")]
    for entity, reason in [
        ({"type": "bold", "offset": 1, "length": 1}, "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        ({"type": "bold", "offset": 9, "length": 1}, "entity begins after the end of the text at UTF-16 offset 9"),
        ({"type": "bold", "offset": 2, "length": 9},
         "entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 11"),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
    ]:  # fmt: skip
        with pytest.raises(ApiError, match=reason):
            format_text("😀ab", None, [entity])


marked = st.recursive(
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Mn"], exclude_characters="@/#$.:"
        ),
        max_size=5,
    ),
    lambda inner: st.lists(st.tuples(st.sampled_from([None, *TAGS]), inner), max_size=4),
    max_leaves=12,
)
Tree = str | list[tuple[str | None, "Tree"]]


def as_html(tree: Tree) -> str:
    if isinstance(tree, str):
        return escape(tree, quote=False)
    return "".join(f"<{tag}>{as_html(inner)}</{tag}>" if tag else as_html(inner) for tag, inner in tree)


def by_character(tree: Tree, kinds: frozenset[str] = frozenset()) -> list[tuple[str, frozenset[str]]]:
    """The model: each character with the formats it must have."""
    if isinstance(tree, str):
        return [(character, kinds) for character in tree]
    return [pair for tag, inner in tree for pair in by_character(inner, kinds | ({TAGS[tag]} if tag else set()))]


@given(marked)
def test_every_character_has_the_formats_its_tags_say(tree: Tree) -> None:
    model = by_character(tree)
    formatted = format_text(as_html(tree), "HTML", may_be_empty=True)
    assert formatted.text == "".join(character for character, _ in model)
    offset = 0
    for character, kinds in model:
        here = {e["type"] for e in formatted.entities if e["offset"] <= offset < e["offset"] + e["length"]}
        assert here & set(SPLITTABLE) == kinds
        offset += utf16_length(character)


@given(st.text(), st.sampled_from(MODES))
def test_any_source_gives_sound_entities_or_a_refusal(source: str, mode: str | None) -> None:
    try:
        formatted = format_text(source, mode)
    except ApiError:
        return
    length = utf16_length(formatted.text)
    assert formatted.text == formatted.text.strip(" \n")
    for entity in formatted.entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length
    covered(formatted)  # cuts no character in two
    assert [e["offset"] for e in formatted.entities] == sorted(e["offset"] for e in formatted.entities)


@given(st.text(st.sampled_from("<>/&;bi code='\"=pre_*`[]()!|~\\\n>a😀")), st.sampled_from(MODES))
def test_markup_soup_gives_sound_entities_or_a_refusal(source: str, mode: str | None) -> None:
    test_any_source_gives_sound_entities_or_a_refusal.hypothesis.inner_test(source, mode)  # type: ignore[attr-defined]  # hypothesis' own way to the plain function


spans = st.builds(
    lambda start, length, kind: Span(start, start + length, kind),
    st.integers(0, 20),
    st.integers(0, 9),
    st.sampled_from([*SPLITTABLE, "code", "pre", "blockquote", "text_link"]),
)


@given(st.lists(spans, max_size=8))
def test_settled_spans_stay_settled_and_keep_apart(given_spans: list[Span]) -> None:
    settled = arrange(given_spans)
    assert arrange(settled) == settled
    for kind in {span.kind for span in settled}:
        same = [span for span in settled if span.kind == kind]
        assert all(before.end <= after.start for before, after in pairwise(same))
    code = [span for span in settled if span.kind in {"code", "pre"}]
    loose = [span for span in settled if span.kind in SPLITTABLE]
    assert not any(a.start < b.end and b.start < a.end for a in code for b in loose)


@given(st.text(st.sampled_from("/@#$.:ab1_ \n😀com-")))
def test_found_spans_do_not_overlap(text: str) -> None:
    found = find_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.text())
def test_utf16_length_is_that_of_the_encoding(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2
