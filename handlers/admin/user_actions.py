"""What admins do to a user, by buttons from the card or typed: what, why, confirm. Nothing happens on one tap."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.domain.admin import MOST_DAYS, Act, Deed
from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.users import Role
from bot.services.admin.user_actions import GIVEN_ROLES, MAX_REASON, new_nonce
from bot.services.chat.buttons import Wish
from handlers.admin.user_views import (
    ask_reason_card,
    ask_time_card,
    choose_role_card,
    choose_time_card,
    confirm_card,
    done_card,
)
from handlers.core.callbacks import AskAct, AskRole
from handlers.core.context import Turn
from handlers.core.menus import publish_role_menu
from handlers.core.specs import ADMIN, OWNER, Entry, command, continues, does, shows
from handlers.views.cards import in_rows

DRAFT: Final = "desk.draft"
NAME: Final = "desk.name"
OTHER_TIME: Final = "desk.other-time"
DO: Final = "desk.do"
DO_WITH_PIN: Final = "desk.do-with-pin"
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
_AT_ONCE: Final = frozenset({Act.BAN, Act.UNBAN})
_NO_REASON: Final = "-"  # in the audit

Values = Mapping[str, str]


def _typed(act: Act) -> Callable[[Turn], Awaitable[None]]:
    """`/grant ID TYPE DAYS why`, `/extend ID DAYS why`, `/revoke ID why`, `/ban ID why`, `/unban ID why`."""

    async def run(turn: Turn) -> None:
        words = list(turn.arguments)
        values = {"act": act.value, "user": str(_id_of(words, act))}
        if act is Act.GRANT:
            values["type"] = _type_of(words, act).value
        elif act is Act.EXTEND:
            values["type"] = (await _running_type(turn, UserId(int(values["user"])))).value
        if act in {Act.GRANT, Act.EXTEND}:
            values["days"] = str(_days_of(words, act))
        if act in _AT_ONCE and turn.services.access.is_owner(turn.config):
            await _perform_at_once(turn, values, " ".join(words))
        else:
            await _reason_or_ask(turn, values, " ".join(words))

    return run


async def typed_role(turn: Turn) -> None:
    """`/role ID admin|support|user why`."""
    words = list(turn.arguments)
    user_id = _id_of(words, Act.ROLE)
    role = words.pop(0).lower() if words else ""
    if role not in {each.value for each in GIVEN_ROLES}:
        raise BadInput("desk-role-usage")
    await _reason_or_ask(turn, {"act": Act.ROLE.value, "user": str(user_id), "role": role}, " ".join(words))


async def tapped(turn: Turn, code: AskAct) -> None:
    """A button of the user card."""
    values = {"act": code.act.value, "user": str(code.user_id)}
    if code.act is Act.ROLE:
        raise ButtonExpired
    if code.act in {Act.GRANT, Act.EXTEND}:
        await _choose_time(turn, code.act, code.user_id)
    else:
        await _ask_reason(turn, values)


async def ask_role(turn: Turn, code: AskRole) -> None:
    """[Role]."""
    subject = await turn.services.desk.subject(code.user_id)
    choices = [
        (
            turn.say.plain("role-name", role=each.value),
            Wish(action=NAME, values={"act": Act.ROLE.value, "user": str(code.user_id), "role": each.value}),
        )
        for each in GIVEN_ROLES
        if each is not subject.role
    ]
    await turn.show(choose_role_card(turn.viewer, subject, (await turn.buttons(choices),)))


async def draft(turn: Turn, wish: Wish) -> None:
    """Type and days are chosen; the reason is asked for."""
    await _ask_reason(turn, wish.values)


async def other_time(turn: Turn, wish: Wish) -> None:
    """[Other]."""
    await turn.services.dialogues.begin(turn.user_id, ASKS_TIME, _STATE, wish.values)
    await turn.show(ask_time_card(turn.viewer))


async def take_time(turn: Turn, dialogue: Dialogue) -> None:
    """`premium 45d`; just `45d` for what runs already."""
    words = turn.text.split()
    values = dict(dialogue.values)
    if len(words) == _TIME_WORDS and values["act"] == Act.GRANT.value:
        values["type"] = _type_of(words, Act.GRANT).value
    if len(words) != 1 or "type" not in values:
        raise BadInput("desk-time-usage")
    values["days"] = str(_days_of(words, Act(values["act"])))
    await _ask_reason(turn, values)


async def take_reason(turn: Turn, dialogue: Dialogue) -> None:
    """Why. Then the card to confirm."""
    await _confirm(turn, dialogue.values, turn.text)
    await turn.services.dialogues.end(turn.user_id)


async def do(turn: Turn, wish: Wish) -> None:
    """[Confirm] of what needs no PIN."""
    deed = _deed_of(wish.values)
    if deed.needs_pin:
        raise ButtonExpired
    await _perform(turn, deed)


async def do_with_pin(turn: Turn, wish: Wish) -> None:
    """[Confirm] of the rest; the guard has asked for the PIN."""
    deed = _deed_of(wish.values)
    if deed.act is Act.ROLE:
        raise ButtonExpired
    await _perform(turn, deed)


async def set_role(turn: Turn, wish: Wish) -> None:
    """[Confirm] of a role; its menu follows at once."""
    deed = _deed_of(wish.values)
    if deed.act is not Act.ROLE or deed.role is None:
        raise ButtonExpired
    await _perform(turn, deed)
    await publish_role_menu(turn.bot, turn.data.texts, turn.data.router, deed.user_id, deed.role)


async def _perform(turn: Turn, deed: Deed) -> None:
    done = await turn.services.desk.perform(turn.config, deed)
    if deed.act is Act.UNBAN:
        turn.data.refusals.forget(deed.user_id)  # a ban soon after this one is answered, too
    await turn.show(done_card(turn.viewer, deed, done))


async def _perform_at_once(turn: Turn, values: Values, reason: str) -> None:
    """The owner's typed ban holds from the very next message: it is whole as typed, and /unban takes it back."""
    deed = _deed_of({**values, "reason": _reason(reason or _NO_REASON), "nonce": new_nonce()})
    await turn.services.desk.preview(turn.config, deed)  # the same refusals as before a confirmation
    await _perform(turn, deed)


async def _choose_time(turn: Turn, act: Act, user_id: UserId) -> None:
    subject = await turn.services.desk.subject(user_id)
    values = {"act": act.value, "user": str(user_id)}
    types = tuple(LicenseType) if act is Act.GRANT else (await _running_type(turn, user_id),)
    days = _GRANT_DAYS if act is Act.GRANT else _EXTEND_DAYS
    choices = [
        (
            turn.say.plain("deed-time-button", kind=each.value, days=count),
            Wish(action=DRAFT, values=values | {"type": each.value, "days": str(count)}),
        )
        for each in types
        for count in days
    ]
    known = {} if act is Act.GRANT else {"type": types[0].value}
    choices.append((turn.say.plain("button-other-value"), Wish(action=OTHER_TIME, values=values | known)))
    *times, other = await turn.buttons(choices)
    await turn.show(choose_time_card(turn.viewer, subject, act, (*in_rows(times, len(days)), (other,))))


async def _reason_or_ask(turn: Turn, values: Values, reason: str) -> None:
    if reason:
        await _confirm(turn, values, reason)
    else:
        await _ask_reason(turn, values)


async def _ask_reason(turn: Turn, values: Values) -> None:
    subject = await turn.services.desk.subject(UserId(int(values["user"])))
    dialogue = ASKS_ROLE_REASON if values["act"] == Act.ROLE.value else ASKS_REASON
    await turn.services.dialogues.begin(turn.user_id, dialogue, _STATE, values)
    await turn.show(ask_reason_card(turn.viewer, subject))


async def _confirm(turn: Turn, values: Values, reason: str) -> None:
    ready = {**values, "reason": _reason(reason), "nonce": new_nonce()}
    deed = _deed_of(ready)
    preview = await turn.services.desk.preview(turn.config, deed)
    label = turn.say.plain("deed-confirm", act=deed.act.value)
    (confirm,) = await turn.buttons([(label, Wish(action=_action_of(deed), values=ready))])
    await turn.show(confirm_card(turn.viewer, deed, preview, confirm))


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if not reason:
        raise BadInput("desk-reason-missing")
    if len(reason) > MAX_REASON:
        raise BadInput("error-too-long", limit=MAX_REASON)
    return reason


def _action_of(deed: Deed) -> str:
    """Which of the three confirmations it takes."""
    if deed.act is Act.ROLE:
        return SET_ROLE
    return DO_WITH_PIN if deed.needs_pin else DO


async def _running_type(turn: Turn, user_id: UserId) -> LicenseType:
    """What an extension adds to."""
    subject = await turn.services.desk.subject(user_id)
    running = subject.license.type_at(turn.services.clock.now())
    if running is None:
        raise BadInput("desk-nothing-to-extend")
    return running


def _deed_of(values: Values) -> Deed:
    return Deed(
        act=Act(values["act"]),
        user_id=UserId(int(values["user"])),
        reason=values["reason"],
        nonce=values["nonce"],
        license_type=LicenseType(values["type"]) if "type" in values else None,
        days=int(values.get("days", "0")),
        role=Role(values["role"]) if "role" in values else None,
    )


def _id_of(words: list[str], act: Act) -> UserId:
    """Exactly one numeric id: names can be taken over by others, ids cannot."""
    if not words or not _USER_ID.fullmatch(words[0]):
        raise BadInput("desk-usage", act=act.value)
    return UserId(int(words.pop(0)))


def _type_of(words: list[str], act: Act) -> LicenseType:
    if not words or words[0].lower() not in {each.value for each in LicenseType}:
        raise BadInput("desk-usage", act=act.value)
    return LicenseType(words.pop(0).lower())


def _days_of(words: list[str], act: Act) -> int:
    found = _DAYS.fullmatch(words[0].lower()) if words else None
    if found is None:
        raise BadInput("desk-usage", act=act.value)
    words.pop(0)
    days = int(found[1])
    if days > MOST_DAYS:
        raise BadInput("desk-days-range", most=MOST_DAYS)
    return days


ENTRIES: Final[tuple[Entry, ...]] = (
    command("grant", _typed(Act.GRANT), access=ADMIN, description="command-grant"),
    command("extend", _typed(Act.EXTEND), access=ADMIN),
    command("revoke", _typed(Act.REVOKE), access=ADMIN),
    command("ban", _typed(Act.BAN), access=ADMIN, description="command-ban"),
    command("unban", _typed(Act.UNBAN), access=ADMIN, description="command-unban"),
    command("role", typed_role, access=OWNER, description="command-role"),
    shows(AskAct, tapped, access=ADMIN),
    shows(AskRole, ask_role, access=OWNER),
    does(DRAFT, draft, access=ADMIN),
    does(OTHER_TIME, other_time, access=ADMIN),
    does(NAME, draft, access=OWNER),
    does(DO, do, access=ADMIN),
    does(DO_WITH_PIN, do_with_pin, access=ADMIN, pin=True),
    does(SET_ROLE, set_role, access=OWNER, pin=True),
    continues(ASKS_TIME, take_time, access=ADMIN),
    continues(ASKS_REASON, take_reason, access=ADMIN),
    continues(ASKS_ROLE_REASON, take_reason, access=OWNER),
)
