"""Delivers updates to webhooks: in order within a chat, side by side across chats, again until taken.

After tdlib/telegram-bot-api (WebhookActor.cpp): an answer other than 2xx is a failure; the first repetition
follows at once, the next after 2, 4, 8, … seconds; Retry-After is obeyed; an update is given up with its
lifetime. A 2xx answer may carry a method to call.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from ops.sim.telegram.model import Bot, JsonObject, Webhook
from ops.sim.telegram.updates import PendingUpdate
from ops.sim.telegram.world import World

TIMEOUT_SECONDS: Final = 60
MOST_DELAY_SECONDS: Final = 64.0
_LOOKED_AT: Final = 2_000
_MOST_RETRY_AFTER: Final = 3_600
_WHOLE: Final = re.compile("[0-9]{1,9}")


@dataclass(slots=True)
class _Delivery:
    """The delivery of one bot's updates."""

    bot: Bot
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    running: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    """By lane."""
    failures: dict[int, int] = field(default_factory=dict)
    due: dict[int, float] = field(default_factory=dict)
    """Monotonic time before which a failed update is not sent again."""


class Webhooks:
    """Runs the deliveries of all bots of a world; `retry_seconds` is the first real delay."""

    def __init__(
        self,
        world: World,
        session: ClientSession,
        call: Callable[[Bot, JsonObject], Awaitable[None]],
        *,
        retry_seconds: float = 2,
    ) -> None:
        self._world = world
        self._session = session
        self._call = call
        self._retry_seconds = retry_seconds
        self._deliveries: dict[int, tuple[_Delivery, asyncio.Task[None]]] = {}

    def due(self, bot: Bot) -> None:
        """Something came for that bot, or its webhook changed."""
        running = self._deliveries.get(bot.id)
        if running is not None and not running[1].done():
            running[0].wake.set()
        elif bot.webhook is not None:
            delivery = _Delivery(bot)
            self._deliveries[bot.id] = (delivery, asyncio.get_running_loop().create_task(self._run(delivery)))

    async def close(self) -> None:
        """End all deliveries; what was not taken stays pending."""
        tasks = [task for delivery, task in self._deliveries.values() for task in (task, *delivery.running.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, delivery: _Delivery) -> None:
        while delivery.bot.webhook is not None:
            delivery.wake.clear()
            wait = self._start(delivery, delivery.bot.webhook)
            try:
                async with asyncio.timeout(wait):
                    await delivery.wake.wait()
            except TimeoutError:
                continue

    def _start(self, delivery: _Delivery, webhook: Webhook) -> float | None:
        """Send the first update of each idle lane; returns when to look again, in seconds."""
        now, wait = time.monotonic(), None
        delivery.bot.updates.expire()
        seen = set(delivery.running)
        for update in islice(delivery.bot.updates.pending.values(), _LOOKED_AT):
            if len(delivery.running) >= webhook.max_connections:
                break
            if update.lane in seen:
                continue
            seen.add(update.lane)
            late = delivery.due.get(update.update_id, 0) - now
            if late > 0:
                wait = late if wait is None else min(wait, late)
                continue
            task = asyncio.get_running_loop().create_task(self._deliver(delivery, webhook, update))
            delivery.running[update.lane] = task
        return wait

    async def _deliver(self, delivery: _Delivery, webhook: Webhook, update: PendingUpdate) -> None:
        delivery.bot.updates.mark_delivered([update])
        retry_after = 0.0
        try:
            reason, retry_after, answer = await self._post(webhook, update.encoded())
        except (ClientError, TimeoutError, OSError) as error:
            reason, answer = f"Connection failed: {type(error).__name__}", None
        finally:
            delivery.running.pop(update.lane, None)
            delivery.wake.set()
        if delivery.bot.webhook is not webhook:
            return
        if reason is None:
            self._taken(delivery, update)
            if answer is not None:
                await self._call(delivery.bot, answer)
        else:
            self._failed(delivery, webhook, update, reason, retry_after)

    async def _post(self, webhook: Webhook, body: bytes) -> tuple[str | None, float, JsonObject | None]:
        """Reason of failure (None: taken), seconds to wait, and the method the answer carries."""
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token
        timeout = ClientTimeout(total=TIMEOUT_SECONDS)
        verify: Any = not webhook.has_certificate
        async with self._session.post(
            webhook.url, data=body, headers=headers, timeout=timeout, ssl=verify, allow_redirects=False
        ) as response:
            if not 200 <= response.status < 300:  # noqa: PLR2004  what HTTP calls success
                after = response.headers.get("Retry-After", "0")
                seconds = float(min(int(after), _MOST_RETRY_AFTER)) if _WHOLE.fullmatch(after) else 0.0
                return f"Wrong response from the webhook: {response.status} {response.reason}", seconds, None
            return None, 0, _method_in(await response.read())

    @staticmethod
    def _taken(delivery: _Delivery, update: PendingUpdate) -> None:
        delivery.failures.pop(update.update_id, None)
        delivery.due.pop(update.update_id, None)
        if update.update_id in delivery.bot.updates.pending:
            delivery.bot.updates.forget(update, confirmed=True)

    def _failed(
        self, delivery: _Delivery, webhook: Webhook, update: PendingUpdate, reason: str, retry_after: float
    ) -> None:
        webhook.last_error_date = int(self._world.now())
        webhook.last_error_message = reason
        count = delivery.failures.get(update.update_id, 0)
        delivery.failures[update.update_id] = count + 1
        delay = retry_after or (min(MOST_DELAY_SECONDS, self._retry_seconds * 2 ** (count - 1)) if count else 0)
        delivery.due[update.update_id] = time.monotonic() + delay
        self._world.changed("bot", delivery.bot.id)


def _method_in(body: bytes) -> JsonObject | None:
    """The call in a webhook's answer, if it is one."""
    try:
        answer = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("method"), str) else None
