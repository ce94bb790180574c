"""Both transports through a real proxy, HTTP's CONNECT and SOCKS5; a wrong one is named, its login is not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from harness.app import put_migrated, settings_in
from harness.exchange import ok, scripted_bybit
from harness.proxy import PASSWORD, USER, Proxy, running_proxy
from harness.telegram_server import TOKEN, FakeTelegram
from pydantic import SecretStr
from telegram.error import NetworkError

from bot.app import Assembly, assemble
from bot.domain.errors import ExchangeDown
from bot.domain.market import Category
from ops.stack import free_port

SCHEMES = ("http", "socks5")
BOARD = ok({"category": "linear", "list": []})


@asynccontextmanager
async def bot_behind(folder: Path, telegram: FakeTelegram, bybit_url: str, proxy: str) -> AsyncIterator[Assembly]:
    """The bot as it runs; only its addresses are those of servers of the test."""
    settings = settings_in(
        folder,
        telegram_token=SecretStr(TOKEN),
        telegram_api_url=telegram.url,
        telegram_proxy=SecretStr(proxy),
        bybit_api_url=bybit_url,
        bybit_proxy=SecretStr(proxy),
    )
    await asyncio.to_thread(put_migrated, settings.database)
    async with assemble(settings) as assembly:
        yield assembly


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("needs_login", [True, False])
async def test_both_go_through_the_proxy(
    tmp_path: Path, telegram: FakeTelegram, scheme: str, needs_login: bool
) -> None:
    async with (
        running_proxy(needs_login=needs_login) as proxy,
        scripted_bybit(always=BOARD) as server,
        bot_behind(tmp_path, telegram, server.url, _address(proxy, scheme, needs_login=needs_login)) as assembly,
    ):
        await assembly.application.bot.get_me()
        assert proxy.asked == [("127.0.0.1", port_of(telegram.url))]
        await assembly.bybit.market.board(Category.LINEAR)
        assert set(proxy.asked[1:]) == {("127.0.0.1", port_of(server.url))}
        assert server.asked


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_wrong_login_is_said_plainly_and_never_shown(
    tmp_path: Path, telegram: FakeTelegram, scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        running_proxy() as proxy,
        scripted_bybit(always=BOARD) as server,
        bot_behind(tmp_path, telegram, server.url, proxy.url(scheme, password="not-the-one")) as assembly,
    ):
        with pytest.raises(
            NetworkError, match=f"PERPDESK_TELEGRAM_PROXY: the proxy 127.0.0.1:{proxy.port} refuses: "
        ) as one:
            await assembly.application.bot.get_me()
        with pytest.raises(
            ExchangeDown, match=f"PERPDESK_BYBIT_PROXY: the proxy 127.0.0.1:{proxy.port} refuses: "
        ) as two:
            await assembly.bybit.market.board(Category.LINEAR)
        assert proxy.refused
        assert not proxy.asked
        assert not server.asked
    shown = f"{one.value!r} {two.value!r} {caplog.text} {assembly!r}"
    assert "PERPDESK_TELEGRAM_PROXY" in caplog.text
    assert "PERPDESK_BYBIT_PROXY" in caplog.text
    assert "not-the-one" not in shown
    assert f"{USER}:" not in shown


async def test_a_proxy_that_is_not_there_is_named(tmp_path: Path, telegram: FakeTelegram) -> None:
    port = free_port()
    async with bot_behind(tmp_path, telegram, "http://127.0.0.1:1", f"socks5://127.0.0.1:{port}") as assembly:
        with pytest.raises(NetworkError, match=f"the proxy 127.0.0.1:{port} can't be reached"):
            await assembly.application.bot.get_me()


def _address(proxy: Proxy, scheme: str, *, needs_login: bool) -> str:
    assert PASSWORD not in proxy.url(scheme), "it is written as a URL has it"
    return proxy.url(scheme) if needs_login else f"{scheme}://127.0.0.1:{proxy.port}"
