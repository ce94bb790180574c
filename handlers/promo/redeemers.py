"""Who redeemed a campaign, as pages and as a file."""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.ids import DAY, Millis
from bot.domain.promo import Redeemer
from bot.services.chat.buttons import ButtonAction
from bot.services.promo.campaigns import NEWEST, PAGE
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import Document
from handlers.core.specs import ADMIN, HandlerSpec, action, command, view
from handlers.promo.callbacks import PromoRedeemers
from handlers.promo.campaign import campaign_number, second_argument
from handlers.promo.redeemers_views import redeemers_caption, redeemers_card, state_of

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRedeemersFile(ButtonAction):
    """[As a file]."""

    ACTION = "promo.redeemers"
    campaign: int


async def show_redeemers_by_number(ctx: UpdateContext) -> None:
    """`/promo used 12`."""
    await show_redeemers(ctx, PromoRedeemers(campaign_number(second_argument(ctx))))


async def show_redeemers(ctx: UpdateContext, code: PromoRedeemers) -> None:
    """A page, the newest first."""
    promo = ctx.services.promo
    campaign = await promo.campaign(code.campaign)
    found = await promo.redeemers(code.campaign, code.before or NEWEST, PAGE + 1)
    choices = [(ctx.say.plain("button-promo-redeemers-file"), SendRedeemersFile(campaign=code.campaign))]
    file = await ctx.buttons(choices) if found else ()
    card = redeemers_card(ctx.viewer, campaign, found[:PAGE], file, code.before, has_more=len(found) > PAGE)
    await ctx.show(card)


async def send_redeemers_file(ctx: UpdateContext, payload: SendRedeemersFile) -> None:
    """[As a file]."""
    redeemers = await ctx.services.promo.all_redeemers(ctx.user_id, payload.campaign)
    content = await asyncio.to_thread(csv_of_redeemers, redeemers)
    document = Document(name=f"promo-{payload.campaign}-used.csv", content=content)
    campaign = await ctx.services.promo.campaign(payload.campaign)
    await delivery.send_document(ctx.bot, ctx.target, document, redeemers_caption(ctx.viewer, campaign))


def csv_of_redeemers(redeemers: Sequence[Redeemer]) -> bytes:
    """A line a redemption, times in UTC. Of somebody who was erased the pseudonym alone."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(("redeemed", "user", "username", "name", "type", "days", "until", "days_left", "state", "by_admin"))
    for each in redeemers:
        usage = each.usage
        lines.writerow(
            (
                _utc(usage.at),
                f"erased-{each.pseudonym}" if each.user_id is None else each.user_id,
                each.username or "",
                _cell(each.first_name),
                usage.license_type.value,
                usage.days,
                _utc(usage.until),
                f"{each.left / DAY:.1f}",
                state_of(each),
                "yes" if each.by_admin else "",
            )
        )
    return file.getvalue().encode()


def _cell(text: str) -> str:
    """A name as text, whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _utc(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("promo", show_redeemers_by_number, verb="used", access=ADMIN),
    view(PromoRedeemers, show_redeemers, access=ADMIN),
    action(SendRedeemersFile, send_redeemers_file, access=ADMIN),
)
