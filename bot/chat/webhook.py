"""Takes updates in by a webhook: Telegram hears 200 once they are stored, and is asked each minute how it fares."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from telegram.error import NetworkError, TelegramError

from bot.aio.main_task import MainTask
from bot.chat.errors import ForeignWebhook, WebhookPortTaken
from bot.chat.gaps import Gap
from bot.chat.poller import ALLOWED_UPDATES, Api, Intake, PollTimes
from bot.chat.webhook_batches import WebhookBatches
from bot.chat.webhook_listener import WebhookAddress, listening_for_updates
from bot.domain.closings import Takeover
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock

_log = logging.getLogger(__name__)

_CALL_S: Final = 10.0
_NO_INFO: Final = "getWebhookInfo answered something else than a webhook"
CONNECTIONS: Final = 40  # at a time, Telegram's default
TAKEN_OVER: Final = "another webhook takes this bot's updates: `perpdesk webhook take`"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTimes:
    """Pauses and patience of a webhook's intake, in seconds."""

    look_every: float = 60.0
    look_again: float = 2.0  # after a failed look, a foreign address, or while a backlog comes in
    late_after: float = 180.0  # without a good look
    backlog_most: float = 120.0  # that a backlog may take to come in


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStats:
    """Requests of Telegram's since the start."""

    taken: int
    unreadable: int
    turned_away: int  # with 503: the disk refused, too much was waiting, or we were stopping


@dataclass(frozen=True, slots=True, kw_only=True)
class _Info:
    """What Telegram says of a webhook (core.telegram.org/bots/api#webhookinfo); `failed`: seconds, 0 for never."""

    url: str
    waiting: int
    failed: int
    why: str


def _read_info(answer: object) -> _Info:
    """Raises NetworkError for an answer that is none."""
    if not isinstance(answer, Mapping):
        raise NetworkError(_NO_INFO)
    try:
        return _Info(
            url=str(answer.get("url", "")),
            waiting=int(answer.get("pending_update_count", 0)),
            failed=int(answer.get("last_error_date", 0)),
            why=str(answer.get("last_error_message", "it does not say why")),
        )
    except (TypeError, ValueError) as error:
        raise NetworkError(_NO_INFO) from error


async def set_webhook(api: Api, address: WebhookAddress) -> None:
    """Have updates sent to us, with all that waits. Raises TelegramError."""
    parameters = {
        "url": address.url,
        "secret_token": address.secret.reveal(),
        "max_connections": CONNECTIONS,
        "allowed_updates": list(ALLOWED_UPDATES),
        "drop_pending_updates": False,
    }
    await api.call("setWebhook", parameters, read_timeout=_CALL_S)


class WebhookIntake:
    """A listener, and a look at getWebhookInfo each minute. Ended by `stop`, and by a foreign webhook at its start.

    `taken_over` is told, once each time, when Telegram sends our updates elsewhere.
    """

    def __init__(
        self,
        api: Api,
        intake: Intake,
        has_capacity: Callable[[], bool],
        heard: Callable[[Millis], Awaitable[None]],
        taken_over: Callable[[Takeover], Awaitable[None]],
        clock: Clock,
        address: WebhookAddress,
        *,
        times: WebhookTimes = WebhookTimes(),
        heard_ts: Millis | None = None,
    ) -> None:
        self._api = api
        self._batches = WebhookBatches(intake)
        self._has_capacity = has_capacity
        self._heard = heard
        self._taken_over = taken_over
        self._clock = clock
        self._address = address
        self._times = times
        self._heard_ts = heard_ts
        self._watching = MainTask()
        self._is_stopping = False
        self._is_ours = False
        self._foreign = 0  # looks in a row that found another address
        self._looked: float | None = None
        self._failed_before: int | None = None  # Telegram's date of the newest delivery that failed before the start
        self._trouble: str | None = None
        self._turned_away = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["WebhookIntake"]:
        """Listens and has updates sent here; on leaving stops. Raises WebhookPortTaken."""
        silence = self._silence()
        if silence > PollTimes().deaf_after:
            self._begin_gap(silence)  # before anything comes in; the first look ends it where nothing waits
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(listening_for_updates(self._address, self._take))
            except OSError as error:
                raise WebhookPortTaken(self._address.host, self._address.port, error.strerror or str(error)) from None
            stack.push_async_callback(self.stop)
            await stack.enter_async_context(self._watching.running(self._watch(), "webhook"))
            yield self

    async def ended(self) -> None:
        """Wait until there is no use in going on. Raises ForeignWebhook."""
        await self._watching.ended()

    async def stop(self) -> None:
        """Store no more: Telegram is asked to come again."""
        self._is_stopping = True
        await self._watching.stop()
        await self._batches.close()

    def trouble(self) -> str | None:
        """Why updates don't come in, for readiness; None while all is well."""
        if self._batches.trouble is not None:
            return self._batches.trouble
        if self._looked is None:
            return self._trouble or "Telegram has not been told of the webhook yet"
        if not self._is_ours:
            return TAKEN_OVER
        silence = self._clock.monotonic() - self._looked
        if silence > self._times.late_after:
            return f"Telegram has not said for {silence:.0f} s whether it sends updates"
        return self._trouble

    @property
    def age_s(self) -> float | None:
        """Seconds since Telegram last said that it sends updates to us; None before."""
        return None if self._looked is None else self._clock.monotonic() - self._looked

    def stats(self) -> WebhookStats:
        return WebhookStats(
            taken=self._batches.taken,
            unreadable=self._batches.unreadable,
            turned_away=self._turned_away,
        )

    async def _take(self, body: bytes) -> bool:
        silence = self._silence()
        if self._batches.gap is None and silence > self._times.look_every + PollTimes().deaf_after:
            self._begin_gap(silence)  # looks were not answered either: each that is moves the moment on
        if self._is_stopping or not self._has_capacity() or not await self._batches.take(body):
            self._turned_away += 1
            return False
        if self._batches.gap is None:
            await self._note_heard()
        return True

    async def _watch(self) -> None:
        while True:
            try:
                pause = await self._look()
            except TelegramError as error:
                self._trouble = f"Telegram does not say whether it sends updates: {error.message}"
                _log.warning("getWebhookInfo failed: %s", error.message)
                pause = self._times.look_again
            await asyncio.sleep(pause)

    async def _look(self) -> float:
        """Seconds until the next one. Raises TelegramError, ForeignWebhook where the process has only begun."""
        info = _read_info(await self._api.call("getWebhookInfo", {}, read_timeout=_CALL_S))
        if self._looked is None:
            if info.url not in {"", self._address.url}:
                raise ForeignWebhook
            await set_webhook(self._api, self._address)
        elif info.url != self._address.url:
            return await self._note_foreign()
        self._is_ours, self._foreign = True, 0
        self._looked = self._clock.monotonic()
        return await self._note_flow(info)

    async def _note_foreign(self) -> float:
        self._foreign += 1
        if self._foreign == 2:  # noqa: PLR2004  said twice: halting everybody's entries is no small thing
            self._is_ours = False
            _log.error("Telegram sends this bot's updates elsewhere")
            try:
                await self._taken_over(Takeover.WEBHOOK)
            except StorageTrouble as trouble:
                self._foreign = 1  # the next look tells it
                _log.error("entries can't be halted yet: %s", trouble)
        return self._times.look_again if self._foreign == 1 else self._times.look_every

    async def _note_flow(self, info: _Info) -> float:
        """What Telegram says of deliveries: whether they fail, and whether what had waited is in.

        That some wait says nothing by itself: those under way just now are counted. They fail where nothing was taken
        since the newest failure, of which Telegram says the second.
        """
        now = self._clock.now()
        if self._failed_before is None:
            self._failed_before = info.failed
        is_new = info.failed > self._failed_before and info.failed >= (self._heard_ts or 0) // 1000
        is_failing = info.waiting > 0 and is_new
        silence = self._silence()
        if self._batches.gap is None and is_failing and silence > PollTimes().deaf_after:
            self._begin_gap(silence)
        self._trouble = f"Telegram can't deliver updates: {info.why}" if is_failing else None
        gap = self._batches.gap
        if gap is not None and info.waiting and (now - gap.ended) / 1000 < self._times.backlog_most:
            return self._times.look_again
        self._batches.gap = None
        if is_failing:
            return self._times.look_again
        await self._note_heard()
        return self._times.look_every

    async def _note_heard(self) -> None:
        """Telegram gives what there is, now."""
        self._heard_ts = self._clock.now()
        await self._heard(self._heard_ts)

    def _silence(self) -> float:
        """Seconds since Telegram is known to have given what there was; 0 where that is not known."""
        return 0 if self._heard_ts is None else max(0, self._clock.now() - self._heard_ts) / 1000

    def _begin_gap(self, silence: float) -> None:
        now = self._clock.now()
        self._batches.gap = Gap(began=Millis(now - round(silence * 1000)), ended=now)
        _log.info("nothing came from Telegram for %.0f s", silence)
