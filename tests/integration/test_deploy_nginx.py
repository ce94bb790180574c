"""The nginx example, tried with Debian's nginx before a bot by webhook."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError
from harness.chat import ChatProcess
from harness.sim_telegram import Driver
from harness.sources import ROOT
from harness.telegram_server import TOKEN, FakeTelegram, message
from harness.waiting import until
from pydantic import SecretStr

from bot.chat.webhook_listener import SECRET_HEADER
from ops.campaigns.nginx_front import NGINX, nginx_running
from ops.stack import free_port

EXAMPLE = ROOT / "ops" / "deploy" / "nginx" / "perpdesk.conf"
SECRET = "a-secret-of-the-tests-1"
USER = 5001

pytestmark = pytest.mark.skipif(NGINX is None, reason="Debian's nginx package is missing")


def written(folder: Path, *, front: int, plain: int, back: int) -> Path:
    """The example as it is, but for ports, certificate, and who may call: this machine plays Telegram."""
    text = EXAMPLE.read_text()
    for old, new in (
        ("127.0.0.1:8768", f"127.0.0.1:{back}"),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{front} ssl http2"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("/etc/letsencrypt/live/bot.example.org", str(folder)),
        ("allow 149.154.160.0/20", "allow 127.0.0.0/8"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{temporary}{text}\n}}\n"
    )
    return path


def certificate(folder: Path) -> None:
    """Of nobody, for the test."""
    subprocess.run(
        [  # noqa: S607  where a machine has it
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=bot.example.org", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


@asynccontextmanager
async def nginx(folder: Path, *, back: int) -> AsyncIterator[int]:
    """A running one before `back`; its port."""
    front, plain = free_port(), free_port()
    await asyncio.to_thread(certificate, folder)
    path = await asyncio.to_thread(written, folder, front=front, plain=plain, back=back)
    async with nginx_running(folder, path):
        yield front


async def test_updates_come_through_nginx_and_over_a_restart_of_the_bot(sim: Driver, tmp_path: Path) -> None:
    back = free_port()
    (tmp_path / "nginx").mkdir()
    async with nginx(tmp_path / "nginx", back=back) as front:
        url = f"https://127.0.0.1:{front}/telegram"
        headers = {SECRET_HEADER: SECRET}

        async def asked(**request: object) -> tuple[int, str | None]:
            async with sim.session.post(url, ssl=False, **request) as answer:
                return answer.status, answer.headers.get("Retry-After")

        async def is_up() -> bool:
            try:
                return (await asked())[0] > 0
            except ClientConnectionError:
                return False

        await until(is_up, what="nginx")
        assert await asked(json=message(1, USER), headers=headers) == (HTTPStatus.SERVICE_UNAVAILABLE, "1")
        changes = {"webhook_url": url, "webhook_port": back, "webhook_secret": SecretStr(SECRET)}
        bot = ChatProcess(tmp_path, FakeTelegram(url=sim.url), changes=changes)
        async with bot.at_work():
            await until(lambda: bot.runtime.problems() == (), what="readiness")
            assert await asked(json=message(1, USER)) == (HTTPStatus.UNAUTHORIZED, None)
            assert (await asked(json=message(1, USER), headers=headers))[0] == HTTPStatus.OK
            await until(lambda: bot.runtime.lanes.stats().handled == 1, what="an update handled")
            assert await bot.inbox() == {1: "done"} or await bot.inbox() == {1: "new"}
            async with sim.session.get(url, ssl=False) as answer:
                assert answer.status == HTTPStatus.FORBIDDEN
            async with sim.session.get(f"https://127.0.0.1:{front}/metrics", ssl=False) as answer:
                assert answer.status == HTTPStatus.NOT_FOUND
            info = await sim.call("getWebhookInfo", token=TOKEN)
            assert info["url"] == url
        assert await asked(json=message(2, USER), headers=headers) == (HTTPStatus.SERVICE_UNAVAILABLE, "1")
