"""Telegram inside the process: a working `BaseRequest` that keeps chats and refuses what Telegram refuses.

Messages stand as people see them now; every call is remembered. Nothing goes over a wire.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

from telegram.error import TimedOut
from telegram.request import RequestData

from bot.chat.errors import FloodWait
from bot.chat.transport import TelegramRequest
from harness.layout import misfits

BOT_ID = 4242
BOT_USERNAME = "perpdesk_bot"
_TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}
_Refusal = tuple[int, str]
FLOOD: _Refusal = (429, "Too Many Requests: retry after 5")


@dataclass
class Bubble:
    """One message as it stands."""

    chat_id: int
    message_id: int
    html: str
    keyboard: list[list[dict[str, Any]]]
    thread_id: int | None = None
    reply_to: int | None = None
    is_silent: bool = False
    edits: int = 0
    document: tuple[str, bytes] | None = None  # its name and its content; `html` is the caption
    is_picture: bool = False  # the document is a photo

    @property
    def text(self) -> str:
        """What is read: tags gone, entities resolved."""
        return visible(self.html)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.keyboard for button in row]

    def button(self, label: str) -> dict[str, Any]:
        found = [button for row in self.keyboard for button in row if label in button["text"]]
        assert found, f"no button {label!r} among {self.labels}"
        return found[0]


@dataclass
class Call:
    """One request of the bot."""

    method: str
    params: dict[str, Any]


@dataclass(repr=False)
class FakeBotApi:
    """The state, and what went over."""

    bubbles: dict[tuple[int, int], Bubble] = field(default_factory=dict)
    theirs: set[tuple[int, int]] = field(default_factory=set)  # messages that people wrote
    deleted: list[tuple[int, int]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    checked: dict[str, dict[str, Any]] = field(default_factory=dict)  # answers to pre-checkouts by the query's id
    methods: dict[str, Callable[[dict[str, Any]], Any]] = field(default_factory=dict)  # beside those below
    refuse: Callable[[Call], _Refusal | None] = lambda _: None
    hold: str | None = None  # a method whose calls wait for `held`
    held: asyncio.Event = field(default_factory=asyncio.Event)
    deaf: bool = False  # does what is asked, and its answer is lost
    next_message_id: int = 1
    misfits: list[str] = field(default_factory=list)  # what was too wide for a phone

    def new_message_id(self) -> int:
        self.next_message_id += 1
        return self.next_message_id

    def chat(self, chat_id: int) -> list[Bubble]:
        """The bot's messages of a chat, oldest first."""
        return [bubble for (chat, _), bubble in sorted(self.bubbles.items()) if chat == chat_id]

    def made(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def handle(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        call = Call(method, params)
        self.calls.append(call)
        refusal = self.refuse(call)
        if refusal is None:
            answer = self.methods.get(method) or getattr(self, f"_on_{method.lower()}", None)
            assert answer is not None, f"the bot calls {method}, which this fake does not know"
            result = answer(params)
            if not isinstance(result, Refused):
                return 200, {"ok": True, "result": result}
            refusal = (result.status, f"Bad Request: {result.reason}" if result.status == 400 else result.reason)
        return refusal[0], {"ok": False, "error_code": refusal[0], "description": refusal[1]}

    def _on_getme(self, _: dict[str, Any]) -> Any:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Perpdesk", "username": BOT_USERNAME}

    def _on_sendmessage(self, params: dict[str, Any]) -> Any:
        reason = _fault_of_text(params)
        if reason:
            return Refused(reason)
        self._measure(params)
        reply = params.get("reply_parameters") or {}
        bubble = Bubble(
            chat_id=int(params["chat_id"]),
            message_id=self.new_message_id(),
            html=params["text"],
            keyboard=(params.get("reply_markup") or {}).get("inline_keyboard", []),
            thread_id=params.get("message_thread_id"),
            reply_to=reply.get("message_id"),
            is_silent=bool(params.get("disable_notification")),
        )
        self.bubbles[bubble.chat_id, bubble.message_id] = bubble
        return self._message(bubble)

    def _measure(self, params: dict[str, Any]) -> None:
        rows = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        self.misfits += misfits(params["text"], [[button["text"] for button in row] for row in rows])

    def _on_sendphoto(self, params: dict[str, Any]) -> Any:
        message = self._on_senddocument({**params, "document": params["photo"]})
        if not isinstance(message, Refused):
            self.bubbles[int(params["chat_id"]), message["message_id"]].is_picture = True
        return message

    def _on_senddocument(self, params: dict[str, Any]) -> Any:
        caption = params.get("caption", "")
        reason = self._fault_of_caption(params)
        if reason:
            return Refused(reason)
        bubble = Bubble(
            chat_id=int(params["chat_id"]),
            message_id=self.new_message_id(),
            html=caption,
            keyboard=(params.get("reply_markup") or {}).get("inline_keyboard", []),
            thread_id=params.get("message_thread_id"),
            reply_to=(params.get("reply_parameters") or {}).get("message_id"),
            document=params["document"],
        )
        self._measure({**params, "text": caption})
        self.bubbles[bubble.chat_id, bubble.message_id] = bubble
        return self._message(bubble)

    def _on_createinvoicelink(self, params: dict[str, Any]) -> str:
        self.invoices.append(params)
        return f"https://t.me/${len(self.invoices)}"

    def _on_sendinvoice(self, params: dict[str, Any]) -> Any:
        (price,) = params["prices"]
        if not (1 <= len(params["title"]) <= 32 and 1 <= len(params["description"]) <= 255):
            return Refused("INVOICE_TEXT_INVALID")
        if not (1 <= len(params["payload"].encode()) <= 128 and 1 <= price["amount"] <= 25_000):
            return Refused("INVOICE_INVALID")
        self.invoices.append(params)
        bubble = Bubble(
            chat_id=int(params["chat_id"]), message_id=self.new_message_id(), html=params["title"], keyboard=[]
        )
        self.bubbles[bubble.chat_id, bubble.message_id] = bubble
        return self._message(bubble)

    def _on_answerprecheckoutquery(self, params: dict[str, Any]) -> Any:
        key = params["pre_checkout_query_id"]
        if key in self.checked:
            return Refused("query is too old and response timeout expired or query ID is invalid")
        assert params["ok"] or params["error_message"]
        self.checked[key] = params
        return True

    def _on_editmessagetext(self, params: dict[str, Any]) -> Any:
        bubble = self.bubbles.get((int(params["chat_id"]), int(params["message_id"])))
        if bubble is None:
            return Refused("message to edit not found")
        if bubble.document is not None:
            return Refused("there is no text in the message to edit")
        reason = _fault_of_text(params)
        if reason:
            return Refused(reason)
        self._measure(params)
        keyboard = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        if (visible(params["text"]), keyboard) == (bubble.text, bubble.keyboard):
            return Refused(
                "message is not modified: specified new message content and reply markup are exactly the same"
            )
        bubble.html, bubble.keyboard, bubble.edits = params["text"], keyboard, bubble.edits + 1
        return self._message(bubble)

    def _on_editmessagemedia(self, params: dict[str, Any]) -> Any:
        """A text becomes a picture, a picture another one; the same one, as Telegram has it, is not modified."""
        bubble = self.bubbles.get((int(params["chat_id"]), int(params["message_id"])))
        media = params["media"]
        if bubble is None:
            return Refused("message to edit not found")
        assert media["type"] == "photo"
        reason = self._fault_of_caption(media)
        if reason:
            return Refused(reason)
        keyboard = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        self._measure({"text": media.get("caption", ""), "reply_markup": params.get("reply_markup")})
        picture = params[media["media"].removeprefix("attach://")]
        bubble.html, bubble.keyboard, bubble.edits = media.get("caption", ""), keyboard, bubble.edits + 1
        bubble.document, bubble.is_picture = picture, True
        return self._message(bubble)

    def _on_editmessagecaption(self, params: dict[str, Any]) -> Any:
        bubble = self.bubbles.get((int(params["chat_id"]), int(params["message_id"])))
        if bubble is None:
            return Refused("message to edit not found")
        if bubble.document is None:
            return Refused("there is no caption in the message to edit")
        reason = self._fault_of_caption(params)
        if reason:
            return Refused(reason)
        keyboard = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        if (visible(params["caption"]), keyboard) == (bubble.text, bubble.keyboard):
            return Refused("message is not modified")
        self._measure({**params, "text": params["caption"]})
        bubble.html, bubble.keyboard, bubble.edits = params["caption"], keyboard, bubble.edits + 1
        return self._message(bubble)

    def _fault_of_caption(self, params: dict[str, Any]) -> str:
        caption = params.get("caption", "")
        is_long = len(visible(caption).encode("utf-16-le")) // 2 > 1024
        return "message caption is too long" if is_long else _fault_of_text({**params, "text": caption or "-"})

    def _on_deletemessage(self, params: dict[str, Any]) -> Any:
        key = (int(params["chat_id"]), int(params["message_id"]))
        if key not in self.theirs and key not in self.bubbles:
            return Refused("message to delete not found")
        self.theirs.discard(key)
        self.bubbles.pop(key, None)
        self.deleted.append(key)
        return True

    def _on_pinchatmessage(self, params: dict[str, Any]) -> Any:
        is_there = (int(params["chat_id"]), int(params["message_id"])) in self.bubbles
        return True if is_there else Refused("message to pin not found")

    def _on_answercallbackquery(self, params: dict[str, Any]) -> Any:
        key = params["callback_query_id"]
        if key in self.answered:
            return Refused("query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text") or "") > 200:
            return Refused("MESSAGE_TOO_LONG")
        self.answered[key] = params
        return True

    def _on_getmycommands(self, params: dict[str, Any]) -> Any:
        return self.commands.get(_scope(params), [])

    def _on_setmycommands(self, params: dict[str, Any]) -> Any:
        commands = params["commands"]
        assert 0 < len(commands) <= 100
        assert all(1 <= len(each["description"]) <= 256 for each in commands)
        self.commands[_scope(params)] = commands
        return True

    def _on_deletemycommands(self, params: dict[str, Any]) -> Any:
        self.commands.pop(_scope(params), None)
        return True

    def _on_getmydescription(self, params: dict[str, Any]) -> Any:
        return {"description": self.descriptions.get(("long", params.get("language_code", "")), "")}

    def _on_setmydescription(self, params: dict[str, Any]) -> Any:
        assert len(params["description"]) <= 512
        self.descriptions["long", params.get("language_code", "")] = params["description"]
        return True

    def _on_getmyshortdescription(self, params: dict[str, Any]) -> Any:
        return {"short_description": self.descriptions.get(("short", params.get("language_code", "")), "")}

    def _on_setmyshortdescription(self, params: dict[str, Any]) -> Any:
        assert len(params["short_description"]) <= 120
        self.descriptions["short", params.get("language_code", "")] = params["short_description"]
        return True

    def _message(self, bubble: Bubble) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": bubble.message_id,
            "date": 1_760_000_000,
            "chat": chat_object(bubble.chat_id),
            "from": self._on_getme({}),
            "text": bubble.text,
        }
        if bubble.keyboard:
            message["reply_markup"] = {"inline_keyboard": bubble.keyboard}
        return message


class FakeRequest(TelegramRequest):
    """PTB's way to Telegram, ending in a `FakeBotApi`."""

    def __init__(self, api: FakeBotApi) -> None:
        self._api = api

    @property
    def read_timeout(self) -> float | None:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def renew(self) -> None:
        """Nothing to renew."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002  PTB always posts
        request_data: RequestData | None = None,
        read_timeout: Any = None,  # noqa: ARG002  nothing here takes time
        write_timeout: Any = None,  # noqa: ARG002  the same
        connect_timeout: Any = None,  # noqa: ARG002  the same
        pool_timeout: Any = None,  # noqa: ARG002  the same
    ) -> tuple[int, bytes]:
        params = {} if request_data is None else request_data.parameters
        files = {} if request_data is None else request_data.multipart_data or {}
        sent = json.loads(json.dumps(params)) | {name: each[:2] for name, each in files.items()}
        name = url.rpartition("/")[2]
        if name == self._api.hold:
            await self._api.held.wait()
        status, body = self._api.handle(name, sent)
        if self._api.deaf:
            raise TimedOut
        if status == FLOOD[0]:
            raise FloodWait(5)
        return status, json.dumps(body).encode()


@dataclass
class Refused:
    """An answer that is a refusal."""

    reason: str
    status: int = 400


def chat_object(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": "Somebody"}
    return {"id": chat_id, "type": "supergroup", "title": "Group"}


def visible(html: str) -> str:
    return _read(html)[0]


@lru_cache(maxsize=1_000)
def _read(html: str) -> tuple[str, str]:
    """What is read of a text, and what Telegram would refuse in it; most texts are asked about several times."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    fault = reader.fault or ("can't parse entities: Can't find end tag" if reader.open else "")
    return unescape("".join(reader.text)), fault


class _Reader(HTMLParser):
    """Reads what Telegram reads; `fault` says what Telegram would refuse."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text: list[str] = []
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  HTMLParser's signature
        if tag not in _TAGS:
            self.fault = f'can\'t parse entities: Unsupported start tag "{tag}"'
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = f"can't parse entities: Unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        if name not in {"lt", "gt", "amp", "quot"}:
            self.fault = f"can't parse entities: unsupported entity {name}"
        self.text.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text.append(f"&#{name};")


def _fault_of_text(params: dict[str, Any]) -> str:
    text = params["text"]
    if params.get("parse_mode") == "HTML":
        text, fault = _read(text)
        if fault:
            return fault
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return "message is too long"
    rows = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    return next((fault for row in rows for button in row if (fault := _fault_of_button(button))), "")


def _fault_of_button(button: dict[str, Any]) -> str:
    if not button["text"].strip():
        return "BUTTON_TEXT_INVALID"
    if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
        return "BUTTON_DATA_INVALID"
    return "" if len(button.get("copy_text", {}).get("text", "x")) <= 256 else "BUTTON_COPY_TEXT_INVALID"


def _scope(params: dict[str, Any]) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    name = scope["type"] + (f":{scope['chat_id']}" if "chat_id" in scope else "")
    return name, params.get("language_code", "")
