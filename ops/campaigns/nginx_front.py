"""The nginx example before a bot by webhook, without its certificate: whoever drives the stack plays Telegram."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ops.stack import ROOT, free_port

NGINX: Final = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_EXAMPLE: Final = ROOT / "ops" / "deploy" / "nginx" / "perpdesk.conf"


@asynccontextmanager
async def nginx_front(folder: Path, *, back: int) -> AsyncIterator[int]:
    """One that runs before the port `back`; yields its own port. Raises FileNotFoundError where nginx is missing."""
    front = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_configuration(folder, front=front, plain=free_port(), back=back))
    async with nginx_running(folder, configuration):
        yield front


@asynccontextmanager
async def nginx_running(folder: Path, configuration: Path) -> AsyncIterator[None]:
    """An nginx of that configuration, whose errors are logged in the folder. Raises FileNotFoundError without nginx."""
    if NGINX is None:
        raise FileNotFoundError("nginx")
    process = await asyncio.create_subprocess_exec(NGINX, "-e", str(folder / "error.log"), "-c", str(configuration))
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _configuration(folder: Path, *, front: int, plain: int, back: int) -> str:
    text = "\n".join(line for line in _EXAMPLE.read_text().splitlines() if not line.strip().startswith("ssl_"))
    for old, new in (
        ("127.0.0.1:8768", f"127.0.0.1:{back}"),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{front}"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("allow 149.154.160.0/20", "allow 127.0.0.0/8"),
    ):
        text = text.replace(old, new)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{places}{text}\n}}\n"
    )
