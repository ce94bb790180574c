"""Reads a Bot API request in any of its four encodings.

https://core.telegram.org/bots/api#making-requests: URL query string, application/x-www-form-urlencoded,
application/json, multipart/form-data.
"""

from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import orjson
from aiohttp import BodyPartReader, MultipartReader, web

from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.files import Upload, guess_type

MAX_BODY_BYTES: Final = 72 << 20
_FORM: Final = "application/x-www-form-urlencoded"


async def read_request(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters as they came, and the files by field name. Raises ApiError 400."""
    params: dict[str, Any] = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    if request.can_read_body:
        kind = request.content_type
        if kind == "application/json":
            params.update(_from_json(await request.read()))
        elif kind == _FORM:
            params.update(_from_form(await request.read()))
        elif kind == "multipart/form-data":
            await _from_multipart(request, params, files)
    return params, files


def _from_json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("Can't parse the request body as JSON") from None
    if not isinstance(value, dict):
        raise bad_request("The request body must be a JSON object")
    return value


def _from_form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise bad_request("Strings must be encoded in UTF-8") from None


async def _from_multipart(request: web.Request, params: dict[str, Any], files: dict[str, Upload]) -> None:
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, MultipartReader) or part.name is None:
                continue
            await _take_part(part, part.name, params, files)
    except ValueError as wrong:
        raise bad_request(f"Can't parse the multipart body: {wrong}") from None


async def _take_part(part: BodyPartReader, name: str, params: dict[str, Any], files: dict[str, Upload]) -> None:
    data = bytes(await part.read(decode=True))
    if part.filename is None:
        try:
            params[name] = data.decode()
        except UnicodeDecodeError:
            raise bad_request("Strings must be encoded in UTF-8") from None
        return
    filename = unquote(part.filename)
    given = part.headers.get("Content-Type", "").partition(";")[0]
    kind = given if given and given != "application/octet-stream" else guess_type(filename)
    files[name] = Upload(name=filename, mime_type=kind, data=data)
