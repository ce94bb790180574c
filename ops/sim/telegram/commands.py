"""Which commands a user sees: scopes and languages, as https://core.telegram.org/bots/api#botcommandscope."""

from collections.abc import Iterator
from typing import Any, Final

from ops.sim.telegram.model import Bot, Chat, JsonObject

_SIMPLE: Final = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})


def scope_key(scope: dict[str, Any] | None) -> str:
    """A scope as text, such as `default`, `chat:12` or `chat_member:-5:12`."""
    if scope is None or scope["type"] in _SIMPLE:
        return "default" if scope is None else str(scope["type"])
    parts = [scope["type"], str(scope["chat_id"])]
    return ":".join([*parts, str(scope["user_id"])] if scope["type"] == "chat_member" else parts)


def storage_key(scope: str, language_code: str) -> str:
    return f"{scope}|{language_code}"


def _scopes(chat: Chat, user_id: int) -> Iterator[str]:
    """From the most specific to the default."""
    if chat.is_private:
        yield from (f"chat:{chat.id}", "all_private_chats", "default")
        return
    yield f"chat_member:{chat.id}:{user_id}"
    is_administrator = chat.members.get(user_id) in {"creator", "administrator"}
    if is_administrator:
        yield f"chat_administrators:{chat.id}"
    yield f"chat:{chat.id}"
    if is_administrator:
        yield "all_chat_administrators"
    yield from ("all_group_chats", "default")


def commands_for(bot: Bot, chat: Chat, user_id: int, language_code: str | None = None) -> list[JsonObject]:
    """What the command menu of that user shows there: the first scope with commands, in the user's language."""
    language = (language_code or "").partition("-")[0]
    for scope in _scopes(chat, user_id):
        for code in dict.fromkeys((language, "")):
            commands = bot.profile.commands.get(storage_key(scope, code))
            if commands:
                return commands
    return []
