"""/drill: practice is left to its exchange for a minute, and then the page of what it did alone."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.drills import Drill
from bot.domain.errors import BadInput
from bot.domain.ids import AccountId
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.core.specs import EFFECT, EVERYONE, HandlerSpec, action, command, view
from handlers.trading.drill_codes import ShowDrill
from handlers.trading.drill_views import ask_drill_card, drill_card, running_card

_STARTS: Final = frozenset({"now", "start", "старт", "начать", "почати", "сейчас", "зараз"})
_STOPS: Final = frozenset({"stop", "стоп", "остановить", "зупинити"})
_LAST: Final = frozenset({"last", "result", "итог", "підсумок", "последний", "останній"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDrill(ButtonAction):
    """[Start: 60 seconds] of a practice account."""

    ACTION = "drill.start"
    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDrill(ButtonAction):
    """[Stop the drill]: the one that is running."""

    ACTION = "drill.stop"


async def drill_command(ctx: UpdateContext) -> None:
    """`/drill`, `/drill now`, `/drill stop`, `/drill last`. Raises BadInput for other words."""
    word = plain(ctx.arguments[0]) if ctx.arguments else ""
    drill = await ctx.services.trading.drills.newest(ctx.config)
    if word in _STARTS:
        await _start(ctx, _practice(ctx))
    elif word in _STOPS:
        await _shown(ctx, await ctx.services.trading.drills.stop(ctx.config))
    elif word in _LAST and drill is not None:
        await _shown(ctx, drill)
    elif word and word not in _LAST:
        raise BadInput("drill-words")
    elif drill is not None and drill.is_under_way(ctx.services.clock.now()):
        await _running(ctx, drill)
    else:
        await _ask(ctx, _practice(ctx), drill)


async def start_drill(ctx: UpdateContext, act: StartDrill) -> None:
    """[Start]. Raises BadInput where one is running, or nothing stands there."""
    await _start(ctx, ctx.config.own_account(act.account))


async def stop_drill(ctx: UpdateContext, _act: StopDrill) -> None:
    """[Stop]: what was seen until then. Raises BadInput where none is running."""
    await _shown(ctx, await ctx.services.trading.drills.stop(ctx.config))


async def show_drill(ctx: UpdateContext, code: ShowDrill) -> None:
    """The page of a drill. Raises ButtonExpired for somebody else's."""
    drill = await ctx.services.trading.drills.of(ctx.config, code.drill)
    if drill.is_under_way(ctx.services.clock.now()):
        await _running(ctx, drill)
    else:
        await _shown(ctx, drill)


def _practice(ctx: UpdateContext) -> Account:
    """Raises NoAccount."""
    return ctx.config.resolve(AccountType.PAPER)


async def _ask(ctx: UpdateContext, account: Account, last: Drill | None) -> None:
    (start,) = await ctx.buttons([(ctx.say.plain("button-drill-start"), StartDrill(account=account.account_id))])
    await ctx.show(ask_drill_card(ctx.viewer, account, last, start))


async def _start(ctx: UpdateContext, account: Account) -> None:
    await _running(ctx, await ctx.services.trading.drills.start(ctx.config, account))


async def _running(ctx: UpdateContext, drill: Drill) -> None:
    account = ctx.config.own_account(drill.account_id)
    (stop,) = await ctx.buttons([(ctx.say.plain("button-drill-stop"), StopDrill())])
    await ctx.show(running_card(ctx.viewer, account, drill, stop))


async def _shown(ctx: UpdateContext, drill: Drill) -> None:
    account = ctx.config.own_account(drill.account_id)
    await ctx.show(drill_card(ctx.viewer, account, drill, await ctx.services.trading.drills.fills(drill)))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("drill", drill_command, access=EVERYONE, good_for_s=EFFECT),
    view(ShowDrill, show_drill, access=EVERYONE),
    action(StartDrill, start_drill, access=EVERYONE),
    action(StopDrill, stop_drill, access=EVERYONE),
)
