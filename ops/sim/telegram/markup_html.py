"""parse_mode HTML, with the sentences Telegram refuses wrong markup with.

The grammar is that of https://core.telegram.org/bots/api#html-style (Bot API 10.1) as tdlib/td reads it:
unknown tags are refused, four named entities and the numeric ones are known, `&` may stand alone.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from ops.sim.telegram.links import checked_link, linked_user
from ops.sim.telegram.spans import Span

_KINDS: Final = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|([A-Za-z]+));?")
_WHOLE: Final = re.compile(r"[0-9]{1,19}")
_MAX_REFERENCE: Final = 10
_MAX_CODE: Final = 0x10FFFF
_SPACE: Final = " \t\r\n\v\0"
_NAME_TOKEN: Final = re.compile(r"[A-Za-z0-9.-]*")
_PLAIN: Final = re.compile(r"[^<&]+")


class MarkupError(ValueError):
    """Why a text can't be parsed, in Telegram's words."""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    start: int
    expandable: bool = False


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    spans: list[Span] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def peek(self) -> str:
        """The character here; NUL at the end, as in a C string."""
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def offset(self, index: int) -> int:
        """Bytes of UTF-8 before that index."""
        return len(self.source[:index].encode(errors="surrogatepass"))

    def put(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text)

    def skip_space(self) -> None:
        while self.at < len(self.source) and self.peek() in _SPACE:
            self.at += 1

    def until(self, stops: str) -> str:
        """What stands before a stop, a blank or the end."""
        start = self.at
        while self.peek() not in stops and self.peek() not in _SPACE:
            self.at += 1
        return self.source[start : self.at]


def parse_html(source: str) -> tuple[str, list[Span]]:
    """The text without its tags, and what they marked. Raises MarkupError."""
    reader = _Reader(source)
    while reader.at < len(source):
        plain = _PLAIN.match(source, reader.at)
        if plain is not None:
            reader.put(plain[0])
            reader.at = plain.end()
        elif source[reader.at] == "&":
            reader.put(_reference(reader))
        elif source.startswith("</", reader.at):
            _end_tag(reader)
        else:
            _start_tag(reader)
    if reader.stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    text = "".join(reader.out)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise MarkupError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return text, reader.spans


def _reference(reader: _Reader) -> str:
    """The character that `&…;` at the reader stands for, or the `&` itself."""
    match = _REFERENCE.match(reader.source, reader.at)
    decoded = _decoded(match) if match else None
    if match is None or decoded is None:
        reader.at += 1
        return "&"
    reader.at = match.end()
    return decoded


def _decoded(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    if len(match[0].removesuffix(";")) >= _MAX_REFERENCE:
        return None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return None if code == 0 or code >= _MAX_CODE else chr(code)


def _start_tag(reader: _Reader) -> None:
    begin = reader.at
    reader.at += 1
    tag = reader.until(">").lower()
    if reader.at >= len(reader.source):
        raise MarkupError(f"Unclosed start tag at byte offset {reader.offset(begin)}")
    if tag not in _KINDS:
        raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {reader.offset(begin)}')
    opened = _Open(tag, "", reader.length)
    while reader.peek() != ">":
        reader.skip_space()
        if reader.peek() == ">":
            break
        _attribute(reader, opened, begin)
    reader.at += 1
    if tag == "span" and opened.argument != "spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {reader.offset(begin)}')
    reader.stack.append(opened)


def _attribute(reader: _Reader, opened: _Open, begin: int) -> None:
    name = reader.until("=>/\"'")
    if not name:
        raise MarkupError(f'Empty attribute name in the tag "{opened.tag}" at byte offset {reader.offset(begin)}')
    reader.skip_space()
    if reader.at >= len(reader.source):
        raise MarkupError(f'Unclosed start tag "{opened.tag}" at byte offset {reader.offset(begin)}')
    if reader.peek() != "=":
        if opened.tag != "blockquote" or name.lower() != "expandable":
            raise MarkupError(
                f'Expected equal sign in declaration of an attribute of the tag "{opened.tag}" '
                f"at byte offset {reader.offset(begin)}"
            )
        opened.expandable = True
        return
    reader.at += 1
    reader.skip_space()
    if reader.at >= len(reader.source):
        raise MarkupError(f'Unclosed start tag "{opened.tag}" at byte offset {reader.offset(begin)}')
    value = _attribute_value(reader)
    if reader.at >= len(reader.source):
        raise MarkupError(f"Unclosed start tag at byte offset {reader.offset(begin)}")
    _keep_attribute(opened, name, value)


def _keep_attribute(opened: _Open, name: str, value: str) -> None:
    match opened.tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix"):
            opened.argument = value
        case "code", "class" if value.startswith("language-"):
            opened.argument = value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            opened.argument = value.removeprefix("tg-")
        case "blockquote", "expandable":
            opened.expandable = True


def _attribute_value(reader: _Reader) -> str:
    quote = reader.peek()
    if quote not in "'\"":
        start = reader.at
        token = _NAME_TOKEN.match(reader.source, start)
        value = token[0].lower() if token else ""
        reader.at += len(value)
        if reader.peek() not in _SPACE and reader.peek() != ">":
            raise MarkupError(f"Unexpected end of name token at byte offset {reader.offset(start)}")
        return value
    reader.at += 1
    parts: list[str] = []
    while reader.at < len(reader.source) and reader.peek() != quote:
        if reader.peek() == "&":
            parts.append(_reference(reader))
        else:
            parts.append(reader.peek())
            reader.at += 1
    reader.at += 1
    return "".join(parts)


def _end_tag(reader: _Reader) -> None:
    begin = reader.at
    if not reader.stack:
        raise MarkupError(f"Unexpected end tag at byte offset {reader.offset(begin)}")
    reader.at += 2
    name = reader.until(">").lower()
    reader.skip_space()
    if reader.peek() != ">":
        raise MarkupError(f"Unclosed end tag at byte offset {reader.offset(begin)}")
    reader.at += 1
    opened = reader.stack[-1]
    if name and name != opened.tag:
        raise MarkupError(
            f'Unmatched end tag at byte offset {reader.offset(begin)}, expected "</{opened.tag}>", found "</{name}>"'
        )
    if reader.length > opened.start:
        _close(reader, opened)
    reader.stack.pop()


def _close(reader: _Reader, opened: _Open) -> None:
    start, end = opened.start, reader.length
    if opened.tag in {"pre", "code"}:
        _close_code(reader, opened)
    elif opened.tag == "a":
        target = opened.argument or "".join(reader.out)[start:end]
        user_id, url = linked_user(target), checked_link(target)
        if user_id is not None:
            reader.spans.append(Span(start, end, "text_mention", (("user_id", user_id),)))
        elif url is not None:
            reader.spans.append(Span(start, end, "text_link", (("url", url),)))
    else:
        kind = "expandable_blockquote" if opened.expandable else _KINDS[opened.tag]
        reader.spans.append(Span(start, end, kind, _number(opened)))


def _number(opened: _Open) -> tuple[tuple[str, Any], ...]:
    """What the tags with a number carry."""
    names = {"tg-emoji": "custom_emoji_id", "tg-time": "unix_time"}
    if opened.tag not in names:
        return ()
    if not (_WHOLE.fullmatch(opened.argument) and int(opened.argument)):
        what = "custom emoji identifier" if opened.tag == "tg-emoji" else "date"
        raise MarkupError(f"Invalid {what} specified")
    value = opened.argument if opened.tag == "tg-emoji" else int(opened.argument)
    return ((names[opened.tag], value),)


def _close_code(reader: _Reader, opened: _Open) -> None:
    """A `code` with a language inside a `pre` of the same extent is one block of code."""
    start, end = opened.start, reader.length
    language = (("language", opened.argument),) if opened.argument else ()
    last = reader.spans[-1] if reader.spans else None
    other = {"pre": "code", "code": "pre"}[opened.tag]
    if last and (last.start, last.end, last.kind) == (start, end, other) and (last.extra or language):
        reader.spans[-1] = Span(start, end, "pre", last.extra or language)
    else:
        reader.spans.append(Span(start, end, opened.tag, language))


def without_code_language(spans: list[Span]) -> list[Span]:
    """Only a block of code keeps its language."""
    return [Span(span.start, span.end, span.kind) if span.kind == "code" and span.extra else span for span in spans]
