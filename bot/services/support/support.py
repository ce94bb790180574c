"""/paysupport: numbered threads between a user and whoever runs the bot. Every message is stored and enqueued."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypedDict

from bot.domain.accounts import AccountType
from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage, OutboxPayload, outbox_message
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import DAY, MINUTE, ChatId, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.ports.clock import Clock
from bot.domain.ports.payments import PaymentQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.support import SupportReads
from bot.domain.support import (
    Author,
    ClosedByStaffMessage,
    ClosedByUserMessage,
    PaymentNote,
    StaffAct,
    StaffActedMessage,
    SupportAnsweredMessage,
    SupportAskedMessage,
    Thread,
    ThreadId,
    ThreadList,
    ThreadMessage,
    ThreadState,
)
from bot.domain.users import Role, UserConfig
from bot.services.chat.buttons import ButtonAction, button_of, random_token
from bot.services.users.access import RoleResolver

MAX_TEXT: Final = 2_000  # characters of one message: with its frame it stays one message of Telegram's
MOST: Final = 10  # messages of one user …
WINDOW: Final = 10 * MINUTE  # … in so many ms
_CLOSE_LIFETIME: Final = 30 * DAY  # ms: an answer may be read late
_PAYMENTS_SHOWN: Final = 3
_NEWEST: Final = 2**63 - 1  # above every payment's number


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseThread(ButtonAction):
    """[Close], on either side."""

    ACTION = "support.close"
    thread: ThreadId


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A thread as a reader sees it: a page of its messages, oldest first, and how many there are in all."""

    thread: Thread
    messages: tuple[ThreadMessage, ...]
    total: int


class _Facts(TypedDict):
    """What a `SupportAskedMessage` says of its writer."""

    user: UserId
    name: str
    license: LicenseType | None
    until: Millis | None
    accounts: tuple[AccountType, ...]
    payments: tuple[PaymentNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Writes, closes, lists. A user has one open thread at most; the staff answers any."""

    reads: Reads
    queries: SupportReads
    transactions: Transactions
    clock: Clock
    roles: RoleResolver
    payments: PaymentQueries
    new_token: Callable[[], str] = random_token

    def is_staff(self, config: UserConfig) -> bool:
        return self.roles.role(config) is not Role.USER

    async def write(self, writer: UserConfig, typed: str, thread_id: ThreadId | None = None) -> Thread:
        """Add a message: to one's own open thread (a new one if there is none), or of the staff to a user's.

        Ends the writer's dialogue in the same commit. Raises BadInput for an empty or too long text, for too many
        of them and for an answer to a closed thread; ButtonExpired for a thread of somebody else.
        """
        text = _checked(typed)
        theirs = None if thread_id is None else await self.queries.thread(thread_id)
        if thread_id is not None and (theirs is None or not self._may(writer, theirs)):
            raise ButtonExpired
        if theirs is None or theirs.user_id == writer.user_id:
            return await self._ask(writer, text)
        return await self._answer(writer, theirs.thread_id, text)

    async def close(self, closer: UserConfig, thread_id: ThreadId) -> Thread:
        """Raises ButtonExpired for a thread that is gone, closed or somebody else's."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            thread = await unit.support.find(thread_id)
            if thread is None or not self._may(closer, thread) or thread.state is ThreadState.CLOSED:
                raise ButtonExpired
            await unit.support.close(thread_id, now)
            await unit.audit(_entry(closer.user_id, "support.close", thread), now)
            await self._tell_of_close(unit, closer, thread, now)
        return thread

    async def open_thread(self, user_id: UserId) -> Thread | None:
        """The user's open thread; None if they have none."""
        return await self.queries.open_thread(user_id)

    async def opened(self, reader: UserConfig, thread_id: ThreadId, page: int, size: int) -> Opened:
        """A page of a thread; page 0 is the newest. Raises ButtonExpired for one that is not for this reader."""
        thread = await self.queries.thread(thread_id)
        if thread is None or not self._may(reader, thread):
            raise ButtonExpired
        newest_first = await self.queries.thread_messages(thread_id, page * size, size)
        total = await self.queries.count_messages(thread_id)
        return Opened(thread=thread, messages=newest_first[::-1], total=total)

    async def threads(self, which: ThreadList, reader: UserId, page: int, size: int) -> tuple[tuple[Thread, ...], int]:
        """A page of a list, and how many there are in all."""
        found = await self.queries.threads(which, reader, page * size, size)
        return found, await self.queries.count_threads(which, reader)

    def _may(self, reader: UserConfig, thread: Thread) -> bool:
        return thread.user_id == reader.user_id or self.is_staff(reader)

    async def _ask(self, writer: UserConfig, text: str) -> Thread:
        facts = await self._facts(writer)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            written = await unit.support.written_since(writer.user_id, Millis(now - WINDOW))
            if written >= MOST:
                raise BadInput("support-too-many", minutes=WINDOW // MINUTE)
            thread = await unit.support.open_of(writer.user_id)
            if thread is None:
                thread = await unit.support.open(writer.user_id, now)
                await unit.audit(_entry(writer.user_id, "support.open", thread), now)
            message_id = await unit.support.add(thread.thread_id, Author.USER, writer.user_id, text, now)
            for reader in sorted(await self._staff(unit, thread)):
                close = await self._close_button(unit, thread, reader, now)
                asked = SupportAskedMessage(thread=thread.thread_id, close=close, **facts, text=text)
                await unit.enqueue(_delivered(asked, reader, message_id), now)
            await unit.dialogues.clear(writer.user_id)
        return thread

    async def _answer(self, writer: UserConfig, thread_id: ThreadId, text: str) -> Thread:
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            thread = await unit.support.find(thread_id)
            if thread is None:
                raise ButtonExpired
            if thread.state is ThreadState.CLOSED:
                raise BadInput("support-is-closed", thread=thread_id)
            message_id = await unit.support.add(thread_id, Author.STAFF, writer.user_id, text, now)
            close = await self._close_button(unit, thread, thread.user_id, now)
            answered = SupportAnsweredMessage(thread=thread_id, close=close, text=text)
            await unit.enqueue(_delivered(answered, thread.user_id, message_id), now)
            key = f"support:{message_id}"
            await self._tell_colleagues(unit, writer, thread, StaffAct.ANSWERED, key, now, text)
            await unit.dialogues.clear(writer.user_id)
        return thread

    async def _tell_of_close(self, unit: UnitOfWork, closer: UserConfig, thread: Thread, now: Millis) -> None:
        key = f"support-close:{thread.thread_id}:{now}"
        if closer.user_id != thread.user_id:
            closed = ClosedByStaffMessage(thread=thread.thread_id)
            await unit.enqueue(outbox_message(closed, user_id=thread.user_id, idempotency_key=key), now)
            await self._tell_colleagues(unit, closer, thread, StaffAct.CLOSED, key, now)
            return
        staff = await self._staff(unit, thread) if thread.handler_id is None else {thread.handler_id}
        for reader in sorted(staff - {closer.user_id}):
            left = ClosedByUserMessage(thread=thread.thread_id)
            await unit.enqueue(outbox_message(left, user_id=reader, idempotency_key=f"{key}:{reader}"), now)

    async def _tell_colleagues(
        self, unit: UnitOfWork, actor: UserConfig, thread: Thread, act: StaffAct, key: str, now: Millis, text: str = ""
    ) -> None:
        """The others who had the user's message, so that nobody answers it twice."""
        acted = StaffActedMessage(thread=thread.thread_id, name=actor.first_name, act=act, text=text)
        for reader in sorted(await self._staff(unit, thread) - {actor.user_id}):
            message = outbox_message(acted, user_id=reader, idempotency_key=f"{key}:{reader}")
            await unit.enqueue(message, now)

    async def _staff(self, unit: UnitOfWork, thread: Thread) -> set[UserId]:
        """Everybody who runs the bot, but the user of the thread."""
        return {*await unit.support.staff(), *self.roles.owner_ids} - {thread.user_id}

    async def _close_button(self, unit: UnitOfWork, thread: Thread, reader: UserId, now: Millis) -> str:
        """The token of a reader's own [Close]."""
        action = CloseThread(thread=thread.thread_id)
        close = button_of(action, self.new_token(), reader, ChatId(reader), Millis(now + _CLOSE_LIFETIME))
        await unit.buttons.add([close], now)
        return close.token

    async def _facts(self, writer: UserConfig) -> _Facts:
        """What helps an answer, and is no secret."""
        now = self.clock.now()
        license_ = await self.reads.license(writer.user_id)
        held, until = license_.type_at(now), license_.until(now)
        connected = [each.account_type for each in writer.accounts if each.account_type is not AccountType.PAPER]
        paid = await self.payments.payments_of(writer.user_id, _NEWEST, _PAYMENTS_SHOWN)
        return {
            "user": writer.user_id,
            "name": writer.first_name,
            "license": held,
            "until": until,
            "accounts": tuple(connected),
            "payments": tuple(PaymentNote(stars=each.stars, at=each.paid_at, status=each.status) for each in paid),
        }


def _checked(typed: str) -> str:
    text = typed.strip()
    if not text:
        raise BadInput("support-only-words")
    if len(text) > MAX_TEXT:
        raise BadInput("support-too-long", limit=MAX_TEXT)
    return text


def _entry(actor: UserId, action: str, thread: Thread) -> AuditEntry:
    return AuditEntry(actor=actor, action=action, subject=thread.user_id, details=f"thread {thread.thread_id}")


def _delivered(payload: OutboxPayload, reader: UserId, message_id: int) -> OutboxMessage:
    return outbox_message(payload, user_id=reader, idempotency_key=f"support:{message_id}:{reader}")
