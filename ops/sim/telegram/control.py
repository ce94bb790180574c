"""The /sim calls: what drivers do to the stand-in's world and ask of it. Paths and fields are a contract."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

import orjson
from aiohttp import web

from ops.sim.telegram.control_body import draft_in, given, needed, number_in, offset_in, read_body, user_fields
from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.membership import tell_blocked
from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.payments import charge_back
from ops.sim.telegram.people import People
from ops.sim.telegram.telling import Receipt
from ops.sim.telegram.updates import PendingUpdate
from ops.sim.telegram.world import World

LONGEST_WAIT_SECONDS: Final = 300.0
_ID: Final = r"\d{1,16}"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_control(app: web.Application, world: World) -> None:
    """Serve the /sim calls of this world."""
    control = _Control(world)
    user, chat = f"/sim/users/{{id:-?{_ID}}}", f"/sim/chats/{{id:-?{_ID}}}"
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
            web.get(f"/sim/updates/{{id:{_ID}}}", _answering(control.update)),
            web.post("/sim/updates/restart-ids", _answering(control.restart_ids)),
            web.post(f"/sim/bots/{{id:{_ID}}}/revoke", _answering(control.revoke)),
            web.post("/sim/clock", _answering(control.move_clock)),
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
        if not re.fullmatch(_ID, asked):
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
        body, user_id = await read_body(request), self._user_id(request)
        fields = user_fields(body, is_known=user_id in self._world.users)
        user = self._world.put_user(user_id, **fields)
        return {**user.card(), "stars": user.stars}

    async def put_chat(self, request: web.Request) -> JsonObject:
        body, chat_id = await read_body(request), int(request.match_info["id"])
        members = given(body, "members", list)
        if members is not None and not all(isinstance(member, int) and member > 0 for member in members):
            raise ControlError("members must be a list of user ids")
        given(body, "type", str), given(body, "title", str), given(body, "bot", str)
        given(body, "is_forum", bool), given(body, "topics", list), given(body, "migrate_to", int)
        bot = self._bot(request)
        chat = self._people.put_chat(chat_id, bot, body)
        people = [member for member in chat.members if member != bot.id and chat.has(member)]
        answer = {**self._world.chat_card(chat), "members": people, "bot": chat.members.get(bot.id, "left")}
        if chat.is_forum:
            answer["topics"] = [{"id": topic_id, **asdict(topic)} for topic_id, topic in chat.topics.items()]
        return answer | ({"migrate_to": chat.migrated_to} if chat.migrated_to else {})

    async def post_message(self, request: web.Request) -> JsonObject:
        body, user_id = await read_body(request), self._user_id(request)
        draft = draft_in(body)
        bot, chat_id, edit = self._bot(request), given(body, "chat_id", int), given(body, "edit", int)
        if edit is None:
            receipt = self._people.say(bot, user_id, draft, chat_id)
        else:
            receipt = self._people.edit(bot, user_id, edit, draft, chat_id)
        return _receipt(receipt, message_id=receipt.message_id)

    async def post(self, request: web.Request) -> JsonObject:
        body, channel_id = await read_body(request), int(request.match_info["id"])
        text, edit = needed(body, "text", str), given(body, "edit", int)
        receipt = self._people.post(self._bot(request), channel_id, text, edit)
        return _receipt(receipt, message_id=receipt.message_id)

    async def press(self, request: web.Request) -> JsonObject:
        body, user_id = await read_body(request), self._user_id(request)
        button, data = given(body, "button", str), given(body, "callback_data", str)
        if (button is None) == (data is None):
            raise ControlError("give button (a label) or callback_data")
        receipt = self._people.press(
            self._bot(request),
            user_id,
            needed(body, "message_id", int),
            chat_id=given(body, "chat_id", int),
            button=button,
            data=data,
        )
        return _receipt(receipt, callback_query_id=receipt.callback_query_id)

    async def pay(self, request: web.Request) -> JsonObject:
        """`message_id`, with `chat_id` for a group; or `invoice_link`."""
        body, user_id = await read_body(request), self._user_id(request)
        link = given(body, "invoice_link", str)
        message_id = given(body, "message_id", int) if link else needed(body, "message_id", int)
        if link and message_id is not None:
            raise ControlError("give message_id or invoice_link, not both")
        receipt = self._people.pay(
            self._bot(request), user_id, message_id, chat_id=given(body, "chat_id", int), link=link or ""
        )
        return _receipt(receipt, pre_checkout_query_id=receipt.pre_checkout_query_id)

    async def charge_back(self, request: web.Request) -> JsonObject:
        """The Stars of a charge are taken from the bot again, as when somebody disputes how they were bought."""
        body = await read_body(request)
        charge_id = needed(body, "telegram_payment_charge_id", str)
        charge_back(self._world, self._bot(request), self._user_id(request), charge_id)
        return {}

    async def messages(self, request: web.Request) -> list[JsonObject]:
        after = number_in(request, "after", 0)
        return [message for number, message in self._chat(request).messages.items() if number > after]

    async def events(self, request: web.Request) -> list[JsonObject]:
        after, wait = int(number_in(request, "after", 0)), number_in(request, "wait", 0)
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

    async def restart_ids(self, request: web.Request) -> JsonObject:
        """The ids of updates begin anew at a random number below all there were."""
        bot = self._bot(request)
        bot.updates.restart_ids(self._world.random.randrange(1, max(2, bot.updates.lowest_id // 2)))
        return {"next_id": bot.updates.next_id}

    async def revoke(self, request: web.Request) -> JsonObject:
        """The tokens a bot has called with become invalid, as by BotFather's /revoke."""
        self._world.revoke(self._world.bot(int(request.match_info["id"])))
        return {}

    async def move_clock(self, request: web.Request) -> JsonObject:
        """The clock of all answers is moved."""
        self._world.clock_offset = offset_in(await read_body(request))
        return {}

    async def add_fault(self, request: web.Request) -> JsonObject:
        """A lasting `blocked` of a private chat is a real block: the bot is told, as it is when it is lifted."""
        fault = self._world.faults.add(await read_body(request))
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
        return list(self._world.calls.after(int(number_in(request, "after", 0)), bot_id))
