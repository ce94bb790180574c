"""The dashboard's page and its assets: open to whoever reaches the sidecar, since nothing in them is data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aiohttp import web

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of the page and its content type."""

    body: bytes
    kind: str

    async def answer(self, _: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
        return web.Response(body=self.body, content_type=self.kind, charset="utf-8", headers=headers)


def _read(name: str, kind: str) -> PageFile:
    return PageFile((Path(__file__).parent / "page" / name).read_bytes(), kind)


PAGE: Final[Mapping[str, PageFile]] = MappingProxyType(
    {
        "/": _read("index.html", "text/html"),
        "/dashboard.css": _read("dashboard.css", "text/css"),
        "/dashboard.js": _read("dashboard.js", "text/javascript"),
        "/icon.svg": _read("icon.svg", "image/svg+xml"),
    }
)
"""Every file by the path that it is served at; read once, when this is imported."""
