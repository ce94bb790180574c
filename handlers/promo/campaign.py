"""One campaign: its card, its codes in every form, pause, pin, and calling it back."""

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import segno

from bot.domain.errors import BadInput
from bot.domain.promo import Campaign, CampaignState, Pin, UndoStep
from bot.domain.secrets import Secret
from bot.domain.users import Language
from bot.services.chat.buttons import ButtonAction
from bot.services.promo.alerts import PauseCampaign
from bot.services.promo.campaigns import ShownCode
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import Document
from handlers.core.specs import ADMIN, EFFECT, SETTING, HandlerSpec, action, command, view
from handlers.promo.callbacks import PromoCard, PromoUndo
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
from handlers.texts.catalog import Markup, Translator
from handlers.views.frame import notice
from handlers.views.render_context import RenderContext

_CAMPAIGN: Final = re.compile(r"#?([1-9][0-9]{0,17})")
_QR_SCALE: Final = 12  # pixels a module
_WORDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCode(ButtonAction):
    """[Show code]."""

    ACTION = "promo.show"
    campaign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCodesFile(ButtonAction):
    """[Codes as a file]."""

    ACTION = "promo.file"
    campaign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendQr(ButtonAction):
    """[QR picture] of the link."""

    ACTION = "promo.qr"
    campaign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvitation(ButtonAction):
    """[Text: Русский]: a message to forward."""

    ACTION = "promo.text"
    campaign: int
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCampaign(ButtonAction):
    """[Open again]."""

    ACTION = "promo.resume"
    campaign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCampaign(ButtonAction):
    """[Pin this card]."""

    ACTION = "promo.pin"
    campaign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCampaign(ButtonAction):
    """[Call back], confirmed."""

    ACTION = "promo.undo"
    campaign: int


async def show_campaign(ctx: UpdateContext, typed: str) -> None:
    """`/promo 12`, `/promo card 12`, and by the code that somebody asks about: `/promo SPRING26`."""
    is_number = _CAMPAIGN.fullmatch(typed) is not None
    found = None if is_number else await ctx.services.promo.campaign_of(ctx.user_id, typed)
    await show_campaign_card(ctx, PromoCard(campaign_number(typed) if found is None else found.campaign_id))


async def show_campaign_by_number(ctx: UpdateContext) -> None:
    await show_campaign(ctx, second_argument(ctx))


async def show_campaign_card(ctx: UpdateContext, code: PromoCard) -> None:
    """Terms, state, funnel, and what may be done."""
    campaign = await ctx.services.promo.campaign(code.campaign)
    funnel = await ctx.services.promo.funnel(code.campaign)
    acts = await ctx.buttons(_campaign_actions(ctx, campaign))
    await ctx.show(campaign_card(ctx.viewer, campaign, funnel, acts))


async def show_code(ctx: UpdateContext, payload: ShowCode) -> None:
    """[Show code]; the view is audited."""
    await _show_code(ctx, payload.campaign)


async def show_code_by_number(ctx: UpdateContext) -> None:
    """`/promo show 12`; many codes come as a file."""
    campaign = await ctx.services.promo.campaign(campaign_number(second_argument(ctx)))
    if campaign.terms.count == 1:
        await _show_code(ctx, campaign.campaign_id)
    else:
        await send_codes_file(ctx, SendCodesFile(campaign=campaign.campaign_id))


async def send_qr(ctx: UpdateContext, payload: SendQr) -> None:
    """[QR picture] of the link."""
    campaign, code, link = await _open_code(ctx, payload.campaign, "QR")
    picture = await asyncio.to_thread(qr_picture, link)
    await delivery.send_picture(ctx.bot, ctx.target, picture, shown_card(ctx.viewer, campaign, code, link))


async def send_invitation(ctx: UpdateContext, payload: SendInvitation) -> None:
    """[Text: Русский]: a message to forward."""
    campaign, code, link = await _open_code(ctx, payload.campaign, f"text {payload.language}")
    viewer = ctx.viewer
    reader = RenderContext(say=Translator(ctx.data.texts, payload.language), config=viewer.config, now=viewer.now)
    await ctx.send(forward_card(reader, campaign.terms, code, link, ctx.bot.username))


async def send_codes_file(ctx: UpdateContext, payload: SendCodesFile) -> None:
    """[Codes as a file]."""
    codes = await ctx.services.promo.show(ctx.user_id, payload.campaign, "file")
    await send_codes(ctx, await ctx.services.promo.campaign(payload.campaign), codes)


async def send_codes_by_number(ctx: UpdateContext) -> None:
    """`/promo codes 12`."""
    await send_codes_file(ctx, SendCodesFile(campaign=campaign_number(second_argument(ctx))))


async def send_codes(ctx: UpdateContext, campaign: Campaign, codes: Sequence[ShownCode]) -> None:
    """The codes with their links and uses as a CSV document."""
    content = await asyncio.to_thread(csv_of, campaign, codes, ctx.bot.username)
    document = Document(name=f"promo-{campaign.campaign_id}.csv", content=content)
    await delivery.send_document(ctx.bot, ctx.target, document, csv_caption(ctx.viewer, campaign))


async def pause_campaign(ctx: UpdateContext, payload: PauseCampaign) -> None:
    """[Pause code], on the card and in alarms."""
    await _set_paused(ctx, payload.campaign, paused=True)


async def resume_campaign(ctx: UpdateContext, payload: ResumeCampaign) -> None:
    """[Open again]."""
    await _set_paused(ctx, payload.campaign, paused=False)


async def pause_by_number(ctx: UpdateContext) -> None:
    """`/promo pause 12`."""
    await _set_paused(ctx, campaign_number(second_argument(ctx)), paused=True)


async def resume_by_number(ctx: UpdateContext) -> None:
    """`/promo resume 12`."""
    await _set_paused(ctx, campaign_number(second_argument(ctx)), paused=False)


async def pin_campaign_card(ctx: UpdateContext, payload: PinCampaign) -> None:
    """[Pin this card]: one a campaign, brought up to date every hour."""
    campaign = await ctx.services.promo.campaign(payload.campaign)
    funnel = await ctx.services.promo.funnel(campaign.campaign_id)
    message_id = await ctx.send(pinned_card(ctx.viewer, campaign, funnel))
    await ctx.services.promo.pin_card(Pin(campaign_id=campaign.campaign_id, chat_id=ctx.chat_id, message_id=message_id))
    is_pinned = await delivery.pin(ctx.bot, ctx.chat_id, message_id)
    await ctx.send(notice(ctx.say("promo-pinned") if is_pinned else ctx.say("promo-not-pinned")))


async def preview_undo_by_number(ctx: UpdateContext) -> None:
    """`/promo undo 12` shows who would lose what."""
    await preview_undo(ctx, PromoUndo(campaign_number(second_argument(ctx))))


async def preview_undo(ctx: UpdateContext, code: PromoUndo, *, lead: Sequence[Markup] = ()) -> None:
    preview = await ctx.services.promo.preview_undo(ctx.user_id, code.campaign)
    label = {UndoStep.UNDO: "button-promo-undo-now", UndoStep.ASK: "button-promo-undo-ask"}.get(preview.step)
    act = None
    if label is not None:
        (act,) = await ctx.buttons([(ctx.say.plain(label), UndoCampaign(campaign=code.campaign))])
    await ctx.show(undo_card(ctx.viewer, preview, act, lead=lead))


async def undo_campaign(ctx: UpdateContext, payload: UndoCampaign) -> None:
    """Confirmed: ask for it, or do it."""
    campaign_id = payload.campaign

    async def progress(done: int) -> None:
        await ctx.show(undoing_card(ctx.viewer, done))

    step = await ctx.services.promo.undo(ctx.user_id, campaign_id, progress)
    if step is UndoStep.UNDO:
        await ctx.show(undo_done_card(ctx.viewer, campaign_id))
    else:  # what has to be waited for now; or somebody was quicker, or the rules changed under the card
        lead = [ctx.say("promo-undo-asked")] if step is UndoStep.ASK else []
        await preview_undo(ctx, PromoUndo(campaign_id), lead=lead)


def qr_picture(link: str) -> bytes:
    """The link as a PNG; pure Python, tens of milliseconds: keep it off the loop."""
    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="png", scale=_QR_SCALE)
    return file.getvalue()


def csv_of(campaign: Campaign, codes: Sequence[ShownCode], bot_name: str) -> bytes:
    """A line a code: code, link, type, days, uses that it allows, uses that there were."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(("code", "link", "type", "days", "uses", "used"))
    terms = campaign.terms
    kind = terms.license_type.value
    for each in codes:
        link = link_of(bot_name, each.code)
        lines.writerow((each.code.reveal(), link, kind, terms.days, terms.max_uses, each.uses))
    return file.getvalue().encode()


async def _open_code(ctx: UpdateContext, campaign_id: int, why: str) -> tuple[Campaign, Secret, str]:
    """A campaign of one code, with it and its link."""
    shown, *_ = await ctx.services.promo.show(ctx.user_id, campaign_id, why)
    return await ctx.services.promo.campaign(campaign_id), shown.code, link_of(ctx.bot.username, shown.code)


async def _show_code(ctx: UpdateContext, campaign_id: int) -> None:
    campaign, code, link = await _open_code(ctx, campaign_id, "shown")
    await ctx.show(shown_card(ctx.viewer, campaign, code, link))


async def _set_paused(ctx: UpdateContext, campaign_id: int, *, paused: bool) -> None:
    await ctx.services.promo.pause(ctx.user_id, campaign_id, paused=paused)
    await show_campaign_card(ctx, PromoCard(campaign_id))


def _campaign_actions(ctx: UpdateContext, campaign: Campaign) -> list[tuple[str, ButtonAction]]:
    """Labels and actions of a campaign's card."""
    say, number = ctx.say, campaign.campaign_id
    acts: list[tuple[str, ButtonAction]]
    if campaign.terms.count > 1:
        acts = [(say.plain("button-promo-csv"), SendCodesFile(campaign=number))]
    else:
        acts = [
            (say.plain("button-promo-show"), ShowCode(campaign=number)),
            (say.plain("button-promo-qr"), SendQr(campaign=number)),
            *(
                (label, SendInvitation(campaign=number, language=language))
                for language, label in text_buttons(ctx.viewer)
            ),
        ]
    acts.append((say.plain("button-promo-pin"), PinCampaign(campaign=number)))
    if campaign.state is CampaignState.ACTIVE:
        acts.append((say.plain("button-promo-pause"), PauseCampaign(campaign=number)))
    elif campaign.state is CampaignState.PAUSED:
        acts.append((say.plain("button-promo-resume"), ResumeCampaign(campaign=number)))
    return acts


def second_argument(ctx: UpdateContext) -> str:
    """The 12 of `/promo pause 12`. Raises BadInput."""
    if len(ctx.arguments) != _WORDS:
        raise BadInput("promo-usage")
    return ctx.arguments[1]


def campaign_number(typed: str) -> int:
    """A campaign's number, 12 or #12. Raises BadInput."""
    match = _CAMPAIGN.fullmatch(typed)
    if match is None:
        raise BadInput("promo-usage")
    return int(match[1])


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("promo", show_campaign_by_number, verb="card", access=ADMIN),
    command("promo", show_code_by_number, verb="show", access=ADMIN),
    command("promo", send_codes_by_number, verb="codes", access=ADMIN),
    command("promo", pause_by_number, verb="pause", access=ADMIN, good_for_s=SETTING),
    command("promo", resume_by_number, verb="resume", access=ADMIN, good_for_s=EFFECT),
    command("promo", preview_undo_by_number, verb="undo", access=ADMIN),
    view(PromoCard, show_campaign_card, access=ADMIN),
    view(PromoUndo, preview_undo, access=ADMIN),
    action(ShowCode, show_code, access=ADMIN),
    action(SendCodesFile, send_codes_file, access=ADMIN),
    action(SendQr, send_qr, access=ADMIN),
    action(SendInvitation, send_invitation, access=ADMIN),
    action(PauseCampaign, pause_campaign, access=ADMIN),
    action(ResumeCampaign, resume_campaign, access=ADMIN),
    action(PinCampaign, pin_campaign_card, access=ADMIN),
    action(UndoCampaign, undo_campaign, access=ADMIN),
)
