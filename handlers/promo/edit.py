"""/promo edit: other uses, another end or note of a campaign that stands; shown before it is confirmed."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import Millis
from bot.domain.promo_codes import TermsChange, parse_change
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, action, command, dialogue, view
from handlers.promo.callbacks import PromoCard, PromoEdit
from handlers.promo.campaign import campaign_number, show_campaign_card
from handlers.promo.edit_views import ask_change_card, change_card

_WORDS: Final = 3  # edit, the number, and what changes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCampaign(ButtonAction):
    """[Change it]: what is left out stays."""

    ACTION = "promo.edit"
    campaign: int
    uses: int | None = None
    ends: Millis | None = None
    endless: bool = False
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDialogue(DialoguePayload):
    """What a campaign shall have otherwise."""

    DIALOGUE = "promo.edit"
    campaign: int


async def preview_change_by_number(ctx: UpdateContext) -> None:
    """`/promo edit 12 max=200 until=2026-12-31 note=…`; without a change it asks."""
    words = ctx.arguments[1:]
    if not words:
        raise BadInput("promo-edit-usage")
    campaign_id = campaign_number(words[0])
    if len(ctx.arguments) < _WORDS:
        await ask_change(ctx, PromoEdit(campaign_id))
    else:
        await _preview_change(ctx, campaign_id, " ".join(words[1:]))


async def ask_change(ctx: UpdateContext, code: PromoEdit) -> None:
    """[Change …] of a campaign's card."""
    campaign = await ctx.services.promo.campaign(code.campaign)
    await ctx.services.dialogues.begin(ctx.user_id, ChangeDialogue(campaign=code.campaign))
    await ctx.show(ask_change_card(ctx.viewer, campaign))


async def _is_change(ctx: UpdateContext, _: ChangeDialogue) -> bool:
    return "=" in ctx.text


async def preview_typed_change(ctx: UpdateContext, payload: ChangeDialogue) -> None:
    """`max=200`, as an answer."""
    await _preview_change(ctx, payload.campaign, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def change_campaign(ctx: UpdateContext, payload: ChangeCampaign) -> None:
    """[Change it]."""
    change = TermsChange(max_uses=payload.uses, ends=payload.ends, is_endless=payload.endless, note=payload.note)
    await ctx.services.promo.change(ctx.user_id, payload.campaign, change)
    await show_campaign_card(ctx, PromoCard(payload.campaign))


async def _preview_change(ctx: UpdateContext, campaign_id: int, typed: str) -> None:
    change = parse_change(typed, ctx.services.clock.now())
    campaign, terms = await ctx.services.promo.preview_change(campaign_id, change)
    payload = ChangeCampaign(
        campaign=campaign_id, uses=change.max_uses, ends=change.ends, endless=change.is_endless, note=change.note
    )
    (button,) = await ctx.buttons([(ctx.say.plain("button-promo-change"), payload)])
    await ctx.show(change_card(ctx.viewer, campaign, terms, button))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("promo", preview_change_by_number, verb="edit", access=ADMIN),
    view(PromoEdit, ask_change, access=ADMIN),
    action(ChangeCampaign, change_campaign, access=ADMIN),
    dialogue(ChangeDialogue, preview_typed_change, access=ADMIN, takes=_is_change),
)
