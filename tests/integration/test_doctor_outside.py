"""What the doctor says of the clock, of the webhook's certificate and of the webhook at Telegram."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from harness.app import settings_in
from harness.fakes import FakeClock
from harness.sim_telegram import Driver
from harness.telegram_server import TOKEN
from harness.waiting import until
from harness.web_service import web_service
from pydantic import SecretStr

from ops.addresses import find_address
from ops.outside_checks import check_address, check_certificate, check_clock, check_webhook
from storage.checkup import Check

NAME = "localhost"


@asynccontextmanager
async def bybit(millis: int) -> AsyncIterator[str]:
    """What tells that time; its address."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"retCode": 0, "result": {"timeNano": str(millis * 1_000_000)}})

    async with web_service(answer) as address:
        yield address


def keeper(folder: Path, name: str, said: str) -> Path:
    """A folder with a program of that name, which says that."""
    (folder / name).write_text(f"#!/bin/sh\necho '{said}'\n")
    (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("program", "said", "ahead_ms", "is_ok", "words"),
    [
        ("chronyc", "C0000201,192.0.2.1,3,1.0,0.0001,Normal", 0, True, "chrony keeps it; 0.00 s ahead of Bybit's"),
        ("chronyc", "7F7F0101,,0,0.0,0.0,Not synchronised", 0, False, "chrony does not keep it: `chronyc tracking`"),
        ("timedatectl", "yes", 700, False, "it is kept; 0.70 s behind Bybit's: no entries"),
        ("timedatectl", "no", 0, False, "nothing keeps it: install chrony"),
        ("other", "", -400, True, "nobody here knows whether it is kept; 0.40 s ahead of Bybit's"),
    ],
)
async def test_the_clock_is_kept_and_compared_with_bybits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str, ahead_ms: int, is_ok: bool, words: str
) -> None:
    monkeypatch.setenv("PATH", str(keeper(tmp_path, program, said)))
    clock = FakeClock()
    async with bybit(clock.now() + ahead_ms) as url:
        check = await check_clock(settings_in(tmp_path, bybit_api_url=url), clock)
    assert (check.is_ok, words in check.detail) == (is_ok, True), check


async def test_a_silent_bybit_is_no_fault_of_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = await check_clock(settings_in(tmp_path, bybit_api_url="http://127.0.0.1:9"))
    assert (check.is_ok, "not compared" in check.detail) == (True, True)


@asynccontextmanager
async def https(folder: Path, *, name: str, days: int) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """A server with a certificate of that name, and what trusts it."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days, minutes=5))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    path = folder / "both.pem"
    path.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(path)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=ours)
    try:
        yield server.sockets[0].getsockname()[1], ssl.create_default_context(cadata=pem.decode())
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("name", "days", "is_ok", "words"),
    [
        (NAME, 30, True, "localhost: good for 30 days more"),
        (NAME, 13, False, "localhost: good for 13 days more"),
        (NAME, -1, False, "certificate has expired"),
        ("bot.example.org", 30, False, "Hostname mismatch"),
    ],
)
async def test_the_certificate_is_of_that_name_and_good_for_two_weeks(
    tmp_path: Path, name: str, days: int, is_ok: bool, words: str
) -> None:
    async with https(tmp_path, name=name, days=days) as (port, context):
        settings = settings_in(tmp_path, webhook_url=f"https://{NAME}:{port}/telegram")
        check = await check_certificate(settings, context=context)
    assert (check.is_ok, words in check.detail) == (is_ok, True), check


async def test_a_certificate_that_nobody_trusts_is_a_fault_and_a_name_that_leads_nowhere_is_none(
    tmp_path: Path,
) -> None:
    async with https(tmp_path, name=NAME, days=30) as (port, _):
        check = await check_certificate(settings_in(tmp_path, webhook_url=f"https://{NAME}:{port}/telegram"))
    assert (check.is_ok, "self-signed certificate" in check.detail) == (False, True), check
    check = await check_certificate(settings_in(tmp_path, webhook_url="https://127.0.0.1:9/telegram"))
    assert (check.is_ok, check.detail) == (True, "not looked at: 127.0.0.1 can't be reached from here")
    check = await check_certificate(settings_in(tmp_path))
    assert check.is_ok


async def test_the_webhook_at_telegram_is_that_of_the_settings_and_takes_updates(sim: Driver, tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/telegram"
    polling = settings_in(tmp_path, telegram_token=SecretStr(TOKEN), telegram_api_url=sim.url)
    check = await check_webhook(polling)
    assert (check.is_ok, check.detail) == (True, "none: updates are asked for")
    await sim.call("setWebhook", token=TOKEN, url=url)
    check = await check_webhook(polling)
    assert (check.is_ok, check.detail) == (False, f"Telegram has {url}, should be none")
    sent = settings_in(tmp_path, telegram_token=SecretStr(TOKEN), telegram_api_url=sim.url, webhook_url=url)
    check = await check_webhook(sent)
    assert (check.is_ok, check.detail) == (True, f"{url}; 0 updates wait")
    await sim.say("hello", user=5001)

    async def fault() -> Check | None:
        check = await check_webhook(sent)
        return None if check.is_ok else check

    check = await until(fault, what="a failed delivery") or check
    assert check.detail.startswith(f"{url}: 1 updates wait; the last error was: Connection failed")


async def test_both_families_are_shown_and_the_one_that_bybit_sees_is_compared(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="203.0.113.7" if request.path == "/4" else "2001:db8::7")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    ports = []
    for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        listener = socket.create_server((host, 0), family=family)
        await web.SockSite(runner, listener).start()
        ports.append(listener.getsockname()[1])
    services = {"ipv4": f"http://127.0.0.1:{ports[0]}/4", "ipv6": f"http://[::1]:{ports[1]}/6"}
    try:
        settings = settings_in(tmp_path, egress_ip="203.0.113.7")
        assert await find_address(settings, family="ipv6", services=services) == "2001:db8::7"
        check = await check_address(settings, services=services)
        ends = "203.0.113.7, and this machine goes out from it; over ipv6 it is 2001:db8::7, where Bybit is not called"
        assert (check.is_ok, check.detail) == (True, ends)
        check = await check_address(
            settings_in(tmp_path, egress_ip="203.0.113.7", bybit_family="ipv6"), services=services
        )
        assert (check.is_ok, "goes out from 2001:db8::7" in check.detail) == (False, True), check
    finally:
        await runner.cleanup()
