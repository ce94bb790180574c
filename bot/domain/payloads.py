"""Typed payloads: frozen dataclasses, and the text they are stored and sent as. The type of a field chooses its form.

Four kinds of payload use this one codec; each names its stored word in a constant of its class:

* `ButtonAction` (bot/services/chat/buttons.py), `ACTION`: what a press does; in the table buttons
* `DialoguePayload` (bot/services/chat/dialogues.py), `DIALOGUE`: what a typed message answers; in the table dialogues
* `OutboxPayload` (bot/domain/chat.py), `KIND`: what a message says; in the table outbox
* `Code` (handlers/core/callbacks.py), `TAG`: which screen a button shows; in Telegram's callback data

The first three are flat mappings of text (`encode`, `decode`): a field's name is its key, so renaming a field changes
what is stored. A field that holds its default is left out, one that is missing gets its default, keys without a field
are ignored: a field added to rows that exist needs a default. Codes are parts in the order of the fields
(`to_parts`, `from_parts`), every one of them written.

Forms: text as it is; whole numbers from 0 to 2**63 - 1 (`AtMost` for less) without leading zeros; Decimal without an
exponent; True and False as 1 and 0; StrEnums by value; dates as 2026-12-31; bytes as hex; a tuple with spaces
between its items; a dataclass as its parts with colons between them. NewTypes are read as what they are made of. None
is a field left out, or the word of `NoneAs`. One field of type Mapping[str, str] holds all other keys.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    NewType,
    Protocol,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)


class Payload(Protocol):
    """What the codec encodes and decodes: any dataclass whose fields have annotations it knows."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


P = TypeVar("P", bound=Payload)
LARGEST: Final = 2**63 - 1
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Form: TypeAlias = tuple[Callable[[str], Any], Callable[[Any], str]]  # reader, writer; readers raise ValueError


class PayloadError(ValueError):
    """Text that no payload of that type was written as."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """The largest number that is read: `Annotated[int, AtMost(9_999)]`."""

    most: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole of a text as a regular expression: `Annotated[str, Matching("open|all")]`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class NoneAs:
    """The word that None is stored as: `Annotated[UserId | None, NoneAs("?")]`."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    default: Any  # MISSING where the key must be there


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    fields: tuple[_Field, ...]
    others: str | None  # the field that holds all other keys
    names: frozenset[str]


_layouts: Final[dict[type, _Layout]] = {}


def prepare(kind: type[Payload]) -> None:
    """Choose the form of every field now instead of at the first use. Raises TypeError for a field that has none."""
    _layout_of(kind)


def encode(payload: Payload) -> dict[str, str]:
    """The stored form of a payload, keys in the order of its fields."""
    layout = _layout_of(type(payload))
    found = {
        each.name: each.write(value)
        for each in layout.fields
        if (value := getattr(payload, each.name)) is not each.default and value != each.default
    }
    return found if layout.others is None else found | dict(getattr(payload, layout.others))


def decode(kind: type[P], values: Mapping[str, str]) -> P:
    """A payload from its stored form. Raises PayloadError for a missing key, and for what is no text of its type."""
    if not all(isinstance(text, str) for text in values.values()):
        raise PayloadError(f"{kind.__name__} of something else than text")
    layout = _layout_of(kind)
    found: dict[str, Any] = {}
    for each in layout.fields:
        text = values.get(each.name)
        if text is not None:
            found[each.name] = _read(kind, each, text)
        elif each.default is MISSING:
            raise PayloadError(f"{kind.__name__} without {each.name}")
    if layout.others is not None:
        found[layout.others] = {name: text for name, text in values.items() if name not in layout.names}
    return kind(**found)


def to_parts(payload: Payload) -> list[str]:
    """Every field as text, in order."""
    return [each.write(getattr(payload, each.name)) for each in _layout_of(type(payload)).fields]


def from_parts(kind: type[P], parts: Sequence[str]) -> P:
    """A payload from all its parts. Raises PayloadError for more or fewer of them, and for what cannot be read."""
    expected = _layout_of(kind).fields
    if len(parts) != len(expected):
        raise PayloadError(f"{kind.__name__} has {len(expected)} parts, not {len(parts)}")
    return kind(**{each.name: _read(kind, each, text) for each, text in zip(expected, parts, strict=True)})


def _read(kind: type, each: _Field, text: str) -> Any:
    try:
        return each.read(text)
    except ValueError as unreadable:
        raise PayloadError(f"{kind.__name__}.{each.name} was never written like this") from unreadable


def _layout_of(kind: type) -> _Layout:
    found = _layouts.get(kind)
    if found is None:
        found = _layouts[kind] = _make_layout(kind)
    return found


def _make_layout(kind: Any) -> _Layout:
    hints = get_type_hints(kind, include_extras=True)
    others = [each.name for each in fields(kind) if hints[each.name] == Mapping[str, str]]
    if len(others) > 1:
        raise TypeError(f"{kind.__name__} has two fields for all other keys")
    found = []
    for each in fields(kind):
        if NoneType in get_args(hints[each.name]) and each.default is not None:
            raise TypeError(f"{kind.__name__}.{each.name}: None needs a word, or to be the default")
        if each.name not in others:
            read, write = _form_of(hints[each.name])
            found.append(_Field(name=each.name, read=read, write=write, default=each.default))
    return _Layout(
        fields=tuple(found), others=others[0] if others else None, names=frozenset(each.name for each in found)
    )


def _form_of(hint: Any, limits: tuple[Any, ...] = ()) -> _Form:
    """Raises TypeError for a type that has no form."""
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *annotations = get_args(hint)
        return _form_of(inner, (*annotations, *limits))
    if origin in {Union, UnionType}:
        return _optional(get_args(hint), limits)
    if origin is tuple:
        return _items(get_args(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda text: from_parts(hint, text.split(":")), lambda value: ":".join(to_parts(value))
    return _simple(hint, limits)


def _simple(kind: Any, limits: tuple[Any, ...]) -> _Form:
    if kind is str:
        patterns = [re.compile(each.pattern) for each in limits if isinstance(each, Matching)]
        return (_matching(patterns[0]) if patterns else str), str
    if kind is int:
        return _number(min((each.most for each in limits if isinstance(each, AtMost)), default=LARGEST)), str
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind, str
    if kind in _FORMS:
        return _FORMS[kind]
    raise TypeError(f"{kind} has no stored form")


def _optional(kinds: tuple[Any, ...], limits: tuple[Any, ...]) -> _Form:
    others = [each for each in kinds if each is not NoneType]
    if len(others) != 1:
        raise TypeError(f"{kinds} has no stored form")
    read, write = _form_of(others[0], limits)
    words = [each.word for each in limits if isinstance(each, NoneAs)]
    if not words:
        return read, write
    word = words[0]
    return (lambda text: None if text == word else read(text)), (lambda value: word if value is None else write(value))


def _items(kinds: tuple[Any, ...]) -> _Form:
    if len(kinds) != 2 or kinds[1] is not Ellipsis:  # noqa: PLR2004  tuple[kind, ...]
        raise TypeError("a tuple of fixed length has no stored form")
    read, write = _form_of(kinds[0])
    return lambda text: tuple(map(read, text.split())), lambda value: " ".join(map(write, value))


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError("not what the text looks like")
        return text

    return read


def _number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _NUMBER.fullmatch(text) or (number := int(text)) > most:
            raise ValueError("no number up to the largest one")
        return number

    return read


def _flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("neither 0 nor 1")
    return text == "1"


_FORMS: Final[Mapping[type, _Form]] = {
    bool: (_flag, lambda value: "1" if value else "0"),
    bytes: (lambda text: bytes.fromhex(_matching(_HEX)(text)), bytes.hex),
    date: (lambda text: date.fromisoformat(_matching(_DATE)(text)), date.isoformat),
    Decimal: (lambda text: Decimal(_matching(_DECIMAL)(text)), lambda value: format(value, "f")),
}
