"""TLS to Bybit: a certificate that nobody vouches for is refused, one that somebody does is taken."""

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from harness.exchange import WALLET, account, connected, ok
from harness.proxy import running_proxy

from bot.domain.errors import ExchangeDown

ROOT = Path(__file__).parents[2]
READ = """
import asyncio, sys
from harness.exchange import account, connected

async def main():
    async with connected(sys.argv[1], proxy=sys.argv[2] or None) as bybit:
        print((await bybit.gateway.balance(account())).total_equity)

asyncio.run(main())
"""


def write_certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


@asynccontextmanager
async def serving(certificate: Path) -> AsyncIterator[str]:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = ok(WALLET)(request)  # type: ignore[arg-type]  # it looks at nothing
        assert isinstance(response, web.StreamResponse)
        return response

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    await asyncio.to_thread(context.load_cert_chain, certificate)
    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path)


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    async with serving(certificate) as url, connected(url) as bybit:
        with pytest.raises(ExchangeDown, match="ClientConnectorCertificateError"):
            await bybit.gateway.balance(account())


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_nor_is_it_taken_through_a_proxy(certificate: Path, scheme: str) -> None:
    async with serving(certificate) as url, running_proxy() as proxy, connected(url, proxy=proxy.url(scheme)) as bybit:
        with pytest.raises(ExchangeDown, match="Cert"):
            await bybit.gateway.balance(account())


@pytest.mark.parametrize("scheme", ["", "http", "socks5"])
async def test_a_certificate_that_the_machine_trusts_is_taken(certificate: Path, scheme: str) -> None:
    """In a process of its own: what it trusts is read once, at its start. Through a proxy as without one."""
    async with serving(certificate) as url, running_proxy() as proxy:
        through = proxy.url(scheme) if scheme else ""
        environment = {**os.environ, "SSL_CERT_FILE": str(certificate), "PYTHONPATH": str(ROOT / "tests")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            READ,
            url,
            through,
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await process.communicate()
    assert printed.decode().strip() == "10250.5"
