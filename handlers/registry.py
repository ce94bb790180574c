"""Every handler in one table, and how the table becomes PTB's handlers.

Group -1 is `guards.watch`; group 0 holds one PTB handler a spec, each behind `guards.admit`. What is not in the
table does not run, and no spec can be made without an access rule.
"""

import logging
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from functools import partial
from secrets import token_hex
from types import MappingProxyType
from typing import Any, Final, TypeGuard

from telegram import Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    TypeHandler,
    filters,
)

from bot.domain.chat import Dialogue
from bot.domain.errors import ButtonExpired
from bot.domain.health import Health
from bot.domain.payloads import PayloadError, decode
from bot.domain.ports.chat import HeldMessages
from bot.domain.users import Role
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.services import Services
from handlers import fallback, guards
from handlers.accounts import balance, key_places, keys, orders, pasted_keys, positions, trades
from handlers.admin import audit, broadcast, health, report, revoke, user_actions, users
from handlers.chat import late
from handlers.core.callbacks import PRESS_PREFIX, Code
from handlers.core.context import App, BotData, Context, UpdateContext
from handlers.core.errors import on_error
from handlers.core.identify import identify_user, note_name
from handlers.core.keypads import PinKeypads
from handlers.core.links import RunCommand
from handlers.core.live_messages import LiveMessages
from handlers.core.short_memory import Cooldown, SecretStore
from handlers.core.specs import (
    ActionSpec,
    CommandSpec,
    DialogueSpec,
    HandlerSpec,
    OtherUpdateSpec,
    Place,
    UpdateKind,
    ViewSpec,
)
from handlers.core.tasks import HandlerTasks
from handlers.licensing import license  # noqa: A004  the command's name
from handlers.market import order_book, price, symbols
from handlers.payments import admin, payments, subscribe
from handlers.promo import campaign, create, edit, redeem, redeemers
from handlers.support import doubtful, support
from handlers.texts.catalog import Texts
from handlers.users import language, menu, pin, privacy, settings, start, terms, whoami
from handlers.views.problems import table_of

_logger = logging.getLogger(__name__)

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
BANNED_EVERY: Final = 60.0  # seconds between two answers to the same banned person
DENIED_EVERY: Final = 60.0  # seconds between two audit rows of the same person's denied commands
KEEP_SECRETS: Final = 15 * 60.0  # seconds that a key waits for the terms, or for a word on what becomes of it


class _ToThread(filters.MessageFilter):
    """A reply to what the bot said of a support thread."""

    def filter(self, message: Message) -> bool:
        to = message.reply_to_message
        return to is not None and support.thread_in(to) is not None


_NEW: Final = filters.UpdateType.MESSAGE & ~filters.FORWARDED
_PRIVATE: Final = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
_KINDS: Final[Mapping[UpdateKind, filters.BaseFilter]] = MappingProxyType(
    {
        UpdateKind.SUCCESSFUL_PAYMENT: filters.SUCCESSFUL_PAYMENT,
        UpdateKind.REFUNDED_PAYMENT: filters.StatusUpdate.REFUNDED_PAYMENT,
        UpdateKind.GROUP_MESSAGE: filters.ChatType.GROUPS & filters.UpdateType.MESSAGE,
        UpdateKind.EDITED: filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE,
        UpdateKind.THREAD_REPLY: _PRIVATE & ~filters.FORWARDED & ~filters.COMMAND & _ToThread(),
        UpdateKind.FORWARDED: _PRIVATE & filters.FORWARDED,
        UpdateKind.UNKNOWN_COMMAND: _PRIVATE & filters.COMMAND,
        UpdateKind.TEXT: _PRIVATE & filters.TEXT,
        UpdateKind.MEDIA: _PRIVATE & ~filters.StatusUpdate.ALL,
    }
)


_HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {"handlers.admin.user_actions": "users", "handlers.promo.campaign": "promo", "handlers.users.start": "menu"}
)  # where their own first command does nothing by itself


class HandlerTable:
    """The specs, looked up by command, action and dialogue."""

    def __init__(self, specs: Iterable[HandlerSpec]) -> None:
        """Raises ValueError for two specs of one name, and for one that works nowhere."""
        self.specs = tuple(specs)
        names = [spec.name for spec in self.specs]
        if len(names) != len(set(names)):
            raise ValueError("two handlers share a name")
        for spec in self.specs:
            if not spec.places:
                raise ValueError(f"{spec.name} does not say where it works")
        self._commands = {each.name: each for each in self.specs if isinstance(each, CommandSpec)}
        self._actions = {each.action: each for each in self.specs if isinstance(each, ActionSpec)}
        first = {each.module: each.command for each in reversed(self._commands.values())}
        self._homes: Mapping[str, str] = {**first, **_HOMES}
        self._repeating = frozenset(name for name, each in self._actions.items() if each.repeats)
        self._dialogues = {each.dialogue: each for each in self.specs if isinstance(each, DialogueSpec)}

    def without_listing(self, command: str) -> "HandlerTable":
        """The same table with that command in no menu; typed, it still answers."""
        hide = (replace(each, listed=False) if _is_of(each, command) else each for each in self.specs)
        return HandlerTable(hide)

    async def run_command(self, ctx: UpdateContext, name: str, *arguments: str) -> None:
        """A command from a button, from another feature, or one that was typed and waited for the PIN."""
        spec = self._commands.get(name)
        if spec is None or not guards.allows(ctx, spec):
            raise ButtonExpired
        ctx = replace(ctx, arguments=arguments)
        await guards.run(ctx, spec, partial(spec.run, ctx))

    async def run_stored_action(self, ctx: UpdateContext, action: str, values: Mapping[str, str]) -> None:
        """What a token stood for; what an earlier version wrote and nobody can read any more is an old button."""
        spec = await self._allowed_action(ctx, action)
        try:
            button_action = decode(spec.payload, values)
        except PayloadError as unreadable:
            _logger.warning("a stored action cannot be read: %s", unreadable)
            raise ButtonExpired from unreadable
        await self.run_action(ctx, button_action)

    async def run_action(self, ctx: UpdateContext, button_action: ButtonAction) -> None:
        """Runs what the pressed single-use button does."""
        spec = await self._allowed_action(ctx, button_action.ACTION)
        await guards.run(ctx, spec, partial(spec.run, ctx, button_action), button_action)

    async def _allowed_action(self, ctx: UpdateContext, action: str) -> ActionSpec:
        spec = self._actions.get(action)
        if spec is None:
            raise ButtonExpired
        if not guards.allows(ctx, spec):
            await guards.note_denied(ctx, spec)
            raise ButtonExpired
        return spec

    async def takes(self, ctx: UpdateContext, dialogue: Dialogue) -> bool:
        """Whether the message answers the open question; one that nobody knows any more, or may answer, is over."""
        spec = self._dialogues.get(dialogue.dialogue)
        if spec is not None and not guards.allows(ctx, spec):  # the role that began it is gone
            await guards.note_denied(ctx, spec)
            spec = None
        payload = None if spec is None else _payload_of(spec, dialogue)
        if spec is None or payload is None:
            await ctx.services.dialogues.end(ctx.user_id)
            return False
        return await spec.takes(ctx, payload)

    async def continue_dialogue(self, ctx: UpdateContext, dialogue: Dialogue) -> None:
        """The answer to an open question. Raises ButtonExpired for one that they can't read or answer any more."""
        spec = self._dialogues[dialogue.dialogue]
        payload = _payload_of(spec, dialogue) if guards.allows(ctx, spec) else None
        if payload is None:
            raise ButtonExpired
        await guards.run(ctx, spec, partial(spec.run, ctx, payload))

    def wanted(self, dialogue: Dialogue) -> str:
        return self._dialogues[dialogue.dialogue].wanted

    def home_of(self, module: str) -> str | None:
        """The module's first command, or the one that `_HOMES` names for it; None for a module without either."""
        return self._homes.get(module)

    @property
    def codes(self) -> tuple[type[Code], ...]:
        """Every screen that a button can show, in the order of the table."""
        return tuple(spec.code for spec in self.specs if isinstance(spec, ViewSpec))

    @property
    def commands_for_banned(self) -> frozenset[str]:
        return frozenset(each.command for each in self._commands.values() if each.access.even_banned)

    @property
    def dialogues_for_banned(self) -> frozenset[str]:
        return frozenset(name for name, each in self._dialogues.items() if each.access.even_banned)

    def is_press_for_banned(self, data: str) -> bool:
        if re.match(RunCommand.pattern(), data):
            return RunCommand.decode(data).command in self.commands_for_banned
        views = (each for each in self.specs if isinstance(each, ViewSpec) and each.access.even_banned)
        return data.startswith(PRESS_PREFIX) or any(re.match(each.code.pattern(), data) for each in views)

    @property
    def repeatable_actions(self) -> frozenset[str]:
        return self._repeating

    @property
    def media_dialogues(self) -> frozenset[str]:
        return frozenset(name for name, spec in self._dialogues.items() if spec.takes_media)

    @property
    def secret_dialogues(self) -> frozenset[str]:
        return frozenset(name for name, spec in self._dialogues.items() if spec.takes_secret)

    def commands(self, role: Role) -> Mapping[str, str]:
        """The private menu of a role."""
        return {
            spec.command: spec.description
            for spec in self._commands.values()
            if spec.description is not None and Place.PRIVATE in spec.places and spec.access.admits(role)
        }

    def group_commands(self) -> Mapping[str, str]:
        """The menu of groups."""
        return {
            spec.command: spec.description
            for spec in self._commands.values()
            if spec.description is not None and Place.GROUP in spec.places
        }


def _is_of(spec: HandlerSpec, command: str) -> TypeGuard[CommandSpec]:
    return isinstance(spec, CommandSpec) and spec.command == command


def _payload_of(spec: DialogueSpec, dialogue: Dialogue) -> DialoguePayload | None:
    try:
        return decode(spec.payload, dialogue.values)
    except PayloadError as unreadable:
        _logger.warning("a stored dialogue cannot be read: %s", unreadable)
        return None


TABLE: Final = HandlerTable(
    (
        *start.HANDLERS,
        *menu.HANDLERS,
        *balance.HANDLERS,
        *positions.HANDLERS,
        *orders.HANDLERS,
        *trades.HANDLERS,
        *price.HANDLERS,
        *order_book.HANDLERS,
        *symbols.HANDLERS,
        *keys.HANDLERS,
        *key_places.HANDLERS,
        *pasted_keys.HANDLERS,
        *settings.HANDLERS,
        *license.HANDLERS,
        *redeem.HANDLERS,
        *subscribe.HANDLERS,
        *support.HANDLERS,
        *doubtful.HANDLERS,
        *language.HANDLERS,
        *pin.HANDLERS,
        *whoami.HANDLERS,
        *terms.HANDLERS,
        *privacy.HANDLERS,
        *campaign.HANDLERS,
        *edit.HANDLERS,
        *redeemers.HANDLERS,
        *create.HANDLERS,
        *users.HANDLERS,
        *user_actions.HANDLERS,
        *revoke.HANDLERS,
        *broadcast.HANDLERS,
        *audit.HANDLERS,
        *report.HANDLERS,
        *health.HANDLERS,
        *payments.HANDLERS,
        *admin.HANDLERS,
        *late.HANDLERS,
        *fallback.HANDLERS,
    )
)


PROBLEM_CARDS: Final = table_of((*keys.PROBLEMS, *price.PROBLEMS, *menu.PROBLEMS))


def register(
    app: App,
    *,
    services: Services,
    texts: Texts,
    health: Callable[[], Health],
    held: HeldMessages,
    table: HandlerTable,
) -> None:
    """Give the application its bot_data and add every handler. `close` ends what this starts.

    While nothing is sold, /subscribe stands in no menu.
    """
    if services.payments.prices.is_empty:
        table = table.without_listing("subscribe")
    app.bot_data = BotData(
        services=services,
        texts=texts,
        health=health,
        router=table,
        problem_cards=PROBLEM_CARDS,
        live_messages=LiveMessages(),
        held=held,
        tasks=HandlerTasks(),
        refusals=Cooldown(services.clock, period=BANNED_EVERY),
        denials=Cooldown(services.clock, period=DENIED_EVERY),
        typed_keys=SecretStore(services.clock, lifetime=KEEP_SECRETS),
        pasted_keys=SecretStore(services.clock, lifetime=KEEP_SECRETS),
        doubtful_words=SecretStore(services.clock, lifetime=KEEP_SECRETS),
        keypads=PinKeypads(services.clock),
        new_reference=lambda: token_hex(4),
        zones_read=set(),
    )
    add_handlers(app, table)


def add_handlers(app: App, table: HandlerTable) -> None:
    """The guard before everything, one PTB handler a spec, the error handler behind everything."""
    app.add_handler(TypeHandler(Update, guards.watch), group=-1)
    for spec in table.specs:
        handler = _ptb_handler(spec)
        if handler is not None:
            app.add_handler(handler)
    app.add_error_handler(on_error)


async def close(app: App) -> None:
    """End the work beside the updates and the cards that still wait for Bybit. Call it when the lanes are drained."""
    await app.bot_data.tasks.close()
    await app.bot_data.live_messages.close()


class _Verb(filters.MessageFilter):
    """The second word of a command, in any letter case."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self._verb = verb

    def filter(self, message: Message) -> bool:
        words = (message.text or "").split(maxsplit=2)
        return len(words) > 1 and words[1].lower() == self._verb


def _ptb_handler(spec: HandlerSpec) -> BaseHandler[Update, Context, Any] | None:
    """None for what only other specs lead to: actions and dialogues."""
    match spec:
        case CommandSpec():
            wanted = _NEW if spec.verb is None else _NEW & _Verb(spec.verb)
            return CommandHandler(spec.command, _guarded(spec), filters=wanted)
        case ViewSpec():
            return CallbackQueryHandler(_guarded(spec), pattern=spec.code.pattern())
        case OtherUpdateSpec():
            return _ptb_handler_of_kind(spec.kind, _guarded(spec))
        case _:
            return None


def _ptb_handler_of_kind(kind: UpdateKind, callback: Callback) -> BaseHandler[Update, Context, Any]:
    match kind:
        case UpdateKind.PRESS:
            return CallbackQueryHandler(callback, pattern=f"^{PRESS_PREFIX}")
        case UpdateKind.STALE_BUTTON:
            return CallbackQueryHandler(callback)
        case UpdateKind.MEMBERSHIP:
            return ChatMemberHandler(callback, ChatMemberHandler.MY_CHAT_MEMBER)
        case UpdateKind.PRE_CHECKOUT:
            return PreCheckoutQueryHandler(callback)
        case _:
            return MessageHandler(_KINDS[kind], callback)


def _guarded(spec: CommandSpec | ViewSpec | OtherUpdateSpec) -> Callback:
    """The one way from PTB into a handler."""

    async def callback(update: Update, context: Context) -> None:
        ctx = await identify_user(update, context)
        if ctx is None or (ctx.config.is_banned and not spec.access.even_banned):
            return
        if await guards.admit(ctx, spec):
            await guards.run(ctx, spec, partial(spec.run, ctx))
            await note_name(ctx)

    return callback
