"""/privacy and /forget: what is stored, a copy of it, and the way out."""

import asyncio
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import DAY_S, Millis
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import Document
from handlers.core.leaving import what_may_fill, what_stands
from handlers.core.specs import EVEN_BANNED, HandlerSpec, action, command
from handlers.users.privacy_views import (
    export_card,
    forget_card,
    forget_surely_card,
    forgotten_card,
    kept_card,
    privacy_card,
)
from handlers.views.cards import Card, CardButton

FILE_NAME: Final = "perpdesk-my-data.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData(ButtonAction):
    """[Export my data]."""

    ACTION = "privacy.export"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskErasureAgain(ButtonAction):
    """[Yes] of the first question of /forget, which leads to the second."""

    ACTION = "privacy.forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseData(ButtonAction):
    """[Yes] of the second question of /forget: the 23 hours begin. `anyway`: with orders that may fill all the same."""

    ACTION = "privacy.erase"
    anyway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAccount(ButtonAction):
    """[Keep my account]."""

    ACTION = "privacy.keep"


async def show_privacy(ctx: UpdateContext) -> None:
    """`/privacy`."""
    (export,) = await ctx.buttons([(ctx.say.plain("button-export"), ExportData())])
    await ctx.show(privacy_card(ctx.viewer, export))


async def send_export(ctx: UpdateContext, _: ExportData) -> None:
    """[Export my data], once a day."""
    await _send_copy(ctx, await ctx.services.privacy.export(ctx.user_id))


async def ask_erasure(ctx: UpdateContext) -> None:
    """`/forget`: the first question, or when it will happen if it was asked for."""
    ctx.services.privacy.refuse_role(ctx.config)
    state = await ctx.services.privacy.state(ctx.user_id)
    if state.erase_at is not None:
        await _show_due(ctx, state.erase_at)
        return
    go_on, keep = await _erasure_buttons(ctx, "button-forget-go-on", AskErasureAgain())
    await ctx.show(forget_card(ctx.viewer, go_on, keep))


async def ask_erasure_again(ctx: UpdateContext, _: AskErasureAgain) -> None:
    """Asks a second time before an erasure, and names what stands at Bybit."""
    accounts = [each for each in ctx.config.accounts if each.account_type is not AccountType.PAPER]
    found = await asyncio.gather(*(what_stands(ctx, each) for each in accounts))
    standing = {
        ctx.viewer.account_name(account): each.lines
        for account, each in zip(accounts, found, strict=True)
        if not each.is_empty
    }
    erase, keep = await _erasure_buttons(ctx, "button-forget-erase", EraseData())
    await ctx.show(forget_surely_card(ctx.viewer, erase, keep, standing))


async def schedule_erasure(ctx: UpdateContext, act: EraseData) -> None:
    """Entries at Bybit are canceled, then comes their copy; only when that has arrived the date is set."""
    ctx.services.privacy.refuse_role(ctx.config)
    if not act.anyway:
        left = await ctx.services.trading.leaving.leave_all(ctx.user_id, idempotency_key=ctx.idempotency_key)
        if left:
            erase, keep = await _erasure_buttons(ctx, "button-leave-anyway", EraseData(anyway=True))
            await ctx.show(Card(text=what_may_fill(ctx, left), rows=((keep,), (erase,))))
            return
    await ctx.services.subscriptions.stop_all(ctx.user_id)  # nobody is charged who is not known
    await _send_copy(ctx, await ctx.services.privacy.copy(ctx.user_id))
    at = await ctx.services.privacy.forget(ctx.config)
    keep = await _keep_button(ctx)
    await ctx.send(forgotten_card(ctx.viewer, at, keep))


async def keep_account(ctx: UpdateContext, _: KeepAccount) -> None:
    """[Keep my account], at any step."""
    await ctx.services.privacy.keep(ctx.user_id)
    await ctx.show(kept_card(ctx.viewer))


async def _show_due(ctx: UpdateContext, at: Millis) -> None:
    await ctx.show(forgotten_card(ctx.viewer, at, await _keep_button(ctx)))


async def _send_copy(ctx: UpdateContext, content: bytes) -> None:
    await delivery.send_document(
        ctx.bot, ctx.target, Document(name=FILE_NAME, content=content), export_card(ctx.viewer)
    )


async def _erasure_buttons(ctx: UpdateContext, label: str, action: ButtonAction) -> tuple[CardButton, CardButton]:
    say = ctx.say
    first, second = await ctx.buttons([(say.plain(label), action), (say.plain("button-keep-account"), KeepAccount())])
    return first, second


async def _keep_button(ctx: UpdateContext) -> CardButton:
    """Good for as long as there is something to keep."""
    choice = (ctx.say.plain("button-keep-account"), KeepAccount())
    (keep,) = await ctx.buttons([choice], lifetime_s=DAY_S)
    return keep


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("privacy", show_privacy, access=EVEN_BANNED),
    command("forget", ask_erasure, access=EVEN_BANNED),
    action(ExportData, send_export, access=EVEN_BANNED),
    action(AskErasureAgain, ask_erasure_again, access=EVEN_BANNED),
    action(EraseData, schedule_erasure, access=EVEN_BANNED),
    action(KeepAccount, keep_account, access=EVEN_BANNED),
)
