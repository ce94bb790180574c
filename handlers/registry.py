"""Every handler in one table, and how the table becomes PTB's handlers.

Group -1 is `guards.watch`; group 0 holds one PTB handler an entry, each behind `guards.admit`. What is not in the
table does not run, and no entry can be made without an access rule.
"""

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from secrets import token_hex
from types import MappingProxyType
from typing import Any, Final

from telegram import Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    TypeHandler,
    filters,
)

from bot.domain.chat import Dialogue
from bot.domain.errors import ButtonExpired
from bot.domain.health import Health
from bot.domain.users import Role
from bot.services.chat.buttons import Wish
from bot.services.services import Services
from handlers import fallback, guards
from handlers.accounts import balance, keys, orders, positions, trades
from handlers.admin import audit, broadcast, health, report, user_actions, users
from handlers.core.callbacks import PRESS_PREFIX
from handlers.core.context import App, BotData, Context, Turn
from handlers.core.errors import on_error
from handlers.core.identify import meet, note_name
from handlers.core.keypads import PinPads
from handlers.core.live_messages import LiveCards
from handlers.core.short_memory import Cooldown, HeldKeys
from handlers.core.specs import CommandEntry, DialogueEntry, Entry, Kind, OtherEntry, Place, ShowEntry, WishEntry
from handlers.core.tasks import Asides
from handlers.licensing import license  # noqa: A004  the command's name
from handlers.market import order_book, price, symbols
from handlers.payments import admin, payments, subscribe
from handlers.promo import campaign, create, redeem
from handlers.support import support
from handlers.texts.catalog import Texts
from handlers.users import language, menu, pin, privacy, settings, start, terms, whoami

_logger = logging.getLogger(__name__)

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
BANNED_EVERY: Final = 60.0  # seconds between two answers to the same banned person
DENIED_EVERY: Final = 60.0  # seconds between two audit rows of the same person's denied commands
HOLD_KEYS: Final = 15 * 60.0  # seconds that a typed key waits for the terms


class _ToThread(filters.MessageFilter):
    """A reply to what the bot said of a support thread."""

    def filter(self, message: Message) -> bool:
        to = message.reply_to_message
        return to is not None and support.thread_in(to) is not None


_NEW: Final = filters.UpdateType.MESSAGE & ~filters.FORWARDED
_PRIVATE: Final = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
_KINDS: Final[Mapping[Kind, filters.BaseFilter]] = MappingProxyType(
    {
        Kind.SUCCESSFUL_PAYMENT: filters.SUCCESSFUL_PAYMENT,
        Kind.REFUNDED_PAYMENT: filters.StatusUpdate.REFUNDED_PAYMENT,
        Kind.GROUP_MESSAGE: filters.ChatType.GROUPS & filters.UpdateType.MESSAGE,
        Kind.EDITED: filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE,
        Kind.THREAD_REPLY: _PRIVATE & ~filters.FORWARDED & ~filters.COMMAND & _ToThread(),
        Kind.FORWARDED: _PRIVATE & filters.FORWARDED,
        Kind.UNKNOWN_COMMAND: _PRIVATE & filters.COMMAND,
        Kind.TEXT: _PRIVATE & filters.TEXT,
        Kind.MEDIA: _PRIVATE & ~filters.StatusUpdate.ALL,
    }
)


class Table:
    """The entries, looked up by command, action and dialogue."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises ValueError for two entries of one name, and for one that works nowhere."""
        self.entries = tuple(entries)
        names = [entry.name for entry in self.entries]
        if len(names) != len(set(names)):
            raise ValueError("two entries share a name")
        for entry in self.entries:
            if not entry.places:
                raise ValueError(f"{entry.name} does not say where it works")
        self._commands = {
            each.command: each for each in self.entries if isinstance(each, CommandEntry) and each.verb is None
        }
        self._wishes = {each.action: each for each in self.entries if isinstance(each, WishEntry)}
        self._repeating = frozenset(name for name, each in self._wishes.items() if each.repeats)
        self._dialogues = {each.dialogue: each for each in self.entries if isinstance(each, DialogueEntry)}

    async def run_command(self, turn: Turn, name: str) -> None:
        """A command without arguments, from a button."""
        entry = self._commands.get(name)
        if entry is None or not guards.allows(turn, entry):
            raise ButtonExpired
        bare = replace(turn, arguments=())
        if await guards.may_go_on(bare, entry):
            await entry.run(bare)

    async def run_again(self, turn: Turn, name: str, arguments: tuple[str, ...]) -> None:
        """A typed command that waited for the PIN."""
        entry = next((each for each in self.entries if isinstance(each, CommandEntry) and each.name == name), None)
        if entry is None or not guards.allows(turn, entry):
            raise ButtonExpired
        again = replace(turn, arguments=arguments)
        if await guards.may_go_on(again, entry):
            await entry.run(again)

    async def run_wish(self, turn: Turn, wish: Wish) -> None:
        """What a token stood for."""
        entry = self._wishes.get(wish.action)
        if entry is None:
            raise ButtonExpired
        if not guards.allows(turn, entry):
            await guards.note_denied(turn, entry)
            raise ButtonExpired
        if await guards.may_go_on(turn, entry, wish):
            await entry.run(turn, wish)

    async def go_on(self, turn: Turn, dialogue: Dialogue) -> None:
        """The next message of a dialogue; one that nobody knows any more is over."""
        entry = self._dialogues.get(dialogue.dialogue)
        if entry is None:
            await turn.services.dialogues.end(turn.user_id)
            await fallback.unknown_text(turn)
        elif not guards.allows(turn, entry):  # the role that began it is gone
            await guards.note_denied(turn, entry)
            await turn.services.dialogues.end(turn.user_id)
            await fallback.unknown_text(turn)
        elif await guards.may_go_on(turn, entry):
            await entry.run(turn, dialogue)

    @property
    def repeating(self) -> frozenset[str]:
        return self._repeating

    @property
    def media_dialogues(self) -> frozenset[str]:
        """See `Router`."""
        return frozenset(name for name, entry in self._dialogues.items() if entry.takes_media)

    def commands(self, role: Role) -> Mapping[str, str]:
        """The private menu of a role."""
        return {
            name: entry.description
            for name, entry in self._commands.items()
            if entry.description is not None and Place.PRIVATE in entry.places and entry.access.admits(role)
        }

    def group_commands(self) -> Mapping[str, str]:
        """The menu of groups."""
        return {
            name: entry.description
            for name, entry in self._commands.items()
            if entry.description is not None and Place.GROUP in entry.places
        }


TABLE: Final = Table(
    (
        *start.ENTRIES,
        *menu.ENTRIES,
        *balance.ENTRIES,
        *positions.ENTRIES,
        *orders.ENTRIES,
        *trades.ENTRIES,
        *price.ENTRIES,
        *order_book.ENTRIES,
        *symbols.ENTRIES,
        *keys.ENTRIES,
        *settings.ENTRIES,
        *language.ENTRIES,
        *license.ENTRIES,
        *whoami.ENTRIES,
        *terms.ENTRIES,
        *redeem.ENTRIES,
        *campaign.ENTRIES,
        *create.ENTRIES,
        *pin.ENTRIES,
        *support.ENTRIES,
        *privacy.ENTRIES,
        *users.ENTRIES,
        *user_actions.ENTRIES,
        *broadcast.ENTRIES,
        *audit.ENTRIES,
        *report.ENTRIES,
        *health.ENTRIES,
        *subscribe.ENTRIES,
        *payments.ENTRIES,
        *admin.ENTRIES,
        *fallback.ENTRIES,
    )
)


def register(app: App, *, services: Services, texts: Texts, health: Callable[[], Health], table: Table = TABLE) -> None:
    """Give the application its bot_data and add every handler. `close` ends what this starts."""
    app.bot_data = BotData(
        services=services,
        texts=texts,
        health=health,
        router=table,
        live=LiveCards(),
        asides=Asides(),
        refusals=Cooldown(services.clock, period=BANNED_EVERY),
        denials=Cooldown(services.clock, period=DENIED_EVERY),
        held_keys=HeldKeys(services.clock, lifetime=HOLD_KEYS),
        pin_pads=PinPads(services.clock),
        new_reference=lambda: token_hex(4),
        zones_read=set(),
    )
    add_handlers(app, table)


def add_handlers(app: App, table: Table) -> None:
    """The guard before everything, one PTB handler an entry, the error handler behind everything."""
    app.add_handler(TypeHandler(Update, guards.watch), group=-1)
    for entry in table.entries:
        handler = _ptb_handler(entry)
        if handler is not None:
            app.add_handler(handler)
    app.add_error_handler(on_error)


async def close(app: App) -> None:
    """End the work beside the turns and the cards that still wait for Bybit. Call it when the lanes are drained."""
    await app.bot_data.asides.close()
    await app.bot_data.live.close()


class _Verb(filters.MessageFilter):
    """The second word of a command, in any letter case."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self._verb = verb

    def filter(self, message: Message) -> bool:
        words = (message.text or "").split(maxsplit=2)
        return len(words) > 1 and words[1].lower() == self._verb


def _ptb_handler(entry: Entry) -> BaseHandler[Update, Context, Any] | None:
    """None for what only other entries lead to: wishes and dialogues."""
    match entry:
        case CommandEntry():
            wanted = _NEW if entry.verb is None else _NEW & _Verb(entry.verb)
            return CommandHandler(entry.command, _guarded(entry, entry.run), filters=wanted)
        case ShowEntry():
            return CallbackQueryHandler(_guarded(entry, entry.run), pattern=entry.code.pattern())
        case OtherEntry():
            return _ptb_handler_of_kind(entry.kind, _guarded(entry, entry.run))
        case _:
            return None


def _ptb_handler_of_kind(kind: Kind, callback: Callback) -> BaseHandler[Update, Context, Any]:
    match kind:
        case Kind.PRESS:
            return CallbackQueryHandler(callback, pattern=f"^{PRESS_PREFIX}")
        case Kind.STALE_BUTTON:
            return CallbackQueryHandler(callback)
        case Kind.PRE_CHECKOUT:
            return PreCheckoutQueryHandler(callback)
        case _:
            return MessageHandler(_KINDS[kind], callback)


def _guarded(entry: Entry, run: Callable[[Turn], Any]) -> Callback:
    """The one way from PTB into a handler."""

    async def callback(update: Update, context: Context) -> None:
        turn = await meet(update, context)
        if turn is None or (turn.config.is_banned and not entry.access.even_banned):
            return
        if await guards.admit(turn, entry) and await guards.may_go_on(turn, entry):
            await run(turn)
            await note_name(turn)

    return callback
