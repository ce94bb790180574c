"""/broadcast: the text as typed, whom it is for, a preview exactly as users will see it, the PIN, then the progress."""

import logging
from dataclasses import dataclass
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.domain.broadcasts import Audience, Broadcast
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import ChatId
from bot.domain.ports.clock import Clock
from bot.domain.users import Language
from bot.services.admin.broadcasts import BroadcastService
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.users.people import People
from handlers.admin.broadcast_views import ask_text_card, audience_card, progress_card
from handlers.admin.callbacks import AimBroadcast, StopBroadcast
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import ChatTarget
from handlers.core.phrases import is_sentence
from handlers.core.specs import ADMIN, HandlerSpec, action, command, dialogue, view
from handlers.texts.catalog import Markup, Texts, Translator
from handlers.views.cards import Card
from handlers.views.render_context import RenderContext

_UNREACHED: Final = 20
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBroadcast(ButtonAction):
    """[Send] to the chosen audience."""

    ACTION = "broadcast.send"
    broadcast: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastTextDialogue(DialoguePayload):
    """The text as users shall see it."""

    DIALOGUE = "broadcast.text"


async def draft_or_ask_text(ctx: UpdateContext) -> None:
    """`/broadcast` asks for the text; `/broadcast Some text` has it."""
    if not ctx.arguments or ctx.message is None:
        await ctx.services.dialogues.begin(ctx.user_id, BroadcastTextDialogue())
        await ctx.show(ask_text_card(ctx.viewer))
        return
    words = ctx.message.text_html.split(maxsplit=1)
    await _draft(ctx, words[1])


async def draft_typed_text(ctx: UpdateContext, _: BroadcastTextDialogue) -> None:
    """The message, with its bold and its links."""
    if ctx.message is None:
        raise BadInput("broadcast-empty")
    await _draft(ctx, ctx.message.text_html, answers=BroadcastTextDialogue.DIALOGUE)


async def choose_audience(ctx: UpdateContext, code: AimBroadcast) -> None:
    """Changes the draft's audience by one of its buttons."""
    try:
        language = None if code.spoken == "all" else Language(code.spoken)
    except ValueError as unknown:
        raise ButtonExpired from unknown
    audience = Audience(license=code.license, language=language, is_active=code.active)
    await _show_audience(ctx, await ctx.services.broadcasts.aim(ctx.user_id, code.broadcast, audience))


async def send_broadcast(ctx: UpdateContext, payload: SendBroadcast) -> None:
    """[Send]."""
    desk = ctx.services.broadcasts
    broadcast = await desk.start(ctx.user_id, payload.broadcast)
    message_id = await ctx.show(progress_card(ctx.viewer, broadcast, ()))
    await desk.show_at(broadcast.broadcast_id, ChatId(ctx.chat_id), message_id)


async def stop_broadcast(ctx: UpdateContext, code: StopBroadcast) -> None:
    """[Stop] of a broadcast that is being sent."""
    desk = ctx.services.broadcasts
    stopped = await desk.stop(ctx.user_id, code.broadcast)
    await ctx.show(progress_card(ctx.viewer, stopped, await desk.unreached(code.broadcast, _UNREACHED)))


async def draw_progress(
    bot: Bot, texts: Texts, broadcast: Broadcast, *, people: People, broadcasts: BroadcastService, clock: Clock
) -> None:
    """The author's card as it stands now; that Telegram refuses is logged, the sending goes on."""
    if broadcast.author is None or broadcast.chat_id is None or broadcast.message_id is None:
        return
    config = await people.config(broadcast.author)
    if config is None:
        return
    viewer = RenderContext(say=Translator(texts, config.language), config=config, now=clock.now())
    unreached = await broadcasts.unreached(broadcast.broadcast_id, _UNREACHED)
    card = progress_card(viewer, broadcast, unreached)
    try:
        await delivery.edit(bot, ChatTarget(chat_id=broadcast.chat_id), broadcast.message_id, card)
    except TelegramError as refusal:
        _logger.info("the progress of a broadcast could not be shown: %s", refusal.message)


async def _draft(ctx: UpdateContext, text_html: str, *, answers: str | None = None) -> None:
    broadcast = await ctx.services.broadcasts.draft(ctx.user_id, text_html, answers=answers)
    await ctx.send(Card(text=Markup(broadcast.text_html)))  # exactly as users will see it
    await _show_audience(ctx, broadcast)


async def _show_audience(ctx: UpdateContext, broadcast: Broadcast) -> None:
    count = await ctx.services.broadcasts.size(broadcast.audience)
    action = SendBroadcast(broadcast=broadcast.broadcast_id)
    label = ctx.say.plain("button-broadcast-send", count=count)
    confirm = await ctx.buttons([(label, action)]) if count else ()
    await ctx.show(audience_card(ctx.viewer, broadcast, count, confirm))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("broadcast", draft_or_ask_text, access=ADMIN),
    view(AimBroadcast, choose_audience, access=ADMIN),
    view(StopBroadcast, stop_broadcast, access=ADMIN),
    action(SendBroadcast, send_broadcast, access=ADMIN),
    dialogue(BroadcastTextDialogue, draft_typed_text, access=ADMIN, takes=is_sentence),
)
