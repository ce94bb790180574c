"""One campaign: its card, its codes in every form, pause, pin, and calling it back."""

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from typing import Final

import segno

from bot.domain.errors import BadInput
from bot.domain.promo import Campaign, CampaignState, Pin, UndoStep
from bot.domain.secrets import Secret
from bot.domain.users import Language
from bot.services.chat.buttons import Wish
from bot.services.promo.alerts import PAUSE
from handlers.core import delivery
from handlers.core.callbacks import PromoCard, PromoUndo
from handlers.core.context import Turn
from handlers.core.delivery import Document
from handlers.core.specs import ADMIN, Entry, command, does, shows
from handlers.promo.views import (
    campaign_card,
    csv_caption,
    forward_card,
    link_of,
    pinned_card,
    shown_card,
    text_buttons,
    undo_card,
    undo_done_card,
    undoing_card,
)
from handlers.texts.catalog import Say
from handlers.views.frame import notice
from handlers.views.viewer import Viewer

SHOW: Final = "promo.show"
FILE: Final = "promo.file"
QR: Final = "promo.qr"
TEXT: Final = "promo.text"
RESUME: Final = "promo.resume"
PIN: Final = "promo.pin"
UNDO: Final = "promo.undo"
_CAMPAIGN: Final = re.compile(r"#?([1-9][0-9]{0,17})")
_QR_SCALE: Final = 12  # pixels a module
_WORDS: Final = 2


async def show_campaign(turn: Turn, typed: str) -> None:
    """`/promo 12`, `/promo card 12`."""
    await card(turn, PromoCard(_number(typed)))


async def card_typed(turn: Turn) -> None:
    await show_campaign(turn, _second(turn))


async def card(turn: Turn, code: PromoCard) -> None:
    """Terms, state, funnel, and what may be done."""
    campaign = await turn.services.promo.campaign(code.campaign)
    funnel = await turn.services.promo.funnel(code.campaign)
    acts = await turn.buttons(_acts(turn, campaign))
    await turn.show(campaign_card(turn.viewer, campaign, funnel, acts))


async def show_code(turn: Turn, wish: Wish) -> None:
    """[Show code]; the view is audited."""
    campaign, code, link = await _opened(turn, wish, "shown")
    await turn.show(shown_card(turn.viewer, campaign, code, link))


async def send_qr(turn: Turn, wish: Wish) -> None:
    """[QR picture] of the link."""
    campaign, code, link = await _opened(turn, wish, "QR")
    picture = await asyncio.to_thread(qr_picture, link)
    await delivery.send_picture(turn.bot, turn.spot, picture, shown_card(turn.viewer, campaign, code, link))


async def send_text(turn: Turn, wish: Wish) -> None:
    """[Text: Русский]: a message to forward."""
    language = Language(wish.values["language"])
    campaign, code, link = await _opened(turn, wish, f"text {language}")
    viewer = turn.viewer
    reader = Viewer(say=Say(turn.data.texts, language), config=viewer.config, now=viewer.now)
    await turn.send(forward_card(reader, campaign.terms, code, link, turn.bot.username))


async def send_file(turn: Turn, wish: Wish) -> None:
    """[Codes as a file]."""
    campaign_id = _campaign(wish)
    codes = await turn.services.promo.show(turn.user_id, campaign_id, "file")
    await send_codes(turn, await turn.services.promo.campaign(campaign_id), codes)


async def file_typed(turn: Turn) -> None:
    """`/promo codes 12`."""
    await send_file(turn, Wish(action=FILE, values={"campaign": str(_number(_second(turn)))}))


async def send_codes(turn: Turn, campaign: Campaign, codes: Sequence[Secret]) -> None:
    """The codes with their links as a CSV document."""
    content = await asyncio.to_thread(csv_of, campaign, codes, turn.bot.username)
    document = Document(name=f"promo-{campaign.campaign_id}.csv", content=content)
    await delivery.send_document(turn.bot, turn.spot, document, csv_caption(turn.viewer, campaign))


async def pause(turn: Turn, wish: Wish) -> None:
    """[Pause code], on the card and in alarms."""
    await _pause(turn, _campaign(wish), paused=True)


async def resume(turn: Turn, wish: Wish) -> None:
    """[Open again]."""
    await _pause(turn, _campaign(wish), paused=False)


async def pause_typed(turn: Turn) -> None:
    """`/promo pause 12`."""
    await _pause(turn, _number(_second(turn)), paused=True)


async def resume_typed(turn: Turn) -> None:
    """`/promo resume 12`."""
    await _pause(turn, _number(_second(turn)), paused=False)


async def pin(turn: Turn, wish: Wish) -> None:
    """[Pin this card]: one a campaign, brought up to date every hour."""
    campaign = await turn.services.promo.campaign(_campaign(wish))
    funnel = await turn.services.promo.funnel(campaign.campaign_id)
    message_id = await turn.send(pinned_card(turn.viewer, campaign, funnel))
    await turn.services.promo.pin(Pin(campaign_id=campaign.campaign_id, chat_id=turn.chat_id, message_id=message_id))
    is_pinned = await delivery.pin(turn.bot, turn.chat_id, message_id)
    await turn.send(notice(turn.say("promo-pinned") if is_pinned else turn.say("promo-not-pinned")))


async def undo_typed(turn: Turn) -> None:
    """`/promo undo 12` shows who would lose what."""
    await preview_undo(turn, PromoUndo(_number(_second(turn))))


async def preview_undo(turn: Turn, code: PromoUndo) -> None:
    preview = await turn.services.promo.preview_undo(turn.user_id, code.campaign)
    label = {UndoStep.UNDO: "button-promo-undo-now", UndoStep.ASK: "button-promo-undo-ask"}.get(preview.step)
    act = None
    if label is not None:
        wish = Wish(action=UNDO, values={"campaign": str(code.campaign)})
        (act,) = await turn.buttons([(turn.say.plain(label), wish)])
    await turn.show(undo_card(turn.viewer, preview, act))


async def undo(turn: Turn, wish: Wish) -> None:
    """Confirmed: ask for it, or do it."""
    campaign_id = _campaign(wish)

    async def progress(done: int) -> None:
        await turn.show(undoing_card(turn.viewer, done))

    step = await turn.services.promo.undo(turn.user_id, campaign_id, progress)
    if step in {UndoStep.UNDO, UndoStep.ASK}:
        await turn.show(undo_done_card(turn.viewer, campaign_id, step))
    else:  # somebody was quicker, or the rules changed under the card
        await preview_undo(turn, PromoUndo(campaign_id))


def qr_picture(link: str) -> bytes:
    """The link as a PNG; pure Python, tens of milliseconds: keep it off the loop."""
    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="png", scale=_QR_SCALE)
    return file.getvalue()


def csv_of(campaign: Campaign, codes: Sequence[Secret], bot_name: str) -> bytes:
    """A line a code: code, link, type, days, uses."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(("code", "link", "type", "days", "uses"))
    terms = campaign.terms
    for code in codes:
        lines.writerow((code.reveal(), link_of(bot_name, code), terms.license_type.value, terms.days, terms.max_uses))
    return file.getvalue().encode()


async def _opened(turn: Turn, wish: Wish, why: str) -> tuple[Campaign, Secret, str]:
    """A campaign of one code, with it and its link."""
    campaign_id = _campaign(wish)
    code, *_ = await turn.services.promo.show(turn.user_id, campaign_id, why)
    return await turn.services.promo.campaign(campaign_id), code, link_of(turn.bot.username, code)


async def _pause(turn: Turn, campaign_id: int, *, paused: bool) -> None:
    await turn.services.promo.pause(turn.user_id, campaign_id, paused=paused)
    await card(turn, PromoCard(campaign_id))


def _acts(turn: Turn, campaign: Campaign) -> list[tuple[str, Wish]]:
    """Labels and wishes of a campaign's card."""
    say, values = turn.say, {"campaign": str(campaign.campaign_id)}
    if campaign.terms.count > 1:
        acts = [(say.plain("button-promo-csv"), Wish(action=FILE, values=values))]
    else:
        acts = [
            (say.plain("button-promo-show"), Wish(action=SHOW, values=values)),
            (say.plain("button-promo-qr"), Wish(action=QR, values=values)),
            *(
                (label, Wish(action=TEXT, values={**values, "language": language.value}))
                for language, label in text_buttons(turn.viewer)
            ),
        ]
    acts.append((say.plain("button-promo-pin"), Wish(action=PIN, values=values)))
    if campaign.state is CampaignState.ACTIVE:
        acts.append((say.plain("button-promo-pause"), Wish(action=PAUSE, values=values)))
    elif campaign.state is CampaignState.PAUSED:
        acts.append((say.plain("button-promo-resume"), Wish(action=RESUME, values=values)))
    return acts


def _campaign(wish: Wish) -> int:
    return int(wish.values["campaign"])


def _second(turn: Turn) -> str:
    if len(turn.arguments) != _WORDS:
        raise BadInput("promo-usage")
    return turn.arguments[1]


def _number(typed: str) -> int:
    match = _CAMPAIGN.fullmatch(typed)
    if match is None:
        raise BadInput("promo-usage")
    return int(match[1])


ENTRIES: Final[tuple[Entry, ...]] = (
    command("promo", card_typed, verb="card", access=ADMIN),
    command("promo", file_typed, verb="codes", access=ADMIN),
    command("promo", pause_typed, verb="pause", access=ADMIN),
    command("promo", resume_typed, verb="resume", access=ADMIN),
    command("promo", undo_typed, verb="undo", access=ADMIN),
    shows(PromoCard, card, access=ADMIN),
    shows(PromoUndo, preview_undo, access=ADMIN),
    does(SHOW, show_code, access=ADMIN),
    does(FILE, send_file, access=ADMIN),
    does(QR, send_qr, access=ADMIN),
    does(TEXT, send_text, access=ADMIN),
    does(PAUSE, pause, access=ADMIN),
    does(RESUME, resume, access=ADMIN),
    does(PIN, pin, access=ADMIN),
    does(UNDO, undo, access=ADMIN),
)
