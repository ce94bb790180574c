"""The /sim calls: what drivers do to the stand-in's world and ask of it. Paths and fields are a contract."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import orjson
from aiohttp import web

from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.files import Upload, guess_type
from ops.sim.telegram.membership import tell_blocked
from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.payments import charge_back
from ops.sim.telegram.people import Draft, People, Receipt
from ops.sim.telegram.updates import PendingUpdate
from ops.sim.telegram.world import World

LONGEST_WAIT_SECONDS: Final = 300.0
MOST_STARS: Final = 10**12
T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_control(app: web.Application, world: World) -> None:
    """Serve the /sim calls of this world."""
    control = _Control(world)
    user, chat = r"/sim/users/{id:-?\d+}", r"/sim/chats/{id:-?\d+}"
    app.add_routes(
        [
            web.put(user, _answering(control.put_user)),
            web.put(chat, _answering(control.put_chat)),
            web.post(f"{user}/messages", _answering(control.post_message)),
            web.post(f"{user}/press", _answering(control.press)),
            web.post(f"{user}/pay", _answering(control.pay)),
            web.post(f"{user}/charge_back", _answering(control.charge_back)),
            web.post(f"{chat}/posts", _answering(control.post)),
            web.get(f"{chat}/messages", _answering(control.messages)),
            web.get(f"{chat}/events", _answering(control.events)),
            web.get(r"/sim/updates/{id:\d+}", _answering(control.update)),
            web.post("/sim/faults", _answering(control.add_fault)),
            web.delete("/sim/faults", _answering(control.clear_faults)),
            web.get("/sim/calls", _answering(control.calls)),
            web.route("*", "/sim/{rest:.*}", _answering(_unknown)),
        ]
    )


def _answering(answer: Callable[[web.Request], Awaitable[Any]]) -> Handler:
    """JSON out, refusals as {"error": …} with a 4xx."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body, status = await answer(request), 200
        except ControlError as refused:
            body, status = refused.body(), refused.status
        return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")

    return handle


async def _unknown(request: web.Request) -> None:
    raise ControlError(f"there is no {request.method} {request.path}", 404)


async def _body(request: web.Request) -> JsonObject:
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def _given(body: JsonObject, name: str, kind: type[T]) -> T | None:
    """A field of that kind, or None if it is absent or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(f"{name} must be {_KIND_NAMES[kind]}")
    return value


_KIND_NAMES: Final = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}


def _needed(body: JsonObject, name: str, kind: type[T]) -> T:
    value = _given(body, name, kind)
    if value is None:
        raise ControlError(f"{name} is missing")
    return value


def _asked(request: web.Request, name: str, default: float) -> float:
    text = request.query.get(name, "")
    try:
        return float(text) if text else default
    except ValueError:
        raise ControlError(f"{name} must be a number") from None


def _upload(body: JsonObject, kind: str) -> Upload | None:
    encoded = _given(body, kind, str)
    if encoded is None:
        return None
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ControlError(f"{kind} must be base64") from None
    name = _given(body, "file_name", str) or ("photo.jpg" if kind == "photo" else "file")
    return Upload(name=name, mime_type=guess_type(name), data=data)


def _receipt(receipt: Receipt, **ids: Any) -> JsonObject:
    return {"update_id": receipt.update_id, **ids, "seq": receipt.seq}


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world
        self._people = People(world)

    def _bot(self, request: web.Request) -> Bot:
        asked = request.query.get("bot")
        if asked is None:
            return self._world.bot()
        if not asked.isdecimal():
            raise ControlError("bot must be the id of a bot")
        return self._world.bot(int(asked))

    def _chat(self, request: web.Request) -> Chat:
        chat_id = int(request.match_info["id"])
        bot = self._bot(request)
        chat = self._world.dialog(bot, chat_id) if chat_id > 0 else self._world.groups.get(chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {chat_id}: make it by PUT /sim/chats/{chat_id}", 404)
        return chat

    @staticmethod
    def _user_id(request: web.Request) -> int:
        user_id = int(request.match_info["id"])
        if user_id <= 0:
            raise ControlError("the id of a user is positive")
        return user_id

    async def put_user(self, request: web.Request) -> JsonObject:
        body, user_id = await _body(request), self._user_id(request)
        known = self._world.users.get(user_id)
        first_name = _given(body, "first_name", str) or (known.first_name if known else "")
        if not first_name:
            raise ControlError("first_name is missing")
        stars = _given(body, "stars", int)
        if stars is not None and not 0 <= stars <= MOST_STARS:
            raise ControlError(f"stars must be between 0 and {MOST_STARS}")
        user = self._world.put_user(
            user_id,
            first_name=first_name,
            username=_given(body, "username", str) or (known.username if known else None),
            language_code=_given(body, "language_code", str) or (known.language_code if known else None),
            stars=stars,
        )
        return {**user.card(), "stars": user.stars}

    async def put_chat(self, request: web.Request) -> JsonObject:
        body, chat_id = await _body(request), int(request.match_info["id"])
        members = _given(body, "members", list)
        if members is not None and not all(isinstance(member, int) and member > 0 for member in members):
            raise ControlError("members must be a list of user ids")
        _given(body, "type", str), _given(body, "title", str), _given(body, "bot", str)
        bot = self._bot(request)
        chat = self._people.put_chat(chat_id, bot, body)
        people = [member for member in chat.members if member != bot.id and chat.has(member)]
        return {**self._world.chat_card(chat), "members": people, "bot": chat.members.get(bot.id, "left")}

    async def post_message(self, request: web.Request) -> JsonObject:
        body, user_id = await _body(request), self._user_id(request)
        forward = body.get("forward_from")
        if forward is not None and not isinstance(forward, int | str | dict):
            raise ControlError("forward_from must be a user id, a chat id, a name or a MessageOrigin")
        draft = Draft(
            text=_given(body, "text", str),
            caption=_given(body, "caption", str),
            photo=_upload(body, "photo"),
            document=_upload(body, "document"),
            reply_to=_given(body, "reply_to", int),
            forward_from=forward,
        )
        bot, chat_id, edit = self._bot(request), _given(body, "chat_id", int), _given(body, "edit", int)
        if edit is None:
            receipt = self._people.say(bot, user_id, draft, chat_id)
        else:
            receipt = self._people.edit(bot, user_id, edit, draft, chat_id)
        return _receipt(receipt, message_id=receipt.message_id)

    async def post(self, request: web.Request) -> JsonObject:
        body = await _body(request)
        receipt = self._people.post(self._bot(request), int(request.match_info["id"]), _needed(body, "text", str))
        return _receipt(receipt, message_id=receipt.message_id)

    async def press(self, request: web.Request) -> JsonObject:
        body, user_id = await _body(request), self._user_id(request)
        button, data = _given(body, "button", str), _given(body, "callback_data", str)
        if (button is None) == (data is None):
            raise ControlError("give button (a label) or callback_data")
        receipt = self._people.press(
            self._bot(request),
            user_id,
            _needed(body, "message_id", int),
            chat_id=_given(body, "chat_id", int),
            button=button,
            data=data,
        )
        return _receipt(receipt, callback_query_id=receipt.callback_query_id)

    async def pay(self, request: web.Request) -> JsonObject:
        """`message_id`, with `chat_id` for a group; or `invoice_link`."""
        body, user_id = await _body(request), self._user_id(request)
        link = _given(body, "invoice_link", str)
        message_id = _given(body, "message_id", int) if link else _needed(body, "message_id", int)
        if link and message_id is not None:
            raise ControlError("give message_id or invoice_link, not both")
        receipt = self._people.pay(
            self._bot(request), user_id, message_id, chat_id=_given(body, "chat_id", int), link=link or ""
        )
        return _receipt(receipt, pre_checkout_query_id=receipt.pre_checkout_query_id)

    async def charge_back(self, request: web.Request) -> JsonObject:
        """The Stars of a charge are taken from the bot again, as when somebody disputes how they were bought."""
        body = await _body(request)
        charge_id = _needed(body, "telegram_payment_charge_id", str)
        charge_back(self._world, self._bot(request), self._user_id(request), charge_id)
        return {}

    async def messages(self, request: web.Request) -> list[JsonObject]:
        after = _asked(request, "after", 0)
        return [message for number, message in self._chat(request).messages.items() if number > after]

    async def events(self, request: web.Request) -> list[JsonObject]:
        after, wait = int(_asked(request, "after", 0)), _asked(request, "wait", 0)
        found = await self._world.events.wait_after(self._chat(request), after, min(wait, LONGEST_WAIT_SECONDS))
        return [event.body() for event in found]

    async def update(self, request: web.Request) -> JsonObject:
        update_id = int(request.match_info["id"])
        update: PendingUpdate | None = self._bot(request).updates.find(update_id)
        if update is None:
            raise ControlError(f"there is no update {update_id}", 404)
        return {
            "delivered_at": _milliseconds(update.delivered_at),
            "confirmed_at": _milliseconds(update.confirmed_at),
        }

    async def add_fault(self, request: web.Request) -> JsonObject:
        """A lasting `blocked` of a private chat is a real block: the bot is told, as it is when it is lifted."""
        fault = self._world.faults.add(await _body(request))
        if fault.is_block:
            tell_blocked(self._world, self._bot(request), fault.chat_id or 0, blocked=True)
        return {"id": fault.id}

    async def clear_faults(self, request: web.Request) -> JsonObject:
        for fault in self._world.faults.clear():
            if fault.is_block:
                tell_blocked(self._world, self._bot(request), fault.chat_id or 0, blocked=False)
        return {}

    async def calls(self, request: web.Request) -> list[JsonObject]:
        bot_id = self._bot(request).id if "bot" in request.query else None
        return list(self._world.calls.after(int(_asked(request, "after", 0)), bot_id))
