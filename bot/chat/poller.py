"""Fetches updates: a batch is asked for only after the one before was committed.

PTB's own polling confirms a batch while its handlers still run, and a kill in between loses it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from telegram.error import BadRequest, Conflict, NetworkError, TelegramError, TimedOut

from bot.aio.main_task import MainTask
from bot.chat.conflicts import Conflicts
from bot.chat.errors import AnotherInstance, FloodWait, UnreadableAnswer, WebhookIsSet
from bot.chat.gaps import Gap
from bot.chat.hedge import hedged
from bot.domain.closings import Takeover
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import UpdateId

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
_FAILURES_TO_SAY: Final = 3  # one lost call is no trouble yet
_UNREADABLE_TO_NARROW: Final = 2  # failures of one batch until its updates are asked for one by one
_UNREADABLE_TO_SKIP: Final = 4  # … until the first of them is set aside
_AT_ONCE: Final = 3  # calls that are not spaced, after a quiet moment
_LARGEST_ID: Final = 2**52  # Telegram's numbers have at most 52 significant bits (core.telegram.org/bots/api#user)


class Api(Protocol):
    """Bot API methods by name; see `bot.chat.transport.RawApi`."""

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any: ...
    async def renew(self) -> None: ...


class Intake(Protocol):
    """Where updates go; see `bot.chat.inbox.Inbox`."""

    async def accept(self, raw_updates: Sequence[object], /, gap: Gap | None = None) -> None:
        """Raises StorageTrouble: then nothing was taken in."""
        ...

    async def set_aside(self, update_id: UpdateId, /) -> None:
        """One that can't be taken in. Raises StorageTrouble."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTimes:
    """Seconds. What fails is asked again soon for however long it takes: people wait for the moment it works."""

    long_poll: int = 30
    spacing: float = 0.06  # between calls of a busy bot: what comes meanwhile is one answer and one commit
    margin: float = 10.0  # over the long poll before a silent connection counts as deaf
    back_off: float = 0.5
    back_off_most: float = 3.0
    probe: float = 4.0  # until another question is put while one is not answered
    conflict_grace: float = 3.0  # until a newcomer yields to another instance
    established: float = 60.0  # a newcomer no more
    established_grace: float = 30.0  # until a conflict with another instance is answered by asking less often
    longest_flood: float = 300.0  # a 429 that wants more is asked again: nothing comes in meanwhile
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
    set_aside: int
    age_s: float | None


class Poller:
    """One long poll after the other, for as long as it takes.

    A bot that Telegram knows (`is_known`: by this token, before this start) goes on whatever Telegram says: 401, 404
    and 409 come to good tokens, too, for minutes (tdlib/telegram-bot-api#77). Ended by `stop`, and by AnotherInstance
    or WebhookIsSet where it has only begun.
    """

    def __init__(
        self,
        api: Api,
        intake: Intake,
        wait_for_capacity: Callable[[], Awaitable[None]],
        heard: Callable[[Millis], Awaitable[None]],
        clock: Clock,
        randomness: Callable[[], float],
        *,
        taken_over: Callable[[Takeover], Awaitable[None]],
        times: PollTimes = PollTimes(),
        allowed_updates: Sequence[str] = ALLOWED_UPDATES,
        is_known: bool = False,
        heard_ts: Millis | None = None,
    ) -> None:
        """`heard` is told of moments until which everything was given; `heard_ts` is the last one before this start.

        `taken_over` is told once each time that a webhook, or for `established_grace` another instance, takes updates.
        """
        self._api = api
        self._intake = intake
        self._wait_for_capacity = wait_for_capacity
        self._heard, self._taken_over, self._clock, self._randomness = heard, taken_over, clock, randomness
        self._told = set[Takeover]()  # until that is over
        self._times = times
        self._allowed_updates = list(allowed_updates)
        self._is_known = is_known
        self._heard_ts = heard_ts
        self._gap: Gap | None = None
        self._offset: int | None = None
        self._polling = MainTask()
        self._started: float | None = None
        self._answered: float | None = None
        self._turn = 0.0  # of the next call
        self._conflicts = Conflicts()
        self._in_a_row = self._unreadable = self._narrow = 0
        self._is_held_back = False
        self._answers = self._failures = self._failed_commits = self._renewals = self._set_aside = 0
        self._trouble: str | None = None
        self._storage_trouble: str | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Poller"]:
        """Polls from here on; on leaving stops."""
        self._started = self._clock.monotonic()
        async with self._polling.running(self._poll(), "poller"):
            yield self

    async def ended(self) -> None:
        """Wait until polling ends. Raises what ended it: AnotherInstance, WebhookIsSet."""
        await self._polling.ended()

    async def stop(self) -> None:
        """Ask no more. What was not confirmed comes again at the next start."""
        await self._polling.stop()

    def trouble(self) -> str | None:
        """Why updates don't come in, for readiness; None while all is well."""
        if self._storage_trouble is not None:
            return self._storage_trouble
        if self._conflicts.is_on(self._clock.monotonic()):
            return "another instance asks for this bot's updates: stop one of the two"
        silence = self._silence()
        is_deaf = silence > self._times.deaf_after and not self._is_held_back
        if self._answered is not None and self._in_a_row < _FAILURES_TO_SAY and not is_deaf:
            return None
        if self._trouble is not None:
            return self._trouble
        return f"Telegram has said nothing for {silence:.0f} s" if is_deaf else "Telegram has not answered yet"

    def stats(self) -> PollStats:
        return PollStats(
            answers=self._answers,
            failures=self._failures,
            failed_commits=self._failed_commits,
            conflicts=self._conflicts.count,
            renewals=self._renewals,
            set_aside=self._set_aside,
            age_s=self.age_s,
        )

    @property
    def age_s(self) -> float | None:
        """Seconds since Telegram last answered; None before the first answer."""
        return None if self._answered is None else self._clock.monotonic() - self._answered

    async def _poll(self) -> None:
        while True:
            self._is_held_back = True
            await self._wait_for_capacity()
            self._is_held_back = False
            await self._wait_for_turn()
            try:
                await self._take(await self._ask())
            except TelegramError as error:
                await asyncio.sleep(await self._after(error))
            except StorageTrouble as trouble:
                await asyncio.sleep(self._after_refused_commit(trouble))

    async def _wait_for_turn(self) -> None:
        """Through the Internet a call takes about as long as the spacing: there it is hardly ever waited for."""
        spacing, now = self._times.spacing, self._clock.monotonic()
        self._turn = max(self._turn, now - _AT_ONCE * spacing) + spacing
        if self._turn > now:
            await asyncio.sleep(self._turn - now)

    async def _ask(self) -> list[object]:
        """A long poll while all is well; after a failure the question is short, and put again while nobody answers."""
        times = self._times
        if self._answered is None or self._in_a_row:
            updates = await hedged(
                lambda: self._call(0), every=times.probe, most=times.deaf_after, unanswered=self._renew
            )
        else:
            try:
                async with asyncio.timeout(times.deaf_after + 1):  # also where the answer merely trickles
                    updates = await self._call(times.long_poll)
            except TimeoutError:
                raise TimedOut from None
        if not isinstance(updates, list) or (updates and not _ids(updates)):
            raise NetworkError("getUpdates answered something else than a list of updates")
        self._note_answer()
        return updates

    async def _call(self, seconds: int) -> Any:
        parameters: dict[str, object] = {
            "timeout": seconds,
            "limit": 1 if self._narrow else self._times.limit,
            "allowed_updates": self._allowed_updates,
        }
        if self._offset is not None:
            parameters["offset"] = self._offset
        try:
            return await self._api.call("getUpdates", parameters, read_timeout=self._times.deaf_after)
        except TelegramError:
            raise
        except Exception as error:  # whatever an answer may do to those who read it
            raise UnreadableAnswer(repr(error), head=b"") from error

    def _note_answer(self) -> None:
        now = self._clock.monotonic()
        silence = self._silence()
        if self._answered is None and self._heard_ts is not None:
            silence = max(0, self._clock.now() - self._heard_ts) / 1000
        if self._gap is None and silence > self._times.deaf_after and (self._answered or self._heard_ts):
            ended = self._clock.now()
            self._gap = Gap(began=Millis(ended - round(silence * 1000)), ended=ended)
            _log.info("nothing came from Telegram for %.0f s", silence)
        self._answers += 1
        self._answered = now
        self._in_a_row = 0
        self._told.discard(Takeover.WEBHOOK)
        if not self._conflicts.is_on(now):  # between two of them an answer now and then proves nothing
            self._told.discard(Takeover.INSTANCE)
        self._trouble = None

    async def _take(self, updates: list[object]) -> None:
        """Store the batch and move on behind it; while the disk refuses, the offset stays. Raises StorageTrouble."""
        if not updates:
            # All before the offset is confirmed by now. Without one Telegram gives whatever it holds: after a week
            # without updates its ids begin anew at random, perhaps below the offset.
            self._offset = None
        else:
            try:
                await self._intake.accept(updates, self._gap)
            except StorageTrouble:
                raise
            except Exception as error:
                raise UnreadableAnswer(repr(error), head=_head_of(updates)) from error
            self._offset = max(_ids(updates)) + 1
        self._unreadable = 0
        self._narrow = max(0, self._narrow - 1)
        if self._storage_trouble is not None:
            _log.info("updates are stored again")
            self._storage_trouble = None
        if len(updates) < (1 if self._narrow else self._times.limit):
            self._gap = None
            await self._heard(self._clock.now())
        else:
            self._turn = 0.0  # more waits already

    def _after_refused_commit(self, trouble: StorageTrouble) -> float:
        """How many seconds to wait before the same batch is asked for again."""
        self._failed_commits += 1
        if self._storage_trouble is None:
            _log.error("updates can't be stored and stay with Telegram: %s", trouble)
        self._storage_trouble = f"updates can't be stored: {trouble}"
        self._in_a_row += 1
        return self._back_off()

    async def _after(self, error: TelegramError) -> float:
        """Seconds to wait after a failed call; raises TelegramEnded when there is no use in another."""
        self._failures += 1
        self._in_a_row += 1
        self._trouble = f"Telegram gives no updates: {error.message}"
        match error:
            case Conflict():
                return await self._after_conflict(error)
            case FloodWait():
                return min(error.seconds, self._times.longest_flood)
            case UnreadableAnswer():
                await self._after_unreadable(error)
            case BadRequest():  # only the offset can be at fault, and without one all that waits comes
                self._offset = None
                _log.warning("getUpdates was refused: %s", error.message)
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
        """A webhook is set, or another instance polls. Raises WebhookIsSet, AnotherInstance.

        Neither ends a bot that is at work: what it has promised goes on, and updates come once the other is gone.
        """
        now, times = self._clock.monotonic(), self._times
        if "webhook" in error.message.lower():
            if self._answered is None:
                raise WebhookIsSet
            self._trouble = "a webhook takes this bot's updates: `perpdesk webhook remove`"
            await self._tell(Takeover.WEBHOOK)
            return self._back_off()
        lasts = self._conflicts.note(now)
        is_new = not self._is_known and now - (self._started or now) < times.established
        if is_new and lasts >= times.conflict_grace:
            raise AnotherInstance(error.message) from None
        if self._in_a_row == 1:
            _log.warning("another instance asks for this bot's updates: %s", error.message)
        if lasts < times.established_grace:
            return min(1.0, times.conflict_grace / 3)
        await self._tell(Takeover.INSTANCE)
        return self._back_off()

    async def _tell(self, by: Takeover) -> None:
        if by not in self._told:
            try:
                await self._taken_over(by)
                self._told.add(by)
            except StorageTrouble as trouble:
                _log.error("entries can't be halted yet: %s", trouble)

    async def _after_unreadable(self, error: UnreadableAnswer) -> None:
        """The batch once more, then its updates one by one, and the one that can't be read is set aside."""
        self._unreadable += 1
        _log.error("an answer of getUpdates can't be read: %s", error.message, exc_info=error.__cause__)
        if self._unreadable >= _UNREADABLE_TO_NARROW:
            self._narrow = self._times.limit
        if self._unreadable < _UNREADABLE_TO_SKIP or (update_id := error.first_update_id()) is None:
            return
        try:
            await self._intake.set_aside(UpdateId(update_id))
        except StorageTrouble as trouble:
            _log.error("update %d can't be set aside yet: %s", update_id, trouble)
            return
        _log.error("update %d can't be taken in and is set aside", update_id)
        self._set_aside += 1
        self._offset = update_id + 1
        self._unreadable = 0

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
        if isinstance(update, Mapping)
        and type(update.get("update_id")) is int  # True is an int, too
        and 0 <= update["update_id"] <= _LARGEST_ID
    ]


def _head_of(updates: Sequence[object]) -> bytes:
    """The beginning of the answer that these updates came in."""
    return b'{"ok":true,"result":[{"update_id":%d,' % _ids(updates)[0]
