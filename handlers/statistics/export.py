"""/export: fills, closed trades and funding as CSV files.

The card says at once that the files are being made; they are made and sent beside the chat, whose lane goes on.
"""

import asyncio
import logging
from datetime import date
from typing import Final

from telegram.error import TelegramError

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.periods import Period
from bot.services.statistics.exports import WORDS, ExportedFile
from bot.services.statistics.statistics import ShownSpan
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import Document
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.statistics.codes import ChooseExport, MakeExport
from handlers.statistics.export_views import (
    caption_card,
    choose_export_card,
    export_begun_card,
    export_done_card,
    export_failed_card,
)
from handlers.statistics.words import wanted
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)


async def export_command(ctx: UpdateContext) -> None:
    """`/export` asks; `/export year`, `/export last month live` begin at once."""
    asked = wanted(ctx)
    if asked.period is None:
        await ctx.show(choose_export_card(ctx.viewer, asked.account))
    else:
        await _begin(ctx, asked.account, asked.period, asked.back)


async def choose_export(ctx: UpdateContext, code: ChooseExport) -> None:
    """The periods to choose from. Raises ButtonExpired for an account that is not the presser's."""
    await ctx.show(choose_export_card(ctx.viewer, ctx.config.own_account(code.account_id)))


async def make_export(ctx: UpdateContext, code: MakeExport) -> None:
    """[This month]: the files come as documents."""
    await _begin(ctx, ctx.config.own_account(code.account_id), code.period, code.back)


async def _begin(ctx: UpdateContext, account: Account, period: Period, back: int) -> None:
    """Raises BadInput while another one of theirs is being made."""
    if ctx.services.results.exports.is_busy(ctx.user_id):
        raise BadInput("export-under-way")
    shown = await ctx.services.results.statistics.calendar_span(ctx.config, period, back)
    message_id = await ctx.show(export_begun_card(ctx.viewer, account, shown))
    ctx.data.tasks.start(_make(ctx, account, shown, message_id), "an export on its way")


async def _make(ctx: UpdateContext, account: Account, shown: ShownSpan, message_id: int) -> None:
    """Whatever goes wrong is said on the card."""
    try:
        async with ctx.services.results.exports.made(account, shown.span, stem=_stem(account, shown)) as files:
            for each in files:
                await _send(ctx, shown, each)
            card = export_done_card(ctx.viewer, account, shown, [(each.kind, each.rows) for each in files])
    except (BadInput, StorageTrouble, OSError, TelegramError) as trouble:
        _logger.warning("an export could not be sent: %s", type(trouble).__name__)
        card = export_failed_card(ctx.viewer, account, shown)
    await _put(ctx, message_id, card)


async def _send(ctx: UpdateContext, shown: ShownSpan, file: ExportedFile) -> None:
    content = await asyncio.to_thread(file.path.read_bytes)
    caption = caption_card(ctx.viewer, shown, file.kind, file.rows)
    await delivery.send_document(ctx.bot, ctx.target, Document(name=file.name, content=content), caption)


async def _put(ctx: UpdateContext, message_id: int, card: Card) -> None:
    """The card that said that it began says what came of it; a new one where it is gone."""
    try:
        if message_id <= 0 or not await delivery.edit(ctx.bot, ctx.target, message_id, card):
            await ctx.send(card)
    except TelegramError as refusal:
        _logger.warning("it could not be said what came of an export: %s", refusal.message)


def _stem(account: Account, shown: ShownSpan) -> str:
    """perpdesk-practice-2026-11, perpdesk-live-2026, perpdesk-demo-2-all."""
    number = "" if account.number == 1 else f"-{account.number}"
    return f"perpdesk-{WORDS[account.account_type]}{number}-{_named(shown.period, shown.span.first)}"


def _named(period: Period, first: date | None) -> str:
    if first is None:
        return "all"
    match period:
        case Period.YEAR:
            return f"{first.year}"
        case Period.MONTH:
            return f"{first:%Y-%m}"
        case _:
            return first.isoformat()


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("export", export_command, access=EVERYONE),
    view(ChooseExport, choose_export, access=EVERYONE),
    view(MakeExport, make_export, access=EVERYONE),
)
