"""The rows of somebody's license time, before some of them are taken, and all of them as a history."""

from collections.abc import Sequence

from bot.domain.admin import AdminAction
from bot.domain.ids import DAY
from bot.domain.licensing import EntryKind, HeldGrant, LedgerLine, LicenseType
from bot.services.admin.user_actions import Preview, Subject
from handlers.admin.callbacks import ShowUser
from handlers.admin.user_views import name_of, taken_lines
from handlers.core.links import AskRefund
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button
from handlers.views.frame import command_button
from handlers.views.licenses import days_of, stars
from handlers.views.render_context import RenderContext
from handlers.views.times import day, span


def revoke_card(
    viewer: RenderContext, admin_action: AdminAction, preview: Preview, grants: Sequence[HeldGrant], rows: Sequence[Row]
) -> Card:
    """Every row that has time left, what would be taken, what would stay, and why."""
    say = viewer.say
    who = say("deed-who", name=name_of(preview.subject.config), id=str(admin_action.user_id))
    lines = [say("deed-title", act=admin_action.kind.value), who, Markup("")]
    lines += [_grant_line(viewer, number, each, each.entry_id in admin_action.entries)
              for number, each in enumerate(grants, 1)]  # fmt: skip
    lines += [Markup(""), *taken_lines(viewer, preview), say("deed-reason", reason=admin_action.reason)]
    paid = [each.payment_id for each in grants if each.payment_id is not None]
    if paid:
        lines.append(say("revoke-refund-instead"))
    refunds = [
        (button(say.plain("button-refund-payment", number=each), viewer.data(AskRefund(each))),) for each in paid
    ]
    return Card(text=join(lines), rows=(*rows, *refunds, command_button(viewer, "button-cancel", "cancel")))


def grant_label(viewer: RenderContext, number: int, grant: HeldGrant, *, is_on: bool) -> str:
    """☑ 1 · Premium · 25 d."""
    kind = viewer.say.plain("license-type", kind=grant.license_type.value)
    mark = "☑" if is_on else "☐"
    return viewer.say.plain("button-grant", mark=mark, number=number, kind=kind, days=days_of(grant.left))


def history_card(viewer: RenderContext, subject: Subject, lines: Sequence[LedgerLine]) -> Card:
    """What was given and taken, the newest first."""
    say = viewer.say
    shown = [_history_line(viewer, each) for each in reversed(lines)] or [say("license-history-none")]
    back = button(say.plain("button-user"), viewer.data(ShowUser(subject.config.user_id)))
    title = say("license-history-title", name=name_of(subject.config))
    return Card(text=join([title, Markup(""), *shown]), rows=((back,),))


def _grant_line(viewer: RenderContext, number: int, grant: HeldGrant, is_on: bool) -> Markup:
    say = viewer.say
    return say(
        "revoke-line",
        mark="☑" if is_on else "☐",
        number=number,
        kind=_kind(viewer, grant.license_type),
        span=span(say, grant.left / 1000),
        origin=_origin(viewer, grant.line),
    )


def _history_line(viewer: RenderContext, line: LedgerLine) -> Markup:
    say, entry = viewer.say, line.entry
    if entry.license_type is not None:
        what = say.plain("history-given", kind=_kind(viewer, entry.license_type), days=entry.millis // DAY)
    elif entry.millis:
        what = say.plain("history-taken-days", days=entry.millis // DAY, row=entry.takes or 0)
    else:
        what = say.plain("history-taken", row=entry.takes or 0)
    text = say("history-line", row=entry.entry_id, date=day(entry.at), what=what, origin=_origin(viewer, line))
    return text if not line.note else join([text, say("history-note", note=line.note)])


def _origin(viewer: RenderContext, line: LedgerLine) -> str:
    """Paid, payment 12, 5,000 ⭐."""
    say = viewer.say
    origin = say.plain("license-origin", kind=line.entry.kind.value)
    if line.payment_id is not None and line.entry.kind is EntryKind.PAYMENT:
        return say.plain("origin-payment", origin=origin, number=line.payment_id, stars=stars(say, line.stars or 0))
    if line.campaign_id is not None:
        return say.plain("origin-campaign", origin=origin, number=line.campaign_id)
    return origin


def _kind(viewer: RenderContext, license_type: LicenseType) -> str:
    return viewer.say.plain("license-type", kind=license_type.value)
