"""parse_mode Markdown and MarkdownV2, with the sentences Telegram refuses wrong markup with.

The grammars are those of https://core.telegram.org/bots/api#markdownv2-style and #markdown-style
(Bot API 10.1) as tdlib/td reads them.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from ops.sim.telegram.links import checked_link, linked_user
from ops.sim.telegram.markup_html import MarkupError
from ops.sim.telegram.spans import Span

_RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!\n")
_FIRST_ESCAPABLE: Final = "\x01"
_LAST_ESCAPABLE: Final = "~"
_SPACE: Final = " \t\r\n\v\0"
_EMOJI: Final = re.compile(r"tg://emoji\?id=([1-9][0-9]{0,19})", re.IGNORECASE)
_TIME: Final = re.compile(r"tg://time\?unix=([0-9]{1,18})(?:&format=([A-Za-z]*))?", re.IGNORECASE)
_QUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
_NAMES: Final = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote", "expandable_blockquote": "ExpandableBlockQuote",
}  # fmt: skip


@dataclass(slots=True)
class _Open:
    kind: str
    start: int
    begin: int
    argument: str = ""


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    """One character an item, so that its length is the position in the text."""
    spans: list[Span] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    quoted: bool = False

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.source[index] if index < len(self.source) else "\0"

    def offset(self, index: int) -> int:
        return len(self.source[:index].encode(errors="surrogatepass"))

    def add(self, opened: _Open, kind: str, **extra: Any) -> None:
        if len(self.out) > opened.start:
            self.spans.append(Span(opened.start, len(self.out), kind, tuple(extra.items())))


def parse_markdown_v2(source: str) -> tuple[str, list[Span]]:
    """The text without its marks, and what they marked. Raises MarkupError."""
    reader = _Reader(source)
    while reader.at < len(source):
        character = source[reader.at]
        top = reader.stack[-1] if reader.stack else None
        if character == "\\" and _FIRST_ESCAPABLE <= reader.peek(1) <= _LAST_ESCAPABLE:
            reader.out.append(reader.peek(1))
            reader.at += 2
        elif character != "`" if top and top.kind in {"code", "pre"} else character not in _RESERVED:
            reader.out.append(character)
            reader.at += 1
        elif top is not None and _ends(reader, top):
            _close(reader, top)
        else:
            _open(reader)
    if reader.quoted:
        _fold_quote(reader)
        if reader.stack[-1].kind in _QUOTES:
            _end_quote(reader, reader.stack.pop())
    if reader.stack:
        raise _no_end(reader, reader.stack[-1])
    return "".join(reader.out), reader.spans


def _no_end(reader: _Reader, opened: _Open) -> MarkupError:
    return MarkupError(f"Can't find end of {_NAMES[opened.kind]} entity at byte offset {reader.offset(opened.begin)}")


_END_MARKS: Final = {
    "bold": "*", "underline": "__", "strikethrough": "~", "spoiler": "||", "code": "`", "pre": "```",
    "text_link": "]", "custom_emoji": "]",
}  # fmt: skip


def _ends(reader: _Reader, top: _Open) -> bool:
    if reader.quoted and reader.peek() == "\n" and reader.peek(1) != ">":
        return True
    if top.kind == "italic":
        return reader.peek() == "_" and reader.peek(1) != "_"
    mark = _END_MARKS.get(top.kind)
    return mark is not None and reader.source.startswith(mark, reader.at)


_SIMPLE: Final = {"*": "bold", "~": "strikethrough", "[": "text_link"}


def _open(reader: _Reader) -> None:
    begin, character, following = reader.at, reader.peek(), reader.peek(1)
    argument, width = "", 1
    if character in _SIMPLE:
        kind = _SIMPLE[character]
    elif character == "_":
        kind, width = ("underline", 2) if following == "_" else ("italic", 1)
    elif character == "|" and following == "|":
        kind, width = "spoiler", 2
    elif character == "!" and following == "[":
        kind, width = "custom_emoji", 2
    elif character == "`":
        kind = "code"
        if reader.source.startswith("```", begin):
            kind, argument, width = _block_start(reader)
    elif character == "\n":
        reader.out.append("\n")
        reader.at += 2 if reader.quoted else 1
        return
    elif character == ">" and not reader.quoted and reader.out[-1:] in ([], ["\n"]):
        kind = "blockquote"
        reader.quoted = True
    else:
        raise MarkupError(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
    reader.at += width
    reader.stack.append(_Open(kind, len(reader.out), begin, argument))


def _block_start(reader: _Reader) -> tuple[str, str, int]:
    """Kind, language and width of what opens a block of code: ``` with a language and one line break."""
    source, start = reader.source, reader.at + 3
    end = start
    while end < len(source) and source[end] not in _SPACE and source[end] != "`":
        end += 1
    language = ""
    if end != start and end < len(source) and source[end] != "`":
        language, start = source[start:end], end
    return "pre", language, _after_line_break(source, start) - reader.at


def _after_line_break(source: str, start: int) -> int:
    if source[start : start + 1] not in {"\n", "\r"}:
        return start
    both = source[start : start + 2]
    return start + (2 if both in {"\r\n", "\n\r"} else 1)


def _fold_quote(reader: _Reader) -> None:
    """A quote that ends with an opened, empty spoiler (`||`) is an expandable one."""
    if len(reader.stack) > 1 and reader.stack[-2].kind == "blockquote":
        mark = reader.stack[-1]
        if mark.kind == "spoiler" and mark.start == len(reader.out):
            reader.stack.pop()
            reader.stack[-1].kind = "expandable_blockquote"


def _close(reader: _Reader, opened: _Open) -> None:
    if reader.peek() == "\n":
        _fold_quote(reader)
        opened = reader.stack[-1]
        if opened.kind not in _QUOTES:
            raise _no_end(reader, opened)
    match opened.kind:
        case "text_link":
            _close_link(reader, opened)
        case "custom_emoji":
            _close_emoji(reader, opened)
        case "blockquote" | "expandable_blockquote":
            _end_quote(reader, opened)
            reader.out.append("\n")
            reader.at += 1
        case kind:
            extra = {"language": opened.argument} if kind == "pre" and opened.argument else {}
            reader.add(opened, kind, **extra)
            reader.at += {"underline": 2, "spoiler": 2, "pre": 3}.get(kind, 1)
    reader.stack.pop()


def _end_quote(reader: _Reader, opened: _Open) -> None:
    reader.quoted = False
    reader.add(opened, opened.kind)


def _target(reader: _Reader, what: str) -> str:
    """The `(…)` after a `]`; the reader stands on the `]` and ends behind the `)`."""
    reader.at += 2
    begin = reader.at
    parts: list[str] = []
    while reader.at < len(reader.source) and reader.peek() != ")":
        if reader.peek() == "\\" and _FIRST_ESCAPABLE <= reader.peek(1) <= _LAST_ESCAPABLE:
            reader.at += 1
        parts.append(reader.peek())
        reader.at += 1
    if reader.peek() != ")":
        raise MarkupError(f"Can't find end of a {what} at byte offset {reader.offset(begin)}")
    reader.at += 1
    return "".join(parts)


def _close_link(reader: _Reader, opened: _Open) -> None:
    if reader.peek(1) == "(":
        url = _target(reader, "URL")
    else:
        url = "".join(reader.out[opened.start :])
        reader.at += 1
    _add_link(reader, opened, url)


def _add_link(reader: _Reader, opened: _Open, url: str) -> None:
    user_id, link = linked_user(url), checked_link(url)
    if user_id is not None:
        reader.add(opened, "text_mention", user_id=user_id)
    elif link is not None:
        reader.add(opened, "text_link", url=link)


def _close_emoji(reader: _Reader, opened: _Open) -> None:
    if reader.peek(1) != "(":
        raise MarkupError("Custom emoji entity must contain a tg://emoji URL")
    url = _target(reader, "custom emoji URL")
    emoji, time = _EMOJI.fullmatch(url), _TIME.fullmatch(url)
    if emoji is not None:
        reader.add(opened, "custom_emoji", custom_emoji_id=emoji[1])
    elif time is not None:
        extra = {"date_time_format": time[2]} if time[2] else {}
        reader.add(opened, "date_time", unix_time=int(time[1]), **extra)
    else:
        raise MarkupError("Custom emoji URL must have an emoji identifier")


def parse_markdown(source: str) -> tuple[str, list[Span]]:
    """The legacy mode: no nesting, `_ * ` [` escaped by a backslash. Raises MarkupError."""
    reader = _Reader(source)
    while reader.at < len(source):
        character = source[reader.at]
        if character == "\\" and reader.peek(1) in "_*`[":
            reader.out.append(reader.peek(1))
            reader.at += 2
        elif character not in "_*`[":
            reader.out.append(character)
            reader.at += 1
        else:
            _legacy_entity(reader)
    return "".join(reader.out), reader.spans


def _legacy_entity(reader: _Reader) -> None:
    begin, character = reader.at, reader.peek()
    kind = {"_": "italic", "*": "bold", "[": "text_link", "`": "code"}[character]
    end = "]" if character == "[" else character
    language = ""
    if reader.source.startswith("```", begin):
        kind, language, width = _block_start(reader)
        end = "```"
        reader.at += width
    else:
        reader.at += 1
    stop = reader.source.find(end, reader.at)
    if stop < 0:
        raise MarkupError(f"Can't find end of the entity starting at byte offset {reader.offset(begin)}")
    opened = _Open(kind, len(reader.out), begin)
    reader.out.extend(reader.source[reader.at : stop])
    reader.at = stop + len(end)
    if kind == "text_link":
        url = reader.source[begin + 1 : stop]
        if reader.peek() == "(":
            closing = reader.source.find(")", reader.at)
            closing = len(reader.source) if closing < 0 else closing
            url = reader.source[reader.at + 1 : closing]
            reader.at = closing + 1
        _add_link(reader, opened, url)
    else:
        reader.add(opened, kind, **({"language": language} if language else {}))
