"""Long messages in parts that Telegram takes: 4096 UTF-16 units each, cut between lines, tags closed and re-opened."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from handlers.texts.catalog import Markup

LIMIT: Final = 4096  # UTF-16 units of visible text, after the entities are read
_TOKEN: Final = re.compile(r"<(/?)([a-z-]+)([^>]*)>|&(?:[a-z]+|#\d+|#x[0-9a-f]+);|\n|[^<&\n]+|[<&]", re.IGNORECASE)


def units(text: str) -> int:
    """UTF-16 code units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain_text(html: str) -> str:
    """What is left when the tags go: for the one answer Telegram could not read as HTML."""
    return unescape(re.sub(r"</?[a-z-]+[^>]*>", "", html, flags=re.IGNORECASE))


def split(html: Markup, limit: int = LIMIT) -> tuple[Markup, ...]:
    """The text in as few parts as it takes; one part when it fits. `limit` in UTF-16 units."""
    if units(html) <= limit:
        return (html,)  # tags and entities only make it shorter
    cutter = _Cutter(limit)
    for line in _lines(html):
        cutter.add_line(line)
    return cutter.finish()


@dataclass(frozen=True, slots=True)
class _Token:
    """A tag (no visible size) or a piece of text."""

    text: str
    size: int
    tag: str = ""
    closes: bool = False


def _lines(html: str) -> list[list[_Token]]:
    lines: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(html):
        text = match.group()
        if text == "\n":
            lines.append([])
        elif match[2]:
            lines[-1].append(_Token(text, 0, tag=match[2].lower(), closes=bool(match[1])))
        else:
            lines[-1].append(_Token(text, units(unescape(text))))
    return lines


@dataclass(slots=True)
class _Cutter:
    """Fills parts line by line; a line longer than a whole part is cut where it must be."""

    limit: int
    parts: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    size: int = 0
    open_tags: list[_Token] = field(default_factory=list)
    is_fresh: bool = True  # nothing but re-opened tags stands in the current part

    def add_line(self, line: list[_Token]) -> None:
        length = sum(token.size for token in line)
        if not self.is_fresh:
            if self.size + 1 + length > self.limit:
                self._cut()
            else:
                self.current.append("\n")
                self.size += 1
        for token in line:
            self._add(token)
        self.is_fresh = False

    def finish(self) -> tuple[Markup, ...]:
        if not self.is_fresh:
            self.parts.append("".join(self.current))
        return tuple(Markup(part) for part in self.parts if plain_text(part).strip()) or (Markup(""),)

    def _add(self, token: _Token) -> None:
        if token.tag:
            self._track(token)
            self.current.append(token.text)
            return
        while self.size + token.size > self.limit:
            token = self._fill(token)
        self.current.append(token.text)
        self.size += token.size

    def _fill(self, token: _Token) -> _Token:
        """Put what fits of a too long piece into this part, start the next one, give back the rest."""
        room = self.limit - self.size
        end = 0 if token.text.startswith("&") else _fitting(token.text, room)
        self.current.append(token.text[:end])
        self._cut()
        rest = token.text[end:]
        return _Token(rest, units(unescape(rest)))

    def _track(self, token: _Token) -> None:
        if not token.closes:
            self.open_tags.append(token)
        elif self.open_tags and self.open_tags[-1].tag == token.tag:
            self.open_tags.pop()

    def _cut(self) -> None:
        closing = "".join(f"</{tag.tag}>" for tag in reversed(self.open_tags))
        self.parts.append("".join(self.current) + closing)
        self.current = [tag.text for tag in self.open_tags]
        self.size = 0


def _fitting(text: str, room: int) -> int:
    """How many characters of `text` fit into `room` units."""
    used = 0
    for index, letter in enumerate(text):
        used += 2 if letter > "\uffff" else 1
        if used > room:
            return index
    return len(text)
