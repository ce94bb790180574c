"""/pause and /resume of one's own entries; /halt and /unhalt of everybody's, for admins."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, EFFECT, EVERYONE, HandlerSpec, action, command
from handlers.texts.catalog import Markup
from handlers.trading.accounts import named_or_trading_account
from handlers.trading.actions import ResumeEntries
from handlers.trading.brake_views import halt_card, paused_card, resumed_card
from handlers.trading.legs import ActOutcome, show_outcome
from handlers.views.cards import Card

_LONGEST_REASON: Final = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHalt(ButtonAction):
    """[Lift the halt]; the PIN comes first."""

    ACTION = "trade.unhalt"


async def pause(ctx: UpdateContext) -> None:
    """`/pause`: no entries until resumed; those that rest are canceled, stops and targets stay.

    However late it comes: it only makes things safer.
    """
    account = named_or_trading_account(ctx)
    intents = await ctx.services.trading.pauses.pause(account, idempotency_key=ctx.idempotency_key)
    (act,) = await ctx.buttons([(ctx.say.plain("button-resume-entries"), ResumeEntries(account=account.account_id))])

    async def draw(outcome: ActOutcome) -> Card:
        return paused_card(ctx.viewer, account, outcome, act)

    await show_outcome(ctx, intents, draw)


async def resume(ctx: UpdateContext) -> None:
    """`/resume`, after /pause or /panic."""
    await _resume(ctx, named_or_trading_account(ctx))


async def resume_entries(ctx: UpdateContext, act: ResumeEntries) -> None:
    """[Resume entries] of a pause or of a panic."""
    await _resume(ctx, ctx.config.own_account(act.account))


async def halt(ctx: UpdateContext) -> None:
    """`/halt`, `/halt Bybit is down`: at once, for everybody, however late it comes."""
    reason = " ".join(ctx.arguments)
    if len(reason) > _LONGEST_REASON:
        raise BadInput("error-too-long", limit=_LONGEST_REASON)
    await ctx.services.trading.halts.halt(ctx.config, reason)
    await _show_halt(ctx)


async def unhalt(ctx: UpdateContext) -> None:
    """`/unhalt`; the PIN comes first."""
    was_halted = await ctx.services.trading.halts.unhalt(ctx.config)
    await _show_halt(ctx, ctx.say("halt-lifted" if was_halted else "halt-was-none"))


async def lift_halt(ctx: UpdateContext, _: LiftHalt) -> None:
    """[Lift the halt]."""
    await unhalt(ctx)


async def _resume(ctx: UpdateContext, account: Account) -> None:
    was_paused = await ctx.services.trading.pauses.resume(account)
    state = await ctx.services.trading.halts.state()
    await ctx.show(resumed_card(ctx.viewer, account, state, was_paused=was_paused))


async def _show_halt(ctx: UpdateContext, lead: Markup | None = None) -> None:
    state = await ctx.services.trading.halts.state()
    act = None
    if state.since is not None:
        (act,) = await ctx.buttons([(ctx.say.plain("button-lift-halt"), LiftHalt())])
    await ctx.show(halt_card(ctx.viewer, state, act, lead=lead))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("pause", pause, access=EVERYONE),
    command("resume", resume, access=EVERYONE, good_for_s=EFFECT),
    command("halt", halt, access=ADMIN),
    command("unhalt", unhalt, access=ADMIN, good_for_s=EFFECT),
    action(ResumeEntries, resume_entries, access=EVERYONE, repeats=True),
    action(LiftHalt, lift_halt, access=ADMIN),
)
