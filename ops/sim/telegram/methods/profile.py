"""Methods about the bot itself: its commands, names, texts, menu button and default rights."""

import re
from typing import Final

from ops.sim.telegram.commands import scope_key, storage_key
from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.links import check_button_link
from ops.sim.telegram.membership import administrator_rights
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.model import JsonObject

_COMMAND: Final = re.compile(r"[a-z0-9_]+")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_NAME: Final = FACTS.limits["BotCommand.command"]
_DESCRIPTION: Final = FACTS.limits["BotCommand.description"]
_MAX_COMMANDS: Final = FACTS.limits["setMyCommands.commands"].most
_DEFAULT_MENU: Final = {"type": "commands"}


def get_me(call: Call) -> JsonObject:
    return call.bot.card | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
        "supports_join_request_queries": False,
    }


def log_out(call: Call) -> bool:
    """Done, although there is no cloud server to leave."""
    call.bot.updates.abort_poll("terminated by logOut")
    return True


def close(call: Call) -> bool:
    return bool(call)


def _language(call: Call) -> str:
    code: str = call.params.get("language_code", "")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("Invalid language code specified")
    return code


def _scope(call: Call) -> str:
    scope = call.params.get("scope")
    key = scope_key(scope)
    if scope is not None and "chat_id" in scope:
        chat = call.world.chat(call.bot, scope["chat_id"]) if isinstance(scope["chat_id"], int) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.type == "channel" or (chat.is_private and scope["type"] != "chat"):
            raise bad_request("Can't use specified scope in the chat")
    return storage_key(key, _language(call))


def set_my_commands(call: Call) -> bool:
    commands: list[JsonObject] = call.params["commands"]
    key = _scope(call)
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("Too many commands specified")
    kept = [_checked(command) for command in commands]
    if kept:
        call.bot.profile.commands[key] = kept
    else:
        call.bot.profile.commands.pop(key, None)
    call.world.changed("bot", call.bot.id)
    return True


def _checked(command: JsonObject) -> JsonObject:
    name = str(command["command"]).strip().removeprefix("/")
    description = str(command["description"]).strip()
    for what, value, limit in (("Command", name, _NAME), ("Command description", description, _DESCRIPTION)):
        if not value:
            raise bad_request(f"{what} must be non-empty")
        if len(value) > limit.most:
            raise bad_request(f"{what} length must not exceed {limit.most}")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def get_my_commands(call: Call) -> list[JsonObject]:
    return call.bot.profile.commands.get(_scope(call), [])


def delete_my_commands(call: Call) -> bool:
    call.bot.profile.commands.pop(_scope(call), None)
    call.world.changed("bot", call.bot.id)
    return True


def _set_text(call: Call, kept: dict[str, str], name: str, method: str) -> bool:
    value = str(call.params.get(name, "")).strip()
    if len(value) > FACTS.limits[f"{method}.{name}"].most:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    language = _language(call)
    if value:
        kept[language] = value
    else:
        kept.pop(language, None)
    call.world.changed("bot", call.bot.id)
    return True


def set_my_name(call: Call) -> bool:
    return _set_text(call, call.bot.profile.names, "name", "setMyName")


def get_my_name(call: Call) -> JsonObject:
    return {"name": call.world.bot_name(call.bot, _language(call))}


def set_my_description(call: Call) -> bool:
    return _set_text(call, call.bot.profile.descriptions, "description", "setMyDescription")


def get_my_description(call: Call) -> JsonObject:
    kept = call.bot.profile.descriptions
    return {"description": kept.get(_language(call)) or kept.get("", "")}


def set_my_short_description(call: Call) -> bool:
    return _set_text(call, call.bot.profile.short_descriptions, "short_description", "setMyShortDescription")


def get_my_short_description(call: Call) -> JsonObject:
    kept = call.bot.profile.short_descriptions
    return {"short_description": kept.get(_language(call)) or kept.get("", "")}


def set_chat_menu_button(call: Call) -> bool:
    button = call.params.get("menu_button", {"type": "default"})
    if button["type"] == "web_app":
        url = check_button_link(button["web_app"]["url"], where="menu button Web App")
        if not url.startswith("https://"):
            raise bad_request("Menu button Web App URL is invalid: Only HTTPS links are allowed")
        button = button | {"web_app": {"url": url}}
    call.bot.profile.menu_buttons[_menu_key(call)] = button
    call.world.changed("bot", call.bot.id)
    return True


def get_chat_menu_button(call: Call) -> JsonObject:
    buttons = call.bot.profile.menu_buttons
    own = buttons.get(_menu_key(call), {"type": "default"})
    return own if own["type"] != "default" else buttons.get("", _DEFAULT_MENU)


def _menu_key(call: Call) -> str:
    if "chat_id" not in call.params:
        return ""
    user_id = call.user_id("chat_id")
    if user_id not in call.world.users:
        raise bad_request("user not found")
    return str(user_id)


def set_my_default_administrator_rights(call: Call) -> bool:
    kept = call.bot.profile.administrator_rights
    rights = call.params.get("rights")
    if rights is None:
        kept.pop(_rights_key(call), None)
    else:
        kept[_rights_key(call)] = rights
    call.world.changed("bot", call.bot.id)
    return True


def get_my_default_administrator_rights(call: Call) -> JsonObject:
    key = _rights_key(call)
    none = dict.fromkeys(administrator_rights("channel" if key == "channels" else "supergroup"), False)
    return none | call.bot.profile.administrator_rights.get(key, {})


def _rights_key(call: Call) -> str:
    return "channels" if call.params.get("for_channels") else "groups"
