"""The texts of every language, by Fluent, and the one place where values are made safe for Telegram's HTML."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape as escape_html
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.runtime.types import FluentInt
from fluent.syntax import ast

from bot.domain.users import Language

_logger = logging.getLogger(__name__)

MAX_VALUE: Final = 300  # characters of one value that is not ours: a name, an echo of what was typed
_MAX_MARKS: Final = 2  # combining marks on one letter; more is zalgo
_ENTRY: Final = re.compile(r"^(?=[a-zA-Z][\w-]*[ ]*=)", re.MULTILINE)  # no text of ours refers to another one
_PLACEABLE: Final = re.compile(r"[\n\t]")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, bidi overrides, lone surrogates …


class Markup(str):
    """HTML that Telegram may read as it stands: made of our own texts and of escaped values."""

    __slots__ = ()


Value = str | int


def clean(text: str) -> str:
    """Text without what breaks a line or a layout: controls, bidi overrides, lone surrogates, piled-up marks."""
    if len(text) <= MAX_VALUE and text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for letter in text[: MAX_VALUE * 4]:
        category = unicodedata.category(letter)
        marks = marks + 1 if category.startswith("M") else 0
        if marks > _MAX_MARKS:
            continue
        if category not in _HIDDEN:
            kept.append(letter)
        elif _PLACEABLE.match(letter):
            kept.append(" ")
    cleaned = "".join(kept)
    return cleaned if len(cleaned) <= MAX_VALUE else cleaned[: MAX_VALUE - 1] + "…"


def safe(value: str) -> Markup:
    """A value as HTML: `Markup` as it is, anything else cleaned and escaped. Nothing else in the project escapes."""
    return value if isinstance(value, Markup) else Markup(escape_html(clean(value), quote=False))


def verbatim(text: str) -> Markup:
    """Our own laid-out text (a table, a key block) as HTML: escaped, its line breaks kept."""
    return Markup(escape_html(text, quote=False))


def join(parts: Iterable[Markup], separator: str = "\n") -> Markup:
    """Lines to one text; empty ones stand for a blank line."""
    return Markup(separator.join(parts))


class Texts:
    """Every text by language and key. What a language lacks is taken from English, never from another one."""

    def __init__(self, sources: Mapping[Language, Iterable[str]]) -> None:
        """Fluent sources by language. Raises ValueError for one that repeats a key or begins with something else."""
        self._entries = {language: _Entries(language, parts) for language, parts in sources.items()}
        # Both as bounded as the keys: texts without values, and those whose values need no choosing.
        self._constants: dict[tuple[Language, str], str] = {}
        self._flat: dict[tuple[Language, str], _Flat | None] = {}

    @classmethod
    @cache
    def load(cls) -> "Texts":
        """What ships with the bot, read once a process. Reads files: call it before the loop runs, or in a thread."""
        return cls({language: _sources(language) for language in Language})

    def keys(self, language: Language) -> frozenset[str]:
        return self._entries[language].keys

    def has(self, key: str) -> bool:
        return key in self._entries[Language.ENGLISH].keys

    def html(self, language: Language, key: str, values: Mapping[str, Value]) -> Markup:
        """The text as HTML, its values escaped unless they are Markup. Raises LookupError for an unknown key."""
        return Markup(self._format(language, key, {name: _escaped(value) for name, value in values.items()}))

    def plain(self, language: Language, key: str, values: Mapping[str, Value]) -> str:
        """The text for buttons, alerts and menus, which know no HTML."""
        return self._format(language, key, {name: _plain(value) for name, value in values.items()})

    def _format(self, language: Language, key: str, values: Mapping[str, Value]) -> str:
        if values:
            return self._filled(language, key, values)
        text = self._constants.get((language, key))
        if text is None:
            text = self._constants[language, key] = self._filled(language, key, values)
        return text

    def _filled(self, language: Language, key: str, values: Mapping[str, Value]) -> str:
        pattern = self._flat_pattern(language, key)
        if pattern is not None and pattern.names <= values.keys():
            return "".join([str(values[part]) if is_name else part for is_name, part in pattern.parts])
        bundle = self._bundle_of(language, key)
        text, errors = bundle.format_pattern(_pattern(bundle, key), dict(values))
        for error in errors:
            _logger.error("text %s (%s): %s", key, language, error)
        return str(text)

    def _flat_pattern(self, language: Language, key: str) -> "_Flat | None":
        try:
            return self._flat[language, key]
        except KeyError:
            flat = self._flat[language, key] = _flattened(_pattern(self._bundle_of(language, key), key))
            return flat

    def _bundle_of(self, language: Language, key: str) -> FluentBundle:
        entries = self._entries[language]
        return (entries if key in entries.keys else self._entries[Language.ENGLISH]).bundle_with(key)


@dataclass(frozen=True, slots=True)
class _Flat:
    """A text that is words and values one after the other: filled in a twentieth of Fluent's time.

    `parts`: whether it is a value's name, and the name or the words.
    """

    parts: tuple[tuple[bool, str], ...]
    names: frozenset[str]


def _pattern(bundle: FluentBundle, key: str) -> Pattern:
    """Raises LookupError for a key that no text has."""
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise LookupError(key)
    return pattern


def _flattened(pattern: Pattern) -> _Flat | None:
    """None for a text that chooses (plurals, kinds), which is Fluent's work."""
    parts = []
    for element in getattr(pattern, "elements", (pattern,)):
        inner = element.expression if isinstance(element, ast.Placeable) else element
        match inner:
            case ast.TextElement():
                parts.append((False, inner.value))
            case ast.StringLiteral():
                parts.append((False, inner.parse()["value"]))
            case ast.VariableReference():
                parts.append((True, inner.id.name))
            case _:
                return None
    return _Flat(tuple(parts), frozenset(name for is_name, name in parts if is_name))


@dataclass(frozen=True, slots=True)
class Translator:
    """The texts in one person's language: `say("key", name=value)`."""

    texts: Texts
    language: Language

    def __call__(self, key: str, /, **values: Value) -> Markup:
        return self.texts.html(self.language, key, values)

    def plain(self, key: str, /, **values: Value) -> str:
        return self.texts.plain(self.language, key, values)


def _escaped(value: Value) -> Value:
    return _number(value) if isinstance(value, int) else str(safe(value))


def _plain(value: Value) -> Value:
    return _number(value) if isinstance(value, int) else clean(value)


def _number(value: int) -> FluentInt:
    """It chooses plural forms, and prints without grouping, so that ids stay ids."""
    return FluentInt(value, useGrouping=False)


def _sources(language: Language) -> tuple[str, ...]:
    folder = files("handlers.texts").joinpath(language.value)
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".ftl"))
    return tuple(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


class _Entries:
    """The texts of one language. Each is parsed when it is first asked for: all of them at once take half a second."""

    def __init__(self, language: Language, sources: Iterable[str]) -> None:
        self._language = language
        self._bundle = FluentBundle([language.value], use_isolating=False)
        self._unparsed: dict[str, str] = {}
        for source in sources:
            head, *entries = _ENTRY.split(source)
            if any(line.strip() and not line.startswith("#") for line in head.splitlines()):
                raise ValueError(f"{language}: not Fluent: {head.strip()[:80]!r}")
            for entry in entries:
                key = entry.partition("=")[0].strip()
                if key in self._unparsed:
                    raise ValueError(f"{language}: {key} stands twice")
                self._unparsed[key] = entry
        self.keys = frozenset(self._unparsed)

    def bundle_with(self, key: str) -> FluentBundle:
        """Fluent's bundle, which knows the text by now. Raises ValueError for one that does not parse."""
        source = self._unparsed.pop(key, None)
        if source is not None:
            resource = FluentResource(source)
            for entry in resource.body:
                if isinstance(entry, ast.Junk):
                    raise ValueError(f"{self._language}: not Fluent: {(entry.content or '').strip()[:80]!r}")  # noqa: TRY004  a bad file, not a bad type
            self._bundle.add_resource(resource)
        return self._bundle


LANGUAGE_NAMES: Final[Mapping[Language, str]] = MappingProxyType(
    {Language.ENGLISH: "English", Language.RUSSIAN: "Русский", Language.UKRAINIAN: "Українська"}
)


def language_of(language_code: str | None) -> Language:
    """Telegram's IETF tag to a language we speak; English for every other one."""
    try:
        return Language((language_code or "").partition("-")[0].lower())
    except ValueError:
        return Language.ENGLISH
