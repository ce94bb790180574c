"""A page of the audit, on the reader's own clock."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.audit import AuditPerson, AuditRow
from bot.domain.ids import UserId
from handlers.admin.callbacks import ShowAudit
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext
from handlers.views.times import local_clock

ROWS_A_PAGE: Final = 10
AREAS: Final = (
    "promo",
    "license",
    "payment",
    "user",
    "role",
    "pin",
    "broadcast",
    "desk",
    "support",
    "terms",
    "key",
    "limits",
    "entries",
    "owner",
)
_ALL: Final = "all"
_AREAS_IN_A_ROW: Final = 4
_SHORT: Final = 6  # of a pseudonym whose user was erased


def audit_card(
    viewer: RenderContext,
    rows: Sequence[AuditRow],
    names: Mapping[UserId, str],
    *,
    area: str,
    user_id: UserId,
    is_newest: bool,
) -> Card:
    """Up to ten rows: number, when, who, what, to whom, why. `rows` hold one more if there is an older page."""
    say = viewer.say
    shown = rows[:ROWS_A_PAGE]
    zone = viewer.zone_name
    title = say("audit-title", zone=zone) if user_id == 0 else say("audit-title-of", zone=zone, user=str(user_id))
    parts = [title]
    for row in shown:
        parts += [Markup(""), _line(viewer, row, names)]
    if not shown:
        parts += [Markup(""), say("audit-none")]
    return Card(text=join(parts), rows=_rows(viewer, rows, area, user_id, is_newest=is_newest))


def action_name(say: Translator, action: str) -> str:
    """A row's dotted word in the reader's language; as it is written where the texts don't know it."""
    return say.plain("audit-action", action=action.replace(".", "-"), name=action)  # Fluent's names have no dots


def _rows(
    viewer: RenderContext, rows: Sequence[AuditRow], area: str, user_id: UserId, *, is_newest: bool
) -> tuple[Row, ...]:
    say = viewer.say
    pages: Row = ()
    if not is_newest:
        pages += (button(say.plain("button-audit-newest"), viewer.data(ShowAudit(area, user_id, 0))),)
    if len(rows) > ROWS_A_PAGE:
        last = rows[ROWS_A_PAGE - 1].audit_id
        pages += (button(say.plain("button-audit-older"), viewer.data(ShowAudit(area, user_id, last))),)
    filters = [
        button(
            say.plain("tab-current", name=_area_name(viewer, each)) if each == area else _area_name(viewer, each),
            viewer.data(ShowAudit(each, user_id, 0)),
        )
        for each in (_ALL, *AREAS)
    ]
    everybody: Row = ()
    if user_id != 0:
        everybody = (button(say.plain("button-audit-everybody"), viewer.data(ShowAudit(area, UserId(0), 0))),)
    return (pages, *in_rows(filters, _AREAS_IN_A_ROW), everybody, menu_row(viewer))


def _area_name(viewer: RenderContext, area: str) -> str:
    say = viewer.say
    return say.plain("audit-everything") if area == _ALL else say.plain("audit-area", area=area)


def _line(viewer: RenderContext, row: AuditRow, names: Mapping[UserId, str]) -> Markup:
    say = viewer.say
    when = local_clock(row.at, viewer.now, viewer.config.settings.time_zone)
    action = action_name(say, row.action)
    head = say("audit-line", number=row.audit_id, time=when, action=action, actor=_person(viewer, row.actor, names))
    lines = [head]
    if row.subject is not None and row.subject != row.actor:
        lines.append(say("audit-subject", subject=_person(viewer, row.subject, names)))
    if row.details:
        lines.append(say("audit-details", details=row.details))
    return join(lines)


def _person(viewer: RenderContext, person: AuditPerson | None, names: Mapping[UserId, str]) -> str:
    if person is None:
        return viewer.say.plain("audit-bot")
    if person.user_id is None:
        return viewer.say.plain("audit-erased", name=person.pseudonym[:_SHORT])
    name = names.get(person.user_id, "")
    return f"{name} ({person.user_id})" if name else str(person.user_id)
