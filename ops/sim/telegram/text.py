"""From what a sender wrote to what Telegram keeps: parse, clean, trim, measure, find.

The steps and their order are those of tdlib/td (MessageEntity.cpp, fix_formatted_text).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from ops.sim.telegram.detect import find_spans
from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.links import checked_link
from ops.sim.telegram.markup_html import MarkupError, parse_html, without_code_language
from ops.sim.telegram.markup_markdown import parse_markdown, parse_markdown_v2
from ops.sim.telegram.spans import (
    BLANK,
    CODE,
    MAX_ENTITIES,
    QUOTES,
    SPLITTABLE,
    Span,
    add_found,
    arrange,
    to_entities,
    trim_spans,
    utf16_length,
)

TEXT_LIMIT: Final = 4_096
CAPTION_LIMIT: Final = 1_024
SOURCE_LIMIT_BYTES: Final = 1 << 15
_REMOVED: Final = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_TO_BLANK: Final = re.compile("[\0-\x09\x0b\x0c\x0e-\x1f]")
_UNCLEAN: Final = re.compile("[\0-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")
_PARSERS: Final = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}
_GIVEN: Final = frozenset({*SPLITTABLE, *CODE, *QUOTES, "text_link", "text_mention", "custom_emoji", "date_time"})
"""Kinds a sender may give in `entities`; the rest Telegram finds by itself."""
_EXTRAS: Final = {
    "text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id", "date_time": "unix_time",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text as Telegram keeps it, with MessageEntity objects; text_mention carries `user_id`, not yet `user`."""

    text: str
    entities: list[dict[str, Any]]


def format_text(
    source: str,
    parse_mode: str | None = None,
    entities: list[dict[str, Any]] | None = None,
    *,
    limit: int = TEXT_LIMIT,
    may_be_empty: bool = False,
) -> FormattedText:
    """What Telegram makes of a text and its markup.

    `limit` is in UTF-16 units of the result. Raises ApiError 400 with Telegram's sentence.
    """
    if len(source) > SOURCE_LIMIT_BYTES // 4 and len(source.encode(errors="surrogatepass")) > SOURCE_LIMIT_BYTES:
        raise bad_request("Text is too long")
    text, spans = _parse(source, parse_mode, entities)
    if _has_surrogates(text):
        raise bad_request("Strings must be encoded in UTF-8")
    if _UNCLEAN.search(text):
        text, spans = _clean(text, spans)
    text, spans = _trim(text, spans)
    if not text and not may_be_empty:
        raise bad_request("Text must be non-empty")
    if len(text) > limit // 2 and utf16_length(text) > limit:
        raise bad_request("Message is too long" if limit == TEXT_LIMIT else "Message caption is too long")
    return FormattedText(text, to_entities(text, add_found(spans[:MAX_ENTITIES], find_spans(text))))


def plain_text(source: str) -> FormattedText:
    """What a person typed: nothing is parsed, the client finds its entities."""
    return format_text(source, may_be_empty=True)


def _parse(source: str, parse_mode: str | None, entities: list[dict[str, Any]] | None) -> tuple[str, list[Span]]:
    mode = (parse_mode or "none").lower()
    if mode != "none" and source:
        parser = _PARSERS.get(mode)
        if parser is None:
            raise bad_request("Unsupported parse_mode")
        try:
            text, spans = parser(source)
        except MarkupError as wrong:
            raise bad_request(f"Can't parse entities: {wrong}") from None
        return text, arrange(without_code_language(spans))
    return source, arrange(_given_spans(source, entities)) if entities else []


def _given_spans(text: str, entities: list[dict[str, Any]]) -> list[Span]:
    boundaries = _boundaries(text)
    spans: list[Span] = []
    for entity in entities:
        kind, offset, length = entity["type"], entity["offset"], entity["length"]
        if kind not in _GIVEN or length == 0:
            continue
        if offset < 0 or length < 0:
            which, value = ("offset", offset) if offset < 0 else ("length", length)
            raise bad_request(f"Receive an entity with incorrect {which} {value}")
        extra = _given_extra(kind, entity)
        if extra is not None:
            spans.append(
                Span(_index(boundaries, offset, entity, 0), _index(boundaries, offset, entity, length), kind, extra)
            )
    return spans


def _given_extra(kind: str, entity: dict[str, Any]) -> tuple[tuple[str, Any], ...] | None:
    if kind == "text_mention":
        return (("user_id", int(entity["user"]["id"])),) if isinstance(entity.get("user"), dict) else None
    if kind == "text_link":
        url = checked_link(str(entity.get("url", "")))
        return (("url", url),) if url else None
    name = _EXTRAS.get(kind)
    return ((name, entity[name]),) if name and entity.get(name) else ()


def _boundaries(text: str) -> dict[int, int]:
    """Index by UTF-16 offset, for the offsets at which a character begins, and for the end."""
    boundaries: dict[int, int] = {}
    offset = 0
    for index, character in enumerate(text):
        boundaries[offset] = index
        offset += 2 if character > "\uffff" else 1
    boundaries[offset] = len(text)
    return boundaries


def _index(boundaries: dict[int, int], offset: int, entity: dict[str, Any], length: int) -> int:
    index = boundaries.get(offset + length)
    if index is not None:
        return index
    end = max(boundaries)
    if length == 0:
        if offset > end:
            raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {offset}")
        raise bad_request(f"Entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}")
    if offset + length > end:
        raise bad_request(
            f"Entity beginning at UTF-16 offset {entity['offset']} ends after the end of the text "
            f"at UTF-16 offset {offset + length}"
        )
    raise bad_request(f"Entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol")


def _has_surrogates(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _clean(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Control characters become blanks, some marks go."""
    removed = [match.start() for match in _REMOVED.finditer(text)]
    cleaned = _TO_BLANK.sub(" ", _REMOVED.sub("", text))

    def moved(index: int) -> int:
        return index - sum(position < index for position in removed)

    return cleaned, arrange(Span(moved(span.start), moved(span.end), span.kind, span.extra) for span in spans)


def _trim(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    if not spans:
        return text.strip(BLANK), spans
    end = len(text.rstrip(BLANK))
    spans = trim_spans(
        text, (Span(span.start, min(span.end, end), span.kind, span.extra) for span in spans if span.start < end)
    )
    start = min(len(text) - len(text.lstrip(BLANK)), min((span.start for span in spans), default=end), end)
    if start:
        spans = [Span(span.start - start, span.end - start, span.kind, span.extra) for span in spans]
    return text[start:end], arrange(spans)
