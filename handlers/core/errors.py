"""What goes wrong becomes a sentence with a way on; what should never go wrong gets a reference that is in the log.

Whatever failed, no later handler runs on the same update.
"""

import logging
from collections.abc import Callable
from typing import Final

from telegram import Chat, Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ApplicationHandlerStop

from bot.domain.errors import ButtonExpired, ExchangeError, StorageTrouble, UserFacing
from bot.domain.ids import UserId
from bot.domain.update_attempt import current_attempt
from bot.domain.users import UserConfig
from handlers.core import delivery
from handlers.core.context import BotData, Context
from handlers.core.delivery import ChatTarget, PerhapsSent
from handlers.core.identify import guest
from handlers.core.way_back import leading_back
from handlers.texts.catalog import Translator
from handlers.views.cards import Card
from handlers.views.problems import (
    apology_card,
    exchange_card,
    storage_card,
    telegram_limits_card,
    user_facing_card,
)
from handlers.views.render_context import RenderContext

_logger = logging.getLogger(__name__)

_EXPIRED: Final = "expired"  # said once of many presses that wait for an answer
APOLOGY_KINDS: Final = ("storage", "telegram", "unexpected")  # a closed set: these become label values

Draw = Callable[[RenderContext], Card]


async def on_error(update: object, context: Context) -> None:
    """PTB's error handler. Always stops the update."""
    error = context.error
    if isinstance(error, Exception):
        await _answer(update if isinstance(update, Update) else None, error, context)
    raise ApplicationHandlerStop


async def sentence(error: Exception, data: BotData, user_id: UserId | None) -> Draw:
    """What is said of an error, once it is in the log and, where nobody can mend it, among the user's errors."""
    match error:
        case UserFacing():
            return lambda viewer: leading_back(viewer, user_facing_card(viewer, error, data.problem_cards))
        case ExchangeError():
            _logger.info("Bybit: %s", error, extra={"code": error.code})
            return lambda viewer: leading_back(viewer, exchange_card(viewer, error))
        case RetryAfter():
            _logger.info("a file could not be sent: %s", error.message)
            return telegram_limits_card
        case _:
            reference = data.new_reference()
            _logger.error("unexpected error, reference %s", reference, exc_info=error, extra={"reference": reference})
            is_storage = isinstance(error, StorageTrouble)
            data.apologies[_apology_kind(error)] += 1
            if user_id is not None and not is_storage:
                await data.services.user_admin.note_error(user_id, reference, error)
            return lambda viewer: (storage_card if is_storage else apology_card)(viewer, reference)


def _apology_kind(error: Exception) -> str:
    if isinstance(error, StorageTrouble):
        return "storage"
    return "telegram" if isinstance(error, TelegramError) else "unexpected"


async def _answer(update: Update | None, error: Exception, context: Context) -> None:
    match error:
        case Forbidden():
            _logger.info("cannot write to this chat: %s", error.message)
            return
        case PerhapsSent():  # chatter is sent at most once: another attempt might say everything twice
            _logger.warning("Telegram did not say whether it has a message: %s", error.message)
            if (update_attempt := current_attempt.get()) is not None:
                update_attempt.is_answer_doubtful = True
            return
        case UserFacing() | ExchangeError() | BadRequest() | RetryAfter():
            pass  # another attempt would come to the same
        case TelegramError() if (update_attempt := current_attempt.get()) is not None and _is_outage(error):
            update_attempt.failure, update_attempt.is_outage = error, True  # left to the lane, which waits
            return
        case _ if (update_attempt := current_attempt.get()) is not None and update_attempt.may_retry:
            update_attempt.failure = error  # left to the lane
            return
    user = None if update is None else update.effective_user
    draw = await sentence(error, context.bot_data, None if user is None else UserId(user.id))
    if isinstance(error, ButtonExpired) and (update_attempt := current_attempt.get()) is not None:
        update_attempt.screen = _EXPIRED
    await _tell(update, context, draw)


def _is_outage(error: TelegramError) -> bool:
    """Whether Telegram takes nothing for now: nothing was sent. 401 and 404 come to good tokens, too."""
    if isinstance(error, TimedOut):
        return delivery.NOT_SENT in error.message
    return isinstance(error, InvalidToken) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest))


async def _tell(update: Update | None, context: Context, draw: Draw) -> None:
    """A new message below; that it cannot be sent is logged, and the end of it."""
    user = None if update is None else update.effective_user
    if update is None or user is None:
        return
    chat = update.effective_chat
    viewer = await _viewer(user, chat, context)
    written = update.message or update.edited_message
    target = _target(user, chat, update.effective_message) if written is None else delivery.target_of(written)
    try:
        await delivery.send(context.bot, target, draw(viewer))
    except TelegramError as refusal:
        _logger.warning("an error could not be told: %s", refusal.message)


async def _viewer(user: User, chat: Chat | None, context: Context) -> RenderContext:
    """Whoever it was; as Telegram knows them when our own memory is what failed."""
    services = context.bot_data.services
    now = services.clock.now()
    config: UserConfig | None = None
    try:
        config = await services.people.config(UserId(user.id))
    except Exception:
        _logger.exception("the config of whoever is told of an error could not be read")
    config = config or guest(user, now)
    owner = None if chat is None or chat.type == ChatType.PRIVATE else config.user_id
    return RenderContext(say=Translator(context.bot_data.texts, config.language), config=config, now=now, owner=owner)


def _target(user: User, chat: Chat | None, card: Message | None) -> ChatTarget:
    """Below the tapped card, in its topic."""
    thread_id = card.message_thread_id if card is not None and card.is_topic_message else None
    return ChatTarget(chat_id=user.id if chat is None else chat.id, thread_id=thread_id)
