"""What admins do to a user, by buttons from the card or typed: what, why, confirm. Nothing happens on one tap."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.domain.admin import MOST_DAYS, AdminAction, AdminActionKind
from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.users import Role
from bot.services.admin.user_actions import GIVEN_ROLES, MAX_REASON, new_nonce
from bot.services.chat.buttons import ButtonAction
from handlers.admin.callbacks import AskAdminAction, AskRole
from handlers.admin.user_views import (
    ask_reason_card,
    ask_time_card,
    choose_role_card,
    choose_time_card,
    confirm_card,
    done_card,
)
from handlers.core.context import UpdateContext
from handlers.core.menus import publish_role_menu
from handlers.core.specs import ADMIN, OWNER, HandlerSpec, action, command, dialogue, view
from handlers.views.cards import in_rows

DRAFT: Final = "desk.draft"
NAME: Final = "desk.name"
OTHER_TIME: Final = "desk.other-time"
DO: Final = "desk.do"
DO_WITH_PIN: Final = "desk.do-with-pin"  # of stored buttons: once a confirmation that asked for the PIN
SET_ROLE: Final = "desk.set-role"
ASKS_REASON: Final = "desk.reason"
ASKS_ROLE_REASON: Final = "desk.role-reason"
ASKS_TIME: Final = "desk.time"
_STATE: Final = "asked"
_GRANT_DAYS: Final = (7, 30, 90, 365)
_EXTEND_DAYS: Final = (7, 14, 30, 90)
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")  # Telegram's ids have at most 52 bits
_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d?")
_TIME_WORDS: Final = 2
_AT_ONCE: Final = frozenset({AdminActionKind.BAN, AdminActionKind.UNBAN})
_NO_REASON: Final = "-"  # in the audit

Values = Mapping[str, str]


def _action_command(kind: AdminActionKind) -> Callable[[UpdateContext], Awaitable[None]]:
    """`/grant ID TYPE DAYS why`, `/extend ID DAYS why`, `/revoke ID why`, `/ban ID why`, `/unban ID why`."""

    async def run(ctx: UpdateContext) -> None:
        words = list(ctx.arguments)
        values = {"act": kind.value, "user": str(_id_of(words, kind))}
        if kind is AdminActionKind.GRANT:
            values["type"] = _type_of(words, kind).value
        elif kind is AdminActionKind.EXTEND:
            values["type"] = (await _running_type(ctx, UserId(int(values["user"])))).value
        if kind in {AdminActionKind.GRANT, AdminActionKind.EXTEND}:
            values["days"] = str(_days_of(words, kind))
        if kind in _AT_ONCE and ctx.services.roles.is_owner(ctx.config):
            await _perform_at_once(ctx, values, " ".join(words))
        else:
            await _reason_or_ask(ctx, values, " ".join(words))

    return run


async def run_role_command(ctx: UpdateContext) -> None:
    """`/role ID admin|support|user why`."""
    words = list(ctx.arguments)
    user_id = _id_of(words, AdminActionKind.ROLE)
    role = words.pop(0).lower() if words else ""
    if role not in {each.value for each in GIVEN_ROLES}:
        raise BadInput("desk-role-usage")
    await _reason_or_ask(ctx, {"act": AdminActionKind.ROLE.value, "user": str(user_id), "role": role}, " ".join(words))


async def ask_time_or_reason(ctx: UpdateContext, code: AskAdminAction) -> None:
    """A button of the user card."""
    values = {"act": code.kind.value, "user": str(code.user_id)}
    if code.kind is AdminActionKind.ROLE:
        raise ButtonExpired
    if code.kind in {AdminActionKind.GRANT, AdminActionKind.EXTEND}:
        await _choose_time(ctx, code.kind, code.user_id)
    else:
        await _ask_reason(ctx, values)


async def ask_role(ctx: UpdateContext, code: AskRole) -> None:
    """[Role]."""
    subject = await ctx.services.user_admin.subject(code.user_id)
    choices = [
        (
            ctx.say.plain("role-name", role=each.value),
            ButtonAction(
                action=NAME, values={"act": AdminActionKind.ROLE.value, "user": str(code.user_id), "role": each.value}
            ),
        )
        for each in GIVEN_ROLES
        if each is not subject.role
    ]
    await ctx.show(choose_role_card(ctx.viewer, subject, (await ctx.buttons(choices),)))


async def ask_reason(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """Type and days are chosen; the reason is asked for."""
    await _ask_reason(ctx, button_action.values)


async def ask_other_time(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[Other]."""
    await ctx.services.dialogues.begin(ctx.user_id, ASKS_TIME, _STATE, button_action.values)
    await ctx.show(ask_time_card(ctx.viewer))


async def set_typed_time(ctx: UpdateContext, dialogue: Dialogue) -> None:
    """`premium 45d`; just `45d` for what runs already."""
    words = ctx.text.split()
    values = dict(dialogue.values)
    if len(words) == _TIME_WORDS and values["act"] == AdminActionKind.GRANT.value:
        values["type"] = _type_of(words, AdminActionKind.GRANT).value
    if len(words) != 1 or "type" not in values:
        raise BadInput("desk-time-usage")
    values["days"] = str(_days_of(words, AdminActionKind(values["act"])))
    await _ask_reason(ctx, values)


async def confirm_typed_reason(ctx: UpdateContext, dialogue: Dialogue) -> None:
    """Why. Then the card to confirm."""
    await _confirm(ctx, dialogue.values, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def perform_action(ctx: UpdateContext, button_action: ButtonAction) -> None:
    """[Confirm]; a new role's menu follows at once."""
    admin_action = _admin_action_of(button_action.values)
    await _perform(ctx, admin_action)
    if admin_action.role is not None:
        await publish_role_menu(ctx.bot, ctx.data.texts, ctx.data.router, admin_action.user_id, admin_action.role)


async def _perform(ctx: UpdateContext, admin_action: AdminAction) -> None:
    done = await ctx.services.user_admin.perform(ctx.config, admin_action)
    if admin_action.kind is AdminActionKind.UNBAN:
        ctx.data.refusals.forget(admin_action.user_id)  # a ban soon after this one is answered, too
    await ctx.show(done_card(ctx.viewer, admin_action, done))


async def _perform_at_once(ctx: UpdateContext, values: Values, reason: str) -> None:
    """The owner's typed ban holds from the very next message: it is whole as typed, and /unban takes it back."""
    admin_action = _admin_action_of({**values, "reason": _reason(reason or _NO_REASON), "nonce": new_nonce()})
    await ctx.services.user_admin.preview(ctx.config, admin_action)  # the same refusals as before a confirmation
    await _perform(ctx, admin_action)


async def _choose_time(ctx: UpdateContext, kind: AdminActionKind, user_id: UserId) -> None:
    subject = await ctx.services.user_admin.subject(user_id)
    values = {"act": kind.value, "user": str(user_id)}
    types = tuple(LicenseType) if kind is AdminActionKind.GRANT else (await _running_type(ctx, user_id),)
    days = _GRANT_DAYS if kind is AdminActionKind.GRANT else _EXTEND_DAYS
    choices = [
        (
            ctx.say.plain("deed-time-button", kind=each.value, days=count),
            ButtonAction(action=DRAFT, values=values | {"type": each.value, "days": str(count)}),
        )
        for each in types
        for count in days
    ]
    known = {} if kind is AdminActionKind.GRANT else {"type": types[0].value}
    choices.append((ctx.say.plain("button-other-value"), ButtonAction(action=OTHER_TIME, values=values | known)))
    *times, other = await ctx.buttons(choices)
    await ctx.show(choose_time_card(ctx.viewer, subject, kind, (*in_rows(times, len(days)), (other,))))


async def _reason_or_ask(ctx: UpdateContext, values: Values, reason: str) -> None:
    if reason:
        await _confirm(ctx, values, reason)
    else:
        await _ask_reason(ctx, values)


async def _ask_reason(ctx: UpdateContext, values: Values) -> None:
    subject = await ctx.services.user_admin.subject(UserId(int(values["user"])))
    dialogue = ASKS_ROLE_REASON if values["act"] == AdminActionKind.ROLE.value else ASKS_REASON
    await ctx.services.dialogues.begin(ctx.user_id, dialogue, _STATE, values)
    await ctx.show(ask_reason_card(ctx.viewer, subject))


async def _confirm(ctx: UpdateContext, values: Values, reason: str) -> None:
    ready = {**values, "reason": _reason(reason), "nonce": new_nonce()}
    admin_action = _admin_action_of(ready)
    preview = await ctx.services.user_admin.preview(ctx.config, admin_action)
    label = ctx.say.plain("deed-confirm", act=admin_action.kind.value)
    confirmation = SET_ROLE if admin_action.kind is AdminActionKind.ROLE else DO
    (confirm,) = await ctx.buttons([(label, ButtonAction(action=confirmation, values=ready))])
    await ctx.show(confirm_card(ctx.viewer, admin_action, preview, confirm))


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if not reason:
        raise BadInput("desk-reason-missing")
    if len(reason) > MAX_REASON:
        raise BadInput("error-too-long", limit=MAX_REASON)
    return reason


async def _running_type(ctx: UpdateContext, user_id: UserId) -> LicenseType:
    """What an extension adds to."""
    subject = await ctx.services.user_admin.subject(user_id)
    running = subject.license.type_at(ctx.services.clock.now())
    if running is None:
        raise BadInput("desk-nothing-to-extend")
    return running


def _admin_action_of(values: Values) -> AdminAction:
    return AdminAction(
        kind=AdminActionKind(values["act"]),
        user_id=UserId(int(values["user"])),
        reason=values["reason"],
        nonce=values["nonce"],
        license_type=LicenseType(values["type"]) if "type" in values else None,
        days=int(values.get("days", "0")),
        role=Role(values["role"]) if "role" in values else None,
    )


def _id_of(words: list[str], kind: AdminActionKind) -> UserId:
    """Exactly one numeric id: names can be taken over by others, ids cannot."""
    if not words or not _USER_ID.fullmatch(words[0]):
        raise BadInput("desk-usage", act=kind.value)
    return UserId(int(words.pop(0)))


def _type_of(words: list[str], kind: AdminActionKind) -> LicenseType:
    if not words or words[0].lower() not in {each.value for each in LicenseType}:
        raise BadInput("desk-usage", act=kind.value)
    return LicenseType(words.pop(0).lower())


def _days_of(words: list[str], kind: AdminActionKind) -> int:
    found = _DAYS.fullmatch(words[0].lower()) if words else None
    if found is None:
        raise BadInput("desk-usage", act=kind.value)
    words.pop(0)
    days = int(found[1])
    if days > MOST_DAYS:
        raise BadInput("desk-days-range", most=MOST_DAYS)
    return days


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("grant", _action_command(AdminActionKind.GRANT), access=ADMIN, description="command-grant"),
    command("extend", _action_command(AdminActionKind.EXTEND), access=ADMIN),
    command("revoke", _action_command(AdminActionKind.REVOKE), access=ADMIN),
    command("ban", _action_command(AdminActionKind.BAN), access=ADMIN, description="command-ban"),
    command("unban", _action_command(AdminActionKind.UNBAN), access=ADMIN, description="command-unban"),
    command("role", run_role_command, access=OWNER, description="command-role"),
    view(AskAdminAction, ask_time_or_reason, access=ADMIN),
    view(AskRole, ask_role, access=OWNER),
    action(DRAFT, ask_reason, access=ADMIN),
    action(OTHER_TIME, ask_other_time, access=ADMIN),
    action(NAME, ask_reason, access=OWNER),
    action(DO, perform_action, access=ADMIN),
    action(DO_WITH_PIN, perform_action, access=ADMIN),
    action(SET_ROLE, perform_action, access=OWNER),
    dialogue(ASKS_TIME, set_typed_time, access=ADMIN),
    dialogue(ASKS_REASON, confirm_typed_reason, access=ADMIN),
    dialogue(ASKS_ROLE_REASON, confirm_typed_reason, access=OWNER),
)
