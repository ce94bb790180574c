"""Methods that tell about chats, people and files."""

from typing import Final

from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.membership import member_object, set_status
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.model import MEMBER_STATUSES, JsonObject

_GIFTS: Final = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
_COLORS: Final = 7
_MAX_REACTIONS: Final = 11
_DOWNLOAD_LIMIT: Final = FACTS.limits["getFile.file_id"].most
_PERMISSIONS: Final = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip


def get_chat(call: Call) -> JsonObject:
    """ChatFullInfo."""
    chat = call.chat()
    info = call.world.chat_card(chat) | {
        "accent_color_id": abs(chat.id) % _COLORS,
        "max_reaction_count": _MAX_REACTIONS,
        "accepted_gift_types": _GIFTS,
    }
    if chat.is_private and "username" in info:
        info["active_usernames"] = [info["username"]]
    if chat.type in {"group", "supergroup"}:
        info["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    if chat.pinned:
        info["pinned_message"] = chat.messages[chat.pinned[-1]]
    return info


def get_chat_member(call: Call) -> JsonObject:
    chat, user_id = call.chat(), call.user_id()
    if chat.is_private:
        if user_id not in {chat.id, call.bot.id}:
            raise bad_request("PARTICIPANT_ID_INVALID")
        return member_object(call.world, chat, user_id, "member")
    if user_id not in chat.members and user_id not in call.world.users:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_object(call.world, chat, user_id)


def get_chat_administrators(call: Call) -> list[JsonObject]:
    chat = call.chat()
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member_object(call.world, chat, member_id)
        for member_id, status in chat.members.items()
        if status in {"creator", "administrator"} and (member_id == call.bot.id or member_id not in call.world.bots)
    ]


def get_chat_member_count(call: Call) -> int:
    chat = call.chat()
    return 2 if chat.is_private else sum(status in MEMBER_STATUSES for status in chat.members.values())


def leave_chat(call: Call) -> bool:
    chat = call.chat()
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    set_status(call.world, chat, call.bot.id, "left", by=call.bot.id)
    return True


def get_file(call: Call) -> JsonObject:
    file = call.world.files.by_id.get(call.params["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > _DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def get_user_profile_photos(call: Call) -> JsonObject:
    """Nobody here has a picture."""
    if call.user_id() not in call.world.users:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}
