"""What admins do to a user, by buttons from the card or typed: what, why, confirm. Nothing happens on one tap."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.admin import MOST_DAYS, AdminAction, AdminActionKind
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.users import Role
from bot.services.admin.user_actions import GIVEN_ROLES, MAX_REASON, new_nonce
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.admin.callbacks import AskAdminAction, AskRole
from handlers.admin.drafts import AdminDraft, PerformAction, admin_action_of
from handlers.admin.revoke import show_revocation
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
from handlers.core.phrases import is_no_command
from handlers.core.specs import ADMIN, EFFECT, OWNER, SETTING, HandlerSpec, action, command, dialogue, view
from handlers.views.cards import in_rows

_GRANT_DAYS: Final = (7, 30, 90, 365)
_EXTEND_DAYS: Final = (7, 14, 30, 90)
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")  # Telegram's ids have at most 52 bits
_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d?")
_FEWER_DAYS: Final = re.compile(r"[-−]?[1-9][0-9]{0,3}d")
_TIME_WORDS: Final = 2
_AT_ONCE: Final = frozenset({AdminActionKind.BAN, AdminActionKind.UNBAN})
_NO_REASON: Final = "-"  # in the audit


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseTime(AdminDraft, ButtonAction):
    """A type and its days."""

    ACTION = "desk.draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRole(AdminDraft, ButtonAction):
    """A role to give, on the card that asks for it."""

    ACTION = "desk.name"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOtherTime(AdminDraft, ButtonAction):
    """[Other] type and days."""

    ACTION = "desk.other-time"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformActionWithPin(PerformAction):
    """[Confirm] of stored buttons: once a confirmation that asked for the PIN."""

    ACTION = "desk.do-with-pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRole(PerformAction):
    """[Confirm] of a role, for owners."""

    ACTION = "desk.set-role"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDialogue(AdminDraft, DialoguePayload):
    """Type and days as they are typed."""

    DIALOGUE = "desk.time"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonDialogue(AdminDraft, DialoguePayload):
    """The reason of an act on a user, which the audit keeps and some acts tell."""

    DIALOGUE = "desk.reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReasonDialogue(AdminDraft, DialoguePayload):
    """Why a role is given or taken, for owners."""

    DIALOGUE = "desk.role-reason"


def _action_command(kind: AdminActionKind) -> Callable[[UpdateContext], Awaitable[None]]:
    """`/grant ID TYPE DAYS why`, `/extend ID DAYS why`, `/revoke ID [DAYS] why`, `/ban ID why`, `/unban ID why`."""

    async def run(ctx: UpdateContext) -> None:
        words = list(ctx.arguments)
        draft = AdminDraft(act=kind, user=_id_of(words, kind))
        if kind is AdminActionKind.GRANT:
            draft = replace(draft, type=_type_of(words, kind))
        elif kind is AdminActionKind.EXTEND:
            draft = replace(draft, type=await _running_type(ctx, draft.user))
        if kind.gives_time or _names_days(words, kind):
            draft = replace(draft, days=_days_of(words, kind))
        if kind in _AT_ONCE and ctx.services.roles.is_owner(ctx.config):
            await _perform_at_once(ctx, draft, " ".join(words))
        else:
            await _reason_or_ask(ctx, draft, " ".join(words))

    return run


async def run_role_command(ctx: UpdateContext) -> None:
    """`/role ID admin|support|user why`."""
    words = list(ctx.arguments)
    user_id = _id_of(words, AdminActionKind.ROLE)
    role = words.pop(0).lower() if words else ""
    if role not in {each.value for each in GIVEN_ROLES}:
        raise BadInput("desk-role-usage")
    draft = AdminDraft(act=AdminActionKind.ROLE, user=user_id, role=Role(role))
    await _reason_or_ask(ctx, draft, " ".join(words))


async def ask_time_or_reason(ctx: UpdateContext, code: AskAdminAction) -> None:
    """A button of the user card."""
    if code.kind is AdminActionKind.ROLE:
        raise ButtonExpired
    if code.kind.gives_time:
        await _choose_time(ctx, code.kind, code.user_id)
    else:
        await _ask_reason(ctx, AdminDraft(act=code.kind, user=code.user_id))


async def ask_role(ctx: UpdateContext, code: AskRole) -> None:
    """[Role] of a user's card asks which."""
    subject = await ctx.services.user_admin.subject(code.user_id)
    choices = [
        (
            ctx.say.plain("role-name", role=each.value),
            ChooseRole(act=AdminActionKind.ROLE, user=code.user_id, role=each),
        )
        for each in GIVEN_ROLES
        if each is not subject.role
    ]
    await ctx.show(choose_role_card(ctx.viewer, subject, (await ctx.buttons(choices),)))


async def ask_reason(ctx: UpdateContext, payload: ChooseTime | ChooseRole) -> None:
    """Type and days are chosen; the reason is asked for."""
    await _ask_reason(ctx, payload)


async def ask_other_time(ctx: UpdateContext, payload: AskOtherTime) -> None:
    """[Other] asks for a number of days."""
    await ctx.services.dialogues.begin(ctx.user_id, TimeDialogue(act=payload.act, user=payload.user, type=payload.type))
    await ctx.show(ask_time_card(ctx.viewer))


async def set_typed_time(ctx: UpdateContext, payload: TimeDialogue) -> None:
    """`premium 45d`; just `45d` for what runs already."""
    words = ctx.text.split()
    license_type = payload.type
    if len(words) == _TIME_WORDS and payload.act is AdminActionKind.GRANT:
        license_type = _type_of(words, AdminActionKind.GRANT)
    if len(words) != 1 or license_type is None:
        raise BadInput("desk-time-usage")
    await _ask_reason(ctx, replace(payload, type=license_type, days=_days_of(words, payload.act)))


async def _is_time(ctx: UpdateContext, _: TimeDialogue) -> bool:
    """A few words with a number in them, or a license type: an answer, or meant as one."""
    words = ctx.text.lower().split()
    has_sense = any(letter.isdigit() for letter in ctx.text) or any(each.value in words for each in LicenseType)
    return 0 < len(words) <= _TIME_WORDS and has_sense


async def confirm_typed_reason(ctx: UpdateContext, payload: ReasonDialogue | RoleReasonDialogue) -> None:
    """Why. Then the card to confirm."""
    await _confirm(ctx, payload, ctx.text)
    await ctx.services.dialogues.end(ctx.user_id)


async def perform_action(ctx: UpdateContext, payload: PerformAction) -> None:
    """[Confirm]; a new role's menu follows at once."""
    admin_action = admin_action_of(payload, payload.reason, payload.nonce)
    await _perform(ctx, admin_action)
    if admin_action.role is not None:
        await publish_role_menu(ctx.bot, ctx.data.texts, ctx.data.router, admin_action.user_id, admin_action.role)


async def _perform(ctx: UpdateContext, admin_action: AdminAction) -> None:
    done = await ctx.services.user_admin.perform(ctx.config, admin_action)
    if admin_action.kind is AdminActionKind.UNBAN:
        ctx.data.refusals.forget(admin_action.user_id)  # a ban soon after this one is answered, too
    await ctx.show(done_card(ctx.viewer, admin_action, done))


async def _perform_at_once(ctx: UpdateContext, draft: AdminDraft, reason: str) -> None:
    """The owner's typed ban holds from the very next message: it is whole as typed, and /unban takes it back."""
    admin_action = admin_action_of(draft, _reason(reason or _NO_REASON), new_nonce())
    await ctx.services.user_admin.preview(ctx.config, admin_action)  # the same refusals as before a confirmation
    await _perform(ctx, admin_action)


async def _choose_time(ctx: UpdateContext, kind: AdminActionKind, user_id: UserId) -> None:
    subject = await ctx.services.user_admin.subject(user_id)
    types = tuple(LicenseType) if kind is AdminActionKind.GRANT else (await _running_type(ctx, user_id),)
    days = _GRANT_DAYS if kind is AdminActionKind.GRANT else _EXTEND_DAYS
    choices: list[tuple[str, ButtonAction]] = [
        (
            ctx.say.plain("deed-time-button", kind=each.value, days=count),
            ChooseTime(act=kind, user=user_id, type=each, days=count),
        )
        for each in types
        for count in days
    ]
    known = None if kind is AdminActionKind.GRANT else types[0]
    choices.append((ctx.say.plain("button-other-value"), AskOtherTime(act=kind, user=user_id, type=known)))
    *times, other = await ctx.buttons(choices)
    await ctx.show(choose_time_card(ctx.viewer, subject, kind, (*in_rows(times, len(days)), (other,))))


async def _reason_or_ask(ctx: UpdateContext, draft: AdminDraft, reason: str) -> None:
    if reason:
        await _confirm(ctx, draft, reason)
    else:
        await _ask_reason(ctx, draft)


async def _ask_reason(ctx: UpdateContext, draft: AdminDraft) -> None:
    subject = await ctx.services.user_admin.subject(draft.user)
    asks = RoleReasonDialogue if draft.act is AdminActionKind.ROLE else ReasonDialogue
    question = asks(act=draft.act, user=draft.user, type=draft.type, days=draft.days, role=draft.role)
    await ctx.services.dialogues.begin(ctx.user_id, question)
    await ctx.show(ask_reason_card(ctx.viewer, subject))


async def _confirm(ctx: UpdateContext, draft: AdminDraft, reason: str) -> None:
    reason, nonce = _reason(reason), new_nonce()
    if draft.act is AdminActionKind.REVOKE:
        await show_revocation(ctx, draft, reason)
        return
    admin_action = admin_action_of(draft, reason, nonce)
    preview = await ctx.services.user_admin.preview(ctx.config, admin_action)
    label = ctx.say.plain("deed-confirm", act=admin_action.kind.value)
    performs = SetRole if draft.act is AdminActionKind.ROLE else PerformAction
    action = performs(
        act=draft.act,
        user=draft.user,
        type=draft.type,
        days=draft.days,
        role=draft.role,
        reason=reason,
        nonce=nonce,
    )
    (confirm,) = await ctx.buttons([(label, action)])
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


def _id_of(words: list[str], kind: AdminActionKind) -> UserId:
    """Exactly one numeric id: names can be taken over by others, ids cannot."""
    if not words or not _USER_ID.fullmatch(words[0]):
        raise BadInput("desk-usage", act=kind.value)
    return UserId(int(words.pop(0)))


def _type_of(words: list[str], kind: AdminActionKind) -> LicenseType:
    if not words or words[0].lower() not in {each.value for each in LicenseType}:
        raise BadInput("desk-usage", act=kind.value)
    return LicenseType(words.pop(0).lower())


def _names_days(words: list[str], kind: AdminActionKind) -> bool:
    """`/revoke 1001 5d why`, also written as -5d."""
    return kind is AdminActionKind.REVOKE and bool(words) and _FEWER_DAYS.fullmatch(words[0].lower()) is not None


def _days_of(words: list[str], kind: AdminActionKind) -> int:
    found = _DAYS.fullmatch(words[0].lower().lstrip("-−")) if words else None
    if found is None:
        raise BadInput("desk-usage", act=kind.value)
    words.pop(0)
    days = int(found[1])
    if days > MOST_DAYS:
        raise BadInput("desk-days-range", most=MOST_DAYS)
    return days


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("grant", _action_command(AdminActionKind.GRANT), access=ADMIN),
    command("extend", _action_command(AdminActionKind.EXTEND), access=ADMIN, listed=False),
    command("revoke", _action_command(AdminActionKind.REVOKE), access=ADMIN, listed=False),
    command("ban", _action_command(AdminActionKind.BAN), access=ADMIN, good_for_s=SETTING),
    command("unban", _action_command(AdminActionKind.UNBAN), access=ADMIN, good_for_s=EFFECT),
    command("role", run_role_command, access=OWNER),
    view(AskAdminAction, ask_time_or_reason, access=ADMIN),
    view(AskRole, ask_role, access=OWNER),
    action(ChooseTime, ask_reason, access=ADMIN),
    action(AskOtherTime, ask_other_time, access=ADMIN),
    action(ChooseRole, ask_reason, access=OWNER),
    action(PerformAction, perform_action, access=ADMIN),
    action(PerformActionWithPin, perform_action, access=ADMIN),
    action(SetRole, perform_action, access=OWNER),
    dialogue(TimeDialogue, set_typed_time, access=ADMIN, takes=_is_time),
    dialogue(ReasonDialogue, confirm_typed_reason, access=ADMIN, takes=is_no_command),
    dialogue(RoleReasonDialogue, confirm_typed_reason, access=OWNER, takes=is_no_command),
)
