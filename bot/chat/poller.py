"""Fetches updates: a batch is asked for only after the one before was committed.

PTB's own polling confirms a batch while its handlers still run, and a kill in between loses it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.chat.errors import AnotherInstance, FloodWait, TokenRefused
from bot.domain.errors import StorageTrouble
from bot.domain.ports.clock import Clock

_log = logging.getLogger(__name__)

# Always sent in full: what is left out keeps its value of an earlier call (core.telegram.org/bots/api#getupdates).
ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
)
_WRONG_TOKENS: Final = 3  # 404s in a row before the token is given up; a 401 is plain at once
_FAILURES_TO_SAY: Final = 3  # one lost call is no trouble yet


class Api(Protocol):
    """Bot API methods by name; see `bot.chat.transport.RawApi`."""

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any: ...
    async def renew(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTimes:
    """Seconds. A newcomer yields to another instance sooner than one that has long been at work."""

    long_poll: int = 30
    margin: float = 10.0  # over the long poll before a silent connection counts as deaf
    back_off: float = 0.5
    back_off_most: float = 15.0
    conflict_grace: float = 3.0
    established: float = 60.0
    established_grace: float = 30.0
    limit: int = 100  # updates a call; Telegram's most

    @property
    def deaf_after(self) -> float:
        return self.long_poll + self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class PollStats:
    """`age_s`: seconds since Telegram last answered getUpdates; None before the first answer."""

    answers: int
    failures: int
    failed_commits: int
    conflicts: int
    renewals: int
    age_s: float | None


class Poller:
    """One long poll after the other, for as long as it takes; ends only by `stop` or a `TelegramEnded`."""

    def __init__(
        self,
        api: Api,
        accept: Callable[[Sequence[object]], Awaitable[None]],
        wait_for_capacity: Callable[[], Awaitable[None]],
        clock: Clock,
        randomness: Callable[[], float],
        *,
        times: PollTimes = PollTimes(),
        allowed_updates: Sequence[str] = ALLOWED_UPDATES,
    ) -> None:
        self._api = api
        self._accept = accept
        self._wait_for_capacity = wait_for_capacity
        self._clock = clock
        self._randomness = randomness
        self._times = times
        self._allowed_updates = list(allowed_updates)
        self._offset: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._started: float | None = None
        self._answered: float | None = None
        self._conflict: tuple[float, float] | None = None  # when this series began, when it last went on
        self._in_a_row = self._wrong_tokens = 0
        self._answers = self._failures = self._failed_commits = self._conflicts = self._renewals = 0
        self._network_trouble: str | None = None
        self._storage_trouble: str | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Poller"]:
        """Polls from here on; on leaving stops."""
        self._started = self._clock.monotonic()
        self._task = asyncio.create_task(self._poll(), name="poller")
        try:
            yield self
        finally:
            await self.stop()

    async def ended(self) -> None:
        """Wait until polling ends. Raises what ended it: AnotherInstance, TokenRefused."""
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()

    async def stop(self) -> None:
        """Ask no more. What was not confirmed comes again at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def trouble(self) -> str | None:
        """Why updates don't come in, for readiness; None while all is well."""
        if self._storage_trouble is not None:
            return self._storage_trouble
        if self._answered is None:
            return self._network_trouble or "Telegram has not answered yet"
        return self._network_trouble if self._in_a_row >= _FAILURES_TO_SAY else None

    def stats(self) -> PollStats:
        return PollStats(
            answers=self._answers,
            failures=self._failures,
            failed_commits=self._failed_commits,
            conflicts=self._conflicts,
            renewals=self._renewals,
            age_s=None if self._answered is None else self._clock.monotonic() - self._answered,
        )

    async def _poll(self) -> None:
        while True:
            await self._wait_for_capacity()
            try:
                updates = await self._ask()
            except TelegramError as error:
                await asyncio.sleep(await self._after(error))
            else:
                await self._take(updates)

    async def _ask(self) -> list[object]:
        times = self._times
        parameters: dict[str, object] = {
            "timeout": 0 if self._answered is None else times.long_poll,  # the first answer says we are heard: at once
            "limit": times.limit,
            "allowed_updates": self._allowed_updates,
        }
        if self._offset is not None:
            parameters["offset"] = self._offset
        try:
            async with asyncio.timeout(times.deaf_after + 1):  # also where the answer merely trickles
                updates = await self._api.call("getUpdates", parameters, read_timeout=times.deaf_after)
        except TimeoutError:
            raise TimedOut from None
        if not isinstance(updates, list) or (updates and not _ids(updates)):
            raise NetworkError("getUpdates answered something else than a list of updates")
        self._answers += 1
        self._answered = self._clock.monotonic()
        self._in_a_row = self._wrong_tokens = 0
        self._network_trouble = None
        return updates

    async def _take(self, updates: list[object]) -> None:
        """Store the batch and move on behind it; while the disk refuses, the offset stays."""
        if not updates:
            # All before the offset is confirmed by now. Without one Telegram gives whatever it holds: after a week
            # without updates its ids begin anew at random, perhaps below the offset.
            self._offset = None
            return
        try:
            await self._accept(updates)
        except StorageTrouble as trouble:
            self._failed_commits += 1
            if self._storage_trouble is None:
                _log.error("updates can't be stored and stay with Telegram: %s", trouble)
            self._storage_trouble = f"updates can't be stored: {trouble}"
            self._in_a_row += 1
            await asyncio.sleep(self._back_off())
            return
        if self._storage_trouble is not None:
            _log.info("updates are stored again")
        self._storage_trouble = None
        self._in_a_row = 0
        self._offset = max(_ids(updates)) + 1

    async def _after(self, error: TelegramError) -> float:
        """Seconds to wait after a failed call; raises TelegramEnded when there is no use in another."""
        self._failures += 1
        self._in_a_row += 1
        self._network_trouble = f"Telegram gives no updates: {error.message}"
        match error:
            case Conflict():
                return await self._after_conflict(error)
            case InvalidToken():
                self._wrong_tokens += 1
                if "unauthorized" in error.message.lower() or self._wrong_tokens >= _WRONG_TOKENS:
                    raise TokenRefused from None
            case FloodWait():
                return error.seconds
            case TimedOut():
                _log.warning("the connection to Telegram is deaf; a new one is made")
                await self._renew()
            case _:
                if self._in_a_row == 1:
                    _log.warning("getUpdates failed: %s", error.message)
                if self._silence() > self._times.deaf_after:
                    await self._renew()
        return self._back_off()

    async def _after_conflict(self, error: Conflict) -> float:
        """Another instance polls, or a webhook is set. The latter is taken down; the former gets a moment to end."""
        self._conflicts += 1
        if "webhook" in error.message.lower():
            _log.warning("a webhook was set for this bot: it is deleted, its updates are kept")
            await self._delete_webhook()
            return self._back_off()
        now, times = self._clock.monotonic(), self._times
        began, last = self._conflict or (now, now)
        if now - last > times.established_grace:
            began = now
        self._conflict = (began, now)
        is_established = began - (self._started or began) >= times.established
        if now - began >= (times.established_grace if is_established else times.conflict_grace):
            raise AnotherInstance(error.message) from None
        _log.warning("another instance asks for this bot's updates: %s", error.message)
        return min(1.0, times.conflict_grace / 3)

    async def _delete_webhook(self) -> None:
        try:
            await self._api.call("deleteWebhook", {"drop_pending_updates": False}, read_timeout=self._times.margin)
        except TelegramError as error:
            _log.warning("the webhook could not be deleted: %s", error.message)

    async def _renew(self) -> None:
        self._renewals += 1
        await self._api.renew()

    def _silence(self) -> float:
        since = self._answered if self._answered is not None else self._started
        return 0.0 if since is None else self._clock.monotonic() - since

    def _back_off(self) -> float:
        """Doubling with each failure in a row, jittered down to its half."""
        longest = min(self._times.back_off * 2.0 ** min(self._in_a_row - 1, 16), self._times.back_off_most)
        return longest * (0.5 + self._randomness() / 2)


def _ids(updates: Sequence[object]) -> list[int]:
    return [
        update["update_id"]
        for update in updates
        if isinstance(update, Mapping) and isinstance(update.get("update_id"), int)
    ]
