"""Bybit and I disagree, and positions that were opened elsewhere: what stands there, and who manages it from now on."""

from dataclasses import dataclass
from typing import Final

from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import DAY_S
from bot.domain.portfolio import LegKey
from bot.domain.trade_plans import TradePlan
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.links import ShowLeg
from handlers.core.specs import EVERYONE, EXIT, HandlerSpec, action, view
from handlers.texts.catalog import Markup
from handlers.trading.accounts import managed_account
from handlers.trading.disagreement_views import (
    ask_manage_card,
    disagreement_card,
    disagreement_ended_card,
    managed_card,
    released_card,
    restored_card,
)
from handlers.trading.leg_codes import AskManage, LegName, ShowDisagreement
from handlers.trading.legs import known_instrument, leg_of, one_leg, place_of
from handlers.trading.position import show_leg
from handlers.views.cards import CardButton

_RESTORABLE: Final = frozenset({DisagreementKind.STOP, DisagreementKind.TARGET})


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePromise(ButtonAction):
    """[Restore]: the stop or the target as it was promised."""

    ACTION = "trade.restore"
    disagreement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptShown(ButtonAction):
    """[Manage it for me]: what stands at Bybit is the promise from now on."""

    ACTION = "trade.accept"
    disagreement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOnly(ButtonAction):
    """[Watch only]: the position is its owner's from now on."""

    ACTION = "trade.watch"
    disagreement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageLeg(ButtonAction):
    """[Manage it for me] of a position that was opened elsewhere."""

    ACTION = "trade.manage"
    leg: LegName


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLeg(ButtonAction):
    """[Leave it open, stop managing] of a position, while it is managed by that plan."""

    ACTION = "trade.release"
    leg: LegName
    plan: int = 0


async def show_disagreement(ctx: UpdateContext, code: ShowDisagreement) -> None:
    """What stands against what was promised, now; one that has ended says how."""
    row = await _find(ctx, code.disagreement)
    if not row.is_open:
        await _show_ended(ctx, row)
        return
    account, instrument = managed_account(ctx, row.leg.account_id), await known_instrument(ctx, row.leg.symbol)
    await ctx.show(disagreement_card(ctx.viewer, account, row, instrument, await _choices(ctx, row)))


async def restore_promise(ctx: UpdateContext, act: RestorePromise) -> None:
    """[Restore]. Raises BadInput where the price has passed the promised stop."""
    row = await _find(ctx, act.disagreement)
    if not row.is_open:
        await _show_ended(ctx, row)
        return
    row = await ctx.services.trading.disagreements.restore(
        ctx.config, act.disagreement, idempotency_key=ctx.idempotency_key
    )
    account = managed_account(ctx, row.leg.account_id)
    await ctx.show(restored_card(ctx.viewer, account, row, await known_instrument(ctx, row.leg.symbol)))


async def accept_shown(ctx: UpdateContext, act: AcceptShown) -> None:
    """[Manage it for me]."""
    row = await _find(ctx, act.disagreement)
    if not row.is_open:
        await _show_ended(ctx, row)
        return
    plan = await ctx.services.trading.disagreements.accept(ctx.config, act.disagreement)
    done = ctx.say("disagreement-ended", how=DisagreementEnd.ACCEPTED.value)
    await _show_managed(ctx, plan, done)


async def watch_only(ctx: UpdateContext, act: WatchOnly) -> None:
    """[Watch only]: of one that is settled already only how."""
    await _find(ctx, act.disagreement)
    await _show_ended(ctx, await ctx.services.trading.disagreements.watch_only(ctx.config, act.disagreement))


async def ask_manage(ctx: UpdateContext, code: AskManage) -> None:
    """What I would do with the position, and [Manage it for me]."""
    account = managed_account(ctx, code.account_id)
    outlook = await one_leg(ctx, account, code.symbol, code.position_idx)
    wish = ManageLeg(leg=LegName(code.account_id, code.symbol, code.position_idx))
    (act,) = await ctx.buttons([(ctx.say.plain("button-manage"), wish)])
    instrument = await known_instrument(ctx, code.symbol)
    await ctx.show(ask_manage_card(ctx.viewer, account, outlook, instrument, act))


async def manage_leg(ctx: UpdateContext, act: ManageLeg) -> None:
    """[Manage it for me]: with the stop and the target that stand there."""
    leg = _leg(ctx, act.leg)
    plan = await ctx.services.trading.disagreements.manage(ctx.config, leg, place=place_of(ctx))
    await _show_managed(ctx, plan, ctx.say("manage-done"))


async def release_leg(ctx: UpdateContext, act: ReleaseLeg) -> None:
    """[Leave it open, stop managing]: the position, its stop and its take profit stay at Bybit as they are.

    Where it is not managed any more its card is shown as it stands.
    """
    leg = _leg(ctx, act.leg)
    if await ctx.services.trading.disagreements.release(ctx.config, leg, act.plan):
        await ctx.show(released_card(ctx.viewer, managed_account(ctx, leg.account_id), act.leg))
    else:
        await show_leg(ctx, ShowLeg(leg.account_id, leg.symbol, leg.position_idx))


async def _find(ctx: UpdateContext, disagreement: int) -> Disagreement:
    """Raises BadInput for one that is not the presser's, or not any more."""
    try:
        return await ctx.services.trading.disagreements.get(ctx.config, disagreement)
    except ButtonExpired as gone:
        raise BadInput("disagreement-over") from gone


async def _show_ended(ctx: UpdateContext, row: Disagreement) -> None:
    await ctx.show(disagreement_ended_card(ctx.viewer, managed_account(ctx, row.leg.account_id), row))


async def _show_managed(ctx: UpdateContext, plan: TradePlan, done: Markup) -> None:
    account, instrument = managed_account(ctx, plan.leg.account_id), await known_instrument(ctx, plan.leg.symbol)
    await ctx.show(managed_card(ctx.viewer, account, plan, instrument, done))


async def _choices(ctx: UpdateContext, row: Disagreement) -> tuple[CardButton, ...]:
    """[Restore], where there is something to put back, [Manage it for me], [Watch only]."""
    choices: list[tuple[str, ButtonAction]] = []
    if row.kind in _RESTORABLE:
        choices.append((ctx.say.plain("button-restore"), RestorePromise(disagreement=row.disagreement_id)))
    if row.kind is not DisagreementKind.GONE:  # where nothing stands there is nothing to manage
        choices.append((ctx.say.plain("button-manage"), AcceptShown(disagreement=row.disagreement_id)))
    choices.append((ctx.say.plain("button-watch"), WatchOnly(disagreement=row.disagreement_id)))
    return await ctx.buttons(choices, lifetime_s=DAY_S)


def _leg(ctx: UpdateContext, name: LegName) -> LegKey:
    return leg_of(managed_account(ctx, name.account_id), name.symbol, name.position_idx)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    view(ShowDisagreement, show_disagreement, access=EXIT),
    view(AskManage, ask_manage, access=EVERYONE),
    action(RestorePromise, restore_promise, access=EXIT, repeats=True),
    action(AcceptShown, accept_shown, access=EVERYONE, repeats=True),
    action(WatchOnly, watch_only, access=EXIT, repeats=True),
    action(ManageLeg, manage_leg, access=EVERYONE, repeats=True),
    action(ReleaseLeg, release_leg, access=EXIT, repeats=True),
)
