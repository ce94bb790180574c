"""Stretches of a text that carry a format, and the rules by which they live together.

Offsets here are indices into a Python string; `to_entities` turns them into the UTF-16 offsets of the
Bot API. The rules are those of https://core.telegram.org/bots/api#formatting-options (Bot API 10.1):
bold, italic, underline, strikethrough and spoiler may overlap anything except code; the others can't
contain each other; blockquotes can't be nested.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

SPLITTABLE: Final = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
CODE: Final = frozenset({"code", "pre"})
HIDDEN: Final = frozenset({"text_link", "text_mention", "custom_emoji"})
"""Formats that say something the text does not: they keep even blank text."""
BLANK: Final = " \n"
MAX_ENTITIES: Final = 100
_LAST_BMP: Final = "\uffff"

_ORDER: Final = {
    kind: rank
    for rank, kind in enumerate((
        "blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", "date_time", "mention",
        "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
        "strikethrough", "spoiler", "custom_emoji",
    ))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is of that kind; `extra` holds url, language, user_id and the like."""

    start: int
    end: int
    kind: str
    extra: tuple[tuple[str, Any], ...] = ()


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as the Bot API counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > _LAST_BMP for character in text)


def in_order(spans: Iterable[Span]) -> list[Span]:
    """By start, the longer first, as Telegram lists entities."""
    return sorted(spans, key=lambda span: (span.start, -span.end, _ORDER.get(span.kind, len(_ORDER))))


def union(spans: Iterable[Span]) -> Iterator[Span]:
    """Overlapping or touching spans of one kind as one."""
    current: Span | None = None
    for span in sorted(spans, key=lambda span: span.start):
        if current is None or span.start > current.end:
            if current is not None:
                yield current
            current = span
        elif span.end > current.end:
            current = replace(current, end=span.end)
    if current is not None:
        yield current


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not touch an earlier one; what overlaps is dropped."""
    kept: list[Span] = []
    end = 0
    for span in in_order(spans):
        if span.start >= end:
            kept.append(span)
            end = span.end
    return kept


def _without(span: Span, holes: Iterable[Span]) -> Iterator[Span]:
    start = span.start
    for hole in holes:
        if hole.end <= start or hole.start >= span.end:
            continue
        if hole.start > start:
            yield replace(span, start=start, end=hole.start)
        start = hole.end
    if start < span.end:
        yield replace(span, start=start)


def arrange(spans: Iterable[Span]) -> list[Span]:
    """Make them live together by the rules above; in order."""
    spans = [span for span in spans if span.end > span.start]
    if len(spans) <= 1:
        return spans
    quotes = _apart(span for span in spans if span.kind in QUOTES)
    solid = _apart(span for span in spans if span.kind not in QUOTES and span.kind not in SPLITTABLE)
    solid = [span for span in solid if not any(_crosses(span, quote) for quote in quotes)]
    code = [span for span in solid if span.kind in CODE]
    loose = [
        piece
        for kind in SPLITTABLE
        for span in union(span for span in spans if span.kind == kind)
        for piece in _without(span, code)
    ]
    return in_order([*quotes, *solid, *loose])


def _crosses(span: Span, other: Span) -> bool:
    """They overlap and `other` does not hold all of `span`."""
    return span.start < other.end and other.start < span.end and not (
        other.start <= span.start and span.end <= other.end
    )  # fmt: skip


def add_found(spans: list[Span], found: Iterable[Span]) -> list[Span]:
    """What was found in the plain text joins what the sender marked, unless it would cross it."""
    blocking = [span for span in spans if span.kind not in SPLITTABLE and span.kind not in QUOTES]
    quotes = [span for span in spans if span.kind in QUOTES]
    new = [
        span
        for span in found
        if not any(span.start < other.end and other.start < span.end for other in blocking)
        and not any(_crosses(span, quote) for quote in quotes)
    ]
    return in_order([*spans, *new]) if new else spans


def trim_spans(text: str, spans: Iterable[Span]) -> list[Span]:
    """Formats begin at something visible and cover something visible."""
    kept: list[Span] = []
    for span in spans:
        start = span.start
        if span.kind not in HIDDEN:
            while start < span.end and text[start] in BLANK:
                start += 1
        if start < span.end:
            kept.append(span if start == span.start else replace(span, start=start))
    return kept


def to_entities(text: str, spans: list[Span]) -> list[dict[str, Any]]:
    """MessageEntity objects with UTF-16 offsets."""
    if not spans:
        return []
    position = _utf16_positions(text)
    return [
        {
            "type": span.kind,
            "offset": position(span.start),
            "length": position(span.end) - position(span.start),
            **dict(span.extra),
        }
        for span in spans
    ]


def _utf16_positions(text: str) -> Callable[[int], int]:
    wide = [index for index, character in enumerate(text) if character > _LAST_BMP] if not text.isascii() else []
    return (lambda index: index + bisect_left(wide, index)) if wide else int
