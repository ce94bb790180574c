"""The address that this machine goes out from: asked of a service, by the way to Bybit, and compared by the doctor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from harness.app import settings_in
from harness.proxy import running_proxy
from harness.web_service import web_service
from pydantic import SecretStr

from ops.addresses import find_address
from ops.outside_checks import check_address
from ops.setup import SetupError, Terminal, set_up
from storage.checkup import Check


@asynccontextmanager
async def service(text: str, *, status: int = 200) -> AsyncIterator[str]:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=text, status=status)

    async with web_service(answer) as address:
        yield address


@pytest.mark.parametrize(
    ("said", "status", "found"),
    [
        ("203.0.113.7\n", 200, "203.0.113.7"),
        ("<html>", 200, None),
        ("203.0.113.7", 503, None),
        ("2001:DB8::1", 200, "2001:db8::1"),
    ],
)
async def test_the_address_is_what_the_service_says(tmp_path: Path, said: str, status: int, found: str | None) -> None:
    async with service(said, status=status) as url:
        assert await find_address(settings_in(tmp_path), services={"ipv4": url, "ipv6": url}) == found


async def test_a_name_is_called_over_one_family_alone(tmp_path: Path) -> None:
    async with service("203.0.113.7") as url:
        name = url.replace("127.0.0.1", "localhost")
        services = {"ipv4": name, "ipv6": name}
        found = [await find_address(settings_in(tmp_path, bybit_family=each), services=services) for each in services]
    assert found == ["203.0.113.7", None], "nobody listens at ::1"


async def test_it_is_asked_through_the_proxy_to_bybit(tmp_path: Path) -> None:
    async with service("203.0.113.7") as url, running_proxy() as proxy:
        settings = settings_in(tmp_path, bybit_proxy=SecretStr(proxy.url("socks5")))
        assert await find_address(settings, services={"ipv4": url, "ipv6": url}) == "203.0.113.7"
        assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("ours", "said", "is_ok", "words"),
    [
        ("203.0.113.7", "203.0.113.7", True, "this machine goes out from it"),
        ("192.0.2.1", "203.0.113.7", False, "is 192.0.2.1, but this machine goes out from 203.0.113.7"),
        ("192.0.2.1", "<html>", True, "not compared"),
        (None, "203.0.113.7", True, "is not set: keys can't be bound to it; this machine goes out from 203.0.113.7"),
    ],
)
async def test_the_doctor_compares(tmp_path: Path, ours: str | None, said: str, is_ok: bool, words: str) -> None:
    async with service(said) as url:
        services = {"ipv4": url, "ipv6": "http://[::1]:9"}
        check: Check = await check_address(settings_in(tmp_path, egress_ip=ours), services=services)
    assert (check.is_ok, words in check.detail) == (is_ok, True), check


async def test_a_wrong_token_is_asked_for_again_and_the_found_address_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Telegram nobody can refuse the token: its shape alone is looked at."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERPDESK_TELEGRAM_PROXY", "http://127.0.0.1:1")
    answers = iter(["nonsense", "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi", ""])
    told: list[str] = []
    asked: list[tuple[str, bool]] = []

    def ask(question: str, is_secret: bool) -> str:
        asked.append((question, is_secret))
        return next(answers)

    async def find(_: object) -> str | None:
        return "203.0.113.7"

    path = tmp_path / "perpdesk.toml"
    await set_up(path, terminal=Terminal(ask=ask, tell=told.append), find=find)
    assert [is_secret for _, is_secret in asked] == [True, True, False]
    assert "Enter takes 203.0.113.7" in asked[-1][0]
    assert any(line.startswith("That is no bot token") for line in told)
    assert 'egress_ip = "203.0.113.7"' in path.read_text()
    with pytest.raises(SetupError, match="@BotFather"):
        await set_up(tmp_path / "other.toml", terminal=Terminal(ask=lambda *_: "", tell=told.append), find=find)
