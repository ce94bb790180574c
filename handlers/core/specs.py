"""What stands in the table: a trigger, a handler, who may, where. What is not declared is not allowed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from bot.domain.chat import Dialogue
from bot.domain.errors import ButtonExpired
from bot.domain.users import Role
from bot.services.chat.buttons import Wish
from handlers.core.callbacks import Code
from handlers.core.context import Turn

Run = Callable[[Turn], Awaitable[None]]
RunWish = Callable[[Turn, Wish], Awaitable[None]]
RunDialogue = Callable[[Turn, Dialogue], Awaitable[None]]
C = TypeVar("C", bound=Code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may: a role at least, by numeric id, and whether the terms come first.

    `even_banned`: it runs for banned people, too, because money is booked whoever sent it.
    """

    role: Role = Role.USER
    after_terms: bool = False
    even_banned: bool = False

    def admits(self, role: Role) -> bool:
        return role.rank >= self.role.rank


EVERYONE: Final = Access()
AFTER_TERMS: Final = Access(after_terms=True)
SUPPORT: Final = Access(role=Role.SUPPORT)
ADMIN: Final = Access(role=Role.ADMIN)
OWNER: Final = Access(role=Role.OWNER)
WHOEVER_PAYS: Final = Access(even_banned=True)


class Place(StrEnum):
    """Where a handler works."""

    PRIVATE = "private"
    GROUP = "group"


PRIVATE: Final = frozenset({Place.PRIVATE})
ANYWHERE: Final = frozenset(Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every line of the table says.

    `pin`: the PIN comes first, always; `pin_for_keys`: where its owner switched it on for keys. Commands and wishes
    alone have one: they can go on after the keypad.
    """

    name: str
    access: Access
    places: frozenset[Place]
    pin: bool = False
    pin_for_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry(Entry):
    """`/command`, or `/command verb` for a verb with an access rule of its own.

    `description` is the text key in the command menu; None keeps it out. `resume` turns a command that has to wait
    for the terms into what goes on after them. `hidden`: what is typed behind it is nobody else's business, so that it
    is taken out of a group before it is refused there.
    """

    command: str
    run: Run
    verb: str | None = None
    description: str | None = None
    resume: Callable[[Turn], Wish | None] | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEntry(Entry):
    """A button that only shows: its code is decoded before the handler sees it."""

    code: type[Code]
    run: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class WishEntry(Entry):
    """What a single-use token stands for. `repeats`: a second tap runs it again, because it does nothing twice."""

    action: str
    run: RunWish
    repeats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueEntry(Entry):
    """The next typed message of an open dialogue. `takes_media`: pictures and files, too, for their captions."""

    dialogue: str
    run: RunDialogue
    takes_media: bool = False


class Kind(StrEnum):
    """Everything else that comes, so that nobody gets silence."""

    PRE_CHECKOUT = "pre-checkout"
    SUCCESSFUL_PAYMENT = "successful-payment"
    REFUNDED_PAYMENT = "refunded-payment"
    PRESS = "press"  # a token
    STALE_BUTTON = "stale-button"
    GROUP_MESSAGE = "group-message"
    EDITED = "edited"
    FORWARDED = "forwarded"
    THREAD_REPLY = "thread-reply"  # a reply to a message about a support thread
    UNKNOWN_COMMAND = "unknown-command"
    TEXT = "text"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEntry(Entry):
    """The answer to a kind of update that no other entry takes."""

    kind: Kind
    run: Run


def command(
    name: str,
    run: Run,
    *,
    access: Access,
    verb: str | None = None,
    places: frozenset[Place] = PRIVATE,
    description: str | None = None,
    resume: Callable[[Turn], Wish | None] | None = None,
    pin: bool = False,
    pin_for_keys: bool = False,
    hidden: bool = False,
) -> CommandEntry:
    """`/name`, or `/name verb`."""
    title = f"/{name}" if verb is None else f"/{name} {verb}"
    return CommandEntry(
        name=title,
        access=access,
        places=places,
        command=name,
        run=run,
        verb=verb,
        description=description,
        resume=resume,
        pin=pin,
        pin_for_keys=pin_for_keys,
        hidden=hidden,
    )


def shows(
    code: type[C],
    run: Callable[[Turn, C], Awaitable[None]],
    *,
    access: Access,
    places: frozenset[Place] = PRIVATE,
) -> ShowEntry:
    """A button with a versioned code."""

    async def decode_and_run(turn: Turn) -> None:
        if turn.query is None or turn.query.data is None:
            raise ButtonExpired
        await run(turn, code.decode(turn.query.data))

    return ShowEntry(name=f"show {code.TAG}", access=access, places=places, code=code, run=decode_and_run)


def does(
    action: str,
    run: RunWish,
    *,
    access: Access,
    pin: bool = False,
    pin_for_keys: bool = False,
    repeats: bool = False,
) -> WishEntry:
    """A button with a single-use token."""
    return WishEntry(
        name=f"do {action}",
        access=access,
        places=PRIVATE,
        action=action,
        run=run,
        pin=pin,
        pin_for_keys=pin_for_keys,
        repeats=repeats,
    )


def continues(dialogue: str, run: RunDialogue, *, access: Access, takes_media: bool = False) -> DialogueEntry:
    """The next message of a dialogue."""
    return DialogueEntry(
        name=f"dialogue {dialogue}",
        access=access,
        places=PRIVATE,
        dialogue=dialogue,
        run=run,
        takes_media=takes_media,
    )


def answers(kind: Kind, run: Run, *, access: Access, places: frozenset[Place]) -> OtherEntry:
    """Whatever nothing else takes."""
    return OtherEntry(name=f"any {kind}", access=access, places=places, kind=kind, run=run)
