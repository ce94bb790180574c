"""A small bot over raw Bot API HTTP for tests of the chat page: every screen element has a command that shows it."""

import asyncio
import struct
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp

TOKEN: Final = "4242:page-test"
COMMANDS: Final = ("start", "rich", "buttons", "photo", "file", "keyboard", "hide", "ask", "pin", "forget", "slow")
RICH: Final = (
    "<b>Balance</b>  <i>Practice</i>\nEquity <code>10,250.40</code> USDT\n"
    '<a href="https://example.org/fees">Fees</a> and <tg-spoiler>a hidden word</tg-spoiler>\n'
    '<pre><code class="language-text">BTC   0.050\nETH  -0.800</code></pre>'
    "<blockquote>Bybit holds the stop.</blockquote>"
    "<blockquote expandable>one\ntwo\nthree\nfour\nfive\nsix</blockquote>The end."
)


def picture(width: int, height: int) -> bytes:
    """A PNG with a diagonal gradient."""
    rows = b"".join(
        b"\0" + b"".join(bytes((40, 90 + x * 120 // width, 150 + y * 90 // height)) for x in range(width))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _button(text: str, data: str, style: str | None = None) -> dict[str, str]:
    return {"text": text, "callback_data": data} | ({"style": style} if style else {})


BUTTONS: Final = {
    "inline_keyboard": [
        [_button("Count", "count:1", "primary"), _button("Alert", "alert")],
        [_button("Sell", "toast:Sold", "danger"), _button("Buy", "toast:Bought", "success")],
        [{"text": "Site", "url": "https://example.org/"}, {"text": "Copy code", "copy_text": {"text": "SPRING26"}}],
    ]
}


def _offer(amount: str) -> dict[str, Any]:
    return {
        "title": "Premium, 30 days",
        "description": "Live accounts, strategies and signals for thirty days. Days you have are kept.",
        "payload": "offer:1",
        "currency": "XTR",
        "prices": [{"label": "Premium", "amount": int(amount)}],
    }


class ScriptedBot:
    """Answers by its script until it is stopped; texts that begin with # are left alone.

    `texts` are the messages it got, `ready` is set once it listens, and while `quick` is cleared it answers no
    button, no payment and no /slow. `refusal` is why it takes no payment, `mute` lets it
    say nothing to one at all, and `charges` are those it took.
    """

    def __init__(self, api: str) -> None:
        self._api = f"{api}/bot{TOKEN}"
        self.texts: list[str] = []
        self.quick = asyncio.Event()
        self.quick.set()
        self.ready = asyncio.Event()
        self.refusal: str | None = None
        self.mute = False
        self.charges: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Poll and answer; cancel to stop."""
        async with aiohttp.ClientSession() as self._session:
            listed = [{"command": name, "description": f"Shows {name}"} for name in COMMANDS]
            await self.call("setMyCommands", commands=listed)
            russian = [{"command": "start", "description": "Начать"}]
            await self.call("setMyCommands", commands=russian, language_code="ru")
            await self.call("setMyDescription", description="I show every kind of message.")
            self.ready.set()
            offset = 0
            while True:
                for update in await self.call("getUpdates", offset=offset, timeout=20):
                    offset = update["update_id"] + 1
                    await self._handle(update)

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a Bot API method; a refusal fails the test."""
        async with self._session.post(f"{self._api}/{method}", json=params) as response:
            body = await response.json()
        assert body["ok"], body
        return body["result"]

    async def send_file(self, method: str, field: str, chat: int, name: str, data: bytes, caption: str) -> None:
        """Upload by multipart."""
        form = aiohttp.FormData()
        form.add_field("chat_id", str(chat))
        form.add_field("caption", caption)
        form.add_field(field, data, filename=name)
        async with self._session.post(f"{self._api}/{method}", data=form) as response:
            body = await response.json()
        assert body["ok"], body

    async def say(self, chat: int, text: str, **more: Any) -> dict[str, Any]:
        """Send a text."""
        sent: dict[str, Any] = await self.call("sendMessage", chat_id=chat, text=text, **more)
        return sent

    async def _handle(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self._press(update["callback_query"])
        elif "pre_checkout_query" in update:
            await self._check(update["pre_checkout_query"])
        elif "message" in update:
            await self._message(update["message"])

    async def _message(self, message: dict[str, Any]) -> None:
        if "successful_payment" in message:
            self.charges.append(message["successful_payment"])
        if "successful_payment" in message or "refunded_payment" in message:
            return
        text: str = message.get("text") or message.get("caption") or ""
        self.texts.append(text)
        command = text.split(maxsplit=1)[0].removeprefix("/").partition("@")[0] if text.startswith("/") else ""
        act = self._script().get(command)
        if act is not None:
            await act(message)
        elif "photo" in message:
            await self.say(message["chat"]["id"], f"Got a photo of {message['photo'][-1]['width']} pixels")
        elif "document" in message:
            await self.say(message["chat"]["id"], f"Got {message['document']['file_name']}")
        elif text and not text.startswith("#"):
            await self.say(
                message["chat"]["id"], f"You said: {text}", reply_parameters={"message_id": message["message_id"]}
            )

    def _script(self) -> dict[str, Callable[[dict[str, Any]], Awaitable[object]]]:
        def sends(text: str, **more: Any) -> Callable[[dict[str, Any]], Awaitable[object]]:
            return lambda message: self.say(message["chat"]["id"], text, **more)

        keyboard = {"keyboard": [[{"text": "Balance"}, {"text": "Orders"}]], "resize_keyboard": True}
        return {
            "start": lambda message: self.say(message["chat"]["id"], f"Welcome, {message['from']['first_name']}."),
            "rich": sends(RICH, parse_mode="HTML"),
            "buttons": sends("Press one", reply_markup=BUTTONS),
            "keyboard": sends("Choose", reply_markup=keyboard),
            "hide": sends("Hidden", reply_markup={"remove_keyboard": True}),
            "ask": sends("What is your name?", reply_markup={"force_reply": True, "input_field_placeholder": "Name"}),
            "photo": lambda message: self.send_file(
                "sendPhoto", "photo", message["chat"]["id"], "chart.png", picture(480, 240), "A chart"
            ),
            "file": lambda message: self.send_file(
                "sendDocument", "document", message["chat"]["id"], "отчёт.csv", b"a;b\n1;2\n", "A report"
            ),
            "pin": self._pin,
            "forget": self._forget,
            "slow": self._slow,
            "invoice": self._invoice,
            "subscription": self._subscription,
            "refund": self._refund,
        }

    async def _pin(self, message: dict[str, Any]) -> None:
        sent = await self.say(message["chat"]["id"], "Read the rules")
        await self.call("pinChatMessage", chat_id=message["chat"]["id"], message_id=sent["message_id"])

    async def _forget(self, message: dict[str, Any]) -> None:
        """Delete the message that asks for it, as a bot does with one that carries a key."""
        await self.call("deleteMessage", chat_id=message["chat"]["id"], message_id=message["message_id"])
        await self.say(message["chat"]["id"], "Deleted")

    async def _slow(self, message: dict[str, Any]) -> None:
        await self.call("sendChatAction", chat_id=message["chat"]["id"], action="typing")
        await self.quick.wait()
        await self.say(message["chat"]["id"], "Took a while")

    async def _invoice(self, message: dict[str, Any]) -> None:
        """/invoice STARS [start_parameter]."""
        _, amount, *start = message["text"].split()
        offer = _offer(amount) | ({"start_parameter": start[0]} if start else {})
        await self.call("sendInvoice", chat_id=message["chat"]["id"], **offer)

    async def _subscription(self, message: dict[str, Any]) -> None:
        link = await self.call("createInvoiceLink", **_offer("300"), subscription_period=2_592_000)
        keyboard = {"inline_keyboard": [[{"text": "Subscribe", "url": link}]]}
        await self.say(message["chat"]["id"], "Monthly", reply_markup=keyboard)

    async def _check(self, query: dict[str, Any]) -> None:
        await self.quick.wait()
        if self.mute:
            return
        why = {"error_message": self.refusal} if self.refusal else {}
        await self.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=not why, **why)

    async def _refund(self, message: dict[str, Any]) -> None:
        charge_id = self.charges[-1]["telegram_payment_charge_id"]
        await self.call("refundStarPayment", user_id=message["from"]["id"], telegram_payment_charge_id=charge_id)

    async def _press(self, query: dict[str, Any]) -> None:
        await self.quick.wait()
        kind, _, value = query["data"].partition(":")
        message = query["message"]
        if kind == "count":
            await self.call("answerCallbackQuery", callback_query_id=query["id"])
            await self.call(
                "editMessageText",
                chat_id=message["chat"]["id"],
                message_id=message["message_id"],
                text=f"Counted to {value}",
                reply_markup={"inline_keyboard": [[_button("Count", f"count:{int(value) + 1}", "primary")]]},
            )
        elif kind == "alert":
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Mind the gap", show_alert=True)
        else:
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text=value)
