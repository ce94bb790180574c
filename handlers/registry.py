"""Every feature's handlers in one table, and how the table becomes PTB's handlers.

Group -1 is `guards.watch`; group 0 holds one PTB handler a spec, each behind `guards.admit`. What is not in the
table does not run, and no spec can be made without an access rule.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from secrets import token_hex
from types import MappingProxyType
from typing import Any, Final

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

from bot.domain.health import Health
from bot.domain.ports.chat import HeldMessages
from bot.services.services import Services
from handlers import fallback, guards
from handlers.accounts import balance, demo_money, key_places, key_removal, keys, orders, pasted_keys, positions, trades
from handlers.admin import audit, broadcast, health, report, revoke, user_actions, users
from handlers.chat import late
from handlers.core.callbacks import PRESS_PREFIX
from handlers.core.context import App, BotData, Context
from handlers.core.errors import on_error
from handlers.core.identify import identify_user, note_name
from handlers.core.keypads import PinKeypads
from handlers.core.live_messages import LiveMessages
from handlers.core.short_memory import Cooldown, SecretStore
from handlers.core.specs import (
    CommandSpec,
    HandlerSpec,
    OtherUpdateSpec,
    UpdateKind,
    ViewSpec,
)
from handlers.core.tasks import HandlerTasks
from handlers.licensing import license  # noqa: A004  the command's name
from handlers.market import order_book, price, symbols
from handlers.payments import admin, payments, subscribe
from handlers.promo import campaign, create, edit, redeem, redeemers
from handlers.support import doubtful, support
from handlers.table import HandlerTable
from handlers.texts.catalog import Texts
from handlers.trading import feature as trading
from handlers.users import language, menu, pin, privacy, settings, start, terms, whoami
from handlers.views.problems import table_of

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


TABLE: Final = HandlerTable(
    (
        *start.HANDLERS,
        *menu.HANDLERS,
        *balance.HANDLERS,
        *demo_money.HANDLERS,
        *positions.HANDLERS,
        *orders.HANDLERS,
        *trades.HANDLERS,
        *trading.HANDLERS,
        *price.HANDLERS,
        *order_book.HANDLERS,
        *symbols.HANDLERS,
        *key_removal.HANDLERS,
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


PROBLEM_CARDS: Final = table_of((*keys.PROBLEMS, *price.PROBLEMS, *menu.PROBLEMS, *trading.PROBLEMS))


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
        apologies=Counter(),
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
