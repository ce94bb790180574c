"""How a held call is made when its time has come."""

from typing import Any, Final

from telegram.error import BadRequest, TelegramError

from bot.chat.held_calls import HeldCalls, Json
from bot.chat.rate_limiter import SendPriority, TelegramRateLimiter
from bot.chat.refusals import is_message_gone
from bot.chat.transport import RawApi
from bot.domain.chat import QueuedMessage

_READ_TIMEOUT_S: Final = 10.0


class HeldCallSender:
    """Makes held calls through the rate limiter, as the outbox's messages are sent."""

    def __init__(self, held: HeldCalls, rate_limiter: TelegramRateLimiter, api: RawApi) -> None:
        self._held = held
        self._rate_limiter = rate_limiter
        self._api = api

    async def send(self, queued: QueuedMessage) -> int | None:
        """The id of the message that was made or changed. Raises TelegramError and StorageTrouble."""
        method, values, follow = await self._held.begin(queued)
        try:
            message_id = _id_in(await self._made(method, values), values)
        except TelegramError:
            self._held.put_back(queued.outbox_id)
            raise
        if follow is not None and message_id is not None:
            follow(message_id)
        return message_id

    def finish(self, queued: QueuedMessage, message_id: int | None) -> None:
        """End a row: with the message it was sent as, or without one, never to be sent."""
        self._held.finish(queued.message.chat_id, queued.outbox_id, message_id)

    async def _made(self, method: str, values: dict[str, str]) -> Json:
        """An edit whose message is gone becomes a new message."""
        try:
            return await self._call(method, values)
        except BadRequest as refusal:
            if method != "editMessageText" or not is_message_gone(refusal):
                raise
        del values["message_id"]
        return await self._call("sendMessage", values)

    async def _call(self, method: str, values: dict[str, str]) -> Json:
        async def call(_: str, data: dict[str, Any]) -> Json:
            answer: Json = await self._api.call(method, data, read_timeout=_READ_TIMEOUT_S)
            return answer

        return await self._rate_limiter.process_request(call, (method, values), {}, method, values, SendPriority.OUTBOX)


def _id_in(answer: Json, values: dict[str, str]) -> int | None:
    if isinstance(answer, dict) and isinstance(made := answer.get("message_id"), int):
        return made
    return int(values["message_id"]) if "message_id" in values else None
