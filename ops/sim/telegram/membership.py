"""Who takes part in a chat, in the Bot API's words, and what bots are told when that changes."""

from typing import Any, Final

from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.world import World

_COMMON_RIGHTS: Final = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip
_OWN_LANE: Final = 5 << 33
_OTHERS_LANE: Final = 6 << 33


def administrator_rights(chat_type: str) -> JsonObject:
    """What an administrator may do here: everything but promote others or hide."""
    rights: JsonObject = dict.fromkeys(_COMMON_RIGHTS, True)
    rights |= {"is_anonymous": False, "can_promote_members": False}
    if chat_type == "channel":
        return rights | {"can_post_messages": True, "can_edit_messages": True}
    return rights | {"can_pin_messages": True, "can_manage_topics": chat_type == "supergroup"}


def card_of(world: World, member_id: int) -> JsonObject:
    """The User object of a person or a bot."""
    bot = world.known_bot(member_id)
    return bot.card if bot is not None else world.user(member_id).card()


def member_object(world: World, chat: Chat, member_id: int, status: str | None = None) -> JsonObject:
    """The ChatMember object, as it is or with another status."""
    status = status or chat.members.get(member_id, "left")
    member: JsonObject = {"user": card_of(world, member_id), "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        member |= {"can_be_edited": False, **administrator_rights(chat.type)}
    elif status == "kicked":
        member["until_date"] = 0
    return member


def set_status(world: World, chat: Chat, member_id: int, status: str, *, by: int) -> None:
    """Change what somebody is in a group or channel, and tell the bots that may know.

    `by` is the user who did it. The bot itself gets my_chat_member; administrators among the bots get
    chat_member for others, if they asked for it.
    """
    old = chat.members.get(member_id, "left")
    if old == status:
        return
    before = member_object(world, chat, member_id, old)
    chat.members[member_id] = status
    world.changed("chat", chat.owner, chat.id)
    update = {
        "chat": world.chat_card(chat),
        "from": card_of(world, by),
        "date": int(world.now()),
        "old_chat_member": before,
        "new_chat_member": member_object(world, chat, member_id),
    }
    for bot in world.known_bots():
        if bot.id == member_id:
            bot.updates.push("my_chat_member", update, lane=chat.id + _OWN_LANE)
        elif chat.members.get(bot.id) == "administrator":
            bot.updates.push("chat_member", update, lane=member_id + _OTHERS_LANE)
    world.events.record(chat, "members", by_bot=False, bot_id=0, user_id=member_id, text=status)


def set_blocked(world: World, bot: Bot, user_id: int, *, blocked: bool) -> int | None:
    """A person blocks or unblocks a bot in private; returns the id of the update, if there is one."""
    chat = world.dialog(bot, user_id)
    if chat.blocked == blocked:
        return None
    chat.blocked = blocked
    world.changed("chat", chat.owner, chat.id)
    world.events.record(chat, "members", by_bot=False, bot_id=bot.id, user_id=user_id, text=_status(blocked=blocked))
    return tell_blocked(world, bot, user_id, blocked=blocked)


def tell_blocked(world: World, bot: Bot, user_id: int, *, blocked: bool) -> int | None:
    """The my_chat_member update of a block."""
    chat = world.dialog(bot, user_id)

    def as_status(status: str) -> dict[str, Any]:
        member: dict[str, Any] = {"user": bot.card, "status": status}
        return member | ({"until_date": 0} if status == "kicked" else {})

    update = {
        "chat": world.chat_card(chat),
        "from": world.user(user_id).card(),
        "date": int(world.now()),
        "old_chat_member": as_status(_status(blocked=not blocked)),
        "new_chat_member": as_status(_status(blocked=blocked)),
    }
    return bot.updates.push("my_chat_member", update, lane=user_id + _OWN_LANE)


def _status(*, blocked: bool) -> str:
    return "kicked" if blocked else "member"
