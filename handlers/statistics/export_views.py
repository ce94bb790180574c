"""The choice of an export, and what came of it."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.exports import ExportFile
from bot.domain.periods import Period
from bot.services.statistics.statistics import ShownSpan
from handlers.statistics.codes import ChooseExport, MakeExport
from handlers.statistics.spans import span_line
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, button
from handlers.views.frame import account_tabs, command_button, menu_row
from handlers.views.render_context import RenderContext

_OFFERED: Final = ((Period.MONTH, 0), (Period.MONTH, 1), (Period.YEAR, 0), (Period.YEAR, 1), (Period.ALL, 0))


def choose_export_card(viewer: RenderContext, account: Account) -> Card:
    """What the files are, and how much shall be in them."""
    say, account_id = viewer.say, account.account_id
    choices = tuple(
        button(
            say.plain("export-choice", period=period.value, back=back),
            viewer.data(MakeExport(account_id, period, back)),
        )
        for period, back in _OFFERED
    )
    text = join([say("export-title", account=viewer.account_name(account)), say("export-about")])
    return Card(
        text=text,
        rows=(choices[:2], choices[2:4], choices[4:], account_tabs(viewer, account, ChooseExport), menu_row(viewer)),
    )


def export_begun_card(viewer: RenderContext, account: Account, shown: ShownSpan) -> Card:
    """That the files are being made."""
    return Card(text=join([*_head(viewer, account, shown), viewer.say("export-begun")]), rows=(menu_row(viewer),))


def export_done_card(
    viewer: RenderContext, account: Account, shown: ShownSpan, files: Sequence[tuple[ExportFile, int]]
) -> Card:
    """How many rows of what were sent; `files`: of each its kind and its rows."""
    say, figures = viewer.say, viewer.figures
    lines = _head(viewer, account, shown)
    rows = {kind: sum(count for each, count in files if each is kind) for kind in ExportFile}
    if not files:
        lines.append(say("export-empty"))
    else:
        lines.append(say("export-done", count=len(files)))
        lines += [say("export-rows", kind=kind.value, rows=figures.count(rows[kind])) for kind in ExportFile]
    again = button(say.plain("button-export-csv"), viewer.data(ChooseExport(account.account_id)))
    return Card(text=join(lines), rows=((again, *command_button(viewer, "button-stats", "stats")), menu_row(viewer)))


def export_failed_card(viewer: RenderContext, account: Account, shown: ShownSpan) -> Card:
    """That it did not work, and [again]."""
    again = button(viewer.say.plain("button-export-csv"), viewer.data(ChooseExport(account.account_id)))
    return Card(
        text=join([*_head(viewer, account, shown), viewer.say("export-failed")]), rows=((again,), menu_row(viewer))
    )


def caption_card(viewer: RenderContext, shown: ShownSpan, kind: ExportFile, rows: int) -> Card:
    """What a file has in it."""
    line = viewer.say("export-rows", kind=kind.value, rows=viewer.figures.count(rows))
    return Card(text=join([line, span_line(viewer, shown)]))


def _head(viewer: RenderContext, account: Account, shown: ShownSpan) -> list[Markup]:
    return [viewer.say("export-title", account=viewer.account_name(account)), span_line(viewer, shown)]
