"""What stands in the table: a trigger, a handler, who may, where. What is not declared is not allowed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from bot.domain.errors import ButtonExpired
from bot.domain.payloads import prepare
from bot.domain.users import Role
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.callbacks import Code
from handlers.core.context import UpdateContext

Run = Callable[[UpdateContext], Awaitable[None]]
RunAction = Callable[[UpdateContext, ButtonAction], Awaitable[None]]
RunDialogue = Callable[[UpdateContext, DialoguePayload], Awaitable[None]]
Takes = Callable[[UpdateContext, DialoguePayload], Awaitable[bool]]
C = TypeVar("C", bound=Code)
A = TypeVar("A", bound=ButtonAction)
D = TypeVar("D", bound=DialoguePayload)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """Who may: a role at least, by numeric id, and whether the terms come first.

    `even_banned`: it runs for banned people, too: money is booked whoever sent it, and who paid reaches support and
    their own data. `is_exit`: for those who never paid, too: whoever is banned still gets out of what is open.
    """

    role: Role = Role.USER
    after_terms: bool = False
    even_banned: bool = False
    is_exit: bool = False

    def lets_in_banned(self, *, has_paid: bool) -> bool:
        """Whether it runs for a banned person who did or did not pay."""
        return self.is_exit or (self.even_banned and has_paid)

    def admits(self, role: Role) -> bool:
        return role.rank >= self.role.rank


EVERYONE: Final = AccessRule()
AFTER_TERMS: Final = AccessRule(after_terms=True)
SUPPORT: Final = AccessRule(role=Role.SUPPORT)
ADMIN: Final = AccessRule(role=Role.ADMIN)
OWNER: Final = AccessRule(role=Role.OWNER)
WHOEVER_PAYS: Final = AccessRule(even_banned=True)  # money on its way
EXIT: Final = AccessRule(even_banned=True, is_exit=True)
EVEN_BANNED: Final = AccessRule(even_banned=True)  # of banned people those who paid: guards.watch asks


class Place(StrEnum):
    """The kinds of chats in which a handler works."""

    PRIVATE = "private"
    GROUP = "group"


PRIVATE: Final = frozenset({Place.PRIVATE})
ANYWHERE: Final = frozenset(Place)

# What `good_for_s` of a spec may be, in seconds.
ANY_AGE: Final = None
EFFECT: Final = 300.0  # a press or words that change something
AT_MARKET: Final = 60.0  # a press that enters or closes at the market's price
SETTING: Final = 3_600.0  # words that change what can be changed back at any time


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerSpec:
    """What every line of the table says.

    `good_for_s`: how old, in seconds, an update may be to be done by itself; an older one gets [Do it now]. What only
    shows or asks, and what money depends on, has no limit; a command without words only shows. An answer to a question
    has the question's, 15 minutes.

    Whether the PIN comes first is not among it: the act knows, by its values at times, and raises PinRequired. Commands
    and actions go on after the keypad. `leaves_question`: whoever comes here has left the question that was open.
    `module` is where its handler stands.
    """

    name: str
    access: AccessRule
    places: frozenset[Place]
    leaves_question: bool = False
    module: str = ""
    good_for_s: float | None = ANY_AGE


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec(HandlerSpec):
    """`/command`, or `/command verb` for a verb with an access rule of its own.

    `resume` turns a command that has to wait for the terms or the PIN into what goes on after them. `hidden`: what is
    typed behind it is nobody else's business, so that it is taken out of a group before it is refused there.
    """

    command: str
    run: Run
    verb: str | None = None
    listed: bool = True
    resume: Callable[[UpdateContext], ButtonAction | None] | None = None
    hidden: bool = False

    @property
    def description(self) -> str | None:
        """The key of its text in the command menus and in /help; None keeps it out of both."""
        return f"command-{self.command}" if self.listed and self.verb is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSpec(HandlerSpec):
    """A button that only shows: its code is decoded before the handler sees it.

    `for_anybody`: what it shows is public, so that in groups others than its owner may press it, too.
    """

    code: type[Code]
    run: Run
    for_anybody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec(HandlerSpec):
    """What a single-use token stands for. `repeats`: a second tap runs it again, because it does nothing twice."""

    payload: type[ButtonAction]
    run: RunAction
    repeats: bool = False

    @property
    def action(self) -> str:
        """The stored word."""
        return self.payload.ACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueSpec(HandlerSpec):
    """The next typed message of an open dialogue.

    `takes` tells whether a text is an answer, or meant as one; any other goes its own way, and the question stays open.
    `takes_media`: pictures and files, too, for their captions. `takes_secret`: a secret that is typed now is deleted
    from the chat and taken all the same; anywhere else it is deleted with a warning.
    """

    payload: type[DialoguePayload]
    run: RunDialogue
    takes: Takes
    takes_media: bool = False
    takes_secret: bool = False

    @property
    def dialogue(self) -> str:
        """The stored word."""
        return self.payload.DIALOGUE

    @property
    def wanted(self) -> str:
        """The key of the text that names what is waited for."""
        return f"question-{self.dialogue.replace('.', '-')}"


class UpdateKind(StrEnum):
    """Everything else that comes, so that nobody gets silence."""

    PRE_CHECKOUT = "pre-checkout"
    SUCCESSFUL_PAYMENT = "successful-payment"
    REFUNDED_PAYMENT = "refunded-payment"
    PRESS = "press"  # a token
    STALE_BUTTON = "stale-button"
    GROUP_MESSAGE = "group-message"
    MEMBERSHIP = "membership"  # the bot's own, in a chat
    EDITED = "edited"
    FORWARDED = "forwarded"
    THREAD_REPLY = "thread-reply"  # a reply to a message about a support thread
    UNKNOWN_COMMAND = "unknown-command"
    TEXT = "text"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherUpdateSpec(HandlerSpec):
    """The answer to a kind of update that no other spec takes."""

    kind: UpdateKind
    run: Run


def command(
    name: str,
    run: Run,
    *,
    access: AccessRule,
    verb: str | None = None,
    places: frozenset[Place] = PRIVATE,
    listed: bool = True,
    resume: Callable[[UpdateContext], ButtonAction | None] | None = None,
    hidden: bool = False,
    leaves_question: bool = True,
    good_for_s: float | None = ANY_AGE,
) -> CommandSpec:
    """`/name`, or `/name verb`. Its text in the menus and in /help is `command-name`."""
    title = f"/{name}" if verb is None else f"/{name} {verb}"
    return CommandSpec(
        name=title,
        access=access,
        places=places,
        command=name,
        run=run,
        verb=verb,
        listed=listed,
        resume=resume,
        hidden=hidden,
        leaves_question=leaves_question,
        module=run.__module__,
        good_for_s=good_for_s,
    )


def view(
    code: type[C],
    run: Callable[[UpdateContext, C], Awaitable[None]],
    *,
    access: AccessRule,
    places: frozenset[Place] = PRIVATE,
    leaves_question: bool = True,
    for_anybody: bool = False,
) -> ViewSpec:
    """A button with a versioned code."""
    prepare(code)

    async def decode_and_run(ctx: UpdateContext) -> None:
        if ctx.query is None or ctx.query.data is None:
            raise ButtonExpired
        await run(ctx, code.decode(ctx.query.data))

    return ViewSpec(
        name=f"show {code.TAG}",
        access=access,
        places=places,
        leaves_question=leaves_question,
        module=run.__module__,
        code=code,
        run=decode_and_run,
        for_anybody=for_anybody,
    )


def action(
    payload: type[A],
    run: Callable[[UpdateContext, A], Awaitable[None]],
    *,
    access: AccessRule,
    repeats: bool = False,
    good_for_s: float | None = EFFECT,
) -> ActionSpec:
    """A button with a single-use token. The handler gets what the button was issued with.

    It changes something, so that an old press is asked about first unless `good_for_s` says otherwise.
    """
    prepare(payload)

    async def run_typed(ctx: UpdateContext, given: ButtonAction) -> None:
        if not isinstance(given, payload):
            raise TypeError(f"{payload.ACTION} does not take {given}")
        await run(ctx, given)

    return ActionSpec(
        name=f"do {payload.ACTION}",
        access=access,
        places=PRIVATE,
        leaves_question=True,
        module=run.__module__,
        payload=payload,
        run=run_typed,
        repeats=repeats,
        good_for_s=good_for_s,
    )


def dialogue(
    payload: type[D],
    run: Callable[[UpdateContext, D], Awaitable[None]],
    *,
    access: AccessRule,
    takes: Callable[[UpdateContext, D], Awaitable[bool]],
    takes_media: bool = False,
    takes_secret: bool = False,
) -> DialogueSpec:
    """The next message of a dialogue. The handler gets what the dialogue was begun with."""
    prepare(payload)

    async def takes_typed(ctx: UpdateContext, given: DialoguePayload) -> bool:
        return isinstance(given, payload) and await takes(ctx, given)

    async def run_typed(ctx: UpdateContext, given: DialoguePayload) -> None:
        if not isinstance(given, payload):
            raise TypeError(f"{payload.DIALOGUE} does not take {given}")
        await run(ctx, given)

    return DialogueSpec(
        name=f"dialogue {payload.DIALOGUE}",
        access=access,
        places=PRIVATE,
        module=run.__module__,
        payload=payload,
        run=run_typed,
        takes=takes_typed,
        takes_media=takes_media,
        takes_secret=takes_secret,
    )


def other_update(kind: UpdateKind, run: Run, *, access: AccessRule, places: frozenset[Place]) -> OtherUpdateSpec:
    """A handler of a kind of update that no command, button or dialogue takes."""
    return OtherUpdateSpec(name=f"any {kind}", access=access, places=places, kind=kind, run=run)
