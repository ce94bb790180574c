"""/broadcast: the text as typed, whom it is for, a preview exactly as users will see it, the PIN, then the progress."""

import logging
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.domain.broadcasts import Audience, Broadcast
from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import ChatId
from bot.domain.ports.clock import Clock
from bot.domain.users import Language
from bot.services.admin.broadcasts import BroadcastDesk
from bot.services.chat.buttons import Wish
from bot.services.users.people import People
from handlers.admin.broadcast_views import ask_text_card, audience_card, progress_card
from handlers.core import delivery
from handlers.core.callbacks import AimBroadcast, StopBroadcast
from handlers.core.context import Turn
from handlers.core.delivery import Spot
from handlers.core.specs import ADMIN, Entry, command, continues, does, shows
from handlers.texts.catalog import Markup, Say, Texts
from handlers.views.cards import Card
from handlers.views.viewer import Viewer

SEND: Final = "broadcast.send"
ASKS_TEXT: Final = "broadcast.text"
_STATE: Final = "asked"
_UNREACHED: Final = 20
_logger = logging.getLogger(__name__)


async def typed(turn: Turn) -> None:
    """`/broadcast` asks for the text; `/broadcast Some text` has it."""
    if not turn.arguments or turn.message is None:
        await turn.services.dialogues.begin(turn.user_id, ASKS_TEXT, _STATE, {})
        await turn.show(ask_text_card(turn.viewer))
        return
    words = turn.message.text_html.split(maxsplit=1)
    await _draft(turn, words[1])


async def take_text(turn: Turn, _: Dialogue) -> None:
    """The message, with its bold and its links."""
    if turn.message is None:
        raise BadInput("broadcast-empty")
    await _draft(turn, turn.message.text_html)
    await turn.services.dialogues.end(turn.user_id)


async def aim(turn: Turn, code: AimBroadcast) -> None:
    """One of the audience's buttons."""
    try:
        language = None if code.spoken == "all" else Language(code.spoken)
    except ValueError as unknown:
        raise ButtonExpired from unknown
    audience = Audience(license=code.license, language=language, is_active=bool(code.active))
    await _show_audience(turn, await turn.services.broadcasts.aim(turn.user_id, code.broadcast, audience))


async def send(turn: Turn, wish: Wish) -> None:
    """[Send]; the guard has asked for the PIN."""
    desk = turn.services.broadcasts
    broadcast = await desk.start(turn.user_id, int(wish.values["broadcast"]))
    message_id = await turn.show(progress_card(turn.viewer, broadcast, ()))
    await desk.show_at(broadcast.broadcast_id, ChatId(turn.chat_id), message_id)


async def stop(turn: Turn, code: StopBroadcast) -> None:
    """[Stop]."""
    desk = turn.services.broadcasts
    stopped = await desk.stop(turn.user_id, code.broadcast)
    await turn.show(progress_card(turn.viewer, stopped, await desk.unreached(code.broadcast, _UNREACHED)))


async def draw_progress(
    bot: Bot, texts: Texts, broadcast: Broadcast, *, people: People, broadcasts: BroadcastDesk, clock: Clock
) -> None:
    """The author's card as it stands now; that Telegram refuses is logged, the sending goes on."""
    if broadcast.author is None or broadcast.chat_id is None or broadcast.message_id is None:
        return
    config = await people.config(broadcast.author)
    if config is None:
        return
    viewer = Viewer(say=Say(texts, config.language), config=config, now=clock.now())
    unreached = await broadcasts.unreached(broadcast.broadcast_id, _UNREACHED)
    card = progress_card(viewer, broadcast, unreached)
    try:
        await delivery.edit(bot, Spot(chat_id=broadcast.chat_id), broadcast.message_id, card)
    except TelegramError as refusal:
        _logger.info("the progress of a broadcast could not be shown: %s", refusal.message)


async def _draft(turn: Turn, text_html: str) -> None:
    broadcast = await turn.services.broadcasts.draft(turn.user_id, text_html)
    await turn.send(Card(text=Markup(broadcast.text_html)))  # exactly as users will see it
    await _show_audience(turn, broadcast)


async def _show_audience(turn: Turn, broadcast: Broadcast) -> None:
    count = await turn.services.broadcasts.size(broadcast.audience)
    wish = Wish(action=SEND, values={"broadcast": str(broadcast.broadcast_id)})
    label = turn.say.plain("button-broadcast-send", count=count)
    confirm = await turn.buttons([(label, wish)]) if count else ()
    await turn.show(audience_card(turn.viewer, broadcast, count, confirm))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("broadcast", typed, access=ADMIN, description="command-broadcast"),
    shows(AimBroadcast, aim, access=ADMIN),
    shows(StopBroadcast, stop, access=ADMIN),
    does(SEND, send, access=ADMIN, pin=True),
    continues(ASKS_TEXT, take_text, access=ADMIN),
)
