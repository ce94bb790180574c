"""Every feature's handlers in one table, and how the table becomes PTB's handlers.

Group -1 is `guards.watch`; group 0 is the table: one PTB handler a spec, each behind `guards.admit`. What is not in the
table does not run, and no spec can be made without an access rule.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import cache, partial
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
from handlers.core.addressing import command_of
from handlers.core.callbacks import PRESS_PREFIX, VERSION, screen_in
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
from handlers.market import alerts, chart, favorites, order_book, price, symbols
from handlers.payments import admin, payments, subscribe
from handlers.pictures.contents import PictureContent
from handlers.pictures.drawer import PictureDrawer
from handlers.promo import campaign, create, edit, redeem, redeemers
from handlers.statistics import closed, curves, export, share, stats, truth
from handlers.support import doubtful, support
from handlers.table import HandlerTable
from handlers.texts.catalog import Texts
from handlers.trading import feature as trading
from handlers.users import language, menu, notify, pin, privacy, settings, start, terms, whoami
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
        *closed.HANDLERS,
        *trades.HANDLERS,
        *stats.HANDLERS,
        *curves.HANDLERS,
        *export.HANDLERS,
        *truth.HANDLERS,
        *trading.HANDLERS,
        *price.HANDLERS,
        *chart.HANDLERS,
        *order_book.HANDLERS,
        *symbols.HANDLERS,
        *favorites.HANDLERS,
        *alerts.HANDLERS,
        *share.HANDLERS,
        *key_removal.HANDLERS,
        *keys.HANDLERS,
        *key_places.HANDLERS,
        *pasted_keys.HANDLERS,
        *settings.HANDLERS,
        *notify.HANDLERS,
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
    draw: Callable[[PictureContent], bytes],
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
        pictures=PictureDrawer(services.clock, draw=draw),
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
    """The guard before everything, the table as one PTB handler, the error handler behind everything."""
    app.add_handler(TypeHandler(Update, guards.watch), group=-1)
    app.add_handler(_handler_of(table))
    app.add_error_handler(on_error)


@cache
def _handler_of(table: HandlerTable) -> "TableHandler":
    """Made once a table: PTB's handlers know of no application."""
    made = ((spec, _ptb_handler(spec)) for spec in table.specs)
    return TableHandler((spec, handler) for spec, handler in made if handler is not None)


class TableHandler(BaseHandler[Update, Context, Any]):
    """One PTB handler a spec, of which the first that takes an update runs, as PTB itself would have it.

    Only those are asked that can take it: PTB asks all of the hundred before the right one, which costs more than the
    answer to /whoami.
    """

    def __init__(self, handlers: Iterable[tuple[HandlerSpec, BaseHandler[Update, Context, Any]]]) -> None:
        super().__init__(_run_nothing)
        keyed = [(_key_of(spec), handler) for spec, handler in handlers]
        self.handlers = tuple(handler for _, handler in keyed)
        self._others = tuple(handler for key, handler in keyed if key is None)
        found: dict[str, list[BaseHandler[Update, Context, Any]]] = {key: [] for key, _ in keyed if key is not None}
        for key, handler in keyed:
            for each in found.values() if key is None else (found[key],):
                each.append(handler)
        self._by_key = {key: tuple(those) for key, those in found.items()}

    def check_update(self, update: object) -> tuple[BaseHandler[Update, Context, Any], Any] | None:
        """The handler that takes the update, and what its own check found; None if nobody does."""
        key = _key_in(update) if isinstance(update, Update) else None
        for handler in self._by_key.get(key or "", self._others):
            found = handler.check_update(update)
            if found is not None and found is not False:
                return handler, found
        return None

    async def handle_update(self, update: Update, application: App, check_result: Any, context: Context) -> Any:
        """Run the handler that `check_update` found."""
        handler, found = check_result
        return await handler.handle_update(update, application, found, context)


async def _run_nothing(_update: Update, _context: Context) -> None:
    """What PTB demands of a handler, and TableHandler never calls."""


def _key_of(spec: HandlerSpec) -> str | None:
    """What only the updates of this spec have; None for one that looks at the updates themselves."""
    match spec:
        case CommandSpec():
            return f"/{spec.command}"
        case ViewSpec():
            return f"{VERSION}:{spec.code.TAG}"
        case _:
            return None


def _key_in(update: Update) -> str | None:
    """The same of an update: the command that a message begins with, or the screen that a button shows."""
    if update.message is not None:
        command = command_of(update.message)
        return None if command is None else f"/{command}"
    query = update.callback_query
    return None if query is None or query.data is None else screen_in(query.data)


async def close(app: App) -> None:
    """End the work beside the updates and the cards that still wait for Bybit. Call it when the lanes are drained."""
    await app.bot_data.tasks.close()
    await app.bot_data.live_messages.close()
    await app.bot_data.pictures.close()


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
