"""/privacy and /forget: what is stored, a copy of it, and the way out."""

from typing import Final

from telegram import InlineKeyboardButton

from bot.domain.ids import DAY_S, Millis
from bot.services.chat.buttons import Wish
from handlers.core import delivery
from handlers.core.context import Turn
from handlers.core.delivery import Document
from handlers.core.specs import EVERYONE, Entry, command, does
from handlers.users.privacy_views import (
    export_card,
    forget_card,
    forget_surely_card,
    forgotten_card,
    kept_card,
    privacy_card,
)

EXPORT: Final = "privacy.export"
GO_ON: Final = "privacy.forget"
ERASE: Final = "privacy.erase"
KEEP: Final = "privacy.keep"
FILE_NAME: Final = "perpdesk-my-data.json"


async def privacy(turn: Turn) -> None:
    """`/privacy`."""
    (export,) = await turn.buttons([(turn.say.plain("button-export"), Wish(action=EXPORT))])
    await turn.show(privacy_card(turn.viewer, export))


async def send_export(turn: Turn, _: Wish) -> None:
    """[Export my data], once a day."""
    await _send_copy(turn, await turn.services.privacy.export(turn.user_id))


async def forget(turn: Turn) -> None:
    """`/forget`: the first question, or when it will happen if it was asked for."""
    turn.services.privacy.refuse_role(turn.config)
    state = await turn.services.privacy.state(turn.user_id)
    if state.erase_at is not None:
        await _show_due(turn, state.erase_at)
        return
    go_on, keep = await _pair(turn, "button-forget-go-on", GO_ON)
    await turn.show(forget_card(turn.viewer, go_on, keep))


async def ask_again(turn: Turn, _: Wish) -> None:
    """The second question."""
    erase, keep = await _pair(turn, "button-forget-erase", ERASE)
    await turn.show(forget_surely_card(turn.viewer, erase, keep))


async def erase(turn: Turn, _: Wish) -> None:
    """Their copy first; only when that has arrived the date is set."""
    turn.services.privacy.refuse_role(turn.config)
    await _send_copy(turn, await turn.services.privacy.copy(turn.user_id))
    at = await turn.services.privacy.forget(turn.config)
    keep = await _keep_button(turn)
    await turn.send(forgotten_card(turn.viewer, at, keep))


async def keep_account(turn: Turn, _: Wish) -> None:
    """[Keep my account], at any step."""
    await turn.services.privacy.keep(turn.user_id)
    await turn.show(kept_card(turn.viewer))


async def _show_due(turn: Turn, at: Millis) -> None:
    await turn.show(forgotten_card(turn.viewer, at, await _keep_button(turn)))


async def _send_copy(turn: Turn, content: bytes) -> None:
    await delivery.send_document(
        turn.bot, turn.spot, Document(name=FILE_NAME, content=content), export_card(turn.viewer)
    )


async def _pair(turn: Turn, label: str, action: str) -> tuple[InlineKeyboardButton, InlineKeyboardButton]:
    say = turn.say
    first, second = await turn.buttons(
        [(say.plain(label), Wish(action=action)), (say.plain("button-keep-account"), Wish(action=KEEP))]
    )
    return first, second


async def _keep_button(turn: Turn) -> InlineKeyboardButton:
    """Good for as long as there is something to keep."""
    choice = (turn.say.plain("button-keep-account"), Wish(action=KEEP))
    (keep,) = await turn.buttons([choice], lifetime_s=DAY_S)
    return keep


ENTRIES: Final[tuple[Entry, ...]] = (
    command("privacy", privacy, access=EVERYONE, description="command-privacy"),
    command("forget", forget, access=EVERYONE, description="command-forget"),
    does(EXPORT, send_export, access=EVERYONE),
    does(GO_ON, ask_again, access=EVERYONE),
    does(ERASE, erase, access=EVERYONE),
    does(KEEP, keep_account, access=EVERYONE),
)
