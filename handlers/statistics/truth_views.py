"""The month page: what the cards promised, and what happened."""

from bot.domain.accounts import Account
from bot.domain.periods import Period
from bot.services.screens import Shown
from bot.services.statistics.truth import TruthPage
from handlers.statistics.codes import ShowStats, ShowTruth
from handlers.statistics.spans import back_row, cost_kind, span_line
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, button
from handlers.views.frame import account_tabs, menu_row, refresh_button
from handlers.views.render_context import RenderContext

_BLANK = Markup("")


def truth_card(viewer: RenderContext, account: Account, code: ShowTruth, shown: Shown[TruthPage]) -> Card:
    """Entries, fees, stops and closes of a month, each with of how many it is known."""
    say, page, account_id = viewer.say, shown.value, account.account_id
    parts = [say("truth-title", account=viewer.account_name(account))]
    if page is None:
        parts.append(say("stats-counting"))
    else:
        parts.append(span_line(viewer, page.shown))
        found = [*_entries(viewer, page), *_fees(viewer, page), *_stops(viewer, page), *_closes(viewer, page)]
        parts += found or [_BLANK, say("truth-none")]
    stats = button(say.plain("button-stats"), viewer.data(ShowStats(account_id, Period.MONTH, code.back)))
    return Card(
        text=join(parts),
        rows=(
            () if page is None else back_row(viewer, page.shown, lambda back: ShowTruth(account_id, back)),
            account_tabs(viewer, account, lambda each: ShowTruth(each, code.back)),
            (stats,),
            (*refresh_button(viewer, code), *menu_row(viewer)),
        ),
    )


def _entries(viewer: RenderContext, page: TruthPage) -> list[Markup]:
    """Average fill against the card's price, and whether the worst price was kept."""
    say, entries = viewer.say, page.entries
    if not entries.orders:
        return []
    lines = [_BLANK, say("truth-entries", count=entries.orders)]
    lines.append(say("truth-worst", kept=entries.kept, known=entries.kept + entries.broken))
    if entries.priced:
        cost = entries.slippage
        money = viewer.figures.money(abs(cost), page.summary.coin)
        lines.append(say("truth-price", kind=cost_kind(cost), money=money, count=entries.priced))
    if entries.limits:
        lines.append(say("truth-limits", count=entries.limits))
    if entries.unpriced:
        lines.append(say("truth-price-unknown", count=entries.unpriced))
    return lines


def _fees(viewer: RenderContext, page: TruthPage) -> list[Markup]:
    say, figures, entries, coin = viewer.say, viewer.figures, page.entries, page.summary.coin
    if not entries.orders:
        return []
    lines = []
    if entries.fees_known:
        said, paid = figures.money(entries.fees_said, coin), figures.money(entries.fees_paid, coin)
        is_kept = int(entries.fees_paid <= entries.fees_said)
        lines.append(say("truth-fees", said=said, paid=paid, kept=is_kept))
    unknown = entries.orders - entries.fees_known
    return [*lines, say("truth-fees-unknown", count=unknown)] if unknown else lines


def _stops(viewer: RenderContext, page: TruthPage) -> list[Markup]:
    """Whether stops held, and what they lost against what was said."""
    say, figures, stops, coin = viewer.say, viewer.figures, page.stops, page.summary.coin
    if not stops.reached:
        return []
    lines = [_BLANK, say("truth-stops", held=stops.held, reached=stops.reached, all=int(stops.held == stops.reached))]
    if stops.held:
        kind = cost_kind(stops.slippage)
        lines.append(say("truth-stop-price", kind=kind, money=figures.money(abs(stops.slippage), coin)))
    if stops.compared:
        said, came = (figures.money(-each, coin) for each in (stops.loss_said, stops.loss_came))
        lines.append(say("truth-loss", said=said, came=came, within=stops.within, count=stops.compared))
    if stops.moved:
        lines.append(say("truth-moved", count=stops.moved))
    if stops.unknown:
        lines.append(say("truth-loss-unknown", count=stops.unknown))
    return lines


def _closes(viewer: RenderContext, page: TruthPage) -> list[Markup]:
    """Every exit whose price was shown before: closes by hand, and stops."""
    say, main = viewer.say, page.summary
    if not main.closes:
        return []
    lines = [_BLANK, say("truth-exits", count=main.closes)]
    if main.exits_priced:
        kind = cost_kind(main.exit_slippage)
        money = viewer.figures.money(abs(main.exit_slippage), main.coin)
        lines.append(say("truth-exit-price", kind=kind, money=money, count=main.exits_priced))
    unknown = main.closes - main.exits_priced
    return [*lines, say("truth-exit-unknown", count=unknown)] if unknown else lines
