"""The figures of /report in words."""

from bot.domain.accounts import AccountType
from bot.domain.ids import Millis
from bot.domain.reports import Report
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card
from handlers.views.frame import menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.tables import columns, table
from handlers.views.times import moment


def report_card(viewer: RenderContext, report: Report) -> Card:
    """Users, licenses, income, promo codes, traders."""
    say = viewer.say
    parts = [
        say("report-title", date=moment(report.at, Millis(0), viewer.config.settings.time_zone, say.language)),
        Markup(""),
    ]
    parts += [say("report-users"), table(_users(viewer, report)), Markup("")]
    parts += [say("report-licenses"), table(_licenses(viewer, report)), Markup("")]
    parts += [say("report-income"), *_income(viewer, report), Markup("")]
    parts += [say("report-funnel"), *_funnel(viewer, report), Markup("")]
    parts += [say("report-traders"), *_traders(viewer, report)]
    rows = ((*refresh_button(viewer, RunCommand("report")), *menu_row(viewer)),)
    return Card(text=join(parts), rows=rows)


def _users(viewer: RenderContext, report: Report) -> list[tuple[str, str]]:
    say = viewer.say
    rows = [(say.plain("report-all"), viewer.figures.count(report.users))]
    rows += [
        (say.plain("report-active", days=days), viewer.figures.count(count)) for days, count in report.active.items()
    ]
    return rows


def _licenses(viewer: RenderContext, report: Report) -> list[tuple[str, str]]:
    say = viewer.say
    rows = [
        (say.plain("license-type", kind=kind.value), viewer.figures.count(count))
        for kind, count in report.licenses.items()
    ]
    rows += [
        (say.plain("report-ending", days=days), viewer.figures.count(count)) for days, count in report.expiring.items()
    ]
    return rows


def _income(viewer: RenderContext, report: Report) -> list[Markup]:
    months = [each for each in report.income if each.kept or each.returned]
    if not months:
        return [viewer.say("report-no-income")]
    return [
        columns(
            [
                (
                    each.month,
                    viewer.figures.count(each.kept),
                    f"−{viewer.figures.count(each.returned)}" if each.returned else "",
                )
                for each in months
            ]
        )
    ]


def _funnel(viewer: RenderContext, report: Report) -> list[Markup]:
    if not report.funnel:
        return [viewer.say("report-no-promo")]
    return [
        viewer.say(
            "report-campaign",
            title=each.title,
            opened=each.opened,
            redeemed=each.redeemed,
            connected=each.connected,
            traded=each.traded,
            paid=each.paid,
        )
        for each in report.funnel
    ]


def _traders(viewer: RenderContext, report: Report) -> list[Markup]:
    if not report.traders:
        return [viewer.say("report-no-traders")]
    lines = []
    for account_type in (AccountType.LIVE, AccountType.DEMO, AccountType.PAPER):
        best = [each for each in report.traders if each.account_type is account_type]
        if best:
            lines.append(Markup(f"<i>{viewer.type_name(account_type)}</i>"))
        lines += [
            viewer.say(
                "report-trader",
                name=each.first_name or str(each.user_id),
                id=str(each.user_id),
                pnl=viewer.figures.money(each.pnl, "USDT", signed=True),
                fills=each.fills,
            )
            for each in best
        ]
    return lines
