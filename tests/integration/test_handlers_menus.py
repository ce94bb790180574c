"""The command menus at Telegram: by scope and language, written only where they differ."""

import pytest
from harness.app import OWNER, TEXTS, Harness
from harness.bot_api import Call

from bot.domain.ids import UserId
from bot.domain.users import Role
from handlers.core.menus import publish


async def published(harness: Harness, roles: dict[UserId, Role]) -> None:
    await publish(harness.app.bot, TEXTS, harness.app.bot_data.router, roles)


def names(harness: Harness, scope: str, language: str = "") -> list[str]:
    return [each["command"] for each in harness.api.commands[scope, language]]


async def test_everybody_groups_and_the_owner_have_their_menus(harness: Harness) -> None:
    await published(harness, {OWNER: Role.OWNER})
    scopes = ("default", "all_group_chats", f"chat:{OWNER}")
    assert set(harness.api.commands) == {(scope, language) for scope in scopes for language in ("", "ru", "uk")}
    assert names(harness, "all_group_chats") == ["price", "share"]
    assert "ban" not in names(harness, "default")
    assert names(harness, "default")[:3] == ["start", "menu", "help"]
    assert set(names(harness, f"chat:{OWNER}")) - set(names(harness, "default")) >= {"ban", "unban", "users", "role"}
    russian = {each["command"]: each["description"] for each in harness.api.commands["default", "ru"]}
    assert russian["balance"] == "Стоимость счёта и монеты"
    assert harness.api.descriptions["short", "uk"].startswith("Bybit в одному чаті")
    assert "10,000 USDT" in harness.api.descriptions["long", ""]


async def test_stored_roles_have_their_menus_at_a_start(harness: Harness) -> None:
    """An owner made by a link, an admin named in chat: the settings know neither."""
    await published(harness, {UserId(1005): Role.OWNER, UserId(1006): Role.SUPPORT})
    assert {"role", "users"} <= set(names(harness, "chat:1005"))
    assert "users" in names(harness, "chat:1006")
    assert "ban" not in names(harness, "chat:1006")


async def test_a_second_start_writes_nothing(harness: Harness) -> None:
    await published(harness, {OWNER: Role.OWNER})
    harness.api.calls.clear()
    await published(harness, {OWNER: Role.OWNER})
    assert not [call for call in harness.api.calls if call.method.startswith("set")]


async def test_what_telegram_refuses_does_not_stop_the_start(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(call: Call) -> tuple[int, str] | None:
        scope = call.params.get("scope") or {}
        return (400, "Bad Request: chat not found") if "chat_id" in scope else None

    harness.api.refuse = refuse
    caplog.set_level("INFO")
    await published(harness, {OWNER: Role.OWNER})
    assert ("default", "") in harness.api.commands
    assert {each.levelname for each in caplog.records if "not published" in each.message} == {"INFO"}
    harness.api.refuse = lambda _: None
    await harness.person(OWNER, name="Olga").say("/start")
    assert "ban" in names(harness, f"chat:{OWNER}"), "who comes later has it then"
