"""The command menus at Telegram: by scope and language, written only where they differ."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_bot_api import Call
from handlers_house import OWNER, TEXTS, HandlersHouse, handlers_house

from bot.domain.model import Role, UserId
from handlers.commands import publish_commands


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HandlersHouse]:
    async with handlers_house(tmp_path) as built:
        yield built


def names(house: HandlersHouse, scope: str, language: str = "") -> list[str]:
    return [each["command"] for each in house.api.commands[scope, language]]


async def test_everybody_groups_and_the_owner_have_their_menus(house: HandlersHouse) -> None:
    await publish_commands(house.app.bot, TEXTS, {OWNER: Role.OWNER})
    scopes = ("default", "all_group_chats", f"chat:{OWNER}")
    assert set(house.api.commands) == {(scope, language) for scope in scopes for language in ("", "ru", "uk")}
    assert names(house, "all_group_chats") == ["price"]
    assert "ban" not in names(house, "default")
    assert names(house, "default")[:3] == ["start", "menu", "help"]
    assert set(names(house, f"chat:{OWNER}")) - set(names(house, "default")) >= {"ban", "unban", "users", "role"}
    russian = {each["command"]: each["description"] for each in house.api.commands["default", "ru"]}
    assert russian["balance"] == "Сколько на счёте и монеты"
    assert house.api.descriptions["short", "uk"].startswith("Bybit в одному чаті")
    assert "10,000 USDT" in house.api.descriptions["long", ""]


async def test_stored_roles_have_their_menus_at_a_start(house: HandlersHouse) -> None:
    """An owner made by a link, an admin named in chat: the settings know neither."""
    await publish_commands(house.app.bot, TEXTS, {UserId(1005): Role.OWNER, UserId(1006): Role.SUPPORT})
    assert {"role", "users"} <= set(names(house, "chat:1005"))
    assert "users" in names(house, "chat:1006")
    assert "ban" not in names(house, "chat:1006")


async def test_a_second_start_writes_nothing(house: HandlersHouse) -> None:
    await publish_commands(house.app.bot, TEXTS, {OWNER: Role.OWNER})
    house.api.calls.clear()
    await publish_commands(house.app.bot, TEXTS, {OWNER: Role.OWNER})
    assert not [call for call in house.api.calls if call.method.startswith("set")]


async def test_what_telegram_refuses_does_not_stop_the_start(
    house: HandlersHouse, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(call: Call) -> tuple[int, str] | None:
        scope = call.params.get("scope") or {}
        return (400, "Bad Request: chat not found") if "chat_id" in scope else None

    house.api.refuse = refuse
    await publish_commands(house.app.bot, TEXTS, {OWNER: Role.OWNER})
    assert ("default", "") in house.api.commands
    assert "not published" in caplog.text
