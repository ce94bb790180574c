"""The Telegram side in one piece: what the composition root opens, starts, asks and stops.

runtime = TelegramRuntime(...)  # its transport is open as long as it is
await runtime.connect()         # getMe, patiently
await runtime.replay()          # what a kill left behind
await runtime.take_in()         # by polling, or by a webhook
await runtime.ended()           # raises TelegramEnded; a signal cancels the wait
await runtime.stop_intake()
await runtime.drain(20)
await runtime.close()
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from telegram.ext import Application, ExtBot

from bot.aio.tasks import TaskSet
from bot.chat.application import Runner, connect, running
from bot.chat.held_sender import HeldCallSender
from bot.chat.identity import BotIdentity
from bot.chat.inbox import Inbox
from bot.chat.inbox_marker import InboxMarker
from bot.chat.lanes import LaneLimits, Lanes
from bot.chat.lasting import LastingConditions
from bot.chat.outbox import Outbox, OutboxTimes
from bot.chat.outbox_gauge import OutboxGauge
from bot.chat.poller import Poller, PollTimes
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.chat.sender import ListenerOf, MessageTexts, Sender
from bot.chat.stats import ChatStats
from bot.chat.transport import RawApi
from bot.chat.update_order import UpdateOrder
from bot.chat.webhook import WebhookIntake, WebhookTimes
from bot.chat.webhook_listener import WebhookAddress
from bot.domain.chat import OutboxMessage
from bot.domain.closings import Takeover
from bot.domain.ports.chat import InboxStore, OutboxStore
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions

_STANDING_OUTBOX: Final = 500  # messages; a batch of a broadcast is less
UNREACHED: Final = "Telegram has not been reached yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSetup:
    """How updates come in: asked for, or sent to `webhook`. `taken_over` is told when they go elsewhere."""

    poll_times: PollTimes
    webhook: WebhookAddress | None
    webhook_times: WebhookTimes
    taken_over: Callable[[Takeover], Awaitable[None]]


class TelegramRuntime:
    """Poller or webhook, inbox, lanes and outbox of one bot; nothing is asked of Telegram before `connect`.

    `outbox.wake` hastens messages.
    """

    def __init__(
        self,
        *,
        api: RawApi,
        application: Application[ExtBot[Any], Any, Any, Any, Any, Any],
        rate_limiter: TelegramRateLimiter,
        identity: BotIdentity,
        held_sender: HeldCallSender,
        inbox_store: InboxStore,
        outbox_store: OutboxStore,
        outbox_gauge: OutboxGauge,
        transactions: Transactions,
        message_texts: MessageTexts,
        listener_of: ListenerOf,
        clock: Clock,
        randomness: Callable[[], float],
        lane_limits: LaneLimits,
        intake: IntakeSetup,
        outbox_times: OutboxTimes,
        outbox_due: asyncio.Event | None,
    ) -> None:
        self._api, self._application = api, application
        self._rate_limiter, self._transactions = rate_limiter, transactions
        self._clock, self._randomness, self._made = clock, randomness, clock.monotonic()
        self.identity, self.outbox_gauge, self._setup = identity, outbox_gauge, intake
        self._stack = AsyncExitStack()
        self._intake: Poller | WebhookIntake | None = None
        self._unreached: str | None = UNREACHED  # None once it was
        self.sender = Sender(application.bot, message_texts, listener_of, clock)
        self.marker = InboxMarker(inbox_store, clock)
        self.lanes = Lanes(
            Runner(application).process, self.sender.tell, self.marker, clock, lane_limits, enqueue=self._enqueue
        )
        self._order = UpdateOrder(self.lanes.put, clock)
        put = self.lanes.put if intake.webhook is None else self._order.put
        self.inbox = Inbox(inbox_store, transactions, put, self.sender.tell, self.marker, clock)
        self._lasting = LastingConditions((self.lanes.trouble, self._flood, self._backlog), clock)
        self.outbox = Outbox(
            outbox_store, self.sender, held_sender, rate_limiter, clock, randomness, times=outbox_times, due=outbox_due
        )

    async def connect(self) -> None:
        """Wait for Telegram to know the bot. Raises TokenRefused, AnotherBot, StorageTrouble."""
        await self.identity.load()
        await connect(
            self._application, self._api, self._randomness, is_known=self.identity.is_known, say=self._note_unreached
        )
        await self.identity.accepted(self._application.bot.id)
        await self._stack.enter_async_context(running(self._application))
        tasks = await self._stack.enter_async_context(TaskSet())
        tasks.start(self._lasting.watch(), "watching of the Telegram side")
        await self._stack.enter_async_context(self.marker.open())
        await self._stack.enter_async_context(self.outbox.open())
        await self._stack.enter_async_context(self.lanes.open())
        self._unreached = None

    def _note_unreached(self, why: str) -> None:
        self._unreached = f"{UNREACHED}: {why}"

    async def replay(self) -> int:
        """Take up what the last process left; answers how many updates are handled again. Raises StorageTrouble."""
        await self._rate_limiter.restore()
        again = await self.inbox.replay()
        self._order.flush()
        self.outbox.wake()
        return again

    async def take_in(self) -> None:
        """Take updates in from here on. Raises WebhookPortTaken."""
        intake = self._intake = self._poll() if self._setup.webhook is None else self._listen(self._setup.webhook)
        await self._stack.enter_async_context(intake.open())

    def _poll(self) -> Poller:
        return Poller(
            self._api,
            self.inbox,
            self.lanes.wait_for_capacity,
            self.identity.heard,
            self._clock,
            self._randomness,
            taken_over=self._setup.taken_over,
            times=self._setup.poll_times,
            is_known=self.identity.was_known,
            heard_ts=self.identity.heard_before,
        )

    def _listen(self, address: WebhookAddress) -> WebhookIntake:
        return WebhookIntake(
            self._api,
            self.inbox,
            lambda: self.lanes.trouble() is None,
            self.identity.heard,
            self._setup.taken_over,
            self._clock,
            address,
            times=self._setup.webhook_times,
            heard_ts=self.identity.heard_before,
        )

    async def ended(self) -> None:
        """Wait until there is no use in going on. Raises TelegramEnded (another instance, a webhook)."""
        if self._intake is not None:
            await self._intake.ended()

    async def stop_intake(self) -> None:
        """Take no more updates in; those stored already are in their lanes."""
        if self._intake is not None:
            is_well = self._intake.trouble() is None
            await self._intake.stop()
            if is_well:
                await self.identity.heard(self._clock.now(), at_once=True)
        await self.inbox.finish_storing()
        self._order.flush()

    async def drain(self, seconds: float) -> int:
        """Let lanes and messages end within `seconds` in all. Answers how many updates the next start takes up."""
        until = self._clock.monotonic() + seconds
        left = await self.lanes.drain(seconds)
        await self.outbox.drain(max(0.0, until - self._clock.monotonic()))
        return left

    async def close(self) -> None:
        """Close what is open, at once, drained or not; a second call changes nothing."""
        await self._stack.aclose()

    def problems(self) -> tuple[str, ...]:
        """Why this side is not ready; empty while it is."""
        if self._unreached is not None:
            return (self._unreached,)
        if self._intake is None:
            return ("updates are not asked for yet",)
        reasons = (self._intake.trouble(), self.marker.trouble(), self.outbox.trouble())
        return (*(reason for reason in reasons if reason is not None), *self._lasting.reasons())

    async def _enqueue(self, message: OutboxMessage) -> None:
        async with self._transactions.begin_aside() as unit:
            await unit.enqueue(message, self._clock.now())

    def _flood(self) -> str | None:
        return "Telegram takes fewer messages than there are" if self._rate_limiter.stats().is_limited else None

    def _backlog(self) -> str | None:
        waiting = self.outbox.stats().waiting
        return f"{waiting} messages wait to be sent" if waiting >= _STANDING_OUTBOX else None

    def stats(self) -> ChatStats:
        intake = self._intake
        age_s = None if intake is None else intake.age_s
        return ChatStats(
            intake_age_s=self._clock.monotonic() - self._made if age_s is None else age_s,
            poll=intake.stats() if isinstance(intake, Poller) else None,
            webhook=intake.stats() if isinstance(intake, WebhookIntake) else None,
            inbox=self.inbox.stats(),
            lanes=self.lanes.stats(),
            inbox_marker=self.marker.stats(),
            rate_limiter=self._rate_limiter.stats(),
            outbox=self.outbox.stats(),
            outbox_due=self.outbox_gauge.due,
            outbox_oldest_due_s=self.outbox_gauge.oldest_s,
        )
