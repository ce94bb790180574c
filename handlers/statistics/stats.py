"""/stats: what a day, a week, a month or everything came to; by symbol, side and exit. And the daily report."""

from dataclasses import dataclass
from typing import Annotated, Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.domain.payloads import AtMost
from bot.domain.periods import Period
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext
from handlers.core.plain_words import OFF, plain
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, view
from handlers.statistics.codes import ShowDailyReport, ShowStats
from handlers.statistics.daily_views import OFFERED_HOURS, daily_card
from handlers.statistics.stats_views import stats_card
from handlers.statistics.words import wanted
from handlers.texts.catalog import Markup

_LAST_HOUR: Final = 23
_DAILY: Final = frozenset({"daily", "report", "отчёт", "отчет", "звіт"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantDailyReport(ButtonAction):
    """[21:00]: a report each day at that hour."""

    ACTION = "stats.daily"
    hour: Annotated[int, AtMost(_LAST_HOUR)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDailyReport(ButtonAction):
    """[Off]: no daily report."""

    ACTION = "stats.daily-off"


async def stats_command(ctx: UpdateContext) -> None:
    """`/stats`, `/stats week demo`, `/stats all symbols`; `/stats daily 21`, `/stats daily off`."""
    words = [plain(each) for each in ctx.arguments]
    if len(words) > 1 and words[0] in _DAILY:
        await _typed_report(ctx, words[1])
        return
    asked = wanted(ctx)
    code = ShowStats(asked.account.account_id, asked.period or Period.MONTH, asked.back, asked.part)
    await _show(ctx, asked.account, code)


async def show_stats(ctx: UpdateContext, code: ShowStats) -> None:
    """A period, a trait, an account. Raises ButtonExpired for an account that is not the presser's."""
    await _show(ctx, ctx.config.own_account(code.account_id), code)


async def _show(ctx: UpdateContext, account: Account, code: ShowStats) -> None:
    await ctx.present(
        lambda: ctx.services.results.statistics.shown(ctx.config, account, code.period, code.back),
        lambda viewer, shown: stats_card(viewer, account, code, shown),
    )


async def show_daily_report(ctx: UpdateContext, _: ShowDailyReport) -> None:
    """Whether it comes, and the hours to choose from."""
    await _show_report(ctx)


async def want_daily_report(ctx: UpdateContext, act: WantDailyReport) -> None:
    """From the next time on that it is that hour."""
    await ctx.services.results.reports.want(ctx.config, act.hour)
    await _show_report(ctx, lead=ctx.say("daily-set", hour=f"{act.hour:02}:00", zone=ctx.viewer.zone_name))


async def stop_daily_report(ctx: UpdateContext, _: StopDailyReport) -> None:
    """[Off]; a second tap says the same."""
    await ctx.services.results.reports.stop(ctx.user_id)
    await _show_report(ctx, lead=ctx.say("daily-off"))


async def _typed_report(ctx: UpdateContext, word: str) -> None:
    """`21`, `21:00`, `off`. Raises BadInput."""
    if word in OFF:
        await stop_daily_report(ctx, StopDailyReport())
        return
    hour = word.removesuffix(":00")
    if not hour.isascii() or not hour.isdigit() or int(hour) > _LAST_HOUR:
        raise BadInput("daily-hour", word=word)
    await want_daily_report(ctx, WantDailyReport(hour=int(hour)))


async def _show_report(ctx: UpdateContext, *, lead: Markup | None = None) -> None:
    report = await ctx.services.results.reports.wanted(ctx.user_id)
    choices = [(f"{hour:02}:00", WantDailyReport(hour=hour)) for hour in OFFERED_HOURS]
    hours = await ctx.buttons(choices)
    off = await ctx.buttons([(ctx.say.plain("button-daily-off"), StopDailyReport())]) if report is not None else ()
    await ctx.show(daily_card(ctx.viewer, report, hours, off, lead=lead))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("stats", stats_command, access=EVERYONE),
    view(ShowStats, show_stats, access=EVERYONE),
    view(ShowDailyReport, show_daily_report, access=EVERYONE),
    action(WantDailyReport, want_daily_report, access=EVERYONE),
    action(StopDailyReport, stop_daily_report, access=EVERYONE),
)
