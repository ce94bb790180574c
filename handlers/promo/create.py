"""/promo: making codes in three taps or one line, redeeming one for a user, and the list."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.promo import SealedCode
from bot.domain.promo_codes import Terms, Wanted, parse_new, usual_end
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.promo.campaigns import ShownCode
from bot.services.promo.redemption import Refusal
from handlers.core.context import UpdateContext
from handlers.core.links import AskCodeFor
from handlers.core.specs import ADMIN, HandlerSpec, action, command, dialogue, view
from handlers.promo import redeem
from handlers.promo.callbacks import PromoDays, PromoList, PromoPreview, PromoUses
from handlers.promo.campaign import send_codes, show_campaign
from handlers.promo.views import (
    created_card,
    days_card,
    link_of,
    list_card,
    making_card,
    preview_card,
    promo_card,
    sure_card,
    uses_card,
)
from handlers.views.frame import command_button, notice

_OPEN: Final = "open"
_WORDS_TO_REDEEM: Final = 3
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")  # Telegram's ids have at most 52 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCampaign(ButtonAction):
    """[Create] under a preview: its terms; an own code lies there sealed. `sure`: what is a lot was asked about."""

    ACTION = "promo.create"
    type: LicenseType
    days: int
    uses: int
    count: int
    note: str = field(repr=False)
    starts: Millis | None = None
    ends: Millis | None = None
    lookup: bytes | None = None
    envelope: bytes | None = None
    sure: bool = False
    once: bool = True

    @property
    def terms(self) -> Terms:
        return Terms(
            license_type=self.type,
            days=self.days,
            max_uses=self.uses,
            count=self.count,
            starts=self.starts,
            ends=self.ends,
            note=self.note,
            once=self.once,
        )

    @property
    def own_code(self) -> SealedCode | None:
        if self.lookup is None or self.envelope is None:
            return None
        return SealedCode(lookup=self.lookup, envelope=self.envelope)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeForDialogue(DialoguePayload):
    """A promo code for that user."""

    DIALOGUE = "promo.code-for"
    user: UserId


async def show_promo(ctx: UpdateContext) -> None:
    """`/promo`, `/promo 12`, `/promo SPRING26`."""
    if ctx.arguments:
        await show_campaign(ctx, ctx.arguments[0])
    else:
        await ctx.show(promo_card(ctx.viewer))


async def show_campaigns(ctx: UpdateContext) -> None:
    """`/promo list`."""
    await show_campaigns_page(ctx, PromoList(_OPEN))


async def show_campaigns_page(ctx: UpdateContext, code: PromoList) -> None:
    campaigns, has_more = await ctx.services.promo.campaigns(running=code.which == _OPEN, page=code.page)
    await ctx.show(list_card(ctx.viewer, campaigns, code.which, code.page, has_more=has_more))


async def ask_days(ctx: UpdateContext, code: PromoDays) -> None:
    """Asks for the days; the license type is chosen."""
    await ctx.show(days_card(ctx.viewer, code.license_type))


async def ask_uses(ctx: UpdateContext, code: PromoUses) -> None:
    """Asks how often a code may be used; type and days are chosen."""
    await ctx.show(uses_card(ctx.viewer, code.license_type, code.days))


async def preview_campaign(ctx: UpdateContext, code: PromoPreview) -> None:
    """The third tap; it ends in 90 days unless another date is typed."""
    now = ctx.services.clock.now()
    terms = Terms(license_type=code.license_type, days=code.days, max_uses=code.uses, ends=usual_end(now))
    await _show_preview(ctx, Wanted(terms=terms, unsaid=("until",)))


async def preview_typed_campaign(ctx: UpdateContext) -> None:
    """`/promo new premium 30d max=100 until=2026-12-31 code=SPRING26 note=… count=500`."""
    wanted = parse_new(" ".join(ctx.arguments[1:]), ctx.services.clock.now())
    await _show_preview(ctx, wanted)


async def create_campaign(ctx: UpdateContext, payload: CreateCampaign) -> None:
    """[Create]; what is a lot is asked about once more."""
    terms = payload.terms
    if terms.asks_twice and not payload.sure:
        (sure,) = await ctx.buttons([(ctx.say.plain("button-promo-sure"), replace(payload, sure=True))])
        await ctx.show(sure_card(ctx.viewer, terms, sure))
        return
    made = await ctx.services.promo.create(ctx.user_id, terms, payload.own_code, _progress(ctx, terms))
    is_single = terms.count == 1
    link = link_of(ctx.bot.username, made.codes[0]) if is_single else None
    await ctx.show(created_card(ctx.viewer, made, link))
    if not is_single:
        await send_codes(ctx, made.campaign, [ShownCode(code=code, uses=0) for code in made.codes])


async def redeem_for_user(ctx: UpdateContext) -> None:
    """`/promo redeem CODE 12345`: the same card, caps and transaction, for another one."""
    if len(ctx.arguments) < _WORDS_TO_REDEEM:
        raise BadInput("redeem-for-usage")
    *code, user = ctx.arguments[1:]
    if not _USER_ID.fullmatch(user):
        raise BadInput("redeem-for-usage")
    recipient = UserId(int(user))
    await redeem.show_outcome(ctx, await ctx.services.redemptions.preview(ctx.user_id, " ".join(code), recipient))


async def ask_code_for_user(ctx: UpdateContext, payload: AskCodeFor) -> None:
    """[Promo code] of a user's card."""
    await ctx.services.dialogues.begin(ctx.user_id, CodeForDialogue(user=payload.user))
    cancel = command_button(ctx.viewer, "button-cancel", "cancel")
    await ctx.show(notice(ctx.say("redeem-for-ask", user=str(payload.user)), cancel))


async def preview_code_for_user(ctx: UpdateContext, payload: CodeForDialogue) -> None:
    look = await ctx.services.redemptions.preview(ctx.user_id, ctx.text, payload.user)
    if not isinstance(look, Refusal):
        await ctx.services.dialogues.end(ctx.user_id)
    await redeem.show_outcome(ctx, look)


def _progress(ctx: UpdateContext, terms: Terms) -> Callable[[int], Awaitable[None]]:
    async def show(done: int) -> None:
        if terms.count > 1:
            await ctx.show(making_card(ctx.viewer, terms.count, done))

    return show


async def _show_preview(ctx: UpdateContext, wanted: Wanted) -> None:
    own = None if wanted.code is None else ctx.services.promo.seal(wanted.code)
    terms = wanted.terms
    action = CreateCampaign(
        type=terms.license_type,
        days=terms.days,
        uses=terms.max_uses,
        count=terms.count,
        note=terms.note,
        starts=terms.starts,
        ends=terms.ends,
        lookup=None if own is None else own.lookup,
        envelope=None if own is None else own.envelope,
        once=terms.once,
    )
    (button,) = await ctx.buttons([(ctx.say.plain("button-promo-create"), action)])
    await ctx.show(preview_card(ctx.viewer, wanted, _line(wanted), button))


def _line(wanted: Wanted) -> str:
    """What would be typed for the same."""
    terms = wanted.terms
    words = ["/promo new", terms.license_type.value, f"{terms.days}d", f"max={terms.max_uses}"]
    if terms.starts is not None:
        words.append(f"from={_date(terms.starts)}")
    words.append("until=never" if terms.ends is None else f"until={_date(Millis(terms.ends - DAY))}")
    if wanted.code is not None:
        words.append(f"code={wanted.code}")
    if terms.count > 1:
        words.append(f"count={terms.count}")
    if not terms.once:
        words.append("repeat=yes")
    if terms.note:
        words.append(f"note={terms.note}")
    return " ".join(words)


def _date(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("promo", preview_typed_campaign, verb="new", access=ADMIN),
    command("promo", redeem_for_user, verb="redeem", access=ADMIN),
    command("promo", show_campaigns, verb="list", access=ADMIN),
    command("promo", show_promo, access=ADMIN),
    view(PromoDays, ask_days, access=ADMIN),
    view(PromoUses, ask_uses, access=ADMIN),
    view(PromoPreview, preview_campaign, access=ADMIN),
    view(PromoList, show_campaigns_page, access=ADMIN),
    action(CreateCampaign, create_campaign, access=ADMIN),
    action(AskCodeFor, ask_code_for_user, access=ADMIN),
    dialogue(CodeForDialogue, preview_code_for_user, access=ADMIN, takes=redeem.is_code),
)
