"""Reads the bodies and queries of /sim calls. Everything raises ControlError for what it can't take."""

import base64
import binascii
from math import isfinite, nan
from typing import Any, Final, TypeVar

import orjson
from aiohttp import web

from ops.sim.telegram.drafts import Draft
from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.files import Upload, guess_type
from ops.sim.telegram.model import JsonObject

MOST_STARS: Final = 10**12
LONGEST_OFFSET: Final = 3_650 * 86_400
"""Seconds by which the clock can be moved."""
T = TypeVar("T")
_KIND_NAMES: Final = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}
_FILE_NAMES: Final = {"photo": "photo.jpg", "sticker": "sticker.webp", "voice": "voice.ogg", "video": "video.mp4"}
_MADE_UP: Final = b"\0" * 64
_PLACE: Final = ("latitude", "longitude")
_CONTACT: Final = ("phone_number", "first_name")


async def read_body(request: web.Request) -> JsonObject:
    """The JSON object that came, empty without a body."""
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def given(body: JsonObject, name: str, kind: type[T]) -> T | None:
    """A field of that kind, or None if it is absent or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(f"{name} must be {_KIND_NAMES[kind]}")
    return value


def needed(body: JsonObject, name: str, kind: type[T]) -> T:
    """A field that must be there."""
    value = given(body, name, kind)
    if value is None:
        raise ControlError(f"{name} is missing")
    return value


def number_in(request: web.Request, name: str, default: float) -> float:
    """A number of the query."""
    text = request.query.get(name, "")
    try:
        number = float(text) if text else default
    except ValueError:
        number = nan
    if not isfinite(number):
        raise ControlError(f"{name} must be a number")
    return number


def offset_in(body: JsonObject) -> float:
    """By how many seconds the clock is to be moved."""
    offset = body.get("offset_s")
    if not isinstance(offset, int | float) or isinstance(offset, bool) or not abs(offset) <= LONGEST_OFFSET:
        raise ControlError(f"offset_s must be a number of seconds, at most {LONGEST_OFFSET} either way")
    return float(offset)


def user_fields(body: JsonObject, *, is_known: bool) -> JsonObject:
    """The fields of a person that are given; null takes a name away."""
    fields: JsonObject = {name: given(body, name, str) for name in ("last_name", "username") if name in body}
    fields |= {name: bool(given(body, name, bool)) for name in ("is_premium", "deleted") if name in body}
    for name, kind in (("first_name", str), ("language_code", str), ("stars", int)):
        if (value := given(body, name, kind)) is not None:
            fields[name] = value
    if not fields.get("first_name", is_known):
        raise ControlError("first_name is missing")
    if not 0 <= fields.get("stars", 0) <= MOST_STARS:
        raise ControlError(f"stars must be between 0 and {MOST_STARS}")
    return fields


def draft_in(body: JsonObject) -> Draft:
    """The message that a person is to send."""
    forward, sender_chat = body.get("forward_from"), body.get("sender_chat")
    if forward is not None and not isinstance(forward, int | str | dict):
        raise ControlError("forward_from must be a user id, a chat id, a name or a MessageOrigin")
    if sender_chat is not None and not isinstance(sender_chat, int) and not _has(sender_chat, "id"):
        raise ControlError("sender_chat must be a chat id or a Chat")
    media = next((body[kind] for kind in ("sticker", "voice", "video") if isinstance(body.get(kind), dict)), None)
    return Draft(
        text=given(body, "text", str),
        caption=given(body, "caption", str),
        photo=_upload(body, "photo"),
        document=_upload(body, "document"),
        sticker=_made_up(body, "sticker"),
        voice=_made_up(body, "voice"),
        video=_made_up(body, "video"),
        media_fields=media,
        location=_object(body, "location", _PLACE),
        contact=_object(body, "contact", _CONTACT),
        reply_to=given(body, "reply_to", int),
        forward_from=forward,
        thread_id=given(body, "message_thread_id", int),
        sender_chat=sender_chat,
        is_automatic_forward=bool(given(body, "is_automatic_forward", bool)),
    )


def _made_up(body: JsonObject, kind: str) -> Upload | None:
    """A file as base64; true, or an object of wished fields, for one that is made up."""
    if body.get(kind) is True or isinstance(body.get(kind), dict):
        return Upload(name=_FILE_NAMES[kind], mime_type=guess_type(_FILE_NAMES[kind]), data=_MADE_UP)
    return _upload(body, kind)


def _upload(body: JsonObject, kind: str) -> Upload | None:
    encoded = given(body, kind, str)
    if encoded is None:
        return None
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ControlError(f"{kind} must be base64") from None
    name = given(body, "file_name", str) or _FILE_NAMES.get(kind, "file")
    return Upload(name=name, mime_type=guess_type(name), data=data)


def _object(body: JsonObject, name: str, fields: tuple[str, ...]) -> JsonObject | None:
    value = body.get(name)
    if value is not None and not _has(value, *fields):
        raise ControlError(f"{name} must be an object with {' and '.join(fields)}")
    return value


def _has(value: Any, *fields: str) -> bool:
    return isinstance(value, dict) and all(value.get(field) is not None for field in fields)
