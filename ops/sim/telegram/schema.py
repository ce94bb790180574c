"""Checks the parameters of a call against the facts table, and gives them their types.

Telegram takes every parameter as text too (a query, a form): numbers as "12", objects as JSON. Inside an
object it is stricter. Unknown parameters are ignored, an empty text counts as absent. The sentences are
Telegram's where it has one for the case.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from ops.sim.telegram.errors import ApiError, bad_request
from ops.sim.telegram.facts import FACTS

Check = Callable[[Any], Any]
_INTEGER: Final = re.compile(r"\s*([+-]?[0-9]{1,19})\s*")
_ID: Final = re.compile(r"-?[1-9][0-9]{0,17}")
_MAX_INTEGER: Final = 2**63 - 1
_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
LEGACY: Final = {
    "disable_web_page_preview": "Boolean",
    "reply_to_message_id": "Integer",
    "allow_sending_without_reply": "Boolean",
}
"""Names Telegram still takes although its description has dropped them."""
_JSON_NAMES: Final = {
    "reply_markup": "reply keyboard markup JSON object", "entities": "entities JSON object",
    "caption_entities": "entities JSON object", "media": "media JSON object", "commands": "commands JSON object",
    "scope": "BotCommandScope JSON object", "menu_button": "menu button JSON object",
    "rights": "ChatAdministratorRights JSON object", "reaction": "reaction types JSON object",
    "link_preview_options": "link preview options JSON object",
    "reply_parameters": "reply parameters JSON object", "prices": "prices JSON object",
}  # fmt: skip
_ELEMENT_NAMES: Final = {
    "InlineKeyboardButton": "inline keyboard button", "KeyboardButton": "keyboard button",
    "LabeledPrice": "labeled price",
}  # fmt: skip
_MISSING: Final = {
    "chat_id": "chat_id is empty", "text": "Message text is empty", "photo": "There is no photo in the request",
    "document": "There is no document in the request", "action": "Wrong parameter action in request",
    "file_id": "file_id not specified", "message_ids": "Message identifiers are not specified",
    "message_id": "Message identifier is not specified",
}  # fmt: skip


class FieldError(ValueError):
    """What is wrong with a value, in Telegram's words."""


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise FieldError("must be of type Boolean")


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INTEGER:
        return value
    match = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    if match is None or abs(int(match[1])) > _MAX_INTEGER:
        raise FieldError("must be a valid Number")
    return int(match[1])


def _integer_or_text(value: Any) -> int | str:
    """A chat: its id, also written as a text, or its @name."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _string(value)
    return int(text) if _ID.fullmatch(text) else text


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise FieldError("must be a valid Number") from None


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise FieldError("must be of type String")


def _object(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    raise FieldError("must be of type Object")


def _file(value: Any) -> Any:
    return value


_PRIMITIVES: Final[dict[str, Check]] = {
    "Boolean": _boolean, "Integer": _integer, "Float": _float, "String": _string, "Object": _object,
    "InputFile": _file,
}  # fmt: skip
_checks: dict[str, Check] = dict(_PRIMITIVES)


def check_for(spec: str) -> Check:
    """The check of a type as the facts write it, made once."""
    check = _checks.get(spec)
    if check is None:
        check = _checks[spec] = _make(spec)
    return check


def _make(spec: str) -> Check:
    if spec.startswith("[]"):
        return _array(spec[2:])
    if spec == "Integer|String":
        return _integer_or_text
    if "|" in spec:
        return check_for(spec.rsplit("|", 1)[-1]) if "String" in spec else _markup
    if spec in FACTS.unions:
        return _union(spec)
    return _structure(spec)


def _array(element: str) -> Check:
    inner = check_for(element)
    name = _ELEMENT_NAMES.get(element, element)

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise FieldError("must be of type Array")
        try:
            return [inner(item) for item in value]
        except FieldError as wrong:
            if element.startswith("[]") or str(wrong).startswith("Can't parse"):
                raise
            reason = f"expected {element}" if element in _PRIMITIVES else wrong
            raise FieldError(f"Can't parse {name}: {reason}") from None

    return check


def _structure(name: str) -> Check:
    fields = [
        (field, check_for(spec.rstrip("*")), spec.endswith("*"), FACTS.values.get(f"{name}.{field}"))
        for field, spec in FACTS.types[name].items()
    ]

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise FieldError("expected an Object")
        checked: dict[str, Any] = {}
        for field, inner, required, allowed in fields:
            given = value.get(field)
            if given is None:
                if required:
                    raise FieldError(f'Can\'t find field "{field}"')
                continue
            checked[field] = _field(field, given, inner)
            if allowed is not None and checked[field] not in allowed:
                raise FieldError(f'Field "{field}" must be one of {", ".join(allowed)}')
        return checked

    return check


def _field(name: str, given: Any, inner: Check) -> Any:
    try:
        return inner(given)
    except FieldError as wrong:
        reason = str(wrong)
        raise FieldError(f'Field "{name}" {reason}' if reason.startswith("must be") else reason) from None


def _union(name: str) -> Check:
    by_type = {FACTS.values[f"{member}.type"][0]: member for member in FACTS.unions[name]}

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise FieldError("expected an Object")
        kind = value.get("type")
        if kind is None:
            raise FieldError('Can\'t find field "type"')
        member = by_type.get(kind) if isinstance(kind, str) else None
        if member is None:
            raise FieldError("Unsupported type specified")
        checked = check_for(member)(value)
        return dict(checked)

    return check


_MARKUPS: Final = {
    "inline_keyboard": "InlineKeyboardMarkup",
    "keyboard": "ReplyKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}


def _markup(value: Any) -> dict[str, Any] | None:
    """One of the four kinds of reply markup; an empty object means none."""
    if not isinstance(value, dict):
        raise FieldError("Object expected as reply markup")
    for key, name in _MARKUPS.items():
        if value.get(key):
            if name == "ReplyKeyboardMarkup":
                value = {**value, key: _with_button_objects(value[key])}
            return dict(check_for(name)(value))
    return None


def _with_button_objects(rows: Any) -> Any:
    """A button of a reply keyboard may be a plain text."""
    if not isinstance(rows, list):
        return rows
    return [
        [{"text": button} if isinstance(button, str) else button for button in row] if isinstance(row, list) else row
        for row in rows
    ]


def _from_text(spec: str, name: str, given: Any) -> Any:
    """A parameter as its type wants it: texts are read as numbers, booleans or JSON."""
    if spec == "Boolean":
        word = str(given).strip().lower()
        if word not in _TRUE and word not in _FALSE:
            raise FieldError(f'Parameter "{name}" must be of type Boolean')
        return word in _TRUE
    if spec in {"Integer", "Float", "String", "InputFile"} or spec.endswith("|String"):
        return orjson.dumps(given).decode() if isinstance(given, dict | list | bool) else given
    if isinstance(given, str):
        try:
            return orjson.loads(given)
        except orjson.JSONDecodeError:
            raise FieldError(f"Can't parse {_JSON_NAMES.get(name, f'{name} JSON object')}") from None
    return given


class Method:
    """The parameters of one method."""

    def __init__(self, name: str) -> None:
        self.name = name
        fields = {**FACTS.methods[name], **LEGACY}
        self._specs = {field: spec.rstrip("*") for field, spec in fields.items()}
        self._checks = {field: check_for(spec) for field, spec in self._specs.items()}
        self._required = [field for field, spec in fields.items() if spec.endswith("*")]

    def check(self, given: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
        """The known parameters with their types. Raises ApiError 400."""
        checked: dict[str, Any] = {}
        for name, value in given.items():
            spec = self._specs.get(name)
            if spec is None or value is None or value == "":
                continue
            try:
                read = _from_text(spec, name, value)
                checked[name] = self._checks[name](read) if read is not None else None
            except FieldError as wrong:
                raise self._refused(name, spec, str(wrong)) from None
        for name in self._required:
            if name not in checked and name not in files:
                raise bad_request(_MISSING.get(name, f'Parameter "{name}" is required'))
        return checked

    @staticmethod
    def _refused(name: str, spec: str, reason: str) -> ApiError:
        if reason.startswith("must be"):
            reason = f'Parameter "{name}" {reason}'
        elif spec in FACTS.types or spec in FACTS.unions:
            reason = f"Can't parse {spec}: {reason}" if not reason.startswith("Can't parse") else reason
        return bad_request(reason)
