"""Lists and cards of users for admins, and the acts on users before and after they are confirmed."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.admin import AdminAction, AdminActionKind, UserFilter, UserLine
from bot.domain.users import Role, UserConfig
from bot.services.admin.user_actions import Preview, Subject
from handlers.admin.callbacks import (
    AskAdminAction,
    AskRole,
    FindUser,
    ShowAudit,
    ShowLicenseHistory,
    ShowUser,
    ShowUsers,
)
from handlers.core.callbacks import Code
from handlers.core.links import RunCommand, ShowPaymentsOf, ShowUsersOfCampaign
from handlers.texts.catalog import LANGUAGE_NAMES, Markup, join
from handlers.texts.cities import zone_label
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext
from handlers.views.tables import table
from handlers.views.times import day, span

USERS_A_PAGE: Final = 8
_FILTERS_IN_A_ROW: Final = 3
_BLANK: Final = Markup("")


def users_card(
    viewer: RenderContext, lines: Sequence[UserLine], shown: UserFilter, page: int, *, has_more: bool
) -> Card:
    """A page of everybody, or of those a filter leaves."""
    say = viewer.say
    parts = [say("users-title", shown=shown.value), _BLANK, *_user_lines(viewer, lines)]
    pages = _page_row(viewer, page, lambda number: ShowUsers(shown, number), has_more=has_more)
    filters = [
        button(_marked(viewer, say.plain("users-filter", shown=each.value), is_on=each is shown),
               viewer.data(ShowUsers(each)))
        for each in UserFilter
    ]  # fmt: skip
    find = button(say.plain("button-users-find"), viewer.data(FindUser()))
    rows = (*_user_buttons(viewer, lines), pages, *in_rows(filters, _FILTERS_IN_A_ROW), (find, *menu_row(viewer)))
    return Card(text=join(parts), rows=rows)


def campaign_users_card(
    viewer: RenderContext, lines: Sequence[UserLine], shown: ShowUsersOfCampaign, *, has_more: bool
) -> Card:
    """A page of those who redeemed a campaign."""
    say = viewer.say
    parts = [say("users-of-campaign", campaign=str(shown.campaign)), _BLANK, *_user_lines(viewer, lines)]
    pages = _page_row(viewer, shown.page, lambda number: ShowUsersOfCampaign(shown.campaign, number), has_more=has_more)
    return Card(text=join(parts), rows=(*_user_buttons(viewer, lines), pages, _ways_back(viewer)))


def found_card(viewer: RenderContext, typed: str, lines: Sequence[UserLine]) -> Card:
    """The users that a search found, each with a button."""
    say = viewer.say
    parts = [say("users-found", typed=typed, count=len(lines)), _BLANK, *_user_lines(viewer, lines)]
    back = button(say.plain("button-users"), viewer.data(RunCommand("users")))
    find = button(say.plain("button-users-find"), viewer.data(FindUser()))
    return Card(text=join(parts), rows=(*_user_buttons(viewer, lines), (find, back)))


def ask_find_card(viewer: RenderContext) -> Card:
    """Asks for an id, an @name or the beginning of a name."""
    return Card(text=viewer.say("users-ask-find"), rows=(command_button(viewer, "button-cancel", "cancel"),))


def user_card(viewer: RenderContext, role: Role, subject: Subject, redeem: CardButton | None = None) -> Card:
    """Everything an admin may know, and what the reader's role may do. No key, no balance."""
    say = viewer.say
    config, facts = subject.config, subject.facts
    name = say("user-banned-name", name=name_of(config)) if config.is_banned else say("user-name", name=name_of(config))
    about = [
        (say.plain("user-id"), str(config.user_id)),
        (say.plain("user-role"), say.plain("role-name", role=subject.role.value)),
        (say.plain("user-language"), LANGUAGE_NAMES[config.language]),
        (say.plain("user-zone"), zone_label(config.settings.time_zone, say.language)),
        (say.plain("user-first-seen"), day(config.first_seen_ts)),
        (say.plain("user-pin"), say.plain("user-yes" if subject.has_pin else "user-no")),
        (say.plain("user-positions"), str(facts.positions)),
        (say.plain("user-orders"), str(facts.orders)),
        (say.plain("user-trades"), str(facts.trades)),
        (say.plain("user-redemptions"), str(facts.redemptions)),
        (say.plain("user-payments"), str(facts.payments)),
    ]
    parts = [name, say("user-seen", age=viewer.age(facts.last_seen)), table(about)]
    parts += _license_lines(viewer, subject)
    parts += [_BLANK, say("user-accounts"), *_account_lines(viewer, config)]
    parts += [_BLANK, *_error_lines(viewer, subject)]
    return Card(text=join(parts), rows=(*_action_rows(viewer, role, subject, redeem), _ways_back(viewer)))


def choose_time_card(viewer: RenderContext, subject: Subject, kind: AdminActionKind, rows: tuple[Row, ...]) -> Card:
    """How much license time, of which type."""
    text = viewer.say("deed-choose-time", act=kind.value, name=name_of(subject.config))
    return Card(text=join([text, *_license_lines(viewer, subject)]), rows=(*rows, _cancel(viewer)))


def choose_role_card(viewer: RenderContext, subject: Subject, rows: tuple[Row, ...]) -> Card:
    """Asks which role the user is to have."""
    say = viewer.say
    role = say.plain("role-name", role=subject.role.value)
    return Card(text=say("deed-choose-role", name=name_of(subject.config), role=role), rows=(*rows, _cancel(viewer)))


def ask_time_card(viewer: RenderContext) -> Card:
    """Asks for type and days in words."""
    return Card(text=viewer.say("deed-ask-time"), rows=(_cancel(viewer),))


def ask_reason_card(viewer: RenderContext, subject: Subject) -> Card:
    """Asks why, before anything is confirmed."""
    return Card(text=viewer.say("deed-ask-reason", name=name_of(subject.config)), rows=(_cancel(viewer),))


def confirm_card(viewer: RenderContext, admin_action: AdminAction, preview: Preview, confirm: CardButton) -> Card:
    """Everything that would happen, and one button."""
    return Card(text=join(_action_lines(viewer, admin_action, preview)), rows=((confirm,), _cancel(viewer)))


def done_card(viewer: RenderContext, admin_action: AdminAction, preview: Preview) -> Card:
    """It is done, and the user was told."""
    lines = [viewer.say("deed-done"), _BLANK, *_action_lines(viewer, admin_action, preview)]
    card = button(viewer.say.plain("button-user"), viewer.data(ShowUser(admin_action.user_id)))
    return Card(text=join(lines), rows=((card, *_users_button(viewer)), menu_row(viewer)))


def taken_lines(viewer: RenderContext, preview: Preview) -> list[Markup]:
    """How much a revocation takes, and until when the rest goes."""
    say = viewer.say
    if not preview.taken:
        return [say("revoke-nothing-chosen")]
    lines = [say("revoke-takes", span=span(say, preview.taken / 1000))]
    if preview.until is None:
        return [*lines, say("revoke-leaves-nothing")]
    return [*lines, say("revoke-leaves", date=viewer.when(preview.until))]


def name_of(config: UserConfig) -> str:
    """Anna @user_1001, or the id of somebody without a name."""
    parts = [config.first_name, "" if config.username is None else f"@{config.username}"]
    return " ".join(part for part in parts if part) or str(config.user_id)


def _action_lines(viewer: RenderContext, admin_action: AdminAction, preview: Preview) -> list[Markup]:
    say = viewer.say
    who = say("deed-who", name=name_of(preview.subject.config), id=str(admin_action.user_id))
    lines = [say("deed-title", act=admin_action.kind.value), who]
    if admin_action.license_type is not None:
        kind = say.plain("license-type", kind=admin_action.license_type.value)
        lines.append(say("deed-time", kind=kind, days=admin_action.days))
        if preview.starts is not None and preview.starts > viewer.now:
            lines.append(say("deed-starts", date=viewer.when(preview.starts)))
        if preview.until is not None:
            lines.append(say("deed-until", date=viewer.when(preview.until)))
    elif admin_action.kind is AdminActionKind.REVOKE:
        lines += taken_lines(viewer, preview)
    if admin_action.role is not None:
        before = say.plain("role-name", role=preview.subject.role.value)
        lines.append(say("deed-role", before=before, role=say.plain("role-name", role=admin_action.role.value)))
    return [*lines, say("deed-reason", reason=admin_action.reason)]


def _page_row(viewer: RenderContext, page: int, to_code: Callable[[int], Code], *, has_more: bool) -> Row:
    """Previous and next of a list whose length is not known."""
    back = (button(viewer.say.plain("button-previous"), viewer.data(to_code(page - 1))),) if page else ()
    ahead = (button(viewer.say.plain("button-next"), viewer.data(to_code(page + 1))),) if has_more else ()
    return (*back, *ahead)


def _user_lines(viewer: RenderContext, lines: Sequence[UserLine]) -> list[Markup]:
    if not lines:
        return [viewer.say("users-none")]
    return [_user_line(viewer, number, each) for number, each in enumerate(lines, 1)]


def _user_line(viewer: RenderContext, number: int, line: UserLine) -> Markup:
    say = viewer.say
    if line.license_type is not None and line.until is not None:
        license_ = say("users-license", kind=line.license_type.value, date=day(line.until))
    elif line.until is not None:
        license_ = say("users-license-ended", date=day(line.until))
    else:
        license_ = say("users-no-license")
    marks = [say("users-mark-banned")] if line.is_banned else []
    if line.role is not Role.USER:
        marks.append(Markup(say.plain("role-name", role=line.role.value)))
    return say(
        "users-line",
        number=number,
        name=_short_name(line),
        id=str(line.user_id),
        license=license_,
        age=viewer.age(line.last_seen),
        marks=join([Markup(""), *marks], " · ") if marks else "",
    )


def _short_name(line: UserLine) -> str:
    parts = [line.first_name, "" if line.username is None else f"@{line.username}"]
    return " ".join(part for part in parts if part) or "–"


def _user_buttons(viewer: RenderContext, lines: Sequence[UserLine]) -> tuple[Row, ...]:
    buttons = [
        button(f"{number} {line.first_name or line.user_id}", viewer.data(ShowUser(line.user_id)))
        for number, line in enumerate(lines, 1)
    ]
    return in_rows(buttons, 2)


def _license_lines(viewer: RenderContext, subject: Subject) -> list[Markup]:
    """What runs and what is banked behind it."""
    say, held = viewer.say, subject.license
    running = held.segment_at(viewer.now)
    if running is None:
        if not held.segments:
            return [say("user-no-license")]
        return [say("user-license-ended", date=viewer.when(held.segments[-1].end))]
    kind = say.plain("license-type", kind=running.license_type.value)
    lines = [say("user-license", kind=kind, date=viewer.when(running.end))]
    for segment in held.banked_at(viewer.now):
        banked = say.plain("license-type", kind=segment.license_type.value)
        lines.append(say("user-banked", kind=banked, start=day(segment.start), end=day(segment.end)))
    return lines


def _account_lines(viewer: RenderContext, config: UserConfig) -> list[Markup]:
    lines = []
    for account in config.accounts:
        name = viewer.type_name(account.account_type)
        if account.account_type is AccountType.PAPER:
            lines.append(viewer.say("user-account-paper", name=name))
        else:
            uid = account.bybit_uid or "–"
            lines.append(viewer.say("user-account", name=name, host=account.host, uid=uid))
    return lines


def _error_lines(viewer: RenderContext, subject: Subject) -> list[Markup]:
    errors = subject.facts.errors
    if not errors:
        return [viewer.say("user-no-errors")]
    lines = [viewer.say("user-errors")]
    lines += [
        viewer.say("user-error", reference=each.reference, kind=each.kind, age=viewer.age(each.at)) for each in errors
    ]
    return lines


def _action_rows(viewer: RenderContext, role: Role, subject: Subject, redeem: CardButton | None) -> tuple[Row, ...]:
    """Nothing for support: they look."""
    if role not in {Role.ADMIN, Role.OWNER}:
        return ()
    user_id = subject.config.user_id

    def kind(which: AdminActionKind) -> CardButton:
        return button(viewer.say.plain("deed-button", act=which.value), viewer.data(AskAdminAction(which, user_id)))

    held = subject.license.is_active(viewer.now)
    time = (
        kind(AdminActionKind.GRANT),
        *((kind(AdminActionKind.EXTEND), kind(AdminActionKind.REVOKE)) if held else ()),
    )
    ban = kind(AdminActionKind.UNBAN if subject.config.is_banned else AdminActionKind.BAN)
    naming = (button(viewer.say.plain("button-role"), viewer.data(AskRole(user_id))),) if role is Role.OWNER else ()
    audit = button(viewer.say.plain("button-audit"), viewer.data(ShowAudit("all", user_id, 0)))
    history = button(viewer.say.plain("button-license-history"), viewer.data(ShowLicenseHistory(user_id)))
    paid = button(viewer.say.plain("button-payments-of"), viewer.data(ShowPaymentsOf(user_id)))
    return (time, (history, paid), (ban, *naming, audit), () if redeem is None else (redeem,))


def _ways_back(viewer: RenderContext) -> Row:
    return (*_users_button(viewer), *menu_row(viewer))


def _users_button(viewer: RenderContext) -> Row:
    return (button(viewer.say.plain("button-users"), viewer.data(RunCommand("users"))),)


def _cancel(viewer: RenderContext) -> Row:
    return command_button(viewer, "button-cancel", "cancel")


def _marked(viewer: RenderContext, name: str, *, is_on: bool) -> str:
    return viewer.say.plain("tab-current", name=name) if is_on else name
