"""Which addresses Telegram takes in links and buttons, and how it writes them.

The rules and reasons are those of tdlib/td (LinkManager.cpp, HttpUrl.cpp), as seen in Bot API answers.
"""

import re
from typing import Final

from ops.sim.telegram.errors import bad_request

_HTTP: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?P<user>[^/?#@]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#:@]*)(?::(?P<port>[^/?#]*))?(?P<rest>[/?#].*)?",
    re.DOTALL,
)
_OWN: Final = re.compile(r"(tg|ton):(?://)?([A-Za-z0-9_-]+)(/?)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
_USER: Final = re.compile(r"tg:(?://)?user\?id=([1-9][0-9]{0,15})", re.IGNORECASE)
_MAX_PORT: Final = 65_535


class WrongLinkError(ValueError):
    """Why an address is refused, in Telegram's words."""


def check_link(link: str) -> str:
    """The address as Telegram keeps it: with a scheme and a path. Raises WrongLinkError."""
    link = link.strip()
    if link[:4].lower() in {"tg:/", "ton:"} or link[:3].lower() == "tg:":
        own = _OWN.fullmatch(link)
        if own is None:
            raise WrongLinkError("Unallowed characters in URL host")
        return f"{own[1].lower()}://{own[2].lower()}{own[4]}"
    match = _HTTP.fullmatch(link)
    if match is None:
        raise WrongLinkError("Wrong HTTP URL")
    scheme = (match["scheme"] or "http").lower()
    if scheme not in {"http", "https"}:
        raise WrongLinkError("Unsupported URL protocol")
    host, port = match["host"].lower(), match["port"]
    if not host:
        raise WrongLinkError("URL host is empty")
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT):
        raise WrongLinkError("Wrong port number specified in the URL")
    if "." not in host and not host.startswith("["):
        raise WrongLinkError("Wrong HTTP URL")
    if re.search(r"[\s<>\"{}|\\^`]", host):
        raise WrongLinkError("Disallowed character in URL host")
    rest = match["rest"] or "/"
    if not rest.startswith("/"):
        rest = "/" + rest
    user = f"{match['user']}@" if match["user"] else ""
    return f"{scheme}://{user}{host}{f':{port}' if port else ''}{rest}"


def checked_link(link: str) -> str | None:
    """The same for text links, where a wrong address only loses the link."""
    try:
        return check_link(link)
    except WrongLinkError:
        return None


def linked_user(link: str) -> int | None:
    """The user id of a tg://user?id=… link."""
    match = _USER.fullmatch(link.strip())
    return int(match[1]) if match else None


def check_button_link(link: str, *, where: str = "inline keyboard button") -> str:
    """The same for buttons. Raises ApiError 400 with Telegram's sentence."""
    try:
        return check_link(link)
    except WrongLinkError as wrong:
        raise bad_request(f"{where} URL '{link}' is invalid: {wrong}") from None
